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
from study.records.metrics import ACCURACY, METRICS, R2, Metric
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

    ``chance`` is the accuracy of guessing, in (0, 1); ``margin`` the difference in accuracy that counts.
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
        curves = Curves.of([trajectories[place] for place in places])
        for place, diagnoses in zip(places, diagnose_curves(curves, chance=chance, margin=margin), strict=True):
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
class Curves:
    """R runs that recorded the same ``epochs`` (E,): each (R, E), None where it was not recorded.

    Training accuracy and training loss are finite, validation loss is finite at the same epochs in all of the runs.
    Where training accuracy is known, training loss is not looked at. ``loss`` and ``nats`` are what sentences call
    validation loss and its unit, ``epoch`` what they call a place. ``train`` and ``validation`` are those of ``fit``,
    accuracy or R².
    """

    epochs: NDArray[np.int64]
    train: Array | None
    validation: Array | None
    validation_loss: Array | None
    train_loss: Array | None = None
    loss: str = "validation cross-entropy"
    nats: str = " nats"
    epoch: str = "epoch"
    fit: Metric = ACCURACY

    @classmethod
    def of(cls, trajectories: Sequence[Trajectory]) -> Curves:
        """The curves of ``trajectories``, of which there is at least one."""
        fit, loss = _metrics(trajectories[0])
        of_fit = np.stack([t[fit.name] for t in trajectories])
        if fit == R2:  # of targets that are all the same there is none
            of_fit = np.nan_to_num(of_fit, nan=0.0)
        of_loss = np.stack([t[loss.name] for t in trajectories])
        return cls(
            trajectories[0].epochs,
            of_split(of_fit, "train"),
            of_split(of_fit, "validation"),
            of_split(of_loss, "validation"),
            loss=f"validation {loss.words}",
            nats=loss.unit.suffix,
            fit=fit,
        )

    @property
    def runs(self) -> int:
        """Number of runs R."""
        known = (self.train, self.validation, self.validation_loss, self.train_loss)
        return next((len(curves) for curves in known if curves is not None), 0)

    @property
    def last(self) -> int:
        """The last recorded epoch."""
        return int(self.epochs[-1])


def diagnose_curves(curves: Curves, *, chance: float | None, margin: float = 0.005) -> list[tuple[Diagnosis, ...]]:
    """What each run shows, by the rules of :func:`diagnose` as far as its curves were recorded.

    Without training accuracy, or where ``chance`` is not known, training loss tells failures: a run *diverged* whose
    training loss ends above where it began, and *never learned* whose training loss never lies below that, by more than
    5 % and by more than four standard deviations of its noise.
    """
    failures = _failures(curves, chance)
    improving = _still_improving(curves)
    saturated = {run: one for run, one in _saturated(curves, margin).items() if run not in improving}
    others = (_overfitting(curves), improving, saturated, _noisy(curves, margin))
    return [
        (failures[run],) if run in failures else tuple(found[run] for found in others if run in found)
        for run in range(curves.runs)
    ]


def diverged_at(epoch: int, accuracy: float, *, unit: str = "epoch", loss: str = "cross-entropy") -> Diagnosis:
    """The diagnosis of a run whose training loss is not finite from ``epoch`` on."""
    return Diagnosis("diverged", epoch, accuracy, f"diverged: training {loss} is not finite at {unit} {epoch}")


def _broken(trajectory: Trajectory, record: int) -> Diagnosis:
    fit, loss = _metrics(trajectory)
    last = float(trajectory.column(fit.name, "train")[-1])
    return diverged_at(int(trajectory.epochs[record]), last, loss=loss.words)


def _failures(curves: Curves, chance: float | None) -> dict[int, Diagnosis]:
    """Runs that never learned, and runs that learned and lost it again."""
    found = {} if curves.train is None else _failures_of_accuracy(curves, curves.train, chance)
    if curves.train_loss is None or (curves.train is not None and chance is not None):
        return found
    return _failures_of_loss(curves, curves.train_loss) | found


def _failures_of_accuracy(curves: Curves, train: Array, chance: float | None) -> dict[int, Diagnosis]:
    """Without ``chance`` only what lost half of all its accuracy has failed."""
    guessing = chance or 0.0
    smooth = running_median(train)
    top = smooth.max(axis=1)
    learned = top > guessing + 0.1 * (1 - guessing)
    bar = guessing + (top - guessing) / 2
    lost = learned & (smooth[:, -1] < bar) & (final_level(train) < bar)
    first_below = last_record(smooth >= bar[:, None]) + 1
    found = {}
    for run in where_true(lost):
        epoch, end = int(curves.epochs[first_below[run]]), float(train[run, -1])
        fall = f"from {curves.fit.unit.value_text(float(top[run]))} to {curves.fit.unit.value_text(end)}"
        words = f"diverged: train {curves.fit.words} fell {fall}, from {curves.epoch} {epoch} on"
        found[run] = Diagnosis("diverged", epoch, end, words)
    for run in where_true(~learned) if chance is not None else ():
        highest = float(train[run].max())
        words = (
            f"never learned: train {curves.fit.words} was at most {curves.fit.unit.value_text(highest)} in "
            f"{count(curves.last, curves.epoch)}, where guessing gives {curves.fit.unit.value_text(guessing)}"
        )
        found[run] = Diagnosis("never learned", curves.last, highest, words)
    return found


def _failures_of_loss(curves: Curves, loss: Array) -> dict[int, Diagnosis]:
    if loss.shape[1] < 4:
        return {}
    smooth, begun = running_median(loss), loss[:, 0]
    matters = np.maximum(MATTERS * np.abs(begun), 4 * noise_level(loss))
    lost = final_level(loss) > begun + matters
    idle = ~lost & (smooth.min(axis=1) > begun - matters)
    first_above = last_record(smooth <= begun[:, None]) + 1
    found = {}
    for run in where_true(lost):
        epoch, end = int(curves.epochs[min(first_above[run], loss.shape[1] - 1)]), float(final_level(loss)[run])
        words = (
            f"diverged: training loss ends at {value_text(end, 3)}, above its first value of "
            f"{value_text(float(begun[run]), 3)}, from {curves.epoch} {epoch} on"
        )
        found[run] = Diagnosis("diverged", epoch, end, words)
    for run in where_true(idle):
        lowest = float(loss[run].min())
        words = (
            f"never learned, or had learned before: training loss never fell clearly below its first value of "
            f"{value_text(float(begun[run]), 3)} in {count(curves.last, curves.epoch)}"
        )
        found[run] = Diagnosis("never learned", curves.last, lowest, words)
    return found


def _overfitting(curves: Curves) -> dict[int, Diagnosis]:
    found = {}
    for run, rise in find_rises(curves.validation_loss).items() if curves.validation_loss is not None else ():
        epoch = int(curves.epochs[rise.record])
        words = (
            f"overfitting: {curves.loss} rises from {curves.epoch} {epoch} on, "
            f"to {value_text(rise.amount, 3)}{curves.nats} above its lowest level of {value_text(rise.lowest, 3)}"
        )
        found[run] = Diagnosis("overfitting", epoch, rise.amount, words)
    return found


def _still_improving(curves: Curves) -> dict[int, Diagnosis]:
    records, loss = len(curves.epochs), curves.validation_loss
    if loss is None or records < 4 or not np.isfinite(loss).all():
        return {}
    smooth = running_median(loss)
    late = -(-records // 10)
    before, now = smooth[:, -1 - records // 4], smooth[:, -late:].min(axis=1)
    fall = before - now
    matters = fall > np.maximum(MATTERS * before, 4 * noise_level(loss))
    found = {}
    for run in where_true((now <= smooth.min(axis=1)) & matters):
        words = (
            f"still improving at the end: {curves.loss} fell by {value_text(float(fall[run]), 3)} to "
            f"{value_text(float(now[run]), 3)}{curves.nats} over the last quarter of "
            f"{count(curves.last, curves.epoch)}; train longer"
        )
        found[run] = Diagnosis("still improving", curves.last, float(fall[run]), words)
    return found


def _saturated(curves: Curves, margin: float) -> dict[int, Diagnosis]:
    records, accuracy = len(curves.epochs), curves.validation
    if accuracy is None or records < 4:
        return {}
    outside = np.abs(running_median(accuracy) - final_level(accuracy)[:, None]) > margin
    first_within = np.where(outside.any(axis=1), last_record(outside) + 1, 0)
    settled = first_within < records
    settled &= curves.epochs[np.minimum(first_within, records - 1)] <= curves.last / 2
    found = {}
    for run in where_true(settled):
        epoch = int(curves.epochs[first_within[run]])
        words = (
            f"saturated long before the end: from {curves.epoch} {epoch} of {curves.last} on, validation "
            f"{curves.fit.words} stays within {curves.fit.unit.chosen(margin)} of where it ends"
        )
        found[run] = Diagnosis("saturated", epoch, 1 - epoch / curves.last, words)
    return found


def _noisy(curves: Curves, margin: float) -> dict[int, Diagnosis]:
    records, accuracy = len(curves.epochs), curves.validation
    if accuracy is None or records < 6:
        return {}
    jumps = deviations(accuracy)
    spread = np.sqrt(np.mean(jumps**2, axis=1))
    largest = records - 1 - jumps.shape[1] + np.argmax(np.abs(jumps), axis=1)
    found = {}
    for run in where_true(spread > margin):
        epoch = int(curves.epochs[largest[run]])
        words = (
            f"noisy late in training: validation {curves.fit.words} jumps from record to record "
            f"by {curves.fit.unit.difference(float(spread[run]))} (standard deviation), most at {curves.epoch} "
            f"{epoch}; do not trust the last epoch alone"
        )
        found[run] = Diagnosis("noisy", epoch, float(spread[run]), words)
    return found


def _finite_part(trajectory: Trajectory) -> Trajectory:
    """The records before the first whose cross-entropy, or RMSE, is not finite."""
    finite = np.isfinite(trajectory[watched(trajectory.values)]).all(axis=1)
    if finite.all():
        return trajectory
    return trajectory.until(int(np.argmin(finite)))
