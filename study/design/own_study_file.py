"""A model of the user's own -> a study file to start from: what its code asks for, with ranges and defaults."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from study.design.keys import toml
from study.design.own_model import MOST_LISTED, Hyperparameter, ModelSpec
from study.errors import SpecError
from study.words import NOT_IN_A_NAME, listed

INTRODUCTION = """\
# A study for depthgauge of the networks that {source} builds. What it asks for was found by running it.
# depthgauge run FILE runs it, depthgauge plan FILE says what would run and how long it takes.
# Lines that begin with # and no space set nothing yet. Take the # away to use one.
"""
AXIS = """\
# What can vary. Scientific, the default: its effect is the question. With role = "nuisance" it is tuned anew for every
# scientific value, over the range of the code or a narrower one. The first numeric one is the axis: {why}.
"""
MEANING = 44  # the column where meanings begin


def own_study_file(model: ModelSpec, shared: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    """The text of a study file; ``shared`` is what it says of the data that the model is built for, and of metrics.

    ``given`` are values of hyperparameters that stand in for what has no default. Raises :class:`SpecError` for one
    that is none of these.
    """
    lacking = [one.name for one in model.hyperparameters if one.default is None]
    for name in given:
        if name not in lacking:
            raise SpecError(
                f"--set network.{name}: init takes values of what {model.source} asks for without a default, "
                f"{f'which is {listed(lacking)}' if lacking else 'and there is none'}. All else is for the file."
            )
    axis = _axis(model)
    words = [] if axis is None else [_line(f"axis_words = {toml(axis.name)}", "what its values count or measure")]
    lines = [
        INTRODUCTION.format(source=model.source),
        f"name = {toml(_name(model))}",
        *(f"{key} = {toml(value)}" for key, value in shared.items() if key != "data"),
        *(f"data.{_key(key)} = {toml(value)}" for key, value in shared.get("data", {}).items()),
        f"model = {toml(model.source)}",
        *words,
        "replicates = 5",
        "",
        "[network]",
        _line("epochs = 10", "passes over the training samples"),
        _line("#samples = 1000", "training samples; all by default"),
        _line("#batch_size = 32", "samples a batch"),
        *_compiling(model),
        *_unchecked(model),
        *(_fixed(one, given) for one in model.hyperparameters if one is not axis),
        "",
        "[space]",
        AXIS.format(why=f"{axis.name} here" if axis is not None else "there is none yet"),
    ]
    varied = [_varied(one, axis, given) for one in model.hyperparameters]
    return "\n".join([*lines, *varied]) + "\n"


def _axis(model: ModelSpec) -> Hyperparameter | None:
    """What most likely is the question: the first whole number, else the first number."""
    numeric = [one for one in model.hyperparameters if one.numeric and one.condition is None]
    whole = [one for one in numeric if one.kind == "int" or isinstance(one.default, int)]
    return next(iter([*whole, *numeric]), None)


def _compiling(model: ModelSpec) -> Iterator[str]:
    if model.compiled:
        yield f"# Optimizer and learning rate are the code's own: it compiles with {model.compiled}."
        return
    for line, meaning in (('#optimizer = "adam"', "optimizer of Keras"), ("#learning_rate = 0.001", "step size")):
        yield _line(line, meaning)


def _unchecked(model: ModelSpec) -> Iterator[str]:
    """That no model was built, so that nobody knows yet whether it fits the data."""
    if not model.built:
        lacking = [one.name for one in model.hyperparameters if one.default is None]
        values = " ".join(f"--set network.{name}=VALUE" for name in lacking)
        yield f"# No model was built, because {listed(lacking)} has no default. Whether it fits the data is seen"
        yield f"# by plan and run, or by init with {values}."


def _fixed(one: Hyperparameter, given: Mapping[str, Any]) -> str:
    if one.name in given:
        return _line(f"{_key(one.name)} = {toml(given[one.name])}", f"as given to init{_said(one)}")
    if one.default is None:
        return _line(f"#{one.name} = ", f"has no default: give it a value{_said(one)}")
    return _line(f"#{_key(one.name)} = {toml(one.default)}", f"the code's default{_said(one)}")


def _varied(one: Hyperparameter, axis: Hyperparameter | None, given: Mapping[str, Any]) -> str:
    if one is not axis:
        ranged = one.kind != "any"
        role = '{ role = "nuisance" }' if ranged else '{ role = "nuisance", values = [] }'
        return _line(f"#{_key(one.name)} = {role}", f"tuned{_said(one)}")
    options = None if one.parameter is None else one.parameter.options
    if options is not None and len(options) <= MOST_LISTED:
        return _line(f"{_key(one.name)} = {toml({'values': list(options)})}", "all that the code allows")
    default = given.get(one.name, one.default)
    start = default if isinstance(default, int | float) else one.low or 1
    listed = [one.low, one.high] if one.kind in ("int", "float") else [start, 2 * start, 4 * start]
    return _line(f"{_key(one.name)} = {toml({'values': listed})}", f"the question: list its values{_said(one)}")


def _said(one: Hyperparameter) -> str:
    """Its range in words, behind a comma; empty where it has none."""
    if one.kind == "any":
        return ""
    said = f", one of {', '.join(map(str, one.values))}" if one.kind == "choice" else f", {one.low} to {one.high}"
    when = f", where {one.condition[0]} is {' or '.join(map(str, one.condition[1]))}" if one.condition else ""
    return said + when


def _line(text: str, meaning: str) -> str:
    return f"{text:<{MEANING - 1}} # {meaning}"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml(name)


def _name(model: ModelSpec) -> str:
    return NOT_IN_A_NAME.sub("-", f"{model.file.rpartition('/')[2].removesuffix('.py')}-{model.function}")[:80]
