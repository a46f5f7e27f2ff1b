"""Reference models of scikit-learn: task in, run out, in one thread.

They see the parts of the networks (:func:`study.data.splits.draw_sample`), and never the test rows before they are
trained. Logistic and ridge regression get the inputs that a network gets; trees, which need no scale, the features as
they are, with what is missing as such. What rows count in the loss of the networks, by the data or by class weights,
they count here, too.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from study.data.dataset import Dataset
from study.data.scaling import fit_scaling
from study.data.splits import draw_sample
from study.errors import DataError
from study.records.metrics import ALWAYS, TASKS, Predictions, Scores
from study.records.predicted_classes import PREDICTED, PredictedClasses
from study.records.reference_runs import COMMONEST, LOGISTIC, MEAN, RIDGE, TREES, ReferenceRun, ReferenceTask
from study.records.sources import Task
from study.records.trials import ItemValues, MetricChoice
from study.seeds import Stream, small_seed, stream
from study.train.measuring import positive_class
from study.train.weights import class_row_weights, only_ratios

ROUNDS = 100  # of boosting; in each a tree for every class, and one tree for two classes
ITERATIONS = 300  # of logistic regression at the most; it takes 10 to 50 on standardised inputs
LEAST = 1e-7  # probability that counts as cross-entropy: a class that training rows do not have would cost infinity
AT_ONCE = 20_000_000  # features that are scaled together, 80 MB of them

Array = NDArray[np.float64]


def run_reference(
    dataset: Dataset, task: ReferenceTask, *, seed: int, validation: float, metrics: MetricChoice
) -> ReferenceRun:
    """Train one model; a run that failed says why. The same on every machine but for the last bits of its numbers."""
    from threadpoolctl import threadpool_limits

    try:
        with threadpool_limits(1), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that iterations were used up: the model is what it is by then
            return _run(dataset, task, seed=seed, validation=validation, choice=metrics)
    except (DataError, ValueError, MemoryError) as error:
        return ReferenceRun(task, reason=str(error).splitlines()[0] if str(error) else type(error).__name__)


def _run(dataset: Dataset, task: ReferenceTask, *, seed: int, validation: float, choice: MetricChoice) -> ReferenceRun:
    sample = draw_sample(
        dataset,
        seed=seed,
        replicate=task.replicate,
        validation=validation,
        samples=task.samples,
        label_noise=task.label_noise,
    )
    trained = sample.rows[: sample.sizes[0]]
    inputs = _inputs(dataset, trained, task.model)
    learned = sample.y[: len(trained)]
    counted = None if dataset.weights is None else only_ratios(dataset.weights[trained], len(trained))
    of_class = class_row_weights(task.class_weights, learned, dataset.labels, len(trained))
    if of_class is not None:
        counted = of_class if counted is None else counted * of_class
    model = _model(task, dataset.task, seed).fit(inputs(trained), learned, sample_weight=counted)
    parts: list[Scores | Predictions] = []
    for start, end in pairwise(np.cumsum((0, *sample.sizes))):
        rows, y = sample.rows[start:end], sample.y[start:end]
        weights = dataset.counted(rows, weighted=choice.weighted)
        if dataset.task == "regression":
            parts.append(Predictions(y, _said(model, inputs, rows, model.predict), weights))
        else:
            chances = np.zeros((len(rows), dataset.classes))  # one that the model has not seen has none
            chances[:, model.classes_] = _said(model, inputs, rows, model.predict_proba)
            positive = positive_class(choice, dataset.labels)
            parts.append(Scores(y, np.log(np.maximum(chances, LEAST)), dataset.labels, positive, weights))
    measured = TASKS["regression"] if dataset.task == "regression" else ALWAYS
    values: dict[str, tuple[float, float, float]] = {}
    items = None
    for metric in dict.fromkeys((*choice.all, *measured)):
        train, validation_part, test = (metric.measure(part) for part in parts)
        if train.value is None or validation_part.value is None or test.value is None:
            continue
        if not values and metric.items and test.items is not None:
            items = ItemValues.of(metric, "last", test.items)
        values[metric.name] = (train.value, validation_part.value, test.value)
    if not values:
        raise DataError("no metric has a value on all three parts: rows of one of them may all have the weight 0")
    return ReferenceRun(task, values, items, _taken_for(parts[-1]))


def _taken_for(tested: Scores | Predictions) -> PredictedClasses | None:
    """What the test items are taken for; nothing in a regression."""
    if isinstance(tested, Predictions):
        return None
    taken = np.empty(len(tested.labels), PREDICTED)
    taken["label"], taken["confidence"] = tested.predicted, tested.probabilities.max(axis=1)
    return PredictedClasses.of("last", tested.labels.astype(np.int32), taken)


def _inputs(dataset: Dataset, trained: NDArray[np.int32], model: str) -> Any:
    """What gives a model the features of some rows."""
    if model in (LOGISTIC, RIDGE):
        scaling = fit_scaling(dataset, trained)
        precision = np.float64 if model == RIDGE else np.float32  # targets keep the digits that inputs have
        return lambda rows: scaling.apply(dataset.x[rows]).astype(precision, copy=False)
    if model == TREES:
        return lambda rows: dataset.x[rows].astype(np.float32)
    return lambda rows: np.zeros((len(rows), 1), np.float32)  # it looks at labels or targets alone


def _model(task: ReferenceTask, of: Task, seed: int) -> Any:
    """The model of a task, not trained yet, for data ``of`` classes or numbers."""
    if task.model in (COMMONEST, MEAN):
        from sklearn.dummy import DummyClassifier, DummyRegressor

        return DummyRegressor() if task.model == MEAN else DummyClassifier(strategy="prior")
    if task.model in (LOGISTIC, RIDGE):
        from sklearn.linear_model import LogisticRegression, Ridge

        return Ridge() if task.model == RIDGE else LogisticRegression(max_iter=ITERATIONS)
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    state = small_seed(stream(seed, task.replicate, Stream.WEIGHTS))
    trees = HistGradientBoostingRegressor if of == "regression" else HistGradientBoostingClassifier
    return trees(max_iter=ROUNDS, early_stopping=False, random_state=state)


def _said(model: Any, inputs: Any, rows: NDArray[np.int32], say: Callable[[Any], Any]) -> Array:
    """What ``say`` of the model says of rows, some at a time."""
    step = max(1, AT_ONCE // max(1, model.n_features_in_))
    return np.concatenate([say(inputs(rows[start : start + step])) for start in range(0, max(len(rows), 1), step)])
