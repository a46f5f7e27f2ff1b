"""Both engines on a number to predict: the steps of plain Keras, records in the target's unit, items that add up."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest
from sklearn import metrics as theirs
from sklearn.datasets import load_diabetes

from study.data.dataset import Dataset, Redrawn, make_dataset
from study.data.scaling import TargetScaling, fit_scaling
from study.data.splits import Sample, draw_sample
from study.records.trials import Configuration, MetricChoice, Result, Trial
from study.train.draws import orders
from study.train.engine_choice import trainer_of
from study.train.measuring import Measuring
from study.train.trainer import KerasTrainer
from tests.conftest import ENGINE, ENGINES, built

SMALL = Configuration.stack((16, 8), epochs=4, batch_size=32, loss="mse")
LOSSES = {
    "mse": keras.losses.MeanSquaredError,
    "mae": keras.losses.MeanAbsoluteError,
    "huber": keras.losses.Huber,
}


@pytest.fixture(scope="module")
def diabetes() -> Dataset:
    """Disease progression after a year, of 442 patients: 25 to 346."""
    x, y = load_diabetes(return_X_y=True)
    none = np.zeros((0, x.shape[1]), np.float32), np.zeros(0)
    return make_dataset("diabetes", x.astype(np.float32), y, *none, scale=None, labels=(), redrawn=Redrawn("folds"))


def sample_of(data: Dataset, configuration: Configuration) -> tuple[Sample, np.ndarray, TargetScaling]:
    """The rows of replicate 0, what a network sees of them, and the scale of their targets."""
    samples = configuration.samples
    sample = draw_sample(data, seed=7, replicate=0, validation=0.1, samples=samples, label_noise=0.0)
    train = sample.rows[: sample.sizes[0]]
    return sample, fit_scaling(data, train).apply(data.x[sample.rows]), TargetScaling.of(data.y[train])


def trained(data: Dataset, engine: str, configuration: Configuration, **trial: object) -> Result:
    trainer = trainer_of(engine, data, seed=7, validation=0.1)
    asked = {"metrics": MetricChoice("rmse", ("mae", "r2")), "readings": ("tail",)} | trial
    return trainer.run(Trial(configuration, 0, **asked), keep_weights=True)  # type: ignore[arg-type]


def predicted(result: Result, x: np.ndarray) -> np.ndarray:
    """What the trained network says of ``x``, layer by layer, in standard deviations from the mean."""
    for kernel, bias in list(zip(result.weights[::2], result.weights[1::2], strict=True))[:-1]:
        x = np.maximum(x @ kernel + bias, 0)
    return np.asarray(x @ result.weights[-2] + result.weights[-1])[:, 0]


@pytest.mark.parametrize(
    ("loss", "changes"),
    [
        ("huber", {}),
        *(pytest.param(loss, {}, marks=pytest.mark.long) for loss in LOSSES if loss != "huber"),
        pytest.param("mse", {"l2": 1e-3, "activation": "tanh"}, marks=pytest.mark.long),
    ],
    ids=str,
)
def test_ten_steps_end_at_the_weights_of_plain_keras(diabetes: Dataset, loss: str, changes: dict) -> None:
    configuration = Configuration.stack((16, 8), epochs=1, batch_size=32, loss=loss, **changes)
    trainer = KerasTrainer(diabetes, seed=7, validation=0.1)
    rows = trainer.samples.of(configuration, 0)
    program, candidate, _ = trainer.ready(configuration, 0, rows)
    candidate.start(program.network)
    network = configuration.network
    penalty = keras.regularizers.L2(network.l2) if network.l2 else None
    layers = [keras.layers.Dense(w, network.activation, kernel_regularizer=penalty) for w in network.hidden]
    twin = keras.Sequential([keras.Input((10,)), *layers, keras.layers.Dense(1)])
    twin.compile(optimizer=keras.optimizers.Adam(1e-3), loss=LOSSES[loss](), jit_compile=False)
    twin.set_weights(program.network.weights())

    program.train(1)
    sample, x, target = sample_of(diabetes, configuration)
    y = target.apply(sample.y)
    order = next(orders(7, 0, sample.sizes[0]))
    assert -(-len(order) // 32) == 10
    for start in range(0, len(order), 32):
        batch = order[start : start + 32]
        twin.train_on_batch(x[batch], y[batch][:, None])
    for ours, other in zip(program.network.weights(), twin.get_weights(), strict=True):
        assert np.abs(ours - other).max() < 1e-6


@pytest.mark.parametrize("engine", ENGINES)
def test_records_are_what_scikit_learn_says_of_the_network_in_the_unit_of_the_target(
    diabetes: Dataset, engine: str
) -> None:
    result = trained(diabetes, engine, SMALL)
    sample, x, target = sample_of(diabetes, SMALL)
    said = target.predicted(predicted(result, x).astype(np.float32))
    bounds = np.cumsum((0, *sample.sizes))
    for place, split in enumerate(("train", "validation", "test")):
        part = slice(bounds[place], bounds[place + 1])
        y, answers = sample.y[part], said[part]
        expected = {
            "rmse": theirs.root_mean_squared_error(y, answers),
            "mae": theirs.mean_absolute_error(y, answers),
            "r2": theirs.r2_score(y, answers),
        }
        for name, value in expected.items():
            assert result.trajectory.column(name, split)[-1] == pytest.approx(value, rel=2e-6), (name, split)
    assert result.trajectory.column("rmse", "train")[-1] > 10  # of a target that varies by 77


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("reading", ["last", "best", "tail"])
def test_kept_items_have_the_mean_that_the_trajectory_is_read_at(diabetes: Dataset, engine: str, reading: str) -> None:
    from study.records.readings import read

    result = trained(diabetes, engine, replace(SMALL, epochs=8))
    for metric in ("rmse", "mae", "r2"):
        kept = result.item_values(metric, reading)
        assert kept is not None
        items = kept.values(result.tested.size if result.tested is not None else 0)
        assert items.mean(dtype=float) == pytest.approx(read(result.trajectory, reading)[metric][2], rel=1e-5)
        assert items.std() > 0


@built
def test_the_engines_learn_the_same(diabetes: Dataset) -> None:
    keras_says, native_says = (
        trained(diabetes, engine, replace(SMALL, epochs=30)).trajectory.column("rmse", "test")[-1]
        for engine in ("keras", "native")
    )
    assert keras_says == pytest.approx(native_says, rel=0.1)
    assert keras_says < 0.85 * diabetes.y.std()


def test_a_target_far_from_zero_and_of_any_unit_is_learned_alike(diabetes: Dataset) -> None:
    first = trained(diabetes, ENGINE, SMALL).trajectory["rmse"]
    for factor, shift in ((1e-9, 0.0), (1e12, 0.0), (1.0, 1e9)):
        moved = replace(diabetes, y=diabetes.y * factor + shift)
        assert np.allclose(trained(moved, ENGINE, SMALL).trajectory["rmse"], first * factor, rtol=1e-4)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_run_that_diverges_says_by_what(diabetes: Dataset, engine: str) -> None:
    result = trained(diabetes, engine, replace(SMALL, optimizer="sgd", learning_rate=1e20))
    assert (result.state, result.items) == ("failed", ())
    assert result.reason.startswith("diverged: RMSE is not finite after epoch")


@pytest.mark.parametrize("rate", [1e6, 1e10, 1e12])
def test_a_run_that_diverges_far_but_ends_keeps_what_a_store_can_hold(diabetes: Dataset, rate: float) -> None:
    """Values of items beyond single precision would be read as damage of the whole study."""
    wild = Configuration.stack((128, 64), epochs=1, samples=30, optimizer="sgd", learning_rate=rate, loss="mse")
    result = trained(diabetes, ENGINE, wild)
    assert result.state == "finished"
    for kept in result.items:
        kept.values(result.tested.size if result.tested is not None else 0)


@pytest.mark.parametrize("engine", [pytest.param("keras", marks=pytest.mark.long), ENGINES[1]])
def test_robust_losses_lower_absolute_errors_more_than_squared_ones(diabetes: Dataset, engine: str) -> None:
    far = replace(diabetes, y=np.where(np.arange(442) % 40 == 0, 5000.0, diabetes.y))
    of_loss = {
        loss: trained(far, engine, replace(SMALL, epochs=30, loss=loss)).trajectory.column("mae", "train")[-1]
        for loss in LOSSES
    }
    assert of_loss["mae"] < of_loss["huber"] < of_loss["mse"]


def test_measuring_needs_no_metric_to_be_asked_for(diabetes: Dataset) -> None:
    trainer = KerasTrainer(diabetes, seed=7, validation=0.1)
    parts = trainer.samples.of(SMALL, 0).parts
    assert [metric.name for metric in Measuring(MetricChoice(), parts).kept] == ["rmse", "mae", "r2"]
