"""What a data set is, and what in it can mislead a study: counts, and sentences on what was found."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import NDArray

from study.data.category_codes import category_codes
from study.data.columns import MISSING, Columns
from study.data.dataset import Dataset
from study.data.files.labels import alike_note, amounts_note
from study.data.given import FEW
from study.data.near_copies import near_copies
from study.data.row_order import ordering_columns
from study.data.splits import split_sizes
from study.data.telling_columns import telling_columns
from study.words import change, columns_change, count, percent_text, shortened, value_text, whole

UNEVEN = 3.0  # times as many rows of the largest class as of the smallest, from which on it is said
FAR_SHARE = 0.5  # of a target's variance in its farthest hundredth of the rows, from which on it is said
LISTED = 6  # names in one sentence
MANY = 0.01  # share of rows that are copies, from which on that would change a decision
BY_CHANCE = 0.05  # share of the copies that differ in their label, above which they are no copies of one item
FIRST = 3  # rows that are shown as they were understood


@dataclass(frozen=True, slots=True)
class ClassRows:
    """Rows of one class in the training part (with validation) and in the test set."""

    name: str
    training: int
    test: int


@dataclass(frozen=True, slots=True)
class ColumnRows:
    """One column of a table: ``numeric``, ``categorical``, ``label`` or ``target``, its features, its empty cells in
    all rows, and what the first rows of the training part hold, as it was understood."""

    name: str
    kind: str
    features: int
    missing: int
    first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TargetRange:
    """The target of a regression in its unit: what its training part (with validation) holds, and the test set's mean.

    ``test_mean`` is None where each replicate draws test rows of its own.
    """

    low: float
    median: float
    high: float
    mean: float
    deviation: float
    test_mean: float | None


@dataclass(frozen=True, slots=True)
class DataReport:
    """A data set in numbers. ``sizes`` are train, validation and test; ``notes`` what :func:`data_notes` found.

    Without ``classes`` it is one for regression, and has a ``target``.
    """

    name: str
    sha256: str
    rows: int
    shape: tuple[int, ...]
    features: int
    sizes: tuple[int, int, int]
    scaling: str
    classes: tuple[ClassRows, ...]
    columns: tuple[ColumnRows, ...]
    notes: tuple[str, ...]
    target: TargetRange | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence or two on what was found; a ``trap`` where it would change what one does with a study's answer."""

    text: str
    trap: bool = False


def describe(dataset: Dataset, validation: float, seed: int) -> DataReport:
    """The report of a data set of whose training part a share ``validation`` is held out, drawn with ``seed``."""
    return DataReport(
        name=dataset.name,
        sha256=dataset.sha256,
        rows=len(dataset.y),
        shape=dataset.shape,
        features=dataset.inputs,
        sizes=split_sizes(dataset, validation, seed),
        scaling=_scaling(dataset),
        classes=_rows_of_classes(dataset) if dataset.classes else (),
        columns=_columns(dataset, dataset.columns) if dataset.columns else (),
        notes=tuple(note.text for note in data_notes(dataset)),
        target=None if dataset.classes else _target(dataset),
    )


def data_notes(dataset: Dataset) -> tuple[Note, ...]:
    """What was found, nothing where nothing was: classes, missing values, constants, copies, columns that are traps."""
    found = [Note(text) for text in dataset.notes]
    found += _classes(dataset) if dataset.classes else map(Note, _far_targets(dataset))
    if amounts := amounts_note(dataset.labels, dataset.y):
        found.append(Note(amounts, trap=True))
    if alike := alike_note(dataset.labels):
        found.append(Note(alike))
    if dataset.columns is not None:
        texts = [*_missing(dataset, dataset.columns), *_unknown(dataset, dataset.columns)]
        found += [*map(Note, texts), *_counting_rows(dataset, dataset.columns)]
        found += map(Note, _coded(dataset))
    if len(dataset.shape) == 1:  # the corners of images are the same in most of them
        found += map(Note, _constant(dataset))
        found += _telling(dataset) if dataset.classes else []
    return (*found, *_copies(dataset))


def _parts(dataset: Dataset) -> tuple[NDArray[Any], NDArray[Any]]:
    return dataset.y[: dataset.training], dataset.y[dataset.training :]


def _rows_of_classes(dataset: Dataset) -> tuple[ClassRows, ...]:
    training, test = (np.bincount(part, minlength=dataset.classes) for part in _parts(dataset))
    return tuple(ClassRows(*row) for row in zip(dataset.labels, training.tolist(), test.tolist(), strict=True))


def _target(dataset: Dataset) -> TargetRange:
    training, test = _parts(dataset)
    low, median, high, mean = (float(of(training)) for of in (np.min, np.median, np.max, np.mean))
    return TargetRange(low, median, high, mean, float(training.std()), float(test.mean()) if len(test) else None)


def _scaling(dataset: Dataset) -> str:
    if dataset.columns is not None:
        return "numeric columns standardised by the training rows of each trial, categorical ones one-hot"
    low, high = _range(dataset)
    reach = f"from {value_text(low, 4)} to {value_text(high, 4)}"
    kind = "bytes" if dataset.x.dtype == np.uint8 else "numbers"
    if dataset.scale is None:
        return f"numbers {reach}, each feature standardised by the training rows of each trial"
    how = "as they are" if dataset.scale == 1 else f"divided by {value_text(dataset.scale)}"
    return f"{kind} {reach}, {how}"


def _range(dataset: Dataset) -> tuple[float, float]:
    """The smallest and the largest value of the data, as they were given."""
    low, high = dataset.x.min(axis=0).astype(np.float64), dataset.x.max(axis=0).astype(np.float64)
    if dataset.origin is not None:
        low, high = (dataset.origin.given(values) for values in (low, high))
    return float(low.min()), float(high.max())


def _columns(dataset: Dataset, columns: Columns) -> tuple[ColumnRows, ...]:
    missing = _missing_cells(dataset, columns)
    first = dataset.x[: min(FIRST, dataset.training)].astype(np.float64)
    if dataset.origin is not None:
        first = dataset.origin.given(first)
    numeric = [
        ColumnRows(name, "numeric", 1, missing[name], tuple(map(_cell, cells)))
        for name, cells in zip(columns.numeric, first.T.astype(np.float64), strict=False)
    ]
    words = [
        ColumnRows(
            name, "categorical", len(known), missing[name], tuple(known[k] for k in first[:, place].argmax(axis=1))
        )
        for (name, known), (_, place) in zip(columns.categorical, columns.indicators, strict=True)
    ]
    predicted = dataset.y[: len(first)]
    if dataset.task == "regression":
        return (*numeric, *words, ColumnRows(columns.target, "target", 0, 0, tuple(map(_cell, predicted.tolist()))))
    labels = tuple(dataset.labels[k] for k in predicted)
    return (*numeric, *words, ColumnRows(columns.target, "label", 0, 0, labels))


def _cell(value: float) -> str:
    """A number as the file has it, to the digits that are kept."""
    if np.isnan(value):
        return ""
    return f"{value:.15g}" if value == round(value) or abs(value) >= 1e6 else f"{value:.7g}"


def _classes(dataset: Dataset) -> list[Note]:
    """Uneven classes, and classes that only one side has."""
    training, test = (np.bincount(part, minlength=dataset.classes) for part in _parts(dataset))
    said, redrawn = [], dataset.redrawn is not None
    most, least = int(training.argmax()), int(np.where(training, training, training.max()).argmin())
    if training[most] >= UNEVEN * training[least]:
        tested, rows, where = (training, "row", "the rows") if redrawn else (test, "training row", "the test set")
        share, large = tested[most] / max(tested.sum(), 1), _name(dataset, most)
        uneven = f"{count(int(training[most]), rows)} of {large}, {whole(int(training[least]))} of "
        always = f"Whoever always answers {large} is right in {percent_text(share)} of {where}."
        said.append(Note(f"Classes are uneven: {uneven}{_name(dataset, least)}. {always}", trap=True))
    if redrawn:
        return said
    for lacking, side, other in ((training, "training part", "test set"), (test, "test set", "training part")):
        names = [_name(dataset, place) for place in np.flatnonzero(lacking == 0)]
        if names:
            text = f"Label sets differ: {_listed(names)} {_verb(names)} in the {other}, but not in the {side}."
            said.append(Note(text, trap=True))
    return said


def _far_targets(dataset: Dataset) -> list[str]:
    """Targets so far out that squared errors, and so RMSE, are mostly theirs."""
    training, _ = _parts(dataset)
    distance = np.abs(training - training.mean()) / training.std()
    share = np.sort(distance**2)[-max(1, len(training) // 100) :].sum() / (distance**2).sum()
    if share < FAR_SHARE:
        return []
    return [
        f"Targets far out: {percent_text(share)} of the target's variance is that of its farthest "
        f"{count(max(1, len(training) // 100), 'row')}, up to {value_text(float(distance.max()), 3)} standard "
        "deviations from its mean. RMSE and R² are mostly about them; MAE is not."
    ]


def _missing_cells(dataset: Dataset, columns: Columns) -> dict[str, int]:
    numeric = np.isnan(dataset.x[:, : len(columns.numeric)]).sum(axis=0).tolist()
    cells = dict(zip(columns.numeric, numeric, strict=True))
    for (name, known), (_, place) in zip(columns.categorical, columns.indicators, strict=True):
        empty = known.index(MISSING) if MISSING in known else None
        cells[name] = 0 if empty is None else int(dataset.x[:, place][:, empty].sum())
    return cells


def _missing(dataset: Dataset, columns: Columns) -> list[str]:
    cells = {name: empty for name, empty in _missing_cells(dataset, columns).items() if empty}
    if not cells:
        return []
    named = _listed(
        [f"{name!r} {whole(empty)} ({percent_text(empty / len(dataset.y))})" for name, empty in cells.items()]
    )
    return [
        f"Missing values: {named}. In a numeric column the mean of the training rows stands in for them, in "
        "one of words they are a category of their own."
    ]


def _unknown(dataset: Dataset, columns: Columns) -> list[str]:
    """Categories that the test set has and the training part has not."""
    test = dataset.x[dataset.training :]
    rows = {name: int((test[:, place].sum(axis=1) == 0).sum()) for name, place in columns.indicators}
    named = [f"{name!r} in {count(unknown, 'test row')}" for name, unknown in rows.items() if unknown]
    if not named:
        return []
    return [f"Categories that the training part does not have: {_listed(named)}. They are read as none of the known."]


def _counting_rows(dataset: Dataset, columns: Columns) -> list[Note]:
    """Numeric columns of whole numbers that are different in every row, and such as rise or fall with the rows."""
    counters, ordering = _counters(dataset, columns), ordering_columns(dataset)
    identifiers, said = [name for name in counters if name not in ordering], []
    if identifiers:
        text = (
            f"{_quoted(identifiers)}: whole numbers, different in every row, as an identifier is. To leave out: "
            f"{columns_change('data.drop', identifiers)}."
        )
        said.append(Note(text, trap=True))
    numbered = [name for name in ordering if name in counters]
    for names, what in (
        (numbered, "whole numbers, different in every row, as an identifier is, and in their order"),
        ([name for name in ordering if name not in numbered], "in the order of the rows"),
    ):
        if names:
            text = (
                f"{_quoted(names)}: {what}, as a row number or a time is. New rows lie beyond those that were seen, so "
                f"test accuracy may be too good. To leave out: {columns_change('data.drop', names)}; to test on later "
                f"rows: {change(f'data.time={names[0]}')}."
            )
            said.append(Note(text, trap=True))
    return said


def _counters(dataset: Dataset, columns: Columns) -> list[str]:
    """Numeric columns of whole numbers that are different in every row."""
    found = []
    for place, name in enumerate(columns.numeric):
        if dataset.given is not None:
            counts = bool(dataset.given.counter[place])
        else:
            values = dataset.x[:, place].astype(np.float64)
            whole = np.isfinite(values).all() and (values == np.round(values)).all()
            counts = bool(whole and len(values) > FEW and len(np.unique(values)) == len(values))
        if counts:
            found.append(name)
    return found


def _telling(dataset: Dataset) -> list[Note]:
    """Columns that give the label away."""
    found = telling_columns(dataset)
    if not found:
        return []
    shown = [f"{' and '.join(map(repr, one.names))} ({percent_text(one.accuracy)} right)" for one in found]
    alone = len(found[0].names) == 1
    how = "One column" if alone else "Two columns together"
    names = [one.names[0] for one in found]
    drop = f" To leave out: {columns_change('data.drop', names)}." if alone and dataset.columns else ""
    return [
        Note(
            f"{how} almost suffice{'s' if alone else ''} to tell the label: {_listed(shown)}. If that is not known "
            f"when a label is to be predicted, test accuracy means nothing.{drop}",
            trap=True,
        )
    ]


def _coded(dataset: Dataset) -> list[str]:
    """Columns of whole numbers that look like categories."""
    names = category_codes(dataset)
    if not names:
        return []
    return [
        f"{_quoted(names)}: whole numbers that look like the codes of categories, and are read as "
        f"amounts. Where they are codes, make each a category: {columns_change('data.categorical', names)}."
    ]


def _constant(dataset: Dataset) -> list[str]:
    """Features of rows that never change in the training part."""
    x = dataset.x[: dataset.training]
    if dataset.columns is None:
        same = int(((x == x[:1]).all(axis=0) if dataset.given is None else dataset.given.constant).sum())
        return [f"Constant in the training part: {whole(same)} of {whole(dataset.inputs)} features."] if same else []
    if dataset.given is not None:
        named = zip(dataset.columns.numeric, dataset.given.constant, strict=False)
        return _said_constant([repr(name) for name, same in named if same], dataset.columns)
    numeric = x[:, : len(dataset.columns.numeric)]
    first = np.nanmax(np.where(np.isnan(numeric), -np.inf, numeric), axis=0, initial=-np.inf)
    same_number = (np.isnan(numeric) | (numeric == first)).all(axis=0)
    names = [repr(n) for n, same in zip(dataset.columns.numeric, same_number, strict=True) if same]
    return _said_constant(names, dataset.columns)


def _said_constant(names: list[str], columns: Columns) -> list[str]:
    names = [*names, *(repr(name) for name, known in columns.categorical if len(known) == 1)]
    return [f"Constant in the training part: {_listed(names)}. A network can learn nothing from it."] if names else []


def _copies(dataset: Dataset) -> list[Note]:
    """Rows that are alike in every feature, or nearly so: within the parts, across them, and with different labels."""
    digests = _digests(dataset)
    _, group = np.unique(digests, return_inverse=True)
    training, test = group[: dataset.training], group[dataset.training :]
    pairs = np.unique(np.stack([group, dataset.y]), axis=1)[0].astype(np.int64)
    torn = np.flatnonzero(np.bincount(pairs) > 1)
    conflicting = int(np.isin(group, torn).sum())
    # Rows of few coarse columns are alike by chance, and then differ in their labels, too.
    by_chance = conflicting > BY_CHANCE * (np.bincount(group)[group] > 1).sum()
    said = []
    shared = int(np.isin(test, training).sum())
    if shared:
        text = (
            f"Copies across the parts: {whole(shared)} of {count(len(test), 'test row')} also "
            f"{'stands' if shared == 1 else 'stand'} in the training part. What is measured on the test set is too "
            "good by what is learnt by heart."
        )
        said.append(Note(text, trap=shared >= MANY * len(test) and not by_chance))
    inside = len(training) - len(np.unique(training))
    if inside and dataset.redrawn is not None:
        text = (
            f"Copies: {whole(inside)} of {count(len(training), 'row')} {'repeats' if inside == 1 else 'repeat'} an "
            "earlier one. Networks may be tested on rows whose copies they trained on, and what is measured on test is "
            "then too good by what is learnt by heart."
        )
        said.append(Note(text, trap=inside >= MANY * len(training) and not by_chance))
    elif inside:
        text = (
            f"Copies in the training part: {whole(inside)} of {count(len(training), 'row')} "
            f"{'repeats' if inside == 1 else 'repeat'} an earlier one; such rows may stand in training and validation."
        )
        said.append(Note(text))
    if near := near_copies(dataset, digests):
        rows = f"{whole(near.rows)} of {whole(near.of)} {'test rows' if dataset.redrawn is None else 'rows'}"
        text = (
            f"Near copies: {rows} that were looked at differ from another row in next to nothing. What is measured on "
            "test is too good by what is learnt by heart. Rows "
            "that belong together can be kept in one part by data.group."
        )
        said.append(Note(text, trap=True))
    if conflicting:
        what = "label" if dataset.classes else "target"
        text = (
            f"Conflicting {what}s: {whole(conflicting)} rows equal another in every feature, but not in their {what}."
        )
        said.append(Note(text, trap=True))
    return said


def _digests(dataset: Dataset) -> NDArray[np.uint64]:
    """One number a row (M + N,), the same where two rows are."""
    if dataset.given is not None:
        return dataset.given.rows
    x = dataset.x.astype(np.float32) + 0 if dataset.scale is None else dataset.x  # so that -0 equals 0
    rows = np.ascontiguousarray(x)
    return np.frombuffer(b"".join(hashlib.blake2b(row, digest_size=8).digest() for row in rows), np.uint64)


def _name(dataset: Dataset, place: SupportsIndex) -> str:
    return repr(shortened(dataset.labels[place]))


def _verb(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _quoted(names: Sequence[str]) -> str:
    return _listed(list(map(repr, names)))


def _listed(names: list[str]) -> str:
    more = f" and {whole(len(names) - LISTED)} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more
