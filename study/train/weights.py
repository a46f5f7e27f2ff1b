"""What each training row counts in the loss."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from study.errors import DataError
from study.records.trials import EVEN, ClassWeights, Configuration
from study.train.measuring import Parts


def row_weights(configuration: Configuration, parts: Parts) -> NDArray[np.float32] | None:
    """What the rows (P,) of train, validation and test count, as the training part decides; None where all count 1.

    Of weights of the data only ratios count, so that they leave learning rate and penalties what they are: see
    :func:`only_ratios`.
    """
    of_class = class_row_weights(configuration.class_weights, parts.labels, parts.names, parts.sizes[0])
    if parts.weights is None:
        return None if of_class is None else of_class.astype(np.float32)
    weights = only_ratios(parts.weights, parts.sizes[0])
    return (weights if of_class is None else weights * of_class).astype(np.float32)


def only_ratios(weights: NDArray[np.floating[Any]], trained: int) -> NDArray[np.float64]:
    """Weights of the data (P,) over their mean in the first ``trained`` rows.

    Raises :class:`DataError` where that mean is 0.
    """
    mean = math.fsum(weights[:trained]) / trained
    if mean == 0:
        raise DataError("data.weight: all rows of a training part have the weight 0, so nothing would be learned.")
    return np.asarray(weights / mean, np.float64)


def class_row_weights(
    asked: ClassWeights, labels: NDArray[np.integer[Any]], names: tuple[str, ...], trained: int
) -> NDArray[np.float64] | None:
    """What rows (P,) count by their class, one of ``names``, the first ``trained`` in training; None for all 1.

    Balanced weights are n / (k n_c) for the n_c of n training rows of a class, with k classes that have any: those of
    scikit-learn, whose mean is 1.
    """
    if asked == EVEN:
        return None
    weights = np.ones(len(names))
    if isinstance(asked, str):  # balanced
        counts = np.bincount(labels[:trained], minlength=len(names))
        there = counts > 0
        weights[there] = trained / (np.count_nonzero(there) * counts[there])
    else:
        for name, weight in asked:
            weights[names.index(str(name))] = weight
    of_rows: NDArray[np.float64] = weights[labels]
    return of_rows
