"""When a search ends before its last trial: where what remains can be expected to gain too little to matter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from study.records.metrics import Metric

FEWEST = 20
"""Trials before the first look."""

_GROWTH = 1.25  # each look comes after a quarter more trials than the last, and leaves as many at least

SHARE = 0.5
"""Of the margin, the half that words speak of: a search ends where its remaining trials are expected to gain less."""

_ONE_BY_ONE = ("optuna:grid", "keras-tuner:grid", "keras-tuner:hyperband")
"""Proposers whose trials are no draws like those before: a grid goes along its edges, Hyperband's train longer."""


@dataclass(frozen=True, slots=True)
class SearchStop:
    """Ends a search by what it was told of the ``metric``, where the rest would gain less than half the ``margin``."""

    metric: Metric
    margin: float

    def ends(self, told: Sequence[float | None], planned: int) -> bool:
        """Whether a search of ``planned`` trials ends with the last of those that it was ``told``.

        ``told`` are values in the order in which the search learned of them, None for a trial that failed.
        """
        return len(told) in looks_of(planned) and self.gain(told, planned) < SHARE * self.margin

    def after(self, told: Sequence[float | None], planned: int) -> int | None:
        """After how many of the ``told`` trials the search ended; None where it did not."""
        return next((look for look in looks_up_to(len(told)) if self.ends(told[:look], planned)), None)

    def gain(self, told: Sequence[float | None], planned: int) -> float:
        """By how much the best value of ``planned`` trials can be expected to be better than that of the ``told`` ones.

        >= 0, in the metric's unit: what the last step of that size has gained, in its own order or, where that is more,
        in any order (:func:`expected_gain`). In its own, because a search that learns gets better; in any, because one
        step is one draw. Infinite where that cannot be told: more than half of the trials failed, all came to the same,
        or more are to come than there are for each.
        """
        values = [float(self.metric.turned(value)) for value in told if value is not None]
        times = planned / len(told)
        if 2 * len(values) < len(told) or times > len(values) or len(set(values)) < 2:
            return math.inf
        return max(expected_gain(values, times), max(values) - max(values[: round(len(values) / times)]))


def looks_of(planned: int) -> list[int]:
    """After which trials a search of ``planned`` ones may end; none where too few would be left."""
    return looks_up_to(int(planned / _GROWTH))


def looks_up_to(trials: int) -> list[int]:
    """After which numbers of trials a search is looked at: 20, 25, 32, 40, 50 and so on."""
    looks, look = [], FEWEST
    while look <= trials:
        looks.append(look)
        look = math.ceil(_GROWTH * look)
    return looks


def expected_gain(values: Sequence[float], times: float) -> float:
    """What the best of ``times`` as many values would have over the best of these n, the larger the better.

    What the last step of that size has gained, on average over all orders: the largest of n values minus the expected
    largest of ``n / times`` of them, drawn without replacement. For independent draws of any distribution.
    """
    ordered, few = sorted(values), max(1, round(len(values) / times))
    if few >= len(ordered):
        return 0.0
    expected, weight = 0.0, few / len(ordered)  # of the largest; then each next one's share of what is left
    for rank in range(len(ordered) - 1, few - 2, -1):
        expected += weight * ordered[rank]
        weight *= (rank - few + 1) / rank if rank else 0.0
    return max(ordered[-1] - expected, 0.0)


def stop_of(proposer: str, metric: Metric, margin: float | None) -> SearchStop | None:
    """How searches of a study end early; None where they do not.

    That is the case where trials of the ``proposer`` are not alike, and where the margin is known once the data are
    read only: the own one of a metric in the unit of the target.
    """
    if proposer in _ONE_BY_ONE or (margin is None and metric.of_target):
        return None
    return SearchStop(metric, metric.margin if margin is None else margin)
