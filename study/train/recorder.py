"""What a trial records while it trains: every metric of every part after each recorded epoch, and the test items."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from study.records.metrics import ACCURACY, Metric
from study.records.predicted_classes import PREDICTED, PredictedClasses
from study.records.readings import Patience, parse_reading, tail_records, watched
from study.records.trials import SPLITS, ItemValues, Trajectory

Items = NDArray[np.bool_] | NDArray[np.floating[Any]] | NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One clean evaluation: inference mode, the weights as they stand, no penalty.

    ``values`` holds those of train, validation and test for each metric that is measured, NaN where it has none;
    ``items`` (N,) what each test item came to: right or wrong as bool, else floats. ``outputs`` (P, K) are the logits,
    or predictions, of all rows, where they were asked for. ``predicted`` (N,) is the class that each test item is taken
    for, as :data:`~study.records.predicted_classes.PREDICTED`; None in a regression. ``undefined`` says why the metric
    that decides has no value on one of the parts, where it has none.
    """

    values: Mapping[str, Sequence[float]]
    items: Mapping[str, Items]
    outputs: NDArray[np.float32] | None = None
    predicted: NDArray[np.void] | None = None
    undefined: str = ""


class ItemKeeper(Protocol):
    """What test items came to where a run is read, record by record: no more is kept than a later one may need."""

    def add(self, epoch: int, watched: float, items: Items) -> None:
        """Take the next record: its epoch, validation cross-entropy, and what each item (N,) came to."""

    def values(self) -> Items:
        """What each item (N,) came to, or its mean over the records that are read, if the run ended here."""


class LastKeeper:
    """Those of the last record."""

    def __init__(self) -> None:
        self._items: Items = np.zeros(0, bool)

    def add(self, epoch: int, watched: float, items: Items) -> None:
        """Keep these instead."""
        self._items = items

    def values(self) -> Items:
        """What each item (N,) came to."""
        return self._items


class BestKeeper:
    """Those of the record with the lowest validation cross-entropy, until a patience is used up, where there is one."""

    def __init__(self, patience: int | None = None) -> None:
        self._patience = None if patience is None else Patience(patience)
        self._lowest = math.inf
        self._items: Items = np.zeros(0, bool)
        self._stopped = False

    def add(self, epoch: int, watched: float, items: Items) -> None:
        """Keep these instead if they belong to a lower cross-entropy."""
        if self._stopped:
            return
        if watched < self._lowest:
            self._lowest, self._items = watched, items
        self._stopped = self._patience is not None and self._patience.used_up(epoch, watched)

    def values(self) -> Items:
        """What each item (N,) came to."""
        return self._items


class TailKeeper:
    """Means over the last records; of items that are right or wrong, in which share of them each was right.

    The tail never begins earlier because a run went on, so that what has left it can go: a tenth of the records is
    kept, a bit an item that is right or wrong (0.5 MB for 4,000 records of 10,000 items), else a float32 (16 MB).
    """

    def __init__(self) -> None:
        self._records = self._number = 0
        self._kept: deque[NDArray[Any]] = deque()

    def add(self, epoch: int, watched: float, items: Items) -> None:
        """Append these, and let go what is no longer in the tail."""
        self._number = len(items)
        self._records += 1
        self._kept.append(np.packbits(items.astype(bool)) if items.dtype == bool else items.astype(np.float32))
        while len(self._kept) > tail_records(self._records):
            self._kept.popleft()

    def values(self) -> NDArray[np.float64]:
        """Means (N,)."""
        sums = np.zeros(self._number)
        for kept in self._kept:
            sums += np.unpackbits(kept, count=self._number) if kept.dtype == np.uint8 else kept
        return sums / len(self._kept)


def keeper_of(reading: str) -> ItemKeeper:
    """What keeps the items of one reading. Raises :class:`~study.errors.SpecError` for an unknown one."""
    rule = parse_reading(reading)
    if rule.name == "last":
        return LastKeeper()
    return TailKeeper() if rule.name == "tail" else BestKeeper(rule.patience)


class Recorder:
    """Collects one trial's evaluations, epoch by epoch.

    What test items came to in each of ``metrics`` is kept at ``last``, ``best`` and the other ``readings``; what they
    were taken for at these alone.
    """

    def __init__(self, readings: Sequence[str] = (), metrics: Sequence[Metric] = (ACCURACY,)) -> None:
        self.epochs: list[int] = []
        self.values: dict[str, list[Sequence[float]]] = {}
        self.seconds: list[float] = []
        self.last: NDArray[np.void] | None = None  # what the test items were taken for
        self.undefined = ""
        self._keepers = {(m, reading): keeper_of(reading) for m in metrics for reading in ("last", "best", *readings)}
        self._predicted = {one: LastKeeper() if one == "tail" else keeper_of(one) for one in readings}

    def add(self, epoch: int, evaluation: Evaluation, seconds: float) -> None:
        """Record one evaluation, and the time since the one before."""
        self.epochs.append(epoch)
        for name, row in evaluation.values.items():
            self.values.setdefault(name, []).append(row)
        self.seconds.append(seconds)
        self.last, self.undefined = evaluation.predicted, evaluation.undefined
        for (metric, _), keeper in self._keepers.items():
            keeper.add(epoch, self.watched, evaluation.items[metric.name])
        if evaluation.predicted is not None:
            for kept in self._predicted.values():
                kept.add(epoch, self.watched, evaluation.predicted)

    @property
    def watched(self) -> float:
        """What early stopping goes by: the last validation cross-entropy, or RMSE."""
        return self.values[watched(self.values)][-1][SPLITS.index("validation")]

    @property
    def diverged(self) -> bool:
        """Whether what early stopping goes by is not a number on every part any more."""
        return not np.isfinite(self.values[watched(self.values)][-1]).all()

    def trajectory(self) -> Trajectory:
        """Everything recorded so far."""
        values = {metric: np.array(rows, float) for metric, rows in self.values.items()}
        return Trajectory(np.array(self.epochs, np.int64), values, np.array(self.seconds))

    def items(self) -> tuple[ItemValues, ...]:
        """What each test item came to at each reading, if the run ended here; nothing where a metric has no value."""
        found = [(metric, reading, keeper.values()) for (metric, reading), keeper in self._keepers.items()]
        return tuple(ItemValues.of(*one) for one in found if np.isfinite(one[2]).all())

    def predicted(self, labels: NDArray[np.int32]) -> tuple[PredictedClasses, ...]:
        """What the test items, of these ``labels`` (N,), were taken for at each reading; nothing in a regression."""
        kept = ((reading, keeper.values()) for reading, keeper in self._predicted.items())
        return tuple(
            PredictedClasses.of(reading, labels, np.asarray(one, PREDICTED))
            for reading, one in kept
            if one.dtype == PREDICTED
        )
