"""Looks between replicates: what a study whose replicates are decided as it goes found each time, and went on with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Ending = Literal["settled", "most", "budget", "clock"]
"""Why a panel ends: nothing can change what is said of it, or its replicates, the study's trials or the time are used
up."""
ENDINGS: tuple[Ending, ...] = get_args(Ending)


@dataclass(frozen=True, slots=True)
class Look:
    """What was decided of a panel when all runs of its first ``replicates`` had ended.

    ``going_on`` are the names of the cells that run again, up to the next look; without any the panel ends, for
    ``ending``, which is None else.
    """

    panel: str
    replicates: int
    going_on: tuple[str, ...] = ()
    ending: Ending | None = None

    def __post_init__(self) -> None:
        if bool(self.going_on) == (self.ending is not None):
            raise ValueError(f"a look at {self.panel!r} says both why it ends and what goes on, or neither")
