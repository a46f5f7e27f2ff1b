"""The space as a proposer sees it: named parameters with bounds, some of them conditional. Nothing here knows a tuner.

A *setting* holds a value for each active parameter and for no other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from study.errors import SpecError

LARGEST = 10**300  # of a whole number that is computed with

Value = int | float | str | bool
Setting = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One dimension of the space.

    ``int`` and ``float`` lie in [``low``, ``high``], both inclusive, and are searched on a log scale with ``log``
    (``low`` > 0); a ``choice`` is one of ``values``. With ``condition`` it is active only where the parameter
    ``condition[0]``, which stands before it, is active and has one of the values ``condition[1]``.
    """

    name: str
    kind: Literal["int", "float", "choice"]
    low: float | None = None
    high: float | None = None
    log: bool = False
    values: tuple[Value, ...] = ()
    condition: tuple[str, tuple[Value, ...]] | None = None

    @property
    def bounds(self) -> tuple[float, float]:
        """``low`` and ``high`` of an int (as ints) or a float (as floats). Raises ValueError for a choice."""
        if self.low is None or self.high is None:
            raise ValueError(f"{self.name} is a choice and has no bounds")
        return (int(self.low), int(self.high)) if self.kind == "int" else (float(self.low), float(self.high))

    @property
    def options(self) -> Sequence[Value] | None:
        """All values, smallest or first listed first; None for a continuous range and for ints on a log scale."""
        if self.kind == "choice":
            return self.values
        low, high = self.bounds
        if low == high:
            return (low,)
        return range(int(low), int(high) + 1) if self.kind == "int" and not self.log else None


def check_parameters(parameters: Sequence[Parameter]) -> None:
    """Raise SpecError where ``parameters`` are no space: bounds, values, names and conditions must fit together."""
    if not parameters:
        raise SpecError("expected at least one parameter to search, found none; add one to [space]")
    before: dict[str, Parameter] = {}
    for parameter in parameters:
        if parameter.name in before:
            raise SpecError(f"two parameters are named {parameter.name!r}; give each a name of its own")
        if problem := _problem(parameter) or _condition_problem(parameter, before):
            raise SpecError(f"{parameter.name}: {problem}")
        before[parameter.name] = parameter


def active(parameters: Sequence[Parameter], setting: Mapping[str, Value]) -> tuple[Parameter, ...]:
    """The parameters whose conditions ``setting`` fulfils, in their order; an absent parent fulfils nothing."""
    found: dict[str, Parameter] = {}
    for parameter in parameters:
        if is_active(parameter, {name: setting[name] for name in found if name in setting}):
            found[parameter.name] = parameter
    return tuple(found.values())


def is_active(parameter: Parameter, before: Mapping[str, Value]) -> bool:
    """Whether ``parameter`` is active, given the values of all active parameters that stand before it."""
    if parameter.condition is None:
        return True
    parent, values = parameter.condition
    return parent in before and contains(values, before[parent])


def check_setting(parameters: Sequence[Parameter], setting: Mapping[str, Value]) -> None:
    """Raise ValueError, with the reason, unless ``setting`` gives just the active parameters a value in range."""
    expected = active(parameters, setting)
    names = {parameter.name for parameter in expected}
    if missing := [parameter.name for parameter in expected if parameter.name not in setting]:
        raise ValueError(f"expected a value for {', '.join(missing)}, found none")
    if extra := [name for name in setting if name not in names]:
        raise ValueError(f"{', '.join(extra)}: no active parameter here; expected just {', '.join(names)}")
    for parameter in expected:
        if problem := _value_problem(parameter, setting[parameter.name]):
            raise ValueError(f"{parameter.name} = {setting[parameter.name]!r}: {problem}")


def every_setting(parameters: Sequence[Parameter]) -> Iterator[Setting]:
    """Each distinct setting once, the last parameter varying fastest.

    Raises ValueError where a parameter has no finite list of values.
    """

    def extend(setting: Setting, rest: Sequence[Parameter]) -> Iterator[Setting]:
        if not rest:
            yield setting
        elif not is_active(rest[0], setting):
            yield from extend(setting, rest[1:])
        else:
            for value in rest[0].options or ():
                yield from extend({**setting, rest[0].name: value}, rest[1:])

    for parameter in parameters:
        if parameter.options is None:
            raise ValueError(f"{parameter.name} has no finite list of values")
    return extend({}, parameters)


def takes(parameter: Parameter, value: Value | None) -> bool:
    """Whether a value is of the parameter's kind: one of its choices, or a finite number, in its range or not."""
    if value is None:
        return False
    if parameter.kind == "choice":
        return contains(parameter.values, value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) if isinstance(value, float) else abs(value) < LARGEST


def contains(values: Sequence[Value], value: Value) -> bool:
    """Whether ``value`` is one of ``values`` and of its type: True is not 1, and 1 is not 1.0."""
    return any(value == other and type(value) is type(other) for other in values)


def _problem(parameter: Parameter) -> str:
    if parameter.kind == "choice":
        if not parameter.values:
            return "expected at least one value, found none"
        seen: set[Value] = set()
        for value in parameter.values:
            if value in seen:  # True counts as 1, 1 as 1.0
                return f"the value {value!r} stands there twice; list it once"
            seen.add(value)
        return ""
    if parameter.low is None or parameter.high is None:
        return "expected low and high; give both"
    if not (math.isfinite(parameter.low) and math.isfinite(parameter.high)):
        return f"expected finite bounds, found low = {parameter.low}, high = {parameter.high}"
    if parameter.low > parameter.high:
        return f"expected low <= high, found low = {parameter.low}, high = {parameter.high}; exchange them"
    if parameter.log and parameter.low <= 0:
        return f"a log scale has no {parameter.low}; set low above 0, or log = false"
    if parameter.kind == "int" and (parameter.low != int(parameter.low) or parameter.high != int(parameter.high)):
        return f"expected whole numbers, found low = {parameter.low}, high = {parameter.high}"
    return ""


def _condition_problem(parameter: Parameter, before: Mapping[str, Parameter]) -> str:
    if parameter.condition is None:
        return ""
    name, values = parameter.condition
    if name not in before:
        return f"it depends on {name!r}, which does not stand before it; list {name!r} first"
    if not values:
        return f"it depends on {name!r} but names no value of it, so it would never be active; name one"
    parent = before[name]
    known = {(type(value), value) for value in parent.values}
    for value in values:
        if (type(value), value) not in known and (problem := _value_problem(parent, value)):
            return f"it depends on {name} = {value!r}, which never happens: {problem}"
    return ""


def _value_problem(parameter: Parameter, value: Value) -> str:
    if parameter.kind == "choice":
        return "" if contains(parameter.values, value) else f"expected one of {list(parameter.values)}"
    types = int if parameter.kind == "int" else (int, float)
    low, high = parameter.bounds
    if isinstance(value, bool) or not isinstance(value, types):
        return f"expected {'a whole number' if parameter.kind == 'int' else 'a number'} in [{low}, {high}]"
    return "" if low <= value <= high else f"expected a number in [{low}, {high}]"
