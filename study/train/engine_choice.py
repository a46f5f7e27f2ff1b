"""Which engine trains a study, and whether it can: one engine a study, because their last bits differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from study.data.dataset import Dataset
from study.data.splits import Sample, draw_sample
from study.design.cells import middle
from study.design.own_model import ModelSpec
from study.design.plan import Plan
from study.design.setting_words import SWITCH, title
from study.errors import InputError
from study.records.networks import OwnModel
from study.records.trials import Configuration
from study.train.native import compiled

if TYPE_CHECKING:
    from study.train.engine import Trainer

WORDS = ("activation", "optimizer")  # hyperparameters of which an engine may not know a value


def settle_engine(
    plan: Plan, dataset: Dataset, begun: str | None = None, *, look: Callable[[Plan], Plan] | None = None
) -> tuple[Plan, str]:
    """The plan with the engine that trains it in place of ``"auto"``, and why it is not the native one, in words.

    That is the one that the study was ``begun`` with, else the native one where it is fast here and trains every
    configuration, else Keras's. Of the user's own code it must be known what it builds for all settings: ``look`` gives
    the plan with what is not known yet.
    Raises :class:`InputError` where an engine that is asked for, or was begun with, is not there or cannot train all of
    it.
    """
    engine = begun if plan.spec.engine == "auto" and begun else plan.spec.engine
    if engine != "keras" and look is not None and compiled.available() and _may_be_stacks(plan):
        plan = look(plan)
    obstacle = "" if engine == "keras" else _obstacle(plan, dataset)
    if engine == "native" and obstacle:
        raise InputError(f'engine = "native" {obstacle}. {_remedy(begun)}')
    if engine == "auto" and not obstacle and not compiled.fast():
        obstacle = "has nothing faster than portable C for this processor"
    settled = "keras" if obstacle else "native" if engine == "auto" else engine
    why = f"the native engine {obstacle}" if engine == "auto" and obstacle else ""
    return replace(plan, spec=plan.spec.model_copy(update={"engine": settled})), why


def _obstacle(plan: Plan, dataset: Dataset) -> str:
    """What keeps the native engine from training all of a study on this machine, in words; empty where nothing does."""
    if not compiled.available():
        return f"is not built on this machine ({compiled.MISSING})"
    model = plan.spec.model
    if model is not None and (why := _no_stacks(plan, model)):
        return why
    for parameter in (one for panel in plan.panels for cell in panel.searched for one in cell.parameters):
        if (name := parameter.name.removesuffix(SWITCH)) in (*compiled.OF_LAYERS, *compiled.OF_TRAINING):
            return f"cannot train all that a search may choose: it has no choice of {title(name)}"
    for configuration in shapes(plan):
        stack = configuration if model is None else model.stacked(configuration)
        if why := compiled.not_covered(stack or configuration, dataset):
            return f"cannot train {configuration.label}: {why}"
    return ""


def _no_stacks(plan: Plan, model: ModelSpec) -> str:
    """Why the user's own code is not known to build dense stacks alone, in words; empty where it is."""
    for built in model.built:
        if built.unlike:
            return f"cannot train {OwnModel(model.source, model.code, built.settings).label}: {built.unlike}"
    if searched := _searched(plan, model):
        return f"has to know beforehand what {model.source} builds, and {searched} is searched"
    unknown = next((one.label for one in shapes(plan) if model.stacked(one) is None), "")
    return unknown and f"has to know beforehand what {model.source} builds, and {unknown} was not looked at"


def _may_be_stacks(plan: Plan) -> bool:
    """Whether a look at all that the user's code builds can still make its study the native engine's."""
    model = plan.spec.model
    return model is not None and not any(one.unlike for one in model.built) and not _searched(plan, model)


def _searched(plan: Plan, model: ModelSpec) -> str:
    """A hyperparameter of the code that a search chooses; empty where none does."""
    chosen = (one.name for panel in plan.panels for cell in panel.searched for one in cell.parameters)
    return next((name for name in chosen if name in model.names), "")


def _remedy(begun: str | None) -> str:
    if compiled.available():
        return 'Leave engine out, or give what differs a study of its own with engine = "keras".'
    built = "It needs a C compiler and Python's headers: install them, then install depthgauge once more"
    return f"{built}, or leave engine out{' and give the study another name' if begun else ''}."


def shapes(plan: Plan) -> Iterator[Configuration]:
    """The configurations of a study that are known, and for what is searched one for each word it may choose."""
    yield from {trial.configuration: None for trial in plan.trials({}).values()}
    for cell in (cell for panel in plan.panels for cell in panel.searched):
        setting = middle(cell.parameters)
        yield cell.configuration(setting)
        for parameter in cell.parameters:
            if parameter.name in WORDS:
                yield from (cell.configuration({**setting, parameter.name: value}) for value in parameter.values)


def trainer_of(
    engine: str,
    dataset: Dataset,
    *,
    seed: int,
    validation: float,
    draw: Callable[..., Sample] = draw_sample,
    model: ModelSpec | None = None,
) -> Trainer:
    """A trainer of that engine in this process; TensorFlow is imported for Keras's alone.

    ``draw`` takes the arguments of :func:`~study.data.splits.draw_sample` and may give other rows;
    ``model`` is the user's own where the study has one.
    """
    if engine == "native":
        from study.train.native.native_trainer import NativeTrainer

        return NativeTrainer(dataset, seed=seed, validation=validation, draw=draw, model=model)
    from study.train.trainer import KerasTrainer

    return KerasTrainer(dataset, seed=seed, validation=validation, draw=draw, model=model)
