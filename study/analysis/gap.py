"""The generalization gap: clean train accuracy minus test accuracy at the same reading.

In accuracy, so in [-1, 1]; pages print it in percentage points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from study.analysis.item_intervals import ItemSums, Sampling, gap_estimate, mean_estimate
from study.records.intervals import Interval, Target
from study.records.trials import of_split


@dataclass(frozen=True, slots=True)
class AtReading:
    """Test accuracy and gap of one configuration, had its runs been read at ``reading``; intervals of ``target``."""

    reading: str
    test: Interval
    gap: Interval
    target: Target = "these replicates"

    @classmethod
    def of(cls, accuracy: ArrayLike, reading: str, items: ItemSums | None, sampling: Sampling) -> AtReading:
        """Both from ``accuracy`` (R, 3), NaN = failed or not run; ``items`` as for :func:`mean_estimate`."""
        values = np.asarray(accuracy, float)
        train, tested = of_split(values, "train"), of_split(values, "test")
        test = mean_estimate(tested, items, sampling=sampling)
        gap = gap_estimate(train, tested, items, sampling=sampling)
        return cls(reading, test.interval, gap.interval, test.target)


def generalization_gap(accuracy: ArrayLike) -> NDArray[np.float64]:
    """Train minus test accuracy of ``accuracy`` (..., 3) in order of SPLITS; NaN where either is."""
    values = np.asarray(accuracy, float)
    return np.asarray(of_split(values, "train") - of_split(values, "test"))
