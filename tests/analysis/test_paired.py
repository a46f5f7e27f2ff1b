"""Paired differences: what holds for any numbers, and what is claimed of some."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from study.analysis.paired import holm, paired_differences
from study.analysis.study_pairs import pair_studies
from tests.reports import sample_findings as sample

SHARE = st.integers(0, 1000).map(lambda right: right / 1000)
REPLICATES = st.lists(st.tuples(SHARE, SHARE), min_size=2, max_size=8)
FAMILIES = st.lists(st.lists(SHARE.map(lambda v: v - 0.5), min_size=2, max_size=6), min_size=1, max_size=5)


@given(REPLICATES)
def test_swapping_the_two_conditions_turns_every_sign(both: list[tuple[float, float]]) -> None:
    first, second = np.array(both).T
    one, other = paired_differences([second - first])[0], paired_differences([first - second])[0]
    turned = {"higher": "lower", "lower": "higher"}
    assert other.outcome == turned.get(one.outcome, one.outcome)
    assert one.interval.mean == pytest.approx(-other.interval.mean)
    assert (one.interval.low, one.interval.high) == pytest.approx((-other.interval.high, -other.interval.low))
    assert one.p == pytest.approx(other.p)


@given(st.lists(SHARE, min_size=2, max_size=8))
def test_a_study_differs_from_itself_by_nothing_with_certainty(accuracy: list[float]) -> None:
    values = np.array(accuracy)
    (found,) = paired_differences([values - values])
    assert (found.interval.mean, found.interval.low, found.interval.high) == (0, 0, 0)
    assert (found.p, found.outcome) == (1, "no difference shown")


@given(REPLICATES, st.integers(-500, 500).map(lambda v: v / 1000))
def test_what_is_added_to_one_condition_is_added_to_the_interval(both: list[tuple[float, float]], by: float) -> None:
    first, second = np.array(both).T
    before, after = paired_differences([second - first])[0], paired_differences([second + by - first])[0]
    moved = [getattr(before.interval, end) + by for end in ("mean", "low", "high")]
    assert [getattr(after.interval, end) for end in ("mean", "low", "high")] == pytest.approx(moved, abs=1e-9)


@given(REPLICATES, st.integers(1, 3))
def test_a_replicate_that_one_side_lacks_is_left_out(both: list[tuple[float, float]], lost: int) -> None:
    differences = np.array([second - first for first, second in both])
    assert paired_differences([np.append(differences, [np.nan] * lost)]) == paired_differences([differences])


@given(FAMILIES)
def test_more_comparisons_never_make_a_difference_easier_to_show(families: list[list[float]]) -> None:
    together = paired_differences(families)
    for family, judged in zip(families, together, strict=True):
        (alone,) = paired_differences([family])
        assert judged.p >= alone.p == judged.alone
        assert judged.interval == alone.interval


@given(FAMILIES)
def test_a_difference_is_shown_exactly_where_the_corrected_p_is_below_alpha(families: list[list[float]]) -> None:
    for found in paired_differences(families, alpha=0.2):
        assert (found.outcome != "no difference shown") is (found.p < 0.2)
        if found.outcome != "no difference shown":
            assert found.outcome == ("higher" if found.interval.mean > 0 else "lower")
            assert found.interval.low >= 0 or found.interval.high <= 0


def test_the_p_value_is_that_of_the_paired_t_test() -> None:
    differences = [0.01, 0.02, -0.005, 0.012]
    (found,) = paired_differences([differences])
    assert found.alone == pytest.approx(stats.ttest_1samp(differences, 0).pvalue)


def test_one_replicate_is_not_judged_and_does_not_weigh_on_the_others() -> None:
    shown = [0.02, 0.021, 0.019, 0.02]
    single, other = paired_differences([[0.5, np.nan], shown])
    assert (single.outcome, single.p, single.interval.n) == ("not judged", None, 1)
    assert other.outcome == "higher"


def test_an_alpha_that_is_no_probability_is_refused() -> None:
    with pytest.raises(ValueError, match="alpha"):
        paired_differences([[0.1, 0.2]], alpha=1.5)


def test_under_no_difference_hardly_any_family_shows_one() -> None:
    rng = np.random.default_rng(0)
    claims = [
        any(d.outcome != "no difference shown" for d in paired_differences(rng.normal(0, 0.01, (8, 5))))
        for _ in range(400)
    ]
    assert np.mean(claims) < 0.075  # nominal 5 %, and 2.3 standard errors of 400 families


def test_holm_steps_down() -> None:
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
    np.testing.assert_allclose(holm([0.9, 0.8]), [1, 1])
    np.testing.assert_allclose(holm([0.02, np.nan]), [0.04, np.nan])


def shifted(findings, by: float, name: str = "later", noise: float = 0.001):
    """The same study with test accuracy moved by ``by`` and a little noise of its own."""
    rng = np.random.default_rng(5)

    def moved(point):
        accuracy = point.accuracy.copy()
        accuracy[:, 2] += by + rng.normal(0, noise, len(accuracy))
        return sample.point(point.configuration, point.value, accuracy)

    panels = tuple(
        replace(p, points=tuple(map(moved, p.points)), baseline=None if p.baseline is None else moved(p.baseline))
        for p in findings.panels
    )
    return replace(findings, facts=replace(findings.facts, name=name), panels=panels)


def test_studies_with_the_same_replicates_are_compared_network_by_network() -> None:
    first = sample.default_study("early")
    pairs = pair_studies([first, shifted(first, 0.02)])
    assert [s.settings for s in pairs.settings] == [("300 samples",) * 2, ("54,000 samples",) * 2]
    small = pairs.settings[0]
    assert [p.name for p in small.places] == [
        *("1 hidden layer", "2 hidden layers", "3 hidden layers", "4 hidden layers", "6 hidden layers"),
        *("8 hidden layers", "10 hidden layers", "12 hidden layers", "baseline 128-64"),
    ]
    assert {p.test.outcome for p in small.places} == {"higher"}
    assert {p.gap.outcome for p in small.places} == {"lower"}
    assert small.sentences[0] == "Test accuracy is higher at all 9 networks by 1.9 to 2.1 points."
    assert small.between("minus") == "later minus early, 300 samples"
    assert pairs.comparisons == 18 and not pairs.obstacles


def test_a_study_beside_itself_is_the_same_in_every_replicate() -> None:
    one = sample.default_study()
    (small, _) = pair_studies([one, one]).settings
    assert small.sentences == ("Test accuracy and gap are the same in every replicate.",)


def test_only_networks_of_both_at_one_number_of_samples_are_compared() -> None:
    def study(name: str, depths: tuple[int, ...], samples: int = 300):
        given_ = {"samples": samples, "epochs": 5, "replicates": 4, "verdict": sample.SHORT, "baseline": False}
        panel = sample.panel("a", depths, (1.0,) * len(depths), (0.8,) * len(depths), **given_)
        return sample.findings_of((panel,), (), name=name)

    (found,) = pair_studies([study("x", (1, 2, 3)), study("y", (2, 3, 4))]).settings
    assert [p.value for p in found.places] == [2, 3]
    other = pair_studies([study("x", (1, 2)), study("y", (1, 2), samples=500)])
    assert not other.settings and "no finished network in common" in other.obstacles[0]


def test_replicates_that_one_study_lacks_take_no_part() -> None:
    first = sample.default_study("early")
    second = shifted(first, 0.01)
    second.panels[0].points[0].accuracy[3:] = np.nan
    places = pair_studies([first, second]).settings[0].places
    assert [p.test.interval.n for p in places[:2]] == [3, 8]


def test_every_arm_is_compared_with_the_only_setting_of_the_other_study() -> None:
    small = sample.small_panel()
    first = sample.findings_of((small,), (), name="plain")
    arms = sample.findings_of([replace(small, name=f"arm {i}") for i in range(3)], (), name="arms")
    found = pair_studies([first, arms]).settings
    assert [s.between("against") for s in found] == [f"arms (arm {i}) against plain (300 samples)" for i in range(3)]


def test_settings_that_could_belong_to_several_are_not_guessed() -> None:
    small = sample.small_panel()
    first, second = (
        sample.findings_of([replace(small, name=f"{name} {i}") for i in range(2)], (), name=name) for name in "ab"
    )
    assert not pair_studies([first, second]).settings


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"spec": {"seed": 7}}, r"different seeds \(0 and 7\): .* independent, not paired"),
        ({"dataset_sha256": "cd" * 32}, "ran on different data"),
        ({"run": {"sizes": (54_000, 3_000, 10_000)}}, r"hold out different numbers of samples \(6,000 and 3,000\)"),
    ],
)
def test_studies_that_cannot_be_paired_say_why(changes: dict[str, object], words: str) -> None:
    first, second = sample.default_study("one"), sample.default_study("two")
    facts = second.facts
    given: dict[str, Any] = dict(changes)
    if "spec" in changes:
        given["spec"] = facts.spec.model_copy(update=given["spec"])
    if "run" in changes:
        given["run"] = replace(facts.run, **given["run"])
    second = replace(second, facts=replace(facts, **given))
    found = pair_studies([first, second])
    assert not found.settings and not found.comparisons
    assert len(found.obstacles) == 1 and re.search(words, found.obstacles[0])


def test_an_empty_study_has_nothing_to_compare() -> None:
    found = pair_studies([sample.default_study(), sample.empty_study()])
    assert found.obstacles == ("No run of depth has finished that could be compared.",)


def test_a_study_is_compared_with_the_first_before_it_that_it_can_be_paired_with() -> None:
    other = sample.default_study("other")
    other = replace(other, facts=replace(other.facts, dataset_sha256="cd" * 32))
    first = sample.default_study("first")
    found = pair_studies([other, first, shifted(first, 0.01, "second"), shifted(first, 0.02, "third")])
    assert {(s.second, s.first) for s in found.settings} == {("second", "first"), ("third", "first")}
    assert len(found.obstacles) == 1 and "other and first ran on different data" in found.obstacles[0]
