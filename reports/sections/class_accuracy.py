"""The picks' test accuracy class by class, as a part of the section on the pick."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reports.blocks import Chart, Column, Figure, Table
from reports.figures import classes
from reports.sections.thinning import charted, left_out
from study.analysis.interval_words import estimate, percent

if TYPE_CHECKING:
    from study.analysis.findings import Findings


def class_figures(findings: Findings, prefix: str) -> tuple[Figure, ...]:
    """One figure of all picks whose runs were recorded by class; nothing without any."""
    shown = charted(findings)
    data = classes.collect(shown)
    if not data:
        return ()
    charts = tuple(
        Chart(
            f"{prefix}classes-{i}",
            one,
            f"{one.name}, {one.network}",
            f"Test accuracy by class of {one.network}, {one.name}: worst {one.rows[0].label} "
            f"{percent(one.rows[0].accuracy)}, best {one.rows[-1].label} {percent(one.rows[-1].accuracy)}.",
        )
        for i, one in enumerate(data, start=1)
    )
    caption = (
        "Test accuracy after the last epoch, the worst class first, with 95 % t intervals over the pick's own runs."
    )
    if any(len(one.rows) > classes.MOST for one in data):
        caption += f" The {classes.MOST} worst are drawn; the table has all."
    caption = " ".join([caption, *left_out(shown, findings)])
    table = _table(
        classes.collect(findings), "Test accuracy by class, mean ± half the width of its 95 % interval, n replicates"
    )
    return (Figure("The pick class by class", charts, caption, (), table),)


def _table(picks: Sequence[classes.ClassesData], caption: str) -> Table:
    """Every class of every pick, the worst first."""
    rows = tuple(
        (data.name, data.network, row.label, estimate(row.accuracy), str(row.accuracy.n))
        for data in picks
        for row in data.rows
    )
    columns = (Column("setting"), Column("network"), Column("class"), Column("test, %", True), Column("n", True))
    return Table(caption, columns, rows)
