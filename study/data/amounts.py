"""Labels that look like amounts: a regression that was taken for a classification."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from study.data.files.labels import PLAIN
from study.words import change

MANY = 20  # different whole numbers, above which labels may well be amounts
THIN = 5  # rows of a class: one of digits or letters has more, an amount that is rare has fewer


def amounts_note(labels: tuple[str, ...], y: NDArray[np.int32]) -> str | None:
    """Says that labels look like amounts: many whole numbers, that leave some out, begin late, or have few rows each.

    ``y`` are the labels of all rows. None where they look like classes: words, at most :data:`MANY` numbers, or all
    numbers from 0 or 1 on with at least :data:`THIN` rows each.
    """
    if len(labels) <= MANY or not all(PLAIN.fullmatch(name) and len(name) < 19 for name in labels):
        return None
    values = sorted(map(int, labels))
    whole_range = values[0] in (0, 1) and values[-1] - values[0] + 1 == len(values)
    if whole_range and np.bincount(y, minlength=len(labels)).min() >= THIN:
        return None
    return (
        f"The labels are {len(values)} different whole numbers from {values[0]} to {values[-1]}: this looks like "
        f"regression. Where they are amounts: {change('task=regression')}."
    )
