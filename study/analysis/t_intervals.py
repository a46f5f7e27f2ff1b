"""Means with Student t intervals: every number shown carries its n and its interval."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from study.records.intervals import Interval


def t_interval(values: ArrayLike, confidence: float = 0.95) -> Interval:
    """Mean and t interval of the finite entries of ``values`` (R,).

    Source: Student's one-sample interval, ``mean ± t((1 + confidence) / 2, n - 1) * s / sqrt(n)``. Identical
    values give an interval of width zero. (A percentile bootstrap covers 73 % at n = 3.)
    """
    sample = np.asarray(values, float)
    sample = sample[np.isfinite(sample)]
    n = int(sample.size)
    if n == 0:
        return Interval(None, None, None, 0)
    mean = float(sample.mean())
    if n == 1:
        return Interval(mean, None, None, 1)
    reach = float(t_quantile((1 + confidence) / 2, n - 1) * sample.std(ddof=1) / math.sqrt(n))
    return Interval(mean, mean - reach, mean + reach, n)


@lru_cache(maxsize=1_000)  # SciPy takes longer for it than for all the rest
def t_quantile(share: float, freedom: int) -> float:
    """Quantile of Student's t distribution with ``freedom`` degrees of freedom; ``share`` in (0, 1)."""
    from scipy.special import stdtrit  # slow to import: a list of studies needs none of it

    return float(stdtrit(freedom, share))


def t_quantile_of(share: float, freedom: float) -> float:
    """The same for degrees of freedom that are no whole number, as Satterthwaite's."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, share))


def t_share(value: float, freedom: float) -> float:
    """Share of Student's t distribution below ``value``; ``freedom`` > 0 need be no whole number."""
    from scipy.special import stdtr

    return float(stdtr(freedom, value))


def wilson_interval(correct: int, n: int, confidence: float = 0.95) -> Interval:
    """Share of ``correct`` among ``n`` independent items, with Wilson's score interval; no share of no items.

    Source: Wilson, Journal of the American Statistical Association 22, 1927. Unlike the plain normal interval it
    holds near 0 and 1. Here ``n`` counts items, not replicates.
    """
    if n == 0:
        return Interval(None, None, None, 0)
    from scipy.special import ndtri

    share, square = correct / n, float(ndtri((1 + confidence) / 2)) ** 2 / n
    centre = (share + square / 2) / (1 + square)
    reach = math.sqrt(square * (share * (1 - share) + square / 4)) / (1 + square)
    return Interval(share, centre - reach if correct else 0.0, centre + reach if correct < n else 1.0, n)
