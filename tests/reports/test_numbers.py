"""How numbers are written: digits that the interval justifies, n beside it, never a NaN."""

from __future__ import annotations

import math

import pytest

from reports.numbers import MISSING, amount, capital, decimals, estimate, margin_text, number, percent, with_n
from study.analysis.intervals import Interval


@pytest.mark.parametrize(
    ("half_width", "digits"),
    [
        (12.0, 0),
        (5.0, 0),
        (3.4, 1),
        (1.3, 1),
        (0.9, 1),
        (0.4, 1),
        (0.23, 2),
        (0.02, 2),
        (0.0, 1),
        (None, 1),
        (math.nan, 1),
    ],
)
def test_digits_follow_the_interval(half_width: float | None, digits: int) -> None:
    assert decimals(half_width) == digits


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_an_accuracy_stands_with_its_interval_and_n() -> None:
    interval = Interval(0.841, 0.832, 0.850, 8)
    assert plain(with_n(percent(interval), interval)) == "84.1 ± 0.9 % (n = 8)"


def test_one_run_has_no_interval_and_says_so() -> None:
    interval = Interval(0.841, None, None, 1)
    assert plain(with_n(percent(interval), interval)) == "84.1 % (n = 1, no interval)"


@pytest.mark.parametrize("interval", [Interval(None, None, None, 0), Interval(math.nan, None, None, 0)])
def test_no_run_is_a_dash(interval: Interval) -> None:
    assert estimate(interval) == percent(interval) == with_n(percent(interval), interval) == MISSING


def test_zero_has_no_sign_and_a_negative_number_has_a_minus() -> None:
    assert number(-0.001) == "0.0"
    assert number(-1.25, 2) == "−1.25"
    assert number(math.inf) == MISSING


def test_words_agree_with_their_number() -> None:
    assert amount(1, "hidden layers") == "1 hidden layer"
    assert amount(6, "hidden layers") == "6 hidden layers"
    assert plain(margin_text(0.01)) == "1 point"
    assert plain(margin_text(0.005)) == "0.5 points"
    assert capital("all 54,000 samples") == "All 54,000 samples"
