"""How large the user's own data may be: beyond these sizes there is one clear line in place of a full memory."""

from __future__ import annotations

from study.errors import DataError

MAX_BYTES = 1_000_000_000  # of arrays, unpacked: each worker process holds them
MAX_TABLE_BYTES = 1_000_000_000  # of a table's file
MAX_CELLS = 50_000_000  # of a table
MAX_FEATURES = 200_000  # an image of 256 x 256 pixels in three colours has 196,608
MAX_CLASSES = 1_000
MAX_CATEGORIES = 100  # of one column of text


def check_bytes(amount: int, where: str) -> None:
    """Raise :class:`DataError` where arrays of ``amount`` bytes would be more than :data:`MAX_BYTES`."""
    if amount > MAX_BYTES:
        raise DataError(
            f"{where}: expected at most {MAX_BYTES / 1e6:,.0f} MB of unpacked values, found {amount / 1e6:,.0f} MB. "
            "Use a sample of the rows, smaller images, or uint8 in place of floats."
        )


def check_features(amount: int, where: str) -> None:
    """Raise :class:`DataError` where one item would have more than :data:`MAX_FEATURES` values, or none."""
    if not 1 <= amount <= MAX_FEATURES:
        raise DataError(
            f"{where}: expected items of 1 to {MAX_FEATURES:,} values, found {amount:,}. "
            "Make images smaller, or use fewer columns."
        )
