"""Which test items the runs of a study answered, and so what its intervals can speak of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from study.analysis.answers import Answers, all_tested
from study.analysis.findings import Point
from study.analysis.item_intervals import REDRAWN, Sampling, own_data
from study.design.plan import Winners
from study.records.metrics import Metric
from study.records.trials import DamagedItems, ItemValues, Result, TrialKey
from study.store import StoredStudy
from study.words import count, listed

Rows = NDArray[np.int32]

SOME = 0.1
"""Replicates that have less than this share of their training rows in common count as drawn from many more."""


@dataclass(frozen=True, slots=True, eq=False)
class TestedItems:
    """The items (N,) of a study: all ``number`` of a test part, or the ``columns`` that replicates tested.

    ``rows`` are those that each replicate tested, ``columns`` all of them; both are empty where all test the same.
    ``groups`` are those of the study's facts; ``weighted`` says whether items count in metrics as weights say.
    """

    __test__ = False  # no test, whatever pytest thinks of the name

    number: int
    rows: Mapping[int, Rows]
    columns: Rows | None = None
    groups: Rows | None = None
    weighted: bool = False

    def answers(self, finished: Mapping[str, Sequence[Result]], metric: Metric, replicates: int) -> Answers | None:
        """What items came to in ``finished`` runs of one place, by reading; None where one of them did not keep it."""
        kept = {
            run.trial.replicate: answers_of(run, metric, reading) for reading, runs in finished.items() for run in runs
        }
        if None in kept.values():
            return None
        tested = None if self.columns is None else tuple(self.rows.get(r) for r in range(replicates))
        runs = tuple(kept.get(r) for r in range(replicates))
        return Answers(runs, self.number, tested, self.columns, self.groups, self.weighted)

    def masks(self, replicates: int) -> NDArray[np.bool_] | None:
        """Which items, or groups, each replicate tested (R, N), None where each tests all."""
        if self.columns is None:
            return None
        found = np.zeros((replicates, self.number), bool)
        for replicate in range(replicates):
            if replicate in self.rows:
                found[replicate, np.searchsorted(self.columns, self.rows[replicate])] = True
        if self.groups is None:
            return found
        places = np.unique(self.groups[self.columns], return_inverse=True)[1]
        return np.stack([np.bincount(places, row) > 0 for row in found])


def tested_items(study: StoredStudy, winners: Winners, metric: Metric) -> TestedItems | None:
    """The items that a study's reported runs answered; None where some run did not keep what they came to.

    For the whole study, because all intervals of a page speak of the same. Raises
    :class:`~study.records.trials.DamagedItems` where the first answers are not those of the test part.
    """
    rows: dict[int, Rows] = {}
    number, first, weighted = study.facts.test_samples, None, study.spec.weighted_metrics
    for plan in study.plan.panels:
        for replicate, winner in plan.runs(winners):
            run = study.results.get((winner.configuration.key, replicate))
            if run is None or run.state != "finished":
                continue
            kept = answers_of(run, metric, winner.reading)
            if kept is None:
                return None
            if run.tested is not None:
                rows[replicate] = run.tested
            elif first is None:
                first = kept
                # A store from elsewhere may name any number: tables come only after this.
                first.values(number, weighted=weighted)
    groups = np.array(study.facts.groups, np.int32) if study.facts.groups else None
    if not rows:
        if groups is not None and len(groups) != number:
            raise DamagedItems(f"{len(groups)} groups are none of {number} test items")
        return None if first is None else TestedItems(number, {}, groups=groups, weighted=weighted)
    columns = all_tested(list(rows.values()))
    if groups is not None and columns[-1] >= len(groups):
        raise DamagedItems(f"row {columns[-1]} was tested, and groups of {len(groups)} rows are known")
    return TestedItems(len(columns), rows, columns, groups, weighted)


def answers_of(result: Result, metric: Metric, reading: str) -> ItemValues | None:
    """What each test item came to at ``reading``; None where nothing is kept that could stand for it.

    Older versions kept ``last`` and ``best`` only: the last epoch, as noisy at least, stands for the tail.
    """
    own = result.item_values(metric.name, reading)
    return result.item_values(metric.name, "last") if own is None and reading == "tail" else own


def answers_note(points: Sequence[Point], results: Mapping[TrialKey, Result], metric: Metric) -> str:
    """What is said where runs of these points keep no answers at their reading; empty where all do."""
    read = [
        (reading, run)
        for point in points
        for replicate in range(len(point.accuracy))
        for configuration, reading in [point.of(replicate)]
        if (run := results.get((configuration.key, replicate))) is not None and run.state == "finished"
    ]
    without = [(reading, run) for reading, run in read if run.item_values(metric.name, reading) is None]
    if not without:
        return ""
    names = listed(list(dict.fromkeys(reading for reading, _ in without)))
    lead = f"{len(without)} of {count(len(read), 'run')} kept no answers to single test items at the reading {names}"
    if any(answers_of(run, metric, reading) is None for reading, run in without):
        return f"{lead}: intervals speak of these replicates, not of new data."
    return f"{lead}: those after their last epoch stand for them."


def sampling_of(study: StoredStudy, samples: int, replicates: int) -> Sampling:
    """What intervals of ``replicates`` that train on ``samples`` rows each allow for.

    Those of means on validation allow for rows of one pool that are held out, and for training rows beside them that
    overlap. With the larger of the two alone they held 92.8 to 95.7 % on flights by width and on days of flights (120
    draws, seven schemes), with both 94.4 to 96.8 %.
    """
    spec, facts = study.spec, study.facts
    whole = own_data(
        spec.scheme,
        tested=facts.test_samples,
        trained=facts.train_samples,
        repeats=max(replicates // spec.data.folds, 1) if spec.scheme == "folds" else 1,
    )
    share = samples / facts.train_samples
    held_out = spec.validation / (1 - spec.validation) * share  # Nadeau and Bengio's, of validation and training rows
    return Sampling(
        spec.inference,
        whole.same_training * share if share >= SOME else 0.0,
        REDRAWN + held_out,
        folds=spec.data.folds if spec.scheme == "folds" and facts.groups else 0,
    )
