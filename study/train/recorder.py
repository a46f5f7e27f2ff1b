"""What a trial records while it trains: every metric of every part after each recorded epoch, and the test items."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from study.records.metrics import ACCURACY
from study.records.readings import Patience, parse_reading, tail_records, watched
from study.records.trials import SPLITS, ItemValues, Trajectory


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One clean evaluation: inference mode, the weights as they stand, no penalty.

    ``values`` holds those of train, validation and test for each metric of the task; ``right`` (N,) bool says which
    test items are classified correctly.
    """

    values: Mapping[str, Sequence[float]]
    right: NDArray[np.bool_]


class AnswerKeeper(Protocol):
    """Which test items were right where a run is read, record by record: no more is kept than a later one may need."""

    def add(self, epoch: int, watched: float, right: NDArray[np.bool_]) -> None:
        """Take the next record: its epoch, validation cross-entropy, and which items (N,) were right."""

    def values(self) -> NDArray[np.bool_] | NDArray[np.float64]:
        """Right or wrong (N,), or in which share of the records an item was right, if the run ended here."""


class LastKeeper:
    """Those of the last record."""

    def __init__(self) -> None:
        self._right = np.zeros(0, bool)

    def add(self, epoch: int, watched: float, right: NDArray[np.bool_]) -> None:
        """Keep these instead."""
        self._right = right

    def values(self) -> NDArray[np.bool_]:
        """Right or wrong (N,)."""
        return self._right


class BestKeeper:
    """Those of the record with the lowest validation cross-entropy, until a patience is used up, where there is one."""

    def __init__(self, patience: int | None = None) -> None:
        self._patience = None if patience is None else Patience(patience)
        self._lowest, self._right = math.inf, np.zeros(0, bool)
        self._stopped = False

    def add(self, epoch: int, watched: float, right: NDArray[np.bool_]) -> None:
        """Keep these instead if they belong to a lower cross-entropy."""
        if self._stopped:
            return
        if watched < self._lowest:
            self._lowest, self._right = watched, right
        self._stopped = self._patience is not None and self._patience.used_up(epoch, watched)

    def values(self) -> NDArray[np.bool_]:
        """Right or wrong (N,)."""
        return self._right


class TailKeeper:
    """In which share of the last records each item was right.

    The tail never begins earlier because a run went on, so that what has left it can go: a tenth of the records is
    kept, a bit an item (0.5 MB for 4,000 records of 10,000 items).
    """

    def __init__(self) -> None:
        self._records = self._items = 0
        self._packed: deque[NDArray[np.uint8]] = deque()

    def add(self, epoch: int, watched: float, right: NDArray[np.bool_]) -> None:
        """Append these, and let go what is no longer in the tail."""
        self._items = len(right)
        self._records += 1
        self._packed.append(np.packbits(right))
        while len(self._packed) > tail_records(self._records):
            self._packed.popleft()

    def values(self) -> NDArray[np.float64]:
        """Shares (N,) in [0, 1]."""
        times = np.zeros(self._items)
        for packed in self._packed:
            times += np.unpackbits(packed, count=self._items)
        return times / len(self._packed)


def keeper_of(reading: str) -> AnswerKeeper:
    """What keeps the answers of one reading. Raises :class:`~study.errors.SpecError` for an unknown one."""
    rule = parse_reading(reading)
    if rule.name == "last":
        return LastKeeper()
    return TailKeeper() if rule.name == "tail" else BestKeeper(rule.patience)


class Recorder:
    """Collects one trial's evaluations, epoch by epoch; test items at ``last``, ``best`` and the other ``readings``."""

    def __init__(self, readings: Sequence[str] = ()) -> None:
        self.epochs: list[int] = []
        self.values: dict[str, list[Sequence[float]]] = {}
        self.seconds: list[float] = []
        self.last: NDArray[np.bool_] = np.zeros(0, bool)
        self._keepers = {reading: keeper_of(reading) for reading in ("last", "best", *readings)}

    def add(self, epoch: int, evaluation: Evaluation, seconds: float) -> None:
        """Record one evaluation, and the time since the one before."""
        self.epochs.append(epoch)
        for metric, row in evaluation.values.items():
            self.values.setdefault(metric, []).append(row)
        self.seconds.append(seconds)
        self.last = evaluation.right
        for keeper in self._keepers.values():
            keeper.add(epoch, self.watched, evaluation.right)

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
        """How right each test item was at each reading, if the run ended here."""
        return tuple(ItemValues.of(ACCURACY, reading, one.values()) for reading, one in self._keepers.items())
