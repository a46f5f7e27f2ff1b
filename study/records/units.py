"""Units: how values of a metric, and differences of two, are written."""

from __future__ import annotations

import math
from dataclasses import dataclass

from study.words import MISSING, number, value_text


@dataclass(frozen=True, slots=True)
class Unit:
    """How people write a quantity that records hold as a plain number.

    What is written is ``factor`` times the record, with ``digits`` after the point where nothing says better. ``value``
    stands behind a value; ``one`` and ``many`` behind a difference of 1 and of anything else. All may be empty.
    """

    factor: float = 1.0
    value: str = ""
    one: str = ""
    many: str = ""
    digits: int = 3

    @property
    def step(self) -> float:
        """The smallest difference that is written where nothing asks for more digits; 0.001 where it is 0.1 points."""
        return float(10.0**-self.digits) / self.factor

    @property
    def of_values(self) -> str:
        """The unit in the title of an axis or a column of values: ``, %``; empty without one."""
        return f", {self.value}" if self.value else ""

    @property
    def of_differences(self) -> str:
        """The same of differences: ``, points``."""
        return f", {self.many}" if self.many else ""

    @property
    def suffix(self) -> str:
        """What follows a value, with its blank: `` %``; empty without a unit."""
        return f" {self.value}" if self.value else ""

    def number(self, value: float | None, finer: int = 0, *, sign: bool = False) -> str:
        """A value or a difference without its unit, ``finer`` digits more than usual; a dash for none."""
        return number(None if value is None else self.factor * value, max(self.digits + finer, 0), sign=sign)

    def value_text(self, value: float | None, finer: int = 0) -> str:
        """A value that was measured: ``97.5 %``, ``0.213 nats``; a dash for none."""
        return self.with_value(self.number(value, finer))

    def difference(self, difference: float, finer: int = 0) -> str:
        """A difference that was measured: ``0.5 points``, ``0.02 nats``; no zeros at its end."""
        return self.with_difference(value_text(round(self.factor * difference, self.digits + finer) + 0.0))

    def fine_difference(self, difference: float) -> str:
        """A difference that was measured, with a digit more where it is smaller than the smallest written."""
        return self.difference(difference, 0 if abs(difference) >= self.step else 1)

    def told_from(self, difference: float, margin: float) -> str:
        """A measured difference beside a margin from which it differs, in as many digits as show that."""
        said = self.fine_difference(difference)
        for finer in range(1, 4):
            if said != self.chosen(margin):
                break
            said = self.difference(difference, finer)
        return said

    def chosen(self, difference: float) -> str:
        """A difference that was set, such as a margin, in three digits: ``0.5 points``."""
        return self.with_difference(value_text(self.factor * difference, 3))

    def with_value(self, text: str) -> str:
        """A number that is written already, with what stands behind a value."""
        return text if text == MISSING or not self.value else f"{text} {self.value}"

    def with_difference(self, text: str) -> str:
        """A number that is written already, with what stands behind a difference."""
        words = self.one if text == "1" else self.many
        return text if text == MISSING or not words else f"{text} {words}"

    @classmethod
    def of_target(cls, name: str, deviation: float) -> Unit:
        """The unit ``name`` of a target that varies by ``deviation``: three digits of that are written."""
        digits = max(0, 2 - math.floor(math.log10(deviation))) if deviation > 0 else 3
        return cls(1.0, name, name, name, digits)


PERCENT = Unit(100.0, "%", "point", "points", 1)
NATS = Unit(1.0, "nats", "nat", "nats")
PLAIN = Unit()
