"""A preset -> a study file to start from: the preset's own text, and beside it everything else that can be set."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from study.design.keys import Key, spec_keys, toml
from study.design.source import build_spec, preset_text
from study.design.space import HYPERPARAMETERS
from study.design.spec import PATIENCE
from study.errors import SpecError

INTRODUCTION = """\
# A study for depthgauge: its preset "{preset}", and beside it everything else that can be set here.
# depthgauge run FILE runs it, depthgauge plan FILE says what would run.
# Lines that begin with # and no space set nothing yet: they have defaults or examples. Take the # away to use one.
"""
VARY = """\
# What can vary as well. Scientific, the default: its effect is part of the question. With role = "nuisance" and values,
# or low and high, it is tuned anew for every scientific value.
"""
NO_SEARCH = """
# [search] and [confirm] say how nuisance hyperparameters are tuned; depthgauge init isolate shows their keys.
"""
TUNED: dict[str, tuple[dict[str, Any], str]] = {
    "learning_rate": ({"role": "nuisance", "low": 1e-4, "high": 1e-2, "log": True}, "step size, tuned"),
    PATIENCE: ({"role": "nuisance", "values": [2, 5, "off"]}, "when to stop early, tuned; costs no run"),
}
WIDTHS = ("depth", "width", "profile")  # what an explicit list of hidden widths replaces
MEANING = 44  # the column where meanings begin

Values = dict[str, Any]


def study_file(preset: str) -> str:
    """The text of a study file that is the preset's study, with all other settings as comments.

    Each commented setting, on its own, makes a valid study. Raises :class:`SpecError` for an unknown preset.
    """
    text = preset_text(preset)
    values = tomllib.loads(text)
    there = _tables(text)
    written = [INTRODUCTION.format(preset=preset)]
    known = dict.fromkeys(key.table.partition(".")[0] for key in spec_keys())
    for table in ("", *(name for name in there if name not in known), *(name for name in known if name)):
        own, more = there.get(table, ""), "".join(_settings(table, values))
        header = "" if _open(own, table) or not more else f"{own and chr(10)}[{table}]\n"
        written.append(own + header + (VARY if table == "space" and more else "") + more)
    if not build_spec(values, preset).nuisance:
        written.append(NO_SEARCH.lstrip())
    return "\n".join(part for part in written if part)


def _tables(text: str) -> dict[str, str]:
    """The file's text table by table, without blank lines at the ends; ``""`` is what stands before the first one."""
    found: dict[str, str] = {}
    for part in re.split(r"(?m)^(?=\[)", text):
        header = re.match(r"\[\[?(\w+)", part)
        table = header[1] if header else ""
        before = f"{found[table]}\n" if table in found else ""
        found[table] = f"{before}{part.strip()}\n"
    return found


def _open(text: str, table: str) -> bool:
    """Whether a key written below ``text`` would belong to ``table``."""
    headers = re.findall(r"(?m)^\[+([\w.]+)\]", text)
    return headers[-1:] == ([table] if table else [])


def _settings(table: str, values: Values) -> Iterator[str]:
    """A commented line for each key that the file does not set and could."""
    for name, value, meaning in _candidates(table, values):
        if value is not None and _fits(table, name, value, values):
            yield f"{f'#{name} = {toml(value)}':<{MEANING - 1}} # {meaning}\n"


def _candidates(table: str, values: Values) -> Iterator[tuple[str, Any, str]]:
    keys = {key.name: key for key in spec_keys() if key.table == ("network" if table == "space" else table)}
    if table == "space":
        for name in (*HYPERPARAMETERS, PATIENCE):
            if name in TUNED:
                yield name, *TUNED[name]
            else:
                yield name, {"values": list(keys[name].examples)}, keys[name].description
        return
    varied = {*values.get("space", {}), *(WIDTHS if "hidden" in values.get("network", {}) else ())}
    for name, key in keys.items():
        if not (table == "network" and name in varied):
            yield name, _value(key), f"{key.description}: {key.kind}"


def _value(key: Key) -> Any:
    """The default, where there is one; else an example."""
    return key.examples[0] if key.default in (None, [], {}) and key.examples else key.default


def _fits(table: str, name: str, value: Any, values: Values) -> bool:
    """Whether the key is free, and with it the file is still a study."""
    changed = deepcopy(values)
    if table == "arms":
        place = changed["arms"][-1] if "arms" in changed else {name: value}
    else:
        place = changed.setdefault(table, {}) if table else changed
    if name in place:
        return False
    place[name] = value
    try:
        build_spec(changed, "")
    except SpecError:
        return False
    return True
