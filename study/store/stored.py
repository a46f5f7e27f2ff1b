"""What a store hands out: a whole study, and what is new of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from study.design.spec import StudySpec
from study.records.imported import ForeignStudy
from study.records.trials import Proposal, Result, TrialKey
from study.store.lease import Holder


@dataclass(frozen=True, slots=True)
class StoredStudy:
    """A study as the store knows it: its spec, facts of its data and machine, and what was proposed and done so far.

    A study that was imported is all in ``foreign``: its spec says no more than its name, and it has no results.
    """

    name: str
    spec: StudySpec
    dataset_sha256: str
    facts: dict[str, Any]
    created: str
    results: dict[TrialKey, Result]
    proposals: tuple[Proposal, ...] = ()
    foreign: ForeignStudy | None = None


@dataclass(frozen=True, slots=True)
class News:
    """What has come of a study since it was last looked at: its spec, who runs it, new results, all its proposals.

    ``last`` is the row of the newest result, to be given back for the next news.
    """

    spec: StudySpec
    holder: Holder | None
    results: tuple[Result, ...]
    proposals: tuple[Proposal, ...]
    last: int
