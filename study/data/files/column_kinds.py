"""Which column of a table is a number, which a category, and which cannot be used."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from study.data.columns import MISSING, Columns, numbers, numeric_matrix, texts
from study.data.files import limits
from study.data.files.cell_words import is_number
from study.data.files.text_columns import beyond
from study.errors import DataError
from study.words import columns_change, shortened

if TYPE_CHECKING:
    import pandas

    from study.data.origin import Origin

SHOWN = 3  # names and values that a message lists
MOST = 0.9  # share of a column's different words that says what they are
DATE = re.compile(
    r"(\d{4}([-/.])\d{1,2}\2\d{1,2}|\d{1,2}([-/.])\d{1,2}\3\d{4}|\d{1,2}/\d{1,2}/\d{2})([T ,].*)?", re.DOTALL
)
WITH_COMMA = re.compile(r"[+-]?[\d.]*\d,\d+")  # 3,5 and 1.234,5
THOUSANDS = re.compile(
    r"[+-]?\d{1,3}([ ,.'_\u00a0\u2009\u202f\u2019])\d{3}(\1\d{3})*([.,]\d+)?"
)  # 1 234 and 1,234,567.8
MEASURED = re.compile(r"([$\u20ac\u00a3\u00a5] ?)?[+-]?[\d.,]*\d ?(%|[$\u20ac\u00a3\u00a5]|[A-Za-z\u00b5\u00b0]{1,3})?")
COMMA_REMEDY = "write numbers with a decimal point, as 3.5, and without separators of thousands"
CODES = 10  # numbers among words that may well be names, as the sizes 36, 38 and XL are


def fit_columns(
    frame: pandas.DataFrame,
    training: NDArray[np.int64] | slice,
    target: str,
    where: str,
    asked: Sequence[str] = (),
) -> Columns:
    """How the columns of a file become features; ``training`` are the rows whose words are the categories.

    Numbers and truth values are numeric, words are categorical: that is judged by all rows, because one broken number
    makes a column text, wherever it stands. Those ``asked`` for are categorical whatever they hold. Raises
    :class:`DataError`, with what to do, for columns of dates, of numbers with a decimal comma, of identifiers and of
    more than :data:`~study.data.files.limits.MAX_CATEGORIES` words.
    """
    numeric, categorical, unusable = [], [], {}
    for name, kind in zip(map(str, frame.columns), frame.dtypes, strict=True):
        if name in asked:
            known = set(texts(frame[name]))
            if len(known) > limits.MAX_CATEGORIES:
                unusable[name] = f"is to be categorical and holds {len(known):,} different values"
            categorical.append((name, tuple(sorted(set(texts(frame[name].iloc[training]))))))
        elif _numeric_kind(kind):
            numeric.append(name)
        elif problem := _problem(frame[name]):
            unusable[name] = problem
        else:
            categorical.append((name, tuple(sorted(set(texts(frame[name].iloc[training]))))))
    if unusable:
        said = "; ".join(f"{name!r} {problem}" for name, problem in list(unusable.items())[:SHOWN])
        more = f"; and {len(unusable) - SHOWN} more" if len(unusable) > SHOWN else ""
        raise DataError(
            f"{where}: columns that cannot be used: {said}{more}. Expected numbers, or words of at most "
            f"{limits.MAX_CATEGORIES} kinds a column. To leave them out: "
            f"{columns_change('data.drop', list(unusable)[:100])}."
        )
    if not numeric and not categorical:
        raise DataError(f"{where}: expected columns beside the target {target!r}, found none.")
    return Columns(target, tuple(numeric), tuple(categorical))


def mixed_notes(columns: Columns, where: str, asked: Sequence[str] = ()) -> list[str]:
    """Says which columns of words hold numbers, too, unless they are ``asked`` for: each is a feature of its own."""
    found = []
    for name, known in columns.categorical:
        if name in asked:
            continue
        words = [word for word in known if word != MISSING]
        if any(map(is_number, words)):
            odd = next((word for word in words if not is_number(word)), None)
            why = "is text, though all of it are numbers" if odd is None else f"holds words such as {shortened(odd)!r}"
            found.append(
                f"{where}: column {name!r} {why}, so each of its {len(known)} values is a category of its own."
            )
    return found


def encode(columns: Columns, frame: pandas.DataFrame, where: str, origin: Origin | None = None) -> NDArray[np.float32]:
    """Features (n, F) of a table, from where they begin.

    Raises :class:`DataError` where a cell of a numeric column is no usable number.
    """
    matrix = numeric_matrix(frame, columns.numeric)
    with np.errstate(over="ignore"):
        fine = matrix is not None and not np.isinf(matrix.astype(np.float32)).any()
    for name in () if fine else columns.numeric:
        column = frame[name]
        if not _numeric_kind(column.dtype):
            words = column[column.notna()].astype(str)
            first = next((word for word in words if not is_number(word)), words.iloc[0] if len(words) else "")
            hint = f" It has a comma: {COMMA_REMEDY}." if WITH_COMMA.fullmatch(first) else ""
            raise DataError(
                f"{where}: column {name!r}: expected numbers or the truth values True and False, as in the training "
                f"part, found {shortened(first)!r}.{hint}"
            )
        given, _ = numbers(column)
        with np.errstate(over="ignore"):
            values = given.astype(np.float32)
        if np.isinf(values).any():
            raise DataError(
                f"{where}: column {name!r}: expected numbers of ordinary size or empty cells, found "
                f"{column[np.isinf(values)].iloc[0]} in row {int(np.isinf(values).argmax()) + 1}."
            )
    return columns.encode(frame, origin)


def check_columns(frame: pandas.DataFrame, needed: tuple[str, ...], where: str) -> None:
    """Raise :class:`DataError` where a table lacks a column that the training part has."""
    lost = [name for name in needed if name not in frame.columns]
    if lost:
        names = ", ".join(repr(name) for name in lost[:SHOWN])
        raise DataError(f"{where}: expected the columns of the training part, but there is no {names}.")


def _numeric_kind(kind: object) -> bool:
    """Whether a column of a type holds real numbers, truth values, or nothing at all."""
    from pandas.api.types import is_bool_dtype, is_complex_dtype, is_numeric_dtype

    return bool((is_numeric_dtype(kind) or is_bool_dtype(kind)) and not is_complex_dtype(kind))


def _problem(column: pandas.Series) -> str | None:
    """Why a column that is not numeric cannot be a categorical one; None where it can."""
    from pandas.api.types import is_object_dtype, is_string_dtype

    known = column.dropna()
    if str(column.dtype).startswith(("datetime", "timedelta", "period", "date", "time")):
        return "holds dates"
    if not (is_object_dtype(column) or is_string_dtype(column) or str(column.dtype) == "category"):
        return f"holds values of type {column.dtype}"
    if len(known) and not isinstance(known.iloc[0], str | bool | int | float | datetime.date):
        return f"holds values of type {type(known.iloc[0]).__name__}"
    words = set(texts(known))
    example = shortened(str(known.iloc[0]))
    if sum(map(bool, map(DATE.fullmatch, words))) > MOST * len(words):
        return f"holds dates such as {example!r}"
    plain = sum(map(is_number, words))
    commas = [word for word in words if WITH_COMMA.fullmatch(word)]
    if commas and plain + len(commas) > MOST * len(words):
        return f"holds numbers with a comma such as {shortened(min(commas))!r}: {COMMA_REMEDY}"
    thousands = [word for word in words if not is_number(word) and THOUSANDS.fullmatch(word)]
    if thousands and plain + len(thousands) > MOST * len(words):
        return f"holds numbers with separators of thousands such as {shortened(min(thousands))!r}: {COMMA_REMEDY}"
    measured = [word for word in words if not is_number(word) and MEASURED.fullmatch(word)]
    if len(words) > CODES and len(measured) > MOST * len(words) and len({_unit(word) for word in measured}) == 1:
        return f"holds numbers with a sign or unit such as {shortened(min(measured))!r}: write the numbers alone"
    if words and plain == len(words) and beyond(list(words)):
        return f"holds whole numbers beyond 64 bits, as identifiers are ({example!r})"
    if plain > CODES and 2 * sum(map(is_number, texts(known))) > len(known) and plain < len(words):
        odd = next(word for word in texts(known) if not is_number(word))
        return f"holds numbers, but also words such as {shortened(odd)!r} (an empty cell is a missing value)"
    if len(words) <= limits.MAX_CATEGORIES:
        return None
    if plain > 0.5 * len(words):
        odd = next(word for word in words if not is_number(word)) if plain < len(words) else example
        return f"holds numbers, but also words such as {shortened(odd)!r} (an empty cell is a missing value)"
    if _are_dates(known.iloc[:100]):
        return f"holds dates such as {example!r}"
    if len(words) > MOST * len(known):
        return f"looks like an identifier: it is different in nearly every row ({example!r})"
    return f"holds {len(words):,} different words"


def _are_dates(some: pandas.Series) -> bool:
    import warnings

    import pandas

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return bool(pandas.to_datetime(some.astype(str), errors="coerce").notna().mean() > MOST)


def _unit(word: str) -> str:
    """What is no number in a cell: ``kg``, ``%``."""
    return re.sub(r"[\d.,+ -]", "", word)
