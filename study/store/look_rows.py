"""Looks between replicates as rows, and back."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from study.records.looks import ENDINGS, Look
from study.store.schema import events
from study.store.trial_rows import checked

LOOK, STOP = "look", "stop"


def look_row(look: Look, number: int) -> dict[str, Any]:
    """The row of a look, the ``number``-th of its study, but for its study and when it happened."""
    content = {"panel": look.panel, "replicates": look.replicates, "going_on": look.going_on, "ending": look.ending}
    return {"number": number, "kind": LOOK if look.ending is None else STOP, "content": json.dumps(content)}


def read_looks(connection: sa.Connection, study_id: int) -> tuple[Look, ...]:
    """The looks of a study in their order; raises ValueError, TypeError or KeyError for what we cannot have written."""
    query = sa.select(events).where(events.c.study_id == study_id).order_by(events.c.number)
    return tuple(_read(row, number) for number, row in enumerate(connection.execute(query)))


def _read(row: sa.Row[Any], number: int) -> Look:
    checked(row, events)
    content = json.loads(row.content)
    ending = content["ending"]
    if row.number != number or row.kind != (LOOK if ending is None else STOP) or ending not in (None, *ENDINGS):
        raise ValueError(f"look {number} is missing or is none")
    return Look(str(content["panel"]), int(content["replicates"]), tuple(map(str, content["going_on"])), ending)
