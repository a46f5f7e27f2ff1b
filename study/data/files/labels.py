"""Labels as they were given -> classes 0 .. K - 1 and their names."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from study.data.files import limits
from study.errors import DataError
from study.words import change, shortened

PLAIN = re.compile(r"(?!-0$)-?(0|[1-9]\d*)", re.ASCII)  # a whole number as people write it
WITH_POINT = re.compile(r"(?!-0[.])(-?(?:0|[1-9]\d*))\.0*", re.ASCII)  # and as programs write one that is a float
MANY = 20  # different whole numbers, above which labels may well be amounts
THIN = 5  # rows of a class: one of digits or letters has more, an amount that is rare has fewer
FRACTION = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


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


def looks_like_regression() -> str:
    """What to say of labels that are amounts."""
    return f"this looks like regression: to predict the number, {change('task=regression')}"


def amounts_note(labels: tuple[str, ...], y: NDArray[np.int32]) -> str:
    """Says that labels look like amounts: many whole numbers, that leave some out, begin late, or have few rows each.

    ``y`` are the labels of all rows. Empty where they look like classes: words, at most :data:`MANY` numbers, or all
    numbers from 0 or 1 on with at least :data:`THIN` rows each.
    """
    if len(labels) <= MANY or not all(PLAIN.fullmatch(name) and len(name) < 19 for name in labels):
        return ""
    values = sorted(map(int, labels))
    whole_range = values[0] in (0, 1) and values[-1] - values[0] + 1 == len(values)
    if whole_range and np.bincount(y, minlength=len(labels)).min() >= THIN:
        return ""
    return (
        f"The labels are {len(values):,} different whole numbers from {values[0]} to {values[-1]}: this looks like "
        f"regression. Where they are amounts: {change('task=regression')}."
    )


def check_rows_of_classes(y: NDArray[np.int32], labels: tuple[str, ...], where: str, taken: str = "") -> None:
    """Raise :class:`DataError` for a class with a single row in the training part: no split has it on both sides.

    A regression has no ``labels``, and nothing to check here.
    """
    if not labels:
        return
    rows = np.bincount(y, minlength=len(labels))
    single = [labels[place] for place in np.flatnonzero(rows == 1)]
    if single:
        named = ", ".join(repr(shortened(name)) for name in single[:3]) + (", ..." if len(single) > 3 else "")
        raise DataError(
            f"{where}: expected at least 2 rows of each class in the training part, found a single one of {named}"
            f"{taken}. {' '.join(['Add rows, or leave that class out.', amounts_note(labels, y)]).strip()}"
        )


def check_parts(y: NDArray[np.int32], y_test: NDArray[np.int32], labels: tuple[str, ...], where_test: str) -> None:
    """Raise :class:`DataError` for a test part that shares no class with training: it could only measure 0 %."""
    if not labels:
        return
    trained, tested = ({labels[place] for place in np.unique(part)} for part in (y, y_test))
    if trained & tested or not tested:
        return
    near = [(one, other) for one in sorted(tested) for other in sorted(trained) if _bare(one) == _bare(other)]
    hint = (
        f" {near[0][0]!r} and {near[0][1]!r} differ by white space, case or a final dot only: write them alike."
        if near
        else " Give both parts the same labels."
    )
    raise DataError(
        f"{where_test}: expected labels of the training part ({_listed(sorted(trained))}), found none of them "
        f"({_listed(sorted(tested))}).{hint}"
    )


def alike_note(labels: tuple[str, ...]) -> str | None:
    """Says which labels differ only by white space, case or a final dot; None where none do."""
    groups: dict[str, list[str]] = {}
    for name in labels:
        groups.setdefault(_bare(name), []).append(name)
    alike = [" and ".join(repr(shortened(name)) for name in names) for names in groups.values() if len(names) > 1]
    if not alike:
        return None
    more = f", and {len(alike) - 3} more" if len(alike) > 3 else ""
    return (
        f"Labels that differ only by white space, case or a final dot: {'; '.join(alike[:3])}{more}. They are "
        "different classes; if they are meant to be one, write them alike."
    )


def _bare(name: str) -> str:
    """A label without what is hard to see."""
    return " ".join(name.split()).removesuffix(".0").removesuffix(".").strip().casefold()


def _listed(names: list[str]) -> str:
    return ", ".join(repr(shortened(name)) for name in names[:3]) + (", ..." if len(names) > 3 else "")


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
    codes, different = factorize(values.astype(values.dtype.newbyteorder("="), copy=False))
    missing = int((codes < 0).sum())
    if missing:
        raise DataError(
            f"{where}: expected a label in every row, found {missing:,} of {len(values):,} without one. "
            "Remove these rows, or give them a label."
        )
    if len(different) > limits.MAX_CLASSES:
        raise DataError(
            f"{where}: expected at most {limits.MAX_CLASSES:,} classes, found {len(different):,} different labels. "
            f"If they are amounts, {looks_like_regression()}. If they name the rows, they are no classes: give other "
            "labels."
        )
    return _names(list(different), where), codes.astype(np.int64)


def _names(different: list[object], where: str) -> list[str]:
    """Labels as the user knows them: the numbers 3.0 and 3 are both 3; text is what it says.

    Text counts as numbers only where all of it are whole numbers as people write them, or all of it as programs write
    those that are floats: 1.0 is 1 then. ``1_10``, ``1E1``, ``+1`` and ``01`` are names, and so are 1 and 1.0 side by
    side.
    """
    words = [_text(one, where) for one in different]
    typed = [
        word for one, word in zip(different, words, strict=True) if not isinstance(one, str | bytes | bool | np.bool_)
    ]
    if typed or all(FRACTION.fullmatch(word) for word in words):
        unusable = next((word for word in typed or words if not float(word).is_integer()), None)
        if unusable is not None:
            raise DataError(
                f"{where}: expected classes, found numbers such as {shortened(unusable)}; "
                f"{looks_like_regression()}. Or give labels that are classes, or turn the numbers into classes with "
                "names, such as low and high."
            )
    if len(typed) == len(words):
        return [word if PLAIN.fullmatch(word) else f"{float(word) + 0:.0f}" for word in words]
    points = [WITH_POINT.fullmatch(word) for word in words]
    return [point[1] if point else word for point, word in zip(points, words, strict=True)] if all(points) else words


def _text(label: object, where: str) -> str:
    """A label as text that can be stored and printed."""
    try:
        word = label.decode("utf-8") if isinstance(label, bytes) else str(label)
        word.encode("utf-8")
    except UnicodeError as error:
        shown = ascii(label)
        raise DataError(
            f"{where}: expected labels in UTF-8, found {shortened(shown)}. Write it again as it is meant to be read."
        ) from error
    if "\0" in word:
        raise DataError(f"{where}: expected labels of text, found one with a NUL character: {shortened(ascii(word))}.")
    return word


def _order(name: str) -> tuple[bool, int, str]:
    """Numbers by size, then words by the alphabet."""
    number = PLAIN.fullmatch(name) if len(name) < 19 else None
    return (number is None, int(name) if number else 0, name)


def _check_number(labels: tuple[str, ...], codes: NDArray[np.int64], where: str) -> None:
    if len(np.unique(codes)) < 2:
        raise DataError(f"{where}: expected at least two classes, found only {shortened(labels[0])!r}.")
    if len(labels) > len(codes) / 2:
        raise DataError(
            f"{where}: expected at least 2 rows a class, found {len(labels):,} classes in {len(codes):,} rows. "
            f"If the labels are amounts, {looks_like_regression()}. If they name the rows, they are no classes: give "
            "other labels."
        )
