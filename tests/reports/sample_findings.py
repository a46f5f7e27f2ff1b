"""Findings from scripted numbers: what the default study, and the studies at the edge, look like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from study.analysis import advice
from study.analysis.diagnoses import curves_note
from study.analysis.findings import (
    CurveFinding,
    Findings,
    MeanCurve,
    Panel,
    PickFinding,
    Point,
    RemediesFinding,
    StudyFacts,
    TrialRow,
)
from study.analysis.gap import AtReading
from study.analysis.onset.verdict import OnsetVerdict
from study.analysis.remedies import assess_remedies
from study.analysis.t_intervals import t_interval
from study.records.intervals import Interval
from study.records.trials import Configuration

DEPTHS = (1, 2, 3, 4, 6, 8, 10, 12)
SMALL_TEST = (0.841, 0.846, 0.846, 0.846, 0.833, 0.821, 0.805, 0.799)
LARGE_TRAIN = (0.998, 0.993, 0.996, 0.996, 0.995, 0.994, 0.994, 0.994)
LARGE_TEST = (0.979, 0.974, 0.978, 0.979, 0.978, 0.977, 0.977, 0.977)

OVERFITTING = OnsetVerdict(
    kind="overfitting",
    onset=6,
    interval=(4, 6),
    guaranteed_interval=(4, 6),
    certain_from=6,
    reference_depth=2,
    drop_depth=12,
    test_drop=0.047,
    test_drop_interval=(0.041, 0.053),
    train_drop=0.0,
    train_accuracy=1.0,
    gap_grows=True,
    compared_depths=DEPTHS,
    replicates=(8, 8),
    margin=0.01,
)
BENIGN = OnsetVerdict(
    kind="none",
    reference_depth=1,
    largest_drop_upper_bound=0.0042,
    compared_depths=(1, 2, 3, 4, 5, 6, 7, 8),
    replicates=(3, 3),
)
SHORT = OnsetVerdict(kind="inconclusive")


def accuracies(
    train: float, validation: float, test: float, replicates: int, spread: float, rng: np.random.Generator
) -> np.ndarray:
    """Scripted accuracies (R, 3) with the given means."""
    noise = rng.normal(0.0, spread, (replicates, 3))
    noise -= noise.mean(axis=0) if replicates > 1 else 0.0
    noise[:, 0] *= 0.0 if train == 1.0 else 0.3
    return np.clip(np.array([train, validation, test]) + noise, 0.0, 1.0)


def curve(mean: np.ndarray, epochs: int, n: int, depth: float) -> MeanCurve:
    """A learning curve that ends at ``mean`` (3,); validation cross-entropy rises again where depth is large."""
    steps = np.arange(1, epochs + 1)
    rise = 1.0 - np.exp(-steps / (0.06 * epochs * (1.0 + 0.1 * depth)))[:, None]
    accuracy = 0.1 + (mean - 0.1) * rise
    fall = 2.3 * np.exp(-steps / (0.05 * epochs * (1.0 + 0.1 * depth)))
    up = 0.02 * depth * np.maximum(0.0, steps - 0.25 * epochs) / epochs * 8
    floor = 0.55 + up
    loss = np.stack([fall + 0.0005, fall + floor, fall + floor + 0.01], axis=1)
    best = int(steps[np.argmin(loss[:, 1])])
    return MeanCurve(steps, accuracy, loss, n, best, best + 3 if depth >= 6 else None)


def point(
    configuration: Configuration, value: float, accuracy: np.ndarray, inputs: int = 784, classes: int = 10
) -> Point:
    """A point with its intervals, from accuracies (R, 3)."""
    gap = accuracy[:, 0] - accuracy[:, 2]
    finite = np.isfinite(accuracy).all(axis=1)
    if finite.any():
        learned = curve(np.nanmean(accuracy, axis=0), configuration.epochs, int(finite.sum()), value)
    else:
        learned = MeanCurve(np.zeros(0, np.int64), np.zeros((0, 3)), np.zeros((0, 3)), 0, None, None)
    ran = int(finite.sum())
    kind = "overfitting" if value >= 6 else "saturated"
    return Point(
        value=value,
        configuration=configuration,
        parameters=configuration.parameters(inputs, classes),
        accuracy=accuracy,
        train=t_interval(accuracy[:, 0]),
        validation=t_interval(accuracy[:, 1]),
        test=t_interval(accuracy[:, 2]),
        gap=t_interval(gap),
        curve=learned,
        reading="tail",
        readings=tuple(
            AtReading(name, t_interval(accuracy[:, 2]), t_interval(gap)) for name in ("last", "tail", "best")
        ),
        curve_findings=(CurveFinding(kind, ran, ran, configuration.epochs // 4),) if ran else (),
    )


def panel(
    name: str,
    depths: Sequence[int],
    train: Sequence[float],
    test: Sequence[float],
    *,
    samples: int,
    epochs: int,
    replicates: int,
    verdict: OnsetVerdict,
    spread: float = 0.006,
    seed: int = 0,
    baseline: bool = True,
    pending: int = 0,
) -> Panel:
    """A panel of networks of width 128 whose validation accuracy lies half a point above test accuracy."""
    rng = np.random.default_rng(seed)

    def configured(hidden: tuple[int, ...]) -> Configuration:
        return Configuration.stack(hidden=hidden, epochs=epochs, samples=samples if samples < 54_000 else None)

    points = tuple(
        point(configured((128,) * d), d, accuracies(a, min(1.0, t + 0.005), t, replicates, spread, rng))
        for d, a, t in zip(depths, train, test, strict=True)
    )
    beside = point(configured((128, 64)), 2, accuracies(train[0], test[0] + 0.004, test[0], replicates, spread, rng))
    return Panel(
        name=name,
        axis="depth",
        axis_label="hidden layers",
        has_axis=len(points) > 1,
        reading="tail",
        margin=verdict.margin,
        alpha=0.05,
        samples=samples,
        epochs=epochs,
        replicates=replicates,
        points=points,
        baseline=beside if baseline else None,
        verdict=verdict,
        sentence=verdict.sentence(),
        pending=pending,
        curves_note=curves_note(points, "depth", "hidden layers"),
    )


def pick_of(one: Panel, index: int, *, guaranteed: bool = True) -> PickFinding:
    """A pick at a point of a panel."""
    chosen = one.points[index]
    found = advice.pick_of(one)
    assert found is not None
    place = next(i for i, c in enumerate(found.candidates) if c.value == chosen.value)
    return replace(
        found,
        index=place,
        runner_up=found.runner_up if found.runner_up != place else found.index,
        accuracy=chosen.test,
        test=chosen.test,
        gap=chosen.gap,
        guaranteed=guaranteed,
        reason=f"{chosen.configuration.label} has the fewest parameters of all networks shown to be within "
        f"{100 * one.margin:.1f} points of every other on validation.",
    )


def rows_of(panels: Sequence[Panel]) -> tuple[TrialRow, ...]:
    """One row a trial; a replicate without accuracies counts as failed."""
    rows = []
    for one in panels:
        for value, p in [*((p.value, p) for p in one.points), *([(None, one.baseline)] if one.baseline else [])]:
            for replicate, (train, validation, test) in enumerate(p.accuracy.tolist()):
                failed = not np.isfinite(test)
                rows.append(
                    TrialRow(
                        key=point.configuration.key,
                        panel=one.name,
                        name=advice.network_name(p.configuration.label, value, one.axis, one.axis_label),
                        value=value,
                        architecture=p.configuration.label,
                        parameters=p.parameters,
                        replicate=replicate,
                        state="failed" if failed else "finished",
                        train=None if failed else train,
                        validation=None if failed else validation,
                        test=None if failed else test,
                        epochs=3 if failed else one.epochs,
                        seconds=2.0 + 0.4 * one.epochs * (1 + 0.1 * p.value),
                        reason="training cross-entropy was not finite at epoch 3" if failed else "",
                    )
                )
    return tuple(rows)


def findings_of(
    panels: Sequence[Panel],
    picks: Sequence[PickFinding],
    *,
    name: str = "depth",
    pending: int = 0,
    failed: int | None = None,
    sentence: str | None = None,
) -> Findings:
    """Findings around panels, with the facts of a study on MNIST."""
    trials = rows_of(panels)
    lost = sum(t.state == "failed" for t in trials) if failed is None else failed
    finished = sum(t.state == "finished" for t in trials)
    facts = StudyFacts(
        name=name,
        dataset="mnist",
        dataset_sha256="ab" * 32,
        train_samples=54_000,
        validation_samples=6_000,
        test_samples=10_000,
        inputs=784,
        classes=10,
        seed=0,
        planned=finished + lost + pending,
        finished=finished,
        failed=lost,
        training_minutes=9.6 if finished else 0.0,
        versions=(("depthgauge", "0.1.0"), ("tensorflow", "2.21.0"), ("keras", "3.15.1"), ("python", "3.11.7")),
        toml='name = "depth"\n\n[space]\ndepth = [1, 2, 3, 4, 6, 8, 10, 12]\nwidth = 128\n',
        command="depthgauge run depth",
    )
    said = " ".join(f"{p.name}: {p.sentence}" for p in panels) if sentence is None else sentence
    return Findings(facts, said, tuple(panels), tuple(picks), trials)


def small_panel(**changes: object) -> Panel:
    """300 samples, 80 epochs: overfitting starts at 6."""
    given = {"samples": 300, "epochs": 80, "replicates": 8, "verdict": OVERFITTING} | changes
    return panel("300 samples", DEPTHS, (1.0,) * 8, SMALL_TEST, **given)


def large_panel() -> Panel:
    """54,000 samples, 10 epochs: nothing falls by more than the margin."""
    return panel(
        "54,000 samples",
        (1, 2, 3, 4, 5, 6, 7, 8),
        LARGE_TRAIN,
        LARGE_TEST,
        samples=54_000,
        epochs=10,
        replicates=3,
        verdict=BENIGN,
        spread=0.0012,
        seed=1,
    )


def default_study(name: str = "depth") -> Findings:
    """The default study, finished."""
    small, large = small_panel(), large_panel()
    return findings_of((small, large), (pick_of(small, 1), pick_of(large, 0)), name=name)


def remedies_study() -> Findings:
    """Arms at 12 layers: dropout helps by 3 points, L2 does nothing, early stopping hurts by 4."""
    rng = np.random.default_rng(2)
    tests = {"none": 0.80, "dropout 0.3": 0.83, "L2 1e-3": 0.8003, "early stopping": 0.76}
    arms = {arm: accuracies(1.0, test, test, 8, 0.004, rng) for arm, test in tests.items()}
    given = {"samples": 300, "epochs": 80, "replicates": 8, "verdict": OVERFITTING}
    panels = [panel(f"arm {arm}", DEPTHS, (1.0,) * 8, SMALL_TEST, seed=i, **given) for i, arm in enumerate(tests)]
    findings = findings_of(panels, [pick_of(panels[0], 1)], name="remedies")
    return replace(findings, remedies=(RemediesFinding("", "12 hidden layers", assess_remedies(arms)),))


def large_study() -> Findings:
    """1,000 trials of 50 epochs: five arms of 20 depths, ten replicates each."""
    depths = range(1, 21)
    test = [0.85 - 0.003 * d for d in depths]
    given = {"samples": 300, "epochs": 50, "replicates": 10, "verdict": SHORT, "baseline": False}
    panels = [panel(f"arm {i}", depths, [1.0] * 20, test, seed=i, **given) for i in range(5)]
    return findings_of(panels, [pick_of(one, 0) for one in panels], name="large")


def unfinished_study() -> Findings:
    """Two replicates of eight have run, and one of those failed at the deepest networks."""
    one = small_panel(replicates=2, verdict=SHORT, pending=54)
    one.points[-1].accuracy[:] = np.nan
    empty = Interval(None, None, None, 0)
    curve_less = MeanCurve(np.zeros(0, np.int64), np.zeros((0, 3)), np.zeros((0, 3)), 0, None, None)
    last = one.points[-1]
    bare = Point(last.value, last.configuration, last.parameters, last.accuracy, *(empty,) * 4, curve_less, "tail")
    return findings_of((replace(one, points=(*one.points[:-1], bare)),), (), pending=54)


def one_trial_study() -> Findings:
    """A single finished run."""
    one = panel(
        "300 samples", (2,), (1.0,), (0.846,), samples=300, epochs=80, replicates=1, verdict=SHORT, baseline=False
    )
    return findings_of((one,), ())


def empty_study() -> Findings:
    """Nothing has run, and the panel has no accuracies yet."""
    return findings_of((), (), pending=72, sentence="")


def all_failed_study() -> Findings:
    """Every trial failed."""
    one = small_panel(baseline=False, verdict=SHORT)
    points = tuple(point(p.configuration, p.value, np.full_like(p.accuracy, np.nan)) for p in one.points)
    return findings_of((replace(one, points=points),), ())
