"""How right the runs of one configuration had each test item, at the epochs where they are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    """

    kept: tuple[ItemValues | None, ...]
    items: int
    tested: tuple[Rows | None, ...] | None = None
    columns: Rows | None = None

    def row(self, replicate: int) -> Array:
        """The answers (N,) of one replicate, 0 to 1, NaN where it did not test an item.

        Raises :class:`~study.records.trials.DamagedItems` where they are not those of the items tested.
        """
        found = np.full(self.items, np.nan)
        self.fill(found, replicate)
        return found

    def table(self, columns: Rows | None = None) -> Array:
        """The answers (R, N), laid out on ``columns`` in place of the study's own where given."""
        if columns is not None:
            return Answers(self.kept, len(columns), self.tested, columns).table()
        return np.stack([self.row(replicate) for replicate in range(len(self.kept))])

    def sums(self, right: NDArray[np.generic] | None = None) -> ItemSums:
        """The sums of :meth:`table`; ``right`` (R, N) is what :func:`right_of` has laid out of it already."""
        there = [one for one in self.kept if one is not None]
        if self.columns is not None or not there:
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
        return Answers(kept, self.items, self.tested, self.columns)

    def fill(self, row: NDArray[np.generic], replicate: int) -> None:
        """Write the answers of one replicate into ``row`` (N,), where it tested an item."""
        one = self.kept[replicate]
        if one is None:
            return
        if self.tested is None or self.columns is None:
            row[:] = one.values(self.items)
            return
        tested = self.tested[replicate]
        if tested is None:
            raise DamagedItems(f"which rows replicate {replicate} tested is missing")
        row[np.searchsorted(self.columns, tested)] = one.values(len(tested))


def right_of(configurations: Sequence[Answers]) -> NDArray[np.bool_] | NDArray[np.float32]:
    """The answers (R, D, N) of D configurations, False or 0 where there are none.

    They are right or wrong, or, where one of them is a share of the epochs read, float32.
    """
    binary = all(one is None or one.binary for answers in configurations for one in answers.kept)
    replicates, items = len(configurations[0].kept), configurations[0].items
    found = np.zeros((replicates, len(configurations), items), bool if binary else np.float32)
    for d, answers in enumerate(configurations):
        for replicate in range(replicates):
            answers.fill(found[replicate, d], replicate)
    return found


def all_tested(tested: Sequence[Rows]) -> Rows:
    """The rows (N,) that any of several replicates tested, ascending."""
    return np.unique(np.concatenate(tested))
