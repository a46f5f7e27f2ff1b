"""The pick: chosen on validation alone, guaranteed only where shown."""

from __future__ import annotations

import json
import time
from dataclasses import asdict

import numpy as np
import pytest

from study.analysis.pick import Pick, choices_without, pareto_front, pick

SIZES = [100, 200, 300, 400]
BLOCKS = np.array([0.03, -0.02, 0.0, 0.01, -0.01])[:, None]  # easy and hard replicates


def study(means, sd=0.001, replicates=5, seed=0):
    noise = np.random.default_rng(seed).normal(0, sd, (replicates, len(means)))
    return np.asarray(means) + BLOCKS[:replicates] + noise


def test_the_simplest_that_is_shown_to_be_within_the_margin_is_picked():
    accuracy = study([0.90, 0.948, 0.95, 0.949])
    chosen = pick(SIZES, accuracy, accuracy, margin=0.005)
    assert (chosen.index, chosen.guaranteed) == (1, True)
    assert chosen.within_margin == (1, 2, 3)
    assert chosen.reason.startswith("The simplest of 4 networks with 5 replicates") and "0.5 points" in chosen.reason
    assert chosen.threshold == pytest.approx(max(chosen.means) - 0.005)
    assert chosen.means == pytest.approx(accuracy.mean(axis=0))


def test_simple_means_fewest_parameters_in_whatever_order_they_arrive():
    accuracy = study([0.95, 0.948, 0.90, 0.949])
    assert pick([300, 200, 100, 400], accuracy, accuracy, margin=0.005).index == 1


def test_pairing_sees_through_replicates_that_are_hard_for_all():
    accuracy = study([0.95, 0.95, 0.95, 0.95], sd=0.0005)
    assert accuracy.std(axis=0).min() > 0.01
    assert pick(SIZES, accuracy, accuracy, margin=0.005).guaranteed


def test_what_is_probable_but_not_shown_is_picked_and_said_to_be_only_not_refuted():
    difference = np.array([-0.02, 0.03, 0.01, -0.01, 0.02])
    accuracy = 0.9 + np.column_stack([np.zeros(5), difference])
    # The larger one is better by 0.006 in the mean, with a standard error of 0.009: within 0.015 for all that is known.
    chosen = pick(SIZES[:2], accuracy, accuracy, margin=0.015)
    assert (chosen.index, chosen.guaranteed, chosen.rule) == (0, False, "probably within the margin")
    assert chosen.probability is not None and 0.7 <= chosen.probability < 0.95
    assert "not guaranteed, only not refuted" in chosen.reason and f"{100 * chosen.probability:.0f} %" in chosen.reason


def test_where_nothing_is_probable_the_simplest_of_the_likeliest_is_picked_and_said_to_be_unsure():
    accuracy = study([0.9, 0.95, 0.95, 0.95], sd=0.02, seed=3)
    chosen = pick(SIZES, accuracy, accuracy, margin=0.001)
    assert chosen.rule == "most probable" and not chosen.guaranteed and chosen.index != 0
    assert "too little to rely on" in chosen.reason


def test_of_two_equal_networks_the_smaller_is_picked_though_only_the_larger_is_shown():
    """As in the preset label-noise: by luck the deeper one was shown within the margin, and the simpler not quite."""
    noise = np.random.default_rng(3).normal(0, 0.006, (5, 2))
    accuracy = 0.777 + noise - noise.mean(axis=0) + np.array([0.0, 0.001])
    chosen = pick([1, 2], accuracy, accuracy, margin=0.01)
    assert chosen.index == 0


def test_the_accuracy_takes_in_which_items_were_tested():
    rng = np.random.default_rng(4)
    easy = rng.random(50)
    items = (rng.random((5, 2, 50)) < easy).astype(float)
    test = items.mean(axis=2)
    validation = study([0.9, 0.9])
    with_items = pick([1, 2], validation, test, margin=0.01, items=lambda replicate, c: items[replicate, c])
    without = pick([1, 2], validation, test, margin=0.01)
    assert (with_items.accuracy_speaks_of, without.accuracy_speaks_of) == ("new data", "these replicates")
    assert with_items.accuracy.mean == without.accuracy.mean
    assert with_items.accuracy.half_width > without.accuracy.half_width


def test_a_guarantee_is_seldom_wrong():
    rng = np.random.default_rng(0)
    wrong = 0
    for _ in range(400):
        accuracy = rng.normal([0.90, 0.91], 0.004, (5, 2))  # the simpler one is worse by just the margin
        chosen = pick([1, 2], accuracy, accuracy, margin=0.01)
        wrong += chosen.guaranteed and chosen.index == 0
    assert wrong / 400 <= 0.08


@pytest.mark.parametrize("seed", range(5))
def test_test_accuracy_never_influences_the_choice(seed):
    rng = np.random.default_rng(seed)
    validation = rng.normal(0.9, 0.01, (5, 4))
    test = np.array([0.1, 0.4, 0.7, 1.0]) + rng.normal(0, 0.001, (5, 4))

    def decided(chosen: Pick):
        return (
            chosen.index,
            chosen.guaranteed,
            chosen.runner_up,
            chosen.within_margin,
            chosen.pareto,
            chosen.reason,
        )

    reference = pick(SIZES, validation, test, margin=0.005)
    shuffled = [pick(SIZES, validation, test[:, rng.permutation(4)], margin=0.005) for _ in range(8)]
    assert {decided(chosen) for chosen in shuffled} == {decided(reference)}
    assert len({chosen.accuracy.mean for chosen in shuffled}) > 1


def test_the_accuracy_is_cross_fitted():
    validation = np.array([[0.90, 0.99], [0.90, 0.80], [0.90, 0.80]])
    test = np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]])
    chosen = pick([2, 1], validation, test, margin=0.01)
    # Without replicate 0 the first is plainly better; without 1 or 2 the two are about as probable: the smaller one.
    assert choices_without([2, 1], validation, margin=0.01) == (0, 1, 1)
    assert chosen.accuracy.n == 3
    assert chosen.accuracy.mean == pytest.approx((0.1 + 0.4 + 0.6) / 3)


def test_a_replicate_has_no_part_in_the_choice_that_it_is_read_on():
    accuracy = study([0.90, 0.948, 0.95, 0.949])
    chosen = choices_without(SIZES, accuracy, margin=0.005)
    for replicate in range(5):
        for value in (0.0, 1.0):
            changed = accuracy.copy()
            changed[replicate] = np.roll([value, 0.5, 0.5, 0.5], replicate)
            assert choices_without(SIZES, changed, margin=0.005)[replicate] == chosen[replicate]


def test_one_replicate_leaves_nothing_to_choose_by():
    assert choices_without(SIZES, [[0.9, 0.8, 0.7, 0.6]], margin=0.005) == (None,)


def test_among_networks_of_one_size_the_most_accurate_is_picked_and_called_so():
    accuracy = study([0.90, 0.948, 0.95, 0.949])
    chosen = pick([7, 7, 7, 7], accuracy, accuracy, margin=0.005)
    assert chosen.index == int(np.argmax(accuracy.mean(axis=0)))
    assert chosen.reason.startswith("The most accurate of 4 networks") and "simplest" not in chosen.reason


def test_one_point_is_one_point():
    accuracy = study([0.90, 0.948, 0.95, 0.949])
    assert "within 1 point of" in pick(SIZES, accuracy, accuracy, margin=0.01).reason


def test_a_lucky_run_does_not_flatter_its_own_accuracy():
    """Validation and test of a run share their luck, so the winner's own test accuracy is optimistic."""
    rng = np.random.default_rng(0)
    own, fitted = [], []
    for _ in range(200):
        luck = rng.normal(0, 0.02, (3, 10))
        chosen = pick(np.arange(10), 0.9 + luck, 0.9 + luck, margin=0.001)
        own.append(0.9 + luck[:, chosen.index].mean())
        fitted.append(chosen.accuracy.mean)
    assert np.mean(own) > 0.905
    assert np.mean(fitted) == pytest.approx(0.9, abs=0.003)


def test_the_runner_up_is_picked_when_the_pick_is_not_on_offer():
    accuracy = study([0.90, 0.948, 0.95, 0.949])
    assert pick(SIZES, accuracy, accuracy, margin=0.005).runner_up == 2


def test_missing_a_hard_replicate_is_no_advantage():
    accuracy = study([0.95, 0.95], sd=0.0005)
    accuracy[1, 1] = np.nan  # the hardest
    assert np.nanmean(accuracy, axis=0)[1] > accuracy[:, 0].mean() + 0.004
    chosen = pick([1, 2], accuracy, accuracy, margin=0.004)
    assert (chosen.index, chosen.within_margin) == (0, (0, 1))
    exact = np.array([0.95, 0.96]) + BLOCKS
    exact[1, 1] = exact[0, 0] = np.nan
    assert pick([1, 2], exact, exact, margin=0.009).within_margin == (1,)
    assert pick([1, 2], exact, exact, margin=0.011).within_margin == (0, 1)


def test_hundreds_of_configurations_take_seconds_at_most():
    accuracy = np.random.default_rng(0).normal(0.9, 0.01, (5, 300))
    start = time.process_time()
    pick(np.arange(300), accuracy, accuracy, margin=0.005)
    assert time.process_time() - start < 10


def test_a_configuration_that_mostly_failed_takes_no_part():
    accuracy = study([0.99, 0.90, 0.91, 0.90])
    accuracy[2:, 0] = np.nan
    chosen = pick(SIZES, accuracy, accuracy, margin=0.005)
    assert chosen.index == 2
    assert 0 not in chosen.within_margin + chosen.pareto
    assert chosen.means[0] is None and chosen.threshold == pytest.approx(max(chosen.means[1:]) - 0.005)


def test_one_replicate_gives_a_pick_without_a_guarantee_or_an_interval():
    chosen = pick(SIZES, [[0.90, 0.948, 0.95, 0.96]], [[0.5, 0.6, 0.7, 0.8]], margin=0.015)
    assert (chosen.index, chosen.guaranteed, chosen.rule) == (1, False, "one replicate")
    assert (chosen.accuracy.mean, chosen.accuracy.low, chosen.accuracy.n) == (0.6, None, 1)
    assert "one replicate" in chosen.reason


def test_a_single_configuration_is_picked_with_nothing_to_compare():
    chosen = pick([7], [[0.9], [0.8]], [[0.7], [0.8]], margin=0.01)
    assert (chosen.index, chosen.guaranteed, chosen.runner_up) == (0, False, None)
    assert chosen.accuracy.mean == pytest.approx(0.75)
    assert "only network" in chosen.reason


@pytest.mark.parametrize("shape", [(3, 2), (0, 2), (3, 0)])
def test_without_any_run_there_is_nothing_to_pick(shape):
    nothing = np.full(shape, np.nan)
    chosen = pick(np.ones(shape[1]), nothing, nothing, margin=0.01)
    assert (chosen.index, chosen.accuracy.n, chosen.pareto) == (None, 0, ())
    assert chosen.reason


def test_plain_types_only_so_that_it_can_be_stored_as_json():
    accuracy = study([0.90, 0.948, 0.95, 0.949])
    stored = json.loads(json.dumps(asdict(pick(SIZES, accuracy, accuracy, margin=0.005))))
    assert stored["index"] == 1


def test_the_pareto_front_keeps_what_nothing_beats():
    assert pareto_front([4, 1, 2, 3, 2], [0.9, 0.5, 0.8, 0.7, 0.8]) == (1, 2, 4, 0)
    assert pareto_front([1, 2, 3], [np.nan, 0.5, 0.5]) == (1,)


@pytest.mark.parametrize(
    ("change", "arrived"),
    [
        ({"parameters": [1, 2, 3]}, "(3,)"),
        ({"test": np.ones((3, 2))}, "(3, 2)"),
        ({"margin": 0}, "0"),
        ({"alpha": 0.5}, "0.5"),
    ],
)
def test_what_does_not_fit_is_refused(change, arrived):
    fitting = {
        "parameters": [1, 2],
        "validation": np.ones((2, 2)),
        "test": np.ones((2, 2)),
        "margin": 0.01,
    }
    with pytest.raises(ValueError, match="expected") as error:
        pick(**fitting | change)
    assert arrived in str(error.value)
