"""The networks of a study beside reference models: a table, and what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.blocks import Block, Column, Prose, Table
from study.analysis.interval_words import estimate, share_estimate
from study.analysis.reference_words import reference_sentences
from study.records.metrics import Metric
from study.words import MISSING, capital, listed

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
    uneven = any(one.rarest for one in found)
    rows = []
    for one in found:
        rows.append((one.panel, *_cells(one.network, by, uneven), "", str(one.network.test.n), ""))
        for reference in one.references:
            difference = reference.difference
            minus = estimate(difference, by[0].unit, sign=True)
            shown = _OUTCOMES[reference.outcome]
            rows.append((one.panel, *_cells(reference.scores, by, uneven), minus, str(difference.n), shown))
    columns = (
        Column("setting"),
        Column("model"),
        *(Column(f"{part}{of.unit.of_values or f' {of.words}'}", True) for of in by for part in ("validation", "test")),
        *((Column("recall of the rarest class, %", True), Column("precision, %", True)) if uneven else ()),
        Column(f"network minus it{by[0].unit.of_differences}", True),
        Column("n", True),
        Column("network shown to be"),
    )
    return Table(_caption(found), columns, tuple(rows))


def _cells(scores: Scores, by: tuple[Metric, Metric], uneven: bool) -> tuple[str, ...]:
    first = (estimate(one, by[0].unit) for one in (scores.validation, scores.test))
    second = (estimate(one, by[1].unit) for one in (scores.validation_beside, scores.test_beside))
    rarest = scores.rarest
    found = (MISSING, MISSING) if rarest is None else (share_estimate(rarest.recall), share_estimate(rarest.precision))
    return scores.name, *first, *second, *(found if uneven else ())


def _caption(found: tuple[ReferencesFinding, ...]) -> str:
    read = (
        "each replicate of the network is read on a choice that was made without it"
        if any(one.picked for one in found)
        else "the network is the one that is best on validation"
    )
    targets = dict.fromkeys(reference.speaks_of for one in found for reference in one.references)
    speaks = listed(list(targets)) if targets else "these replicates"
    names = dict.fromkeys(repr(one.rarest) for one in found if one.rarest)
    rarest = (
        f" The rarest class is {listed(list(names))}; its recall and precision, which speak of the same, are those of "
        "the class with the highest probability. Class weights are the network's alone."
        if names
        else ""
    )
    metric, beside = found[0].metric, found[0].beside
    by = " and ".join(f"{one.words} in {one.unit.value}" if one.unit.value else one.words for one in (metric, beside))
    return (
        f"{capital(by)}, on the same parts in the same replicates; {read}. Intervals of test {metric.words} and of the "
        f"difference speak of {speaks}, all others of these replicates.{rarest}"
    )
