"""Training in the process of the tests, where worker processes are not what is tried."""

from __future__ import annotations

from typing import Any

from study.design.own_model import ModelSpec
from study.records.sources import DataSource
from study.run.executors.inprocess import InProcessExecutor
from study.run.executors.worker import make_trainer


class TrainingExecutor(InProcessExecutor):
    """Stands for worker processes, which take a second to start: trains in this one."""

    def __init__(
        self, source: DataSource, *, seed: int, validation: float, engine: str, model: ModelSpec | None = None, **_: Any
    ) -> None:
        super().__init__(make_trainer(source, seed, validation, engine, model).run)
