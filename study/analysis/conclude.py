"""A stored study -> its findings: readings, intervals, verdicts and picks of every panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import overload

from threadpoolctl import threadpool_limits

from study.analysis.advice import NOT_CHOSEN, pick_of
from study.analysis.by_metric import by_metric
from study.analysis.diagnoses import curves_note
from study.analysis.findings import Findings, ImportedFindings, Panel, Point, StudyFacts
from study.analysis.imported_findings import conclude_imported
from study.analysis.interval_words import difference, value, with_n
from study.analysis.look_findings import looks_finding
from study.analysis.onset.find import OnsetVerdict
from study.analysis.panel_reading import PanelReading
from study.analysis.reference_comparison import references_of
from study.analysis.remedy_places import remedies_of
from study.analysis.search_findings import CellFinding, SearchFinding
from study.analysis.search_luck import winners_note
from study.analysis.searches import assess_searches
from study.analysis.tested_items import TestedItems, answers_note, sampling_of, tested_items
from study.analysis.trial_list import failed_in_search, trial_rows
from study.analysis.winner_luck import winners_luck
from study.design.plan import PlannedPanel, PlannedPoint, Winners
from study.errors import StoreError
from study.records.imported import ForeignStudy
from study.records.metrics import Metric
from study.records.trials import DamagedItems
from study.search.cell_search import by_cell, find_winners
from study.store import StoredStudy
from study.words import count

CANDIDATE = "candidate"
"""The axis of a panel that has none: the place of a configuration in the search."""


@overload
def conclude(study: StoredStudy) -> Findings: ...
@overload
def conclude(study: ForeignStudy) -> ImportedFindings: ...
def conclude(study: StoredStudy | ForeignStudy) -> Findings | ImportedFindings:
    """Everything that can be said about the study with the results that are there.

    Never raises for missing or failed trials: they are counted and the verdicts say so. Raises
    :class:`~study.errors.StoreError` where the answers to test items are not those of this study's test part.
    """
    if isinstance(study, ForeignStudy):
        return conclude_imported(study)
    try:
        with threadpool_limits(1):  # matrices are small here: several threads take longer to be told than the work
            return _conclude(study)
    except DamagedItems as error:
        raise StoreError(
            f"Study {study.name!r} is damaged: {error}. Restore the store from a backup, or remove the study with "
            "depthgauge delete."
        ) from None


def panel_verdicts(study: StoredStudy) -> dict[str, OnsetVerdict]:
    """The verdicts of :func:`conclude` alone, by the names of their panels in the plan."""
    winners = find_winners(study.plan, study.proposals, study.results)
    facts = _facts(study, winners)
    items = tested_items(study, winners, facts.metric)
    found = {}
    with threadpool_limits(1):
        for plan in study.plan.panels:
            if plan.has_axis and (places := _places(plan, winners, facts)):
                sampling = sampling_of(study, _samples(places, facts), plan.replicates)
                reading = PanelReading(plan, study, facts, facts.metric, items, sampling)
                reading = reading.with_luck(reading.luck(places))
                points, right = reading.points(places)
                found[plan.name] = reading.verdict(places, [point.accuracy for point in points], right)
    return found


def _conclude(study: StoredStudy) -> Findings:
    winners = find_winners(study.plan, study.proposals, study.results)
    facts = _facts(study, winners)
    named = [(plan, _name(plan, winners, facts)) for plan in study.plan.panels]
    search = assess_searches(study, named, facts)
    cells = () if search is None else search.cells
    items = {metric: tested_items(study, winners, metric) for metric in facts.metrics}
    panels = tuple(
        _panel(plan, name, winners, study, facts, items, tuple(cell for cell in cells if cell.panel == name))
        for plan, name in named
        if plan.points(winners)
    )
    picks = {panel.name: pick_of(panel) for panel in panels}
    beside = (references_of(panel, picks[panel.name], study.results, study.references, facts) for panel in panels)
    if not panels:
        sentence = _searching(search)
    elif len(panels) == 1:
        sentence = panels[0].sentence
    else:
        sentence = " ".join(f"{p.name}: {p.sentence[0].lower()}{p.sentence[1:]}" for p in panels)
    return Findings(
        facts=facts,
        sentence=sentence,
        panels=panels,
        picks=tuple(found for found in picks.values() if found),
        trials=(
            *(row for panel in panels for row in trial_rows(panel, study)),
            *failed_in_search(study),
        ),
        remedies=remedies_of(panels, facts.metric.guess(facts.run.classes)),
        search=None if search is None else replace(search, luck=winners_luck(panels)),
        references=tuple(found for found in beside if found is not None),
    )


def _searching(search: SearchFinding | None) -> str:
    """What a study says whose searches have found nothing to report so far."""
    if search is None or not search.trained:
        return "No trial has finished yet."
    if all(cell.over for cell in search.cells):
        return f"None of {search.trained} search trials could be trained, so there is nothing to report."
    finished = search.trained - search.failed
    return (
        f"The search goes on: {search.trained} trials so far, {finished} of them finished. Nothing is reported before "
        "it ends."
    )


def _facts(study: StoredStudy, winners: Winners) -> StudyFacts:
    results = list(study.results.values())
    to_come = study.plan.to_come(study.results, by_cell(study.proposals), winners)
    return StudyFacts(
        name=study.name,
        spec=study.spec,
        run=study.facts,
        dataset_sha256=study.dataset_sha256,
        planned=len(results) + to_come,
        finished=sum(result.state == "finished" for result in results),
        failed=sum(result.state == "failed" for result in results),
        training_minutes=sum(result.compile_seconds + result.train_seconds for result in results) / 60,
    )


def _panel(
    plan: PlannedPanel,
    name: str,
    winners: Winners,
    study: StoredStudy,
    facts: StudyFacts,
    items: Mapping[Metric, TestedItems | None],
    searches: tuple[CellFinding, ...],
) -> Panel:
    axis = CANDIDATE if study.spec.nuisance and not plan.has_axis else study.spec.axis
    label = "candidates" if axis == CANDIDATE else study.spec.words_of(axis)
    places = _places(plan, winners, facts)
    samples = _samples(places, facts)
    sampling = sampling_of(study, samples, plan.replicates)
    plain, *others = (PanelReading(plan, study, facts, one, items[one], sampling) for one in facts.metrics)
    times = len(places[0].winners)
    luck = plain.luck(places) if plan.has_axis else None
    metric = plain.with_luck(luck)
    points, right = metric.points(places)
    baseline, at_baseline = None, plan.baseline_point(winners)
    if at_baseline is not None:
        (baseline,), _ = (metric if len(at_baseline.winners) > 1 else plain).points([at_baseline])
    verdict = metric.verdict(places, [point.accuracy for point in points], right) if plan.has_axis else None
    beside = tuple(one.beside(places) for one in others)
    return Panel(
        name=name,
        axis=axis,
        axis_label=label,
        shapes=study.spec.shapes(axis),
        reading=plan.reading,
        margin=metric.margin,
        alpha=study.spec.alpha,
        samples=samples,
        epochs=max(point.of(r)[0].epochs for point in points for r in range(plan.replicates)),
        replicates=plan.replicates,
        points=points,
        baseline=baseline,
        verdict=verdict,
        sentence=_best(points, searches, study, facts.metric)
        if verdict is None
        else verdict.sentence(label, facts.metric),
        pending=len({(one.configuration.key, r) for r, one in plan.runs(winners)} - study.results.keys()),
        arm=plan.arm,
        others=plan.setting,
        place=_place(plan, facts),
        curves_note=curves_note(points, axis, label),
        answers_note=answers_note(points, study.results, facts.metric),
        winners_note=winners_note(label, times, known=luck is not None) if searches and verdict is not None else "",
        no_pick=NOT_CHOSEN.get(axis, "") if len(points) > 1 else "",
        searches=searches,
        sampling=metric.sampling,
        speaks_of="these replicates" if items[facts.metric] is None else sampling.inference,
        metric=facts.metric,
        beside=beside,
        by_metric=by_metric(facts.metric, verdict, beside, label),
        looks=looks_finding(plan, winners),
    )


def _places(plan: PlannedPanel, winners: Winners, facts: StudyFacts) -> list[PlannedPoint]:
    """The points of a panel; all training samples as their number."""
    points = plan.points(winners)
    return [point if point.value is not None else replace(point, value=facts.run.train_samples) for point in points]


def _samples(places: Sequence[PlannedPoint], facts: StudyFacts) -> int:
    """The training samples in use, those of the first place where they are what is swept."""
    return places[0].first.configuration.samples or facts.run.train_samples


def _name(plan: PlannedPanel, winners: Winners, facts: StudyFacts) -> str:
    """What people call a panel: ``none, 1,000 samples``; of the only one of a study, on how many samples it trains."""
    if plan.name:
        return plan.name
    if plan.has_axis and facts.spec.axis == "samples":
        return facts.spec.dataset
    points = plan.points(winners)
    samples = points[0].first.configuration.samples if points else plan.cells[0].fixed["samples"]
    return count(samples if isinstance(samples, int) else facts.run.train_samples, "sample")


def _place(plan: PlannedPanel, facts: StudyFacts) -> tuple[tuple[str, float], ...]:
    """Where a panel stands on the ordered hyperparameters beside the axis; all training samples as their number."""
    numbers = ((name, facts.run.train_samples if value in (None, "all") else value) for name, value in plan.others)
    return tuple(
        (name, float(value)) for name, value in numbers if facts.spec.ordered(name) and not isinstance(value, list)
    )


def _best(points: Sequence[Point], searches: Sequence[CellFinding], study: StoredStudy, metric: Metric) -> str:
    """What a study without a scientific axis found: of its only network, or of the best candidate of its search."""
    point = points[0]
    if len(points) > 1:
        known = [p for p in points if p.validation.mean is not None]
        point = max(known or points, key=lambda p: metric.turned(p.validation.mean or 0.0))
    if point.test.mean is None:
        return f"No run of {point.label} has finished yet."
    lead = ""
    if searches:
        trained = sum(len(cell.trained) for cell in searches)
        chosen = f"Best of {len(points)} that" if len(points) > 1 else "What"
        lead = f"{chosen} {study.spec.searching.proposer} chose from {count(trained, 'trial')}: "
    parts = [f"{name} {value(getattr(point, name), metric.unit)}" for name in ("train", "validation", "test")]
    gap = difference(point.gap, metric.unit)
    return (
        f"{lead}{point.label} reaches {', '.join(parts)} {metric.words}; "
        f"{with_n(f'generalization gap {gap}', point.test)}."
    )
