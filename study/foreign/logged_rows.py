"""Tables of logged values as rows, whoever wrote them: CSV, JSON lines, a JSON list, Parquet, a data frame.

Cells are numbers, text, or nothing. Nothing in a file is run; sizes are bounded.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from study.errors import DataError, InputError
from study.foreign.bounded_file import read_file
from study.words import clean

Cell = float | str | None
MOST_CELLS = 5_000_000
MOST_COLUMNS = 10_000
DELIMITERS = ",;\t|"
NOTHING = ("", "na", "n/a", "none", "null", "-", "<na>")  # cells that say that there is no value
LINES = (".jsonl", ".ndjson")
TEXT = (".csv", ".tsv", ".txt", ".log")
PARQUET = (".parquet", ".pq")


@dataclass(frozen=True, slots=True)
class LoggedRows:
    """A table with holes: ``columns`` by their names, each with a cell for every row; ``notes`` on what was lost."""

    columns: Mapping[str, Sequence[Cell]]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Number of rows."""
        return max(map(len, self.columns.values()), default=0)


def read_rows(path: Path) -> LoggedRows:
    """The rows of a file by its ending: .csv, .tsv, .json, .jsonl or .parquet. Raises :class:`InputError`."""
    ending = path.suffix.lower()
    if ending in PARQUET:
        return _parquet(path)
    content = read_file(path)
    if ending in LINES or ending == ".json":
        text = _decoded(content, path)
        return json_lines(text, path) if ending in LINES else rows_of_json(parse_json(text, path), path)
    return csv_rows(_decoded(content, path), path)


def csv_rows(text: str, path: Path) -> LoggedRows:
    """The rows of a CSV text; a last line that is cut off, as a killed run leaves one, is left out and said."""
    if "\0" in text:
        raise DataError(f"{clean(path)}: expected text, found a NUL byte, as binary files hold. Name another file.")
    head = text.lstrip("\ufeff").partition("\n")[0]
    delimiter = max(DELIMITERS, key=head.count)
    csv.field_size_limit(100_000)
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter, skipinitialspace=True)
    notes: tuple[str, ...] = ()
    try:
        rows = [row for row in reader if row and (len(row) > 1 or row[0].strip())]
    except csv.Error as error:
        raise DataError(f"{clean(path)}: line {reader.line_num}: expected cells, found: {clean(error)}.") from None
    if len(rows) < 2:
        raise DataError(f"{clean(path)}: expected a line of names and rows below it, found {len(rows)} lines.")
    names = [name.strip() or f"column {place}" for place, name in enumerate(rows[0], 1)]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DataError(f"{clean(path)}: two columns are called {clean(twice)!r}. Rename one of them.")
    if len(rows[-1]) < len(names) and len(rows) > 2:
        rows.pop()
        notes = ("The last line is cut off and was left out.",)
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(names):
            raise DataError(
                f"{clean(path)}: row {number}: expected {len(names)} cells, one a name, found {len(row)}. Mend the "
                "row, or take it out."
            )
    _bounded(len(names), len(rows), path)
    columns = zip(*rows[1:], strict=True)
    return LoggedRows(
        {name: [_of_text(cell) for cell in cells] for name, cells in zip(names, columns, strict=True)}, notes
    )


def json_lines(text: str, path: Path) -> LoggedRows:
    """The rows of JSON objects, one a line; a last line that is cut off is left out and said."""
    lines = [line for line in text.splitlines() if line.strip()]
    found: list[Any] = []
    notes: tuple[str, ...] = ()
    for number, line in enumerate(lines, 1):
        try:
            found.append(parse_json(line, path))
        except DataError:
            if number == len(lines) and number > 1:
                notes = ("The last line is cut off and was left out.",)
                break
            raise
    rows = rows_of_json(found, path)
    return LoggedRows(rows.columns, notes)


def rows_of_json(document: Any, path: Path) -> LoggedRows:
    """A list of objects as rows, or an object of lists as columns; objects within are flattened: ``eval/loss``."""
    if isinstance(document, Mapping):
        lists = {str(name): values for name, values in document.items() if isinstance(values, list | tuple)}
        if lists:
            _bounded(len(lists), max(map(len, lists.values())), path)
            return LoggedRows({name: [cell_of(value) for value in values] for name, values in lists.items()})
    if not isinstance(document, list) or not all(isinstance(one, Mapping) for one in document) or not document:
        raise DataError(f"{clean(path)}: expected a list of objects or an object of lists, found something else.")
    flat = [dict(_flat(one)) for one in document]
    names = list(dict.fromkeys(name for row in flat for name in row))
    _bounded(len(names), len(flat), path)
    return LoggedRows({name: [row.get(name) for row in flat] for name in names})


def rows_of_frame(frame: Any, path: Path) -> LoggedRows:
    """The rows of a data frame of pandas."""
    _bounded(len(frame.columns), len(frame), path)
    return LoggedRows({str(name): [cell_of(value) for value in frame[name].tolist()] for name in frame.columns})


def parse_json(text: str, path: Path) -> Any:
    """A JSON document; NaN and Infinity are numbers. Raises :class:`DataError`."""
    try:
        return json.loads(text)
    except RecursionError:
        raise DataError(f"{clean(path)}: nested too deeply to be read. Nothing of it was used.") from None
    except ValueError as error:
        raise DataError(f"{clean(path)}: expected JSON, found something else: {clean(error)}.") from None


def decoded(content: bytes, path: Path) -> str:
    """The text of a file in UTF-8. Raises :class:`DataError` for other bytes."""
    return _decoded(content, path)


def _decoded(content: bytes, path: Path) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"{clean(path)}: expected text in UTF-8, found other bytes. Save it as UTF-8.") from None


def _parquet(path: Path) -> LoggedRows:
    content = read_file(path)
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise InputError("This needs the package pyarrow: pip install 'depthgauge[frames]'.") from None
    try:
        source = parquet.ParquetFile(pyarrow.BufferReader(content))
        _bounded(source.metadata.num_columns, source.metadata.num_rows, path)
        table = source.read()
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise DataError(f"{clean(path)}: expected a Parquet file, found something else: {clean(error)}.") from None
    return LoggedRows(
        {name: [cell_of(value) for value in table.column(name).to_pylist()] for name in table.column_names}
    )


def _bounded(columns: int, rows: int, path: Path) -> None:
    if columns > MOST_COLUMNS or columns * rows > MOST_CELLS:
        raise DataError(
            f"{clean(path)}: expected at most {MOST_COLUMNS:,} columns and {MOST_CELLS:,} cells, found {columns:,} "
            f"columns of {rows:,} rows. Leave out the columns that are not needed."
        )


def _flat(values: Mapping[str, Any], prefix: str = "", depth: int = 4) -> Iterator[tuple[str, Cell]]:
    for name, value in values.items():
        if isinstance(value, Mapping) and depth:
            yield from _flat(value, f"{prefix}{name}/", depth - 1)
        else:
            yield f"{prefix}{name}", cell_of(value)


def cell_of(value: Any) -> Cell:
    """A number, text or nothing; a number of NumPy or PyTorch as a number."""
    if value is None or isinstance(value, str):
        return _of_text(value) if isinstance(value, str) else None
    if isinstance(value, bool):
        return str(value)
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return clean(value)


def _of_text(text: str) -> Cell:
    """A cell of text: nothing, a number where it is written as one, else the text."""
    word = text.strip()
    if word.lower() in NOTHING:
        return None
    try:
        return float(word) if "_" not in word else word
    except ValueError:
        return word


def numbers(cells: Iterable[Cell]) -> list[float | None] | None:
    """The cells of a column of numbers; None where there is text in it, or no number at all.

    NaN is what some programs write where there is no value, and what others write of a loss that is not finite. Where
    a finite value of the column stands below one, NaN means that there is none: training that has become NaN stays so.
    """
    found: list[float | None] = []
    for cell in cells:
        if isinstance(cell, str):
            return None
        found.append(cell)
    finite = [place for place, cell in enumerate(found) if cell is not None and math.isfinite(cell)]
    lost = [place for place, cell in enumerate(found) if cell is not None and math.isnan(cell)]
    if not finite:
        return None
    if lost and lost[0] < finite[-1]:
        found = [None if cell is not None and math.isnan(cell) else cell for cell in found]
    return found
