"""What reference models say of a network, in sentences."""

from __future__ import annotations

from study.analysis.interval_words import LEAST, decimals
from study.analysis.reference_findings import Outcome, ReferenceFinding, ReferencesFinding
from study.records.intervals import Interval
from study.words import capital, count, listed, share_text


def verdict_sentences(found: ReferencesFinding) -> tuple[str, ...]:
    """Yes, no or maybe to whether a model is as good, in at most two sentences; none without any model."""
    if not found.references:
        return ()
    first, *rest = _unbeaten(found) or [
        f"{found.network.name} is shown to be more accurate than {listed(_names(found, 'better'))}."
    ]
    lead = "Yes" if _with(found, "worse") else "Maybe" if _with(found, "not shown") else "No"
    return (f"{lead}: {first}", *rest)


def reference_sentences(found: ReferencesFinding) -> tuple[str, ...]:
    """All that reference models say: which the network beats, which it does not, and which failed."""
    beaten = _names(found, "better")
    lead = (f"{found.network.name} is shown to be more accurate than {listed(beaten)}.",) if beaten else ()
    return (*lead, *_unbeaten(found), *map(capital, found.notes))


def _unbeaten(found: ReferencesFinding) -> list[str]:
    """Which models beat the network, and which it is not shown to beat."""
    name, said = found.network.name, []
    if worse := _with(found, "worse"):
        said.append(f"{name} is less accurate than {_told(worse)}.")
    if unsettled := _with(found, "not shown"):
        said.append(f"{name} is not shown to beat {_told(unsettled)}.")
    return said


def _with(found: ReferencesFinding, outcome: Outcome) -> list[ReferenceFinding]:
    return [one for one in found.references if one.outcome == outcome]


def _names(found: ReferencesFinding, outcome: Outcome) -> list[str]:
    return [one.scores.name for one in _with(found, outcome)]


def _told(models: list[ReferenceFinding]) -> str:
    """Models, and where the network is beside each: what the numbers are is said of the first."""
    first, *others = models
    said = [f"{first.scores.name} ({_difference(first.difference, ' it on test', '95 % interval ')})"]
    return listed([*said, *(f"{one.scores.name} ({_difference(one.difference)})" for one in others)])


def _difference(difference: Interval, where: str = "", what: str = "") -> str:
    """``0.4 points above, 95 % interval −0.9 to +1.7``, with ``what`` the two numbers are."""
    if difference.mean is None:
        return "in no replicate of both yet"
    if difference.n < LEAST or difference.low is None or difference.high is None:
        mean = _beside(difference.mean, 1)
        return f"{mean}{where} in {count(difference.n, 'replicate')}, too few for an interval"
    digits = max(1, decimals(None if difference.half_width is None else 100 * difference.half_width))
    low, high = (share_text(v, digits, sign=True) for v in (difference.low, difference.high))
    return f"{_beside(difference.mean, digits)}{where}, {what}{low} to {high}"


def _beside(mean: float, digits: int) -> str:
    """``0.4 points above``."""
    return f"{share_text(abs(mean), digits)} points {'below' if mean < 0 else 'above'}"
