"""A stand-in for the trainer, so that a study of two dozen trials takes a second: the only piece that is not real.

Command line, coordinator, agenda, searches, lease, store, pebble's worker processes or Ray's actors are the program's.
A trial sleeps for some milliseconds, and its result follows from the trial alone, as the real trainer's does. Two
things are left out besides, to save seconds: the drawing of the HTML page, which comes after all that is tried here,
and the question whether a Ray cluster answers, which comes before.
"""

from __future__ import annotations

import time
from multiprocessing.context import ForkServerContext
from typing import Any
from unittest import mock

import numpy as np

from study.records.metrics import ACCURACY
from study.records.trials import SPLITS, ItemValues, Result, Trajectory, Trial
from study.run.executors.worker import start as start_worker

TEST_ITEMS, CLASSES = 360, 10  # those of the digits


class ScriptedTrainer:
    """Deeper is worse, a learning rate of 0.003 is best, and replicates differ."""

    def run(self, trial: Trial) -> Result:
        """Take 5 to 60 ms; the result is that of the trial whenever and wherever it runs."""
        configuration, began = trial.configuration, time.perf_counter()
        rng = np.random.default_rng([int(configuration.key, 16), trial.replicate])
        time.sleep(rng.uniform(0.005, 0.06))
        epochs = np.arange(1, configuration.epochs + 1)
        level = 0.95 - 0.02 * configuration.network.depth - 0.03 * abs(np.log10(configuration.learning_rate / 0.003))
        held_out = level + rng.normal(0, 0.004, (len(epochs), 1))
        accuracy = np.hstack([np.ones_like(held_out), held_out, held_out - 0.01])
        assert accuracy.shape[1] == len(SPLITS)
        right = rng.random((2, TEST_ITEMS)) < level
        seconds = time.perf_counter() - began
        return Result(
            trial,
            "finished",
            Trajectory(
                epochs,
                {"accuracy": accuracy, "cross_entropy": 1 - accuracy},
                np.full(len(epochs), seconds / len(epochs)),
            ),
            items=tuple(
                ItemValues.of(ACCURACY, one, right[int(one == "best")])
                for one in dict.fromkeys(("last", "best", *trial.readings))
            ),
            class_accuracy=tuple(rng.uniform(0.8, 1, CLASSES).tolist()),
            train_seconds=seconds,
            peak_memory=10**8,
        )


def make_trainer(*_: Any) -> Any:
    """In place of :func:`study.run.executors.worker.make_trainer` and ``trainer_of``."""
    return ScriptedTrainer()


def start(*arguments: Any) -> None:
    """How a worker process of this machine starts: as ever, but for the trainer."""
    mock.patch("study.run.executors.worker.make_trainer", make_trainer).start()
    start_worker(*arguments)


def install(executor: str) -> None:
    """Have the coordinator that this process becomes start workers with the scripted trainer."""
    mock.patch("reports.write.report_files.write_report", lambda findings, path: path).start()
    if executor == "ray":
        from tests.crash.scripted_ray import ScriptedRayWorker

        mock.patch("study.run.executors.ray.RayWorker", ScriptedRayWorker).start()
        mock.patch("study.run.executors.ray_cluster._check_answers").start()  # a Python that starts: 3 s a run
        return
    mock.patch("study.run.executors.worker.start", start).start()
    preload = ForkServerContext.set_forkserver_preload

    def without_tensorflow(context: ForkServerContext, modules: list[str]) -> None:
        preload(context, ["tests.crash.scripted"])

    mock.patch.object(ForkServerContext, "set_forkserver_preload", without_tensorflow).start()
