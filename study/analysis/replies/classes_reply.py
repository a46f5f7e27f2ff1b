"""Does it find the rare class? Recall and precision of the rarest, where classes are uneven."""

from __future__ import annotations

from study.analysis.findings import Findings, PickFinding
from study.analysis.interval_words import share_range
from study.analysis.reference_findings import ReferencesFinding
from study.records.reference_runs import COMMONEST
from study.words import listed, percent_text, shortened

QUESTION = "Does it find the rarest class?"


def classes_words(pick: PickFinding | None, findings: Findings) -> tuple[str, ...]:
    """What the pick finds of the rarest class, and how much of what it takes for it is right; none for even classes."""
    if pick is None or pick.predictions is None or not pick.predictions.uneven:
        return ()
    found = pick.predictions.classes
    one, total = found[pick.predictions.rarest], sum(other.items for other in found)
    name = repr(shortened(findings.facts.run.labels[pick.predictions.rarest]))
    of = f"{name}, the rarest class ({percent_text(one.items / total)} of the test items)"
    beside = _beside(next((found for found in findings.references if found.panel == pick.panel), None))
    if one.precision.mean is None:
        return (f"No: it takes nothing for {of}{beside}.",)
    return (
        f"It finds {share_range(one.recall)} of {of}{beside}.",
        f"Of what it takes for {name}, {share_range(one.precision)} is right.",
    )


def _beside(found: ReferencesFinding | None) -> str:
    """What reference models that learn find of it, behind a semicolon."""
    models = () if found is None else found.references
    said = [
        f"{one.scores.name} {share_range(one.scores.rarest.recall)}"
        for one in models
        if one.scores.rarest is not None and one.scores.name != COMMONEST
    ]
    return f"; {listed(said)}" if said else ""
