"""What the user's files say of rows and features, told before anything is rounded to float32."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FEW = 10  # rows, up to which whole numbers may well differ by chance
MISSING = np.uint64(0x7FF8DEADBEEF0001)  # a NaN that no file holds
FEATURES = 1_000  # that are looked at together
EXACT = 2**53  # whole numbers up to here are the same in float64


@dataclass(frozen=True, slots=True)
class Given:
    """``rows`` (M + N,) uint64 are equal where two rows are; ``constant`` (F,) says which features are the same in all
    of the training part, ``counter`` (F,) which hold another whole number in every row, as an identifier does.
    """

    rows: NDArray[np.uint64]
    constant: NDArray[np.bool_]
    counter: NDArray[np.bool_]


def given_of(features: Iterable[tuple[NDArray[Any], NDArray[np.bool_] | None]], rows: int, training: int) -> Given:
    """What ``features`` say, each as all ``rows`` values and, where NaN does not say it, which of them are missing."""
    digest = np.full(rows, 0x9E3779B97F4A7C15, np.uint64)
    constant, counter = [], []
    for values, gaps in features:
        missing = np.isnan(values) if gaps is None else gaps
        digest = _mixed(digest, np.where(missing, MISSING, _bits(values)))
        known = values[:training][~missing[:training]]
        constant.append(not len(known) or bool(np.equal(known, known[0]).all()))
        counter.append(not missing.any() and _counts(values))
    return Given(digest, np.array(constant, bool), np.array(counter, bool))


def given_of_matrix(x: NDArray[np.float64], others: NDArray[np.float32], training: int) -> Given:
    """:func:`given_of` numeric features (n, F) at once, and of ``others`` (n, C) behind them."""
    digest = np.full(len(x), 0x9E3779B97F4A7C15, np.uint64)
    constant, counter = [], []
    for start in range(0, x.shape[1], FEATURES):
        block = x[:, start : start + FEATURES]
        missing = np.isnan(block)
        for bits in np.where(missing, MISSING, _bits(block)).T:
            digest = _mixed(digest, bits)
        first = np.fmax.reduce(block[:training], axis=0)
        constant.append((missing | (block == first))[:training].all(axis=0))
        whole = (len(x) > FEW) & np.isfinite(block).all(axis=0) & (block == np.round(block)).all(axis=0)
        ordered = np.sort(block[:, whole], axis=0)
        whole[whole] = (ordered[1:] != ordered[:-1]).all(axis=0)
        counter.append(whole)
    rest = given_of(((values, None) for values in others.T), len(x), training)
    return Given(
        _mixed(digest, rest.rows),
        np.concatenate([*constant, rest.constant]),
        np.concatenate([*counter, rest.counter]),
    )


def given_of_rows(parts: tuple[NDArray[Any], NDArray[Any]]) -> Given:
    """What the rows (M, F) and (N, F) of an array say, of whose features none is an identifier."""
    whole = all(part.dtype.kind in "iu" for part in parts)
    kind, zero = (np.int64, 0) if whole else (np.float64, 0.0)  # and -0 is 0
    rows = b"".join(
        hashlib.blake2b((row.astype(kind) + zero).tobytes(), digest_size=8).digest() for part in parts for row in part
    )
    constant = np.equal(parts[0], parts[0][:1]).all(axis=0)
    return Given(np.frombuffer(rows, np.uint64), constant, np.zeros(len(constant), bool))


def _counts(values: NDArray[Any]) -> bool:
    """Whether a feature is another whole number in every row."""
    if len(values) <= FEW:
        return False
    if values.dtype.kind == "f" and not (np.isfinite(values).all() and np.equal(values, np.round(values)).all()):
        return False
    return len(np.unique(values)) == len(values)


def _bits(values: NDArray[np.generic]) -> NDArray[np.uint64]:
    """64 bits a value, the same for a whole number and the fraction that equals it; -0 is 0."""
    with np.errstate(invalid="ignore"):
        floats = values.astype(np.float64) + 0.0
    bits = floats.view(np.uint64)
    if values.dtype.kind in "iu" and values.dtype.itemsize == 8 and len(values):
        large = np.abs(floats) >= EXACT
        rounded = _mixed(np.zeros(int(large.sum()), np.uint64), bits[large])
        bits[large] = _mixed(rounded, values[large].astype(np.uint64))  # what float64 rounded off tells them apart
    return bits


def _mixed(digest: NDArray[np.uint64], bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A digest with another value in it: splitmix64's finish (Steele, Lea, Flood 2014)."""
    mixed = (digest ^ bits) * np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed
