"""Which cure helps, and by how much; then which network to use with it."""

from __future__ import annotations

from collections.abc import Sequence

from study.analysis.findings import Findings, Panel, PickFinding, RemediesFinding
from study.analysis.interval_words import LEAST, difference, value, with_n
from study.analysis.remedies import NONE, Effect, Remedy
from study.analysis.replies.reply import Answered
from study.records.metrics import Metric
from study.words import capital, count, listed


def remedy_question(findings: Findings) -> str:
    """The question, with the place where cures are compared, where that is one."""
    places = {found.at for found in main_comparisons(findings)}
    return f"Which cure helps, at {places.pop()}?" if len(places) == 1 else "Which cure helps?"


def remedy_answers(findings: Findings) -> list[Answered]:
    """A sentence for each place of each setting: what helps and by how much, what hurts, what is not shown to help."""
    compared = main_comparisons(findings)
    several = len({found.at for found in compared}) > 1
    said: dict[str, tuple[str, ...]] = {}
    for found in compared:
        margin = next((panel.margin for panel in findings.panels if panel.others == found.setting), None)
        words = _compared(found, findings.facts.metric, margin)
        sentence = f"At {found.at}, {words}." if several else f"{capital(words)}."
        said[found.setting] = (*said.get(found.setting, ()), sentence)
    return list(said.items())


def main_comparisons(findings: Findings) -> list[RemediesFinding]:
    """Of each setting the comparisons that the question is about; other places of the axis have their section."""
    return [found for found in findings.remedies if found.main]


def use_answers(findings: Findings, settings: Sequence[str]) -> list[Answered]:
    """Of each setting, the network to use: of the arm that is best on validation, of those shown to help and none."""
    return [(setting, _use(setting, findings)) for setting in dict.fromkeys(settings)]


def caution_answers(findings: Findings) -> list[Answered]:
    """What the comparison of cures leaves out, or does not speak of."""
    compared = main_comparisons(findings)
    places = list(dict.fromkeys(found.at for found in compared))
    said: list[Answered] = []
    if any(panel.has_axis for panel in findings.panels) and places:
        said.append(("", (f"This speaks of cures at {listed(places)}; at other places they may do otherwise.",)))
    for found in compared:
        for one in found.remedies:
            if one.stopped:
                lost = f"With {one.arm}, {count(one.stopped, 'network')} did not train at {found.at}"
                said.append((found.setting, (f"{lost}; these are left out.",)))
    return said


def _compared(found: RemediesFinding, metric: Metric, margin: float | None) -> str:
    """What the cures did to test at one place, as a part of a sentence; ``margin`` is what matters in its setting."""
    order = sorted(found.remedies, key=lambda one: metric.turned(-(one.test.interval.mean or 0.0)))

    def of(outcome: str) -> list[Remedy]:
        return [one for one in order if one.test.outcome == outcome]

    helped, hurt, open_ = of("helped"), of("hurt"), of("no difference shown")
    if not (helped or hurt or open_):
        return "that cannot be told: it takes 2 replicates of both"
    parts = [_helped(helped, metric, margin) if helped else _none(order, metric, margin)]
    if hurt:
        by = f" ({_by(hurt[0].test, metric)})" if len(hurt) == 1 else ""
        parts.append(f"{listed([one.arm for one in hurt])} {'hurts' if len(hurt) == 1 else 'hurt'}{by}")
    if open_ and helped:
        parts.append(f"{'no effect of the others' if len(open_) > 2 else _no_effect(open_)} is shown")
    return "; ".join(parts)


def _helped(helped: list[Remedy], metric: Metric, margin: float | None) -> str:
    """What is shown to help; where no interval reaches what matters, that it does not matter comes first."""
    what = f"test {metric.words}"
    first = f"{_by(helped[0].test, metric)} of {what}" if metric.unit.many else f"{what} {_by(helped[0].test, metric)}"
    ends = _ends(helped, metric)
    if margin is not None and len(ends) == len(helped) and max(ends)[0] < margin:
        little = f"by less than matters, {metric.unit.chosen(margin)}"
        return f"{listed([one.arm for one in helped])} {'helps' if len(helped) == 1 else 'help'} {little} ({first})"
    if len(helped) == 1:
        return f"only {helped[0].arm} is shown to help ({first})"
    second = f"then {helped[1].arm} ({_by(helped[1].test, metric)})"
    more = f" and {len(helped) - 2} more" if len(helped) > 2 else ""
    return f"{helped[0].arm} helps most ({first}), {second}{more}"


def _none(cures: list[Remedy], metric: Metric, margin: float | None) -> str:
    """That none is shown to help, and what may be: whether the intervals of all of them end below what matters.

    Wrong only where a cure helps by more and its own interval ends below that, so the number of cures needs no
    correction (Berger, Technometrics 24, 1982: an intersection-union test).
    """
    ends = _ends(cures, metric)
    what = f"test {metric.words}"
    if margin is None or len(ends) < len(cures):
        return f"no cure is shown to help {what}"
    most, arm = max(ends)
    if most < margin:
        return f"no cure helps {what} by as much as matters, {metric.unit.chosen(margin)}"
    return f"no cure is shown to help {what}, though {arm} may by up to {metric.unit.fine_difference(most)}"


def _ends(cures: list[Remedy], metric: Metric) -> list[tuple[float, str]]:
    """By how much each cure may help at most, by its interval, and its name; without those that have no interval."""
    return [
        (metric.turned(one.high if metric.larger_is_better else one.low), cure.arm)
        for cure in cures
        for one in [cure.test.interval]
        if one.n >= LEAST and one.low is not None and one.high is not None
    ]


def _no_effect(cures: list[Remedy]) -> str:
    return f"no effect of {listed([one.arm for one in cures])}"


def _by(effect: Effect, metric: Metric) -> str:
    return difference(effect.interval, metric.unit, sign=True)


def _use(setting: str, findings: Findings) -> tuple[str, ...]:
    metric = findings.facts.metric
    picks = {pick.panel: pick for pick in findings.picks}
    offered = {panel.arm: panel for panel in findings.panels if panel.others == setting and panel.name in picks}
    compared = [found for found in main_comparisons(findings) if found.setting == setting]
    helped = {one.arm for found in compared for one in found.remedies if one.test.outcome == "helped"}
    arms = [arm for arm in offered if arm == NONE or arm in helped]
    if not arms:
        return ("That cannot be told yet: too few trials have finished.",)
    arm = max(arms, key=lambda one: _on_validation(offered[one], picks[offered[one].name]))
    pick = picks[offered[arm].name]
    lead = f"Use {pick.chosen.name} {'without a cure' if arm == NONE else f'with {arm}'}"
    reached = ""
    if pick.accuracy.mean is not None:
        reached = f": {with_n(f'test {metric.words} {value(pick.accuracy, metric.unit)}', pick.accuracy)}"
    return (f"{lead}{reached}.", _why(arm, arms, helped))


def _why(arm: str, arms: list[str], helped: set[str]) -> str:
    if arm != NONE:
        return "It is the best on validation, of the cures that are shown to help and of none."
    if len(arms) > 1:
        return "No cure that is shown to help gives a better one on validation."
    if not helped:
        return "No cure is shown to help."
    return "It was chosen among the networks without a cure."  # less depth, say, is no arm: the pick is as shallow


def _on_validation(panel: Panel, pick: PickFinding) -> float:
    """How good the pick of an arm is on validation, the larger the better."""
    return float(panel.metric.turned(pick.chosen.mean or 0.0))
