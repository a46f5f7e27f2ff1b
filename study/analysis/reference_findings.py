"""What was found of a network beside reference models: the plain records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from study.analysis.prediction_findings import ClassFinding
from study.records.intervals import Interval, Target
from study.records.metrics import Metric

Outcome = Literal["better", "not shown", "worse"]


@dataclass(frozen=True, slots=True)
class Scores:
    """How good something is on ``validation`` and ``test`` by the study's metric, and by the one beside it.

    The intervals of ``test`` and of ``rarest`` speak of what those of the panel speak of, all others of these
    replicates. ``rarest`` is what it finds of the rarest class, the network in the pick's own runs; None where classes
    are even, nothing is picked, or nothing was kept.
    """

    name: str
    validation: Interval
    test: Interval
    validation_beside: Interval
    test_beside: Interval
    rarest: ClassFinding | None = None


@dataclass(frozen=True, slots=True)
class ReferenceFinding:
    """One reference model, and the network minus it: ``difference`` in the metric, paired by replicate and test item.

    ``outcome`` says whether the network is shown to be ``better`` or ``worse``: whether its 95 % interval, of at least
    :data:`~study.analysis.interval_words.LEAST` replicates, excludes zero. ``speaks_of`` is what that
    interval speaks of. With three models, one interval in seven or so may exclude zero by chance at the most.
    """

    scores: Scores
    difference: Interval
    speaks_of: Target
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ReferencesFinding:
    """The ``network`` of a panel beside reference models, by the study's ``metric`` and another one ``beside`` it.

    It is what the panel's pick picks: each replicate is read on a network chosen without it. Where nothing is picked
    (``picked`` False), it is the point that is best on validation. ``notes`` say which models failed. ``rarest`` is the
    name of the rarest class, where classes are uneven.
    """

    panel: str
    metric: Metric
    beside: Metric
    network: Scores
    picked: bool
    references: tuple[ReferenceFinding, ...]
    notes: tuple[str, ...] = ()
    rarest: str = ""
