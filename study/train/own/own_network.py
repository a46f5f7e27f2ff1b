"""A model of the user's own as the Keras engine trains it: the counterpart of :class:`study.train.network.Network`.

Nothing of the model is replaced for good: what the user gets from ``depthgauge pick`` is built by their code alone.
For training, two things differ from ``model.fit``. Random numbers come from Threefry, named explicitly, as those of
the built-in network do (:func:`fast_random_numbers`), and the rate of a plain ``Dropout`` is a variable, so that models
that differ in nothing else share a program.
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import MethodType
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from study.data.dataset import Dataset
from study.records.networks import GLOROT_UNIFORM
from study.records.trials import COMPILED, ONE_HOT_MSE, Configuration
from study.seeds import Stream, stream
from study.train.draws import drawn_kernel
from study.train.network import loss_of, optimizer_of
from study.train.own.code import BuildError
from study.words import count, whole

LARGEST = 500_000_000  # weights: 2 GB of them, and training takes three times that and more
PROBE_ROWS = 4
# Layers in which no row of a batch knows of another, so that the last batch of an epoch can be filled up.
ROW_BY_ROW = (
    "InputLayer", "Dense", "EinsumDense", "Flatten", "Reshape", "Permute", "RepeatVector", "Rescaling", "Identity",
    "Activation", "ReLU", "LeakyReLU", "ELU", "PReLU", "Softmax", "Dropout", "SpatialDropout1D", "SpatialDropout2D",
    "SpatialDropout3D", "GaussianDropout", "GaussianNoise", "AlphaDropout", "Conv1D", "Conv2D", "Conv3D",
    "DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D", "Conv1DTranspose",
    "Conv2DTranspose", "MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "AveragePooling1D", "AveragePooling2D",
    "AveragePooling3D", "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalAveragePooling1D",
    "GlobalAveragePooling2D", "ZeroPadding1D", "ZeroPadding2D", "Cropping1D", "Cropping2D", "UpSampling1D",
    "UpSampling2D", "Embedding", "LayerNormalization", "UnitNormalization", "Add", "Subtract", "Multiply",
    "Average", "Maximum", "Minimum", "Concatenate", "Dot", "Sequential", "Functional",
)  # fmt: skip
# Layers that take values as they are given: behind them nothing is standardised beforehand.
AS_GIVEN = (
    "Embedding",
    "Rescaling",
    "Normalization",
    "Discretization",
    "CategoryEncoding",
    "IntegerLookup",
    "Hashing",
)
_SHARED = "a variable of the program"


@dataclass(frozen=True, slots=True)
class Start:
    """What a trial begins with: its weights, its dropout rates, its learning rate (None: a schedule's)."""

    weights: list[NDArray[Any]]
    rates: tuple[float, ...]
    learning_rate: float | None


class OwnNetwork:
    """A built model with optimizer and loss: its own where it came compiled, else those of ``configuration``.

    Raises :class:`BuildError` where it does not fit the data, or is of a kind that cannot be trained here.
    """

    def __init__(self, model: keras.Model, configuration: Configuration, dataset: Dataset) -> None:
        self.model = model
        self._task = dataset.task
        self._outputs = dataset.outputs
        _check_kind(model)
        self.shape = _input_shape(model, dataset)
        self.as_given = _takes_as_given(model)
        probe = _probe(model, self.shape)
        self.probabilities = self._check_outputs(probe)
        self.single = dataset.task == "classification" and probe.shape[-1] == 1
        self.parameters = sum(int(np.prod(one.shape)) for one in model.trainable_variables)
        if model.count_params() > LARGEST:
            raise BuildError(f"the model has {whole(model.count_params())} weights, and at most {whole(LARGEST)} fit")
        self.fresh = fresh_kernels(model)
        if model.compiled != (configuration.optimizer == COMPILED):
            raise BuildError("the model comes compiled for some settings alone: compile it always, or never")
        self.optimizer: keras.Optimizer = (
            model.optimizer if model.compiled and model.optimizer is not None else optimizer_of(configuration)
        )
        if self.optimizer.use_ema:
            raise BuildError("the optimizer averages weights (use_ema), which is not supported: leave that out")
        loss = model.loss if model.compiled else None
        self.own_loss = _named(loss) if loss is not None else ""
        if not model.compiled or loss is None:
            if dataset.task == "classification":
                chosen = self._classification_loss(configuration)
            else:
                chosen = loss_of(configuration.loss)
            model.compile(optimizer=self.optimizer, loss=chosen)
        self.target = self._target_kind()
        self.optimizer.build(model.trainable_variables)
        self._fresh_optimizer = [np.array(one) for one in self.optimizer.variables]
        self._dropouts = [one for one in model._flatten_layers() if type(one) is keras.layers.Dropout and one.rate > 0]
        self._rates: list[tf.Variable] = []
        self._seeds = [one for one in model.variables if one.path.endswith("seed_generator_state")]

    @property
    def padded(self) -> bool:
        """Whether the last batch of an epoch is filled up: no row may know of another, and the loss is a mean."""
        layers = list(self.model._flatten_layers())
        plain = all(type(one).__module__.startswith("keras.") and type(one).__name__ in ROW_BY_ROW for one in layers)
        penalised = any(one.activity_regularizer is not None for one in layers)
        reduction = getattr(self.model.loss, "reduction", "sum_over_batch_size")
        return plain and not penalised and reduction == "sum_over_batch_size"

    @property
    def compiled(self) -> bool:
        """Whether XLA makes it faster. Not so convolutions on a processor, whose gradients XLA computes in plain loops.

        LeNet takes 5.3 times as long with it, and written as products of matrices (slices of the input, side by side)
        10 times.
        """
        return not any("Conv" in type(one).__name__ for one in self.model._flatten_layers())

    @property
    def variables(self) -> list[Any]:
        """What is trained."""
        return list(self.model.trainable_variables)

    @property
    def initial(self) -> Start:
        """What the model as it stands begins with."""
        rate = self.optimizer._learning_rate
        plain = not isinstance(rate, keras.optimizers.schedules.LearningRateSchedule)
        return Start(
            self.model.get_weights(),
            tuple(float(one.rate) for one in self._dropouts),
            float(np.array(self.optimizer.learning_rate)) if plain else None,
        )

    def key(self, configuration: Configuration) -> Hashable:
        """What its program depends on: models with equal keys share one.

        Layers of Keras say all of themselves in their configuration; beside any other code, the hyperparameters stand.
        """
        layers = list(self.model._flatten_layers())
        plain = all(type(one).__module__.startswith("keras.") and type(one).__name__ != "Lambda" for one in layers)
        loss, schedule = self.model.loss, self.initial.learning_rate is None
        known = isinstance(loss, str | keras.losses.Loss) and type(loss).__module__.startswith(("keras.", "builtins"))
        optimizer = self.optimizer.get_config()
        if not schedule:
            optimizer["learning_rate"] = _SHARED
        tree = self.model.get_config() if plain else configuration.network.to_dict()
        said = [
            _without_rates(tree) if plain else tree,
            {} if plain and known else configuration.network.to_dict(),
            [one.trainable for one in self.model.variables],
            type(self.optimizer).__name__,
            optimizer,
            keras.saving.serialize_keras_object(loss) if known else "",
        ]
        return json.dumps(said, sort_keys=True, default=repr)

    def share(self) -> None:
        """Read dropout rates from variables from now on, that :meth:`start` sets."""
        for layer in self._dropouts:
            rate = tf.Variable(float(layer.rate), trainable=False)
            self._rates.append(rate)
            layer.call = MethodType(_dropout_of(rate), layer)

    def start(self, initial: Start, seed: int, replicate: int) -> None:
        """Set every variable as at the start of a trial: weights, rates, random numbers, empty slots."""
        self.model.set_weights(initial.weights)
        for rate, value in zip(self._rates, initial.rates, strict=True):
            rate.assign(value)
        drawn = stream(seed, replicate, Stream.DROPOUT).generate_state(len(self._seeds) + 1)[1:] >> 2
        for state, key in zip(self._seeds, drawn.tolist(), strict=True):
            state.assign(np.array([key, 0]))
        for variable, fresh in zip(self.optimizer.variables, self._fresh_optimizer, strict=True):
            variable.assign(fresh)
        if initial.learning_rate is not None:
            self.optimizer.learning_rate.assign(initial.learning_rate)

    def draw(self, rows: int, key: tf.Tensor) -> None:
        """Nothing: each layer draws from a state of its own."""

    def outputs(self, x: tf.Tensor, *, training: bool, valid: tf.Tensor | None = None) -> tf.Tensor:
        """What the model gives for rows ``x`` (B, F)."""
        return self.model(tf.reshape(x, (-1, *self.shape)), training=training)

    def objective(self, y: tf.Tensor, outputs: tf.Tensor, weight: tf.Tensor | None) -> tf.Tensor:
        """What a step lowers: the model's own loss, with all that its layers add."""
        if self.target == "one-hot":
            y = tf.one_hot(y, self._outputs)
        elif self.target == "column":
            y = tf.cast(tf.reshape(y, (-1, 1)), tf.float32)
        return self.model.compute_loss(y=y, y_pred=outputs, sample_weight=weight, training=True)

    def scores(self, outputs: tf.Tensor) -> tf.Tensor:
        """Logits (B, K) of outputs, be they probabilities; predictions (B, 1) of a regression as they are."""
        if self._task == "regression":
            return outputs
        logits = getattr(outputs, "_keras_logits", None)
        single = self.single
        if logits is None:
            low = keras.config.epsilon()
            likely = tf.clip_by_value(outputs, low, 1 - low if single else 1.0)
            logits = outputs
            if self.probabilities:
                logits = tf.math.log(likely) - tf.math.log1p(-likely) if single else tf.math.log(likely)
        return tf.concat([tf.zeros_like(logits), logits], 1) if single else logits

    def weights(self) -> tuple[np.ndarray, ...]:
        """Copies of all weights, in the order of ``keras.Model.get_weights``."""
        return tuple(np.array(one) for one in self.model.get_weights())

    def _check_outputs(self, probe: Any) -> bool:
        """Whether the outputs are probabilities, by those for random rows."""
        if isinstance(probe, list | tuple | dict):
            kind, number = type(probe).__name__, count(len(probe), "output")
            raise BuildError(f"the model gives a {kind} of {number}, and a model that gives one array is supported")
        single = self._task == "classification" and self._outputs == 2 and probe.shape[-1] == 1
        if len(probe.shape) != 2 or not (probe.shape[1] == self._outputs or single):
            wanted = f"{self._outputs} classes" if self._task == "classification" else "one number"
            raise BuildError(f"the model gives {tuple(probe.shape[1:])} for an item, and the data have {wanted}")
        if self._task == "regression":
            return False
        values = np.asarray(probe, np.float64)
        between = bool(((values >= 0) & (values <= 1)).all())
        return between and (single or bool(np.allclose(values.sum(1), 1, atol=1e-3)))

    def _classification_loss(self, configuration: Configuration) -> keras.losses.Loss:
        """The loss of a configuration, as it fits the outputs."""
        if configuration.loss == ONE_HOT_MSE:
            if not self.probabilities:
                raise BuildError(f"the loss {ONE_HOT_MSE} is of probabilities: end the model in a softmax or a sigmoid")
            return keras.losses.MeanSquaredError()
        logits, smoothing = not self.probabilities, configuration.label_smoothing
        if self.single:
            return keras.losses.BinaryCrossentropy(from_logits=logits, label_smoothing=smoothing)
        if smoothing:
            return keras.losses.CategoricalCrossentropy(from_logits=logits, label_smoothing=smoothing)
        return keras.losses.SparseCategoricalCrossentropy(from_logits=logits)

    def _target_kind(self) -> str:
        """In which form the loss takes labels: as ``model.fit`` would be given them for it."""
        if self._task == "regression":
            return "as they are"
        loss = self.model.loss
        name = _named(loss).lower().replace("_", "")
        if self.single:
            return "column"
        ours = (
            isinstance(loss, str) or type(loss).__module__.startswith("keras.") or hasattr(keras.losses, _named(loss))
        )
        labels = "sparse" in name or name in ("crossentropy", "ce") or not ours
        return "labels" if labels else "one-hot"


@contextmanager
def fast_random_numbers() -> Iterator[None]:
    """Random functions of TensorFlow traced inside use Threefry where their caller leaves the choice to them.

    Their own choice takes 200 times as long inside XLA on a CPU (4.9 s in place of 0.02 s for the masks of an epoch).
    So each layer that draws, the user's own too, keeps its code and its seeds.
    """
    from tensorflow.python.ops import random_ops_util

    ordinary = random_ops_util.get_key_counter_alg

    def named(seed: Any, alg: Any) -> Any:
        return ordinary(seed, "threefry" if alg in (None, "auto_select") else alg)

    random_ops_util.get_key_counter_alg = named
    try:
        yield
    finally:
        random_ops_util.get_key_counter_alg = ordinary


def fresh_kernels(model: keras.Model) -> list[keras.Layer]:
    """The layers whose kernel Glorot's uniform rule, Keras's default, has drawn from a seed that nobody gave.

    None of a model to which the user's code gave weights: it starts as it was left, since one part may be a copy of
    another. Nor of one with attention, of whose kernels Keras counts other axes: it starts as Keras began it.
    """
    layers = [one for one in model._flatten_layers() if getattr(one, "kernel_initializer", None) is not None]
    layers = [one for one in layers if isinstance(getattr(one, "kernel", None), keras.Variable)]
    if not all(map(_is_as_drawn, layers)):
        return []
    return [
        one
        for one in layers
        if type(one.kernel_initializer) is keras.initializers.GlorotUniform
        and one.kernel_initializer.get_config().get("seed") is None
        and len(one.kernel.shape) > 1
    ]


def _is_as_drawn(layer: Any) -> bool:
    """Whether a kernel is what its initializer gives: one with a number for a seed draws the same each time."""
    kernel = layer.kernel
    if not keras.backend.is_float_dtype(kernel.dtype):
        return False
    drawn = layer.kernel_initializer(tuple(kernel.shape), dtype=kernel.dtype)
    return np.array_equal(np.array(drawn), np.array(kernel))


def start_kernels(network: OwnNetwork, seed: int, replicate: int) -> None:
    """Draw each fresh kernel as the built-in network draws it, the same on every machine.

    The place among such kernels decides, as the place of a layer does there; all else keeps the values that it has.
    """
    seeds = stream(seed, replicate, Stream.WEIGHTS).spawn(len(network.fresh))
    for layer, drawn in zip(network.fresh, seeds, strict=True):
        shape = tuple(layer.kernel.shape)
        receptive = int(np.prod(shape[:-2]))
        layer.kernel.assign(drawn_kernel(GLOROT_UNIFORM, drawn, shape, shape[-2] * receptive, shape[-1] * receptive))


def uncompilable(network: OwnNetwork) -> str:
    """What keeps XLA from compiling the model, in words; empty where nothing does."""
    x = tf.zeros((2, int(np.prod(network.shape))))

    def forward() -> tf.Tensor:
        return network.outputs(x, training=True), network.outputs(x, training=False)

    try:
        with fast_random_numbers():
            tf.function(forward, jit_compile=True)()
    except (tf.errors.OpError, ValueError, TypeError) as error:
        text = str(error)
        node = re.search(r"\{\{node ([^}]*)\}\}", text)
        names = {one.name: type(one).__name__ for one in network.model._flatten_layers(include_self=False)}
        # TensorFlow numbers a scope that is entered again: dense_1 may be dense once more.
        scopes = [part for one in (node[1].split("/") if node else []) for part in (one, re.sub(r"_\d+$", "", one))]
        parts = [part for part in scopes if part in names]
        where = f"layer {parts[-1]} ({names[parts[-1]]})" if parts else "a layer"
        first = " ".join(text.split())
        reason = re.search(r"XLA_CPU_JIT: (\w+)", first)
        return f"{where}: {f'{reason[1]} is not supported' if reason else first[:160]}"
    return ""


def operations_of(network: OwnNetwork) -> int:
    """Floating-point operations of an item's way through the model, as TensorFlow counts those of its graph."""
    profiler = tf.compat.v1.profiler
    item = tf.TensorSpec((1, int(np.prod(network.shape))))
    graph = tf.function(lambda x: network.outputs(x, training=False)).get_concrete_function(item).graph
    quiet = {**profiler.ProfileOptionBuilder.float_operation(), "output": "none"}
    return int(profiler.profile(graph, options=quiet).total_float_ops)


def unsaved(model: keras.Model) -> str:
    """The layer that holds a Python lambda, which Keras does not read from a file; empty where none does.

    What a class of the user's own holds is its own to save.
    """
    if not _of_keras(model):
        return ""
    for layer in filter(_of_keras, model.layers):
        if any(getattr(one, "__name__", "") == "<lambda>" for one in vars(layer).values()):
            return f"layer {layer.name} ({type(layer).__name__})"
        if isinstance(layer, keras.Model) and (found := unsaved(layer)):
            return found
    return ""


def _of_keras(layer: keras.Layer) -> bool:
    return type(layer).__module__.startswith("keras.")


def _check_kind(model: keras.Model) -> None:
    for name in ("train_step", "fit"):
        if getattr(type(model), name) is not getattr(keras.Model, name):
            raise BuildError(f"the model has a {name} of its own, which is not supported: its layers are trained here")
    for layer in model._flatten_layers():
        if _changes_nothing(layer):
            raise BuildError(
                f"the layer {layer.name} (Normalization) was never adapted to data, so it would change nothing: give "
                "it mean and variance, or leave it out, and rows are standardised before they come to the model"
            )
    inputs = getattr(model, "inputs", None) or []
    if len(inputs) > 1:
        raise BuildError(f"the model has {len(inputs)} inputs, and a model with one is supported")


def _changes_nothing(layer: Any) -> bool:
    """Whether it is a ``Normalization`` without statistics: Keras starts from a mean of 0 and a variance of 1."""
    if not isinstance(layer, keras.layers.Normalization) or layer.input_mean is not None or not layer.built:
        return False
    return not np.any(np.array(layer.adapt_mean)) and bool(np.all(np.array(layer.adapt_variance) == 1))


def given_shape(dataset: Dataset) -> tuple[int, ...]:
    """The shape of an item as a model gets it: as given, pictures of one colour with their channel."""
    pictures = dataset.scale is not None and len(dataset.shape) == 2
    return (*dataset.shape, 1) if pictures else dataset.shape


def _input_shape(model: keras.Model, dataset: Dataset) -> tuple[int, ...]:
    """The shape that items are given to the model in: its own where it says one."""
    given = given_shape(dataset)
    inputs = getattr(model, "inputs", None)
    if not inputs or None in inputs[0].shape[1:]:
        return given
    asked = tuple(inputs[0].shape[1:])
    if asked not in (given, dataset.shape, (*dataset.shape, 1), (dataset.inputs,)):
        raise BuildError(f"the model takes items of shape {asked}, and the data have {given}")
    return asked


def _takes_as_given(model: keras.Model) -> bool:
    """Whether the first layer is one for values as they are given."""
    layers = [one for one in getattr(model, "layers", []) if type(one).__name__ not in ("InputLayer", "Reshape")]
    return bool(layers) and type(layers[0]).__name__ in AS_GIVEN


def _probe(model: keras.Model, shape: tuple[int, ...]) -> Any:
    """What the model gives for a few random rows; this builds one that was not built."""
    x = np.random.default_rng(0).random((PROBE_ROWS, *shape), np.float32)
    try:
        return model(x, training=False)
    except Exception as error:  # whatever a layer raises
        text = " ".join(str(error).split())
        raise BuildError(f"the model cannot be called on items of shape {shape}: {text[:300]}") from error


def _named(loss: Any) -> str:
    if isinstance(loss, str):
        return loss
    return str(getattr(loss, "__name__", type(loss).__name__))


def _dropout_of(rate: tf.Variable) -> Any:
    """``Dropout.call`` with a rate that can change between trials."""

    def call(self: keras.layers.Dropout, inputs: tf.Tensor, training: bool = False) -> tf.Tensor:
        if not training:
            return inputs
        seed = tf.cast(tf.math.floormod(self.seed_generator.next(), tf.int32.max - 1), tf.int32)
        shape = tf.shape(inputs)
        noise = self.noise_shape and [shape[i] if n is None else n for i, n in enumerate(self.noise_shape)]
        return tf.nn.experimental.stateless_dropout(inputs, rate=rate, seed=seed, noise_shape=noise)

    return call


def _without_rates(tree: Any) -> Any:
    """A configuration without the dropout rates that are variables."""
    if isinstance(tree, dict):
        config = tree.get("config")
        if tree.get("class_name") == "Dropout" and isinstance(config, dict) and config.get("rate", 0) > 0:
            return {**tree, "config": {**config, "rate": _SHARED}}
        return {name: _without_rates(one) for name, one in tree.items()}
    return [_without_rates(one) for one in tree] if isinstance(tree, list | tuple) else tree
