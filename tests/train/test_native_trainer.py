"""Trials in the native engine: the same record as Keras's engine leaves, and nothing that a buffer can break."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from study.data.dataset import make_dataset
from study.data.loading import load_dataset
from study.errors import DataError
from study.records.readings import Patience, best_row, halts_at, read
from study.records.trials import Configuration, Trial
from study.train.native.compiled import Stack, module, not_covered
from study.train.native.native_trainer import NativeTrainer
from study.train.recorder import Evaluation, Recorder
from tests.conftest import built

pytestmark = built


@pytest.fixture(scope="module")
def trainer() -> NativeTrainer:
    return NativeTrainer(load_dataset("digits"), seed=7, validation=0.1)


@pytest.mark.parametrize(
    "changes",
    [{"dropout": 0.5, "l2": 0.01}, {"batch_norm": True, "dropout": 0.2}, {"hidden": ()}, {"activation": "gelu"}],
    ids=str,
)
def test_kept_weights_give_plain_keras_the_recorded_values(trainer: NativeTrainer, changes: dict) -> None:
    from tests.train.test_trainer import keras_twin

    configuration = Configuration.stack(**({"hidden": (32, 16), "samples": 300, "epochs": 4} | changes))
    result = trainer.run(Trial(configuration, 0), keep_weights=True)
    dataset, sample = trainer.dataset, trainer.samples.of(configuration, 0).sample
    twin = keras_twin(configuration, dataset.inputs, dataset.classes, dropout=0.5)
    twin.set_weights(result.weights)
    probabilities = twin.predict(dataset.x[sample.rows].astype(np.float32) / dataset.scale, verbose=0)
    right = probabilities.argmax(1) == sample.y
    losses = -np.log(probabilities[np.arange(len(sample.y)), sample.y])
    for split, (first, end) in enumerate(pairwise(np.cumsum((0, *sample.sizes)))):
        assert result.trajectory["accuracy"][-1, split] == right[first:end].mean()
        assert result.trajectory["cross_entropy"][-1, split] == pytest.approx(losses[first:end].mean(), rel=1e-5)
    kept = result.item_values("accuracy", "last")
    assert kept is not None
    test = kept.values(sample.sizes[2])
    assert np.array_equal(test, right[-sample.sizes[2] :])
    counts = np.bincount(sample.y[-sample.sizes[2] :])
    assert np.dot(result.class_accuracy, counts) / counts.sum() == pytest.approx(test.mean())


def test_results_do_not_depend_on_what_ran_before(trainer: NativeTrainer) -> None:
    trial = Trial(Configuration.stack((24, 24), samples=100, epochs=4, dropout=(0.1, 0.4)), 3)
    first = trainer.run(trial, keep_weights=True)
    trainer.run(Trial(Configuration.stack((24, 24), samples=100, epochs=2, dropout=0.5, learning_rate=1e30), 1))
    again = trainer.run(trial, keep_weights=True)
    fresh = NativeTrainer(load_dataset("digits"), seed=7, validation=0.1).run(trial, keep_weights=True)
    for other in (again, fresh):
        assert other.trajectory["cross_entropy"].tobytes() == first.trajectory["cross_entropy"].tobytes()
        assert [w.tobytes() for w in other.weights] == [w.tobytes() for w in first.weights]
        assert other.items == first.items != ()


def test_another_seed_or_replicate_gives_another_result(trainer: NativeTrainer) -> None:
    configuration = Configuration.stack((24, 24), samples=100, epochs=4)
    losses = {trainer.run(Trial(configuration, r)).trajectory["cross_entropy"][-1, 0] for r in (0, 1)}
    other = NativeTrainer(load_dataset("digits"), seed=8, validation=0.1)
    losses.add(other.run(Trial(configuration, 0)).trajectory["cross_entropy"][-1, 0])
    assert len(losses) == 3


@pytest.mark.parametrize("changes", [{"optimizer": "sgd", "learning_rate": 1e20}, {"learning_rate": 1e30}], ids=str)
def test_a_diverging_run_is_a_failed_result_with_its_epoch(trainer: NativeTrainer, changes: dict) -> None:
    result = trainer.run(Trial(Configuration.stack((24, 24), samples=100, epochs=20, **changes), 0), keep_weights=True)
    assert result.state == "failed" and "diverged" in result.reason
    assert result.diverged_epoch == result.trajectory.epochs[-1]
    assert result.weights == ()


def test_a_halted_run_reads_like_the_full_one(trainer: NativeTrainer) -> None:
    common = {"hidden": (64,), "samples": 60, "epochs": 60, "learning_rate": 0.01}
    full = trainer.run(Trial(Configuration.stack(**common), 0)).trajectory
    halted = trainer.run(Trial(Configuration.stack(**common, halt=3), 0)).trajectory
    assert len(halted.epochs) < len(full.epochs)
    a, b = read(full, "patience=3"), read(halted, "patience=3")
    assert a.epoch == b.epoch and np.array_equal(a["accuracy"], b["accuracy"])


def test_a_sparser_schedule_records_a_part_of_the_same_trajectory(trainer: NativeTrainer) -> None:
    common = {"hidden": (24,), "samples": 100, "epochs": 12, "dropout": 0.2}
    full = trainer.run(Trial(Configuration.stack(**common), 0)).trajectory
    sparse = trainer.run(Trial(Configuration.stack(**common, evaluate_every=5), 0)).trajectory
    assert sparse.epochs.tolist() == [5, 10, 12]
    assert np.array_equal(sparse["cross_entropy"], full["cross_entropy"][[4, 9, 11]])


def test_halting_record_by_record_is_halting_by_all_records() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        values = rng.integers(0, 6, 12).astype(float)
        values[rng.random(12) < 0.1] = np.nan
        epochs, patience = np.cumsum(rng.integers(1, 4, 12)), int(rng.integers(0, 8))
        left, recorder, stopped = Patience(patience), Recorder(), None
        for count, (epoch, value) in enumerate(zip(epochs, values, strict=True), 1):
            row = [0.0, float(value), 0.0]
            row_of = {"accuracy": row, "cross_entropy": row}
            recorder.add(int(epoch), Evaluation(row_of, {"accuracy": np.array([True])}), 0.0)
            best = best_row(values[:count])
            used_up = left.used_up(int(epoch), recorder.watched)
            assert used_up == (epoch - epochs[best or 0] >= max(patience, 1))  # the rule, on all records so far
            if used_up:
                stopped = int(epoch)
                break
        assert stopped == halts_at(values, epochs, patience)


def test_standardised_data_with_gaps_train() -> None:
    rng = np.random.default_rng(0)
    y, y_test = np.arange(90) % 3, np.arange(30) % 2
    x, x_test = (rng.normal(labels[:, None] * 3.0, 1, (len(labels), 5)).astype(np.float32) for labels in (y, y_test))
    x[rng.random(x.shape) < 0.1] = np.nan
    dataset = make_dataset("gaps", x, y, x_test, y_test, scale=None, labels=("a", "b", "c"))
    trainer = NativeTrainer(dataset, seed=0, validation=0.2)
    result = trainer.run(Trial(Configuration.stack((16,), epochs=30, learning_rate=0.01), 0))
    assert result.trajectory["accuracy"][-1, 2] > 0.9
    assert np.isnan(result.class_accuracy).tolist() == [False, False, True]


def test_no_tensorflow_is_loaded_by_a_trial() -> None:
    code = (
        "import sys\nfrom study.data.loading import load_dataset\n"
        "from study.records.trials import Configuration, Trial\n"
        "from study.train.native.native_trainer import NativeTrainer\n"
        "trainer = NativeTrainer(load_dataset('digits'), seed=0, validation=0.1)\n"
        "r = trainer.run(Trial(Configuration.stack((8,), epochs=1), 0))\n"
        "assert r.state == 'finished' and not {'tensorflow', 'keras'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("changes", "word"),
    [({"activation": "softplus"}, "activation"), ({"optimizer": "lion"}, "optimizer"), ({"hidden": (2**25,)}, "wider")],
)
def test_what_is_not_covered_is_said_in_words(trainer: NativeTrainer, changes: dict, word: str) -> None:
    configuration = Configuration.stack(**({"hidden": (8,), "epochs": 1} | changes))
    assert word in not_covered(configuration, trainer.dataset)
    with pytest.raises(DataError, match=word):
        trainer.run(Trial(configuration, 0))
    assert not not_covered(Configuration.stack((8,), epochs=1), trainer.dataset)


ROWS, FEATURES, CLASSES = 20, 6, 3


def small() -> tuple[Any, Any, np.ndarray, np.ndarray]:
    """A network, its inputs, rows and labels."""
    x = np.arange(ROWS * FEATURES, dtype=np.uint8).reshape(ROWS, FEATURES)
    inputs = module().Inputs(x, rows=ROWS, features=FEATURES, scale=255.0)
    stack = Stack(FEATURES, (4,), CLASSES, 8, (0.0,), (0, 0))
    return stack.network(sparse=inputs.sparse), inputs, np.arange(ROWS, dtype=np.int32), np.zeros(ROWS, np.int32)


def bytes_of(count: int) -> np.ndarray:
    return np.zeros(count, np.uint8)


def floats(count: int) -> np.ndarray:
    return np.zeros(count, np.float32)


def places(*values: int) -> np.ndarray:
    return np.array(values, np.int32)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda n, i, r, y: n.train(i, r, y, places(ROWS)), ValueError, "order: expected places from 0 to 19"),
        (lambda n, i, r, y: n.train(i, r, y, places(-1)), ValueError, "order"),
        (lambda n, i, r, y: n.train(i, r + 1, y, r), ValueError, "rows: expected 0 to 19, found 20"),
        (lambda n, i, r, y: n.train(i, r, y + CLASSES, r), ValueError, "y: expected labels from 0 to 2, found 3"),
        (lambda n, i, r, y: n.train(i, r, y[:-1], r), ValueError, "y: expected 20 items, found 19"),
        (lambda n, i, r, y: n.train(i, r.astype(np.int64), y, r), TypeError, "rows: expected items of format"),
        (lambda n, i, r, y: n.train(i, r[::2], y[::2], r[:2]), (ValueError, BufferError), "contiguous"),
        (lambda n, i, r, y: n.train(n, r, y, r), TypeError, "expected Inputs first"),
        (lambda n, i, r, y: n.evaluate(i, r, y, r[1:] + 0, floats(ROWS), floats(ROWS)), ValueError, "predicted: exp"),
        (lambda n, i, r, y: n.evaluate(i, r, y, r.copy(), bytes_of(ROWS), floats(ROWS)), TypeError, "confidence"),
        (lambda n, i, r, y: n.evaluate(i, r, y, r.copy(), floats(ROWS), bytes_of(ROWS)), TypeError, "losses"),
        (lambda n, i, r, y: n.evaluate(i, r, y, bytes(4 * ROWS), floats(ROWS), floats(ROWS)), BufferError, "writable"),
        (lambda n, i, r, y: n.set(0, floats(FEATURES * 4 + 1)), ValueError, "values: expected 24 items, found 25"),
        (lambda n, i, r, y: n.set(4, floats(1)), ValueError, "array: expected 0 to 3, found 4"),
        (lambda n, i, r, y: n.get(-1, floats(1)), ValueError, "array"),
        (lambda n, i, r, y: module().Inputs(bytes_of(5), rows=2, features=3, scale=1.0), ValueError, "x: expected 6"),
        (lambda n, i, r, y: module().Inputs(bytes_of(6), rows=2, features=3), ValueError, "either a scale"),
        (lambda n, i, r, y: module().Inputs(floats(6), rows=-1, features=3, scale=1.0), ValueError, "out of range"),
        (lambda n, i, r, y: Stack(3, (0,), 2, 1, (0.0,), (0, 0)).network(sparse=False), ValueError, "widths from 1"),
        (lambda n, i, r, y: Stack(3, (2,), 2, 1, (1.0,), (0, 0)).network(sparse=False), ValueError, "dropout rates"),
        (lambda n, i, r, y: Stack(3, (2,), 2, 1, (), (0, 0)).network(sparse=False), ValueError, "one dropout rate"),
        (lambda n, i, r, y: Stack(3, (2,), 2, 0, (0.0,), (0, 0)).network(sparse=False), ValueError, "batch"),
        (lambda n, i, r, y: Stack(3, (), 2, 1, (), (0, 0)).network(sparse=False, kernels="x"), ValueError, "no 'x'"),
    ],
)  # fmt: skip
def test_every_buffer_and_number_is_checked(call: Callable, error: type, words: str) -> None:
    network, inputs, rows, y = small()
    with pytest.raises(error, match=words):
        call(network, inputs, rows, y)
    network.train(inputs, rows, y, rows)  # and nothing is broken


def test_inputs_of_another_width_are_refused() -> None:
    network, _, rows, y = small()
    other = module().Inputs(bytes_of(ROWS * 5), rows=ROWS, features=5, scale=1.0)
    with pytest.raises(ValueError, match="inputs of 6 features, found 5"):
        network.train(other, rows, y, rows)


def long_work() -> tuple[Any, Callable[[], None]]:
    """A network, and training that takes many seconds."""
    rng = np.random.default_rng(0)
    x = rng.integers(1, 255, (2000, 500), np.uint8)
    inputs = module().Inputs(x, rows=2000, features=500, scale=255.0)
    network = Stack(500, (512, 512, 512), 10, 32, (0.0,) * 3, (0, 0)).network(sparse=False)
    rows, y = np.arange(2000, dtype=np.int32), rng.integers(0, 10, 2000, np.int32)
    order = np.tile(rows, 200)
    return network, lambda: network.train(inputs, rows, y, order)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Python's own answer to SIGINT: a command that another test ran in this process hears only the first one."""
    kept = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, kept)


@pytest.mark.usefixtures("interruptible")
def test_an_interruption_is_seen_between_batches() -> None:
    network, work = long_work()
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        work()
    assert network.steps < 200 * 63


@pytest.mark.usefixtures("interruptible")
def test_other_threads_run_meanwhile_but_not_on_the_same_network() -> None:
    network, work = long_work()

    def interrupted() -> None:
        with pytest.raises(KeyboardInterrupt):
            work()

    refused = []

    def other() -> None:
        while network.steps == 0:  # it runs while the other thread works: the lock is let go
            time.sleep(0.01)
        try:
            network.get(1, floats(512))
        except RuntimeError as error:
            refused.append(str(error))
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=other)
    thread.start()
    interrupted()
    thread.join()
    assert refused == ["this network is at work in another thread"]


def test_many_networks_train_at_once_and_do_not_disturb_each_other(trainer: NativeTrainer) -> None:
    trials = [
        Trial(Configuration.stack((32, 16), samples=200, epochs=5, dropout=0.2), replicate) for replicate in range(4)
    ]
    alone = [trainer.run(trial).trajectory["cross_entropy"].tobytes() for trial in trials]
    together: dict[int, bytes] = {}

    def run(trial: Trial) -> None:
        together[trial.replicate] = trainer.run(trial).trajectory["cross_entropy"].tobytes()

    threads = [threading.Thread(target=run, args=(trial,)) for trial in trials]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[replicate] for replicate in range(4)] == alone
