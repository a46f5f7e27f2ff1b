"""Panels and points from scripted numbers, with the intervals and curves that belong to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from study.analysis.diagnoses import curves_note
from study.analysis.findings import CurveFinding, MeanCurve, Panel, Point
from study.analysis.gap import AtReading
from study.analysis.interval_words import difference, percent, with_n
from study.analysis.onset.verdict import OnsetVerdict
from study.analysis.t_intervals import t_interval
from study.records.trials import Configuration
from study.records.units import PERCENT


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
        parameters=configuration.network.parameters(inputs, classes),
        accuracy=accuracy,
        train=t_interval(accuracy[:, 0]),
        validation=t_interval(accuracy[:, 1]),
        test=t_interval(accuracy[:, 2]),
        gap=t_interval(gap),
        fit=t_interval(accuracy[:, 0]),
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
    arm: str = "",
    reading: str = "tail",
    **network: float,
) -> Panel:
    """A panel of networks of width 128 whose validation accuracy lies half a point above test accuracy.

    Several are arms of their study, a single one is its whole; a single network has no axis and no verdict.
    """
    rng = np.random.default_rng(seed)

    def at(hidden: tuple[int, ...], value: float, means: tuple[float, float, float]) -> Point:
        subset = samples if samples < 54_000 else None
        configuration = Configuration.stack(hidden=hidden, epochs=epochs, samples=subset, **network)
        return replace(point(configuration, value, accuracies(*means, replicates, spread, rng)), reading=reading)

    points = tuple(at((128,) * d, d, (a, min(1.0, t + 0.005), t)) for d, a, t in zip(depths, train, test, strict=True))
    has_axis = len(points) > 1
    beside = at((128, 64), 2, (train[0], test[0] + 0.004, test[0]))
    return Panel(
        speaks_of="new data",
        name=name,
        axis="depth",
        axis_label="hidden layers",
        shapes=True,
        reading=reading,
        margin=verdict.margin,
        alpha=0.05,
        samples=samples,
        epochs=epochs,
        replicates=replicates,
        points=points,
        baseline=beside if baseline else None,
        verdict=verdict if has_axis else None,
        sentence=verdict.sentence() if has_axis else only_sentence(points[0]),
        pending=pending,
        arm=arm,
        curves_note=curves_note(points, "depth", "hidden layers"),
    )


def only_sentence(only: Point) -> str:
    """What a study of a single network that ran once says."""
    parts = [f"{name} {percent(getattr(only, name))}" for name in ("train", "validation", "test")]
    gap = with_n(f"generalization gap {difference(only.gap, PERCENT)}", only.test)
    return f"{only.configuration.label} reaches {', '.join(parts)} accuracy; {gap}."
