"""What a network sees of a row: a table's columns become features, and features become inputs of a common scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas

    from study.data.origin import Origin

MISSING = "(missing)"  # the category of a cell of text that is empty


@dataclass(frozen=True, slots=True)
class Columns:
    """How a row of a table becomes features: the numeric columns, then each category of each categorical column.

    ``categorical`` holds names and the categories that the training part has, in the order of the features; an empty
    cell is the category :data:`MISSING`. ``target`` is the column of the labels, which is no feature.
    """

    target: str
    numeric: tuple[str, ...]
    categorical: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features (F,): ``age``, ``city = Rome``."""
        return (*self.numeric, *(f"{name} = {one}" for name, categories in self.categorical for one in categories))

    @property
    def indicators(self) -> tuple[tuple[str, slice], ...]:
        """Each categorical column with the features that are its categories."""
        found, start = [], len(self.numeric)
        for name, categories in self.categorical:
            found.append((name, slice(start, start + len(categories))))
            start += len(categories)
        return tuple(found)

    def encode(self, frame: pandas.DataFrame, origin: Origin | None = None) -> NDArray[np.float32]:
        """Features (n, F) of a table that has these columns, from where they begin in the data set.

        An empty numeric cell is NaN. A category that the training part does not have is 0 in all features of its
        column. Raises :class:`ValueError` for a numeric column that holds text.
        """
        x = np.zeros((len(frame), len(self.features)), np.float32)
        matrix = numeric_matrix(frame, self.numeric)
        for place, name in enumerate(self.numeric if matrix is None else ()):
            values, missing = numbers(frame[name])
            with np.errstate(over="ignore"):
                x[:, place] = values if origin is None else origin.reduce(values, place)
            if missing is not None:
                x[missing, place] = np.nan
        if matrix is not None and self.numeric:
            with np.errstate(over="ignore"):
                x[:, : len(self.numeric)] = matrix if origin is None else origin.apply(matrix)
        if self.categorical and len(frame):
            from sklearn.preprocessing import OneHotEncoder

            names = [name for name, _ in self.categorical]
            categories = [np.array(known, object) for _, known in self.categorical]
            encoder = OneHotEncoder(
                categories=categories, handle_unknown="ignore", sparse_output=False, dtype=np.float32
            )
            encoder.fit(np.array([[known[0] for known in categories]], object))
            x[:, len(self.numeric) :] = encoder.transform(np.stack([texts(frame[name]) for name in names], axis=1))
        return x


def numbers(column: pandas.Series) -> tuple[NDArray[np.generic], NDArray[np.bool_] | None]:
    """A numeric column's cells (n,) with all their digits, and which are missing where that is not said by NaN.

    Whole numbers stay whole: float64 would round those of more than 16 digits.
    """
    if str(column.dtype) in ("Int64", "UInt64"):
        missing = column.isna().to_numpy(bool)
        known = column.dropna()
        filling = known.iloc[0] if len(known) else 0
        return column.fillna(filling).to_numpy(str(column.dtype).lower()), missing if missing.any() else None
    if column.dtype in (np.int64, np.uint64):
        return column.to_numpy(), None
    return column.to_numpy(np.float64, na_value=np.nan), None


def numeric_matrix(frame: pandas.DataFrame, names: tuple[str, ...]) -> NDArray[np.float64] | None:
    """The cells (n, len(names)) of numeric columns at once, as float64; None where that would not hold all of them.

    A column at a time takes a millisecond, of which a table of 100,000 columns has too many.
    """
    kinds = set(frame.dtypes[list(names)])
    if not kinds <= {np.dtype(np.float64), np.dtype(np.int64), np.dtype(bool)}:
        return None
    some = frame[list(names)]
    found: NDArray[np.float64] = some.to_numpy(np.float64)
    if np.dtype(np.int64) in kinds and np.abs(found).max(initial=0, where=~np.isnan(found)) >= 2**53:
        return None
    return found


def texts(column: pandas.Series) -> NDArray[np.object_]:
    """A column's cells (n,) as text, :data:`MISSING` where they are empty."""
    return np.asarray(column.astype(object).where(column.notna(), MISSING).astype(str).to_numpy(object))
