"""The networks of a study beside reference models: a table, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reports.blocks import Block, Column, Prose, Table
from study.analysis.interval_words import estimate, share_estimate
from study.analysis.reference_words import reference_sentences
from study.records.metrics import Metric
from study.records.trials import EVEN
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
    blocks: list[Block] = [Prose("Beside reference models", (*said, *left_out)), _table(findings.references)]
    if uneven := [found for found in findings.references if found.rarest]:
        points = (point for panel in findings.panels for point in panel.all_points)
        weighing = any(point.configuration.class_weights != EVEN for point in points)
        blocks.append(_of_the_rarest(uneven, weighing=weighing))
    return tuple(blocks)


def _table(found: tuple[ReferencesFinding, ...]) -> Table:
    by = found[0].metric, found[0].beside
    rows = []
    for one in found:
        rows.append((*_setting(one, found), *_cells(one.network, by), "", str(one.network.test.n), ""))
        for reference in one.references:
            difference = reference.difference
            minus = estimate(difference, by[0].unit, sign=True)
            shown = _OUTCOMES[reference.outcome]
            rows.append((*_setting(one, found), *_cells(reference.scores, by), minus, str(difference.n), shown))
    first, second = by[0].unit.of_values, by[1].unit.of_values or f" {by[1].words}"
    columns = (
        *_settings(found),
        Column("model"),
        *(Column(f"{part}{of}", True) for of in (first, second) for part in ("validation", "test")),
        Column(f"network minus it{by[0].unit.of_differences}", True),
        Column("n", True),
        Column("network shown to be"),
    )
    return Table(_caption(found), columns, tuple(rows))


def _settings(found: Sequence[ReferencesFinding]) -> tuple[Column, ...]:
    """The column of settings, where there are several."""
    return (Column("setting"),) if len(found) > 1 else ()


def _setting(one: ReferencesFinding, found: Sequence[ReferencesFinding]) -> tuple[str, ...]:
    return (one.panel,) if len(found) > 1 else ()


def _cells(scores: Scores, by: tuple[Metric, Metric]) -> tuple[str, ...]:
    first = (estimate(one, by[0].unit) for one in (scores.validation, scores.test))
    return scores.name, *first, *(estimate(one, by[1].unit) for one in (scores.validation_beside, scores.test_beside))


def _of_the_rarest(found: Sequence[ReferencesFinding], *, weighing: bool) -> Table:
    """What each model finds of the rarest class; ``weighing``: networks have class weights."""
    rows = tuple(
        (
            *_setting(one, found),
            scores.name,
            one.rarest,
            share_estimate(scores.rarest.recall),
            str(scores.rarest.recall.n),
            share_estimate(scores.rarest.precision),
            str(scores.rarest.precision.n),
        )
        for one in found
        for scores in (one.network, *(reference.scores for reference in one.references))
        if scores.rarest is not None
    )
    columns = (
        *_settings(found),
        *(Column(name) for name in ("model", "rarest class")),
        *(Column(name, True) for name in ("recall, %", "n", "precision, %", "n")),
    )
    said = (
        "Test items of the rarest class, each taken for the class with the highest probability, with 95 % intervals; "
        "of the network in its own runs, which chose it."
    )
    if weighing:
        said += " Models that look at features learn with the network's class weights."
    return Table(said, columns, rows)


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
