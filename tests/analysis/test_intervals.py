"""Student t intervals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from study.analysis.t_intervals import t_interval


@pytest.mark.parametrize("n", [2, 3, 10])
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_agrees_with_scipy(n, confidence):
    values = np.random.default_rng(n).normal(size=n)
    expected = stats.ttest_1samp(values, 0).confidence_interval(confidence)
    interval = t_interval(values, confidence)
    assert (interval.low, interval.high) == (pytest.approx(expected.low), pytest.approx(expected.high))


@pytest.mark.parametrize("n", [3, 5])
def test_covers_the_true_mean_as_often_as_it_says_with_few_replicates(n):
    rng = np.random.default_rng(1)
    intervals = [t_interval(rng.normal(7, 2, n)) for _ in range(2000)]
    assert np.mean([i.low < 7 < i.high for i in intervals]) == pytest.approx(0.95, abs=0.015)


def test_what_is_not_finite_is_left_out():
    assert t_interval([1.0, np.nan, 3.0, np.inf]) == t_interval([1.0, 3.0])


def test_one_value_has_a_mean_and_no_interval():
    interval = t_interval([0.9])
    assert (interval.mean, interval.low, interval.high, interval.n) == (0.9, None, None, 1)
    assert interval.half_width is None


def test_no_value_has_neither():
    interval = t_interval([np.nan])
    assert (interval.mean, interval.low, interval.high, interval.n) == (None, None, None, 0)


def test_identical_values_have_an_interval_of_width_zero():
    interval = t_interval([1.0, 1.0, 1.0])
    assert (interval.mean, interval.half_width) == (1.0, 0.0)
