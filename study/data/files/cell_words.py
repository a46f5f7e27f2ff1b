"""What a cell's text is: a number as people write it, a gap, or a word.

Standard library alone, and no name of this project: ``build_model.py`` holds a copy of this file.
"""

import re

# What counts as an empty cell in any column. In the column of labels only the first three do: "NA" may be a class.
EMPTY = ("", "nan", "NaN", "NA", "N/A", "n/a", "#N/A", "NULL", "null", "None", "<NA>", "?")
EMPTY_LABELS = EMPTY[:3]
QUIET = EMPTY_LABELS  # gaps that need no saying: that is how programs write an empty number
# What counts as one only among numbers, whatever its case: in a column of words it is a word.
WRITTEN_GAPS = (
    "- -- --- \u2013 \u2014 \u2212 . .. ... * ** ? ?? / na n/a n.a. n.a nd n.d. n.d nan null none nil (null) <na> "
    "#n/a #na #null! #div/0! #value! #ref! #name? #num! missing (missing)"
)
GAPS = frozenset(WRITTEN_GAPS.split())
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(inf|infinity)", re.ASCII | re.IGNORECASE)
WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
TRUTH = {"True": 1.0, "TRUE": 1.0, "true": 1.0, "False": 0.0, "FALSE": 0.0, "false": 0.0}


def is_number(word: str) -> bool:
    """Whether a cell's text is a number as people write it: float() also takes 1_10 for 110."""
    return NUMBER.fullmatch(word.strip()) is not None


def is_empty(word: str, empty: tuple[str, ...] = EMPTY) -> bool:
    """Whether a cell's text is none: one of these, or white space alone."""
    return word in empty or not word.strip()


def is_gap(word: str) -> bool:
    """Whether a cell's text among numbers says that there is none."""
    return is_empty(word) or word.strip().lower() in GAPS


def number(word: str) -> float:
    """The number of a numeric column's cell: a truth value is 1 or 0, a gap is NaN; ValueError for a word."""
    if word in TRUTH:
        return TRUTH[word]
    if NUMBER.fullmatch(word.strip()):
        return float(word)
    if is_gap(word):
        return float("nan")
    raise ValueError(f"expected a number, found {word!r}")
