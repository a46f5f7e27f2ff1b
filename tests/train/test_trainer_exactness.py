"""Beyond the first hundred steps: whole epochs, means over seeds, and weights that a plain Keras model takes over."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import keras
import numpy as np
import pytest

from study.analysis.t_intervals import t_interval
from study.data.loading import load_dataset
from study.design.plan import make_plan
from study.design.source import build_spec
from study.records.trials import SPLITS, Configuration, Result, Trial
from study.store import open_store
from study.train.trainer import KerasTrainer as Trainer
from study.train.trainer import Rows
from tests.conftest import FACTS
from tests.train.test_trainer import both_ways, fit_in_new_orders, keras_twin

BASELINE = {"hidden": (128, 64), "epochs": 1}
SEEDS = 10


@pytest.fixture(scope="module")
def mnist() -> Trainer:
    return Trainer(load_dataset("mnist"), seed=7, validation=0.1)


@pytest.fixture(scope="module")
def digits() -> Trainer:
    return Trainer(load_dataset("digits"), seed=7, validation=0.1)


def inputs_and_labels(trainer: Trainer, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    """What a network sees of train, validation and test (rows, inputs) float32, and the labels (rows,)."""
    index = rows.index.numpy()[: sum(rows.sizes)]
    return trainer.dataset.x[index].astype(np.float32) / trainer.dataset.scale, rows.y.numpy()[: len(index)]


def of_each_split(values: np.ndarray, rows: Rows) -> list[float]:
    """Means of ``values`` (rows,) over train, validation and test."""
    return [float(values[a:b].mean(dtype=np.float64)) for a, b in pairwise(np.cumsum((0, *rows.sizes)))]


@pytest.mark.long
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"samples": 16_000, "l2": 1e-4, "activation": "tanh", "optimizer": "sgd", "learning_rate": 0.05},
        {"samples": 16_000, "batch_norm": True, "activation": "gelu", "optimizer": "rmsprop"},
    ],
    ids=["baseline, all samples", "sgd, tanh, l2", "rmsprop, gelu, batch_norm"],
)
def test_the_first_epoch_ends_at_the_cross_entropy_that_keras_gives(mnist: Trainer, changes: dict) -> None:
    configuration = Configuration.stack(**(BASELINE | changes))
    ours, theirs, steps = both_ways(mnist, configuration)
    assert steps >= 500
    rows = mnist.samples.of(configuration, 0)
    x, y = inputs_and_labels(mnist, rows)
    cross_entropy = []
    for weights in (ours, theirs):
        twin = keras_twin(configuration, mnist.dataset.inputs, mnist.dataset.classes)
        twin.set_weights(weights)
        right = twin.predict(x, batch_size=2000, verbose=0)[np.arange(len(y)), y]
        cross_entropy.append(of_each_split(-np.log(right), rows))
    assert max(cross_entropy[1]) < 0.5  # an epoch has taught both something
    assert np.allclose(*cross_entropy, rtol=0.03)


@pytest.mark.long  # test_trainer has five seeds of it, on the digits
def test_over_ten_seeds_the_mean_accuracies_are_those_of_keras(mnist: Trainer) -> None:
    configuration = Configuration.stack(**(BASELINE | {"samples": 960, "epochs": 10, "evaluate_every": 10}))
    differences = []
    for replicate in range(SEEDS):
        ours = mnist.run(Trial(configuration, replicate)).trajectory["accuracy"][-1]
        rows = mnist.samples.of(configuration, replicate)
        x, y = inputs_and_labels(mnist, rows)
        keras.utils.set_random_seed(replicate)  # weights and batches of its own, on the same rows
        twin = keras_twin(configuration, mnist.dataset.inputs, mnist.dataset.classes)
        fit_in_new_orders(twin, x[: rows.sizes[0]], y[: rows.sizes[0]], configuration.epochs, seed=replicate)
        right = twin.predict(x, batch_size=2000, verbose=0).argmax(1) == y
        differences.append(ours - of_each_split(right, rows))
    for split, column in zip(SPLITS, np.transpose(differences), strict=True):
        interval = t_interval(column, confidence=1 - 0.05 / len(SPLITS))  # three looks at one question
        assert interval.low is not None and interval.high is not None and interval.half_width is not None
        assert interval.low < 0 < interval.high, f"{split}: {interval}"
        assert interval.half_width < 0.01, f"{split}: too wide to find anything, {interval}"


@pytest.mark.parametrize(
    "changes",
    [
        {"batch_norm": True, "dropout": 0.2},
        {"hidden": ()},
        pytest.param({"dropout": 0.3, "l2": 1e-3}, marks=pytest.mark.long),
    ],
    ids=str,
)
def test_kept_weights_give_plain_keras_the_recorded_accuracy(digits: Trainer, changes: dict) -> None:
    configuration = Configuration.stack(**({"hidden": (32, 16), "samples": 300, "epochs": 4} | changes))
    result = digits.run(Trial(configuration, 0), keep_weights=True)
    assert result.weights
    digits.run(Trial(configuration, 1))  # kept is kept, whatever the program trains next
    twin = keras_twin(configuration, digits.dataset.inputs, digits.dataset.classes, dropout=0.5)
    twin.set_weights(result.weights)
    rows = digits.samples.of(configuration, 0)
    x, y = inputs_and_labels(digits, rows)
    right = twin.predict(x, verbose=0).argmax(1) == y
    assert of_each_split(right, rows) == result.trajectory["accuracy"][-1].tolist()


def test_weights_are_kept_only_when_asked_for_and_never_stored(digits: Trainer) -> None:
    trial = Trial(Configuration.stack(hidden=(8,), samples=60, epochs=1), 0)
    assert digits.run(trial).weights == ()
    store = open_store("sqlite://", create=True)
    spec = build_spec({"name": "small", "dataset": "digits", "space": {"depth": {"values": [1]}}}, "test")
    store.begin(make_plan(spec), "hash", FACTS)
    store.record("small", digits.run(trial, keep_weights=True))
    (read,) = store.load("small").results.values()
    assert isinstance(read, Result) and read.weights == ()


def test_a_diverged_run_keeps_no_weights(digits: Trainer) -> None:
    configuration = Configuration.stack(hidden=(8,), samples=60, epochs=20, optimizer="sgd", learning_rate=1e20)
    assert digits.run(Trial(configuration, 0), keep_weights=True).weights == ()


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"optimizer": "adam", "batch_norm": True, "dropout": (0.1, 0.4)}, marks=pytest.mark.long),
        pytest.param({"optimizer": "sgd", "batch_norm": True, "l2": 1e-3}, marks=pytest.mark.long),
        pytest.param({"optimizer": "rmsprop", "dropout": 0.3}, marks=pytest.mark.long),
        pytest.param({"optimizer": "adamw", "batch_norm": True, "dropout": 0.2, "l2": 1e-3}, marks=pytest.mark.long),
    ],
    ids=lambda changes: changes["optimizer"],
)
def test_a_trial_leaves_nothing_behind_in_its_program(digits: Trainer, changes: dict) -> None:
    configuration = Configuration.stack(hidden=(24, 16), samples=100, epochs=4, **changes)
    trial = Trial(configuration, 3)
    first = digits.run(trial, keep_weights=True)
    # The worst that can have run before: its weights, slots and moving statistics are no numbers any more.
    assert digits.run(Trial(replace(configuration, learning_rate=1e30), 1)).state == "failed"
    again = digits.run(trial, keep_weights=True)
    assert again.compile_seconds == 0
    fresh = Trainer(load_dataset("digits"), seed=7, validation=0.1).run(trial, keep_weights=True)
    for other in (again, fresh):
        assert other.trajectory["accuracy"].tobytes() == first.trajectory["accuracy"].tobytes()
        assert other.trajectory["cross_entropy"].tobytes() == first.trajectory["cross_entropy"].tobytes()
        for weights, expected in zip(other.weights, first.weights, strict=True):
            assert weights.tobytes() == expected.tobytes()
