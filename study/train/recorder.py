"""What a trial records while it trains: every metric of every part after each recorded epoch, and the test items."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from study.records.metrics import ACCURACY, CROSS_ENTROPY
from study.records.readings import WATCHED
from study.records.trials import SPLITS, ItemValues, Trajectory


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One clean evaluation: inference mode, the weights as they stand, no penalty.

    ``values`` holds those of train, validation and test for each metric of the task; ``right`` (N,) bool says which
    test items are classified correctly.
    """

    values: Mapping[str, Sequence[float]]
    right: NDArray[np.bool_]


@dataclass
class Recorder:
    """Collects one trial's evaluations, epoch by epoch."""

    epochs: list[int] = field(default_factory=list)
    values: dict[str, list[Sequence[float]]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    lowest: float = math.inf  # of what early stopping goes by
    last: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    best: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))

    def add(self, epoch: int, evaluation: Evaluation, seconds: float) -> None:
        """Record one evaluation, and the time since the one before."""
        self.epochs.append(epoch)
        for metric, row in evaluation.values.items():
            self.values.setdefault(metric, []).append(row)
        self.seconds.append(seconds)
        self.last = evaluation.right
        if self.watched < self.lowest:
            self.lowest, self.best = self.watched, self.last

    @property
    def watched(self) -> float:
        """What early stopping goes by: the last validation cross-entropy."""
        return self.values[WATCHED][-1][SPLITS.index("validation")]

    @property
    def diverged(self) -> bool:
        """Whether the last cross-entropies are not all numbers any more."""
        return not np.isfinite(self.values[CROSS_ENTROPY.name][-1]).all()

    def trajectory(self) -> Trajectory:
        """Everything recorded so far."""
        values = {metric: np.array(rows, float) for metric, rows in self.values.items()}
        return Trajectory(np.array(self.epochs, np.int64), values, np.array(self.seconds))

    def items(self) -> tuple[ItemValues, ...]:
        """Which test items were right after the last epoch, and after the best one on validation."""
        return (ItemValues.of(ACCURACY, "last", self.last), ItemValues.of(ACCURACY, "best", self.best))
