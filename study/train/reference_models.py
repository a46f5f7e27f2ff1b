"""Reference models of scikit-learn: task in, run out, in one thread.

They see the parts of the networks (:func:`study.data.splits.draw_sample`), and never the test rows before they are
trained. Logistic regression gets the inputs that a network gets; trees, which need no scale, the features as they are,
with what is missing as such.
"""

from __future__ import annotations

import warnings
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from study.data.dataset import Dataset
from study.data.scaling import fit_scaling
from study.data.splits import draw_sample
from study.errors import DataError
from study.records.metrics import ALWAYS, Scores
from study.records.reference_runs import COMMONEST, LOGISTIC, TREES, ReferenceRun, ReferenceTask
from study.records.trials import ItemValues, MetricChoice
from study.seeds import Stream, small_seed, stream
from study.train.measuring import positive_class

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
    trained = sample.sizes[0]
    inputs = _inputs(dataset, sample.rows[:trained], task.model)
    model = _model(task, seed).fit(inputs(sample.rows[:trained]), sample.y[:trained])
    positive, parts = positive_class(choice, dataset.labels), []
    for start, end in pairwise(np.cumsum((0, *sample.sizes))):
        chances = np.maximum(_chances(model, inputs, sample.rows[start:end], dataset.classes), LEAST)
        parts.append(Scores(sample.y[start:end], np.log(chances), dataset.labels, positive))
    values: dict[str, tuple[float, float, float]] = {}
    items = None
    for metric in dict.fromkeys((*choice.all, *ALWAYS)):
        train, validation_part, test = (metric.measure(part) for part in parts)
        if train.value is None or validation_part.value is None or test.value is None:
            continue
        if not values and metric.items and test.items is not None:
            items = ItemValues.of(metric, "last", test.items)
        values[metric.name] = (train.value, validation_part.value, test.value)
    return ReferenceRun(task, values, items)


def _inputs(dataset: Dataset, trained: NDArray[np.int32], model: str) -> Any:
    """What gives a model the features of some rows."""
    if model == LOGISTIC:
        scaling = fit_scaling(dataset, trained)
        return lambda rows: scaling.apply(dataset.x[rows])
    if model == TREES:
        return lambda rows: dataset.x[rows].astype(np.float32)
    return lambda rows: np.zeros((len(rows), 1), np.float32)  # it looks at the labels alone


def _model(task: ReferenceTask, seed: int) -> Any:
    """The model of a task, not trained yet."""
    if task.model == COMMONEST:
        from sklearn.dummy import DummyClassifier

        return DummyClassifier(strategy="prior")
    if task.model == LOGISTIC:
        from sklearn.linear_model import LogisticRegression

        return LogisticRegression(max_iter=ITERATIONS)
    from sklearn.ensemble import HistGradientBoostingClassifier

    state = small_seed(stream(seed, task.replicate, Stream.WEIGHTS))
    return HistGradientBoostingClassifier(max_iter=ROUNDS, early_stopping=False, random_state=state)


def _chances(model: Any, inputs: Any, rows: NDArray[np.int32], classes: int) -> Array:
    """The probability of each class (n, K), 0 for one that the model has not seen."""
    found = np.zeros((len(rows), classes))
    step = max(1, AT_ONCE // max(1, model.n_features_in_))
    for start in range(0, len(rows), step):
        part = slice(start, start + step)
        found[part, model.classes_] = model.predict_proba(inputs(rows[part]))
    return found
