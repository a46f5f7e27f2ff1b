"""Which column of a table is a number, which a category, and which cannot be used."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from study.data.columns import Columns, texts
from study.data.files import limits
from study.errors import DataError
from study.words import shortened

if TYPE_CHECKING:
    import pandas

SHOWN = 3  # names and values that a message lists
MOST = 0.9  # share of a column's different words that says what they are
DATE = re.compile(
    r"(\d{4}([-/.])\d{1,2}\2\d{1,2}|\d{1,2}([-/.])\d{1,2}\3\d{4}|\d{1,2}/\d{1,2}/\d{2})([T ,].*)?", re.DOTALL
)
WITH_COMMA = re.compile(r"[+-]?[\d.]*\d,\d+")  # 3,5 and 1.234,5
COMMA_REMEDY = "write numbers with a decimal point, as 3.5, and without separators of thousands"


def fit_columns(frame: pandas.DataFrame, target: str, where: str) -> Columns:
    """How the columns of the training part become features.

    Numbers and truth values are numeric, words are categorical. Raises :class:`DataError`, with what to do, for
    columns of dates, of numbers with a decimal comma, of identifiers and of more than
    :data:`~study.data.files.limits.MAX_CATEGORIES` words.
    """
    numeric, categorical, unusable = [], [], {}
    for name in map(str, frame.columns):
        kind = _numeric_kind(frame[name])
        if kind:
            numeric.append(name)
        elif problem := _problem(frame[name]):
            unusable[name] = problem
        else:
            categorical.append((name, tuple(sorted(set(texts(frame[name]))))))
    if unusable:
        said = "; ".join(f"{name!r} {problem}" for name, problem in list(unusable.items())[:SHOWN])
        more = f"; and {len(unusable) - SHOWN} more" if len(unusable) > SHOWN else ""
        drop = ", ".join(f'"{name}"' for name in list(unusable)[:100])
        raise DataError(
            f"{where}: columns that cannot be used: {said}{more}. Expected numbers, or words of at most "
            f"{limits.MAX_CATEGORIES} kinds a column. To leave them out: --set 'data.drop=[{drop}]'."
        )
    if not numeric and not categorical:
        raise DataError(f"{where}: expected columns beside the target {target!r}, found none.")
    return Columns(target, tuple(numeric), tuple(categorical))


def encode(columns: Columns, frame: pandas.DataFrame, where: str) -> NDArray[np.float32]:
    """Features (n, F) of a table; raises :class:`DataError` where a cell of a numeric column is no usable number."""
    for name in columns.numeric:
        column = frame[name]
        if not _numeric_kind(column):
            words = column[column.notna()].astype(str)
            first = next((word for word in words if not is_number(word)), words.iloc[0] if len(words) else "")
            hint = f" It has a comma: {COMMA_REMEDY}." if WITH_COMMA.fullmatch(first) else ""
            raise DataError(
                f"{where}: column {name!r}: expected numbers or the truth values True and False, as in the training "
                f"part, found {shortened(first)!r}.{hint}"
            )
        with np.errstate(over="ignore"):
            values = column.to_numpy(np.float64, na_value=np.nan).astype(np.float32)
        if np.isinf(values).any():
            raise DataError(
                f"{where}: column {name!r}: expected numbers of ordinary size or empty cells, found "
                f"{column[np.isinf(values)].iloc[0]} in row {int(np.isinf(values).argmax()) + 1}."
            )
    return columns.encode(frame)


def check_columns(frame: pandas.DataFrame, needed: tuple[str, ...], where: str) -> None:
    """Raise :class:`DataError` where a table lacks a column that the training part has."""
    lost = [name for name in needed if name not in frame.columns]
    if lost:
        names = ", ".join(repr(name) for name in lost[:SHOWN])
        raise DataError(f"{where}: expected the columns of the training part, but there is no {names}.")


def _numeric_kind(column: pandas.Series) -> bool:
    """Whether a column holds real numbers, truth values, or nothing at all."""
    from pandas.api.types import is_bool_dtype, is_complex_dtype, is_numeric_dtype

    return bool((is_numeric_dtype(column) or is_bool_dtype(column)) and not is_complex_dtype(column))


def _problem(column: pandas.Series) -> str | None:
    """Why a column that is not numeric cannot be a categorical one; None where it can."""
    from pandas.api.types import is_object_dtype, is_string_dtype

    known = column.dropna()
    if str(column.dtype).startswith(("datetime", "timedelta", "period", "date", "time")):
        return "holds dates"
    if not (is_object_dtype(column) or is_string_dtype(column) or str(column.dtype) == "category"):
        return f"holds values of type {column.dtype}"
    if len(known) and isinstance(known.iloc[0], list | dict | tuple | np.ndarray | bytes):
        return f"holds values of type {type(known.iloc[0]).__name__}"
    words = set(texts(known))
    example = shortened(str(known.iloc[0]))
    if sum(map(bool, map(DATE.fullmatch, words))) > MOST * len(words):
        return f"holds dates such as {example!r}"
    numbers = sum(map(is_number, words))
    commas = [word for word in words if WITH_COMMA.fullmatch(word)]
    if commas and numbers + len(commas) > MOST * len(words):
        return f"holds numbers with a comma such as {shortened(min(commas))!r}: {COMMA_REMEDY}"
    if len(words) <= limits.MAX_CATEGORIES:
        return None
    if numbers > 0.5 * len(words):
        odd = next(word for word in words if not is_number(word)) if numbers < len(words) else example
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


def is_number(word: str) -> bool:
    """Whether a cell's text is a number."""
    try:
        float(word)
    except ValueError:
        return False
    return True
