"""The horizontal scale of one hyperparameter: its own unit, logarithmic where it was searched so, or its choices."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports.figures.axis import round_step
from study.design.setting_words import value_words

if TYPE_CHECKING:
    from study.records.parameters import Parameter, Value

FEW = 12  # whole numbers up to here are spread out like choices
SPREAD = 0.44  # how far equal values are moved apart, of the distance between two choices
MOST_TICKS = 6
MOST_LETTERS = 42  # in the narrowest panel


@dataclass(frozen=True, slots=True)
class Scale:
    """Where values stand: choices at 0, 1, 2 ..., numbers at themselves or at their decimal logarithm.

    ``choices`` is empty for a range from ``low`` to ``high``. ``off`` says that the rate could also be switched off,
    which stands left of the range.
    """

    low: float
    high: float
    log: bool
    whole: bool
    choices: tuple[Value, ...]
    off: bool

    @property
    def spread(self) -> bool:
        """Whether equal values are common, so that their dots must be moved apart."""
        return bool(self.choices) or (self.whole and not self.log and self.high - self.low < FEW)

    @property
    def ends(self) -> tuple[float, float]:
        """The positions of the lowest and the highest value."""
        if self.choices:
            return 0.0, float(len(self.choices) - 1)
        return self._at(self.low), self._at(self.high)

    @property
    def limits(self) -> tuple[float, float]:
        """The drawn range."""
        low, high = self.ends
        room = 0.5 if self.spread else 0.06 * ((high - low) or 1.0)
        return (self.off_at if self.off else low) - room, high + room

    @property
    def off_at(self) -> float:
        """Where a rate that is switched off stands."""
        low, high = self.ends
        return low - 0.16 * ((high - low) or 1.0)

    def position(self, value: Value | None, number: int = 0) -> float:
        """Where a trial's value stands; None is off. Equal choices are moved apart by the trial's number."""
        if value is None:
            return self.off_at
        at = float(self.choices.index(value)) if self.choices else self._at(float(value))
        # Multiples of the golden ratio fill an interval evenly.
        return at + (SPREAD * ((number * 0.618034) % 1 - 0.5) if self.spread else 0.0)

    def ticks(self) -> tuple[list[float], list[str]]:
        """Positions and texts of the ticks."""
        off = [(self.off_at, "off")] if self.off else []
        if self.choices:
            places = [(float(i), value_words(value)) for i, value in enumerate(self.choices)]
            places = places[:: -(-sum(len(text) + 2 for _, text in places) // MOST_LETTERS)]
        else:
            places = [(self._at(value), value_words(value)) for value in self._round_values()]
        ticks = [*off, *places]
        return [place for place, _ in ticks], [text for _, text in ticks]

    def _at(self, value: float) -> float:
        return math.log10(value) if self.log else value

    def _round_values(self) -> list[float]:
        if self.low == self.high:
            return [self.low]
        if not self.log:
            step = round_step((self.high - self.low) / MOST_TICKS)
            step = max(1.0, float(math.ceil(step))) if self.whole else step
            first = math.ceil(self.low / step - 1e-9)
            return [round(step * i, 12) for i in range(first, math.floor(self.high / step + 1e-9) + 1)]
        decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        for digits in ((1, 2, 5), (1, 3), (1,)):
            values = [m * 10.0**d for d in decades for m in digits]
            kept = [v for v in values if self.low * (1 - 1e-9) <= v <= self.high * (1 + 1e-9)]
            if len(kept) <= MOST_TICKS:
                return kept or [self.low, self.high]
        return kept[:: -(-len(kept) // MOST_TICKS)]


def scale_of(parameter: Parameter, *, off: bool) -> Scale:
    """The scale of a parameter of the space; ``off`` where a choice can switch it off."""
    if parameter.kind == "choice":
        return Scale(0.0, 1.0, False, False, parameter.values, off)
    low, high = parameter.bounds
    return Scale(float(low), float(high), parameter.log, parameter.kind == "int", (), off)
