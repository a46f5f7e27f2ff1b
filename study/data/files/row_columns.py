"""Columns of a table that are no features but say which rows belong together, which come later, and what they count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from study.data.files.text_columns import is_text
from study.errors import DataError
from study.records.sources import DataSource
from study.words import shortened

if TYPE_CHECKING:
    import pandas


def groups_and_times(
    frame: pandas.DataFrame, source: DataSource, where: str
) -> tuple[NDArray[np.int32] | None, NDArray[np.int32] | None]:
    """The groups and the times (n,) of a table's rows, counted from 0; None without such a column.

    Raises :class:`DataError` for empty cells, and for times that are neither numbers nor dates.
    """
    groups = None if source.group is None else _codes(_whole(frame[source.group], "data.group", where))
    times = None if source.time is None else _codes(_moments(_whole(frame[source.time], "data.time", where), where))
    return groups, times


def weights(frame: pandas.DataFrame, name: str, where: str) -> NDArray[np.float64]:
    """What each row (n,) of a table counts, by the column of this ``name``.

    Raises :class:`DataError` for empty cells, for what is no number from 0 on, and where all are 0.
    """
    column = _whole(frame[name], "data.weight", where)
    if is_text(column.dtype) or column.dtype == bool:
        found = shortened(str(column.iloc[0]))
        raise DataError(f"{where}: data.weight: expected numbers in column {name!r}, found {found!r}.")
    counted = np.asarray(column, np.float64)
    wrong = ~((counted >= 0) & np.isfinite(counted))
    if wrong.any():
        raise DataError(
            f"{where}: data.weight: expected numbers from 0 on in column {name!r}, found {counted[wrong][0]:g}."
        )
    if not counted.any():
        raise DataError(f"{where}: data.weight: all of column {name!r} is 0, so no row counts.")
    return counted


def _whole(column: pandas.Series, key: str, where: str) -> pandas.Series:
    missing = int(column.isna().sum())
    if missing:
        raise DataError(
            f"{where}: {key}: expected a value of column {column.name!r} in every row, found {missing:,} of "
            f"{len(column):,} without one. Fill them in, or leave these rows out."
        )
    return column


def _moments(column: pandas.Series, where: str) -> pandas.Series:
    """Times as values that can be ordered."""
    import pandas

    if not is_text(column.dtype):
        return column
    try:
        return pandas.to_datetime(column.astype(str), format="ISO8601", utc=True)
    except (ValueError, TypeError, OverflowError):
        seen = pandas.to_datetime(column.astype(str), format="ISO8601", utc=True, errors="coerce")
        word = str(column[seen.isna()].iloc[0]) if seen.isna().any() else str(column.iloc[0])
        raise DataError(
            f"{where}: data.time: expected numbers or dates such as 2024-01-31 or 2024-01-31T12:00 in column "
            f"{column.name!r}, found {shortened(word)!r}."
        ) from None


def _codes(column: pandas.Series) -> NDArray[np.int32]:
    """The place (n,) of each value among the different ones in their order."""
    import pandas

    codes, _ = pandas.factorize(column, sort=True)
    return np.asarray(codes, np.int32)
