"""What each training row counts in the loss."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from study.records.trials import EVEN, Configuration


def row_weights(
    configuration: Configuration, labels: NDArray[np.int32], names: tuple[str, ...], train_rows: int
) -> NDArray[np.float32] | None:
    """Weights (P,) of rows with ``labels`` (P,), of which the first ``train_rows`` are trained on; None: all count 1.

    ``names`` (K,) are those of the classes. Balanced weights are n / (k n_c) for the n_c of n training rows of a class,
    with k classes that have any: those of scikit-learn, whose mean is 1.
    """
    asked = configuration.class_weights
    if asked == EVEN:
        return None
    of_class = np.ones(len(names))
    if isinstance(asked, str):  # balanced
        counts = np.bincount(labels[:train_rows], minlength=len(names))
        there = counts > 0
        of_class[there] = train_rows / (np.count_nonzero(there) * counts[there])
    else:
        for name, weight in asked:
            of_class[names.index(str(name))] = weight
    return of_class[labels].astype(np.float32)
