"""Metrics: what is measured of a network on each part of the data. To add one, add it here and to its task.

A metric is one function from what a network said of N items to a value, and to a value for each item whose mean it is.
Of a mean over items, such as accuracy, these are what the items came to. Of another one, such as the area under a
curve, they are ``metric + N * derivative by the item's weight`` (the infinitesimal jackknife; of the area, the
placements of DeLong, DeLong and Clarke-Pearson, Biometrics 44, 1988), so that the same analysis of replicates and items
serves both. Within a class of few items the deviations are those of the jackknife: a factor ``sqrt(n / (n - 1))``.

Items may count unlike each other: then the metric is that of scikit-learn with ``sample_weight``, where items that
count nothing are left out, and what an item came to is ``metric + weight * derivative``, of weights whose mean is 1.

Values are scikit-learn's, where it has the metric and it is defined. Letters: ``N`` items, ``K`` classes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from study.records.units import NATS, PERCENT, PLAIN, Unit

Array = NDArray[np.float64]
Source = Literal["answers", "losses", "classes", "scores", "predictions"]
FEW = 30  # items of a class with which intervals of some metrics were measured to be too narrow
ENOUGH = 100  # and with which they are so no more
BINS = 15  # of the expected calibration error: equally wide, over the confidence in the predicted class


@dataclass(frozen=True, eq=False)
class Scores:
    """What a classifier said of N items: ``logits`` (N, K), beside their ``labels`` (N,).

    ``names`` (K,) are those of the classes; ``positive`` is the class that metrics of one class are about. ``weights``
    (N,), from 0 on, say what each item counts beside others, None where all count the same.
    """

    labels: NDArray[np.integer[Any]]
    logits: NDArray[np.floating[Any]]
    names: tuple[str, ...]
    positive: int
    weights: Array | None = None

    @cached_property
    def counts(self) -> Array:
        """What each item counts (N,), 1 on average; 0 where all of them count nothing."""
        return _counts(self.weights, len(self.labels))

    @cached_property
    def predicted(self) -> NDArray[np.intp]:
        """The class of the largest logit (N,), the first on ties."""
        return np.asarray(np.argmax(self.logits, axis=1))

    @cached_property
    def log_probabilities(self) -> Array:
        """(N, K), in double precision: in single precision, confident items would tie from 17 nats on."""
        shifted = self.logits.astype(float)
        shifted -= shifted.max(axis=1, keepdims=True)
        return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))

    @cached_property
    def probabilities(self) -> Array:
        """(N, K), in double precision."""
        return np.asarray(np.exp(self.log_probabilities))

    @cached_property
    def losses(self) -> Array:
        """Cross-entropy of each item (N,), in nats."""
        return np.asarray(-self.log_probabilities[np.arange(len(self.labels)), self.labels])


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a regression said of N items: ``predicted`` (N,) beside the ``targets`` (N,), both in the target's unit.

    ``weights`` (N,) as for :class:`Scores`.
    """

    targets: Array
    predicted: Array
    weights: Array | None = None

    @cached_property
    def counts(self) -> Array:
        """What each item counts (N,), 1 on average; 0 where all of them count nothing."""
        return _counts(self.weights, len(self.targets))

    @cached_property
    def squares(self) -> Array:
        """Squared error of each item (N,)."""
        return (self.predicted - self.targets) ** 2


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A metric of N items: its ``value``, and the values of the ``items`` (N,) whose mean it is, None without any.

    Where it has no value, ``undefined`` says why.
    """

    value: float | None
    items: NDArray[np.floating[Any]] | NDArray[np.bool_] | None = None
    undefined: str = ""


@dataclass(frozen=True, slots=True)
class Metric:
    """One thing that is measured.

    ``name`` is what records, files and documents call it, ``words`` what people do, ``unit`` how they write it.
    ``larger_is_better`` is its direction; ``bounds`` are the lowest and the highest value it can have. It is computed
    from: ``answers``, whether each item is right, or ``losses``, which both come with every evaluation; predicted
    ``classes``; ``scores``, whose ranks or bins cost more; or the ``predictions`` of a regression. ``margin`` is the
    largest difference that does not matter by default, in records, or, ``of_target``, a share of the standard deviation
    of the training target. ``of_items``: it is a mean over the items of one value each, within the same bounds.
    ``items`` says whether its noise of items is known; a metric without cannot decide a verdict. ``one_class``: it is
    about the positive class; ``two_classes``: it takes exactly two. ``held_with_few`` is the share of 95 % intervals
    of its mean that hold with :data:`FEW` items of a class (``docs/calibration.md``), where that is too low. ``guess``
    is the value of a network that learned nothing, of K classes; ``of_target``, in its deviation.
    """

    name: str
    words: str
    larger_is_better: bool
    bounds: tuple[float, float]
    unit: Unit
    source: Source
    margin: float
    guess: Callable[[int], float] = field(compare=False)
    measure: Callable[[Any], Measured] = field(compare=False)
    of_items: bool = True
    items: bool = True
    one_class: bool = False
    two_classes: bool = False
    of_target: bool = False
    held_with_few: float | None = None

    def better(self, value: float, other: float) -> bool:
        """Whether ``value`` is better than ``other``."""
        return value > other if self.larger_is_better else value < other

    @property
    def worsens(self) -> str:
        """What it does as it gets worse: ``falls`` or ``rises``."""
        return "falls" if self.larger_is_better else "rises"

    @property
    def improves(self) -> str:
        """What it does as it gets better: ``rises`` or ``falls``."""
        return "rises" if self.larger_is_better else "falls"

    @property
    def worsening(self) -> str:
        """A change for the worse: ``fall`` or ``rise``."""
        return self.worsens.removesuffix("s")

    def turned(self, values: Any) -> Any:
        """``values`` with their sign turned where lower ones are better: the larger, the better; its own inverse."""
        return values if self.larger_is_better else -values

    def in_unit(self, name: str, deviation: float) -> Metric:
        """The metric of a target written in the unit ``name`` whose training rows vary by ``deviation`` (s.d.)."""
        if not self.of_target:
            return self
        guess = self.guess(1) * deviation
        unit, margin = Unit.of_target(name, deviation), self.margin * deviation
        return replace(self, unit=unit, margin=margin, guess=lambda classes: guess, of_target=False)

    def weighted(self) -> Metric:
        """The metric of items that count unlike each other, with that in its words."""
        return replace(self, words=f"weighted {self.words}", of_items=False)

    def of_class(self, label: str) -> Metric:
        """The metric with its positive class in its words, where it is about one."""
        return replace(self, words=f"{self.words} of {label!r}") if self.one_class else self

    @property
    def item_bounds(self) -> tuple[float, float]:
        """The lowest and the highest value of one item."""
        return self.bounds if self.of_items else (-math.inf, math.inf)


def _accuracy(scores: Scores) -> Measured:
    return _mean(scores, scores.predicted == scores.labels)


def _cross_entropy(scores: Scores) -> Measured:
    return _mean(scores, scores.losses)


def _brier(scores: Scores) -> Measured:
    """Squared distance of the probabilities from the truth; half of it with two classes, as scikit-learn has it."""
    distance = scores.probabilities.copy()
    distance[np.arange(len(distance)), scores.labels] -= 1
    return _mean(scores, (distance**2).sum(axis=1) / (2 if distance.shape[1] == 2 else 1))


def _balanced_accuracy(scores: Scores) -> Measured:
    """Mean of the accuracies of the classes that have items."""
    if why := _nothing_in(scores):
        return Measured(None, undefined=why)
    right = (scores.predicted == scores.labels).astype(float)
    items = np.bincount(scores.labels[scores.counts > 0], minlength=len(scores.names))
    counts = np.bincount(scores.labels, scores.counts, len(items))
    there = counts > 0
    divisor = np.where(there, counts, 1)
    of_class = np.bincount(scores.labels, scores.counts * right, len(counts)) / divisor
    value = float(of_class[there].mean())
    weight = len(right) / (there.sum() * divisor) * _jackknife(items)
    deviations = scores.counts * (right - of_class[scores.labels]) * weight[scores.labels]
    return Measured(value, value + deviations)


def _f1(scores: Scores) -> Measured:
    """F1 of the positive class."""
    return _f1_of(scores, [scores.positive])


def _macro_f1(scores: Scores) -> Measured:
    """Mean of the F1 of the classes that have items, or are predicted."""
    counted = scores.counts > 0
    return _f1_of(scores, np.union1d(scores.labels[counted], scores.predicted[counted]).tolist())


def _f1_of(scores: Scores, classes: Iterable[int]) -> Measured:
    """Mean F1 of these classes: of each ``2 * hits / (items + predictions)``, a ratio of two means over items."""
    if why := _nothing_in(scores):
        return Measured(None, undefined=why)
    values, deviations = [], np.zeros(len(scores.labels))
    for one in classes:
        true, said = (scores.counts * (labels == one) for labels in (scores.labels, scores.predicted))
        hits = np.minimum(true, said)
        number = true.sum() + said.sum()
        if not number:
            return Measured(None, undefined=f"no item is or is predicted as {scores.names[one]!r}")
        value = 2 * hits.sum() / number
        values.append(float(value))
        deviations += (2 * hits - value * (true + said)) * (len(true) / number)
    mean = float(np.mean(values))
    return Measured(mean, mean + deviations / len(values))


def _roc_auc(scores: Scores) -> Measured:
    """Area under the ROC curve; of more than two classes, the mean over them of each against the rest."""
    if len(scores.names) == 2:
        margin = scores.log_probabilities[:, scores.positive] - scores.log_probabilities[:, 1 - scores.positive]
        return _area(margin, scores.labels == scores.positive, scores.counts, scores.names[scores.positive])
    items = []
    for one, name in enumerate(scores.names):
        area = _area(scores.probabilities[:, one], scores.labels == one, scores.counts, name)
        if area.items is None:
            return area
        items.append(area.items)
    mean = np.mean(np.array(items, float), axis=0)
    return Measured(float(mean.mean()), mean)


def _area(score: Array, positive: NDArray[np.bool_], counts: Array, name: str) -> Measured:
    """The share of pairs, one item of each kind, in which the positive one has the higher score; ties count half.

    A pair counts the product of what its items count.
    """
    own, others = (float(counts[kind].sum()) for kind in (positive, ~positive))
    if not (own and others):
        return Measured(None, undefined=f"{'every' if own else 'no'} item is of the class {name!r}")
    placement = np.empty(len(score))
    placement[positive] = _ranks(score[~positive], counts[~positive], score[positive])
    placement[~positive] = 1 - _ranks(score[positive], counts[positive], score[~positive])
    value = float((counts * placement)[positive].sum() / own)
    numbers = np.bincount(positive[counts > 0], minlength=2)
    weight = len(score) / np.array((others, own)) * _jackknife(numbers)
    return Measured(value, value + counts * (placement - value) * weight[positive.astype(int)])


def _ranks(scores: Array, counts: Array, values: Array) -> Array:
    """The share of ``scores`` below each of ``values``, each by what it ``counts``, equal ones half."""
    order = np.argsort(scores, kind="stable")
    ascending, until = scores[order], np.concatenate([[0.0], np.cumsum(counts[order])])
    below, upto = (until[np.searchsorted(ascending, values, side)] for side in ("left", "right"))
    return np.asarray((below + upto) / (2 * until[-1]))


def _average_precision(scores: Scores) -> Measured:
    """Mean over the positive items of the precision at their score."""
    positive = scores.labels == scores.positive
    if not scores.counts[positive].any():
        return Measured(None, undefined=f"no item is of the class {scores.names[scores.positive]!r}")
    margin = scores.log_probabilities[:, scores.positive] - scores.log_probabilities[:, 1 - scores.positive]
    order = np.argsort(-margin, kind="stable")
    descending, hits, counts = margin[order], positive[order], scores.counts[order]
    last = np.searchsorted(-descending, -descending, "right") - 1  # of the items with an equal score
    first = np.searchsorted(-descending, -descending, "left")
    found, above = np.cumsum(counts * hits)[last], np.cumsum(counts)[last]
    above = np.where(above > 0, above, 1)  # items that count nothing, above all that do
    precision = found / above
    number = float(counts[hits].sum())
    value = float((counts * precision)[hits].sum() / number)
    # An item counts in the precision of every positive one that is not above it: sums from its own score down.
    lower_hit = np.cumsum((counts * hits * (1 - precision) / above)[::-1])[::-1][first]
    lower_miss = np.cumsum((counts * hits * precision / above)[::-1])[::-1][first]
    slopes = np.where(hits, precision - value + lower_hit, -lower_miss) / number
    items = np.empty(len(order))
    items[order] = value + len(order) * counts * slopes
    return Measured(value, items)


def _calibration_error(scores: Scores) -> Measured:
    """Distance of confidence and accuracy in bins of equal width (0, 1/15], ... of confidence, weighed by items."""
    if why := _nothing_in(scores):
        return Measured(None, undefined=why)
    confidence = scores.probabilities.max(axis=1)
    place = np.clip(np.ceil(confidence * BINS).astype(int) - 1, 0, BINS - 1)
    distance = np.bincount(place, scores.counts * (confidence - (scores.predicted == scores.labels)), BINS)
    return Measured(float(np.abs(distance).sum() / scores.counts.sum()))


def _rmse(predictions: Predictions) -> Measured:
    if why := _nothing_in(predictions):
        return Measured(None, undefined=why)
    square = float((predictions.counts * predictions.squares).mean())
    value = math.sqrt(square)
    deviations = predictions.counts * (predictions.squares - square)
    return Measured(value, value + (deviations / (2 * value) if value else np.zeros(len(deviations))))


def _mae(predictions: Predictions) -> Measured:
    return _mean(predictions, np.abs(predictions.predicted - predictions.targets))


def _r2(predictions: Predictions) -> Measured:
    """The share of the target's variance on these items that is explained."""
    if len(predictions.targets) < 2:
        return Measured(None, undefined="it takes two items")
    if why := _nothing_in(predictions):
        return Measured(None, undefined=why)
    counts, targets = predictions.counts, predictions.targets
    from_mean = (targets - (counts * targets).mean()) ** 2
    variance, square = float((counts * from_mean).mean()), float((counts * predictions.squares).mean())
    if not variance:
        return Measured(None, undefined="all items have the same target")
    deviations = (square / variance * (from_mean - variance) - (predictions.squares - square)) / variance
    value = 1 - square / variance
    return Measured(value, value + counts * deviations)


def _mean(said: Scores | Predictions, items: Any) -> Measured:
    """The mean of what items (N,) came to, by what they count."""
    if why := _nothing_in(said):
        return Measured(None, undefined=why)
    if said.weights is None:
        return Measured(float(items.mean()), items)
    value = float((said.counts * items).sum() / said.counts.sum())  # of items that are all right, exactly 1
    return Measured(value, value + said.counts * (items - value))


def _nothing_in(said: Scores | Predictions) -> str:
    """Why there is nothing to measure; empty where there is."""
    if not len(said.counts):
        return "there are no items"
    return "" if said.counts.any() else "all items count nothing, as their weights say"


def _counts(weights: Array | None, items: int) -> Array:
    """Weights (N,) divided by their mean, 1 where there are none."""
    if weights is None:
        return np.ones(items)
    mean = float(weights.mean()) if items else 0.0
    return np.asarray(weights / mean) if mean else np.zeros(items)


def _jackknife(counts: NDArray[np.integer[Any]]) -> Array:
    """What makes the mean square of deviations within classes of ``counts`` (K,) items their variance."""
    return np.asarray(np.sqrt(np.where(counts > 1, counts / np.maximum(counts - 1.0, 1.0), 1.0)))


def _even(classes: int) -> float:
    return 1 / classes


def _even_distance(classes: int) -> float:
    return 0.25 if classes == 2 else 1 - 1 / classes


def _zero(classes: int) -> float:
    return 0.0


def _half(classes: int) -> float:
    return 0.5


def _one(classes: int) -> float:
    return 1.0


SHARE, ANY, ERROR = (0.0, 1.0), (-math.inf, 1.0), (0.0, math.inf)
ACCURACY = Metric("accuracy", "accuracy", True, SHARE, PERCENT, "answers", 0.005, _even, _accuracy)
CROSS_ENTROPY = Metric("cross_entropy", "cross-entropy", False, ERROR, NATS, "losses", 0.02, math.log, _cross_entropy)
BALANCED_ACCURACY = Metric(
    "balanced_accuracy",
    "balanced accuracy",
    True,
    SHARE,
    PERCENT,
    "classes",
    0.005,
    _even,
    _balanced_accuracy,
    of_items=False,
    held_with_few=0.92,
)
MACRO_F1 = Metric("macro_f1", "macro F1", True, SHARE, PLAIN, "classes", 0.005, _even, _macro_f1, of_items=False)
F1 = Metric("f1", "F1", True, SHARE, PLAIN, "classes", 0.01, _zero, _f1, of_items=False, one_class=True)
ROC_AUC = Metric(
    "roc_auc", "ROC AUC", True, SHARE, PLAIN, "scores", 0.005, _half, _roc_auc, of_items=False, held_with_few=0.88
)
AVERAGE_PRECISION = Metric(
    "average_precision",
    "average precision",
    True,
    SHARE,
    PLAIN,
    "scores",
    0.01,
    _zero,
    _average_precision,
    of_items=False,
    one_class=True,
    two_classes=True,
)
BRIER = Metric("brier", "Brier score", False, (0.0, 2.0), PLAIN, "scores", 0.005, _even_distance, _brier)
CALIBRATION_ERROR = Metric(
    "calibration_error",
    "calibration error",
    False,
    SHARE,
    PERCENT,
    "scores",
    0.01,
    _one,
    _calibration_error,
    of_items=False,
    items=False,
)
RMSE = Metric("rmse", "RMSE", False, ERROR, PLAIN, "predictions", 0.02, _one, _rmse, of_items=False, of_target=True)
MAE = Metric("mae", "MAE", False, ERROR, PLAIN, "predictions", 0.02, _one, _mae, of_target=True)
R2 = Metric("r2", "R²", True, ANY, PLAIN, "predictions", 0.01, _zero, _r2, of_items=False)

TASKS: dict[str, tuple[Metric, ...]] = {
    "classification": (
        ACCURACY,
        CROSS_ENTROPY,
        BALANCED_ACCURACY,
        MACRO_F1,
        F1,
        ROC_AUC,
        AVERAGE_PRECISION,
        BRIER,
        CALIBRATION_ERROR,
    ),
    "regression": (RMSE, MAE, R2),
}
ALWAYS = (ACCURACY, CROSS_ENTROPY)  # what every trial of a classification records, whatever else it is asked for
WATCHED = (CROSS_ENTROPY, RMSE)  # what early stopping and the best epoch go by: the one that the task has
FITS = (ACCURACY, R2)  # how well data are fitted, at most 1: what training curves are judged by
METRICS = {metric.name: metric for metrics in TASKS.values() for metric in metrics}
