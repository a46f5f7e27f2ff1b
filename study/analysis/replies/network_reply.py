"""Which network to use, and when to stop training it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from study.analysis.findings import Panel, PickFinding, Point
from study.analysis.interval_words import value, with_n
from study.analysis.pick_posterior import PROBABLY
from study.records.networks import OwnModel
from study.records.readings import parse_reading
from study.records.trials import of_split
from study.words import capital, count, percent_text

USE = "Which network to use?"
STOP = "When to stop training?"


def use_question(settings: Sequence[str]) -> str:
    """The question, with the ``settings`` of the panels that decide where others stand beside them."""
    return f"Which network to use with {settings[0]}?" if len(settings) == 1 and settings[0] else USE


def network_words(panel: Panel, pick: PickFinding | None) -> tuple[str, ...]:
    """The pick in two sentences; why there is none where there is none."""
    if pick is None:
        return (f"{capital(panel.no_pick or 'that cannot be told yet: too few trials have finished')}.",)
    chosen = pick.chosen
    if pick.caution:
        return (
            "None can be recommended: networks train worse on too much of the range.",
            f"The best of what trained is {chosen.name}.",
        )
    reached = _reached(panel, pick)
    if len(pick.candidates) == 1:
        own = isinstance(chosen.configuration.network, OwnModel)
        better = "Others come with values in [space]." if own else "The preset “search” looks for a better one."
        return (f"Only {chosen.name} was trained{reached}.", better)
    return (f"Use {chosen.name}{reached}.", _why(panel, pick))


def _reached(panel: Panel, pick: PickFinding) -> str:
    if pick.accuracy.mean is None:
        return ""
    reached = f"test {panel.metric.words} {value(pick.accuracy, panel.metric.unit)}"
    return f": {with_n(reached, pick.accuracy)}"


def _why(panel: Panel, pick: PickFinding) -> str:
    margin = panel.metric.unit.chosen(panel.margin)
    same_size = len({one.parameters for one in pick.candidates}) == 1
    of = f"Of the {count(len(pick.candidates), 'network')} it is {'one' if same_size else 'the smallest'}"
    if pick.guaranteed:
        return f"{of} that is shown to be within {margin} of the best."
    if pick.probability is None:
        return f"{of} within {margin} of the best in one run each, which may be luck."
    likely = percent_text(pick.probability, 0)
    if pick.probability < PROBABLY:
        none = f"None of the {count(len(pick.candidates), 'network')} stands out"
        return f"{none}: the chance that this one is within {margin} of the best is {likely} only."
    return f"{of} that is probably, with a chance of {likely}, within {margin} of the best."


def stopping_words(panel: Panel, pick: PickFinding | None, longest: int | None) -> tuple[str, ...]:
    """When to stop training the pick, or the only network, and what that did to test accuracy and gap.

    ``longest`` are the most epochs that networks train for with as many samples, None where searches choose them.
    """
    point = chosen_point(panel, pick)
    if point is None or not point.curve.n:
        return ()
    last = int(point.curve.epochs[-1])
    name = point.configuration.label
    if (patience := parse_reading(point.reading).patience) is not None:
        return (
            f"After {count(patience, 'epoch')} without a lower validation loss.",
            f"The values of {name} are of that moment.",
        )
    if _most(point, "still improving"):
        return (f"Later: after {count(last, 'epoch')} the validation loss of {name} still falls in most runs.",)
    if point.curve.overfits_from is None or point.curve.best_epoch is None:
        said = f"Train {name} to the last epoch, {last}: its validation loss does not rise again."
        return (said, "Longer training was not tried.") if longest == last else (said,)
    read = {one.reading: one for one in point.readings}
    best, end = read.get("best"), read.get("tail")
    first = f"Near epoch {point.curve.best_epoch} of {last}, where the validation loss of {name} is lowest."
    if _holds(point):
        lowest = f"its validation loss is lowest near epoch {point.curve.best_epoch}"
        first = f"Train {name} to the last epoch, {last}: {lowest}, but validation accuracy is no lower at the end."
    if best is None or end is None or None in (best.test.mean, end.test.mean, best.gap.mean, end.gap.mean):
        return (first,)
    unit, words = panel.metric.unit, panel.metric.words
    there, at_end = (unit.value_text(one.test.mean) for one in (best, end))
    near, far = (unit.with_difference(unit.number(one.gap.mean)) for one in (best, end))
    if (there, near) == (at_end, far):
        return (first, f"Test {words} and gap are then what they are at the end: {at_end} and {far}.")
    return (
        first,
        f"At the lowest loss test {words} is {there} against {at_end} at the end, and the gap {near} against {far}.",
    )


def chosen_point(panel: Panel, pick: PickFinding | None) -> Point | None:
    """The picked point, or the only one."""
    if pick is None:
        return panel.points[0] if len(panel.points) == 1 else None
    if pick.chosen.value is None:
        return panel.baseline
    return next((point for point in panel.points if point.value == pick.chosen.value), None)


def _holds(point: Point) -> bool:
    """Whether mean validation accuracy ends no lower than at the epoch of the lowest validation loss."""
    validation = of_split(point.curve.fit, "validation")
    tail = validation[-max(3, len(validation) // 10) :]
    at = np.flatnonzero(point.curve.epochs == point.curve.best_epoch)
    return bool(at.size) and float(tail.mean()) >= float(validation[at[0]])


def _most(point: Point, kind: str) -> bool:
    return any(2 * found.runs > found.of for found in point.curve_findings if found.kind == kind)
