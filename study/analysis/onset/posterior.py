"""Where a fall most probably starts: a posterior over the onset from simple shapes of the accuracy curve.

Depths are taken by their rank on the axis: index 0 is the shallowest of ``D``. An onset is the index of the
first depth below the best.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from study.analysis.onset.layout import Floats

# Weight of each shape of decline, ``steps past the last best depth ** power``: for the interval, where a
# wrong shape must not make it too narrow, and for the point, where a straight fall is the best single guess.
INTERVAL_POWERS: Mapping[float, float] = {0.0: 0.1, 0.5: 0.1, 1.0: 0.5, 1.5: 0.2, 2.0: 0.1}
POINT_POWERS: Mapping[float, float] = {0.0: 0.5, 1.0: 0.5}
# The point is this quantile of the posterior. Its median leans to the shallow side by 0.1 to 0.3 steps (s = 0.5 to 1).
POINT_QUANTILE = 0.6

# Accuracies that never vary would weigh infinitely; one step of a test set of 10,000 items is 1e-4.
_LEAST_VARIANCE = 1e-10


@dataclass(frozen=True, slots=True)
class _Shapes:
    """All curves considered for D depths: ``basis`` (M, D, 3) holds level, rise and fall; the rest is (M,)."""

    basis: Floats
    onset: NDArray[np.intp]
    power: Floats
    log_prior: Floats
    rises: NDArray[np.bool_]


@lru_cache(maxsize=64)
def _shapes(depths: int) -> _Shapes:
    steps = np.arange(depths, dtype=float)
    basis, onset, power, log_prior, rises = [], [], [], [], []
    for last_best in range(depths - 1):
        past = np.maximum(steps - last_best, 0.0)
        for first_best in range(last_best + 1):
            # All rises together weigh half as much as none, so that a late onset with its many possible rises
            # is not preferred for their number. (Halving "no rise" instead draws onsets to the shallowest depth.)
            prior = 1.0 if first_best == 0 else 0.5 / last_best
            for exponent in INTERVAL_POWERS:
                fall = np.where(past > 0, past**exponent, 0.0)
                basis.append(np.stack([np.ones(depths), -np.maximum(first_best - steps, 0.0), -fall], axis=1))
                onset.append(last_best + 1)
                power.append(exponent)
                log_prior.append(np.log(prior))
                rises.append(first_best > 0)
    return _Shapes(np.array(basis), np.array(onset), np.array(power), np.array(log_prior), np.array(rises))


def onset_posterior(
    means: Floats, squared_errors: Floats, freedom: float, powers: Mapping[float, float] = INTERVAL_POWERS
) -> Floats:
    """Posterior probability (D,) of each index being the onset, given that there is one.

    ``means`` (D,) and their squared standard errors (D,) come from the additive layout with ``freedom`` > 0
    residual degrees of freedom in all. Shapes: rise - flat - fall, with the powers of fall weighted by
    ``powers``; weighted least squares; the evidence of a shape is ``exp(-BIC / 2)`` (Schwarz 1978) with Student's in
    place of the normal likelihood, because the errors are estimated. Shapes that would rise where they should
    fall, or the other way round, are left out. All zero where no shape falls.
    """
    depths = len(means)
    shapes = _shapes(depths)
    weights = 1 / np.maximum(squared_errors, _LEAST_VARIANCE)
    basis = shapes.basis
    weighted = basis * weights[:, None]
    normal = np.einsum("mdi,mdj->mij", weighted, basis)
    # A shape without rise has an empty column; a unit on the diagonal keeps its coefficient at zero.
    normal[~shapes.rises, 1, 1] = 1.0
    centred = means - np.average(means, weights=weights)
    right = np.einsum("mdi,d->mi", weighted, centred)
    coefficients = np.linalg.solve(normal, right[..., None])[..., 0]
    squares = np.einsum("d,md->m", weights, (centred - np.einsum("mdi,mi->md", basis, coefficients)) ** 2)
    fits = (coefficients[:, 2] > 0) & (~shapes.rises | (coefficients[:, 1] > 0))
    log_evidence = -0.5 * (freedom + depths) * np.log1p(squares / freedom)
    log_evidence -= 0.5 * np.log(depths) * shapes.rises
    log_evidence += shapes.log_prior
    share = np.array([powers.get(power, 0.0) for power in INTERVAL_POWERS])
    evidence = np.where(fits, np.exp(log_evidence - log_evidence.max()), 0.0)
    evidence *= np.tile(share, len(evidence) // len(share))
    posterior: Floats = np.bincount(shapes.onset, evidence, minlength=depths).astype(float)
    total = posterior.sum()
    return posterior / total if total > 0 else posterior


def quantile(posterior: Floats, level: float) -> int:
    """First index at which ``posterior`` (D,) adds up to ``level``."""
    return int(np.searchsorted(np.cumsum(posterior), level))
