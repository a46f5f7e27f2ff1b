"""A configuration as a real Keras model, and the three parts that let one compiled program serve many trials.

A compiled program serves all trials of one architecture. Dropout rates, coefficients of penalties, learning rate and
their like are therefore variables that the program reads, not numbers baked into it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Protocol

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from study.data.dataset import Dataset
from study.records.trials import ONE_HOT_MSE, USUAL_MOMENTUM, Configuration, program_key
from study.train.draws import start_weights


class KerasNetwork(Protocol):
    """What a program trains: layers, loss and optimizer of Keras, whoever put them together."""

    optimizer: keras.Optimizer

    @property
    def padded(self) -> bool:
        """Whether the last batch of an epoch is filled up; ``valid`` of :meth:`outputs` then marks the rows."""

    @property
    def compiled(self) -> bool:
        """Whether XLA makes it faster."""

    @property
    def as_given(self) -> bool:
        """Whether it takes values as they are given, neither standardised nor scaled."""

    @property
    def variables(self) -> list[Any]:
        """What is trained."""

    def draw(self, rows: int, key: tf.Tensor) -> None:
        """Draw what a step of ``rows`` rows needs; ``key`` (2,) int32 is made of the trial's seed and the step."""

    def outputs(self, x: tf.Tensor, *, training: bool, valid: tf.Tensor | None = None) -> tf.Tensor:
        """What it gives for rows ``x`` (B, F); ``valid`` (B,) bool marks those that are there."""

    def objective(self, y: tf.Tensor, outputs: tf.Tensor, weight: tf.Tensor | None) -> tf.Tensor:
        """What a step lowers, of labels or targets ``y``, with the weights (B,) of rows."""

    def scores(self, outputs: tf.Tensor) -> tf.Tensor:
        """Logits (B, K) of outputs, or predictions (B, 1)."""

    def weights(self) -> tuple[NDArray[Any], ...]:
        """Copies of all weights, in the order of ``keras.Model.get_weights``."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A trial's network before it has a program.

    ``key`` is what a program depends on, beside the layout of rows: candidates with equal keys share one. ``network``
    makes the network of a program of its own, ``start`` sets every variable of one as at the start of the trial.
    ``parameters`` are those of a network that nobody could count before.
    """

    key: Hashable
    network: Callable[[], KerasNetwork]
    start: Callable[[Any], None]
    parameters: int | None = None


class Candidates(Protocol):
    """A kind of network, as this engine trains it."""

    def of(self, configuration: Configuration, replicate: int, rows: int) -> Candidate:
        """The network of a trial on ``rows`` training rows.

        Raises :class:`~study.train.own.code.BuildError` where the configuration makes none.
        """


@dataclass(frozen=True, slots=True)
class DenseCandidates:
    """Dense stacks on a data set; ``seed`` is the study's."""

    dataset: Dataset
    seed: int

    def of(self, configuration: Configuration, replicate: int, rows: int) -> Candidate:
        """The stack of a trial; its program serves all rates and coefficients."""
        shape = self.dataset.inputs, self.dataset.outputs

        def start(network: Network) -> None:
            network.start(configuration, start_weights(configuration, *shape, self.seed, replicate))

        return Candidate(program_key(configuration), lambda: Network(configuration, *shape), start)


class DropoutDraws:
    """One draw a step for the masks of all dropout layers; each layer takes its own columns.

    The key is made of the trial's seed and the step's number, so a mask depends on (trial, epoch, step, layer) and
    on nothing that ran before. Threefry is named explicitly: what ``keras.layers.Dropout`` ends in takes 4.9 s for
    one MNIST epoch inside XLA on a CPU, this 0.02 s. A draw for each layer would cost twice as much as one for all.
    """

    def __init__(self, widths: tuple[int, ...]) -> None:
        self.widths = widths
        self.uniform: list[tf.Tensor] = []

    def draw(self, rows: int, key: tf.Tensor) -> None:
        """Draw for a step of ``rows`` rows; ``key`` (2,) int32. Costs nothing where there is no dropout."""
        if self.widths:
            drawn = tf.random.stateless_uniform((rows, sum(self.widths)), key, alg="threefry")
            self.uniform = tf.split(drawn, self.widths, axis=1)


class Dropout(keras.layers.Layer):
    """Keras's inverted dropout: kept with probability 1 - rate, scaled by 1 / (1 - rate)."""

    def __init__(self, index: int, draws: DropoutDraws) -> None:
        super().__init__(name=f"dropout_{index}")
        self.index = index
        self.draws = draws
        self.rate = tf.Variable(0.0, trainable=False, name="rate")

    def call(self, inputs: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Drop in training, pass through in inference."""
        if not training:
            return inputs
        kept = self.draws.uniform[self.index] >= self.rate
        return tf.where(kept, inputs / (1.0 - self.rate), tf.zeros_like(inputs))


class Penalties(keras.regularizers.Regularizer):
    """Keras's ``L1L2`` with coefficients that can change between trials; None where there is no such penalty."""

    def __init__(self, l1: bool, l2: bool) -> None:
        self.l1 = tf.Variable(0.0, trainable=False, name="l1") if l1 else None
        self.l2 = tf.Variable(0.0, trainable=False, name="l2") if l2 else None

    def __call__(self, x: tf.Tensor) -> tf.Tensor:
        """``l1 * sum(abs(x)) + l2 * sum(x ** 2)``, as ``keras.regularizers.L1L2`` computes it."""
        penalties = []
        if self.l1 is not None:
            penalties.append(self.l1 * keras.ops.sum(keras.ops.abs(x)))
        if self.l2 is not None:
            penalties.append(self.l2 * keras.ops.sum(keras.ops.square(x)))
        return sum(penalties)


class Network:
    """The layers of one architecture, ending in logits, with the variables that its trials set.

    Dropout, penalties and constraints are there only where the configuration has them: layers that keep everything, and
    a penalty of nothing, would cost every other trial 3 to 12 %.

    ``model`` maps (B, inputs) float32 to (B, outputs): logits, or the prediction of a regression; but for residual
    connections, which :meth:`outputs` makes.
    """

    def __init__(self, configuration: Configuration, inputs: int, outputs: int) -> None:
        stack = configuration.dense
        dropped = [inputs] * (stack.input_dropout > 0) + list(stack.hidden) * any(stack.dropout_rates)
        self.draws = DropoutDraws(tuple(dropped))
        self.dropouts = [Dropout(i, self.draws) for i in range(len(dropped))]
        self.penalties = Penalties(stack.l1 > 0, stack.l2 > 0) if stack.l1 or stack.l2 else None
        self.max_norm = keras.constraints.MaxNorm() if stack.max_norm else None
        if self.max_norm is not None:
            self.max_norm.max_value = tf.Variable(0.0, trainable=False, name="max_norm")
        self.loss_name = configuration.loss
        self.smoothing = tf.Variable(0.0, trainable=False, name="smoothing") if configuration.label_smoothing else None
        self.loss = loss_of(configuration.loss, smoothed=self.smoothing is not None)
        self.optimizer = optimizer_of(configuration)
        if configuration.weight_decay is not None:
            self.optimizer.weight_decay = tf.Variable(0.0, trainable=False, name="weight_decay")
        dropouts = iter(self.dropouts)
        self.before = [next(dropouts)] if stack.input_dropout else []
        self.blocks: list[list[keras.Layer]] = []
        self.skips = stack.skips
        for i, width in enumerate(stack.hidden):
            # Batch normalization takes the mean out again: a bias before it would be moved by rounding noise alone.
            bias = not stack.batch_norm
            block: list[keras.Layer] = [
                keras.layers.Dense(
                    width,
                    use_bias=bias,
                    kernel_regularizer=self.penalties,
                    kernel_constraint=self.max_norm,
                    name=f"hidden_{i}",
                )
            ]
            if stack.batch_norm:
                block.append(keras.layers.BatchNormalization(name=f"batch_norm_{i}"))
            if stack.layer_norm:
                block.append(keras.layers.LayerNormalization(name=f"layer_norm_{i}"))
            block.append(keras.layers.Activation(stack.activation))
            block += [next(dropouts)] if any(stack.dropout_rates) else []
            self.blocks.append(block)
        self.output = keras.layers.Dense(outputs, name="output")
        layers = [*self.before, *(layer for block in self.blocks for layer in block), self.output]
        self.model = keras.Sequential([keras.Input((inputs,)), *layers])
        self.optimizer.build(self.model.trainable_variables)

    @property
    def padded(self) -> bool:
        """Whether the last batch of an epoch is filled up; ``valid`` of :meth:`outputs` then marks the rows."""
        return True

    @property
    def compiled(self) -> bool:
        """Whether XLA makes it faster: thirteen times."""
        return True

    @property
    def as_given(self) -> bool:
        """Whether it takes values as they are given: standardised and scaled ones here."""
        return False

    @property
    def variables(self) -> list[tf.Variable]:
        """What is trained."""
        return list(self.model.trainable_variables)

    def draw(self, rows: int, key: tf.Tensor) -> None:
        """Draw the masks of a step of ``rows`` rows; ``key`` (2,) int32."""
        self.draws.draw(rows, key)

    def objective(self, y: tf.Tensor, outputs: tf.Tensor, weight: tf.Tensor | None) -> tf.Tensor:
        """What a step lowers: the loss of ``outputs`` with the weights (B,) of rows, and the penalties."""
        if self.smoothing is not None:
            classes = outputs.shape[-1]
            y = tf.one_hot(y, classes) * (1.0 - self.smoothing) + self.smoothing / classes
        elif self.loss_name == ONE_HOT_MSE:
            y, outputs = tf.one_hot(y, outputs.shape[-1]), tf.nn.softmax(outputs)
        return self.loss(y, outputs, sample_weight=weight) + sum(self.model.losses)

    def scores(self, outputs: tf.Tensor) -> tf.Tensor:
        """Logits of its outputs: these are some, or the predictions of a regression."""
        return outputs

    def outputs(self, x: tf.Tensor, *, training: bool, valid: tf.Tensor | None = None) -> tf.Tensor:
        """Logits (B, classes) of rows ``x`` (B, inputs), or predictions (B, 1).

        ``valid`` (B,) bool marks the rows that are there: the last batch of an epoch is filled up to B, and
        batch normalization must not see the filling.
        """
        for layer in self.before:
            x = layer(x, training=training)
        for block, skips in zip(self.blocks, self.skips, strict=True):
            given = x
            for layer in block:
                if isinstance(layer, keras.layers.BatchNormalization):
                    # Keras would carry the mask on to the loss, which would weigh the last batch with it once more.
                    x = tf.identity(layer(x, training=training, mask=valid))
                elif isinstance(layer, Dropout):
                    x = layer(x, training=training)
                else:
                    x = layer(x)
            if skips:
                x = given + x
        return self.output(x)

    def start(self, configuration: Configuration, weights: list[np.ndarray]) -> None:
        """Set every variable as at the start of a trial: these weights, empty slots, this trial's rates."""
        self.model.set_weights(weights)
        for variable in self.optimizer.variables:
            variable.assign(np.zeros(variable.shape, variable.dtype))
        self.optimizer.learning_rate.assign(configuration.learning_rate)
        stack = configuration.dense
        if self.penalties is not None:
            for coefficient, value in ((self.penalties.l1, stack.l1), (self.penalties.l2, stack.l2)):
                if coefficient is not None:
                    coefficient.assign(value)
        if self.max_norm is not None:
            self.max_norm.max_value.assign(stack.max_norm)
        if self.smoothing is not None:
            self.smoothing.assign(configuration.label_smoothing)
        if configuration.weight_decay is not None:
            self.optimizer.weight_decay.assign(configuration.weight_decay)
        rates = ([stack.input_dropout] if self.before else []) + list(stack.dropout_rates)
        for layer, rate in zip(self.dropouts, rates, strict=False):
            layer.rate.assign(rate)

    def weights(self) -> tuple[np.ndarray, ...]:
        """Copies of all weights, in the order in which a plain Keras model of the same layers sets them."""
        return tuple(np.array(w) for w in self.model.get_weights())


def loss_of(name: str, *, smoothed: bool = False) -> keras.losses.Loss:
    """The loss of a name; of classes it takes labels and logits, ``smoothed`` or as a square, a share of each class."""
    match name:
        case "mse" | "one-hot-mse":
            return keras.losses.MeanSquaredError()
        case "mae":
            return keras.losses.MeanAbsoluteError()
        case "huber":
            return keras.losses.Huber()
    if smoothed:
        return keras.losses.CategoricalCrossentropy(from_logits=True)
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def optimizer_of(configuration: Configuration) -> keras.Optimizer:
    """The optimizer of a configuration, at its learning rate."""
    more: dict[str, Any] = {"learning_rate": configuration.learning_rate}
    if configuration.weight_decay is not None:
        more["weight_decay"] = configuration.weight_decay
    if configuration.clip_norm:
        more["global_clipnorm"] = configuration.clip_norm
    if configuration.optimizer in USUAL_MOMENTUM:
        usual = USUAL_MOMENTUM[configuration.optimizer]
        more["momentum"] = usual if configuration.momentum is None else configuration.momentum
    match configuration.optimizer:
        case "adam":
            return keras.optimizers.Adam(**more)
        case "sgd":
            return keras.optimizers.SGD(nesterov=configuration.nesterov, **more)
        case "rmsprop":
            return keras.optimizers.RMSprop(**more)
        case "adamw":
            return keras.optimizers.AdamW(**more)
    raise ValueError(f"unknown optimizer {configuration.optimizer!r}")
