"""Rows drawn apart: evenly by class or target, whole groups together, or later rows from earlier ones; seeded."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from study.errors import DataError
from study.seeds import small_seed

Rows = NDArray[np.int64]
FIFTHS = 5  # of the targets, from the smallest to the largest: what a regression has in place of classes


@dataclass(frozen=True, slots=True)
class Strata:
    """What decides how rows may be drawn apart.

    ``y`` (n,) are their classes, or the float64 targets of a regression. Rows of one of ``groups`` (n,) stay together;
    ``times`` (n,) order them, and those of one time stay together. None where the data have no such column. Both count
    from 0.
    """

    y: NDArray[Any]
    groups: NDArray[np.int32] | None = None
    times: NDArray[np.int32] | None = None


def even_kinds(y: NDArray[Any], most: int = FIFTHS) -> NDArray[np.int32]:
    """The kind (n,) of each row, of which every draw gets its share: its class, or the fifth its target is in.

    Fifths hold as many rows each, but for one; equal targets are told apart by their place. ``most`` allows fewer.
    """
    if y.dtype.kind == "i":
        return y.astype(np.int32)
    kinds = np.empty(len(y), np.int32)
    kinds[np.argsort(y, kind="stable")] = np.arange(len(y)) * most // max(len(y), 1)
    return kinds


def stratified(
    y: NDArray[Any], rows: Rows, size: float | int, seeds: np.random.SeedSequence, what: str
) -> tuple[Rows, Rows]:
    """Rows outside and inside a stratified draw of ``size`` (a share or a count), each in ascending order.

    They are those of scikit-learn's ``train_test_split``, drawn here because a second of import in each process would
    be most of a small study, and because all that draws has to stay what it is: NumPy promises that of ``RandomState``.
    Raises :class:`DataError` where a class would be missing on one side.
    """
    inside = math.ceil(size * len(rows)) if isinstance(size, float) else size
    outside = len(rows) - inside
    kinds = even_kinds(y[rows], max(1, min(FIFTHS, inside, outside)))
    classes, label = np.unique(kinds, return_inverse=True)
    counts = np.bincount(label, minlength=len(classes))
    if counts.min(initial=2) < 2 or min(inside, outside) < len(classes):
        rarest = f"; the rarest has {counts.min()}" if counts.min(initial=2) < 2 else ""
        raise DataError(
            f"Cannot draw {what} = {size} from {len(rows):,} samples: expected each of {len(classes)} classes on both "
            f"sides, of {outside:,} and {inside:,} samples{rarest}. Ask for another share, or give more rows."
        )
    rng = np.random.RandomState(small_seed(seeds))
    kept = _shared_out(counts, outside, rng)
    drawn = _shared_out(counts - kept, inside, rng)
    by_class = np.split(np.argsort(label, kind="stable"), np.cumsum(counts)[:-1])
    shuffled = [members[rng.permutation(len(members))] for members in by_class]
    left = [members[:k] for members, k in zip(shuffled, kept, strict=True)]
    taken = [members[k : k + d] for members, k, d in zip(shuffled, kept, drawn, strict=True)]
    return np.sort(rows[np.concatenate(left)]), np.sort(rows[np.concatenate(taken)])


def _shared_out(counts: Rows, total: int, rng: np.random.RandomState) -> Rows:
    """``total`` shared out as ``counts`` (C,) are: the largest remainders get one more, equal ones by lot."""
    exact = counts / counts.sum() * total
    shares: Rows = np.floor(exact).astype(np.int64)
    left, remainders = int(total - shares.sum()), exact - shares
    for value in np.unique(remainders)[::-1]:
        if left == 0:
            break
        equal = np.flatnonzero(remainders == value)
        chosen = rng.choice(equal, size=min(left, len(equal)), replace=False)
        shares[chosen] += 1
        left -= len(chosen)
    return shares


def apart(strata: Strata, rows: Rows, size: float | int, seeds: np.random.SeedSequence, what: str) -> tuple[Rows, Rows]:
    """Rows outside and inside a draw of ``size`` (a share or a count), each in ascending order.

    In time the inside are the last rows, from the change of time that is nearest to ``size``; of groups it holds whole
    ones, so many that ``size`` is nearly met. Raises :class:`DataError` where there is no such draw.
    """
    share = size if isinstance(size, float) else size / len(rows)
    if strata.times is not None:
        part = _in_time(strata.times[rows], (1 - share, share), what)
    elif strata.groups is not None:
        part = _in_groups(strata.groups[rows], even_kinds(strata.y[rows]), (1 - share, share), seeds, what)
    else:
        return stratified(strata.y, rows, size, seeds, what)
    return rows[part == 0], rows[part == 1]


def dealt(strata: Strata, rows: Rows, folds: int, seeds: np.random.SeedSequence) -> NDArray[np.int64]:
    """The fold (n,), 0 to ``folds`` - 1, of each of ``rows`` (n,).

    Folds of rows without group and time differ by one row at most, in each class or fifth of the targets as in all.
    Raises :class:`DataError` where there are fewer rows, groups or times than folds.
    """
    what = "data.folds"
    if strata.times is not None:
        return _in_time(strata.times[rows], (1 / folds,) * folds, what)
    if strata.groups is not None:
        return _in_groups(strata.groups[rows], even_kinds(strata.y[rows]), (1 / folds,) * folds, seeds, what)
    if len(rows) < folds:
        raise DataError(f"{what}: expected at least as many rows, found {len(rows):,}. Ask for fewer folds.")
    shuffled = np.random.default_rng(seeds).permutation(len(rows))
    by_class = shuffled[np.argsort(even_kinds(strata.y[rows])[shuffled], kind="stable")]
    fold = np.empty(len(rows), np.int64)
    fold[by_class] = np.arange(len(rows)) % folds
    return fold


def _in_time(times: NDArray[np.int32], shares: tuple[float, ...], what: str) -> NDArray[np.int64]:
    """The part (n,) of each row: consecutive times, cut where time changes nearest to the shares."""
    distinct, counts = np.unique(times, return_counts=True)
    if len(distinct) < len(shares):
        raise DataError(
            f"{what}: the rows are cut in time into {len(shares)} parts. Expected at least as many different times in "
            f"the column of data.time, found {len(distinct)}: rows of one time stay together. Give times with more "
            "digits, or ask for fewer parts."
        )
    until = np.cumsum(counts)
    cuts: list[int] = []  # places among the distinct times that are the last of a part
    for number, target in enumerate(np.cumsum(shares)[:-1] * len(times)):
        first = cuts[-1] + 1 if cuts else 0
        last = len(distinct) - len(shares) + number
        cuts.append(first + int(np.abs(until[first : last + 1] - target).argmin()))
    return np.searchsorted(distinct[cuts], times, side="left").astype(np.int64)


def _in_groups(
    groups: NDArray[np.int32],
    y: NDArray[np.int32],
    shares: tuple[float, ...],
    seeds: np.random.SeedSequence,
    what: str,
) -> NDArray[np.int64]:
    """The part (n,) of each row: whole groups, each class shared out as evenly as groups allow.

    Groups go one by one, large ones early, to the part whose classes they bring nearest to their shares.
    """
    names, group = np.unique(groups, return_inverse=True)
    if len(names) < len(shares):
        raise DataError(
            f"{what}: the rows are drawn apart into {len(shares)} parts. Expected at least as many groups in the "
            f"column of data.group, found {len(names)}. Ask for fewer parts, or leave data.group out."
        )
    classes, label = np.unique(y, return_inverse=True)
    table = np.zeros((len(names), len(classes)))
    np.add.at(table, (group, label), 1)
    sizes = table.sum(axis=1)
    order = np.argsort(-sizes * np.random.default_rng(seeds).uniform(0.5, 1, len(names)), kind="stable")
    wanted = np.array(shares)[:, None] * table.sum(axis=0)
    held = np.zeros_like(wanted)
    part = np.empty(len(names), np.int64)
    for left, one in zip(range(len(names), 0, -1), order.tolist(), strict=True):
        # By how much the sum of squares of the parts' shares grows, class by class.
        growth = ((2 * held + table[one]) * table[one] / wanted).sum(axis=1)
        empty = held.sum(axis=1) == 0
        if empty.sum() >= left:
            growth[~empty] = np.inf
        part[one] = int(growth.argmin())
        held[part[one]] += table[one]
    return part[group]
