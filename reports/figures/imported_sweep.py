"""Runs of a table along their axis: training beside what was held out, with the marks of the verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reports.figures.accuracy_sweep import PLOT_HEIGHT
from reports.figures.axis import Axis, padded, spans_decades
from reports.figures.estimates import Estimate, Series
from reports.figures.imported_trials import distinct, safe
from reports.figures.marks import marks_from
from reports.figures.sweep import SweepData, SweepPanel, draw_sweep, sweep_of
from reports.figures.theme import LIGHT, SIGNS, Palette

if TYPE_CHECKING:
    from study.analysis.imported_panels import ImportedPanel


@dataclass(frozen=True, slots=True)
class ImportedSweep(SweepData):
    """The metric in training and on the part that was held out, which the panels have in common."""

    def draw(self, palette: Palette = LIGHT, *, bare: bool = False) -> dict[str, Any]:
        """Plotly's JSON; ``bare`` leaves out legend and panel titles where the page around it has them."""
        names = [series.name for series in self.panels[0].series] if self.panels else []
        shifts = dict(zip(names, (-0.012, 0.012), strict=False))
        styles = {name: (getattr(palette, name), SIGNS[name], shifts[name]) for name in names}
        title = f"{self.metric.words}{self.metric.unit.of_values}"
        between = (names[0], names[1]) if len(names) == 2 else None  # nothing to shade where one has no values
        return draw_sweep(self, styles, title, palette, bare=bare, plot_height=PLOT_HEIGHT, between=between)


def sweep_of_imported(panels: tuple[ImportedPanel, ...]) -> ImportedSweep | None:
    """The panels of a table of runs; None where none has a value."""
    names = distinct([panel.name for panel in panels])
    drawn = [one for one in map(_panel, panels, names) if one is not None]
    if not drawn:
        return None
    metric = panels[0].metric
    return sweep_of(drawn, replace(metric, words=safe(metric.words)), ImportedSweep)


def _panel(panel: ImportedPanel, name: str) -> SweepPanel | None:
    parts = {"train": "train", panel.held_out: "held_out"}
    series = tuple(
        Series(name, tuple(Estimate(getattr(point, part), ()) for point in panel.points), None)
        for name, part in parts.items()
    )
    known = [value for one in series for value in one.finite()]
    if not known:
        return None
    values = tuple(point.value for point in panel.points)
    axis = Axis(safe(panel.axis), values, spans_decades(values), None, "")
    picked = panel.pick.value if panel.pick is not None and len(values) > 1 else None
    marks = marks_from(panel.verdict, panel.metric, picked)
    return SweepPanel(name, axis, series, marks, padded(known, ceiling=panel.metric.bounds[1]))
