"""What a reader of arrays or images finds in a file or folder."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Items:
    """Items ``x`` (n, ...) with their labels ``y`` (n,) as they were given, and the places that errors name."""

    x: NDArray[np.generic]
    y: NDArray[np.generic]
    where: str
    where_labels: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file or folder holds: ``train``, perhaps a ``test`` set, and sentences on what was passed by."""

    train: Items
    test: Items | None = None
    notes: tuple[str, ...] = ()
