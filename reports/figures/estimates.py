"""Estimates along an axis with their replicates: plain data, and how they are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.figures.axis import Axis
from reports.figures.canvas import rounded
from reports.figures.theme import Sign
from study.analysis.interval_words import difference, half_width, value, with_n
from study.records.units import PERCENT

if TYPE_CHECKING:
    from study.records.intervals import Interval
    from study.records.units import Unit


@dataclass(frozen=True, slots=True)
class Estimate:
    """One quantity at one place: its interval over replicates, and the replicates' finite values (at most R,)."""

    interval: Interval
    replicates: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """A quantity along the axis; ``beside`` is the baseline's estimate, None without one."""

    name: str
    estimates: tuple[Estimate, ...]
    beside: Estimate | None

    def finite(self) -> list[float]:
        """All drawn numbers: replicates and interval ends."""
        drawn: list[float] = []
        for estimate in (*self.estimates, *((self.beside,) if self.beside else ())):
            drawn += estimate.replicates
            interval = estimate.interval
            half = half_width(interval) or 0.0
            drawn += [] if interval.mean is None else [interval.mean - half, interval.mean + half]
        return drawn


def series_traces(
    axis: Axis, series: Series, unit: Unit, *, colour: str, sign: Sign, shift: float, column: int, gap: bool = False
) -> list[dict[str, Any]]:
    """Replicates as faint dots, means as a line with intervals, and the baseline as an open sign.

    ``shift`` moves the series sideways by a share of the axis, so that intervals do not cover each other.
    """
    by = shift * axis.span
    places = [(axis.position(v) + by, e) for v, e in zip(axis.values, series.estimates, strict=True)]
    beside = [] if series.beside is None or axis.beside is None else [(axis.beside + by, series.beside)]
    dots = [(x, value) for x, e in (*places, *beside) for value in e.replicates if e.interval.n > 1]
    common = {"type": "scatter", **axis_names(column)}
    traces: list[dict[str, Any]] = [
        {
            **common,
            "x": [rounded(x) for x, _ in dots],
            "y": [scaled(y, unit) for _, y in dots],
            "mode": "markers",
            "marker": {"color": colour, "size": 4.5, "opacity": 0.35, "symbol": sign.symbol},
            "hoverinfo": "skip",
            "showlegend": False,
            "name": f"{series.name}, replicates",
        }
    ]
    names = [axis.name(v) for v in axis.values]
    words = difference if gap else value
    for chosen, texts, filled in ((places, names, True), (beside, [axis.beside_text], False)):
        if not chosen:
            continue
        trace = {
            **common,
            "x": [rounded(x) for x, _ in chosen],
            "y": [scaled(e.interval.mean, unit) for _, e in chosen],
            "error_y": error_bars([e.interval for _, e in chosen], colour, unit, difference=gap),
            "mode": "lines+markers" if filled and not axis.names else "markers",
            "line": {"color": colour, "dash": sign.dash, "width": 2},
            "marker": {"color": colour, "size": 8, "symbol": sign.symbol if filled else sign.symbol + "-open"},
            "hovertext": [
                f"{series.name} at {text}: {with_n(words(e.interval, unit), e.interval)}"
                for text, (_, e) in zip(texts, chosen, strict=True)
            ],
            "hoverinfo": "text",
            "name": series.name,
            "legendgroup": series.name,
            "showlegend": filled and column == 1,
        }
        traces.append(trace)
    return traces


def error_bars(intervals: list[Interval], colour: str, unit: Unit, *, difference: bool = False) -> dict[str, Any]:
    """Intervals as error bars; none where there are too few replicates for one. Those of shares end at 0 and 100 %."""
    bars = {"type": "data", "color": colour, "thickness": 1.5, "width": 4}
    halves = [half_width(one) or 0.0 for one in intervals]
    if difference or unit != PERCENT or all(map(_inside, intervals)):
        return {**bars, "array": [scaled(half, unit) for half in halves]}
    above = [min(half, 1 - (one.mean or 0.0)) for one, half in zip(intervals, halves, strict=True)]
    below = [min(half, one.mean or 0.0) for one, half in zip(intervals, halves, strict=True)]
    return {
        **bars,
        "symmetric": False,
        "array": [scaled(half, unit) for half in above],
        "arrayminus": [scaled(half, unit) for half in below],
    }


def _inside(interval: Interval) -> bool:
    """Whether the interval of a share lies in [0, 1]."""
    mean, half = interval.mean or 0.0, half_width(interval) or 0.0
    return mean - half >= 0 and mean + half <= 1


def area_between(
    axis: Axis, upper: Series, lower: Series, unit: Unit, *, colour: str, column: int
) -> list[dict[str, Any]]:
    """The area between the means of two series, where both have one; nothing for a single place."""
    both = [
        (axis.position(value), one.interval.mean, other.interval.mean)
        for value, one, other in zip(axis.values, upper.estimates, lower.estimates, strict=True)
        if one.interval.mean is not None and other.interval.mean is not None
    ]
    if len(both) < 2:
        return []
    outline = [*((x, y) for x, y, _ in both), *((x, y) for x, _, y in reversed(both))]
    return [
        {
            "type": "scatter",
            **axis_names(column),
            "x": [rounded(x) for x, _ in outline],
            "y": [scaled(y, unit) for _, y in outline],
            "mode": "lines",
            "line": {"width": 0},
            "fill": "toself",
            "fillcolor": colour,
            "opacity": 0.1,
            "hoverinfo": "skip",
            "showlegend": False,
            "name": "gap",
        }
    ]


def axis_names(column: int) -> dict[str, str]:
    """The axes of a column, as Plotly names them."""
    suffix = "" if column == 1 else str(column)
    return {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}


def scaled(value: float | None, unit: Unit) -> float | None:
    """A value as it is written in its unit, short enough for the page's JSON."""
    return None if value is None else rounded(unit.factor * value, 2 + unit.digits)


def hundredfold(value: float | None) -> float | None:
    """A share as percent, short enough for the page's JSON."""
    return None if value is None else rounded(100 * value, 3)
