"""Which models of a user's own are dense stacks: told by comparing, layer by layer, so that C can train them, too.

A stack is guessed from the model, made of plain layers of Keras, and compared with it: what layers, optimizer and loss
say of themselves must be equal. So a model with anything that nobody here has thought of is no stack.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest
from typing import Any

import keras
import numpy as np
from pydantic import ValidationError

from study.design.space import NetworkSpec, configure
from study.records.networks import DenseStack
from study.records.trials import COMPILED, CROSS_ENTROPY_LOSS, LOSSES, Configuration
from study.train.network import loss_of, optimizer_of
from study.train.own.own_network import OwnNetwork
from study.words import shortened

OPTIMIZERS = {
    keras.optimizers.Adam: "adam",
    keras.optimizers.AdamW: "adamw",
    keras.optimizers.SGD: "sgd",
    keras.optimizers.RMSprop: "rmsprop",
}
KINDS = (
    keras.layers.Flatten,
    keras.layers.Dense,
    keras.layers.BatchNormalization,
    keras.layers.Activation,
    keras.layers.Dropout,
)
FUNCTIONAL = "keras.src.models.functional.Functional"  # what keras.Model(inputs, outputs) is; it has no public name
OF_LABELS = {"labels": keras.losses.SparseCategoricalCrossentropy, "one-hot": keras.losses.CategoricalCrossentropy}
SAMPLED = ("samples", "steps")  # what a function may ask for that is not the same for all replicates


class NoStack(Exception):
    """The model is no dense stack; the words say where it differs from one."""


def stack_of(network: OwnNetwork, configuration: Configuration) -> tuple[DenseStack, dict[str, Any]]:
    """The stack that a model is, and the words of training that it came compiled with.

    Raises :class:`NoStack` where it is none.
    """
    model = network.model
    _check_row(model)
    if asked := [name for name in SAMPLED if name in getattr(configuration.network, "asks", ())]:
        raise NoStack(f"its code asks for {asked[0]}, so what it builds may differ from replicate to replicate")
    stack = _guessed(model)
    ending = "softmax" if network.probabilities else "linear"
    flat = keras.Input((int(np.prod(network.shape)),))
    reference = keras.Sequential([flat, *_layers(stack, model.output_shape[-1], ending)])
    for theirs, ours in zip_longest(_parts(model), _parts(reference)):
        if theirs != ours:
            raise NoStack(_difference(theirs, ours))
    others = [one for one in model.layers if type(one) is keras.layers.Dense and one not in network.fresh]
    vectors = zip(model.get_weights(), reference.get_weights(), strict=True)
    if others or any(own.ndim == 1 and not np.array_equal(own, fresh) for own, fresh in vectors):
        raise NoStack("it comes with weights of its own")
    if [one.trainable for one in model.weights] != [one.trainable for one in reference.weights]:
        raise NoStack("some of its weights are frozen")
    training: dict[str, Any] = {}
    if configuration.optimizer == COMPILED:
        training |= _optimizer_words(network.optimizer, stack)
    if network.own_loss:
        training["loss"] = _loss_word(network)
    return stack, training


def _check_row(model: keras.Model) -> None:
    """Raise :class:`NoStack` unless the model is plain layers, each given what the one before it gives."""
    functional = f"{type(model).__module__}.{type(model).__qualname__}" == FUNCTIONAL
    if not functional and type(model) is not keras.Sequential:
        raise NoStack(f"it is a {type(model).__name__}, a class of its own")
    for one in model.layers:
        if type(one) not in (keras.layers.InputLayer, *KINDS):
            raise NoStack(f"layer {one.name} ({_kind_words(type(one))}) is none of a dense stack's")
    if model.inputs[0].dtype != "float32":
        raise NoStack(f"its inputs are {model.inputs[0].dtype}, and a stack's float32")
    if functional:
        try:
            row = all(one.output is other.input for one, other in pairwise(model.layers))
        except (AttributeError, ValueError):  # of a layer that is called more than once
            row = False
        if not row or model.outputs[0] is not model.layers[-1].output:
            raise NoStack("its layers are not one after the other")


def _kind_words(kind: type) -> str:
    """The name of a class of layers, of one that is not Keras's with its module: it may be called like one."""
    return kind.__name__ if kind.__module__.startswith("keras.") else f"{kind.__module__}.{kind.__name__}"


def _guessed(model: keras.Model) -> DenseStack:
    """The stack that it would be, were it one: by its dense layers, and by what is found first of anything else."""
    places = [place for place, one in enumerate(model.layers) if type(one) is keras.layers.Dense]
    between = [model.layers[start:end] for start, end in pairwise(places)]
    rates = [next((one.rate for one in some if type(one) is keras.layers.Dropout), 0.0) for some in between]
    functions = [one.activation for some in between for one in some if _activates(one)]
    penalties = [some[0].kernel_regularizer for some in between]
    values = {
        "hidden": [some[0].units for some in between],
        "dropout": rates[0] if len(set(rates)) == 1 else rates or 0.0,
        "l2": next((one.l2 for one in penalties if type(one) is keras.regularizers.L2), 0.0),
        "batch_norm": any(type(one) is keras.layers.BatchNormalization for one in model.layers),
        **({"activation": _called(functions[0])} if functions else {}),
    }
    try:
        return configure(NetworkSpec.model_validate(values)).dense
    except ValidationError as error:
        first = error.errors()[0]
        raise NoStack(f"{first['loc'][0]} is {shortened(str(first['input']))}, which no dense stack has") from None


def _layers(stack: DenseStack, outputs: int, ending: str) -> Iterator[keras.Layer]:
    """Plain layers of Keras that are a stack."""
    for width, rate in zip(stack.hidden, stack.dropout_rates, strict=True):
        penalty = keras.regularizers.L2(stack.l2) if stack.l2 else None
        yield keras.layers.Dense(width, use_bias=not stack.batch_norm, kernel_regularizer=penalty, dtype="float32")
        if stack.batch_norm:
            yield keras.layers.BatchNormalization(dtype="float32")
        yield keras.layers.Activation(stack.activation, dtype="float32")
        yield keras.layers.Dropout(rate, dtype="float32")
    yield keras.layers.Dense(outputs, activation=ending, dtype="float32")


@dataclass(frozen=True, slots=True)
class Part:
    """What one step from inputs to outputs says of itself; ``layer`` is what holds it, for messages."""

    kind: type
    config: Mapping[str, Any]
    layer: str = field(compare=False)


def _parts(model: keras.Model) -> Iterator[Part]:
    """The steps of a model whose layers are of known kinds, in one spelling of each.

    A first ``Flatten`` is none, because rows are flat here, nor is a dropout of nothing; the activation of a dense
    layer is a step behind it.
    """
    layers = [one for one in model.layers if type(one) is not keras.layers.InputLayer]
    if type(layers[0]) is keras.layers.Flatten and layers[0].data_format == "channels_last":
        del layers[0]
    for one in layers:
        config = one.get_config()
        layer = f"{config.pop('name')} ({type(one).__name__})"
        if type(one) is keras.layers.Dropout and one.rate == 0:
            continue
        config.pop("activation", None)  # in words, a function of the user's is called as Keras's of the same name
        if type(one) is not keras.layers.Activation:
            yield Part(type(one), config, layer)
        if _activates(one):
            yield Part(keras.layers.Activation, {"activation": one.activation, "dtype": config["dtype"]}, layer)


def _activates(layer: keras.Layer) -> bool:
    """Whether a layer applies a function to each unit."""
    given = getattr(layer, "activation", None)
    return given is not None and (type(layer) is keras.layers.Activation or given is not keras.activations.linear)


def _difference(theirs: Part | None, ours: Part | None) -> str:
    """Where a model stops being the stack that it is compared with, in words."""
    if theirs is None:
        return "it ends where a dense stack goes on"
    if ours is None:
        return f"layer {theirs.layer} stands behind the end of a dense stack"
    if theirs.kind is not ours.kind:
        return f"layer {theirs.layer} stands where a dense stack has its {ours.kind.__name__}"
    name = _first_other(theirs.config, ours.config)
    return f"{name} of layer {theirs.layer} is {_short(theirs.config.get(name))}, not {_short(ours.config.get(name))}"


def _first_other(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> str:
    """The first name of two configurations whose values differ."""
    return next(name for name in (*ours, *theirs) if theirs.get(name) != ours.get(name) or name not in theirs)


def _short(value: Any) -> str:
    """A value of a configuration in words: of what Keras has serialised, its class and what that was given."""
    if isinstance(value, Mapping) and "class_name" in value:
        given = value.get("config") or {}
        words = ", ".join(f"{name}={one}" for name, one in given.items() if one is not None) if given else ""
        return f"{value['class_name']}({words})"
    return f"{value.__module__}.{_called(value)}" if callable(value) else repr(value)


def _called(function: Any) -> str:
    """The name of a function, or of the class of what is called like one."""
    return str(getattr(function, "__name__", type(function).__name__))


def _optimizer_words(optimizer: keras.Optimizer, stack: DenseStack) -> dict[str, Any]:
    """The words of training that make an optimizer. Raises :class:`NoStack` where none do."""
    theirs, kind = optimizer.get_config(), type(optimizer).__name__
    words = OPTIMIZERS.get(type(optimizer))
    if words is None:
        raise NoStack(f"its optimizer is {kind}, which no dense stack has")
    if not isinstance(theirs["learning_rate"], float):
        raise NoStack(f"its {kind} has a schedule of its own")
    found: dict[str, Any] = {"optimizer": words, "learning_rate": theirs["learning_rate"]}
    ours = optimizer_of(Configuration(stack, 1, **found)).get_config()
    for one in (theirs, ours):
        del one["name"]
    if theirs != ours:
        name = _first_other(theirs, ours)
        raise NoStack(f"{name} of its {kind} is {_short(theirs.get(name))}, not {_short(ours.get(name))}")
    return found


def _loss_word(network: OwnNetwork) -> str:
    """The word for the loss that a model came compiled with. Raises :class:`NoStack` where there is none."""
    loss = network.model.loss
    if network.model.get_compile_config()["loss_weights"] is not None:
        raise NoStack("its loss has weights")
    if network.target in OF_LABELS:
        known = {CROSS_ENTROPY_LOSS: OF_LABELS[network.target](from_logits=not network.probabilities)}
    else:
        known = {name: loss_of(name) for name in LOSSES}
    for word, one in known.items():
        same = type(loss) is type(one) and loss.get_config() == one.get_config()
        plain = isinstance(loss, str) and loss in (one.name, word) and not getattr(one, "from_logits", False)
        if same or plain:
            return word
    raise NoStack(f"its loss is {network.own_loss}, or is given otherwise than to a dense stack")
