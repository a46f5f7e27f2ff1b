"""A configuration as a real Keras model, and the three parts that let one compiled program serve many trials.

A compiled program serves all trials of one architecture. Dropout rate, L2 coefficient and learning rate are therefore
variables that the program reads, not numbers baked into it.
"""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from study.records.trials import Configuration

SGD_MOMENTUM = 0.9


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


class L2(keras.regularizers.Regularizer):
    """Keras's ``L2`` penalty with a coefficient that can change between trials."""

    def __init__(self) -> None:
        self.coefficient = tf.Variable(0.0, trainable=False, name="l2")

    def __call__(self, x: tf.Tensor) -> tf.Tensor:
        """``coefficient * sum(x ** 2)``, as ``keras.regularizers.L2`` computes it."""
        return self.coefficient * keras.ops.sum(keras.ops.square(x))


class Network:
    """The layers of one architecture, ending in logits, with the variables that its trials set.

    Dropout and the L2 penalty are there only where the configuration has them: layers that keep everything, and a
    penalty of nothing, would cost every other trial 3 to 12 %.

    ``model`` maps (B, inputs) float32 to (B, outputs): logits, or the prediction of a regression.
    """

    def __init__(self, configuration: Configuration, inputs: int, outputs: int) -> None:
        stack = configuration.dense
        dropout = any(stack.dropout_rates)
        self.draws = DropoutDraws(stack.hidden if dropout else ())
        self.dropouts = [Dropout(i, self.draws) for i in range(stack.depth)] if dropout else []
        self.l2 = L2() if stack.l2 else None
        self.loss = _loss(configuration.loss)
        self.optimizer = _optimizer(configuration.optimizer)
        layers: list[keras.Layer] = []
        for i, width in enumerate(stack.hidden):
            # Batch normalization takes the mean out again: a bias before it would be moved by rounding noise alone.
            bias = not stack.batch_norm
            layers.append(keras.layers.Dense(width, use_bias=bias, kernel_regularizer=self.l2, name=f"hidden_{i}"))
            if stack.batch_norm:
                layers.append(keras.layers.BatchNormalization(name=f"batch_norm_{i}"))
            layers.append(keras.layers.Activation(stack.activation))
            if dropout:
                layers.append(self.dropouts[i])
        layers.append(keras.layers.Dense(outputs, name="output"))
        self.model = keras.Sequential([keras.Input((inputs,)), *layers])
        self.optimizer.build(self.model.trainable_variables)

    def logits(self, x: tf.Tensor, *, training: bool, valid: tf.Tensor | None = None) -> tf.Tensor:
        """Logits (B, classes) of rows ``x`` (B, inputs), or predictions (B, 1).

        ``valid`` (B,) bool marks the rows that are there: the last batch of an epoch is filled up to B, and
        batch normalization must not see the filling.
        """
        for layer in self.model.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                # Keras would carry the mask on to the loss, which would weigh the last batch with it once more.
                x = tf.identity(layer(x, training=training, mask=valid))
            elif isinstance(layer, Dropout):
                x = layer(x, training=training)
            else:
                x = layer(x)
        return x

    def start(self, configuration: Configuration, weights: list[np.ndarray]) -> None:
        """Set every variable as at the start of a trial: these weights, empty slots, this trial's rates."""
        self.model.set_weights(weights)
        for variable in self.optimizer.variables:
            variable.assign(np.zeros(variable.shape, variable.dtype))
        self.optimizer.learning_rate.assign(configuration.learning_rate)
        if self.l2 is not None:
            self.l2.coefficient.assign(configuration.dense.l2)
        for layer, rate in zip(self.dropouts, configuration.dense.dropout_rates, strict=False):
            layer.rate.assign(rate)

    def weights(self) -> tuple[np.ndarray, ...]:
        """Copies of all weights, in the order in which a plain Keras model of the same layers sets them."""
        return tuple(np.array(w) for w in self.model.get_weights())


def _loss(name: str) -> keras.losses.Loss:
    match name:
        case "mse":
            return keras.losses.MeanSquaredError()
        case "mae":
            return keras.losses.MeanAbsoluteError()
        case "huber":
            return keras.losses.Huber()
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def _optimizer(name: str) -> keras.Optimizer:
    match name:
        case "adam":
            return keras.optimizers.Adam()
        case "sgd":
            return keras.optimizers.SGD(momentum=SGD_MOMENTUM)
        case "rmsprop":
            return keras.optimizers.RMSprop()
        case "adamw":
            return keras.optimizers.AdamW()
    raise ValueError(f"unknown optimizer {name!r}")
