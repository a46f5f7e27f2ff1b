"""Readings: where a trajectory is read, as pure functions of what was recorded.

One full training run answers every reading, exactly and paired, because nothing is trained again:

=============  =========================================================================================
``last``       the last recorded epoch
``tail``       mean of the last tenth of the recorded epochs (rounded up), at least three, all where fewer
``best``       the recorded epoch of lowest validation cross-entropy, the first one on ties
``patience=p`` the epoch that ``keras.callbacks.EarlyStopping(monitor="val_loss", patience=p,
               restore_best_weights=True)`` would have restored, had it watched validation cross-entropy
=============  =========================================================================================

In a regression, validation RMSE takes the place of cross-entropy: it is lowest where the mean squared error is.

The rules of ``patience=p``, which agree with Keras 3 wherever Keras is well-defined:

- An epoch improves when its cross-entropy is finite and strictly below the best one so far. On ties the
  first epoch stays the best.
- Training stops after the first recorded epoch that lies ``max(p, 1)`` epochs or more after the best one.
  ``patience=0`` is ``patience=1``: no epoch can lie zero epochs after the best and be worse than it.
- The patience counts epochs of training, not records. Where only every k-th epoch was recorded, an
  improvement can be seen, and training stopped, at recorded epochs alone.
- A value that is not finite never improves anything. Keras keeps a first value of NaN as its best for ever;
  here the first finite value takes its place. As long as there is none, the patience counts from the first
  recorded epoch, so that a run that never gets finite stops where Keras would have stopped it.
- Without any finite value there is nothing to restore: all numbers of the reading are NaN.
- Values are compared as recorded, in float64. Keras compares in float32, which is no difference as long as
  the values were computed in float32.
"""

from __future__ import annotations

import math
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from study.errors import SpecError
from study.records.metrics import FITS, WATCHED, Metric
from study.records.trials import SPLITS, Trajectory

_PATIENCE = re.compile(r"patience=(0|[1-9][0-9]{0,5})", re.ASCII)


class ReadingRule(NamedTuple):
    """A reading taken apart: ``name`` is last, tail, best or patience; ``patience`` in epochs, else None."""

    name: str
    patience: int | None


@dataclass(frozen=True, slots=True)
class Reading:
    """A trajectory, read.

    ``values`` holds (3,) for each metric, in the order of SPLITS, NaN where nothing can be read. ``epoch`` is the epoch
    they belong to, None for ``tail`` (a mean of several) and where nothing can be read. ``stopped_epoch`` is the last
    epoch that early stopping would have trained, None for the other readings and where the patience was never used up.
    """

    values: Mapping[str, NDArray[np.float64]]
    epoch: int | None
    stopped_epoch: int | None = None

    def __getitem__(self, metric: str) -> NDArray[np.float64]:
        """One metric (3,)."""
        return self.values[metric]


def watched(recorded: Container[str]) -> str:
    """What early stopping and the best epoch go by, on validation, of the metrics that are recorded."""
    return next(metric.name for metric in WATCHED if metric.name in recorded)


def fit_metric(recorded: Container[str]) -> Metric:
    """What says how well data are fitted, of the metrics that are recorded."""
    return next(metric for metric in FITS if metric.name in recorded)


def parse_reading(text: str) -> ReadingRule:
    """Take a reading's name apart: ``last``, ``tail``, ``best`` or ``patience=p`` with p from 0 to 999999.

    Raises :class:`~study.errors.SpecError` for anything else.
    """
    if text in ("last", "tail", "best"):
        return ReadingRule(text, None)
    match = _PATIENCE.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise SpecError(
            "a reading is 'last', 'tail', 'best' or 'patience=p' with a whole number p from 0 to 999999, "
            f'but {text!r} arrived; write for example reading = "patience=5"'
        )
    return ReadingRule("patience", int(match[1]))


def read(trajectory: Trajectory, reading: str) -> Reading:
    """Read a trajectory at ``reading``; see the module's text for what each one means.

    An empty trajectory gives NaN. Raises :class:`~study.errors.SpecError` for an unknown reading.
    """
    rule = parse_reading(reading)
    recorded = len(trajectory)
    if recorded == 0:
        return _nothing(trajectory)
    if rule.name == "last":
        return _row(trajectory, recorded - 1)
    if rule.name == "tail":
        rows = tail_records(recorded)
        return Reading({metric: values[-rows:].mean(axis=0) for metric, values in trajectory.values.items()}, None)
    validation = trajectory.column(watched(trajectory.values), "validation")
    if rule.patience is None:
        return _row(trajectory, best_row(validation))
    stop = halts_at(validation, trajectory.epochs, rule.patience)
    seen = validation if stop is None else validation[trajectory.epochs <= stop]
    return _row(trajectory, best_row(seen), stop)


def read_metric(trajectories: Sequence[Trajectory], metric: str, reading: str) -> NDArray[np.float64]:
    """One metric (R, 3) of R trajectories at ``reading``: that of :func:`read` for each of them.

    Those of one configuration mostly have as many records, and are then read together, in a tenth of the time.
    """
    rule = parse_reading(reading)
    records = {len(trajectory) for trajectory in trajectories}
    if rule.patience is not None or len(records) != 1 or records == {0}:
        return np.array([read(t, reading)[metric] for t in trajectories]).reshape(-1, len(SPLITS))
    if rule.name == "last":
        return np.array([t[metric][-1] for t in trajectories])
    if rule.name == "tail":
        rows = tail_records(records.pop())
        return np.asarray(np.mean([t[metric][-rows:] for t in trajectories], axis=1))
    validation = np.array([t.column(watched(t.values), "validation") for t in trajectories])
    finite = np.isfinite(validation)
    best = np.argmin(np.where(finite, validation, np.inf), axis=1)
    values = np.array([t[metric][row] for t, row in zip(trajectories, best, strict=True)])
    values[~finite.any(axis=1)] = np.nan
    return values


def best_row(cross_entropy: ArrayLike) -> int | None:
    """Index of the lowest finite value of ``cross_entropy`` (E,), the first on ties; None without any."""
    values = np.asarray(cross_entropy, float)
    finite = np.isfinite(values)
    if not finite.any():
        return None
    return int(np.argmin(np.where(finite, values, np.inf)))


def halts_at(cross_entropy: ArrayLike, epochs: ArrayLike, patience: int) -> int | None:
    """The epoch after which early stopping ends the run, None while the patience is not used up.

    ``cross_entropy`` and ``epochs`` (E,) are the validation records so far, in order. A later record never
    changes an answer that is not None.
    """
    left = Patience(patience)
    for value, epoch in zip(np.asarray(cross_entropy, float), np.asarray(epochs, int), strict=True):
        if left.used_up(int(epoch), float(value)):
            return int(epoch)
    return None


class Patience:
    """Early stopping record by record, for whoever trains: what it is told is what :func:`halts_at` is given at once.

    If a trainer keeps the records up to the first epoch at which the patience is used up, reading ``patience=p`` gives
    the same on them as on a full run.
    """

    def __init__(self, epochs: int) -> None:
        self._epochs = max(epochs, 1)
        self._best, self._best_epoch = math.inf, -1

    def used_up(self, epoch: int, value: float) -> bool:
        """Whether the run ends after this record: its epoch, and validation cross-entropy."""
        if self._best_epoch < 0:
            self._best_epoch = epoch
        if math.isfinite(value) and value < self._best:
            self._best, self._best_epoch = value, epoch
            return False
        return epoch - self._best_epoch >= self._epochs


def tail_records(recorded: int) -> int:
    """How many of ``recorded`` records the tail holds; all where that is more."""
    return max(3, -(-recorded // 10))


def _row(trajectory: Trajectory, row: int | None, stopped_epoch: int | None = None) -> Reading:
    if row is None:
        return _nothing(trajectory, stopped_epoch)
    values = {metric: records[row].copy() for metric, records in trajectory.values.items()}
    return Reading(values, int(trajectory.epochs[row]), stopped_epoch)


def _nothing(trajectory: Trajectory, stopped_epoch: int | None = None) -> Reading:
    return Reading({metric: np.full(len(SPLITS), np.nan) for metric in trajectory.values}, None, stopped_epoch)
