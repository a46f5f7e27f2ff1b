"""The studies of a store on the terminal: what ``list`` and ``show`` print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from reports.terminal.escaping import escape
from study.words import capital, whole

if TYPE_CHECKING:
    from study.store import Holder


def print_studies(rows: list[dict[str, Any]], console: Console) -> None:
    """One line a study."""
    if not rows:
        console.print("No studies yet. depthgauge run begins one.")
        return
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for name in ("study", "begun", "finished", "failed", "verdict"):
        table.add_column(name, justify="right" if name in ("finished", "failed") else "left")
    for row in rows:
        panels = (row["verdict"] or {}).get("panels", [])
        kinds = [f"{p['name']}: {p['verdict']['kind'] if p['verdict'] else 'no axis'}" for p in panels]
        table.add_row(
            escape(row["name"]),
            escape(row["created"][:16]),
            f"{whole(row['finished'])} of {whole(row['planned'])}",
            whole(row["failed"]),
            escape("; ".join(kinds)),
        )
    console.print(table)


def print_overview(row: Mapping[str, Any], holder: Holder | None, console: Console) -> None:
    """How far a study is, who runs it, and its stored verdict; ``row`` is its line of :meth:`Store.list`."""
    name = escape(row["name"])
    said = [f"{whole(row['finished'])} of {whole(row['planned'])} trials finished, {whole(row['failed'])} failed."]
    if row["imported"] is not None:
        said = [f"Imported from {escape(row['imported'])}: {said[0]}"]
    if holder is not None and holder.alive:
        said.append(f'Run by {escape(holder.words)}; depthgauge watch "{name}" follows it.')
    document = row["verdict"]
    if document is not None:
        said += [
            "",
            *(f"[bold]{escape(panel['name'])}[/bold]\n{escape(panel['sentence'])}" for panel in document["panels"]),
        ]
    then = None if document is None else document["trials"]["finished"] + document["trials"]["failed"]
    if then != row["finished"] + row["failed"]:
        more = "no verdict is stored yet" if then is None else "trials have come or gone since this verdict"
        said += ["", f'{capital(more)}; depthgauge verdict "{name}" tells by what is there now.']
    for line in said:
        console.print(line, highlight=False, soft_wrap=True)
