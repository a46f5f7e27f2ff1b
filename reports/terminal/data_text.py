"""A data set on the terminal: what it is, and what was found in it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from reports.terminal.escaping import escape
from study.data.check import DataReport, TargetRange
from study.records.metrics import RMSE
from study.words import count, shortened, value_text, whole

ROWS = 40  # of a table
LONGEST = 16  # characters of a cell


def print_data(data: DataReport, parts: str, console: Console) -> None:
    """Sizes, classes, columns, and the notes; ``parts`` says which rows a replicate tests."""
    train, validation, test = data.sizes
    facts = {
        "rows": f"{whole(data.rows)}: {whole(train)} to train on, {whole(validation)} for validation, {whole(test)} "
        "for testing",
        "parts": parts,
        "items": f"{count(data.features, 'feature')} ({' x '.join(f'{whole(n)}' for n in data.shape)})",
        "scaling": data.scaling,
        "SHA-256": data.sha256,
    }
    console.print(f"[bold]{escape(data.name)}[/bold]", highlight=False, soft_wrap=True)
    for name, value in facts.items():
        console.print(f"{name:<10}{escape(value)}", highlight=False, soft_wrap=True)
    if data.target is not None:
        _print_target(data.target, console)
    elif any(one.test for one in data.classes):
        classes = [(one.name, whole(one.training), whole(one.test)) for one in data.classes]
        _print_table(("class", "training part", "test set"), classes, console)
    else:
        _print_table(("class", "rows"), [(one.name, whole(one.training)) for one in data.classes], console)
    if data.columns:
        columns = [
            (one.name, one.kind, whole(one.features), whole(one.missing), _first(one.first)) for one in data.columns
        ]
        _print_table(("column", "kind", "features", "missing", "first rows, as they are read"), columns, console)
    console.print("\n[bold]What was found[/bold]", highlight=False)
    for note in data.notes or ("Nothing that could mislead a study.",):
        console.print(f"- {escape(note)}", highlight=False, soft_wrap=True)


def _print_target(target: TargetRange, console: Console) -> None:
    """What a regression predicts, and the margin that follows from it."""
    numbers = {"smallest": target.low, "median": target.median, "largest": target.high, "mean": target.mean}
    if target.test_mean is not None:
        numbers["mean of the test set"] = target.test_mean
    numbers |= {"standard deviation": target.deviation, "2 % of it, the margin": RMSE.margin * target.deviation}
    _print_table(("target", "value"), [(name, value_text(value, 5)) for name, value in numbers.items()], console)


def _print_table(names: tuple[str, ...], rows: Sequence[tuple[str, ...]], console: Console) -> None:
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for name in names:
        left = name in ("class", "target", "column", "kind") or name.startswith("first")
        table.add_column(name, justify="left" if left else "right")
    shown = rows if len(rows) <= ROWS else [*rows[: ROWS - 1], rows[-1]]  # the last column is the label
    for first, *others in shown:
        table.add_row(escape(shortened(first)), *map(escape, others))
    console.print()
    console.print(table)
    if len(rows) > ROWS:
        console.print(f"and {whole(len(rows) - ROWS)} more", highlight=False)


def _first(cells: tuple[str, ...]) -> str:
    """Cells of one column, an empty one as such."""
    return " | ".join(shortened(cell, LONGEST) or "(empty)" for cell in cells)
