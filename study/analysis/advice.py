"""What to use instead: the pick of a panel, from points that have been read."""

from __future__ import annotations

import numpy as np

from study.analysis.findings import Candidate, Panel, PickFinding, Point
from study.analysis.pick import pick
from study.analysis.predictions import predictions_of
from study.words import amount, value_text

NOT_CHOSEN = {
    "samples": "nothing to pick: how much data there is, is a condition and no choice of a network",
    "label_noise": "nothing to pick: wrong labels are a condition and no choice of a network",
    "epochs": "nothing to pick: when to stop is no choice of a network; another reading, such as best, tells what "
    "stopping early would do",
}
"""Axes among whose values nothing is picked, and why."""


def network_name(architecture: str, value: float | None, panel: Panel) -> str:
    """What tells a network from the others of its panel: ``4x128``, or ``4x128 at learning rate 0.003``.

    ``value`` is its value on the axis, None for the baseline.
    """
    if value is None or panel.shapes:
        return architecture
    if panel.axis == "candidate":
        return f"{architecture} (candidate {value_text(value)})"
    return f"{architecture} at {amount(value, panel.axis_label)}"


def _are_one(point: Point, baseline: Point) -> bool:
    """Whether the baseline is a network of the panel, which is not to be on offer twice."""
    return len(point.winners) < 2 and (point.configuration, point.reading) == (baseline.configuration, baseline.reading)


def pick_of(panel: Panel) -> PickFinding | None:
    """The pick among the points of a panel and its baseline; None where nothing can be picked."""
    offered: list[tuple[float | None, Point]] = [(point.value, point) for point in panel.points]
    if panel.baseline is not None and not any(_are_one(point, panel.baseline) for point in panel.points):
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
        least=panel.least_runs,
    )
    if found.index is None or found.threshold is None:
        return None
    order = sorted(range(len(offered)), key=lambda c: (parameters[c], c))
    candidates = tuple(
        Candidate(
            name=network_name(point.label, value, panel),
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
        caution="Networks train worse on too much of the range, so this is no recommendation, only the best of what "
        "trained."
        if panel.verdict is not None and panel.verdict.kind == "training fails"
        else "",
        classes=point.classes,
        probability=found.probability,
        predictions=predictions_of(
            point.predicted,
            len(point.classes),
            items=None if point.answers is None else point.answers.items,
            sampling=panel.sampling,
        )
        if point.predicted
        else None,
    )
