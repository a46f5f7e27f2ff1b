"""Does it find the rare class? Recall and precision of the rarest, where classes are uneven."""

from __future__ import annotations

from study.analysis.findings import Findings, PickFinding
from study.analysis.interval_words import share_range
from study.words import percent_text, shortened

QUESTION = "Does it find the rarest class?"


def classes_words(pick: PickFinding | None, findings: Findings) -> tuple[str, ...]:
    """What the pick finds of the rarest class, and how much of what it takes for it is right; none for even classes."""
    if pick is None or pick.predictions is None or not pick.predictions.uneven:
        return ()
    found = pick.predictions.classes
    rarest = min((k for k, one in enumerate(found) if one.items), key=lambda k: found[k].items)
    name, one = repr(shortened(findings.facts.run.labels[rarest])), found[rarest]
    of = f"{name}, the rarest class ({percent_text(one.items / sum(other.items for other in found))} of the test items)"
    if one.precision.mean is None:
        return (f"No: it takes nothing for {of}.",)
    return (
        f"It finds {share_range(one.recall)} of {of}.",
        f"Of what it takes for {name}, {share_range(one.precision)} is right.",
    )
