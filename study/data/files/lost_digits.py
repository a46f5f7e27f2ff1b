"""Numbers of more digits than float64 holds, where these digits are all that tells them apart."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from study.data.files.cell_words import is_number
from study.errors import DataError
from study.words import shortened

if TYPE_CHECKING:
    import pandas

BITS = 20  # that have to be kept of a column's range: a millionth


def suspects(frame: pandas.DataFrame) -> list[str]:
    """The columns of float64 whose values lie so close together that float64 may have rounded off what differs."""
    floats = frame.select_dtypes("float64")
    x: NDArray[np.float64] = floats.to_numpy()
    if not x.size:
        return []
    low, high = np.fmin.reduce(x, axis=0), np.fmax.reduce(x, axis=0)
    with np.errstate(invalid="ignore", over="ignore"):
        close = high - low < 2.0 ** (BITS - 53) * np.fmax(np.abs(low), np.abs(high))
    return [str(name) for name in floats.columns[close & np.isfinite(low) & np.isfinite(high)]]


def check_digits(path: Path, name: str, cells: Iterable[object]) -> None:
    """Raise :class:`DataError` where ``cells``, numbers with all their digits, differ and float64 may not tell how."""
    exact = {Decimal(str(cell).strip()) for cell in cells if isinstance(cell, Decimal) or is_number(str(cell))}
    span = max(exact) - min(exact) if exact else Decimal(0)
    if span and any(abs(Decimal(float(one)) - one) * 2**BITS > span for one in exact):
        shown = " and ".join(shortened(str(one)) for one in sorted(exact)[:2])
        raise DataError(
            f"{path}: column {name!r}: expected numbers that 16 digits tell apart, found such as {shown}. Take off "
            "what they have in common, and save the differences."
        )
