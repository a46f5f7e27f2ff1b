"""How numbers are written in sentences, on the page and on the terminal.

Percent with the digits that the interval justifies, n beside it, and never a NaN.
"""

from __future__ import annotations

import math

from study.analysis.intervals import Interval

MISSING = "–"
LEAST = 3  # replicates: with 2, a t interval is 13 standard errors wide to either side and tells a reader nothing

# Axes that count something stand after their number, in the singular for one; others, such as a rate, before it.
_COUNTED = {
    "hidden layers": "hidden layer",
    "units a layer": "unit a layer",
    "training samples": "training sample",
    "samples a batch": "sample a batch",
    "epochs": "epoch",
}


def decimals(half_width: float | None) -> int:
    """Digits after the point that an uncertainty of ``half_width`` percentage points justifies: 0, 1 or 2.

    The uncertainty keeps two digits while they are below 36 and one from there on, the rounding rule of
    particle physics; without an interval (None), or with one of width zero, one digit.
    """
    if half_width is None or not math.isfinite(half_width) or half_width < 1e-9:
        return 1
    magnitude = math.floor(math.log10(half_width))
    leading = half_width / 10.0**magnitude
    return min(2, max(0, (1 if leading < 3.55 else 0) - magnitude))


def number(value: float | None, digits: int = 1, *, sign: bool = False) -> str:
    """``value`` with thousands separators and ``digits`` decimals, ``sign`` also for a plus; a dash for none."""
    if value is None or not math.isfinite(value):
        return MISSING
    return f"{value:{'+' if sign else ''}z,.{digits}f}".replace("-", "−")


def value_text(value: float) -> str:
    """A value of the axis as people write it: ``6``, ``54,000``, ``0.001``."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:g}"


def amount(value: float, label: str) -> str:
    """A value of the axis with its words: ``1 hidden layer``, ``6 hidden layers``, ``learning rate 0.003``."""
    if label not in _COUNTED:
        return f"{label} {value_text(value)}"
    return f"{value_text(value)} {_COUNTED[label] if value == 1 else label}"


def amounts(values: list[float], label: str) -> str:
    """Several values of the axis with its words: ``2, 4 and 6 hidden layers``, ``learning rate 0.001 and 0.003``."""
    if len(values) == 1:
        return amount(values[0], label)
    texts = listed([value_text(value) for value in values])
    return f"{texts} {label}" if label in _COUNTED else f"{label} {texts}"


def half_width(interval: Interval) -> float | None:
    """Half the interval's width where it is worth showing, None below 3 replicates."""
    return interval.half_width if interval.n >= LEAST else None


def estimate(interval: Interval, *, sign: bool = False) -> str:
    """An accuracy or a difference in percent without its unit: ``84.1 ± 0.9``."""
    if interval.mean is None or not math.isfinite(interval.mean):
        return MISSING
    half = half_width(interval)
    digits = decimals(None if half is None else 100 * half)
    mean = number(100 * interval.mean, digits, sign=sign)
    return mean if half is None else f"{mean} ± {number(100 * half, digits)}"


def percent(interval: Interval) -> str:
    """An accuracy with its interval and unit: ``84.1 ± 0.9 %``."""
    text = estimate(interval)
    return text if text == MISSING else f"{text} %"


def points(interval: Interval, *, sign: bool = False) -> str:
    """A difference of accuracies with its interval and unit: ``15.9 ± 0.9 points``."""
    text = estimate(interval, sign=sign)
    return text if text == MISSING else f"{text} points"


def with_n(text: str, interval: Interval) -> str:
    """``text`` followed by the number of replicates behind it; says so where they are too few for an interval."""
    if interval.n == 0:
        return text
    return f"{text} (n = {interval.n}{', too few for an interval' if interval.n < LEAST else ''})"


def points_text(difference: float) -> str:
    """A plain difference in accuracy as percentage points: ``0.5 points``, ``1 point``."""
    value = f"{100 * difference:.3g}"
    return f"{value} {'point' if value == '1' else 'points'}"


def count(n: int, singular: str, plural: str | None = None) -> str:
    """``1 replicate``, ``8 replicates``, ``54,000 samples``."""
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"


def replicates_text(fewest: int, most: int) -> str:
    """How many runs stand behind the compared networks: ``8 replicates``, ``3 to 8 replicates``."""
    if most == 0:
        return "no replicates to compare"
    return count(most, "replicate") if fewest == most else f"{fewest} to {count(most, 'replicate')}"


def listed(values: list[str]) -> str:
    """``8``, ``8 and 12``, ``4, 8 and 12``."""
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} and {values[-1]}"


def capital(text: str) -> str:
    """``text`` with its first letter in upper case, as at the start of a sentence."""
    return text[:1].upper() + text[1:]
