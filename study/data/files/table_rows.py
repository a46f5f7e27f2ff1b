"""A table's file, ``.csv``, ``.tsv`` (also ``.gz``) or ``.parquet``, -> its rows, strictly read and at bounded cost."""

from __future__ import annotations

import codecs
import csv
import lzma
import re
import warnings
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from study.data.files import csv_text, limits
from study.data.files.cell_words import EMPTY, is_number
from study.data.files.csv_text import Layout, TableError
from study.data.files.lost_digits import check_digits, suspects
from study.data.files.paths import check_ordinary
from study.data.files.text_columns import ROUNDED, WORD, is_text, understood, without, without_labels
from study.errors import DataError
from study.words import columns_change, count, shortened

if TYPE_CHECKING:
    import pandas

ENDINGS = (".csv", ".tsv", ".csv.gz", ".tsv.gz", ".parquet")
LEADING_ZERO = re.compile(rb"(?:^|[^0-9.])0[0-9]")
OTHERS = {  # how files begin that are often named .csv
    b"\x1f\x8b": "a file packed with gzip. Name it so: .csv.gz",
    b"PK\x03\x04": "a zip archive or a workbook, as .xlsx files are. Unpack it, or save its sheet as CSV.",
    b"PAR1": "Parquet. Name it so: .parquet",
}
HEADER_BYTES = 10_000_000  # the first line of a table has to end within so many


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table, empty cells as missing values; ``notes`` say what was guessed while reading."""

    frame: pandas.DataFrame
    notes: tuple[str, ...] = ()


def is_table(path: Path) -> bool:
    """Whether a file is named as tables are."""
    return path.name.lower().endswith(ENDINGS)


def read_table(path: Path, target: str | None = None, types: Mapping[str, str] | None = None) -> Table:
    """The rows of a table at bounded cost.

    ``target`` names the column of labels, which is read as text and may be absent; ``types`` are types of other
    columns, found by what is in them where they are not named. Raises :class:`DataError` for a file that is no table
    or too large, and for one whose rows have not one cell for each name.
    """
    with readable(path):
        table = (_read_parquet if _is_parquet(path) else _read_csv)(path, target, types or {})
    if not len(table.frame):
        raise DataError(f"{path}: expected rows of values below the line of column names, found none.")
    return table


def column_names(path: Path) -> list[str]:
    """The names of a table's columns."""
    with readable(path):
        if _is_parquet(path):
            return [str(name) for name in _parquet(path).schema_arrow.names]
        return list(_layout(path, None).names)


def _read_csv(path: Path, target: str | None, types: Mapping[str, str]) -> Table:
    found = _layout(path, target)
    names = list(found.names)
    words = {name: WORD for name in names if name == target or types.get(name) == WORD}
    frame = _parsed(path, found, words)
    # Whole numbers with gaps come as float64, which has 16 digits: an identifier of 18 would lose its last ones.
    floats = frame.select_dtypes("float64")
    rounded = (np.abs(floats.to_numpy()) >= ROUNDED).any(axis=0)
    wide = [name for name, beyond in zip(floats.columns, rounded, strict=True) if beyond]
    if wide:
        texts = _parsed(path, found, dict.fromkeys(wide, WORD), wide)
        for name in wide:
            frame[name] = texts[name]
    close = suspects(frame)
    texts = _parsed(path, found, dict.fromkeys(close, WORD), close) if close else frame
    for name in close:
        check_digits(path, name, texts[name].dropna().unique())
    notes = [f"{path}: {note}." for note in found.notes]
    notes += _zero_notes(path, found, frame, target)
    for name in [name for name, kind in frame.dtypes.items() if is_text(kind)]:
        column = frame[name]
        if name == target:
            frame[name] = without_labels(column)
        elif name in words:
            frame[name] = without(column, EMPTY)
        else:
            frame[name], note = understood(column, name)
            notes += [f"{path}: {note}"] if note else []
    return Table(frame, tuple(notes))


def _zero_notes(path: Path, found: Layout, frame: pandas.DataFrame, target: str | None) -> list[str]:
    """Says which columns of whole numbers have cells that begin with 0, as codes do: 00501 is read as 501."""
    whole = [str(name) for name, kind in frame.dtypes.items() if kind == np.dtype(np.int64) and name != target]
    if not whole or not _is_there(path, LEADING_ZERO):
        return []
    texts = _parsed(path, found, dict.fromkeys(whole, WORD), whole)
    notes = []
    for name in whole:
        cells = texts[name][texts[name].str.fullmatch(r"[+-]?0[0-9]+", na=False)]
        if len(cells):
            notes.append(
                f"{path}: column {name!r}: {cells.iloc[0]!r} and {count(len(cells), 'cell')} in all begin with 0, as "
                "codes do. They are read as numbers; to have each as a category: "
                f"{columns_change('data.categorical', [name])}."
            )
    return notes


def _is_there(path: Path, pattern: re.Pattern[bytes]) -> bool:
    """Whether a pattern of few bytes is anywhere in a file; one that lies across two blocks may be missed."""
    with csv_text.opened(path) as file:
        while block := file.read(1 << 24):
            if pattern.search(block):
                return True
    return False


def _parsed(path: Path, found: Layout, types: Mapping[str, str], only: list[str] | None = None) -> pandas.DataFrame:
    """The cells of a table whose rows have been counted; only an empty one is missing."""
    import pandas

    names = [*found.names, "(end)"] if found.empty_end else list(found.names)
    with csv_text.opened(path) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what pandas guesses is looked at column by column
        for _ in range(found.skipped):
            file.readline()
        frame = pandas.read_csv(
            file,
            sep=found.delimiter,
            header=0,
            names=names,
            usecols=only or (list(found.names) if found.empty_end else None),
            skipinitialspace=True,
            encoding="utf-8-sig",
            keep_default_na=False,
            na_values=[""],
            dtype=dict(types) or None,
            index_col=False,
            low_memory=False,
        )
    if len(frame) != found.rows:
        raise TableError(
            f"{found.rows:,} rows by one way of reading it, {len(frame):,} by another: quotation marks stand where "
            "they can be read in two ways. Save the table again, with quotation marks around whole cells only"
        )
    return frame.copy()  # which lays columns of one type together: of 100,000 each alone, all that follows is slow


def _layout(path: Path, target: str | None) -> Layout:
    """The layout of a CSV; cheap and bounded, whatever the file is."""
    size = path.stat().st_size
    if size > limits.MAX_TABLE_BYTES:
        raise DataError(
            f"{path}: expected a table of at most {limits.MAX_TABLE_BYTES / 1e6:,.0f} MB, found {size / 1e6:,.0f} MB. "
            "Use a sample of its rows."
        )
    with csv_text.opened(path) as file:
        start = file.read(HEADER_BYTES)
    if not start.strip():
        raise DataError(f"{path}: expected a table, found an empty file.")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DataError(
            f"{path}: expected text in UTF-8, found UTF-16. Save it as UTF-8, for example: iconv -f utf-16 -t utf-8 "
            f"{path.name}"
        )
    for signature, said in OTHERS.items():
        if start.startswith(signature):
            raise DataError(f"{path}: expected text separated by commas, found {said}")
    if b"\0" in start[:10_000]:
        raise DataError(f"{path}: expected text separated by commas, found a binary file. Save it as CSV.")
    if len(start) == HEADER_BYTES and not set(b"\r\n") & set(start):
        raise DataError(f"{path}: expected a first line of column names, found {HEADER_BYTES:,} bytes without an end.")
    found = csv_text.layout(path, target, limits.MAX_TABLE_BYTES)
    check_names(path, list(found.names))
    _check_cells(path, found.rows, len(found.names))
    return found


def check_names(path: Path, names: list[str]) -> None:
    """Raise :class:`DataError` where two columns have one name."""
    if len(set(names)) == len(names):
        return
    seen: set[str] = set()
    twice = next(name for name in names if name in seen or seen.add(name))  # type: ignore[func-returns-value]
    hint = " Is its first line a row of values? It has to hold the names." if is_number(twice) else ""
    raise DataError(f"{path}: expected column names that differ, found {shortened(twice)!r} more than once.{hint}")


def _read_parquet(path: Path, target: str | None, types: Mapping[str, str]) -> Table:
    import pandas
    import pyarrow

    file = _parquet(path)
    names = file.schema_arrow.names
    check_names(path, names)
    _check_cells(path, file.metadata.num_rows, file.metadata.num_columns)
    unpacked = sum(file.metadata.row_group(group).total_byte_size for group in range(file.metadata.num_row_groups))
    limits.check_bytes(unpacked, str(path))
    whole = {pyarrow.int64(): pandas.Int64Dtype(), pyarrow.uint64(): pandas.UInt64Dtype()}  # float64 has 16 digits
    frame = file.read().to_pandas(ignore_metadata=True, types_mapper=whole.get)
    for name, kind in zip(names, file.schema_arrow.types, strict=True):
        if pyarrow.types.is_decimal(kind) and name != target:
            frame[name] = _undecimal(path, frame[name], name)
        elif types.get(name) != WORD and name != target and is_text(frame[name].dtype) and frame[name].isna().all():
            frame[name] = frame[name].astype(np.float64)  # no word, and no number: as an empty column of a CSV
    wanted = {name: "str" for name in frame.columns if types.get(name) == "str" or name == target}
    frame = frame.astype({name: kind for name, kind in wanted.items() if frame[name].dtype == object})
    return Table(_with_truth_values(frame))


def _undecimal(path: Path, column: pandas.Series, name: str) -> pandas.Series:
    """A column of decimals as whole numbers where it has no places and 64 bits hold it, else as float64."""
    import pandas

    known = column.dropna()
    if len(known) and all(one == int(one) for one in known) and abs(known).max() < 2**63:
        missing = column.isna().to_numpy(bool)
        whole = np.array([0 if gap else int(one) for one, gap in zip(column, missing, strict=True)], np.int64)
        return pandas.Series(pandas.arrays.IntegerArray(whole, missing), column.index)
    floats = column.astype(np.float64)
    if suspects(floats.to_frame()):
        check_digits(path, name, known)
    return floats


def _with_truth_values(frame: pandas.DataFrame) -> pandas.DataFrame:
    """Truth values among empty cells are truth values, too: left alone, they would be the words True and False."""
    from pandas.api.types import infer_dtype

    objects = [name for name, kind in frame.dtypes.items() if kind == np.dtype(object)]
    gaps = [name for name in objects if infer_dtype(frame[name]) == "boolean"]
    return frame.astype(dict.fromkeys(gaps, "boolean"))


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() == ".parquet"


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
def readable(path: Path) -> Iterator[None]:
    """What is wrong with a file that is no table, in one line."""
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
    except TableError as error:
        raise DataError(f"{path}: {str(error).removesuffix('.')}.") from error
    except MemoryError as error:
        raise DataError(f"{path}: too large for the memory of this machine. Use a sample of its rows.") from error
    except (
        *(ValueError, TypeError, KeyError, OverflowError, NotImplementedError, OSError, EOFError, csv.Error),
        *(zlib.error, lzma.LZMAError),
    ) as error:
        # What pandas, pyarrow and gzip raise for a file that is no table, or a damaged one.
        reason = " ".join(str(error).split()).removesuffix(".")
        raise DataError(f"{path}: cannot be read as a table: {reason}. Save the table again.") from error
