"""Hostile and odd data, one small input a kind, each with what is right: the reading, or one line that refuses it.

``python -m tests.data.odd_inputs FOLDER`` writes all of them into a folder, a folder each, to try with other programs.
"""

# ruff: noqa: E501  # a line an input is what can be read here
from __future__ import annotations

import gzip
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.data import odd_arrays, odd_images

Make = Callable[[Path], None]
ROWS = 40


@dataclass(frozen=True)
class Odd:
    """One input: ``make`` writes it into a folder, ``arguments`` follow ``data check``.

    It is refused in one line, or read with these ``labels`` and these ``columns`` (name: kind). ``says`` are words of
    the output, ``silent`` words that it must not hold.
    """

    kind: str
    name: str
    make: Make
    arguments: tuple[str, ...]
    refused: bool = False
    labels: tuple[str, ...] = ()
    columns: dict[str, str] = field(default_factory=dict)
    says: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()


def rows(count: int = ROWS, **columns: Callable[[int], object]) -> str:
    """A table separated by commas."""
    lines = [",".join(columns)]
    lines += [",".join(str(cell(i)) for cell in columns.values()) for i in range(count)]
    return "\n".join(lines) + "\n"


def number(i: int) -> object:
    """Numbers of three digits in no order."""
    return (i * 37) % 101 / 8


def word(i: int) -> object:
    """Two classes."""
    return "yes" if i % 2 else "no"


PLAIN = rows(a=number, b=lambda i: i % 7, label=word)
LABEL = ("t.csv", "--target", "label")
TWO = {"a": "numeric", "b": "numeric", "label": "label"}


def text(content: str | bytes, name: str = "t.csv") -> Make:
    """Writes one file."""
    data = content.encode() if isinstance(content, str) else content
    return lambda folder: (folder / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data) and None


def table(kind: str, name: str, content: str | bytes, **right: object) -> Odd:
    """A table whose labels are in the column ``label``."""
    return Odd(kind, name, text(content), LABEL, **right)  # type: ignore[arg-type]


def read_as_plain(kind: str, name: str, content: str | bytes, *says: str) -> Odd:
    """A table that is the plain one in another way of writing."""
    return table(kind, name, content, labels=("no", "yes"), columns=TWO, says=says)


def refused(kind: str, name: str, content: str | bytes, *says: str) -> Odd:
    """A table that no way of reading is right for."""
    return table(kind, name, content, refused=True, says=says)


def labelled(kind: str, name: str, classes: tuple[str, ...], **right: object) -> Odd:
    """A table of these classes."""
    right = {"labels": tuple(sorted(classes))} | right
    return table(kind, name, rows(a=number, label=lambda i: classes[i % len(classes)]), **right)


def gaps(token: str) -> Odd:
    """Numbers among which a few cells are ``token``."""
    content = rows(a=lambda i: token if i in (3, 9, 20) else number(i), b=lambda i: i % 7, label=word)
    return read_as_plain("gaps among numbers", f"gap {token}", content, "'a'", f"{token!r} in 3 cells")


def lines(change: Callable[[list[str]], list[str]]) -> str:
    """The plain table with other lines."""
    return "\n".join(change(PLAIN.splitlines())) + "\n"


DELIMITED = [
    read_as_plain("delimiter", f"separated by {name}", PLAIN.replace(",", delimiter))
    for name, delimiter in {"semicolon": ";", "tab": "\t", "bar": "|"}.items()
]
QUOTED_NAMES = rows(x=number, y=lambda i: i % 7, label=word).replace("\n", "\n").replace(",", ";")
TABLES = [
    *DELIMITED,
    table(
        "delimiter",
        "names with commas in a file of semicolons",
        QUOTED_NAMES.replace("x;y", '"Temp, outside, C";"Hum, inside, %"'),
        columns={"Temp, outside, C": "numeric", "Hum, inside, %": "numeric", "label": "label"},
    ),
    table(
        "delimiter",
        "words with semicolons in a file of commas",
        rows(a=number, t=lambda i: f'"x;y;{i % 3}"', label=word),
        columns={"a": "numeric", "t": "categorical", "label": "label"},
    ),
    read_as_plain("sep line", "sep=;", "sep=;\n" + PLAIN.replace(",", ";")),
    read_as_plain("sep line", "sep=| after a mark of bytes", b"\xef\xbb\xbfsep=|\r\n" + PLAIN.replace(",", "|").encode()),
    refused("sep line", "sep= names what does not separate", "sep=;\n" + PLAIN, "label"),
    read_as_plain("encoding", "mark of bytes", b"\xef\xbb\xbf" + PLAIN.encode()),
    refused("encoding", "UTF-16", PLAIN.encode("utf-16"), "UTF-16", "iconv"),
    refused("encoding", "UTF-16 without its mark", PLAIN.encode("utf-16-le"), "binary"),
    refused("encoding", "latin-1", PLAIN.replace("yes", "sí").encode("latin1"), "UTF-8", "0xed"),
    refused("encoding", "a NUL late in the file", rows(9000, a=number, label=word) + "1,\0yes\n", "NUL", "line 9002"),
    read_as_plain("line ends", "carriage returns", PLAIN.replace("\n", "\r")),
    read_as_plain("line ends", "both", PLAIN.replace("\n", "\r\n")),
    read_as_plain("line ends", "blank lines", "\n\n" + PLAIN.replace("\n", "\n\n")),
    refused("row names", "as R writes them", lines(lambda all_: [all_[0], *(f"{i},{r}" for i, r in enumerate(all_[1:]))]),
            "3 column names", "4 cells", "R writes"),
    refused("ragged", "a title", "Measured in May\n" + PLAIN, "1 column name", "3 cells", "title"),
    refused("ragged", "a comment above", "# measured, in May\n" + PLAIN, "2 column names", "comment"),
    refused("ragged", "a comment within", lines(lambda all_: [*all_[:9], "# from here on in June", *all_[9:]]),
            "line 10", "found 1"),
    refused("ragged", "first line long", lines(lambda all_: [all_[0], all_[1] + ",7", *all_[2:]]), "line 2", "found 4"),
    refused("ragged", "one line long", lines(lambda all_: [*all_[:20], all_[20] + ",9", *all_[21:]]), "line 21", "found 4"),
    refused("ragged", "one line short", lines(lambda all_: [*all_[:20], "1,2", *all_[21:]]), "line 21", "found 2"),
    refused("ragged", "a sum at the end", PLAIN + "total,99\n", "line 42", "found 2"),
    refused("ragged", "every row ends in a comma", lines(lambda all_: [all_[0], *(r + "," for r in all_[1:])]), "4 cells"),
    read_as_plain("ragged", "every line ends in a comma", PLAIN.replace("\n", ",\n"), "ends in a comma"),
    table("names", "an empty name", PLAIN.replace("a,b", ",b"), says=("no name", "Unnamed: 0")),
    refused("names", "a name twice", PLAIN.replace("a,b", "b,b"), "'b' more than once"),
    refused("names", "none at all", PLAIN.partition("\n")[2], "first line a row of values"),
    table("quotes", "a line end in quotes", rows(a=number, t=lambda i: f'"x\n{i % 3}"', label=word),
          columns={"a": "numeric", "t": "categorical", "label": "label"}),
    refused("quotes", "never closed", PLAIN + '"1,2,yes\n', "never closed"),
    refused("quotes", "text after a quote", PLAIN + '"1"x,2,yes\n', "quotation mark", "line 42"),
    table("quotes", "an inch", rows(a=number, t=lambda i: f'{i % 3}" pipe', label=word),
          columns={"a": "numeric", "t": "categorical", "label": "label"}),
    *(gaps(token) for token in ("-", "?", "N/A", ".", "--", "n.a.", "#DIV/0!", "NULL")),
    refused("numbers", "decimal commas", rows(a=lambda i: f'"{i},5"', label=word), "'a'", "comma"),
    refused("numbers", "thousands with commas", rows(a=lambda i: f'"{i + 1},234,567"', label=word), "'a'", "thousands"),
    refused("numbers", "thousands with spaces", rows(a=lambda i: f"{i + 1} 234", label=word), "'a'", "thousands"),
    refused("numbers", "percent signs", rows(a=lambda i: f"{i} %", label=word), "'a'", "sign or unit"),
    refused("numbers", "one word among them", rows(a=lambda i: "broken" if i == 7 else i, label=word), "'a'", "'broken'"),
    table("numbers", "sizes", rows(a=lambda i: ("36", "38", "XL")[i % 3], label=word), columns={"a": "categorical", "label": "label"},
          says=("'a'", "'XL'")),
    table("digits", "seconds since 1970", rows(a=lambda i: 1_700_000_000 + i % 20, label=word), columns={"a": "numeric", "label": "label"},
          silent=("Constant", "Conflicting")),
    table("digits", "nanoseconds since 1970", rows(a=lambda i: 1_700_000_000_000_000_000 + i, label=word),
          says=("'a': whole numbers, different in every row",), silent=("Constant", "Conflicting", "Copies")),
    table("digits", "identifiers of ten digits", rows(a=lambda i: 9_000_000_000 + 3 * i, label=word), says=("as an identifier is",),
          silent=("Copies", "Conflicting")),
    table("digits", "identifiers with gaps", rows(a=lambda i: "" if i == 3 else 900_000_000_000_000_001 + i, label=word),
          silent=("Copies", "Conflicting", "Constant")),
    table("digits", "metres in UTM", rows(a=lambda i: f"5{i % 9}12345.{i:03}", b=lambda i: f"5400000.{i:03}", label=word),
          silent=("Constant", "Copies")),
    table("digits", "tiny", rows(a=lambda i: f"{i + 1}e-44", label=word), silent=("Constant", "Copies")),
    table("digits", "64 bits", rows(a=lambda i: 2**63 + 5 * i, label=word), silent=("Constant", "Copies", "Conflicting")),
    table("digits", "codes that begin with 0", rows(a=lambda i: f"{i:05}", label=word), says=("'a': '00000'", "40 cells")),
    refused("digits", "25 digits", rows(a=lambda i: 10**25 + i, label=word), "'a'", "beyond 64 bits", "identifiers"),
    refused("digits", "beyond ordinary size", rows(a=lambda i: f"{i + 1}e300", label=word), "ordinary size"),
    labelled("labels", "underscores", ("1_10", "11_0", "110")),
    labelled("labels", "exponents", ("10", "1E1", "1e1"), says=("case",)),
    labelled("labels", "leading zeros", ("1", "01", "001"), labels=("1", "001", "01")),
    labelled("labels", "plus signs", ("1", "+1"), labels=("1", "+1")),
    labelled("labels", "a space at the end", ("no", "no "), says=("white space",)),
    labelled("labels", "case", ("No", "no", "NO"), says=("white space, case",)),
    labelled("labels", "a final dot", ("yes", "yes."), says=("final dot",)),
    labelled("labels", "numbers", ("10", "9", "-1"), labels=("-1", "9", "10")),
    labelled("labels", "whole numbers of a program", ("1.0", "0.0"), labels=("0", "1")),
    labelled("labels", "1 and 1.0", ("1", "1.0"), says=("white space",)),
    labelled("labels", "words that look empty", ("NA", "None", "-")),
    labelled("labels", "amounts", ("1.5", "2.5"), refused=True, labels=(), says=("regression",)),
    labelled("labels", "full-width digits", ("１", "1")),
]  # fmt: skip


def two_tables(training: str, test: str) -> Make:
    """A training part and a test part."""

    def make(folder: Path) -> None:
        (folder / "t.csv").write_text(training)
        (folder / "test.csv").write_text(test)

    return make


OWN_TEST = (*LABEL, "--set", "data.test=test.csv")
PARTS = [
    Odd("parts", "no class in both", two_tables(PLAIN, PLAIN.replace("yes", "yes.").replace("no", "no.")), OWN_TEST, True,
        says=("none of them", "final dot")),
    Odd("parts", "no class in both, by number", two_tables(PLAIN.replace("yes", "1").replace("no", "2"), PLAIN), OWN_TEST, True,
        says=("none of them", "same labels")),
    Odd("parts", "a delimiter of its own", two_tables(PLAIN, PLAIN.replace(",", ";")), OWN_TEST, labels=("no", "yes"), columns=TWO),
    Odd("parts", "gaps in the test part", two_tables(PLAIN, PLAIN.replace("\n4.625,", "\n-,")), OWN_TEST, columns=TWO,
        says=("test.csv: column 'a'", "'-' in 1 cell")),
    Odd("parts", "words in the test part", two_tables(PLAIN, PLAIN.replace("\n4.625,", "\nfew,")), OWN_TEST, True,
        says=("test.csv", "'a'", "'few'")),
]  # fmt: skip
ENDINGS = [
    Odd("endings", name, text(PLAIN.replace(",", "\t" if ".tsv" in name else ","), name), (name, "--target", "label"),
        labels=("no", "yes"), columns=TWO)
    for name in ("t.tsv", "t.csv.gz", "t.tsv.gz", "T.CSV")
] + [
    Odd("endings", "no gzip at all", lambda folder: (folder / "t.csv.gz").write_text(PLAIN) and None,
        ("t.csv.gz", "--target", "label"), True, says=("cannot be read as a table",)),
    Odd("endings", "gzip cut off", lambda folder: (folder / "t.csv.gz").write_bytes(gzip.compress(PLAIN.encode())[:-20]) and None,
        ("t.csv.gz", "--target", "label"), True, says=("cannot be read as a table",)),
]  # fmt: skip
ARRAYS = [
    Odd(kind, name, make, ("data.npz",), bool(right.get("refused")), tuple(right.get("labels", ())), {},
        tuple(right.get("says", ())), tuple(right.get("silent", ())))
    for kind, name, make, right in odd_arrays.INPUTS
]  # fmt: skip
IMAGES = [
    Odd(kind, name, make, ("pictures",), bool(right.get("refused")), tuple(right.get("labels", ())), {},
        tuple(right.get("says", ())), tuple(right.get("silent", ())))
    for kind, name, make, right in odd_images.INPUTS
]  # fmt: skip
INPUTS: tuple[Odd, ...] = (*TABLES, *PARTS, *ENDINGS, *ARRAYS, *IMAGES)


def main(folder: Path) -> None:
    """Write every input into a folder of its own and list them."""
    for number_, odd in enumerate(INPUTS, 1):
        place = folder / f"{number_:02}"
        place.mkdir(parents=True)
        odd.make(place)
        right = "refused" if odd.refused else "read"
        print(f"{place}: {odd.kind}: {odd.name}: depthgauge data check {' '.join(odd.arguments)}: {right}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
