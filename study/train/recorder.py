"""What a trial records while it trains: every metric of every part after each recorded epoch, and the test items."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from study.records.metrics import ACCURACY, CROSS_ENTROPY
from study.records.readings import WATCHED
from study.records.trials import SPLITS, ItemValues, Trajectory

VALIDATION, TEST = SPLITS.index("validation"), SPLITS.index("test")


@dataclass
class Recorder:
    """Collects one trial's records, epoch by epoch. ``sizes`` are the rows of train, validation and test."""

    sizes: tuple[int, int, int]
    epochs: list[int] = field(default_factory=list)
    values: dict[str, list[list[float]]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    lowest: float = math.inf  # of what early stopping goes by
    last: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    best: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))

    def add(self, epoch: int, correct: NDArray[np.bool_], losses: NDArray[np.float32], seconds: float) -> None:
        """Record one clean evaluation of all rows, in the order of the parts; what stands behind them is filling."""
        bounds = np.cumsum((0, *self.sizes))
        parts = [slice(a, b) for a, b in pairwise(bounds)]
        self.epochs.append(epoch)
        self._append(ACCURACY.name, [float(correct[part].mean()) for part in parts])
        self._append(CROSS_ENTROPY.name, [float(losses[part].mean(dtype=np.float64)) for part in parts])
        self.seconds.append(seconds)
        self.last = correct[parts[TEST]]
        if self.watched < self.lowest:
            self.lowest, self.best = self.watched, self.last

    def _append(self, metric: str, row: list[float]) -> None:
        self.values.setdefault(metric, []).append(row)

    @property
    def watched(self) -> float:
        """What early stopping goes by: the last validation cross-entropy."""
        return self.values[WATCHED][-1][VALIDATION]

    @property
    def diverged(self) -> bool:
        """Whether the last cross-entropies are not all numbers any more."""
        return not np.isfinite(self.values[CROSS_ENTROPY.name][-1]).all()

    def trajectory(self) -> Trajectory:
        """Everything recorded so far."""
        values = {metric: np.array(rows) for metric, rows in self.values.items()}
        return Trajectory(np.array(self.epochs, np.int64), values, np.array(self.seconds))

    def items(self) -> tuple[ItemValues, ...]:
        """Which test items were right after the last epoch, and after the best one on validation."""
        return (ItemValues.of(ACCURACY, "last", self.last), ItemValues.of(ACCURACY, "best", self.best))

    def class_accuracy(self, labels: NDArray[np.int32], classes: int) -> tuple[float, ...]:
        """Test accuracy of each class at the last record, by the ``labels`` (N,) of the test rows; NaN without any."""
        items = np.bincount(labels, minlength=classes)
        hits = np.bincount(labels, weights=self.last, minlength=classes)
        return tuple(np.where(items, hits / np.maximum(items, 1), np.nan).tolist())
