"""What reference models say of a network, in sentences."""

from __future__ import annotations

from typing import Literal

from study.analysis.interval_words import LEAST, decimals
from study.analysis.reference_findings import Outcome, ReferenceFinding, ReferencesFinding
from study.records.intervals import Interval
from study.records.metrics import ACCURACY, Metric
from study.records.units import Unit
from study.words import capital, count, listed, number


def verdict_sentences(found: ReferencesFinding) -> tuple[str, ...]:
    """Yes, no or maybe to whether a model is as good, in at most two sentences; none without any model."""
    if not found.references:
        return ()
    first, *rest = _unbeaten(found) or [_shown("better", found, listed(_names(found, "better")))]
    lead = "Yes" if _with(found, "worse") else "Maybe" if _with(found, "not shown") else "No"
    return (f"{lead}: {first}", *map(_begun, rest))


def reference_sentences(found: ReferencesFinding) -> tuple[str, ...]:
    """All that reference models say: which the network beats, which it does not, and which failed."""
    beaten = _names(found, "better")
    lead = [_shown("better", found, listed(beaten))] if beaten else []
    return (*map(_begun, [*lead, *_unbeaten(found)]), *map(capital, found.notes))


def _unbeaten(found: ReferencesFinding) -> list[str]:
    """Which models beat the network, and which it is not shown to beat."""
    said, unit = [], found.metric.unit
    if worse := _with(found, "worse"):
        said.append(_shown("worse", found, _told(worse, unit)))
    if unsettled := _with(found, "not shown"):
        said.append(f"{_by(found.metric)}{found.network.name} is not shown to beat {_told(unsettled, unit)}.")
    return said


def _shown(outcome: Literal["better", "worse"], found: ReferencesFinding, models: str) -> str:
    """By what the network is better or worse than ``models``; accuracy has words of its own."""
    how = "is shown to be better" if outcome == "better" else "is worse"
    if found.metric.name == ACCURACY.name:
        how = "is shown to be more accurate" if outcome == "better" else "is less accurate"
    return f"{_by(found.metric)}{found.network.name} {how} than {models}."


def _by(metric: Metric) -> str:
    return "" if metric.name == ACCURACY.name else f"by {metric.words}, "


def _begun(sentence: str) -> str:
    """A sentence with a capital, where it does not begin with the name of a network."""
    return capital(sentence) if sentence.startswith("by ") else sentence


def _with(found: ReferencesFinding, outcome: Outcome) -> list[ReferenceFinding]:
    return [one for one in found.references if one.outcome == outcome]


def _names(found: ReferencesFinding, outcome: Outcome) -> list[str]:
    return [one.scores.name for one in _with(found, outcome)]


def _told(models: list[ReferenceFinding], unit: Unit) -> str:
    """Models, and where the network is beside each: what the numbers are is said of the first."""
    first, *others = models
    said = [f"{first.scores.name} ({_difference(first.difference, unit, ' it on test', '95 % interval ')})"]
    return listed([*said, *(f"{one.scores.name} ({_difference(one.difference, unit)})" for one in others)])


def _difference(difference: Interval, unit: Unit, where: str = "", what: str = "") -> str:
    """``0.4 points above, 95 % interval −0.9 to +1.7``, with ``what`` the two numbers are."""
    if difference.mean is None:
        return "in no replicate of both yet"
    if difference.n < LEAST or difference.low is None or difference.high is None:
        mean = _beside(difference.mean, unit.digits, unit)
        return f"{mean}{where} in {count(difference.n, 'replicate')}, too few for an interval"
    half = difference.half_width
    digits = decimals(None if half is None else unit.factor * half, unit)
    digits = max(1, digits) if unit.factor > 1 else digits
    low, high = (number(unit.factor * v, digits, sign=True) for v in (difference.low, difference.high))
    return f"{_beside(difference.mean, digits, unit)}{where}, {what}{low} to {high}"


def _beside(mean: float, digits: int, unit: Unit) -> str:
    """``0.4 points above``."""
    size = unit.with_difference(number(unit.factor * abs(mean), digits))
    return f"{size} {'below' if mean < 0 else 'above'}"
