"""A mean with its interval: the form in which every number is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Inference = Literal["new data", "these items"]
"""What a study asks about: data of the same kind, or the tested items, which are all there are."""

Target = Literal["new data", "these items", "these replicates"]
"""What an interval speaks of; ``these replicates`` where the answers to single items are missing."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over ``n`` replicates with its confidence interval.

    ``mean`` is None for n = 0; ``low`` and ``high`` are None for n < 2, where no interval exists.
    """

    mean: float | None
    low: float | None
    high: float | None
    n: int

    @property
    def turned(self) -> Interval:
        """That of the same quantity with its sign turned."""
        mean, low, high = (None if one is None else -one for one in (self.mean, self.high, self.low))
        return Interval(mean, low, high, self.n)

    @property
    def half_width(self) -> float | None:
        """Half the interval's width, None where there is no interval."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2
