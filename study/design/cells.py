"""Nuisance hyperparameters as the parameters of a proposer, and a proposer's setting back as a network."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from study.design.space import NetworkSpec, configure, effective_widths
from study.design.spec import PATIENCE, Dimension
from study.records.parameters import Parameter, Setting, Value, is_active
from study.records.trials import SEARCH_REPLICATE, Configuration, Proposal, Trial
from study.words import value_text

WHOLE = ("depth", "width", "batch_size", "samples", "epochs")
CONTINUOUS = ("dropout", "l2", "learning_rate", "label_noise")


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination of scientific values, and what is tuned for it.

    ``name`` tells it from the other cells, ``value`` is its place on the axis, None for all training samples and where
    there is no axis. ``fixed`` are the values of the network that are not tuned. ``readings`` are the readings that a
    search may choose from; with one, and without ``parameters``, there is nothing to search. It is searched ``repeats``
    times, and ``trials`` is the most that all of its searches take together.
    """

    name: str
    value: float | None
    fixed: Mapping[str, Any]
    parameters: tuple[Parameter, ...]
    readings: tuple[str, ...]
    trials: int
    repeats: int = 1

    @property
    def tuned(self) -> bool:
        """Whether there is anything to choose."""
        return bool(self.parameters) or len(self.readings) > 1

    @property
    def searches(self) -> tuple[PlannedSearch, ...]:
        """Its searches, which share its trials evenly; none where nothing is tuned."""
        share, rest = divmod(self.trials, self.repeats)
        return tuple(PlannedSearch(self, n, share + (n < rest)) for n in range(self.repeats * self.tuned))

    def configuration(self, setting: Setting) -> Configuration:
        """The network to train for one setting of the parameters. Raises ValueError where the values make none."""
        values: dict[str, Any] = {**self.fixed}
        layers = [value for name, value in setting.items() if name.startswith(_LAYER)]
        if any(parameter.name.startswith(_LAYER) for parameter in self.parameters):
            values |= {"hidden": layers, "profile": "constant"}
        for name, value in setting.items():
            if not name.endswith(_SWITCH) and not name.startswith(_LAYER):
                values[name] = value
            elif value is False:
                values[name.removesuffix(_SWITCH)] = 0.0
        return configure(NetworkSpec.model_validate(values))


@dataclass(frozen=True, slots=True)
class PlannedSearch:
    """One search of a cell: the ``number``-th, counted from 0, with ``trials`` trials at most.

    Its winner is run again at the replicates ``number``, ``number + repeats`` and so on: see :class:`Cell`.
    """

    cell: Cell
    number: int
    trials: int

    @property
    def name(self) -> str:
        """What it is remembered under; its proposals are drawn by this name, so that no two searches are alike."""
        return self.cell.name if self.cell.repeats == 1 else f"{self.cell.name}, search {self.number + 1}"

    def trial(self, setting: Setting) -> Trial:
        """What it runs for a setting, on a split of its own. Raises ValueError as :meth:`Cell.configuration`."""
        return Trial(self.cell.configuration(setting), SEARCH_REPLICATE + self.number)

    def is_over(self, asked: int, pending: int, *, exhausted: bool) -> bool:
        """Whether nothing will be asked any more, and everything asked is answered."""
        return not pending and asked > 0 and (asked >= self.trials or exhausted)

    def has_searched(self, proposals: Sequence[Proposal]) -> bool:
        """Whether it is over, by all its ``proposals``."""
        pending = sum(p.setting is not None and p.told is None for p in proposals)
        return self.is_over(len(proposals), pending, exhausted=any(p.setting is None for p in proposals))


_SWITCH, _LAYER = "_on", "width_"


def parameters(dimensions: Mapping[str, Dimension], fixed: Mapping[str, Any]) -> tuple[Parameter, ...]:
    """What a proposer has to choose; parents stand before the parameters that depend on them.

    Raises ValueError for a range that the hyperparameter cannot have.
    """
    found: list[Parameter] = []
    free = fixed["profile"] == "free"
    for name, dimension in dimensions.items():
        if name == PATIENCE or (name == "width" and free):
            continue
        if dimension.zero:
            found.append(Parameter(name + _SWITCH, "choice", values=(False, True)))
        found.append(_parameter(name, dimension))
    if free and "width" in dimensions:
        found += _layers(dimensions["width"], found, fixed)
    return tuple(found)


def _parameter(name: str, dimension: Dimension) -> Parameter:
    if dimension.values is not None:
        return Parameter(name, "choice", values=tuple(_choice(name, value) for value in dimension.values))
    assert dimension.low is not None and dimension.high is not None
    if name not in WHOLE + CONTINUOUS:
        raise ValueError(f"{name} has no range: give values in place of low and high")
    condition = (name + _SWITCH, (True,)) if dimension.zero else None
    if name in CONTINUOUS:
        return Parameter(name, "float", dimension.low, dimension.high, dimension.log, condition=condition)
    if dimension.zero:
        raise ValueError(f"zero = true is for {', '.join(CONTINUOUS[:2])} and other rates, not for {name}")
    if int(dimension.low) != dimension.low or int(dimension.high) != dimension.high:
        raise ValueError(
            f"low and high of {name} must be whole numbers, found {value_text(dimension.low)} and "
            f"{value_text(dimension.high)}"
        )
    return Parameter(name, "int", int(dimension.low), int(dimension.high), dimension.log)


def _layers(width: Dimension, others: list[Parameter], fixed: Mapping[str, Any]) -> list[Parameter]:
    """One width a layer; where depth is tuned too, a layer's width is there only where the layer is."""
    depth = next((p for p in others if p.name == "depth"), None)
    if depth is None:
        depths: tuple[Value, ...] = (fixed["depth"],)
    else:
        depths = depth.values or tuple(range(int(depth.low or 0), int(depth.high or 0) + 1))
    deepest = max(int(d) for d in depths)
    layers = []
    for layer in range(1, deepest + 1):
        has_it = tuple(d for d in depths if int(d) >= layer)
        one = _parameter("width", width)
        condition = ("depth", has_it) if depth is not None and len(has_it) < len(depths) else None
        layers.append(
            Parameter(f"{_LAYER}{layer}", one.kind, one.low, one.high, one.log, one.values, condition=condition)
        )
    return layers


def _choice(name: str, value: Any) -> Value:
    """A value that is a plain number, word or switch; widths in the way people write them."""
    if name == "hidden":
        try:
            return "-".join(map(str, effective_widths(NetworkSpec.model_validate({"hidden": value}))))
        except ValidationError:
            raise ValueError(f'hidden: expected widths such as "128-64" or "4x128", found {value!r}') from None
    if name in WHOLE and isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool | int | float | str):
        return value
    raise ValueError(f"{name} can be tuned over single values, found {value!r}")


def middle(parameters: Sequence[Parameter]) -> Setting:
    """A setting in the middle of the space: half-way on each parameter's own scale, the first of the conditions."""
    setting: Setting = {}
    for parameter in parameters:
        if not is_active(parameter, setting):
            continue
        if parameter.kind == "choice":
            setting[parameter.name] = parameter.values[len(parameter.values) // 2]
            continue
        low, high = parameter.bounds
        half = math.sqrt(low) * math.sqrt(high) if parameter.log else (low + high) / 2
        setting[parameter.name] = round(half) if parameter.kind == "int" else half
    return setting
