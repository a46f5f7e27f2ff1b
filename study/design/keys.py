"""Every key of a study file with its type, range, default and meaning, read off the spec's fields.

The guide's table and ``depthgauge init`` are made of these, so neither can say something that the spec does not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from study.design.spec import StudySpec
from study.words import value_text

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Key:
    """One key. ``table`` is where it stands: ``""``, ``network``, ``space.HYPERPARAMETER``, ``search``, ``arms`` ...

    ``kind`` says in words what is allowed; ``default`` is None where there is none, and then ``examples`` has some.
    """

    table: str
    name: str
    kind: str
    default: Any
    description: str
    examples: tuple[Any, ...]


def spec_keys() -> tuple[Key, ...]:
    """All keys, those of the file itself first, then table by table."""
    schema = StudySpec.model_json_schema()
    return tuple(sorted(_keys(schema, schema["$defs"], ""), key=lambda key: bool(key.table)))


def toml(value: Any) -> str:
    """A value as TOML on one line, as :mod:`tomli_w` cannot write it."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {toml(one)}' for key, one in value.items())} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _keys(schema: Schema, parts: Schema, table: str) -> Iterator[Key]:
    for name, field in schema["properties"].items():
        place, part = _table(name, field, parts)
        if part is not None:
            yield from _keys(part, parts, place)
        if part is None or place == "arms":  # arms are a list that can stand on one line, too
            yield Key(
                table,
                name,
                _kind(field, parts),
                field.get("default"),
                field.get("description", ""),
                tuple(field.get("examples", ())),
            )


def _table(name: str, field: Schema, parts: Schema) -> tuple[str, Schema | None]:
    """The table that a field opens and the schema of its keys; None where the field is a single key."""
    members = {name: field, f"{name}.HYPERPARAMETER": field.get("additionalProperties", {})}
    for place, member in members.items():
        for one in (member, *member.get("anyOf", ()), member.get("items", {})) if isinstance(member, Mapping) else ():
            if "$ref" in one:
                return place, parts[one["$ref"].rsplit("/", 1)[1]]
    return name, None


def _kind(field: Schema, parts: Schema) -> str:
    """What is allowed, in words."""
    if "anyOf" in field:
        return " or ".join(_kind(one, parts) for one in field["anyOf"] if one.get("type") != "null")
    if "enum" in field or "const" in field:
        *others, last = map(toml, field.get("enum", [field.get("const")]))
        return f"{', '.join(others)} or {last}" if others else last
    if field.get("type") == "array":
        what = field.get("items", {})
        return f"list of {_plural(_kind(what, parts))}" if what.get("type") else "list"
    words = {"integer": "whole number", "number": "number", "boolean": "true or false", "string": "text"}
    return f"{words.get(field.get('type', ''), 'table')}{_range(field)}"


def _range(field: Schema) -> str:
    words = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to", "exclusiveMaximum": "below"}
    said = (f"{word} {_number(field[bound])}" for bound, word in words.items() if bound in field)
    return f" {' '.join(said)}" if field.keys() & words.keys() else ""


def _number(value: float) -> str:
    return value_text(value)


def _plural(kind: str) -> str:
    return kind.replace("number", "numbers", 1)
