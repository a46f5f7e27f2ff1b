"""A short calibration: studies of known truth, with tolerances that a broken procedure cannot pass.

The full one is ``benchmarks/calibration.py``; the figures here are its promises plus what chance allows in a few
hundred studies. The studies are the same in every run. Of families that are alike in kind one is tried each time, the
hardest; the others are marked ``long``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.calibration import measure
from benchmarks.simulated_studies import FAMILIES, Family
from study.analysis.onset import critical_values

BY_NAME = {family.name: family for family in FAMILIES}


# The hardest family of each kind of noise, curve and failure.
EACH_TIME = {
    "noise growing x5",
    "last depth noisy x5",
    "heavy tails t2",
    "neighbours correlated 0.8",
    "replicates with own slopes, strong",
    "strong blocks, noise growing x5",
    "20 % diverged, deep, noise growing x3",
    "10 % of the runs missing",
    "all deep nets diverge",
    "one bad depth near the end",
    "degradation, noise growing x3",
    "flat, then training collapses",
}


def of(*truths: str) -> list[Any]:
    found = [family for family in FAMILIES if family.truth in truths]
    return [pytest.param(one, id=one.name, marks=() if one.name in EACH_TIME else pytest.mark.long) for one in found]


@pytest.mark.parametrize("family", of("silent"))
def test_false_onsets_stay_rare(family: Family, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    replicates, depths = 5, 9
    if family.holes or family.diverged:
        # A pattern of its own for every study: fewer simulations a pattern, on a small table, keep this short.
        monkeypatch.setattr(critical_values, "SIMULATIONS", 1_000)
        monkeypatch.setenv("DEPTHGAUGE_CACHE", str(tmp_path))
        replicates, depths = 3, 6
    assert measure(family, replicates, depths, 300).claimed / 300 <= 0.07


@pytest.mark.parametrize("family", of("degradation", "failing"))
def test_failing_training_is_not_called_overfitting(family: Family) -> None:
    assert measure(family, 5, 9, 200).overfitting <= 0.025


@pytest.mark.parametrize(
    ("slope", "replicates", "power"),
    [pytest.param("0.5", 3, 0.55, marks=pytest.mark.long), ("0.5", 5, 0.95), ("1.0", 5, 0.97)],
)
def test_overfitting_is_found(slope: str, replicates: int, power: float) -> None:
    assert measure(BY_NAME[f"overfitting, s = {slope}"], replicates, 12, 200).overfitting >= power


@pytest.mark.parametrize(
    "depths", [pytest.param(6, marks=pytest.mark.long), pytest.param(9, marks=pytest.mark.long), 12]
)
def test_the_onset_is_within_one_step(depths: int) -> None:
    assert measure(BY_NAME["overfitting, s = 1.0"], 5, depths, 200).within_one / 200 >= 0.93


@pytest.mark.parametrize(
    "name",
    [
        "overfitting, s = 1.0",
        pytest.param("overfitting, s = 2.5", marks=pytest.mark.long),
        pytest.param("overfitting, step of 2", marks=pytest.mark.long),
        "overfitting, convex",
    ],
)
def test_the_intervals_hold_the_onset(name: str) -> None:
    outcome = measure(BY_NAME[name], 5, 12, 200)
    assert outcome.claimed >= 100
    assert outcome.covered / outcome.claimed >= 0.92
    assert outcome.shown_covered / outcome.claimed >= 0.90


@pytest.mark.parametrize("end", ["training fails", pytest.param("all diverge", marks=pytest.mark.long)])
def test_overfitting_is_found_before_training_fails(end: str) -> None:
    assert measure(BY_NAME[f"overfitting, s = 1, then {end}"], 5, 12, 200).overfitting >= 0.93


def test_an_absent_fall_is_shown_to_be_absent() -> None:
    kinds = measure(BY_NAME["flat"], 10, 12, 200).kinds
    assert (kinds.get("none", 0) + kinds.get("benign", 0)) / 200 >= 0.85


def test_the_families_that_are_tried_each_time_are_there() -> None:
    assert set(BY_NAME) >= EACH_TIME
