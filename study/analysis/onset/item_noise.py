"""The share of a difference between depths that comes from the finite test set, which replicates cannot reduce."""

from __future__ import annotations

import numpy as np

from study.analysis.onset.layout import Floats, Mask


def item_variance(correct: Mask, present: Mask) -> Floats:
    """Variance (D, D) of ``mean_j - mean_d`` due to which N test items happen to be in the test set.

    ``correct`` (R, D, N) says which items each run had right; ``present`` (R, D) which runs count, at least
    two a depth. Over the items, the variance of the difference of the two replicate means holds the noise of
    the replicates too; their unbiased share is taken off (one-way random effects), and a negative rest is 0.
    """
    items = correct.shape[2]
    weight = present.astype(float)
    runs = weight.sum(axis=0)
    together = weight.T @ weight
    share = np.einsum("rjn,rj->jn", correct, present, dtype=np.int32) / runs[:, None]
    products = np.zeros((len(runs), len(runs)))
    for answers, here in zip(correct, present, strict=True):  # all at once would take R times the memory, and longer
        centred = answers - share
        centred[~here] = 0.0
        products += centred @ centred.T
    # Mean over items of the covariance between replicates' answers at two depths: 0 / 0 where too few
    # replicates have both, which then counts as no covariance.
    within = np.where(together > 1, products / items / np.maximum(together - 1, 1), 0.0)
    noise = within * together / np.outer(runs, runs)
    between = np.cov(share, ddof=1)
    variance: Floats = np.maximum(_of_difference(between - noise), 0.0) / items
    return variance


def _of_difference(covariance: Floats) -> Floats:
    """Variance (D, D) of the difference of each pair, from a covariance matrix (D, D)."""
    own = np.diag(covariance)
    difference: Floats = own[:, None] + own[None, :] - 2 * covariance
    return difference
