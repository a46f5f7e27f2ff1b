"""Which hyperparameter mattered, as a part of the section on the searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.blocks import Block, Chart, Column, Figure, Prose, Table
from reports.figures import importance
from study.analysis.ped_anova import FEWEST_FOR_IMPORTANCE
from study.words import count, percent_text, share_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.figures.importance import ImportanceData
    from reports.figures.searched import SearchedSetting
    from study.analysis.findings import Findings


def importance_blocks(findings: Findings, settings: Sequence[SearchedSetting], prefix: str) -> list[Block]:
    """The figure, or why there is none; nothing where no hyperparameter was searched."""
    found, data = findings.search, importance.collect(findings)
    name = "Which hyperparameter mattered"
    if found is None or not found.parameters:
        return []
    if not data.rows:
        everywhere = [p for p in found.parameters if p.condition is None]
        why = (
            "It takes at least two hyperparameters that every trial has."
            if len(everywhere) < 2
            else f"It takes at least {FEWEST_FOR_IMPORTANCE} trials of one search that did not fail."
        )
        return [Prose(name, (f"Not computed. {why}",))]
    cells = sorted({row.cells for row in data.rows})
    over = count(cells[-1], "search", "searches") if len(cells) == 1 else f"{cells[0]} to {cells[-1]} searches"
    caption = (
        "Share of the variance between trials that each hyperparameter explains near the best ones (PED-ANOVA), "
        f"{'mean over' if cells[-1] > 1 else 'from'} {over}. {_spread(data, cells[-1])}Hyperparameters that only some "
        "trials have are left out."
    )
    said = "; ".join(f"{r.title} {percent_text(r.accuracy, 0)} and {percent_text(r.gap, 0)}" for r in data.rows)
    chart = Chart(
        f"{prefix}importance", data, "", f"Importance for validation {findings.facts.metric.words} and gap: {said}."
    )
    columns = (
        Column("hyperparameter"),
        Column(f"validation {findings.facts.metric.words}, %", True),
        Column("gap, %", True),
        Column("n searches", True),
    )
    rows = tuple(
        (
            r.title,
            _share(r.accuracy, r.accuracy_range),
            _share(r.gap, r.gap_range),
            str(r.cells),
        )
        for r in data.rows
    )
    return [Figure(name, (chart,), caption, (), Table("Share of the variance between trials", columns, rows))]


def _spread(data: ImportanceData, cells: int) -> str:
    """What the lines on the bars are."""
    if all(row.accuracy_range is None for row in data.rows):
        return ""
    whose = "single searches" if cells > 1 else "trials drawn anew from those of the search"
    return f"The lines reach from the lowest to the highest share of {whose}: where they overlap, the order is luck. "


def _share(share: float, ends: tuple[float, float] | None) -> str:
    text = share_text(share, 0)
    return text if ends is None else f"{text} ({share_text(ends[0], 0)} to {share_text(ends[1], 0)})"
