"""The benchmark that holds the judge to real data: its counts are right where the truth is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks.real_calibration import MARGIN, Truth, page, row_of
from study.records.metrics import METRICS

DEPTHS = (1, 2, 4, 8)
TRUE = Truth(list(map(float, DEPTHS)), [0.80, 0.84, 0.83, 0.78], [0.1, 0.1, 0.12, 0.2], [0.8, 0.84, 0.83, 0.78])


def study(
    outcome: str, *, reach: float = 1.0, interval: tuple[float, float] | None = None, to: float = 8
) -> dict[str, Any]:
    """A study whose intervals reach ``reach`` around the truth plus 0.01."""
    around = [[[at + 0.01, at + 0.01 - reach, at + 0.01 + reach] for at in row] for row in zip(*_rows(), strict=True)]
    fall = TRUE.fall(2, to) + 0.01
    return {
        "kind": outcome, "outcome": outcome, "interval": interval, "reference": 2, "to": to,
        "fall": [fall - reach, fall + reach], "bound": 0.05, "left_out": 0,
        "points": [[depth, *cells] for depth, cells in zip(DEPTHS, around, strict=True)], "pick": [2, 0.84, 0.83, 0.85],
    }  # fmt: skip


def _rows() -> tuple[list[float], ...]:
    return TRUE.test, TRUE.gap, TRUE.validation


def test_coverage_counts_intervals_that_hold_the_truth() -> None:
    wide, narrow = study("inconclusive"), study("inconclusive", reach=0.005)
    row = row_of("digits", "depth", "1 x 5 folds", [wide, wide, narrow], TRUE)
    assert row["covers"]["mean"] == [8, 12] and row["covers"]["fall"] == [2, 3] and row["covers"]["onset"] == [0, 0]
    assert row["outcomes"] == {"inconclusive": 3} and row["true_fall"] == pytest.approx(0.06)


def test_a_claim_where_nothing_falls_is_false_and_an_onset_is_held_to_the_true_one() -> None:
    right, late = study("overfitting", interval=(4, 8)), study("overfitting", interval=(8, 8))
    row = row_of("digits", "depth", "1 x 5 folds", [right, late], TRUE)
    assert TRUE.onsets == [4.0] and row["false_falls"] == 0 and row["covers"]["onset"] == [1, 2]
    rising = Truth(TRUE.values, [0.80, 0.81, 0.82, 0.83], TRUE.gap, TRUE.validation)
    assert rising.onsets == [] and row_of("digits", "depth", "1 x 5 folds", [right], rising)["false_falls"] == 1


def test_of_an_error_the_lower_is_the_better() -> None:
    """Errors of 3 at best and of 5 at the end, with a margin of 1: it rises by 2, from 4 on."""
    truth = Truth(TRUE.values, [3.5, 3.0, 3.9, 5.0], TRUE.gap, TRUE.validation, metric=METRICS["rmse"], margin=1.0)
    assert truth.fall(2, 8) == pytest.approx(2.0) and truth.onsets == [4.0]
    row = row_of("air times", "of numbers", "1 x 5 folds", [study("overfitting", interval=(4, 8))], truth)
    assert (row["metric"], row["true_fall"], row["false_falls"], row["covers"]["onset"]) == ("rmse", 2.0, 0, [1, 1])
    assert "| air times, of numbers, RMSE (rises by 2.000) |" in page([row])


def test_two_draws_contradict_where_one_finds_overfitting_and_the_other_that_there_is_none() -> None:
    studies = [
        study("none"),
        study("overfitting", interval=(4, 8)),
        study("inconclusive"),
        study("small fall", interval=(4, 4)),
    ]
    row = row_of("digits", "depth", "1 x 5 folds", studies, TRUE)
    assert row["contradictions"] == [1, 6]


def test_the_truth_is_the_mean_over_all_draws_and_the_page_has_a_line_for_each_row() -> None:
    truth = Truth.of([study("none"), study("none")])
    np.testing.assert_allclose(truth.test, np.array(TRUE.test) + 0.01)
    text = page([row_of("digits", "depth", "1 x 5 folds", [study("none")], truth)])
    assert (
        "| digits, depth, accuracy (falls by 6.0) | 1 x 5 folds | 1 | 100.0 % |" in text
        and f"{100 * MARGIN:g} points" in text
    )
