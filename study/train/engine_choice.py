"""Which engine trains a study, and whether it can: one engine a study, because their last bits differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from study.data.dataset import Dataset
from study.data.splits import Sample, draw_sample
from study.design.cells import middle
from study.design.plan import Plan
from study.errors import InputError
from study.records.trials import Configuration
from study.train.native import compiled

if TYPE_CHECKING:
    from study.train.engine import Trainer

WORDS = ("activation", "optimizer")  # hyperparameters of which an engine may not know a value


def check_engine(plan: Plan, dataset: Dataset) -> None:
    """Raise :class:`InputError` where the engine that a study asks for is not there, or cannot train all of it."""
    if plan.spec.engine != "native":
        return
    if not compiled.available():
        raise InputError(
            f'engine = "native" is not built on this machine ({compiled.MISSING}). It needs a C compiler and Python\'s '
            "headers: install them, then install depthgauge once more, or leave engine out."
        )
    for configuration in _shapes(plan):
        if why := compiled.not_covered(configuration, dataset):
            raise InputError(f'engine = "native" cannot train {configuration.label}: {why}. Leave engine out.')


def _shapes(plan: Plan) -> Iterator[Configuration]:
    """The configurations of a study that are known, and for what is searched one for each word it may choose."""
    yield from {trial.configuration: None for trial in plan.trials({}).values()}
    for cell in (cell for panel in plan.panels for cell in panel.searched):
        setting = middle(cell.parameters)
        yield cell.configuration(setting)
        for parameter in cell.parameters:
            if parameter.name in WORDS:
                yield from (cell.configuration({**setting, parameter.name: value}) for value in parameter.values)


def trainer_of(
    engine: str, dataset: Dataset, *, seed: int, validation: float, draw: Callable[..., Sample] = draw_sample
) -> Trainer:
    """A trainer of that engine in this process; TensorFlow is imported for Keras's alone.

    ``draw`` takes the arguments of :func:`~study.data.splits.draw_sample` and may give other rows.
    """
    if engine == "native":
        from study.train.native.native_trainer import NativeTrainer

        return NativeTrainer(dataset, seed=seed, validation=validation, draw=draw)
    from study.train.trainer import KerasTrainer

    return KerasTrainer(dataset, seed=seed, validation=validation, draw=draw)
