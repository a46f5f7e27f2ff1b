"""What a chain of studies found, from the rows to the network to use: the answer first, then each decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from study.analysis.findings import Findings, Panel, Point
from study.analysis.interval_words import difference, value, with_n
from study.analysis.item_intervals import REDRAWN, Sampling, mean_estimate
from study.analysis.reference_findings import ReferenceFinding, ReferencesFinding
from study.analysis.reference_words import reference_sentences
from study.records.intervals import Interval
from study.records.metrics import ACCURACY
from study.records.reference_runs import COMMONEST
from study.records.trials import of_split
from study.words import count, level_text, listed, percent_text, whole

Outcome = Literal["nothing to learn", "a simpler model is as good", "the network is better"]
CLAIMS = 3
"""What a chain may claim on its way: that depth hurts, that a cure helps, that a search found something better."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What one stage was asked, what it decided, and the study that it rests on; None where it was left out."""

    question: str
    sentence: str
    findings: Findings | None


@dataclass(frozen=True, slots=True)
class ChainFinding:
    """A whole chain. ``final`` are the findings on the rows set aside; None where they were not read.

    ``alpha`` is what each claim on the way was made at, ``aside`` the number of rows that were set aside.
    """

    name: str
    dataset: str
    decisions: tuple[Decision, ...]
    final: Findings | None
    alpha: float
    aside: int

    @property
    def outcome(self) -> Outcome:
        """What it comes to."""
        if self.final is None or not beats_commonest(self.final):
            return "nothing to learn"
        shown = [one.outcome == "better" for one in _references(self.final).references]
        return "the network is better" if all(shown) else "a simpler model is as good"

    @property
    def sentences(self) -> tuple[str, ...]:
        """The answer, then how sure it is."""
        return (*self._answer(), self._errors())

    def _answer(self) -> tuple[str, ...]:
        read = self.final or next(one.findings for one in self.decisions[::-1] if one.findings is not None)
        found = _references(read)
        where = (
            f"on {count(self.aside, 'row')} that no stage had seen"
            if self.final is not None
            else "on rows that it was not trained on"
        )
        reached = with_n(f"test accuracy {value(found.network.test, ACCURACY.unit)}", found.network.test)
        if self.outcome == "nothing to learn":
            commonest = _commonest(found)
            held = "" if self.final is not None else f" The {count(self.aside, 'row')} set aside were not read."
            return (
                f"There is nothing to learn that was found: {found.network.name} reaches {reached} {where}, and always "
                f"naming the commonest class {value(commonest.scores.test, ACCURACY.unit)} (the network minus that: "
                f"{difference(commonest.difference, ACCURACY.unit, sign=True)}).{held}",
            )
        lead = f"{found.network.name}: {reached} {where}."
        if self.outcome == "the network is better":
            return (f"Use {lead}", *reference_sentences(found))
        simpler = [one.scores.name for one in found.references if one.outcome != "better"]
        worse = any(one.outcome == "worse" for one in found.references)
        better = "is more accurate" if worse else "may be as good"
        return (
            f"A simpler model {better}: {listed(simpler)}. The best network found is {lead}",
            *reference_sentences(found),
        )

    def _errors(self) -> str:
        read = ", and read once, for that network and the reference models" if self.final is not None else ""
        return (
            f"{whole(self.aside)} rows were set aside before the first stage{read}. What was decided before was "
            f"decided on folds of the rest: each of at most {CLAIMS} claims at {percent_text(self.alpha)}, so that a "
            f"chain errs in any of them in at most {level_text(round(CLAIMS * self.alpha, 6))} of cases."
        )


def beats_commonest(findings: Findings) -> bool:
    """Whether the network of a study is shown to be better than always naming the commonest class."""
    found = findings.references
    return bool(found) and _commonest(found[0]).outcome == "better"


def gain(first: Point, second: Point, panel: Panel, alpha: float) -> Interval:
    """By how much ``second`` is better than ``first`` on validation, paired by replicate, at ``alpha`` to each side."""
    turned = panel.metric.turned
    better = turned(of_split(second.accuracy, "validation")) - turned(of_split(first.accuracy, "validation"))
    sampling = Sampling(panel.sampling.inference, REDRAWN)
    return mean_estimate(np.asarray(better), None, sampling=sampling, confidence=1 - 2 * alpha).interval


def _references(findings: Findings) -> ReferencesFinding:
    return findings.references[0]


def _commonest(found: ReferencesFinding) -> ReferenceFinding:
    return next(one for one in found.references if one.scores.name == COMMONEST)
