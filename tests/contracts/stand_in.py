"""A Ray worker without TensorFlow, for tests about its process: reading TensorFlow takes each new one ten seconds."""

from __future__ import annotations

from typing import Any
from unittest import mock

from study.records.trials import Result, Trial
from study.run.executors.ray import RayWorker
from tests.conftest import scripted_result

ENDLESS = 10_000  # epochs
HUGE = 1_000  # hidden units


class StandInTrainer:
    """What takes many epochs never ends, what has many units takes ever more memory; all else is done at once."""

    def run(self, trial: Trial) -> Result:
        """Keep the processor busy, or return."""
        taken = []
        while trial.configuration.epochs >= ENDLESS or sum(trial.configuration.network.hidden) >= HUGE:
            if sum(trial.configuration.network.hidden) >= HUGE and len(taken) < 2_000:
                taken.append(b"\1" * 10**6)
        return scripted_result(trial)


class StandInRayWorker(RayWorker):
    """The real worker with that trainer; Ray finds it by its name, so that each process imports this module."""

    def prepare(self, *arguments: Any) -> tuple[str, str]:
        """Prepare as ever."""
        mock.patch("study.run.executors.worker.trainer_of", lambda *_: StandInTrainer()).start()
        return RayWorker.prepare(self, *arguments)
