"""A study of depthgauge as runs and means that trackers keep: settings, curves, what each configuration comes to."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from study.analysis.conclude import conclude
from study.records.parameters import Value
from study.records.trials import SEARCH_REPLICATE, SPLITS, Result
from study.store import StoredStudy

NOT_A_SETTING = ("hidden", "evaluate_every", "halt")


@dataclass(frozen=True, slots=True)
class ExportedRun:
    """One trial: its ``settings`` by their names, the replicate among them, and its ``curves``, (epoch, value) each.

    ``key`` tells trials of a study apart. ``seconds`` are those of each recorded epoch since the run began. Values that
    are not finite are left out.
    """

    key: str
    name: str
    settings: Mapping[str, Value]
    curves: Mapping[str, tuple[tuple[int, float], ...]]
    seconds: Mapping[int, float]
    finished: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ExportedMean:
    """What the replicates of one configuration come to: ``values`` such as ``test_accuracy/mean``, ``/low``, ``/high``.

    ``place`` is its place along the axis of ``panel``, from 1; ``settings`` name its value there.
    """

    panel: str
    place: int
    settings: Mapping[str, Value]
    values: Mapping[str, float]


def exported_runs(study: StoredStudy) -> Iterator[ExportedRun]:
    """Every trial, in the order of the store."""
    for result in study.results.values():
        yield _run(result)


def exported_means(study: StoredStudy) -> Iterator[ExportedMean]:
    """The means of each panel along its axis, with 95 % intervals and n, at the panel's reading."""
    for panel in conclude(study).panels:
        for place, point in enumerate(panel.points, 1):
            intervals = {f"{split}_{panel.metric.name}": getattr(point, split) for split in SPLITS} | {"gap": point.gap}
            values = {
                f"{name}/{part}": float(value)
                for name, interval in intervals.items()
                for part in ("mean", "low", "high", "n")
                if (value := getattr(interval, part)) is not None
            }
            axis: Mapping[str, Value] = {panel.axis: point.value} if panel.has_axis else {}
            yield ExportedMean(panel.name, place, {"architecture": point.configuration.label, **axis}, values)


def _run(result: Result) -> ExportedRun:
    configuration, replicate = result.trial.configuration, result.trial.replicate
    values = configuration.to_dict()
    settings: dict[str, Value] = {"architecture": configuration.label, "depth": configuration.network.place}
    for name, value in values.items():
        if name not in NOT_A_SETTING and value is not None:
            settings[name] = "-".join(map(str, value)) if isinstance(value, list | tuple) else value
    settings |= {"replicate": replicate, "purpose": "search" if replicate == SEARCH_REPLICATE else "report"}
    trajectory = result.trajectory
    places = [int(epoch) for epoch in trajectory.epochs]
    curves = {
        f"{split}_{metric}": tuple(
            (place, float(value))
            for place, value in zip(places, trajectory.column(metric, split), strict=True)
            if math.isfinite(value)
        )
        for metric in trajectory.values
        for split in SPLITS
    }
    key = configuration.key
    return ExportedRun(
        key=f"{key}:{replicate}",
        name=f"{configuration.label}-{key[:6]}-r{replicate}",
        settings=settings,
        curves=curves,
        seconds=dict(zip(places, trajectory.seconds.cumsum().tolist(), strict=True)),
        finished=result.state == "finished",
        reason=result.reason,
    )
