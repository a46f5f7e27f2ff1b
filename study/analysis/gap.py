"""The generalization gap: clean train accuracy minus test accuracy at the same reading.

In accuracy, so in [-1, 1]; pages print it in percentage points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from study.analysis.t_intervals import t_interval
from study.records.intervals import Interval
from study.records.metrics import ACCURACY
from study.records.readings import read_metric
from study.records.trials import SPLITS, Trajectory, of_split

_TRAIN, _TEST = SPLITS.index("train"), SPLITS.index("test")


@dataclass(frozen=True, slots=True)
class AtReading:
    """Test accuracy and gap of one configuration, had its runs been read at ``reading``."""

    reading: str
    test: Interval
    gap: Interval


def generalization_gap(accuracy: ArrayLike) -> NDArray[np.float64]:
    """Train minus test accuracy of ``accuracy`` (..., 3) in order of SPLITS; NaN where either is."""
    values = np.asarray(accuracy, float)
    return np.asarray(of_split(values, "train") - of_split(values, "test"))


def gap_interval(accuracy: ArrayLike, confidence: float = 0.95) -> Interval:
    """Mean gap over replicates with its t interval; ``accuracy`` (R, 3), NaN = failed or not run.

    Train and test of one replicate share their weights, so the interval is that of the difference.
    """
    return t_interval(generalization_gap(accuracy), confidence)


def at_readings(
    trajectories: Sequence[Trajectory], readings: Sequence[str], confidence: float = 0.95
) -> tuple[AtReading, ...]:
    """Test accuracy and gap of one cell at each of ``readings``; ``trajectories`` are its R replicates.

    Both, because a gap alone deceives: read early, it is small where test accuracy is still low.
    Raises :class:`~study.errors.SpecError` for an unknown reading.
    """
    found = []
    for reading in readings:
        accuracy = read_metric(trajectories, ACCURACY.name, reading)
        test = t_interval(accuracy[:, _TEST], confidence)
        found.append(AtReading(reading, test, gap_interval(accuracy, confidence)))
    return tuple(found)
