"""Columns of whole numbers that look like the codes of categories: their order says nothing.

Two signs, each enough. The column's name has a word such as ``code`` or ``type``. Or it has an effect on the labels and
the other columns, and neighbouring values are no more alike in these than any two are. That is their disorder: the
squared distance between the means of neighbouring values, less what their few rows explain, as a share of that between
all pairs of values. In clean tables that of ordered columns with an effect reached 0.54, in 150 orders drawn at random
half were above 1 and one in ten below 0.7 (``benchmarks/data_traps.py``, ``docs/data.md``).
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from study.data.dataset import Dataset

FEWEST, MOST = 3, 50  # different values of a column of codes
ORDERED = 6  # different values from which on their order can be judged
REPEATED = 5  # rows a value on average: identifiers have fewer
DENSE = 0.5  # of the whole numbers from the lowest value to the highest
LOOKED_AT = 10_000  # rows of the training part, drawn from it
ROWS = 10  # of a value that takes part
EFFECT = 1.5  # times the distance between means that the few rows of two values explain
DISORDER = 0.75  # from which on the order says nothing
COLUMNS = 1_000  # of a table with more, names alone are looked at: each is held against all others
WORDS = re.compile(r"(?:^|[^a-z])(code|codes|type|category|cat|zip|zipcode|postcode|plz|region|id|class)(?:$|[^a-z])")

Array = NDArray[np.float64]


def category_codes(dataset: Dataset) -> tuple[str, ...]:
    """Names of numeric columns that look like codes."""
    if dataset.columns is None:
        return ()
    rows = np.random.default_rng(0).permutation(dataset.training)[:LOOKED_AT]
    features = _standardised(dataset, rows) if dataset.inputs <= COLUMNS else None
    found = []
    for place, name in enumerate(dataset.columns.numeric):
        named = WORDS.search(_words(name)) is not None
        codes = _codes(_given(dataset, place, rows)) if named or features is not None else None
        if codes is None:
            continue
        if named or (features is not None and _unordered(codes, np.delete(features, place, axis=1))):
            found.append(name)
    return tuple(found)


def disorder(values: Array, others: Array) -> float:
    """How unlike neighbouring ``values`` (n,) are in ``others`` (n, C), as a share of how unlike any two are.

    0 where that cannot be judged: too few values with enough rows, or no effect on the others.
    """
    _, place = np.unique(values, return_inverse=True)
    rows = np.bincount(place)
    kept = rows >= ROWS
    if kept.sum() < ORDERED:
        return 0.0
    rows = rows[kept]
    sums, squares = (np.stack([np.bincount(place, c) for c in m.T], axis=1)[kept] for m in (others, others**2))
    means = sums / rows[:, None]
    noise = ((squares / rows[:, None] - means**2) / (rows[:, None] - 1)).sum(axis=1)
    apart = ((means[:, None] - means[None]) ** 2).sum(axis=2) - noise[:, None] - noise[None]
    among = float(apart[np.triu_indices(len(means), 1)].mean())
    if among <= EFFECT * 2 * float(noise.mean()):
        return 0.0
    return float(np.diagonal(apart, 1).mean()) / among


def _unordered(codes: Array, others: Array) -> bool:
    dense = len(np.unique(codes)) >= DENSE * (codes.max() - codes.min() + 1)
    return bool(dense) and disorder(codes, others) >= DISORDER


def _given(dataset: Dataset, place: int, rows: NDArray[np.integer]) -> Array:
    """A feature of some rows as the file has it."""
    values = np.asarray(dataset.x[rows, place], np.float64)
    if dataset.origin is None:
        return values
    return np.asarray(values * dataset.origin.unit[place] + dataset.origin.offset[place])


def _codes(values: Array) -> Array | None:
    """A column where it holds few different whole numbers from 0 on, the lowest in place of what is missing."""
    known = values[np.isfinite(values)]
    if not len(known) or (known < 0).any() or (known != np.round(known)).any():
        return None
    different = len(np.unique(known))
    if not FEWEST <= different <= min(MOST, len(known) / REPEATED):
        return None
    return np.where(np.isfinite(values), values, known.min())


def _standardised(dataset: Dataset, rows: NDArray[np.integer]) -> Array:
    """All features of some rows, a column for each label or the target (n, F + K), with mean 0 and deviation 1 or 0."""
    answers = np.eye(dataset.classes)[dataset.y[rows]] if dataset.classes else dataset.y[rows][:, None]
    both = np.concatenate([dataset.x[rows].astype(np.float64), answers], axis=1)
    known = np.isfinite(both)
    both = np.where(known, both - np.where(known, both, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1), 0)
    deviation = both.std(axis=0)
    return np.asarray(both / np.where(deviation > 0, deviation, 1))


def _words(name: str) -> str:
    """A name in small letters, ``zipCode`` as ``zip code``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()
