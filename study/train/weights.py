"""What each training row counts in the loss."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from study.errors import DataError
from study.records.trials import EVEN, Configuration
from study.train.measuring import Parts


def row_weights(configuration: Configuration, parts: Parts) -> NDArray[np.float32] | None:
    """What the rows (P,) of train, validation and test count, as the training part decides; None where all count 1.

    Weights of the data are divided by their mean over the training rows: only their ratios count, so that they leave
    learning rate and penalties what they are. Raises :class:`DataError` where that mean is 0.
    """
    of_class = _of_class(configuration, parts)
    if parts.weights is None:
        return None if of_class is None else of_class.astype(np.float32)
    trained = parts.weights[: parts.sizes[0]]
    mean = math.fsum(trained) / len(trained)
    if mean == 0:
        raise DataError("data.weight: all rows of a training part have the weight 0, so nothing would be learned.")
    weights = parts.weights / mean
    return (weights if of_class is None else weights * of_class).astype(np.float32)


def _of_class(configuration: Configuration, parts: Parts) -> NDArray[np.float64] | None:
    """What rows count by their class; None without class weights.

    Balanced weights are n / (k n_c) for the n_c of n training rows of a class, with k classes that have any: those of
    scikit-learn, whose mean is 1.
    """
    asked = configuration.class_weights
    if asked == EVEN:
        return None
    weights = np.ones(len(parts.names))
    if isinstance(asked, str):  # balanced
        rows = parts.sizes[0]
        counts = np.bincount(parts.labels[:rows], minlength=len(parts.names))
        there = counts > 0
        weights[there] = rows / (np.count_nonzero(there) * counts[there])
    else:
        for name, weight in asked:
            weights[parts.names.index(str(name))] = weight
    of_rows: NDArray[np.float64] = weights[parts.labels]
    return of_rows
