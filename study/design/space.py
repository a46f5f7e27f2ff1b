"""Hyperparameters: their kinds, their ranges, and how they become an effective architecture.

Nothing here knows a tuner. A *setting* is a mapping from hyperparameter names to values;
:func:`configure` turns it into the :class:`~study.records.trials.Configuration` that is really trained.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from study.records.networks import DenseStack
from study.records.trials import COSINE, CROSS_ENTROPY_LOSS, DECAYING, PLATEAU, USUAL_MOMENTUM, Configuration
from study.words import count

DEEPEST = 200
WIDEST = 16384

Count = Annotated[int, Field(strict=True, ge=1)]
Depth = Annotated[int, Field(strict=True, ge=0, le=DEEPEST)]
Width = Annotated[int, Field(strict=True, ge=1, le=WIDEST)]
Rate = Annotated[float, Field(ge=0, lt=1)]


def _widths(value: Any) -> Any:
    """``"128-64"`` and ``[128, 64]`` are the same widths; ``"4x128"`` is four layers of 128, 64 is one of 64."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value,)
    if not isinstance(value, str):
        return value
    if match := re.fullmatch(r"([1-9][0-9]{0,8})x([0-9]{1,9})", value):
        depth, width = map(int, match.groups())
        return (width,) * min(depth, DEEPEST + 1)  # one too many is enough to be refused
    if re.fullmatch(r"[0-9]{1,9}(-[0-9]{1,9})*", value):
        return tuple(map(int, value.split("-")))
    raise ValueError('expected hidden widths such as "128-64", "4x128" or [128, 64]')


def _all_samples(value: Any) -> Any:
    return None if value == "all" else value


def _weights(value: Any) -> Any:
    """A table of weights by class, as sorted pairs."""
    return tuple(sorted(value.items())) if isinstance(value, dict) else value


Weight = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]
Weights = Annotated[
    Literal["none", "balanced"] | Annotated[tuple[tuple[str, Weight], ...], Field(min_length=1, max_length=100_000)],
    BeforeValidator(_weights),
    PlainSerializer(lambda weights: weights if isinstance(weights, str) else dict(weights)),
    WithJsonSchema({"anyOf": [{"enum": ["none", "balanced"]}, {"type": "object"}]}),
]
Widths = Annotated[
    tuple[Width, ...],
    BeforeValidator(_widths),
    Field(max_length=DEEPEST),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "integer"}}]}),
]
Samples = Annotated[
    Annotated[int, Field(strict=True, ge=2)] | None,
    BeforeValidator(_all_samples),
    PlainSerializer(lambda n: "all" if n is None else n),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 2}, {"const": "all"}]}),
]


class LayersSpec(BaseModel):
    """What a dense stack is made of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hidden: Widths | None = Field(
        None, description="explicit hidden widths; replaces depth, width and profile", examples=["128-64", "4x128"]
    )
    depth: Depth = Field(2, description="number of hidden layers", examples=[1, 2, 4, 8])
    width: Width = Field(128, description="units of the (first) hidden layer", examples=[32, 64, 128, 256])
    profile: Literal["constant", "halving", "free"] = Field(
        "constant",
        description="constant: all hidden layers equally wide; halving: each half as wide as the one before; "
        "free: each tuned on its own",
        examples=["constant", "halving"],
    )
    activation: Literal["relu", "gelu", "tanh", "selu", "sigmoid", "elu", "leaky_relu", "silu"] = Field(
        "relu", description="activation of the hidden layers", examples=["relu", "tanh"]
    )
    dropout: Rate | tuple[Rate, ...] = Field(
        0.0, description="rate after each hidden layer, or one rate a layer", examples=[0.0, 0.2, 0.5]
    )
    l2: float = Field(
        0.0, ge=0, le=10, description="coefficient of the L2 penalty on hidden kernels", examples=[0.0, 1e-4, 1e-3]
    )
    batch_norm: bool = Field(
        False, description="batch normalization in each hidden layer, before its activation", examples=[False, True]
    )
    input_dropout: Rate = Field(0.0, description="dropout rate of the inputs", examples=[0.0, 0.1, 0.2])
    l1: float = Field(
        0.0, ge=0, le=10, description="coefficient of the L1 penalty on hidden kernels", examples=[0.0, 1e-5, 1e-4]
    )
    max_norm: float = Field(
        0.0, ge=0, le=1e6, description="largest norm of the weights into a hidden unit; 0 is none", examples=[0.0, 3.0]
    )
    layer_norm: bool = Field(
        False, description="layer normalization in each hidden layer, before its activation", examples=[False, True]
    )
    residual: bool = Field(
        False,
        description="a hidden layer as wide as the one before it adds what it was given to what it gives",
        examples=[False, True],
    )
    initializer: Literal[
        "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal"
    ] = Field("glorot_uniform", description="what kernels are drawn from", examples=["glorot_uniform", "he_normal"])


class TrainingSpec(BaseModel):
    """How a network is trained, whatever it is made of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    loss: Literal["cross-entropy", "one-hot-mse", "mse", "mae", "huber"] = Field(
        "cross-entropy",
        description="what training lowers; of classes cross-entropy or the squared error of probabilities; a "
        "regression has mse, the default there, mae or huber, in standard deviations of the training target",
        examples=["mse", "mae", "huber"],
    )
    label_smoothing: Rate = Field(
        0.0, description="share of a label that cross-entropy spreads over all classes", examples=[0.0, 0.1]
    )
    class_weights: Weights = Field(
        "none",
        description="what the loss of an item counts: none, balanced (each class as much as any other), or a table of "
        "weights by class, where others have 1",
        examples=["none", "balanced"],
    )
    optimizer: Literal["adam", "sgd", "rmsprop", "adamw"] = Field(
        "adam", description="optimizer of Keras; sgd has a momentum of 0.9", examples=["adam", "sgd"]
    )
    learning_rate: float = Field(1e-3, gt=0, le=1e30, description="step size", examples=[3e-4, 1e-3, 3e-3])
    momentum: Rate | None = Field(
        None, description="of sgd, 0.9 where it is left out, and of rmsprop, 0 there", examples=[0.0, 0.9, 0.99]
    )
    nesterov: bool = Field(False, description="Nesterov's momentum; of sgd", examples=[False, True])
    weight_decay: float | None = Field(
        None,
        ge=0,
        le=10,
        description="share of each weight that a step takes off, times the learning rate; adamw has 0.004 where it is "
        "left out, others none",
        examples=[0.0, 1e-4, 1e-2],
    )
    clip_norm: float = Field(
        0.0, ge=0, le=1e6, description="largest norm of a step's gradients together; 0 is none", examples=[0.0, 1.0]
    )
    schedule: Literal["constant", "cosine", "exponential", "steps", "plateau"] = Field(
        "constant",
        description="how the learning rate falls: to 0 along a cosine; times decay every decay_epochs, gradually "
        "(exponential) or at once (steps); or times decay where validation loss has not fallen for decay_epochs",
        examples=["constant", "cosine"],
    )
    decay: Annotated[float, Field(gt=0, lt=1)] | None = Field(
        None, description="factor of exponential, steps and plateau, 0.5 where it is left out", examples=[0.1, 0.5]
    )
    decay_epochs: Annotated[int, Field(strict=True, ge=1, le=100_000)] | None = Field(
        None, description="epochs of exponential, steps and plateau, 5 where it is left out", examples=[2, 5, 10]
    )
    warmup_epochs: int = Field(
        0,
        strict=True,
        ge=0,
        le=100_000,
        description="epochs in which the learning rate rises from 0, before its schedule",
        examples=[0, 1, 5],
    )
    batch_size: Count = Field(32, le=65536, description="samples a batch", examples=[16, 32, 128])
    label_noise: float = Field(
        0.0,
        ge=0,
        lt=1,
        description="share of training labels replaced by another class",
        examples=[0.0, 0.2, 0.4],
    )
    samples: Samples = Field(
        None,
        description="training samples, a stratified subset of the training part",
        examples=[300, 1000, "all"],
        json_schema_extra={"default": "all"},
    )
    epochs: Count = Field(10, le=100_000, description="passes over the training samples", examples=[5, 10, 20])
    evaluate_every: Count = Field(1, description="epochs from one record to the next")
    halt: int | None = Field(
        None,
        strict=True,
        ge=0,
        description="patience in epochs after which training really stops; the reading patience=p stops nothing",
        examples=[5],
    )


class NetworkSpec(TrainingSpec, LayersSpec):
    """The fixed hyperparameters of a dense stack, and the range of each one that a study may vary."""


HYPERPARAMETERS = tuple(name for name in NetworkSpec.model_fields if name not in ("evaluate_every", "halt"))

# Ordered hyperparameters can carry the question "from where on is it worse"; others only make panels.
AXIS_WORDS = {
    "depth": "hidden layers",
    "width": "units a layer",
    "samples": "training samples",
    "epochs": "epochs",
    "label_noise": "share of wrong labels",
    "dropout": "dropout rate",
    "l2": "L2 coefficient",
    "learning_rate": "learning rate",
    "batch_size": "samples a batch",
    "input_dropout": "dropout rate of the inputs",
    "l1": "L1 coefficient",
    "label_smoothing": "label smoothing",
    "weight_decay": "weight decay",
    "momentum": "momentum",
    "warmup_epochs": "epochs of warm-up",
}
USUAL_DECAY, USUAL_DECAY_EPOCHS = 0.5, 5


def effective_widths(network: NetworkSpec) -> tuple[int, ...]:
    """The hidden widths that depth, width and profile come to; an explicit list wins."""
    if network.hidden is not None:
        return network.hidden
    if network.profile == "free":
        raise ValueError(
            'profile = "free" tunes the width of every layer, so give width the role "nuisance" in [space]'
        )
    if network.profile == "halving":
        return tuple(max(1, network.width >> layer) for layer in range(network.depth))
    return (network.width,) * network.depth


def configure(network: NetworkSpec) -> Configuration:
    """The configuration to train. Raises ValueError where the values make no network."""
    hidden = effective_widths(network)
    dropout = network.dropout
    if isinstance(dropout, tuple) and len(dropout) != len(hidden):
        raise ValueError(
            f"dropout lists {len(dropout)} rates for {len(hidden)} hidden layers; give one rate for all "
            "layers, or as many as there are hidden layers"
        )
    if network.batch_norm and network.layer_norm:
        raise ValueError("batch_norm and layer_norm are both on; choose one of them")
    layers = {name: getattr(network, name) for name in DenseStack.__slots__ if name != "hidden"}
    return Configuration(DenseStack(hidden, **layers), **training_fields(network))


def training_fields(training: TrainingSpec) -> dict[str, Any]:
    """The fields of a configuration that say how it is trained.

    Raises ValueError for words that say nothing together.
    """
    if training.momentum is not None and training.optimizer not in USUAL_MOMENTUM:
        raise ValueError(f"momentum is of {' and '.join(USUAL_MOMENTUM)}, and {training.optimizer} has none; remove it")
    if training.nesterov and training.optimizer != "sgd":
        raise ValueError(f"nesterov is of sgd, and the optimizer is {training.optimizer}; remove it")
    if training.nesterov and training.momentum == 0:
        raise ValueError("nesterov needs a momentum above 0; remove one of them")
    if training.label_smoothing and training.loss != CROSS_ENTROPY_LOSS:
        raise ValueError(f"label_smoothing is of {CROSS_ENTROPY_LOSS}, and the loss is {training.loss}; remove it")
    decays = training.schedule in DECAYING
    for name in ("decay", "decay_epochs"):
        if not decays and getattr(training, name) is not None:
            raise ValueError(
                f'{name} is of the schedules {", ".join(DECAYING)}, and schedule = "{training.schedule}"; remove it'
            )
    if training.warmup_epochs and training.schedule == PLATEAU:
        raise ValueError(
            f'warmup_epochs does not go with schedule = "{PLATEAU}", whose rate changes between epochs; remove one'
        )
    if 0 < training.warmup_epochs >= training.epochs:
        raise ValueError(
            f"warmup_epochs = {training.warmup_epochs} leaves nothing of {count(training.epochs, 'epoch')}; give fewer"
        )
    fields = {name: getattr(training, name) for name in TrainingSpec.model_fields}
    if decays:
        fields["decay"] = USUAL_DECAY if training.decay is None else training.decay
        fields["decay_epochs"] = training.decay_epochs or USUAL_DECAY_EPOCHS
    return {**fields, "schedule_epochs": training.epochs if training.schedule == COSINE else None}
