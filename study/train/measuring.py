"""What is measured of an evaluation beside answers and losses: metrics of the scores, where a study asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from study.data.dataset import Dataset
from study.data.scaling import TargetScaling
from study.data.splits import Sample
from study.records.metrics import ACCURACY, ALWAYS, TASKS, Measured, Metric, Predictions, Scores
from study.records.sources import Task
from study.records.trials import SPLITS, MetricChoice
from study.train.recorder import Evaluation


@dataclass(frozen=True, slots=True)
class Parts:
    """What a trial is measured on: ``labels`` (P,) of train, validation and test one after the other, in ``sizes``.

    ``weights`` (P,) is what the data say that rows count, None where they say nothing. ``names`` (K,) are those of the
    classes. A regression has none; its ``labels`` are the float64 targets, and
    ``target`` brings what the network was taught to their unit.
    """

    labels: NDArray[Any]
    sizes: tuple[int, ...]
    names: tuple[str, ...]
    target: TargetScaling | None = None
    weights: NDArray[np.float64] | None = None

    @classmethod
    def of(cls, sample: Sample, dataset: Dataset) -> Parts:
        """Those of a sample, whose training rows decide the scale of targets."""
        regression = dataset.task == "regression"
        target = TargetScaling.of(sample.y[: sample.sizes[0]]) if regression else None
        weights = None if dataset.weights is None else dataset.weights[sample.rows]
        return cls(sample.y, sample.sizes, dataset.labels, target, weights)

    @property
    def taught(self) -> NDArray[Any]:
        """What a network is taught (P,): int32 labels, or standardised float32 targets."""
        return self.labels if self.target is None else self.target.apply(self.labels)

    @property
    def task(self) -> Task:
        """What the network learns."""
        return "classification" if self.target is None else "regression"

    @property
    def test_labels(self) -> NDArray[Any]:
        """Those of the test items (N,)."""
        return self.labels[sum(self.sizes[:2]) : sum(self.sizes)]


class Measuring:
    """Adds to each evaluation of a trial what its study asks for and no engine computes by itself."""

    def __init__(self, choice: MetricChoice, parts: Parts) -> None:
        self._metrics = measured_by_outputs(choice, parts.task)
        self._weights = parts.weights if choice.weighted else None
        kept = self._metrics if parts.task == "regression" else (ACCURACY, *choice.all)
        self.kept = tuple(dict.fromkeys(metric for metric in kept if metric.items))  # whose test items are kept
        self._deciding = choice.metric
        self._parts = parts
        self._positive = positive_class(choice, parts.names)

    def complete(self, evaluation: Evaluation) -> Evaluation:
        """The evaluation with every metric."""
        if evaluation.outputs is None:
            return evaluation
        values, items, undefined = dict(evaluation.values), dict(evaluation.items), ""
        parts = [self._said(evaluation.outputs, part) for part in self._slices()]
        for metric in self._metrics:
            measured = [metric.measure(part) for part in parts]
            values[metric.name] = [np.nan if one.value is None else one.value for one in measured]
            if metric.items:
                items[metric.name] = self._kept(measured[-1])
            if metric.name == self._deciding:
                undefined = _undefined(metric, [one.undefined for one in measured])
        return replace(evaluation, values=values, items=items, outputs=None, undefined=undefined)

    def _kept(self, tested: Measured) -> NDArray[Any]:
        """What the test items came to; of a network that diverges by far, they are nothing that a store can hold."""
        none = np.full(self._parts.sizes[-1], np.nan)
        if tested.items is None:
            return none
        with np.errstate(over="ignore"):
            held = np.isfinite(tested.items.astype(np.float32)).all()
        return np.asarray(tested.items) if held else none

    def _slices(self) -> list[slice]:
        return [slice(a, b) for a, b in pairwise([0, *np.cumsum(self._parts.sizes).tolist()])]

    def _said(self, outputs: NDArray[Any], part: slice) -> Scores | Predictions:
        labels, weights = self._parts.labels[part], None if self._weights is None else self._weights[part]
        if self._parts.target is not None:
            return Predictions(labels, self._parts.target.predicted(outputs[part, 0]), weights)
        return Scores(labels, outputs[part], self._parts.names, self._positive, weights)


def positive_class(choice: MetricChoice, names: Sequence[str]) -> int:
    """The place, among the classes ``names`` (K,), of the one that metrics of one class are about."""
    return len(names) - 1 if choice.positive is None else names.index(choice.positive)


def takes_outputs(choice: MetricChoice, task: Task) -> bool:
    """Whether evaluations must come with the outputs of the network."""
    return bool(measured_by_outputs(choice, task))


def measured_by_outputs(choice: MetricChoice, task: Task) -> tuple[Metric, ...]:
    """What takes the outputs of the network, of all that a study asks for; of a regression, which costs little, all.

    Engines count every row once: what counts rows otherwise takes the outputs.
    """
    if task == "regression":
        return TASKS[task]
    if choice.weighted:
        return tuple(dict.fromkeys((*ALWAYS, *choice.all)))
    return tuple(metric for metric in choice.all if metric not in ALWAYS)


def _undefined(metric: Metric, reasons: Sequence[str]) -> str:
    """Where and why the metric has no value; empty where it has one on every part."""
    for split, why in zip(SPLITS, reasons, strict=True):
        if why:
            return f"{metric.words} has no value on the {split} part: {why}"
    return ""
