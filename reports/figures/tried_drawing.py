"""What the searches tried, as it is drawn: one dot a trial, crosses for failures, rings around the winners.

``tried.py`` collects it from the findings.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reports.figures.canvas import columns_of, empty_layout, rounded, title_words
from reports.figures.estimates import axis_names, error_bars, scaled
from reports.figures.theme import LIGHT, SIGNS, Palette
from study.analysis.interval_words import value, with_n
from study.design.setting_words import value_words
from study.records.metrics import ACCURACY, Metric
from study.records.units import Unit

if TYPE_CHECKING:
    from reports.figures.scale import Scale
    from study.records.intervals import Interval
    from study.records.parameters import Value

PLOT_HEIGHT = 190
ROW_GAP = 60
COLUMNS = 3
EDGE_AXES = 100  # the axes from here on run from 0 to 1, whatever the scale: crosses stay at the bottom edge
MANY = 200  # dots, from here on drawn smaller
LETTER = 0.035  # the width of one in the narrowest panel, of its width


@dataclass(frozen=True, slots=True)
class SearchDot:
    """One trial: its number from 1, its value (None where switched off), and what it reached on validation.

    ``accuracy`` is None where it failed. ``winner`` is the label of the winner that it became, empty for others.
    """

    number: int
    value: Value | None
    accuracy: float | None
    winner: str


@dataclass(frozen=True, slots=True)
class SearchSeries:
    """The trials of one search; ``name`` is its value in words, empty where there is one search only."""

    name: str
    strength: float
    dots: tuple[SearchDot, ...]


@dataclass(frozen=True, slots=True)
class SearchPanel:
    """One hyperparameter with its scale; ``warnings`` say what is wrong with its range, at its ``edge``.

    The panel of the scientific axis has no ``parameter``: its choices are the searches themselves, and ``again`` holds
    what on validation the fresh replicates of each one's winner reached, by label.
    """

    parameter: str
    title: str
    scale: Scale
    series: tuple[SearchSeries, ...]
    warnings: tuple[str, ...]
    edge: str  # lower, upper or empty
    again: tuple[tuple[str, Interval], ...] = ()


@dataclass(frozen=True, slots=True)
class SearchData:
    """The panels of one setting on a shared vertical scale, ``deciding``: that of the better trials.

    Those below it stand at its edge; ``y_range`` is the scale of all. ``reached`` says what the values are:
    ``validation`` of our own trials, the objective of another program's.
    """

    setting: str
    panels: tuple[SearchPanel, ...]
    y_range: tuple[float, float]
    deciding: tuple[float, float]
    metric: Metric = ACCURACY
    reached: str = "validation"

    def only(self, panel: SearchPanel) -> SearchData:
        """One panel on the scale that it shares with the others."""
        return replace(self, panels=(panel,))

    def draw(self, palette: Palette = LIGHT, *, bare: bool = False) -> dict[str, Any]:
        """Plotly's JSON, up to three panels in a row; ``bare`` leaves out the titles where the page around has them."""
        if not self.panels:
            return {"data": [], "layout": empty_layout(palette)}
        columns = min(COLUMNS, len(self.panels))
        rows = -(-len(self.panels) // columns)
        layout: dict[str, Any] = {
            "height": rows * PLOT_HEIGHT + (rows - 1) * ROW_GAP + (38 if bare else 88),
            "margin": {"l": 46, "r": 8, "t": 8 if bare else 38, "b": 30 if bare else 50},
            "showlegend": False,
            "hovermode": "closest",
            "shapes": [],
            "annotations": [],
        }
        traces, unit = [], self.metric.unit
        for i, panel in enumerate(self.panels):
            names = axis_names(i + 1)
            domain = columns_of(columns, 0.06)[i % columns]
            layout[names["xaxis"].replace("x", "xaxis")] = _x_axis(panel, domain, names["yaxis"], bare)
            layout[names["yaxis"].replace("y", "yaxis")] = {
                "range": [scaled(v, unit) for v in self.deciding],
                "domain": _row(i // columns, rows),
                "anchor": names["xaxis"],
                "nticks": 5,
                **({} if i % columns else {"title": {"text": f"{self.reached}{unit.of_values}", "font": {"size": 12}}}),
            }
            layout[f"yaxis{EDGE_AXES + i}"] = {
                "overlaying": names["yaxis"],
                "anchor": names["xaxis"],
                "range": [0, 1],
                "visible": False,
            }
            layout["shapes"] += _shapes(panel, palette, names)
            layout["annotations"] += _winner_words(panel, self, palette, names)
            edge = f"y{EDGE_AXES + i}"
            for series in panel.series:
                traces += _traces(panel, series, self.metric, palette, names, edge, self.deciding)
            if panel.again:
                traces.append(_again(panel, unit, palette, names))
        if bare:
            layout["meta"] = {"own": [scaled(v, unit) for v in self.y_range]}
        elif self.setting:
            layout["annotations"].append(title_words(self.setting, (0, 1), 12))
        return {"data": traces, "layout": layout}


def _row(row: int, rows: int) -> list[float]:
    """The vertical domain of a row, the first one on top."""
    height = rows * PLOT_HEIGHT + (rows - 1) * ROW_GAP
    top = height - row * (PLOT_HEIGHT + ROW_GAP)
    return [round((top - PLOT_HEIGHT) / height, 4), round(top / height, 4)]


def _x_axis(panel: SearchPanel, domain: tuple[float, float], anchor: str, bare: bool) -> dict[str, Any]:
    ticks, texts = panel.scale.ticks()
    return {
        **({} if bare else {"title": {"text": panel.title, "font": {"size": 12}}}),
        "tickvals": [rounded(t) for t in ticks],
        "ticktext": texts,
        "tickangle": 0,
        "range": [rounded(v) for v in panel.scale.limits],
        "domain": list(domain),
        "anchor": anchor,
    }


def _shapes(panel: SearchPanel, palette: Palette, names: dict[str, str]) -> list[dict[str, Any]]:
    """A band at an end that the best lies at, and a line between the range and the place of what is off."""
    scale = panel.scale
    low, high = scale.ends
    at = {"xref": names["xaxis"], "yref": f"{names['yaxis']} domain", "y0": 0, "y1": 1, "layer": "below"}
    shapes: list[dict[str, Any]] = []
    if panel.edge:
        reach = 0.06 * (high - low)
        ends = (low - reach, low + reach) if panel.edge == "lower" else (high - reach, high + reach)
        band = {"fillcolor": palette.highlight, "opacity": 0.3, "line": {"width": 0}}
        shapes.append({**at, **band, "type": "rect", "x0": rounded(ends[0]), "x1": rounded(ends[1])})
    if scale.off:
        x = rounded((scale.off_at + low) / 2)
        shapes.append(
            {**at, "type": "line", "x0": x, "x1": x, "line": {"color": palette.line, "width": 1, "dash": "dot"}}
        )
    return shapes


def _traces(
    panel: SearchPanel,
    series: SearchSeries,
    metric: Metric,
    palette: Palette,
    names: dict[str, str],
    edge: str,
    deciding: tuple[float, float],
) -> list[dict[str, Any]]:
    """Dots of the trials, arrows at the edge for those worse than the ``deciding`` scale, crosses for those that
    failed, rings around the winners."""
    common, unit = {"type": "scatter", **names, "mode": "markers"}, metric.unit
    who = f"{series.name}, trial" if series.name else "trial"
    feasible = [dot for dot in series.dots if dot.accuracy is not None]
    failed = [dot for dot in series.dots if dot.accuracy is None]
    of = f"{who} %{{customdata[0]}}, {panel.title} %{{customdata[1]}}:"
    traces: list[dict[str, Any]] = [
        {
            **common,
            **_places(panel, feasible),
            "y": [scaled(dot.accuracy, unit) for dot in feasible],
            "marker": {
                "color": palette.validation,
                "symbol": SIGNS["validation"].symbol,
                "size": 7 if sum(len(s.dots) for s in panel.series) < MANY else 5,
                "opacity": series.strength,
            },
            "hovertemplate": f"{of} %{{y}}{unit.suffix}<extra></extra>",
            "name": series.name or "trials",
        }
    ]
    high = metric.larger_is_better
    worst = metric.turned(deciding[0] if high else deciding[1])
    if below := [dot for dot in feasible if metric.turned(dot.accuracy or 0.0) < worst]:
        traces.append(
            {
                **common,
                **_places(panel, below),
                "yaxis": edge,
                "y": [0.03 if high else 0.97] * len(below),
                "text": [unit.value_text(dot.accuracy) for dot in below],
                "marker": {
                    "color": palette.validation,
                    "symbol": "triangle-down-open" if high else "triangle-up-open",
                    "size": 7,
                    "opacity": series.strength,
                },
                "hovertemplate": f"{of} %{{text}}<extra></extra>",
                "name": "below the scale",
                "meta": "edge",
            }
        )
    if failed:
        traces.append(
            {
                **common,
                **_places(panel, failed),
                "yaxis": edge,
                "y": [0.03] * len(failed),
                "marker": {"symbol": "x-thin", "size": 7, "line": {"color": palette.ink, "width": 1.5}},
                "hovertemplate": f"{of} failed<extra></extra>",
                "name": "infeasible",
            }
        )
    if won := [dot for dot in feasible if dot.winner]:
        traces.append(
            {
                **common,
                "x": [rounded(panel.scale.position(dot.value, dot.number), 4) for dot in won],
                "y": [scaled(dot.accuracy, unit) for dot in won],
                "marker": {"color": palette.ink, "symbol": "circle-open", "size": 13, "line": {"width": 1.6}},
                "hoverinfo": "skip",
                "name": "winner",
            }
        )
    return traces


def _again(panel: SearchPanel, unit: Unit, palette: Palette, names: dict[str, str]) -> dict[str, Any]:
    """What the fresh replicates of the winners reached, beside the trials of their search."""
    return {
        "type": "scatter",
        **names,
        "x": [rounded(panel.scale.choices.index(label) + 0.36, 4) for label, _ in panel.again],
        "y": [scaled(interval.mean, unit) for _, interval in panel.again],
        "error_y": error_bars([interval for _, interval in panel.again], palette.ink, unit),
        "mode": "markers",
        "marker": {"color": palette.ink, "symbol": f"{SIGNS['validation'].symbol}-open", "size": 8},
        "hovertext": [
            f"{panel.title} {label}, fresh replicates: {with_n(value(interval, unit), interval)}"
            for label, interval in panel.again
        ],
        "hoverinfo": "text",
        "name": "fresh replicates",
    }


def _places(panel: SearchPanel, dots: list[SearchDot]) -> dict[str, Any]:
    return {
        "x": [rounded(panel.scale.position(dot.value, dot.number), 4) for dot in dots],
        "customdata": [[dot.number, "off" if dot.value is None else value_words(dot.value)] for dot in dots],
    }


def _winner_words(
    panel: SearchPanel, data: SearchData, palette: Palette, names: dict[str, str]
) -> list[dict[str, Any]]:
    """The winners' labels under or over their rings, as far as they have room."""
    low, high = panel.scale.limits
    bottom, top = data.deciding
    taken: list[tuple[float, float]] = []
    words = []
    won = [dot for series in panel.series for dot in series.dots if dot.winner and dot.accuracy is not None]
    if not panel.parameter:
        return []  # its ticks say it
    for dot in won:
        x = panel.scale.position(dot.value, dot.number)
        across = (x - low) / (high - low)
        up = ((dot.accuracy or 0.0) - bottom) / (top - bottom) * PLOT_HEIGHT
        for shift in (-16, 16, -31):
            place = up + shift
            free = all(abs(across - a) > LETTER * (len(dot.winner) + 1) or abs(place - b) > 14 for a, b in taken)
            if free and 4 < place < PLOT_HEIGHT - 6:
                taken.append((across, place))
                words.append(
                    {
                        "xref": names["xaxis"],
                        "yref": names["yaxis"],
                        "x": rounded(x, 4),
                        "y": scaled(dot.accuracy, data.metric.unit),
                        "text": dot.winner,
                        "showarrow": False,
                        "yshift": shift,
                        "font": {"size": 11, "color": palette.ink},
                        "bgcolor": palette.paper,
                        "borderpad": 0,
                    }
                )
                break
    return words
