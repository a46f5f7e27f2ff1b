"""Columns that follow the order of the rows, as a row number or a time does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from study.data.dataset import Dataset

ALIKE = 0.99  # rank correlation with the row's place, from which on a column follows the order
HINT = 0.9  # the same in :data:`SOME` of the rows, from which on all are looked at
SOME = 100
DIFFERENT = 0.2  # share of the rows with a value of their own: below it, the table is but sorted by the column
FEWEST = 20  # rows, below which nothing is said


def ordering_columns(dataset: Dataset) -> tuple[str, ...]:
    """Names of numeric columns that rise or fall with the rows of the training part."""
    if dataset.columns is None or dataset.training < FEWEST:
        return ()
    some = np.sort(np.random.default_rng(0).permutation(dataset.training)[:SOME])
    numeric = len(dataset.columns.numeric)
    likely = np.flatnonzero(_follow(dataset.x[some, :numeric]) >= HINT)
    found = []
    for place in likely.tolist():
        values = dataset.x[: dataset.training, place]
        if not np.isfinite(values).all() or len(np.unique(values)) < DIFFERENT * len(values):
            continue
        if _follow(values[:, None])[0] >= ALIKE:
            found.append(dataset.columns.numeric[place])
    return tuple(found)


def _follow(x: NDArray[np.generic]) -> NDArray[np.float64]:
    """Spearman's correlation of each column of ``x`` (n, C) with the places of its rows, without its sign (C,)."""
    from scipy.stats import rankdata

    ranks = rankdata(x, axis=0)
    place = np.arange(len(x)) - (len(x) - 1) / 2
    ranks -= ranks.mean(axis=0)
    length = np.sqrt((ranks**2).sum(axis=0) * (place**2).sum())
    return np.asarray(np.abs(place @ ranks) / np.where(length > 0, length, 1))
