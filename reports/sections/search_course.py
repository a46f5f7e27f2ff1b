"""How the searches went, as a part of the section on the searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.blocks import Chart, Column, Figure, Table
from reports.figures import history
from reports.sections.thinning import behind
from study.analysis.search_notes import tied_sentence
from study.words import count, value_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.figures.history import HistoryData
    from reports.figures.searched import SearchedSetting
    from study.analysis.findings import Findings

FROM_THE_FIRST = "from the first trial on"


def course_figures(findings: Findings, settings: Sequence[SearchedSetting], prefix: str) -> list[Figure]:
    """The best so far after each trial, one chart a setting; nothing where there is no course yet."""
    histories = history.collect(findings)
    if not histories:
        return []
    charts, folded = [], behind(findings)
    for i, data in enumerate(histories, start=1):
        ends = ", ".join(
            f"{f'{line.name} ' if line.name else ''}{data.metric.unit.value_text(line.best[-1] or 0.0)}"
            for line in data.lines
        )
        alt = f"Best validation {data.metric.words} so far over {count(data.length, 'trial')}; at the end {ends}."
        name = data.setting if len(histories) > 1 else ""
        charts.append(Chart(f"{prefix}history-{i}", data, name, alt, folded=data.setting in folded))
    caption = "A search that still climbs at its end would have found more with more trials."
    if findings.search is not None and (said := tied_sentence(findings.search, histories[0].metric)):
        caption = said if all(cell.tied for cell in findings.search.cells) else f"{said} {caption}"
    title = "How the searches went"
    return [Figure(title, tuple(charts), caption, (), _table(histories), zoom=FROM_THE_FIRST)]


def _table(histories: Sequence[HistoryData]) -> Table:
    """The best on validation so far after each trial, one column a search."""
    lines = [(data.setting, line) for data in histories for line in data.lines]
    metric = histories[0].metric
    unit = metric.unit
    several = len(histories) > 1
    titles = [", ".join(part for part in (setting if several else "", line.name) if part) for setting, line in lines]
    rows = []
    for i in range(max(data.length for data in histories)):
        best = [line.best[i] if i < len(line.best) else None for _, line in lines]
        rows.append((value_text(i + 1), *(unit.number(b, 1) for b in best)))
    columns = (Column("trial", True), *(Column(f"{words or 'best so far'}{unit.of_values}", True) for words in titles))
    return Table(f"Best validation {metric.words} so far", columns, tuple(rows))
