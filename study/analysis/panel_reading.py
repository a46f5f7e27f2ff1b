"""The runs of a panel, read in one metric: its points, and the verdict on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from study.analysis.answers import Answers, right_of
from study.analysis.curves import fit_margin, mean_curve
from study.analysis.diagnoses import diagnose_runs
from study.analysis.findings import CurveFinding, MetricFinding, MetricPoint, Point, StudyFacts
from study.analysis.gap import AtReading
from study.analysis.item_intervals import REDRAWN, Sampling, mean_estimate
from study.analysis.onset.find import OnsetVerdict, find_onset
from study.analysis.t_intervals import t_interval
from study.analysis.tested_items import TestedItems
from study.design.plan import PlannedPanel, PlannedPoint
from study.records.intervals import Interval
from study.records.metrics import Metric
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

    def points(self, places: Sequence[PlannedPoint]) -> tuple[tuple[Point, ...], NDArray[np.generic] | None]:
        """The points, and what items came to (R, D, N), which is laid out once for all; None without any."""
        runs = [self._runs(place) for place in places]
        fit = self.facts.fit
        margin = fit_margin(fit, self.metric, self.margin)
        curves = diagnose_runs(runs, chance=fit.guess(self.facts.run.classes), margin=margin)
        finished = [_finished(of_one) for of_one in runs]
        right = self._right([self._answers(f, p.reading) for f, p in zip(finished, places, strict=True)])
        points = (
            self._point(*of_one, None if right is None else right[:, d])
            for d, of_one in enumerate(zip(places, finished, curves, strict=True))
        )
        return tuple(points), right

    def beside(self, places: Sequence[PlannedPoint]) -> MetricFinding:
        """What the metric says beside the one that decides."""
        points, measured, kept = [], [], []
        for place in places:
            finished = _finished(self._runs(place))
            values, answers, both = self._at(finished, place.reading)
            train = t_interval(of_split(values, "train"))
            assert place.value is not None
            points.append(MetricPoint(place.value, train, self._on_validation(values), both.test, both.gap))
            measured.append(values)
            kept.append(answers)
        if not self.plan.has_axis or not self.metric.items:
            return MetricFinding(self.metric, tuple(points), None, WITHHELD if self.plan.has_axis else "")
        return MetricFinding(self.metric, tuple(points), self.verdict(places, measured, self._right(kept)))

    def verdict(
        self, places: Sequence[PlannedPoint], measured: Sequence[Values], right: NDArray[np.generic] | None
    ) -> OnsetVerdict:
        """The verdict on what was ``measured`` (R, 3) at each place; ``right`` (R, D, N) as by :meth:`points`."""
        values = np.stack(measured, axis=1)  # (R, D, 3)
        return find_onset(
            [place.value for place in places if place.value is not None],
            np.where(self._failed(places), np.inf, values[:, :, 0]),
            values[:, :, 2],
            metric=self.metric,
            margin=self.margin,
            chance=self.metric.guess(self.facts.run.classes),
            correct=right,
            tested=None if self.items is None else self.items.masks(self.plan.replicates),
            sampling=self.sampling,
            alpha=self.study.spec.alpha,
            seed=self.study.spec.seed,
        )

    @property
    def margin(self) -> float:
        """The largest difference that does not matter: the study's in the metric that decides, else its own."""
        asked = self.plan.margin if self.metric == self.facts.metric else None
        return asked or self.metric.margin

    def _runs(self, place: PlannedPoint) -> list[Result]:
        key, results = place.configuration.key, self.study.results
        return [results[key, r] for r in range(self.plan.replicates) if (key, r) in results]

    def _answers(self, finished: Sequence[Result], reading: str) -> Answers | None:
        return None if self.items is None else self.items.answers(finished, self.metric, reading, self.plan.replicates)

    def _right(self, kept: Sequence[Answers | None]) -> NDArray[np.generic] | None:
        return None if self.items is None else right_of([one for one in kept if one is not None])

    def _at(
        self, finished: Sequence[Result], reading: str, right: NDArray[np.generic] | None = None
    ) -> tuple[Values, Answers | None, AtReading]:
        """What a configuration comes to at a reading (R, 3), its items, and test and gap; ``right`` (R, N) if known."""
        values = self._values(finished, reading, self.metric)
        answers = self._answers(finished, reading)
        sums = None if answers is None else answers.sums(right)
        return values, answers, AtReading.of(self.metric, values, reading, sums, self.sampling)

    def _values(self, finished: Sequence[Result], reading: str, metric: Metric) -> Values:
        values = np.full((self.plan.replicates, 3), np.nan)
        rows = [one.trial.replicate for one in finished]
        values[rows] = read_metric([one.trajectory for one in finished], metric.name, reading)
        return values

    def _on_validation(self, values: Values) -> Interval:
        """Of ``values`` (R, 3), whose validation rows every replicate draws for itself."""
        redrawn = replace(self.sampling, same_training=REDRAWN)
        return mean_estimate(of_split(values, "validation"), None, sampling=redrawn).interval

    def _point(
        self,
        place: PlannedPoint,
        finished: Sequence[Result],
        curves: tuple[CurveFinding, ...],
        right: NDArray[np.generic] | None,
    ) -> Point:
        configuration, run = place.configuration, self.facts.run
        values, answers, both = self._at(finished, place.reading, right)
        fit = self._values(finished, place.reading, self.facts.fit)
        assert place.value is not None
        return Point(
            value=place.value,
            configuration=configuration,
            reading=place.reading,
            parameters=configuration.network.parameters(run.inputs, run.outputs),
            accuracy=values,
            train=t_interval(of_split(values, "train")),
            validation=self._on_validation(values),
            test=both.test,
            gap=both.gap,
            fit=t_interval(of_split(fit, "train")),
            curve=replace(
                mean_curve([one.trajectory for one in finished]), metrics=(self.facts.fit, self.facts.watched)
            ),
            readings=tuple(
                both if reading == place.reading else self._at(finished, reading)[2] for reading in READINGS
            ),
            classes=tuple(t_interval(of) for of in zip(*(one.class_accuracy for one in finished), strict=True)),
            curve_findings=curves,
            answers=answers,
        )

    def _failed(self, places: Sequence[PlannedPoint]) -> NDArray[np.bool_]:
        """Which runs failed in training (R, D). One whose worker died says nothing of it: it counts as not run."""
        keys, results = [place.configuration.key for place in places], self.study.results
        runs = [[results.get((key, r)) for key in keys] for r in range(self.plan.replicates)]
        return np.array([[run is not None and run.diverged_epoch is not None for run in row] for row in runs])


def _finished(runs: Sequence[Result]) -> list[Result]:
    return [run for run in runs if run.state == "finished"]
