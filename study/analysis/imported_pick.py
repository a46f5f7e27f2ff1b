"""Which value of an axis to use, of those that finished runs tried: the pick of our own studies, with its caution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from study.analysis.interval_words import value, with_n
from study.analysis.onset.layout import Floats
from study.analysis.onset.verdict import HeldOut
from study.analysis.pick import pick
from study.records.intervals import Interval
from study.records.metrics import Metric
from study.words import amount, count, percent_text

LEAST_RUNS = 2  # of a value that takes part: one run says nothing of noise


@dataclass(frozen=True, slots=True)
class ImportedPick:
    """The smallest ``value`` of the axis that is within the margin of the best, as far as the runs tell.

    ``chosen_on`` is the part that chose, ``accuracy`` the metric that this choice came to on ``read_on``, of runs that
    were left out of the choice. ``guaranteed`` says whether it was shown, ``probability`` how likely it is.
    """

    value: float
    chosen_on: HeldOut
    read_on: HeldOut
    accuracy: Interval
    guaranteed: bool
    probability: float | None
    sentence: str


def pick_among(
    axis: Sequence[float], words: str, validation: Floats, test: Floats, metric: Metric, *, paired: bool
) -> ImportedPick | None:
    """The pick along an ``axis`` (D,) called ``words``, by the ``metric`` of runs (R, D), NaN where there is none.

    Where nothing was recorded on validation, test values choose. None where no two values have two runs each.
    """
    on: HeldOut = "validation" if np.isfinite(validation).any() else "test"
    of: HeldOut = "test" if np.isfinite(test).any() else "validation"
    parts = {"validation": validation, "test": test}
    choosing, read = parts[on], parts[of]
    if not paired:  # no run has a partner: those of each value stand one below the other
        choosing, read = _stacked(choosing, read)
    if np.count_nonzero(np.isfinite(choosing).sum(axis=0) >= LEAST_RUNS) < 2:
        return None
    found = pick(np.arange(len(axis)), choosing, read, metric=metric, margin=metric.margin, least=LEAST_RUNS)
    if found.index is None:
        return None
    at = axis[found.index]
    tried = sum(mean is not None for mean in found.means)
    near = f"within {metric.unit.chosen(metric.margin)} of the best on {on}"
    likely = "" if found.probability is None else percent_text(found.probability, 0)
    what = f"{amount(at, words)}: of the {count(tried, 'value')} tried, the smallest that is"
    if found.guaranteed:
        said = f"{what} shown to be {near}"
    elif found.rule == "probably within the margin":
        said = f"{what} probably ({likely}) {near}"
    else:
        said = f"{what} about as probable as any to be {near} ({likely}), too little to rely on"
    if found.accuracy.mean is not None:
        reached = with_n(value(found.accuracy, metric.unit), found.accuracy)
        said += f"; {of} {metric.words} {reached}, of runs that did not choose"
    caution = "Nothing else was tried, and nothing was trained again."
    if on == "test":
        caution = "Test values chose it, so that they test it no more. " + caution
    return ImportedPick(at, on, of, found.accuracy, found.guaranteed, found.probability, f"To use: {said}. {caution}")


def _stacked(choosing: Floats, read: Floats) -> tuple[Floats, Floats]:
    """The runs of each value, those that were run first: rows that link nothing."""
    found = np.full((2, *choosing.shape), np.nan)
    for column in range(choosing.shape[1]):
        there = np.flatnonzero(np.isfinite(choosing[:, column]))
        for table, values in zip(found, (choosing, read), strict=True):
            table[: len(there), column] = values[there, column]
    rows = int(np.isfinite(found[0]).sum(axis=0).max(initial=0))
    return found[0, :rows], found[1, :rows]
