"""Differences of paired replicates: which of them are more than the noise between replicates?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from study.analysis.t_intervals import t_interval
from study.records.intervals import Interval

Array = NDArray[np.float64]
Outcome = Literal["higher", "lower", "no difference shown", "not judged"]

# Accuracies are ratios of counts: differences that agree up to here are the same number.
_EQUAL = 1e-12


@dataclass(frozen=True, slots=True)
class Difference:
    """One quantity in two conditions, second minus first, over the replicates that both have.

    ``interval`` is that of this difference alone. ``alone`` is the two-sided paired t test's p value, ``p`` the same
    after Holm's correction for all differences that were judged together; both are None below two paired replicates.
    ``outcome`` is decided by ``p``: so an interval may exclude zero where no difference is shown.
    """

    interval: Interval
    alone: float | None
    p: float | None
    outcome: Outcome


def paired_differences(differences: Sequence[ArrayLike], alpha: float = 0.05) -> tuple[Difference, ...]:
    """Judge ``differences`` together, each (R,) with one entry a replicate, NaN = missing on either side.

    ``alpha`` in (0, 1) is the chance that any of those that are truly zero is said to be another number; the intervals
    have confidence ``1 - alpha`` each. Source of the correction: Holm, Scandinavian Journal of Statistics 6, 1979; it
    holds whatever the dependence between the differences. Where all entries of one are the same number, its p is 0 for
    any number but zero, and 1 for zero.

    Raises ValueError where ``alpha`` does not fit.
    """
    if not 0 < alpha < 1:
        raise ValueError(f"expected alpha in (0, 1), but {alpha} arrived")
    samples = [np.asarray(values, float) for values in differences]
    alone = [_p_value(sample[np.isfinite(sample)]) for sample in samples]
    return tuple(
        _judged(t_interval(sample, 1 - alpha), one, float(p), alpha)
        for sample, one, p in zip(samples, alone, holm(alone), strict=True)
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


def _p_value(paired: Array) -> float:
    if paired.size < 2:
        return float("nan")
    if np.ptp(paired) < _EQUAL:
        return float(abs(paired[0]) < _EQUAL)
    from scipy import stats

    return float(stats.ttest_1samp(paired, 0).pvalue)


def _judged(interval: Interval, alone: float, p: float, alpha: float) -> Difference:
    if interval.mean is None or interval.n < 2:
        return Difference(interval, None, None, "not judged")
    if p >= alpha:
        return Difference(interval, alone, p, "no difference shown")
    return Difference(interval, alone, p, "higher" if interval.mean > 0 else "lower")
