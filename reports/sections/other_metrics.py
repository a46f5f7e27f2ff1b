"""The section on the metrics beside the one that decides: from where each suffers, its verdict, and its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.blocks import Block, Column, Prose, Section, Table
from study.analysis.interval_words import estimate
from study.analysis.place_words import place_words
from study.words import capital

if TYPE_CHECKING:
    from study.analysis.findings import Findings, MetricFinding, Panel


def metrics_section(findings: Findings, prefix: str = "", of: str = "") -> Section:
    """A part for each panel; nothing where a study asks for one metric only."""
    blocks: list[Block] = []
    for panel in findings.panels:
        if panel.beside:
            said = [panel.by_metric, *(_verdict(one, panel) for one in panel.beside)]
            blocks.append(Prose(panel.name, tuple(text for text in said if text)))
            blocks.append(_table(panel))
    return Section(f"{prefix}metrics", f"Other metrics{of}", tuple(blocks))


def _verdict(finding: MetricFinding, panel: Panel) -> str:
    words = capital(finding.metric.words)
    if finding.verdict is None:
        return f"{words}: {finding.withheld}." if finding.withheld else ""
    return f"{words}: {finding.verdict.sentence(panel.axis_label, finding.metric)}"


def _table(panel: Panel) -> Table:
    """Each metric in each network of the panel."""
    rows = []
    for finding in panel.beside:
        unit = finding.metric.unit
        for point, read in zip(panel.points, finding.points, strict=True):
            values = (estimate(one, unit) for one in (read.train, read.validation, read.test, read.gap))
            rows.append(
                (
                    f"{finding.metric.words}{unit.of_values}",
                    place_words(panel, point, short=True),
                    point.configuration.label,
                    *values,
                    str(read.test.n),
                )
            )
    columns = (Column("metric"), Column("value", True), Column("network"))
    numbers = tuple(Column(name, True) for name in ("train", "validation", "test", "gap", "n"))
    caption = "Mean ± half the width of its 95 % interval, n replicates; a dash where a metric has no value"
    return Table(caption, (*columns, *numbers), tuple(rows))
