"""The shape of R curves of E records each: smoothed, with their noise, and where they rise for good."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MATTERS = 0.05
"""A change of cross-entropy that matters, as a share of the level it starts from."""


@dataclass(frozen=True, slots=True)
class Rise:
    """From ``record`` on a curve only rises, by ``amount`` above its ``lowest`` level."""

    record: int
    amount: float
    lowest: float


def find_rises(curves: Array) -> dict[int, Rise]:
    """Which of ``curves`` (R, E), finite at the same records, rise for good."""
    finite = np.flatnonzero(np.isfinite(curves).all(axis=0))
    if finite.size == 0:
        return {}
    curves = curves[:, finite]
    smooth, noise = running_median(curves), noise_level(curves)
    lowest = smooth.min(axis=1)
    # All of the end must lie above: the median of the end of a falling curve lies above its lowest level too.
    end = smooth[:, -_tail(curves) :].min(axis=1)
    rising = end - lowest > np.maximum(MATTERS * lowest, 4 * noise)
    # After the last record that noise alone could have put beside the lowest one, the curve only stays above.
    low = last_record(smooth <= (lowest + 2 * noise)[:, None])
    # The running median flattens a sharp bottom by up to two records on either side: look at those records.
    around = low[:, None] + np.arange(-2, 3)
    inside = (around >= 0) & (around < finite.size)
    bottom = np.where(inside, np.take_along_axis(curves, np.clip(around, 0, finite.size - 1), axis=1), np.inf)
    turn = low - 2 + last_record(bottom <= (bottom.min(axis=1) + 2 * noise)[:, None])
    amount = final_level(curves) - lowest
    return {run: Rise(int(finite[turn[run]]), float(amount[run]), float(lowest[run])) for run in where_true(rising)}


def where_true(runs: NDArray[np.bool_]) -> list[int]:
    """The places at which ``runs`` (R,) is true."""
    return np.flatnonzero(runs).tolist()


def last_record(condition: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The last record (R,) at which ``condition`` (R, E) is true."""
    return np.asarray(condition.shape[1] - 1 - np.argmax(condition[:, ::-1], axis=1))


def _tail(curves: Array) -> int:
    return max(3, -(-int(curves.shape[1]) // 10))


def final_level(curves: Array) -> Array:
    """Median (R,) of the last tenth of ``curves`` (R, E), at least three records: one unlucky end must not decide."""
    return np.asarray(np.median(curves[:, -_tail(curves) :], axis=1))


def running_median(curves: Array) -> Array:
    """Median of five records, of three in short curves; at its ends a curve goes on as it ended."""
    width = 5 if curves.shape[1] >= 10 else 3
    from scipy import ndimage  # slow to import: a list of studies needs none of it

    return np.asarray(ndimage.median_filter(curves, size=(1, width), mode="nearest"))


def deviations(curves: Array) -> Array:
    """Second-half records of ``curves`` (R, E) against the mean of their neighbours, scaled to the s.d. of one record.

    A straight line gives zeros. With independent noise of variance v in every record, the difference of one
    record and the mean of two has variance 3/2 v.
    """
    late = curves[:, max(0, curves.shape[1] // 2 - 1) :]
    return np.asarray((late[:, 1:-1] - (late[:, :-2] + late[:, 2:]) / 2) / np.sqrt(1.5))


def noise_level(curves: Array) -> Array:
    """Robust standard deviation (R,) of one record, from the second half: 1.4826 times the median deviation."""
    jumps = deviations(curves)
    return 1.4826 * np.median(np.abs(jumps), axis=1) if jumps.size else np.zeros(len(curves))
