"""Which test items were right is kept at each reading: what the answers after each epoch say, in both engines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix

from study.data.loading import load_dataset
from study.records.metrics import ACCURACY
from study.records.readings import read
from study.records.trials import Configuration, Result, Trial
from study.train.engine_choice import trainer_of
from study.train.recorder import Evaluation, Recorder
from tests.conftest import ENGINES

READINGS = ("last", "best", "tail", "patience=0", "patience=1", "patience=3", "patience=10")


def recorded(answers: NDArray[np.bool_], watched: Sequence[float], readings: Sequence[str] = READINGS) -> Recorder:
    """A recorder after these answers (E, N) to test items and these validation cross-entropies (E,)."""
    recorder = Recorder(readings)
    for epoch, (right, value) in enumerate(zip(answers, watched, strict=True), 1):
        values = {"accuracy": [1.0, 0.5, float(right.mean())], "cross_entropy": [0.1, value, value]}
        recorder.add(epoch, Evaluation(values, {"accuracy": right}), 0.1)
    return recorder


def kept(recorder: Recorder, reading: str, items: int) -> NDArray[Any]:
    """The values of a reading (N,)."""
    (one,) = (one for one in recorder.items() if one.reading == reading)
    return one.values(items)


@st.composite
def runs(draw: st.DrawFn) -> tuple[NDArray[np.bool_], list[float]]:
    """Answers (E, N) and validation cross-entropies (E,) with ties, of short runs and of those with a longer tail."""
    epochs, items, seed = draw(st.integers(1, 60)), draw(st.integers(1, 40)), draw(st.integers(0, 2**32 - 1))
    answers = np.random.default_rng(seed).random((epochs, items)) < draw(st.floats(0, 1))
    watched = draw(st.lists(st.integers(1, 12).map(float), min_size=epochs, max_size=epochs))
    return answers, watched


@settings(max_examples=200, deadline=None)
@given(runs())
def test_the_mean_over_items_is_the_test_accuracy_of_the_reading(run: tuple[NDArray[np.bool_], list[float]]) -> None:
    answers, watched = run
    recorder = recorded(answers, watched)
    for reading in READINGS:
        accuracy = read(recorder.trajectory(), reading)["accuracy"][2]
        assert kept(recorder, reading, answers.shape[1]).mean(dtype=float) == pytest.approx(accuracy, abs=1e-6)


@settings(max_examples=200, deadline=None)
@given(runs())
def test_answers_are_those_of_the_epochs_that_are_read(run: tuple[NDArray[np.bool_], list[float]]) -> None:
    answers, watched = run
    recorder, (epochs, items) = recorded(answers, watched), answers.shape
    for reading in READINGS:
        epoch = read(recorder.trajectory(), reading).epoch
        expected = answers[-max(3, -(-epochs // 10)) :].mean(axis=0) if epoch is None else answers[epoch - 1]
        assert np.array_equal(kept(recorder, reading, items), expected.astype(np.float32))


def test_last_and_best_are_kept_whatever_is_read_and_nothing_else_unasked() -> None:
    answers = np.eye(4, dtype=bool)
    assert [one.reading for one in recorded(answers, [4, 3, 2, 1], ()).items()] == ["last", "best"]
    assert [one.reading for one in recorded(answers, [4, 3, 2, 1], ("best",)).items()] == ["last", "best"]
    assert [one.reading for one in recorded(answers, [4, 3, 2, 1], ("tail",)).items()] == ["last", "best", "tail"]


def test_a_long_run_keeps_a_tenth_of_its_answers() -> None:
    recorder = recorded(np.ones((4_000, 80), bool), [1.0] * 4_000)
    tail = recorder._keepers[ACCURACY, "tail"]
    assert len(tail._kept) == 400 and {len(packed) for packed in tail._kept} == {10}  # type: ignore[attr-defined]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_trained_network_keeps_what_shorter_runs_of_it_answer(engine: str) -> None:
    """A run of e epochs is the beginning of a longer one, and its last answers are those after epoch e."""
    trainer, items = trainer_of(engine, load_dataset("digits"), seed=7, validation=0.1), 360

    def trained(epochs: int, readings: tuple[str, ...] = (), **changes: Any) -> Result:
        configuration = Configuration.stack(
            (24,), samples=60, learning_rate=0.03, dropout=0.5, epochs=epochs, **changes
        )
        return trainer.run(Trial(configuration, 0, readings=readings))

    def values(result: Result, reading: str) -> NDArray[Any]:
        one = result.item_values("accuracy", reading)
        assert one is not None
        return one.values(items)

    after = np.stack([values(trained(epochs), "last") for epochs in range(1, 26)])
    whole, halted = trained(25, READINGS), trained(25, READINGS, halt=1)
    assert len(halted.trajectory) < 25  # or nothing below is told apart
    for result in (whole, halted):
        records = len(result.trajectory)
        for reading in READINGS:
            found = read(result.trajectory, reading)
            rows = slice(records - max(3, -(-records // 10)), records) if found.epoch is None else found.epoch - 1
            expected = after[rows].mean(axis=0) if found.epoch is None else after[rows]
            assert np.array_equal(values(result, reading), expected.astype(np.float32)), reading
            accuracy = found["accuracy"][2]
            assert values(result, reading).mean(dtype=float) == pytest.approx(accuracy, abs=1e-6), reading
    assert np.mean((values(whole, "tail") > 0) & (values(whole, "tail") < 1)) > 0  # some items change in the tail


@pytest.mark.parametrize("engine", ENGINES)
def test_predicted_classes_are_those_of_the_network_that_a_reading_names(engine: str) -> None:
    """Of the tail, which is many networks, those after the last epoch; checked against a plain Keras model."""
    dataset = load_dataset("digits")
    trainer = trainer_of(engine, dataset, seed=7, validation=0.1)
    readings = ("tail", "best", "patience=1")
    from tests.train.test_trainer import keras_twin  # TensorFlow, which the other tests here do without

    def trained(epochs: int) -> Result:
        configuration = Configuration.stack((24,), samples=60, learning_rate=0.03, epochs=epochs)
        return trainer.run(Trial(configuration, 0, readings=readings), keep_weights=True)

    whole = trained(25)
    assert [one.reading for one in whole.predicted] == list(readings)
    for reading in readings:
        epoch = read(whole.trajectory, reading).epoch or 25
        after = trained(epoch)
        twin = keras_twin(after.trial.configuration, dataset.inputs, dataset.classes)
        twin.set_weights(after.weights)
        chances = twin.predict(dataset.x[dataset.training :] / dataset.scale, verbose=0)
        labels = dataset.y[dataset.training :]
        found = whole.predicted_at(reading)
        assert found is not None
        confusion = found.confusion(dataset.classes)
        assert np.array_equal(confusion, confusion_matrix(labels, chances.argmax(1)))
        assert confusion.diagonal().sum() == round(whole.trajectory["accuracy"][epoch - 1][2] * len(labels))
        assert sum(total for *_, total in found.bins) == pytest.approx(chances.max(axis=1).sum(), rel=1e-5)


def test_a_run_that_nobody_reads_keeps_no_predicted_classes() -> None:
    trainer = trainer_of("keras", load_dataset("digits"), seed=7, validation=0.1)
    assert trainer.run(Trial(Configuration.stack((8,), samples=60, epochs=1), 0)).predicted == ()
