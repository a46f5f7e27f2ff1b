"""Learning curves: accuracy and cross-entropy by epoch, one small panel for each value of the axis."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reports.figures.axis import padded
from reports.figures.theme import LIGHT, SIGNS, Palette, template
from reports.numbers import rounded, value_text
from study.records import SPLITS

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from study.analysis.findings import Findings, Panel, Point

ROWS = (("accuracy", "accuracy, %"), ("cross_entropy", "cross-entropy, nats"))
HEIGHT = 330


@dataclass(frozen=True, slots=True)
class CurvePanel:
    """Mean curves over ``n`` replicates at one value: ``accuracy`` and ``cross_entropy`` by split, (E,) each.

    Accuracy in [0, 1], cross-entropy in nats, None where not finite. ``best_epoch`` has the lowest mean
    validation cross-entropy; from ``overfits_from`` on it only rises.
    """

    name: str
    epochs: tuple[int, ...]
    accuracy: dict[str, tuple[float | None, ...]]
    cross_entropy: dict[str, tuple[float | None, ...]]
    n: int
    best_epoch: int | None
    overfits_from: int | None


@dataclass(frozen=True, slots=True)
class CurvesData:
    """The panels of one setting, and the vertical ranges that they share."""

    name: str
    panels: tuple[CurvePanel, ...]
    accuracy_range: tuple[float, float]
    cross_entropy_range: tuple[float, float]


def collect(findings: Findings) -> tuple[CurvesData, ...]:
    """The learning curves of each setting that has any, baseline last."""
    collected = (_setting(panel) for panel in findings.panels)
    return tuple(data for data in collected if data.panels)


def draw(data: CurvesData, palette: Palette = LIGHT, *, bare: bool = False) -> go.Figure:
    """One column a panel, accuracy above cross-entropy; ``bare`` leaves out legend and titles."""
    from plotly.subplots import make_subplots

    columns = max(1, len(data.panels))
    figure = make_subplots(
        rows=2,
        cols=columns,
        shared_xaxes=True,
        shared_yaxes=True,
        subplot_titles=None if bare else [p.name for p in data.panels],
        horizontal_spacing=min(0.03, 0.3 / columns),
        vertical_spacing=0.09,
    )
    for column, panel in enumerate(data.panels, start=1):
        _draw_panel(figure, panel, palette, column, show_legend=not bare and column == 1)
        figure.update_xaxes(title_text="epoch", row=2, col=column)
    ranges = ([100 * v for v in data.accuracy_range], data.cross_entropy_range)
    for row, ((_, title), limits) in enumerate(zip(ROWS, ranges, strict=True), start=1):
        figure.update_yaxes(range=[rounded(v, 3) for v in limits], nticks=5, row=row)
        figure.update_yaxes(title_text=title, title_font_size=12, row=row, col=1)
    figure.update_xaxes(nticks=5, rangemode="tozero")
    return figure.update_layout(
        template=template(palette),
        height=HEIGHT + (0 if bare else 70),
        margin={"l": 44, "r": 6, "t": 6 if bare else 36, "b": 40 if bare else 76},
        hovermode="closest",
    )


def curves_figure(findings: Findings, panel: str | None = None, palette: Palette = LIGHT) -> go.Figure:
    """Learning curves of one setting by name, the first by default, ready to show."""
    collected = collect(findings)
    chosen = next((data for data in collected if panel in (None, data.name)), None)
    return draw(chosen or CurvesData("", (), (0.0, 1.0), (0.0, 1.0)), palette)


def _setting(panel: Panel) -> CurvesData:
    named = [(f"{value_text(p.value)} {panel.axis_label}", p) for p in panel.points]
    if panel.baseline is not None:
        named.append((f"baseline {panel.baseline.configuration.label}", panel.baseline))
    panels = tuple(_panel(name, point) for name, point in named if point.curve.n and len(point.curve.epochs))
    accuracies = [v for p in panels for row in p.accuracy.values() for v in row if v is not None]
    losses = [v for p in panels for row in p.cross_entropy.values() for v in row if v is not None]
    top = max(losses, default=1.0)
    return CurvesData(panel.name, panels, padded(accuracies, ceiling=1.0), (-0.03 * top, 1.05 * top))


def _panel(name: str, point: Point) -> CurvePanel:
    curve = point.curve

    def by_split(values: np.ndarray) -> dict[str, tuple[float | None, ...]]:
        return {split: tuple(rounded(v) for v in values[:, i]) for i, split in enumerate(SPLITS)}

    return CurvePanel(
        name=name,
        epochs=tuple(int(e) for e in curve.epochs),
        accuracy=by_split(np.asarray(curve.accuracy, float)),
        cross_entropy=by_split(np.asarray(curve.cross_entropy, float)),
        n=curve.n,
        best_epoch=curve.best_epoch,
        overfits_from=curve.overfits_from,
    )


def _draw_panel(figure: go.Figure, panel: CurvePanel, palette: Palette, column: int, show_legend: bool) -> None:
    epochs = list(panel.epochs)
    for row, (name, _) in enumerate(ROWS, start=1):
        for split in SPLITS:
            values = getattr(panel, name)[split]
            scale, unit = (100, " %") if name == "accuracy" else (1, " nats")
            drawn = [None if v is None else rounded(scale * v, 3) for v in values]
            figure.add_scatter(
                x=epochs,
                y=drawn,
                mode="lines" if len(epochs) > 1 else "markers",
                line={"color": getattr(palette, split), "dash": SIGNS[split].dash, "width": 1.6},
                marker={"color": getattr(palette, split), "symbol": SIGNS[split].symbol, "size": 7},
                hovertemplate=f"{split}, epoch %{{x}}: %{{y}}{unit}<extra></extra>",
                name=split,
                legendgroup=split,
                showlegend=show_legend and row == 1,
                row=row,
                col=column,
            )
        _mark_epochs(figure, panel, name, palette, row, column)


def _mark_epochs(figure: go.Figure, panel: CurvePanel, name: str, palette: Palette, row: int, column: int) -> None:
    """An open circle at the best validation epoch, and a line from which validation cross-entropy only rises."""
    at = {"row": row, "col": column}
    values = getattr(panel, name)["validation"]
    if panel.best_epoch in panel.epochs:
        value = values[panel.epochs.index(panel.best_epoch)]
        if value is not None and math.isfinite(value):
            figure.add_scatter(
                x=[panel.best_epoch],
                y=[rounded(100 * value if name == "accuracy" else value, 3)],
                mode="markers",
                marker={"symbol": "circle-open", "size": 11, "color": palette.ink, "line": {"width": 1.6}},
                hovertemplate=f"best validation cross-entropy, epoch {panel.best_epoch}<extra></extra>",
                showlegend=False,
                **at,
            )
    if panel.overfits_from is not None:
        figure.add_vline(x=panel.overfits_from, line={"color": palette.ink, "width": 1, "dash": "dot"}, **at)
