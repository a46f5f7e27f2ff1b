"""How counts, values and text from elsewhere are written: the one place for each."""

from __future__ import annotations

import difflib
import math
import re
import shlex
from collections.abc import Iterable, Sequence
from html import escape

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
    "epochs of warm-up": "epoch of warm-up",
    # What people count in networks of their own.
    **{
        f"{one}s": one for one in ("block", "cell", "channel", "expert", "feature", "filter", "group", "head", "kernel")
    },
    **{f"{one}s": one for one in ("layer", "neuron", "node", "round", "sample", "stage", "step", "tree", "unit")},
    "branches": "branch",
}


def number(value: float | None, digits: int = 1, *, sign: bool = False) -> str:
    """``value`` with thousands separators and ``digits`` decimals, ``sign`` also for a plus; a dash for none."""
    if value is None or not math.isfinite(value):
        return MISSING
    return f"{value:{'+' if sign else ''}z,.{digits}f}".replace("-", "−")


def whole(n: int | None) -> str:
    """A whole number: ``54,000``; a dash for none."""
    return MISSING if n is None else f"{n:,}"


def share_text(share: float | None, digits: int = 1, *, sign: bool = False) -> str:
    """A share in [0, 1], or a difference of two, in percent without its unit: ``97.5``; a dash for none."""
    return number(None if share is None else 100 * share, digits, sign=sign)


def percent_text(share: float | None, digits: int = 1) -> str:
    """A share in [0, 1] that was measured, in percent: ``97.5 %``; a dash for none."""
    text = share_text(share, digits)
    return text if text == MISSING else f"{text} %"


def level_text(share: float) -> str:
    """A share that was chosen, such as a level of confidence, with all its digits: ``95 %``, ``99.5 %``."""
    return f"{value_text(100 * share)} %"


def value_text(value: float | None, digits: int = 6) -> str:
    """A value as people write it, not measured but set: ``6``, ``54,000``, ``0.001``, ``1e-5``; a dash for none.

    Of one that is not whole, at most ``digits`` are written, but all before the point.
    """
    if value is None:
        return MISSING
    value = float(value)
    if 1 <= abs(value) < 1e15 or value == 0:
        text = f"{value:,.{max(0, digits - len(str(int(abs(value)))))}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        text = re.sub(r"e([+-])0", r"e\1", f"{value:.{digits}g}").replace("e+", "e")
    return f"−{text[1:]}" if text.startswith("-") else text


def one_of(label: str) -> str:
    """The singular of an axis that counts something, ``block`` of ``blocks``; empty for another, such as a rate."""
    return _COUNTED.get(label, "")


def amount(value: float, label: str) -> str:
    """A value of the axis with its words: ``1 hidden layer``, ``6 hidden layers``, ``learning rate 0.003``."""
    one = one_of(label)
    if not one:
        return f"{label} {value_text(value)}"
    return f"{value_text(value)} {one if value == 1 else label}"


def amounts(values: list[float], label: str) -> str:
    """Several values of the axis with its words: ``2, 4 and 6 hidden layers``, ``learning rate 0.001 and 0.003``."""
    if len(values) == 1:
        return amount(values[0], label)
    texts = listed([value_text(value) for value in values])
    return f"{texts} {label}" if one_of(label) else f"{label} {texts}"


def points_text(difference: float, digits: int | None = None) -> str:
    """A plain difference in accuracy as percentage points: ``0.5 points``, ``1 point``.

    With three digits where it was set, or with at most ``digits`` after the point where it was measured.
    """
    value = 100 * difference
    text = value_text(value, 3) if digits is None else value_text(round(value, digits) + 0.0)  # never "−0"
    return f"{text} {'point' if text == '1' else 'points'}"


def count(n: int, singular: str, plural: str | None = None) -> str:
    """``1 replicate``, ``8 replicates``, ``54,000 samples``."""
    return f"{whole(n)} {singular if n == 1 else plural or singular + 's'}"


def listed(values: list[str]) -> str:
    """``8``, ``8 and 12``, ``4, 8 and 12``."""
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} and {values[-1]}"


def capital(text: str) -> str:
    """``text`` with its first letter in upper case, as at the start of a sentence."""
    return text[:1].upper() + text[1:]


def engine_words(engine: str, why_keras: str = "", uncompiled: str = "") -> str:
    """What trains a study; of Keras, why it is not the native engine, and why XLA does not compile the networks."""
    if engine == "native":
        return "the native engine, in C"
    how = f"not compiled: {uncompiled}" if uncompiled else "compiled by XLA"
    return f"Keras's layers, {how}" + (f", because {why_keras}" if why_keras and not uncompiled else "")


def unknown(key: str, valid: tuple[str, ...], what: str) -> str:
    """One line that says a key is unknown and which one was probably meant."""
    near = difflib.get_close_matches(key, valid, 1, 0.5)
    hint = f"Did you mean {near[0]!r}?" if near else f"Expected one of: {', '.join(valid)}."
    return f"unknown {what} {key!r}. {hint}"


def printable(text: str) -> str:
    """``text`` without what a terminal obeys: control characters become spaces, lines stay lines."""
    lines = text.split("\n")  # nearly all of them are printable as they stand, and asking a whole line is fast
    return "\n".join(
        line if line.isprintable() else "".join(c if c.isprintable() else " " for c in line) for line in lines
    )


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


def columns_change(key: str, names: Iterable[str]) -> str:
    """A change that names columns of a table: ``--set 'data.drop=["id"]'``."""
    listed = ", ".join(f'"{name}"' for name in names)
    return change(f"{key}=[{listed}]")


def html_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A plain table of escaped cells, for notebooks."""
    lines = [("th", heads), *(("td", row) for row in rows)]
    cells = ("".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in row) for tag, row in lines)
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"


_on_command_line = False


def speak_as_command_line() -> None:
    """From here on errors name options (``--store``), not arguments (``store=``)."""
    global _on_command_line
    _on_command_line = True


def speaks_as_command_line() -> bool:
    """Whether they do, for a process that speaks for this one."""
    return _on_command_line


def option(name: str) -> str:
    """An argument as the one who is told of it gives it: ``--max-parameters``, or ``max_parameters=`` in Python."""
    return f"--{name.replace('_', '-')}" if _on_command_line else f"{name}="


def change(setting: str) -> str:
    """A changed value of the study file: ``--set replicates=5``, or ``settings=["replicates=5"]`` in Python."""
    if not _on_command_line:
        return f"settings=[{setting!r}]"
    return f"--set {shlex.quote(setting)}"
