"""What each remedy does, against none: a forest plot of effects on test accuracy and on the gap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.figures.axis import padded
from reports.figures.estimates import axis_names, hundredfold
from reports.figures.layout import columns_of, empty_layout, title_words, to_figure
from reports.figures.theme import LIGHT, Palette
from study.analysis.numbers import half_width, points, with_n

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from study.analysis.findings import Findings, RemediesFinding
    from study.analysis.intervals import Interval

TITLES = ("test, points", "gap, points")
ROW_HEIGHT = 34


@dataclass(frozen=True, slots=True)
class RemedyRow:
    """One arm: its effects in accuracy, arm minus none, and their outcomes."""

    arm: str
    test: Interval
    test_outcome: str
    gap: Interval
    gap_outcome: str


@dataclass(frozen=True, slots=True)
class RemediesData:
    """The arms in order, compared in ``setting`` ("samples 300", or empty) at ``at`` ("12 hidden layers")."""

    setting: str
    at: str
    rows: tuple[RemedyRow, ...]


def collect(findings: Findings) -> tuple[RemediesData, ...]:
    """The arms that could be compared with none, in each setting."""
    return tuple(of(found) for found in findings.remedies)


def of(found: RemediesFinding) -> RemediesData:
    """The arms of one setting that could be compared with none."""
    rows = tuple(
        RemedyRow(r.arm, r.test.interval, r.test.outcome, r.gap.interval, r.gap.outcome)
        for r in found.remedies
        if r.test.interval.mean is not None
    )
    return RemediesData(found.setting, found.at, rows)


def draw(data: RemediesData, palette: Palette = LIGHT, *, bare: bool = False) -> dict[str, Any]:
    """Plotly's JSON: one row an arm, a filled sign where an effect is shown; ``bare`` leaves out the title."""
    if not data.rows:
        return {"data": [], "layout": empty_layout(palette)}
    layout: dict[str, Any] = {
        "height": 70 + ROW_HEIGHT * len(data.rows) + (0 if bare else 28),
        "margin": {"l": 8, "r": 10, "t": 8 if bare else 36, "b": 52},
        "showlegend": False,
        "hovermode": "closest",
        "annotations": [] if bare else [title_words(f"against none at {data.at}", (0, 1), 6)],
    }
    traces = []
    for column, (title, domain) in enumerate(zip(TITLES, columns_of(2, gutter=0.1), strict=True), start=1):
        names = axis_names(column)
        effects = [(r.test, r.test_outcome) if column == 1 else (r.gap, r.gap_outcome) for r in data.rows]
        layout[names["xaxis"].replace("x", "xaxis")] = {
            "title": {"text": title},
            "domain": list(domain),
            "anchor": names["yaxis"],
            "showgrid": True,
            "zeroline": True,
            "zerolinecolor": palette.ink,
            "zerolinewidth": 1,
            "nticks": 4,
            "tickangle": 0,
            "range": [hundredfold(v) for v in _range([interval for interval, _ in effects])],
        }
        layout[names["yaxis"].replace("y", "yaxis")] = {
            "anchor": names["xaxis"],
            "tickvals": list(range(len(data.rows))),
            "ticktext": [r.arm for r in data.rows],
            "range": [len(data.rows) - 0.5, -0.5],
            "showgrid": False,
            "showticklabels": column == 1,
        }
        colour = palette.test if column == 1 else palette.ink
        traces.append(_effects(data, effects, names, colour, title.split(",")[0]))
    return {"data": traces, "layout": layout}


def remedies_figure(findings: Findings, setting: str | None = None, palette: Palette = LIGHT) -> go.Figure:
    """Effects of the remedies on test accuracy and on the gap in one setting, the first by default, ready to show."""
    chosen = next((data for data in collect(findings) if setting in (None, data.setting)), None)
    return to_figure(draw(chosen or RemediesData("", "", ()), palette), palette)


def _range(intervals: list[Interval]) -> tuple[float, float]:
    """A range that holds zero and every interval."""
    ends = [(i.mean or 0.0) + side * (half_width(i) or 0.0) for i in intervals for side in (-1, 1)]
    return padded([0.0, *ends])


def _effects(
    data: RemediesData, effects: list[tuple[Interval, str]], names: dict[str, str], colour: str, quantity: str
) -> dict[str, Any]:
    return {
        "type": "scatter",
        **names,
        "x": [hundredfold(interval.mean) for interval, _ in effects],
        "y": list(range(len(effects))),
        "error_x": {
            "type": "data",
            "array": [hundredfold(half_width(interval)) or 0 for interval, _ in effects],
            "color": colour,
            "thickness": 1.5,
            "width": 4,
        },
        "mode": "markers",
        "marker": {
            "color": colour,
            "size": 9,
            "symbol": ["square" if outcome in ("helped", "hurt") else "square-open" for _, outcome in effects],
            "line": {"width": 1.5},
        },
        "hovertext": [
            f"{row.arm}, {quantity}: {with_n(points(interval, sign=True), interval)}, {outcome}"
            for row, (interval, outcome) in zip(data.rows, effects, strict=True)
        ],
        "hoverinfo": "text",
        "name": quantity,
    }
