"""Two studies that draw the same replicates: what one reaches above the other, network by network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from study.analysis.findings import Findings, Panel, Point
from study.analysis.gap import generalization_gap
from study.analysis.numbers import amount, amounts, count, number, points, with_n
from study.analysis.paired import Difference, paired_differences
from study.records import SPLITS

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
    """One setting of both studies: ``second`` minus ``first``, in accuracy, at the places that both have.

    ``name`` is the setting ("300 samples"), ``label`` what its places are ("hidden layers"), ``sentences`` the finding.
    """

    first: str
    second: str
    name: str
    label: str
    places: tuple[PairedPlace, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StudyPairs:
    """All differences of several studies, judged together.

    ``comparisons`` counts the differences of test accuracy that were judged, as many as of the gap; each family holds
    the error rate ``alpha`` as a whole. ``obstacles`` say why a study is compared with none of those before it.
    """

    settings: tuple[PairedSetting, ...]
    obstacles: tuple[str, ...]
    comparisons: int
    alpha: float


@dataclass(frozen=True, slots=True)
class _Pair:
    """A network of both studies before it is judged: paired differences (R,) of test accuracy and of the gap."""

    name: str
    value: float | None
    test: NDArray[np.float64]
    gap: NDArray[np.float64]


def pair_studies(findings: Sequence[Findings]) -> StudyPairs:
    """Compare every study with the first one before it that draws the same replicates.

    Replicates are the same where data, seed and held-out share are: then replicate r of one number of training samples
    has the same samples, split, initial weights and batch order in both. Networks are the same at one value of one
    axis, or, without a common axis, under one name. The error rate is that of the first study that has one.
    """
    alpha = next((panel.alpha for one in findings for panel in one.panels), 0.05)
    found: list[tuple[PairedSetting, list[_Pair]]] = []
    obstacles = []
    for i, second in enumerate(findings):
        reasons = {}
        for first in findings[:i]:
            reasons[first.facts.name] = obstacle(first, second)
            if not reasons[first.facts.name]:
                found += _settings(first, second)
                break
        else:
            obstacles += list(reasons.values())[:1]
    pairs = [pair for _, pairs in found for pair in pairs]
    tests = paired_differences([pair.test for pair in pairs], alpha)
    gaps = paired_differences([pair.gap for pair in pairs], alpha)
    places = iter(
        [PairedPlace(p.name, p.value, test, gap) for p, test, gap in zip(pairs, tests, gaps, strict=True)]
    )
    settings = tuple(_told(replace(setting, places=tuple(next(places) for _ in pairs))) for setting, pairs in found)
    judged = sum(test.p is not None for test in tests)
    return StudyPairs(settings, tuple(obstacles), judged, alpha)


def obstacle(first: Findings, second: Findings) -> str:
    """Why the replicates of two studies cannot be paired, as a sentence; empty where they can."""
    one, other = first.facts, second.facts
    both = f"{one.name} and {other.name}"
    for findings in (first, second):
        name = findings.facts.name
        if findings.imported is not None:
            engine = findings.imported.study.engine
            return f"{name} was read from {engine}, which kept no test accuracy: it can't be compared with the others."
        if not any(np.isfinite(point.accuracy).any() for panel in findings.panels for point in _points(panel)):
            return f"No run of {name} has finished that could be compared."
    if one.dataset_sha256 != other.dataset_sha256:
        return f"{both} ran on different data, so their accuracies can't be compared."
    if one.seed != other.seed:
        return (
            f"{both} have different seeds ({one.seed} and {other.seed}): their replicates are independent and differ in "
            "samples, split and weights, so there are no paired differences. Run both with one seed."
        )
    if one.validation_samples != other.validation_samples:
        return (
            f"{both} hold out different numbers of samples ({one.validation_samples:,} and "
            f"{other.validation_samples:,}): their replicates train on different samples and can't be paired."
        )
    if not _settings(first, second):
        return (
            f"{both} have no finished network in common at the same value, on as many training samples, so there is "
            "nothing to pair."
        )
    return ""


def _settings(first: Findings, second: Findings) -> list[tuple[PairedSetting, list[_Pair]]]:
    """The settings of both that belong together, with what they have in common; those without are left out."""
    found = []
    for one, other in _matches(first.panels, second.panels):
        pairs = _pairs(one, other, first.facts.train_samples)
        if pairs:
            name = one.name if one.name == other.name else f"{other.name} against {one.name}"
            label = one.axis_label if _common_axis(one, other) else "network"
            found.append((PairedSetting(first.facts.name, second.facts.name, name, label, (), ()), pairs))
    return found


def _matches(first: Sequence[Panel], second: Sequence[Panel]) -> list[tuple[Panel, Panel]]:
    """Settings of one name; of the rest, the only one of a study goes with every one of the other."""
    named = {panel.name: panel for panel in first}
    matches = [(named[panel.name], panel) for panel in second if panel.name in named]
    taken = {panel.name for _, panel in matches}
    left, right = ([panel for panel in panels if panel.name not in taken] for panels in (first, second))
    if min(len(left), len(right)) == 1:
        matches += [(one, other) for one in left for other in right]
    return matches


def _pairs(first: Panel, second: Panel, whole: int) -> list[_Pair]:
    """The networks of both that have finished replicates in common; ``whole`` is the size of the training part."""
    by_value = _common_axis(first, second)
    ours, theirs = (_by_key(panel, whole, by_value=by_value) for panel in (first, second))
    rows = min(first.replicates, second.replicates)
    pairs = []
    for key, point in ours.items():
        if key not in theirs:
            continue
        before, after = (np.asarray(p.accuracy, float)[:rows] for p in (point, theirs[key]))
        test = (after - before)[:, SPLITS.index("test")]
        if np.isfinite(test).any():
            _, at, _ = key
            gap = generalization_gap(after) - generalization_gap(before)
            if isinstance(at, str):
                pairs.append(_Pair(f"baseline {at}" if by_value else at, None, test, gap))
            else:
                pairs.append(_Pair(amount(at, first.axis_label), at, test, gap))
    return pairs


def _common_axis(first: Panel, second: Panel) -> bool:
    return first.has_axis and second.has_axis and first.axis == second.axis


def _by_key(panel: Panel, whole: int, *, by_value: bool) -> dict[Key, Point]:
    """Points by axis, value and samples, or by the network's name where that tells one from the others."""
    keyed: list[tuple[Key, Point]] = []
    for point in _points(panel):
        samples = point.configuration.samples or whole
        if by_value and point is not panel.baseline:
            keyed.append(((panel.axis, point.value, samples), point))
        else:
            keyed.append((("", point.configuration.label, samples), point))
    times = Counter(key for key, _ in keyed)
    return {key: point for key, point in keyed if times[key] == 1}


def _points(panel: Panel) -> tuple[Point, ...]:
    return (*panel.points, *((panel.baseline,) if panel.baseline else ()))


def _told(setting: PairedSetting) -> PairedSetting:
    """The setting with its sentences, one for test accuracy and one for the gap."""
    lead = f"{setting.second} against {setting.first}, {setting.name}"
    test = _said(setting, [p.test for p in setting.places], ("higher", "lower"), "test accuracy")
    gap = _said(setting, [p.gap for p in setting.places], ("wider", "narrower"), "the gap")
    return replace(setting, sentences=(f"{lead}: {test}", f"{gap[0].upper()}{gap[1:]}"))


def _said(setting: PairedSetting, found: Sequence[Difference], words: tuple[str, str], what: str) -> str:
    judged = [d for d in found if d.p is not None]
    if not judged:
        return f"{what} can't be judged, because that takes 2 paired replicates."
    if all(d.interval.low == d.interval.high == 0 for d in judged):
        return f"{what} is the same in every replicate."
    parts = []
    for outcome, word in zip(("higher", "lower"), words, strict=True):
        shown = [(p, d) for p, d in zip(setting.places, found, strict=True) if d.outcome == outcome]
        if shown:
            parts.append(f"{word} {_at(setting, [p for p, _ in shown])} by {_sizes([d for _, d in shown])}")
    rest = [p for p, d in zip(setting.places, found, strict=True) if d.outcome == "no difference shown"]
    if not parts:
        where = f"at any of {len(judged)} networks" if len(judged) > 1 else f"at {rest[0].name}"
        size = f" ({with_n(points(judged[0].interval, sign=True), judged[0].interval)})" if len(judged) == 1 else ""
        return f"no difference in {what} is shown {where}{size}: the noise between replicates explains it."
    tail = f"; no difference is shown {_at(setting, rest)}" if rest else ""
    return f"{what} is {', and '.join(parts)}{tail}."


def _at(setting: PairedSetting, places: Sequence[PairedPlace]) -> str:
    """Where: ``at 2, 4 and 6 hidden layers and baseline 128-64``, or ``at all 8 networks``."""
    if len(places) == len(setting.places) > 1:
        return f"at all {count(len(places), 'network')}"
    values = [place.value for place in places if place.value is not None]
    names = [place.name for place in places if place.value is None]
    return f"at {' and '.join([*([amounts(values, setting.label)] if values else []), *names])}"


def _sizes(found: Sequence[Difference]) -> str:
    """How much: ``1.2 ± 0.3 points (n = 5)``, or from the smallest to the largest mean."""
    if len(found) == 1:
        interval = found[0].interval
        assert interval.mean is not None and interval.low is not None and interval.high is not None
        size = interval if interval.mean > 0 else replace(interval, mean=-interval.mean)
        return with_n(points(size), interval)
    means = sorted(100 * abs(d.interval.mean) for d in found if d.interval.mean is not None)
    low, high = number(means[0]), number(means[-1])
    return f"{low} points" if low == high else f"{low} to {high} points"
