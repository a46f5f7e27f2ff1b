"""How numbers are written on the page: percent with the digits that the interval justifies, never a NaN."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from study.analysis.intervals import Interval

MISSING = "–"
SPACE = "\u00a0"  # keeps a number and its unit on one line


def decimals(half_width: float | None) -> int:
    """Digits after the point that an uncertainty of ``half_width`` percentage points justifies: 0, 1 or 2.

    The uncertainty keeps two digits while they are below 36 and one from there on, the rounding rule of
    particle physics; without an interval (None), or with one of width zero, one digit.
    """
    if half_width is None or not math.isfinite(half_width) or half_width <= 0:
        return 1
    magnitude = math.floor(math.log10(half_width))
    leading = half_width / 10.0**magnitude
    return min(2, max(0, (1 if leading < 3.55 else 0) - magnitude))


def number(value: float | None, digits: int = 1) -> str:
    """``value`` with thousands separators and ``digits`` decimals; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return MISSING
    text = f"{value:,.{digits}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.,") else text.replace("-", "−")


def value_text(value: float) -> str:
    """A value of the axis as people write it: ``6``, ``54,000``, ``0.001``."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:g}"


def estimate(interval: Interval) -> str:
    """An accuracy or gap in percent without its unit: ``84.1 ± 0.9``."""
    if interval.mean is None or not math.isfinite(interval.mean):
        return MISSING
    half = None if interval.half_width is None else 100 * interval.half_width
    digits = decimals(half)
    mean = number(100 * interval.mean, digits)
    return mean if half is None else f"{mean}{SPACE}±{SPACE}{number(half, digits)}"


def percent(interval: Interval) -> str:
    """An accuracy with its interval and unit: ``84.1 ± 0.9 %``."""
    text = estimate(interval)
    return text if text == MISSING else f"{text}{SPACE}%"


def points(interval: Interval) -> str:
    """A difference of accuracies with its interval and unit: ``15.9 ± 0.9 points``."""
    text = estimate(interval)
    return text if text == MISSING else f"{text}{SPACE}points"


def with_n(text: str, interval: Interval) -> str:
    """``text`` followed by the number of replicates behind it; says so where one run gives no interval."""
    if interval.n == 0:
        return text
    return f"{text} (n{SPACE}={SPACE}{interval.n}{', no interval' if interval.n == 1 else ''})"


def margin_text(margin: float) -> str:
    """A margin in accuracy as percentage points: ``0.5 points``, ``1 point``."""
    value = f"{100 * margin:.3g}"
    return f"{value}{SPACE}{'point' if value == '1' else 'points'}"


def rounded(value: float | None, digits: int = 5) -> float | None:
    """``value`` for a figure's JSON: short, and None where it is not finite."""
    return None if value is None or not math.isfinite(value) else round(float(value), digits)


def count(n: int, singular: str, plural: str | None = None) -> str:
    """``1 replicate``, ``8 replicates``, ``54,000 samples``."""
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"


def replicates_text(fewest: int, most: int) -> str:
    """How many runs stand behind the compared networks: ``8 replicates``, ``3 to 8 replicates``."""
    if most == 0:
        return "no replicates to compare"
    return count(most, "replicate") if fewest == most else f"{fewest} to {count(most, 'replicate')}"


def amount(value: float, label: str) -> str:
    """A value of the axis with its words, singular for one: ``1 hidden layer``, ``6 hidden layers``."""
    words = label.removesuffix("s") if value == 1 else label
    return f"{value_text(value)} {words}"


def capital(text: str) -> str:
    """``text`` with its first letter in upper case, as at the start of a line."""
    return text[:1].upper() + text[1:]
