"""The searches of a study beside what became of their winners: cells and points, matched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from study.design.setting_words import LAYER, SWITCH, setting_words
from study.design.space import AXIS_WORDS
from study.records.trials import dropout_rates
from study.words import amount, value_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.analysis.findings import Findings, Panel, Point
    from study.analysis.search_findings import CellFinding, Tried
    from study.records.parameters import Setting, Value
    from study.records.trials import Configuration

_LAST_PART = re.compile(r"(?:.*, )?([a-z0-9_]+) [^ ,]+")
_ALL = "all"


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
    """The searches of one panel; ``axis_label`` is empty where nothing is scientific."""

    name: str
    axis_label: str
    panel: Panel | None
    cells: tuple[SearchedCell, ...]


def searched(findings: Findings) -> tuple[SearchedSetting, ...]:
    """All searches of the study, by panel, in the order of the study."""
    if findings.search is None:
        return ()
    axis = _axis(findings.search.cells, findings.panels)
    panels = {", ".join(part for part in (p.arm, p.others) if part): p for p in findings.panels}
    by_setting: dict[str, list[SearchedCell]] = {}
    for cell in findings.search.cells:
        setting, value = _parts(cell.cell, axis)
        panel = panels.get(setting)
        by_setting.setdefault(setting, []).append(_cell(cell, value, axis, panel))
    label = AXIS_WORDS.get(axis, "")
    return tuple(
        SearchedSetting(
            panels[setting].name if setting in panels else setting, label, panels.get(setting), tuple(cells)
        )
        for setting, cells in by_setting.items()
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


def _axis(cells: Sequence[CellFinding], panels: Sequence[Panel]) -> str:
    """The scientific axis; empty without one. Before there are panels, the names of the cells tell it."""
    if panels:
        return panels[0].axis if panels[0].has_axis else ""
    last = {match[1] if (match := _LAST_PART.fullmatch(cell.cell)) else "" for cell in cells}
    axis = last.pop()
    return axis if not last and axis in AXIS_WORDS else ""


def _parts(cell: str, axis: str) -> tuple[str, str]:
    """Setting and value of a cell's name: ``none, depth 3`` -> ``none`` and ``3``."""
    if not axis:
        return ("" if cell == "search" else cell), ""
    setting, _, value = cell.rpartition(f"{axis} ")
    return setting.removesuffix(", "), value


def _cell(finding: CellFinding, value: str, axis: str, panel: Panel | None) -> SearchedCell:
    points = [] if panel is None else [p for p in panel.points if not axis or _is_at(p, value)]
    if axis and points:
        value = value_text(points[0].value)
    winners = tuple(
        Winner(tried, value or value_text(point.value), point)
        for point in points
        if (tried := _chosen(finding, point.configuration)) is not None
    )
    if not winners and finding.best is not None:
        winners = (Winner(finding.best, value, None),)
    words = ""
    if axis:
        words = f"all {AXIS_WORDS[axis]}" if value == _ALL else amount(_number(value), AXIS_WORDS[axis])
    return SearchedCell(finding, value, words, winners)


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def _is_at(point: Point, value: str) -> bool:
    return point.configuration.samples is None if value == _ALL else point.value == float(value)


def _chosen(finding: CellFinding, configuration: Configuration) -> Tried | None:
    """The first trial whose setting makes the configuration: on ties it need not be the first of the best."""
    return next((one for one in finding.feasible if _makes(one.setting, configuration)), None)


def _makes(setting: Setting, configuration: Configuration) -> bool:
    return all(_agrees(name, value, configuration) for name, value in setting.items())


def _agrees(name: str, value: Value, configuration: Configuration) -> bool:
    hidden = configuration.hidden
    if name.endswith(SWITCH):
        rate = name.removesuffix(SWITCH)
        zero = not any(dropout_rates(configuration)) if rate == "dropout" else getattr(configuration, rate) == 0
        return zero is not value
    if layer := LAYER.fullmatch(name):
        return hidden[int(layer[1]) - 1 : int(layer[1])] == (value,)
    match name:
        case "hidden":
            return "-".join(map(str, hidden)) == value
        case "width":
            return hidden[:1] in ((), (value,))
        case "profile":
            return (len(set(hidden)) < 2) is (value == "constant") or len(hidden) < 2
        case "samples" if value == _ALL:
            return configuration.samples is None
    return bool(getattr(configuration, name) == value)
