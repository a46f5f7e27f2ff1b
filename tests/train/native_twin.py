"""What the native engine is held against: the same steps by Keras's own layers, losses and optimizers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from study.records.trials import Configuration
from study.train.draws import dropout_factors, start_weights
from study.train.native.compiled import Stack, get_weights, module, set_weights

GRAPH_STEPS = 20  # from how many steps on they are a graph


@dataclass(frozen=True)
class Case:
    """A stack and what it trains on: ``x`` (n, features) uint8 or float32, labels (n,) or targets (n, outputs)."""

    stack: Stack
    x: np.ndarray
    y: np.ndarray
    scale: float = 0.0
    shift: np.ndarray | None = None
    deviation: np.ndarray | None = None
    weights: np.ndarray | None = None  # (n,) float32, what rows count

    @property
    def configuration(self) -> Configuration:
        """The configuration of these layers, for start weights."""
        return Configuration.stack(self.stack.hidden, epochs=1, batch_norm=self.stack.batch_norm)

    def start(self) -> list[np.ndarray]:
        """Start weights, with biases that are not all zero."""
        rng = np.random.default_rng(1)
        weights = start_weights(self.configuration, self.stack.features, self.stack.outputs, 5, 0)
        return [
            w + rng.uniform(-0.1, 0.1, w.shape).astype(np.float32) * (w.ndim == 1 and w.max() == 0) for w in weights
        ]

    def seen(self) -> np.ndarray:
        """What the network sees of the rows."""
        x = self.x.astype(np.float32)
        if self.scale:
            return x / np.float32(self.scale)
        scaled = (x - self.shift) / self.deviation
        return np.where(np.isnan(scaled), np.float32(0), scaled)

    def batches(self, steps: int) -> list[np.ndarray]:
        """Places of the rows of each step: epoch after epoch, with a short last batch."""
        rng, batches = np.random.default_rng(2), []
        while len(batches) < steps:
            order = rng.permutation(len(self.x)).astype(np.int32)
            batches += [order[i : i + self.stack.batch] for i in range(0, len(order), self.stack.batch)]
        return batches[:steps]

    def native(self, steps: int, kernels: str | None = None) -> tuple[np.ndarray, ...]:
        """Weights after the steps, in C."""
        rows, features = self.x.shape
        standard = {} if self.scale else {"shift": self.shift, "deviation": self.deviation}
        inputs = module().Inputs(self.x, rows=rows, features=features, scale=self.scale, **standard)
        network = self.stack.network(sparse=inputs.sparse, kernels=kernels)
        set_weights(network, self.start())
        weights = () if self.weights is None else (self.weights,)
        for batch in self.batches(steps):
            network.train(inputs, np.arange(rows, dtype=np.int32), self.y, batch, *weights)
        assert network.steps == steps
        return get_weights(network)

    def keras(self, steps: int, dtype: str = "float32") -> list[np.ndarray]:
        """Weights after the steps, by Keras, with the same masks; ``dtype`` float64 gives a reference."""
        step_of, weights, start = taught(self.stack, dtype, as_graph=steps > GRAPH_STEPS)
        for variable, value in start:
            variable.assign(value)
        for variable, value in zip(weights, self.start(), strict=True):
            variable.assign(value.astype(dtype))
        stack, x = self.stack, self.seen().astype(dtype)
        y = self.y.astype(dtype) if stack.loss != "cross-entropy" else self.y
        for step, batch in enumerate(self.batches(steps)):
            factors = [
                tf.constant(dropout_factors(stack.key, step, i, len(batch), width, stack.dropout[i]), dtype)
                for i, width in enumerate(stack.hidden)
            ]
            counts = np.ones(len(batch)) if self.weights is None else self.weights[batch]
            step_of(tf.constant(x[batch]), tf.constant(y[batch]), tf.constant(counts.astype(dtype)), factors)
        return [variable.numpy() for variable in weights]


@cache
def taught(stack: Stack, dtype: str, *, as_graph: bool) -> tuple[Callable[..., None], list[Any], list[tuple[Any, Any]]]:
    """A step of the twin of ``stack``, its weights, and what its optimizer starts from: for any number of cases.

    As a graph, a hundred steps take seconds; for ten, tracing it would take longer than they do.
    """
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy(dtype)
    try:
        model, optimizer = twin(stack), optimizer_of(stack)
    finally:
        keras.config.set_dtype_policy(policy)
    optimizer.build(model.trainable_variables)
    step = partial(one_step, model, optimizer, stack)
    taken = tf.function(step, reduce_retracing=True) if as_graph else step
    return taken, model.weights, [(variable, variable.numpy()) for variable in optimizer.variables]


def twin(stack: Stack) -> keras.Model:
    """The layers of a stack without its dropout, for which :func:`one_step` multiplies by what both engines drew."""
    layers: list[keras.Layer] = [keras.Input((stack.features,))]
    for width in stack.hidden:
        l2 = keras.regularizers.L2(stack.l2)
        layers.append(keras.layers.Dense(width, use_bias=not stack.batch_norm, kernel_regularizer=l2))
        if stack.batch_norm:
            layers.append(keras.layers.BatchNormalization())
        layers.append(keras.layers.Activation(stack.activation))
    return keras.Sequential([*layers, keras.layers.Dense(stack.outputs)])


def optimizer_of(stack: Stack) -> keras.Optimizer:
    """Keras's optimizer as the compiled trainer makes it."""
    kinds = {
        "adam": keras.optimizers.Adam,
        "adamw": keras.optimizers.AdamW,
        "rmsprop": keras.optimizers.RMSprop,
        "sgd": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    }
    return kinds[stack.optimizer](stack.learning_rate)


def one_step(
    model: keras.Model,
    optimizer: keras.Optimizer,
    stack: Stack,
    x: tf.Tensor,
    y: tf.Tensor,
    weights: tf.Tensor,
    factors: list[tf.Tensor],
) -> None:
    """One step of gradient descent on a batch."""
    with tf.GradientTape() as tape:
        h, hidden = x, iter(factors)
        for layer in model.layers:
            h = layer(h, training=True)
            if isinstance(layer, keras.layers.Activation):
                h = h * next(hidden)
        if stack.loss == "cross-entropy":
            loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype=h.dtype)(y, h, weights)
        else:
            made = {"mse": keras.losses.MeanSquaredError, "mae": keras.losses.MeanAbsoluteError}
            loss = made.get(stack.loss, keras.losses.Huber)(dtype=h.dtype)(y, h, weights)
        loss += tf.add_n(model.losses) if model.losses else 0.0
    variables = model.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)


def distance(ours: list[np.ndarray], theirs: list[np.ndarray]) -> float:
    """``||dw|| / ||w||`` over all weights."""
    flat, reference = (np.concatenate([w.ravel().astype(np.float64) for w in weights]) for weights in (ours, theirs))
    return float(np.linalg.norm(flat - reference) / np.linalg.norm(reference))


def case_of(
    hidden: tuple[int, ...],
    *,
    features: int = 40,
    outputs: int = 10,
    rows: int = 70,
    batch: int = 32,
    rate: float = 0.0,
    kind: str = "bytes",
    weighted: bool = False,
    seed: int = 0,
    **stack: object,
) -> Case:
    """A case of generated data: ``kind`` is bytes, sparse bytes, floats, or standardised with gaps."""
    rng = np.random.default_rng(seed)
    if weighted:
        even = case_of(
            hidden, features=features, outputs=outputs, rows=rows, batch=batch, rate=rate, kind=kind, **stack
        )  # type: ignore[arg-type]
        return replace(even, weights=rng.uniform(0, 3, rows).astype(np.float32))
    made = Stack(features, hidden, outputs, min(batch, rows), (rate,) * len(hidden), (123, 456), **stack)  # type: ignore[arg-type]
    number = made.loss != "cross-entropy"
    y = rng.normal(size=(rows, outputs)).astype(np.float32) if number else rng.integers(0, outputs, rows, np.int32)
    if kind == "standardised":
        x = rng.normal(3, 2, (rows, features)).astype(np.float32)
        shift, deviation = x.mean(0), x.std(0) + np.float32(0.1)
        x[rng.random(x.shape) < 0.1] = np.nan
        return Case(made, x, y, shift=shift, deviation=deviation)
    if kind == "floats":
        return Case(made, rng.uniform(0.1, 2, (rows, features)).astype(np.float32), y, scale=2.0)
    x = rng.integers(1, 256, (rows, features), np.uint8)
    if kind == "sparse":
        x *= rng.random(x.shape) < 0.3
    return Case(made, x, y, scale=255.0)


def changed(case: Case, **stack: object) -> Case:
    """The same case with another stack."""
    return replace(case, stack=replace(case.stack, **stack))  # type: ignore[arg-type]
