"""Whoever watches a run, here or from elsewhere. Both do nothing by themselves: derive one that does."""

from __future__ import annotations

from collections.abc import Callable

from study.records.reference_runs import ReferenceTask
from study.records.trials import Proposal, Result, Trial
from study.store import Holder, StoredStudy


class Observer:
    """Whoever watches a run; this one says nothing."""

    def begin(self, planned: int, study: StoredStudy, work: Callable[[Trial], float]) -> None:
        """How many trials there will be at most, what is there already, and what a trial takes in operations."""

    def submitted(self, trial: Trial) -> None:
        """A trial waits for a worker."""

    def told(self, proposal: Proposal) -> None:
        """A search has got an answer."""

    def result(self, result: Result) -> None:
        """A trial has ended and is recorded."""

    def reference(self, task: ReferenceTask, done: int, tasks: int) -> None:
        """A reference model is about to be trained, after ``done`` of ``tasks``; all trials have ended."""

    def tick(self, running: tuple[Trial, ...]) -> None:
        """Called several times a second with the trials in work."""


class Follower(Observer):
    """Whoever watches from elsewhere. Which trials are in work only the coordinator knows: ``tick`` is told of none."""

    def driven(self, holder: Holder | None) -> None:
        """Who runs the study, None for nobody; called before each ``tick``."""
