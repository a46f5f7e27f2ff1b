"""Forest plots of effects on test and on the gap: a row a comparison, zero in the middle of what matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from reports.figures.axis import padded
from reports.figures.canvas import columns_of, empty_layout, title_words
from reports.figures.estimates import axis_names, scaled
from reports.figures.theme import Palette
from study.analysis.interval_words import difference, half_width, with_n
from study.records.intervals import Interval
from study.records.units import Unit

ROW_HEIGHT = 34
NOT_SHOWN = ("no difference shown", "not judged")

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One comparison: its effects in the metric, with their outcomes in words."""

    name: str
    test: Interval
    test_outcome: str
    gap: Interval
    gap_outcome: str


def ranges_of(rows: Sequence[ForestRow]) -> tuple[Range, Range]:
    """For test and for the gap: a range that holds zero and every interval."""
    return _range([row.test for row in rows]), _range([row.gap for row in rows])


def draw_forest(
    rows: Sequence[ForestRow], ranges: tuple[Range, Range], title: str, unit: Unit, palette: Palette, *, bare: bool
) -> dict[str, Any]:
    """Plotly's JSON: one row a comparison, a filled sign where an effect is shown; ``bare`` leaves out the title."""
    if not rows:
        return {"data": [], "layout": empty_layout(palette)}
    layout: dict[str, Any] = {
        "height": 70 + ROW_HEIGHT * len(rows) + (0 if bare else 28),
        "margin": {"l": 8, "r": 10, "t": 8 if bare else 36, "b": 52},
        "showlegend": False,
        "hovermode": "closest",
        "annotations": [] if bare else [title_words(title, (0, 1), 6)],
    }
    own = ranges_of(rows)
    if own != ranges:
        layout["meta"] = {"own_across": [[scaled(v, unit) for v in range_] for range_ in own]}
    traces = []
    for column, (words, domain) in enumerate(zip(("test", "gap"), columns_of(2, gutter=0.1), strict=True), start=1):
        names = axis_names(column)
        effects = [(r.test, r.test_outcome) if column == 1 else (r.gap, r.gap_outcome) for r in rows]
        layout[names["xaxis"].replace("x", "xaxis")] = {
            "title": {"text": f"{words}{unit.of_differences}"},
            "domain": list(domain),
            "anchor": names["yaxis"],
            "showgrid": True,
            "zeroline": True,
            "zerolinecolor": palette.ink,
            "zerolinewidth": 1,
            "nticks": 3,
            "tickangle": 0,
            "range": [scaled(v, unit) for v in ranges[column - 1]],
        }
        layout[names["yaxis"].replace("y", "yaxis")] = {
            "anchor": names["xaxis"],
            "tickvals": list(range(len(rows))),
            "ticktext": [escape(row.name) for row in rows],
            "range": [len(rows) - 0.5, -0.5],
            "showgrid": False,
            "showticklabels": column == 1,
        }
        colour = palette.test if column == 1 else palette.ink
        traces.append(_effects(rows, effects, names, colour, words, unit))
    return {"data": traces, "layout": layout}


def _range(intervals: list[Interval]) -> Range:
    ends = [(i.mean or 0.0) + side * (half_width(i) or 0.0) for i in intervals for side in (-1, 1)]
    return padded([0.0, *ends])


def _effects(
    rows: Sequence[ForestRow],
    effects: list[tuple[Interval, str]],
    names: dict[str, str],
    colour: str,
    quantity: str,
    unit: Unit,
) -> dict[str, Any]:
    return {
        "type": "scatter",
        **names,
        "x": [scaled(interval.mean, unit) for interval, _ in effects],
        "y": list(range(len(effects))),
        "error_x": {
            "type": "data",
            "array": [scaled(half_width(interval), unit) or 0 for interval, _ in effects],
            "color": colour,
            "thickness": 1.5,
            "width": 4,
        },
        "mode": "markers",
        "marker": {
            "color": colour,
            "size": 9,
            "symbol": ["square-open" if outcome in NOT_SHOWN else "square" for _, outcome in effects],
            "line": {"width": 1.5, "color": colour},
        },
        "hovertext": [
            f"{escape(row.name)}, {quantity}: {with_n(difference(interval, unit, sign=True), interval)}, {outcome}"
            for row, (interval, outcome) in zip(rows, effects, strict=True)
        ],
        "hoverinfo": "text",
        "name": quantity,
    }
