"""The compiled trainer computes what Keras would have computed, and the same every time."""

from __future__ import annotations

from itertools import islice, pairwise

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from study.data.dataset import make_dataset
from study.data.loading import load_dataset
from study.records.readings import read
from study.records.trials import Configuration, MetricChoice, Trial
from study.train.draws import orders
from study.train.engine import follow
from study.train.measuring import Measuring
from study.train.network import Network
from study.train.trainer import KerasTrainer as Trainer

STEPS = 100


@pytest.fixture(scope="module")
def trainer() -> Trainer:
    return Trainer(load_dataset("digits"), seed=7, validation=0.1)


def keras_twin(configuration: Configuration, inputs: int, classes: int, dropout: float = 0.0) -> keras.Model:
    """The same network as anyone would write it in Keras, compiled with Keras's own training step."""
    network = configuration.network
    layers: list[keras.Layer] = [keras.Input((inputs,))]
    for width in network.hidden:
        l2 = keras.regularizers.L2(network.l2)
        layers.append(keras.layers.Dense(width, use_bias=not network.batch_norm, kernel_regularizer=l2))
        if network.batch_norm:
            layers.append(keras.layers.BatchNormalization())
        layers.append(keras.layers.Activation(network.activation))
        if dropout:
            layers.append(keras.layers.Dropout(dropout))
    layers.append(keras.layers.Dense(classes, activation="softmax"))
    model = keras.Sequential(layers)
    optimizer = {
        "adam": keras.optimizers.Adam,
        "sgd": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
        "rmsprop": keras.optimizers.RMSprop,
        "adamw": keras.optimizers.AdamW,
    }[configuration.optimizer](configuration.learning_rate)
    # Under Adam, batch normalization magnifies rounding: Keras with and without XLA are 1.4e-3 apart after the
    # hundred steps of the test below. Both sides go through XLA there, and the difference is gone.
    xla = network.batch_norm and configuration.optimizer == "adam"
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", jit_compile=xla)
    return model


def both_ways(trainer: Trainer, configuration: Configuration) -> tuple[list[np.ndarray], list[np.ndarray], int]:
    """Weights after the same epochs in the compiled program and in ``train_on_batch``, and the steps taken."""
    rows = trainer.samples.of(configuration, 0)
    program, candidate, _ = trainer.ready(configuration, 0, rows)
    candidate.start(program.network)
    twin = keras_twin(configuration, trainer.dataset.inputs, trainer.dataset.classes)
    twin.set_weights(program.network.weights())
    follow(program, Trial(configuration, 0), Measuring(MetricChoice(), rows.parts))

    x, y = trainer.dataset.x[rows.index.numpy()].astype(np.float32) / trainer.dataset.scale, rows.y.numpy()
    steps = 0
    for order in islice(orders(trainer.seed, 0, rows.sizes[0]), configuration.epochs):
        for start in range(0, len(order), configuration.batch_size):
            batch = order[start : start + configuration.batch_size]
            twin.train_on_batch(x[batch], y[batch])
            steps += 1
    return program.network.weights(), twin.get_weights(), steps


def fit_in_new_orders(model: keras.Model, x: np.ndarray, y: np.ndarray, epochs: int, seed: int) -> None:
    """``fit`` in full batches of 32, in another order each epoch.

    Once ``set_random_seed`` has been called, Keras's own shuffling repeats the first epoch's order for ever, which
    costs test accuracy (0.6 points at 1,000 MNIST samples). So all epochs are written into one.
    """
    assert len(y) % 32 == 0
    shuffle = np.random.default_rng(seed)
    order = np.concatenate([shuffle.permutation(len(y)) for _ in range(epochs)])
    model.fit(x[order], y[order], batch_size=32, shuffle=False, verbose=0)


def distance(ours: list[np.ndarray], theirs: list[np.ndarray]) -> float:
    """``||dw|| / ||w||`` over all weights."""
    flat, reference = (np.concatenate([w.ravel() for w in weights]) for weights in (ours, theirs))
    return float(np.linalg.norm(flat - reference) / np.linalg.norm(reference))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        pytest.param({"optimizer": "sgd", "learning_rate": 0.05, "activation": "tanh"}, marks=pytest.mark.long),
        pytest.param({"hidden": (64, 64, 64), "l2": 1e-3}, marks=pytest.mark.long),
        pytest.param({"optimizer": "rmsprop", "activation": "gelu", "learning_rate": 3e-4}, marks=pytest.mark.long),
        pytest.param({"optimizer": "adamw", "activation": "selu"}, marks=pytest.mark.long),
        {"batch_norm": True},
        pytest.param({"batch_norm": True, "optimizer": "sgd", "learning_rate": 0.01}, marks=pytest.mark.long),
    ],
    ids=lambda changes: "-".join(map(str, changes)) or "baseline",
)
def test_a_hundred_steps_give_the_weights_that_keras_gives(trainer: Trainer, changes: dict) -> None:
    base = {"hidden": (128, 64), "samples": 800, "epochs": 4}  # 25 steps an epoch
    configuration = Configuration.stack(**(base | changes))
    ours, theirs, steps = both_ways(trainer, configuration)
    assert steps == STEPS
    assert distance(ours, theirs) < 1e-6


@pytest.mark.parametrize(
    "changes",
    [
        {},
        pytest.param({"batch_norm": True}, marks=pytest.mark.long),
        pytest.param({"batch_norm": True, "optimizer": "sgd"}, marks=pytest.mark.long),
    ],
    ids=str,
)
def test_a_last_batch_that_is_not_full_counts_as_in_keras(trainer: Trainer, changes: dict) -> None:
    configuration = Configuration.stack(**({"hidden": (32, 16), "samples": 100, "epochs": 3} | changes))
    ours, theirs, steps = both_ways(trainer, configuration)
    assert steps == 12
    assert distance(ours, theirs) < 1e-6


@pytest.mark.long
@settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],  # to shrink a failure would take minutes: each shape is compiled
)
@given(
    hidden=st.lists(st.integers(1, 40), min_size=0, max_size=4).map(tuple),
    samples=st.integers(10, 70),
    batch_size=st.integers(1, 80),
)
def test_any_shape_agrees_with_keras(trainer: Trainer, hidden: tuple, samples: int, batch_size: int) -> None:
    configuration = Configuration.stack(hidden=hidden, samples=samples, batch_size=batch_size, epochs=2)
    ours, theirs, steps = both_ways(trainer, configuration)
    assert steps == 2 * -(-samples // batch_size)
    assert distance(ours, theirs) < 2e-6


@pytest.mark.parametrize("changes", [{}, {"batch_norm": True}, {"hidden": ()}], ids=str)
def test_the_number_of_parameters_is_that_of_the_model(trainer: Trainer, changes: dict) -> None:
    configuration = Configuration.stack(**({"hidden": (12, 7), "epochs": 1} | changes))
    model = Network(configuration, 64, 10).model
    assert configuration.network.parameters(64, 10) == sum(w.numpy().size for w in model.trainable_variables)


def test_records_equal_a_clean_evaluation_by_keras(trainer: Trainer) -> None:
    configuration = Configuration.stack(hidden=(32,), samples=200, epochs=3, dropout=0.5, l2=0.01)
    result = trainer.run(Trial(configuration, 0))
    rows = trainer.samples.of(configuration, 0)
    weights = trainer.ready(configuration, 0, rows)[0].network.weights()
    twin = keras_twin(configuration, trainer.dataset.inputs, trainer.dataset.classes)
    twin.set_weights(weights)
    x, y = trainer.dataset.x[rows.index.numpy()].astype(np.float32) / trainer.dataset.scale, rows.y.numpy()
    start = 0
    for split, size in enumerate(rows.sizes):
        probabilities = twin.predict(x[start : start + size], verbose=0)
        labels = y[start : start + size]
        accuracy = (probabilities.argmax(1) == labels).mean()
        cross_entropy = -np.log(probabilities[np.arange(size), labels]).mean()  # without the L2 penalty
        assert result.trajectory["accuracy"][-1, split] == pytest.approx(accuracy, abs=1e-9)
        assert result.trajectory["cross_entropy"][-1, split] == pytest.approx(cross_entropy, rel=1e-5)
        start += size
    kept = result.item_values("accuracy", "last")
    assert kept is not None
    test = kept.values(rows.sizes[2])
    assert test.mean() == result.trajectory["accuracy"][-1, 2]
    counts = np.bincount(y[sum(rows.sizes[:2]) : sum(rows.sizes)])
    assert np.dot(result.class_accuracy, counts) / counts.sum() == pytest.approx(test.mean())


def test_a_class_without_test_items_has_no_accuracy() -> None:
    rng = np.random.default_rng(0)
    y, y_test = np.arange(60) % 3, np.arange(20) % 2
    parts = rng.random((60, 4), np.float32), y, rng.random((20, 4), np.float32), y_test
    dataset = make_dataset("small", *parts, scale=1.0, labels=("a", "b", "c"))
    result = Trainer(dataset, seed=0, validation=0.2).run(Trial(Configuration.stack(hidden=(4,), epochs=1), 0))
    assert np.isnan(result.class_accuracy).tolist() == [False, False, True]


def test_dropout_keeps_and_scales_as_keras_does(trainer: Trainer) -> None:
    import tensorflow as tf

    from study.train.network import Dropout, DropoutDraws

    draws = DropoutDraws((200, 200))
    layers = [Dropout(0, draws), Dropout(1, draws)]
    for layer in layers:
        layer.rate.assign(0.3)
    ones = tf.ones((1000, 200))

    @tf.function(jit_compile=True)
    def drop(which: int, key: tf.Tensor) -> tf.Tensor:
        draws.draw(1000, key)
        return layers[which](ones, training=True)

    dropped = drop(0, tf.constant([1, 0])).numpy()
    assert set(np.unique(dropped)) == {0.0, np.float32(1 / np.float32(0.7))}
    assert (dropped > 0).mean() == pytest.approx(0.7, abs=4 * np.sqrt(0.21 / ones.shape.num_elements()))
    assert np.array_equal(dropped, drop(0, tf.constant([1, 0])).numpy())
    for changed in (drop(0, tf.constant([1, 1])), drop(0, tf.constant([9, 0])), drop(1, tf.constant([1, 0]))):
        assert ((dropped > 0) != (changed.numpy() > 0)).mean() == pytest.approx(0.42, abs=0.01)
    assert np.array_equal(layers[0](ones, training=False).numpy(), ones.numpy())


@pytest.mark.long
def test_means_over_seeds_agree_with_keras_and_its_own_dropout(trainer: Trainer) -> None:
    configuration = Configuration.stack(hidden=(64,), samples=608, epochs=12, dropout=0.3)
    ours, theirs = [], []
    for replicate in range(5):
        ours.append(trainer.run(Trial(configuration, replicate)).trajectory["accuracy"][-1])
        keras.utils.set_random_seed(replicate)
        twin = keras_twin(configuration, trainer.dataset.inputs, trainer.dataset.classes, dropout=0.3)
        rows = trainer.samples.of(configuration, replicate)
        x, y = trainer.dataset.x[rows.index.numpy()].astype(np.float32) / trainer.dataset.scale, rows.y.numpy()
        bounds = np.cumsum((0, *rows.sizes))
        fit_in_new_orders(twin, x[: bounds[1]], y[: bounds[1]], configuration.epochs, seed=replicate)
        right = twin.predict(x, verbose=0).argmax(1) == y
        theirs.append([right[a:b].mean() for a, b in pairwise(bounds)])
    difference = np.mean(ours, axis=0) - np.mean(theirs, axis=0)
    error = np.sqrt((np.var(ours, axis=0, ddof=1) + np.var(theirs, axis=0, ddof=1)) / 5)
    assert (np.abs(difference) < 3 * error + 1e-3).all()


def test_results_do_not_depend_on_what_ran_before(trainer: Trainer) -> None:
    trial = Trial(Configuration.stack(hidden=(24, 24), samples=100, epochs=4, dropout=(0.1, 0.4)), 3)
    first = trainer.run(trial)
    trainer.run(Trial(Configuration.stack(hidden=(24, 24), samples=100, epochs=2, dropout=0.5, learning_rate=0.1), 1))
    again = trainer.run(trial)
    fresh = Trainer(load_dataset("digits"), seed=7, validation=0.1).run(trial)
    for other in (again, fresh):
        assert other.trajectory["accuracy"].tobytes() == first.trajectory["accuracy"].tobytes()
        assert other.trajectory["cross_entropy"].tobytes() == first.trajectory["cross_entropy"].tobytes()
        assert other.items == first.items != ()


def test_a_replicate_starts_from_the_same_weights_with_and_without_a_remedy(trainer: Trainer) -> None:
    starts = []
    for changes in ({}, {"dropout": 0.3}, {"l2": 0.01}):
        configuration = Configuration.stack(hidden=(24, 24), samples=100, epochs=1, **changes)
        program, candidate, _ = trainer.ready(configuration, 0, trainer.samples.of(configuration, 0))
        candidate.start(program.network)
        starts.append(np.concatenate([w.ravel() for w in program.network.weights()]))
    assert np.array_equal(starts[0], starts[1]) and np.array_equal(starts[0], starts[2])


def test_another_seed_or_replicate_gives_another_result(trainer: Trainer) -> None:
    configuration = Configuration.stack(hidden=(24, 24), samples=100, epochs=4)
    losses = {trainer.run(Trial(configuration, r)).trajectory["cross_entropy"][-1, 0] for r in (0, 1)}
    other = Trainer(load_dataset("digits"), seed=8, validation=0.1)
    losses.add(other.run(Trial(configuration, 0)).trajectory["cross_entropy"][-1, 0])
    assert len(losses) == 3


def test_a_diverging_run_is_a_failed_result_with_its_epoch(trainer: Trainer) -> None:
    configuration = Configuration.stack(hidden=(24, 24), samples=100, epochs=20, optimizer="sgd", learning_rate=1e20)
    result = trainer.run(Trial(configuration, 0))
    assert result.state == "failed" and "diverged" in result.reason
    assert result.diverged_epoch == result.trajectory.epochs[-1]


def test_a_halted_run_reads_like_the_full_one(trainer: Trainer) -> None:
    common = {"hidden": (64,), "samples": 60, "epochs": 60, "learning_rate": 0.01}
    full = trainer.run(Trial(Configuration.stack(**common), 0)).trajectory
    halted = trainer.run(Trial(Configuration.stack(**common, halt=3), 0)).trajectory
    assert len(halted.epochs) < len(full.epochs)
    a, b = read(full, "patience=3"), read(halted, "patience=3")
    assert a.epoch == b.epoch and np.array_equal(a["accuracy"], b["accuracy"])


@pytest.mark.parametrize(
    "samples", [100, pytest.param(None, marks=pytest.mark.long)]
)  # where one call trains all epochs of a record, and where several do
def test_a_sparser_schedule_records_a_part_of_the_same_trajectory(trainer: Trainer, samples: int | None) -> None:
    common = {"hidden": (24,), "samples": samples, "epochs": 12, "dropout": 0.2}
    full = trainer.run(Trial(Configuration.stack(**common), 0)).trajectory
    sparse = trainer.run(Trial(Configuration.stack(**common, evaluate_every=5), 0)).trajectory
    assert sparse.epochs.tolist() == [5, 10, 12]
    assert np.array_equal(sparse["cross_entropy"], full["cross_entropy"][[4, 9, 11]])
