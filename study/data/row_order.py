"""Columns that follow the order of the rows, as a row number or a time does."""

from __future__ import annotations

import numpy as np

from study.data.dataset import Dataset
from study.data.telling_columns import named_columns

ALIKE = 0.99  # rank correlation with the row's place, from which on a column follows the order
DIFFERENT = 0.2  # share of the rows with a value of their own: below it, the table is but sorted by the column
FEWEST = 20  # rows, below which nothing is said


def ordering_columns(dataset: Dataset) -> tuple[str, ...]:
    """Names of numeric columns that rise or fall with the rows of the training part."""
    from scipy.stats import rankdata

    if dataset.columns is None or dataset.training < FEWEST:
        return ()
    place = np.arange(dataset.training, dtype=float)
    found = []
    for name, values in named_columns(dataset).items():
        if name not in dataset.columns.numeric or not np.isfinite(values).all():
            continue
        ranks = rankdata(values)
        if len(np.unique(ranks)) >= DIFFERENT * len(ranks) and abs(np.corrcoef(ranks, place)[0, 1]) >= ALIKE:
            found.append(name)
    return tuple(found)
