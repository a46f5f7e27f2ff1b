"""What runs inside the process of the reference models: the data, read once, and one model after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.errors import DataError
from study.records.reference_runs import ReferenceRun, ReferenceTask
from study.records.sources import DataSource
from study.records.trials import MetricChoice
from study.run.executors.worker import attend

if TYPE_CHECKING:
    from study.data.dataset import Dataset

_dataset: Dataset | DataError  # or why it cannot be read


def start(source: DataSource | str, scratch: str, coordinator: int) -> None:
    """Prepare this process: tie it to its coordinator, and read the data."""
    from study.data.loading import load_dataset

    global _dataset
    attend(scratch, coordinator)
    try:
        _dataset = load_dataset(source)
    except DataError as error:  # the coordinator could read them: they have gone or changed since
        _dataset = error


def run(task: ReferenceTask, seed: int, validation: float, metrics: MetricChoice) -> ReferenceRun:
    """Train one model."""
    from study.train.reference_models import run_reference

    if isinstance(_dataset, DataError):
        return ReferenceRun(task, reason=str(_dataset))
    return run_reference(_dataset, task, seed=seed, validation=validation, metrics=metrics)
