"""Where trials run: the seam between the coordinator and the machines.

An executor takes trials and gives back outcomes in any order. It never retries and never writes: what a crash
means is the coordinator's decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from study.records import Result, Trial


@dataclass(frozen=True, slots=True)
class Crash:
    """A trial whose worker died, or that raised something nobody foresaw."""

    trial: Trial
    reason: str


Outcome = Result | Crash


class Executor(Protocol):
    """Runs trials somewhere."""

    def submit(self, trial: Trial) -> None:
        """Queue a trial; returns at once."""

    def wait(self, timeout: float) -> list[Outcome]:
        """Outcomes that have arrived, after at most ``timeout`` seconds; may be empty."""

    def running(self) -> tuple[Trial, ...]:
        """The trials that are being trained right now."""

    def close(self) -> None:
        """Stop at once; whatever runs is lost."""
