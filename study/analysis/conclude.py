"""A stored study -> its findings: readings, intervals, verdicts and picks of every panel."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from study.analysis.curves import mean_curve
from study.analysis.findings import Findings, Panel, PickFinding, Point, RemediesFinding, StudyFacts, TrialRow
from study.analysis.gap import gap_interval
from study.analysis.intervals import Interval, t_interval
from study.analysis.onset import find_onset
from study.analysis.pick import pick
from study.analysis.readings import parse_reading, read
from study.analysis.remedies import NONE, assess_remedies
from study.plan import PlannedPanel, plan_panels, plan_trials
from study.records import Configuration, Result, Trial, TrialKey
from study.space import AXIS_WORDS
from study.store import StoredStudy

Results = Mapping[TrialKey, Result]


def conclude(study: StoredStudy) -> Findings:
    """Everything that can be said about the study with the results that are there.

    Never raises for missing or failed trials: they are counted and the verdicts say so.
    """
    facts = _facts(study)
    plans = plan_panels(study.spec)
    panels = tuple(_panel(plan, study, facts) for plan in plans)
    picks = tuple(found for panel in panels if (found := _pick(panel)))
    rows = tuple(
        row for plan, panel in zip(plans, panels, strict=True) for row in _rows(plan, panel, study.results, facts)
    )
    if len(panels) == 1:
        sentence = panels[0].sentence
    else:
        sentence = " ".join(f"{p.name}: {p.sentence[0].lower()}{p.sentence[1:]}" for p in panels)
    remedies = _remedies(panels, picks)
    return Findings(facts=facts, sentence=sentence, panels=panels, picks=picks, trials=rows, remedies=remedies)


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
        _point(facts.train_samples if value is None else value, configuration, plan, study.results, facts)
        for value, configuration in plan.points
    )
    baseline = None
    if plan.baseline is not None:
        baseline = _point(plan.baseline.depth, plan.baseline, plan, study.results, facts)
    accuracy = np.stack([point.accuracy for point in points], axis=1)  # (R, D, 3)
    verdict = find_onset(
        [point.value for point in points],
        np.where(_failed(plan, study.results), np.inf, accuracy[:, :, 0]),
        accuracy[:, :, 2],
        margin=plan.margin,
        chance=1 / facts.classes,
        correct=None if parse_reading(plan.reading).name == "patience" else _correct(plan, study.results, facts),
        alpha=study.spec.alpha,
        seed=study.spec.seed,
    )
    first = plan.points[0][1]
    keys = {(c.key, r) for c in plan.configurations for r in range(plan.replicates)}
    samples = first.samples or facts.train_samples
    return Panel(
        name=plan.name or (facts.dataset if axis == "samples" else f"{samples:,} samples"),
        axis=axis,
        axis_label=AXIS_WORDS[axis],
        reading=plan.reading,
        margin=plan.margin,
        alpha=study.spec.alpha,
        samples=samples,
        epochs=max(configuration.epochs for _, configuration in plan.points),
        replicates=plan.replicates,
        points=points,
        baseline=baseline,
        verdict=verdict,
        sentence=verdict.sentence(AXIS_WORDS[axis]) if len(points) > 1 else _single(points[0]),
        pending=len(keys - study.results.keys()),
    )


def _point(
    value: float, configuration: Configuration, plan: PlannedPanel, results: Results, facts: StudyFacts
) -> Point:
    accuracy = np.full((plan.replicates, 3), np.nan)
    finished = []
    for replicate in range(plan.replicates):
        result = results.get((configuration.key, replicate))
        if result is not None and result.state == "finished":
            accuracy[replicate] = read(result.trajectory, plan.reading).accuracy
            finished.append(result.trajectory)
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


def _pick(panel: Panel) -> PickFinding | None:
    candidates = [*panel.points, *([panel.baseline] if panel.baseline else [])]
    accuracy = np.stack([point.accuracy for point in candidates], axis=1)
    parameters = np.array([point.parameters for point in candidates])
    chosen = pick(parameters, accuracy[:, :, 1], accuracy[:, :, 2], margin=panel.margin, alpha=panel.alpha)
    if chosen.index is None:
        return None
    point = candidates[chosen.index]
    return PickFinding(
        panel=panel.name,
        configuration=point.configuration,
        parameters=point.parameters,
        accuracy=chosen.accuracy,
        gap=point.gap,
        guaranteed=chosen.guaranteed,
        reason=chosen.reason,
    )


def _remedies(panels: tuple[Panel, ...], picks: tuple[PickFinding, ...]) -> RemediesFinding | None:
    """Arms against the arm "none" at the last value that all of them have; None without such arms."""
    by_name = {panel.name: panel for panel in panels}
    without = by_name.get(NONE)
    shared = set.intersection(*({point.value for point in panel.points} for panel in panels))
    if without is None or len(panels) < 2 or not shared:
        return None
    at = next(point.value for point in reversed(without.points) if point.value in shared)
    rows = min(panel.replicates for panel in panels)
    accuracy = {
        name: next(point.accuracy[:rows] for point in panel.points if point.value == at)
        for name, panel in by_name.items()
    }
    chosen = next((pick.configuration for pick in picks if pick.panel == NONE), None)
    for point in without.points:
        if point.configuration == chosen and point.value != at:
            accuracy[f"less {without.axis}"] = point.accuracy[:rows]
    onsets = {name: panel.verdict for name, panel in by_name.items()}
    return RemediesFinding(
        at=f"{at:g} {without.axis_label}",
        remedies=assess_remedies(accuracy, onsets=onsets, alpha=without.alpha),
    )


def _rows(plan: PlannedPanel, panel: Panel, results: Results, facts: StudyFacts) -> list[TrialRow]:
    return [
        _row(Trial(configuration, replicate), panel, results, facts)
        for configuration in plan.configurations
        for replicate in range(plan.replicates)
    ]


def _row(trial: Trial, panel: Panel, results: Results, facts: StudyFacts) -> TrialRow:
    result = results.get(trial.key)
    values: list[float | None] = [None, None, None]
    if result is not None and result.state == "finished":
        read_at = read(result.trajectory, panel.reading).accuracy
        values = [float(v) if np.isfinite(v) else None for v in read_at]
    return TrialRow(
        panel=panel.name,
        architecture=trial.configuration.label,
        parameters=trial.configuration.parameters(facts.inputs, facts.classes),
        replicate=trial.replicate,
        state=result.state if result else "pending",
        train=values[0],
        validation=values[1],
        test=values[2],
        epochs=int(result.trajectory.epochs[-1]) if result and len(result.trajectory.epochs) else 0,
        seconds=result.train_seconds if result else 0.0,
        reason=result.reason if result else "",
    )


def _single(point: Point) -> str:
    """What a study of one architecture found."""
    if point.test.mean is None:
        return f"No run of {point.configuration.label} has finished yet."
    parts = [f"{name} {percent(getattr(point, name))}" for name in ("train", "validation", "test")]
    return (
        f"{point.configuration.label} reaches {', '.join(parts)} accuracy (n = {point.test.n}); "
        f"generalization gap {points(point.gap)}."
    )


def percent(interval: Interval) -> str:
    """``97.5 ± 0.2 %``: mean and half-width of the interval, without the second where n = 1."""
    if interval.mean is None:
        return "-"
    half = interval.half_width
    return f"{100 * interval.mean:.1f} %" if half is None else f"{100 * interval.mean:.1f} ± {100 * half:.1f} %"


def points(interval: Interval) -> str:
    """The same in percentage points."""
    return percent(interval).replace("%", "points")
