"""Both engines measure what a study asks for, on the three parts and of each test item, at every record."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics as theirs

from study.data.dataset import make_dataset
from study.data.loading import load_dataset
from study.records.metrics import TASKS
from study.records.trials import Configuration, MetricChoice, Result, Trial
from study.train.engine_choice import trainer_of
from tests.conftest import ENGINE, ENGINES

SMALL = Configuration.stack((16,), samples=200, epochs=4)
EVERYTHING = MetricChoice(
    "roc_auc", ("cross_entropy", "balanced_accuracy", "macro_f1", "f1", "brier", "calibration_error"), positive="3"
)


def trained(engine: str, metrics: MetricChoice, configuration: Configuration = SMALL) -> Result:
    trainer = trainer_of(engine, load_dataset("digits"), seed=7, validation=0.1)
    return trainer.run(Trial(configuration, 0, readings=("tail",), metrics=metrics), keep_weights=True)


def probabilities(result: Result, x: np.ndarray) -> np.ndarray:
    """What the trained network says of ``x``, layer by layer."""
    (first, second), (third, fourth) = result.weights[:2], result.weights[2:]
    logits = np.maximum(x @ first + second, 0) @ third + fourth
    logits -= logits.max(axis=1, keepdims=True)
    shares = np.exp(logits.astype(float))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_recorded_is_what_scikit_learn_says_of_the_network(engine: str) -> None:
    result = trained(engine, EVERYTHING)
    data = load_dataset("digits")
    tested = slice(data.training, None)
    shares = probabilities(result, data.x[tested].astype(np.float32) / data.scale)
    labels, said = data.y[tested], shares.argmax(axis=1)
    expected = {
        "roc_auc": theirs.roc_auc_score(labels, shares, multi_class="ovr"),
        "balanced_accuracy": theirs.balanced_accuracy_score(labels, said),
        "macro_f1": theirs.f1_score(labels, said, average="macro"),
        "f1": theirs.f1_score(labels == 3, said == 3),
        "brier": theirs.brier_score_loss(labels, shares, labels=range(10)),
        "cross_entropy": theirs.log_loss(labels, shares),
    }
    for name, value in expected.items():
        assert result.trajectory.column(name, "test")[-1] == pytest.approx(value, abs=1e-5), name
    for metric in TASKS["classification"]:
        if not metric.two_classes:
            assert np.isfinite(result.trajectory[metric.name]).all() and result.trajectory[metric.name].shape == (4, 3)


@pytest.mark.parametrize("engine", ENGINES)
def test_test_items_are_kept_for_every_metric_whose_noise_of_items_is_known(engine: str) -> None:
    result = trained(engine, EVERYTHING)
    items = len(load_dataset("digits").y) - load_dataset("digits").training
    for reading, rows in {"last": slice(-1, None), "tail": slice(-3, None)}.items():
        for name in ("accuracy", "roc_auc", "cross_entropy", "balanced_accuracy", "macro_f1", "f1", "brier"):
            kept = result.item_values(name, reading)
            assert kept is not None
            told = result.trajectory.column(name, "test")[rows].mean()
            assert float(kept.values(items).mean()) == pytest.approx(told, abs=1e-5), (name, reading)
    assert result.item_values("calibration_error", "last") is None


def test_measuring_more_changes_no_bit_of_what_is_always_recorded() -> None:
    plain, more = trained(ENGINE, MetricChoice()), trained(ENGINE, EVERYTHING)
    for name in ("accuracy", "cross_entropy"):
        assert np.array_equal(plain.trajectory[name], more.trajectory[name])
    assert set(plain.trajectory.values) == {"accuracy", "cross_entropy"}
    assert [(one.metric, one.reading) for one in plain.items] == [("accuracy", r) for r in ("last", "best", "tail")]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_trial_whose_deciding_metric_has_no_value_fails_and_says_why(engine: str) -> None:
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(3), (60, 40, 20)).astype(np.int32)
    x = (rng.normal(size=(120, 4)) + y[:, None]).astype(np.float32)
    data = make_dataset("three", x[:100], y[:100], x[100:], y[100:], scale=1.0, labels=("a", "b", "c"))
    trainer = trainer_of(engine, data, seed=0, validation=0.2)
    result = trainer.run(Trial(Configuration.stack((4,), epochs=2), 0, metrics=MetricChoice("roc_auc")))
    assert result.state == "failed" and result.diverged_epoch is None
    assert result.reason == "ROC AUC has no value on the train part: no item is of the class 'c'"
    beside = trainer.run(Trial(Configuration.stack((4,), epochs=2), 0, metrics=MetricChoice("accuracy", ("roc_auc",))))
    assert beside.state == "finished" and np.isnan(beside.trajectory["roc_auc"]).all()
    assert beside.item_values("roc_auc", "last") is None


@pytest.mark.parametrize("engine", ENGINES)
def test_weighted_metrics_count_rows_as_the_data_say(engine: str) -> None:
    data = load_dataset("digits")
    counts = np.random.default_rng(3).exponential(2.0, len(data.y))
    trainer = trainer_of(engine, replace(data, weights=counts), seed=7, validation=0.1)
    choice = MetricChoice("accuracy", ("roc_auc",), weighted=True)
    result = trainer.run(Trial(SMALL, 0, readings=("tail",), metrics=choice), keep_weights=True)
    tested = slice(data.training, None)
    shares = probabilities(result, data.x[tested].astype(np.float32) / data.scale)
    labels, said, weights = data.y[tested], shares.argmax(axis=1), {"sample_weight": counts[tested]}
    expected = {
        "accuracy": theirs.accuracy_score(labels, said, **weights),
        "cross_entropy": theirs.log_loss(labels, shares, **weights),
        "roc_auc": theirs.roc_auc_score(labels, shares, multi_class="ovr", **weights),
    }
    for name, value in expected.items():
        assert result.trajectory.column(name, "test")[-1] == pytest.approx(value, abs=1e-5), name
    for metric in ("accuracy", "roc_auc"):
        kept = result.item_values(metric, "last")
        assert kept is not None
        items = kept.values(len(labels), weighted=True)
        assert float(items.mean()) == pytest.approx(result.trajectory.column(metric, "test")[-1], abs=1e-5)
    # What is said of single classes counts every row once.
    assert result.class_accuracy == pytest.approx([np.mean(said[labels == one] == one) for one in range(10)])


def test_a_part_whose_rows_count_nothing_fails_with_that_reason() -> None:
    data = load_dataset("digits")
    counts = np.r_[np.ones(data.training), np.zeros(len(data.y) - data.training)]
    trainer = trainer_of(ENGINE, replace(data, weights=counts), seed=7, validation=0.1)
    result = trainer.run(Trial(SMALL, 0, metrics=MetricChoice(weighted=True)))
    assert result.state == "failed"
    assert result.reason == "accuracy has no value on the test part: all items count nothing, as their weights say"
