"""Learning curves: accuracy and cross-entropy (or R² and RMSE) by epoch, a small panel for each value of the axis."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reports.figures.axis import padded
from reports.figures.canvas import columns_of, empty_layout, rounded, title_words, to_figure
from reports.figures.estimates import axis_names
from reports.figures.theme import LIGHT, SIGNS, Palette
from study.analysis.place_words import named_points
from study.records.trials import SPLITS, of_split

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from study.analysis.findings import Findings, Panel, Point
    from study.records.metrics import Metric

HEIGHTS = ([0.54, 1.0], [0.0, 0.46])
HEIGHT = 300


@dataclass(frozen=True, slots=True)
class CurvePanel:
    """Mean curves over ``n`` replicates at one value: ``fit`` and ``watched`` by split, (E,) each.

    They are accuracy in [0, 1] and cross-entropy in nats, or R² and RMSE, as ``metrics`` says; None where not finite.
    ``best_epoch`` is where the one watched is lowest on validation; from ``overfits_from`` on it only rises.
    """

    name: str
    epochs: tuple[int, ...]
    fit: dict[str, tuple[float | None, ...]]
    watched: dict[str, tuple[float | None, ...]]
    n: int
    best_epoch: int | None
    overfits_from: int | None
    metrics: tuple[Metric, Metric]


@dataclass(frozen=True, slots=True)
class CurvesData:
    """The panels of one setting, and the vertical ranges that they share."""

    name: str
    panels: tuple[CurvePanel, ...]
    fit_range: tuple[float, float]
    watched_range: tuple[float, float]

    def draw(self, palette: Palette = LIGHT, *, bare: bool = False) -> dict[str, Any]:
        """Plotly's JSON, one column a panel, the fit above what is watched; ``bare`` leaves out legend and titles."""
        if not self.panels:
            return {"data": [], "layout": empty_layout(palette)}
        layout: dict[str, Any] = {
            "height": HEIGHT + (0 if bare else 70),
            "margin": {"l": 46, "r": 6, "t": 6 if bare else 36, "b": 38 if bare else 84},
            "hovermode": "closest",
            "showlegend": not bare,
            "shapes": [],
            "annotations": [],
        }
        metrics = self.panels[0].metrics
        ranges = [
            tuple(metric.unit.factor * v for v in limits)
            for metric, limits in zip(metrics, (self.fit_range, self.watched_range), strict=True)
        ]
        titles = [f"{metric.words}{metric.unit.of_values if metric.unit.factor != 1 else ''}" for metric in metrics]
        traces = []
        for column, (panel, domain) in enumerate(zip(self.panels, columns_of(len(self.panels)), strict=True)):
            for row, (title, limits, heights) in enumerate(zip(titles, ranges, HEIGHTS, strict=True)):
                names = axis_names(2 * column + row + 1)
                x, y = names["xaxis"], names["yaxis"]
                traces += _traces(panel, row, palette, {**names, "showlegend": column == row == 0})
                layout["shapes"] += _rising(panel, palette, names)
                layout[x.replace("x", "xaxis")] = {
                    "anchor": y,
                    "domain": list(domain),
                    "range": [0, 1.02 * panel.epochs[-1]],
                    "nticks": 5,
                    **({"title": {"text": "epoch", "font": {"size": 12}}} if row else {"showticklabels": False}),
                }
                layout[y.replace("y", "yaxis")] = {
                    "anchor": x,
                    "domain": heights,
                    "range": [rounded(v, 3) for v in limits],
                    "nticks": 5,
                    **({"showticklabels": False} if column else {"title": {"text": title, "font": {"size": 12}}}),
                }
            if not bare:
                layout["annotations"].append(title_words(panel.name, domain, 6))
        return {"data": traces, "layout": layout}


def collect(findings: Findings) -> tuple[CurvesData, ...]:
    """The learning curves of each setting that has any, baseline last."""
    collected = (_setting(panel) for panel in findings.panels)
    return tuple(data for data in collected if data.panels)


def curves_figure(findings: Findings, panel: str | None = None, palette: Palette = LIGHT) -> go.Figure:
    """Learning curves of one setting by name, the first by default, ready to show."""
    chosen = next((data for data in collect(findings) if panel in (None, data.name)), None)
    return to_figure((chosen or CurvesData("", (), (0.0, 1.0), (0.0, 1.0))).draw(palette), palette)


def _setting(panel: Panel) -> CurvesData:
    panels = tuple(
        _panel(name, point) for name, point in named_points(panel) if point.curve.n and len(point.curve.epochs)
    )
    fits = [v for p in panels for row in p.fit.values() for v in row if v is not None]
    losses = [v for p in panels for row in p.watched.values() for v in row if v is not None]
    top = max(losses, default=1.0)
    return CurvesData(panel.name, panels, padded(fits, ceiling=1.0), (-0.03 * top, 1.05 * top))


def _panel(name: str, point: Point) -> CurvePanel:
    curve = point.curve

    def by_split(values: NDArray[np.float64]) -> dict[str, tuple[float | None, ...]]:
        return {split: tuple(rounded(v) for v in of_split(values, split)) for split in SPLITS}

    return CurvePanel(
        name=name,
        epochs=tuple(int(e) for e in curve.epochs),
        fit=by_split(np.asarray(curve.fit, float)),
        watched=by_split(np.asarray(curve.watched, float)),
        n=curve.n,
        best_epoch=curve.best_epoch,
        overfits_from=curve.overfits_from,
        metrics=curve.metrics,
    )


def _traces(panel: CurvePanel, row: int, palette: Palette, common: dict[str, Any]) -> list[dict[str, Any]]:
    """The splits' curves of one row, and an open circle at the best validation epoch."""
    values, metric = (panel.fit, panel.watched)[row], panel.metrics[row]
    scale, digits, unit = metric.unit.factor, metric.unit.digits + 1, metric.unit.suffix
    drawn = {split: [None if v is None else rounded(scale * v, digits) for v in values[split]] for split in SPLITS}
    epochs = list(panel.epochs)
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            **common,
            **_places(panel.epochs),
            "y": drawn[split],
            "mode": "lines",
            "line": {"color": getattr(palette, split), "dash": SIGNS[split].dash, "width": 1.6},
            **(_dots(split, palette) if len(epochs) == 1 else {}),
            "hovertemplate": f"{split}, epoch %{{x}}: %{{y}}{unit}<extra></extra>",
            "name": split,
            "legendgroup": split,
        }
        for split in SPLITS
    ]
    if panel.best_epoch in panel.epochs:
        best = {
            "x": [panel.best_epoch],
            "y": [drawn["validation"][epochs.index(panel.best_epoch)]],
            "mode": "markers",
            "marker": {"symbol": "circle-open", "size": 11, "color": palette.ink, "line": {"width": 1.6}},
            "hovertemplate": f"best validation {panel.metrics[1].words}, epoch {panel.best_epoch}<extra></extra>",
            "name": "best validation epoch",
        }
        traces.append({"type": "scatter", **common, **best, "showlegend": False})
    return traces


def _dots(split: str, palette: Palette) -> dict[str, Any]:
    """A single epoch makes no line."""
    marker = {"color": getattr(palette, split), "symbol": SIGNS[split].symbol, "size": 7}
    return {"mode": "markers", "marker": marker}


def _places(epochs: tuple[int, ...]) -> dict[str, Any]:
    """The horizontal places; start and step where they are even, which is most of a large page's size."""
    steps = {b - a for a, b in pairwise(epochs)}
    return {"x0": epochs[0], "dx": steps.pop()} if len(steps) == 1 else {"x": list(epochs)}


def _rising(panel: CurvePanel, palette: Palette, names: dict[str, str]) -> list[dict[str, Any]]:
    """A line at the epoch from which what is watched only rises on validation."""
    if panel.overfits_from is None:
        return []
    line = {"color": palette.ink, "width": 1, "dash": "dot"}
    at = {"xref": names["xaxis"], "yref": f"{names['yaxis']} domain"}
    return [
        {**at, "type": "line", "x0": panel.overfits_from, "x1": panel.overfits_from, "y0": 0, "y1": 1, "line": line}
    ]
