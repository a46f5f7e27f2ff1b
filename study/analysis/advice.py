"""What to use instead: the pick of a panel, and what each remedy does, from points that have been read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from study.analysis.findings import ARCHITECTURE, Candidate, Panel, PickFinding, Point, RemediesFinding
from study.analysis.pick import pick
from study.analysis.remedies import NONE, assess_remedies, left_out_readings
from study.words import amount, count, listed, value_text

NOT_CHOSEN = {
    "samples": "nothing to pick: how much data there is, is a condition and no choice of a network",
    "label_noise": "nothing to pick: wrong labels are a condition and no choice of a network",
    "epochs": "nothing to pick: when to stop is no choice of a network; another reading, such as best, tells what "
    "stopping early would do",
}
"""Axes among whose values nothing is picked, and why."""


def network_name(architecture: str, value: float | None, axis: str, axis_label: str) -> str:
    """What tells a network from the others of its panel: ``4x128``, or ``4x128 at learning rate 0.003``.

    ``value`` is its value on the axis, None for the baseline.
    """
    if value is None or axis in ARCHITECTURE:
        return architecture
    if axis == "candidate":
        return f"{architecture} (candidate {value_text(value)})"
    return f"{architecture} at {amount(value, axis_label)}"


def pick_of(panel: Panel) -> PickFinding | None:
    """The pick among the points of a panel and its baseline; None where nothing can be picked."""
    offered: list[tuple[float | None, Point]] = [(point.value, point) for point in panel.points]
    if panel.baseline is not None:
        offered.append((None, panel.baseline))
    if panel.no_pick or not offered:
        return None
    accuracy = np.stack([point.accuracy for _, point in offered], axis=1)
    parameters = np.array([point.parameters for _, point in offered])
    answers = [point.answers for _, point in offered if point.answers is not None]
    found = pick(
        parameters,
        accuracy[:, :, 1],
        accuracy[:, :, 2],
        metric=panel.metric,
        margin=panel.margin,
        alpha=panel.alpha,
        items=None if len(answers) < len(offered) else lambda replicate, c: answers[c].row(replicate),
        sampling=panel.sampling,
    )
    if found.index is None or found.threshold is None:
        return None
    order = sorted(range(len(offered)), key=lambda c: (parameters[c], c))
    candidates = tuple(
        Candidate(
            name=network_name(point.configuration.label, value, panel.axis, panel.axis_label),
            value=value,
            configuration=point.configuration,
            parameters=point.parameters,
            validation=point.validation,
            mean=found.means[c],
            within_margin=c in found.within_margin,
            on_front=c in found.pareto,
        )
        for c in order
        for value, point in [offered[c]]
    )
    point = offered[found.index][1]
    return PickFinding(
        panel=panel.name,
        candidates=candidates,
        index=order.index(found.index),
        runner_up=None if found.runner_up is None else order.index(found.runner_up),
        threshold=found.threshold,
        accuracy=found.accuracy,
        test=point.test,
        gap=point.gap,
        guaranteed=found.guaranteed,
        reason=found.reason,
        caution="Training fails on too much of the range, so this is no recommendation, only the best of what trained."
        if panel.verdict is not None and panel.verdict.kind == "training fails"
        else "",
        classes=point.classes,
    )


def remedies_of(panels: Sequence[Panel]) -> tuple[RemediesFinding, ...]:
    """Arms against the arm "none", for each combination of the other scientific values that has such arms."""
    settings = dict.fromkeys(panel.others for panel in panels)
    found = (_remedies(setting, [panel for panel in panels if panel.others == setting]) for setting in settings)
    return tuple(one for one in found if one is not None)


def _remedies(setting: str, panels: list[Panel]) -> RemediesFinding | None:
    """The arms of one setting at the last value that all of them have; None without arms to compare."""
    by_arm = {panel.arm: panel for panel in panels}
    without = by_arm.get(NONE)
    shared = set.intersection(*({point.value for point in panel.points} for panel in panels))
    if without is None or len(by_arm) < 2 or not shared:
        return None
    last = max(i for i, point in enumerate(without.points) if point.value in shared)
    at = without.points[last].value
    rows = min(panel.replicates for panel in panels)
    points = {arm: next(point for point in panel.points if point.value == at) for arm, panel in by_arm.items()}
    accuracy = {arm: point.accuracy[:rows] for arm, point in points.items()}
    items = {arm: None if point.answers is None else point.answers.table()[:rows] for arm, point in points.items()}
    note = ""
    if without.axis in ARCHITECTURE:
        offered = without.points[: last + 1]
        less, chosen = left_out_readings(
            [point.parameters for point in offered],
            np.stack([point.accuracy[:rows] for point in offered], axis=1),
            metric=without.metric,
            margin=without.margin,
            alpha=without.alpha,
        )
        accuracy[f"less {without.axis}"] = less
        answers = [point.answers for point in offered if point.answers is not None]
        if len(answers) == len(offered):
            nothing = np.full(answers[0].items, np.nan)
            read_on = [nothing if i is None else answers[i].row(r) for r, i in enumerate(chosen)]
            items[f"less {without.axis}"] = np.stack(read_on)
        read = [i for i, row in zip(chosen, less, strict=True) if i is not None and np.isfinite(row).all()]
        note = _note(without, [offered[i].value for i in read])  # not those of replicates that have not run
    onsets = {arm: panel.verdict for arm, panel in by_arm.items() if panel.verdict is not None}
    return RemediesFinding(
        setting=setting,
        at=amount(at, without.axis_label),
        remedies=assess_remedies(
            accuracy,
            metric=without.metric,
            items=items,
            sampling=without.sampling,
            onsets=onsets,
            alpha=without.alpha,
        ),
        note=note,
    )


def _note(without: Panel, chosen: list[float]) -> str:
    if not chosen:
        return ""
    times = [f"{value_text(value)} for {count(n, 'replicate')}" for value, n in sorted(Counter(chosen).items())]
    return (
        f"Less {without.axis} is no arm of its own: for each replicate, the {without.axis} that the validation "
        f"{without.metric.words} of the other replicates picks under none ({listed(times)}) is read on the replicate "
        "left out."
    )
