"""Words of training beyond the plainest: each does what Keras's own does, in the code that a report shows for it."""

from __future__ import annotations

from itertools import islice
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray

from study.data.loading import load_dataset
from study.records.trials import Configuration, MetricChoice, Trial
from study.train.draws import orders, start_weights
from study.train.engine import follow
from study.train.keras_code import keras_code
from study.train.measuring import Measuring
from study.train.network import Network
from study.train.schedule import Schedule, rates
from study.train.trainer import KerasTrainer
from tests.train.test_trainer import distance

EPOCHS, BATCH = 6, 32


@pytest.fixture(scope="module")
def trainer() -> KerasTrainer:
    return KerasTrainer(load_dataset("digits"), seed=7, validation=0.1)


def by_the_code(trainer: KerasTrainer, configuration: Configuration) -> list[NDArray[np.float32]]:
    """The weights that the report's code comes to, from the same start, on the same rows in the same orders."""
    rows = trainer.samples.of(configuration, 0)
    inputs, classes = trainer.dataset.inputs, trainer.dataset.classes
    building, _, fitting = keras_code(configuration, inputs, classes).rpartition("model.fit(")
    given = rows.index.numpy()[: sum(rows.sizes)]
    x, y = trainer.dataset.x[given].astype(np.float32) / trainer.dataset.scale, rows.y.numpy()[: len(given)]
    train, held_out, _ = rows.sizes
    names: dict[str, Any] = {"x": x[:train], "y": y[:train]}
    names |= {"x_val": x[train : train + held_out], "y_val": y[train : train + held_out]}
    exec(building, names)
    names["fit"] = lambda x, y, **more: (x, y, more)
    x, y, told = eval(f"fit({fitting.strip()}", names)
    assert (told["batch_size"], told["epochs"]) == (BATCH, configuration.epochs)
    model = names["model"]
    model.set_weights(start_weights(configuration, inputs, classes, trainer.seed, 0))
    steps = -(-train // BATCH)
    called = keras.callbacks.CallbackList(told.get("callbacks"), model=model, steps=steps)
    for epoch, order in enumerate(islice(orders(trainer.seed, 0, train), configuration.epochs)):
        called.on_epoch_begin(epoch)
        for batch in range(steps):
            called.on_train_batch_begin(batch)
            some = order[batch * BATCH : (batch + 1) * BATCH]
            model.train_on_batch(x[some], y[some])
        evaluated = {}
        if "validation_data" in told:
            evaluated = model.evaluate(*told["validation_data"], verbose=0, return_dict=True)
        called.on_epoch_end(epoch, {f"val_{name}": value for name, value in evaluated.items()})
    return list(model.get_weights())


def ours(trainer: KerasTrainer, configuration: Configuration) -> tuple[NDArray[np.float32], ...]:
    result = trainer.run(Trial(configuration, 0), keep_weights=True)
    assert result.state == "finished", result.reason
    return result.weights


PENALISED = {"l1": 1e-4, "l2": 1e-3, "max_norm": 0.8, "label_smoothing": 0.1, "activation": "silu"}
MOVED = {"optimizer": "sgd", "learning_rate": 0.05, "momentum": 0.8, "nesterov": True, "clip_norm": 0.5}
FALLING = {"schedule": "cosine", "warmup_epochs": 2, "schedule_epochs": 8}
RESIDUAL = {"hidden": (24, 24, 24), "layer_norm": True, "residual": True, "initializer": "he_normal"}
DECAYED = {"optimizer": "adamw", "weight_decay": 0.05, "schedule": "exponential", "decay": 0.5, "decay_epochs": 2}
SQUARED = {"loss": "one-hot-mse", "schedule": "steps", "decay": 0.3, "decay_epochs": 2, "activation": "leaky_relu"}
PLATEAU = {"schedule": "plateau", "decay": 0.5, "decay_epochs": 1, "learning_rate": 0.03}


@pytest.mark.parametrize(
    "changes",
    [
        PENALISED | MOVED | FALLING,
        *(
            pytest.param(changes, marks=pytest.mark.long)
            for changes in (
                RESIDUAL | DECAYED,
                SQUARED | {"optimizer": "rmsprop", "momentum": 0.5},
                PLATEAU,
                {"l1": 1e-3},
                {"max_norm": 0.5, "optimizer": "sgd", "learning_rate": 0.1},
                {"label_smoothing": 0.2},
                {"activation": "sigmoid"},
                {"activation": "elu"},
                {"activation": "leaky_relu"},
                {"activation": "silu"},
                {"optimizer": "sgd", "momentum": 0.0},
                {"optimizer": "rmsprop", "momentum": 0.9, "learning_rate": 1e-4},
                {"weight_decay": 0.1},
                {"clip_norm": 0.1},
                {"warmup_epochs": 3},
                {"schedule": "cosine"},
                {"schedule": "steps", "decay": 0.1, "decay_epochs": 3, "warmup_epochs": 1},
                {"layer_norm": True},
                {"hidden": (24, 24, 12, 12), "residual": True, "batch_norm": True, "optimizer": "sgd"},
                {"initializer": "lecun_normal", "activation": "selu"},
                {"initializer": "he_uniform"},
                {"initializer": "glorot_normal"},
                {"loss": "one-hot-mse"},
                PLATEAU | PENALISED | {"evaluate_every": 1},
            )
        ),
    ],
    ids=lambda changes: "-".join(map(str, changes)),
)
def test_the_weights_are_those_of_the_code_in_plain_keras(trainer: KerasTrainer, changes: dict[str, Any]) -> None:
    configuration = Configuration.stack(**({"hidden": (24, 16), "samples": 300, "epochs": EPOCHS} | changes))
    found = list(ours(trainer, configuration))
    assert distance(found, by_the_code(trainer, configuration)) < 3e-6
    plain = Configuration.stack(hidden=configuration.dense.hidden, samples=300, epochs=EPOCHS)
    if configuration.network.parameters(64, 10) == plain.network.parameters(64, 10):
        assert distance(found, list(ours(trainer, plain))) > 1e-3  # the words say something


def test_the_plateau_has_reduced_the_rate() -> None:
    schedule = Schedule(Configuration.stack((4,), epochs=9, **PLATEAU), steps=2)
    found = []
    for epoch, loss in enumerate([1.0, 0.9, 0.95, 0.89995, 0.8, 0.9], 1):
        found.append(schedule.next(1).tolist())
        schedule.recorded(epoch, loss)
    rate = np.float32(0.03)
    # Epoch 4 is no lower than 0.9 by more than 0.0001.
    assert found == [[rate] * 2] * 3 + [[rate / 2] * 2] + [[rate / 4] * 2] * 2


@pytest.mark.parametrize("records", [1, 2, 3, 6])
def test_a_schedule_does_not_depend_on_how_many_epochs_are_trained_at_once(records: int) -> None:
    configuration = Configuration.stack((4,), epochs=6, **FALLING)
    whole = Schedule(configuration, 5).next(6)
    schedule = Schedule(configuration, 5)
    assert np.concatenate([schedule.next(records) for _ in range(6 // records)]).tolist() == whole.tolist()


@pytest.mark.parametrize(
    ("words", "made"),
    [
        ({"schedule": "cosine"}, lambda: keras.optimizers.schedules.CosineDecay(0.01, 60)),
        (
            {"schedule": "cosine", "warmup_epochs": 2},
            lambda: keras.optimizers.schedules.CosineDecay(0.0, 40, warmup_target=0.01, warmup_steps=20),
        ),
        (
            {"schedule": "exponential", "decay": 0.7, "decay_epochs": 2},
            lambda: keras.optimizers.schedules.ExponentialDecay(0.01, 20, 0.7),
        ),
        (
            {"schedule": "steps", "decay": 0.7, "decay_epochs": 2},
            lambda: keras.optimizers.schedules.ExponentialDecay(0.01, 20, 0.7, staircase=True),
        ),
    ],
    ids=["cosine", "cosine after a warm-up", "exponential", "steps"],
)
def test_the_rates_are_those_of_keras_schedules(words: dict[str, Any], made: Any) -> None:
    configuration = Configuration.stack((4,), epochs=6, learning_rate=0.01, **words)
    theirs, steps = made(), np.arange(60)
    expected = [float(theirs(int(step))) for step in steps]
    assert np.allclose(rates(configuration, steps / 10), expected, rtol=2e-6, atol=1e-9)


def test_a_pick_at_an_earlier_epoch_keeps_the_cosine_that_it_was_read_on() -> None:
    whole = Configuration.stack((4,), epochs=10, schedule="cosine", schedule_epochs=10)
    early = Configuration.stack((4,), epochs=4, schedule="cosine", schedule_epochs=10)
    assert Schedule(early, 3).next(4).tolist() == Schedule(whole, 3).next(4).tolist()


def test_inputs_are_dropped_in_training_alone(trainer: KerasTrainer) -> None:
    configuration = Configuration.stack((16,), samples=300, epochs=2, input_dropout=0.4, dropout=0.2)
    rows = trainer.samples.of(configuration, 0)
    program, candidate, _ = trainer.ready(configuration, 0, rows)
    candidate.start(program.network)
    network = program.network
    assert isinstance(network, Network)

    @tf.function(jit_compile=True)  # outside of XLA there is no Threefry
    def dropped(step: tf.Tensor) -> tf.Tensor:
        network.draw(50, tf.stack([3, step]))
        return network.before[0](tf.ones((50, 64)), training=True)

    values = np.concatenate([dropped(tf.constant(step)).numpy() for step in range(20)])
    assert np.unique(values).tolist() == pytest.approx([0, 1 / 0.6])
    assert (values == 0).mean() == pytest.approx(0.4, abs=0.01)
    assert np.array(network.before[0](np.ones((2, 64)), training=False)).min() == 1
    recorder = follow(program, Trial(configuration, 0), Measuring(MetricChoice(), rows.parts))
    assert np.isfinite(recorder.trajectory()["cross_entropy"]).all()


@pytest.mark.parametrize(
    ("initializer", "variance"),
    [("glorot_normal", 2 / 300), ("he_normal", 2 / 200), ("lecun_normal", 1 / 200), ("he_uniform", 2 / 200)],
)
def test_kernels_are_drawn_from_the_rule(initializer: str, variance: float) -> None:
    configuration = Configuration.stack((100,), epochs=1, initializer=initializer)
    kernel = start_weights(configuration, 200, 3, seed=1, replicate=0)[0].astype(np.float64)
    theirs = np.array(keras.initializers.get({"class_name": initializer, "config": {"seed": 1}})((200, 100)))
    assert kernel.var() == pytest.approx(variance, rel=0.03) and abs(kernel.mean()) < 0.002
    assert np.abs(kernel).max() == pytest.approx(np.abs(theirs).max(), rel=0.01)  # cut off at the same place


@pytest.mark.parametrize("damage", [{"schedule": "steps"}, {"schedule": "plateau", "decay": 0.5}, {"schedule": "odd"}])
def test_a_schedule_that_says_nothing_is_none_whoever_stored_it(damage: dict[str, Any]) -> None:
    stored = Configuration.stack((4,), epochs=2).to_dict()
    with pytest.raises(ValueError, match="schedule"):
        Configuration.from_dict(stored | damage)
