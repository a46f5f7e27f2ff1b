"""Which classes the pick gets wrong: its test accuracy class by class, the worst first."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from reports.figures.axis import padded
from reports.figures.canvas import empty_layout, title_words, to_figure
from reports.figures.estimates import hundredfold
from reports.figures.theme import LIGHT, SIGNS, Palette
from study.analysis.interval_words import half_width, percent, with_n

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from study.analysis.findings import Findings
    from study.records.intervals import Interval

ROW_HEIGHT = 24
MOST = 30  # classes drawn; the table has all


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class: its name, and the test accuracy in [0, 1] of the pick's runs on it."""

    label: str
    accuracy: Interval


@dataclass(frozen=True, slots=True)
class ClassesData:
    """The classes of one setting, the worst first. ``name`` is the setting, ``network`` the pick."""

    name: str
    network: str
    rows: tuple[ClassRow, ...]

    def draw(self, palette: Palette = LIGHT, *, bare: bool = False) -> dict[str, Any]:
        """Plotly's JSON: a row a class; ``bare`` leaves out the title where the page around it has one."""
        rows = self.rows[:MOST]
        if not rows:
            return {"data": [], "layout": empty_layout(palette)}
        ends = [
            (row.accuracy.mean or 0.0) + side * (half_width(row.accuracy) or 0.0) for row in rows for side in (-1, 1)
        ]
        layout = {
            "xaxis": {
                "title": {"text": "test accuracy, %"},
                "range": [hundredfold(v) for v in padded(ends, ceiling=1.0)],
                "showgrid": True,
                "nticks": 6,
                "tickangle": 0,
            },
            "yaxis": {
                "tickvals": list(range(len(rows))),
                "ticktext": [_short(row.label) for row in rows],
                "range": [len(rows) - 0.5, -0.5],
                "showgrid": False,
            },
            "annotations": [] if bare else [title_words(f"{self.name}, {self.network}", (0, 1), 6)],
            "height": 66 + ROW_HEIGHT * len(rows) + (0 if bare else 28),
            "margin": {"l": 8, "r": 10, "t": 8 if bare else 36, "b": 52},
            "showlegend": False,
            "hovermode": "closest",
        }
        trace = {
            "type": "scatter",
            "x": [hundredfold(row.accuracy.mean) for row in rows],
            "y": list(range(len(rows))),
            "error_x": {
                "type": "data",
                "array": [hundredfold(half_width(row.accuracy)) or 0 for row in rows],
                "color": palette.test,
                "thickness": 1.5,
                "width": 4,
            },
            "mode": "markers",
            "marker": {"color": palette.test, "size": 8, "symbol": SIGNS["test"].symbol},
            "hovertext": [f"{_short(row.label)}: {with_n(percent(row.accuracy), row.accuracy)}" for row in rows],
            "hoverinfo": "text",
            "name": "test",
        }
        return {"data": [trace], "layout": layout}


def collect(findings: Findings) -> tuple[ClassesData, ...]:
    """The classes of each pick whose runs were recorded by class."""
    found = []
    for pick in findings.picks:
        rows = [
            ClassRow(label, interval)
            for label, interval in zip(findings.facts.run.labels, pick.classes, strict=False)
            if interval.mean is not None
        ]
        if rows:
            rows.sort(key=lambda row: row.accuracy.mean or 0.0)
            found.append(ClassesData(pick.panel, pick.chosen.name, tuple(rows)))
    return tuple(found)


def classes_figure(findings: Findings, panel: str | None = None, palette: Palette = LIGHT) -> go.Figure:
    """The pick's test accuracy by class in one setting by name, the first by default, ready to show."""
    chosen = next((data for data in collect(findings) if panel in (None, data.name)), None)
    return to_figure((chosen or ClassesData("", "", ())).draw(palette), palette)


def _short(label: str) -> str:
    return escape(label if len(label) <= 18 else f"{label[:17]}…")
