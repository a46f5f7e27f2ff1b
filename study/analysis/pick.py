"""The pick: the simplest configuration that is not worse than the best by more than a margin.

Chosen on validation alone. Test is read for the configuration chosen, and decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from study.analysis.item_intervals import NEW_DATA, Estimate, Sampling, mean_estimate
from study.analysis.pick_posterior import NEARLY, PROBABLY, within_margin
from study.analysis.pick_words import Choice, Rule, reason_of
from study.analysis.t_intervals import t_quantile
from study.records.intervals import Interval, Target
from study.records.metrics import ACCURACY, Metric

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pick:
    """The chosen configuration, by its index into the columns given; in plain Python types.

    ``index`` is None where nothing can be picked. ``guaranteed`` is True where the pick was *shown* to be within the
    margin of every other configuration; ``rule`` names how it was chosen. ``probability`` is the posterior probability
    that it is within the margin of the best, None where nothing was compared.
    ``accuracy`` is the cross-fitted metric on test, and ``accuracy_speaks_of`` what its interval speaks of.
    ``runner_up`` is what the same procedure picks when the pick is not on offer. ``means`` (C,) are the means on
    validation that were compared, None for a configuration that takes no part, and ``threshold`` lies the margin below
    the best. ``within_margin`` are the configurations that reach it, and ``pareto`` those that no other one beats in
    parameters and mean on validation at once; both go from few parameters to many. ``reason`` is one sentence.
    """

    index: int | None
    guaranteed: bool
    rule: Rule
    accuracy: Interval
    runner_up: int | None
    means: tuple[float | None, ...]
    threshold: float | None
    within_margin: tuple[int, ...]
    pareto: tuple[int, ...]
    reason: str
    probability: float | None = None
    accuracy_speaks_of: Target = "these replicates"


def pick(
    parameters: ArrayLike,
    validation: ArrayLike,
    test: ArrayLike,
    *,
    metric: Metric = ACCURACY,
    margin: float,
    alpha: float = 0.05,
    items: Callable[[int, int], Array] | None = None,
    sampling: Sampling = NEW_DATA,
    least: int | None = None,
) -> Pick:
    """Choose among C configurations with R replicates each.

    ``parameters`` (C,) are parameter counts; ``validation`` and ``test`` (R, C) are values of the ``metric``,
    replicates in rows, NaN = failed or not run; ``margin`` > 0 is a difference of them; ``alpha`` in (0,
    0.5) is one-sided. Raises ValueError where shapes or ranges do not fit. A configuration takes part if at
    least two of its runs, and half of the R, have a value on validation (one if R = 1); or ``least`` of them, where
    configurations were not meant to have all R.

    The pick is the simplest configuration that is within the margin of the best with a posterior probability of at
    least :data:`~study.analysis.pick_posterior.PROBABLY`, passing by those that a smaller one equals or beats (that
    module holds how rules compared); where there is none, the smallest for which it is about as probable as for any.

    It is called *shown* to be within the margin of every other one if, for each of them, the one-sided upper t bound at
    ``alpha`` of the mean difference (the other minus this one, paired by replicate) is below the margin. "Of every
    other" is the union of the null hypotheses "that one is better by the margin or more", so each is tested at the full
    ``alpha``, and the claim about this configuration is wrong with probability at most ``alpha`` (intersection-union
    test: Berger, Technometrics 24, 1982; within the best: Hsu, Annals of Statistics 12, 1984). With m simpler
    configurations that are truly worse by the margin or more, a false guarantee has probability at most ``m * alpha``.
    With one replicate there is no noise to know: the simplest whose observed value is within the margin of the
    best.

    Means are those of an additive model of replicate and configuration, so a missing run does not favour the
    configurations that miss a hard replicate; with nothing missing they are the plain means.

    The cross-fitted value leaves out one replicate, picks by the same rules on the validation of the others and reads
    the left-out one's test. It is that of what this procedure picks. Its interval
    takes in which items were tested where ``items`` tells, of a replicate and a configuration, what each item (N,) came
    to in that run, NaN where its replicate did not test it; ``sampling`` says what replicates share. With one replicate
    it is the pick's own on test, without an interval.
    """
    count, better, tested = _checked(parameters, metric.turned(np.asarray(validation, float)), test, margin, alpha)
    offered = _eligible(better, least)
    choice = _choose(count, better, offered, margin, alpha, sampling.luck)
    if choice.index is None:
        reason = "Nothing to pick: no configuration has enough finished runs."
        nothing = (None,) * count.size
        return Pick(None, False, choice.rule, Interval(None, None, None, 0), None, nothing, None, (), (), reason)
    means = _means(better, offered)
    threshold = float(np.nanmax(means)) - margin
    near = [c for c in _by_size(count, means, offered) if means[c] >= threshold]
    others = [c for c in offered if c != choice.index]
    accuracy = _cross_fitted(count, better, tested, margin, alpha, items, sampling, least)
    return Pick(
        index=choice.index,
        guaranteed=choice.rule == "shown within the margin",
        rule=choice.rule,
        accuracy=accuracy.interval,
        runner_up=_index(count, better, others, margin, sampling.luck)[0],
        means=tuple(float(mean) if np.isfinite(mean) else None for mean in metric.turned(means)),
        threshold=metric.turned(threshold),
        within_margin=tuple(near),
        pareto=pareto_front(count, means),
        reason=reason_of(choice, count[offered], _runs(better, offered, least), margin, alpha, metric),
        probability=choice.probability,
        accuracy_speaks_of=accuracy.target,
    )


def upper_bounds(
    validation: ArrayLike,
    *,
    metric: Metric = ACCURACY,
    alpha: float = 0.05,
    luck: float = 1.0,
    least: int | None = None,
) -> tuple[float | None, ...]:
    """By how much at most another one is better than each configuration: what :func:`pick` tests before it calls one
    shown.

    ``validation`` (R, C) and ``least`` as for :func:`pick`, ``luck`` as in its ``sampling``. None for a configuration
    that takes no part, and where there is no bound: with a single replicate, a single configuration, or too few
    replicates in common with another one.
    """
    better = metric.turned(np.asarray(validation, float))
    offered = _eligible(better, least)
    bounds = {c: _worst(better, offered, c, alpha, luck) for c in offered} if len(offered) > 1 else {}
    found = (bounds.get(c, np.inf) for c in range(better.shape[1]))
    # A t bound of few replicates can be larger than any difference of the metric.
    most = metric.bounds[1] - metric.bounds[0]
    return tuple(min(bound, most) if np.isfinite(bound) else None for bound in found)


def choices_without(
    parameters: ArrayLike,
    validation: ArrayLike,
    *,
    metric: Metric = ACCURACY,
    margin: float,
    alpha: float = 0.05,
    luck: float = 1.0,
    least: int | None = None,
) -> tuple[int | None, ...]:
    """For each replicate, what would be picked on the validation of the others, by the same rules.

    Arguments as for :func:`pick`, ``luck`` as in its ``sampling``; None where the others do not suffice, as
    with a single replicate.
    """
    turned = metric.turned(np.asarray(validation, float))
    count, better, _ = _checked(parameters, turned, turned, margin, alpha)
    rests = (np.delete(better, left_out, axis=0) for left_out in range(len(better)))
    return tuple(_index(count, rest, _eligible(rest, least), margin, luck)[0] for rest in rests)


def pareto_front(parameters: ArrayLike, goodness: ArrayLike) -> tuple[int, ...]:
    """Indices that no other one beats: fewer parameters and no less good, or as many and better.

    ``parameters`` and ``goodness`` (C,), the larger the better; NaN takes no part. From few parameters to many; of
    configurations equal in both, all stay.
    """
    count, score = np.asarray(parameters, float), np.asarray(goodness, float)
    alive = np.flatnonzero(np.isfinite(score))
    own, other = alive[:, None], alive[None, :]
    no_worse = (count[other] <= count[own]) & (score[other] >= score[own])
    better = (count[other] < count[own]) | (score[other] > score[own])
    beaten = (no_worse & better).any(axis=1)
    return tuple(sorted(alive[~beaten].tolist(), key=lambda c: (count[c], c)))


def _checked(
    parameters: ArrayLike, validation: ArrayLike, test: ArrayLike, margin: float, alpha: float
) -> tuple[Array, Array, Array]:
    count, val, tst = np.asarray(parameters, float), np.asarray(validation, float), np.asarray(test, float)
    if count.ndim != 1 or val.ndim != 2 or val.shape != tst.shape or val.shape[1] != count.size:
        raise ValueError(
            "expected parameters (C,), validation and test (R, C), "
            f"but {count.shape}, {val.shape} and {tst.shape} arrived"
        )
    if not margin > 0 or not 0 < alpha < 0.5:
        raise ValueError(f"expected margin > 0 and alpha in (0, 0.5), but {margin} and {alpha} arrived")
    return count, np.where(np.isfinite(val), val, np.nan), tst


def _eligible(validation: Array, least: int | None) -> list[int]:
    replicates = validation.shape[0]
    if least is None or replicates == 1:
        least = 1 if replicates == 1 else max(2, -(-replicates // 2))
    return [int(c) for c in np.flatnonzero(np.isfinite(validation).sum(axis=0) >= least)]


def _runs(validation: Array, offered: list[int], least: int | None) -> tuple[int, int]:
    """The fewest and the most replicates that configurations were meant to have."""
    most = validation.shape[0]
    if least is None or not offered:
        return most, most
    runs = np.isfinite(validation[:, offered]).sum(axis=0)
    return int(runs.min()), int(runs.max())


def _choose(count: Array, validation: Array, offered: list[int], margin: float, alpha: float, luck: float) -> Choice:
    """The pick among those ``offered``, with what is shown of it."""
    index, probability = _index(count, validation, offered, margin, luck)
    if index is None:
        return Choice(None, "nothing to pick", np.nan)
    if len(offered) == 1:
        return Choice(index, "only one", np.nan)
    if probability is None:
        return Choice(index, "one replicate", float(np.nanmax(validation[0, offered]) - validation[0, index]))
    worst = _worst(validation, offered, index, alpha, luck)
    if worst < margin:
        return Choice(index, "shown within the margin", worst, probability)
    return Choice(
        index, "probably within the margin" if probability >= PROBABLY else "most probable", worst, probability
    )


def _index(
    count: Array, validation: Array, offered: list[int], margin: float, luck: float
) -> tuple[int | None, float | None]:
    """Which of those ``offered`` is picked, and how probably it is within the margin where replicates tell."""
    if len(offered) < 2:
        return (offered[0] if offered else None), None
    means = _means(validation, offered)
    order = _by_size(count, means, offered)
    if validation.shape[0] == 1:
        best = max(means[c] for c in order)
        return next(c for c in order if best - means[c] <= margin), None
    # Noise alone can let a network through that a smaller one equals or beats: such a one is never the answer.
    front = pareto_front(count, means)
    order = [c for c in order if c in front]
    probable = np.full(count.size, np.nan)
    probable[offered] = within_margin(validation[:, offered], means[offered], margin, luck)
    most = float(np.nanmax(probable[order]))
    enough = PROBABLY if most >= PROBABLY else NEARLY * most
    index = next(c for c in order if probable[c] >= enough)
    return index, float(probable[index])


def _means(validation: Array, offered: list[int]) -> Array:
    """Mean of each column (C,) in the additive model of replicate and column; NaN where not offered.

    Least squares on the runs there are, which is what filling the gaps as Yates (1933) did converges to. The
    columns are eliminated from the normal equations, which leaves R of them for any number of columns.
    """
    part = validation[:, offered]
    ran = np.isfinite(part)
    means = np.full(validation.shape[1], np.nan)
    if ran.all():  # nothing to fill: the plain means
        means[offered] = part.mean(axis=0)
        return means
    runs = ran.sum(axis=0)
    values = np.where(ran, part, 0.0)
    residual = np.where(ran, part - values.sum(axis=0) / runs, 0.0).sum(axis=1)
    equations = np.diag(ran.sum(axis=1)) - (ran / runs) @ ran.T
    # The solution of least norm: replicate effects that add up to zero.
    effects = np.linalg.lstsq(equations, residual, rcond=None)[0]
    means[offered] = np.where(ran, part - effects[:, None], 0.0).sum(axis=0) / runs
    return means


def _by_size(count: Array, means: Array, offered: list[int]) -> list[int]:
    """From few parameters to many; of as many, the better first."""
    return sorted(offered, key=lambda c: (count[c], -means[c], c))


def _upper_bounds(difference: Array, alpha: float, luck: float) -> Array:
    """One-sided upper t bound of the mean of each column of ``difference`` (R, K); inf below two values.

    ``luck`` is what the luck of searches multiplies the variance of a mean by.
    """
    runs = np.isfinite(difference).sum(axis=0)
    enough = runs > 1
    paired, n = difference[:, enough], runs[enough]
    reach = [t_quantile(1 - alpha, int(k) - 1) for k in n] * np.nanstd(paired, axis=0, ddof=1) * np.sqrt(luck / n)
    bounds = np.full(runs.size, np.inf)
    bounds[enough] = np.nanmean(paired, axis=0) + reach
    return bounds


def _worst(validation: Array, offered: list[int], c: int, alpha: float, luck: float) -> float:
    """The largest upper bound by which one of the others ``offered`` is better than ``c``."""
    others = validation[:, [k for k in offered if k != c]]
    return float(_upper_bounds(others - validation[:, [c]], alpha, luck).max())


def _cross_fitted(
    count: Array,
    validation: Array,
    test: Array,
    margin: float,
    alpha: float,
    items: Callable[[int, int], Array] | None,
    sampling: Sampling,
    least: int | None,
) -> Estimate:
    replicates = validation.shape[0]
    if replicates == 1:
        index, _ = _index(count, validation, _eligible(validation, least), margin, sampling.luck)
        return mean_estimate([] if index is None else test[0, [index]], None)
    chosen = choices_without(count, validation, margin=margin, alpha=alpha, luck=sampling.luck, least=least)
    read = [(r, index) for r, index in enumerate(chosen) if index is not None]
    by_item = None if items is None or not read else np.stack([items(r, c) for r, c in read])
    return mean_estimate([test[r, c] for r, c in read], by_item, sampling=sampling)
