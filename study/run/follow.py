"""A study that runs elsewhere, followed by reading the store: who watches is told what the coordinator would tell."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from study.design.cost import flops
from study.design.plan import Plan, make_plan
from study.errors import InputError
from study.records.imported import ForeignStudy
from study.records.trials import Proposal, Result, Trial, TrialKey
from study.run.agenda import is_final
from study.run.observers import Follower
from study.search.cell_search import find_winners
from study.store import Store

PAUSE_SECONDS = 2.0


def follow(store: Store, name: str, follower: Follower, *, pause: float = PAUSE_SECONDS) -> bool:
    """Tell ``follower`` what becomes of a study until it is done: nothing is left to run, and nobody runs it.

    Returns False where it was continued as another study meanwhile (more replicates, say): begin again then. Never
    writes. Raises :class:`InputError` for a study that was imported, and when there is none of that name.
    """
    last = store.latest(name)
    study = store.load(name)
    if isinstance(study, ForeignStudy):
        raise InputError(f"Study {name!r} was imported from {study.engine}, so nothing of it runs here.")
    plan, results, looks = study.plan, dict(study.results), study.looks
    start = make_plan(plan.spec)
    shape = study.facts.inputs, study.facts.outputs, study.facts.sizes
    follower.begin(plan.most, study, lambda trial: flops(trial.configuration, *shape, plan.spec.model))
    told = {(p.cell, p.number) for p in study.proposals if p.told is not None}
    heard_of = {key for key, result in results.items() if is_final(result)}
    new = [result for result in results.values() if not is_final(result)]
    proposals: tuple[Proposal, ...] | None = None
    while True:
        news = store.news(name, last)
        if news.spec != plan.spec:
            return False
        last = news.last
        new += [r for r in news.results if r.trial.key not in results or results[r.trial.key].state != r.state]
        results |= {result.trial.key: result for result in new}
        trials = [result.trial for result in new]
        if news.proposals != proposals or news.looks != looks:  # to name every trial of a large study takes seconds
            proposals, looks = news.proposals, news.looks
            asked, all_asked = _trials(start.after(looks), proposals, results)
            missing = {trial.key for trial in asked}
            trials += asked
        missing -= results.keys()
        for trial in trials:
            if trial.key not in heard_of:
                heard_of.add(trial.key)
                follower.submitted(trial)
        for proposal in proposals:
            if proposal.told is not None and (proposal.cell, proposal.number) not in told:
                told.add((proposal.cell, proposal.number))
                follower.told(proposal)
        for result in new:
            follower.result(result)
        new = []
        follower.driven(news.holder)
        follower.tick(())
        driven = news.holder is not None and news.holder.alive
        if all_asked and not missing and not driven:
            return True
        time.sleep(pause)


def _trials(plan: Plan, proposals: Sequence[Proposal], results: Mapping[TrialKey, Result]) -> tuple[list[Trial], bool]:
    """The trials that a study is known to consist of so far, and whether no search and no look will ask for more."""
    searches = {search.name: search for search in plan.searches}
    searched = [searches[p.cell].trial(p.setting) for p in proposals if p.setting is not None]
    winners = find_winners(plan, proposals, results)
    over = len(winners) == len(searches) and not any(panel.undecided for panel in plan.panels)
    return [*dict.fromkeys(searched), *plan.trials(winners).values()], over
