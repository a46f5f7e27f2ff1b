"""The metric against the axis: where it turns for the worse on held-out data while it does not in training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from reports.figures.axis import axis_of, padded
from reports.figures.canvas import to_figure
from reports.figures.estimates import Estimate, Series
from reports.figures.marks import marks_of
from reports.figures.sweep import SweepData, SweepPanel, draw_sweep, sweep_of
from reports.figures.theme import LIGHT, SIGNS, Palette
from study.errors import InputError
from study.records.trials import SPLITS, of_split

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from study.analysis.findings import Findings, Panel, Point
    from study.records.metrics import Metric

PLOT_HEIGHT = 320


@dataclass(frozen=True, slots=True)
class AccuracyData(SweepData):
    """The metric in train, validation and test along the axis."""

    def draw(self, palette: Palette = LIGHT, *, bare: bool = False) -> dict[str, Any]:
        """Plotly's JSON; ``bare`` leaves out legend and panel titles where the page around it has them."""
        shifts = {"train": -0.012, "validation": 0.0, "test": 0.012}
        styles = {name: (getattr(palette, name), SIGNS[name], shifts[name]) for name in SPLITS}
        title = f"{self.metric.words}{self.metric.unit.of_values}"
        return draw_sweep(self, styles, title, palette, bare=bare, plot_height=PLOT_HEIGHT, between=("train", "test"))


def collect(findings: Findings, metric: Metric | None = None) -> AccuracyData:
    """The metric in train, validation and test along the axis, for each panel that has finished trials.

    That is the one that decides, or another ``metric`` of those that are shown beside it.
    """
    picks = {pick.panel: pick for pick in findings.picks}
    panels = []
    shown = findings.facts.metric if metric is None else metric
    for panel in findings.panels if metric is None else [one.read_in(metric) for one in findings.panels]:
        series = tuple(_accuracy(panel, split) for split in SPLITS)
        drawn = [v for s in series for v in s.finite()]
        if drawn:
            marks = marks_of(panel, picks.get(panel.name))
            panels.append(
                SweepPanel(panel.name, axis_of(panel), series, marks, padded(drawn, ceiling=panel.metric.bounds[1]))
            )
    return sweep_of(panels, shown, AccuracyData)


def depth_figure(findings: Findings, palette: Palette = LIGHT, *, metric: str | None = None) -> go.Figure:
    """The metric in train, validation and test against the axis, one panel a setting, ready to show.

    ``metric`` names one of the study's others; the one that decides by default. Raises
    :class:`~study.errors.InputError` for one that the study does not show.
    """
    return to_figure(collect(findings, _named(findings, metric)).draw(palette), palette)


def _named(findings: Findings, name: str | None) -> Metric | None:
    """A metric beside the one that decides by its name; None for that one."""
    known = {one.name: one for one in findings.facts.metrics}
    if name is not None and name not in known:
        raise InputError(f"{findings.name!r} does not show the metric {name!r}. It shows: {', '.join(known)}.")
    return None if name is None or known[name] == findings.facts.metric else known[name]


def _accuracy(panel: Panel, split: str) -> Series:
    def at(point: Point) -> Estimate:
        values = of_split(np.asarray(point.accuracy, float), split)
        return Estimate(getattr(point, split), tuple(float(v) for v in values[np.isfinite(values)]))

    beside = None if panel.baseline is None else at(panel.baseline)
    return Series(split, tuple(at(p) for p in panel.points), beside)
