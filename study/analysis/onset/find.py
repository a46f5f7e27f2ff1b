"""Where a metric on held-out data starts to get worse along an ordered axis, why, and how sure that is.

The procedure, in order: leave out failed runs and spikes; find where training itself stops working and look only at the
depths before it; test from the deepest depth towards the shallow end whether it is worse than a shallower one; bound
the start of the fall from both sides; ask whether training falls along; and where there is no fall, say whether
its absence is shown. The axis is any ordered quantity; it is called depth here. ``docs/calibration.md`` holds
the measured error rates, ``benchmarks/calibration.py`` measures them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from study.analysis.item_intervals import NEW_DATA, Sampling
from study.analysis.onset.depth_comparison import DepthComparison
from study.analysis.onset.failing_zone import (
    TrainingState,
    failed_runs,
    least_learned,
    training_fails_from,
)
from study.analysis.onset.item_noise import TestedItems
from study.analysis.onset.layout import Floats, Mask, comparable
from study.analysis.onset.open_depths import open_depths
from study.analysis.onset.unpaired import packed
from study.analysis.onset.verdict import FailedRuns, LocalDip, OnsetVerdict, SpikedRuns, Value
from study.analysis.search_luck import luck_inflation
from study.errors import InputError
from study.records.metrics import ACCURACY, Metric

__all__ = ["PROCEDURE_VERSION", "FailedRuns", "LocalDip", "OnsetVerdict", "SpikedRuns", "find_onset"]

# Stored with every verdict: raise it when the same data could give another verdict.
PROCEDURE_VERSION = "3"


def find_onset(
    depths: ArrayLike,
    train_accuracy: ArrayLike,
    test_accuracy: ArrayLike,
    *,
    metric: Metric = ACCURACY,
    margin: float | None = None,
    chance: float = 0.1,
    correct: ArrayLike | None = None,
    tested: ArrayLike | None = None,
    searches: ArrayLike | None = None,
    paired: bool = True,
    sampling: Sampling = NEW_DATA,
    alpha: float = 0.05,
    share: float = 1.0,
    seed: int = 0,
) -> OnsetVerdict:
    """Decide whether, where and why a metric gets worse on test along ``depths``.

    ``depths`` (D,) are strictly ascending or descending numbers, in the order in which overfitting is expected to
    grow. ``train_accuracy`` and ``test_accuracy`` (R, D) are values of the ``metric``, accuracy by default, one row a
    replicate that shares subset, split and batch order over all depths. NaN in both: not run. NaN in one of them, or an
    infinite value: the run failed, as does one whose training stays near ``chance``, what guessing comes to.
    ``correct`` (R, D, N), optional, says what each of N items came to in each run (of accuracy right or wrong, or the
    share of the epochs that were read; or what each of N groups of alike items did, as
    :func:`study.analysis.answers.by_group` has it), and lets the verdict allow for which items were tested; ``tested``
    (R, N), where replicates test different items, says which each of them did. ``searches`` (R,), where the networks
    were found by searches, says to which search of its depth a row belongs, and lets the verdict allow for what another
    search would have found. Not ``paired``: rows mean nothing, as where each depth has seeds of its own; depths may
    then have different numbers of runs, and ``correct`` is not known. ``sampling`` says what is spoken of; without
    ``correct`` it is these replicates. ``margin``, by default the metric's, is the largest difference that does not
    matter; ``alpha`` in (0, 0.5) the error rate; ``share`` in (0, 1] of it is what this verdict may use, where it is
    one of several looks at runs that become more; ``seed`` >= 0 seeds the simulation of the critical values.

    Raises InputError for arrays of the wrong shape or range. Too few runs give the verdict ``inconclusive``.
    """
    axis = _checked_axis(depths)
    train = _checked("train_accuracy", train_accuracy, len(axis), metric)
    test = _checked("test_accuracy", test_accuracy, len(axis), metric)
    if train.shape != test.shape:
        raise InputError(f"train_accuracy and test_accuracy must have one shape, got {train.shape} and {test.shape}")
    items = None if correct is None else _checked_items(correct, tested, train.shape, metric)
    margin = metric.margin if margin is None else margin
    _check_between("margin", margin, 0, metric.bounds[1] - metric.bounds[0])
    _check_between("alpha", alpha, 0, 0.5)
    if not 0 < share <= 1:
        raise InputError(f"share must lie in (0, 1], got {share!r}")
    low, high = metric.bounds
    if not low <= chance <= high or chance == (high if metric.larger_is_better else low):
        ends = f"[{low:g}, {high:g})" if metric.larger_is_better else f"({low:g}, {high:g}]"
        raise InputError(f"chance must lie in {ends}, got {chance!r}")
    if seed < 0:
        raise InputError(f"seed must be 0 or larger, got {seed!r}")
    if not paired and (items is not None or searches is not None):
        raise InputError("correct and searches are those of replicates: they need paired runs")
    scale = _Scale.of(metric)
    if items is not None:
        items = TestedItems(scale.to(items.correct), items.tested)
    verdict = _found(
        axis,
        scale.to(train),
        scale.to(test),
        items=items,
        searches=searches,
        sampling=sampling,
        margin=scale.size(margin),
        chance=float(scale.to(chance)),
        least=least_learned(metric),
        alpha=alpha,
        level=share * alpha,
        seed=seed,
        paired=paired,
    )
    return replace(scale.back(verdict), metric=metric.name, margin=float(margin))


@dataclass(frozen=True, slots=True)
class _Scale:
    """Everything below is written for accuracy: the larger the better, and half a hundredth is the usual margin.

    Other metrics are brought to that, and what was found is brought back: ``factor`` is negative where lower is better.
    """

    factor: float

    @classmethod
    def of(cls, metric: Metric) -> _Scale:
        return cls(float(metric.turned(1.0 if metric.margin == ACCURACY.margin else ACCURACY.margin / metric.margin)))

    def to(self, values: Any) -> Any:
        """Values of the metric as they are compared."""
        return values if self.factor == 1 else self.factor * np.asarray(values)

    def size(self, difference: float) -> float:
        """The size of a difference as it is compared."""
        return difference if self.factor == 1 else abs(self.factor) * difference

    def back(self, verdict: OnsetVerdict) -> OnsetVerdict:
        """What was found, in the metric."""
        if self.factor == 1:
            return verdict
        size = abs(self.factor)

        def sized(found: float | None) -> float | None:
            return None if found is None else found / size

        interval = verdict.test_drop_interval
        level = verdict.train_accuracy
        return replace(
            verdict,
            test_drop=sized(verdict.test_drop),
            test_drop_interval=None if interval is None else (interval[0] / size, interval[1] / size),
            train_drop=sized(verdict.train_drop),
            train_accuracy=None if level is None else level / self.factor,
            largest_drop_upper_bound=sized(verdict.largest_drop_upper_bound),
            local_dips=tuple(LocalDip(dip.depth, dip.drop / size) for dip in verdict.local_dips),
            spiked_runs=tuple(
                replace(
                    one,
                    accuracy=tuple(sorted(run / self.factor for run in one.accuracy)),
                    siblings=one.siblings / self.factor,
                )
                for one in verdict.spiked_runs
            ),
        )


def _found(
    axis: tuple[Value, ...],
    train: Floats,
    test: Floats,
    *,
    items: TestedItems | None,
    searches: ArrayLike | None,
    sampling: Sampling,
    margin: float,
    chance: float,
    least: float,
    alpha: float,
    level: float,
    seed: int,
    paired: bool,
) -> OnsetVerdict:
    """The verdict on values that are the larger the better."""
    # Sums in another order differ in the last bit: sorted replicates make the verdict independent of their order.
    order = np.lexsort(np.concatenate([np.zeros((len(train), 1)), train, test], axis=1).T)
    train, test = (train[order], test[order]) if paired else packed(train, test, seed)

    state = failed_runs(train, test, chance, margin, least)
    zone = training_fails_from(train, state, margin, level, seed, paired=paired)
    usable = state.usable & ~state.spiked
    if zone is not None:
        usable[:, zone:] = False
    present = comparable(usable, paired=paired)
    columns = np.nonzero(present.any(axis=0))[0]
    compared = tuple(axis[column] for column in columns)
    counts = present.sum(axis=0)[columns]
    verdict = OnsetVerdict(
        kind="inconclusive",
        failed_runs=_failures(axis, state),
        spiked_runs=_spikes(axis, train, state),
        training_fails_from=None if zone is None else axis[zone],
        compared_depths=compared,
        replicates=(int(counts.min()), int(counts.max())) if len(counts) else (0, 0),
        paired=paired,
        margin=float(margin),
        alpha=float(alpha),
        procedure_version=PROCEDURE_VERSION,
    )
    if len(columns) < 3:
        fails = zone is not None or bool(state.failing.any())
        if fails and (len(axis) >= 3 or not usable.any()):
            return replace(verdict, kind="training fails", compared_depths=_with_runs(axis, usable))
        if fails:  # of two values: there would be no verdict if training worked in both
            verdict = replace(verdict, compared_depths=_with_runs(axis, state.usable & ~state.spiked))
        return replace(verdict, open_depths=axis)

    at = np.ix_(present.any(axis=1), columns)
    rows = order[present.any(axis=1)] if paired else order[:0]
    here = None if items is None else TestedItems(items.correct[np.ix_(rows, columns)], items.tested[rows])
    if searches is not None:
        inflation = luck_inflation(np.where(present[at], test[at], np.nan), np.asarray(searches)[rows])
        sampling = replace(sampling, luck=max(sampling.luck, inflation or 1.0))
    cells = (train[at], test[at], present[at], here, sampling)
    comparison = DepthComparison.of(*cells, alpha, seed, level=level, before_failing=zone is not None, paired=paired)
    judged = _judged(verdict, comparison)
    if zone is None or judged.kind != "degradation" or judged.certain_from is not None:
        return judged
    behind = test[:, zone:][np.isfinite(test[:, zone:])]
    if behind.size and behind.mean() >= comparison.means.max() - margin:
        return judged
    # Test accuracy has fallen where training fails, whenever it began: overfitting before may be too small to show.
    started = (*compared, axis[zone])[comparison.earliest_fall()]
    return replace(judged, interval=(started, axis[zone]), guaranteed_interval=(started, axis[zone]))


def _with_runs(axis: tuple[Value, ...], runs: Mask) -> tuple[Value, ...]:
    """The values that any of these ``runs`` (R, D) has."""
    return tuple(value for value, there in zip(axis, runs.T, strict=True) if there.any())


def _judged(verdict: OnsetVerdict, comparison: DepthComparison) -> OnsetVerdict:
    """``verdict`` completed with what the compared depths say."""
    depths = verdict.compared_depths
    fall = comparison.fall()
    before, to = (len(depths), len(depths) - 1) if fall is None else (fall.guaranteed[1], fall.until)
    fallen = comparison.test_drop(before, to)
    if fall is not None and fallen.interval.mean is None:
        # No replicate ran before it and at its end, so that nothing says how far it goes.
        fall, before, to = None, len(depths), len(depths) - 1
        fallen = comparison.test_drop(before, to)
    cause = None if fall is None else comparison.cause(fall)
    test_drop, train_drop = fallen.interval, comparison.train_drop(before, to)
    bound = comparison.largest_drop()
    verdict = replace(
        verdict,
        reference_depth=depths[comparison.reference(before)],
        drop_depth=depths[to],
        test_drop=test_drop.mean,
        test_drop_interval=None if test_drop.low is None or test_drop.high is None else (test_drop.low, test_drop.high),
        test_drop_speaks_of=fallen.target,
        train_drop=train_drop,
        train_accuracy=comparison.train_accuracy(to),
        gap_grows=comparison.gap_grows(),
        local_dips=tuple(LocalDip(depths[index], drop) for index, drop in comparison.dips()),
        largest_drop_upper_bound=bound,
        open_depths=tuple(depths[index] for index in open_depths(comparison, fall, cause, verdict.margin)),
    )
    if fall is not None and cause is not None:
        verdict = replace(verdict, kind=cause, certain_from=depths[fall.guaranteed[1]])
        if cause == "degradation":
            return verdict
        return replace(
            verdict,
            onset=depths[fall.onset],
            interval=(depths[fall.shown[0]], depths[fall.shown[1]]),
            guaranteed_interval=(depths[fall.guaranteed[0]], depths[fall.guaranteed[1]]),
        )
    if verdict.training_fails_from is not None:
        return replace(verdict, kind="degradation")
    if bound <= verdict.margin:
        return replace(verdict, kind="benign" if verdict.gap_grows else "none")
    return replace(verdict, replicates_needed=comparison.replicates_needed(verdict.margin))


def _failures(axis: tuple[Value, ...], state: TrainingState) -> tuple[FailedRuns, ...]:
    failed, runs = state.failed.sum(axis=0), state.runs
    return tuple(FailedRuns(axis[d], int(failed[d]), int(runs[d])) for d in range(len(axis)) if failed[d])


def _spikes(axis: tuple[Value, ...], train: Floats, state: TrainingState) -> tuple[SpikedRuns, ...]:
    found = []
    for d in np.nonzero(state.spiked.any(axis=0))[0]:
        spiked = state.spiked[:, d]
        siblings = float(np.median(train[state.usable[:, d] & ~spiked, d]))
        found.append(SpikedRuns(axis[d], int(state.runs[d]), tuple(sorted(train[spiked, d].tolist())), siblings))
    return tuple(found)


def _check_between(name: str, value: float, low: float, high: float) -> None:
    if not low < value < high:
        raise InputError(f"{name} must lie between {low:g} and {high:g}, got {value!r}")


def _checked_axis(depths: ArrayLike) -> tuple[Value, ...]:
    """``depths`` as plain numbers; integers stay integers."""
    values = np.asarray(depths)
    if values.ndim != 1 or values.dtype.kind not in "iuf":
        raise InputError(f"depths must be a list of numbers, got {depths!r}")
    steps = np.diff(values.astype(float))
    if not np.isfinite(values).all() or not ((steps > 0).all() or (steps < 0).all()):
        raise InputError(f"depths must be strictly ascending or strictly descending, got {values.tolist()}")
    return tuple(values.tolist())


def _checked(name: str, given: ArrayLike, depths: int, metric: Metric) -> Floats:
    try:
        values = np.array(given, dtype=float)
    except (TypeError, ValueError):
        raise InputError(f"{name} must be a table of numbers, one row a replicate") from None
    if values.ndim != 2 or values.shape[1] != depths:
        raise InputError(f"{name} must have the shape (replicates, {depths}), one column a depth, got {values.shape}")
    finite, (low, high) = values[np.isfinite(values)], metric.bounds
    if finite.size and not (finite.min() >= low and finite.max() <= high):
        hint = "; percentages / 100" if high == 1 else ""
        raise InputError(f"{name} must lie in [{low:g}, {high:g}], got {finite.min():g} to {finite.max():g}{hint}")
    return values


def _checked_items(correct: ArrayLike, tested: ArrayLike | None, shape: tuple[int, ...], metric: Metric) -> TestedItems:
    low, high = metric.item_bounds
    items = np.asarray(correct)
    if items.ndim != 3 or items.shape[:2] != shape or items.shape[2] < 2:
        raise InputError(f"correct must have the shape {(*shape, 'test items')}, got {items.shape}")
    whole = items.dtype.kind in "iu"
    if whole and items.size and not (items.min() >= low and items.max() <= high):
        raise InputError(f"correct must lie in [{low:g}, {high:g}]; unpack packed bits with numpy.unpackbits first")
    if items.dtype.kind == "f" and not np.isfinite(items).all():
        raise InputError("correct must be finite; tested says what was not tested")
    known = np.ones((shape[0], items.shape[2]), bool) if tested is None else np.asarray(tested)
    if known.shape != (shape[0], items.shape[2]) or known.dtype != bool:
        expected = (shape[0], items.shape[2])
        raise InputError(f"tested must be True and False in the shape {expected}, got {known.dtype} {known.shape}")
    return TestedItems(items if items.dtype in (bool, np.float32) else items.astype(float), known)
