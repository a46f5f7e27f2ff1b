"""What the searches of a study tried, what they chose, and which hyperparameter mattered."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from study.analysis.findings import StudyFacts
from study.analysis.ped_anova import FEWEST_FOR_IMPORTANCE, ped_anova
from study.analysis.search_advice import advise
from study.analysis.search_findings import CellFinding, ChosenTrial, Importance, SearchFinding, Tried
from study.design.cells import Cell
from study.design.plan import PlannedPanel
from study.records.metrics import Metric
from study.records.readings import read
from study.records.trials import Proposal, TrialKey
from study.search.cell_search import by_cell, ranked, value_of
from study.store import StoredStudy


def assess_searches(
    study: StoredStudy, panels: Sequence[tuple[PlannedPanel, str]], facts: StudyFacts
) -> SearchFinding | None:
    """What the searches found so far; None for a study without any.

    ``panels`` are those of the plan with what they are called.
    """
    spec, cells = study.spec, study.plan.searches
    if not cells:
        return None
    asked = by_cell(study.proposals)
    found = tuple(
        _cell(cell, name, asked.get(cell.name, []), study) for panel, name in panels for cell in panel.searches
    )
    return SearchFinding(
        proposer=spec.searching.proposer,
        trials=max(cell.trials for cell in cells),
        parameters=max(cells, key=lambda cell: len(cell.parameters)).parameters,
        cells=found,
        importance=_importance(cells, found, spec.deciding),
        advice=advise(facts, found, study.results),
    )


def _cell(cell: Cell, panel: str, proposals: Sequence[Proposal], study: StoredStudy) -> CellFinding:
    tried = _tried(cell, proposals, study)
    by_number = {one.number: one for one in tried}
    best: dict[str, ChosenTrial] = {}  # of equal networks the one that was proposed first
    for proposal in ranked(cell, proposals, study.results, study.spec.deciding):
        one = by_number.get(proposal.number)
        if one is not None and one.configuration.key not in best:
            _, reading = value_of(study.results[cell.trial(one.setting).key], study.spec.deciding, cell.readings)
            best[one.configuration.key] = ChosenTrial(one, reading)
    over = cell.has_searched(proposals)
    return CellFinding(
        name=cell.name,
        panel=panel,
        value=_place(cell, study),
        tried=tried,
        chosen=tuple(best.values())[: study.spec.winners_per_cell if over else 1],
        over=over,
    )


def _place(cell: Cell, study: StoredStudy) -> float | None:
    """A cell's value on the axis; all training samples as their number."""
    if study.spec.axis not in study.spec.scientific:
        return None
    return float(study.facts.sizes[0]) if cell.value is None else cell.value


def _tried(cell: Cell, proposals: Sequence[Proposal], study: StoredStudy) -> tuple[Tried, ...]:
    answered = [
        (proposal, cell.trial(proposal.setting))
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
            _, reading = value_of(result, study.spec.deciding, cell.readings)
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
    shares: dict[str, list[tuple[float, float]]] = {}
    for cell, finding in zip(cells, found, strict=True):
        everywhere = [p for p in cell.parameters if p.condition is None]
        if len(finding.feasible) < FEWEST_FOR_IMPORTANCE or len(everywhere) < 2:
            continue
        settings = [one.setting for one in finding.feasible]
        accuracy = ped_anova(everywhere, settings, [metric.turned(one.accuracy or 0.0) for one in finding.feasible])
        gap = ped_anova(everywhere, settings, [-(one.gap or 0.0) for one in finding.feasible])
        for parameter in everywhere:
            shares.setdefault(parameter.name, []).append((accuracy[parameter.name], gap[parameter.name]))
    importance = [
        Importance(name, fmean(a for a, _ in both), fmean(g for _, g in both), len(both))
        for name, both in shares.items()
    ]
    return tuple(sorted(importance, key=lambda one: -one.accuracy))
