"""What a database holds of a study, read past the program's own code, and what must be true of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from study.design.spec import StudySpec
from study.store.schema import leases, proposals, trials

Row = dict[str, Any]
COLUMNS = 8  # of a trajectory of a classification: epoch, two metrics on three parts, seconds
TrialKey = tuple[str, int]
Place = tuple[str, int]  # a proposal's cell and number
# Of a trial these count time, memory or rows: they differ from run to run. All else is the same to the last bit.
TIMED = ("id", "study_id", "finished", "compile_seconds", "train_seconds", "peak_memory")


class Reader:
    """Reads the only study of a store at any time, beside whatever writes to it."""

    def __init__(self, url: str) -> None:
        address = make_url(url)
        if address.get_backend_name() == "sqlite":
            address = URL.create("sqlite", database=f"file:{address.database}", query={"mode": "ro", "uri": "true"})
        else:
            address = address.set(drivername="postgresql+psycopg")
        # No connection is kept: the process that reads forks coordinators.
        self._engine = sa.create_engine(address, poolclass=sa.NullPool)

    def count(self) -> int:
        """Trials in the store; 0 where there is no store yet, or none that answers."""
        try:
            with self._engine.connect() as connection:
                return connection.scalar(sa.select(sa.func.count()).select_from(trials)) or 0
        except sa.exc.DBAPIError:
            return 0

    def records(self) -> Records:
        """All that is written. Nothing where there is no store yet, or none that answers."""
        try:
            with self._engine.connect() as connection:
                rows = [[dict(row._mapping) for row in connection.execute(sa.select(t))] for t in _TABLES]
                return Records(*rows)
        except sa.exc.DBAPIError:
            return Records([], [], [])


_TABLES = (trials, proposals, leases)


@dataclass(frozen=True)
class Records:
    """The rows of a study."""

    trials: list[Row]
    proposals: list[Row]
    leases: list[Row]

    @property
    def finished(self) -> dict[TrialKey, Row]:
        """Finished trials."""
        return {(row["key"], row["replicate"]): row for row in self.trials if row["state"] == "finished"}

    @property
    def failed(self) -> list[Row]:
        """Trials that have no result yet."""
        return [row for row in self.trials if row["state"] != "finished"]

    @property
    def by_place(self) -> dict[Place, Row]:
        """Proposals."""
        return {(row["cell"], row["number"]): row for row in self.proposals}


def lost(before: Records, after: Records) -> list[str]:
    """What of ``before`` is not in ``after`` as it was: a finished trial, a proposal, the answer to one."""
    found = []
    for key, row in before.finished.items():
        if after.finished.get(key) != row:
            found.append(f"trial {key} was finished, and is {'changed' if key in after.finished else 'gone'}")
    for place, row in before.by_place.items():
        now = after.by_place.get(place)
        if now is None or now["setting"] != row["setting"] or now["asked"] != row["asked"]:
            found.append(f"proposal {place} was written, and is {'gone' if now is None else 'another'}")
        elif row["told"] is not None and now != row:
            found.append(f"proposal {place} was answered, and its answer has changed")
    return found


def faults(spec: StudySpec, found: Records, undisturbed: Records) -> list[str]:
    """What is wrong with a study that is over."""
    wrong = [f"trial {row['key']}, {row['replicate']} failed: {row['reason']}" for row in found.failed]
    wrong += _doubled("trial", Counter((row["key"], row["replicate"]) for row in found.trials))
    wrong += _doubled("proposal", Counter((row["cell"], row["number"]) for row in found.proposals))
    events = [(row["cell"], row[event]) for row in found.proposals for event in ("asked", "told")]
    wrong += _doubled("place among questions and answers", Counter(place for place in events if place[1] is not None))
    wrong += [f"proposal {place} has no answer" for place, row in found.by_place.items() if row["told"] is None]
    for key, row in found.finished.items():
        epochs = np.frombuffer(row["trajectory"], "<f8").reshape(-1, COLUMNS)[:, 0]
        if epochs.tolist() != list(range(1, spec.network.epochs + 1)):
            wrong.append(f"trial {key} has the epochs {epochs.tolist()}")
    wrong += _differing("trial", _repeatable(found.finished), _repeatable(undisturbed.finished))
    ours, theirs = ({place: _without(row, "id") for place, row in r.by_place.items()} for r in (found, undisturbed))
    wrong += _differing("proposal", ours, theirs)
    return wrong


def _doubled(what: str, counts: Counter[Any]) -> list[str]:
    return [f"{what} {key} is there {count} times" for key, count in counts.items() if count > 1]


def _differing(what: str, ours: Mapping[Any, Row], theirs: Mapping[Any, Row]) -> list[str]:
    wrong = [f"{what} {key} is missing" for key in theirs.keys() - ours.keys()]
    wrong += [f"{what} {key} is one too many" for key in ours.keys() - theirs.keys()]
    return wrong + [f"{what} {key} is another one" for key in ours.keys() & theirs.keys() if ours[key] != theirs[key]]


def _repeatable(rows: Mapping[TrialKey, Row]) -> dict[TrialKey, Row]:
    """Trials without what counts time; the last column of a trajectory is seconds."""
    return {
        key: _without(row, *TIMED)
        | {"trajectory": np.frombuffer(row["trajectory"], "<f8").reshape(-1, COLUMNS)[:, :-1].tobytes()}
        for key, row in rows.items()
    }


def _without(row: Row, *names: str) -> Row:
    left = {name: value for name, value in row.items() if name not in (*names, "study_id")}
    return left | {"setting": json.loads(left["setting"])} if left.get("setting") else left
