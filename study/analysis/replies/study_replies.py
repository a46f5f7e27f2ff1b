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
    wrong_labels_reply,
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
    panels = asked_of(findings)
    decided = decided_on(panels)

    def each(words: Words, some: tuple[Panel, ...] = panels) -> list[Answered]:
        picks = {pick.panel: pick for pick in findings.picks}
        return [(_setting(panel, panels), words(panel, picks.get(panel.name))) for panel in some]

    def stopping_words(panel: Panel, pick: PickFinding | None) -> tuple[str, ...]:
        return network_reply.stopping_words(panel, pick, _longest(findings, panel.samples))

    def reference_words(panel: Panel, _: PickFinding | None) -> tuple[str, ...]:
        return reference_reply.reference_words(panel, findings)

    if findings.remedies:
        use = remedies_reply.use_answers(findings, [panel.others for panel in decided])
    else:
        use = each(network_reply.network_words, decided)
    made = (
        reply(remedies_reply.remedy_question(findings), remedies_reply.remedy_answers(findings)),
        reply(winner_reply.QUESTION, each(lambda panel, _: winner_reply.winner_words(panel, findings))),
        reply(wrong_labels_reply.QUESTION, each(wrong_labels_reply.wrong_labels_words)),
        reply(overfitting_reply.overfitting_question(findings), each(overfitting_reply.overfitting_words)),
        reply(tutorial_reply.QUESTION, each(lambda panel, _: tutorial_reply.tutorial_words(findings, panel))),
        _axis(findings, panels, each),
        reply(METRICS_QUESTION, each(lambda panel, _: (panel.by_metric,) if panel.by_metric else ())),
        reply(network_reply.use_question([_setting(panel, panels) for panel in decided]), use),
        reply(classes_reply.QUESTION, each(lambda _, pick: classes_reply.classes_words(pick, findings), decided)),
        reply(network_reply.STOP, each(stopping_words, decided)),
        reply(baseline_reply.baseline_question(panels, findings), each(baseline_reply.baseline_words, decided)),
        reply(reference_reply.QUESTION, each(reference_words, decided)),
        reply(misleading_reply.QUESTION, misleading_reply.misleading_answers(findings)),
    )
    return tuple(one for one in made if one is not None)


def _longest(findings: Findings, samples: int) -> int | None:
    """The most epochs with as many ``samples``; None where they are searched for, or no network is there."""
    if "epochs" in findings.facts.spec.nuisance:
        return None
    alike = (panel for panel in findings.panels if panel.samples == samples)
    return max((point.configuration.epochs for panel in alike for point in panel.all_points), default=None)


def asked_of(findings: Findings) -> tuple[Panel, ...]:
    """The panels that the replies speak of: those without a remedy where remedies were compared."""
    return tuple(panel for panel in findings.panels if not findings.remedies or panel.arm == NONE)


def decided_on(panels: tuple[Panel, ...]) -> tuple[Panel, ...]:
    """The panels that decisions are about: those with the most samples and, of these, with the fewest wrong labels.

    Fewer samples and wrong labels are conditions under which a study looks closer, and nobody chooses them.
    """
    most = max((panel.samples for panel in panels), default=0)
    whole = [panel for panel in panels if panel.samples == most]
    least = min((_wrong_labels(panel) for panel in whole), default=0.0)
    return tuple(panel for panel in whole if _wrong_labels(panel) == least)


def _wrong_labels(panel: Panel) -> float:
    return dict(panel.place).get("label_noise", 0.0)


def _setting(panel: Panel, panels: tuple[Panel, ...]) -> str:
    """What tells a panel from the others that are spoken of: its setting alone where all are of one arm."""
    if len(panels) < 2:
        return ""
    return panel.others if panel.others and len({one.arm for one in panels}) == 1 else panel.name


def _axis(findings: Findings, panels: tuple[Panel, ...], each: Callable[[Words], list[Answered]]) -> Reply | None:
    """The axis in its own words; where none was swept, what asks for one."""
    swept = [panel for panel in panels if panel.has_axis]
    if swept:
        return reply(axis_question(swept[0]), each(lambda panel, _: axis_words(panel)))
    if findings.remedies:
        return None
    only, other = ("candidates of a search", "isolate") if findings.search is not None else ("one network", "depth")
    untold, spec = f"This study cannot tell: it has {only}", findings.facts.spec
    if spec.model is None:
        said = f"{untold} and does not sweep depth. The preset “{other}” does."
        return reply("Does more depth make it worse?", [("", (said,))])
    if spec.axis not in spec.model.names:  # code that asks for no number
        return None
    said = f"{untold} and does not sweep {spec.axis}. Values in [space] would: space.{spec.axis}.values."
    return reply(f"Do larger values of {spec.words_of(spec.axis)} make it worse?", [("", (said,))])
