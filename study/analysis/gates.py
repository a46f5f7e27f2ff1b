"""What makes a command fail on what a study found: ``--fail-on``, in one grammar.

A gate is the outcome of a verdict (``overfitting``), or a threshold, ``QUANTITY:above:NUMBER`` or
``QUANTITY:below:NUMBER``, without a character that a shell takes for its own. The quantity is ``train``,
``validation``, ``test`` or ``gap`` of the metric that decides, or of another one (``test.macro_f1``, ``gap.accuracy``),
in the records of that metric: 0.05 is 5 points of accuracy. It is read at the pick of every panel, on the pick's own
runs, and the gate fails where any panel crosses. Its whole interval must lie beyond the number; with ``:value`` at the
end it is enough that its mean does.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from study.analysis.findings import Concluded, Findings, ImportedFindings, Panel, PickFinding
from study.errors import InputError, StudyError
from study.records.intervals import Interval
from study.records.metrics import METRICS
from study.records.trials import SPLITS
from study.words import clean, option, unknown, value_text

Outcome = Literal[
    "overfitting", "degradation", "unsettled", "small fall", "benign", "none", "inconclusive", "training fails"
]
OUTCOMES: tuple[str, ...] = get_args(Outcome)  # those of study.analysis.onset.verdict
QUANTITIES = (*SPLITS, "gap")


@dataclass(frozen=True, slots=True)
class Threshold:
    """A quantity at the pick that must not lie ``above``, or else below, a number.

    ``metric`` is the name of one beside the metric that decides, empty for that one. ``by_value``: its mean decides.
    """

    quantity: str
    metric: str
    above: bool
    number: float
    by_value: bool

    def crossed(self, interval: Interval) -> bool:
        """Whether it is crossed; never by what has no mean, or has no interval where that must cross."""
        low, high = (interval.mean,) * 2 if self.by_value else (interval.low, interval.high)
        if low is None or high is None:
            return False
        return low > self.number if self.above else high < self.number


Gate = str | Threshold


def parse_gate(text: str) -> Gate:
    """Take a gate apart. Raises :class:`InputError` for what is none."""
    if text in OUTCOMES:
        return text
    what, *rest = text.split(":")
    if not rest:
        known = unknown(clean(text), OUTCOMES, "verdict")
        raise InputError(f"{option('fail_on')}: {known} A threshold is {_FORM}.")
    quantity, _, metric = what.partition(".")
    if quantity not in QUANTITIES:
        raise InputError(f"{option('fail_on')}: {unknown(clean(quantity), QUANTITIES, 'quantity')}")
    if metric and metric not in METRICS:
        raise InputError(f"{option('fail_on')}: {unknown(clean(metric), tuple(METRICS), 'metric')}")
    direction, number = rest[0], _number(rest[1]) if len(rest) > 1 else None
    if direction not in ("above", "below") or number is None or rest[2:] not in ([], ["value"]):
        raise InputError(f"{option('fail_on')} {clean(text)!r}: expected {_FORM}.")
    return Threshold(quantity, metric, direction == "above", number, by_value=bool(rest[2:]))


_FORM = "QUANTITY:above:NUMBER or QUANTITY:below:NUMBER, for example gap:above:0.05 or test.macro_f1:below:0.8:value"


def failed_gates(gates: Sequence[Gate], findings: Concluded) -> tuple[str, ...]:
    """What a study's findings fail, in sentences; empty where they pass.

    Raises :class:`StudyError` where nothing fails, but the study is not far enough to say that a gate is passed.
    """
    found = (*_outcomes_of(gates, findings),)
    if isinstance(findings, ImportedFindings):
        return found or _untold(gates, findings)
    name, cannot = findings.name, f"{option('fail_on')} cannot pass it"
    if gates and not found and not findings.facts.finished:
        raise StudyError(f"No trial of {name!r} has finished: {cannot}. Run it first.")
    found = (*found, *_crossed(gates, findings))
    if found or not gates:
        return found
    if any(isinstance(gate, str) for gate in gates) and not any(panel.verdict for panel in findings.panels):
        raise StudyError(
            f"Study {name!r} varies nothing and has no verdict: {cannot}. Give depth several values "
            "(--set space.depth=[1,2,4])."
        )
    if pending := findings.facts.pending:
        raise StudyError(f"{pending} trials of {name!r} have not run yet: {cannot}. Run it first.")
    return ()


def _untold(gates: Sequence[Gate], findings: ImportedFindings) -> tuple[str, ...]:
    """Nothing, of an imported study with a verdict that passes. Raises :class:`StudyError` where it cannot be told."""
    if any(isinstance(gate, Threshold) for gate in gates):
        raise StudyError(
            f"Study {findings.name!r} was imported, and thresholds of {option('fail_on')} look at a pick. Name an "
            "outcome."
        )
    untold = [panel.sentence for panel in findings.panels if panel.verdict is None]
    if gates and (untold or not findings.panels):
        why = untold[0] if untold else "Run what depthgauge suggest prints."
        raise StudyError(f"Study {findings.name!r} was imported and has no verdict. {why}")
    return ()


def _outcomes_of(gates: Sequence[Gate], findings: Concluded) -> Iterator[str]:
    outcomes = {gate for gate in gates if isinstance(gate, str)}
    for panel in findings.panels:
        if panel.verdict is not None and panel.verdict.outcome in outcomes:
            yield f"{panel.name}: the verdict is {panel.verdict.outcome}."


def _crossed(gates: Sequence[Gate], findings: Findings) -> Iterator[str]:
    for gate in gates:
        for panel in findings.panels if isinstance(gate, Threshold) else ():
            assert isinstance(gate, Threshold)
            interval = _at_the_pick(gate, panel, findings)
            if gate.crossed(interval):
                side = "above" if gate.above else "below"
                known = {one.name: one for one in (panel.metric, *(finding.metric for finding in panel.beside))}
                words = known[gate.metric].words if gate.metric else panel.metric.words
                what = f"gap in {words}" if gate.quantity == "gap" else f"{gate.quantity} {words}"
                told = f"{value_text(interval.mean, 4)}, {side} {value_text(gate.number)}"
                yield f"{panel.name}: {what} of the pick is {told}."


def _at_the_pick(gate: Threshold, panel: Panel, findings: Findings) -> Interval:
    """The quantity of a gate at the pick of a panel. Raises :class:`StudyError` where it is not there."""
    pick = next((one for one in findings.picks if one.panel == panel.name), None)
    if pick is None:
        raise StudyError(f"{panel.name}: nothing was picked, so {option('fail_on')} has nothing to look at.")
    interval = _of_pick(gate, panel, pick)
    if not gate.by_value and interval.mean is not None and interval.low is None:
        raise StudyError(
            f"{panel.name}: one run has no interval that {option('fail_on')} could look at. Run more replicates, or "
            "add :value to let the value decide."
        )
    return interval


def _of_pick(gate: Threshold, panel: Panel, pick: PickFinding) -> Interval:
    value = pick.chosen.value
    if gate.metric in ("", panel.metric.name):
        point = next((one for one in panel.points if one.value == value), panel.baseline)
        assert point is not None
        return interval_of(point, gate.quantity)
    for finding in panel.beside:
        for read in finding.points if finding.metric.name == gate.metric else ():
            if read.value == value:
                return interval_of(read, gate.quantity)
    measured = ", ".join(one.name for one in (panel.metric, *(finding.metric for finding in panel.beside)))
    if value is None and any(finding.metric.name == gate.metric for finding in panel.beside):
        raise StudyError(f"{panel.name}: the pick is the baseline, of which only {panel.metric.name} is read.")
    raise InputError(
        f"{option('fail_on')}: the study did not ask for {gate.metric}. It measured: {measured}. Add it to metrics."
    )


def interval_of(point: object, quantity: str) -> Interval:
    """``train``, ``validation``, ``test`` or ``gap`` of a point."""
    found = getattr(point, quantity)
    assert isinstance(found, Interval)
    return found


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
