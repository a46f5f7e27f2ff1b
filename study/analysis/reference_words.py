"""What reference models say of a network, in sentences for the answer, the terminal and ``verdict.json``."""

from __future__ import annotations

from study.analysis.interval_words import LEAST, decimals
from study.analysis.reference_findings import ReferenceFinding, ReferencesFinding
from study.records.intervals import Interval
from study.words import capital, count, listed, share_text


def unbeaten_sentences(found: ReferencesFinding) -> tuple[str, ...]:
    """One sentence for each reference model that the network is not shown to beat; none where it beats all."""
    return tuple(_sentence(found, one) for one in found.references if one.outcome != "better")


def reference_sentences(found: ReferencesFinding) -> tuple[str, ...]:
    """All that reference models say: which the network beats, which it does not, and which failed."""
    beaten = [one.scores.name for one in found.references if one.outcome == "better"]
    lead = (f"{found.network.name} is shown to beat {listed(beaten)} on test accuracy.",) if beaten else ()
    return (*lead, *unbeaten_sentences(found), *map(capital, found.notes))


def _sentence(found: ReferencesFinding, one: ReferenceFinding) -> str:
    name, model, difference = found.network.name, one.scores.name, one.difference
    if difference.mean is None:
        return f"{name} and {model} have no replicate in common yet."
    if one.outcome == "worse":
        return f"{capital(model)} beats {name} on test accuracy: {_difference(difference)}."
    return f"{name} is not shown to beat {model} on test accuracy: {_difference(difference)}."


def _difference(difference: Interval) -> str:
    """``+0.4 points, 95 % interval −0.9 to +1.7``, the network minus the reference model."""
    if difference.n < LEAST or difference.low is None or difference.high is None:
        few = f"{count(difference.n, 'replicate')}, too few for an interval"
        return f"{share_text(difference.mean, 1, sign=True)} points ({few})"
    digits = decimals(None if difference.half_width is None else 100 * difference.half_width)
    mean, low, high = (share_text(v, digits, sign=True) for v in (difference.mean, difference.low, difference.high))
    return f"{mean} points, 95 % interval {low} to {high}"
