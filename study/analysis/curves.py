"""What a training curve shows: diagnoses of single trajectories, and the mean curve over replicates.

The questions are those that the Deep Learning Tuning Playbook (Godbole, Dahl, Gilmer, Shallue, Nado, 2023)
asks of every training curve; the rules that answer them are this project's own. All of them look at a running
median, which keeps rises, falls and corners where they are and drops single spikes, and take a change for
real only where it exceeds both the noise of the curve itself and a size that matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from study.analysis.findings import MeanCurve
from study.analysis.numbers import points_text
from study.analysis.readings import best_row
from study.records import SPLITS, Trajectory

Array = NDArray[np.float64]
Kind = Literal["diverged", "never learned", "overfitting", "still improving", "saturated", "noisy"]

MATTERS = 0.05
"""A change of cross-entropy that matters, as a share of the level it starts from."""

_VALIDATION = SPLITS.index("validation")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing a trajectory shows; ``sentence`` says it in plain words.

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
    if len(trajectory.epochs) == 0:
        return ()
    failure = _diverged(trajectory, chance) or _never_learned(trajectory, chance)
    if failure is not None:
        return (failure,)
    improving = _still_improving(trajectory)
    found = (
        _overfitting(trajectory),
        improving,
        _saturated(trajectory, margin) if improving is None else None,
        _noisy(trajectory, margin),
    )
    return tuple(diagnosis for diagnosis in found if diagnosis is not None)


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
    epochs = kept[0].epochs
    for t in kept:
        epochs = np.intersect1d(epochs, t.epochs[t.epochs <= end])
    rows = [np.isin(t.epochs, epochs) for t in kept]
    accuracy = np.mean([t.accuracy[r] for t, r in zip(kept, rows, strict=True)], axis=0)
    cross_entropy = np.mean([t.cross_entropy[r] for t, r in zip(kept, rows, strict=True)], axis=0)
    best = best_row(cross_entropy[:, _VALIDATION])
    rise = _rise(cross_entropy[:, _VALIDATION])
    return MeanCurve(
        epochs=epochs,
        accuracy=accuracy,
        cross_entropy=cross_entropy,
        n=len(kept),
        best_epoch=None if best is None else int(epochs[best]),
        overfits_from=None if rise is None else int(epochs[rise[0]]),
    )


def _diverged(trajectory: Trajectory, chance: float) -> Diagnosis | None:
    accuracy, cross_entropy = trajectory.split("train")
    broken = np.flatnonzero(~np.isfinite(cross_entropy))
    if broken.size:
        epoch = int(trajectory.epochs[broken[0]])
        words = f"diverged: training cross-entropy is not finite at epoch {epoch}"
        return Diagnosis("diverged", epoch, float(accuracy[-1]), words)
    smooth = _running_median(accuracy)
    bar = chance + (smooth.max() - chance) / 2
    if _learned(smooth, chance) and (smooth[-1] < bar and _final_level(accuracy) < bar):
        row = int(np.flatnonzero(smooth >= bar)[-1]) + 1
        epoch = int(trajectory.epochs[row])
        words = f"diverged: train accuracy fell from {smooth.max():.1%} to {accuracy[-1]:.1%}, from epoch {epoch} on"
        return Diagnosis("diverged", epoch, float(accuracy[-1]), words)
    return None


def _never_learned(trajectory: Trajectory, chance: float) -> Diagnosis | None:
    accuracy, _ = trajectory.split("train")
    if _learned(_running_median(accuracy), chance):
        return None
    epoch, highest = int(trajectory.epochs[-1]), float(accuracy.max())
    words = (
        f"never learned: train accuracy was at most {highest:.1%} in {epoch} epochs, where guessing gives {chance:.1%}"
    )
    return Diagnosis("never learned", epoch, highest, words)


def _overfitting(trajectory: Trajectory) -> Diagnosis | None:
    _, cross_entropy = trajectory.split("validation")
    rise = _rise(cross_entropy)
    if rise is None:
        return None
    row, amount, lowest = rise
    epoch = int(trajectory.epochs[row])
    words = (
        f"overfitting: validation cross-entropy rises from epoch {epoch} on, "
        f"to {amount:.3g} nats above its lowest level of {lowest:.3g}"
    )
    return Diagnosis("overfitting", epoch, amount, words)


def _still_improving(trajectory: Trajectory) -> Diagnosis | None:
    _, cross_entropy = trajectory.split("validation")
    records = len(cross_entropy)
    if records < 4 or not np.isfinite(cross_entropy).all():
        return None
    smooth = _running_median(cross_entropy)
    late = -(-records // 10)
    before, now = float(smooth[-1 - records // 4]), float(smooth[-late:].min())
    fall = before - now
    if now > smooth.min() or fall <= max(MATTERS * before, 4 * _noise(cross_entropy)):
        return None
    epoch = int(trajectory.epochs[-1])
    words = (
        f"still improving at the end: validation cross-entropy fell by {fall:.3g} to {now:.3g} nats "
        f"over the last quarter of {epoch} epochs; train longer"
    )
    return Diagnosis("still improving", epoch, fall, words)


def _saturated(trajectory: Trajectory, margin: float) -> Diagnosis | None:
    accuracy, _ = trajectory.split("validation")
    if len(accuracy) < 4:
        return None
    smooth = _running_median(accuracy)
    outside = np.flatnonzero(np.abs(smooth - _final_level(accuracy)) > margin)
    row = int(outside[-1]) + 1 if outside.size else 0
    last = int(trajectory.epochs[-1])
    if row >= len(accuracy) or trajectory.epochs[row] > last / 2:
        return None
    epoch = int(trajectory.epochs[row])
    words = (
        f"saturated long before the end: from epoch {epoch} of {last} on, validation accuracy stays within "
        f"{points_text(margin)} of where it ends"
    )
    return Diagnosis("saturated", epoch, 1 - epoch / last, words)


def _noisy(trajectory: Trajectory, margin: float) -> Diagnosis | None:
    accuracy, _ = trajectory.split("validation")
    if len(accuracy) < 6:
        return None
    deviations = _deviations(accuracy)
    spread = float(np.sqrt(np.mean(deviations**2)))
    if not spread > margin:
        return None
    first = len(accuracy) - 1 - len(deviations)
    epoch = int(trajectory.epochs[first + int(np.argmax(np.abs(deviations)))])
    words = (
        f"noisy late in training: validation accuracy jumps from record to record "
        f"by {100 * spread:.2g} points (standard deviation), most at epoch {epoch}; "
        "do not trust the last epoch alone"
    )
    return Diagnosis("noisy", epoch, spread, words)


def _rise(cross_entropy: Array) -> tuple[int, float, float] | None:
    """Row from which a curve rises for good, the rise, and its lowest level; None where it does not."""
    finite = np.flatnonzero(np.isfinite(cross_entropy))
    if finite.size == 0:
        return None
    curve = cross_entropy[finite]
    smooth, noise = _running_median(curve), _noise(curve)
    lowest = float(smooth.min())
    # All of the end must lie above: the median of the end of a falling curve lies above its lowest level too.
    if smooth[-_tail(curve) :].min() - lowest <= max(MATTERS * lowest, 4 * noise):
        return None
    # After the last record that noise alone could have put beside the lowest one, the curve only stays above.
    row = int(np.flatnonzero(smooth <= lowest + 2 * noise)[-1])
    # The running median flattens a sharp bottom by up to two records on either side: look at those records.
    start = max(0, row - 2)
    bottom = curve[start : row + 3]
    turn = start + int(np.flatnonzero(bottom <= bottom.min() + 2 * noise)[-1])
    return int(finite[turn]), _final_level(curve) - lowest, lowest


def _learned(smooth: Array, chance: float) -> bool:
    return bool(smooth.max() > chance + 0.1 * (1 - chance))


def _tail(curve: Array) -> int:
    return max(3, -(-len(curve) // 10))


def _final_level(curve: Array) -> float:
    """Median of the last tenth, at least three records: one unlucky last epoch must not decide."""
    return float(np.median(curve[-_tail(curve) :]))


def _running_median(curve: Array) -> Array:
    width = 5 if len(curve) >= 10 else 3
    return np.asarray(ndimage.median_filter(curve, size=width, mode="nearest"))


def _deviations(curve: Array) -> Array:
    """Second-half records against the mean of their neighbours, scaled to the s.d. of one record.

    A straight line gives zeros. With independent noise of variance v in every record, the difference of one
    record and the mean of two has variance 3/2 v.
    """
    late = curve[max(0, len(curve) // 2 - 1) :]
    return np.asarray((late[1:-1] - (late[:-2] + late[2:]) / 2) / np.sqrt(1.5))


def _noise(curve: Array) -> float:
    """Robust standard deviation of one record, from the second half: 1.4826 times the median deviation."""
    deviations = _deviations(curve)
    return float(1.4826 * np.median(np.abs(deviations))) if deviations.size else 0.0


def _finite_part(trajectory: Trajectory) -> Trajectory:
    """The records before the first whose cross-entropy is not finite."""
    bad = np.flatnonzero(~np.isfinite(trajectory.cross_entropy).all(axis=1))
    end = int(bad[0]) if bad.size else len(trajectory.epochs)
    return Trajectory(
        trajectory.epochs[:end],
        trajectory.accuracy[:end],
        trajectory.cross_entropy[:end],
        trajectory.seconds[:end],
    )
