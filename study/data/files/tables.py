"""A table -> a data set: a row is an item, one column holds its label or target."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from study.data.columns import Columns, numbers, numeric_matrix
from study.data.dataset import Dataset, make_dataset
from study.data.files import limits
from study.data.files.cell_words import is_number
from study.data.files.column_kinds import check_columns, encode, fit_columns, mixed_notes
from study.data.files.labels import check_parts, check_rows_of_classes
from study.data.files.own_test_rows import check_redrawn, redrawn, test_rows
from study.data.files.paths import existing
from study.data.files.row_columns import groups_and_times, weights
from study.data.files.table_rows import column_names, read_table
from study.data.files.targets import read_answers
from study.data.files.text_columns import WORD
from study.data.given import Given, given_of, given_of_matrix
from study.data.origin import Origin, find_origin, origin_of_rows
from study.data.parts import Strata
from study.errors import DataError
from study.records.sources import DataSource
from study.words import option, shortened, unknown

if TYPE_CHECKING:
    import pandas

LISTED = 12  # columns that a message names


def load(path: Path, source: DataSource) -> Dataset:
    """The data set of a table; the columns become features by what its training part holds."""
    where, target = str(path), source.target
    if target is None:
        names = column_names(path)
        more = f" and {len(names) - LISTED:,} more" if len(names) > LISTED else ""
        raise DataError(
            f"{where}: name the column that is to be predicted with {option('target')} COLUMN. There are: "
            f"{', '.join(map(shortened, names[:LISTED]))}{more}."
        )
    table = read_table(path, target, dict.fromkeys(source.categorical, WORD))
    frame, notes = table.frame, list(table.notes)
    _check_names(frame, target, source, where)
    groups, times = groups_and_times(frame, source, where)
    counted = None if source.weight is None else weights(frame, source.weight, where)
    apart = [name for name in (source.group, source.time, source.weight) if name is not None]
    frame = frame.drop(columns=[*source.drop, *apart])
    drawn = None
    rest: NDArray[np.int64] | slice = slice(None)
    if source.test is None:
        labels, (y,) = read_answers(source.task, (frame[target].to_numpy(), f"{where}, column {target!r}"))
        strata = Strata(y, groups, times)
        if source.scheme == "fixed":
            rest, drawn = test_rows(strata, labels, source)
            order = np.concatenate([rest, drawn])
            groups, times, counted = (None if one is None else one[order] for one in (groups, times, counted))
        else:
            check_redrawn(strata, labels, source)
            rest = np.arange(len(y))
        tested = rest[:0] if drawn is None else drawn
        y_train, y_test = y[rest], y[tested]
        train_frame, test_frame = frame.iloc[rest], frame.iloc[tested]
    else:
        test_path = existing(source.test)
        words = {name: WORD for name, kind in frame.dtypes.items() if not _is_numeric(kind)}
        words |= dict.fromkeys(source.categorical, WORD)
        test = read_table(test_path, target, words)
        train_frame, test_frame = frame, test.frame
        notes += [note for note in test.notes if note not in notes]
        own = [source.weight] if source.weight is not None and source.weighted_metrics else []
        check_columns(test_frame, (*frame.columns, *own), str(test_path))
        if counted is not None:
            counted = np.concatenate([counted, *(weights(test_frame, name, str(test_path)) for name in own)])
        labels, (y_train, y_test) = read_answers(
            source.task,
            (frame[target].to_numpy(), f"{where}, column {target!r}"),
            (test_frame[target].to_numpy(), f"{test_path}, column {target!r}"),
        )
        check_parts(y_train, y_test, labels, f"{test_path}, column {target!r}")
        check_rows_of_classes(y_train, labels, where)
    columns = fit_columns(frame.drop(columns=target), rest, target, where, source.categorical)
    limits.check_features(len(columns.features), where)
    limits.check_bytes(4 * len(columns.features) * (len(train_frame) + len(test_frame)), where)
    origin = _origin(columns, train_frame)
    x_train = encode(columns, train_frame, where, origin)
    x_test = encode(columns, test_frame, source.test or where, origin)
    given = _given(columns, (train_frame, test_frame), (x_train, x_test))
    return make_dataset(
        source.dataset,
        *(x_train, y_train, x_test, y_test),
        scale=None,
        labels=labels,
        columns=columns,
        notes=(*notes, *mixed_notes(columns, where, source.categorical)),
        drawn=drawn,
        origin=origin,
        given=given,
        redrawn=redrawn(source),
        groups=groups,
        times=times,
        weights=None if counted is None else np.append(counted, np.ones(len(y_train) + len(y_test) - len(counted))),
    )


def _check_names(frame: pandas.DataFrame, target: str, source: DataSource, where: str) -> None:
    """Raise :class:`DataError` for columns that are not there, or are asked to be two things."""
    named = {
        "target": (target,),
        "data.drop": source.drop,
        "data.categorical": source.categorical,
        "data.group": (source.group,),
        "data.time": (source.time,),
        "data.weight": (source.weight,),
    }
    for key, names in named.items():
        for name in names:
            if name is not None and name not in frame.columns:
                problem = unknown(name, tuple(map(str, frame.columns[:100])), "column")
                raise DataError(f"{where}: {key}: {problem}{_without_header(frame)}")
    if target in source.drop:
        raise DataError(f"{where}: column {target!r} is the target and stands in data.drop, too. Take it out of one.")
    for name in source.categorical:
        if name in (target, source.group, source.time, source.weight, *source.drop):
            raise DataError(
                f"{where}: column {name!r} stands in data.categorical and is no input. Take it out of data.categorical."
            )
    for key, name in (("data.group", source.group), ("data.time", source.time), ("data.weight", source.weight)):
        if name == target:
            raise DataError(f"{where}: column {target!r} is the target and {key}, too. Name another column.")


def _origin(columns: Columns, frame: pandas.DataFrame) -> Origin | None:
    """Where the numeric features begin, by the training part."""
    matrix = numeric_matrix(frame, columns.numeric)
    if matrix is not None:
        found = origin_of_rows(matrix) if columns.numeric else None
    else:
        found = find_origin([numbers(frame[name].dropna())[0] for name in columns.numeric])
    if found is None:
        return None
    others = len(columns.features) - len(columns.numeric)
    return Origin(np.append(found.offset, np.zeros(others)), np.append(found.unit, np.ones(others)))


def _given(columns: Columns, frames: tuple[pandas.DataFrame, ...], x: tuple[NDArray[np.float32], ...]) -> Given:
    """What the file says of rows and features."""
    matrices = [numeric_matrix(frame, columns.numeric) for frame in frames]
    whole = [matrix for matrix in matrices if matrix is not None]
    if len(whole) == len(matrices):
        others = np.concatenate([part[:, len(columns.numeric) :] for part in x])
        return given_of_matrix(np.concatenate(whole), others, len(x[0]))
    return given_of(_features(columns, frames, x), sum(map(len, x)), len(x[0]))


def _features(
    columns: Columns, frames: tuple[pandas.DataFrame, ...], x: tuple[NDArray[np.float32], ...]
) -> Iterator[tuple[NDArray[Any], NDArray[np.bool_] | None]]:
    """Each feature of all rows with the digits that the file has, and which of them are missing."""
    for name in columns.numeric:
        parts = [numbers(frame[name]) for frame in frames]
        values = [part for part, _ in parts]
        gaps = [np.isnan(part) if missing is None else missing for part, missing in parts]
        yield np.concatenate(values), np.concatenate(gaps)
    for place in range(len(columns.numeric), len(columns.features)):
        yield np.concatenate([part[:, place] for part in x]), None


def _is_numeric(kind: object) -> bool:
    from pandas.api.types import is_numeric_dtype

    return bool(is_numeric_dtype(kind))


def _without_header(frame: pandas.DataFrame) -> str:
    """A hint where the names of the columns look like a row of values, or where nothing separates them."""
    numbers_there = [name for name in map(str, frame.columns) if is_number(name)]
    if numbers_there:
        return f" Is the first line a row of values ({numbers_there[0]})? It has to hold the names."
    if len(frame.columns) == 1:
        return " It has a single column: cells are separated by commas, semicolons, tabs or bars."
    return ""
