"""Which cure helps, and by how much; then which to use."""

from __future__ import annotations

from study.analysis.findings import Findings, PickFinding, RemediesFinding
from study.analysis.interval_words import difference, value, with_n
from study.analysis.remedies import NONE, Effect, Remedy
from study.analysis.replies.reply import Answered
from study.records.metrics import Metric
from study.words import capital, count

COMPARED = "This speaks of cures at {at}; at other places they may do otherwise."


def remedy_question(findings: Findings) -> str:
    """The question, with the place where cures are compared, where that is one."""
    places = {found.at for found in main_comparisons(findings)}
    return f"Which cure helps, at {places.pop()}?" if len(places) == 1 else "Which cure helps?"


def remedy_answers(findings: Findings) -> list[Answered]:
    """Each cure with what it did, the most helpful first; with its place where there are several."""
    compared = main_comparisons(findings)
    places = len({found.at for found in compared}) > 1
    return [
        (
            f"{remedy.arm}{f' at {found.at}' if places else ''}{', ' if found.setting else ''}{found.setting}",
            _did(remedy, findings.facts.metric),
        )
        for found in compared
        for remedy in by_gain(found, findings.facts.metric)
    ]


def main_comparisons(findings: Findings) -> list[RemediesFinding]:
    """Of each setting the comparisons that the question is about; other places of the axis have their section."""
    return [found for found in findings.remedies if found.main]


def by_gain(found: RemediesFinding, metric: Metric) -> list[Remedy]:
    """The cures of one setting, those that gain most on test first."""
    return sorted(found.remedies, key=lambda one: metric.turned(-(one.test.interval.mean or 0.0)))


def use_words(found: RemediesFinding, findings: Findings) -> tuple[str, ...]:
    """What to use of what helped; that nothing did, where nothing is shown to."""
    metric = findings.facts.metric
    helped = [remedy for remedy in by_gain(found, metric) if remedy.test.outcome == "helped"]
    picks = {
        panel.arm: pick
        for panel in findings.panels
        for pick in findings.picks
        if pick.panel == panel.name and panel.others == found.setting
    }
    if not helped:
        why = f"None of the cures is shown to help test {metric.words} at {found.at}."
        return _advised(picks.get(NONE), NONE, why, metric)
    best = helped[0]
    gain = difference(best.test.interval, metric.unit, sign=True)
    why = f"{capital(best.arm)} is the only cure shown to help: {gain} at {found.at}."
    if len(helped) > 1:
        why = f"Of the {len(helped)} cures shown to help, {best.arm} gained most: {gain} at {found.at}."
    return _advised(picks.get(best.arm) or picks.get(NONE), best.arm if best.arm in picks else NONE, why, metric)


def _advised(pick: PickFinding | None, arm: str, why: str, metric: Metric) -> tuple[str, ...]:
    """The network of an arm, and why that arm."""
    if pick is None:
        return (why,)
    lead = f"Use {pick.chosen.name} {'without a cure' if arm == NONE else f'with {arm}'}"
    if pick.accuracy.mean is None:
        return (f"{lead}.", why)
    reached = f"test {metric.words} {value(pick.accuracy, metric.unit)}"
    return (f"{lead}: {with_n(reached, pick.accuracy)}.", why)


def _did(remedy: Remedy, metric: Metric) -> tuple[str, ...]:
    test, gap = remedy.test, remedy.gap
    stops = (f"It stopped {count(remedy.stopped, 'network')} from training, left out here.",) if remedy.stopped else ()
    if test.outcome == "not judged":
        return (*stops, "It cannot be judged: it takes 2 replicates of both.")
    return (*stops, f"{_on_test(test, metric)}; {_on_gap(gap, metric)}.")


def _on_test(effect: Effect, metric: Metric) -> str:
    by = difference(effect.interval, metric.unit, sign=True)
    if effect.outcome == "helped":
        return f"Helps: test {metric.words} {by}"
    if effect.outcome == "hurt":
        return f"Hurts: test {metric.words} {by}"
    return f"No effect on test {metric.words} is shown ({by})"


def _on_gap(effect: Effect, metric: Metric) -> str:
    if effect.outcome == "helped":
        return f"the gap shrinks by {difference(effect.interval.turned, metric.unit)}"
    if effect.outcome == "hurt":
        return f"the gap grows by {difference(effect.interval, metric.unit)}"
    return f"no effect on the gap is shown ({difference(effect.interval, metric.unit, sign=True)})"
