"""How probably a network is within the margin of the best one, given the replicates: the rule of the pick."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

PROBABLY = 0.7
"""A network that is within the margin with this probability may be picked.

Rules were measured on 12 curves of 8 sizes, noise of 0.3, 0.6 and 1 margin (constant, growing three-fold,
heavy-tailed), R = 3, 5, 8, by ``benchmarks/simulated_picks.py``: how often the pick is truly within the margin, its
mean place from the simplest, how often two draws of one study pick the same. Shown or else one standard error (the
first rule): 97 %, 3.2, 52 %. One standard error alone: 97 %, 3.4, 50 %. Simplest that is not shown to be worse and
within the margin by estimate: 94 %, 2.7, 56 %. This posterior, from 0.7 on: 96 %, 2.7, 58 %; from 0.8: 97.5 %, 3.0, 57
%; from 0.95: 99 %, 3.6, 55 %.
"""

NEARLY = 0.8
"""Where no network is, the pick is the simplest one whose probability is at least this share of the largest."""

_DRAWS = 4_000


def within_margin(values: Array, means: Array, margin: float, luck: float = 1.0) -> Array:
    """Probability (C,) that each column's true mean is at most ``margin`` below the largest of all.

    ``values`` (R, C), NaN = missing, R >= 2; ``means`` (C,) are the columns' in the additive model of replicate and
    column, finite; ``luck`` multiplies the variance of a mean, for the luck of searches. Flat prior;
    the variance of a column's residuals is drawn half-way to their mean, because it rests on few runs, and counts with
    half the residual degrees of freedom of all. Simulated with a fixed seed, so that the same study gets the same pick.
    """
    values = values[np.isfinite(values).any(axis=1)]  # a replicate of which nothing ran yet says nothing
    ran = np.isfinite(values)
    replicates, columns = values.shape
    rest = np.where(ran, values - means, np.nan)
    rest = rest - np.nanmean(rest, axis=1, keepdims=True)
    runs = ran.sum(axis=0)
    freedom = max(int(ran.sum()) - replicates - columns + 1, 1)
    own = np.nansum(rest**2, axis=0) / np.maximum(runs - 1, 1) * columns / max(columns - 1, 1)
    variance = (own + own.mean()) / 2
    normal, scale = _draws(columns, max(freedom / 2, 1.0))
    drawn = means[:, None] + normal * scale * np.sqrt(luck * variance / np.maximum(runs, 1))[:, None]
    found: Array = (drawn >= drawn.max(axis=0) - margin).mean(axis=1)
    return found


@lru_cache(maxsize=16)
def _draws(columns: int, freedom: float) -> tuple[Array, Array]:
    """Normal draws (C, draws) and the scale of each (draws,): a row a column, of which the largest is found faster."""
    rng = np.random.default_rng(0)
    normal = np.ascontiguousarray(rng.standard_normal((_DRAWS, columns)).T)
    return normal, np.sqrt(freedom / rng.chisquare(freedom, _DRAWS))
