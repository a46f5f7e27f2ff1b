"""The picks' recall and precision class by class, as a part of the section on the pick."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reports.blocks import Chart, Column, Figure, Table
from reports.figures import classes
from reports.sections.thinning import behind, charted, left_out
from study.analysis.interval_words import share_estimate, share_range
from study.words import MISSING

if TYPE_CHECKING:
    from study.analysis.findings import Findings


def class_figures(findings: Findings, prefix: str) -> tuple[Figure, ...]:
    """One figure of all picks whose runs were recorded by class; nothing without any."""
    shown, folded = charted(findings), behind(findings)
    data = classes.collect(shown)
    if not data:
        return ()
    charts = tuple(
        Chart(
            f"{prefix}classes-{i}",
            one,
            f"{one.name}, {one.network}",
            f"Recall by class of {one.network}, {one.name}: lowest {one.rows[0].label} "
            f"{share_range(one.rows[0].recall)}, highest {one.rows[-1].label} {share_range(one.rows[-1].recall)}.",
            folded=one.name in folded,
        )
        for i, one in enumerate(data, start=1)
    )
    both = any(row.precision is not None for one in data for row in one.rows)
    caption = (
        "Test items of the pick's own runs, the class with the lowest recall first, with 95 % intervals. Recall is the "
        "share of a class that is found; precision the share of what is taken for it that is right."
        if both
        else "Recall after the last epoch, the share of a class that is found, the lowest first, with 95 % t intervals "
        "over the pick's own runs."
    )
    if any(len(one.rows) > classes.MOST for one in data):
        caption += f" The {classes.MOST} lowest are drawn; the table has all."
    caption = " ".join([caption, *left_out(shown, findings)])
    legend = (("recall", "recall"), ("precision", "precision")) if both else ()
    table = _table(classes.collect(findings), both)
    return (Figure("The pick class by class", charts, caption, legend, table),)


def _table(picks: Sequence[classes.ClassesData], both: bool) -> Table:
    """Every class of every pick, the lowest recall first."""
    rows = tuple(
        (
            data.name,
            data.network,
            row.label,
            share_estimate(row.recall),
            *([MISSING if row.precision is None else share_estimate(row.precision)] if both else []),
            str(row.recall.n),
        )
        for data in picks
        for row in data.rows
    )
    shares = ("recall, %", "precision, %") if both else ("recall, %",)
    columns = (Column("setting"), Column("network"), Column("class"), *(Column(name, True) for name in (*shares, "n")))
    return Table("Test items by class, with 95 % intervals, n replicates", columns, rows)
