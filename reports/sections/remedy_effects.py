"""The section on the remedies: each arm against none, in words, drawn, and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.blocks import Block, Chart, Column, Figure, Prose, Section, Table
from reports.figures import effects
from study.analysis.interval_words import difference, estimate
from study.words import capital, level_text

if TYPE_CHECKING:
    from reports.figures.forest import ForestRow
    from study.analysis.findings import Findings
    from study.records.metrics import Metric
    from study.records.units import Unit


def remedies_section(findings: Findings, prefix: str = "", of: str = "") -> Section:
    """One part for each setting in which arms were compared with none; places that matter less share a table."""
    return Section(f"{prefix}remedies", f"Remedies{of}", _remedies(findings, prefix))


def effect_columns(metric: Metric) -> tuple[Column, ...]:
    """The columns of the table of a forest plot, after the name of the comparison."""
    unit = metric.unit.of_differences
    return (
        Column(f"test {metric.words}{unit}", True),
        Column(f"on test {metric.words}"),
        Column(f"gap{unit}", True),
        Column("on the gap"),
        Column("n", True),
    )


def effect_cells(row: ForestRow, unit: Unit) -> tuple[str, ...]:
    """A row of the table of a forest plot: the name of the comparison, then :func:`effect_columns`."""
    test, gap = (estimate(interval, unit, sign=True) for interval in (row.test, row.gap))
    return (row.name, test, row.test_outcome, gap, row.gap_outcome, str(row.test.n))


def _remedies(findings: Findings, prefix: str) -> tuple[Block, ...]:
    blocks: list[Block] = []
    metric = findings.facts.metric
    unit = metric.unit
    for i, found in enumerate((one for one in findings.remedies if one.main), start=1):
        said = [f"{capital('; '.join(remedy.sentences))}." for remedy in found.remedies]
        lead = f"Each arm is compared with none, replicate by replicate, at {found.at}."
        blocks.append(Prose(found.setting, (lead, *said, *([found.note] if found.note else []))))
        data = effects.of(found, metric)
        if data.rows:
            alt = f"Effects on test {metric.words} and on the gap at {data.at}: " + "; ".join(
                f"{r.name} {difference(r.test, unit, sign=True)} and {difference(r.gap, unit, sign=True)}"
                for r in data.rows
            )
            caption = (
                f"Arm minus none, with {level_text(1 - findings.facts.spec.alpha)} intervals over paired replicates. "
                "A filled sign is an effect that is shown after correction for the number of arms; an open one is none "
                "that these replicates could show."
            )
            rows = tuple(effect_cells(row, unit) for row in data.rows)
            table = Table("Arm minus none", (Column("arm"), *effect_columns(metric)), rows)
            chart = Chart(f"{prefix}remedies-{i}", data, f"Against none, at {data.at}", f"{alt}.")
            blocks.append(Figure("", (chart,), caption, (), table))
    others = [one for one in findings.remedies if not one.main]
    if others:
        rows = tuple(
            (found.setting, found.at, *effect_cells(row, unit))
            for found in others
            for row in effects.of(found, metric).rows
        )
        columns = (Column("setting"), Column("at"), Column("arm"), *effect_columns(metric))
        blocks.append(Table("Arm minus none at the other places", columns, rows))
    return tuple(blocks)
