"""What a chain of studies found, from the rows to the network to use: the answer first, then each decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from study.analysis.findings import Findings, Panel
from study.analysis.interval_words import difference, value, with_n
from study.analysis.item_intervals import REDRAWN, Sampling, mean_estimate
from study.analysis.reference_findings import ReferenceFinding
from study.analysis.reference_words import reference_sentences
from study.records.intervals import Interval
from study.records.metrics import Metric
from study.records.reference_runs import COMMONEST, MEAN
from study.records.trials import of_split
from study.words import count, level_text, listed, percent_text, whole

Outcome = Literal["nothing to learn", "a simpler model is as good", "the network is better"]
CLAIMS = 3
"""What a chain may claim on its way: that depth hurts, that a cure helps, that a search found something better."""
GUESS = 0.5
"""The share of the margin from which on what only seems better is taken: two such choices forgo less than a margin."""
_UNLEARNED = {COMMONEST: "always naming the commonest class", MEAN: "always predicting the mean of the target"}


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
        if self.final is None or not beats_unlearned(self.final):
            return "nothing to learn"
        shown = [one.outcome == "better" for one in self.final.references[0].references]
        return "the network is better" if all(shown) else "a simpler model is as good"

    @property
    def sentences(self) -> tuple[str, ...]:
        """The answer, how to get the network where there is one, then how sure it is."""
        known = self.final is not None and self.outcome != "nothing to learn"
        written = (f"depthgauge pick {self.name}-final writes that network.",) if known else ()
        return (*self._answer(), *written, self._errors())

    def _answer(self) -> tuple[str, ...]:
        read = self.final or next(one.findings for one in self.decisions[::-1] if one.findings is not None)
        unlearned = _unlearned(read)
        if unlearned is None:
            return (
                f"It cannot be told whether there is anything to learn: {read.facts.metric.words} has no value for a "
                "model that looks at no feature. Another metric may have one.",
            )
        found = read.references[0]
        where = (
            f"on {count(self.aside, 'row')} that no stage had seen"
            if self.final is not None
            else "on rows that it was not trained on"
        )
        unit = found.metric.unit
        reached = with_n(f"test {found.metric.words} {value(found.network.test, unit)}", found.network.test)
        if self.outcome == "nothing to learn":
            held = "" if self.final is not None else f" The {count(self.aside, 'row')} set aside were not read."
            return (
                f"There is nothing to learn that was found: {found.network.name} reaches {reached} {where}, and "
                f"{_UNLEARNED[unlearned.scores.name]} {value(unlearned.scores.test, unit)} (the network minus that: "
                f"{difference(unlearned.difference, unit, sign=True)}).{held}",
            )
        lead = f"{found.network.name}: {reached} {where}."
        if self.outcome == "the network is better":
            return (f"Use {lead}", *reference_sentences(found))
        beaten_by = [one.scores.name for one in found.references if one.outcome == "worse"]
        simpler = beaten_by or [one.scores.name for one in found.references if one.outcome == "not shown"]
        better = "is better" if beaten_by else "may be as good"
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


def beats_unlearned(findings: Findings) -> bool:
    """Whether the network of a study is shown to be better than the reference model that looks at no feature."""
    unlearned = _unlearned(findings)
    return unlearned is not None and unlearned.outcome == "better"


def may_beat_unlearned(findings: Findings, margin: float) -> bool:
    """Whether the network of a study is better than that model, shown or by half of the margin."""
    unlearned = _unlearned(findings)
    guess = unlearned is not None and is_better_guess(unlearned.difference, findings.facts.metric, margin)
    return guess or beats_unlearned(findings)


def judging_part(first: Panel, second: Panel) -> str:
    """The rows by which two settings are held against each other: validation, as everywhere.

    Where they are read by other rules, the test rows of the folds: a rule that chooses its epoch by validation would be
    judged by the rows that chose.
    """
    return "validation" if first.reading == second.reading else "test"


def change_between(first: Panel, second: Panel, alpha: float, after: int = 0) -> Interval:
    """The one network of ``second`` minus that of ``first``, paired by replicate, at ``alpha`` to each side.

    ``after`` are the replicates that are left out, the first ones, because they had a part in choosing.
    """
    part = judging_part(first, second)
    minus = of_split(second.points[0].accuracy, part) - of_split(first.points[0].accuracy, part)
    sampling = Sampling(second.sampling.inference, REDRAWN)
    return mean_estimate(minus[after:], None, sampling=sampling, confidence=1 - 2 * alpha).interval


def change_words(name: str, first: Panel, second: Panel, change: Interval, alpha: float) -> str:
    """What :func:`change_between` found, in words: on which rows, and at which level, as other intervals have 95 %."""
    part, metric = judging_part(first, second), second.metric
    return (
        f"{name} changes {part} {metric.words} by {difference(change, metric.unit, sign=True)} "
        f"({level_text(round(1 - 2 * alpha, 4))} interval)"
    )


def is_gain(change: Interval, metric: Metric) -> bool:
    """Whether a change of the metric is shown to be one for the better."""
    return change.low is not None and min(map(metric.turned, (change.low, change.high))) > 0


def is_better_guess(change: Interval, metric: Metric, margin: float) -> bool:
    """Whether a change of the metric is one for the better by half of the margin or more, shown or not."""
    return change.mean is not None and metric.turned(change.mean) >= GUESS * margin


def _unlearned(findings: Findings) -> ReferenceFinding | None:
    """The model that looks at no feature, beside the network; None where none could be measured."""
    models = findings.references[0].references if findings.references else ()
    return next((one for one in models if one.scores.name in _UNLEARNED), None)
