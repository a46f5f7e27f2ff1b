"""Which network to train for good, and for how many epochs: the study's own rule, on validation alone."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from study.analysis.advice import pick_of
from study.analysis.conclude import conclude
from study.analysis.findings import Candidate, Findings, Panel, PickFinding, Point
from study.analysis.pick import upper_bounds
from study.errors import InputError, StudyError
from study.records.readings import read
from study.records.trials import PLATEAU, Configuration, Result, TrialKey, of_split
from study.store import StoredStudy
from study.words import capital, count, option, whole


@dataclass(frozen=True, slots=True)
class Choice:
    """The network to use, and what it was chosen from.

    ``panel`` holds what was on offer: its points are those within ``max_parameters`` (None: all), its margin the one
    that was asked for; ``left_out`` networks of the study were too large. ``bounds`` say for each candidate of the pick
    by how much at most, on validation, another one is better, None where that is not known; ``unjudged`` how
    many of its runs count here though the verdict leaves them out as failed. ``panels`` are the names of all panels of
    the study that the choice could have been made in. ``configuration`` is the chosen one as it is to be trained: with
    clean labels and exactly ``epochs`` epochs, the median over the study's replicates of where the reading found the
    network. ``seconds`` is about how long one such training took in the study.
    """

    findings: Findings
    panel: Panel
    pick: PickFinding
    point: Point
    max_parameters: int | None
    left_out: int
    bounds: tuple[float | None, ...]
    unjudged: tuple[int, ...]
    panels: tuple[str, ...]
    configuration: Configuration
    epochs: int
    seconds: float

    @property
    def name(self) -> str:
        """The chosen network as the report calls it."""
        return self.pick.chosen.name

    @property
    def reason(self) -> str:
        """Why this one, and what it was not compared with because of ``max_parameters``."""
        if not self.left_out:
            return self.pick.reason
        larger = f"{count(self.left_out, 'larger network')} of the study"
        most = f"at most {whole(self.max_parameters)} parameters"
        if len(self.pick.candidates) == 1:
            return f"The only network with {most}: it was not compared with {larger}."
        return f"{self.pick.reason} That is among those with {most}, without {larger}."


def choose(
    study: StoredStudy,
    *,
    panel: str | None = None,
    margin: float | None = None,
    max_parameters: int | None = None,
) -> Choice:
    """Apply the rule of :mod:`study.analysis.pick` to the stored runs; nothing is trained and test decides nothing.

    ``panel`` names a panel; without it, it is the one with the fewest wrong labels, then the most training samples,
    then the best mean on validation of its pick. ``margin`` replaces the study's.
    ``max_parameters`` leaves larger networks out. Raises :class:`InputError` for values that leave
    nothing to choose from, :class:`StudyError` for a study that is not finished or that gives no recommendation.
    """
    low, high = study.spec.deciding.bounds
    if margin is not None and not 0 < margin < high - low:
        raise InputError(
            f"{option('margin')}: expected a difference in {study.spec.deciding.words} between 0 and {high - low:g}, "
            f"found {margin}."
        )
    findings = conclude(study)
    if findings.facts.pending or not findings.panels:
        raise StudyError(
            f"Study {study.name!r} is not finished ({count(findings.facts.pending, 'trial')} to come), so its pick is "
            "not settled. Go on with depthgauge run."
        )
    offered = tuple(_restricted(one, margin, max_parameters) for one in findings.panels)
    chosen = _named(offered, panel) if panel is not None else _default(offered)
    found = pick_of(chosen)
    if chosen.no_pick:
        raise StudyError(f"{capital(chosen.no_pick)} ({chosen.name}). Run a study of depth or width, and pick from it.")
    if found is None:
        raise _nothing(findings, chosen.name, max_parameters)
    if found.caution:
        raise StudyError(
            f"{chosen.name}: {found.caution} Run a study whose training works: other networks, another learning rate, "
            "more epochs."
        )
    points = [_point(chosen, one) for one in found.candidates]
    point = points[found.index]
    asked = next(one for one in findings.panels if one.name == chosen.name)
    used = [r for r in range(chosen.replicates) if point.of(r) == (point.configuration, point.reading)]
    runs = _runs(study.results, point.configuration, used)
    epochs = _epochs(runs, point.reading)
    validation = np.stack([of_split(one.accuracy, "validation") for one in points], axis=1)
    return Choice(
        findings=findings,
        panel=chosen,
        pick=found,
        point=point,
        max_parameters=max_parameters,
        left_out=len(_networks(asked)) - len(points),
        bounds=upper_bounds(
            validation,
            metric=chosen.metric,
            alpha=chosen.alpha,
            luck=chosen.sampling.luck,
            least=chosen.least_runs,
        ),
        unjudged=tuple(_unjudged(chosen, one) for one in points),
        panels=tuple(one.name for one in offered if not one.no_pick),
        configuration=_trained_for_good(point.configuration, epochs),
        epochs=epochs,
        seconds=_seconds(runs, epochs),
    )


def _trained_for_good(configuration: Configuration, epochs: int) -> Configuration:
    """The configuration for exactly so many epochs, evaluated where that changes training, and else at the end."""
    every = configuration.evaluate_every if configuration.schedule == PLATEAU else epochs
    return replace(configuration, epochs=epochs, evaluate_every=every, halt=None, label_noise=0.0)


def _restricted(panel: Panel, margin: float | None, max_parameters: int | None) -> Panel:
    """The panel under another margin, and without the networks that are too large."""
    most = np.inf if max_parameters is None else max_parameters
    baseline = panel.baseline
    return replace(
        panel,
        margin=panel.margin if margin is None else margin,
        points=tuple(point for point in panel.points if point.parameters <= most),
        baseline=baseline if baseline is not None and baseline.parameters <= most else None,
    )


def _networks(panel: Panel) -> list[Point]:
    """The points of a panel and its baseline."""
    return [*panel.points, *([panel.baseline] if panel.baseline is not None else [])]


def _point(panel: Panel, candidate: Candidate) -> Point:
    """The point of a panel that a candidate is."""
    point = next((one for one in panel.points if one.value == candidate.value), panel.baseline)
    assert point is not None
    return point


def _unjudged(panel: Panel, point: Point) -> int:
    """How many runs of a point the verdict leaves out as failed though they finished."""
    judged = () if panel.verdict is None else panel.verdict.failed_runs
    failed = next((one for one in judged if one.depth == point.value), None)
    if failed is None or point is panel.baseline:
        return 0
    finished = int(np.isfinite(point.accuracy).all(axis=1).sum())
    return failed.failed - (failed.runs - finished)


def _named(panels: tuple[Panel, ...], name: str) -> Panel:
    for panel in panels:
        if panel.name == name:
            return panel
    known = ", ".join(repr(panel.name) for panel in panels)
    raise InputError(f"{option('panel')}: this study has no panel {name!r}. It has: {known}.")


def _default(panels: tuple[Panel, ...]) -> Panel:
    """The panel nearest to use: clean labels, the most data, and then what validation says. A first one always wins."""

    def merit(panel: Panel) -> tuple[float, float, float]:
        found = pick_of(panel)
        if found is None:
            return (-np.inf, 0.0, 0.0)
        mean = found.chosen.mean
        assert mean is not None  # a network without one is never picked
        return (-found.chosen.configuration.label_noise, panel.samples, panel.metric.turned(mean))

    return max(panels, key=merit)


def _nothing(findings: Findings, panel: str, max_parameters: int | None) -> InputError | StudyError:
    """Why nothing could be picked in a panel."""
    asked = next(one for one in findings.panels if one.name == panel)
    smallest = min(point.parameters for point in _networks(asked))
    if max_parameters is not None and smallest > max_parameters:
        return InputError(
            f"{option('max_parameters')}: no network of {panel!r} has at most {whole(max_parameters)} parameters; the "
            f"smallest has {whole(smallest)}."
        )
    return StudyError(
        f"Nothing to pick in {panel!r}: too few of its runs finished. "
        f'depthgauge trials "{findings.facts.name}" gives the reasons.'
    )


def _runs(results: Mapping[TrialKey, Result], configuration: Configuration, replicates: list[int]) -> list[Result]:
    """The finished runs of a configuration at these replicates."""
    found = (results.get((configuration.key, replicate)) for replicate in replicates)
    return [run for run in found if run is not None and run.state == "finished"]


def _epochs(runs: list[Result], reading: str) -> int:
    """The median epoch of the reading over the runs; for a reading of the end of training, their last epoch.

    Of two middle ones it is the earlier, so that it is always an epoch that was recorded.
    """
    read_at = (read(run.trajectory, reading).epoch or int(run.trajectory.epochs[-1]) for run in runs)
    return statistics.median_low(read_at)


def _seconds(runs: list[Result], epochs: int) -> float:
    """About how long a training of ``epochs`` epochs takes, compiling included, by the runs of the study."""
    an_epoch = statistics.median(run.train_seconds / int(run.trajectory.epochs[-1]) for run in runs)
    return an_epoch * epochs + max(run.compile_seconds for run in runs)
