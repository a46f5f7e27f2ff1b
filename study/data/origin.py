"""Where a feature's values begin: what is taken off them while they still have all their digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FAR = 2.0**7  # times their range that values lie from 0, from which on those that float32 rounds begin elsewhere
FARTHER = 2.0**13  # and from which on even those that it holds do: their mean would be rounded
EXACT = 2.0**24  # whole numbers up to here are exact in float32
SMALL = 1e-30  # values up to here have a unit of their own: float32 ends at 1e-38
BLOCK = 4_000_000  # values that are looked at together


@dataclass(frozen=True, slots=True)
class Origin:
    """A data set holds ``(given - offset) / unit`` as float32, where both are float64 (F,).

    float32 keeps seven digits: of seconds since 1970, it keeps minutes. So the offset is taken off in float64, of whole
    numbers in whole numbers, before anything is rounded. Most features have offset 0 and unit 1.
    """

    offset: NDArray[np.float64]
    unit: NDArray[np.float64]

    def reduce(self, values: NDArray[np.generic], place: int) -> NDArray[np.float32]:
        """The values (n,) of the feature at ``place``, as the data set holds them."""
        return _reduced(values, float(self.offset[place]), float(self.unit[place]))

    def apply(self, x: NDArray[np.generic]) -> NDArray[np.float32]:
        """The first features (n, f) of all, f <= F."""
        found = np.empty(x.shape, np.float32)
        moved = ((self.offset != 0) | (self.unit != 1))[: x.shape[1]]
        with np.errstate(over="ignore"):
            found[:, ~moved] = x[:, ~moved]
        for place in np.flatnonzero(moved):
            found[:, place] = self.reduce(x[:, place], int(place))
        return found

    def given(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """What was given, of values (..., F) of the data set, to the digits that float32 keeps."""
        return x * self.unit + self.offset


def find_origin(columns: Sequence[NDArray[np.generic]]) -> Origin | None:
    """The origin of features whose training values (M,) are given; None where all begin at 0.

    A feature gets one only where float32 would lose what tells its values apart, so that values which it holds well
    enough stay what they are to the last bit.
    """
    offset, unit = np.zeros(len(columns)), np.ones(len(columns))
    for place, values in enumerate(columns):
        offset[place], unit[place] = _begin(values)
    return _unless_plain(offset, unit)


def origin_of_rows(x: NDArray[np.generic]) -> Origin | None:
    """:func:`find_origin` of the training rows (M, F), all of one type."""
    low, high = np.fmin.reduce(x, axis=0), np.fmax.reduce(x, axis=0)  # NaN only where all of a feature is missing
    far = np.maximum(np.abs(low.astype(np.float64)), np.abs(high.astype(np.float64)))
    span = high.astype(np.float64) - low.astype(np.float64)
    suspects = (far >= FAR * span) | (far < SMALL)
    offset, unit = np.zeros(x.shape[1]), np.ones(x.shape[1])
    for place in np.flatnonzero(suspects & (far > 0)):
        offset[place], unit[place] = _begin(x[:, place])
    return _unless_plain(offset, unit)


def holds(x: NDArray[np.generic]) -> bool:
    """Whether float32 holds all values of an array exactly."""
    if x.dtype.kind not in "iuf" or x.dtype.itemsize < 4 or x.dtype == np.float32:
        return True
    step = max(1, BLOCK // max(1, x[:1].size))
    with np.errstate(over="ignore", invalid="ignore"):
        return all(
            np.array_equal(part.astype(np.float32).astype(x.dtype), part, equal_nan=x.dtype.kind == "f")
            for part in (x[start : start + step] for start in range(0, len(x), step))
        )


def _unless_plain(offset: NDArray[np.float64], unit: NDArray[np.float64]) -> Origin | None:
    return None if (offset == 0).all() and (unit == 1).all() else Origin(offset, unit)


def _begin(values: NDArray[np.generic]) -> tuple[float, float]:
    """Offset and unit of one feature, by its values (M,), of which some may be NaN."""
    if values.dtype.kind == "f":
        values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 1.0
    low, high = values.min(), values.max()
    span = float(int(high) - int(low)) if values.dtype.kind in "iub" else float(high) - float(low)
    far = max(abs(float(low)), abs(float(high)))
    if not np.isfinite(span) or far == 0:
        return 0.0, 1.0
    if far < SMALL:
        return 0.0, 2.0 ** np.floor(np.log2(far))
    if far < FAR * span or ((far < FARTHER * span or span == 0) and holds(values)):
        return 0.0, 1.0
    if span == 0:
        return (float(low), 1.0) if far > EXACT else (0.0, 1.0)
    return _round_below(float(low), span), 2.0 ** np.floor(np.log2(span)) if span < SMALL else 1.0


def _round_below(low: float, span: float) -> float:
    """A round number not far below ``low``: seconds since 1970 then begin at the same one in most tables."""
    power = int(np.ceil(np.log10(span)))
    if power >= 0:
        grid = 10**power
        return float(int(np.floor(low)) // grid * grid)
    grid = 10**-power
    return float(np.floor(low * grid) / grid)


def _reduced(values: NDArray[np.generic], offset: float, unit: float) -> NDArray[np.float32]:
    if values.dtype.kind in "iu" and values.size and _fits(values, offset):
        begun = (values.astype(np.int64) - np.int64(offset)).astype(np.float64)
    elif values.dtype.kind in "iu" and offset:  # beyond 63 bits: as Python counts
        begun = np.array([int(value) - int(offset) for value in values.tolist()], np.float64)
    else:
        begun = values.astype(np.float64) - offset
    with np.errstate(over="ignore"):
        return (begun / unit).astype(np.float32)


def _fits(values: NDArray[np.generic], offset: float) -> bool:
    """Whether whole numbers and their differences from an offset are of 64 bits."""
    most = 2**62
    return (
        offset == int(offset) and abs(int(offset)) <= most and -most <= int(values.min()) and int(values.max()) <= most
    )
