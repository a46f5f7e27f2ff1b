"""Which answers to single test items stand for a run at its reading, and what is said where they are not its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from study.analysis.findings import Point
from study.records.metrics import ACCURACY
from study.records.trials import ItemValues, Result, TrialKey
from study.words import count, listed


def answers_of(result: Result, reading: str) -> ItemValues | None:
    """How right a run had each test item at ``reading``; None where nothing is kept that could stand for it.

    Older versions kept ``last`` and ``best`` only: the last epoch, as noisy at least, stands for the tail.
    """
    own = result.item_values(ACCURACY.name, reading)
    return result.item_values(ACCURACY.name, "last") if own is None and reading == "tail" else own


def answers_note(points: Sequence[Point], results: Mapping[TrialKey, Result]) -> str:
    """What is said where runs of these points keep no answers at their reading; empty where all do."""
    read = [
        (point.reading, run)
        for point in points
        for replicate in range(len(point.accuracy))
        if (run := results.get((point.configuration.key, replicate))) is not None and run.state == "finished"
    ]
    without = [(reading, run) for reading, run in read if run.item_values(ACCURACY.name, reading) is None]
    if not without:
        return ""
    names = listed(list(dict.fromkeys(reading for reading, _ in without)))
    lead = f"{len(without)} of {count(len(read), 'run')} kept no answers to single test items at the reading {names}"
    if any(answers_of(run, reading) is None for reading, run in without):
        return f"{lead}: intervals speak of these replicates, not of new data."
    return f"{lead}: those after their last epoch stand for them."
