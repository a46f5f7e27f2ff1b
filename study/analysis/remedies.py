"""Remedies: does dropout, L2, early stopping or less depth help?

Arms of a study against its arm ``none``, paired by replicate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from study.analysis.gap import generalization_gap
from study.analysis.interval_words import LEAST, difference
from study.analysis.item_intervals import NEW_DATA, Sampling
from study.analysis.onset.failing_zone import least_learned
from study.analysis.paired import Difference, paired_differences
from study.analysis.pick import choices_without
from study.records.intervals import Interval, Target
from study.records.metrics import ACCURACY, Metric
from study.records.trials import SPLITS, of_split
from study.records.units import Unit
from study.words import count, value_text

NONE = "none"
"""The name of the arm without a remedy."""

_GAP_WORDS = ("narrowed the gap by", "widened the gap by")

Outcome = Literal["helped", "hurt", "no difference shown", "not judged"]
Array = NDArray[np.float64]


class Onset(Protocol):
    """The part of an ``OnsetVerdict`` that is compared between arms."""

    @property
    def kind(self) -> str:
        """As in ``OnsetVerdict``."""

    @property
    def onset(self) -> float | None:
        """Smallest axis value from which held-out accuracy falls, None where none is claimed."""

    @property
    def interval(self) -> tuple[float, float] | None:
        """Confidence interval of the onset, both ends included."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What an arm does to one quantity: ``interval`` of arm minus none over replicates.

    The interval is that of this arm alone. ``outcome`` is decided by ``p``, the two-sided paired t test's p
    value after Holm's correction for the number of arms; None below two paired replicates. So an interval
    may exclude zero where no difference is shown; ``sentence`` then says so. ``target`` is what interval and test speak
    of: new data, these items, or these replicates alone where single items are missing.
    """

    interval: Interval
    p: float | None
    outcome: Outcome
    sentence: str
    target: Target = "these replicates"


@dataclass(frozen=True, slots=True)
class OnsetEffect:
    """What an arm does to the onset.

    ``shift`` is the arm's onset minus that of none, None where either has none; ``disjoint`` tells whether
    the two intervals have no value in common, None where there are no two intervals.
    """

    shift: float | None
    disjoint: bool | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Remedy:
    """One arm against none: effect on the metric on test, on the gap and, if given, on the onset.

    ``stopped`` networks of the arm did not train, where none did: they are left out of the effects, because that is no
    harm in points. ``strength`` says what a search chose for the arm, empty where its strength is fixed.
    """

    arm: str
    test: Effect
    gap: Effect
    onset: OnsetEffect | None
    stopped: int = 0
    strength: str = ""

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that is said of it, the effect on test accuracy first, or, before that, that it stopped training."""
        stops = f"{self.arm} stopped {count(self.stopped, 'network')} from training, left out here"
        said = (self.test.sentence, self.gap.sentence, *([self.onset.sentence] if self.onset else []), self.strength)
        return tuple(one for one in (stops if self.stopped else "", *said) if one)


def assess_remedies(
    measured: Mapping[str, ArrayLike],
    *,
    metric: Metric = ACCURACY,
    items: Mapping[str, ArrayLike | None] | None = None,
    sampling: Mapping[str, Sampling] | None = None,
    onsets: Mapping[str, Onset] | None = None,
    alpha: float = 0.05,
    chance: float = 0.1,
) -> tuple[Remedy, ...]:
    """Compare every arm with the one named ``none``.

    ``measured`` gives each arm's values (R, 3) of the ``metric`` in order of SPLITS, replicates in rows, NaN = failed
    or not run; row r of every arm is the same replicate, and a row missing on either side is left out. ``items`` gives
    each arm's (R, N), what every item came to, NaN where a replicate did not test it; None where that was not kept.
    ``sampling`` says what the interval of an arm allows for. A network of an arm that has learned too little of its
    training data has not trained (:func:`least_trained`; ``chance`` is the metric of guessing): it is counted and left
    out.
    ``onsets`` gives verdicts over the axis, compared where both the arm and ``none`` have one. ``alpha`` in (0, 1) is
    the chance that any arm without an effect on test is said to have one, and separately so for the gap; the intervals
    have confidence ``1 - alpha`` (see :func:`study.analysis.paired.paired_differences`).

    Raises ValueError without an arm ``none`` and where shapes or ``alpha`` do not fit.
    """
    arrays = {arm: np.asarray(values, float) for arm, values in measured.items()}
    shapes = {array.shape for array in arrays.values()}
    if NONE not in arrays or len(shapes) != 1 or any(len(s) != 2 or s[1] != len(SPLITS) for s in shapes):
        raise ValueError(
            f"expected arrays of one shape (R, {len(SPLITS)}), one of them under the name {NONE!r}, "
            f"but {[(arm, array.shape) for arm, array in arrays.items()]} arrived"
        )
    if not 0 < alpha < 1:
        raise ValueError(f"expected alpha in (0, 1), but {alpha} arrived")
    arms = [arm for arm in arrays if arm != NONE]
    lost = {arm: _not_trained(arrays[arm], arrays[NONE], chance, metric) for arm in arms}
    arrays |= {arm: np.where(lost[arm][:, None], np.nan, arrays[arm]) for arm in arms}
    on_test = [of_split(arrays[arm] - arrays[NONE], "test") for arm in arms]
    on_gap = [generalization_gap(arrays[arm], metric) - generalization_gap(arrays[NONE], metric) for arm in arms]
    by_item = [_items(items or {}, arm) for arm in arms]
    train = SPLITS.index("train")
    learned = [(arrays[arm][:, train] - arrays[NONE][:, train])[:, None] for arm in arms]
    gap_items = [None if one is None else metric.turned(fit - one) for one, fit in zip(by_item, learned, strict=True)]
    verdicts = onsets or {}
    allowed = [(sampling or {}).get(arm, (sampling or {}).get(NONE, NEW_DATA)) for arm in arms]
    return tuple(
        Remedy(
            arm=arm,
            test=effect,
            gap=gap,
            onset=compare_onsets(arm, verdicts[NONE], verdicts[arm]) if {NONE, arm} <= verdicts.keys() else None,
            stopped=int(lost[arm].sum()),
        )
        for arm, effect, gap in zip(
            arms,
            _effects(
                arms,
                on_test,
                by_item,
                allowed,
                alpha,
                better=metric.turned(1),
                words=("helped by", "hurt by"),
                unit=metric.unit,
            ),
            _effects(
                arms,
                on_gap,
                gap_items,
                allowed,
                alpha,
                better=-1,
                words=_GAP_WORDS,
                unit=metric.unit,
            ),
            strict=True,
        )
    )


def least_trained(none: ArrayLike, chance: float, metric: Metric) -> float:
    """What a network has to reach to have trained: part of the way from guessing to networks without a remedy (R,).

    In the turned metric, of which more is better; the part is that of
    :func:`study.analysis.onset.failing_zone.least_learned`, as in the verdict.
    """
    reached, guessed = metric.turned(np.asarray(none, float)), float(metric.turned(chance))
    reached = reached[np.isfinite(reached)]
    above = max(float(np.median(reached)) - guessed, 0.0) if reached.size else 0.0
    return guessed + least_learned(metric) * above


def _not_trained(arm: Array, none: Array, chance: float, metric: Metric) -> NDArray[np.bool_]:
    """Which replicates (R,) have not learned their training data under an arm, but have without a remedy."""
    under, without = metric.turned(of_split(arm, "train")), metric.turned(of_split(none, "train"))
    least = least_trained(of_split(none, "train"), chance, metric)
    return np.asarray((under < least) & ~(without < least))


def left_out_readings(
    parameters: ArrayLike,
    measured: ArrayLike,
    *,
    metric: Metric = ACCURACY,
    margin: float,
    alpha: float = 0.05,
    luck: float = 1.0,
    least: int | None = None,
) -> tuple[Array, tuple[int | None, ...]]:
    """What comes of picking a configuration: (R, 3), each replicate read on one that it had no part in choosing.

    ``parameters`` (C,) and ``measured`` (R, C, 3) in order of SPLITS; for each replicate the pick is made on the
    validation of the others, with the ``luck`` of searches and ``least`` runs as in
    :func:`study.analysis.pick.choices_without`. Had it been made on all of them, the comparison would flatter it: the
    luckiest depth is chosen, and then tested on the same luck. NaN where the others do not suffice for a choice.
    Returns with it the choice made for each replicate.
    """
    values = np.asarray(measured, float)
    validation = of_split(values, "validation")
    chosen = choices_without(parameters, validation, metric=metric, margin=margin, alpha=alpha, luck=luck, least=least)
    nothing = np.full(len(SPLITS), np.nan)
    rows = [nothing if index is None else values[r, index] for r, index in enumerate(chosen)]
    return np.array(rows).reshape(-1, len(SPLITS)), chosen


def compare_onsets(arm: str, none: Onset, other: Onset) -> OnsetEffect:
    """Compare where held-out accuracy starts to fall without a remedy and under ``arm``.

    Onsets have no replicates of their own, so there is no t interval of their difference. Their 95 %
    intervals are compared instead. Were the onsets the same, the intervals could be disjoint only if one of
    them missed it: with a probability of at most 10 %, whatever their dependence; usually far less, so that
    overlapping intervals show nothing. This is not corrected for the number of arms.
    """
    if none.interval is None or none.onset is None:
        return OnsetEffect(None, None, f"without a remedy no onset is claimed that {arm} could move")
    before = f"{value_text(none.onset)} ({_range(none.interval)}) without a remedy"
    if other.interval is None or other.onset is None:
        if other.kind in ("none", "benign"):
            return OnsetEffect(None, None, f"{arm} removed the onset within the range; it is at {before}")
        return OnsetEffect(
            None,
            None,
            f"under {arm} neither an onset nor its absence is shown; it is at {before}",
        )
    shift = other.onset - none.onset
    disjoint = other.interval[0] > none.interval[1] or other.interval[1] < none.interval[0]
    after = f"to {value_text(other.onset)} ({_range(other.interval)})"
    if disjoint:
        words = f"{arm} moved the onset from {before} {after}; the intervals are disjoint"
    else:
        words = f"{arm} is not shown to move the onset: from {before} {after}; the intervals overlap"
    return OnsetEffect(shift, disjoint, words)


def _items(items: Mapping[str, ArrayLike | None], arm: str) -> Array | None:
    """Differences to ``none`` item by item (R, N); None where either is missing."""
    own, none = items.get(arm), items.get(NONE)
    return None if own is None or none is None else np.asarray(own, float) - np.asarray(none, float)


def _effects(
    arms: list[str],
    differences: list[Array],
    items: list[Array | None],
    sampling: list[Sampling],
    alpha: float,
    *,
    better: int,
    words: tuple[str, str],
    unit: Unit,
) -> list[Effect]:
    judged = paired_differences(differences, alpha, items, sampling)
    return [_effect(arm, found, alpha, better, words, unit) for arm, found in zip(arms, judged, strict=True)]


def _effect(arm: str, found: Difference, alpha: float, better: int, words: tuple[str, str], unit: Unit) -> Effect:
    interval = found.interval
    if interval.mean is None or interval.low is None or interval.high is None or found.alone is None:
        return Effect(
            interval,
            None,
            "not judged",
            f"{arm} cannot be judged: it takes 2 paired replicates, there are {interval.n}",
            found.target,
        )
    if found.outcome in ("higher", "lower"):
        helped = interval.mean * better > 0
        size = interval if interval.mean > 0 else interval.turned
        did = f"{words[0] if helped else words[1]} {difference(size, unit)}"
        said = f"{arm} {did} ({count(interval.n, 'replicate')})"
        return Effect(interval, found.p, "helped" if helped else "hurt", said, found.target)
    said = (
        f"{arm} made no difference{' to the gap' if words == _GAP_WORDS else ''} that {count(interval.n, 'replicate')} "
        f"could show ({difference(interval, unit, sign=True)}"
    )
    if interval.n < LEAST:
        said += "; too few replicates for an interval"
    elif found.alone < alpha:
        said += "; it would count if this were the only arm"
    return Effect(interval, found.p, "no difference shown", said + ")", found.target)


def _range(interval: tuple[float, float]) -> str:
    low, high = map(value_text, interval)
    return low if low == high else f"{low} to {high}"
