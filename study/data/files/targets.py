"""Targets of a regression as they were given -> float64, with all their digits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from study.data.files.cell_words import WHOLE, is_gap, is_number
from study.data.files.labels import encode_labels
from study.errors import DataError
from study.records.sources import Task
from study.words import change, count, shortened

LARGEST = 1e30  # of a target: squares of errors, and what is kept of them in 32 bits, end at 1e38


def read_answers(task: Task, *parts: tuple[NDArray[np.generic], str]) -> tuple[tuple[str, ...], list[NDArray[Any]]]:
    """What is to be predicted of each row of each part: names of the classes and the class, or no names and the target.

    A part is its values and the place that errors name. Raises :class:`DataError` for what cannot be predicted.
    """
    if task == "classification":
        return encode_labels(*parts)
    targets = [_targets(values, where) for values, where in parts]
    first, where = targets[0], parts[0][1]
    if first.min() == first.max():
        raise DataError(f"{where}: expected targets that differ, found {first[0]:g} in every row. Name another target.")
    if first.max() - first.min() < 1 / LARGEST:
        raise DataError(f"{where}: expected targets that differ by {1 / LARGEST:g} or more. Give them in another unit.")
    return (), targets


def _targets(values: NDArray[np.generic], where: str) -> NDArray[np.float64]:
    """The targets (n,) of one part."""
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        raise DataError(f"{where}: expected one target a row, found targets of shape {values.shape}.")
    if values.dtype.kind == "b":
        raise DataError(f"{where}: expected numbers to predict, found truth values. {_classes()}")
    found = values.astype(np.float64) if values.dtype.kind == "f" else _read(values, where)
    missing = np.isnan(found)
    if missing.any():
        raise DataError(
            f"{where}: expected a target in every row, found {int(missing.sum()):,} of {len(found):,} without one "
            f"(row {int(missing.argmax()) + 1} is the first). Remove these rows, or give them a target."
        )
    beyond = ~(np.abs(found) <= LARGEST)
    if beyond.any():
        raise DataError(
            f"{where}: expected finite targets of up to {LARGEST:g}, found {found[beyond][0]:g} in row "
            f"{int(beyond.argmax()) + 1} and {count(int(beyond.sum()), 'such row')} in all. Remove these rows, or give "
            "targets in another unit."
        )
    return found


def _read(values: NDArray[np.generic], where: str) -> NDArray[np.float64]:
    """Whole numbers, or text and objects, as numbers; NaN where there is none."""
    if values.dtype.kind not in "iuOUS":
        raise DataError(f"{where}: expected numbers to predict, found {values.dtype}. {_classes()}")
    from pandas import factorize

    codes, different = factorize(values.astype(values.dtype.newbyteorder("="), copy=False))
    numbers = np.array([*(_number(one, where) for one in different.tolist()), np.nan])
    return np.asarray(numbers[codes], np.float64)  # a missing one has the place -1


def _number(value: object, where: str) -> float:
    """One target, exactly; raises :class:`DataError` for text, and for a whole number that float64 would round."""
    word = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    if is_gap(word):
        return float("nan")
    if isinstance(value, bool) or not is_number(word):
        raise DataError(f"{where}: expected numbers to predict, found {shortened(word)!r}. {_classes()}")
    if WHOLE.fullmatch(word.strip()) and len(word) < 30 and int(word) != float(word):
        raise DataError(
            f"{where}: expected targets that float64 holds, found {shortened(word)}. Take off what they have in common."
        )
    return float(word)


def _classes() -> str:
    return f"For labels of classes: {change('task=classification')}."
