"""Reference models see what networks see, and are what they are called."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from study.data.dataset import Dataset, Redrawn, make_dataset
from study.data.scaling import fit_scaling
from study.data.splits import draw_sample
from study.records.reference_runs import (
    COMMONEST,
    LOGISTIC,
    MEAN,
    REFERENCES,
    RIDGE,
    TREES,
    ReferenceRun,
    ReferenceTask,
)
from study.records.trials import ClassWeights, Configuration, MetricChoice
from study.train.reference_models import ITERATIONS, LEAST, run_reference

SEED, VALIDATION = 3, 0.2


def table(rows: int = 120) -> Dataset:
    """Two thirds of class 0; the first feature tells the class, but for noise; the second is missing in places."""
    rng = np.random.default_rng(0)
    y = (np.arange(rows) % 3 == 2).astype(np.int32)
    x = np.stack([y + 0.3 * rng.normal(size=rows), rng.normal(size=rows)], axis=1).astype(np.float32)
    x[::7, 1] = np.nan
    empty = x[:0], y[:0]
    return make_dataset("made", x, y, *empty, scale=None, labels=("no", "yes"), redrawn=Redrawn("folds"))


def run(model: str, *, samples: int | None = None, label_noise: float = 0.0, replicate: int = 1) -> ReferenceRun:
    task = ReferenceTask(model, samples, label_noise, replicate)
    return run_reference(table(), task, seed=SEED, validation=VALIDATION, metrics=MetricChoice())


@pytest.mark.parametrize("model", REFERENCES["classification"])
@pytest.mark.parametrize(("samples", "label_noise"), [(None, 0.0), (40, 0.2)])
def test_they_answer_the_test_rows_of_the_replicate_one_by_one(
    model: str, samples: int | None, label_noise: float
) -> None:
    found = run(model, samples=samples, label_noise=label_noise)
    drawn = draw_sample(
        table(), seed=SEED, replicate=1, validation=VALIDATION, samples=samples, label_noise=label_noise
    )
    assert found.reason == "" and found.items is not None
    right = found.items.values(drawn.sizes[2])
    assert right.mean() == found.values["accuracy"][2] and found.predicted is not None
    confusion = found.predicted.confusion(2)
    assert confusion.sum(axis=1).tolist() == np.bincount(drawn.y[-drawn.sizes[2] :], minlength=2).tolist()
    assert confusion.trace() == right.sum()
    if model == COMMONEST:
        assert np.array_equal(right, drawn.y[-drawn.sizes[2] :] == 0)


def test_the_commonest_class_is_answered_with_the_shares_of_the_training_rows() -> None:
    drawn = draw_sample(table(), seed=SEED, replicate=1, validation=VALIDATION, samples=None, label_noise=0.0)
    train = drawn.y[: drawn.sizes[0]]
    share = (train == 0).mean()
    found = run(COMMONEST).values
    assert found["accuracy"][0] == pytest.approx(share)
    expected = -(share * np.log(share) + (1 - share) * np.log(1 - share))
    assert found["cross_entropy"][0] == pytest.approx(expected)


@pytest.mark.parametrize("model", [LOGISTIC, TREES])
def test_models_that_learn_do_better_and_take_missing_values(model: str) -> None:
    found = run(model)
    assert min(found.values["accuracy"]) > 0.85 > run(COMMONEST).values["accuracy"][0]
    assert run(model) == found and run(model, replicate=2) != found


@pytest.mark.parametrize("model", REFERENCES["classification"])
def test_they_are_measured_by_the_metrics_of_the_study_and_its_own_keeps_its_items(model: str) -> None:
    choice = MetricChoice("average_precision", ("roc_auc",), "yes")
    task = ReferenceTask(model, None, 0.0, 1)
    found = run_reference(table(), task, seed=SEED, validation=VALIDATION, metrics=choice)
    assert list(found.values) == ["average_precision", "roc_auc", "accuracy", "cross_entropy"]
    assert found.items is not None and found.items.metric == "average_precision"
    drawn = draw_sample(table(), seed=SEED, replicate=1, validation=VALIDATION, samples=None, label_noise=0.0)
    tested = drawn.y[-drawn.sizes[2] :]
    assert found.items.values(len(tested)).mean() == pytest.approx(found.values["average_precision"][2], rel=1e-5)
    if model == COMMONEST:  # it cannot tell any two rows apart
        assert found.values["roc_auc"] == (0.5, 0.5, 0.5)
        assert found.values["average_precision"][2] == pytest.approx((tested == 1).mean())
    else:
        assert found.values["average_precision"][2] > 0.8


def test_a_metric_without_a_value_on_some_part_is_left_out() -> None:
    made = table()
    y = np.where(np.arange(120) < 90, made.y, 0)
    lacking = make_dataset("made", made.x[:90], y[:90], made.x[90:], y[90:], scale=None, labels=("no", "yes"))
    task = ReferenceTask(LOGISTIC, None, 0.0, 0)
    found = run_reference(lacking, task, seed=0, validation=VALIDATION, metrics=MetricChoice("average_precision"))
    assert list(found.values) == ["accuracy", "cross_entropy"]
    assert found.items is not None and found.items.metric == "accuracy"


def test_a_class_that_training_rows_lack_costs_a_bounded_cross_entropy() -> None:
    made = table()
    y = made.y.copy()
    y[0] = 2
    x = made.x[:100], made.x[100:]
    lacking = make_dataset("made", x[0], y[:100] % 2, x[1], y[100:] * 0 + 2, scale=None, labels=("a", "b", "c"))
    for model in REFERENCES["classification"]:
        task = ReferenceTask(model, None, 0.0, 0)
        found = run_reference(lacking, task, seed=0, validation=VALIDATION, metrics=MetricChoice())
        assert found.values["accuracy"][2] == 0
        assert found.values["cross_entropy"][2] == pytest.approx(-np.log(LEAST))


@pytest.mark.parametrize("weights", ["balanced", (("no", 1.0), ("yes", 6.0))])
def test_they_learn_with_the_class_weights_of_the_networks(weights: ClassWeights) -> None:
    """As scikit-learn does with its own ``class_weight``; what looks at no feature stays what it is."""
    made = table()
    rarely = np.where((made.y == 1) & (np.arange(len(made.y)) % 5 > 0), 0, made.y)
    uneven = make_dataset(
        "made", made.x, rarely, made.x[:0], rarely[:0], scale=None, labels=made.labels, redrawn=Redrawn("folds")
    )
    beside = Configuration.stack((4,), epochs=1, class_weights=weights)
    drawn = draw_sample(uneven, seed=SEED, replicate=1, validation=VALIDATION, samples=None, label_noise=0.0)
    trained = drawn.sizes[0]
    inputs = fit_scaling(uneven, drawn.rows[:trained]).apply(uneven.x[drawn.rows])
    asked = weights if isinstance(weights, str) else {uneven.labels.index(name): one for name, one in weights}
    own = LogisticRegression(max_iter=ITERATIONS, class_weight=asked).fit(inputs[:trained], drawn.y[:trained])

    def run_of(model: str, configuration: Configuration) -> ReferenceRun:
        task = ReferenceTask.beside(model, configuration, 1)
        return run_reference(uneven, task, seed=SEED, validation=VALIDATION, metrics=MetricChoice())

    found = run_of(LOGISTIC, beside)
    chances = own.predict_proba(inputs[-drawn.sizes[2] :])
    assert found.values["cross_entropy"][2] == pytest.approx(log_loss(drawn.y[-drawn.sizes[2] :], chances), abs=1e-4)
    even = Configuration.stack((4,), epochs=1)
    for model in (LOGISTIC, TREES):
        assert run_of(model, beside).values != run_of(model, even).values
    assert run_of(COMMONEST, beside) == run_of(COMMONEST, even)


@pytest.mark.parametrize("scale", [1 / 600, 1e-6, 1e6])
@pytest.mark.parametrize("model", [LOGISTIC, TREES, RIDGE])
def test_of_weights_of_rows_only_the_ratios_count(model: str, scale: float) -> None:
    """Else weights that sum to 1, as those of surveys do, would leave a model to its penalty."""
    weights = np.random.default_rng(5).uniform(1, 9, 120)
    made = table()

    def found(of_rows: np.ndarray) -> ReferenceRun:
        if model == RIDGE:
            return predicting(RIDGE, amounts(weights=of_rows))
        empty = made.x[:0], made.y[:0]
        weighed = make_dataset(
            "made", made.x, made.y, *empty, scale=None, labels=made.labels, redrawn=Redrawn("folds"), weights=of_rows
        )
        task = ReferenceTask(model, None, 0.0, 1)
        return run_reference(weighed, task, seed=SEED, validation=VALIDATION, metrics=MetricChoice())

    first, scaled = found(weights).values, found(scale * weights).values
    assert first.keys() == scaled.keys() != set()
    for metric, parts in first.items():
        assert scaled[metric] == pytest.approx(parts, rel=1e-6)


def test_a_part_whose_rows_count_nothing_is_a_reason() -> None:
    """A run without a value and without a reason would have damaged its study."""
    made = table()
    drawn = draw_sample(made, seed=SEED, replicate=1, validation=VALIDATION, samples=None, label_noise=0.0)
    weights = np.ones(len(made.y))
    weights[drawn.rows[-drawn.sizes[2] :]] = 0
    nothing = make_dataset(
        "made", made.x, made.y, made.x[:0], made.y[:0], scale=None, labels=made.labels, redrawn=Redrawn("folds"),
        weights=weights,
    )  # fmt: skip
    task = ReferenceTask(LOGISTIC, None, 0.0, 1)
    found = run_reference(nothing, task, seed=SEED, validation=VALIDATION, metrics=MetricChoice(weighted=True))
    assert found.values == {} and "weight 0" in found.reason


def test_what_cannot_be_trained_says_why_in_one_line() -> None:
    found = run(LOGISTIC, samples=10_000)
    assert found.values == {} and found.items is None and found.reason and "\n" not in found.reason


def amounts(shift: float = 0.0, weights: np.ndarray | None = None) -> Dataset:
    """120 rows whose target follows from the first feature, but for noise; some of the second is missing."""
    rng, made = np.random.default_rng(1), table()
    y = shift + 2.0 * made.x[:, 0].astype(float) + 0.1 * rng.normal(size=120)
    empty = made.x[:0], y[:0]
    own = {} if weights is None else {"weights": weights}
    return make_dataset("made", made.x, y, *empty, scale=None, labels=(), redrawn=Redrawn("folds"), **own)


def predicting(model: str, dataset: Dataset, metric: str = "rmse") -> ReferenceRun:
    task = ReferenceTask(model, None, 0.0, 1)
    return run_reference(dataset, task, seed=SEED, validation=VALIDATION, metrics=MetricChoice(metric))


@pytest.mark.parametrize("model", REFERENCES["regression"])
def test_numbers_are_predicted_too_and_measured_as_networks_are(model: str) -> None:
    dataset = amounts()
    found = predicting(model, dataset, "mae")
    drawn = draw_sample(dataset, seed=SEED, replicate=1, validation=VALIDATION, samples=None, label_noise=0.0)
    assert list(found.values) == ["mae", "rmse", "r2"] and found.items is not None
    assert found.items.values(drawn.sizes[2]).mean() == pytest.approx(found.values["mae"][2], rel=1e-5)
    if model == MEAN:
        mean = drawn.y[: drawn.sizes[0]].mean()
        assert found.values["mae"][2] == pytest.approx(np.abs(drawn.y[-drawn.sizes[2] :] - mean).mean())
        assert found.values["r2"][0] == pytest.approx(0, abs=1e-12)
    else:
        assert min(found.values["r2"]) > 0.8
    assert predicting(model, dataset, "mae") == found


@pytest.mark.parametrize("model", REFERENCES["regression"])
def test_amounts_far_from_zero_keep_their_digits(model: str) -> None:
    near, far = (predicting(model, amounts(shift)).values["rmse"] for shift in (0.0, 1e9))
    assert far == pytest.approx(near, rel=1e-3)


@pytest.mark.parametrize("model", [MEAN, RIDGE, TREES])
def test_rows_count_what_the_data_say(model: str) -> None:
    even, uneven = amounts(weights=np.ones(120)), amounts(weights=np.where(np.arange(120) % 2, 5.0, 0.1))
    plain, same, other = (predicting(model, one).values["rmse"] for one in (amounts(), even, uneven))
    assert same == pytest.approx(plain) and other != pytest.approx(plain)
