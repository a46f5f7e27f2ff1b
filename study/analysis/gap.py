"""The generalization gap: by how much a metric is better in clean training than on test, at the same reading.

In the metric's records: of accuracy in [-1, 1], which pages print in percentage points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from study.analysis.item_intervals import ItemSums, Sampling, gap_estimate, mean_estimate
from study.records.intervals import Interval, Target
from study.records.metrics import ACCURACY, Metric
from study.records.trials import of_split


@dataclass(frozen=True, slots=True)
class AtReading:
    """The metric on test and the gap of one configuration, had its runs been read at ``reading``, for ``target``."""

    reading: str
    test: Interval
    gap: Interval
    target: Target = "these replicates"

    @classmethod
    def of(
        cls, metric: Metric, measured: ArrayLike, reading: str, items: ItemSums | None, sampling: Sampling
    ) -> AtReading:
        """Both from what was ``measured`` (R, 3), NaN = failed or not run; ``items`` as for :func:`mean_estimate`."""
        values = np.asarray(measured, float)
        train, tested = of_split(values, "train"), of_split(values, "test")
        test = mean_estimate(tested, items, sampling=sampling)
        gap = gap_estimate(train, tested, items, sampling=sampling).interval
        return cls(reading, test.interval, gap if metric.larger_is_better else gap.turned, test.target)


def generalization_gap(values: ArrayLike, metric: Metric = ACCURACY) -> NDArray[np.float64]:
    """By how much train is better than test, of ``values`` (..., 3) in order of SPLITS; NaN where either is."""
    measured = np.asarray(values, float)
    return np.asarray(metric.turned(of_split(measured, "train") - of_split(measured, "test")))
