"""A data set on the terminal: what it is, and what was found in it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from reports.terminal.escaping import escape
from study.data.check import DataReport
from study.words import count, shortened, whole

ROWS = 40  # of a table


def print_data(data: DataReport, console: Console) -> None:
    """Sizes, classes, columns, and the notes."""
    train, validation, test = data.sizes
    facts = {
        "rows": f"{whole(data.rows)}: {whole(train)} to train on, {whole(validation)} for validation, {whole(test)} "
        "for testing",
        "items": f"{count(data.features, 'feature')} ({' x '.join(f'{whole(n)}' for n in data.shape)})",
        "scaling": data.scaling,
        "SHA-256": data.sha256,
    }
    console.print(f"[bold]{escape(data.name)}[/bold]", highlight=False, soft_wrap=True)
    for name, value in facts.items():
        console.print(f"{name:<10}{escape(value)}", highlight=False, soft_wrap=True)
    classes = [(one.name, whole(one.training), whole(one.test)) for one in data.classes]
    _print_table(("class", "training part", "test set"), classes, console)
    if data.columns:
        columns = [(one.name, one.kind, whole(one.features), whole(one.missing)) for one in data.columns]
        _print_table(("column", "kind", "features", "missing"), columns, console)
    console.print("\n[bold]What was found[/bold]", highlight=False)
    for note in data.notes or ("Nothing that could mislead a study.",):
        console.print(f"- {escape(note)}", highlight=False, soft_wrap=True)


def _print_table(names: tuple[str, ...], rows: Sequence[tuple[str, ...]], console: Console) -> None:
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for name in names:
        table.add_column(name, justify="left" if name in ("class", "column", "kind") else "right")
    for first, *others in rows[:ROWS]:
        table.add_row(escape(shortened(first)), *others)
    console.print()
    console.print(table)
    if len(rows) > ROWS:
        console.print(f"and {whole(len(rows) - ROWS)} more", highlight=False)
