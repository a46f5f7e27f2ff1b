"""The seam between a search and the tuners: questions and answers, and what drives an engine through them."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Protocol

from threadpoolctl import threadpool_limits

from study.errors import DepthgaugeError, StudyError
from study.records.parameters import Parameter, Setting, Value, check_setting

SAME = 1e-6  # relative; another processor's rounding may move the optimum that a Gaussian process finds by less


@dataclass(frozen=True, slots=True)
class Asked:
    """A setting was proposed. Numbers count 0, 1, 2 ... in the order of asking."""

    number: int
    setting: Setting


@dataclass(frozen=True, slots=True)
class Told:
    """The trial came back with a value, larger is better; or it failed (None)."""

    number: int
    value: float | None


Event = Asked | Told


class Wait(Enum):
    """Answer of a proposer that cannot go on before a pending trial is told."""

    WAIT = "wait"


WAIT: Final = Wait.WAIT


class Proposer(Protocol):
    """Proposes settings and learns from values. Driven from one thread."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """Every setting of the engine and the versions it ran with, JSON-able: recorded with the study."""

    @property
    def pending(self) -> Mapping[int, Setting]:
        """What was asked and not yet told, by number."""

    def ask(self) -> Setting | Wait | None:
        """The next setting; it may equal an earlier one.

        WAIT, only while trials are pending: ask again once one of them is told. None: there is no further setting.
        Neither counts as an event. Raises StudyError where the engine fails.
        """

    def tell(self, number: int, value: float | None) -> None:
        """What came of a pending setting: a finite value, larger is better, or None for a failure.

        Raises StudyError where ``number`` is not pending, ``value`` is not finite, or the engine fails.
        """


class Engine(Protocol):
    """One tuner behind a proposer. It may trust its caller: numbers are pending and values finite."""

    parameters: tuple[Parameter, ...]  # what its settings are made of
    settings: dict[str, Any]
    algebra: bool  # fits a model by linear algebra, whose last digits depend on the number of threads

    def ask(self, number: int) -> Setting | Wait | None:
        """As a proposer's; ``number`` is the one that a setting gets."""

    def tell(self, number: int, value: float | None) -> None:
        """As a proposer's."""


class Driven:
    """Counts, validates, replays and explains for an engine, so that engines need not."""

    def __init__(self, name: str, engine: Engine) -> None:
        self.settings: Mapping[str, Any] = {"proposer": name, **engine.settings}
        self.pending: dict[int, Setting] = {}
        self._name = name
        self._engine = engine
        self._asked = 0

    def ask(self) -> Setting | Wait | None:
        one_thread = threadpool_limits(1) if self._engine.algebra else contextlib.nullcontext()
        with explained(self._name), one_thread:
            setting = self._engine.ask(self._asked)
            if isinstance(setting, dict):
                check_setting(self._engine.parameters, setting)
        if isinstance(setting, dict):
            self.pending[self._asked] = setting
            self._asked += 1
            return dict(setting)
        return setting

    def tell(self, number: int, value: float | None) -> None:
        if number not in self.pending:
            raise StudyError(
                f"proposer {self._name} was told trial {number}; expected one of the pending ones "
                f"({', '.join(map(str, self.pending)) or 'none'}). Tell each trial once, after asking for it"
            )
        if value is not None and not math.isfinite(value):
            raise StudyError(
                f"proposer {self._name} was told {value} for trial {number}; expected a finite number, or None "
                "for a trial that failed"
            )
        with explained(self._name):
            self._engine.tell(number, None if value is None else float(value))
        del self.pending[number]

    def replay(self, history: Sequence[Event], recorded: Mapping[str, Any]) -> None:
        """Go through ``history`` again. Raises StudyError where the engine does not propose what stands there."""
        for event in history:
            if isinstance(event, Told):
                self.tell(event.number, event.value)
                continue
            if event.number != self._asked:
                raise StudyError(
                    f"the recorded history of proposer {self._name} asks for trial {event.number} where "
                    f"{self._asked} was expected; it is incomplete, so start this search again"
                )
            if not _same(found := self.ask(), event.setting):
                raise StudyError(self._mismatch(event, found, recorded))
            self.pending[event.number] = dict(event.setting)

    def _mismatch(self, event: Asked, found: Setting | Wait | None, recorded: Mapping[str, Any]) -> str:
        then, now = recorded.get("versions", {}), self.settings["versions"]
        changed = {package: then[package] for package in now if then.get(package, now[package]) != now[package]}
        if changed:
            installed = ", ".join(f"{package} {now[package]}" for package in changed)
            cause = f"It was recorded with {_listed(changed)}, and {installed} is installed"
            remedy = f"pip install {' '.join(f'{p}=={v}' for p, v in changed.items())} to continue"
        else:
            cause = f"Installed is {_listed(now)}" + (", as it was then" if then else "")
            remedy = "continue with the space, seed, depthgauge version and machine that it was recorded with"
        return (
            f"proposer {self._name} does not repeat the recorded search: trial {event.number} was {event.setting}, "
            f"and now is {found}. {cause}; {remedy}, or start a new study"
        )


def _listed(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{package} {version}" for package, version in versions.items())


def _same(found: Setting | Wait | None, recorded: Setting) -> bool:
    """Whether two settings are equal but for rounding."""
    if not isinstance(found, dict) or found.keys() != recorded.keys():
        return False
    return all(_same_value(value, recorded[name]) for name, value in found.items())


def _same_value(found: Value, recorded: Value) -> bool:
    if isinstance(found, float) and isinstance(recorded, float):
        return math.isclose(found, recorded, rel_tol=SAME, abs_tol=1e-12)
    return type(found) is type(recorded) and found == recorded


@contextlib.contextmanager
def explained(name: str) -> Iterator[None]:
    """Turn whatever an engine raises into a StudyError that names the proposer."""
    try:
        yield
    except DepthgaugeError:
        raise
    except Exception as error:
        raise StudyError(
            f"the proposer {name} failed: {type(error).__name__}: {error}. What is recorded is kept; choose another "
            'proposer in [search], such as "optuna:random"'
        ) from error
