"""Which logged quantity is training or validation, loss or accuracy: found by its name, or named by the user."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from study.errors import InputError
from study.words import clean, option

TRAIN_LOSS, VALIDATION_LOSS = "train_loss", "validation_loss"
TRAIN_ACCURACY, VALIDATION_ACCURACY = "train", "validation"
ROLES = (TRAIN_LOSS, VALIDATION_LOSS, TRAIN_ACCURACY, VALIDATION_ACCURACY)  # as their options are called

PARTS = {
    "train": "train", "training": "train", "tr": "train",
    "val": "validation", "valid": "validation", "validation": "validation", "eval": "validation", "dev": "validation",
    "test": "test", "testing": "test",
}  # fmt: skip
QUANTITIES = {
    "loss": "loss", "nll": "loss", "ce": "loss", "xent": "loss", "crossentropy": "loss",
    "acc": "accuracy", "accuracy": "accuracy",
}  # fmt: skip
# Words that may stand beside the two, the likelier column being the one with fewer of them.
BESIDE = {
    "epoch", "mean", "avg", "average", "metrics", "summary", "sparse", "categorical", "binary", "cross", "entropy",
    "top", "1",
}  # fmt: skip
PLACES = {"epoch": ("epoch", "epochs"), "step": ("step", "global_step", "_step", "steps", "iteration", "iter")}
WORD = re.compile(r"[a-z]+|[0-9]+")


@dataclass(frozen=True, slots=True)
class NamedColumns:
    """What the user named: the ``columns`` by their roles, and the one that counts epochs; empty where they did not."""

    columns: Mapping[str, str] = field(default_factory=dict)
    epoch: str = ""


def named_columns(*, epoch: str | None = None, **columns: str | None) -> NamedColumns:
    """What the user named, by the names of the options; None where they did not."""
    return NamedColumns({role: name for role, name in columns.items() if name is not None}, epoch or "")


def meaning(name: str) -> tuple[str, str] | None:
    """The part and the quantity of a column's name: ``val/loss`` is validation and loss; None where it says neither.

    The part is empty where the name has none, as ``accuracy``.
    """
    words = WORD.findall(name.lower())
    parts = {PARTS[word] for word in words if word in PARTS}
    quantities = {QUANTITIES[word] for word in words if word in QUANTITIES}
    if not quantities and {"cross", "entropy"} <= set(words):
        quantities = {"loss"}
    rest = [word for word in words if word not in PARTS and word not in QUANTITIES and word not in BESIDE]
    if len(quantities) != 1 or len(parts) > 1 or rest:
        return None
    return next(iter(parts), ""), quantities.pop()


def columns_of(names: Iterable[str], named: NamedColumns) -> tuple[dict[str, str], tuple[str, ...]]:
    """The column of each role that there is, and sentences on what was guessed among several.

    A quantity without a part is of training, as Keras and the Hugging Face trainer write them, unless another column
    says that it is. Raises :class:`InputError` where a named column is not there, or where two are as likely.
    """
    known = list(names)
    for role, name in named.columns.items():
        if name not in known:
            raise InputError(f"{option(role)} {clean(name)!r}: expected a column, found {_listed(known)}.")
    found, notes = dict(named.columns), []
    for role in ROLES:
        if role in found:
            continue
        part, quantity = role.partition("_")[0], "loss" if role.endswith("loss") else "accuracy"
        likely = [name for name in known if meaning(name) == (part, quantity)]
        if not likely and part == "train":
            likely = [name for name in known if meaning(name) == ("", quantity)]
        likely = [name for name in likely if name not in named.columns.values()]
        if not likely:
            continue
        words = {name: len(WORD.findall(name.lower())) for name in likely}
        shortest = [name for name in likely if words[name] == min(words.values())]
        if len(shortest) > 1:
            raise InputError(
                f"{clean(shortest[0])!r} and {clean(shortest[1])!r} could both be meant: name one with {option(role)}."
            )
        found[role] = shortest[0]
        if len(likely) > 1:
            others = ", ".join(clean(name) for name in likely if name != shortest[0])
            notes.append(f"{clean(shortest[0])} was taken, and not {others}; {option(role)} names another.")
    return found, tuple(notes)


def place_columns(names: Iterable[str]) -> dict[str, str]:
    """The columns that count epochs and steps, by their unit."""
    lower = {name.lower().rpartition("/")[2]: name for name in reversed(list(names))}
    return {unit: lower[word] for unit, words in PLACES.items() for word in reversed(words) if word in lower}


def _listed(names: list[str]) -> str:
    shown = ", ".join(clean(name, 40) for name in names[:12])
    return f"{shown}{', …' if len(names) > 12 else ''}" if names else "none"
