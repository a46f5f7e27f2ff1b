"""The studies of a store, one line each."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import sqlalchemy as sa

from study.design.plan import planned
from study.design.spec import StudySpec
from study.store.schema import foreign_trials, studies, trials
from study.store.trial_rows import checked


def list_studies(
    connection: sa.Connection, reading: Callable[[str], AbstractContextManager[None]], name: str | None = None
) -> list[dict[str, Any]]:
    """What :meth:`Store.list` says, or what it says of ``name`` alone.

    ``reading`` gets the name of a study and is around what is read of it: ValueError, TypeError or KeyError where that
    is nothing that a store of ours holds.
    """
    count = sa.func.count(trials.c.id)
    query = (
        sa.select(
            *studies.c,
            count.filter(trials.c.state == "finished").label("finished"),
            count.filter(trials.c.state == "failed").label("failed"),
        )
        .outerjoin(trials)
        .group_by(studies.c.id)
        .order_by(studies.c.created, studies.c.id)
    )
    if name is not None:
        query = query.where(studies.c.name == name)
    found = []
    for row in connection.execute(query).all():
        with reading(str(row.name)):
            checked(row[: len(studies.c)], studies)
            verdict = _verdict(row.verdict) if row.verdict else None
            found.append({"name": row.name, "created": row.created, **_progress(connection, row), "verdict": verdict})
    return found


def _verdict(text: str) -> dict[str, Any]:
    """A verdict document that says what ``list`` and ``show`` print of it."""
    document = dict(json.loads(text))
    sum(document["trials"][state] for state in ("finished", "failed"))
    for panel in document["panels"]:
        str.join("", (panel["name"], panel["sentence"], panel["verdict"]["kind"] if panel["verdict"] else ""))
    return document


def _progress(connection: sa.Connection, row: Any) -> dict[str, Any]:
    """How far a study is, and where it comes from."""
    imported = json.loads(row.facts).get("imported")
    if imported is None:
        total = planned(StudySpec.model_validate_json(row.spec))
        return {"planned": total, "finished": row.finished, "failed": row.failed, "imported": None}
    state = foreign_trials.c.state
    query = sa.select(state, sa.func.count()).where(foreign_trials.c.study_id == row.id).group_by(state)
    states: dict[str, int] = {name: number for name, number in connection.execute(query)}
    return {
        "planned": sum(states.values()),
        "finished": states.get("complete", 0) + states.get("pruned", 0),
        "failed": states.get("failed", 0),
        "imported": f"{imported['engine']} {imported['version']}".strip(),
    }
