"""What each remedy does, against none: a forest plot of effects on test and on the gap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.figures.canvas import to_figure
from reports.figures.forest import ForestRow, draw_forest, ranges_of
from reports.figures.theme import LIGHT, Palette
from study.records.metrics import ACCURACY, Metric

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from study.analysis.findings import Findings, RemediesFinding


@dataclass(frozen=True, slots=True)
class RemediesData:
    """The arms in order, arm minus none, in ``setting`` ("samples 300", or empty) at ``at`` ("12 hidden layers")."""

    setting: str
    at: str
    rows: tuple[ForestRow, ...]
    metric: Metric = ACCURACY

    def draw(self, palette: Palette = LIGHT, *, bare: bool = False) -> dict[str, Any]:
        """Plotly's JSON: one row an arm, a filled sign where an effect is shown; ``bare`` leaves out the title."""
        return draw_forest(
            self.rows, ranges_of(self.rows), f"against none at {self.at}", self.metric.unit, palette, bare=bare
        )


def collect(findings: Findings) -> tuple[RemediesData, ...]:
    """The arms that could be compared with none, in each setting."""
    return tuple(of(found, findings.facts.metric) for found in findings.remedies)


def of(found: RemediesFinding, metric: Metric) -> RemediesData:
    """The arms of one setting that could be compared with none."""
    rows = tuple(
        ForestRow(r.arm, r.test.interval, r.test.outcome, r.gap.interval, r.gap.outcome)
        for r in found.remedies
        if r.test.interval.mean is not None
    )
    return RemediesData(found.setting, found.at, rows, metric)


def remedies_figure(findings: Findings, setting: str | None = None, palette: Palette = LIGHT) -> go.Figure:
    """Effects of the remedies on test and on the gap in one setting, the first by default, ready to show."""
    chosen = next((data for data in collect(findings) if setting in (None, data.setting)), None)
    return to_figure((chosen or RemediesData("", "", ())).draw(palette), palette)
