"""What is asked of the depths that can be trained: does test accuracy fall, from where, why, and if not, is it flat?

Letters as in :mod:`study.analysis.onset.layout`; here ``D`` counts the compared depths and all depths are indices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from study.analysis.item_intervals import Estimate, Sampling, mean_estimate
from study.analysis.onset.critical_values import CriticalValues, critical_values
from study.analysis.onset.failing_zone import trailing_rejections
from study.analysis.onset.item_noise import TestedItems, item_variance
from study.analysis.onset.layout import Floats, Mask, drops, lay_out
from study.analysis.onset.posterior import POINT_POWERS, POINT_QUANTILE, onset_posterior, quantile
from study.analysis.onset.unpaired import difference, slope
from study.analysis.t_intervals import t_interval
from study.records.intervals import Interval

Cause = Literal["overfitting", "degradation", "unsettled"]

# ``replicates_needed`` names no number beyond this: nobody would train so often.
_MOST_REPLICATES = 1_000
# Training may lose half of what test accuracy loses before the fall counts as training's.
_TEST_SHARE = 0.5
# Accuracy a depth; below it a slope is rounding.
_SMALLEST_SLOPE = 1e-12


@dataclass(frozen=True, slots=True)
class Fall:
    """A fall that is shown: it starts within ``guaranteed`` (first, last), probably at ``onset`` within ``shown``.

    ``until`` is the last depth that is shown to be worse; those behind it look worse, but are too noisy to tell.
    """

    guaranteed: tuple[int, int]
    shown: tuple[int, int]
    onset: int
    until: int


@dataclass(frozen=True, slots=True)
class DepthComparison:
    """Runs (R, D) of the compared depths, their means, variances and standardised drops ``t`` (D, D).

    ``extra`` (D, D) is what the spread between replicates leaves out of the variance of a difference: items and, where
    items are known, training rows that they share.
    """

    train: Floats
    test: Floats
    present: Mask
    items: TestedItems | None
    sampling: Sampling
    runs: Floats
    means: Floats
    variances: Floats
    extra: Floats
    t: Floats
    critical: CriticalValues
    alpha: float
    level: float
    before_failing: bool
    paired: bool = True

    @classmethod
    def of(
        cls,
        train: Floats,
        test: Floats,
        present: Mask,
        items: TestedItems | None,
        sampling: Sampling,
        alpha: float,
        seed: int,
        *,
        level: float,
        before_failing: bool,
        paired: bool = True,
    ) -> DepthComparison:
        """Compare the depths of ``test`` (R, D) where ``present``; ``items`` are its answers, None where not kept.

        ``level`` is what claims may use of ``alpha``: all of it, or the share of one look. ``before_failing``: a zone
        of failing training follows the compared depths.
        """
        layout = lay_out(present, paired=paired)
        cells = test[present]
        means, variances = layout.means(cells), layout.variances(cells)
        extra: Floats = np.zeros((present.shape[1],) * 2)
        if items is not None:
            if sampling.inference == "new data":
                extra = item_variance(items.correct, present, items.tested)
            if sampling.same_training:
                extra = extra + sampling.same_training * items.between_replicates(present)
        t = drops(means, variances * _inflation(sampling, items, layout.runs), layout.runs, extra=extra)
        critical = critical_values(present, level, seed, paired=paired)
        return cls(
            train,
            test,
            present,
            items,
            sampling,
            layout.runs,
            means,
            variances,
            extra,
            t,
            critical,
            alpha,
            level,
            before_failing,
            paired,
        )

    def fall(self) -> Fall | None:
        """Whether test accuracy falls towards the deep end, and where the fall starts; None if it is not shown.

        The last depth of the guaranteed interval is the end of a fixed sequence of tests from the deepest depth, at
        level alpha; its first depth follows the shallowest one that is not shown to be worse than any other, at level
        alpha / 5 (not alpha / 2, as first planned: both errors together then stay within 6 % by construction).
        """
        # Where training fails right behind, what is left is often flat, and a false claim there would call failing
        # training overfitting: at level alpha that happened in 2.4 to 3.0 % of studies, and 1 % is the promise.
        strict = self.before_failing
        rejected = trailing_rejections(self.t, self.critical.strict_fall if strict else self.critical.fall)
        if not rejected:
            rejected = self._before_noisy_depths()
        if not rejected:
            return None
        certain = rejected[0]
        earliest = min(self.earliest_fall(), certain)
        parameters = sum(self.present.shape) - 1 if self.paired else self.present.shape[1]
        freedom = float(self.present.sum() - parameters)
        # A depth's own variance rests on few runs: as weights, variances drawn half-way to their mean put the
        # onset within one step in 92 instead of 90 % (6 depths, R = 5, s = 1).
        shares = (
            (self.variances + self.variances.mean()) / 2 / self.runs * _inflation(self.sampling, self.items, self.runs)
        )
        posterior = onset_posterior(self.means, shares, freedom)
        low, high = quantile(posterior, self.alpha / 2), quantile(posterior, 1 - self.alpha / 2)
        low, high = max(low, earliest), min(high, certain)
        if low > high:
            low, high = earliest, certain
        point = quantile(onset_posterior(self.means, shares, freedom, POINT_POWERS), POINT_QUANTILE)
        return Fall((earliest, certain), (low, high), min(max(point, low), high), rejected[-1])

    def earliest_fall(self) -> int:
        """The depth behind the shallowest one that is not shown to be worse than any other, level alpha / 5; at most
        D."""
        others = np.where(np.eye(len(self.t), dtype=bool), -np.inf, self.t).max(axis=0)
        return int(np.argmax(others <= self.critical.best)) + 1

    def _before_noisy_depths(self) -> range:
        """The deepest run of rejections behind which no depth recovers; empty where there is none.

        A deepest depth that is too noisy to tell would hide every fall before it. It does not contradict one if its own
        mean has lost at least half as much.
        """
        best = np.maximum.accumulate(self.means)
        for last in range(len(self.t) - 2, 0, -1):
            half_way = (self.means[last] + best[last]) / 2
            if (self.means[last + 1 :] <= half_way).all():
                rejected = trailing_rejections(self.t[: last + 1, : last + 1], self.critical.inner)
                if rejected:
                    return rejected
        return range(0)

    def reference(self, before: int) -> int:
        """The depth with the best mean test accuracy among those shallower than ``before``."""
        return int(np.argmax(self.means[:before]))

    def cause(self, fall: Fall) -> Cause:
        """Why test accuracy falls: does training accuracy fall by less or by more than half as much?

        One-sample t test over replicates, inflated for what they share, of ``W = 0.5 * test drop - train drop``, from
        the reference to the mean of the depths that are shown to be worse.
        """
        certain, behind = fall.guaranteed[1], fall.until + 1
        reference = self.reference(certain)
        contrast = _TEST_SHARE * self.test - self.train
        contrast = np.where(self.present, contrast, np.nan)
        if not self.paired:
            return _cause_of(difference(contrast, [reference], range(certain, behind), self.sampling, self.level))
        both = self.present[:, reference] & self.present[:, certain:behind].any(axis=1)
        w = contrast[both, reference] - np.nanmean(contrast[both, certain:behind], axis=1)
        return _cause_of(mean_estimate(w, None, sampling=self.sampling, confidence=1 - self.level).interval)

    def test_drop(self, before: int, to: int) -> Estimate:
        """Drop of test accuracy from the best depth shallower than ``before`` to the depth ``to``.

        Cross-fitted: a replicate's best depth is the one with the best mean test accuracy of the other replicates. The
        depth that is best by a replicate's own luck would make the drop look 0.3 points larger at R = 5.
        """
        best = self._best_for_each(before, to)
        if not self.paired:
            chosen = np.full((len(self.test), 2), np.nan)
            chosen[list(best), 0] = [self.test[r, depth] for r, depth in best.items()]
            chosen[:, 1] = np.where(self.present[:, to], self.test[:, to], np.nan)
            return Estimate(difference(chosen, [0], [1], self.sampling, self.alpha), "these replicates")
        fallen = np.array([self.test[r, depth] - self.test[r, to] for r, depth in best.items()])
        if self.items is None or not best:
            return mean_estimate(fallen, None, sampling=self.sampling, confidence=1 - self.alpha)
        answers = np.stack([self.items.of(r, depth) - self.items.of(r, to) for r, depth in best.items()])
        return mean_estimate(fallen, answers, sampling=self.sampling, confidence=1 - self.alpha)

    def train_drop(self, before: int, to: int) -> float | None:
        """The mean drop of training accuracy between the same depths; None where no replicate has both."""
        best = self._best_for_each(before, to)
        if best and not self.paired:
            return float(np.mean([self.train[r, d] for r, d in best.items()]) - self.train_accuracy(to))
        return float(np.mean([self.train[r, d] - self.train[r, to] for r, d in best.items()])) if best else None

    def _best_for_each(self, before: int, to: int) -> dict[int, int]:
        """For each replicate that has ``to``, which of its depths shallower than ``before`` the others think best.

        Where runs are not paired, each row is left out once, whatever it has, and rows have no level of their own.
        """
        here = np.where(self.present, self.test, np.nan)
        own = here - np.nanmean(here, axis=1, keepdims=True) if self.paired else here
        rows = self.present[:, to] if self.paired else self.present[:, :before].any(axis=1)
        chosen = {}
        for replicate in np.nonzero(rows)[0].tolist():
            others = np.delete(own, replicate, axis=0)[:, :before]
            known = np.nonzero(self.present[replicate, :before] & ~np.isnan(others).all(axis=0))[0]
            if len(known):
                chosen[replicate] = int(known[np.argmax(np.nanmean(others[:, known], axis=0))])
        return chosen

    def largest_drop(self) -> float:
        """Upper bound, at level ``level``, of the largest true drop from any depth to the deepest.

        Each depth's own one-sided bound will do: the bound of the depth with the largest true drop covers it.
        """
        return float(self.drop_bounds(self.runs).max())

    def replicates_needed(self, margin: float) -> int | None:
        """The fewest replicates, more than any depth has, at which :meth:`largest_drop` would be within ``margin``.

        It is the bound as it would be if the observed differences, variances and critical values stayed as they are:
        more replicates shrink their own noise, not the test set's. None where 1,000 replicates would not do.
        """
        counts = np.arange(self.runs.max() + 1, _MOST_REPLICATES + 1)
        enough = counts[self.drop_bounds(counts[:, None]).max(axis=-1) <= margin]
        return int(enough[0]) if len(enough) else None

    def drop_bounds(self, runs: Floats) -> Floats:
        """The bounds (..., D - 1) of the drops from each depth to the deepest, with ``runs`` (..., D) or (..., 1)."""
        share = self.variances * _inflation(self.sampling, self.items, runs) / runs
        errors = np.sqrt(share[..., :-1] + share[..., -1:] + self.extra[:-1, -1])
        bounds: Floats = self.means[:-1] - self.means[-1] + np.array(self.critical.single) * errors
        return bounds

    def gap_grows(self) -> bool | None:
        """Whether the gap (training - test) grows along the axis: t test of the replicates' slopes, level ``alpha``."""
        if not self.paired:
            interval = slope(np.where(self.present, self.train - self.test, np.nan), self.alpha)
            return interval.low is not None and bool(interval.low > _SMALLEST_SLOPE)
        slopes = []
        for gap, present in zip(self.train - self.test, self.present, strict=True):
            steps = np.nonzero(present)[0]
            slopes.append(np.polynomial.polynomial.polyfit(steps, gap[present], 1)[1])
        if len(slopes) < 2:
            return None
        interval = t_interval(np.array(slopes), 1 - 2 * self.alpha)
        return interval.low is not None and bool(interval.low > _SMALLEST_SLOPE)

    def train_accuracy(self, depth: int) -> float:
        """Mean training accuracy at ``depth``."""
        return float(self.train[self.present[:, depth], depth].mean())

    def dips(self) -> list[tuple[int, float]]:
        """Depths shown to be worse than a shallower and than a deeper one, each with its smaller drop.

        Level ``alpha / 5`` over all of them: the largest of all pairs bounds a depth in any falling or rising curve.
        """
        found = []
        for depth in range(1, len(self.t) - 1):
            before, after = self.t[:depth, depth], self.t[depth + 1 :, depth]
            if min(before.max(), after.max()) > self.critical.dip:
                drop = min(self.means[:depth].max(), self.means[depth + 1 :].max()) - self.means[depth]
                found.append((depth, float(drop)))
        return found


def _cause_of(contrast: Interval) -> Cause:
    """What the interval of half the test drop minus the train drop says."""
    if contrast.low is not None and contrast.low > 0:
        return "overfitting"
    if contrast.high is not None and contrast.high < 0:
        return "degradation"
    return "unsettled"


def _inflation(sampling: Sampling, items: TestedItems | None, runs: Floats) -> Floats:
    """By what the variance of each depth's mean is multiplied.

    Where items are known, training rows that replicates share inflate only what is not the items' own: that is in
    ``extra``.
    """
    return np.full(runs.shape, sampling.luck) if items is not None else np.asarray(sampling.inflation(runs))
