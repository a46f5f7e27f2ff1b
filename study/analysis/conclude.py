"""A stored study -> its findings: readings, intervals, verdicts and picks of every panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from study.analysis.advice import NOT_CHOSEN, network_name, pick_of, remedies_of
from study.analysis.curves import mean_curve
from study.analysis.diagnoses import curves_note, diagnose_runs
from study.analysis.findings import Findings, Panel, Point, StudyFacts, TrialRow
from study.analysis.gap import at_readings, gap_interval
from study.analysis.intervals import t_interval
from study.analysis.numbers import percent, points, with_n
from study.analysis.onset import OnsetVerdict, find_onset
from study.analysis.readings import parse_reading, read
from study.plan import PlannedPanel, plan_panels, plan_trials
from study.records import Configuration, Result, Trial, TrialKey
from study.space import AXIS_WORDS
from study.store import StoredStudy

READINGS = ("last", "tail", "best")
"""At these the runs of every point are read, whatever the panel's reading."""

Results = Mapping[TrialKey, Result]


def conclude(study: StoredStudy) -> Findings:
    """Everything that can be said about the study with the results that are there.

    Never raises for missing or failed trials: they are counted and the verdicts say so.
    """
    facts = _facts(study)
    plans = plan_panels(study.spec)
    panels = tuple(_panel(plan, study, facts) for plan in plans)
    if len(panels) == 1:
        sentence = panels[0].sentence
    else:
        sentence = " ".join(f"{p.name}: {p.sentence[0].lower()}{p.sentence[1:]}" for p in panels)
    return Findings(
        facts=facts,
        sentence=sentence,
        panels=panels,
        picks=tuple(found for panel in panels if (found := pick_of(panel))),
        trials=tuple(
            row for plan, panel in zip(plans, panels, strict=True) for row in _rows(plan, panel, study.results, facts)
        ),
        remedies=remedies_of(panels),
    )


def _facts(study: StoredStudy) -> StudyFacts:
    planned = {trial.key for trial in plan_trials(study.spec)}
    results = [result for key, result in study.results.items() if key in planned]
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
        planned=len(planned),
        finished=sum(result.state == "finished" for result in results),
        failed=sum(result.state == "failed" for result in results),
        training_minutes=sum(result.compile_seconds + result.train_seconds for result in results) / 60,
        versions=tuple(study.facts["versions"].items()),
        toml=study.spec.to_toml(),
        command=study.facts["command"],
    )


def _panel(plan: PlannedPanel, study: StoredStudy, facts: StudyFacts) -> Panel:
    axis = study.spec.axis
    points = tuple(
        _point(value, configuration, plan, study.results, facts) for value, configuration in _places(plan, facts)
    )
    baseline = None
    if plan.baseline is not None:
        baseline = _point(plan.baseline.depth, plan.baseline, plan, study.results, facts)
    verdict = _verdict(plan, points, study, facts)
    keys = {(c.key, r) for c in plan.configurations for r in range(plan.replicates)}
    samples = points[0].configuration.samples or facts.train_samples
    arm, others = _parts(plan.name, [arm.name for arm in study.spec.arms])
    return Panel(
        name=plan.name or (facts.dataset if axis == "samples" else f"{samples:,} samples"),
        axis=axis,
        axis_label=AXIS_WORDS[axis],
        reading=plan.reading,
        margin=plan.margin,
        alpha=study.spec.alpha,
        samples=samples,
        epochs=max(point.configuration.epochs for point in points),
        replicates=plan.replicates,
        points=points,
        baseline=baseline,
        verdict=verdict,
        sentence=_single(points[0]) if len(points) == 1 else verdict.sentence(AXIS_WORDS[axis]),
        pending=len(keys - study.results.keys()),
        arm=arm,
        others=others,
        curves_note=curves_note(points, axis, AXIS_WORDS[axis]),
        no_pick=NOT_CHOSEN.get(axis, "") if len(points) > 1 else "",
    )


def _places(plan: PlannedPanel, facts: StudyFacts) -> list[tuple[float, Configuration]]:
    """Each value of the axis with its configuration; all training samples as their number."""
    return [(facts.train_samples if value is None else value, configuration) for value, configuration in plan.points]


def _parts(name: str, arms: Sequence[str]) -> tuple[str, str]:
    """Arm and other scientific values of a panel's name, which is both in this order."""
    for arm in sorted(arms, key=len, reverse=True):
        if name == arm or name.startswith(f"{arm}, "):
            return arm, name[len(arm) + 2 :]
    return "", name


def _verdict(plan: PlannedPanel, points: Sequence[Point], study: StoredStudy, facts: StudyFacts) -> OnsetVerdict:
    accuracy = np.stack([point.accuracy for point in points], axis=1)  # (R, D, 3)
    patient = parse_reading(plan.reading).name == "patience"
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


def _point(
    value: float, configuration: Configuration, plan: PlannedPanel, results: Results, facts: StudyFacts
) -> Point:
    keys = [(configuration.key, replicate) for replicate in range(plan.replicates)]
    runs = [results[key] for key in keys if key in results]
    finished = [run.trajectory for run in runs if run.state == "finished"]
    accuracy = np.full((plan.replicates, 3), np.nan)
    for run in runs:
        if run.state == "finished":
            accuracy[run.trial.replicate] = read(run.trajectory, plan.reading).accuracy
    return Point(
        value=value,
        configuration=configuration,
        parameters=configuration.parameters(facts.inputs, facts.classes),
        accuracy=accuracy,
        train=t_interval(accuracy[:, 0]),
        validation=t_interval(accuracy[:, 1]),
        test=t_interval(accuracy[:, 2]),
        gap=gap_interval(accuracy),
        curve=mean_curve(finished),
        readings=at_readings(finished, READINGS),
        curve_findings=diagnose_runs(runs, chance=1 / facts.classes, margin=plan.margin),
    )


def _failed(plan: PlannedPanel, results: Results) -> NDArray[np.bool_]:
    """Which runs failed in training (R, D). One whose worker died says nothing of training: it counts as not run."""
    runs = [[results.get((c.key, r)) for _, c in plan.points] for r in range(plan.replicates)]
    return np.array([[run is not None and run.diverged_epoch is not None for run in row] for row in runs])


def _correct(plan: PlannedPanel, results: Results, facts: StudyFacts) -> NDArray[np.bool_]:
    """Which test items each run had right (R, D, N): at the best epoch, or at the end for ``last`` and ``tail``."""
    at_best = plan.reading == "best"
    correct = np.zeros((plan.replicates, len(plan.points), facts.test_samples), bool)
    for d, (_, configuration) in enumerate(plan.points):
        for replicate in range(plan.replicates):
            result = results.get((configuration.key, replicate))
            if result is not None and result.state == "finished":
                packed = result.correct_best if at_best else result.correct_last
                bits = np.unpackbits(np.frombuffer(packed, np.uint8), count=facts.test_samples)
                correct[replicate, d] = bits.astype(bool)
    return correct


def _rows(plan: PlannedPanel, panel: Panel, results: Results, facts: StudyFacts) -> list[TrialRow]:
    places: list[tuple[float | None, Configuration]] = [*_places(plan, facts)]
    if plan.baseline is not None:
        places.append((None, plan.baseline))
    return [
        _row(Trial(configuration, replicate), panel, value, results, facts)
        for value, configuration in places
        for replicate in range(plan.replicates)
    ]


def _row(trial: Trial, panel: Panel, value: float | None, results: Results, facts: StudyFacts) -> TrialRow:
    row = TrialRow(
        panel=panel.name,
        name=network_name(trial.configuration.label, value, panel.axis, panel.axis_label),
        value=value,
        architecture=trial.configuration.label,
        parameters=trial.configuration.parameters(facts.inputs, facts.classes),
        replicate=trial.replicate,
        state="pending",
        train=None,
        validation=None,
        test=None,
        epochs=0,
        seconds=0.0,
        reason="",
    )
    result = results.get(trial.key)
    if result is None:
        return row
    recorded = result.trajectory.epochs
    row = replace(
        row,
        state=result.state,
        epochs=int(recorded[-1]) if len(recorded) else 0,
        seconds=result.train_seconds,
        reason=result.reason,
    )
    if result.state != "finished":
        return row
    accuracy = read(result.trajectory, panel.reading).accuracy
    train, validation, test = (float(value) if np.isfinite(value) else None for value in accuracy)
    return replace(row, train=train, validation=validation, test=test)


def _single(point: Point) -> str:
    """What a study of one architecture found."""
    if point.test.mean is None:
        return f"No run of {point.configuration.label} has finished yet."
    parts = [f"{name} {percent(getattr(point, name))}" for name in ("train", "validation", "test")]
    return (
        f"{point.configuration.label} reaches {', '.join(parts)} accuracy; "
        f"{with_n(f'generalization gap {points(point.gap)}', point.test)}."
    )
