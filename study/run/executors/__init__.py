"""Where trials run: the seam between the coordinator and the machines.

An executor takes trials and gives back outcomes in any order. It never retries and never writes: what a crash
means is the coordinator's decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from study.records.trials import Result, Trial
from study.words import option

Cause = Literal["crash", "limit", "machine"]


@dataclass(frozen=True, slots=True)
class Crash:
    """A trial without a result, and whose fault that is.

    ``crash``: its worker died, or it raised something nobody foresaw. ``limit``: it was stopped at one of the
    :class:`Limits`. ``machine``: the machine that it ran on was lost, or its worker before it began, which says nothing
    about the trial.
    """

    trial: Trial
    reason: str
    cause: Cause = "crash"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a trial may take before it is stopped; None is no limit.

    ``seconds`` count from its start in a worker, compilation included. ``memory`` in MB is what it may add to its
    worker, so that a trial does not answer for what ran there before.
    """

    seconds: float | None = None
    memory: int | None = None

    @property
    def too_long(self) -> str:
        """The reason of a trial that was stopped for its time."""
        return f"stopped after {self.seconds:g} s ({option('trial_timeout')})"

    @property
    def too_large(self) -> str:
        """The reason of a trial that was stopped for its memory."""
        return f"stopped when it had taken more than {self.memory:,} MB of memory ({option('trial_memory')})"


Outcome = Result | Crash


class Executor(Protocol):
    """Runs trials somewhere."""

    @property
    def workers(self) -> int:
        """How many trials it can run at once."""

    def submit(self, trial: Trial) -> None:
        """Queue a trial; returns at once."""

    def wait(self, timeout: float) -> list[Outcome]:
        """Outcomes that have arrived, after at most ``timeout`` seconds; may be empty."""

    def running(self) -> tuple[Trial, ...]:
        """The trials that are being trained right now."""

    def close(self) -> None:
        """Stop at once; whatever runs is lost."""
