"""The searches of a study beside what became of their winners: the findings of cells, with their panels' points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from study.design.setting_words import setting_words
from study.words import amount, value_text

if TYPE_CHECKING:
    from study.analysis.findings import Confirmed, Findings, Panel, Point
    from study.analysis.search_findings import CellFinding, ChosenTrial, Tried


@dataclass(frozen=True, slots=True)
class Winner:
    """A trial that its search chose, with ``label`` for the figures, and the ``point`` that its replicates are part of.

    ``confirmed`` is what these reached; both are None before there are any.
    """

    tried: Tried
    label: str
    point: Point | None
    confirmed: Confirmed | None


@dataclass(frozen=True, slots=True)
class SearchedCell:
    """One search. ``label`` is its value on the axis ("3"), ``words`` the same with its unit; empty without an axis.

    Where a cell was searched again, ``words`` say which of its searches it is, and ``which`` does so alone.
    """

    finding: CellFinding
    label: str
    words: str
    winners: tuple[Winner, ...]
    which: str = ""


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
    label = spec.words_of(spec.axis) if spec.axis in spec.scientific else ""
    panels = {panel.name: panel for panel in findings.panels}
    by_panel: dict[str, list[CellFinding]] = {}
    for cell in findings.search.cells:
        by_panel.setdefault(cell.panel, []).append(cell)
    return tuple(
        SearchedSetting(name, label, panel := panels.get(name), tuple(_cell(cell, label, panel) for cell in cells))
        for name, cells in by_panel.items()
    )


def tuned_words(findings: Findings) -> dict[tuple[str, float | None], str]:
    """What was tuned at each place, by panel and value, None for the baseline, beside what an architecture tells."""
    found: dict[tuple[str, float | None], dict[str, None]] = {}
    for setting in searched(findings):
        for cell in setting.cells:
            for winner in cell.winners:
                if winner.point is not None and winner.confirmed is not None:
                    words = setting_words(winner.tried.setting, reading=winner.confirmed.reading, named=True)
                    key = setting.name, None if cell.finding.baseline else winner.point.value
                    found.setdefault(key, {})[words] = None
    return {
        key: "; ".join(one or "none" for one in words) if len(words) > 1 else next(iter(words))
        for key, words in found.items()
    }


def _cell(finding: CellFinding, axis_label: str, panel: Panel | None) -> SearchedCell:
    label, words = ("", "") if finding.value is None else (value_text(finding.value), amount(finding.value, axis_label))
    if finding.baseline:
        label = words = "baseline"
    which = f"search {finding.number + 1}" if finding.repeats > 1 else ""
    words = ", ".join(part for part in (words, which) if part)
    winners = tuple(_winner(one, finding, label, panel) for one in finding.chosen)
    return SearchedCell(finding, label, words, winners, which)


def _winner(chosen: ChosenTrial, finding: CellFinding, label: str, panel: Panel | None) -> Winner:
    points: tuple[Point | None, ...] = ()
    if panel is not None and finding.over:
        points = (panel.baseline,) if finding.baseline else panel.points
    for point in points:
        if point is None or finding.value not in (None, point.value):
            continue
        confirmed = point.winners[finding.number] if finding.number < len(point.winners) else None
        if confirmed is not None and confirmed.configuration == chosen.tried.configuration:
            return Winner(chosen.tried, label or value_text(point.value), point, confirmed)
    return Winner(chosen.tried, label, None, None)
