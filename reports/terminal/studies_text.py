"""The studies of a store on the terminal: what ``list`` and ``show`` print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from reports.terminal.escaping import escape
from study.words import capital

if TYPE_CHECKING:
    from study.store import Holder, StudyLine


def print_studies(lines: Sequence[StudyLine], console: Console) -> None:
    """One line a study."""
    if not lines:
        console.print("No studies yet. depthgauge run begins one.")
        return
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for name in ("study", "begun", "finished", "failed", "verdict"):
        table.add_column(name, justify="right" if name in ("finished", "failed") else "left")
    for line in lines:
        kinds = [f"{panel.name}: {panel.kind or 'no axis'}" for panel in line.panels]
        table.add_row(
            escape(line.name),
            escape(line.created[:16]),
            f"{line.finished} of {line.planned}",
            str(line.failed),
            escape("; ".join(kinds)),
        )
    console.print(table)


def print_overview(line: StudyLine, holder: Holder | None, console: Console) -> None:
    """How far a study is, who runs it, and its stored verdict."""
    name = escape(line.name)
    said = [f"{line.finished} of {line.planned} trials finished, {line.failed} failed."]
    if line.imported is not None:
        said = [f"Imported from {escape(line.imported)}: {said[0]}"]
    if line.parts:
        said.append(escape(line.parts))
    if holder is not None and holder.alive:
        said.append(f'Run by {escape(holder.words)}; depthgauge watch "{name}" follows it.')
    if line.concluded is not None:
        said += ["", *(f"[bold]{escape(panel.name)}[/bold]\n{escape(panel.sentence)}" for panel in line.panels)]
    if line.concluded != line.finished + line.failed:
        more = "no verdict is stored yet" if line.concluded is None else "trials have come or gone since this verdict"
        said += ["", f'{capital(more)}; depthgauge verdict "{name}" tells by what is there now.']
    for text in said:
        console.print(text, highlight=False, soft_wrap=True)
