"""The studies of a store, one line each."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from study.design.plan import make_plan
from study.store.schema import foreign_trials, studies, trials
from study.store.stored_study import PanelLine, StudyLine, read_spec
from study.store.trial_rows import checked


def list_studies(
    connection: sa.Connection, reading: Callable[[str], AbstractContextManager[None]], name: str | None = None
) -> list[StudyLine]:
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
            line = _progress(connection, row)
            found.append(_with_verdict(line, row.verdict) if row.verdict else line)
    return found


def _progress(connection: sa.Connection, row: Any) -> StudyLine:
    """How far a study is, and where it comes from."""
    facts = json.loads(row.facts)
    imported = facts.get("imported")
    if imported is None:
        most = make_plan(read_spec(row.spec)).most
        parts = str(facts.get("parts", ""))
        return StudyLine(row.name, row.created, most, row.finished, row.failed, None, parts)
    state = foreign_trials.c.state
    query = sa.select(state, sa.func.count()).where(foreign_trials.c.study_id == row.id).group_by(state)
    states: dict[str, int] = {name: number for name, number in connection.execute(query)}
    return StudyLine(
        name=row.name,
        created=row.created,
        planned=sum(states.values()),
        finished=states.get("complete", 0) + states.get("pruned", 0),
        failed=states.get("failed", 0),
        imported=f"{imported['engine']} {imported['version']}".strip(),
    )


def _with_verdict(line: StudyLine, text: str) -> StudyLine:
    """A line with what its stored verdict document says."""
    document = json.loads(text)
    panels = [
        PanelLine(str(panel["name"]), str(panel["sentence"]), _outcome(panel["verdict"]))
        for panel in document["panels"]
    ]
    concluded = sum(int(document["trials"][state]) for state in ("finished", "failed"))
    planned = line.planned
    if concluded == line.finished + line.failed:  # then it knows what searches came to, in place of the most
        planned = min(planned, int(document["trials"]["planned"]))
    return replace(line, planned=planned, concluded=concluded, panels=tuple(panels))


def _outcome(verdict: dict[str, Any] | None) -> str | None:
    """What came out; the kind of verdict where an older version did not write that."""
    return None if verdict is None else str(verdict.get("outcome", verdict["kind"]))
