"""What was read from another program's study. It is kept beside our own trials and never counts as one of them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass, replace
from typing import Any, Literal, get_args

from study.errors import InputError
from study.records.parameters import Parameter, Setting, Value
from study.words import LONGEST, NAME, NAME_RULE, clean, option

State = Literal["complete", "pruned", "failed", "running", "waiting"]
Direction = Literal["maximize", "minimize"]

# Bounds on what is read: far above any study, far below what fills a memory.
MOST_TRIALS = 100_000
MOST_PARAMETERS = 1000
MOST_CHOICES = 1000
MOST_STEPS = 100_000


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run of a table came to on each part, in the unit of the objective; None where that was not recorded.

    ``replicate`` is what the table says of its seed, empty where it says nothing. A run has ``diverged`` where one of
    its values was recorded as not finite.
    """

    train: float | None
    validation: float | None
    test: float | None
    replicate: str = ""
    diverged: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError for what there is not: the store may have been damaged."""
        for value in (self.train, self.validation, self.test):
            if value is not None and number(value) is None:
                raise ValueError("what a run came to is no finite number")


@dataclass(frozen=True, slots=True)
class Design:
    """What the user said of a table of runs: the ordered ``axis``, and how runs are compared along it.

    ``replicate`` is the column of seeds, empty without one; ``replicates`` the user's word that without it runs of the
    same setting are replicates. ``margin`` is the difference that does not matter and ``chance`` what guessing comes
    to, in the unit of the values, None where that was not said; ``reading`` where runs with epochs were read;
    ``running`` says that training values are known to be running averages.
    """

    axis: str
    replicate: str
    replicates: bool
    margin: float | None
    chance: float | None
    reading: str
    running: bool = False


@dataclass(frozen=True, slots=True)
class ForeignTrial:
    """One trial of another program.

    ``value`` is its objective, None where there is no finite one; that of a ``pruned`` trial is the last one before
    it was stopped. ``curve`` has a step and a value for each report that the engine kept, in order; empty where it
    kept none. ``reason`` says why there is no value, as far as the engine does. ``measured`` is there in a table of
    runs.
    """

    number: int
    setting: Setting
    state: State
    value: float | None
    reason: str = ""
    curve: tuple[tuple[int, float], ...] = ()
    measured: Measured | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for what there is not: the store may have been damaged."""
        if self.state not in get_args(State):
            raise ValueError(f"a trial is in the state {self.state!r}")
        if type(self.number) is not int or not isinstance(self.reason, str):
            raise ValueError("the number of a trial is none, or its reason is no text")
        if self.value is not None and number(self.value) is None:
            raise ValueError(f"the value of trial {self.number} is no finite number")
        if strange := [name for name, value in self.setting.items() if not isinstance(value, bool | int | float | str)]:
            raise ValueError(f"trial {self.number} has no plain value for {strange[0]!r}")


@dataclass(frozen=True, slots=True)
class ForeignStudy:
    """A study of another program: ``name`` in our store, ``original`` where it came from.

    ``version`` is that of the engine, empty where it left none. ``objective`` is what the engine calls the value that
    was to be made large or small (``direction``); nothing says that it is an accuracy. ``also_recorded`` are the names
    of other metrics that the engine kept; ``notes`` say what could not be taken over as it was. ``budget`` is the name
    in the settings of how long a trial was trained, where the engine gave trials more and less; else empty. ``design``
    is there where the trials are runs of a table.
    """

    name: str
    engine: str
    version: str
    original: str
    objective: str
    direction: Direction
    parameters: tuple[Parameter, ...]
    trials: tuple[ForeignTrial, ...]
    also_recorded: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    budget: str = ""
    design: Design | None = None

    @property
    def measured_values(self) -> list[float]:
        """What the runs of a table came to, on any part."""
        measured = [trial.measured for trial in self.trials if trial.measured is not None]
        return [v for one in measured for v in (one.train, one.validation, one.test) if v is not None]

    @property
    def shares(self) -> bool:
        """Whether everything that was measured lies from 0 to 1 and is to be maximized."""
        return self.direction == "maximize" and all(0 <= value <= 1 for value in self.measured_values)

    @property
    def label(self) -> str:
        """The engine with its version, as people write it."""
        return f"{self.engine} {self.version}".strip()

    @property
    def complete(self) -> tuple[ForeignTrial, ...]:
        """The trials that ran to their end and have a value."""
        return tuple(trial for trial in self.trials if trial.state == "complete" and trial.value is not None)

    @property
    def budgets(self) -> dict[float, tuple[ForeignTrial, ...]]:
        """The complete trials of each budget, the smallest first; empty where all trials had the same."""
        spent = [number(trial.setting.get(self.budget)) or 0.0 for trial in self.complete] if self.budget else []
        return {
            one: tuple(trial for trial, other in zip(self.complete, spent, strict=True) if one == other)
            for one in sorted(set(spent))
        }

    @property
    def compared(self) -> tuple[ForeignTrial, ...]:
        """The complete trials that can be compared: those of the largest budget."""
        return list(self.budgets.values())[-1] if self.budgets else self.complete

    @property
    def best(self) -> ForeignTrial | None:
        """The one with the best value among those that can be compared, the first of equals; None without any."""
        sign = 1 if self.direction == "maximize" else -1
        return max(self.compared, key=lambda trial: sign * (trial.value or 0.0), default=None)

    def count(self, *states: State) -> int:
        """How many trials are in one of ``states``."""
        return sum(trial.state in states for trial in self.trials)

    def to_dict(self) -> dict[str, Any]:
        """Everything that the rows of the trials do not hold, as plain JSON types; :meth:`from_dict` takes it back."""
        values = {field: getattr(self, field) for field in ("engine", "version", "original", "objective", "direction")}
        parameters = [asdict(parameter) for parameter in self.parameters]
        said = {"also_recorded": self.also_recorded, "notes": self.notes, "budget": self.budget}
        if self.design is None:
            return {**values, "parameters": parameters, **said}
        measured = [None if trial.measured is None else astuple(trial.measured) for trial in self.trials]
        return {**values, "parameters": parameters, **said, "design": asdict(self.design), "measured": measured}

    @classmethod
    def from_dict(cls, name: str, values: Mapping[str, Any], trials: tuple[ForeignTrial, ...]) -> ForeignStudy:
        """Rebuild a study from :meth:`to_dict` after a round trip through JSON."""
        design = None if values.get("design") is None else Design(**values["design"])
        if design is not None:
            measured = zip(trials, values["measured"], strict=True)
            trials = tuple(replace(trial, measured=one and Measured(*one)) for trial, one in measured)
        plain = {field: str(values[field]) for field in ("engine", "version", "original", "objective")}
        return cls(
            name,
            **plain,
            direction="minimize" if values["direction"] == "minimize" else "maximize",
            parameters=tuple(_parameter(one) for one in values["parameters"]),
            trials=trials,
            also_recorded=tuple(values["also_recorded"]),
            notes=tuple(values["notes"]),
            budget=str(values.get("budget", "")),
            design=design,
        )


def _parameter(values: Mapping[str, Any]) -> Parameter:
    condition = values["condition"]
    changed = {
        "values": tuple(values["values"]),
        "condition": None if condition is None else (condition[0], tuple(condition[1])),
    }
    return Parameter(**{**values, **changed})


def plain(value: Any) -> Value:
    """A foreign value as one of ours; what is no finite number, word or switch becomes its text."""
    if isinstance(value, bool) or (isinstance(value, int) and abs(value) < 2**63):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return clean(value if isinstance(value, str) else json.dumps(value, default=str))


def number(value: Any) -> float | None:
    """A finite number as a float, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def store_name(asked: str | None, original: str) -> str:
    """What the store shall call a foreign study: as ``asked``, else what its own name leaves of a study's name.

    Raises :class:`InputError` for an asked name that no study can have.
    """
    if asked is not None:
        if not NAME.fullmatch(asked):
            raise InputError(f"{option('name')} {clean(asked)!r}: expected a study name of {NAME_RULE}.")
        return asked
    allowed = re.sub(r"[^A-Za-z0-9._ -]+", "-", original[:LONGEST]).strip("._ -")[:80]
    return allowed or "imported"


def unique_values(values: list[Value]) -> tuple[Value, ...]:
    """``values`` without what stands there twice; True is not 1, and 1 is not 1.0."""
    return tuple({(type(value), value): value for value in values}.values())
