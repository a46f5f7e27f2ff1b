"""Labels as they were given -> classes 0 .. K - 1 and their names."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from study.data.files import limits
from study.errors import DataError
from study.words import shortened

REGRESSION = "predicting a number is regression, which is out of the scope of depthgauge"


def encode_labels(*parts: tuple[NDArray[np.generic], str]) -> tuple[tuple[str, ...], list[NDArray[np.int32]]]:
    """Names of the classes, and the class (n,) of each row of each part.

    A part is its labels (n,) or (n, 1), whole numbers, words or truth values, and the place that errors name.
    Classes are in the order of their numbers or else of the alphabet; a class counts if any part has it. Raises
    :class:`DataError` for anything that is no label of a class.
    """
    read = [_named(values, where) for values, where in parts]
    labels = tuple(sorted({name for names, _ in read for name in names}, key=_order))
    _check_number(labels, read[0][1], parts[0][1])
    places = {name: place for place, name in enumerate(labels)}
    return labels, [np.array([places[name] for name in names], np.int32)[codes] for names, codes in read]


def check_rows_of_classes(y: NDArray[np.int32], labels: tuple[str, ...], where: str, taken: str = "") -> None:
    """Raise :class:`DataError` for a class with a single row in the training part: no split has it on both sides."""
    rows = np.bincount(y, minlength=len(labels))
    single = [labels[place] for place in np.flatnonzero(rows == 1)]
    if single:
        named = ", ".join(repr(shortened(name)) for name in single[:3]) + (", ..." if len(single) > 3 else "")
        raise DataError(
            f"{where}: expected at least 2 rows of each class in the training part, found a single one of {named}"
            f"{taken}. Add rows, or leave that class out."
        )


def _named(values: NDArray[np.generic], where: str) -> tuple[list[str], NDArray[np.int64]]:
    """Names of the different labels of one part, and the place (n,) of each row's label among them."""
    from pandas import factorize

    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        hint = " Of one-hot labels, y.argmax(1) is that." if values.ndim == 2 else ""
        raise DataError(f"{where}: expected one label a row, found labels of shape {values.shape}.{hint}")
    if values.dtype.kind not in "biufOUS":
        raise DataError(f"{where}: expected labels that are whole numbers or words, found {values.dtype}.")
    codes, different = factorize(values)
    missing = int((codes < 0).sum())
    if missing:
        raise DataError(
            f"{where}: expected a label in every row, found {missing:,} of {len(values):,} without one. "
            "Remove these rows, or give them a label."
        )
    if len(different) > limits.MAX_CLASSES:
        raise DataError(
            f"{where}: expected at most {limits.MAX_CLASSES:,} classes, found {len(different):,} different labels. "
            f"If they are amounts: {REGRESSION}. If they name the rows, they are no classes: give other labels."
        )
    return _names(list(different), where), codes.astype(np.int64)


def _names(different: list[object], where: str) -> list[str]:
    """Labels as the user knows them: 3.0 and "3" are both 3."""
    words = [one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in different]
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        return words
    unusable = next((w for w, n in zip(words, numbers, strict=True) if not n.is_integer()), None)
    if unusable is not None:
        raise DataError(
            f"{where}: expected classes, found numbers such as {shortened(unusable)}: {REGRESSION}. Give "
            "labels that are classes, or turn the numbers into classes with names, such as low and high."
        )
    return [w if re.fullmatch(r"[+-]?\d+", w) else f"{n:.0f}" for w, n in zip(words, numbers, strict=True)]


def _order(name: str) -> tuple[bool, int, str]:
    """Numbers by size, then words by the alphabet."""
    number = re.fullmatch(r"[+-]?\d{1,18}", name)
    return (number is None, int(name) if number else 0, name)


def _check_number(labels: tuple[str, ...], codes: NDArray[np.int64], where: str) -> None:
    if len(np.unique(codes)) < 2:
        raise DataError(f"{where}: expected at least two classes, found only {shortened(labels[0])!r}.")
    if len(labels) > len(codes) / 2:
        raise DataError(
            f"{where}: expected at least 2 rows a class, found {len(labels):,} classes in {len(codes):,} rows. "
            f"If the labels are amounts: {REGRESSION}. If they name the rows, they are no classes: give other labels."
        )
