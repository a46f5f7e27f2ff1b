"""What another program logged of one run: as a file holds it, and the curves that are judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Unit = Literal["epoch", "step", "record"]
Measured = Literal["running average", "clean", "not said"]


@dataclass(frozen=True, slots=True)
class Series:
    """One logged quantity: ``places`` (n,) in order, ``values`` (n,); NaN or infinite where it was logged as that."""

    places: Floats
    values: Floats


@dataclass(frozen=True, slots=True)
class LoggedRun:
    """One run as a file holds it: ``series`` by the names that they have there, at places counted in ``unit``.

    ``name`` tells runs apart, ``kind`` says what wrote it, as people call that. ``running`` are the series that are
    known to be running averages over an epoch, measured while the network still changed and with dropout on. ``notes``
    say what was guessed, shifted or lost.
    """

    name: str
    kind: str
    unit: Unit
    series: Mapping[str, Series]
    running: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunCurves:
    """The curves of one run, at E records that all of them have: each (E,), None where it was not logged.

    ``places`` (E,) are whole numbers in ``unit``, ascending from 1 or more. Losses are in the unit of their program,
    accuracies in [0, 1]; training loss is NaN where it was not finite, validation loss too. ``measured`` says how the
    values on the training part came about; only ``clean`` ones can be compared with validation. ``columns`` are the
    names in the file by what they were taken for.
    """

    name: str
    kind: str
    unit: Unit
    places: NDArray[np.int64]
    train_loss: Floats | None
    validation_loss: Floats | None
    train_accuracy: Floats | None
    validation_accuracy: Floats | None
    measured: Measured
    columns: Mapping[str, str]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Number of records E."""
        return len(self.places)
