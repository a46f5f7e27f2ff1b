"""Columns that give the label away: one alone, or two together, from which it can be told almost without error.

What is measured is skill: the share of the errors of always answering the commonest class that a small tree avoids on
rows it was not grown on. A column that is written down with or after the label has a skill of 1, or nearly so.
On clean tables the best single column reached 0.94 and the best pair 0.95, both of iris (``benchmarks/data_traps.py``
measures it, ``docs/data.md`` has the table).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from study.data.dataset import Dataset

ROWS = 2_000  # that are looked at, drawn from the training part
FEWEST = 40  # rows, below which nothing is said
ALONE, TOGETHER = 0.96, 0.98  # skill from which on a column gives the label away, and a pair of columns
HINT = 0.4  # what a coarse look must have seen of a column that is looked at with a tree
BINS = 32  # of the coarse look
PAIRED = 12  # columns of which all pairs are looked at: those that tell most alone
FEATURES = 5_000  # more columns than these are not looked at

Array = NDArray[np.float64]
Labels = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Telling:
    """One or two columns by their names, and how often a rule on them alone is right, in [0, 1]."""

    names: tuple[str, ...]
    accuracy: float


def telling_columns(dataset: Dataset) -> tuple[Telling, ...]:
    """Columns, else pairs of columns, that give the label away, the most telling first; none where none does.

    Pairs are looked at of columns that do not tell it alone, together with their sum and difference.
    """
    if dataset.training < FEWEST or not 0 < dataset.inputs <= FEATURES:
        return ()
    rows = np.random.default_rng(0).permutation(dataset.training)[:ROWS]
    y = dataset.y[rows]
    base = np.bincount(y).max() / len(y)
    values = {name: _filled(column) for name, column in named_columns(dataset, rows).items()}

    def skill(accuracy: float) -> float:
        return (accuracy - base) / (1 - base) if base < 1 else 0.0

    coarse = {name: skill(_by_bins(column, y)) for name, column in values.items()}
    close = {name: _by_tree(_features(values[name]), y) for name, seen in coarse.items() if seen >= HINT}
    alone = [Telling((name,), accuracy) for name, accuracy in close.items() if skill(accuracy) >= ALONE]
    if alone:
        return tuple(sorted(alone, key=lambda one: -one.accuracy))
    most = sorted(coarse, key=lambda name: -coarse[name])[:PAIRED]
    together = {
        pair: _by_tree(_features(*(values[name] for name in pair)), y)
        for pair in combinations(sorted(most, key=list(values).index), 2)
    }
    pairs = [Telling(pair, accuracy) for pair, accuracy in together.items() if skill(accuracy) >= TOGETHER]
    return tuple(sorted(pairs, key=lambda one: -one.accuracy))


def named_columns(dataset: Dataset, rows: NDArray[np.integer]) -> dict[str, Array]:
    """Some rows column by column (n,), by their names: numbers, NaN where missing, and codes of categories."""
    x = dataset.x[rows]
    if dataset.columns is None:
        return {f"feature {place}": column.astype(np.float64) for place, column in enumerate(x.T)}
    numeric = {name: x[:, place].astype(np.float64) for place, name in enumerate(dataset.columns.numeric)}
    codes = {name: x[:, place].argmax(axis=1).astype(np.float64) for name, place in dataset.columns.indicators}
    return numeric | codes


def _filled(values: Array) -> Array:
    """Missing values as one below all others: that a cell is empty may tell the label, too."""
    known = values[np.isfinite(values)]
    return np.where(np.isfinite(values), values, known.min() - 1 if len(known) else 0.0)


def _by_bins(values: Array, y: Labels) -> float:
    """How often the commonest class of a value, or of a range of values, is right on the other half of the rows."""
    edges = np.unique(np.quantile(values, np.linspace(0, 1, BINS + 1)[1:-1]))
    different = np.unique(values)
    places = np.searchsorted(different if len(different) <= 4 * BINS else edges, values, side="right")
    right, classes = 0, int(y.max()) + 1
    for part, other in _halves(len(y)):
        counts = np.bincount(places[part] * classes + y[part], minlength=(places.max() + 1) * classes)
        right += int((counts.reshape(-1, classes).argmax(axis=1)[places[other]] == y[other]).sum())
    return right / len(y)


def _by_tree(features: Array, y: Labels) -> float:
    """How often a small tree on ``features`` (n, 4 at the most) is right on the other half of the rows."""
    from sklearn.tree import DecisionTreeClassifier

    leaves = 4 * (int(y.max()) + 1)
    right = 0
    for part, other in _halves(len(y)):
        tree = DecisionTreeClassifier(max_leaf_nodes=leaves, random_state=0).fit(features[part], y[part])
        right += int((tree.predict(features[other]) == y[other]).sum())
    return right / len(y)


def _features(*columns: Array) -> Array:
    """One column as it is; two with their sum and difference."""
    if len(columns) == 1:
        return columns[0][:, None]
    first, second = columns
    return np.stack([first, second, first + second, first - second], axis=1)


def _halves(rows: int) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Two halves of rows in random order, each to learn from once."""
    one, other = slice(0, rows // 2), slice(rows // 2, rows)
    return (one, other), (other, one)
