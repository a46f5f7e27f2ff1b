"""Tables drawn at random from kinds of columns, labels and dialects, and every way of breaking one.

Kinds: each column of ``columns.py``; each column of labels of ``labels.py``; gaps by each word for them; dialects
(delimiter, quotes, ends of lines, byte order mark, ``sep=``, packed or not, blank lines, delimiters at the end); a test
file of its own (other dialect, unknown words, a class that it lacks or that only it has, other order of columns);
``breaks``, each of which is refused with what and where.
"""

# ruff: noqa: E501  # a kind a line is what can be read here
from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tests.odd.case import Case, Refused, Table, seed_of
from tests.odd.columns import COLUMNS, GAPS, Column, Rng, chosen, gapped, small
from tests.odd.labels import LABELS

ROWS = 48
SAID_OF_LABELS = {
    "1 beside 1.0": "white space", "case": "white space", "white space behind": "white space", "a final dot": "white space",
    "white space within": "white space", "exponents": "white space", "truth values of two cases": "white space",
}  # fmt: skip


@dataclass(frozen=True)
class Dialect:
    """How a table is written."""

    delimiter: str = ","
    quoted: bool = False
    end: str = "\n"
    mark: bool = False
    sep: bool = False
    ending: str = ".csv"
    blank: bool = False
    last_end: bool = True
    trailing: bool = False

    def text(self, rows: list[list[str]]) -> str:
        """All lines, the first of which holds the names."""
        lines = [self.delimiter.join(map(self.cell, [*row, ""] if self.trailing else row)) for row in rows]
        text = (self.end * (2 if self.blank else 1)).join(lines) + self.end * self.last_end
        return (f"sep={self.delimiter}{self.end}" if self.sep else "") + text

    def cell(self, text: str) -> str:
        """A cell in quotes where it has to be, or where all are."""
        needed = self.quoted or text != text.strip() or set(text) & {self.delimiter, '"', "\n", "\r"}
        return '"' + text.replace('"', '""') + '"' if needed else text

    def bytes(self, rows: list[list[str]]) -> bytes:
        """What stands in the file."""
        return (b"\xef\xbb\xbf" if self.mark else b"") + self.text(rows).encode()

    def packed(self, content: bytes) -> bytes:
        """What lies on the disk."""
        return gzip.compress(content, mtime=0) if self.ending.endswith(".gz") else content


PLAIN = Dialect()


def draw_dialect(rng: Rng) -> Dialect:
    """Any dialect that says unmistakably what separates its cells."""
    pick = lambda *those: those[int(rng.integers(len(those)))]  # noqa: E731
    return Dialect(
        delimiter=pick(",", ";", "\t", "|"),
        quoted=bool(pick(0, 1)),
        end=pick("\n", "\r\n"),
        mark=bool(pick(0, 0, 1)),
        sep=bool(pick(0, 0, 0, 1)),
        ending=pick(".csv", ".tsv", ".csv.gz", ".tsv.gz", ".CSV"),
        blank=bool(pick(0, 0, 0, 1)),
        last_end=bool(pick(1, 0)),
        trailing=bool(pick(0, 0, 0, 1)),
    )


def labelled(rng: Rng, rule: dict[str, str], n: int) -> Column:
    """Labels, each of them often enough."""
    made = chosen(*rule)(rng, n)
    return Column(made.cells, tuple(rule[cell] for cell in made.cells))


def rows_of(columns: dict[str, Column]) -> list[list[str]]:
    """The names, and then the cells of each row."""
    return [list(columns), *map(list, zip(*(column.cells for column in columns.values()), strict=True))]


def table(
    kind: str, name: str, columns: dict[str, Column], dialect: Dialect = PLAIN, says: tuple[str, ...] = ()
) -> Case:
    """A table whose labels are in the column ``label``."""
    content = dialect.packed(dialect.bytes(rows_of(columns)))
    labels = tuple(str(value) for value in columns["label"].values)
    right = Table({key: column.values for key, column in columns.items() if key != "label"}, labels, says=says)
    file = f"t{dialect.ending}"
    return Case(kind, name, lambda folder: (folder / file).write_bytes(content) and None, file, right,
                ("data.target=label",))  # fmt: skip


def of_columns(rng: Rng, **columns: Column) -> dict[str, Column]:
    """Columns with one of small numbers before and the labels somewhere among them."""
    found = {"plain": small(rng, ROWS), **columns}
    if "label" not in found:
        found["label"] = labelled(rng, LABELS["words"], ROWS)
    names = list(found)
    return {names[k]: found[names[k]] for k in rng.permutation(len(names))}


def kinds_of_columns(seed: int) -> Iterator[Case]:
    """Each kind of column, alone beside a plain one."""
    for kind, make in COLUMNS.items():
        rng = seed_of(f"column {kind} {seed}")
        yield table(f"column: {kind}", f"draw {seed}", of_columns(rng, odd=make(rng, ROWS)))


def kinds_of_gaps(seed: int) -> Iterator[Case]:
    """Each word for a gap, among numbers and among truth values."""
    for token in GAPS:
        rng = seed_of(f"gap {token} {seed}")
        column = COLUMNS[str(rng.choice(["small decimals", "seconds since 1970", "near 2**63", "truth values"]))]
        odd = gapped(column(rng, ROWS), rng, token)
        quiet = token in ("nan",)
        yield table(f"gap: {token}", f"draw {seed}", of_columns(rng, odd=odd), says=() if quiet else (f"{token!r} in",))


def kinds_of_labels(seed: int) -> Iterator[Case]:
    """Each kind of labels."""
    for kind, rule in LABELS.items():
        rng = seed_of(f"labels {kind} {seed}")
        columns = of_columns(rng, label=labelled(rng, rule, ROWS))
        says = (SAID_OF_LABELS[kind],) if kind in SAID_OF_LABELS else ()
        yield table(f"labels: {kind}", f"draw {seed}", columns, says=says)


def mixtures(seed: int) -> Iterator[Case]:
    """Several columns of any kind and any labels, in any dialect, and with a test file of their own."""
    rng = seed_of(f"mixture {seed}")
    for number in range(12):
        names = rng.choice(sorted(COLUMNS), int(rng.integers(2, 7)), replace=False)
        columns = {f"{name}": COLUMNS[str(name)](rng, ROWS) for name in names}
        rule = LABELS[str(rng.choice(sorted(LABELS)))]
        columns["label"] = labelled(rng, rule, ROWS)
        yield table("mixture", f"draw {seed}.{number}", of_columns(rng, **columns), draw_dialect(rng))


def doubles(seed: int) -> Iterator[Case]:
    """Rows that are the same, rows that differ in the last digit only, and rows whose labels contradict each other."""
    for kind in (
        "nanoseconds since 1970",
        "near 2**53",
        "beyond 2**63",
        "ten digits behind the point",
        "words",
        "empty",
    ):
        rng = seed_of(f"double {kind} {seed}")
        odd = COLUMNS.get(kind, COLUMNS["an empty column"])(rng, ROWS)
        cells, values = list(odd.cells), list(odd.values)
        for row in range(0, ROWS, 6):  # a pair that is the same
            cells[row + 1], values[row + 1] = cells[row], values[row]
        columns = {"odd": Column(tuple(cells), tuple(values)), "label": labelled(rng, LABELS["words"], ROWS)}
        yield table(f"copies: {kind}", f"draw {seed}", columns)


def own_tests(seed: int) -> Iterator[Case]:
    """A test file of its own: other dialect, other order of its columns, unknown words, other classes."""
    for kind in ("plain", "unknown words", "a class lacks", "a class more", "gaps", "one more column"):
        rng = seed_of(f"test {kind} {seed}")
        rule = {"1": "1", "2": "2", "10": "10"}
        training = {"n": COLUMNS["seconds since 1970"](rng, ROWS), "w": chosen("a", "b")(rng, ROWS),
                    "label": labelled(rng, rule, ROWS)}  # fmt: skip
        tested = {"n": COLUMNS["seconds since 1970"](rng, 20), "w": chosen("a", "b")(rng, 20),
                  "label": labelled(rng, rule, 20)}  # fmt: skip
        says: tuple[str, ...] = ()
        if kind == "unknown words":
            tested["w"], says = chosen("a", "c", "A")(rng, 20), ("does not have: 'w' in",)
        elif kind == "a class lacks":
            tested["label"], says = labelled(rng, {"1": "1", "2": "2"}, 20), ("'10' is in the training part, but not",)
        elif kind == "a class more":
            tested["label"], says = labelled(rng, rule | {"3": "3"}, 20), ("'3' is in the test set, but not",)
        elif kind == "gaps":
            tested["n"], says = gapped(tested["n"], rng, "-"), ("test", "'-' in")
        right = Table(
            {name: training[name].values + tested[name].values for name in ("n", "w")},
            tuple(map(str, training["label"].values + tested["label"].values)), ROWS, says,
        )  # fmt: skip
        if kind == "one more column":
            tested["more"] = small(rng, 20)
        names = list(tested)
        shuffled = {names[k]: tested[names[k]] for k in rng.permutation(len(names))}
        yield two_files(f"own test: {kind}", f"draw {seed}", training, shuffled, draw_dialect(rng), right)


def two_files(
    kind: str,
    name: str,
    training: dict[str, Column],
    tested: dict[str, Column],
    dialect: Dialect,
    right: Table | Refused,
) -> Case:
    """A training file and a test file of another dialect."""

    def write(folder: Path) -> None:
        (folder / "t.csv").write_bytes(PLAIN.bytes(rows_of(training)))
        (folder / f"test{dialect.ending}").write_bytes(dialect.packed(dialect.bytes(rows_of(tested))))

    return Case(kind, name, write, "t.csv", right, ("data.target=label", f"data.test=test{dialect.ending}"))


Lines = list[list[str]]
Break = Callable[[Lines, int], tuple[Lines | str | bytes, tuple[str, ...]]]


def _cell(rows: Lines, at: int, name: str, text: str) -> Lines:
    """Another text in one cell."""
    changed = [list(row) for row in rows]
    changed[at][rows[0].index(name)] = text
    return changed


def _column(rows: Lines, name: str, write: Callable[[int], str]) -> Lines:
    """Another text in all cells of a column."""
    place = rows[0].index(name)
    return [rows[0], *([*row[:place], write(k), *row[place + 1 :]] for k, row in enumerate(rows[1:]))]


def _lines(rows: Lines) -> str:
    return PLAIN.text(rows)


# What breaks a table of 2 + 1 columns in the row ``at`` (from 1, line ``at + 1``), and words of the line that says so.
BREAKS: dict[str, Break] = {
    "a row too long": lambda r, at: ([*r[:at], [*r[at], "7"], *r[at + 1 :]], (f"line {at + 1}", "expected 3", "found 4")),
    "a row too short": lambda r, at: ([*r[:at], r[at][:2], *r[at + 1 :]], (f"line {at + 1}", "expected 3", "found 2")),
    "all rows too long": lambda r, at: ([r[0], *([str(k), *row] for k, row in enumerate(r[1:]))], ("3 column names", "4 cells")),
    "a name too many": lambda r, at: ([[*r[0], "more"], *r[1:]], ("4 column names", "3 cells")),
    "a title": lambda r, at: ("Report of May\n" + _lines(r), ("1 column name", "title")),
    "a title of three cells": lambda r, at: ("Report,of,May\n" + _lines(r), ("label",)),
    "a comment": lambda r, at: ("# of, May\n" + _lines(r), ("comment",)),
    "a comment within": lambda r, at: ([*r[:at], ["# from here on in feet"], *r[at:]], (f"line {at + 1}", "comment")),
    "two tables": lambda r, at: ([*r, *r], ("'label'",)),
    "a sum": lambda r, at: ([*r, ["sum", "9"]], (f"line {len(r) + 1}", "sum")),
    "a name twice": lambda r, at: ([["label" if n != "label" else n for n in r[0]], *r[1:]], ("'label' more than once",)),
    "no names": lambda r, at: (r[1:], ("label",)),
    "names alone": lambda r, at: (r[:1], ("found none",)),
    "nothing": lambda r, at: (b"", ("empty file",)),
    "white space alone": lambda r, at: (b" \n \n", ("empty file",)),
    "a quote never closed": lambda r, at: (_lines(r) + '"1,2,yes\n', ("never closed", f"line {len(r) + 1}")),
    "a NUL": lambda r, at: (_lines(r[:at]).encode() + b"1,2,\0yes\n" + _lines(r[at:]).encode(), ("binary",)),
    "UTF-16": lambda r, at: (_lines(r).encode("utf-16"), ("UTF-16", "iconv")),
    "UTF-32": lambda r, at: (_lines(r).encode("utf-32"), ("UTF-",)),
    "Latin-1": lambda r, at: (_lines(_cell(r, at, "plain", "\u00e9")).encode("latin-1"), ("UTF-8", "0xe9", "iconv")),
    "a surrogate": lambda r, at: (_lines(_cell(r, at, "label", "\ud800")).encode("utf-8", "surrogatepass"), ("UTF-8",)),
    "decimal commas": lambda r, at: (_column(r, "plain", lambda k: f"{k},5"), ("'plain'", "comma")),
    "separators of thousands": lambda r, at: (_column(r, "plain", lambda k: f"{k + 1},234,567"), ("'plain'", "thousands")),
    "a unit": lambda r, at: (_column(r, "plain", lambda k: f"{k} kg"), ("'plain'", "unit")),
    "money": lambda r, at: (_column(r, "plain", lambda k: f"${k}.50"), ("'plain'", "unit")),
    "a word among numbers": lambda r, at: (_cell(r, at, "plain", "broken"), ("'plain'", "'broken'")),
    "a number with a letter O": lambda r, at: (_cell(r, at, "plain", "1O"), ("'plain'", "'1O'")),
    "a number with an underscore": lambda r, at: (_cell(r, at, "plain", "1_0"), ("'plain'", "'1_0'")),
    "hexadecimal among numbers": lambda r, at: (_cell(r, at, "plain", "0x1f"), ("'plain'", "'0x1f'")),
    "infinity": lambda r, at: (_cell(r, at, "plain", "inf"), ("'plain'", "inf", "ordinary size")),
    "beyond float32": lambda r, at: (_cell(r, at, "plain", "1e39"), ("'plain'", "ordinary size")),
    "beyond float64": lambda r, at: (_cell(r, at, "plain", "1e999"), ("'plain'", "ordinary size")),
    "25 digits": lambda r, at: (_column(r, "plain", lambda k: str(10**24 + k)), ("'plain'", "64 bits")),
    "nanoseconds as fractions": lambda r, at: (_column(r, "plain", lambda k: f"1700000000.{123456000 + 7 * k}"), ("'plain'", "16 digits")),
    "ISO dates": lambda r, at: (_column(r, "plain", lambda k: f"2024-01-{k % 28 + 1:02}"), ("'plain'", "dates")),
    "days with dots": lambda r, at: (_column(r, "plain", lambda k: f"{k % 28 + 1}.1.2024"), ("'plain'", "dates")),
    "times": lambda r, at: (_column(r, "plain", lambda k: f"2024-01-01T{k % 24:02}:00:00Z"), ("'plain'", "dates")),
    "a label missing": lambda r, at: (_cell(r, at, "label", ""), ("'label'", "1 of", "without one")),
    "a label of white space": lambda r, at: (_cell(r, at, "label", "  "), ("'label'", "1 of", "without one")),
    "one class": lambda r, at: (_column(r, "label", lambda k: "yes"), ("two classes", "'yes'")),
    "no label at all": lambda r, at: (_column(r, "label", lambda k: ""), ("'label'", "without one")),
    "a class of one row": lambda r, at: (_cell(r, at, "label", "only"), ("'only'",)),
    "a class a row": lambda r, at: (_column(r, "label", lambda k: f"id{k}"), ("classes",)),
    "amounts": lambda r, at: (_column(r, "label", lambda k: f"{k % 5}.5"), ("regression",)),
    "no such column": lambda r, at: ([["labels" if n == "label" else n for n in r[0]], *r[1:]], ("'label'", "labels")),
    "another case": lambda r, at: ([["Label" if n == "label" else n for n in r[0]], *r[1:]], ("'label'", "Label")),
}  # fmt: skip


def broken(seed: int) -> Iterator[Case]:
    """Each way of breaking a table, in a random row."""
    for kind, spoil in BREAKS.items():
        rng = seed_of(f"break {kind} {seed}")
        columns = {"plain": small(rng, ROWS), "words": chosen("a", "b")(rng, ROWS)}
        rows = rows_of(columns | {"label": labelled(rng, LABELS["words"], ROWS)})
        content, says = spoil(rows, int(rng.integers(2, ROWS - 1)))
        if isinstance(content, list):
            content = PLAIN.text(content)
        raw = content.encode() if isinstance(content, str) else content
        yield refused(f"broken: {kind}", f"draw {seed}", raw, says)


def refused(kind: str, name: str, content: bytes, says: tuple[str, ...], file: str = "t.csv") -> Case:
    """A file that no way of reading is right for."""
    return Case(kind, name, lambda folder: (folder / file).write_bytes(content) and None, file, Refused((file, *says)),
                ("data.target=label",))  # fmt: skip


def packed(seed: int) -> Iterator[Case]:
    """What is wrong with ``.gz`` alone."""
    rng = seed_of(f"packed {seed}")
    columns = of_columns(rng)
    content = PLAIN.bytes(rows_of(columns))
    whole = gzip.compress(content, mtime=0)
    cut = whole[: int(rng.integers(12, len(whole) - 1))]
    yield refused("gzip: cut off", f"draw {seed}", cut, ("cannot be read",), "t.csv.gz")
    changed = bytearray(whole)
    changed[len(whole) - 6] ^= 1
    yield refused("gzip: checksum", f"draw {seed}", bytes(changed), ("cannot be read",), "t.csv.gz")
    yield refused("gzip: none", f"draw {seed}", content, ("cannot be read",), "t.csv.gz")
    yield refused("gzip: junk behind", f"draw {seed}", whole + b"junk", ("cannot be read",), "t.csv.gz")
    yield refused("gzip: packed but not named so", f"draw {seed}", whole, ("gz",), "t.csv")
    half = content.index(b"\n", len(content) // 2) + 1
    two = gzip.compress(content[:half], mtime=0) + gzip.compress(content[half:], mtime=0)
    case = table("gzip: of two parts", f"draw {seed}", columns)
    yield replace(case, data="t.csv.gz", write=lambda folder: (folder / "t.csv.gz").write_bytes(two) and None)


def cases(seed: int) -> Iterator[Case]:
    """All kinds of tables once."""
    for make in (kinds_of_columns, kinds_of_gaps, kinds_of_labels, mixtures, doubles, own_tests, broken, packed):
        yield from make(seed)
