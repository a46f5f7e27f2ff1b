"""The scripted trainer on a Ray cluster."""

from __future__ import annotations

from typing import Any
from unittest import mock

from study.run.executors.ray import RayWorker
from tests.crash.scripted import make_trainer


class ScriptedRayWorker(RayWorker):
    """The real worker with another trainer; Ray finds it by its name, so that each process imports this module."""

    def prepare(self, *arguments: Any, **named: Any) -> tuple[str, str]:
        """Prepare as ever."""
        mock.patch("study.run.executors.worker.trainer_of", make_trainer).start()
        return RayWorker.prepare(self, *arguments, **named)
