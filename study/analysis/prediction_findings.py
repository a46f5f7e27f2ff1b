"""What was found of the classes that a network takes its test items for: the plain records."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from study.records.intervals import Interval


@dataclass(frozen=True, slots=True)
class ClassFinding:
    """One class in the pick's runs: its test ``items`` a run, the share of them that is found (``recall``), and the
    share of what is taken for it that is right (``precision``); no mean where that is a share of nothing."""

    items: float
    recall: Interval
    precision: Interval


@dataclass(frozen=True, slots=True)
class ConfidenceBin:
    """Test ``items`` of all runs of the pick with a confidence above ``low``, in [0, 1), to a tenth more: their mean
    ``confidence``, and the ``accuracy`` on them."""

    low: float
    items: int
    confidence: float
    accuracy: Interval


@dataclass(frozen=True, slots=True)
class PredictionFinding:
    """What R ``runs`` of the pick take their test items for, each of which ``times`` of them tested on average.

    ``confusion`` (K, K) holds items of all runs by true and by predicted class; ``bins`` are those of confidence that
    have items, from low to high. ``confidence`` and ``accuracy`` are those of all items.
    """

    runs: int
    times: float
    confusion: NDArray[np.int64] = field(repr=False, compare=False)
    classes: tuple[ClassFinding, ...]
    bins: tuple[ConfidenceBin, ...]
    confidence: float
    accuracy: Interval

    @property
    def uneven(self) -> bool:
        """Whether the rarest class of those that have test items has less than half its even share of them."""
        items = [one.items for one in self.classes if one.items]
        return min(items) < 0.5 * sum(items) / len(items)

    @property
    def rarest(self) -> int:
        """The place of that class."""
        return min((k for k, one in enumerate(self.classes) if one.items), key=lambda k: self.classes[k].items)

    def different(self, place: int) -> float:
        """How many different test items of a class all runs have together."""
        return self.runs * self.classes[place].items / self.times
