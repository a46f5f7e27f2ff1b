"""A table as text: what separates its cells, its names, and every row counted before anything is made of it.

Standard library alone, and no name of this project: ``build_model.py`` holds a copy of this file, so that the code
beside a picked network reads a table exactly as training did.
"""

import contextlib
import csv
import gzip
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

DELIMITERS = ",;\t|"
START = 1_000_000  # bytes in which the delimiter is found
RECORDS = 200  # rows by which it is found
LONGEST_CELL = 10_000_000  # characters
SEP = re.compile(r'"?sep=(?P<sep>[^\w\s"\']|\t)"?[;,\t]*\s*', re.IGNORECASE)  # the first line by which Excel is told
SHOWN = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}


class TableError(ValueError):
    """What is wrong with a table, and what to do about it."""


@dataclass(frozen=True)
class Layout:
    """How a table is written: what separates its cells, and the names of its columns.

    ``skipped`` is 1 where the first line only says what separates the cells. ``empty_end`` says that every line, that
    of the names, too, ends in a delimiter: the last cell of each row is none. ``rows`` are those below the names,
    ``notes`` sentences on what was guessed.
    """

    delimiter: str
    names: tuple[str, ...]
    skipped: int = 0
    empty_end: bool = False
    rows: int = 0
    notes: tuple[str, ...] = ()


def opened(path: str | Path) -> IO[bytes]:
    """The bytes of a table's file, unpacked where it is packed with gzip."""
    return cast(IO[bytes], gzip.open(path)) if str(path).lower().endswith(".gz") else open(path, "rb")


def layout(path: str | Path, target: str | None = None, most_bytes: int | None = None) -> Layout:
    """The layout of a table, once each of its rows has been found to have one cell a name.

    ``target`` is a column that has to be there, where that is known: it decides between two delimiters that fit as
    well. Raises :class:`TableError` for a table that can be read in no way or in several, UnicodeDecodeError for text
    that is not UTF-8.
    """
    skipped, delimiter, notes = _delimiter(path, target)
    counts: Counter[int] = Counter()
    first: dict[int, int] = {}
    names: list[str] | None = None
    names_line, bare_end = 0, True
    with opened(path) as file:
        for line, cells in _records(file, delimiter, skipped, most_bytes):
            if names is None:
                names, names_line = cells, line
                bare_end = cells[-1] == "" and len(cells) > 1
                continue
            counts[len(cells)] += 1
            first.setdefault(len(cells), line)
            bare_end = bare_end and cells[-1] == ""
    if names is None:
        raise TableError("expected a table, found an empty file")
    _check_counts(names, names_line, counts, first, delimiter)
    if bare_end and counts:
        names = names[:-1]
        notes.append(f"every line ends in a {SHOWN.get(delimiter, delimiter)}, so there is no column behind it")
    return Layout(
        delimiter, _named(names, notes), skipped, bool(bare_end and counts), sum(counts.values()), tuple(notes)
    )


def rows(path: str | Path, found: Layout) -> Iterator[list[str]]:
    """The cells of each row below the names, as text, by a :class:`Layout` that was found."""
    with opened(path) as file:
        records = _records(file, found.delimiter, found.skipped, None)
        next(records)
        for _, cells in records:
            yield cells[:-1] if found.empty_end else cells


def _records(file: IO[bytes], delimiter: str, skipped: int, most_bytes: int | None) -> Iterator[tuple[int, list[str]]]:
    """Each record that is no blank line, with the line that it ends on; the first is that of the names."""
    csv.field_size_limit(LONGEST_CELL)
    text = io.TextIOWrapper(cast(Any, file), "utf-8-sig", newline="")
    try:
        for _ in range(skipped):
            text.readline()
        reader = csv.reader(_lines(text, most_bytes, skipped), delimiter=delimiter, skipinitialspace=True, strict=True)
        while True:
            start = reader.line_num
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                said = _said(str(error), start + 1 + skipped, reader.line_num + skipped, delimiter)
                raise TableError(said) from error
            if cells and (len(cells) > 1 or cells[0].strip()):
                yield start + 1 + skipped, cells
    finally:
        with contextlib.suppress(ValueError):  # where the file is closed already
            text.detach()


def _lines(text: IO[str], most_bytes: int | None, skipped: int) -> Iterator[str]:
    """The lines of a text, none of which may hold a NUL, and which together may not be larger than is allowed."""
    size = 0
    for number, line in enumerate(text, 1 + skipped):
        size += len(line)
        if most_bytes is not None and size > most_bytes:
            raise TableError(
                f"expected a table of at most {most_bytes / 1e6:,.0f} MB, found more once it is unpacked. Use a sample "
                "of its rows"
            )
        if "\0" in line:
            raise TableError(
                f"line {number} holds a NUL byte, as binary files do. Take it out, or save the table again"
            )
        yield line


def _said(reason: str, start: int, end: int, delimiter: str) -> str:
    """What the reader of cells stumbled over, with what to do."""
    if "unexpected end of data" in reason:
        return f"line {start}: a quotation mark is opened there and never closed. Close it, or take it out"
    if "expected after" in reason:
        return (
            f"line {end}: expected a {SHOWN.get(delimiter, delimiter)} after a closing quotation mark, found text. "
            'Write a quotation mark inside a quoted cell twice ("")'
        )
    if "larger than field limit" in reason:
        return f"line {start}: a cell has more than {LONGEST_CELL:,} characters. Is a quotation mark never closed"
    return f"line {start}: {reason}"


def _delimiter(path: str | Path, target: str | None) -> tuple[int, str, list[str]]:
    """Lines to skip, what separates cells, and notes on it: found by reading quoted text over many rows."""
    with opened(path) as file:
        content = file.read(START)
    whole = len(content) < START
    text = content.decode("utf-8-sig", "strict" if whole else "ignore")
    first = text.partition("\n")[0].rstrip("\r")
    if match := SEP.fullmatch(first):
        return 1, match["sep"], []
    scores: dict[str, tuple[bool, bool, bool, float, int]] = {}
    for delimiter in DELIMITERS:
        parsed = _start(text, delimiter, whole)
        if not parsed:
            continue
        counts = Counter(map(len, parsed))
        usual, often = max(counts.items(), key=lambda item: (item[1], item[0]))
        names = [name.strip() for name in parsed[0]]
        if max(usual, len(names)) > 1:
            # How many rows agree, whether the names agree with them, whether the wanted column is there.
            scores[delimiter] = (
                often == len(parsed) and len(names) == usual,
                target is not None and target in names,
                len(names) == usual,
                often / len(parsed),
                usual,
            )
    if not scores:
        return 0, ",", []
    best = max(scores, key=lambda one: scores[one])  # the first of those that are alike
    rivals = [one for one in scores if one != best and scores[one][:2] == scores[best][:2] and scores[one][0]]
    if not rivals:
        return 0, best, []
    return 0, best, [f"cells are taken to be separated by {SHOWN[best]}; they could be by {SHOWN[rivals[0]]}, too"]


def _start(text: str, delimiter: str, whole: bool) -> list[list[str]]:
    """The first records of a text, none where they cannot be read with that delimiter."""
    records = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    try:
        for cells in reader:
            if cells and (len(cells) > 1 or cells[0].strip()):
                records.append(cells)
            if len(records) == RECORDS:
                return records
    except csv.Error:
        return records
    return records if whole else records[:-1] or records


def _check_counts(
    names: list[str], names_line: int, counts: Counter[int], first: dict[int, int], delimiter: str
) -> None:
    """Raise :class:`TableError` unless every row has one cell a name."""
    n = len(names)
    others = {cells: number for cells, number in counts.items() if cells != n}
    if not others:
        return
    total, wrong = sum(counts.values()), sum(others.values())
    found, number = max(others.items(), key=lambda item: item[1])
    where = f"line {names_line} holds {n:,} column {'name' if n == 1 else 'names'}"
    cells = f"{found:,} {'cell' if found == 1 else 'cells'}"
    quote = f"A cell with a {SHOWN.get(delimiter, delimiter)} in it belongs in double quotes"
    if names[0].startswith("#"):
        quote = "Is that line a comment? Take it out: comments are not read"
    if number == total:
        remedy = quote
        if found == n + 1 and not names[0].startswith("#"):
            remedy = "Where each row begins with a name of its own, as R writes them, give that column a name, too"
        elif n == 1:
            remedy = f"Is line {names_line} a title? Take it out: the first line has to hold the names"
        raise TableError(f"{where}, but all {total:,} rows have {cells} (line {first[found]} is the first). {remedy}")
    if n not in counts or counts[n] < total / 2:
        if n < found and not names[0].startswith("#"):
            quote = f"Is line {names_line} a title? Take it out: the first line has to hold the names"
        raise TableError(f"{where}, but most rows have {cells} (line {first[found]} is the first). {quote}")
    line = min(first[cells] for cells in others)
    found = next(cells for cells in others if first[cells] == line)
    more = f", and so have {wrong - 1:,} more lines another number" if wrong > 1 else ""
    if found < n:
        quote = "Is that line cut off, a comment or a sum? Complete it, or take it out"
    raise TableError(f"line {line}: expected {n:,} cells, one for each column name, found {found:,}{more}. {quote}")


def _named(names: list[str], notes: list[str]) -> tuple[str, ...]:
    """The names of all columns; those without one get one, which is said."""
    named = []
    for place, name in enumerate(names):
        if not name.strip():
            name = f"Unnamed: {place}"
            notes.append(f"column {place + 1} has no name and is called {name!r}")
        named.append(name)
    return tuple(named)
