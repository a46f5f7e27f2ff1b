"""Which cure helps, and by how much; then which to use."""

from __future__ import annotations

from study.analysis.findings import Findings, RemediesFinding
from study.analysis.interval_words import percent, points, with_n
from study.analysis.remedies import NONE, Effect, Remedy
from study.analysis.replies.reply import Answered
from study.records.intervals import Interval
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
            _did(remedy),
        )
        for found in compared
        for remedy in by_gain(found)
    ]


def main_comparisons(findings: Findings) -> list[RemediesFinding]:
    """Of each setting the comparisons that the question is about; other places of the axis have their section."""
    return [found for found in findings.remedies if found.main]


def by_gain(found: RemediesFinding) -> list[Remedy]:
    """The cures of one setting, those of the largest effect on test accuracy first."""
    return sorted(found.remedies, key=lambda one: -(one.test.interval.mean or 0.0))


def use_words(found: RemediesFinding, findings: Findings) -> tuple[str, ...]:
    """What to use of what helped; that nothing did, where nothing is shown to."""
    helped = [remedy for remedy in by_gain(found) if remedy.test.outcome == "helped"]
    if not helped:
        return (f"None of them is shown to raise test accuracy at {found.at}.",)
    best = helped[0]
    picks = {
        panel.arm: pick
        for panel in findings.panels
        for pick in findings.picks
        if pick.panel == panel.name and panel.others == found.setting
    }
    gain = points(best.test.interval, sign=True)
    why = f"{capital(best.arm)} is the only cure shown to help: {gain} at {found.at}."
    if len(helped) > 1:
        why = f"Of the {len(helped)} cures shown to help, {best.arm} gained most: {gain} at {found.at}."
    pick = picks.get(best.arm) or picks.get(NONE)
    if pick is None:
        return (why,)
    lead = f"Use {pick.chosen.name} with {best.arm}" if best.arm in picks else f"Use {pick.chosen.name} without a cure"
    if pick.accuracy.mean is None:
        return (f"{lead}.", why)
    return (f"{lead}: {with_n(f'test accuracy {percent(pick.accuracy)}', pick.accuracy)}.", why)


def _did(remedy: Remedy) -> tuple[str, ...]:
    test, gap = remedy.test, remedy.gap
    stops = (f"It stopped {count(remedy.stopped, 'network')} from training, left out here.",) if remedy.stopped else ()
    if test.outcome == "not judged":
        return (*stops, "It cannot be judged: it takes 2 replicates of both.")
    return (*stops, f"{_on_test(test)}; {_on_gap(gap)}.")


def _on_test(effect: Effect) -> str:
    by = points(effect.interval, sign=True)
    if effect.outcome == "helped":
        return f"Helps: test accuracy {by}"
    if effect.outcome == "hurt":
        return f"Hurts: test accuracy {by}"
    return f"No effect on test accuracy is shown ({by})"


def _on_gap(effect: Effect) -> str:
    if effect.outcome == "helped":
        return f"the gap shrinks by {points(_positive(effect.interval))}"
    if effect.outcome == "hurt":
        return f"the gap grows by {points(effect.interval)}"
    return f"none on the gap is shown ({points(effect.interval, sign=True)})"


def _positive(interval: Interval) -> Interval:
    assert interval.mean is not None
    low, high = (None if end is None else -end for end in (interval.high, interval.low))
    return Interval(-interval.mean, low, high, interval.n)
