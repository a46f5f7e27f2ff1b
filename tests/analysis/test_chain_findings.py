"""What a chain takes for a gain: what is shown, and what is the better guess."""

from __future__ import annotations

import pytest

from study.analysis.chain_findings import is_better_guess, is_gain
from study.records.intervals import Interval
from study.records.metrics import ACCURACY, CROSS_ENTROPY


@pytest.mark.parametrize(
    ("change", "shown", "guess"),
    [
        (Interval(0.02, 0.01, 0.03, 10), True, True),
        (Interval(0.02, -0.01, 0.05, 10), False, True),
        (Interval(0.006, -0.01, 0.03, 10), False, True),
        (Interval(0.004, -0.01, 0.03, 10), False, False),
        (Interval(0.002, 0.001, 0.003, 10), True, False),
        (Interval(-0.02, -0.03, -0.01, 10), False, False),
        (Interval(None, None, None, 0), False, False),
        (Interval(0.02, None, None, 1), False, True),
    ],
)
def test_a_gain_is_shown_by_its_interval_and_guessed_by_its_mean(change: Interval, shown: bool, guess: bool) -> None:
    for metric, one in ((ACCURACY, change), (CROSS_ENTROPY, change.turned)):
        assert (is_gain(one, metric), is_better_guess(one, metric, 0.01)) == (shown, guess)
