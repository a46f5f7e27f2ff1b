"""Columns that came as text: numbers among which some cells say that there is none, truth values, or words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from study.data.files.cell_words import EMPTY, EMPTY_LABELS, QUIET, TRUTH, WHOLE, is_empty, is_gap, is_number
from study.words import count, shortened

if TYPE_CHECKING:
    import pandas

SHOWN = 3  # gaps that a note lists
ROUNDED = 2**53  # whole numbers from here on are not the same in float64
LONGEST_WHOLE = 20  # characters of a whole number of 64 bits
WORD = "str"


def is_text(kind: object) -> bool:
    """Whether a column of a type holds text, or objects whose text it is to be read by."""
    from pandas.api.types import is_object_dtype, is_string_dtype

    return bool(is_object_dtype(kind) or is_string_dtype(kind))


def understood(column: pandas.Series, name: str) -> tuple[pandas.Series, str | None]:
    """A column of text as what it holds, an empty cell as a missing value, and a sentence where a gap was guessed.

    Among numbers, ``-``, ``?``, ``N/A`` and their like are gaps. Among words only those of
    :data:`~study.data.files.cell_words.EMPTY` are.
    """
    import pandas

    codes, different = pandas.factorize(column)
    words = [str(one) for one in different]
    gaps = np.array([is_gap(word) for word in words], bool)
    rest = [word for word, gap in zip(words, gaps, strict=True) if not gap]
    if rest and all(map(is_number, rest)) and not beyond(rest):
        place = {code for code in np.flatnonzero(gaps).tolist()}
        found = _numbers(words, gaps, codes, column.index)
        return found, _said(name, Counter(words[code] for code in codes.tolist() if code in place))
    if rest and all(word in TRUTH for word in rest):
        place = {code for code in np.flatnonzero(gaps).tolist()}
        truth = np.array([TRUTH.get(word, 0.0) == 1.0 for word in words], bool)
        missing = (codes < 0) | gaps[codes]
        values = pandas.arrays.BooleanArray(np.where(missing, False, truth[codes]), missing)
        found = pandas.Series(values, column.index)
        return found, _said(name, Counter(words[code] for code in codes.tolist() if code in place))
    found = without(column, EMPTY)
    return (found.astype(np.float64) if found.isna().all() else found), None  # as if nothing were written


def beyond(words: list[str]) -> bool:
    """Whether some are whole numbers beyond 64 bits, of which no number here would hold the last digits."""
    whole = [word.strip() for word in words if WHOLE.fullmatch(word.strip())]
    return any(len(word) > LONGEST_WHOLE or abs(int(word)) >= 2**63 for word in whole)


def without(column: pandas.Series, gaps: tuple[str, ...]) -> pandas.Series:
    """A column of words, in which ``gaps`` and white space alone are missing values."""
    return column.mask(column.isin([one for one in column.dropna().unique() if is_empty(str(one), gaps)]))


def without_labels(column: pandas.Series) -> pandas.Series:
    """The column of labels: fewer words are gaps there."""
    return without(column, EMPTY_LABELS)


def _numbers(words: list[str], gaps: np.ndarray, codes: np.ndarray, index: pandas.Index) -> pandas.Series:
    """The numbers of a column's different words, NaN for its gaps; whole ones beyond float64 stay whole."""
    import pandas

    known = [word for word, gap in zip(words, gaps, strict=True) if not gap]
    missing = (codes < 0) | gaps[codes]
    if all(map(WHOLE.fullmatch, map(str.strip, known))):
        whole = [0 if gap else int(word) if len(word) < 30 else 2**64 for word, gap in zip(words, gaps, strict=True)]
        if ROUNDED < max(map(abs, whole)) < 2**63:
            exact = np.array(whole, np.int64)[codes]
            return pandas.Series(pandas.arrays.IntegerArray(np.where(missing, 0, exact), missing), index)
    values = np.array([np.nan if gap else float(word) for word, gap in zip(words, gaps, strict=True)], np.float64)
    return pandas.Series(np.where(missing, np.nan, values[codes]), index)


def _said(name: str, gaps: Counter[str]) -> str | None:
    loud = {word: cells for word, cells in gaps.items() if word not in QUIET}
    if not loud:
        return None
    listed = ", ".join(f"{shortened(word)!r} in {count(cells, 'cell')}" for word, cells in list(loud.items())[:SHOWN])
    more = f" and {len(loud) - SHOWN} more" if len(loud) > SHOWN else ""
    return f"column {name!r}: {listed}{more} read as empty, because all its other cells are numbers or truth values."
