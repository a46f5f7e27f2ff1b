"""What is measured of an evaluation beside answers and losses: metrics of the scores, where a study asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from study.records.metrics import ALWAYS, Metric, Scores
from study.records.trials import SPLITS, MetricChoice
from study.train.recorder import Evaluation


@dataclass(frozen=True, slots=True)
class Parts:
    """What a trial is measured on: ``labels`` (P,) of train, validation and test one after the other, in ``sizes``.

    ``names`` (K,) are those of the classes.
    """

    labels: NDArray[np.int32]
    sizes: tuple[int, ...]
    names: tuple[str, ...]

    @property
    def test_labels(self) -> NDArray[np.int32]:
        """Those of the test items (N,)."""
        return self.labels[sum(self.sizes[:2]) : sum(self.sizes)]


class Measuring:
    """Adds to each evaluation of a trial what its study asks for and no engine computes by itself."""

    def __init__(self, choice: MetricChoice, parts: Parts) -> None:
        self._metrics = measured_by_scores(choice)
        self._deciding = choice.metric
        self._parts = parts
        names = parts.names
        self._positive = len(names) - 1 if choice.positive is None else names.index(choice.positive)

    @property
    def takes_outputs(self) -> bool:
        """Whether evaluations must come with the outputs of the network."""
        return bool(self._metrics)

    def complete(self, evaluation: Evaluation) -> Evaluation:
        """The evaluation with every metric."""
        if evaluation.outputs is None:
            return evaluation
        values, items, undefined = dict(evaluation.values), dict(evaluation.items), ""
        parts = [self._scores(evaluation.outputs, part) for part in self._slices()]
        for metric in self._metrics:
            measured = [metric.measure(part) for part in parts]
            values[metric.name] = [np.nan if one.value is None else one.value for one in measured]
            if metric.items:
                of_test = measured[-1].items
                items[metric.name] = np.full(self._parts.sizes[-1], np.nan) if of_test is None else np.asarray(of_test)
            if metric.name == self._deciding:
                undefined = _undefined(metric, [one.undefined for one in measured])
        return replace(evaluation, values=values, items=items, outputs=None, undefined=undefined)

    def _slices(self) -> list[slice]:
        return [slice(a, b) for a, b in pairwise([0, *np.cumsum(self._parts.sizes).tolist()])]

    def _scores(self, outputs: NDArray[Any], part: slice) -> Scores:
        return Scores(self._parts.labels[part], outputs[part], self._parts.names, self._positive)


def measured_by_scores(choice: MetricChoice) -> tuple[Metric, ...]:
    """What takes the outputs of the network, of all that a study asks for."""
    return tuple(metric for metric in choice.all if metric not in ALWAYS)


def _undefined(metric: Metric, reasons: Sequence[str]) -> str:
    """Where and why the metric has no value; empty where it has one on every part."""
    for split, why in zip(SPLITS, reasons, strict=True):
        if why:
            return f"{metric.words} has no value on the {split} part: {why}"
    return ""
