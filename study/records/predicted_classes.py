"""What a classifier took its test items for where a run is read, as counts: they name no item.

From them follow the confusion matrix, recall and precision of each class, and how far confidence can be trusted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 10
"""Of confidence, equally wide: (0, 0.1], (0.1, 0.2], ... as scikit-learn's ``calibration_curve`` has them."""

PREDICTED = np.dtype([("label", "<i4"), ("confidence", "<f4")])
"""Of an item: the class it is taken for, the first one on ties, and its probability."""


@dataclass(frozen=True, slots=True)
class PredictedClasses:
    """Counts of the test items of a run at a ``reading``; of the tail, which is no one network, after the last epoch.

    ``cells`` are (true class, predicted class, items), those that have items alone, in order of the classes. ``bins``
    (:data:`BINS`) are, of the items with so much confidence in the class predicted: their number, how many are right,
    and the sum of their confidence.
    """

    reading: str
    cells: tuple[tuple[int, int, int], ...]
    bins: tuple[tuple[int, int, float], ...]

    @classmethod
    def of(cls, reading: str, labels: NDArray[np.int32], predicted: NDArray[np.void]) -> PredictedClasses:
        """The counts of items with these ``labels`` (N,) and :data:`PREDICTED` (N,)."""
        said, confidence = predicted["label"], predicted["confidence"].astype(float)
        pairs, numbers = np.unique(np.stack([labels, said]), axis=1, return_counts=True)
        place = np.searchsorted(np.linspace(0, 1, BINS + 1)[1:-1], confidence)
        items, right, sums = (np.bincount(place, of, BINS) for of in (None, labels == said, confidence))
        return cls(
            reading,
            tuple(zip(*pairs.tolist(), numbers.tolist(), strict=True)),
            tuple(zip(items.tolist(), right.astype(int).tolist(), sums.tolist(), strict=True)),
        )

    def check(self, classes: int) -> None:
        """Raise ValueError for what no run of ``classes`` classes can have left behind."""
        inside = all(0 <= one < classes and 0 <= other < classes and items > 0 for one, other, items in self.cells)
        possible = all(0 <= right <= items and 0 <= confidence <= items for items, right, confidence in self.bins)
        hits = sum(items for one, other, items in self.cells if one == other)
        found = sum(items for *_, items in self.cells), hits
        counted = sum(items for items, *_ in self.bins), sum(right for _, right, _ in self.bins)
        if len(self.bins) != BINS or not inside or not possible or found != counted:
            raise ValueError("the predicted classes of a trial are none that it can have")

    def confusion(self, classes: int) -> NDArray[np.int64]:
        """Items by true (K) and predicted class (K)."""
        matrix = np.zeros((classes, classes), np.int64)
        for true, predicted, items in self.cells:
            matrix[true, predicted] = items
        return matrix
