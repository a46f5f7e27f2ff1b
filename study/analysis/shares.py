"""Intervals of shares of items over replicates: how many of a class were found, how many of a bin were right.

Letters: ``R`` replicates. Here counts are known and no item by itself, so what items share over replicates cannot be
told from the rest, as :mod:`study.analysis.item_intervals` does for a metric; the interval takes the larger of what it
can be, and is a little too wide.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from study.analysis.item_intervals import NEW_DATA, Sampling
from study.analysis.t_intervals import t_quantile_of
from study.records.intervals import Interval


def share_interval(
    hits: ArrayLike, numbers: ArrayLike, *, times: float, sampling: Sampling = NEW_DATA, confidence: float = 0.95
) -> Interval:
    """The share of all ``hits`` (R,) in all ``numbers`` (R,), with a score interval that stays within [0, 1].

    ``times`` is how often an item was tested on average: R where all replicates test the same ones, 1 where each tests
    its own. The variance has two parts. That of replicates is the one of a ratio (Cochran, Sampling Techniques, 1977),
    which holds the items, too, where each is tested once. Else that of items is added as if an item's outcome were the
    same in all replicates, the most that it can be; for ``these items`` it is none. Both together are those of
    so many independent items, of which Wilson's interval (JASA 22, 1927) is taken, as survey statistics does it (Korn
    and Graubard, Survey Methodology 24, 1998), with Student's quantile. No share without items; no interval with a
    single replicate.
    """
    found, of = np.asarray(hits, float), np.asarray(numbers, float)
    used = of > 0
    runs, total = int(used.sum()), float(of.sum())
    if not total:
        return Interval(None, None, None, runs)
    share = float(found.sum()) / total
    if runs < 2:
        return Interval(share, None, None, runs)
    residual = (found - share * of)[used]
    spread = runs / (runs - 1) * float(residual @ residual) / total**2 * sampling.inflation(float(runs))
    items = total / times
    own = share * (1 - share) / items if times > 1 and sampling.inference == "new data" else 0.0
    among = spread**2 / (runs - 1) + own**2 / max(items - 1, 1)
    freedom = (spread + own) ** 2 / among if among else max(items - 1, 1.0)
    number = share * (1 - share) / (spread + own) if spread + own > 0 else items
    low, high = _wilson(share, max(number, 1e-9), t_quantile_of((1 + confidence) / 2, freedom))
    return Interval(share, min(low, share), max(high, share), runs)


def _wilson(share: float, number: float, quantile: float) -> tuple[float, float]:
    """Wilson's score interval of a ``share`` of ``number`` independent items."""
    square = quantile**2
    centre = (share + square / (2 * number)) / (1 + square / number)
    reach = quantile / (1 + square / number) * math.sqrt(share * (1 - share) / number + square / (4 * number**2))
    return max(centre - reach, 0.0), min(centre + reach, 1.0)
