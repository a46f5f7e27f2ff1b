"""The rows of imported studies in the store: one a trial; the rest of a study is JSON among its facts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import sqlalchemy as sa

from study.records.imported import ForeignStudy, ForeignTrial


def write_trials(connection: sa.Connection, table: sa.Table, study_id: int, study: ForeignStudy) -> None:
    """Insert all trials of a study."""
    rows = [
        {
            "study_id": study_id,
            "number": trial.number,
            "setting": json.dumps(trial.setting),
            "state": trial.state,
            "value": trial.value,
            "reason": trial.reason,
            "curve": np.array(trial.curve, "<f8").tobytes(),
        }
        for trial in study.trials
    ]
    if rows:
        connection.execute(table.insert(), rows)


def read_study(
    connection: sa.Connection, table: sa.Table, study_id: int, name: str, imported: Mapping[str, Any]
) -> ForeignStudy:
    """A study from its rows and its part of the facts.

    Raises ValueError, TypeError or KeyError for what this program cannot have written.
    """
    rows = connection.execute(sa.select(table).where(table.c.study_id == study_id).order_by(table.c.number)).all()
    return ForeignStudy.from_dict(name, imported, tuple(_trial(row) for row in rows))


def _trial(row: Any) -> ForeignTrial:
    curve = np.frombuffer(row.curve, "<f8").reshape(-1, 2)
    return ForeignTrial(
        number=row.number,
        setting=dict(json.loads(row.setting)),
        state=row.state,
        value=row.value,
        reason=row.reason,
        curve=tuple((int(step), float(value)) for step, value in curve),
    )
