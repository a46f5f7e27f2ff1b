"""Two studies that draw the same replicates: what one reaches above the other, network by network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from study.analysis.findings import Concluded, Findings, Panel, Point
from study.analysis.gap import generalization_gap
from study.analysis.interval_words import difference, with_n
from study.analysis.item_intervals import Sampling
from study.analysis.paired import Difference, paired_differences
from study.records.metrics import ACCURACY, Metric
from study.records.trials import of_split
from study.records.units import Unit
from study.words import amount, amounts, capital, count

Array = NDArray[np.float64]
Key = tuple[str, float | str, int]


@dataclass(frozen=True, slots=True)
class PairedPlace:
    """One network of both studies: its ``value`` on the axis they share, None for one that is known by its name."""

    name: str
    value: float | None
    test: Difference
    gap: Difference


@dataclass(frozen=True, slots=True)
class PairedSetting:
    """One setting of two studies: ``second`` minus ``first``, in the ``metric``, at the places that both have.

    ``settings`` are its names in the first and in the second ("300 samples"), ``label`` what its places are ("hidden
    layers"). ``sentences`` are the finding on test and on the gap.
    """

    first: str
    second: str
    settings: tuple[str, str]
    label: str
    metric: Metric = ACCURACY
    places: tuple[PairedPlace, ...] = ()
    sentences: tuple[str, ...] = ()

    def between(self, word: str) -> str:
        """Both in words: ``late minus early, 300 samples`` or ``late (dropout) minus early (300 samples)``."""
        one, other = self.settings
        if one == other:
            return f"{self.second} {word} {self.first}, {one}"
        return f"{self.second} ({other}) {word} {self.first} ({one})"


@dataclass(frozen=True, slots=True)
class StudyPairs:
    """All differences of several studies, judged together.

    ``comparisons`` counts the differences on test that were judged, as many as of the gap; each family holds
    the error rate ``alpha`` as a whole. ``obstacles`` say why a study is compared with none of those before it.
    """

    settings: tuple[PairedSetting, ...]
    obstacles: tuple[str, ...]
    comparisons: int
    alpha: float


@dataclass(frozen=True, slots=True)
class _Pair:
    """A network of both studies before it is judged: paired differences (R,) on test and of the gap.

    ``items`` (R, N) and ``gap_items`` (R, N) are the same item by item, None where single answers are missing.
    """

    name: str
    value: float | None
    test: Array
    gap: Array
    items: Array | None
    gap_items: Array | None
    sampling: Sampling


def pair_studies(findings: Sequence[Concluded]) -> StudyPairs:
    """Compare every study with the first one before it that draws the same replicates.

    Replicates are the same where data, seed and held-out share are: then replicate r of one number of training samples
    has the same samples, split, initial weights and batch order in both. Networks are the same at one value of one
    axis, or, without a common axis, under one name. The error rate is that of the first study that has one.
    """
    alpha = next((panel.alpha for one in findings if isinstance(one, Findings) for panel in one.panels), 0.05)
    found: list[tuple[PairedSetting, list[_Pair]]] = []
    obstacles = []
    for i, second in enumerate(findings):
        reasons = {}
        for first in findings[:i]:
            reasons[first.name] = obstacle(first, second)
            if isinstance(first, Findings) and isinstance(second, Findings) and not reasons[first.name]:
                found += _settings(first, second)
                break
        else:
            obstacles += list(reasons.values())[:1]
    pairs = [pair for _, pairs in found for pair in pairs]
    sampling = [pair.sampling for pair in pairs]
    tests = paired_differences([pair.test for pair in pairs], alpha, [pair.items for pair in pairs], sampling)
    gaps = paired_differences([pair.gap for pair in pairs], alpha, [pair.gap_items for pair in pairs], sampling)
    places = iter([PairedPlace(p.name, p.value, test, gap) for p, test, gap in zip(pairs, tests, gaps, strict=True)])
    settings = tuple(_told(replace(setting, places=tuple(next(places) for _ in pairs))) for setting, pairs in found)
    judged = sum(test.p is not None for test in tests)
    return StudyPairs(settings, tuple(obstacles), judged, alpha)


def obstacle(first: Concluded, second: Concluded) -> str:
    """Why the replicates of two studies cannot be paired, as a sentence; empty where they can."""
    both = f"{first.name} and {second.name}"
    for findings in (first, second):
        if not isinstance(findings, Findings):
            return (
                f"{findings.name} was read from {findings.study.engine}, which kept no test accuracy: it can't be "
                "compared with the others."
            )
        if not any(np.isfinite(point.accuracy).any() for panel in findings.panels for point in panel.all_points):
            return f"No run of {findings.name} has finished that could be compared."
    assert isinstance(first, Findings) and isinstance(second, Findings)
    one, other = first.facts, second.facts
    redrawn = one.spec.dataset == other.spec.dataset and one.spec.seed != other.spec.seed  # parts of one file
    if one.spec.weighted_metrics != other.spec.weighted_metrics:
        weighted, plain = sorted((one, other), key=lambda facts: not facts.spec.weighted_metrics)
        return (
            f"In metrics, rows of {weighted.name} count as their weights say, and every row of {plain.name} once, so "
            "there is no difference to give. Run both with one weighted_metrics."
        )
    if one.dataset_sha256 != other.dataset_sha256 and not redrawn:
        return f"{both} ran on different data, so their accuracies can't be compared."
    if one.spec.inference != other.spec.inference:
        return (
            f"{both} ask about different things (inference = {one.spec.inference!r} and {other.spec.inference!r}), so "
            "no interval speaks of both. Run both with one inference."
        )
    if one.spec.metric != other.spec.metric:
        return (
            f"{both} were decided by different metrics ({one.metric.words} and {other.metric.words}), so there is no "
            "difference to give. Run both with one metric."
        )
    if one.spec.seed != other.spec.seed:
        return (
            f"{both} have different seeds ({one.spec.seed} and {other.spec.seed}): their replicates are independent, "
            "not paired, so no differences are given. Run both with one seed."
        )
    if one.run.validation_samples != other.run.validation_samples:
        return (
            f"{both} hold out different numbers of samples ({one.run.validation_samples:,} and "
            f"{other.run.validation_samples:,}): their replicates train on different samples and can't be paired."
        )
    if not _settings(first, second):
        return (
            f"{both} have no finished network in common: one at the same value of the same axis, on as many training "
            "samples, in settings of one name or without another partner. There is nothing to pair."
        )
    return ""


def _settings(first: Findings, second: Findings) -> list[tuple[PairedSetting, list[_Pair]]]:
    """The settings of both that belong together, with what they have in common.

    Those of one name do; of the rest, those with networks in common of which one has no other partner.
    """
    named = {panel.name for panel in first.panels} & {panel.name for panel in second.panels}
    common = {
        (one.name, other.name): (one, other, pairs)
        for one in first.panels
        for other in second.panels
        if one.name == other.name or not {one.name, other.name} & named
        if (pairs := _pairs(one, other, first.facts.run.train_samples))
    }
    ours, theirs = (Counter(names[side] for names in common) for side in (0, 1))
    found = []
    for one, other, pairs in common.values():
        if 1 in (ours[one.name], theirs[other.name]):
            label = one.axis_label if _common_axis(one, other) else "network"
            names = (one.name, other.name)
            found.append((PairedSetting(first.facts.name, second.facts.name, names, label, one.metric), pairs))
    return found


def _pairs(first: Panel, second: Panel, whole: int) -> list[_Pair]:
    """The networks of both that have finished replicates in common; ``whole`` is the size of the training part."""
    by_value = _common_axis(first, second)
    ours, theirs = (_by_key(panel, whole, by_value=by_value) for panel in (first, second))
    rows = min(first.replicates, second.replicates)
    pairs = []
    for key, point in ours.items():
        if key not in theirs:
            continue
        both = (point, theirs[key])
        before, after = (np.asarray(p.accuracy, float)[:rows] for p in both)
        test = of_split(after - before, "test")
        if np.isfinite(test).any():
            _, at, _ = key
            gap = generalization_gap(after, first.metric) - generalization_gap(before, first.metric)
            items = _item_differences(*both, rows)
            fit = of_split(after - before, "train")[:, None]
            sampling = replace(first.sampling, luck=max(first.sampling.luck, second.sampling.luck))
            kept = (test, gap, items, None if items is None else first.metric.turned(fit - items), sampling)
            if isinstance(at, str):
                pairs.append(_Pair(f"baseline {at}" if by_value else at, None, *kept))
            else:
                pairs.append(_Pair(amount(at, first.axis_label), at, *kept))
    return pairs


def _item_differences(first: Point, second: Point, rows: int) -> Array | None:
    """Second minus first for each replicate and item (R, N), NaN where one did not answer it."""
    if first.answers is None or second.answers is None:
        return None
    columns = None
    if first.answers.columns is not None and second.answers.columns is not None:
        columns = np.union1d(first.answers.columns, second.answers.columns)
    before, after = (point.answers.table(columns)[:rows] for point in (first, second) if point.answers is not None)
    return after - before


def _common_axis(first: Panel, second: Panel) -> bool:
    return first.has_axis and second.has_axis and first.axis == second.axis


def _by_key(panel: Panel, whole: int, *, by_value: bool) -> dict[Key, Point]:
    """Points by axis, value and samples, or by the network's name where that tells one from the others."""
    keyed: list[tuple[Key, Point]] = []
    for point in panel.all_points:
        samples = point.configuration.samples or whole
        if by_value and point is not panel.baseline:
            keyed.append(((panel.axis, point.value, samples), point))
        else:
            keyed.append((("", point.label, samples), point))
    times = Counter(key for key, _ in keyed)
    return {key: point for key, point in keyed if times[key] == 1}


def _told(setting: PairedSetting) -> PairedSetting:
    """The setting with its sentences: on test accuracy and on the gap, or one on both where it is the same."""
    tests, gaps = [place.test for place in setting.places], [place.gap for place in setting.places]
    words = f"test {setting.metric.words}"
    if together := _alike([*tests, *gaps], setting.places, (f"{words} and gap", "are", f"{words} or the gap")):
        return replace(setting, sentences=(together,))
    test = _said(setting, tests, ("higher", "lower"), words)
    gap = _said(setting, gaps, ("wider", "narrower"), "the gap")
    return replace(setting, sentences=(test, gap))


def _alike(found: Sequence[Difference], places: Sequence[PairedPlace], words: tuple[str, str, str]) -> str:
    """A sentence for differences none of which is shown, empty for others; ``words`` are what, is or are, in what."""
    what, are, in_what = words
    judged = [one for one in found if one.p is not None]
    if not judged:
        return f"{capital(what)} can't be judged, because that takes 2 paired replicates."
    if all(one.interval.low == one.interval.high == 0 for one in judged):
        return f"{capital(what)} {are} the same in every replicate."
    if all(one.outcome == "no difference shown" for one in judged):
        where = f"at any of {len(places)} networks" if len(places) > 1 else f"at {places[0].name}"
        return f"No difference in {in_what} is shown {where}: the noise between replicates can explain what there is."
    return ""


def _said(setting: PairedSetting, found: Sequence[Difference], words: tuple[str, str], what: str) -> str:
    if alike := _alike(found, setting.places, (what, "is", what)):
        return alike
    parts = []
    for outcome, word in zip(("higher", "lower"), words, strict=True):
        shown = [(p, d) for p, d in zip(setting.places, found, strict=True) if d.outcome == outcome]
        if shown:
            parts.append(
                f"{word} {_at(setting, [p for p, _ in shown])} by {_sizes([d for _, d in shown], setting.metric.unit)}"
            )
    rest = [p for p, d in zip(setting.places, found, strict=True) if d.outcome == "no difference shown"]
    tail = f"; no difference is shown {_at(setting, rest)}" if rest else ""
    return f"{capital(what)} is {', and '.join(parts)}{tail}."


def _at(setting: PairedSetting, places: Sequence[PairedPlace]) -> str:
    """Where: ``at 2, 4 and 6 hidden layers and baseline 128-64``, or ``at all 8 networks``."""
    if len(places) == len(setting.places) > 1:
        return f"at all {count(len(places), 'network')}"
    values = [place.value for place in places if place.value is not None]
    names = [place.name for place in places if place.value is None]
    return f"at {' and '.join([*([amounts(values, setting.label)] if values else []), *names])}"


def _sizes(found: Sequence[Difference], unit: Unit) -> str:
    """How much: ``1.2 ± 0.3 points (n = 5)``, or from the smallest to the largest mean."""
    if len(found) == 1:
        interval = found[0].interval
        assert interval.mean is not None and interval.low is not None and interval.high is not None
        size = interval if interval.mean > 0 else replace(interval, mean=-interval.mean)
        return with_n(difference(size, unit), interval)
    means = sorted(abs(d.interval.mean) for d in found if d.interval.mean is not None)
    low, high = unit.number(means[0]), unit.number(means[-1])
    return unit.difference(means[0]) if low == high else unit.with_difference(f"{low} to {high}")
