"""The network of a panel beside the reference models of the same replicates: is it shown to be better?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from study.analysis.findings import Panel, PickFinding, Point, StudyFacts, best_on_validation
from study.analysis.interval_words import LEAST
from study.analysis.item_intervals import Estimate, Sampling, difference_estimate, mean_estimate
from study.analysis.pick import choices_without
from study.analysis.prediction_findings import ClassFinding, PredictionFinding
from study.analysis.predictions import predictions_of
from study.analysis.reference_findings import Outcome, ReferenceFinding, ReferencesFinding, Scores
from study.records.intervals import Interval
from study.records.metrics import Metric
from study.records.predicted_classes import PredictedClasses
from study.records.readings import read
from study.records.reference_runs import REFERENCES, ReferenceRun, ReferenceTask
from study.records.trials import SPLITS, ItemValues, Result, TrialKey, of_split
from study.words import count

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Runs:
    """Values (R, 3) of the metric and of the one beside it, and the metric of test items (R, N), None if not kept."""

    values: Array
    beside: Array
    answers: Array | None


def references_of(
    panel: Panel,
    pick: PickFinding | None,
    results: Mapping[TrialKey, Result],
    runs: Sequence[ReferenceRun],
    facts: StudyFacts,
) -> ReferencesFinding | None:
    """A panel's network beside the reference ``runs`` of its study; None where there is none of either."""
    chosen = _chosen(panel, pick)
    by_task = {run.task: run for run in runs}
    if not runs or not any(one is not None for one in chosen):
        return None
    metric, other = panel.metric, facts.beside
    network = _network(chosen, results, metric, other)
    predictions = pick.predictions if pick is not None and pick.predictions and pick.predictions.uneven else None
    tested = next((one.answers.items for one in chosen if one is not None and one.answers is not None), None)
    found, notes = [], []
    for model in REFERENCES[facts.spec.task]:
        beside = [
            None if one is None else by_task.get(ReferenceTask.beside(model, one.of(replicate)[0], replicate))
            for replicate, one in enumerate(chosen)
        ]
        there = [run for run in beside if run is not None]
        if failed := [run.reason for run in there if run.reason]:
            notes.append(f"{model} failed in {count(len(failed), 'replicate')}: {failed[0].rstrip('.')}.")
        measured = [run for run in there if metric.name in run.values]
        if unmeasured := sum(not run.reason for run in there) - len(measured):
            notes.append(f"{model} has no {metric.words} in {count(unmeasured, 'replicate')}.")
        if measured:
            one = _beside(model, beside, network, chosen, panel.sampling, metric, other)
            own = () if pick is None else _beside_pick(model, panel, pick, by_task)
            rarest = _rarest(predictions, own, tested, panel.sampling)
            found.append(replace(one, scores=replace(one.scores, rarest=rarest)))
    if not found and not notes:
        return None
    name = pick.chosen.name if pick is not None else next(one.configuration.label for one in chosen if one is not None)
    scores = _scores(name, network, panel.sampling)
    label = ""
    if predictions is not None:
        label = facts.run.labels[predictions.rarest]
        scores = replace(scores, rarest=predictions.classes[predictions.rarest])
    return ReferencesFinding(panel.name, metric, other, scores, pick is not None, tuple(found), tuple(notes), label)


def _rarest(
    predictions: PredictionFinding | None, runs: Sequence[PredictedClasses], tested: int | None, sampling: Sampling
) -> ClassFinding | None:
    """What a model's ``runs``, which test as many different items as the network's, find of the rarest class."""
    if predictions is None or not runs:
        return None
    return predictions_of(runs, len(predictions.classes), items=tested, sampling=sampling).classes[predictions.rarest]


def _beside_pick(
    model: str, panel: Panel, pick: PickFinding, by_task: Mapping[ReferenceTask, ReferenceRun]
) -> list[PredictedClasses]:
    """What a model took test items for in the replicates of the pick's own runs, having learned as these did."""
    own = _own(panel, pick)
    tasks = (ReferenceTask.beside(model, own.of(replicate)[0], replicate) for replicate in range(panel.replicates))
    runs = [by_task[task] for task in tasks if task in by_task]
    return [run.predicted for run in runs if run.predicted is not None]


def _own(panel: Panel, pick: PickFinding) -> Point:
    return next(point for point in panel.all_points if point.configuration == pick.chosen.configuration)


def _chosen(panel: Panel, pick: PickFinding | None) -> list[Point | None]:
    """The point (R) on which each replicate is read; None where there is none, as with too few runs."""
    points = panel.all_points
    if pick is None:
        best = best_on_validation(panel)
        return [None if best.validation.mean is None else best] * panel.replicates
    own = _own(panel, pick)
    if panel.replicates == 1 or len(points) == 1:
        return [own] * panel.replicates
    choices = choices_without(
        [point.parameters for point in points],
        np.stack([of_split(point.accuracy, "validation") for point in points], axis=1),
        metric=panel.metric,
        margin=panel.margin,
        alpha=panel.alpha,
        luck=panel.sampling.luck,
        least=panel.least_runs,
    )
    return [None if index is None else points[index] for index in choices]


def _network(
    chosen: Sequence[Point | None], results: Mapping[TrialKey, Result], metric: Metric, other: Metric
) -> _Runs:
    values, beside = (np.full((len(chosen), len(SPLITS)), np.nan) for _ in range(2))
    for replicate, point in enumerate(chosen):
        if point is None:
            continue
        configuration, reading = point.of(replicate)
        run = results.get((configuration.key, replicate))
        if run is None or run.state != "finished":
            continue
        found = read(run.trajectory, reading)
        values[replicate], beside[replicate] = found[metric.name], found[other.name]
    if any(point is not None and point.answers is None for point in chosen):
        return _Runs(values, beside, None)
    rows = [
        None if point is None or point.answers is None else point.answers.row(replicate)
        for replicate, point in enumerate(chosen)
    ]
    items = next(len(row) for row in rows if row is not None)
    answers = np.stack([np.full(items, np.nan) if row is None else row for row in rows])
    return _Runs(values, beside, answers)


def _beside(
    model: str,
    beside: Sequence[ReferenceRun | None],
    network: _Runs,
    chosen: Sequence[Point | None],
    sampling: Sampling,
    metric: Metric,
    other: Metric,
) -> ReferenceFinding:
    values, others = (np.full((len(beside), len(SPLITS)), np.nan) for _ in range(2))
    kept: list[ItemValues | None] = [None] * len(beside)
    for replicate, run in enumerate(beside):
        if run is None or metric.name not in run.values:
            continue
        values[replicate] = run.values[metric.name]
        others[replicate] = run.values.get(other.name, np.nan)
        # Else nothing says which items it answered, or they are of another metric: a run of before.
        if np.isfinite(network.values[replicate]).all() and run.items is not None and run.items.metric == metric.name:
            kept[replicate] = run.items
    answers = None
    if network.answers is not None and any(one is not None for one in kept):
        laid_out = next(point.answers for point in chosen if point is not None and point.answers is not None)
        answers = replace(laid_out, kept=tuple(kept)).table()
    own = _Runs(values, others, answers)
    difference = difference_estimate(
        of_split(own.values, "test"),
        of_split(network.values, "test"),
        own.answers,
        None if answers is None else network.answers,
        sampling=sampling,
    )
    outcome = _outcome(difference.interval, metric)
    return ReferenceFinding(_scores(model, own, sampling), difference.interval, difference.target, outcome)


def _outcome(difference: Interval, metric: Metric) -> Outcome:
    if difference.low is None or difference.high is None or difference.n < LEAST:
        return "not shown"
    least, most = sorted(map(metric.turned, (difference.low, difference.high)))
    return "better" if least > 0 else "worse" if most < 0 else "not shown"


def _scores(name: str, runs: _Runs, sampling: Sampling) -> Scores:
    def mean(values: Array, split: str, items: Array | None = None) -> Interval:
        drawn = sampling.of_validation if split == "validation" else sampling
        found: Estimate = mean_estimate(of_split(values, split), items, sampling=drawn)
        return found.interval

    return Scores(
        name,
        validation=mean(runs.values, "validation"),
        test=mean(runs.values, "test", runs.answers),
        validation_beside=mean(runs.beside, "validation"),
        test_beside=mean(runs.beside, "test"),
    )
