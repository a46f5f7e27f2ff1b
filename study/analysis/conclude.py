"""A stored study -> its findings: readings, intervals, verdicts and picks of every panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import overload

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from study.analysis.advice import NOT_CHOSEN, pick_of, remedies_of
from study.analysis.curves import mean_curve
from study.analysis.diagnoses import curves_note, diagnose_runs
from study.analysis.findings import Findings, ImportedFindings, Panel, Point, StudyFacts
from study.analysis.gap import at_readings, gap_interval
from study.analysis.imported_findings import conclude_imported
from study.analysis.interval_words import percent, with_n
from study.analysis.interval_words import points as points_text
from study.analysis.onset.find import OnsetVerdict, find_onset
from study.analysis.search_findings import CellFinding, SearchFinding
from study.analysis.searches import assess_searches
from study.analysis.t_intervals import t_interval
from study.analysis.trial_list import failed_in_search, trial_rows
from study.design.plan import PlannedPanel, PlannedPoint, Winners
from study.design.space import AXIS_WORDS
from study.errors import StoreError
from study.records.imported import ForeignStudy
from study.records.metrics import ACCURACY
from study.records.readings import parse_reading, read_metric
from study.records.trials import Result, TrialKey, of_split
from study.search.cell_search import by_cell, find_winners
from study.store import StoredStudy
from study.words import count

CANDIDATE = "candidate"
"""The axis of a panel that has none: the place of a configuration in the search."""

READINGS = ("last", "tail", "best")
"""At these the runs of every point are read, whatever the panel's reading."""

Results = Mapping[TrialKey, Result]


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
    with threadpool_limits(1):  # matrices are small here: handing them to several threads takes longer than the work
        return _conclude(study)


def _conclude(study: StoredStudy) -> Findings:
    winners = find_winners(study.plan, study.proposals, study.results)
    facts = _facts(study, winners)
    named = [(plan, _name(plan, winners, facts)) for plan in study.plan.panels]
    search = assess_searches(study, named, chance=1 / facts.run.classes)
    cells = () if search is None else search.cells
    panels = tuple(
        _panel(plan, name, winners, study, facts, tuple(cell for cell in cells if cell.panel == name))
        for plan, name in named
        if plan.points(winners)
    )
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
        picks=tuple(found for panel in panels if (found := pick_of(panel))),
        trials=(
            *(row for panel in panels for row in trial_rows(panel, study.results)),
            *failed_in_search(study),
        ),
        remedies=remedies_of(panels),
        search=search,
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
    searches: tuple[CellFinding, ...],
) -> Panel:
    axis = CANDIDATE if study.spec.nuisance and not plan.has_axis else study.spec.axis
    label = AXIS_WORDS.get(axis, "candidates")
    points = tuple(_point(place, plan, study.results, facts) for place in _places(plan, winners, facts))
    baseline = None
    if plan.baseline is not None:
        place = PlannedPoint(plan.baseline.network.depth, plan.baseline, plan.reading)
        baseline = _point(place, plan, study.results, facts)
    verdict = _verdict(plan, points, study, facts) if plan.has_axis else None
    keys = [c.key for c in plan.configurations(winners)]
    return Panel(
        name=name,
        axis=axis,
        axis_label=label,
        reading=plan.reading,
        margin=plan.margin,
        alpha=study.spec.alpha,
        samples=points[0].configuration.samples or facts.run.train_samples,
        epochs=max(point.configuration.epochs for point in points),
        replicates=plan.replicates,
        points=points,
        baseline=baseline,
        verdict=verdict,
        sentence=_best(points, searches, study) if verdict is None else verdict.sentence(label),
        pending=sum((key, r) not in study.results for key in keys for r in range(plan.replicates)),
        arm=plan.arm,
        others=plan.setting,
        place=_place(plan, facts),
        curves_note=curves_note(points, axis, label),
        no_pick=NOT_CHOSEN.get(axis, "") if len(points) > 1 else "",
        searches=searches,
    )


def _places(plan: PlannedPanel, winners: Winners, facts: StudyFacts) -> list[PlannedPoint]:
    """The points of a panel; all training samples as their number."""
    points = plan.points(winners)
    return [point if point.value is not None else replace(point, value=facts.run.train_samples) for point in points]


def _name(plan: PlannedPanel, winners: Winners, facts: StudyFacts) -> str:
    """What people call a panel: ``none, 1,000 samples``; of the only one of a study, on how many samples it trains."""
    sizes = [
        count(value, "sample") if value != "all" else "all samples" for name, value in plan.others if name == "samples"
    ]
    rest = replace(plan, others=tuple(other for other in plan.others if other[0] != "samples"))
    if words := ", ".join(part for part in (rest.name, *sizes) if part):
        return words
    if plan.has_axis and facts.spec.axis == "samples":
        return facts.spec.dataset
    points = plan.points(winners)
    samples = points[0].configuration.samples if points else plan.cells[0].fixed["samples"]
    return count(samples if isinstance(samples, int) else facts.run.train_samples, "sample")


def _place(plan: PlannedPanel, facts: StudyFacts) -> tuple[tuple[str, float], ...]:
    """Where a panel stands on the ordered hyperparameters beside the axis; all training samples as their number."""
    numbers = ((name, facts.run.train_samples if value in (None, "all") else value) for name, value in plan.others)
    return tuple((name, float(value)) for name, value in numbers if name in AXIS_WORDS and not isinstance(value, list))


def _verdict(plan: PlannedPanel, points: Sequence[Point], study: StoredStudy, facts: StudyFacts) -> OnsetVerdict:
    accuracy = np.stack([point.accuracy for point in points], axis=1)  # (R, D, 3)
    patient = any(parse_reading(point.reading).name == "patience" for point in points)
    return find_onset(
        [point.value for point in points],
        np.where(_failed(plan, points, study.results), np.inf, accuracy[:, :, 0]),
        accuracy[:, :, 2],
        margin=plan.margin,
        chance=1 / facts.run.classes,
        correct=None if patient else _correct(plan, points, study),
        alpha=study.spec.alpha,
        seed=study.spec.seed,
    )


def _point(place: PlannedPoint, plan: PlannedPanel, results: Results, facts: StudyFacts) -> Point:
    configuration = place.configuration
    key = configuration.key
    runs = [results[key, replicate] for replicate in range(plan.replicates) if (key, replicate) in results]
    whole = [run for run in runs if run.state == "finished"]
    finished = [run.trajectory for run in whole]
    accuracy = np.full((plan.replicates, 3), np.nan)
    accuracy[[run.trial.replicate for run in whole]] = read_metric(finished, facts.spec.metric, place.reading)
    assert place.value is not None
    return Point(
        value=place.value,
        configuration=configuration,
        reading=place.reading,
        parameters=configuration.network.parameters(facts.run.inputs, facts.run.classes),
        accuracy=accuracy,
        train=t_interval(of_split(accuracy, "train")),
        validation=t_interval(of_split(accuracy, "validation")),
        test=t_interval(of_split(accuracy, "test")),
        gap=gap_interval(accuracy),
        curve=mean_curve(finished),
        readings=at_readings(finished, READINGS),
        classes=tuple(t_interval(values) for values in zip(*(run.class_accuracy for run in whole), strict=True)),
        curve_findings=diagnose_runs(runs, chance=1 / facts.run.classes, margin=plan.margin),
    )


def _failed(plan: PlannedPanel, points: Sequence[Point], results: Results) -> NDArray[np.bool_]:
    """Which runs failed in training (R, D). One whose worker died says nothing of training: it counts as not run."""
    keys = [point.configuration.key for point in points]
    runs = [[results.get((key, r)) for key in keys] for r in range(plan.replicates)]
    return np.array([[run is not None and run.diverged_epoch is not None for run in row] for row in runs])


def _correct(plan: PlannedPanel, points: Sequence[Point], study: StoredStudy) -> NDArray[np.bool_] | None:
    """Which test items each run had right (R, D, N): at the best epoch, or at the end for ``last`` and ``tail``.

    None where no run kept them.
    """
    items = study.facts.sizes[2]
    found = {}
    for d, point in enumerate(points):
        key, reading = point.configuration.key, "best" if point.reading == "best" else "last"
        for replicate in range(plan.replicates):
            result = study.results.get((key, replicate))
            kept = None if result is None else result.item_values(ACCURACY.name, reading)
            if kept is None:
                continue
            try:
                found[replicate, d] = kept.values(items)
            except ValueError as error:
                raise StoreError(
                    f"Study {study.name!r} is damaged: {error}. Restore the store from a backup, or remove the study "
                    "with depthgauge delete."
                ) from None
    if not found:
        return None
    correct = np.zeros((plan.replicates, len(points), items), bool)  # only now: a store may say any number of items
    for place, values in found.items():
        correct[place] = values
    return correct


def _best(points: Sequence[Point], searches: Sequence[CellFinding], study: StoredStudy) -> str:
    """What a study without a scientific axis found: of its only network, or of the best candidate of its search."""
    point = points[0]
    if len(points) > 1:
        point = max(points, key=lambda p: p.validation.mean if p.validation.mean is not None else -1.0)
    if point.test.mean is None:
        return f"No run of {point.configuration.label} has finished yet."
    lead = ""
    if searches:
        trained = sum(len(cell.trained) for cell in searches)
        chosen = f"Best of {len(points)} that" if len(points) > 1 else "What"
        lead = f"{chosen} {study.spec.searching.proposer} chose from {count(trained, 'trial')}: "
    parts = [f"{name} {percent(getattr(point, name))}" for name in ("train", "validation", "test")]
    return (
        f"{lead}{point.configuration.label} reaches {', '.join(parts)} accuracy; "
        f"{with_n(f'generalization gap {points_text(point.gap)}', point.test)}."
    )
