"""What several studies ran on, and what differs between their study files, key by key."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from reports.blocks import Column, Table
from reports.sections.answer import fact_strip
from study.design.space import NetworkSpec
from study.design.spec import Confirm, Dimension, Search, StudySpec
from study.words import MISSING, count, value_text

if TYPE_CHECKING:
    from study.analysis.findings import Findings

_OF_NO_MATTER = ("name", "description")
_MOST_VALUES = 12  # of a list that are written out
_TABLES: dict[str, type[BaseModel]] = {"search": Search, "confirm": Confirm}

Document = dict[str, Any]


def facts_table(findings: Sequence[Findings]) -> Table:
    """Data, trials, time and versions of every study, a column each."""
    strips = []
    for one in findings:
        strip = dict(fact_strip(one.facts, one))
        if one.imported is not None:
            strip |= {"Held out": MISSING, "Training time": MISSING, "Versions": one.imported.study.label}
        if one.search is not None:
            strip["Search"] = f"{one.search.proposer}, {count(one.search.trials, 'trial')}"
        strips.append({"Dataset": strip["Dataset"], "Data SHA-256": one.facts.dataset_sha256[:12], **strip})
    names = list(dict.fromkeys(name for strip in strips for name in strip))
    rows = tuple((name, *(strip.get(name) or MISSING for strip in strips)) for name in names)
    return Table("What was run", (Column("of the run"), *(Column(one.facts.name) for one in findings)), rows)


def spec_table(findings: Sequence[Findings]) -> Table:
    """One row for each key of the study files whose value is not the same in all studies; a dash where it says none.

    Keys that a file leaves out have their default. A study from another program has no file, and no part in this.
    """
    known = [one for one in findings if one.imported is None]
    documents = [tomllib.loads(one.facts.toml) for one in known]
    flat = [_flat(document) for document in documents]
    rows = []
    for key in sorted(dict.fromkeys(key for one in flat for key in one), key=_rank):
        values = [
            one[key] if key in one else _default(key, document) for one, document in zip(flat, documents, strict=True)
        ]
        if key not in _OF_NO_MATTER and any(value != values[0] for value in values[1:]):
            rows.append((key, *map(_words, values)))
    columns = (Column("in the study file"), *(Column(one.facts.name) for one in known))
    return Table("What differs between the study files; all else is the same", columns, tuple(rows))


def _flat(document: Document, prefix: str = "") -> Document:
    """Nested tables as dotted keys; arms by their names."""
    flat: Document = {}
    for key, value in document.items():
        if key == "arms" and isinstance(value, list):
            flat["arms"] = [arm["name"] for arm in value]
            for arm in value:
                rest = {name: part for name, part in arm.items() if name != "name"}
                flat |= _flat(rest, f"arms.{arm['name']}.")
        elif isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat


def _default(key: str, document: Document) -> Any:
    """What holds where a file leaves ``key`` out; None where that says nothing."""
    if key == "network.samples":
        return "all"
    table, _, rest = key.partition(".")
    if not rest:
        return StudySpec().model_dump(mode="json").get(table)
    if table == "network":
        return _field(NetworkSpec, rest)
    if table == "space":
        name, _, field = rest.partition(".")
        return _field(Dimension, field) if name in document.get("space", {}) else None
    return _field(_TABLES[table], rest) if table in _TABLES and table in document else None


def _field(model: type[BaseModel], name: str) -> Any:
    return model.model_fields[name].default if name in model.model_fields else None


def _rank(key: str) -> int:
    """Keys of the whole study first, then table by table."""
    order = ("network", "space", "search", "confirm", "arms")
    table, _, rest = key.partition(".")
    return order.index(table) + 1 if table in order else 0 if not rest else len(order) + 1


def _words(value: Any) -> str:
    if value is None or value in ([], {}, ""):
        return MISSING
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        shown = [_words(one) for one in value[:_MOST_VALUES]]
        more = f" … ({count(len(value), 'value')})" if len(value) > _MOST_VALUES else ""
        return ", ".join(shown) + more
    return value_text(value) if isinstance(value, float) else str(value)
