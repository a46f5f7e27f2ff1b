"""What a study still has to run: the plan, less what is stored, and the searches that decide what comes next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeGuard

from study.design.plan import Plan
from study.records.metrics import Metric
from study.records.trials import Curve, Proposal, Pruning, Result, Trial, TrialKey
from study.run.deciding import decide
from study.search.cell_search import CellSearch, by_cell, find_winners, value_of
from study.store import Store, StoredStudy


class Agenda:
    """Hands out each trial once, as soon as it is known, and tells searches what came of theirs.

    Several searches take turns, one trial of each at a time, so that what they propose does not depend on
    the number of workers. Only a search that stands alone keeps ``at_once`` trials in work.
    """

    def __init__(
        self,
        study: StoredStudy,
        store: Store,
        *,
        at_once: int,
        late: Callable[[], bool] = lambda: False,
        told: Callable[[Proposal], None] = lambda proposal: None,
    ) -> None:
        self.plan: Plan = study.plan
        self.store = store
        self._study = study
        self._late = late
        self._told = told
        self.results = dict(study.results)
        asked = by_cell(study.proposals)
        self._searches = [
            CellSearch(planned, self.plan.spec, asked.get(planned.name, ()), study.facts.proposer)
            for planned in self.plan.searches
        ]
        self._at_once = at_once if len(self._searches) == 1 else 1
        self._asked: dict[TrialKey, list[tuple[CellSearch, int]]] = {}  # trials of searches that are in work
        self._given: set[TrialKey] = set()  # reported trials that were handed out, or are final
        self._looks = len(study.looks)
        self._in_work: set[TrialKey] = set()
        self._confirmed = (-1, -1)  # the finished searches and the looks when reported trials were last named
        self._to_run: list[Trial] = []
        self._go_on()

    def ready(self) -> list[Trial]:
        """The trials that can start now and have not been handed out yet."""
        while asked := [(search, proposal) for search in self._searches if (proposal := self._ask(search)) is not None]:
            self.store.propose(self.plan.spec.name, *(proposal for _, proposal in asked))
            self._answer(
                [
                    answer
                    for search, proposal in asked
                    if proposal.setting is not None and (answer := self._start(search, proposal.number)) is not None
                ]
            )
        self._confirm()
        while not (self._to_run or self._in_work) and any(panel.undecided for panel in self.plan.panels):
            self._look()
            self._confirm()
        ready, self._to_run = self._to_run, []
        self._in_work |= {trial.key for trial in ready}
        return ready

    def done(self, results: Sequence[Result]) -> None:
        """Take results that are recorded."""
        answers = []
        for result in results:
            key = result.trial.key
            self.results[key] = result
            self._in_work.discard(key)
            answers += [self._tell(search, number, result) for search, number in self._asked.pop(key, ())]
        self._answer(answers)

    def _ask(self, search: CellSearch) -> Proposal | None:
        return search.ask() if len(search.pending) < self._at_once else None

    def _go_on(self) -> None:
        """Run again, or answer, what a search had asked when the study was interrupted."""
        pending = [(search, number) for search in self._searches for number in sorted(search.pending)]
        self._answer([answer for one in pending if (answer := self._start(*one)) is not None])

    def _start(self, search: CellSearch, number: int) -> Proposal | None:
        """Run a proposal; where an equal configuration has been run its answer is returned, and is to be recorded."""
        proposal = search.proposals[number]
        assert proposal.setting is not None
        trial = replace(
            search.planned.trial(proposal.setting),
            pruning=self._pruning(search, proposal.asked),
            metrics=replace(self.plan.spec.measured, others=()),
        )
        known = self.results.get(trial.key)
        if is_final(known):
            return self._tell(search, number, known)
        if trial.key not in self._asked:
            self._to_run.append(trial)
        self._asked.setdefault(trial.key, []).append((search, number))
        return None

    def _pruning(self, search: CellSearch, asked: int) -> Pruning | None:
        """What a pruner goes by: the curves of all trials that the search was told about before ``asked``, in order.

        A proposal that an interruption left pending is pruned as it would have been, whatever was told since.
        """
        pruner = self.plan.spec.searching.pruner
        if pruner == "none":
            return None
        told = sorted((p.told, n) for n, p in search.proposals.items() if p.told is not None and p.told < asked)
        settings = [setting for _, n in told if (setting := search.proposals[n].setting) is not None]
        results = [self.results[search.planned.trial(setting).key] for setting in settings]
        curves = tuple(_curve(result, self.plan.spec.deciding) for result in results)
        return Pruning(pruner, search.planned.cell.fixed["epochs"], curves)

    def _answer(self, answers: Sequence[Proposal]) -> None:
        """Record what searches were told."""
        if answers:
            self.store.answer(self.plan.spec.name, *answers)
        for proposal in answers:
            self._told(proposal)

    def _tell(self, search: CellSearch, number: int, result: Result) -> Proposal:
        value, _ = value_of(result, self.plan.spec.deciding, search.planned.cell.readings)
        return search.tell(number, value)

    def _look(self) -> None:
        """Decide which panels go on, when everything that was asked for has ended: no look goes by what ends first."""
        study = replace(self._study, plan=self.plan, results=self.results, proposals=tuple(self._proposals()))
        looks = decide(study, late=self._late())
        self.store.record_looks(self.plan.spec.name, looks, self._looks)
        self._looks += len(looks)
        self.plan = self.plan.after(looks)

    def _proposals(self) -> list[Proposal]:
        return [p for search in self._searches for p in search.proposals.values()]

    def _confirm(self) -> None:
        """Hand out the trials that are reported: those of a winner once its search is over, and those of a new look."""
        so_far = sum(search.over for search in self._searches), self._looks
        if so_far == self._confirmed:
            return
        self._confirmed = so_far
        for trial in self.plan.trials(find_winners(self.plan, self._proposals(), self.results)).values():
            if trial.key not in self._given and not is_final(self.results.get(trial.key)):
                self._to_run.append(trial)
            self._given.add(trial.key)


def _curve(result: Result, metric: Metric) -> Curve:
    if result.state != "finished":
        return ()
    values = metric.turned(result.trajectory.column(metric.name, "validation"))
    return tuple(zip(result.trajectory.epochs.tolist(), values.tolist(), strict=True))


def is_final(result: Result | None) -> TypeGuard[Result]:
    """Finished, or diverged, which would only happen again; a trial whose worker died gets another chance."""
    return result is not None and (result.state == "finished" or result.diverged_epoch is not None)
