"""What several studies ran on, and what differs between their study files, key by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reports.blocks import Column, Table
from reports.sections.answer import fact_strip
from study.analysis.findings import Concluded, Findings, ImportedFindings
from study.words import MISSING, count, value_text

_OF_NO_MATTER = ("name", "description", "model.built")
_MOST_VALUES = 12  # of a list that are written out


def facts_table(findings: Sequence[Concluded]) -> Table:
    """Data, trials, time and versions of every study, a column each."""
    strips = [_own_strip(one) if isinstance(one, Findings) else _imported_strip(one) for one in findings]
    names = list(dict.fromkeys(name for strip in strips for name in strip))
    rows = tuple((name, *(strip.get(name) or MISSING for strip in strips)) for name in names)
    return Table("What was run", (Column("of the run"), *(Column(one.name) for one in findings)), rows)


def _own_strip(findings: Findings) -> dict[str, str]:
    strip = dict(fact_strip(findings.facts, findings))
    if findings.search is not None:
        strip["Search"] = findings.search.summary
    return {"Dataset": strip["Dataset"], "Data SHA-256": findings.facts.dataset_sha256[:12], **strip}


def _imported_strip(findings: ImportedFindings) -> dict[str, str]:
    study = findings.study
    ended, failed = study.count("complete", "pruned"), study.count("failed")
    return {
        "Dataset": f"unknown: imported from {study.engine}",
        "Trials": f"{ended:,} of {len(study.trials):,} finished, {failed:,} failed",
        "Versions": study.label,
    }


def spec_table(findings: Sequence[Concluded]) -> Table:
    """One row for each key of the study files whose value is not the same in all studies; a dash where it says none.

    Keys that a file leaves out have their default; those that no file needs to say are left out here, too. A study from
    another program has no file, and no part in this.
    """
    known = [one for one in findings if isinstance(one, Findings)]
    flat = [_flat(one.facts.spec.model_dump(mode="json")) for one in known]
    said = {key for one in known for key in _flat(one.facts.spec.model_dump(mode="json", exclude_defaults=True))}
    rows = []
    for key in sorted((key for key in dict.fromkeys(key for one in flat for key in one) if key in said), key=_rank):
        values = [one.get(key) for one in flat]
        if key not in _OF_NO_MATTER and any(value != values[0] for value in values[1:]):
            rows.append((key, *map(_words, values)))
    columns = (Column("in the study file"), *(Column(one.name) for one in known))
    return Table("What differs between the study files; all else is the same", columns, tuple(rows))


def _flat(document: dict[str, Any]) -> dict[str, Any]:
    """Every key of a study file with its value, tables as dotted keys; arms by their names."""
    arms = document.pop("arms", [])
    flat = dict(_dotted(document, ""))
    if arms:
        flat["arms"] = [arm["name"] for arm in arms]
    for arm in arms:
        rest = {name: part for name, part in arm.items() if name != "name" and part not in (None, {})}
        flat |= dict(_dotted(rest, f"arms.{arm['name']}."))
    return flat


def _dotted(document: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in document.items():
        if isinstance(value, dict):
            yield from _dotted(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


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
