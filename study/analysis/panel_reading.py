"""The runs of a panel, read in one metric: its points, and the verdict on them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from study.analysis.answers import Answers, right_of
from study.analysis.curves import fit_margin, mean_curve
from study.analysis.diagnoses import diagnose_runs
from study.analysis.findings import Confirmed, CurveFinding, MetricFinding, MetricPoint, Point, StudyFacts
from study.analysis.gap import AtReading
from study.analysis.item_intervals import Sampling, mean_estimate
from study.analysis.onset.find import OnsetVerdict, find_onset
from study.analysis.search_luck import luck_inflation
from study.analysis.t_intervals import t_interval
from study.analysis.tested_items import TestedItems
from study.design.plan import PlannedPanel, PlannedPoint
from study.records.intervals import Interval
from study.records.metrics import Metric
from study.records.predicted_classes import PredictedClasses
from study.records.readings import read_metric
from study.records.trials import Result, of_split
from study.store import StoredStudy

READINGS = ("last", "tail", "best")
"""At these the runs of every point are read, whatever the panel's reading."""

WITHHELD = "no verdict, because its noise of items is not known"

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PanelReading:
    """A panel and a ``metric``; ``items`` are those that its runs tested, None where intervals are over replicates."""

    plan: PlannedPanel
    study: StoredStudy
    facts: StudyFacts
    metric: Metric
    items: TestedItems | None
    sampling: Sampling

    def luck(self, places: Sequence[PlannedPoint]) -> float | None:
        """By what the luck of searches inflates the variance between replicates; None where that cannot be told."""
        times = len(places[0].winners)
        table = [self._values(_finished(self._runs(place)), place)[:, 2] for place in places]
        return luck_inflation(np.stack(table, axis=1), np.arange(self.plan.replicates) % times)

    def with_luck(self, luck: float | None) -> PanelReading:
        """The same, with intervals that allow for the luck of searches where it is known."""
        return replace(self, sampling=replace(self.sampling, luck=luck or 1.0))

    def points(self, places: Sequence[PlannedPoint]) -> tuple[tuple[Point, ...], NDArray[np.generic] | None]:
        """The points, and what items came to (R, D, N), which is laid out once for all; None without any."""
        runs = [self._runs(place) for place in places]
        fit = self.facts.fit
        margin = fit_margin(fit, self.metric, self.margin)
        curves = diagnose_runs(runs, chance=fit.guess(self.facts.run.classes), margin=margin)
        finished = [_finished(of_one) for of_one in runs]
        right = self._right([self._answers(of_one, place) for of_one, place in zip(finished, places, strict=True)])
        points = (
            self._point(*of_one, None if right is None else right[:, d])
            for d, of_one in enumerate(zip(places, finished, curves, strict=True))
        )
        return tuple(points), right

    def beside(self, places: Sequence[PlannedPoint]) -> MetricFinding:
        """What the metric says beside the one that decides."""
        read = self.with_luck(self.luck(places) if self.plan.has_axis else None)
        points, measured, kept = [], [], []
        for place in places:
            values, answers, both = read._at(_finished(read._runs(place)), place)
            train = t_interval(of_split(values, "train"))
            assert place.value is not None
            points.append(MetricPoint(place.value, train, read._on_validation(values), both.test, both.gap, values))
            measured.append(values)
            kept.append(answers)
        if not self.plan.has_axis or not self.metric.items:
            return MetricFinding(self.metric, tuple(points), None, WITHHELD if self.plan.has_axis else "")
        return MetricFinding(self.metric, tuple(points), read.verdict(places, measured, read._right(kept)))

    def verdict(
        self, places: Sequence[PlannedPoint], measured: Sequence[Values], right: NDArray[np.generic] | None
    ) -> OnsetVerdict:
        """The verdict on what was ``measured`` (R, 3) at each place; ``right`` (R, D, N) as by :meth:`points`."""
        values = np.stack(measured, axis=1)  # (R, D, 3)
        verdict = find_onset(
            [place.value for place in places if place.value is not None],
            np.where(self._failed(places), np.inf, values[:, :, 0]),
            values[:, :, 2],
            metric=self.metric,
            margin=self.margin,
            chance=self.metric.guess(self.facts.run.classes),
            correct=right,
            tested=None if self.items is None else self.items.masks(self.plan.replicates),
            searches=np.arange(self.plan.replicates) % max(len(places[0].winners), 1),
            sampling=self.sampling,
            alpha=self.study.spec.alpha,
            share=self.plan.share,
            seed=self.study.spec.seed,
        )
        spec, needed = self.study.spec, verdict.replicates_needed
        if needed is None or spec.scheme != "folds":
            return verdict
        return replace(verdict, replicates_needed=-(-needed // spec.data.folds) * spec.data.folds)  # whole repeats

    @property
    def margin(self) -> float:
        """The largest difference that does not matter: the study's in the metric that decides, else its own."""
        asked = self.plan.margin if self.metric == self.facts.metric else None
        return asked or self.metric.margin

    def _runs(self, place: PlannedPoint) -> list[Result]:
        """The runs of a place that there are."""
        results = self.study.results
        at = ((place.of(r), r) for r in range(self.plan.replicates))
        keys = [(winner.configuration.key, r) for winner, r in at if winner is not None]
        return [results[key] for key in keys if key in results]

    def _by_reading(
        self, finished: Sequence[Result], place: PlannedPoint, reading: str | None
    ) -> dict[str, list[Result]]:
        """Runs of a place by where they are read: at ``reading``, at their winners' own where it is None."""
        found: dict[str, list[Result]] = {}
        for run in finished:
            winner = place.of(run.trial.replicate)
            if winner is not None:
                found.setdefault(reading or winner.reading, []).append(run)
        return found

    def _answers(self, finished: Sequence[Result], place: PlannedPoint, reading: str | None = None) -> Answers | None:
        if self.items is None:
            return None
        return self.items.answers(self._by_reading(finished, place, reading), self.metric, self.plan.replicates)

    def _predicted(self, finished: Sequence[Result], place: PlannedPoint) -> tuple[PredictedClasses, ...]:
        """What the runs of a place took their test items for; nothing where one of them did not keep it."""
        groups = self._by_reading(finished, place, None).items()
        kept = [run.predicted_at(reading) for reading, runs in groups for run in runs]
        there = tuple(one for one in kept if one is not None)
        return there if len(there) == len(kept) else ()

    def _right(self, kept: Sequence[Answers | None]) -> NDArray[np.generic] | None:
        return None if self.items is None else right_of([one for one in kept if one is not None])

    def _at(
        self,
        finished: Sequence[Result],
        place: PlannedPoint,
        reading: str | None = None,
        right: NDArray[np.generic] | None = None,
    ) -> tuple[Values, Answers | None, AtReading]:
        """What a place comes to at a reading (R, 3), its items, and test and gap; ``right`` (R, N) if known."""
        values, answers = self._values(finished, place, reading), self._answers(finished, place, reading)
        sums = None if answers is None else answers.sums(right)
        at = AtReading.of(self.metric, values, reading or place.first.reading, sums, self.sampling)
        return values, answers, at

    def _values(
        self, finished: Sequence[Result], place: PlannedPoint, reading: str | None = None, metric: Metric | None = None
    ) -> Values:
        name = (metric or self.metric).name
        values = np.full((self.plan.replicates, 3), np.nan)
        for at, group in self._by_reading(finished, place, reading).items():
            there = [one for one in group if name in one.trajectory.values]  # a store from elsewhere may lack it
            rows = [one.trial.replicate for one in there]
            values[rows] = read_metric([one.trajectory for one in there], name, at)
        return values

    def _on_validation(self, values: Values) -> Interval:
        """Of ``values`` (R, 3), whose validation rows every replicate draws for itself."""
        return mean_estimate(of_split(values, "validation"), None, sampling=self.sampling.of_validation).interval

    def _point(
        self,
        place: PlannedPoint,
        finished: Sequence[Result],
        curves: tuple[CurveFinding, ...],
        right: NDArray[np.generic] | None,
    ) -> Point:
        values, answers, both = self._at(finished, place, right=right)
        fit = self._values(finished, place, metric=self.facts.fit)
        validation = self._on_validation(values)
        if len(place.winners) > 1:
            winners = self._confirmed(place, values, answers)
        else:
            only = place.first
            winners = (Confirmed(only.configuration, only.reading, validation, both.test, both.gap),)
        use = self._to_use(winners)
        assert place.value is not None
        return Point(
            value=place.value,
            configuration=use.configuration,
            reading=use.reading,
            parameters=self.study.parameters_of(use.configuration) or 0,
            accuracy=values,
            train=t_interval(of_split(values, "train")),
            validation=validation,
            test=both.test,
            gap=both.gap,
            fit=t_interval(of_split(fit, "train")),
            curve=replace(
                mean_curve([one.trajectory for one in finished]), metrics=(self.facts.fit, self.facts.watched)
            ),
            readings=tuple(
                both if reading == use.reading and len(winners) == 1 else self._at(finished, place, reading)[2]
                for reading in READINGS
            ),
            classes=tuple(t_interval(of) for of in zip(*(one.class_accuracy for one in finished), strict=True)),
            curve_findings=curves,
            answers=answers,
            predicted=self._predicted(finished, place),
            winners=winners,
        )

    def _confirmed(self, place: PlannedPoint, values: Values, answers: Answers | None) -> tuple[Confirmed | None, ...]:
        """What each search of a place chose, on its own replicates alone, without the luck of another search."""
        read = self.with_luck(None)
        found: list[Confirmed | None] = []
        for number, winner in enumerate(place.winners):
            if winner is None:
                found.append(None)
                continue
            own = np.arange(len(values)) % len(place.winners) == number
            rows = np.where(own[:, None], values, np.nan)
            sums = None if answers is None else answers.only(own).sums()
            both = AtReading.of(self.metric, rows, winner.reading, sums, read.sampling)
            validation = read._on_validation(rows)
            found.append(Confirmed(winner.configuration, winner.reading, validation, both.test, both.gap))
        return tuple(found)

    def _to_use(self, winners: Sequence[Confirmed | None]) -> Confirmed:
        """The winner that is best on validation of its replicates; the first on ties, and before any has run."""

        def reached(one: Confirmed) -> float:
            mean = one.validation.mean
            return -math.inf if mean is None else float(self.metric.turned(mean))

        return max((one for one in winners if one is not None), key=reached)

    def _failed(self, places: Sequence[PlannedPoint]) -> NDArray[np.bool_]:
        """Which runs failed in training (R, D). One whose worker died says nothing of it: it counts as not run."""
        failed = np.zeros((self.plan.replicates, len(places)), bool)
        for d, place in enumerate(places):
            for run in self._runs(place):
                failed[run.trial.replicate, d] = run.diverged_epoch is not None
        return failed


def _finished(runs: Sequence[Result]) -> list[Result]:
    return [run for run in runs if run.state == "finished"]
