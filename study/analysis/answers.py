"""How right the runs of one configuration had each test item, at the epochs where they are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from study.analysis.item_intervals import ItemSums
from study.records.trials import DamagedItems, ItemValues

Array = NDArray[np.float64]
Rows = NDArray[np.int32]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Answers:
    """The answers of R replicates, packed as they are stored.

    ``kept`` (R) holds None for a replicate that has not finished. ``tested`` (R) are the rows of the data set that each
    replicate tested, ascending, and ``columns`` (N,) those that any replicate of the study did; both are None where all
    test the same ``items`` (N).

    With ``groups``, numbers of the items (N,) or, where there are ``columns``, of all rows of the data set, rows and
    tables have a column a group in place of one an item: see :func:`by_group`. ``weighted``: rows count in them as
    weights say.
    """

    kept: tuple[ItemValues | None, ...]
    items: int
    tested: tuple[Rows | None, ...] | None = None
    columns: Rows | None = None
    groups: Rows | None = None
    weighted: bool = False

    @property
    def places(self) -> NDArray[np.intp] | None:
        """The column (N,) that each item counts in, None where each has its own."""
        if self.groups is None:
            return None
        known = self.groups if self.columns is None else self.groups[self.columns]
        return np.unique(known, return_inverse=True)[1]

    def row(self, replicate: int) -> Array:
        """The answers (N,) of one replicate, or those of its groups, NaN where it did not test an item.

        Raises :class:`~study.records.trials.DamagedItems` where they are not those of the items tested.
        """
        return self._row(replicate, self.places)

    def _row(self, replicate: int, places: NDArray[np.intp] | None) -> Array:
        found = np.full(self.items, np.nan)
        self.fill(found, replicate)
        return found if places is None else by_group(found, places)

    def table(self, columns: Rows | None = None) -> Array:
        """The answers (R, N), laid out on ``columns`` in place of the study's own where given."""
        if columns is not None:
            return replace(self, items=len(columns), columns=columns).table()
        places = self.places
        return np.stack([self._row(replicate, places) for replicate in range(len(self.kept))])

    def sums(self, right: NDArray[np.generic] | None = None) -> ItemSums:
        """The sums of :meth:`table`; ``right`` (R, N) is what :func:`right_of` has laid out of it already."""
        there = [one for one in self.kept if one is not None]
        if self.columns is not None or self.groups is not None or not there:
            return ItemSums.of(self.table())
        if right is None:
            right = right_of([self])[:, 0]
        numbers = np.array([0 if one is None else self.items for one in self.kept], float)
        times = np.full(self.items, float(len(there)))
        if right.dtype != bool or len(there) > 255:
            values = right.astype(float)
            return ItemSums(numbers, times, values.sum(axis=1), values.sum(axis=0), float(np.vdot(values, values)))
        bits = right.view(np.uint8)
        by_run = np.array([np.count_nonzero(row) for row in bits], float)
        by_item = bits.sum(axis=0, dtype=np.uint8).astype(float)
        return ItemSums(numbers, times, by_run, by_item, float(by_run.sum()))

    def only(self, replicates: NDArray[np.bool_]) -> Answers:
        """The answers of some replicates (R,), as if the others had not finished."""
        kept = tuple(one if own else None for one, own in zip(self.kept, replicates, strict=True))
        return replace(self, kept=kept)

    def fill(self, row: NDArray[np.generic], replicate: int) -> None:
        """Write the answers of one replicate into ``row`` (N,), where it tested an item."""
        one = self.kept[replicate]
        if one is None:
            return
        if self.tested is None or self.columns is None:
            row[:] = one.values(self.items, weighted=self.weighted)
            return
        tested = self.tested[replicate]
        if tested is None:
            raise DamagedItems(f"which rows replicate {replicate} tested is missing")
        row[np.searchsorted(self.columns, tested)] = one.values(len(tested), weighted=self.weighted)


def right_of(configurations: Sequence[Answers]) -> NDArray[np.bool_] | NDArray[np.float32]:
    """The answers (R, D, N) of D configurations, False or 0 where there are none.

    They are right or wrong, or, where one of them is a share of the epochs read, float32.
    """
    first = configurations[0]
    if first.groups is not None:
        return np.nan_to_num(np.stack([one.table() for one in configurations], axis=1)).astype(np.float32)
    binary = all(one is None or one.binary for answers in configurations for one in answers.kept)
    replicates, items = len(first.kept), first.items
    found = np.zeros((replicates, len(configurations), items), bool if binary else np.float32)
    for d, answers in enumerate(configurations):
        for replicate in range(replicates):
            answers.fill(found[replicate, d], replicate)
    return found


def by_group(answers: Array, places: NDArray[np.intp]) -> Array:
    """What the groups (G,) of a replicate came to, of its ``answers`` (N,), so that their mean is that of the answers.

    Rows of one group are alike: what is random about a test part is which groups are in it. A group of n of N items
    counts as ``m + G / N * (sum - n m)``, with the mean m of the replicate and its G groups: a ratio, turned into the
    mean of equal parts (Cochran, Sampling Techniques, 1977, chapter 6). NaN where none of its items was tested.
    """
    there = np.isfinite(answers)
    groups = int(places.max()) + 1
    numbers = np.bincount(places, there, groups)
    sums = np.bincount(places, np.where(there, answers, 0.0), groups)
    total, tested = numbers.sum(), np.count_nonzero(numbers)
    if not tested:
        return np.full(groups, np.nan)
    mean = sums.sum() / total
    return np.where(numbers > 0, mean + tested / total * (sums - numbers * mean), np.nan)


def all_tested(tested: Sequence[Rows]) -> Rows:
    """The rows (N,) that any of several replicates tested, ascending."""
    return np.unique(np.concatenate(tested))
