"""The metric of a table of runs: what its column is called, how it is written, and what of it is known."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from study.records.imported import Design, ForeignStudy
from study.records.metrics import ACCURACY, Metric
from study.records.units import Unit

PART = r"(?:val(?:id(?:ation)?)?|test|eval|dev)"
OF_A_PART = re.compile(rf"^{PART}(?:[ _/.-]+|$)|[ _/.-]+{PART}$", re.IGNORECASE)
IS_ACCURACY = re.compile(r"(?:^|[ _/.-])acc(?:uracy)?(?:[ _/.-]|\d|$)", re.IGNORECASE)


def imported_metric(study: ForeignStudy, design: Design) -> Metric:
    """What the runs were measured by: accuracy, another share that is to be maximized, or any number.

    Its margin is the user's, by default that of accuracy, which says nothing of numbers that are no shares.
    """
    words = OF_A_PART.sub("", study.objective) or ACCURACY.words
    margin = ACCURACY.margin if design.margin is None else design.margin
    if shares(study):
        if IS_ACCURACY.search(words):
            return replace(ACCURACY, margin=margin)
        return replace(ACCURACY, name=words, words=words, unit=_written(margin), margin=margin)
    return replace(
        ACCURACY,
        name=words,
        words=words,
        larger_is_better=study.direction == "maximize",
        bounds=(-math.inf, math.inf),
        unit=_written(margin),
        margin=margin,
    )


def objective_of(study: ForeignStudy) -> Metric:
    """The objective of single trials, written in as many digits as tell the better half of them apart."""
    values = sorted((trial.value for trial in study.compared if trial.value is not None), reverse=True)
    better = values[: max(2, len(values) // 2)] if study.direction == "maximize" else values[len(values) // 2 :]
    spread = max(better) - min(better) if len(better) > 1 else 0.0
    digits = min(max(0, 2 - math.floor(math.log10(spread))), 9) if spread > 0 else 3
    return replace(
        ACCURACY,
        name=study.objective,
        words=study.objective,
        larger_is_better=study.direction == "maximize",
        bounds=(-math.inf, math.inf),
        unit=Unit(digits=digits),
    )


def shares(study: ForeignStudy) -> bool:
    """Whether everything that was measured lies from 0 to 1 and is to be maximized."""
    measured = [trial.measured for trial in study.trials if trial.measured is not None]
    values = [v for one in measured for v in (one.train, one.validation, one.test) if v is not None]
    return study.direction == "maximize" and all(0 <= value <= 1 for value in values)


def _written(margin: float) -> Unit:
    """Numbers without a unit, a digit finer than the margin."""
    return Unit(digits=max(0, 1 - math.floor(math.log10(margin))))
