"""Remedies: arms against none, paired, corrected, in words."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from study.analysis.onset.verdict import OnsetVerdict
from study.analysis.remedies import assess_remedies, compare_onsets, left_out_readings

BLOCKS = np.array([0.03, -0.02, 0.0, 0.01, -0.02])
SMALL = np.array([0.001, -0.001, 0.002, -0.002, 0.0])


def arm(test, train=1.0):
    """Accuracies (R, 3) of an arm."""
    test = np.asarray(test, float)
    return np.column_stack([np.broadcast_to(train, test.shape), np.full(test.shape, 0.5), test])


BASE = arm(0.8 + BLOCKS)


def only(remedies):
    assert len(remedies) == 1
    return remedies[0]


def test_an_arm_that_helps_is_said_to_help_by_its_paired_difference():
    remedy = only(assess_remedies({"none": BASE, "dropout": arm(0.808 + BLOCKS + SMALL)}))
    expected = stats.ttest_1samp(0.008 + SMALL, 0)
    assert remedy.test.outcome == "helped"
    assert remedy.test.p == pytest.approx(expected.pvalue)
    assert remedy.test.interval.low == pytest.approx(expected.confidence_interval().low)
    assert remedy.test.sentence == "dropout helped by 0.80 ± 0.20 points (5 replicates)"


def test_an_arm_that_hurts_is_said_to_hurt():
    remedy = only(assess_remedies({"none": BASE, "l2": arm(0.78 + BLOCKS + SMALL)}))
    assert remedy.test.outcome == "hurt"
    assert "hurt by 2.00 ±" in remedy.test.sentence


def test_what_the_replicates_cannot_show_is_not_claimed():
    remedy = only(assess_remedies({"none": BASE, "l2": arm(0.8005 + BLOCKS + 5 * SMALL)}))
    assert remedy.test.outcome == "no difference shown"
    assert "made no difference that 5 replicates could show" in remedy.test.sentence
    assert "only arm" not in remedy.test.sentence


def test_a_smaller_gap_is_help_and_validation_plays_no_part():
    remedy = only(assess_remedies({"none": BASE, "dropout": arm(0.8 + BLOCKS, train=0.95 + SMALL)}))
    assert remedy.gap.outcome == "helped"
    assert remedy.gap.interval.mean == pytest.approx(-0.05)
    assert "narrowed the gap by 5.0" in remedy.gap.sentence
    assert (remedy.test.outcome, remedy.test.p) == ("no difference shown", 1.0)


def test_a_wider_gap_hurts():
    remedy = only(assess_remedies({"none": BASE, "width": arm(0.7 + BLOCKS + SMALL)}))
    assert "widened the gap by 10.00" in remedy.gap.sentence
    assert remedy.gap.outcome == "hurt"


def test_each_further_arm_raises_the_bar():
    effect = arm(0.8015 + BLOCKS + SMALL * 0.75)
    alone = only(assess_remedies({"none": BASE, "a": effect}))
    others = {f"idle {i}": arm(0.8 + BLOCKS + 3 * np.roll(SMALL, i)) for i in range(4)}
    among = assess_remedies({"none": BASE, "a": effect, **others})[0]
    assert alone.test.outcome == "helped"
    assert among.test.outcome == "no difference shown"
    assert among.test.p == pytest.approx(5 * alone.test.p)
    assert "only arm" in among.test.sentence


def test_arms_without_an_effect_are_seldom_said_to_have_one():
    rng = np.random.default_rng(0)
    studies = [
        assess_remedies({name: rng.normal(0.9, 0.01, (5, 3)) for name in ("none", "a", "b", "c", "d")})
        for _ in range(300)
    ]
    claims = np.mean([any(r.test.outcome in ("helped", "hurt") for r in study) for study in studies])
    assert claims <= 0.08


def test_the_same_difference_in_every_replicate_is_certain():
    remedy = only(assess_remedies({"none": arm([0.5, 0.25]), "a": arm([0.75, 0.5])}))
    assert (remedy.test.outcome, remedy.test.p) == ("helped", 0.0)


def test_a_failed_run_leaves_its_pair_out():
    other = arm(0.81 + BLOCKS + SMALL)
    other[0] = np.nan
    assert only(assess_remedies({"none": BASE, "a": other})).test.interval.n == 4


@pytest.mark.parametrize("replicates", [0, 1])
def test_without_two_pairs_nothing_is_judged(replicates):
    remedy = only(assess_remedies({"none": BASE[:replicates], "a": BASE[:replicates]}))
    assert (remedy.test.outcome, remedy.test.p) == ("not judged", None)
    assert f"there are {replicates}" in remedy.test.sentence


@pytest.mark.parametrize("arms", [{"a": BASE}, {"none": BASE, "a": BASE[:2]}, {"none": BASE[:, :2]}])
def test_arms_that_cannot_be_compared_are_refused(arms):
    with pytest.raises(ValueError, match="'none'"):
        assess_remedies(arms)


def test_two_replicates_are_too_few_for_an_interval():
    remedy = only(assess_remedies({"none": BASE[:2], "a": arm(0.81 + BLOCKS[:2] + [0.01, 0.0])}))
    assert remedy.test.outcome == "no difference shown"
    assert "±" not in remedy.test.sentence and "too few" in remedy.test.sentence


def depths(means, spread=0.01, seed=0):
    """Accuracies (R, C, 3) whose validation and test share their luck."""
    luck = np.random.default_rng(seed).normal(0, spread, (5, len(means)))
    held_out = np.asarray(means) + BLOCKS[:, None] + luck
    return np.stack([np.ones_like(held_out), held_out, held_out], axis=2)


def test_less_depth_is_read_where_the_other_replicates_pick():
    accuracy = depths([0.85, 0.80, 0.70], spread=0.001)
    read, chosen = left_out_readings([1, 2, 3], accuracy, margin=0.01)
    assert chosen == (0,) * 5
    np.testing.assert_array_equal(read, accuracy[:, 0])


def test_less_depth_exists_where_the_deepest_is_best_and_then_changes_nothing():
    accuracy = depths([0.70, 0.80, 0.90], spread=0.001)
    read, chosen = left_out_readings([1, 2, 3], accuracy, margin=0.01)
    assert chosen == (2,) * 5
    remedy = only(assess_remedies({"none": accuracy[:, 2], "less depth": read}))
    assert remedy.test.outcome == "no difference shown" and remedy.test.interval.mean == 0


def test_less_depth_is_not_flattered_by_the_luck_that_chose_it():
    """Six depths that are all the same: choosing on all replicates and testing on them shows a gain of luck."""
    fitted, naive = [], []
    for seed in range(100):
        accuracy = depths([0.8] * 6, seed=seed)
        read, _ = left_out_readings(range(6), accuracy, margin=0.001)
        best = int(accuracy[:, :, 1].mean(axis=0).argmax())
        fitted.append((read - accuracy[:, 5])[:, 2].mean())
        naive.append((accuracy[:, best] - accuracy[:, 5])[:, 2].mean())
    assert abs(np.mean(fitted)) < 0.002 < 0.004 < np.mean(naive)


def test_one_replicate_cannot_choose_for_itself():
    read, chosen = left_out_readings([1, 2], depths([0.8, 0.9])[:1], margin=0.01)
    assert chosen == (None,) and np.isnan(read).all()


def onset_at(onset, low, high):
    return OnsetVerdict("overfitting", onset=onset, interval=(low, high))


def test_disjoint_intervals_show_that_the_onset_moved():
    effect = compare_onsets("dropout", onset_at(6, 4, 6), onset_at(10, 8, 12))
    assert (effect.shift, effect.disjoint) == (4, True)
    assert effect.sentence.startswith("dropout moved the onset from 6 (4 to 6) without a remedy to 10 (8 to 12)")


@pytest.mark.parametrize(("onset", "low", "high"), [(8, 5, 8), (8, 6, 8), (3, 2, 4)])
def test_intervals_with_a_value_in_common_show_nothing(onset, low, high):
    effect = compare_onsets("l2", onset_at(6, 4, 6), onset_at(onset, low, high))
    assert (effect.shift, effect.disjoint) == (onset - 6, False)
    assert "not shown" in effect.sentence


def test_an_onset_that_comes_earlier_has_a_negative_shift():
    effect = compare_onsets("width", onset_at(6, 4, 6), onset_at(2, 2, 3))
    assert (effect.shift, effect.disjoint) == (-4, True)


def test_an_onset_that_is_gone_was_removed_within_the_range():
    for kind in ("none", "benign"):
        effect = compare_onsets("dropout", onset_at(6, 4, 6), OnsetVerdict(kind))
        assert "removed the onset within the range" in effect.sentence
        assert (effect.shift, effect.disjoint) == (None, None)


def test_an_inconclusive_verdict_is_no_absence():
    effect = compare_onsets("dropout", onset_at(6, 4, 6), OnsetVerdict("inconclusive"))
    assert "removed" not in effect.sentence
    assert "nor its absence" in effect.sentence


def test_without_an_onset_there_is_nothing_to_move():
    effect = compare_onsets("dropout", OnsetVerdict("none"), onset_at(6, 4, 6))
    assert "no onset is claimed that dropout could move" in effect.sentence


def test_onsets_are_compared_where_both_arms_have_a_verdict():
    arms = {"none": BASE, "a": BASE, "b": BASE}
    remedies = assess_remedies(arms, onsets={"none": onset_at(6, 4, 6), "a": onset_at(9, 8, 9)})
    assert remedies[0].onset is not None and remedies[0].onset.disjoint
    assert remedies[1].onset is None
