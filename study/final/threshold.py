"""The decision threshold of a network of two classes: from which probability on it answers with the positive one."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from study.records.metrics import (
    ACCURACY,
    AVERAGE_PRECISION,
    BALANCED_ACCURACY,
    F1,
    MACRO_F1,
    ROC_AUC,
    Metric,
    Scores,
)

HALF = 0.5
ERRORS = 2.0  # standard errors by which another threshold has to be better on validation than an even one
MOST = 200  # thresholds that are tried

# By which metric of the answers the threshold is chosen, for each that decides a study; ranks alone have no answers.
# Cross-entropy, Brier score and calibration are about probabilities, whatever is answered: theirs stays even.
OF_ANSWERS = {
    ACCURACY.name: ACCURACY,
    BALANCED_ACCURACY.name: BALANCED_ACCURACY,
    MACRO_F1.name: MACRO_F1,
    F1.name: F1,
    ROC_AUC.name: BALANCED_ACCURACY,
    AVERAGE_PRECISION.name: F1,
}


@dataclass(frozen=True, slots=True)
class Threshold:
    """The label in place ``positive`` (0 or 1) is the answer where its probability is ``share`` or more."""

    positive: int
    share: float

    def is_whole(self) -> bool:
        """Whether there can be such a threshold."""
        return self.positive in (0, 1) and 0 < self.share < 1

    def answers(self, probabilities: NDArray[np.floating[Any]]) -> NDArray[np.intp]:
        """The places (n,) of the labels that probabilities (n, 2) are answered with."""
        return np.where(probabilities[:, self.positive] >= self.share, self.positive, 1 - self.positive)


def threshold_words(label: str, share: float) -> str:
    """What a threshold does: ``'yes' from a probability of 12.3 % on``."""
    return f"{label!r} from a probability of {100 * share:.3g} % on"


@dataclass(frozen=True, slots=True)
class ChosenThreshold:
    """A threshold and why: the ``metric`` of the answers on ``n`` validation items, ``value`` with it, ``even`` at 0.5.

    ``positive`` is the place of its label. The ``threshold`` is None where no other was better by :data:`ERRORS`
    standard errors of the difference.
    """

    threshold: Threshold | None
    positive: int
    metric: str
    even: float
    value: float
    n: int

    def to_dict(self, labels: tuple[str, ...]) -> dict[str, Any]:
        """Plain JSON types."""
        share = HALF if self.threshold is None else self.threshold.share
        told = {key: value for key, value in asdict(self).items() if key != "threshold"}
        return told | {"positive": labels[self.positive], "share": share}


def answers_of(probabilities: NDArray[np.floating[Any]], threshold: Threshold | None) -> NDArray[np.intp]:
    """The places (n,) of the labels that probabilities (n, K) are answered with: without a threshold the likeliest."""
    return probabilities.argmax(1) if threshold is None else threshold.answers(probabilities)


def choose_threshold(
    metric: Metric,
    probabilities: NDArray[np.floating[Any]],
    labels: NDArray[np.integer[Any]],
    positive: int,
    weights: NDArray[np.float64] | None = None,
) -> ChosenThreshold | None:
    """The threshold of a network by its ``probabilities`` (n, 2) for validation items and their ``labels`` (n,).

    ``weights`` (n,) are what the items count in the metric, None where all count the same.

    Tried are the middles below the probabilities of the positive items, where alone a metric of answers can be best;
    the best one is taken if its gain over an even threshold is more than :data:`ERRORS` standard errors of it, so that
    few items seldom make it worse (``docs/thresholds.json``). None where there is nothing to choose: another number of
    classes, a ``metric`` of probabilities, or one without a value on these items.
    """
    of_answers = OF_ANSWERS.get(metric.name)
    if of_answers is None or probabilities.shape[1:] != (2,):
        return None
    even = _measured(of_answers, probabilities.argmax(1), labels, positive, weights)
    if even is None:
        return None
    best, best_value, best_items = None, even[0], even[1]
    for share in _candidates(probabilities[:, positive].astype(float), labels == positive):
        tried = Threshold(positive, share)
        found = _measured(of_answers, tried.answers(probabilities), labels, positive, weights)
        if found is not None and (found[0], -abs(share - HALF)) > (best_value, -abs(best.share - HALF) if best else 0):
            best, best_value, best_items = tried, *found
    gain = best_items - even[1]
    error = float(gain.std(ddof=1)) / math.sqrt(len(gain)) if len(gain) > 1 else math.inf
    taken = best if float(gain.mean()) > ERRORS * error else None
    value = even[0] if taken is None else best_value
    return ChosenThreshold(taken, positive, of_answers.name, even[0], value, len(labels))


def _candidates(shares: NDArray[np.float64], positive: NDArray[np.bool_]) -> list[float]:
    """Middles between the share of each positive item and the next lower one, at most :data:`MOST` of them."""
    different = np.unique(shares)
    below = np.searchsorted(different, np.unique(shares[positive])) - 1
    middles = (different[np.maximum(below, 0)] + different[below + 1]) / 2
    middles = middles[(below >= 0) & (middles > 0) & (middles < 1)]
    some = np.unique(np.linspace(0, len(middles) - 1, min(MOST, len(middles))).round().astype(int))
    return [float(one) for one in middles[some]]


def _measured(
    metric: Metric,
    answers: NDArray[np.intp],
    labels: NDArray[np.integer[Any]],
    positive: int,
    weights: NDArray[np.float64] | None,
) -> tuple[float, NDArray[np.float64]] | None:
    """The metric of answers, and the values of items whose mean it is; None where it has no value."""
    found = metric.measure(Scores(labels, np.eye(2)[answers], ("0", "1"), positive, weights))
    if found.value is None or found.items is None:
        return None
    return found.value, found.items.astype(float)
