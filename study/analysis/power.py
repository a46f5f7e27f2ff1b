"""What a study of R replicates would find: falls by their size, from the noise between the runs of an earlier one.

Letters as in :mod:`study.analysis.onset.layout`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from study.analysis.answers import right_of
from study.analysis.findings import Panel
from study.analysis.onset.critical_values import critical_values
from study.analysis.onset.item_noise import item_variance
from study.analysis.onset.layout import Floats, Mask, comparable, lay_out
from study.errors import InputError
from study.records.metrics import Metric
from study.records.trials import of_split

FOUND = 0.8
"""The share of cases in which a fall of the named size is found."""
_NORMAL = 0.8416  # the quantile of the normal distribution at FOUND


@dataclass(frozen=True, slots=True)
class Power:
    """The ``fall`` from a shallower value to the deepest that ``replicates`` find in 80 % of cases, in the metric.

    ``low`` and ``high`` are what it comes to at both ends of the 95 % interval of the noise.
    """

    replicates: int
    fall: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Noise:
    """What runs of one panel differ by: their standard ``deviation``, pooled over the axis, and its 95 % interval.

    ``freedom`` are its degrees of freedom; ``shared`` is the part of the squared error of a difference that replicates
    share, as they do test items and training rows: no number of them makes that smaller. ``luck`` is that of searches.
    """

    deviation: float
    low: float
    high: float
    freedom: int
    shared: float
    luck: float
    metric: Metric

    def falls(self, replicates: Sequence[int], values: int, *, alpha: float, share: float, seed: int) -> list[Power]:
        """The falls that so many ``replicates`` of so many ``values`` of the axis find, at a ``share`` of ``alpha``."""
        return [self._fall(number, values, share * alpha, seed) for number in replicates]

    def _fall(self, replicates: int, values: int, level: float, seed: int) -> Power:
        critical = critical_values(np.ones((replicates, values), bool), level, seed).fall[-1]
        fall, low, high = (
            (critical + _NORMAL) * math.sqrt(2 * deviation**2 * self.luck / replicates + self.shared)
            for deviation in (self.deviation, self.low, self.high)
        )
        return Power(replicates, fall, low, high)


def noise_of(panel: Panel) -> Noise:
    """The noise between the runs of a panel. Raises :class:`InputError` where too few of them tell."""
    from scipy.stats import chi2

    test = np.stack([of_split(point.accuracy, "test") for point in panel.points], axis=1)
    present = comparable(np.isfinite(test))
    rows, columns = present.any(axis=1), np.nonzero(present.any(axis=0))[0]
    freedom = int(present.sum()) - int(rows.sum()) - len(columns) + 1
    if len(columns) < 2 or freedom < 1:
        raise InputError(
            f"{panel.name}: too few runs to tell their noise. Expected 2 replicates of 2 values at least; run a small "
            "study first."
        )
    here = present[np.ix_(rows, columns)]
    cells = test[np.ix_(rows, columns)][here]
    basis = lay_out(here).basis
    rest: Floats = cells - basis @ (basis.T @ cells)
    squares = float(rest @ rest)
    low, high = (math.sqrt(squares / chi2.ppf(level, freedom)) for level in (0.975, 0.025))
    variance = squares / freedom
    shared = 2 * panel.sampling.same_training * variance + _of_items(panel, present, columns)
    return Noise(math.sqrt(variance), low, high, freedom, shared, panel.sampling.luck, panel.metric)


def _of_items(panel: Panel, present: Mask, columns: NDArray[np.intp]) -> float:
    """The variance of a difference that comes from the test items that replicates share: the mean over pairs."""
    answers = [point.answers for point in panel.points if point.answers is not None]
    if len(answers) < len(panel.points) or panel.sampling.inference != "new data" or answers[0].tested is not None:
        return 0.0
    rows = present.any(axis=1)
    right = np.asarray(right_of(answers)[np.ix_(rows, columns)], float)
    pairs = item_variance(right, present[np.ix_(rows, columns)])
    return float(pairs[np.triu_indices(len(columns), 1)].mean())
