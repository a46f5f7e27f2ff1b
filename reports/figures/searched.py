"""The searches of a study beside what became of their winners: the findings of cells, with their panels' points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from study.design.setting_words import setting_words
from study.design.space import AXIS_WORDS
from study.words import amount, value_text

if TYPE_CHECKING:
    from study.analysis.findings import Findings, Panel, Point
    from study.analysis.search_findings import CellFinding, ChosenTrial, Tried


@dataclass(frozen=True, slots=True)
class Winner:
    """A trial that its search chose, with ``label`` for the figures; ``point`` is None before its replicates."""

    tried: Tried
    label: str
    point: Point | None


@dataclass(frozen=True, slots=True)
class SearchedCell:
    """One search. ``label`` is its value on the axis ("3"), ``words`` the same with its unit; empty without an axis."""

    finding: CellFinding
    label: str
    words: str
    winners: tuple[Winner, ...]


@dataclass(frozen=True, slots=True)
class SearchedSetting:
    """The searches of one panel, which is None before it has a point; ``axis_label`` is empty without an axis."""

    name: str
    axis_label: str
    panel: Panel | None
    cells: tuple[SearchedCell, ...]


def searched(findings: Findings) -> tuple[SearchedSetting, ...]:
    """All searches of the study, by panel, in the order of the study."""
    if findings.search is None:
        return ()
    spec = findings.facts.spec
    label = AXIS_WORDS[spec.axis] if spec.axis in spec.scientific else ""
    panels = {panel.name: panel for panel in findings.panels}
    by_panel: dict[str, list[CellFinding]] = {}
    for cell in findings.search.cells:
        by_panel.setdefault(cell.panel, []).append(cell)
    return tuple(
        SearchedSetting(name, label, panel := panels.get(name), tuple(_cell(cell, label, panel) for cell in cells))
        for name, cells in by_panel.items()
    )


def tuned_words(findings: Findings) -> dict[tuple[str, float], str]:
    """What was tuned for each point, by panel and value, beside what its architecture's name tells."""
    return {
        (setting.name, winner.point.value): setting_words(
            winner.tried.setting, reading=winner.point.reading, named=True
        )
        for setting in searched(findings)
        for cell in setting.cells
        for winner in cell.winners
        if winner.point is not None
    }


def _cell(finding: CellFinding, axis_label: str, panel: Panel | None) -> SearchedCell:
    value = finding.value
    label, words = ("", "") if value is None else (value_text(value), amount(value, axis_label))
    return SearchedCell(finding, label, words, tuple(_winner(one, finding, label, panel) for one in finding.chosen))


def _winner(chosen: ChosenTrial, finding: CellFinding, label: str, panel: Panel | None) -> Winner:
    points = () if panel is None or not finding.over else panel.points
    point = next(
        (
            point
            for point in points
            if point.configuration == chosen.tried.configuration and finding.value in (None, point.value)
        ),
        None,
    )
    return Winner(chosen.tried, label or ("" if point is None else value_text(point.value)), point)
