"""How a mean and its interval are written: with the digits that the interval justifies, n beside it, never a NaN."""

from __future__ import annotations

import math

from study.records.intervals import Interval
from study.records.units import PERCENT, Unit
from study.words import MISSING, count, number

LEAST = 3  # replicates: with 2, a t interval is 13 standard errors wide to either side and tells a reader nothing


def decimals(half_width: float | None, unit: Unit = PERCENT) -> int:
    """Digits after the point that an uncertainty of ``half_width``, in the unit, justifies: at most one over the usual.

    The uncertainty keeps two digits while they are below 36 and one from there on, the rounding rule of
    particle physics; without an interval (None), or with one of width zero, the unit's usual digits.
    """
    if half_width is None or not math.isfinite(half_width) or half_width < 1e-9:
        return unit.digits
    magnitude = math.floor(math.log10(half_width))
    leading = half_width / 10.0**magnitude
    return min(unit.digits + 1, max(0, (1 if leading < 3.55 else 0) - magnitude))


def half_width(interval: Interval) -> float | None:
    """Half the interval's width where it is worth showing, None below 3 replicates."""
    return interval.half_width if interval.n >= LEAST else None


def estimate(interval: Interval, unit: Unit = PERCENT, *, sign: bool = False) -> str:
    """A value or a difference in its unit, which is left out: ``84.1 ± 0.9``."""
    if interval.mean is None or not math.isfinite(interval.mean):
        return MISSING
    half = half_width(interval)
    digits = decimals(None if half is None else unit.factor * half, unit)
    mean = number(unit.factor * interval.mean, digits, sign=sign)
    return mean if half is None else f"{mean} ± {number(unit.factor * half, digits)}"


def value(interval: Interval, unit: Unit) -> str:
    """A value with its interval and unit: ``84.1 ± 0.9 %``, ``0.312 ± 0.011 nats``."""
    return unit.with_value(estimate(interval, unit))


def difference(interval: Interval, unit: Unit, *, sign: bool = False) -> str:
    """A difference of two values with its interval and unit: ``15.9 ± 0.9 points``."""
    text = estimate(interval, unit, sign=sign)
    return text if text == MISSING or not unit.many else f"{text} {unit.many}"


def percent(interval: Interval) -> str:
    """A share, such as an accuracy, with its interval: ``84.1 ± 0.9 %``."""
    return value(interval, PERCENT)


def share_estimate(interval: Interval) -> str:
    """A share in percent without its unit, with both ends of an interval that is not even: ``28 (12 to 51)``."""
    mean, *ends = _of_share(interval)
    return f"{mean} ({' to '.join(ends)})" if ends else mean


def share_range(interval: Interval) -> str:
    """The same with its unit: ``28 % (12 to 51 %)``."""
    mean, *ends = _of_share(interval)
    return mean if mean == MISSING else f"{mean} % ({' to '.join(ends)} %)" if ends else f"{mean} %"


def _of_share(interval: Interval) -> tuple[str, ...]:
    """A share and the ends of its interval, where there is one worth showing."""
    if interval.low is None or interval.high is None or interval.n < LEAST:
        return (number(None if interval.mean is None else 100 * interval.mean),)
    digits = decimals(50 * (interval.high - interval.low))
    return tuple(number(100 * (one or 0.0), digits) for one in (interval.mean, interval.low, interval.high))


def with_n(text: str, interval: Interval) -> str:
    """``text`` followed by the number of replicates behind it; says so where they are too few for an interval."""
    if interval.n == 0:
        return text
    return f"{text} (n = {interval.n}{', too few for an interval' if interval.n < LEAST else ''})"


def replicates_text(fewest: int, most: int) -> str:
    """How many runs stand behind the compared networks: ``8 replicates``, ``3 to 8 replicates``."""
    if most == 0:
        return "no replicates to compare"
    return count(most, "replicate") if fewest == most else f"{fewest} to {count(most, 'replicate')}"
