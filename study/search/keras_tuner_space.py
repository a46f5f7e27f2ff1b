"""Hyperparameters as KerasTuner writes them down -> our parameters. KerasTuner itself is not imported."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from study.records.imported import MOST_CHOICES, plain, unique_values
from study.records.parameters import Parameter, Value, contains
from study.words import clean


def parameter_of(item: Any, before: Mapping[str, Parameter]) -> tuple[Parameter, bool]:
    """One entry of the space, and whether it has a step that is lost."""
    kind, config = item["class_name"], item["config"]
    name, condition = clean(config["name"]), _condition(config.get("conditions") or [], before)
    if kind in ("Int", "Float"):
        low, high, step = config["min_value"], config["max_value"], config.get("step")
        log = config.get("sampling") == "log"
        if isinstance(step, int | float) and not isinstance(step, bool) and step > 0 and not log:
            high = low + math.floor((high - low) / step + 1e-9) * step  # the last value that it can take
        lossy = step is not None and not (kind == "Int" and step == 1)
        if kind == "Int":
            return Parameter(name, "int", int(low), int(high), log, condition=condition), lossy
        return Parameter(name, "float", float(low), float(high), log, condition=condition), lossy
    if kind == "Choice":
        values = unique_values([plain(value) for value in islice(config["values"], MOST_CHOICES)])
    elif kind == "Boolean":
        values = (False, True)
    elif kind == "Fixed":
        values = (plain(config["value"]),)
    else:
        raise ValueError(f"the kind {clean(kind)!r}")
    return Parameter(name, "choice", values=values, condition=condition), False


def _condition(conditions: Sequence[Any], before: Mapping[str, Parameter]) -> tuple[str, tuple[Value, ...]] | None:
    """The innermost condition; the outer ones are those of its parent. Values the parent never has are left out."""
    if not conditions:
        return None
    config = conditions[-1]["config"]
    parent = before[clean(config["name"])]
    values = unique_values([plain(value) for value in islice(config["values"], MOST_CHOICES)])
    possible = parent.options
    if possible is not None:
        values = tuple(value for value in values if contains(possible[:MOST_CHOICES], value))
    return (parent.name, values) if values else None


def merged(one: Parameter, other: Parameter) -> Parameter:
    """A name that the model asks for in several scopes: all its values, wherever one of the conditions holds."""
    if one.kind != other.kind:
        raise ValueError(f"{one.name} is both {one.kind} and {other.kind}")
    condition = None
    if one.condition and other.condition and one.condition[0] == other.condition[0]:
        condition = (one.condition[0], unique_values([*one.condition[1], *other.condition[1]]))
    if one.kind == "choice":
        return Parameter(one.name, "choice", values=unique_values([*one.values, *other.values]), condition=condition)
    low, high = min(one.bounds[0], other.bounds[0]), max(one.bounds[1], other.bounds[1])
    return Parameter(one.name, one.kind, low, high, one.log and other.log, condition=condition)
