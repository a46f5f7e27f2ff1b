"""What each arm does against the arm "none", place by place: at the baseline, where none overfits, and elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from study.analysis.findings import Panel, Point, RemediesFinding
from study.analysis.item_intervals import Sampling
from study.analysis.remedies import NONE, Remedy, assess_remedies, least_trained, left_out_readings
from study.analysis.search_findings import CellFinding
from study.analysis.search_luck import luck_inflation
from study.design.setting_words import setting_words
from study.records.metrics import Metric
from study.records.trials import of_split
from study.words import amount, count, listed, value_text


@dataclass(frozen=True, slots=True)
class _Place:
    """Where arms are compared: each arm's point, and those of none that have as much of the axis or less."""

    at: str
    value: float | None  # None for the baseline
    points: dict[str, Point]
    offered: tuple[Point, ...]
    main: bool


def remedies_of(panels: Sequence[Panel], chance: float) -> tuple[RemediesFinding, ...]:
    """Arms against the arm "none", for each combination of the other scientific values that has such arms.

    At every place that all arms have: first the baseline, then the value from which none overfits, or the last one,
    then the others. ``chance`` is the metric of guessing.
    """
    settings = dict.fromkeys(panel.others for panel in panels)
    found = (_remedies(setting, [panel for panel in panels if panel.others == setting], chance) for setting in settings)
    return tuple(one for of_setting in found for one in of_setting)


def _remedies(setting: str, panels: list[Panel], chance: float) -> tuple[RemediesFinding, ...]:
    by_arm = {panel.arm: panel for panel in panels}
    without = by_arm.get(NONE)
    if without is None or len(by_arm) < 2:
        return ()
    rows = min(panel.replicates for panel in panels)
    places = _places(without, by_arm)
    sampling = {arm: _sampling(panel, without, places, rows) for arm, panel in by_arm.items()}
    return tuple(_compared(setting, place, by_arm, rows, sampling, chance) for place in places)


def _places(without: Panel, by_arm: dict[str, Panel]) -> tuple[_Place, ...]:
    """The places that all arms have, in the order in which they are told."""
    places = []
    baselines = {arm: panel.baseline for arm, panel in by_arm.items() if panel.baseline is not None}
    if len(baselines) == len(by_arm):
        beside = baselines[NONE]
        offered = (*(point for point in without.points if point.value < beside.value), beside)
        places.append(_Place(f"the baseline {beside.label}", None, baselines, offered, main=True))
    shared = set.intersection(*({point.value for point in panel.points} for panel in by_arm.values()))
    values = [point.value for point in without.points if point.value in shared]
    verdict = without.verdict
    onset = None if verdict is None or verdict.onset is None else verdict.onset
    first = onset if onset in values else values[-1] if values else None
    for value in sorted(values, key=lambda value: value != first):
        points = {arm: next(p for p in panel.points if p.value == value) for arm, panel in by_arm.items()}
        last = without.points.index(points[NONE])
        at = amount(value, without.axis_label)
        places.append(_Place(at, value, points, without.points[: last + 1], main=value == first))
    return tuple(places)


def _sampling(panel: Panel, without: Panel, places: Sequence[_Place], rows: int) -> Sampling:
    """What intervals of an arm minus none allow for: the luck of its searches, told by all places together."""
    tables = [place.points[panel.arm].accuracy[:rows, 2] - place.points[NONE].accuracy[:rows, 2] for place in places]
    times = max((len(place.points[panel.arm].winners) for place in places), default=1)
    luck = luck_inflation(np.stack(tables, axis=1), np.arange(rows) % times) if times > 1 and tables else None
    return replace(without.sampling, luck=luck or 1.0)


def _compared(
    setting: str,
    place: _Place,
    by_arm: dict[str, Panel],
    rows: int,
    sampling: dict[str, Sampling],
    chance: float,
) -> RemediesFinding:
    without = by_arm[NONE]
    accuracy = {arm: point.accuracy[:rows] for arm, point in place.points.items()}
    items = {arm: None if p.answers is None else p.answers.table()[:rows] for arm, p in place.points.items()}
    note = ""
    if without.shapes and len(place.offered) > 1:
        less, chosen = left_out_readings(
            [point.parameters for point in place.offered],
            np.stack([point.accuracy[:rows] for point in place.offered], axis=1),
            metric=without.metric,
            margin=without.margin,
            alpha=without.alpha,
            luck=without.sampling.luck,
            least=without.least_runs,
        )
        name = f"less {without.axis}"
        accuracy[name] = less
        answers = [point.answers for point in place.offered if point.answers is not None]
        if len(answers) == len(place.offered):
            rows_of = [None if i is None else answers[i].row(r) for r, i in enumerate(chosen)]
            width = next((len(row) for row in rows_of if row is not None), answers[0].items)
            items[name] = np.stack([np.full(width, np.nan) if row is None else row for row in rows_of])
        read = [i for i, row in zip(chosen, less, strict=True) if i is not None and np.isfinite(row).all()]
        note = _note(without, place, read)  # not those of replicates that have not run
    onsets = {arm: panel.verdict for arm, panel in by_arm.items() if panel.verdict is not None}
    remedies = assess_remedies(
        accuracy,
        metric=without.metric,
        items=items,
        sampling=sampling,
        onsets=onsets if place.main and place.value is not None else None,
        alpha=without.alpha,
        chance=chance,
    )
    return RemediesFinding(
        setting=setting,
        at=place.at,
        remedies=tuple(_with_strengths(one, place, by_arm, chance) for one in remedies),
        note=note,
        main=place.main,
    )


def _with_strengths(remedy: Remedy, place: _Place, by_arm: dict[str, Panel], chance: float) -> Remedy:
    """What the searches of an arm chose at a place, and which strengths stopped a network from training."""
    panel = by_arm.get(remedy.arm)
    if panel is None:
        return remedy
    searches = [one for one in panel.searches if one.baseline == (place.value is None) and one.value == place.value]
    if not any(one.chosen for one in searches):
        return remedy
    chosen = Counter(_strength(one.chosen[0].tried.setting, one.chosen[0].reading) for one in searches if one.chosen)
    words = listed([f"{what} in {times}" if len(searches) > 1 else what for what, times in chosen.items()])
    times = f" of {count(len(searches), 'search', 'searches')}" if len(searches) > 1 else ""
    said = f"chosen on validation: {words}{times}"
    return replace(remedy, strength="; ".join([said, *_stopped(searches, place, chance, panel.metric)]))


def _stopped(searches: Sequence[CellFinding], place: _Place, chance: float, metric: Metric) -> list[str]:
    """Which strengths stopped trials of a search from training: those near guessing where none is not."""
    least = least_trained(of_split(place.points[NONE].accuracy, "validation"), chance, metric)
    tried: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for one in (one for search in searches for one in search.trained):
        words = _strength(one.setting)
        tried[words] += 1
        lost[words] += one.accuracy is None or metric.turned(one.accuracy) < least
    stopped = [f"{words} in {n} of {count(tried[words], 'trial')}" for words, n in lost.items() if n]
    return [f"stopped from training by {listed(stopped)}"] if stopped else []


def _strength(setting: dict[str, str | int | float | bool], reading: str = "") -> str:
    """A setting in words, without what is switched off."""
    on = {name: value for name, value in setting.items() if value not in (0, False)}
    return setting_words(on, reading=reading, named=True) or "no cure"


def _note(without: Panel, place: _Place, chosen: list[int]) -> str:
    if not chosen:
        return ""
    names = {i: value_text(point.value) for i, point in enumerate(place.offered)}
    if place.value is None:
        names[len(place.offered) - 1] = "the baseline itself"
    times = [f"{names[i]} for {count(n, 'replicate')}" for i, n in sorted(Counter(chosen).items())]
    return (
        f"Less {without.axis} is no arm of its own: for each replicate, the {without.axis} that the validation "
        f"{without.metric.words} of the other replicates picks under none ({listed(times)}) is read on the replicate "
        "left out."
    )
