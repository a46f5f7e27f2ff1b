"""The generalization gap against the axis: how much better the network does on what it has seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from reports.figures.axis import axis_of, padded
from reports.figures.canvas import to_figure
from reports.figures.estimates import Estimate, Series
from reports.figures.marks import marks_of
from reports.figures.sweep import SweepData, SweepPanel, draw_sweep, sweep_of
from reports.figures.theme import LIGHT, Palette, Sign
from study.analysis.gap import generalization_gap

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from study.analysis.findings import Findings, Point
    from study.records.metrics import Metric

PLOT_HEIGHT = 250
NAME = "gap"


@dataclass(frozen=True, slots=True)
class GapData(SweepData):
    """The gap along the axis."""

    def draw(self, palette: Palette = LIGHT, *, bare: bool = False) -> dict[str, Any]:
        """Plotly's JSON; ``bare`` leaves out panel titles where the page around it has them."""
        styles = {NAME: (palette.ink, Sign("circle", "solid"), 0.0)}
        title = f"gap{self.metric.unit.of_differences}"
        drawing = draw_sweep(self, styles, title, palette, bare=bare, plot_height=PLOT_HEIGHT, gap=True)
        for name, axis in drawing["layout"].items():
            if name.startswith("yaxis"):
                axis.update(zeroline=True, zerolinecolor=palette.line, zerolinewidth=1)
        return drawing


def collect(findings: Findings) -> GapData:
    """The gap for each panel that has finished trials."""
    picks = {pick.panel: pick for pick in findings.picks}
    panels = []
    for panel in findings.panels:
        beside = None if panel.baseline is None else _gap(panel.baseline, panel.metric)
        series = Series(NAME, tuple(_gap(p, panel.metric) for p in panel.points), beside)
        if drawn := series.finite():
            marks = marks_of(panel, picks.get(panel.name))
            low, high = padded([0.0, *drawn])
            panels.append(SweepPanel(panel.name, axis_of(panel), (series,), marks, (low, high)))
    return sweep_of(panels, findings.facts.metric, GapData)


def gap_figure(findings: Findings, palette: Palette = LIGHT) -> go.Figure:
    """The generalization gap against the axis, one panel a setting, ready to show."""
    return to_figure(collect(findings).draw(palette), palette)


def _gap(point: Point, metric: Metric) -> Estimate:
    values = generalization_gap(point.accuracy, metric)
    return Estimate(point.gap, tuple(float(v) for v in values[np.isfinite(values)]))
