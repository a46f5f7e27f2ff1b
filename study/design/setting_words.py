"""Hyperparameters and what a search chose for them, in few words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from study.design.space import AXIS_WORDS
from study.records.readings import parse_reading
from study.records.trials import BALANCED, EVEN, ClassWeights
from study.words import clean, value_text

if TYPE_CHECKING:
    from study.records.parameters import Setting, Value

SWITCH = "_on"
"""Ends the name of the choice between a rate of zero and one from its range."""
LAYER = re.compile(r"width_(\d+)")

_TITLES = {
    **AXIS_WORDS,
    "width": "units a layer",
    "batch_norm": "batch normalization",
    "layer_norm": "layer normalization",
    "residual": "residual connections",
    "max_norm": "largest norm of weights",
    "clip_norm": "largest norm of gradients",
    "nesterov": "Nesterov's momentum",
    "schedule": "learning-rate schedule",
    "decay": "decay of the learning rate",
    "decay_epochs": "epochs of a decay",
    "hidden": "hidden widths",
    "profile": "width profile",
}
_CLASS_WEIGHTS = {EVEN: "no class weights", BALANCED: "balanced class weights"}
_SHORT = {
    "depth": "depth",
    "width": "width",
    "dropout": "dropout",
    "l2": "L2",
    "l1": "L1",
    "batch_size": "batches of",
    "samples": "samples",
    "epochs": "epochs",
}
_BARE = ("optimizer", "activation", "profile", "hidden", "initializer")  # their values say what they are
_IN_THE_LABEL = ("depth", "width", "hidden", "profile")  # what an architecture's name tells


def title(name: str) -> str:
    """A hyperparameter's name as people write it: ``learning rate``, ``units in layer 2``."""
    if layer := LAYER.fullmatch(name):
        return f"units in layer {layer[1]}"
    if name.endswith(SWITCH):
        return f"{title(name.removesuffix(SWITCH))}, on or off"
    return _TITLES.get(name, name.replace("_", " "))


def class_weights_words(weights: ClassWeights) -> str:
    """Class weights in words: ``balanced class weights``, ``class weights no 1, yes 5``."""
    if isinstance(weights, str):
        return _CLASS_WEIGHTS[weights]
    return f"class weights {', '.join(f'{clean(name)} {value_text(weight)}' for name, weight in weights)}"


def value_words(value: Value) -> str:
    """A value with at most three digits: ``64``, ``0.0021``, ``1e-5``, ``on``."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str):
        return value
    return value_text(value, 2)


def setting_words(setting: Setting, *, reading: str = "", named: bool = False) -> str:
    """A setting in words; ``named`` leaves out what the name of its architecture tells.

    ``reading`` adds the patience where one was chosen.
    """
    layers = [value_words(value) for name, value in setting.items() if LAYER.fullmatch(name)]
    words = [f"widths {'-'.join(layers)}"] if layers and not named else []
    for name, value in setting.items():
        if LAYER.fullmatch(name) or (named and name in _IN_THE_LABEL):
            continue
        if name.endswith(SWITCH):
            base = name.removesuffix(SWITCH)
            words += [f"no {_SHORT.get(base, title(base))}"] * (value is False)
        elif name == "class_weights":
            words.append(class_weights_words(str(value)))
        elif isinstance(value, bool):
            words.append(title(name) if value else f"no {title(name)}")
        else:
            lead = "" if name in _BARE else f"{_SHORT.get(name, title(name))} "
            words.append(f"{lead}{value_words(value)}")
    patience = parse_reading(reading).patience if reading else None
    return ", ".join([*words, *([] if patience is None else [f"patience {patience}"])])
