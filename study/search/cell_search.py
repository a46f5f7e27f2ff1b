"""One search of a cell: what was proposed, what came of it, what to try next, and which configuration won.

Every proposal and every answer is a stored event with its place in the order. A proposer is rebuilt from these
events, so that a search that was interrupted goes on as if it had not been.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from study.design.cells import PlannedSearch, values_told
from study.design.plan import Plan, Winner, Winners
from study.design.spec import StudySpec
from study.records.metrics import Metric
from study.records.parameters import Setting
from study.records.readings import read
from study.records.trials import SEARCH_REPLICATE, Proposal, Result, TrialKey, of_split
from study.search.proposers.driven import Asked, Proposer, Told, Wait
from study.search.proposers.making import make_proposer
from study.seeds import Stream, small_seed


class CellSearch:
    """One search of a cell, from what is recorded onwards.

    ``proposals`` are all of the search by number, ``pending`` those that were asked and are not answered yet.
    ``recorded`` are the engine's settings as the study was begun with. Raises :class:`~study.errors.StudyError` where
    the engine does not propose again what is recorded.
    """

    def __init__(
        self,
        planned: PlannedSearch,
        spec: StudySpec,
        proposals: Sequence[Proposal] = (),
        recorded: Mapping[str, Any] | None = None,
    ) -> None:
        self.planned = planned
        self._metric = spec.deciding
        self.proposals = {proposal.number: proposal for proposal in proposals}
        # Kept as they change: counting the proposals anew at each event would take a long search ever longer.
        self.pending = {p.number: p for p in proposals if p.setting is not None and p.told is None}
        self._told = values_told(proposals)
        self._ended = any(p.setting is None for p in proposals) or planned.stopped_after(self._told) is not None
        self._clock = len(proposals) + sum(p.told is not None for p in proposals)
        self.proposer = _proposer(planned, spec, proposals, recorded) if not self.over else None

    @property
    def over(self) -> bool:
        """Whether nothing will be asked any more, and everything asked is answered."""
        return self.planned.is_over(len(self.proposals), len(self.pending), ended=self._ended)

    def ask(self) -> Proposal | None:
        """The next proposal, to be recorded before it is run; None while there is none.

        A proposal without a setting says that the space is exhausted: it is to be recorded, too.
        """
        number = len(self.proposals)
        if self.proposer is None or number >= self.planned.trials or self._ended:
            return None
        setting = self.proposer.ask()
        if isinstance(setting, Wait):
            return None
        proposal = Proposal(self.planned.name, number, setting, self._clock)
        self._clock += 1
        self.proposals[number] = proposal
        if setting is None:
            self._ended = True
        else:
            self.pending[number] = proposal
        return proposal

    def tell(self, number: int, value: float | None) -> Proposal:
        """Answer proposal ``number``; returns what is to be recorded."""
        told = replace(self.proposals[number], told=self._clock, value=value)
        self._clock += 1
        self.proposals[number] = told
        del self.pending[number]
        self._told.append(value)
        self._ended = self._ended or self.planned.stops_now(self._told)
        if self.proposer is not None:
            self.proposer.tell(number, _turned(self._metric, value))
        return told


def by_cell(proposals: Iterable[Proposal]) -> dict[str, list[Proposal]]:
    """The proposals of each search by its name, in their order."""
    found: dict[str, list[Proposal]] = {}
    for proposal in proposals:
        found.setdefault(proposal.cell, []).append(proposal)
    return found


def check_recorded(plan: Plan, proposals: Sequence[Proposal], results: Mapping[TrialKey, Result]) -> None:
    """Raise ValueError where recorded proposals are none of this study, or are not whole."""
    for name, own in by_cell(proposals).items():
        search = plan.search(name)
        if search is None or sorted(proposal.number for proposal in own) != list(range(len(own))):
            raise ValueError(f"proposals of the search {name!r} are missing or do not belong to it")
        for proposal in own:
            if proposal.setting is None:
                continue
            if proposal.value is not None and search.trial(proposal.setting).key not in results:
                raise ValueError(f"the trial of proposal {proposal.number} in {name!r} is missing")


def value_of(result: Result, metric: Metric, readings: Sequence[str]) -> tuple[float | None, str]:
    """The metric on validation of a trial at the best of ``readings``, the first on ties, and that reading.

    None where it failed or cannot be read.
    """
    if result.state != "finished":
        return None, readings[0]
    values = [float(of_split(read(result.trajectory, reading)[metric.name], "validation")) for reading in readings]
    if not np.isfinite(values).any():
        return None, readings[0]
    best = int(np.nanargmax(metric.turned(np.array(values))))
    return values[best], readings[best]


def find_winners(plan: Plan, proposals: Sequence[Proposal], results: Mapping[TrialKey, Result]) -> Winners:
    """For every search that is over: its best configuration, or the best few where nothing is scientific.

    A trial that a pruner ended cannot win. On ties the one with fewer hidden units wins, then the one that was proposed
    first. A search in which every trial failed has no winner.
    """
    asked = by_cell(proposals)
    return {
        search.name: _best(search, own, results, plan.spec)
        for search in plan.searches
        if search.has_searched(own := asked.get(search.name, []))
    }


def ranked(
    search: PlannedSearch, proposals: Sequence[Proposal], results: Mapping[TrialKey, Result], metric: Metric
) -> list[Proposal]:
    """The proposals of a search that can win, the best first."""
    able = []
    for proposal in proposals:
        if proposal.setting is not None and proposal.value is not None:
            trial = search.trial(proposal.setting)
            if not results[trial.key].pruned:
                able.append(
                    (-metric.turned(proposal.value), trial.configuration.network.units, proposal.number, proposal)
                )
    return [proposal for *_, proposal in sorted(able, key=lambda one: one[:3])]


def _best(
    search: PlannedSearch, proposals: Sequence[Proposal], results: Mapping[TrialKey, Result], spec: StudySpec
) -> tuple[Winner, ...]:
    settings = [proposal.setting or {} for proposal in ranked(search, proposals, results, spec.deciding)]
    distinct = list(dict.fromkeys(search.trial(setting) for setting in settings))[: spec.winners_per_search]
    winners = []
    for trial in distinct:
        _, reading = value_of(results[trial.key], spec.deciding, search.cell.readings)
        winners.append(Winner(trial.configuration, reading))
    return tuple(winners)


def _proposer(
    search: PlannedSearch, spec: StudySpec, proposals: Sequence[Proposal], recorded: Mapping[str, Any] | None
) -> Proposer | Untuned:
    """The search's proposer as it was after all recorded events."""
    events: list[tuple[int, Asked | Told]] = []
    for proposal in proposals:
        if proposal.setting is not None:
            events.append((proposal.asked, Asked(proposal.number, proposal.setting)))
        if proposal.told is not None:
            events.append((proposal.told, Told(proposal.number, _turned(spec.deciding, proposal.value))))
    events.sort(key=lambda event: event[0])
    if not search.cell.parameters:
        return Untuned(asked=bool(events))
    return make_proposer(
        spec.searching.proposer,
        search.cell.parameters,
        seed=proposer_seed(spec.seed, search.name),
        epochs=search.cell.fixed["epochs"],
        history=[event for _, event in events],
        recorded=recorded,
    )


def _turned(metric: Metric, value: float | None) -> float | None:
    """What a proposer is told, who is to make it large."""
    return None if value is None else float(metric.turned(value))


def proposer_settings(plan: Plan) -> dict[str, Any]:
    """Every setting of the engine that searches, for the record; empty where nothing is left to search."""
    return next((dict(_proposer(search, plan.spec, (), None).settings) for search in plan.searches), {})


def proposer_seed(seed: int, search: str) -> int:
    """A search's own seed, by its name: its proposals do not depend on which others the study has."""
    name = int.from_bytes(hashlib.sha256(search.encode()).digest()[:8], "big")
    return small_seed(np.random.SeedSequence([seed, name], spawn_key=(SEARCH_REPLICATE, int(Stream.PROPOSER))))


class Untuned:
    """The proposer of a search in which only the reading is chosen: one trial."""

    settings: Mapping[str, object] = {"engine": "none"}

    def __init__(self, *, asked: bool) -> None:
        self._asked = asked

    def ask(self) -> Setting | None:
        """The only setting, then None."""
        asked, self._asked = self._asked, True
        return None if asked else {}

    def tell(self, number: int, value: float | None) -> None:
        """Nothing depends on it."""
