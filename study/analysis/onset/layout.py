"""The additive block + depth model: depth means and their noise from a table with holes.

Letters: ``R`` replicates (blocks, rows), ``D`` depths (columns, in order of the axis), ``n`` cells that were
run, ``S`` data sets treated at once. A replicate shares its subset, split and batch order with every depth,
so its own level (good or bad luck of the subset) is taken out before depths are compared. Where runs are not paired,
as where every depth has seeds of its own, the rows mean nothing and there is no level of a row: ``y = depth + noise``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

# A difference of accuracies or a variance below these is rounding, not data: one item in a million
# test items moves an accuracy by 1e-6.
_SMALLEST_DIFFERENCE = 1e-12
_SMALLEST_VARIANCE = 1e-24
# Below this a depth's runs fit the model whatever they are: they say nothing about noise.
_LEAST_FREEDOM = 1e-6
# Share of the runs that has to take part in a comparison by pairs.
LEAST_PAIRED = 0.8


@dataclass(frozen=True, slots=True)
class Layout:
    """Least squares of ``y = block + depth + noise`` for one pattern of runs, as ready-made linear maps.

    Cells are in row-major order. ``runs`` (D,) counts the runs per depth, ``basis`` (n, P) is an orthonormal basis of
    the model with P = R + D - 1 parameters, or D where runs are not paired, ``averaging`` (n, D) maps cells to depth
    means, ``freedom`` (D,) are the degrees of freedom that a depth's residuals hold, and ``share`` (n, D) maps squared
    residuals to variances.
    """

    runs: Floats
    basis: Floats
    averaging: Floats
    freedom: Floats
    share: Floats

    def means(self, cells: Floats) -> Floats:
        """Depth means (..., D) of ``cells`` (..., n); holes count as filled by the model.

        Source: F. Yates, "The analysis of replicated experiments when the field results are incomplete"
        (1933): iterated filling converges to these least-squares means, which are computed directly.
        """
        return cells @ self.averaging

    def variances(self, cells: Floats) -> Floats:
        """Noise variance of one run per depth, (..., D), from ``cells`` (..., n); never pooled over depths.

        Each depth's sum of squared residuals over the degrees of freedom it holds, which for a full table is
        ``D * sum(e_d**2) / ((D - 1) * (R - 1))``; then the larger of that and its non-decreasing fit over
        depth, because noise grows with depth and a depth's own few runs may look quiet by luck.
        """
        squares = (cells @ self.basis) @ self.basis.T
        np.subtract(cells, squares, out=squares)
        np.square(squares, out=squares)  # in place: simulated tables are larger than the processor's cache
        own = squares @ self.share
        own[own < _SMALLEST_VARIANCE] = 0.0
        return np.maximum(own, _non_decreasing(own, self.runs - 1))


def lay_out(present: Mask, *, paired: bool = True) -> Layout:
    """The layout of ``present`` (R, D); see :func:`comparable` for what the pattern must satisfy."""
    return _lay_out(present.tobytes(), present.shape) if paired else _lay_out_unpaired(present)


@lru_cache(maxsize=256)
def _lay_out(pattern: bytes, shape: tuple[int, int]) -> Layout:
    present = np.frombuffer(pattern, bool).reshape(shape)
    blocks, depths = shape
    row, column = np.nonzero(present)
    design = np.concatenate([np.eye(blocks)[row], np.eye(depths)[column]], axis=1)
    left, scale, right = np.linalg.svd(design, full_matrices=False)
    kept = slice(0, blocks + depths - 1)
    basis = left[:, kept]
    effects = (right[kept].T / scale[kept]) @ basis.T
    averaging = (effects[blocks:] + effects[:blocks].mean(axis=0)).T
    leverage = (basis * basis).sum(axis=1)
    freedom: Floats = np.bincount(column, 1 - leverage, minlength=depths).astype(float)
    share = np.eye(depths)[column] / np.maximum(freedom, _LEAST_FREEDOM)
    return Layout(present.sum(axis=0).astype(float), basis, averaging, freedom, share)


def _lay_out_unpaired(present: Mask) -> Layout:
    column = np.nonzero(present)[1]
    runs = present.sum(axis=0).astype(float)
    member: Floats = np.eye(present.shape[1])[column]
    return Layout(runs, member / np.sqrt(runs), member / runs, runs - 1, member / (runs - 1))


def pairs_suffice(present: Mask) -> bool:
    """Whether the runs (R, D) can be compared pairwise: the replicates link nearly all that has two runs a depth.

    Decided by which runs there are, never by their results: all depths with two runs keep them, and four of five runs
    take part. Otherwise each run is taken for itself, at the price of the replicates' levels as noise.
    """
    paired, alone = comparable(present), comparable(present, paired=False)
    same_depths = bool((paired.any(axis=0) == alone.any(axis=0)).all())
    return same_depths and bool(paired.sum() >= LEAST_PAIRED * alone.sum())


def comparable(present: Mask, *, paired: bool = True) -> Mask:
    """The part of ``present`` (R, D) whose depths can be compared with each other.

    Drops depths with fewer than two runs and replicates with fewer than two depths (neither says anything
    about noise), and all but the largest group of depths that are linked through shared replicates. Where runs are not
    paired, only depths with fewer than two runs are dropped.
    """
    mask: Mask = present.copy()
    if not paired:
        mask[:, mask.sum(axis=0) < 2] = False
        return mask
    while True:
        before = int(mask.sum())
        mask[:, mask.sum(axis=0) < 2] = False
        mask[mask.sum(axis=1) < 2] = False
        mask[~_largest_linked_group(mask)] = False
        if int(mask.sum()) == before:
            if not before:
                return mask
            columns = np.nonzero(mask.any(axis=0))[0]
            silent = lay_out(mask[np.ix_(mask.any(axis=1), columns)]).freedom < _LEAST_FREEDOM
            if not silent.any():
                return mask
            mask[:, columns[silent]] = False


def _largest_linked_group(mask: Mask) -> Mask:
    """Row and column mask (R, D) of the linked group with the most cells."""
    best: Mask = np.zeros_like(mask)
    left = mask.copy()
    while left.any():
        rows: Mask = np.arange(len(mask)) == np.argmax(left.any(axis=1))
        while True:
            columns = left[rows].any(axis=0)
            reached: Mask = np.asarray(left[:, columns].any(axis=1))
            if (reached == rows).all():
                break
            rows = reached
        group = left & rows[:, None]
        if group.sum() > best.sum():
            best = group
        left &= ~rows[:, None]
    linked: Mask = np.outer(best.any(axis=1), best.any(axis=0))
    return linked


def _non_decreasing(values: Floats, weights: Floats) -> Floats:
    """Weighted non-decreasing least-squares fit along the last axis of ``values`` (..., D).

    Source: the max-min formula of isotonic regression (Robertson, Wright and Dykstra, "Order Restricted
    Statistical Inference", 1988, section 1.4); unlike ``scipy.optimize.isotonic_regression`` it takes
    thousands of simulated tables at once, and a test holds it to SciPy's answer.
    """
    depths = values.shape[-1]
    zero = np.zeros((*values.shape[:-1], 1))
    sums = np.concatenate([zero, np.cumsum(values * weights, axis=-1)], axis=-1)
    totals = np.concatenate([[0.0], np.cumsum(weights)])
    fit = np.full(values.shape, -np.inf)
    for first in range(depths):
        averages = (sums[..., first + 1 :] - sums[..., first : first + 1]) / (totals[first + 1 :] - totals[first])
        lowest = np.minimum.accumulate(averages[..., ::-1], axis=-1)[..., ::-1]
        np.maximum(fit[..., first:], lowest, out=fit[..., first:])
    return fit


def drops(means: Floats, variances: Floats, runs: Floats, *, extra: Floats | float = 0.0, tau: float = 0.0) -> Floats:
    """``t[..., j, d]``: how far depth d lies below depth j by more than ``tau``, in standard errors.

    ``means`` and ``variances`` are (..., D), ``extra`` (D, D) is added to the squared standard error. Where
    nothing varies, the sign of the difference decides: plus or minus infinity, and minus infinity for a tie.
    """
    difference = means[..., :, None] - means[..., None, :] - tau
    share = variances / runs
    squared = share[..., :, None] + share[..., None, :] + extra
    with np.errstate(divide="ignore", invalid="ignore"):
        t: Floats = difference / np.sqrt(squared)
    exact = squared == 0
    if exact.any():
        t[exact] = np.where(difference[exact] > _SMALLEST_DIFFERENCE, np.inf, -np.inf)
    return t
