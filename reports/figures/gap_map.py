"""The map of overfitting: the gap over two scientific axes, and the cells where held-out accuracy has fallen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.figures.canvas import empty_layout, title_words, to_figure
from reports.figures.estimates import scaled
from reports.figures.theme import LIGHT, Palette
from study.analysis.interval_words import decimals, difference, half_width, with_n
from study.analysis.place_words import axis_words
from study.design.space import AXIS_WORDS
from study.records.units import PERCENT, Unit
from study.words import number, value_text

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from study.analysis.findings import Findings, Panel
    from study.records.intervals import Interval

ROW_HEIGHT = 34
LETTER = 8  # pixels that the upright title of the second axis needs for each
NONE, POSSIBLE, CERTAIN = "", "possible", "certain"


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of the axis in one row: its gap, and what the row's verdict says of it.

    ``overfits`` is ``certain`` from where the verdict is certain on, ``possible`` from the start of the onset's
    interval up to there, or on to the end where the cause of the fall is not settled; else empty. ``value`` is the
    number on the axis.
    """

    value: float
    gap: Interval
    overfits: str


@dataclass(frozen=True, slots=True)
class MapRow:
    """One value of the second axis; cells in the order of the axis."""

    value: float
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class MapData:
    """The rows of one map, ascending. ``values`` are all values of the axis, ascending; not every row has each."""

    name: str
    label: str
    second_label: str
    values: tuple[float, ...]
    rows: tuple[MapRow, ...]
    unit: Unit = PERCENT

    def draw(self, palette: Palette = LIGHT, *, bare: bool = False) -> dict[str, Any]:
        """Plotly's JSON: a cell a network, its gap in words and colour; ``bare`` leaves out the title."""
        if not self.rows:
            return {"data": [], "layout": empty_layout(palette)}
        column = {value: i for i, value in enumerate(self.values)}
        rows, columns = len(self.rows), len(self.values)
        gaps: list[list[float | None]] = [[None] * columns for _ in self.rows]
        words = [[""] * columns for _ in self.rows]
        hover = [[""] * columns for _ in self.rows]
        signs: list[tuple[int, int, str]] = []
        for y, row in enumerate(self.rows):
            for cell in row.cells:
                x = column[cell.value]
                gaps[y][x] = None if cell.gap.mean is None else scaled(cell.gap.mean, self.unit)
                words[y][x] = cell_words(cell, self.unit)
                where = f"{self.label} {value_text(cell.value)}, {self.second_label} {value_text(row.value)}"
                said = f"; overfitting {cell.overfits}" if cell.overfits else ""
                hover[y][x] = f"{where}: gap {with_n(difference(cell.gap, self.unit), cell.gap)}{said}"
                if cell.overfits:
                    signs.append((x, y, cell.overfits))
        known = [gap for row in gaps for gap in row if gap is not None]
        layout = {
            "xaxis": _axis(self.label, self.values),
            "yaxis": {**_axis(self.second_label, [row.value for row in self.rows]), "showgrid": False},
            "shapes": [_frame(x, y, sign, palette) for x, y, sign in signs],
            "annotations": [] if bare else [title_words(self.name, (0, 1), 6)],
            "height": 66 + max(ROW_HEIGHT * rows, LETTER * len(self.second_label)) + (0 if bare else 28),
            "margin": {"l": 60, "r": 10, "t": 8 if bare else 36, "b": 58},
            "showlegend": False,
            "hovermode": "closest",
        }
        trace = {
            "type": "heatmap",
            "x": list(range(columns)),
            "y": list(range(rows)),
            "z": gaps,
            "text": words,
            "texttemplate": "%{text}",
            "textfont": {"size": 12, "color": palette.ink},
            "hovertext": hover,
            "hoverinfo": "text",
            "colorscale": [[0, palette.paper], [1, palette.shade]],
            "zmin": min([0.0, *known]),
            "zmax": max(known) or 1.0,
            "showscale": False,
            "xgap": 3,
            "ygap": 3,
            "name": "gap",
        }
        return {"data": [trace], "layout": layout}


def collect(findings: Findings) -> tuple[MapData, ...]:
    """A map for each setting whose panels differ in one more ordered hyperparameter than the axis."""
    groups: dict[tuple[str, str, tuple[tuple[str, float], ...]], list[Panel]] = {}
    for panel in findings.panels:
        if panel.has_axis and panel.place and any(p.gap.n for p in panel.points):
            (second, _), *rest = panel.place
            groups.setdefault((panel.arm, second, tuple(rest)), []).append(panel)
    maps = (_map(arm, second, rest, panels) for (arm, second, rest), panels in groups.items())
    return tuple(one for one in maps if len(one.rows) > 1 and len(one.values) > 1)


def cell_words(cell: Cell, unit: Unit) -> str:
    """The gap in its unit with the digits that its interval justifies."""
    if cell.gap.mean is None:
        return ""
    half = half_width(cell.gap)
    return number(unit.factor * cell.gap.mean, decimals(None if half is None else unit.factor * half, unit))


def map_figure(findings: Findings, setting: str | None = None, palette: Palette = LIGHT) -> go.Figure:
    """The gap over two scientific axes in one setting by name, the first by default, ready to show."""
    chosen = next((data for data in collect(findings) if setting in (None, data.name)), None)
    return to_figure((chosen or MapData("", "", "", (), ())).draw(palette), palette)


def _map(arm: str, second: str, rest: tuple[tuple[str, float], ...], panels: list[Panel]) -> MapData:
    rows = sorted((_row(panel) for panel in panels), key=lambda row: row.value)
    values = sorted({cell.value for row in rows for cell in row.cells})
    name = [arm] * bool(arm) + [f"{name} {value_text(value)}" for name, value in rest]
    words = AXIS_WORDS.get(second, second)
    return MapData(", ".join(name), axis_words(panels[0]), words, tuple(values), tuple(rows), panels[0].metric.unit)


def _row(panel: Panel) -> MapRow:
    order = [point.value for point in panel.points]
    verdict = panel.verdict
    start = order.index(verdict.interval[0]) if verdict is not None and verdict.interval is not None else None
    certain = verdict.certain_from if verdict is not None and verdict.kind == "overfitting" else None
    end = len(order) if certain is None else order.index(certain)
    cells = []
    for place, point in enumerate(panel.points):
        sign = NONE
        if start is not None and place >= start:
            sign = CERTAIN if place >= end else POSSIBLE
        cells.append(Cell(point.value, point.gap, sign))
    return MapRow(panel.place[0][1], tuple(cells))


def _axis(label: str, values: tuple[float, ...] | list[float]) -> dict[str, Any]:
    return {
        "title": {"text": label},
        "tickvals": list(range(len(values))),
        "ticktext": [value_text(value) for value in values],
        "range": [-0.5, len(values) - 0.5],
        "showline": False,
        "ticks": "",
        "tickangle": 0,
    }


def _frame(x: int, y: int, sign: str, palette: Palette) -> dict[str, Any]:
    """A frame inside the cell: solid where overfitting is certain, dotted where it may have begun."""
    certain = sign == CERTAIN
    return {
        "type": "rect",
        "x0": x - 0.44,
        "x1": x + 0.44,
        "y0": y - 0.42,
        "y1": y + 0.42,
        "line": {"color": palette.ink, "width": 2 if certain else 1.2, "dash": "solid" if certain else "dot"},
    }
