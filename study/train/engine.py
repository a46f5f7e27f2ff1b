"""The seam of the engines: a program trains epochs and evaluates parts; all else about a trial is the same for all.

Two makers of programs: :mod:`study.train.trainer` (Keras, compiled by XLA) and :mod:`study.train.native` (a dense
stack in C). What is recorded, when a run halts, is pruned or has diverged, and what a result holds, is decided here.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from study.machine.host import peak_memory, processor_name
from study.records.metrics import METRICS
from study.records.readings import Patience, watched
from study.records.trials import SPLITS, Configuration, Result, Trial
from study.train.measuring import Measuring, Parts
from study.train.pruner import Pruner
from study.train.recorder import Evaluation, Recorder

VALIDATION = SPLITS.index("validation")


class Program(Protocol):
    """One trial's network on one trial's rows, ready at its start weights."""

    @property
    def most_epochs(self) -> int:
        """How many epochs one call of :meth:`train` may run, at least 1."""

    def train(self, epochs: int) -> None:
        """Train this many epochs, at most :attr:`most_epochs`, each in the next order of the replicate."""

    def evaluate(self) -> Evaluation:
        """Evaluate train, validation and test: accuracy, cross-entropy, what test items are taken for, and the outputs
        where the program has them."""

    def recorded(self, epoch: int, watched: float) -> None:
        """Take note of the validation loss of a record: a schedule may go by it."""

    def weights(self) -> tuple[NDArray[np.float32], ...]:
        """Copies of all weights, in the order of ``keras.Model.get_weights``."""


class Trainer(Protocol):
    """Runs the trials of one study, one at a time. A result never depends on what ran before it."""

    def run(self, trial: Trial, *, keep_weights: bool = False) -> Result:
        """Train, evaluate after every ``evaluate_every`` epochs, and return the result."""


def follow(program: Program, trial: Trial, measuring: Measuring) -> Recorder:
    """Train a program to the end of its trial, or until it halts, is pruned or diverges, and record on the way.

    It ends at once where the metric that decides has no value.
    """
    recorder = Recorder(trial.readings, measuring.kept)
    deciding = METRICS[trial.metrics.metric]
    patience = None if trial.configuration.halt is None else Patience(trial.configuration.halt)
    pruner = Pruner(trial.pruning) if trial.pruning is not None else None
    clock = time.perf_counter()
    done = 0
    for epoch in recorded_epochs(trial.configuration):
        while done < epoch:
            epochs = min(epoch - done, program.most_epochs)
            program.train(epochs)
            done += epochs
        evaluation = measuring.complete(program.evaluate())
        now = time.perf_counter()
        recorder.add(epoch, evaluation, now - clock)
        program.recorded(epoch, recorder.watched)
        clock = now
        if recorder.diverged or recorder.undefined:
            break
        if patience is not None and patience.used_up(epoch, recorder.watched):
            break
        if pruner is not None and pruner.stops(epoch, deciding.turned(evaluation.values[deciding.name][VALIDATION])):
            break
    return recorder


def recorded_epochs(configuration: Configuration) -> list[int]:
    """The epochs to record: every ``evaluate_every``-th one and the last."""
    epochs, every = configuration.epochs, configuration.evaluate_every
    return sorted({*range(every, epochs + 1, every), epochs})


def run_trial(
    program: Program,
    trial: Trial,
    parts: Parts,
    *,
    engine: str,
    started: float,
    tested: NDArray[np.int32] | None = None,
    compile_seconds: float = 0.0,
    keep_weights: bool = False,
) -> Result:
    """The result of a trial that ``engine`` trains; its clock started at ``started``.

    ``parts`` are its labels, ``tested`` (N,) the rows of the test items where replicates test rows of their own.

    A run whose cross-entropy (or RMSE) stops being finite, or in which the metric that decides has no value, ends there
    and comes back as failed. With ``keep_weights`` a finished result brings the weights after its last epoch along.
    """
    recorder = follow(program, trial, Measuring(trial.metrics, parts))
    result = Result(
        trial,
        "finished",
        recorder.trajectory(),
        compile_seconds=compile_seconds,
        train_seconds=time.perf_counter() - started,
        peak_memory=peak_memory(),
        engine=engine,
        cpu=processor_name(),
        tested=tested,
    )
    if recorder.undefined:
        return replace(result, state="failed", reason=recorder.undefined)
    if recorder.diverged:
        epoch = recorder.epochs[-1]
        metric = METRICS[watched(result.trajectory.values)]
        reason = f"diverged: {metric.words} is not finite after epoch {epoch}"
        return replace(result, state="failed", reason=reason, diverged_epoch=epoch)
    return replace(
        result,
        items=recorder.items(),
        predicted=recorder.predicted(parts.test_labels) if parts.names else (),
        class_accuracy=class_accuracy(recorder.last, parts.test_labels, len(parts.names)),
        weights=program.weights() if keep_weights else (),
    )


def class_accuracy(predicted: NDArray[np.void] | None, labels: NDArray[Any], classes: int) -> tuple[float, ...]:
    """Accuracy of each class over test items (N,), NaN for a class without any; empty in a regression."""
    if predicted is None:
        return ()
    items = np.bincount(labels, minlength=classes)
    hits = np.bincount(labels, weights=predicted["label"] == labels, minlength=classes)
    return tuple(np.where(items, hits / np.maximum(items, 1), np.nan).tolist())
