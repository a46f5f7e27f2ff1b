"""What a data set is, and what in it can mislead a study: counts, and sentences on what was found."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import NDArray

from study.data.columns import MISSING, Columns
from study.data.dataset import Dataset
from study.data.files.labels import alike_note, amounts_hint
from study.data.given import FEW
from study.data.splits import split_sizes
from study.words import change, count, percent_text, shortened, value_text, whole

UNEVEN = 3.0  # times as many rows of the largest class as of the smallest, from which on it is said
FAR_SHARE = 0.5  # of a target's variance in its farthest hundredth of the rows, from which on it is said
LISTED = 6  # names in one sentence
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
        notes=data_notes(dataset),
        target=None if dataset.classes else _target(dataset),
    )


def data_notes(dataset: Dataset) -> tuple[str, ...]:
    """Sentences on what was found, none where nothing was: classes, missing values, constants, copies."""
    found = [*dataset.notes, *(_classes(dataset) if dataset.classes else _far_targets(dataset))]
    if hint := amounts_hint(dataset.labels):
        found.append(hint.strip())
    if alike := alike_note(dataset.labels):
        found.append(alike)
    if dataset.columns is not None:
        found += [*_missing(dataset, dataset.columns), *_unknown(dataset, dataset.columns)]
        found += _counters(dataset, dataset.columns)
    if len(dataset.shape) == 1:  # the corners of images are the same in most of them
        found += _constant(dataset)
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


def _classes(dataset: Dataset) -> list[str]:
    """Uneven classes, and classes that only one side has."""
    training, test = (np.bincount(part, minlength=dataset.classes) for part in _parts(dataset))
    said, redrawn = [], dataset.redrawn is not None
    most, least = int(training.argmax()), int(np.where(training, training, training.max()).argmin())
    if training[most] >= UNEVEN * training[least]:
        tested, rows, where = (training, "row", "the rows") if redrawn else (test, "training row", "the test set")
        share, large = tested[most] / max(tested.sum(), 1), _name(dataset, most)
        said.append(
            f"Classes are uneven: {count(int(training[most]), rows)} of {large}, {whole(int(training[least]))} of "
            f"{_name(dataset, least)}. Whoever always answers {large} is right in {percent_text(share)} of {where}."
        )
    if redrawn:
        return said
    for lacking, side, other in ((training, "training part", "test set"), (test, "test set", "training part")):
        names = [_name(dataset, place) for place in np.flatnonzero(lacking == 0)]
        if names:
            said.append(f"Label sets differ: {_listed(names)} {_verb(names)} in the {other}, but not in the {side}.")
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
            found.append(repr(name))
    if not found:
        return []
    drop = ", ".join(found).replace("'", '"')
    return [
        f"{_listed(found)}: whole numbers, different in every row, as an identifier is. "
        f"To leave out: {change(f'data.drop=[{drop}]')}."
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


def _copies(dataset: Dataset) -> list[str]:
    """Rows that are alike in every feature: within the parts, across them, and with different labels."""
    _, group = np.unique(_digests(dataset), return_inverse=True)
    training, test = group[: dataset.training], group[dataset.training :]
    said = []
    shared = int(np.isin(test, training).sum())
    if shared:
        said.append(
            f"Copies across the parts: {whole(shared)} of {count(len(test), 'test row')} also "
            f"{'stands' if shared == 1 else 'stand'} in the training part. What is measured on the test set is too "
            "good by what is learnt by heart."
        )
    inside = len(training) - len(np.unique(training))
    if inside and dataset.redrawn is not None:
        said.append(
            f"Copies: {whole(inside)} of {count(len(training), 'row')} {'repeats' if inside == 1 else 'repeat'} an "
            "earlier one; such rows may be tested by networks that trained on their copies, and what is measured on "
            "the test rows is too good by what is learnt by heart."
        )
    elif inside:
        said.append(
            f"Copies in the training part: {whole(inside)} of {count(len(training), 'row')} "
            f"{'repeats' if inside == 1 else 'repeat'} an earlier one; such rows may stand in training and validation."
        )
    pairs = np.unique(np.stack([group, dataset.y]), axis=1)[0].astype(np.int64)
    torn = np.flatnonzero(np.bincount(pairs) > 1)
    if len(torn):
        alike = int(np.isin(group, torn).sum())
        what = "label" if dataset.classes else "target"
        said.append(
            f"Conflicting {what}s: {whole(alike)} rows equal another in every feature, but not in their {what}."
        )
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


def _listed(names: list[str]) -> str:
    more = f" and {whole(len(names) - LISTED)} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more
