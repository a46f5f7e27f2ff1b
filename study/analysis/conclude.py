"""A stored study -> its findings: readings, intervals, verdicts and picks of every panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import overload

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from study.analysis.advice import NOT_CHOSEN, pick_of
from study.analysis.answers import Answers, right_of
from study.analysis.curves import mean_curve
from study.analysis.diagnoses import curves_note, diagnose_runs
from study.analysis.findings import Confirmed, CurveFinding, Findings, ImportedFindings, Panel, Point, StudyFacts
from study.analysis.gap import AtReading
from study.analysis.imported_findings import conclude_imported
from study.analysis.interval_words import percent, with_n
from study.analysis.interval_words import points as points_text
from study.analysis.item_intervals import REDRAWN, Sampling, mean_estimate
from study.analysis.onset.find import OnsetVerdict, find_onset
from study.analysis.reference_comparison import references_of
from study.analysis.remedy_places import remedies_of
from study.analysis.search_findings import CellFinding, SearchFinding
from study.analysis.search_luck import luck_inflation, winners_note
from study.analysis.searches import assess_searches
from study.analysis.t_intervals import t_interval
from study.analysis.tested_items import TestedItems, answers_note, sampling_of, tested_items
from study.analysis.trial_list import failed_in_search, trial_rows
from study.design.plan import PlannedPanel, PlannedPoint, Winners
from study.design.space import AXIS_WORDS
from study.errors import StoreError
from study.records.imported import ForeignStudy
from study.records.intervals import Interval
from study.records.readings import read_metric
from study.records.trials import DamagedItems, Result, TrialKey, of_split
from study.search.cell_search import by_cell, find_winners
from study.store import StoredStudy
from study.words import count

CANDIDATE = "candidate"
"""The axis of a panel that has none: the place of a configuration in the search."""

READINGS = ("last", "tail", "best")
"""At these the runs of every point are read, whatever the panel's reading."""

Results = Mapping[TrialKey, Result]


@overload
def conclude(study: StoredStudy) -> Findings: ...
@overload
def conclude(study: ForeignStudy) -> ImportedFindings: ...
def conclude(study: StoredStudy | ForeignStudy) -> Findings | ImportedFindings:
    """Everything that can be said about the study with the results that are there.

    Never raises for missing or failed trials: they are counted and the verdicts say so. Raises
    :class:`~study.errors.StoreError` where the answers to test items are not those of this study's test part.
    """
    if isinstance(study, ForeignStudy):
        return conclude_imported(study)
    try:
        with threadpool_limits(1):  # matrices are small here: several threads take longer to be told than the work
            return _conclude(study)
    except DamagedItems as error:
        raise StoreError(
            f"Study {study.name!r} is damaged: {error}. Restore the store from a backup, or remove the study with "
            "depthgauge delete."
        ) from None


def _conclude(study: StoredStudy) -> Findings:
    winners = find_winners(study.plan, study.proposals, study.results)
    facts = _facts(study, winners)
    named = [(plan, _name(plan, winners, facts)) for plan in study.plan.panels]
    search = assess_searches(study, named, chance=1 / facts.run.classes)
    cells = () if search is None else search.cells
    items = tested_items(study, winners)
    panels = tuple(
        _panel(plan, name, winners, study, facts, items, tuple(cell for cell in cells if cell.panel == name))
        for plan, name in named
        if plan.points(winners)
    )
    picks = {panel.name: pick_of(panel) for panel in panels}
    beside = (references_of(panel, picks[panel.name], study.results, study.references) for panel in panels)
    if not panels:
        sentence = _searching(search)
    elif len(panels) == 1:
        sentence = panels[0].sentence
    else:
        sentence = " ".join(f"{p.name}: {p.sentence[0].lower()}{p.sentence[1:]}" for p in panels)
    return Findings(
        facts=facts,
        sentence=sentence,
        panels=panels,
        picks=tuple(found for found in picks.values() if found),
        trials=(
            *(
                row
                for panel in panels
                for row in trial_rows(panel, study.results, (facts.run.inputs, facts.run.classes))
            ),
            *failed_in_search(study),
        ),
        remedies=remedies_of(panels, 1 / facts.run.classes),
        search=search,
        references=tuple(found for found in beside if found is not None),
    )


def _searching(search: SearchFinding | None) -> str:
    """What a study says whose searches have found nothing to report so far."""
    if search is None or not search.trained:
        return "No trial has finished yet."
    if all(cell.over for cell in search.cells):
        return f"None of {search.trained} search trials could be trained, so there is nothing to report."
    finished = search.trained - search.failed
    return (
        f"The search goes on: {search.trained} trials so far, {finished} of them finished. Nothing is reported before "
        "it ends."
    )


def _facts(study: StoredStudy, winners: Winners) -> StudyFacts:
    results = list(study.results.values())
    to_come = study.plan.to_come(study.results, by_cell(study.proposals), winners)
    return StudyFacts(
        name=study.name,
        spec=study.spec,
        run=study.facts,
        dataset_sha256=study.dataset_sha256,
        planned=len(results) + to_come,
        finished=sum(result.state == "finished" for result in results),
        failed=sum(result.state == "failed" for result in results),
        training_minutes=sum(result.compile_seconds + result.train_seconds for result in results) / 60,
    )


def _panel(
    plan: PlannedPanel,
    name: str,
    winners: Winners,
    study: StoredStudy,
    facts: StudyFacts,
    items: TestedItems | None,
    searches: tuple[CellFinding, ...],
) -> Panel:
    axis = CANDIDATE if study.spec.nuisance and not plan.has_axis else study.spec.axis
    label = AXIS_WORDS.get(axis, "candidates")
    places = _places(plan, winners, facts)
    samples = places[0].first.configuration.samples or facts.run.train_samples
    sampling = sampling_of(study, samples, plan.replicates)
    read = _Reading(plan, facts, items, sampling)
    times = len(places[0].winners)
    luck = _luck(places, read, study.results) if plan.has_axis else None
    lucky = replace(read, sampling=replace(sampling, luck=luck or 1.0))
    points, right = _points(places, lucky, study.results)
    baseline, beside = None, plan.baseline_point(winners)
    if beside is not None:
        (baseline,), _ = _points([beside], lucky if len(beside.winners) > 1 else read, study.results)
    verdict = _verdict(lucky, points, right, study) if plan.has_axis else None
    return Panel(
        name=name,
        axis=axis,
        axis_label=label,
        reading=plan.reading,
        margin=plan.margin,
        alpha=study.spec.alpha,
        samples=samples,
        epochs=max(point.of(r)[0].epochs for point in points for r in range(plan.replicates)),
        replicates=plan.replicates,
        points=points,
        baseline=baseline,
        verdict=verdict,
        sentence=_best(points, searches, study) if verdict is None else verdict.sentence(label),
        pending=len({(one.configuration.key, r) for r, one in plan.runs(winners)} - study.results.keys()),
        arm=plan.arm,
        others=plan.setting,
        place=_place(plan, facts),
        curves_note=curves_note(points, axis, label),
        answers_note=answers_note(points, study.results),
        winners_note=winners_note(label, times, known=luck is not None) if searches and verdict is not None else "",
        no_pick=NOT_CHOSEN.get(axis, "") if len(points) > 1 else "",
        searches=searches,
        sampling=lucky.sampling,
        speaks_of="these replicates" if items is None else sampling.inference,
    )


def _places(plan: PlannedPanel, winners: Winners, facts: StudyFacts) -> list[PlannedPoint]:
    """The points of a panel; all training samples as their number."""
    points = plan.points(winners)
    return [point if point.value is not None else replace(point, value=facts.run.train_samples) for point in points]


def _luck(places: Sequence[PlannedPoint], read: _Reading, results: Results) -> float | None:
    """By what the luck of searches inflates the variance between replicates; None where that cannot be told."""
    times = len(places[0].winners)
    table = [read.accuracy(_runs(place, read.plan, results), place)[:, 2] for place in places]
    return luck_inflation(np.stack(table, axis=1), np.arange(read.plan.replicates) % times)


def _runs(place: PlannedPoint, plan: PlannedPanel, results: Results) -> list[Result]:
    """The runs of a place that there are."""
    keys = [None if one is None else one.configuration.key for one in place.winners]
    at = ((keys[r % len(keys)], r) for r in range(plan.replicates))
    return [results[key, r] for key, r in at if key is not None and (key, r) in results]


def _name(plan: PlannedPanel, winners: Winners, facts: StudyFacts) -> str:
    """What people call a panel: ``none, 1,000 samples``; of the only one of a study, on how many samples it trains."""
    sizes = [
        count(value, "sample") if value != "all" else "all samples" for name, value in plan.others if name == "samples"
    ]
    rest = replace(plan, others=tuple(other for other in plan.others if other[0] != "samples"))
    if words := ", ".join(part for part in (rest.name, *sizes) if part):
        return words
    if plan.has_axis and facts.spec.axis == "samples":
        return facts.spec.dataset
    points = plan.points(winners)
    samples = points[0].first.configuration.samples if points else plan.cells[0].fixed["samples"]
    return count(samples if isinstance(samples, int) else facts.run.train_samples, "sample")


def _place(plan: PlannedPanel, facts: StudyFacts) -> tuple[tuple[str, float], ...]:
    """Where a panel stands on the ordered hyperparameters beside the axis; all training samples as their number."""
    numbers = ((name, facts.run.train_samples if value in (None, "all") else value) for name, value in plan.others)
    return tuple((name, float(value)) for name, value in numbers if name in AXIS_WORDS and not isinstance(value, list))


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the points of a panel are read with; without ``items`` intervals are over replicates alone."""

    plan: PlannedPanel
    facts: StudyFacts
    items: TestedItems | None
    sampling: Sampling

    @property
    def chance(self) -> float:
        """The accuracy of guessing."""
        return 1 / self.facts.run.classes

    def accuracy(self, runs: Sequence[Result], place: PlannedPoint, reading: str | None = None) -> NDArray[np.float64]:
        """The metric (R, 3) of the finished ``runs`` of a place at a reading, at its winners' own where it is None."""
        found = np.full((self.plan.replicates, 3), np.nan)
        for at, group in self.by_reading(runs, place, reading).items():
            trajectories = [one.trajectory for one in group]
            found[[one.trial.replicate for one in group]] = read_metric(trajectories, self.facts.spec.metric, at)
        return found

    def by_reading(
        self, runs: Sequence[Result], place: PlannedPoint, reading: str | None = None
    ) -> dict[str, list[Result]]:
        """The finished ``runs`` of a place by where they are read."""
        found: dict[str, list[Result]] = {}
        for run in runs:
            winner = place.of(run.trial.replicate)
            if run.state == "finished" and winner is not None:
                found.setdefault(reading or winner.reading, []).append(run)
        return found

    def answers(self, runs: Sequence[Result], place: PlannedPoint, reading: str | None = None) -> Answers | None:
        """What the finished ``runs`` of a place answered at a reading, at its winners' own where it is None."""
        if self.items is None:
            return None
        return self.items.answers(self.by_reading(runs, place, reading), self.plan.replicates)


def _verdict(
    read: _Reading, points: Sequence[Point], right: NDArray[np.generic] | None, study: StoredStudy
) -> OnsetVerdict:
    accuracy = np.stack([point.accuracy for point in points], axis=1)  # (R, D, 3)
    return find_onset(
        [point.value for point in points],
        np.where(_failed(read.plan, points, study.results), np.inf, accuracy[:, :, 0]),
        accuracy[:, :, 2],
        margin=read.plan.margin,
        chance=read.chance,
        correct=right,
        tested=None if read.items is None else read.items.masks(read.plan.replicates),
        searches=np.arange(read.plan.replicates) % max(len(points[0].winners), 1),
        sampling=read.sampling,
        alpha=study.spec.alpha,
        seed=study.spec.seed,
    )


def _points(
    places: Sequence[PlannedPoint], read: _Reading, results: Results
) -> tuple[tuple[Point, ...], NDArray[np.generic] | None]:
    """The points, and the answers (R, D, N) at their readings, which are laid out once for all; None without any."""
    runs = [_runs(place, read.plan, results) for place in places]
    curves = diagnose_runs(runs, chance=read.chance, margin=read.plan.margin)
    right = None
    if read.items is not None:
        kept = [read.answers(of_one, place) for of_one, place in zip(runs, places, strict=True)]
        right = right_of([one for one in kept if one is not None])
    points = (
        _point(*of_one, None if right is None else right[:, d], read)
        for d, of_one in enumerate(zip(places, runs, curves, strict=True))
    )
    return tuple(points), right


def _point(
    place: PlannedPoint,
    runs: Sequence[Result],
    curves: tuple[CurveFinding, ...],
    right: NDArray[np.generic] | None,
    read: _Reading,
) -> Point:
    sampling, run = read.sampling, read.facts.run
    whole = [run for run in runs if run.state == "finished"]

    def at(
        reading: str | None = None, laid_out: NDArray[np.generic] | None = None
    ) -> tuple[NDArray[np.float64], Answers | None, AtReading]:
        accuracy, answers = read.accuracy(whole, place, reading), read.answers(whole, place, reading)
        sums = None if answers is None else answers.sums(laid_out)
        return accuracy, answers, AtReading.of(accuracy, reading or place.first.reading, sums, sampling)

    accuracy, answers, both = at(laid_out=right)
    validation = _validation(accuracy, sampling)
    if len(place.winners) > 1:
        winners = _confirmed(place, accuracy, answers, read)
    else:
        only = place.first
        winners = (Confirmed(only.configuration, only.reading, validation, both.test, both.gap),)
    use = _to_use(winners)
    assert place.value is not None
    return Point(
        value=place.value,
        configuration=use.configuration,
        reading=use.reading,
        parameters=use.configuration.network.parameters(run.inputs, run.classes),
        accuracy=accuracy,
        train=t_interval(of_split(accuracy, "train")),
        validation=validation,
        test=both.test,
        gap=both.gap,
        curve=mean_curve([one.trajectory for one in whole]),
        readings=tuple(
            both if reading == use.reading and len(winners) == 1 else at(reading)[2] for reading in READINGS
        ),
        classes=tuple(t_interval(values) for values in zip(*(one.class_accuracy for one in whole), strict=True)),
        curve_findings=curves,
        answers=answers,
        winners=winners,
    )


def _validation(accuracy: NDArray[np.float64], sampling: Sampling) -> Interval:
    redrawn = replace(sampling, same_training=REDRAWN)  # validation rows: every replicate draws its own
    return mean_estimate(of_split(accuracy, "validation"), None, sampling=redrawn).interval


def _confirmed(
    place: PlannedPoint, accuracy: NDArray[np.float64], answers: Answers | None, read: _Reading
) -> tuple[Confirmed | None, ...]:
    """What each search of a place chose, on its own replicates: of these alone, without the luck of another search."""
    sampling = replace(read.sampling, luck=1.0)
    found: list[Confirmed | None] = []
    for number, winner in enumerate(place.winners):
        if winner is None:
            found.append(None)
            continue
        own = np.arange(len(accuracy)) % len(place.winners) == number
        rows = np.where(own[:, None], accuracy, np.nan)
        sums = None if answers is None else answers.only(own).sums()
        both = AtReading.of(rows, winner.reading, sums, sampling)
        found.append(Confirmed(winner.configuration, winner.reading, _validation(rows, sampling), both.test, both.gap))
    return tuple(found)


def _to_use(winners: Sequence[Confirmed | None]) -> Confirmed:
    """The winner with the best validation accuracy on its replicates; the first on ties, and before any has run."""
    return max((one for one in winners if one is not None), key=lambda one: one.validation.mean or 0.0)


def _failed(plan: PlannedPanel, points: Sequence[Point], results: Results) -> NDArray[np.bool_]:
    """Which runs failed in training (R, D). One whose worker died says nothing of training: it counts as not run."""
    runs = [[results.get((point.of(r)[0].key, r)) for point in points] for r in range(plan.replicates)]
    return np.array([[run is not None and run.diverged_epoch is not None for run in row] for row in runs])


def _best(points: Sequence[Point], searches: Sequence[CellFinding], study: StoredStudy) -> str:
    """What a study without a scientific axis found: of its only network, or of the best candidate of its search."""
    point = points[0]
    if len(points) > 1:
        point = max(points, key=lambda p: p.validation.mean if p.validation.mean is not None else -1.0)
    if point.test.mean is None:
        return f"No run of {point.label} has finished yet."
    lead = ""
    if searches:
        trained = sum(len(cell.trained) for cell in searches)
        chosen = f"Best of {len(points)} that" if len(points) > 1 else "What"
        lead = f"{chosen} {study.spec.searching.proposer} chose from {count(trained, 'trial')}: "
    parts = [f"{name} {percent(getattr(point, name))}" for name in ("train", "validation", "test")]
    return (
        f"{lead}{point.label} reaches {', '.join(parts)} accuracy; "
        f"{with_n(f'generalization gap {points_text(point.gap)}', point.test)}."
    )
