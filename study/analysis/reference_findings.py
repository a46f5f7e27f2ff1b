"""What was found of a network beside reference models: the plain records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from study.records.intervals import Interval, Target

Outcome = Literal["better", "not shown", "worse"]


@dataclass(frozen=True, slots=True)
class Scores:
    """How good something is on validation and test: accuracies in [0, 1], cross-entropies in nats.

    Intervals of test accuracy speak of what those of the panel speak of, all others of these replicates.
    """

    name: str
    validation: Interval
    test: Interval
    validation_cross_entropy: Interval
    test_cross_entropy: Interval


@dataclass(frozen=True, slots=True)
class ReferenceFinding:
    """One reference model, and the network minus it: ``difference`` in test accuracy, paired by replicate and item.

    ``outcome`` says whether the network is shown to be ``better`` or ``worse``: whether its 95 % interval, of at least
    :data:`~study.analysis.interval_words.LEAST` replicates, lies above or below zero. ``speaks_of`` is what that
    interval speaks of. With three models, one interval in seven or so may exclude zero by chance at the most.
    """

    scores: Scores
    difference: Interval
    speaks_of: Target
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ReferencesFinding:
    """The ``network`` of a panel beside reference models.

    It is what the panel's pick picks: each replicate is read on a network chosen without it. Where nothing is picked
    (``picked`` False), it is the point of highest mean validation accuracy. ``notes`` say which models failed.
    """

    panel: str
    network: Scores
    picked: bool
    references: tuple[ReferenceFinding, ...]
    notes: tuple[str, ...] = ()
