"""What one study reaches above another on the same replicates: a forest plot of paired differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.figures.canvas import to_figure
from reports.figures.forest import ForestRow, Range, draw_forest, ranges_of
from reports.figures.theme import LIGHT, Palette
from study.analysis.study_pairs import pair_studies
from study.records.metrics import ACCURACY, Metric

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from study.analysis.findings import Findings
    from study.analysis.study_pairs import PairedSetting, StudyPairs


@dataclass(frozen=True, slots=True)
class DifferencesData:
    """The networks that two studies share in one setting; ``name`` says which is subtracted from which.

    ``ranges`` of test and of the gap are shared by all settings that are drawn together.
    """

    name: str
    rows: tuple[ForestRow, ...]
    ranges: tuple[Range, Range]
    metric: Metric = ACCURACY

    def draw(self, palette: Palette = LIGHT, *, bare: bool = False) -> dict[str, Any]:
        """Plotly's JSON: a row a network, a filled sign where a difference is shown; ``bare`` leaves out the title."""
        return draw_forest(self.rows, self.ranges, self.name, self.metric.unit, palette, bare=bare)


def collect(pairs: StudyPairs) -> tuple[DifferencesData, ...]:
    """All settings that could be paired, on the smallest scales that hold them all."""
    rows = [_rows(setting) for setting in pairs.settings]
    ranges = ranges_of([row for some in rows for row in some])
    return tuple(
        DifferencesData(setting.between("minus"), some, ranges, setting.metric)
        for setting, some in zip(pairs.settings, rows, strict=True)
    )


def differences_figure(findings: Sequence[Findings], index: int = 0, palette: Palette = LIGHT) -> go.Figure:
    """Paired differences of several studies in one of the settings they share, the first by default, ready to show."""
    found = collect(pair_studies(findings))
    nothing = DifferencesData("", (), ranges_of(()))
    return to_figure((found[index] if index < len(found) else nothing).draw(palette), palette)


def _rows(setting: PairedSetting) -> tuple[ForestRow, ...]:
    return tuple(
        ForestRow(p.name, p.test.interval, p.test.outcome, p.gap.interval, p.gap.outcome) for p in setting.places
    )
