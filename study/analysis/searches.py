"""What the searches of a study tried, what they chose, and which hyperparameter mattered."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

import numpy as np

from study.analysis.findings import StudyFacts
from study.analysis.ped_anova import FEWEST_FOR_IMPORTANCE, ped_anova
from study.analysis.search_advice import advise
from study.analysis.search_findings import CellFinding, ChosenTrial, EarlyEnd, Importance, SearchFinding, Tried
from study.design.cells import Cell, PlannedSearch, values_told
from study.design.plan import PlannedPanel
from study.records.metrics import Metric
from study.records.parameters import Parameter
from study.records.readings import read
from study.records.trials import Proposal, TrialKey
from study.search.cell_search import by_cell, ranked, value_of
from study.store import StoredStudy

Shares = dict[str, float]

RESAMPLED = 10
"""How often the trials of a single search are drawn anew, to tell how sure its importances are."""


def assess_searches(
    study: StoredStudy, panels: Sequence[tuple[PlannedPanel, str]], facts: StudyFacts
) -> SearchFinding | None:
    """What the searches found so far; None for a study without any.

    ``panels`` are those of the plan with what they are called.
    """
    spec, searches = study.spec, study.plan.searches
    if not searches:
        return None
    asked = by_cell(study.proposals)
    found = tuple(
        _search(search, panel, name, asked.get(search.name, []), study)
        for panel, name in panels
        for search in panel.searches
    )
    cells = [search.cell for search in searches]
    return SearchFinding(
        proposer=spec.searching.proposer,
        trials=max(search.trials for search in searches),
        parameters=max(cells, key=lambda cell: len(cell.parameters)).parameters,
        cells=found,
        importance=_importance(cells, found, spec.deciding),
        advice=advise(facts, found, study.results),
    )


def _search(
    search: PlannedSearch, panel: PlannedPanel, name: str, proposals: Sequence[Proposal], study: StoredStudy
) -> CellFinding:
    cell, tried = search.cell, _tried(search, proposals, study)
    by_number = {one.number: one for one in tried}
    best: dict[str, ChosenTrial] = {}  # of equal networks the one that was proposed first
    for proposal in ranked(search, proposals, study.results, study.spec.deciding):
        one = by_number.get(proposal.number)
        if one is not None and one.configuration.key not in best:
            _, reading = value_of(study.results[search.trial(one.setting).key], study.spec.deciding, cell.readings)
            best[one.configuration.key] = ChosenTrial(one, reading)
    over, beside = search.has_searched(proposals), cell is panel.baseline
    return CellFinding(
        name=search.name,
        panel=name,
        value=None if beside else _place(cell, study),
        tried=tried,
        chosen=tuple(best.values())[: study.spec.winners_per_search if over else 1],
        over=over,
        number=search.number,
        repeats=cell.repeats,
        baseline=beside,
        early=_early(search, proposals),
    )


def _early(search: PlannedSearch, proposals: Sequence[Proposal]) -> EarlyEnd | None:
    """Why a search ended with fewer trials than it was to have; None where it had them, or tried all there is."""
    told, stop = values_told(proposals), search.cell.stop
    look = search.stopped_after(told)
    ran = len(proposals) >= search.trials or any(p.setting is None for p in proposals)
    if stop is None or look is None or ran or not search.has_searched(proposals):
        return None
    return EarlyEnd(len(told), search.trials, stop.gain(told[:look], search.trials), stop.margin)


def _place(cell: Cell, study: StoredStudy) -> float | None:
    """A cell's value on the axis; all training samples as their number."""
    if study.spec.axis not in study.spec.scientific:
        return None
    return float(study.facts.sizes[0]) if cell.value is None else cell.value


def _tried(search: PlannedSearch, proposals: Sequence[Proposal], study: StoredStudy) -> tuple[Tried, ...]:
    answered = [
        (proposal, search.trial(proposal.setting))
        for proposal in sorted(proposals, key=lambda p: p.number)
        if proposal.setting is not None and proposal.told is not None
    ]
    trained: dict[TrialKey, Proposal] = {}  # the proposal under which each trial stands
    for proposal, trial in answered:
        known = trained.setdefault(trial.key, proposal)
        if known.value is None and proposal.value is not None:
            trained[trial.key] = proposal  # a worker had died: it was run again
    tried = []
    for proposal, trial in answered:
        own = trained[trial.key].number
        result = study.results.get(trial.key)
        gap = None
        if result is not None and proposal.value is not None:
            _, reading = value_of(result, study.spec.deciding, search.cell.readings)
            train, _, test = read(result.trajectory, reading)[study.spec.metric].tolist()
            gap = study.spec.deciding.turned(train - test)
        tried.append(
            Tried(
                number=proposal.number,
                setting=proposal.setting or {},
                configuration=trial.configuration,
                accuracy=proposal.value,
                gap=gap,
                reason=result.reason if result is not None else "",
                repeats=None if own == proposal.number else own,
            )
        )
    return tuple(tried)


def _importance(cells: Sequence[Cell], found: Sequence[CellFinding], metric: Metric) -> tuple[Importance, ...]:
    computed: list[tuple[Shares, Shares]] = []
    for cell, finding in zip(cells, found, strict=True):
        everywhere = [p for p in cell.parameters if p.condition is None]
        if len(finding.feasible) >= FEWEST_FOR_IMPORTANCE and len(everywhere) > 1:
            computed.append(_shares(everywhere, finding.feasible, metric))
            last = everywhere, finding.feasible
    if not computed:
        return ()
    spread = (
        computed
        if len(computed) > 1
        else [_shares(*last, metric, rng=np.random.default_rng(i)) for i in range(RESAMPLED)]
    )
    importance = []
    for name in dict.fromkeys(name for shares, _ in computed for name in shares):
        accuracy, gap = ([shares[which][name] for shares in computed if name in shares[which]] for which in (0, 1))
        ranges = [[shares[which][name] for shares in spread if name in shares[which]] for which in (0, 1)]
        importance.append(
            Importance(name, fmean(accuracy), fmean(gap), len(accuracy), *((min(one), max(one)) for one in ranges))
        )
    return tuple(sorted(importance, key=lambda one: -one.accuracy))


def _shares(
    parameters: Sequence[Parameter], trials: Sequence[Tried], metric: Metric, rng: np.random.Generator | None = None
) -> tuple[Shares, Shares]:
    """The importances for the metric and for the gap over ``trials``, or over as many drawn from them with ``rng``."""
    if rng is not None:
        trials = [trials[place] for place in rng.integers(len(trials), size=len(trials))]
    settings = [one.setting for one in trials]
    accuracy = ped_anova(parameters, settings, [metric.turned(one.accuracy or 0.0) for one in trials])
    return accuracy, ped_anova(parameters, settings, [-(one.gap or 0.0) for one in trials])
