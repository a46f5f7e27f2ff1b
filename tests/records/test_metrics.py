"""Metrics hold scikit-learn's values, name what has no value, and know the noise of items of each."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics as theirs

from study.records.metrics import (
    ACCURACY,
    AVERAGE_PRECISION,
    BALANCED_ACCURACY,
    BINS,
    BRIER,
    CALIBRATION_ERROR,
    CROSS_ENTROPY,
    F1,
    MACRO_F1,
    MAE,
    METRICS,
    R2,
    RMSE,
    ROC_AUC,
    TASKS,
    Metric,
    Predictions,
    Scores,
)

WITH_ITEMS = [metric for metric in METRICS.values() if metric.items]


def drawn(seed: int, classes: int, items: int, *, ties: bool = False, empty: bool = False) -> Scores:
    """Random logits and labels; with ``ties`` many are equal, with ``empty`` the last class has no item."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes - empty, items).astype(np.int32)
    labels[: classes - empty] = np.arange(classes - empty)
    logits = rng.normal(0, 2, (items, classes)) + 1.5 * np.eye(classes)[labels]
    if ties:
        logits = np.round(logits)
    return Scores(labels, logits.astype(np.float32), tuple("abcdefghij"[:classes]), positive=1)


def said(seed: int, items: int = 200) -> Predictions:
    rng = np.random.default_rng(seed)
    targets = rng.normal(50, 10, items)
    return Predictions(targets, targets + rng.normal(0, 5, items))


def counted(seed: int, items: int) -> np.ndarray:
    """Random weights of rows, of which some are 0."""
    rng = np.random.default_rng([seed, 7])
    return rng.exponential(3.0, items) * (rng.random(items) < 0.8)


def reference(metric: Metric, scores: Scores) -> float:
    labels, classes = scores.labels, len(scores.names)
    of_rows = {"sample_weight": scores.weights}
    chosen, shares, one = scores.predicted, scores.probabilities, scores.positive
    every = list(range(classes))
    two = classes == 2
    found = {
        ACCURACY: lambda: theirs.accuracy_score(labels, chosen, **of_rows),
        CROSS_ENTROPY: lambda: theirs.log_loss(labels, shares, labels=every, **of_rows),
        BALANCED_ACCURACY: lambda: theirs.balanced_accuracy_score(labels, chosen, **of_rows),
        MACRO_F1: lambda: theirs.f1_score(labels, chosen, average="macro", **of_rows),
        F1: lambda: theirs.f1_score(labels == one, chosen == one, **of_rows),
        ROC_AUC: lambda: theirs.roc_auc_score(labels, shares[:, 1] if two else shares, multi_class="ovr", **of_rows),
        AVERAGE_PRECISION: lambda: theirs.average_precision_score(labels == one, shares[:, one], **of_rows),
        BRIER: lambda: theirs.brier_score_loss(
            labels, shares[:, 1] if two else shares, **of_rows, **({} if two else {"labels": every})
        ),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of classes that are predicted and have no items
        return float(found[metric]())


COMPARED = [
    pytest.param(metric, classes, id=f"{metric.name}-{classes}")
    for metric in TASKS["classification"]
    for classes in (2, 3, 10)
    if metric is not CALIBRATION_ERROR and not (metric.two_classes and classes > 2)
]


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize(("metric", "classes"), COMPARED)
def test_values_are_those_of_scikit_learn(metric: Metric, classes: int, ties: bool) -> None:
    for seed in range(20):
        scores = drawn(seed, classes, int(np.random.default_rng(seed).integers(12, 300)), ties=ties)
        assert metric.measure(scores).value == pytest.approx(reference(metric, scores), abs=1e-6)
        scores = replace(scores, weights=counted(seed, len(scores.labels)))
        assert metric.measure(scores).value == pytest.approx(reference(metric, scores), abs=1e-6)


@pytest.mark.parametrize("metric", [ACCURACY, CROSS_ENTROPY, BALANCED_ACCURACY, MACRO_F1, BRIER], ids=lambda m: m.name)
def test_a_class_without_items_counts_as_in_scikit_learn(metric: Metric) -> None:
    for seed in range(20):
        scores = drawn(seed, 4, 60, empty=True)
        assert metric.measure(scores).value == pytest.approx(reference(metric, scores), abs=1e-6)


def test_what_has_no_value_says_why() -> None:
    assert ROC_AUC.measure(drawn(0, 4, 60, empty=True)).undefined == "no item is of the class 'd'"
    alone = Scores(np.ones(5, np.int32), np.zeros((5, 2), np.float32), ("no", "yes"), positive=1)
    assert ROC_AUC.measure(alone).undefined == "every item is of the class 'yes'"
    none = Scores(np.zeros(5, np.int32), np.zeros((5, 2), np.float32), ("no", "yes"), positive=1)
    assert AVERAGE_PRECISION.measure(none).undefined == "no item is of the class 'yes'"
    assert F1.measure(none).undefined == "no item is or is predicted as 'yes'"
    assert R2.measure(Predictions(np.ones(4), np.zeros(4))).undefined == "all items have the same target"
    empty = Scores(np.zeros(0, np.int32), np.zeros((0, 2), np.float32), ("no", "yes"), positive=1)
    for metric in TASKS["classification"]:
        measured = metric.measure(empty)
        assert measured.value is None and measured.undefined
    for metric in TASKS["regression"]:
        assert metric.measure(Predictions(np.zeros(0), np.zeros(0))).undefined


def test_the_calibration_error_is_that_of_fifteen_equal_bins_open_below() -> None:
    scores = drawn(3, 5, 400)
    confidence = scores.probabilities.max(axis=1)
    right = scores.predicted == scores.labels
    expected = 0.0
    for one in range(BINS):
        inside = (confidence > one / BINS) & (confidence <= (one + 1) / BINS)
        if inside.any():
            expected += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    assert CALIBRATION_ERROR.measure(scores).value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_regression_values_are_those_of_scikit_learn(seed: int) -> None:
    both = said(seed)
    pairs = both.targets, both.predicted
    assert RMSE.measure(both).value == pytest.approx(theirs.root_mean_squared_error(*pairs), abs=1e-9)
    assert MAE.measure(both).value == pytest.approx(theirs.mean_absolute_error(*pairs), abs=1e-9)
    assert R2.measure(both).value == pytest.approx(theirs.r2_score(*pairs), abs=1e-9)
    weights = counted(seed, len(both.targets))
    both = replace(both, weights=weights)
    for metric, known in (
        (RMSE, theirs.root_mean_squared_error), (MAE, theirs.mean_absolute_error), (R2, theirs.r2_score)
    ):  # fmt: skip
        assert metric.measure(both).value == pytest.approx(known(*pairs, sample_weight=weights), abs=1e-9)


@pytest.mark.parametrize("metric", WITH_ITEMS, ids=lambda metric: metric.name)
def test_the_mean_of_the_items_is_the_metric(metric: Metric) -> None:
    for seed in range(5):
        scores = said(seed) if metric.source == "predictions" else drawn(seed, 2, 150, ties=True)
        measured = metric.measure(scores)
        assert measured.value is not None and measured.items is not None and len(measured.items) in (150, 200)
        assert float(np.mean(measured.items)) == pytest.approx(measured.value, abs=1e-12)
        low, high = metric.item_bounds
        assert measured.items.min() >= low and measured.items.max() <= high


@pytest.mark.parametrize("metric", WITH_ITEMS, ids=lambda metric: metric.name)
def test_a_row_that_counts_twice_is_a_row_that_is_there_twice(metric: Metric) -> None:
    for seed in range(5):
        scores = said(seed) if metric.source == "predictions" else drawn(seed, 2, 150, ties=True)
        times = np.random.default_rng(seed).integers(0, 4, len(scores.counts))
        arrays = ("targets", "predicted") if isinstance(scores, Predictions) else ("labels", "logits")
        repeated = replace(scores, **{name: np.repeat(getattr(scores, name), times, axis=0) for name in arrays})
        weighted = metric.measure(replace(scores, weights=times.astype(float)))
        assert weighted.value == pytest.approx(metric.measure(repeated).value, abs=1e-12)
        assert weighted.items is not None
        assert float(np.mean(weighted.items)) == pytest.approx(weighted.value, abs=1e-12)


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
def test_weights_of_what_is_all_right_or_counts_nothing(metric: Metric) -> None:
    labels = np.tile([0, 1], 30)
    targets = np.linspace(1, 2, 60)
    right: Scores | Predictions = Scores(labels, 900 * np.eye(2)[labels], ("a", "b"), positive=1)
    if metric.source == "predictions":
        right = Predictions(targets, targets.copy())
    for seed in range(50):
        found = metric.measure(replace(right, weights=np.random.default_rng(seed).exponential(3.0, 60)))
        assert found.value == metric.bounds[metric.larger_is_better]  # to the last digit: bounds are held to
    none = metric.measure(replace(right, weights=np.zeros(60)))
    assert none.value is None and none.undefined


@pytest.mark.parametrize("metric", WITH_ITEMS, ids=lambda metric: metric.name)
def test_the_spread_of_weighted_items_tells_how_far_the_metric_varies(metric: Metric) -> None:
    drawn_values, told = [], []
    for seed in range(600):
        scores = said(seed, 150) if metric.source == "predictions" else drawn(seed, 2, 150)
        measured = metric.measure(replace(scores, weights=counted(seed, 150)))
        assert measured.value is not None and measured.items is not None
        drawn_values.append(measured.value)
        told.append(float(np.var(measured.items, ddof=1)) / len(measured.items))
    assert float(np.mean(told)) ** 0.5 == pytest.approx(float(np.std(drawn_values)), rel=0.12)


@pytest.mark.parametrize("metric", WITH_ITEMS, ids=lambda metric: metric.name)
def test_the_spread_of_the_items_tells_how_far_the_metric_varies_over_draws_of_items(metric: Metric) -> None:
    drawn_values, told = [], []
    for seed in range(600):
        scores = said(seed, 150) if metric.source == "predictions" else drawn(seed, 2, 150)
        measured = metric.measure(scores)
        assert measured.value is not None and measured.items is not None
        drawn_values.append(measured.value)
        told.append(float(np.var(measured.items, ddof=1)) / len(measured.items))
    assert float(np.mean(told)) ** 0.5 == pytest.approx(float(np.std(drawn_values)), rel=0.1)


def test_metrics_that_are_better_low_are_turned_and_turned_back() -> None:
    values = np.array([0.1, 0.4])
    assert CROSS_ENTROPY.turned(values).tolist() == [-0.1, -0.4]
    assert CROSS_ENTROPY.turned(CROSS_ENTROPY.turned(values)).tolist() == values.tolist()
    assert ACCURACY.turned(values).tolist() == values.tolist()


def test_a_metric_of_a_target_takes_its_unit_and_the_margin_from_its_spread() -> None:
    dollars = RMSE.in_unit("dollars", 50_000.0)
    assert dollars.margin == 1_000.0 and dollars.unit.chosen(dollars.margin) == "1,000 dollars"
    assert dollars.guess(1) == 50_000.0
    assert dollars.unit.value_text(43_210.0) == "43,210 dollars"
    assert R2.in_unit("dollars", 50_000.0) is R2
