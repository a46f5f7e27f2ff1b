"""One odd input: how it is written, and what is right of it, known to who wrote it and not to the program."""

from __future__ import annotations

import contextlib
import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np

from study.data.check import DataReport, describe
from study.data.dataset import Dataset
from study.data.files.column_kinds import encode
from study.data.files.table_rows import read_table
from study.data.loading import load_dataset
from study.design.source import data_spec
from study.errors import InputError

Value = Fraction | str | None  # a number, a word, or a cell without one


@dataclass(frozen=True)
class Refused:
    """It is refused in one line that holds these words: what is wrong and where, and what to do."""

    says: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """It is read, and every cell of every row is this.

    ``columns`` hold the values of all rows in the order of the file, those of a test file behind them; ``labels`` the
    names of their classes. ``training`` is the number of rows before the test file, None where there is none. ``says``
    are words of the notes, ``silent`` words that no note may hold.
    """

    columns: dict[str, tuple[Value, ...]]
    labels: tuple[str, ...]
    training: int | None = None
    says: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()


@dataclass(frozen=True)
class Arrays:
    """It is read: each item is this one, and is called this. ``divided`` is what a network sees it divided by; None
    where it is standardised. ``damaged`` allows that it is refused instead, for damage that may hit what nobody reads.
    """

    x: np.ndarray
    labels: tuple[str, ...]
    divided: float | None
    training: int | None = None
    near: float = 0.0  # JPEG keeps no value exactly
    damaged: bool = False
    says: tuple[str, ...] = ()


Right = Refused | Table | Arrays


@dataclass(frozen=True)
class Case:
    """``write`` writes the input into a folder; ``data`` is its name there, ``settings`` follow ``--set``."""

    kind: str
    name: str
    write: Callable[[Path], None]
    data: str
    right: Right
    settings: tuple[str, ...] = field(default=())

    @property
    def arguments(self) -> list[str]:
        """What follows ``depthgauge data check``."""
        return [self.data, *(part for setting in self.settings for part in ("--set", setting))]


FIXED = "data.scheme=fixed"  # a training part, of which the report can be checked


def verify(case: Case, folder: Path) -> None:
    """Write the input into an empty folder, read it as every command does, and compare."""
    case.write(folder)
    with contextlib.chdir(folder):
        try:
            spec = data_spec(case.data, [*case.settings, FIXED])
            dataset = load_dataset(spec.source)
            report = describe(dataset, 0.2, spec.seed)
        except InputError as error:
            _verify_line(case, str(error))
            return
        if isinstance(case.right, Table) and case.right.training is None:
            _verify_prediction(Path(case.data), dataset)
    assert not isinstance(case.right, Refused), f"read, but {case.right}: {report.notes}"
    (_verify_arrays if isinstance(case.right, Arrays) else _verify_table)(case.right, dataset, report)  # type: ignore[operator]


def _verify_line(case: Case, line: str) -> None:
    assert isinstance(case.right, Refused) or (isinstance(case.right, Arrays) and case.right.damaged), line
    assert "\n" not in line and line.isprintable() and len(line) < 1200, line
    for words in case.right.says if isinstance(case.right, Refused) else ():
        assert words in line, f"{words!r} not in: {line}"


def _order(dataset: Dataset) -> np.ndarray:
    """The row of the files that each row of the data set is."""
    if dataset.drawn is None:
        return np.arange(len(dataset.y))
    rest = np.setdiff1d(np.arange(len(dataset.y)), dataset.drawn)
    return np.concatenate([rest, dataset.drawn])


def _verify_arrays(right: Arrays, dataset: Dataset, report: DataReport) -> None:
    assert right.training in (None, dataset.training)
    assert dataset.scale == right.divided
    order = _order(dataset)
    assert [dataset.labels[k] for k in dataset.y] == [right.labels[row] for row in order]
    assert dataset.shape == right.x.shape[1:]
    given = right.x.reshape(len(right.x), -1)[order]
    for place in range(given.shape[1]):
        values = [Fraction(value) for value in given[:, place].tolist()]
        near = max(right.near, float(max(values) - min(values)) * 2**-16, abs(float(values[0])) * 2**-23)
        _verify_numbers(dataset, place, values, near)
    for words in right.says:
        assert any(words in note for note in report.notes), f"{words!r} not in {report.notes}"


def _verify_numbers(dataset: Dataset, place: int, values: list[Fraction | None], near: float) -> None:
    """Each value of one feature, in the order of the data set; what is added to is exact, so that nothing is lost."""
    offset, unit = Fraction(0), Fraction(1)
    if dataset.origin is not None:
        offset, unit = Fraction(dataset.origin.offset[place]), Fraction(dataset.origin.unit[place])
    for row, (found, value) in enumerate(zip(dataset.x[:, place].tolist(), values, strict=True)):
        if value is None:
            assert np.isnan(found), f"feature {place}, row {row}: {found} in place of a gap"
        else:
            assert not np.isnan(found), f"feature {place}, row {row}: a gap in place of {value}"
            read = Fraction(found) * unit + offset
            assert abs(read - value) <= near, f"feature {place}, row {row}: {float(read)!r} for {value}"


def _verify_prediction(path: Path, dataset: Dataset) -> None:
    """A model that gets the same file sees in each row what it was trained on."""
    columns = dataset.columns
    assert columns is not None
    frame = read_table(path, columns.target, {name: "str" for name, _ in columns.categorical}).frame
    x = encode(columns, frame, str(path), dataset.origin)
    assert np.array_equal(x[_order(dataset)], dataset.x, equal_nan=True)


def _verify_table(right: Table, dataset: Dataset, report: DataReport) -> None:
    columns, order = dataset.columns, _order(dataset)
    assert columns is not None and len(order) == len(right.labels)
    assert right.training in (None, dataset.training)
    assert [dataset.labels[k] for k in dataset.y] == [right.labels[row] for row in order]
    training = order[: dataset.training]
    numeric = {name: cells for name, cells in right.columns.items() if not any(isinstance(one, str) for one in cells)}
    assert columns.numeric == tuple(numeric)
    assert tuple(name for name, _ in columns.categorical) == tuple(n for n in right.columns if n not in numeric)
    for place, cells in enumerate(numeric.values()):
        known = [cells[row] for row in training if cells[row] is not None] or [Fraction(0)]
        span = max(known) - min(known)  # type: ignore[operator, type-var]
        every = [abs(one) for one in cells if one is not None] or [Fraction(0)]  # type: ignore[arg-type]
        near = float(span) * 2**-16 if span else float(max(every)) * 2**-23
        _verify_numbers(dataset, place, [cells[row] for row in order], near)  # type: ignore[misc]
    for (name, categories), (_, features) in zip(columns.categorical, columns.indicators, strict=True):
        words = ["(missing)" if one is None else str(one) for one in right.columns[name]]
        assert categories == tuple(sorted({words[row] for row in training})), name
        for row, flags in zip(order, dataset.x[:, features], strict=True):
            marked = [categories[k] for k in np.flatnonzero(flags)]
            assert marked == ([words[row]] if words[row] in categories else []), (name, words[row], marked)
    _verify_notes(right, dataset, report, order)


def _verify_notes(right: Table, dataset: Dataset, report: DataReport, order: np.ndarray) -> None:
    """What is said of copies, conflicts, constants, identifiers and gaps is what the cells say."""
    said = " ".join(report.notes)
    training = set(order[: dataset.training].tolist())
    seen = {name: {cells[row] for row in training} for name, cells in right.columns.items()}
    rows = []
    for row in range(len(order)):
        cells = [(name, cells[row]) for name, cells in right.columns.items()]
        rows.append(tuple("?" if isinstance(v, str | None) and _word(name, right) and v not in seen[name] else v
                          for name, v in cells))  # fmt: skip
    times = Counter(rows[row] for row in training)
    copies = sum(times.values()) - len(times)
    across = sum(rows[row] in times for row in range(len(order)) if row not in training)
    torn = {
        row for row in rows if len({label for one, label in zip(rows, right.labels, strict=True) if one == row}) > 1
    }
    assert (f"Copies in the training part: {copies:,} of" in said) == bool(copies), (copies, said)
    assert (f"Copies across the parts: {across:,} of" in said) == bool(across), said
    assert ("Conflicting labels: " in said) == bool(torn), said
    constant = [name for name in right.columns if _constant(name, right, seen[name])]
    assert ("Constant in the training part" in said) == bool(constant), (constant, said)
    counters = [name for name, cells in right.columns.items() if _counts(cells)]
    assert ("as an identifier is" in said) == bool(counters), (counters, said)
    gaps = {name: sum(cell is None for cell in cells) for name, cells in right.columns.items()}
    unknown = {name for name in gaps if _word(name, right) and None not in seen[name]}  # then they are no category
    for name, amount in gaps.items():
        if amount and name not in unknown and len([one for one in gaps.values() if one]) <= 6:
            assert f"{name!r} {amount:,} (" in said, (name, amount, said)
    for words in right.says:
        assert words in said, f"{words!r} not in: {said}"
    for words in right.silent:
        assert words not in said, f"{words!r} in: {said}"


def _word(name: str, right: Table) -> bool:
    return any(isinstance(one, str) for one in right.columns[name])


def _constant(name: str, right: Table, seen: set[Value]) -> bool:
    return len(seen) == 1 if _word(name, right) else len(seen - {None}) < 2


def _counts(cells: tuple[Value, ...]) -> bool:
    return len(set(cells)) == len(cells) > 10 and all(
        isinstance(one, Fraction) and one.denominator == 1 for one in cells
    )


def seed_of(name: str) -> np.random.Generator:
    """The same draws for an input of the same name, whatever comes before it."""
    return np.random.default_rng(int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest()))
