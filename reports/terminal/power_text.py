"""What further replicates would find and cost, on the terminal: what ``plan --power`` prints."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from reports.terminal.escaping import escape
from study.analysis.power import FOUND, Noise, Power
from study.words import count, level_text, number

BAR = 30  # columns of the longest bar


def print_power(
    name: str, noise: Noise, found: Sequence[tuple[Power, int, float]], margin: float, console: Console
) -> None:
    """A row a number of replicates: the fall that it finds, the trials and minutes it takes, and a bar of the fall."""
    unit = noise.metric.unit
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for head in ("replicates", "finds a fall of", "95 % range", "trials", "minutes", ""):
        table.add_column(head, justify="left" if not head else "right", no_wrap=True)
    largest = max(power.fall for power, *_ in found)
    for power, trials, minutes in found:
        bar = "#" * max(1, round(BAR * power.fall / largest))
        enough = "  within the margin" if power.fall <= margin else ""
        table.add_row(
            str(power.replicates),
            unit.fine_difference(power.fall),
            f"{unit.number(power.low)} to {unit.number(power.high)}",
            f"{trials:,}",
            number(minutes, 1),
            f"{bar}{enough}",
        )
    console.print(
        f"\n[bold]{escape(name)}[/bold]: runs differ by {unit.fine_difference(noise.deviation)} (s.d.; 95 % interval "
        f"{unit.number(noise.low)} to {unit.number(noise.high)}, {count(noise.freedom, 'degree')} of freedom). A fall "
        f"from one value to the deepest that is found in {level_text(FOUND)} of cases, where the margin is "
        f"{unit.chosen(margin)}:",
        highlight=False,
        soft_wrap=True,
    )
    console.print(table)
    if noise.shared:
        floor = noise.shared**0.5
        console.print(
            f"Replicates share test items or training rows: {unit.fine_difference(floor)} of the standard error of a "
            "difference stays, however many there are.",
            highlight=False,
            soft_wrap=True,
        )
