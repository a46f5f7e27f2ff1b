"""The trials of a study on the terminal: what ``trials`` prints."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from reports.terminal.escaping import escape
from study.analysis.findings import TrialRow
from study.records.trials import of_search
from study.records.units import PERCENT, Unit
from study.words import MISSING, number


def print_trials(rows: tuple[TrialRow, ...], console: Console, unit: Unit = PERCENT) -> None:
    """One line a trial; ``unit`` is that of the metric."""
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for name in ("panel", "network", "replicate", "state", "train", "validation", "test", "epochs", "s", "reason"):
        table.add_column(name, justify="left" if name in ("panel", "network", "state", "reason") else "right")
    for row in rows:
        accuracies = ["" if v is None else unit.value_text(v) for v in (row.train, row.validation, row.test)]
        table.add_row(
            escape(row.panel),
            row.name,
            MISSING if of_search(row.replicate) else str(row.replicate),
            row.state,
            *accuracies,
            str(row.epochs),
            number(row.seconds),
            escape(row.reason),
        )
    console.print(table)
