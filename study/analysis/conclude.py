"""A stored study -> its findings: readings, intervals, verdicts and picks of every panel."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from study.analysis.advice import NOT_CHOSEN, network_name, pick_of, remedies_of
from study.analysis.curves import mean_curve
from study.analysis.diagnoses import curves_note, diagnose_runs
from study.analysis.findings import Findings, Panel, Point, StudyFacts, TrialRow
from study.analysis.gap import at_readings, gap_interval
from study.analysis.imported_findings import conclude_foreign
from study.analysis.interval_words import percent, with_n
from study.analysis.interval_words import points as points_text
from study.analysis.onset.find import OnsetVerdict, find_onset
from study.analysis.search_findings import SearchFinding
from study.analysis.searches import assess_searches
from study.analysis.t_intervals import t_interval
from study.design.plan import SEARCH_REPLICATE, PlannedPanel, PlannedPoint, plan_panels, search_trials, trials_by_key
from study.design.space import AXIS_WORDS
from study.records.readings import parse_reading, read_accuracy
from study.records.trials import Result, TrialKey
from study.search.cell_search import find_winners, is_over
from study.store import StoredStudy

CANDIDATE = "candidate"
"""The axis of a panel that has none: the place of a configuration in the search."""

READINGS = ("last", "tail", "best")
"""At these the runs of every point are read, whatever the panel's reading."""

Results = Mapping[TrialKey, Result]


def conclude(study: StoredStudy) -> Findings:
    """Everything that can be said about the study with the results that are there.

    Never raises for missing or failed trials: they are counted and the verdicts say so.
    """
    if study.foreign is not None:
        return conclude_foreign(study.foreign)
    with threadpool_limits(1):  # matrices are small here: handing them to several threads takes longer than the work
        return _conclude(study)


def _conclude(study: StoredStudy) -> Findings:
    winners = find_winners(study.spec, study.proposals, study.results)
    planned = plan_panels(study.spec, winners)
    facts = _facts(study, planned)
    plans = tuple(plan for plan in planned if plan.points)
    panels = tuple(_panel(plan, study, facts) for plan in plans)
    search = assess_searches(study.spec, study.proposals, study.results, chance=1 / facts.classes)
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
            *(row for panel in panels for row in _rows(panel, study.results)),
            *_failed_in_search(study, facts),
        ),
        remedies=remedies_of(panels),
        search=search,
    )


def _searching(search: SearchFinding | None) -> str:
    """What a study says whose searches have found nothing to report so far."""
    if search is None or not any(cell.tried for cell in search.cells):
        return "No trial has finished yet."
    tried, feasible = (sum(len(getattr(cell, what)) for cell in search.cells) for what in ("tried", "feasible"))
    if all(cell.over for cell in search.cells):
        return f"None of {tried} search trials could be trained, so there is nothing to report."
    return (
        f"The search goes on: {tried} trials so far, {feasible} of them finished. Nothing is reported before it ends."
    )


def _pending(study: StoredStudy, panels: Sequence[PlannedPanel]) -> int:
    """Trials still to come, as far as that is known: a search may end early, or find an equal configuration again."""
    known = sum(key not in study.results for key in trials_by_key(panels))
    for panel in panels:
        for _, cell in panel.cells:
            own = [proposal for proposal in study.proposals if proposal.cell == cell.name]
            if cell.tuned and not (own and is_over(own, study.spec.searching.trials)):
                answered = sum(proposal.told is not None for proposal in own)
                known += search_trials(study.spec, cell) - answered + study.spec.winners_per_cell * panel.replicates
    return known


def _facts(study: StoredStudy, panels: Sequence[PlannedPanel]) -> StudyFacts:
    results = list(study.results.values())
    sizes = study.facts["sizes"]
    return StudyFacts(
        name=study.spec.name,
        dataset=study.spec.dataset,
        dataset_sha256=study.dataset_sha256,
        train_samples=sizes[0],
        validation_samples=sizes[1],
        test_samples=sizes[2],
        inputs=study.facts["inputs"],
        classes=study.facts["classes"],
        seed=study.spec.seed,
        planned=len(results) + _pending(study, panels),
        finished=sum(result.state == "finished" for result in results),
        failed=sum(result.state == "failed" for result in results),
        training_minutes=sum(result.compile_seconds + result.train_seconds for result in results) / 60,
        versions=tuple(study.facts["versions"].items()),
        toml=study.spec.to_toml(),
        command=study.facts["command"],
        labels=tuple(study.facts.get("labels") or map(str, range(study.facts["classes"]))),
        data_notes=tuple(study.facts.get("data_notes", ())),
    )


def _panel(plan: PlannedPanel, study: StoredStudy, facts: StudyFacts) -> Panel:
    axis = CANDIDATE if study.spec.nuisance and not plan.has_axis else study.spec.axis
    label = AXIS_WORDS.get(axis, "candidates")
    points = tuple(_point(place, plan, study.results, facts) for place in _places(plan, facts))
    baseline = None
    if plan.baseline is not None:
        place = PlannedPoint(plan.baseline.depth, plan.baseline, plan.reading)
        baseline = _point(place, plan, study.results, facts)
    verdict = _verdict(plan, points, study, facts) if plan.has_axis else OnsetVerdict("inconclusive")
    keys = [c.key for c in plan.configurations]
    samples = points[0].configuration.samples or facts.train_samples
    return Panel(
        name=_name(plan) or (facts.dataset if axis == "samples" else f"{samples:,} samples"),
        axis=axis,
        axis_label=label,
        has_axis=plan.has_axis,
        reading=plan.reading,
        margin=plan.margin,
        alpha=study.spec.alpha,
        samples=samples,
        epochs=max(point.configuration.epochs for point in points),
        replicates=plan.replicates,
        points=points,
        baseline=baseline,
        verdict=verdict,
        sentence=verdict.sentence(label) if plan.has_axis else _best(points, study),
        pending=sum((key, r) not in study.results for key in keys for r in range(plan.replicates)),
        arm=plan.arm,
        others=plan.setting,
        place=_place(plan, facts),
        curves_note=curves_note(points, axis, label),
        no_pick=NOT_CHOSEN.get(axis, "") if len(points) > 1 else "",
    )


def _places(plan: PlannedPanel, facts: StudyFacts) -> list[PlannedPoint]:
    """The points of a panel; all training samples as their number."""
    return [point if point.value is not None else replace(point, value=facts.train_samples) for point in plan.points]


def _name(plan: PlannedPanel) -> str:
    """What people call a panel: ``none, 1,000 samples``; empty for the only one of a study."""
    sizes = [
        f"{value:,} samples" if value != "all" else "all samples" for name, value in plan.others if name == "samples"
    ]
    rest = replace(plan, others=tuple(other for other in plan.others if other[0] != "samples"))
    return ", ".join(part for part in (rest.name, *sizes) if part)


def _place(plan: PlannedPanel, facts: StudyFacts) -> tuple[tuple[str, float], ...]:
    """Where a panel stands on the ordered hyperparameters beside the axis; all training samples as their number."""
    numbers = ((name, facts.train_samples if value in (None, "all") else value) for name, value in plan.others)
    return tuple((name, float(value)) for name, value in numbers if name in AXIS_WORDS and not isinstance(value, list))


def _verdict(plan: PlannedPanel, points: Sequence[Point], study: StoredStudy, facts: StudyFacts) -> OnsetVerdict:
    accuracy = np.stack([point.accuracy for point in points], axis=1)  # (R, D, 3)
    patient = any(parse_reading(point.reading).name == "patience" for point in plan.points)
    return find_onset(
        [point.value for point in points],
        np.where(_failed(plan, study.results), np.inf, accuracy[:, :, 0]),
        accuracy[:, :, 2],
        margin=plan.margin,
        chance=1 / facts.classes,
        correct=None if patient else _correct(plan, study.results, facts),
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
    accuracy[[run.trial.replicate for run in whole]] = read_accuracy(finished, place.reading)
    assert place.value is not None
    return Point(
        value=place.value,
        configuration=configuration,
        reading=place.reading,
        parameters=configuration.parameters(facts.inputs, facts.classes),
        accuracy=accuracy,
        train=t_interval(accuracy[:, 0]),
        validation=t_interval(accuracy[:, 1]),
        test=t_interval(accuracy[:, 2]),
        gap=gap_interval(accuracy),
        curve=mean_curve(finished),
        readings=at_readings(finished, READINGS),
        classes=tuple(t_interval(values) for values in zip(*(run.class_accuracy for run in whole), strict=True)),
        curve_findings=diagnose_runs(runs, chance=1 / facts.classes, margin=plan.margin),
    )


def _failed(plan: PlannedPanel, results: Results) -> NDArray[np.bool_]:
    """Which runs failed in training (R, D). One whose worker died says nothing of training: it counts as not run."""
    keys = [point.configuration.key for point in plan.points]
    runs = [[results.get((key, r)) for key in keys] for r in range(plan.replicates)]
    return np.array([[run is not None and run.diverged_epoch is not None for run in row] for row in runs])


def _correct(plan: PlannedPanel, results: Results, facts: StudyFacts) -> NDArray[np.bool_]:
    """Which test items each run had right (R, D, N): at the best epoch, or at the end for ``last`` and ``tail``."""
    correct = np.zeros((plan.replicates, len(plan.points), facts.test_samples), bool)
    for d, point in enumerate(plan.points):
        key = point.configuration.key
        for replicate in range(plan.replicates):
            result = results.get((key, replicate))
            if result is not None and result.state == "finished":
                packed = result.correct_best if point.reading == "best" else result.correct_last
                bits = np.unpackbits(np.frombuffer(packed, np.uint8), count=facts.test_samples)
                correct[replicate, d] = bits.astype(bool)
    return correct


def _rows(panel: Panel, results: Results) -> list[TrialRow]:
    places: list[tuple[float | None, Point]] = [(point.value, point) for point in panel.points]
    if panel.baseline is not None:
        places.append((None, panel.baseline))
    return [row for value, point in places for row in _rows_of(value, point, panel, results)]


def _rows_of(value: float | None, point: Point, panel: Panel, results: Results) -> list[TrialRow]:
    """The trials of one configuration; ``value`` is None for the baseline."""
    key, architecture = point.configuration.key, point.configuration.label
    name = network_name(architecture, value, panel.axis, panel.axis_label)
    rows = []
    for replicate, accuracy in enumerate(point.accuracy.tolist()):
        result = results.get((key, replicate))
        train, validation, test = (number if math.isfinite(number) else None for number in accuracy)
        rows.append(
            TrialRow(
                panel=panel.name,
                name=name,
                value=value,
                architecture=architecture,
                parameters=point.parameters,
                replicate=replicate,
                state="pending" if result is None else result.state,
                train=train,
                validation=validation,
                test=test,
                epochs=0 if result is None else _epochs(result),
                seconds=0.0 if result is None else result.train_seconds,
                reason="" if result is None else result.reason,
            )
        )
    return rows


def _epochs(result: Result) -> int:
    """The last epoch that was recorded, 0 for none."""
    recorded = result.trajectory.epochs
    return int(recorded[-1]) if len(recorded) else 0


def _failed_in_search(study: StoredStudy, facts: StudyFacts) -> list[TrialRow]:
    """The search's trials that failed, with their reasons; those that did not are in the search's own findings."""
    return [
        TrialRow(
            panel="search",
            name=result.trial.configuration.label,
            value=None,
            architecture=result.trial.configuration.label,
            parameters=result.trial.configuration.parameters(facts.inputs, facts.classes),
            replicate=SEARCH_REPLICATE,
            state=result.state,
            train=None,
            validation=None,
            test=None,
            epochs=_epochs(result),
            seconds=result.train_seconds,
            reason=result.reason,
        )
        for (_, replicate), result in study.results.items()
        if replicate == SEARCH_REPLICATE and result.state == "failed"
    ]


def _best(points: Sequence[Point], study: StoredStudy) -> str:
    """What a study without a scientific axis found: of its only network, or of the best candidate of its search."""
    point = points[0]
    if len(points) > 1:
        point = max(points, key=lambda p: p.validation.mean if p.validation.mean is not None else -1.0)
    if point.test.mean is None:
        return f"No run of {point.configuration.label} has finished yet."
    lead = ""
    if study.proposals:
        tried = sum(proposal.told is not None for proposal in study.proposals)
        chosen = f"Best of {len(points)} that" if len(points) > 1 else "What"
        lead = f"{chosen} {study.spec.searching.proposer} chose from {tried} trials: "
    parts = [f"{name} {percent(getattr(point, name))}" for name in ("train", "validation", "test")]
    return (
        f"{lead}{point.configuration.label} reaches {', '.join(parts)} accuracy; "
        f"{with_n(f'generalization gap {points_text(point.gap)}', point.test)}."
    )
