"""Means with Student t intervals: every number shown carries its n and its interval."""

from __future__ import annotations

import math
from dataclasses import replace
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


def weighted_share_interval(items: ArrayLike, weights: ArrayLike, confidence: float = 0.95) -> Interval:
    """Share of what items (N,) count, by their ``weights`` (N,), with Wilson's interval; no share where all count 0.

    ``items`` are values whose mean is the share, as :mod:`study.records.metrics` has them. The items are taken for as
    many as count alike and say as much: no more than their spread tells (as Korn and Graubard, Survey Methodology 24,
    1998), and no more than their weights alone do (Kish, Survey Sampling, 1965), because near 0 and 1 the spread of
    few items is too small. Of 100 to 1,000 items with exponential weights, 80 or 95 % of them right, 95 % intervals
    cover 94 to 99 %; Student's 83 to 95 %.
    """
    values, counts = np.asarray(items, float), np.asarray(weights, float)
    if not counts.any():
        return Interval(None, None, None, 0)
    share = min(max(float(values.mean()), 0.0), 1.0)
    alike = float(counts.sum() ** 2 / (counts**2).sum())
    variance = float(values.var()) / len(values)
    alike = min(alike, share * (1 - share) / variance) if variance and 0 < share < 1 else alike
    return replace(wilson_interval(share * alike, alike, confidence), n=len(values))


def wilson_interval(correct: float, n: float, confidence: float = 0.95) -> Interval:
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
    return Interval(share, centre - reach if correct else 0.0, centre + reach if correct < n else 1.0, int(n))
