"""The compiled part of the native engine, and what it covers; on a machine without it, why."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from study.data.dataset import Dataset
from study.design.setting_words import title
from study.errors import StudyError
from study.records.networks import DenseStack
from study.records.trials import Configuration
from study.words import whole

_native: Any = None
MISSING = ""
try:
    _native = import_module("study.train.native._native")
except ImportError as error:  # installed without a compiler, or built for another machine
    MISSING = str(error)

ACTIVATIONS = ("relu", "gelu", "tanh", "selu", "sigmoid")  # in the order of native/network.h, like the next two
OPTIMIZERS = ("adam", "adamw", "sgd", "rmsprop")
LOSSES = ("cross-entropy", "mse", "mae", "huber")
OF_LAYERS = ("input_dropout", "l1", "max_norm", "layer_norm", "residual", "initializer")  # what Keras alone has
OF_TRAINING = ("label_smoothing", "momentum", "nesterov", "weight_decay", "clip_norm", "schedule", "warmup_epochs")
LARGEST = 2**24  # of any width, batch or number of features
FUNCTIONS = ("exp", "expm1", "tanh", "sigmoid", "erf", "log", "fma")


def available() -> bool:
    """Whether the compiled part is there."""
    return _native is not None


def fast() -> bool:
    """Whether this machine has kernels of its own. The portable ones give the same bits, twenty times slower."""
    return _native is not None and _native.kernels()[0] != "portable"


def kernels_words() -> str:
    """Which kernels it takes here, ``with avx2 kernels`` (or neon, portable), or that it is missing."""
    return "not built" if _native is None else f"with {_native.kernels()[0]} kernels"


def module() -> Any:
    """The compiled part. Raises :class:`StudyError` where it is missing, with the line to run."""
    if _native is None:
        raise StudyError(
            f"The native engine is not built on this machine ({MISSING}). It needs a C compiler and Python's "
            "headers: install them, then run `pip install --force-reinstall --no-deps` on depthgauge once more."
        )
    return _native


def not_covered(configuration: Configuration, dataset: Dataset) -> str:
    """Why the native engine cannot train a configuration on a data set, in words; empty where it can."""
    if not isinstance(configuration.network, DenseStack):
        return "it trains dense stacks alone"
    if configuration.dense.activation not in ACTIVATIONS:
        return f"activation {configuration.dense.activation!r} is not one of {', '.join(ACTIVATIONS)}"
    if configuration.optimizer not in OPTIMIZERS:
        return f"optimizer {configuration.optimizer!r} is not one of {', '.join(OPTIMIZERS)}"
    for name in (*OF_LAYERS, *OF_TRAINING):
        part = configuration.dense if name in OF_LAYERS else configuration
        if getattr(part, name) != type(part).__dataclass_fields__[name].default:
            return f"it has no choice of {title(name)}"
    if configuration.loss not in LOSSES:
        return f"loss {configuration.loss!r} is not one of {', '.join(LOSSES)}"
    if max((*configuration.dense.hidden, dataset.inputs, dataset.outputs)) > LARGEST:
        return f"a layer, or a row of the data, is wider than {whole(LARGEST)}"
    if dataset.x.dtype not in (np.uint8, np.float32):
        return f"the data are {dataset.x.dtype}, neither bytes nor float32"
    if dataset.scale is None and dataset.x.dtype != np.float32:
        return "standardised data must be float32"
    return ""


@dataclass(frozen=True, slots=True)
class Stack:
    """What decides a compiled network. ``dropout`` is a rate a hidden layer; ``key`` the two words of their masks."""

    features: int
    hidden: tuple[int, ...]
    outputs: int
    batch: int
    dropout: tuple[float, ...]
    key: tuple[int, int]
    activation: str = "relu"
    optimizer: str = "adam"
    loss: str = "cross-entropy"
    batch_norm: bool = False
    learning_rate: float = 1e-3
    l2: float = 0.0

    @classmethod
    def of(cls, configuration: Configuration, dataset: Dataset, rows: int, key: tuple[int, int]) -> Stack:
        """The stack of a configuration that trains on ``rows`` rows."""
        return cls(
            features=dataset.inputs,
            hidden=configuration.dense.hidden,
            outputs=dataset.outputs,
            batch=min(configuration.batch_size, rows),
            dropout=configuration.dense.dropout_rates,
            key=key,
            activation=configuration.dense.activation,
            optimizer=configuration.optimizer,
            loss=configuration.loss,
            batch_norm=configuration.dense.batch_norm,
            learning_rate=configuration.learning_rate,
            l2=configuration.dense.l2,
        )

    def network(self, *, sparse: bool, kernels: str | None = None) -> Any:
        """A compiled network. ``sparse`` says that rows come as lists; ``kernels`` names others than the fastest."""
        return module().Network(
            features=self.features,
            widths=self.hidden,
            outputs=self.outputs,
            dropout=self.dropout,
            activation=ACTIVATIONS.index(self.activation),
            optimizer=OPTIMIZERS.index(self.optimizer),
            loss=LOSSES.index(self.loss),
            normalized=self.batch_norm,
            sparse_inputs=sparse,
            batch=self.batch,
            learning_rate=self.learning_rate,
            l2=self.l2,
            key=self.key,
            kernels=kernels,
        )


def set_weights(network: Any, weights: list[NDArray[np.float32]]) -> None:
    """Fill all arrays of a network, in the order of ``keras.Model.get_weights``."""
    for place, values in enumerate(weights):
        network.set(place, np.ascontiguousarray(values, np.float32))


def get_weights(network: Any) -> tuple[NDArray[np.float32], ...]:
    """Copies of all arrays of a network, in the order of ``keras.Model.get_weights``."""
    weights = tuple(np.empty(shape, np.float32) for shape in network.shapes())
    for place, values in enumerate(weights):
        network.get(place, values)
    return weights
