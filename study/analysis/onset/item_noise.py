"""What is known of single test items: the share of a difference between depths that more replicates cannot reduce."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from study.analysis.item_intervals import variance_parts
from study.analysis.onset.layout import Floats, Mask


@dataclass(frozen=True, slots=True)
class TestedItems:
    """``correct`` (R, D, N): how right each run had each of N items, 0 to 1; ``tested`` (R, N): which its replicate
    tested.

    At a reading over several epochs it is the share of them in which the item was right. It says nothing where an item
    was not tested.
    """

    correct: Floats | Mask
    tested: Mask

    def of(self, replicate: int, depth: int) -> Floats:
        """The answers (N,) of one run, NaN where an item was not tested."""
        return np.where(self.tested[replicate], self.correct[replicate, depth], np.nan)

    def between_replicates(self, present: Mask) -> Floats:
        """Variance (D, D) between replicates of the difference of two depths, without which items they tested."""
        depths = present.shape[1]
        found = np.zeros((depths, depths))
        for first in range(depths):
            for second in range(first):
                rows = np.nonzero(present[:, first] & present[:, second])[0].tolist()
                if len(rows) > 1:
                    table = np.stack([self.of(r, first) - self.of(r, second) for r in rows])
                    found[first, second] = found[second, first] = variance_parts(table).replicates * len(rows)
        return found


def item_variance(correct: Floats | Mask, present: Mask, tested: Mask | None = None) -> Floats:
    """Variance (D, D) of ``mean_j - mean_d`` due to which items are tested, as far as replicates share them.

    ``correct`` (R, D, N) says how right each run had each item, 0 to 1; ``present`` (R, D) which runs count, at least
    two a depth; ``tested`` (R, N) which items each replicate tested, None for all. The variance between items of the
    true difference is estimated from products of two replicates' answers to the same item, which do not share the
    replicates' noise (unbiased; a negative one is 0). Two replicates that share items err alike, and their spread does
    not show it: what is left out is that variance times the mean over pairs of ``shared / (own items * other's
    items)``. For a fixed test part that is 1 / N, for one repeat of folds nothing, because their spread holds it all.
    """
    replicates, depths, items = correct.shape
    here = np.ones((replicates, items)) if tested is None else tested.astype(float)
    numbers = np.maximum(here.sum(axis=1), 1.0)
    # Answers that are right or wrong are counted, which float32 does exactly up to 16 million items, in half the time.
    exact = np.float32 if correct.dtype == bool and items < 2**24 else np.float64
    sums, own = np.zeros((depths, items), exact), np.zeros((depths, depths))
    means, ones = np.zeros((replicates, depths)), np.ones(items, exact)
    for r, (answers, known, number) in enumerate(
        zip(correct, here, numbers, strict=True)
    ):  # in one, R times the memory
        counted = answers.astype(exact)
        if tested is not None:
            counted *= known
        counted[~present[r]] = 0.0
        sums += counted
        means[r] = (counted @ ones) / number
        own += counted @ counted.T - number * np.outer(means[r], means[r])
    sums = sums - means.T @ here
    counts = present.T.astype(float) @ here
    products, pairs = sums @ sums.T - own, counts @ counts.T - (present.T * numbers) @ present
    covariance = np.where(pairs > 0.5, products / np.maximum(pairs, 1.0), 0.0)
    overlap = here @ here.T / np.outer(numbers, numbers)
    shared = (overlap.sum() - np.trace(overlap)) / max(replicates * (replicates - 1), 1)
    variance: Floats = np.maximum(_of_difference(covariance), 0.0) * shared
    return variance


def _of_difference(covariance: Floats) -> Floats:
    """Variance (D, D) of the difference of each pair, from a covariance matrix (D, D)."""
    own = np.diag(covariance)
    difference: Floats = own[:, None] + own[None, :] - 2 * covariance
    return difference
