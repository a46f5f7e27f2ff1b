"""Differences of paired replicates: which of them are more than the noise between replicates?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from study.analysis.item_intervals import NEW_DATA, Estimate, Sampling, mean_estimate
from study.analysis.t_intervals import t_share
from study.records.intervals import Interval, Target

Array = NDArray[np.float64]
Outcome = Literal["higher", "lower", "no difference shown", "not judged"]

# Accuracies are ratios of counts: differences that agree up to here are the same number.
_EQUAL = 1e-12


@dataclass(frozen=True, slots=True)
class Difference:
    """One quantity in two conditions, second minus first, over the replicates that both have.

    ``interval`` is that of this difference alone. ``alone`` is the two-sided paired t test's p value, ``p`` the same
    after Holm's correction for all differences that were judged together; both are None below two paired replicates.
    ``outcome`` is decided by ``p``: so an interval may exclude zero where no difference is shown. ``target`` is what
    interval and tests speak of, see :class:`study.analysis.item_intervals.Estimate`.
    """

    interval: Interval
    alone: float | None
    p: float | None
    outcome: Outcome
    target: Target = "these replicates"


def paired_differences(
    differences: Sequence[ArrayLike],
    alpha: float = 0.05,
    items: Sequence[ArrayLike | None] | None = None,
    sampling: Sequence[Sampling] | None = None,
) -> tuple[Difference, ...]:
    """Judge ``differences`` together, each (R,) with one entry a replicate, NaN = missing on either side.

    ``items`` holds for each of them the differences item by item (R, N), None where they were not kept: then they are
    judged over replicates alone (see :func:`study.analysis.item_intervals.mean_estimate`). ``sampling`` says of each
    what its replicates share; new data that share nothing where it is None.
    ``alpha`` in (0, 1) is the chance that any of those that are truly zero is said to be another number; the intervals
    have confidence ``1 - alpha`` each. Source of the correction: Holm, Scandinavian Journal of Statistics 6, 1979; it
    holds whatever the dependence between the differences. Where all entries of one are the same number, its p is 0 for
    any number but zero, and 1 for zero.

    Raises ValueError where ``alpha`` does not fit.
    """
    if not 0 < alpha < 1:
        raise ValueError(f"expected alpha in (0, 1), but {alpha} arrived")
    tables = [None] * len(differences) if items is None else list(items)
    estimates = [
        mean_estimate(values, table, sampling=how, confidence=1 - alpha)
        for values, table, how in zip(differences, tables, sampling or [NEW_DATA] * len(tables), strict=True)
    ]
    alone = [_p_value(estimate) for estimate in estimates]
    return tuple(
        _judged(estimate, one, float(p), alpha) for estimate, one, p in zip(estimates, alone, holm(alone), strict=True)
    )


def holm(p: ArrayLike) -> Array:
    """Holm's adjusted p values of ``p`` (A,) in [0, 1], in the same order; NaN counts as p = 1 and stays."""
    values = np.asarray(p, float)
    raw = np.where(np.isnan(values), 1.0, values)
    order = np.argsort(raw, kind="stable")
    stepped = np.maximum.accumulate(raw[order] * np.arange(raw.size, 0, -1))
    adjusted = np.empty(raw.size)
    adjusted[order] = np.minimum(stepped, 1.0)
    return np.where(np.isnan(values), np.nan, adjusted)


def _p_value(estimate: Estimate) -> float:
    mean, error = estimate.interval.mean, estimate.standard_error
    if mean is None or error is None or estimate.freedom is None:
        return float("nan")
    if error < _EQUAL:
        return float(abs(mean) < _EQUAL)
    return 2 * t_share(-abs(mean) / error, estimate.freedom)


def _judged(estimate: Estimate, alone: float, p: float, alpha: float) -> Difference:
    interval, target = estimate.interval, estimate.target
    if interval.mean is None or interval.n < 2:
        return Difference(interval, None, None, "not judged", target)
    if p >= alpha:
        return Difference(interval, alone, p, "no difference shown", target)
    return Difference(interval, alone, p, "higher" if interval.mean > 0 else "lower", target)
