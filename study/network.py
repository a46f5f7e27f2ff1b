"""A configuration as a real Keras model, and the three parts that let one compiled program serve many trials.

A program is compiled once per architecture. Dropout rate, L2 coefficient and learning rate are therefore
variables that the program reads, not numbers baked into it.
"""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from study.records import Configuration, dropout_rates

SGD_MOMENTUM = 0.9


class DropoutDraws:
    """Says which random numbers the dropout layers draw next.

    ``key`` (2,) int32 is set for each step of the program, from the trial's seed and the step's number; each
    layer adds its own index. So a mask depends on (trial, epoch, step, layer) and on nothing that ran before.
    """

    key: tf.Tensor


class Dropout(keras.layers.Layer):
    """Keras's inverted dropout with random numbers that are fast inside XLA.

    The random numbers of ``keras.layers.Dropout`` take 4.9 s for one MNIST epoch inside XLA on a CPU; Threefry,
    named explicitly, takes 0.022 s for the same draws. Kept with probability 1 - rate, scaled by 1 / (1 - rate).
    """

    def __init__(self, index: int, draws: DropoutDraws) -> None:
        super().__init__(name=f"dropout_{index}")
        self.index = index
        self.draws = draws
        self.rate = tf.Variable(0.0, trainable=False, name="rate")

    def call(self, inputs: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Drop in training, pass through in inference."""
        if not training:
            return inputs
        seed = self.draws.key + tf.constant([self.index, 0], tf.int32)
        uniform = tf.random.stateless_uniform(tf.shape(inputs), seed, alg="threefry")
        return tf.where(uniform >= self.rate, inputs / (1.0 - self.rate), tf.zeros_like(inputs))


class L2(keras.regularizers.Regularizer):
    """Keras's ``L2`` penalty with a coefficient that can change between trials."""

    def __init__(self) -> None:
        self.coefficient = tf.Variable(0.0, trainable=False, name="l2")

    def __call__(self, x: tf.Tensor) -> tf.Tensor:
        """``coefficient * sum(x ** 2)``, as ``keras.regularizers.L2`` computes it."""
        return self.coefficient * keras.ops.sum(keras.ops.square(x))


class Network:
    """The layers of one architecture, ending in logits, with the variables that its trials set.

    ``model`` maps (B, inputs) float32 to logits (B, classes).
    """

    def __init__(self, configuration: Configuration, inputs: int, classes: int, *, dropout: bool) -> None:
        self.draws = DropoutDraws()
        self.l2 = L2()
        self.dropouts = [Dropout(i, self.draws) for i in range(configuration.depth)] if dropout else []
        self.optimizer = _optimizer(configuration.optimizer)
        layers: list[keras.Layer] = []
        for i, width in enumerate(configuration.hidden):
            # Batch normalization takes the mean out again: a bias before it would be moved by rounding noise alone.
            bias = not configuration.batch_norm
            layers.append(keras.layers.Dense(width, use_bias=bias, kernel_regularizer=self.l2, name=f"hidden_{i}"))
            if configuration.batch_norm:
                layers.append(keras.layers.BatchNormalization(name=f"batch_norm_{i}"))
            layers.append(keras.layers.Activation(configuration.activation))
            if dropout:
                layers.append(self.dropouts[i])
        layers.append(keras.layers.Dense(classes, name="output"))
        self.model = keras.Sequential([keras.Input((inputs,)), *layers])
        self.optimizer.build(self.model.trainable_variables)

    def logits(self, x: tf.Tensor, *, training: bool, valid: tf.Tensor | None = None) -> tf.Tensor:
        """Logits (B, classes) of rows ``x`` (B, inputs).

        ``valid`` (B,) bool marks the rows that are there: the last batch of an epoch is filled up to B, and
        batch normalization must not see the filling.
        """
        for layer in self.model.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                x = layer(x, training=training, mask=valid)
            elif isinstance(layer, Dropout):
                x = layer(x, training=training)
            else:
                x = layer(x)
        return x

    def start(self, configuration: Configuration, seeds: np.random.SeedSequence) -> None:
        """Set every variable as at the start of a trial: fresh weights, empty slots, this trial's rates."""
        for layer, child in zip(self.model.layers, seeds.spawn(len(self.model.layers)), strict=True):
            _initialise(layer, int(child.generate_state(1)[0] % 2**31))
        for variable in self.optimizer.variables:
            variable.assign(np.zeros(variable.shape, variable.dtype))
        self.optimizer.learning_rate.assign(configuration.learning_rate)
        self.l2.coefficient.assign(configuration.l2)
        for layer, rate in zip(self.dropouts, dropout_rates(configuration), strict=False):
            layer.rate.assign(rate)

    def weights(self) -> list[np.ndarray]:
        """Copies of all weights, in Keras's order."""
        return [np.array(w) for w in self.model.get_weights()]


def _initialise(layer: keras.Layer, seed: int) -> None:
    """Draw the layer's weights anew with Keras's own initialisers, seeded."""
    if isinstance(layer, keras.layers.Dense):
        initializer = keras.initializers.GlorotUniform(seed=seed)
        layer.kernel.assign(initializer(layer.kernel.shape))
        if layer.use_bias:
            layer.bias.assign(np.zeros(layer.bias.shape, np.float32))
    elif isinstance(layer, keras.layers.BatchNormalization):
        for weight, value in zip(layer.weights, (1.0, 0.0, 0.0, 1.0), strict=True):
            weight.assign(np.full(weight.shape, value, np.float32))


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
