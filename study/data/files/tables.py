"""A table, as ``.csv`` or ``.parquet``, -> a data set: a row is an item, one column holds its label."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from study.data.datasets import Dataset, make_dataset
from study.data.files import check_ordinary, existing, limits
from study.data.files.column_kinds import check_columns, encode, fit_columns, is_number
from study.data.files.labels import check_rows_of_classes, encode_labels
from study.data.files.split import test_rows
from study.errors import DataError
from study.records.trials import DataSource
from study.words import unknown

if TYPE_CHECKING:
    import pandas

ENDINGS = (".csv", ".parquet")
HEADER_BYTES = 10_000_000  # the first line of a table has to end within so many
DELIMITERS = ",;\t"
LISTED = 12  # columns that a message names
# What counts as an empty cell. In the column of labels only the first three do: "None" and "NA" may be classes.
EMPTY = ("", "nan", "NaN", "NA", "N/A", "n/a", "#N/A", "NULL", "null", "None", "<NA>", "?")
EMPTY_LABELS = EMPTY[:3]


def load(path: Path, source: DataSource) -> Dataset:
    """The data set of a table; the columns become features by what its training part holds."""
    where, target = str(path), source.target
    if target is None:
        names = column_names(path)
        more = f" and {len(names) - LISTED:,} more" if len(names) > LISTED else ""
        raise DataError(
            f"{where}: name the column that holds the labels with --target COLUMN. There are: "
            f"{', '.join(names[:LISTED])}{more}."
        )
    frame = read_table(path, target)
    for name in (target, *source.drop):
        if name not in frame.columns:
            key = "target" if name == target else "data.drop"
            problem = unknown(name, tuple(map(str, frame.columns[:100])), "column")
            raise DataError(f"{where}: {key}: {problem}{_without_header(frame)}")
    if target in source.drop:
        raise DataError(f"{where}: column {target!r} is the target and stands in data.drop, too. Take it out of one.")
    frame = frame.drop(columns=list(source.drop))
    drawn = None
    if source.test is None:
        labels, (y,) = encode_labels((frame[target].to_numpy(), f"{where}, column {target!r}"))
        rest, drawn = test_rows(y, labels, source)
        y_train, y_test = y[rest], y[drawn]
        train_frame, test_frame = frame.iloc[rest], frame.iloc[drawn]
    else:
        test_path = existing(source.test)
        words = {name: "str" for name in frame.columns if not _is_numeric(frame[name])}
        train_frame, test_frame = frame, read_table(test_path, target, words)
        check_columns(test_frame, tuple(frame.columns), str(test_path))
        labels, (y_train, y_test) = encode_labels(
            (frame[target].to_numpy(), f"{where}, column {target!r}"),
            (test_frame[target].to_numpy(), f"{test_path}, column {target!r}"),
        )
        check_rows_of_classes(y_train, labels, where)
    columns = fit_columns(train_frame.drop(columns=target), target, where)
    limits.check_features(len(columns.features), where)
    limits.check_bytes(4 * len(columns.features) * (len(train_frame) + len(test_frame)), where)
    x_train, x_test = encode(columns, train_frame, where), encode(columns, test_frame, source.test or where)
    parts = x_train, y_train, x_test, y_test
    return make_dataset(source.dataset, *parts, scale=None, labels=labels, columns=columns, drawn=drawn)


def read_table(path: Path, target: str | None = None, types: Mapping[str, str] | None = None) -> pandas.DataFrame:
    """The rows of a table at bounded cost, empty cells as missing values.

    ``target`` names the column of labels, which is read as text and may be absent; ``types`` are types of other
    columns, found by what is in them where they are not named. Raises :class:`DataError` for a file that is no table
    or too large.
    """
    with _readable(path):
        frame = (_read_parquet if path.suffix.lower() == ".parquet" else _read_csv)(path, target, types or {})
    if not len(frame):
        raise DataError(f"{path}: expected rows of values below the line of column names, found none.")
    return _with_truth_values(frame)


def column_names(path: Path) -> list[str]:
    """The names of a table's columns."""
    with _readable(path):
        if path.suffix.lower() == ".parquet":
            return [str(name) for name in _parquet(path).schema_arrow.names]
        return _header(path)[0]


def _read_csv(path: Path, target: str | None, types: Mapping[str, str]) -> pandas.DataFrame:
    import pandas

    names, delimiter = _header(path)
    _check_cells(path, _lines(path), len(names))
    return pandas.read_csv(
        path,
        sep=delimiter,
        skipinitialspace=True,
        encoding="utf-8-sig",
        keep_default_na=False,
        na_values={name: list(EMPTY_LABELS if name == target else EMPTY) for name in names},
        dtype={name: "str" if name == target else types[name] for name in names if name == target or name in types},
        index_col=False,
        low_memory=False,
    )


def _header(path: Path) -> tuple[list[str], str]:
    """The column names of a CSV and what separates them; cheap and bounded, whatever the file is."""
    size = path.stat().st_size
    if size > limits.MAX_TABLE_BYTES:
        raise DataError(
            f"{path}: expected a table of at most {limits.MAX_TABLE_BYTES / 1e6:,.0f} MB, found {size / 1e6:,.0f} MB. "
            "Use a sample of its rows."
        )
    with path.open("rb") as file:
        start = file.read(HEADER_BYTES)
    if not start.strip():
        raise DataError(f"{path}: expected a table, found an empty file.")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DataError(
            f"{path}: expected text in UTF-8, found UTF-16. Save it as UTF-8, for example: iconv -f utf-16 -t utf-8 "
            f"{path.name}"
        )
    if b"\0" in start[:10_000]:
        raise DataError(f"{path}: expected text separated by commas, found a binary file.")
    if len(start) == HEADER_BYTES and not set(b"\r\n") & set(start):
        raise DataError(f"{path}: expected a first line of column names, found {HEADER_BYTES:,} bytes without an end.")
    text = start.decode("utf-8-sig", "ignore" if len(start) == HEADER_BYTES else "strict")
    line = next(line for line in io.StringIO(text, newline=None) if line.strip())
    delimiter = max(DELIMITERS, key=line.count)
    names = next(csv.reader(io.StringIO(text.lstrip("\r\n")), delimiter=delimiter, skipinitialspace=True))
    twice = sorted({name for name in names if names.count(name) > 1}) if len(names) <= 10_000 else []
    if twice:
        hint = " Is its first line a row of values? It has to hold the names." if any(map(is_number, twice)) else ""
        raise DataError(f"{path}: expected column names that differ, found {twice[0]!r} more than once.{hint}")
    return names, delimiter


def _lines(path: Path) -> int:
    """Lines of a file, by whatever ends them."""
    ends = np.zeros(2, np.int64)
    with path.open("rb") as file:
        while block := file.read(1 << 24):
            ends += block.count(b"\n"), block.count(b"\r")
    return int(ends.max()) + 1


def _read_parquet(path: Path, target: str | None, types: Mapping[str, str]) -> pandas.DataFrame:
    file = _parquet(path)
    names = file.schema_arrow.names
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(f"{path}: expected column names that differ, found {twice[0]!r} more than once.")
    _check_cells(path, file.metadata.num_rows, file.metadata.num_columns)
    unpacked = sum(file.metadata.row_group(group).total_byte_size for group in range(file.metadata.num_row_groups))
    limits.check_bytes(unpacked, str(path))
    frame = file.read().to_pandas(ignore_metadata=True)
    wanted = {name: "str" for name in frame.columns if types.get(name) == "str" or name == target}
    return frame.astype({name: kind for name, kind in wanted.items() if frame[name].dtype == object})


def _parquet(path: Path):  # type: ignore[no-untyped-def]  # pyarrow has no types
    try:
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise DataError(
            f"{path}: reading Parquet needs the package pyarrow: pip install 'depthgauge[frames]'."
        ) from error
    return ParquetFile(path)


def _check_cells(path: Path, rows: int, columns: int) -> None:
    if rows * columns > limits.MAX_CELLS:
        raise DataError(
            f"{path}: expected at most {limits.MAX_CELLS:,} cells, found about {rows:,} rows of {columns:,} columns. "
            "Use a sample of its rows, or fewer columns."
        )


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """What pandas and pyarrow say about a file that is no table, in one line."""
    if path.is_dir():
        raise DataError(f"{path}: expected a file, found a folder.")
    check_ordinary(path)
    try:
        yield
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path}: expected text in UTF-8, found byte 0x{error.object[error.start]:02x}. Save it as UTF-8, for "
            f"example: iconv -f latin1 -t utf-8 {path.name}"
        ) from error
    except MemoryError as error:
        raise DataError(f"{path}: too large for the memory of this machine. Use a sample of its rows.") from error
    except (ValueError, TypeError, KeyError, OverflowError, NotImplementedError, OSError, csv.Error) as error:
        # What pandas and pyarrow raise for a file that is no table, or a damaged one.
        reason = " ".join(str(error).split()).removesuffix(".")
        raise DataError(f"{path}: cannot be read as a table: {reason}. {_remedy(reason)}") from error


def _remedy(reason: str) -> str:
    """What to do about what pandas and pyarrow say."""
    if "EOF inside string" in reason:
        return "A quotation mark is opened there and never closed: close it, or take it out."
    if "fields in line" in reason:
        return "Every line needs one cell for each column name; a cell with a separator in it belongs in double quotes."
    return "Save the table again."


def _is_numeric(column: pandas.Series) -> bool:
    from pandas.api.types import is_numeric_dtype

    return bool(is_numeric_dtype(column))


def _with_truth_values(frame: pandas.DataFrame) -> pandas.DataFrame:
    """Truth values among empty cells are truth values, too: left alone, they would be the words True and False."""
    from pandas.api.types import infer_dtype

    gaps = [name for name in frame.columns if infer_dtype(frame[name]) == "boolean" and frame[name].dtype == object]
    return frame.astype(dict.fromkeys(gaps, "boolean"))


def _without_header(frame: pandas.DataFrame) -> str:
    """A hint where the names of the columns look like a row of values."""
    numbers = [name for name in map(str, frame.columns) if is_number(name)]
    return f" Is the first line a row of values ({numbers[0]})? It has to hold the names." if numbers else ""
