"""The networks of a study beside reference models: a table, and what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.blocks import Block, Column, Prose, Table
from study.analysis.interval_words import estimate
from study.analysis.reference_words import reference_sentences
from study.records.metrics import Metric
from study.words import capital, listed

if TYPE_CHECKING:
    from study.analysis.findings import Findings
    from study.analysis.reference_findings import ReferencesFinding, Scores

_OUTCOMES = {"better": "better", "worse": "worse", "not shown": "no difference shown"}


def reference_blocks(findings: Findings) -> tuple[Block, ...]:
    """What reference models say of the networks; nothing where none was trained and none was left out."""
    left_out = findings.facts.run.references_left_out
    if not findings.references:
        return (Prose("Beside reference models", left_out),) if left_out else ()
    several = len(findings.references) > 1
    said = [
        f"{found.panel}: {sentence}" if several else sentence
        for found in findings.references
        for sentence in reference_sentences(found)
    ]
    return Prose("Beside reference models", (*said, *left_out)), _table(findings.references)


def _table(found: tuple[ReferencesFinding, ...]) -> Table:
    by = found[0].metric, found[0].beside
    rows = []
    for one in found:
        rows.append((one.panel, *_cells(one.network, by), "", str(one.network.test.n), ""))
        for reference in one.references:
            difference = reference.difference
            shown = _OUTCOMES[reference.outcome]
            minus = estimate(difference, by[0].unit, sign=True)
            rows.append((one.panel, *_cells(reference.scores, by), minus, str(difference.n), shown))
    columns = (
        Column("setting"),
        Column("model"),
        *(Column(f"{part}{of.unit.of_values or f' {of.words}'}", True) for of in by for part in ("validation", "test")),
        Column(f"network minus it{by[0].unit.of_differences}", True),
        Column("n", True),
        Column("network shown to be"),
    )
    return Table(_caption(found), columns, tuple(rows))


def _cells(scores: Scores, by: tuple[Metric, Metric]) -> tuple[str, ...]:
    first = (estimate(one, by[0].unit) for one in (scores.validation, scores.test))
    return scores.name, *first, *(estimate(one, by[1].unit) for one in (scores.validation_beside, scores.test_beside))


def _caption(found: tuple[ReferencesFinding, ...]) -> str:
    read = (
        "each replicate of the network is read on a choice that was made without it"
        if any(one.picked for one in found)
        else "the network is the one that is best on validation"
    )
    targets = dict.fromkeys(reference.speaks_of for one in found for reference in one.references)
    speaks = listed(list(targets)) if targets else "these replicates"
    metric, beside = found[0].metric, found[0].beside
    by = " and ".join(f"{one.words} in {one.unit.value}" if one.unit.value else one.words for one in (metric, beside))
    return (
        f"{capital(by)}, on the same parts in the same replicates; {read}. Intervals of test {metric.words} and of the "
        f"difference speak of {speaks}, all others of these replicates."
    )
