"""How counts, values and text from elsewhere are written: the one place for each."""

from __future__ import annotations

import difflib
import math
import re

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,79}")  # of a study
NAME_RULE = "1 to 80 letters, digits, spaces, dots, dashes and underscores, beginning with a letter or digit"
NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._ -]+")
LONGEST = 200  # characters of a text from elsewhere that are shown
MISSING = "–"
# Axes that count something stand after their number, in the singular for one; others, such as a rate, before it.
_COUNTED = {
    "hidden layers": "hidden layer",
    "units a layer": "unit a layer",
    "training samples": "training sample",
    "samples a batch": "sample a batch",
    "epochs": "epoch",
}


def number(value: float | None, digits: int = 1, *, sign: bool = False) -> str:
    """``value`` with thousands separators and ``digits`` decimals, ``sign`` also for a plus; a dash for none."""
    if value is None or not math.isfinite(value):
        return MISSING
    return f"{value:{'+' if sign else ''}z,.{digits}f}".replace("-", "−")


def value_text(value: float) -> str:
    """A value of the axis as people write it: ``6``, ``54,000``, ``0.001``."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:g}"


def amount(value: float, label: str) -> str:
    """A value of the axis with its words: ``1 hidden layer``, ``6 hidden layers``, ``learning rate 0.003``."""
    if label not in _COUNTED:
        return f"{label} {value_text(value)}"
    return f"{value_text(value)} {_COUNTED[label] if value == 1 else label}"


def amounts(values: list[float], label: str) -> str:
    """Several values of the axis with its words: ``2, 4 and 6 hidden layers``, ``learning rate 0.001 and 0.003``."""
    if len(values) == 1:
        return amount(values[0], label)
    texts = listed([value_text(value) for value in values])
    return f"{texts} {label}" if label in _COUNTED else f"{label} {texts}"


def points_text(difference: float) -> str:
    """A plain difference in accuracy as percentage points: ``0.5 points``, ``1 point``."""
    value = f"{100 * difference:.3g}"
    return f"{value} {'point' if value == '1' else 'points'}"


def count(n: int, singular: str, plural: str | None = None) -> str:
    """``1 replicate``, ``8 replicates``, ``54,000 samples``."""
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"


def listed(values: list[str]) -> str:
    """``8``, ``8 and 12``, ``4, 8 and 12``."""
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} and {values[-1]}"


def capital(text: str) -> str:
    """``text`` with its first letter in upper case, as at the start of a sentence."""
    return text[:1].upper() + text[1:]


def unknown(key: str, valid: tuple[str, ...], what: str) -> str:
    """One line that says a key is unknown and which one was probably meant."""
    near = difflib.get_close_matches(key, valid, 1, 0.5)
    hint = f"Did you mean {near[0]!r}?" if near else f"Expected one of: {', '.join(valid)}."
    return f"unknown {what} {key!r}. {hint}"


def printable(text: str) -> str:
    """``text`` without what a terminal obeys: control characters become spaces, lines stay lines."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def escaped(toml: str) -> str:
    """A TOML file that says the same, without what a terminal obeys: in its strings such characters have numbers."""
    return "".join(c if c.isprintable() or c == "\n" else f"\\U{ord(c):08x}" for c in toml)


def clean(text: object, longest: int = LONGEST) -> str:
    """Foreign text on one line: nothing that a terminal obeys, and no more than ``longest`` characters."""
    words = "".join(c if c.isprintable() else " " for c in str(text)[: 4 * longest])
    words = " ".join(words.split())
    return words if len(words) <= longest else f"{words[: longest - 1]}…"


def shortened(name: str, longest: int = 40) -> str:
    """A name of bounded length, for a message or a table."""
    return name if len(name) <= longest else f"{name[: longest - 3]}..."
