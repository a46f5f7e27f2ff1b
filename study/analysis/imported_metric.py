"""The metric of a table of runs: what its column is called, how it is written, and what of it is known."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from study.records.imported import Design, ForeignStudy
from study.records.metrics import ACCURACY, Metric
from study.records.units import Unit

OF_A_PART = re.compile(
    r"^(?:val(?:id(?:ation)?)?|test|eval|dev)(?:[ _/.-]+|$)|[ _/.-]+(?:val|valid|validation|test)$", re.IGNORECASE
)
IS_ACCURACY = re.compile(r"(?:(?:sparse[ _])?categorical[ _]|binary[ _])?acc(?:uracy)?", re.IGNORECASE)
MOST_DIGITS = 12


def imported_metric(study: ForeignStudy, design: Design) -> Metric:
    """What the runs were measured by: accuracy, another share that is to be maximized, or any number.

    Its margin is the user's, by default that of accuracy, which says nothing of numbers that are no shares.
    """
    words = OF_A_PART.sub("", study.objective)
    margin = ACCURACY.margin if design.margin is None else design.margin
    if study.shares:
        if not words or IS_ACCURACY.fullmatch(words):
            return replace(ACCURACY, margin=margin)
        return replace(ACCURACY, name=words, words=words, unit=_finer_than(margin), margin=margin)
    return replace(
        ACCURACY,
        name=words or "value",
        words=words or "value",
        larger_is_better=study.direction == "maximize",
        bounds=(-math.inf, math.inf),
        unit=_telling(study.measured_values) if design.margin is None else _finer_than(margin),
        margin=margin,
    )


def objective_of(study: ForeignStudy) -> Metric:
    """The objective of single trials, written in as many digits as tell the better half of them apart."""
    values = sorted(trial.value for trial in study.compared if trial.value is not None)
    half = max(2, len(values) // 2)
    return replace(
        ACCURACY,
        name=study.objective,
        words=study.objective,
        larger_is_better=study.direction == "maximize",
        bounds=(-math.inf, math.inf),
        unit=_telling(values[-half:] if study.direction == "maximize" else values[:half]),
    )


def _finer_than(margin: float) -> Unit:
    """Numbers without a unit, a digit finer than the margin."""
    return Unit(digits=min(max(0, 1 - math.floor(math.log10(margin))), MOST_DIGITS))


def _telling(values: Sequence[float]) -> Unit:
    """Numbers without a unit, in the digits that tell ``values`` apart."""
    spread = max(values) - min(values) if values else 0.0
    if not math.isfinite(spread) or spread <= 0:
        return Unit()
    return Unit(digits=min(max(0, 2 - math.floor(math.log10(spread))), MOST_DIGITS))
