"""Rows that are almost alike: another row lies far closer to them than their neighbours do.

Exact copies count elsewhere. The measure is the distance to the nearest other row as a share of that to the
:data:`NEIGHBOUR`-th, so it does not depend on how dense a region is; among F independent features it is below
:data:`CLOSE` by chance for about ``NEIGHBOUR * CLOSE ** F`` of the rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from study.data.dataset import Dataset
from study.data.scaling import fit_scaling

CLOSE = 0.05  # of the distance to the tenth nearest
NEIGHBOUR = 10
SHARE, FEWEST = 0.02, 3  # of rows, and rows, from which on it is said
FEWEST_FEATURES = 6  # with fewer that measure something, neighbours are as close by chance
MEASURED = 10  # different values from which on a column measures something, in place of counting or naming it
LOOKED_AT = 500  # rows for which a near copy is looked for
WORK = 4e9  # multiplications at the most: a second


@dataclass(frozen=True, slots=True)
class NearCopies:
    """``rows`` of the ``of`` rows that were looked at have a near copy in the part that networks train on."""

    rows: int
    of: int


def near_copies(dataset: Dataset, digests: NDArray[np.uint64]) -> NearCopies | None:
    """Test rows with a near copy in the training part, or rows with one among all where replicates draw their own.

    ``digests`` (M + N,) are equal where two rows are. None where it cannot be told, or where there are few.
    """
    if not _measures_enough(dataset):
        return None
    rng = np.random.default_rng(0)
    _, first = np.unique(digests, return_index=True)
    different = np.zeros(len(digests), bool)
    different[first] = True
    training = np.flatnonzero(different[: dataset.training])
    tested = np.arange(dataset.training, len(dataset.y)) if dataset.redrawn is None else training
    asked = rng.permutation(tested)[:LOOKED_AT]
    most = int(WORK / (len(asked) * dataset.inputs)) if len(asked) else 0
    others = rng.permutation(training)[:most]
    if len(others) <= NEIGHBOUR + 1 or len(asked) < NEIGHBOUR:
        return None
    scaling = fit_scaling(dataset, np.sort(others))
    x = scaling.apply(dataset.x[others])
    squares = np.einsum("ij,ij->i", x, x)
    near = 0
    for start in range(0, len(asked), 100):
        rows = asked[start : start + 100]
        one = scaling.apply(dataset.x[rows])
        distance = squares - 2 * (one @ x.T) + np.einsum("ij,ij->i", one, one)[:, None]
        distance[digests[rows][:, None] == digests[others]] = np.inf  # itself, and exact copies
        nearest = np.partition(distance, NEIGHBOUR - 1, axis=1)
        near += int((nearest[:, :NEIGHBOUR].min(axis=1) < CLOSE**2 * nearest[:, NEIGHBOUR - 1]).sum())
    return NearCopies(near, len(asked)) if near >= max(SHARE * len(asked), FEWEST) else None


def _measures_enough(dataset: Dataset) -> bool:
    """Whether enough columns of a table measure something; of an array, whether it has enough features."""
    if dataset.columns is None:
        return dataset.inputs >= FEWEST_FEATURES
    measured = 0
    for place in range(len(dataset.columns.numeric)):
        measured += len(np.unique(dataset.x[: dataset.training, place])) > MEASURED
        if measured == FEWEST_FEATURES:
            return True
    return False
