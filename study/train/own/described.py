"""What the code of a model asks for, found by running it; to be called in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import keras

from study.data.dataset import Dataset
from study.data.loading import load_dataset
from study.data.splits import split_sizes
from study.design.own_model import TRAINING, Built, ModelSpec
from study.design.space import TrainingSpec
from study.errors import CodeError
from study.records.networks import OwnModel
from study.records.sources import DataSource
from study.records.trials import COMPILED, Configuration
from study.train.own.builder import Builder
from study.train.own.code import BuildError, load_function, read_code
from study.train.own.own_candidates import OwnCandidates, given_of
from study.train.own.own_network import OwnNetwork, operations_of, uncompilable, unsaved
from study.train.own.own_stack import NoStack, stack_of


def described(model: ModelSpec, source: DataSource | str, values: Mapping[str, Any], validation: float) -> ModelSpec:
    """The model with its code's hash and hyperparameters, and how it comes compiled.

    ``values`` are those of the study that are known: they stand in for what has no default, and among them is how the
    network is trained. Raises :class:`CodeError` where the code builds no model of its defaults that fits the data.
    """
    code = read_code(model)
    fresh = model.model_copy(update={"code": "", "hyperparameters": (), "built": ()})
    builder = Builder(load_function(fresh), model.source, code.folder)
    dataset = load_dataset(source)
    training = TrainingSpec.model_validate({name: one for name, one in values.items() if name in TRAINING})
    loss = {"loss": "mse"} if dataset.task == "regression" and training.loss == "cross-entropy" else {}
    configuration = Configuration(
        OwnModel(model.source, code.sha256, ()), **{**training.model_dump(), "samples": training.samples, **loss}
    )
    rows = training.samples or split_sizes(dataset, validation, 0)[0]
    try:
        hyperparameters, built = builder.explore(given_of(configuration, dataset, rows), values)
        found = fresh.model_copy(update={"code": code.sha256, "hyperparameters": hyperparameters, "asks": builder.asks})
        if built is None:
            return found
        known = {one.name: values.get(one.name) if one.default is None else one.default for one in hyperparameters}
        network = OwnModel(model.source, code.sha256, found.settings(known), builder.asks)
        return found.model_copy(update=_default(built, replace(configuration, network=network), dataset))
    except BuildError as error:
        raise CodeError(f"model: {str(error).rstrip('.')}.") from None


def built_of(
    model: ModelSpec, source: DataSource | str, configurations: Sequence[Configuration], validation: float
) -> tuple[Built, ...]:
    """What the code builds for some configurations.

    Raises :class:`~study.errors.StudyError` where the code is not the one that was looked at.
    """
    dataset = load_dataset(source)
    candidates = OwnCandidates(model, dataset, 0)
    found: list[Built] = []
    for configuration in configurations:
        rows = configuration.samples or split_sizes(dataset, validation, 0)[0]
        try:
            found.append(_built(candidates.network(configuration, 0, rows), configuration))
        except BuildError as error:
            found.append(Built(settings=_own(configuration).settings, unlike=str(error)))
    return tuple(found)


def _built(network: OwnNetwork, configuration: Configuration) -> Built:
    """What a network is."""
    settings, operations = _own(configuration).settings, operations_of(network)
    try:
        stack, training = stack_of(network, configuration)
    except NoStack as error:
        return Built(settings=settings, unlike=str(error), operations=operations)
    return Built(settings=settings, stack=stack, training=training, operations=operations)


def _own(configuration: Configuration) -> OwnModel:
    assert isinstance(configuration.network, OwnModel)
    return configuration.network


def _default(built: keras.Model, configuration: Configuration, dataset: Dataset) -> dict[str, Any]:
    """What the model that is built by default brings along."""
    own = type(built.optimizer).__name__ if built.compiled and built.optimizer is not None else ""
    if own:
        configuration = Configuration(configuration.network, configuration.epochs, COMPILED, loss=configuration.loss)
    network = OwnNetwork(built, configuration, dataset)
    stacked = _built(network, configuration)
    uncompiled = "XLA computes convolutions in plain loops on a processor"
    if network.compiled:
        lacking = uncompilable(network)
        uncompiled = f"{lacking}, so that it takes several times as long" if lacking else ""
    return {
        "compiled": own,
        "loss": network.own_loss,
        "uncompiled": uncompiled,
        "unsaved": unsaved(built),
        "built": (stacked,),
    }
