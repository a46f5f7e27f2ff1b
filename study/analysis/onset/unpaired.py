"""Runs that are not paired: every depth has runs of its own, in any number, and rows of a table mean nothing.

Letters as in :mod:`study.analysis.onset.layout`. Differences of means are compared by Welch's t, with Satterthwaite's
degrees of freedom: no depth's noise is taken for another's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from study.analysis.item_intervals import Sampling
from study.analysis.onset.layout import Floats
from study.analysis.t_intervals import t_quantile_of
from study.records.intervals import Interval


def packed(train: Floats, test: Floats, seed: int) -> tuple[Floats, Floats]:
    """The runs (R', D) of each depth in its first rows, R' the most of a depth: whatever row each stood in.

    They are sorted and then shuffled by ``seed``: the verdict is the same for any order of the runs, and rows, which
    are left out in turn where a choice is cross-fitted, do not go by the results.
    """
    run = ~(np.isnan(train) & np.isnan(test))
    rows, depths = int(run.sum(axis=0).max(initial=0)), train.shape[1]
    rng = np.random.default_rng([seed, rows, depths])
    found = np.full((2, rows, depths), np.nan)
    for depth in range(depths):
        both = np.stack([train[run[:, depth], depth], test[run[:, depth], depth]])
        order = rng.permutation(both.shape[1])
        found[:, : both.shape[1], depth] = both[:, np.lexsort(both)][:, order]
    return found[0], found[1]


def difference(
    values: Floats, minuend: Sequence[int], subtrahend: Sequence[int], sampling: Sampling, alpha: float
) -> Interval:
    """Mean over the columns ``minuend`` of ``values`` (R, D) minus that over ``subtrahend``, two-sided at ``alpha``.

    NaN where there is no run. Columns count alike, whatever their number of runs; n is the smaller number of runs.
    """
    weights = {column: 1 / len(minuend) for column in minuend}
    weights |= {column: -1 / len(subtrahend) for column in subtrahend}
    return _contrast(values, weights, sampling, alpha)


def slope(values: Floats, alpha: float) -> Interval:
    """Least-squares slope of the column means of ``values`` (R, D) a depth, two-sided at 2 ``alpha``."""
    columns = np.nonzero((~np.isnan(values)).any(axis=0))[0]
    centred = columns - columns.mean()
    weights = dict(zip(columns.tolist(), (centred / (centred**2).sum()).tolist(), strict=True))
    return _contrast(values, weights, Sampling(), 2 * alpha)


def _contrast(values: Floats, weights: dict[int, float], sampling: Sampling, alpha: float) -> Interval:
    """A weighted sum of column means with its interval; none where a column has fewer than two runs."""
    mean, parts, freedoms, counts = 0.0, [], [], []
    for column, weight in weights.items():
        sample = values[~np.isnan(values[:, column]), column]
        if not sample.size:
            return Interval(None, None, None, 0)
        mean += weight * float(sample.mean())
        counts.append(int(sample.size))
        if sample.size > 1:
            parts.append(weight**2 * float(sample.var(ddof=1)) / sample.size * sampling.inflation(float(sample.size)))
            freedoms.append(sample.size - 1)
    if len(parts) < len(weights):
        return Interval(mean, None, None, min(counts))
    variance = sum(parts)
    if not variance:
        return Interval(mean, mean, mean, min(counts))
    freedom = variance**2 / sum(part**2 / own for part, own in zip(parts, freedoms, strict=True))
    reach = t_quantile_of(1 - alpha / 2, freedom) * math.sqrt(variance)
    return Interval(mean, mean - reach, mean + reach, min(counts))
