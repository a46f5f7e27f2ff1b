"""How features and targets come to a common scale, by the training rows of a trial."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from study.data.dataset import Dataset

UNKNOWN = 2.0**100  # what a feature is divided by that is to say nothing: it becomes 1e-30 or 0


@dataclass(frozen=True, slots=True)
class Scaling:
    """A network sees ``(x - shift) / scale``, and 0 where a value is missing: both are float32 (F,)."""

    shift: NDArray[np.float32]
    scale: NDArray[np.float32]

    def apply(self, x: NDArray[np.generic]) -> NDArray[np.float32]:
        """Inputs (n, F) of features (n, F). NaN becomes 0: the mean of the training rows stands in for it."""
        scaled = (x.astype(np.float32) - self.shift) / self.scale
        return np.where(np.isnan(scaled), np.float32(0), scaled)


def fit_scaling(dataset: Dataset, rows: NDArray[np.integer]) -> Scaling:
    """The scaling of a data set whose training rows are ``rows``, which alone decide it.

    Mean and standard deviation of each feature where the data set has no constant ``scale``; a feature that is the
    same in all of ``rows`` is only shifted, and one of a category is left as it is. Where test rows are redrawn, the
    categories are those of all rows: one that none of ``rows`` has is read as none of the known.
    """
    shift, scale = np.zeros(dataset.inputs), np.ones(dataset.inputs)
    if dataset.scale is not None:
        scale *= dataset.scale
    else:
        measured = slice(0, dataset.inputs if dataset.columns is None else len(dataset.columns.numeric))
        shift[measured], scale[measured] = _mean_and_deviation(dataset.x[rows, measured].astype(np.float64))
        if dataset.redrawn is not None:
            categories = slice(measured.stop, dataset.inputs)
            scale[categories][~dataset.x[rows, categories].any(axis=0)] = UNKNOWN
    return Scaling(shift.astype(np.float32), scale.astype(np.float32))


def _mean_and_deviation(x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation (F,) of the known values of each feature (n, F); 0 and 1 where all are missing.

    Those of scikit-learn's ``StandardScaler``, but summed row by row: a sum whose order depends on the processor's
    vectors would give each kind of machine networks of its own.
    """
    known = ~np.isnan(x)
    n = np.maximum(known.sum(axis=0), 1)
    mean = _sum(np.where(known, x, 0.0)) / n
    difference = np.where(known, x - mean, 0.0)
    variance = np.maximum(_sum(difference**2) - _sum(difference) ** 2 / n, 0.0) / n
    # Below this, what is left of equal values is rounding: the bound of scikit-learn's _is_constant_feature.
    rounding = n * np.finfo(np.float64).eps * variance + (n * mean * np.finfo(np.float64).eps) ** 2
    deviation = np.where(variance <= rounding, 1.0, np.sqrt(variance))
    return mean, np.maximum(deviation, np.finfo(np.float32).tiny)


def _sum(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sums (F,) of (n, F), one row after another."""
    return np.add.accumulate(x, axis=0)[-1] if len(x) else np.zeros(x.shape[1])


@dataclass(frozen=True, slots=True)
class TargetScaling:
    """A network is taught ``(target - mean) / deviation`` as float32: both are float64, in the target's unit."""

    mean: float
    deviation: float

    @classmethod
    def of(cls, targets: NDArray[np.float64]) -> TargetScaling:
        """That of the training rows' targets (n,); where all are the same, they are only shifted."""
        return cls(float(targets.mean()), float(targets.std()) or 1.0)

    def is_whole(self) -> bool:
        """Whether targets can be brought to this scale and back."""
        return math.isfinite(self.mean) and 0 < self.deviation < math.inf

    def apply(self, targets: NDArray[np.float64]) -> NDArray[np.float32]:
        """What a network is taught of targets (n,)."""
        return ((targets - self.mean) / self.deviation).astype(np.float32)

    def predicted(self, outputs: NDArray[np.float32]) -> NDArray[np.float64]:
        """Outputs (n,) of a network in the target's unit."""
        return np.asarray(outputs.astype(np.float64) * self.deviation + self.mean)
