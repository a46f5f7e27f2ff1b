"""Readings agree with Keras's EarlyStopping where that is well-defined, and are defined where it is not."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.errors import SpecError
from study.records.readings import halts_at, parse_reading, read, read_metric
from study.records.trials import EMPTY, Trajectory

NAN, INF = float("nan"), float("inf")


def scripted(validation, epochs=None) -> Trajectory:
    """A trajectory with this validation cross-entropy; every other number tells its epoch."""
    epochs = np.arange(1, len(validation) + 1) if epochs is None else np.asarray(epochs)
    cross_entropy = np.column_stack([epochs, validation, epochs]).astype(float)
    accuracy = np.column_stack([epochs, epochs + 0.1, epochs + 0.2]) / 1000
    return Trajectory(epochs, {"accuracy": accuracy, "cross_entropy": cross_entropy}, np.ones(len(epochs)))


class Weights:
    """What EarlyStopping sees of a model; the weights are the epoch they were reached in."""

    stop_training = False
    epoch = 0

    def get_weights(self):
        return self.epoch

    def set_weights(self, epoch):
        self.epoch = epoch


def keras_early_stopping(losses, patience) -> tuple[int, int | None]:
    """The epoch whose weights Keras restores, and the one it stops after, None where it does not."""
    model = Weights()
    callback = keras.callbacks.EarlyStopping(monitor="val_loss", patience=patience, restore_best_weights=True)
    callback.set_model(model)
    callback.on_train_begin()
    stopped = None
    for epoch, loss in enumerate(losses):
        model.epoch = epoch + 1
        callback.on_epoch_end(epoch, {"val_loss": loss})
        if model.stop_training:
            stopped = epoch + 1
            break
    callback.on_train_end()
    return model.epoch, stopped


# Few distinct values, so that ties are common.
losses = st.integers(1, 8).map(lambda k: k / 8)
later = st.one_of(losses, st.sampled_from([NAN, INF]))


@settings(max_examples=150, deadline=None)
@given(first=losses, rest=st.lists(later, max_size=14), patience=st.integers(0, 5))
def test_patience_restores_and_stops_where_keras_does(first, rest, patience):
    curve = [first, *rest]
    reading = read(scripted(curve), f"patience={patience}")
    assert (reading.epoch, reading.stopped_epoch) == keras_early_stopping(curve, patience)


def test_patience_stops_where_keras_does_when_no_value_is_ever_finite():
    for patience in range(4):
        reading = read(scripted([NAN] * 6), f"patience={patience}")
        assert reading.stopped_epoch == keras_early_stopping([NAN] * 6, patience)[1]
        assert reading.epoch is None
        assert np.isnan(reading["accuracy"]).all() and np.isnan(reading["cross_entropy"]).all()


@pytest.mark.parametrize("unusable", [NAN, INF, -INF])
def test_a_first_value_that_is_not_finite_gives_way_to_the_first_finite_one(unusable):
    reading = read(scripted([unusable, 0.9, 0.5, 0.6, 0.7, 0.8, 0.1]), "patience=3")
    assert (reading.epoch, reading.stopped_epoch) == (3, 6)


def test_keras_keeps_a_first_nan_for_ever_which_is_why_this_project_does_not():
    assert keras_early_stopping([NAN, 0.9, 0.5, 0.6, 0.7, 0.8, 0.1], 3)[0] == 1


def test_patience_zero_and_one_stop_after_the_first_epoch_without_improvement():
    curve = scripted([0.5, 0.4, 0.4, 0.3])
    for reading in (read(curve, "patience=0"), read(curve, "patience=1")):
        assert (reading.epoch, reading.stopped_epoch) == (2, 3)


def test_the_patience_counts_epochs_where_only_some_were_recorded():
    curve = scripted([0.5, 0.3, 0.4, 0.4, 0.4], epochs=[5, 10, 15, 20, 22])
    stops = {p: read(curve, f"patience={p}").stopped_epoch for p in (1, 5, 6, 10, 11, 12, 13)}
    assert stops == {1: 15, 5: 15, 6: 20, 10: 20, 11: 22, 12: 22, 13: None}
    assert read(curve, "patience=6").epoch == 10


def test_a_patience_that_is_never_used_up_restores_the_best_epoch():
    reading = read(scripted([0.5, 0.3, 0.4, 0.4]), "patience=3")
    assert (reading.epoch, reading.stopped_epoch) == (2, None)


@given(
    curve=st.lists(later, min_size=1, max_size=20),
    patience=st.integers(0, 9),
    steps=st.lists(st.integers(1, 4), min_size=20, max_size=20),
)
def test_a_run_halted_online_gives_the_reading_of_the_full_run(curve, patience, steps):
    epochs = np.cumsum(steps)[: len(curve)]
    full = scripted(curve, epochs)
    recorded = len(curve)
    for seen in range(1, len(curve) + 1):
        if halts_at(curve[:seen], epochs[:seen], patience) is not None:
            recorded = seen
            break
    halted = read(scripted(curve[:recorded], epochs[:recorded]), f"patience={patience}")
    reference = read(full, f"patience={patience}")
    assert (halted.epoch, halted.stopped_epoch) == (reference.epoch, reference.stopped_epoch)
    np.testing.assert_array_equal(halted["accuracy"], reference["accuracy"])
    np.testing.assert_array_equal(halted["cross_entropy"], reference["cross_entropy"])


def test_last_reads_the_last_recorded_epoch():
    reading = read(scripted([0.5, 0.4, 0.6], epochs=[5, 10, 12]), "last")
    assert reading.epoch == 12
    np.testing.assert_allclose(reading["accuracy"], [0.012, 0.0121, 0.0122])
    np.testing.assert_allclose(reading["cross_entropy"], [12, 0.6, 12])


@pytest.mark.parametrize(("recorded", "first_of_tail"), [(1, 1), (2, 1), (5, 3), (30, 28), (31, 28), (60, 55)])
def test_tail_is_the_mean_of_the_last_tenth_but_of_three_epochs_at_least(recorded, first_of_tail):
    reading = read(scripted(np.ones(recorded)), "tail")
    assert reading.epoch is None
    assert reading["cross_entropy"][0] == pytest.approx((first_of_tail + recorded) / 2)
    assert reading["accuracy"][2] == pytest.approx(((first_of_tail + recorded) / 2 + 0.2) / 1000)


def test_best_is_the_first_epoch_of_lowest_finite_validation_cross_entropy():
    assert read(scripted([NAN, 0.5, 0.2, -INF, 0.2, 0.3]), "best").epoch == 3


def test_best_of_a_run_that_was_never_finite_is_nothing():
    reading = read(scripted([NAN, INF]), "best")
    assert reading.epoch is None
    assert np.isnan(reading["accuracy"]).all()


@pytest.mark.parametrize("name", ["last", "tail", "best", "patience=3"])
def test_an_empty_trajectory_reads_as_nan(name):
    reading = read(EMPTY, name)
    assert reading["accuracy"].shape == reading["cross_entropy"].shape == (3,)
    assert np.isnan(reading["accuracy"]).all() and np.isnan(reading["cross_entropy"]).all()
    assert reading.epoch is None and reading.stopped_epoch is None


def test_a_reading_can_not_be_used_to_change_the_trajectory():
    trajectory = scripted([0.5])
    read(trajectory, "last")["accuracy"][:] = 0
    assert trajectory["accuracy"].all()


def test_names_are_taken_apart():
    assert parse_reading("patience=12") == ("patience", 12)
    assert parse_reading("tail") == ("tail", None)


@pytest.mark.parametrize("text", ["", "Last", "patience", "patience=", "patience=-1", "patience=1.5", "patience=05", 5])
def test_an_unknown_reading_says_what_was_expected_and_what_arrived(text):
    with pytest.raises(SpecError) as error:
        read(EMPTY, text)
    assert "patience=p" in str(error.value)
    assert repr(text) in str(error.value)


@pytest.mark.parametrize("reading", ["last", "tail", "best", "patience=2"])
@pytest.mark.parametrize("records", [(1,), (2,), (7,), (40,), (40, 7), (0,), (0, 7)])
def test_many_trajectories_together_are_read_as_each_by_itself(reading: str, records: tuple[int, ...]) -> None:
    rng = np.random.default_rng(len(records))
    drawn = []
    for number in records * 5:
        cross_entropy = rng.random((number, 3)).round(1)
        cross_entropy[rng.random(number) < 0.2] = np.nan
        drawn.append(
            Trajectory(
                np.arange(1, number + 1),
                {"accuracy": rng.random((number, 3)), "cross_entropy": cross_entropy},
                np.ones(number),
            )
        )
    together = read_metric(drawn, "accuracy", reading)
    np.testing.assert_array_equal(together, [read(one, reading)["accuracy"] for one in drawn])


def test_of_no_trajectory_nothing_is_read() -> None:
    assert read_metric([], "accuracy", "tail").shape == (0, 3)
