"""What a training curve shows: diagnoses of single trajectories, and the mean curve over replicates.

The questions are those that the Deep Learning Tuning Playbook (Godbole, Dahl, Gilmer, Shallue, Nado, 2023)
asks of every training curve; the rules that answer them are this project's own. All of them look at a running
median, which keeps rises, falls and corners where they are and drops single spikes, and take a change for
real only where it exceeds both the noise of the curve itself and a size that matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from study.analysis.curve_shape import (
    MATTERS,
    Array,
    deviations,
    final_level,
    find_rises,
    last_record,
    noise_level,
    running_median,
    where_true,
)
from study.analysis.findings import MeanCurve
from study.records.metrics import METRICS, R2, Metric
from study.records.readings import best_row, fit_metric, watched
from study.records.trials import SPLITS, Trajectory, of_split
from study.words import count, value_text

Kind = Literal["diverged", "never learned", "overfitting", "still improving", "saturated", "noisy"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing a trajectory shows; ``sentence`` says it in plain words.

    Of a regression, what is said of accuracy is said of R², and of cross-entropy of RMSE.

    =================  =====================================================  ===============================
    ``kind``           ``epoch``                                              ``amount``
    =================  =====================================================  ===============================
    diverged           first epoch with broken training                       train accuracy at the end
    never learned      last recorded epoch                                    highest train accuracy
    overfitting        from which on validation cross-entropy stays above     its rise at the end, in nats
                       its lowest level by more than noise
    still improving    last recorded epoch                                    fall of validation cross-entropy
                                                                              over the last quarter, in nats
    saturated          from which on validation accuracy stays within the     share of the run that came after
                       margin of its final level
    noisy              of the largest jump in the second half                 s.d. of validation accuracy from
                                                                              record to record, second half
    =================  =====================================================  ===============================
    """

    kind: Kind
    epoch: int
    amount: float
    sentence: str


def fit_margin(fit: Metric, metric: Metric, margin: float) -> float:
    """The difference in ``fit`` that counts in a study whose ``metric`` has this ``margin``: its own, or the usual."""
    return margin if metric == fit else fit.margin


def diagnose(trajectory: Trajectory, *, chance: float, margin: float = 0.005) -> tuple[Diagnosis, ...]:
    """All that a trajectory shows, the gravest first; nothing for an empty one.

    ``chance`` is the accuracy of guessing, in (0, 1), or 0 for R²; ``margin`` the difference that counts.
    A run that diverged or never learned gets that diagnosis alone: the others would describe the failure.

    - *diverged*: training cross-entropy is not finite; or train accuracy ends below half the way from chance
      to the highest it had reached.
    - *never learned*: train accuracy never covers a tenth of the way from chance to 1.
    - *overfitting*: the last tenth of validation cross-entropy, at least three records, lies above its lowest
      level by more than 5 % of that level and by more than four standard deviations of its noise.
    - *still improving*: validation cross-entropy falls over the last quarter of the records by more than 5 %
      and by more than four standard deviations, and is lowest in the last tenth. At least 4 records.
    - *saturated*: validation accuracy is within ``margin`` of its final level for the whole second half of
      the epochs, and the curve is not still improving.
    - *noisy*: in the second half, validation accuracy jumps from record to record with a standard deviation
      above ``margin``. At least 6 records.
    """
    return diagnose_all((trajectory,), chance=chance, margin=margin)[0]


def diagnose_all(
    trajectories: Sequence[Trajectory], *, chance: float, margin: float = 0.005
) -> tuple[tuple[Diagnosis, ...], ...]:
    """:func:`diagnose` of each trajectory; those that recorded the same epochs are looked at together, for speed."""
    found: list[tuple[Diagnosis, ...]] = [()] * len(trajectories)
    alike: dict[tuple[bytes, bytes], list[int]] = {}
    for place, trajectory in enumerate(trajectories):
        finite = np.isfinite(trajectory[watched(trajectory.values)])
        if not of_split(finite, "train").all():
            found[place] = (_broken(trajectory, int(np.argmin(of_split(finite, "train")))),)
        elif len(finite):
            alike.setdefault((trajectory.epochs.tobytes(), of_split(finite, "validation").tobytes()), []).append(place)
    for places in alike.values():
        runs = _Runs.of([trajectories[place] for place in places])
        for place, diagnoses in zip(places, _diagnosed(runs, chance, margin), strict=True):
            found[place] = diagnoses
    return tuple(found)


def mean_curve(trajectories: Sequence[Trajectory]) -> MeanCurve:
    """The mean over the replicates of one configuration, per recorded epoch.

    Every point of the curve is the mean of the same ``n`` trajectories: a mean over whichever happened to
    reach an epoch would jump where one drops out. The curve ends at the last epoch that more than half of
    the trajectories reached with finite cross-entropies; the shorter ones (halted earlier, diverged, ended
    by force) are left out and not counted in ``n``.
    """
    usable = [_finite_part(t) for t in trajectories]
    lengths = sorted((int(t.epochs[-1]) if len(t.epochs) else 0 for t in usable), reverse=True)
    end = lengths[len(lengths) // 2] if lengths else 0
    kept = [t for t in usable if end and len(t.epochs) and t.epochs[-1] >= end]
    if not kept:
        nothing = np.zeros((0, len(SPLITS)))
        return MeanCurve(np.zeros(0, np.int64), nothing, nothing, 0, None, None)
    grids = {t.epochs.tobytes(): t.epochs for t in kept}  # nearly always a single one
    epochs = reduce(np.intersect1d, (grid[grid <= end] for grid in grids.values()))
    rows = {key: np.isin(grid, epochs) for key, grid in grids.items()}
    fit, loss = _metrics(kept[0])
    of_fit = np.mean([t[fit.name][rows[t.epochs.tobytes()]] for t in kept], axis=0)
    of_loss = np.mean([t[loss.name][rows[t.epochs.tobytes()]] for t in kept], axis=0)
    best = best_row(of_split(of_loss, "validation"))
    rise = find_rises(of_split(of_loss, "validation")[None]).get(0)
    return MeanCurve(
        epochs=epochs,
        fit=of_fit,
        watched=of_loss,
        n=len(kept),
        best_epoch=None if best is None else int(epochs[best]),
        overfits_from=None if rise is None else int(epochs[rise.record]),
        metrics=(fit, loss),
    )


def _metrics(trajectory: Trajectory) -> tuple[Metric, Metric]:
    """How well data are fitted, and what early stopping goes by: accuracy and cross-entropy, or R² and RMSE."""
    return fit_metric(trajectory.values), METRICS[watched(trajectory.values)]


@dataclass(frozen=True, slots=True)
class _Runs:
    """R runs that recorded the same ``epochs`` (E,): ``fit`` on train and validation, validation ``watched`` (R, E).

    The metric watched is finite on train everywhere, on validation at the same epochs in all of them. R² of targets
    that are all the same counts as 0.
    """

    epochs: NDArray[np.int64]
    train: Array
    validation: Array
    watched: Array
    metrics: tuple[Metric, Metric]

    @classmethod
    def of(cls, trajectories: Sequence[Trajectory]) -> _Runs:
        """The runs of ``trajectories``, of which there is at least one."""
        fit, loss = _metrics(trajectories[0])
        of_fit = np.stack([t[fit.name] for t in trajectories])
        if fit == R2:
            of_fit = np.nan_to_num(of_fit, nan=0.0)
        of_loss = np.stack([t[loss.name] for t in trajectories])
        return cls(
            trajectories[0].epochs,
            of_split(of_fit, "train"),
            of_split(of_fit, "validation"),
            of_split(of_loss, "validation"),
            (fit, loss),
        )

    @property
    def last(self) -> int:
        """The last recorded epoch."""
        return int(self.epochs[-1])


def _diagnosed(runs: _Runs, chance: float, margin: float) -> list[tuple[Diagnosis, ...]]:
    """The diagnoses of each run. What finds one returns it by the run's place."""
    failures = _failures(runs, chance)
    improving = _still_improving(runs)
    saturated = {run: one for run, one in _saturated(runs, margin).items() if run not in improving}
    others = (_overfitting(runs), improving, saturated, _noisy(runs, margin))
    return [
        (failures[run],) if run in failures else tuple(found[run] for found in others if run in found)
        for run in range(len(runs.train))
    ]


def _broken(trajectory: Trajectory, record: int) -> Diagnosis:
    fit, loss = _metrics(trajectory)
    epoch, last = int(trajectory.epochs[record]), float(trajectory.column(fit.name, "train")[-1])
    return Diagnosis("diverged", epoch, last, f"diverged: training {loss.words} is not finite at epoch {epoch}")


def _failures(runs: _Runs, chance: float) -> dict[int, Diagnosis]:
    """Runs that never learned, and runs that learned and lost it again."""
    smooth = running_median(runs.train)
    top = smooth.max(axis=1)
    learned = top > chance + 0.1 * (1 - chance)
    bar = chance + (top - chance) / 2
    lost = learned & (smooth[:, -1] < bar) & (final_level(runs.train) < bar)
    first_below = last_record(smooth >= bar[:, None]) + 1
    found, (fit, _) = {}, runs.metrics
    for run in where_true(lost):
        epoch, end = int(runs.epochs[first_below[run]]), float(runs.train[run, -1])
        fall = f"from {fit.unit.text(float(top[run]))} to {fit.unit.text(end)}"
        words = f"diverged: train {fit.words} fell {fall}, from epoch {epoch} on"
        found[run] = Diagnosis("diverged", epoch, end, words)
    for run in where_true(~learned):
        highest = float(runs.train[run].max())
        words = (
            f"never learned: train {fit.words} was at most {fit.unit.text(highest)} in {count(runs.last, 'epoch')}, "
            f"where guessing gives {fit.unit.text(chance)}"
        )
        found[run] = Diagnosis("never learned", runs.last, highest, words)
    return found


def _overfitting(runs: _Runs) -> dict[int, Diagnosis]:
    found = {}
    loss = runs.metrics[1]
    for run, rise in find_rises(runs.watched).items():
        epoch = int(runs.epochs[rise.record])
        words = (
            f"overfitting: validation {loss.words} rises from epoch {epoch} on, "
            f"to {loss.unit.chosen(rise.amount)} above its lowest level of {value_text(rise.lowest, 3)}"
        )
        found[run] = Diagnosis("overfitting", epoch, rise.amount, words)
    return found


def _still_improving(runs: _Runs) -> dict[int, Diagnosis]:
    records = len(runs.epochs)
    if records < 4 or not np.isfinite(runs.watched).all():
        return {}
    smooth, loss = running_median(runs.watched), runs.metrics[1]
    late = -(-records // 10)
    before, now = smooth[:, -1 - records // 4], smooth[:, -late:].min(axis=1)
    fall = before - now
    matters = fall > np.maximum(MATTERS * before, 4 * noise_level(runs.watched))
    found = {}
    for run in where_true((now <= smooth.min(axis=1)) & matters):
        words = (
            f"still improving at the end: validation {loss.words} fell by {value_text(float(fall[run]), 3)} to "
            f"{loss.unit.chosen(float(now[run]))} over the last quarter of {count(runs.last, 'epoch')}; train longer"
        )
        found[run] = Diagnosis("still improving", runs.last, float(fall[run]), words)
    return found


def _saturated(runs: _Runs, margin: float) -> dict[int, Diagnosis]:
    records = len(runs.epochs)
    if records < 4:
        return {}
    outside = np.abs(running_median(runs.validation) - final_level(runs.validation)[:, None]) > margin
    first_within = np.where(outside.any(axis=1), last_record(outside) + 1, 0)
    settled = first_within < records
    fit = runs.metrics[0]
    settled &= runs.epochs[np.minimum(first_within, records - 1)] <= runs.last / 2
    found = {}
    for run in where_true(settled):
        epoch = int(runs.epochs[first_within[run]])
        words = (
            f"saturated long before the end: from epoch {epoch} of {runs.last} on, validation {fit.words} stays within "
            f"{fit.unit.chosen(margin)} of where it ends"
        )
        found[run] = Diagnosis("saturated", epoch, 1 - epoch / runs.last, words)
    return found


def _noisy(runs: _Runs, margin: float) -> dict[int, Diagnosis]:
    records = len(runs.epochs)
    if records < 6:
        return {}
    jumps = deviations(runs.validation)
    spread = np.sqrt(np.mean(jumps**2, axis=1))
    largest = records - 1 - jumps.shape[1] + np.argmax(np.abs(jumps), axis=1)
    found, (fit, _) = {}, runs.metrics
    for run in where_true(spread > margin):
        epoch = int(runs.epochs[largest[run]])
        words = (
            f"noisy late in training: validation {fit.words} jumps from record to record "
            f"by {fit.unit.difference(float(spread[run]))} (standard deviation), most at epoch {epoch}; "
            "do not trust the last epoch alone"
        )
        found[run] = Diagnosis("noisy", epoch, float(spread[run]), words)
    return found


def _finite_part(trajectory: Trajectory) -> Trajectory:
    """The records before the first whose cross-entropy, or RMSE, is not finite."""
    finite = np.isfinite(trajectory[watched(trajectory.values)]).all(axis=1)
    if finite.all():
        return trajectory
    return trajectory.until(int(np.argmin(finite)))
