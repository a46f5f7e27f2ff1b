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


def shares(study: ForeignStudy) -> bool:
    """Whether everything that was measured lies from 0 to 1 and is to be maximized."""
    measured = [trial.measured for trial in study.trials if trial.measured is not None]
    values = [v for one in measured for v in (one.train, one.validation, one.test) if v is not None]
    return study.direction == "maximize" and all(0 <= value <= 1 for value in values)


def _written(margin: float) -> Unit:
    """Numbers without a unit, a digit finer than the margin."""
    return Unit(digits=max(0, 1 - math.floor(math.log10(margin))))
