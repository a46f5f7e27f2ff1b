"""Does it find the rare class? Recall and precision of the rarest, where classes are uneven."""

from __future__ import annotations

from study.analysis.findings import Findings, PickFinding
from study.analysis.interval_words import share_range
from study.analysis.reference_findings import ReferencesFinding
from study.records.reference_runs import COMMONEST
from study.words import capital, percent_text, shortened

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
        return (f"No: it takes nothing for {of}.", *beside)
    return (
        f"It finds {share_range(one.recall)} of {of}.",
        f"Of what it takes for {name}, {share_range(one.precision)} is right.",
        *beside,
    )


def _beside(found: ReferencesFinding | None) -> tuple[str, ...]:
    """What reference models that learn find of it."""
    said = []
    for model in () if found is None else found.references:
        one = model.scores.rarest
        if one is None or model.scores.name == COMMONEST:
            continue
        right = "taking nothing for it"
        if one.precision.mean is not None:
            right = f"with a precision of {share_range(one.precision)}"
        said.append(f"{capital(model.scores.name)} would find {share_range(one.recall)} of it, {right}.")
    return tuple(said)
