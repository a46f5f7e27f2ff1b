"""The seam of the engines: a program trains epochs and evaluates parts; all else about a trial is the same for all.

Two makers of programs: :mod:`study.train.trainer` (Keras, compiled by XLA) and :mod:`study.train.native` (a dense
stack in C). What is recorded, when a run halts, is pruned or has diverged, and what a result holds, is decided here.
"""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from study.records.trials import SPLITS, Configuration, Result, Trajectory, Trial
from study.train.pruner import Pruner

VALIDATION = SPLITS.index("validation")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One clean evaluation: inference mode, the weights as they stand, no penalty.

    ``accuracy`` and ``cross_entropy`` are those of train, validation and test; ``right`` (N,) bool says which test
    items are classified correctly.
    """

    accuracy: tuple[float, float, float]
    cross_entropy: tuple[float, float, float]
    right: NDArray[np.bool_]


class Program(Protocol):
    """One trial's network on one trial's rows, ready at its start weights."""

    @property
    def most_epochs(self) -> int:
        """How many epochs one call of :meth:`train` may run, at least 1."""

    def train(self, epochs: int) -> None:
        """Train this many epochs, at most :attr:`most_epochs`, each in the next order of the replicate."""

    def evaluate(self) -> Evaluation:
        """Evaluate train, validation and test."""

    def weights(self) -> tuple[NDArray[np.float32], ...]:
        """Copies of all weights, in the order of ``keras.Model.get_weights``."""


class Trainer(Protocol):
    """Runs the trials of one study, one at a time. A result never depends on what ran before it."""

    def run(self, trial: Trial, *, keep_weights: bool = False) -> Result:
        """Train, evaluate after every ``evaluate_every`` epochs, and return the result."""


class Halting:
    """Early stopping record by record: what :func:`study.records.readings.halts_at` says of all records so far.

    Asking that at every record would take time that grows with the square of the epochs, and so would asking
    :func:`study.records.readings.best_row`.
    """

    def __init__(self, patience: int | None) -> None:
        """``patience`` is in epochs; None never stops."""
        self._patience = patience
        self._best = np.inf
        self._best_epoch: int | None = None
        self.stopped = False
        self.improved = False  # whether the last record is the best one

    def add(self, epoch: int, validation: float) -> None:
        """Take in the validation cross-entropy of a recorded epoch."""
        if self._best_epoch is None:
            self._best_epoch = epoch
        self.improved = bool(np.isfinite(validation) and validation < self._best)
        if self.improved:
            self._best, self._best_epoch = validation, epoch
        elif self._patience is not None and epoch - self._best_epoch >= max(self._patience, 1):
            self.stopped = True


@dataclass
class Recorder:
    """Collects one trial's records, epoch by epoch."""

    halting: Halting
    epochs: list[int] = field(default_factory=list)
    accuracy: list[tuple[float, ...]] = field(default_factory=list)
    cross_entropy: list[tuple[float, ...]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    last: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    best: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))

    def add(self, epoch: int, evaluation: Evaluation, seconds: float) -> None:
        """Record one evaluation."""
        self.epochs.append(epoch)
        self.accuracy.append(evaluation.accuracy)
        self.cross_entropy.append(evaluation.cross_entropy)
        self.seconds.append(seconds)
        self.last = evaluation.right
        self.halting.add(epoch, evaluation.cross_entropy[VALIDATION])
        if self.halting.improved:
            self.best = self.last

    @property
    def diverged(self) -> bool:
        """Whether the last cross-entropies are not all numbers any more."""
        return not np.isfinite(self.cross_entropy[-1]).all()

    def trajectory(self) -> Trajectory:
        """Everything recorded so far."""
        return Trajectory(
            np.array(self.epochs, np.int64),
            np.array(self.accuracy),
            np.array(self.cross_entropy),
            np.array(self.seconds),
        )


def follow(program: Program, trial: Trial) -> Recorder:
    """Train a program to the end of its trial, or until it halts, is pruned or diverges, and record on the way."""
    recorder = Recorder(Halting(trial.configuration.halt))
    pruner = Pruner(trial.pruning) if trial.pruning is not None else None
    clock = time.perf_counter()
    done = 0
    for epoch in recorded_epochs(trial.configuration):
        while done < epoch:
            epochs = min(epoch - done, program.most_epochs)
            program.train(epochs)
            done += epochs
        evaluation = program.evaluate()
        now = time.perf_counter()
        recorder.add(epoch, evaluation, now - clock)
        clock = now
        if recorder.diverged or recorder.halting.stopped:
            break
        if pruner is not None and pruner.stops(epoch, recorder.accuracy[-1][VALIDATION]):
            break
    return recorder


def recorded_epochs(configuration: Configuration) -> list[int]:
    """The epochs to record: every ``evaluate_every``-th one and the last."""
    epochs, every = configuration.epochs, configuration.evaluate_every
    return sorted({*range(every, epochs + 1, every), epochs})


def run_trial(
    program: Program,
    trial: Trial,
    labels: NDArray[np.int32],
    classes: int,
    *,
    started: float,
    compile_seconds: float = 0.0,
    keep_weights: bool = False,
) -> Result:
    """The result of a trial: ``labels`` (N,) are those of the test items, ``started`` when its clock started.

    A run whose cross-entropy stops being finite ends there and comes back as failed. With ``keep_weights`` a
    finished result brings the weights after its last epoch along.
    """
    recorder = follow(program, trial)
    result = Result(
        trial,
        "finished",
        recorder.trajectory(),
        compile_seconds=compile_seconds,
        train_seconds=time.perf_counter() - started,
        peak_memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )
    if recorder.diverged:
        epoch = recorder.epochs[-1]
        reason = f"diverged: cross-entropy is not finite after epoch {epoch}"
        return replace(result, state="failed", reason=reason, diverged_epoch=epoch)
    return replace(
        result,
        correct_last=np.packbits(recorder.last).tobytes(),
        correct_best=np.packbits(recorder.best).tobytes(),
        class_accuracy=class_accuracy(recorder.last, labels, classes),
        weights=program.weights() if keep_weights else (),
    )


def class_accuracy(right: NDArray[np.bool_], labels: NDArray[np.int32], classes: int) -> tuple[float, ...]:
    """Accuracy of each class over test items (N,), NaN for a class without any."""
    items = np.bincount(labels, minlength=classes)
    hits = np.bincount(labels, weights=right, minlength=classes)
    return tuple(np.where(items, hits / np.maximum(items, 1), np.nan).tolist())
