"""Diagnoses on scripted curves whose answer is plain to the eye, and the mean over replicates."""

from __future__ import annotations

import numpy as np
import pytest

from study.analysis.curves import diagnose, mean_curve
from study.records.trials import EMPTY, Trajectory
from tests.conftest import trajectory_of

E = np.arange(1, 61)
NOISE = np.random.default_rng(0).normal(size=(2, 60))


def scripted(validation_ce, validation=None, *, train=None, train_ce=None, epochs=None) -> Trajectory:
    """A trajectory with this validation curve; training learns quickly unless told otherwise."""
    validation_ce = np.asarray(validation_ce, float)
    epochs = np.arange(1, len(validation_ce) + 1) if epochs is None else np.asarray(epochs)
    learned = 1 - 0.5 * np.exp(-epochs / 4)
    train = learned if train is None else train
    validation = learned - 0.1 if validation is None else validation
    train_ce = np.exp(-epochs / 10) if train_ce is None else train_ce
    return trajectory_of(
        epochs,
        np.column_stack([train, validation, validation]),
        np.column_stack([train_ce, validation_ce, validation_ce]),
        np.ones(len(epochs)),
    )


def found(trajectory, **options):
    return {d.kind: d for d in diagnose(trajectory, chance=0.1, **options)}


FALLING = 2 * np.exp(-E / 30)
FLATTENING = 0.3 + np.exp(-E / 4)
V_SHAPED = 0.3 + 0.01 * np.abs(E - 20)


def test_a_curve_that_turns_overfits_from_where_it_turns_and_by_its_rise():
    overfitting = found(scripted(V_SHAPED))["overfitting"]
    assert overfitting.epoch == 20
    assert overfitting.amount == pytest.approx(0.4, abs=0.04)
    assert "from epoch 20" in overfitting.sentence


def test_noise_moves_the_turning_point_by_a_few_epochs_only():
    overfitting = found(scripted(V_SHAPED + 0.01 * NOISE[0]))["overfitting"]
    assert 17 <= overfitting.epoch <= 24


def test_after_a_flat_bottom_overfitting_starts_where_the_rise_does():
    curve = 0.3 + 0.02 * np.maximum(E - 40, 0) + np.exp(-E / 3) + 0.003 * NOISE[0]
    assert 38 <= found(scripted(curve))["overfitting"].epoch <= 43


@pytest.mark.parametrize(
    "curve",
    [
        FALLING,
        FLATTENING,
        FLATTENING + 0.05 * NOISE[0],
        np.full(60, 0.3),
        0.3 + 0.0001 * E,  # rises by 2 %: no problem
        np.where(E == 60, 2.0, FLATTENING),  # one unlucky last epoch
        0.3 + 0.2 * np.exp(-(((E - 30) / 6) ** 2)),  # turns, and comes back
    ],
    ids=["falling", "flattening", "noisy", "constant", "hardly rising", "spike", "comes back"],
)
def test_what_does_not_end_above_its_lowest_level_does_not_overfit(curve):
    assert "overfitting" not in found(scripted(curve))


def test_a_curve_that_still_falls_is_still_improving_and_not_saturated():
    diagnoses = found(scripted(FALLING))
    assert diagnoses["still improving"].epoch == 60
    assert diagnoses["still improving"].amount == pytest.approx(FALLING[44] - FALLING[-1], rel=0.1)
    assert "saturated" not in diagnoses


def test_an_unlucky_last_epoch_does_not_hide_that_a_curve_still_falls():
    assert "still improving" in found(scripted(np.where(E == 60, 3.0, FALLING)))


@pytest.mark.parametrize("curve", [FLATTENING, V_SHAPED, FLATTENING + 0.02 * NOISE[0]])
def test_a_curve_that_has_flattened_or_turned_is_not_still_improving(curve):
    assert "still improving" not in found(scripted(curve))


def test_noise_around_a_flat_curve_is_seldom_taken_for_a_trend():
    rng = np.random.default_rng(0)
    studies = [found(scripted(1 + 0.3 * rng.normal(size=60))) for _ in range(200)]
    assert np.mean(["still improving" in s for s in studies]) <= 0.02
    assert np.mean(["overfitting" in s for s in studies]) <= 0.02


def test_a_curve_is_saturated_from_where_it_reaches_its_final_accuracy():
    accuracy = np.minimum(0.5 + 0.02 * E, 0.9)
    saturated = found(scripted(FLATTENING, accuracy))["saturated"]
    assert saturated.epoch == 20
    assert saturated.amount == pytest.approx(2 / 3)


def test_a_curve_that_saturates_in_its_second_half_made_use_of_its_epochs():
    accuracy = np.minimum(0.5 + 0.01 * E, 0.9)
    assert "saturated" not in found(scripted(FLATTENING, accuracy))


def test_epochs_are_those_of_training_where_only_some_were_recorded():
    overfitting = found(scripted(V_SHAPED, epochs=5 * E))["overfitting"]
    assert overfitting.epoch == 100


def test_jumps_late_in_training_are_noise_and_the_largest_is_named():
    accuracy = 0.9 + 0.01 * NOISE[1]
    accuracy[49] = 0.6
    noisy = found(scripted(FLATTENING, accuracy))["noisy"]
    assert noisy.epoch == 50


def test_the_size_of_the_noise_is_its_standard_deviation():
    accuracy = 0.8 + 0.02 * np.random.default_rng(3).normal(size=2000)
    noisy = found(scripted(np.full(2000, 0.3), accuracy))["noisy"]
    assert noisy.amount == pytest.approx(0.02, rel=0.1)


def test_jumps_early_in_training_and_small_ones_are_no_noise():
    early = np.where(E < 25, 0.8 + 0.05 * NOISE[0], 0.9)
    assert "noisy" not in found(scripted(FLATTENING, early))
    assert "noisy" not in found(scripted(FLATTENING, 0.9 + 0.002 * NOISE[0]))
    assert "noisy" in found(scripted(FLATTENING, 0.9 + 0.002 * NOISE[0]), margin=0.001)


def test_a_steady_climb_is_no_noise():
    assert "noisy" not in found(scripted(FALLING, 0.3 + 0.01 * E))


def test_a_training_loss_that_is_not_finite_has_diverged_and_nothing_else_is_said():
    train_ce = np.where(E < 30, 0.5, np.nan)
    diagnoses = found(scripted(V_SHAPED, train_ce=train_ce))
    assert list(diagnoses) == ["diverged"]
    assert diagnoses["diverged"].epoch == 30


def test_train_accuracy_that_collapses_and_stays_there_has_diverged():
    train = np.where(E < 30, 0.95, 0.1)
    diagnoses = found(scripted(V_SHAPED, train=train))
    assert list(diagnoses) == ["diverged"]
    assert diagnoses["diverged"].epoch == 30


def test_a_single_bad_epoch_is_no_divergence():
    for bad in (30, 60):
        train = np.full(60, 0.95)
        train[bad - 1] = 0.1
        assert "diverged" not in found(scripted(FLATTENING, train=train))


def test_train_accuracy_at_chance_never_learned():
    diagnoses = found(scripted(np.full(60, 2.3), train=np.full(60, 0.112)))
    assert list(diagnoses) == ["never learned"]
    assert diagnoses["never learned"].epoch == 60
    assert diagnoses["never learned"].amount == pytest.approx(0.112)


def test_what_never_learned_is_told_by_the_chance_of_the_problem():
    half = scripted(np.full(60, 0.69), train=np.full(60, 0.5))
    assert [d.kind for d in diagnose(half, chance=0.5)] == ["never learned"]
    assert "never learned" not in {d.kind for d in diagnose(half, chance=0.1)}


def test_an_empty_trajectory_shows_nothing():
    assert diagnose(EMPTY, chance=0.1) == ()


@pytest.mark.parametrize("records", [1, 2, 3])
def test_a_few_records_are_no_evidence(records):
    assert diagnose(scripted(FLATTENING[:records]), chance=0.1) == ()


def test_the_mean_curve_is_the_mean_of_every_epoch():
    curve = mean_curve([scripted(V_SHAPED + 0.1), scripted(V_SHAPED - 0.1)])
    np.testing.assert_allclose(curve.watched[:, 1], V_SHAPED)
    np.testing.assert_array_equal(curve.epochs, E)
    assert curve.fit.shape == (60, 3)
    assert (curve.n, curve.best_epoch, curve.overfits_from) == (2, 20, 20)


def test_a_mean_curve_that_does_not_rise_overfits_nowhere():
    assert mean_curve([scripted(FALLING)]).overfits_from is None


def test_the_mean_curve_does_not_jump_where_a_halted_run_ends():
    runs = [scripted(V_SHAPED[:25] + 10), scripted(V_SHAPED), scripted(V_SHAPED)]
    curve = mean_curve(runs)
    np.testing.assert_allclose(curve.watched[:, 1], V_SHAPED)
    assert (curve.n, len(curve.epochs)) == (2, 60)


def test_the_mean_curve_ends_where_most_runs_were_halted():
    curve = mean_curve([scripted(V_SHAPED[:25]), scripted(V_SHAPED[:22]), scripted(V_SHAPED)])
    assert (curve.n, int(curve.epochs[-1])) == (2, 25)


def test_a_diverged_run_does_not_spoil_the_mean_curve():
    broken = scripted(np.where(E < 10, FALLING, np.nan))
    curve = mean_curve([broken, scripted(FALLING), scripted(FALLING)])
    np.testing.assert_allclose(curve.watched[:, 1], FALLING)
    assert curve.n == 2


def test_the_mean_curve_uses_the_epochs_that_all_runs_recorded():
    runs = [scripted([3, 2, 1], epochs=[5, 10, 12]), scripted([3, 2], epochs=[5, 10])]
    np.testing.assert_array_equal(mean_curve(runs).epochs, [5, 10])


@pytest.mark.parametrize("runs", [[], [EMPTY], [EMPTY, EMPTY]])
def test_a_mean_curve_of_nothing_is_empty(runs):
    curve = mean_curve(runs)
    assert (len(curve.epochs), curve.fit.shape, curve.n, curve.best_epoch) == (0, (0, 3), 0, None)
