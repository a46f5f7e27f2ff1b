"""Runs of a table along an ordered axis: means with intervals, and the verdict where the runs can bear one.

The verdict is that of our own runs (:mod:`study.analysis.onset`), by pairs where the seeds link the values of the axis,
else on runs that stand for themselves. What was not recorded is not claimed, and why is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from study.analysis.imported_metric import imported_metric
from study.analysis.imported_pick import ImportedPick, pick_among
from study.analysis.onset.find import OnsetVerdict, find_onset
from study.analysis.onset.layout import Floats, pairs_suffice
from study.analysis.onset.verdict import HeldOut
from study.analysis.t_intervals import t_interval
from study.records.imported import Design, ForeignStudy, ForeignTrial
from study.records.intervals import Interval
from study.records.metrics import Metric
from study.records.parameters import Setting
from study.words import count, listed, option, value_text

MOST_PANELS = 50
MOST_VALUES = (
    50  # of an axis that is judged: a pattern of runs is simulated first, in seconds that grow with its square
)
# Axes with fewer of which a network overfits: they are gone through downwards.
FALLING = ("samples", "n_samples", "num_samples", "train_samples", "train_size", "data_size", "dataset_size")


@dataclass(frozen=True, slots=True)
class ImportedPoint:
    """One value of the axis: means over its runs, with intervals where the runs are replicates; n counts the runs.

    ``held_out`` is on the part that the panel speaks of; ``gap`` is by how much that is worse than training.
    """

    value: float
    train: Interval
    held_out: Interval
    gap: Interval


@dataclass(frozen=True, slots=True)
class ImportedPanel:
    """The runs of one setting along the axis.

    ``name`` tells the setting ("lr 0.01"), empty where there is only one. ``held_out`` is the part that ``verdict`` and
    ``points`` speak of: test, or validation where no test values were recorded; ``metric`` what was measured, with the
    margin. Without a ``verdict``, ``sentence``
    says why there is none. ``notes`` are what stands against taking it at its word. ``pick`` is the value to use, None
    without a verdict and where nobody would choose (fewer samples).
    """

    name: str
    axis: str
    held_out: HeldOut
    metric: Metric
    points: tuple[ImportedPoint, ...]
    verdict: OnsetVerdict | None
    sentence: str
    notes: tuple[str, ...]
    pick: ImportedPick | None = None


def imported_panels(study: ForeignStudy) -> tuple[ImportedPanel, ...]:
    """A panel for each setting beside the axis; none for a study without an axis, or with more settings than are shown.

    Pruned and unfinished trials take no part.
    """
    design = study.design
    if design is None or not design.axis:
        return ()
    groups: dict[str, list[ForeignTrial]] = {}
    for trial in study.trials:
        if trial.state in ("complete", "failed") and trial.measured is not None and design.axis in trial.setting:
            groups.setdefault(_setting(trial.setting, design.axis), []).append(trial)
    if len(groups) > MOST_PANELS:
        return ()
    test = any(trial.measured is not None and trial.measured.test is not None for trial in study.trials)
    held_out: HeldOut = "test" if test else "validation"
    return tuple(_panel(name, trials, study, design, held_out) for name, trials in groups.items())


def _setting(setting: Setting, axis: str) -> str:
    others = (f"{name} {value_text(v) if isinstance(v, float) else v}" for name, v in setting.items() if name != axis)
    return ", ".join(others)


def _panel(
    name: str, trials: Sequence[ForeignTrial], study: ForeignStudy, design: Design, held_out: HeldOut
) -> ImportedPanel:
    table, metric = _Table.of(trials, design, held_out), imported_metric(study, design)
    replicates = bool(design.replicate) or design.replicates
    points = tuple(_point(table, column, metric, replicates) for column in range(len(table.axis)))
    notes = _notes(design, metric, held_out)
    verdict, refused = None, _refused(study, design, table, replicates)
    if not refused:
        verdict = _verdict(table, design, metric, held_out)
        if not verdict.paired and design.replicate:
            notes.append(
                "The seeds link too few of the runs to compare them by pairs: each run stands for itself, and what a "
                "seed brings to all of its runs counts as noise."
            )
    alone = [value_text(value) for value, runs in zip(table.axis, table.runs, strict=True) if runs == 1]
    if alone and not refused:
        notes.append(f"With one run, {listed(alone)} took no part: one run says nothing of noise.")
    sentence = refused if verdict is None else verdict.sentence(design.axis, metric)
    chosen = None
    if verdict is not None and design.axis.lower() not in FALLING:
        test = table.held_out if held_out == "test" else np.full_like(table.validation, np.nan)
        chosen = pick_among(table.axis, design.axis, table.validation, test, metric, paired=bool(verdict.paired))
    return ImportedPanel(name, design.axis, held_out, metric, points, verdict, sentence, tuple(notes), chosen)


@dataclass(frozen=True, slots=True)
class _Table:
    """The runs (R, D) of one setting: a row a seed, or a row a run where nothing names seeds. NaN: not run.

    Training is infinite where a run diverged. ``runs`` (D,) counts the runs of each value.
    """

    axis: tuple[float, ...]
    train: Floats
    held_out: Floats
    validation: Floats
    runs: NDArray[np.intp]

    @classmethod
    def of(cls, trials: Sequence[ForeignTrial], design: Design, held_out: HeldOut) -> _Table:
        """The table of these runs."""
        axis = sorted({_place(trial, design) for trial in trials}, reverse=design.axis.lower() in FALLING)
        rows: dict[str, int] = {}
        train, held, validation = np.full((3, len(trials), len(axis)), np.nan)
        counted = np.zeros((len(trials), len(axis)), bool)
        for number, trial in enumerate(trials):
            measured = trial.measured
            assert measured is not None
            seed = measured.replicate if design.replicate and measured.replicate else f"run {number} alone"
            row, column = rows.setdefault(seed, len(rows)), axis.index(_place(trial, design))
            own = getattr(measured, held_out)
            counted[row, column] = measured.diverged or own is not None
            if measured.diverged:
                train[row, column], held[row, column] = np.inf, np.nan
            else:
                train[row, column] = np.nan if measured.train is None else measured.train
                held[row, column] = np.nan if own is None else own
                validation[row, column] = np.nan if measured.validation is None else measured.validation
        kept = slice(0, len(rows))
        return cls(tuple(axis), train[kept], held[kept], validation[kept], counted[kept].sum(axis=0))


def _place(trial: ForeignTrial, design: Design) -> float:
    return float(trial.setting[design.axis])


def _point(table: _Table, column: int, metric: Metric, replicates: bool) -> ImportedPoint:
    train, held = (
        np.where(np.isfinite(values), values, np.nan) for values in (table.train[:, column], table.held_out[:, column])
    )
    intervals = (t_interval(values) for values in (train, held, metric.turned(train - held)))
    if not replicates:  # a spread of runs that may differ in anything is no interval of a mean
        intervals = (replace(one, low=None, high=None) for one in intervals)
    return ImportedPoint(table.axis[column], *intervals)


def _refused(study: ForeignStudy, design: Design, table: _Table, replicates: bool) -> str:
    """Why there is no verdict; empty where there can be one."""
    if not replicates:
        return (
            "No verdict: nothing says which runs are replicates. Name the column of seeds with "
            f"{option('replicate')}, or say with {option('replicates')} that runs of the same setting are."
        )
    if not np.isfinite(table.train).any():
        return (
            "No verdict: without values of training, worse held-out values cannot be told from training that "
            f"fails. Name their column with {option('train')}."
        )
    if not study.shares:
        said = {"margin": design.margin, "chance": design.chance}
        missing = [option(name) for name, value in said.items() if value is None]
        if missing:
            return (
                "No verdict: of values that are no shares from 0 to 1 to be maximized, one has to say which difference "
                f"does not matter and what guessing comes to. Give {listed(missing)} (guessing among K classes has a "
                "cross-entropy of ln K)."
            )
        metric = imported_metric(study, design)
        best = metric.turned(table.train[np.isfinite(table.train)]).max()
        if metric.turned(design.chance) >= best:
            return (
                f"No verdict: in training no run is better than {option('chance')} {value_text(design.chance)}, "
                "what guessing was said to come to."
            )
    if len(table.axis) > MOST_VALUES:
        return (
            f"No verdict: {count(len(table.axis), 'value')} of {design.axis}, and at most {MOST_VALUES} are compared."
        )
    return ""


def _verdict(table: _Table, design: Design, metric: Metric, held_out: HeldOut) -> OnsetVerdict:
    train, held = table.train, table.held_out
    unknown = np.isnan(train) & ~np.isnan(held)  # training was not recorded for this run: it says nothing of failure
    held = np.where(unknown, np.nan, held)
    missing = np.isnan(held) & np.isfinite(train)
    train = np.where(missing, np.nan, train)
    axis = [int(value) if value.is_integer() else value for value in table.axis]
    verdict = find_onset(
        axis,
        train,
        held,
        metric=metric,
        chance=design.chance or 0.0,
        paired=bool(design.replicate) and pairs_suffice(~np.isnan(held)),
    )
    return replace(verdict, held_out=held_out)


def _notes(design: Design, metric: Metric, held_out: HeldOut) -> list[str]:
    notes = []
    if held_out == "validation":
        notes.append(
            "No test values were recorded, so this speaks of validation, which may also have chosen: epochs, settings "
            "or the runs that were kept. New data may show more overfitting."
        )
    if design.running:
        notes.append(
            f"Training {metric.words} has the name of a running average over the epoch, with dropout on: the gap looks "
            "smaller than it is."
        )
    return notes
