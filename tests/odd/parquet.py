"""Parquet tables of every type, written by pyarrow from values that are known exactly.

Kinds: whole numbers of 8 to 64 bits with and without sign and gaps, fractions of 16 to 64 bits, decimals, truth values
with gaps, text (large, packed as dictionary, of numbers), columns without any value; labels of each type; types that
are no feature (times, lists, records, bytes); names twice; files that are cut off or hold a changed byte.
"""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
from pyarrow import parquet

from tests.odd.case import Case, Refused, Right, Table, Value, seed_of

ROWS = 40
Rng = np.random.Generator
LABELS = tuple(("no", "yes")[k % 2] for k in range(ROWS))


def whole(kind: Any, low: int, reach: int, gaps: bool = False) -> Callable[[Rng], tuple[Any, tuple[Value, ...]]]:
    def make(rng: Rng) -> tuple[Any, tuple[Value, ...]]:
        values: list[int | None] = [low + int(k) for k in rng.integers(0, reach, ROWS)]
        for k in range(5, ROWS, 9) if gaps else ():
            values[k] = None
        return pyarrow.array(values, kind), tuple(None if one is None else Fraction(one) for one in values)

    return make


def fractions(kind: Any, places: int) -> Callable[[Rng], tuple[Any, tuple[Value, ...]]]:
    """Halves, quarters and so on, which every type holds exactly."""

    def make(rng: Rng) -> tuple[Any, tuple[Value, ...]]:
        exact = [Fraction(int(k), 2**places) for k in rng.integers(-500, 500, ROWS)]
        return pyarrow.array(np.array([float(one) for one in exact]).astype(kind.to_pandas_dtype()), kind), tuple(exact)

    return make


def decimals(precision: int, scale: int, low: int, reach: int) -> Callable[[Rng], tuple[Any, tuple[Value, ...]]]:
    def make(rng: Rng) -> tuple[Any, tuple[Value, ...]]:
        digits = [low + int(k) for k in rng.integers(0, reach, ROWS)]
        with decimal.localcontext() as context:
            context.prec = 60
            values = [decimal.Decimal(one).scaleb(-scale) for one in digits]
        return pyarrow.array(values, pyarrow.decimal128(precision, scale)), tuple(
            Fraction(one, 10**scale) for one in digits
        )

    return make


def words(kind: Any, *those: str | None) -> Callable[[Rng], tuple[Any, tuple[Value, ...]]]:
    def make(rng: Rng) -> tuple[Any, tuple[Value, ...]]:
        values = [those[int(k)] for k in rng.permutation(np.arange(ROWS) % len(those))]
        made = pyarrow.array(values, pyarrow.string())
        return (made.dictionary_encode() if kind == "dictionary" else made.cast(kind)), tuple(values)

    return make


def truth(rng: Rng) -> tuple[Any, tuple[Value, ...]]:
    values = [(True, False, None)[k % 3] for k in range(ROWS)]
    return pyarrow.array(values, pyarrow.bool_()), tuple(None if v is None else Fraction(int(v)) for v in values)


COLUMNS: dict[str, Callable[[Rng], tuple[Any, tuple[Value, ...]]]] = {
    "int8": whole(pyarrow.int8(), -120, 240),
    "uint8": whole(pyarrow.uint8(), 0, 250),
    "int16 with gaps": whole(pyarrow.int16(), -30_000, 60_000, True),
    "uint16": whole(pyarrow.uint16(), 60_000, 90),
    "int32 near its end": whole(pyarrow.int32(), 2**31 - 100, 90),
    "uint32 with gaps": whole(pyarrow.uint32(), 2**32 - 100, 90, True),
    "int64 of nanoseconds": whole(pyarrow.int64(), 1_700_000_000_000_000_000, 900),
    "int64 of nanoseconds with gaps": whole(pyarrow.int64(), 1_700_000_000_000_000_000, 900, True),
    "int64 near its end": whole(pyarrow.int64(), 2**63 - 300, 250),
    "int64 near its beginning with gaps": whole(pyarrow.int64(), -(2**63), 250, True),
    "uint64 near its end": whole(pyarrow.uint64(), 2**64 - 300, 250),
    "uint64 with gaps": whole(pyarrow.uint64(), 2**63, 250, True),
    "half": fractions(pyarrow.float16(), 2),
    "single": fractions(pyarrow.float32(), 6),
    "double": fractions(pyarrow.float64(), 12),
    "decimal money": decimals(10, 2, -500_000, 1_000_000),
    "decimal of 18 digits": decimals(18, 0, 10**17, 900),
    "decimal of many places": decimals(38, 30, -(2**60), 2**61),
    "truth values with gaps": truth,
    "text": words(pyarrow.string(), "red", "green"),
    "large text": words(pyarrow.large_string(), "red", "green", "NA"),
    "text with gaps": words(pyarrow.string(), "red", "green", None),
    "dictionary": words("dictionary", "red", "green", "blue"),
    "dictionary with gaps": words("dictionary", "red", None, "blue"),
    "text of numbers": words(pyarrow.string(), "1", "2", "10"),
    "text of white space": words(pyarrow.string(), "no", "no ", " "),
    "nothing": lambda rng: (pyarrow.array([None] * ROWS, pyarrow.float64()), (None,) * ROWS),
    "text without a word": lambda rng: (pyarrow.array([None] * ROWS, pyarrow.string()), (None,) * ROWS),
    "nothing without a type": lambda rng: (pyarrow.nulls(ROWS), (None,) * ROWS),
}
DAY = datetime.date(2024, 1, 5)
TOO_LONG = decimals(30, 0, 10**29, 900), decimals(20, 2, 10**17, 900), decimals(38, 30, 10**30, 900)
REFUSED: dict[str, tuple[Any, str]] = {
    "timestamp": (pyarrow.array([datetime.datetime(2024, 1, 5, k % 24) for k in range(ROWS)]), "dates"),
    "timestamp in a zone": (
        pyarrow.array([1_700_000_000 + k for k in range(ROWS)], pyarrow.timestamp("s", "UTC")), "dates"),
    "date": (pyarrow.array([DAY + datetime.timedelta(k) for k in range(ROWS)]), "date"),
    "time": (pyarrow.array([datetime.time(k % 24) for k in range(ROWS)]), "time"),
    "duration": (pyarrow.array([datetime.timedelta(k) for k in range(ROWS)]), "dates"),
    "list": (pyarrow.array([[k, 1] for k in range(ROWS)]), "type"),
    "record": (pyarrow.array([{"a": k} for k in range(ROWS)]), "type dict"),
    "bytes": (pyarrow.array([bytes([k]) for k in range(ROWS)]), "type bytes"),
    **{f"decimals that differ beyond float64 {k}": (make(np.random.default_rng(0))[0], "16 digits")
       for k, make in enumerate(TOO_LONG)},
    "infinity": (pyarrow.array([np.inf if k == 7 else float(k) for k in range(ROWS)]), "ordinary size"),
    "beyond float32": (pyarrow.array([1e39 if k == 7 else float(k) for k in range(ROWS)]), "ordinary size"),
}  # fmt: skip
LABEL_TYPES: dict[str, tuple[Any, dict[Any, str]]] = {
    "int8": (pyarrow.int8(), {-1: "-1", 1: "1"}),
    "int64": (pyarrow.int64(), {2**53: str(2**53), 2**53 + 1: str(2**53 + 1)}),
    "uint64": (pyarrow.uint64(), {2**64 - 1: str(2**64 - 1), 2**64 - 2: str(2**64 - 2)}),
    "double": (pyarrow.float64(), {0.0: "0", 3.0: "3"}),
    "truth values": (pyarrow.bool_(), {True: "True", False: "False"}),
    "text": (pyarrow.string(), {"1_10": "1_10", "11_0": "11_0", "NA": "NA"}),
    "decimal": (pyarrow.decimal128(5, 1), {decimal.Decimal("1.0"): "1", decimal.Decimal("2.0"): "2"}),
    "dictionary": (pyarrow.dictionary(pyarrow.int8(), pyarrow.string()), {"b": "b", "a": "a"}),
}


def file(kind: str, name: str, columns: dict[str, Any], right: Right) -> Case:
    """A Parquet file; the columns are pairs, so that a name may come twice."""
    table = pyarrow.table(list(columns.values()), names=list(columns))
    return Case(kind, name, lambda folder: parquet.write_table(table, folder / "t.parquet"), "t.parquet", right,
                ("data.target=label",))  # fmt: skip


def cases(seed: int) -> Iterator[Case]:
    """All kinds of Parquet files once."""
    for kind, make in COLUMNS.items():
        rng = seed_of(f"parquet {kind} {seed}")
        odd, values = make(rng)
        plain, known = whole(pyarrow.int32(), -50, 100)(rng)
        right = Table({"odd": values, "plain": known}, LABELS)
        yield file(
            f"parquet: {kind}", f"draw {seed}", {"odd": odd, "plain": plain, "label": pyarrow.array(LABELS)}, right
        )
    for kind, (odd, said) in REFUSED.items():
        columns = {"odd": odd, "label": pyarrow.array(LABELS)}
        yield file(f"parquet refused: {kind}", f"draw {seed}", columns, Refused(("t.parquet", "'odd'", said)))
    for kind, (type_, names) in LABEL_TYPES.items():
        rng = seed_of(f"parquet label {kind} {seed}")
        given = [list(names)[int(k)] for k in rng.permutation(np.arange(ROWS) % len(names))]
        plain, known = whole(pyarrow.int32(), -50, 100)(rng)
        right = Table({"plain": known}, tuple(names[one] for one in given))
        yield file(
            f"parquet labels: {kind}", f"draw {seed}", {"plain": plain, "label": pyarrow.array(given, type_)}, right
        )
    yield from damaged(seed)


def damaged(seed: int) -> Iterator[Case]:
    """A file that is cut off, that is another, that holds no rows, or no name once."""
    rng = seed_of(f"parquet damage {seed}")
    plain, _ = whole(pyarrow.int32(), -50, 100)(rng)
    label = pyarrow.array(LABELS)

    def spoilt(kind: str, spoil: Callable[[bytes], bytes], *says: str) -> Case:
        def write(folder: Path) -> None:
            path = folder / "t.parquet"
            parquet.write_table(pyarrow.table({"plain": plain, "label": label}), path)
            path.write_bytes(spoil(path.read_bytes()))

        return Case(f"parquet damage: {kind}", f"draw {seed}", write, "t.parquet", Refused(("t.parquet", *says)),
                    ("data.target=label",))  # fmt: skip

    at = int(rng.integers(10, 400))
    yield spoilt("cut off", lambda all_: all_[: len(all_) - at], "cannot be read")
    yield spoilt("empty", lambda all_: b"", "cannot be read")
    yield spoilt("text", lambda all_: b"plain,label\n1,yes\n", "cannot be read")
    yield spoilt("the footer's length", lambda all_: all_[:-8] + b"\xff\xff\xff\x7f" + all_[-4:], "cannot be read")
    yield file(
        "parquet damage: no rows", f"draw {seed}", {"plain": plain[:0], "label": label[:0]}, Refused(("found none",))
    )
    twice = pyarrow.table([plain, plain, label], names=["plain", "plain", "label"])
    yield Case("parquet damage: a name twice", f"draw {seed}",
               lambda folder: parquet.write_table(twice, folder / "t.parquet"), "t.parquet",
               Refused(("'plain' more than once",)), ("data.target=label",))  # fmt: skip
