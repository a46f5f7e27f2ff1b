"""What reference models say of a network, in sentences."""

from __future__ import annotations

from study.analysis.interval_words import LEAST, decimals
from study.analysis.reference_findings import Outcome, ReferenceFinding, ReferencesFinding
from study.records.intervals import Interval
from study.words import capital, count, listed, share_text


def verdict_sentences(found: ReferencesFinding) -> tuple[str, ...]:
    """At most two sentences: which models beat the network or may be as good, or that it beats all."""
    if not found.references:
        return ()
    name = found.network.name
    worse, unsettled = (_with(found, outcome) for outcome in ("worse", "not shown"))
    if not worse and not unsettled:
        return (f"No: {name} is shown to be more accurate than {listed(_names(found, 'better'))}.",)
    said = [f"Yes: {name} is less accurate than {_told(worse)}."] if worse else []
    if unsettled:
        lead = f"{name} is" if worse else f"Maybe: {name} is"
        said.append(f"{lead} not shown to beat {_told(unsettled)}.")
    return tuple(said)


def reference_sentences(found: ReferencesFinding) -> tuple[str, ...]:
    """All that reference models say: which the network beats, which it does not, and which failed."""
    beaten = _names(found, "better")
    lead = (f"{found.network.name} is shown to be more accurate than {listed(beaten)}.",) if beaten else ()
    rest = verdict_sentences(found) if len(beaten) < len(found.references) else ()
    return (*lead, *rest, *map(capital, found.notes))


def _with(found: ReferencesFinding, outcome: Outcome) -> list[ReferenceFinding]:
    return [one for one in found.references if one.outcome == outcome]


def _names(found: ReferencesFinding, outcome: Outcome) -> list[str]:
    return [one.scores.name for one in _with(found, outcome)]


def _told(models: list[ReferenceFinding]) -> str:
    """Models with the network minus each: what the numbers are is said of the first."""
    first, *others = models
    said = [f"{first.scores.name} (test accuracy {_difference(first.difference, '95 % interval ')})"]
    return listed([*said, *(f"{one.scores.name} ({_difference(one.difference)})" for one in others)])


def _difference(difference: Interval, what: str = "") -> str:
    """``+0.4 points, 95 % interval −0.9 to +1.7``, with ``what`` the two numbers are."""
    if difference.mean is None:
        return "in no replicate of both yet"
    if difference.n < LEAST or difference.low is None or difference.high is None:
        mean = share_text(difference.mean, 1, sign=True)
        return f"{mean} points in {count(difference.n, 'replicate')}, too few for an interval"
    digits = max(1, decimals(None if difference.half_width is None else 100 * difference.half_width))
    mean, low, high = (share_text(v, digits, sign=True) for v in (difference.mean, difference.low, difference.high))
    return f"{mean} points, {what}{low} to {high}"
