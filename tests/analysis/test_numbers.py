"""How numbers are written: digits that the interval justifies, n beside it, never a NaN."""

from __future__ import annotations

import math

import pytest

from study.analysis.interval_words import decimals, difference, estimate, percent, with_n
from study.design.space import AXIS_WORDS
from study.records.intervals import Interval
from study.records.units import PERCENT
from study.words import MISSING, amount, capital, level_text, listed, number, percent_text, points_text, value_text


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


def test_an_accuracy_stands_with_its_interval_and_n() -> None:
    interval = Interval(0.841, 0.832, 0.850, 8)
    assert with_n(percent(interval), interval) == "84.1 ± 0.9 % (n = 8)"


@pytest.mark.parametrize(("low", "high", "n"), [(None, None, 1), (0.441, 1.241, 2)])
def test_one_or_two_runs_have_no_interval_and_say_so(low: float | None, high: float | None, n: int) -> None:
    interval = Interval(0.841, low, high, n)
    assert with_n(percent(interval), interval) == f"84.1 % (n = {n}, too few for an interval)"


@pytest.mark.parametrize("interval", [Interval(None, None, None, 0), Interval(math.nan, None, None, 0)])
def test_no_run_is_a_dash(interval: Interval) -> None:
    assert estimate(interval) == percent(interval) == with_n(percent(interval), interval) == MISSING


def test_zero_has_no_sign_and_a_negative_number_has_a_minus() -> None:
    assert number(-0.001) == "0.0"
    assert number(-1.25, 2) == "−1.25"
    assert number(math.inf) == MISSING


def test_a_difference_can_carry_its_sign() -> None:
    assert difference(Interval(0.004, 0.001, 0.007, 5), PERCENT, sign=True) == "+0.40 ± 0.30 points"
    assert difference(Interval(-0.004, -0.007, -0.001, 5), PERCENT, sign=True) == "−0.40 ± 0.30 points"
    assert number(-0.0001, sign=True) == "+0.0"


def test_words_agree_with_their_number() -> None:
    assert amount(1, "hidden layers") == "1 hidden layer"
    assert amount(6, "hidden layers") == "6 hidden layers"
    assert amount(54_000, "training samples") == "54,000 training samples"
    assert amount(1, "units a layer") == "1 unit a layer"
    assert points_text(0.01) == "1 point"
    assert points_text(0.005) == "0.5 points"
    assert capital("all 54,000 samples") == "All 54,000 samples"
    assert [listed(["4"]), listed(["4", "8"]), listed(["4", "8", "12"])] == ["4", "4 and 8", "4, 8 and 12"]


def test_a_rate_stands_behind_its_words() -> None:
    assert amount(0.003, "learning rate") == "learning rate 0.003"
    assert [amount(1, "blocks"), amount(4, "blocks")] == ["1 block", "4 blocks"]  # words of somebody's own axis
    assert [amount(1, "branches"), amount(1, "nodes")] == ["1 branch", "1 node"]
    for label in ("axis", "bias", "loss", "radius", "eps", "series", "blocks_1", "width"):
        assert amount(3, label) == f"{label} 3"
    assert amount(0.2, "dropout rate") == "dropout rate 0.2"


def test_every_axis_that_counts_something_is_known_as_one() -> None:
    rates = {label for label in AXIS_WORDS.values() if amount(2, label).startswith(label)}
    assert rates == {
        "share of wrong labels", "dropout rate", "dropout rate of the inputs", "L1 coefficient", "L2 coefficient",
        "learning rate", "label smoothing", "weight decay", "momentum",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (6, "6"),
        (54_000, "54,000"),
        (1_234_567.0, "1,234,567"),
        (1_234_567.5, "1,234,568"),
        (12_345.678, "12,345.7"),
        (0.001, "0.001"),
        (1e-5, "1e-5"),
        (1e300, "1e300"),
        (0, "0"),
        (-0.25, "−0.25"),
        (None, MISSING),
    ],
)
def test_a_value_is_written_as_people_write_it(value: float | None, said: str) -> None:
    assert value_text(value) == said


def test_few_digits_never_hide_one_before_the_point() -> None:
    assert [value_text(value, 2) for value in (99.5, 1234.5, 0.0123)] == ["100", "1,234", "0.012"]


def test_measured_points_have_the_digits_they_are_asked_for_and_never_a_minus_before_zero() -> None:
    assert points_text(0.0123, 1) == "1.2 points" and points_text(0.0099, 1) == "1 point"
    assert points_text(-0.002, 1) == "−0.2 points" and points_text(-1e-6, 1) == "0 points"


def test_a_share_stands_with_its_unit_and_a_level_with_all_its_digits() -> None:
    assert percent_text(0.1234) == "12.3 %" and percent_text(0.12, 0) == "12 %" and percent_text(None) == MISSING
    assert [level_text(1 - alpha) for alpha in (0.05, 0.1, 0.0005)] == ["95 %", "90 %", "99.95 %"]
