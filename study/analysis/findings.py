"""What a study found: the plain records that the report, the terminal and ``verdict.json`` are made of.

A *panel* is the axis (depth by default) swept under one arm and one combination of the other scientific
values; a *point* is one value of the axis in a panel. Letters as in :mod:`study.records.trials`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from html import escape

import numpy as np
from numpy.typing import NDArray

from study.analysis.answers import Answers
from study.analysis.gap import AtReading
from study.analysis.imported_importance import ImportedImportance
from study.analysis.imported_panels import ImportedPanel
from study.analysis.interval_words import difference, value
from study.analysis.item_intervals import NEW_DATA, Sampling
from study.analysis.look_findings import LooksFinding
from study.analysis.onset.find import OnsetVerdict
from study.analysis.prediction_findings import PredictionFinding
from study.analysis.reference_findings import ReferencesFinding
from study.analysis.remedies import Remedy
from study.analysis.search_findings import Advice, CellFinding, SearchFinding
from study.design.spec import StudySpec
from study.records.facts import RunFacts
from study.records.imported import ForeignStudy
from study.records.intervals import Interval, Target
from study.records.metrics import ACCURACY, CROSS_ENTROPY, METRICS, TASKS, Metric
from study.records.predicted_classes import PredictedClasses
from study.records.readings import fit_metric, watched
from study.records.trials import Configuration
from study.words import html_table, value_text

ARCHITECTURE = ("depth", "width")
"""Axes whose value is part of the architecture's name."""


@dataclass(frozen=True, slots=True)
class MeanCurve:
    """Mean over ``n`` replicates per recorded epoch: ``epochs`` (E,), the others (E, 3) in order of SPLITS.

    ``fit`` is accuracy and ``watched`` cross-entropy, or R² and RMSE, as ``metrics`` says. ``best_epoch`` is the epoch
    in which the one watched is lowest on validation; ``overfits_from`` the epoch from which it only rises by more than
    noise, None where it does not.
    """

    epochs: NDArray[np.int64]
    fit: NDArray[np.float64]
    watched: NDArray[np.float64]
    n: int
    best_epoch: int | None
    overfits_from: int | None
    metrics: tuple[Metric, Metric] = (ACCURACY, CROSS_ENTROPY)


@dataclass(frozen=True, slots=True)
class CurveFinding:
    """``runs`` of the ``of`` runs that left a curve show ``kind``, a kind of ``curves.Diagnosis``.

    ``epoch`` is the median over these runs of the epoch that belongs to the diagnosis.
    """

    kind: str
    runs: int
    of: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What one search chose, where it is read, and what its own replicates reached: intervals over these alone."""

    configuration: Configuration
    reading: str
    validation: Interval
    test: Interval
    gap: Interval


@dataclass(frozen=True, slots=True)
class Point:
    """One place of a panel; ``accuracy`` (R, 3) is its metric at ``reading``, NaN = failed or not run.

    Where its cell was searched several times, ``winners`` hold what each search chose, None where it has not: the one
    of number ``r % len(winners)`` ran at replicate r. ``configuration`` and ``reading`` then are those of the winner
    with the best validation accuracy, the one to use; all else speaks of whatever a search finds here.
    ``fit`` is training accuracy, or R², whatever the metric. ``readings`` show the same runs read at the end and at
    their best epoch; ``curve_findings`` what they show while they train. ``classes`` (K) is test accuracy of each class
    after the last epoch, over the finished runs; empty where none finished. ``answers`` are those to single test items,
    None where they were not kept for all runs; ``predicted`` is what each of them took its items for, empty alike.
    """

    value: float
    configuration: Configuration
    parameters: int
    accuracy: NDArray[np.float64]
    train: Interval
    validation: Interval
    test: Interval
    gap: Interval
    fit: Interval
    curve: MeanCurve
    reading: str
    readings: tuple[AtReading, ...] = ()
    curve_findings: tuple[CurveFinding, ...] = ()
    classes: tuple[Interval, ...] = ()
    answers: Answers | None = field(default=None, repr=False, compare=False)
    predicted: tuple[PredictedClasses, ...] = field(default=(), repr=False, compare=False)
    winners: tuple[Confirmed | None, ...] = ()

    def of(self, replicate: int) -> tuple[Configuration, str]:
        """What ran at a replicate, and where it is read."""
        winner = self.winners[replicate % len(self.winners)] if self.winners else None
        return (self.configuration, self.reading) if winner is None else (winner.configuration, winner.reading)

    @property
    def label(self) -> str:
        """The architecture as people write it; of several, the smallest and the largest."""
        found = {one.configuration.network for one in self.winners if one} or {self.configuration.network}
        labels = list(dict.fromkeys(network.label for network in sorted(found, key=lambda network: network.units)))
        return labels[0] if len(labels) == 1 else f"{labels[0]} to {labels[-1]}"


@dataclass(frozen=True, slots=True)
class MetricPoint:
    """What one configuration of a panel comes to in a metric beside the one that decides.

    ``values`` (R, 3) are those of its replicates, NaN = failed or not run.
    """

    value: float
    train: Interval
    validation: Interval
    test: Interval
    gap: Interval
    values: NDArray[np.float64] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class MetricFinding:
    """What a metric says of a panel beside the one that decides: its own ``verdict``, None without one.

    ``withheld`` says why there is none although there is an axis.
    """

    metric: Metric
    points: tuple[MetricPoint, ...]
    verdict: OnsetVerdict | None
    withheld: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """The axis swept in one setting, and what was concluded from it.

    ``name`` is for people ("300 samples"), ``axis`` the parameter's name ("depth"), ``axis_label`` its words
    ("hidden layers"). Without an axis there is no ``verdict``, and the points are the one network of the study, or the
    candidates of its search. ``samples`` is the number of training samples in use. ``baseline`` stands
    beside the axis and takes no part in the verdict. ``pending`` counts the trials that have not run yet. ``arm`` and
    ``others`` ("samples 300") are the parts of the setting, empty where the study has no such part; ``place`` holds
    the ordered ones among the others as names and numbers (("samples", 300.0),).
    ``curves_note`` says what the training curves have against the verdict, ``answers_note`` where answers to single
    test items are not those at the reading, ``winners_note`` whether other searches are spoken of, ``no_pick`` why
    nothing can be picked on this axis; all are empty where there is nothing to say. ``searches`` are those of its
    cells, in order.
    ``sampling`` says what intervals of test and gap allow for, ``speaks_of`` what they speak of. ``metric`` is the one
    that decides, ``beside`` are the others that the study asks for, and ``by_metric`` says from where each suffers;
    empty where there is one only. ``looks`` are those between its replicates, None where their number is fixed.
    """

    name: str
    axis: str
    axis_label: str
    shapes: bool  # whether the axis is part of the architecture, whose label tells its value
    reading: str
    margin: float
    alpha: float
    samples: int
    epochs: int
    replicates: int
    points: tuple[Point, ...]
    baseline: Point | None
    verdict: OnsetVerdict | None
    sentence: str
    pending: int
    arm: str = ""
    others: str = ""
    place: tuple[tuple[str, float], ...] = ()
    curves_note: str = ""
    answers_note: str = ""
    winners_note: str = ""
    no_pick: str = ""
    searches: tuple[CellFinding, ...] = ()
    sampling: Sampling = NEW_DATA
    speaks_of: Target = "these replicates"
    metric: Metric = ACCURACY
    beside: tuple[MetricFinding, ...] = ()
    by_metric: str = ""
    looks: LooksFinding | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What stands against taking the verdict at its word."""
        return tuple(note for note in (self.curves_note, self.answers_note, self.winners_note) if note)

    @property
    def least_runs(self) -> int | None:
        """How many runs a network needs to be picked where not all were meant to have as many; None where they were."""
        return None if self.looks is None else max(2, -(-self.looks.looks[0] // 2))

    @property
    def all_points(self) -> tuple[Point, ...]:
        """The points, and the baseline beside them."""
        return (*self.points, *((self.baseline,) if self.baseline else ()))

    def read_in(self, metric: Metric) -> Panel:
        """The same runs read in a metric of :attr:`beside`, with its verdict; without the baseline beside them."""
        found = next(one for one in self.beside if one.metric == metric)
        points = (
            replace(
                point,
                accuracy=read.values,
                train=read.train,
                validation=read.validation,
                test=read.test,
                gap=read.gap,
            )
            for point, read in zip(self.points, found.points, strict=True)
        )
        return replace(self, metric=metric, verdict=found.verdict, points=tuple(points), baseline=None)

    @property
    def has_axis(self) -> bool:
        """Whether an ordered hyperparameter was swept."""
        return self.verdict is not None


def best_on_validation(panel: Panel) -> Point:
    """The point with the best mean on validation; the first on ties, and before any has one."""
    known = [point for point in panel.points if point.validation.mean is not None]
    return max(known or panel.points, key=lambda point: panel.metric.turned(point.validation.mean or 0.0))


@dataclass(frozen=True, slots=True)
class Candidate:
    """One network that the pick chose from, named as in the report ("4x128 at learning rate 0.003").

    ``value`` is its value on the axis, None for the baseline. ``mean`` is the mean on validation that was
    compared: where runs are missing, it is adjusted for the replicates they belong to; None where too few ran.
    ``within_margin`` and ``on_front`` are what ``pick`` found.
    """

    name: str
    value: float | None
    configuration: Configuration
    parameters: int
    validation: Interval
    mean: float | None
    within_margin: bool
    on_front: bool


@dataclass(frozen=True, slots=True)
class PickFinding:
    """The recommended network of a panel.

    ``candidates`` go from few parameters to many; ``index`` is the place of the pick among them, ``runner_up``
    that of what would be picked without it, None where there is none. ``accuracy`` is the metric on test of what
    this procedure picks, each replicate read on a network chosen without it; ``test`` is the plain mean of the
    pick's own runs, which also helped to choose it; ``classes`` is accuracy class by class, after the last epoch.
    ``predictions`` are what its runs take test items for, None in a regression, and where a run did not keep it.
    ``caution`` says what stands against using it, mostly empty; ``probability`` in [0, 1] is that of being within the
    margin of the best, None where replicates do not tell.
    """

    panel: str
    candidates: tuple[Candidate, ...]
    index: int
    runner_up: int | None
    threshold: float  # the margin below the best mean on validation
    accuracy: Interval
    test: Interval
    gap: Interval
    guaranteed: bool  # shown to be within the margin of every other candidate
    reason: str
    caution: str = ""
    classes: tuple[Interval, ...] = ()
    probability: float | None = None
    predictions: PredictionFinding | None = None

    @property
    def chosen(self) -> Candidate:
        """The pick itself."""
        return self.candidates[self.index]


@dataclass(frozen=True, slots=True)
class RemediesFinding:
    """Every arm against the arm "none" in one ``setting`` ("samples 300"; empty where there is only one).

    They are compared at ``at`` ("12 hidden layers", "the baseline 128-64"). ``note`` says what less depth is; empty
    where there is no less. ``main`` places are the baseline and the value from which none overfits, or the last one.
    """

    setting: str
    at: str
    remedies: tuple[Remedy, ...]
    note: str = ""
    main: bool = True


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One line of the table of trials; the metric at the panel's reading, None where there is none.

    ``key`` and ``replicate`` tell trials apart: one that two arms read in their own ways has a line in each panel.
    ``value`` is the value on the axis, None for the baseline; ``name`` is the architecture, with that value where
    it is no part of it.
    """

    key: str
    panel: str
    name: str
    value: float | None
    architecture: str
    parameters: int | None
    replicate: int
    state: str  # finished, failed or pending
    train: float | None
    validation: float | None
    test: float | None
    epochs: int
    seconds: float
    reason: str


def measured_metrics(spec: StudySpec, run: RunFacts) -> tuple[Metric, ...]:
    """What a study measures, the metric that decides first: in the unit of its target, its class in its words."""
    return tuple(_told(metric, spec, run) for metric in spec.measured.all)


def _told(metric: Metric, spec: StudySpec, run: RunFacts) -> Metric:
    """A metric as a study has it: in the unit of its target, or its class in its words, and what rows count."""
    if run.target_deviation is not None:
        metric = metric.in_unit("", run.target_deviation)
    else:
        metric = metric.of_class(spec.positive or run.labels[-1])
    return metric.weighted() if spec.weighted_metrics else metric


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """The strip of facts: what was asked, on what it ran, and how far it is.

    ``name`` is what the store knows the study by, or what tells it from others of that name on a page. ``planned`` are
    all trials of the study, those of its searches too; ``training_minutes`` are summed over workers.
    """

    name: str
    spec: StudySpec
    run: RunFacts
    dataset_sha256: str
    planned: int
    finished: int
    failed: int
    training_minutes: float

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What was measured, the metric that decides first."""
        return measured_metrics(self.spec, self.run)

    @property
    def fit(self) -> Metric:
        """What says how well data are fitted: accuracy, or R²."""
        return _told(fit_metric([metric.name for metric in TASKS[self.spec.task]]), self.spec, self.run)

    @property
    def watched(self) -> Metric:
        """What early stopping goes by: cross-entropy, or RMSE."""
        return _told(METRICS[watched([metric.name for metric in TASKS[self.spec.task]])], self.spec, self.run)

    @property
    def metric(self) -> Metric:
        """What decides."""
        return self.metrics[0]

    @property
    def beside(self) -> Metric:
        """What is shown beside the one that decides, where there is room for one."""
        return self.fit if self.metric.name == self.watched.name else self.watched

    @property
    def pending(self) -> int:
        """Trials that have not run yet: while there are any, every verdict is provisional."""
        return self.planned - self.finished - self.failed


@dataclass(frozen=True, slots=True, repr=False)
class Findings:
    """Everything that a study found; ``sentence`` is the answer in words, one sentence a panel.

    ``remedies`` holds one comparison for each place in each combination of the scientific values beside axis and arm,
    ``references`` one for each panel whose network stands beside reference models.
    """

    facts: StudyFacts
    sentence: str
    panels: tuple[Panel, ...]
    picks: tuple[PickFinding, ...]
    trials: tuple[TrialRow, ...]
    remedies: tuple[RemediesFinding, ...] = ()
    search: SearchFinding | None = None
    references: tuple[ReferencesFinding, ...] = ()

    def __repr__(self) -> str:
        facts = self.facts
        said = [f"{panel.name}: {panel.sentence}" for panel in self.panels] or [self.sentence]
        return "\n".join([f"<Findings of {self.name!r}, {facts.finished} of {facts.planned} trials finished>", *said])

    def _repr_html_(self) -> str:
        """The answer and the values of every point, for a notebook."""
        parts = []
        for panel in self.panels:
            heads = (panel.axis_label, "network", "train", "validation", "test", "gap", "n")
            rows = [
                (
                    value_text(p.value),
                    p.label,
                    *(value(one, panel.metric.unit) for one in (p.train, p.validation, p.test)),
                    difference(p.gap, panel.metric.unit),
                )
                for p in panel.points
            ]
            cells = [(*row, str(point.test.n)) for row, point in zip(rows, panel.points, strict=True)]
            parts.append(f"<p><b>{escape(panel.name)}</b><br>{escape(panel.sentence)}</p>{html_table(heads, cells)}")
        return "".join(parts) or f"<p>{escape(self.sentence)}</p>"

    @property
    def name(self) -> str:
        """What the store knows the study by."""
        return self.facts.name


@dataclass(frozen=True, slots=True, repr=False)
class ImportedFindings:
    """What another program's study shows: values are in the unit of its objective, and no gap was recorded.

    ``importance`` is the share of the objective's variance that each hyperparameter explains, in [0, 1], the largest
    first; empty where too few trials tell. ``curves`` counts the trials with more than one value on the way. ``panels``
    are what the runs of a table show along their axis.
    """

    study: ForeignStudy
    sentence: str
    importance: tuple[ImportedImportance, ...]
    advice: tuple[Advice, ...]
    curves: int
    panels: tuple[ImportedPanel, ...] = ()

    def __repr__(self) -> str:
        return f"<Findings of {self.name!r}, imported from {self.study.engine}>\n{self.sentence}"

    def _repr_html_(self) -> str:
        """What it shows, for a notebook."""
        return f"<p>{escape(self.sentence)}</p>"

    @property
    def name(self) -> str:
        """What the store knows the study by."""
        return self.study.name


Concluded = Findings | ImportedFindings  # of one study, whoever ran it
