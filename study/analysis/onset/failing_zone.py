"""Where training itself does not work: single failed runs, failing depths, and the zone of depths that fails.

Judged on training accuracy only. Without this step a grid that reaches into the failing region hides the
overfitting before it. Letters as in :mod:`study.analysis.onset.layout`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from study.analysis.onset.critical_values import critical_values
from study.analysis.onset.layout import Floats, Mask, comparable, drops, lay_out
from study.analysis.onset.spikes import spiked_runs
from study.records.metrics import Metric

# Practical margin for a loss of training accuracy, as a share of the study's margin: smaller losses are
# weighed later, against the loss of test accuracy.
TRAIN_MARGIN_SHARE = 0.6

# A run that did not fail covers the first of the way from guessing to what the best depth up to its own reaches in
# training, and the second of the way to the best of all: a network that is too simple to learn single items by heart is
# no failure. In an error without an upper bound, which goes on falling with each item, the second is asked of all.
LEAST_LEARNED, LEAST_LEARNED_OF_ALL = 0.5, 0.1


def least_learned(metric: Metric) -> float:
    """Of the way from guessing to the training of no deeper networks, what a run has to cover that did not fail."""
    return LEAST_LEARNED if all(map(math.isfinite, metric.bounds)) else LEAST_LEARNED_OF_ALL


@dataclass(frozen=True, slots=True)
class TrainingState:
    """``failed`` and ``usable`` (R, D): runs that failed, and runs that take part in the comparison.

    ``runs`` (D,): runs per depth, failed or not; ``failing`` (D,): too few of them survive. ``spiked`` (R, D): usable
    runs whose training ended in a spike, see :func:`study.analysis.onset.spikes.spiked_runs`.
    """

    failed: Mask
    usable: Mask
    spiked: Mask
    runs: NDArray[np.intp]
    failing: NDArray[np.bool_]


def failed_runs(
    train: Floats, test: Floats, chance: float, margin: float, least: float = LEAST_LEARNED
) -> TrainingState:
    """Tell the runs (R, D) apart: failed, not run (NaN in both arrays), usable.

    A run failed if only one of its accuracies is there, one is infinite, or its training accuracy lies below
    ``chance`` plus the share ``least`` of what the best median up to its depth reaches above ``chance``, or plus
    :data:`LEAST_LEARNED_OF_ALL` of what the best of all does. A depth keeps its place if at least max(2, half its runs)
    survive.
    """
    finite = np.isfinite(train) & np.isfinite(test)
    not_run = np.isnan(train) & np.isnan(test)
    medians = [
        np.median(column[kept]) if kept.any() else chance for column, kept in zip(train.T, finite.T, strict=True)
    ]
    so_far = np.maximum.accumulate([chance, *medians])
    best = so_far[-1]
    above = np.maximum(least * (so_far[1:] - chance), LEAST_LEARNED_OF_ALL * (best - chance))
    learned = finite & (train >= chance + above) & (best > chance)
    failed = ~not_run & ~learned
    survivors, lost = learned.sum(axis=0), failed.sum(axis=0)
    runs = survivors + lost
    keeps = survivors >= np.maximum(2, runs / 2)
    usable = learned & keeps
    return TrainingState(failed, usable, spiked_runs(train, usable, margin), runs, ~keeps & (lost > 0))


def training_fails_from(
    train: Floats, state: TrainingState, margin: float, alpha: float, seed: int, *, paired: bool = True
) -> int | None:
    """Index of the first depth of the failing zone at the deep end, or None.

    A depth fails if too few of its runs survive, or if its training accuracy is worse than a shallower depth's by
    more than 0.6 ``margin``: fixed sequence from the deepest depth towards the shallow end, each at level ``alpha``.
    """
    fails = state.failing.copy()
    present = comparable(state.usable, paired=paired)
    columns = np.nonzero(present.any(axis=0))[0]
    if len(columns) >= 2:
        rows = present.any(axis=1)
        cells, runs = train[np.ix_(rows, columns)], present[np.ix_(rows, columns)]
        for index in rejected_from(cells, runs, alpha, seed, TRAIN_MARGIN_SHARE * margin, paired=paired):
            fails[columns[index]] = True
    says_something = np.nonzero(fails | present.any(axis=0))[0]
    first = None
    for depth in says_something[::-1]:
        if not fails[depth]:
            break
        first = int(depth)
    return first


def rejected_from(values: Floats, present: Mask, alpha: float, seed: int, tau: float, *, paired: bool = True) -> range:
    """The trailing depths of ``values`` (R, D) that are worse than a shallower one by more than ``tau``."""
    layout = lay_out(present, paired=paired)
    cells = values[present]
    t = drops(layout.means(cells), layout.variances(cells), layout.runs, tau=tau)
    return trailing_rejections(t, critical_values(present, alpha, seed, paired=paired).training)


def trailing_rejections(t: Floats, critical: tuple[float, ...]) -> range:
    """Fixed sequence over ``t`` (D, D) from the deepest depth; ``critical[d - 1]`` is for depth d."""
    depths = len(t)
    first = depths
    while first > 1 and t[: first - 1, first - 1].max() > critical[first - 2]:
        first -= 1
    return range(first, depths)
