"""What the trials of a search have in common: parallel coordinates, turned so that they fit a narrow screen.

Plotly's own parallel coordinates need WebGL, and follow neither dark mode nor print.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from reports.figures import tried
from reports.figures.canvas import empty_layout, rounded, title_words, to_figure
from reports.figures.scale import Scale
from reports.figures.theme import LIGHT, SIGNS, Palette
from study.design.setting_words import value_words
from study.records.metrics import ACCURACY, Metric
from study.words import value_text

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from reports.figures.tried_drawing import SearchData, SearchDot
    from study.analysis.findings import Findings

FEWEST_TRIALS, FEWEST_PARAMETERS = 5, 2  # with less, the axis plots say it all
STRONG_SHARE, FEWEST_STRONG, MOST_STRONG = 0.1, 3, 20
ROW_HEIGHT = 72
END = 0.36  # of a row, above the first and below the last: room for a name and for ticks
MANY, FAINTEST = 100, 0.15  # lines, from here on fainter the more there are, so that their crowding shows
LETTERS = 44  # of a line of a hover text, on a phone


@dataclass(frozen=True, slots=True)
class ParallelRow:
    """One hyperparameter, or the scientific axis, with the scale of its axis plot."""

    title: str
    scale: Scale


@dataclass(frozen=True, slots=True)
class ParallelLine:
    """One trial. ``dots`` are its dots in the axis plots, one a row, None where it lacks the hyperparameter.

    ``search`` is its search in words, empty where there is one only; ``number`` counts from 1 in it. ``accuracy`` is
    the metric on validation, None where the trial failed. ``strong``: among the best tenth of its setting.
    """

    search: str
    number: int
    dots: tuple[SearchDot | None, ...]
    accuracy: float | None
    winner: bool
    strong: bool


@dataclass(frozen=True, slots=True)
class ParallelData:
    """The trials of one setting, search by search; ``accuracy`` is the scale of the last row, in the metric's unit.

    ``reached`` is what stands over that row.
    """

    setting: str
    rows: tuple[ParallelRow, ...]
    accuracy: Scale
    lines: tuple[ParallelLine, ...]
    metric: Metric = ACCURACY
    reached: str = "validation accuracy"

    @property
    def strong(self) -> tuple[ParallelLine, ...]:
        """The best tenth, the best first."""
        return tuple(sorted((line for line in self.lines if line.strong), key=_best_first(self.metric)))

    def draw(self, palette: Palette = LIGHT, *, bare: bool = False) -> dict[str, Any]:
        """Plotly's JSON: a row for each hyperparameter, the last one for the metric; ``bare`` leaves out the title."""
        if not self.lines:
            return {"data": [], "layout": empty_layout(palette)}
        count = len(self.rows)
        top = 4 if bare else 30
        layout: dict[str, Any] = {
            "height": round(ROW_HEIGHT * (count + 2 * END)) + top + 4,
            "margin": {"l": 2, "r": 2, "t": top, "b": 4},
            "showlegend": False,
            "hovermode": "closest",
            "xaxis": {"range": [0, 1], "visible": False},
            "yaxis": {
                "range": [count + END, -END],
                "tickvals": list(range(count + 1)),
                "showticklabels": False,
                "gridcolor": palette.line,
            },
            "annotations": _words(self, palette),
        }
        if not bare and self.setting:
            layout["annotations"].append(title_words(self.setting, (0, 1), 6))
        winners = [line for line in self.lines if line.winner]
        strong = [line for line in reversed(self.strong) if not line.winner]
        traces = [
            _ticks(self, palette),
            _faint(self, palette),
            _crosses(self, palette),
            *(trace for line in strong for trace in _line(self, line, palette.validation, 1.6, 5)),
            *(trace for line in winners for trace in _line(self, line, palette.ink, 2.6, 7)),
        ]
        return {"data": traces, "layout": layout}


def collect(findings: Findings) -> tuple[ParallelData, ...]:
    """The trials by setting; settings with too few trials that did not fail, or hyperparameters, are left out."""
    collected = map(of_search, tried.collect(findings))
    return tuple(data for data in collected if data is not None)


def parallel_figure(findings: Findings, setting: str | None = None, palette: Palette = LIGHT) -> go.Figure:
    """Parallel coordinates of the trials in one setting, the first by default, ready to show."""
    chosen = next((data for data in collect(findings) if setting in (None, data.setting)), None)
    empty = ParallelData("", (), Scale(0.0, 100.0, False, False, (), False), ())
    return to_figure((chosen or empty).draw(palette), palette)


def value_of(dot: SearchDot) -> str:
    """The value of a dot in words."""
    return "off" if dot.value is None else value_words(dot.value)


def of_search(data: SearchData) -> ParallelData | None:
    """The trials of one setting; None of too few that did not fail, or of too few hyperparameters."""
    lines = [line for place in range(len(data.panels[0].series)) for line in _search(data, place)]
    feasible = sorted((line for line in lines if line.accuracy is not None), key=_best_first(data.metric))
    if len(feasible) < FEWEST_TRIALS or sum(bool(panel.parameter) for panel in data.panels) < FEWEST_PARAMETERS:
        return None
    count = min(max(math.ceil(STRONG_SHARE * len(feasible)), FEWEST_STRONG), MOST_STRONG)
    best = {(line.search, line.number) for line in feasible[:count]}
    low, high = sorted(data.metric.unit.factor * (feasible[i].accuracy or 0.0) for i in (-1, 0))
    return ParallelData(
        data.setting,
        tuple(ParallelRow(panel.title, panel.scale) for panel in data.panels),
        Scale(low, high, False, False, (), False),
        tuple(replace(line, strong=(line.search, line.number) in best) for line in lines),
        data.metric,
        data.reached if data.reached == data.metric.words else f"{data.reached} {data.metric.words}",
    )


def _search(data: SearchData, place: int) -> list[ParallelLine]:
    """The lines of one search: its dots in all panels, joined by the number of the trial."""
    panels = [{dot.number: dot for dot in panel.series[place].dots} for panel in data.panels]
    any_dot = {number: dot for panel in panels for number, dot in panel.items()}
    return [
        ParallelLine(
            data.panels[0].series[place].name,
            number,
            tuple(panel.get(number) for panel in panels),
            dot.accuracy,
            bool(dot.winner),
            strong=False,
        )
        for number, dot in sorted(any_dot.items())
    ]


def _best_first(metric: Metric) -> Callable[[ParallelLine], float]:
    """Sorts the best first."""
    return lambda line: -float(metric.turned(line.accuracy or 0.0))


def _across(scale: Scale, position: float) -> float:
    """A position as a share of the drawn range, which is the same as in the axis plots."""
    low, high = scale.limits
    return (position - low) / (high - low)


def _path(data: ParallelData, line: ParallelLine) -> list[tuple[float | None, int]]:
    """Where a line crosses each row, None where it has no value; a failed trial has no last point."""
    path = [
        (None if dot is None else rounded(_across(row.scale, row.scale.position(dot.value, dot.number)), 4), place)
        for place, (row, dot) in enumerate(zip(data.rows, line.dots, strict=True))
    ]
    if line.accuracy is None:
        return path
    at = data.accuracy.position(data.metric.unit.factor * line.accuracy)
    return [*path, (rounded(_across(data.accuracy, at), 4), len(data.rows))]


def _faint(data: ParallelData, palette: Palette) -> dict[str, Any]:
    """All other trials in one trace, with gaps between them: drawn at once, however many."""
    lines = [line for line in data.lines if not (line.strong or line.winner)]
    points = [point for line in lines for point in [*_path(data, line), (None, None)]]
    # in the colour and not in the trace's opacity, which would hide how many lines lie over each other
    alpha = max(FAINTEST, 0.7 * min(1.0, MANY / max(len(lines), 1)))
    return {
        "type": "scatter",
        "x": [x for x, _ in points],
        "y": [y for _, y in points],
        "mode": "lines",
        "line": {"color": f"{palette.line}{round(255 * alpha):02x}", "width": 1},
        "hoverinfo": "skip",
        "name": "trials",
    }


def _crosses(data: ParallelData, palette: Palette) -> dict[str, Any]:
    """A cross at the last row that a failed trial reaches."""
    failed = [line for line in data.lines if line.accuracy is None]
    ends = [[point for point in _path(data, line) if point[0] is not None][-1] for line in failed]
    return {
        "type": "scatter",
        "x": [x for x, _ in ends],
        "y": [y for _, y in ends],
        "mode": "markers",
        "marker": {"symbol": "x-thin", "size": 7, "line": {"color": palette.ink, "width": 1.5}},
        "hovertext": [f"{_who(line)}: failed" for line in failed],
        "hoverinfo": "text",
        "name": "infeasible",
    }


def _line(data: ParallelData, line: ParallelLine, colour: str, width: float, size: int) -> list[dict[str, Any]]:
    """One trial that can be followed and pointed at, dotted past the rows on which it has no value."""
    path = _path(data, line)
    named = zip(data.rows, line.dots, strict=True)
    values = [f"{row.title} {value_of(dot)}" for row, dot in named if dot is not None]
    if line.search:
        del values[0]  # its place on the scientific axis, which the name of the search says
    reached = f"{_who(line)}: {data.metric.unit.value_text(line.accuracy or 0.0, 1)}"
    words = [f"{reached}, chosen" if line.winner else reached, *wrap(", ".join(values), LETTERS)]
    common = {"type": "scatter", "x": [x for x, _ in path], "y": [y for _, y in path]}
    drawn = {
        **common,
        "mode": "lines+markers",
        "line": {"color": colour, "width": width},
        "marker": {"color": colour, "symbol": SIGNS["validation"].symbol, "size": size},
        "hovertext": "<br>".join(escape(text) for text in words),
        "hoverinfo": "text",
        "name": "winner" if line.winner else "strong",
    }
    if None not in line.dots:
        return [drawn]
    dots = {"color": colour, "width": width, "dash": "dot"}
    return [{**common, "mode": "lines", "connectgaps": True, "line": dots, "hoverinfo": "skip", "name": "gap"}, drawn]


def _who(line: ParallelLine) -> str:
    return f"{line.search}, trial {line.number}" if line.search else f"trial {line.number}"


def _ticks(data: ParallelData, palette: Palette) -> dict[str, Any]:
    """Small strokes on the rows, where the texts below them belong."""
    places = [(x, row) for row, ticks in enumerate(_all_ticks(data)) for x, _ in ticks]
    return {
        "type": "scatter",
        "x": [x for x, _ in places],
        "y": [row for _, row in places],
        "mode": "markers",
        "marker": {"symbol": "line-ns", "size": 4, "line": {"color": palette.muted, "width": 1}},
        "hoverinfo": "skip",
        "name": "ticks",
    }


def _all_ticks(data: ParallelData) -> list[list[tuple[float | None, str]]]:
    """Places and texts of each row's ticks."""
    rows = [(row.scale, *row.scale.ticks()) for row in data.rows]
    places = data.accuracy.ticks()[0]
    rows.append((data.accuracy, places, [value_text(place, 4) for place in places]))
    return [
        [(rounded(_across(scale, place), 4), text) for place, text in zip(places, texts, strict=True)]
        for scale, places, texts in rows
    ]


def _words(data: ParallelData, palette: Palette) -> list[dict[str, Any]]:
    """Names above the rows and values below them, on paper: lines pass behind them."""
    common = {"showarrow": False, "bgcolor": palette.paper, "borderpad": 0}
    names = [*(row.title for row in data.rows), f"{data.reached}{data.metric.unit.of_values}"]
    said: list[dict[str, Any]] = [
        {**common, "x": 0, "y": row, "xanchor": "left", "yshift": 12, "text": escape(name), "font": {"size": 12}}
        for row, name in enumerate(names)
    ]
    font = {"size": 11, "color": palette.muted}
    for row, ticks in enumerate(_all_ticks(data)):
        said += [{**common, "x": x, "y": row, "yshift": -11, "text": escape(text), "font": font} for x, text in ticks]
    return said
