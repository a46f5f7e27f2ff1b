"""What the pick takes its test items for: confusion, recall and precision of each class, accuracy by confidence.

All of it is of the pick's own runs, each where its network is read. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from study.analysis.item_intervals import Sampling
from study.analysis.prediction_findings import ClassFinding, ConfidenceBin, PredictionFinding
from study.analysis.shares import share_interval
from study.records.intervals import Interval
from study.records.predicted_classes import BINS, PredictedClasses


def predictions_of(
    runs: Sequence[PredictedClasses], classes: int, *, items: int | None, sampling: Sampling
) -> PredictionFinding:
    """What R ``runs`` of one network say, at least one.

    ``items`` is how many different items they tested together; None where that is not known, and each is taken to have
    tested the same.
    """
    confusion = np.zeros((classes, classes), np.int64)
    of_class, said, hits = (np.zeros((len(runs), classes), np.int64) for _ in range(3))
    for r, run in enumerate(runs):
        own = run.confusion(classes)
        confusion += own
        of_class[r], said[r], hits[r] = own.sum(axis=1), own.sum(axis=0), own.diagonal()
    bins = np.array([run.bins for run in runs])  # (R, BINS, 3)
    numbers, right, confidence = bins[:, :, 0], bins[:, :, 1], bins[:, :, 2]
    times = len(runs) if items is None else float(numbers.sum()) / items

    def share(found: NDArray[np.generic], of: NDArray[np.generic]) -> Interval:
        return share_interval(found, of, times=times, sampling=sampling)

    return PredictionFinding(
        runs=len(runs),
        times=times,
        confusion=confusion,
        classes=tuple(
            ClassFinding(float(of_class[:, k].mean()), share(hits[:, k], of_class[:, k]), share(hits[:, k], said[:, k]))
            for k in range(classes)
        ),
        bins=tuple(
            ConfidenceBin(
                low=b / BINS,
                items=int(numbers[:, b].sum()),
                confidence=float(confidence[:, b].sum() / numbers[:, b].sum()),
                accuracy=share(right[:, b], numbers[:, b]),
            )
            for b in range(BINS)
            if numbers[:, b].any()
        ),
        confidence=float(confidence.sum() / numbers.sum()),
        accuracy=share(right.sum(axis=1), numbers.sum(axis=1)),
    )
