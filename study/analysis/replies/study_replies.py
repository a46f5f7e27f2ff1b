"""The replies of a whole study, in the order in which people ask."""

from __future__ import annotations

from collections.abc import Callable

from study.analysis.findings import Findings, Panel, PickFinding
from study.analysis.remedies import NONE
from study.analysis.replies import (
    baseline_reply,
    classes_reply,
    misleading_reply,
    network_reply,
    overfitting_reply,
    reference_reply,
    remedies_reply,
    tutorial_reply,
    winner_reply,
)
from study.analysis.replies.axis_names import axis_question
from study.analysis.replies.axis_reply import axis_words
from study.analysis.replies.reply import Answered, Reply, reply

METRICS_QUESTION = "From where does each metric suffer?"

Words = Callable[[Panel, PickFinding | None], tuple[str, ...]]


def replies_to(findings: Findings) -> tuple[Reply, ...]:
    """The questions of a study with their answers; none before a trial has finished.

    A study with remedies answers which of them helps first, and then speaks of its networks without any.
    """
    if not findings.facts.finished or not findings.panels:
        return ()
    panels = _asked_of(findings)

    def each(words: Words) -> list[Answered]:
        return _of(findings, panels, words)

    made = (
        reply(remedies_reply.remedy_question(findings), remedies_reply.remedy_answers(findings)),
        reply(winner_reply.QUESTION, each(lambda panel, _: winner_reply.winner_words(panel, findings))),
        reply(overfitting_reply.QUESTION, each(overfitting_reply.overfitting_words)),
        reply(tutorial_reply.QUESTION, each(lambda panel, _: tutorial_reply.tutorial_words(findings, panel))),
        _axis(findings, panels),
        reply(METRICS_QUESTION, each(lambda panel, _: (panel.by_metric,) if panel.by_metric else ())),
        reply(network_reply.USE, _use(findings, panels)),
        reply(classes_reply.QUESTION, each(lambda _, pick: classes_reply.classes_words(pick, findings))),
        reply(network_reply.STOP, each(network_reply.stopping_words)),
        reply(baseline_reply.baseline_question(panels), each(baseline_reply.baseline_words)),
        reply(reference_reply.QUESTION, each(lambda panel, _: reference_reply.reference_words(panel, findings))),
        reply(misleading_reply.QUESTION, misleading_reply.misleading_answers(findings)),
    )
    return tuple(one for one in made if one is not None)


def _asked_of(findings: Findings) -> tuple[Panel, ...]:
    """The panels that the replies speak of: those without a remedy where remedies were compared."""
    return tuple(panel for panel in findings.panels if not findings.remedies or panel.arm == NONE)


def _of(findings: Findings, panels: tuple[Panel, ...], words: Words) -> list[Answered]:
    picks = {pick.panel: pick for pick in findings.picks}
    return [(_setting(panel, panels), words(panel, picks.get(panel.name))) for panel in panels]


def _setting(panel: Panel, panels: tuple[Panel, ...]) -> str:
    return panel.name if len(panels) > 1 else ""


def _axis(findings: Findings, panels: tuple[Panel, ...]) -> Reply | None:
    """The axis in its own words; where none was swept, the study that asks for depth."""
    swept = [panel for panel in panels if panel.has_axis]
    if swept:
        return reply(axis_question(swept[0]), _of(findings, panels, lambda panel, _: axis_words(panel)))
    if findings.remedies:
        return None
    only, other = ("candidates of a search", "isolate") if findings.search is not None else ("one network", "depth")
    said = f"This study cannot tell: it has {only} and does not sweep depth. The preset “{other}” does."
    return reply("Does more depth make it worse?", [("", (said,))])


def _use(findings: Findings, panels: tuple[Panel, ...]) -> list[Answered]:
    if findings.remedies:
        return [
            (found.setting, remedies_reply.use_words(found, findings))
            for found in remedies_reply.main_comparisons(findings)
        ]
    return _of(findings, panels, network_reply.network_words)
