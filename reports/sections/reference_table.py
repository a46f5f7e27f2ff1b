"""The networks of a study beside reference models: a table, and what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.blocks import Block, Column, Prose, Table
from study.analysis.interval_words import estimate, nats
from study.analysis.reference_words import reference_sentences
from study.words import listed

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
    rows = []
    for one in found:
        rows.append((one.panel, *_cells(one.network), "", str(one.network.test.n), ""))
        for reference in one.references:
            difference = reference.difference
            shown = _OUTCOMES[reference.outcome]
            rows.append(
                (one.panel, *_cells(reference.scores), estimate(difference, sign=True), str(difference.n), shown)
            )
    columns = (
        Column("setting"),
        Column("model"),
        Column("validation, %", True),
        Column("test, %", True),
        Column("validation, nats", True),
        Column("test, nats", True),
        Column("network minus it, points", True),
        Column("n", True),
        Column("network shown to be"),
    )
    return Table(_caption(found), columns, tuple(rows))


def _cells(scores: Scores) -> tuple[str, ...]:
    accuracies = map(estimate, (scores.validation, scores.test))
    return scores.name, *accuracies, *map(nats, (scores.validation_cross_entropy, scores.test_cross_entropy))


def _caption(found: tuple[ReferencesFinding, ...]) -> str:
    read = (
        "each replicate of the network is read on a choice that was made without it"
        if any(one.picked for one in found)
        else "the network is the one that is best on validation"
    )
    targets = dict.fromkeys(reference.speaks_of for one in found for reference in one.references)
    speaks = listed(list(targets)) if targets else "these replicates"
    return (
        f"Accuracy in % and cross-entropy in nats, on the same parts in the same replicates; {read}. Intervals of test "
        f"accuracy and of the difference speak of {speaks}, all others of these replicates."
    )
