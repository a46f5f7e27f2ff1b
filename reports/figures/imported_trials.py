"""The trials of another program's study as the figures of searches take them; hostile values are left out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reports.figures.axis import padded
from reports.figures.history import HistoryData, HistoryLine, best_so_far
from reports.figures.reported_curves import ReportedCurve, ReportedCurves
from reports.figures.scale import Scale
from reports.figures.tried_drawing import SearchData, SearchDot, SearchPanel, SearchSeries
from study.analysis.imported_metric import objective_of
from study.design.setting_words import value_words
from study.records.parameters import contains, takes
from study.words import shortened

if TYPE_CHECKING:
    from study.analysis.findings import ImportedFindings
    from study.records.imported import ForeignStudy, ForeignTrial
    from study.records.metrics import Metric
    from study.records.parameters import Parameter, Value

MOST_DRAWN, MOST_PANELS, MOST_CHOICES = 1000, 12, 30
MOST_CURVES, MOST_STEPS = 200, 200
LARGEST_DRAWN = 1e150  # of a number on a scale: beyond, differences are no numbers any more
LETTERS = 60
COUNTED = "trials that ended with a value"
MARKUP = str.maketrans({"<": "‹", ">": "›", "&": "＆", "{": "(", "}": ")", "%": "％"})


@dataclass(frozen=True, slots=True)
class Drawn:
    """The trials that are drawn, in their order, the best of all, and how many there are ``of``."""

    trials: tuple[ForeignTrial, ...]
    failed: tuple[ForeignTrial, ...]
    best: ForeignTrial
    of: int


def drawn_of(study: ForeignStudy) -> Drawn | None:
    """The best :data:`MOST_DRAWN` of the trials that can be compared, and as many failed ones; None without any."""
    best = study.best
    if best is None:
        return None
    sign = 1 if study.direction == "maximize" else -1
    fitting = [trial for trial in study.compared if abs(trial.value or 0.0) <= LARGEST_DRAWN]
    ranked = sorted(fitting, key=lambda trial: -sign * (trial.value or 0.0))[:MOST_DRAWN]
    failed = [trial for trial in study.trials if trial.state == "failed"][:MOST_DRAWN]
    trials = tuple(sorted(ranked, key=lambda trial: trial.number))
    return Drawn(trials, tuple(failed), best, len(study.compared))


def history_of(study: ForeignStudy, metric: Metric) -> HistoryData | None:
    """The best so far over the trials that can be compared; None of fewer than two, or of more than are drawn."""
    trials = sorted(study.compared, key=lambda trial: trial.number)
    if any(abs(trial.value or 0.0) > LARGEST_DRAWN for trial in trials):
        return None
    if not 2 <= len(trials) <= MOST_DRAWN:
        return None
    values = tuple(trial.value for trial in trials)
    best = best_so_far(values, metric)
    every, late = ([v for v in some if v is not None] for some in (values, best[len(best) // 2 :]))
    late = late if len(set(late)) > 1 else every
    line = HistoryLine("", "", best, values, tuple(trial.number for trial in trials))
    return HistoryData("", (line,), padded(every), padded(late), metric, metric.words, COUNTED)


def tried_of(findings: ImportedFindings, drawn: Drawn, metric: Metric) -> tuple[SearchData | None, tuple[str, ...]]:
    """The objective against each hyperparameter that took several values, those first that mattered most.

    The best trial is marked. None where no hyperparameter did; and the names of those that did but are not drawn,
    because there are too many of them, or of their values.
    """
    study = findings.study
    order = {one.parameter: place for place, one in enumerate(findings.importance)}
    known = sorted(study.parameters, key=lambda one: order.get(one.name, len(order)))
    panels: list[SearchPanel] = []
    left: list[str] = []
    for parameter in known:
        values = [one.setting.get(parameter.name) for one in (*drawn.trials, *drawn.failed)]
        varied = len({repr(one) for one in values if takes(parameter, one)}) > 1
        if parameter.name == study.budget or not varied:
            continue
        panel = _panel(parameter, drawn) if len(panels) < MOST_PANELS else None
        if panel is None:
            left.append(parameter.name)
        else:
            panels.append(panel)
    if not panels:
        return None, tuple(left)
    reached = [trial.value for trial in drawn.trials if trial.value is not None]
    ordered = sorted(reached, key=metric.turned)
    better = ordered[len(ordered) // 4 :]
    return SearchData("", tuple(panels), padded(reached), padded(better), metric, metric.words), tuple(left)


def curves_of(study: ForeignStudy, drawn: Drawn, metric: Metric) -> ReportedCurves | None:
    """The curves of the best :data:`MOST_CURVES` trials that left one; None where none did."""
    left = [trial for trial in drawn.trials if len(trial.curve) > 1]
    if not left:
        return None
    left.sort(key=lambda trial: -float(metric.turned(trial.value or 0.0)))
    others = tuple(_curve(trial) for trial in left[:MOST_CURVES] if trial is not drawn.best)
    best = _curve(drawn.best) if len(drawn.best.curve) > 1 else None
    return ReportedCurves(others, best, metric)


def metric_of(study: ForeignStudy) -> Metric:
    """The objective as a metric, with words that a figure can hold."""
    found = objective_of(study)
    return replace(found, words=safe(found.words))


def safe(text: str) -> str:
    """A text from elsewhere without what Plotly takes for markup or a template, of at most :data:`LETTERS` letters."""
    return shortened(text.translate(MARKUP), LETTERS)


def _curve(trial: ForeignTrial) -> ReportedCurve:
    at = np.unique(np.linspace(0, len(trial.curve) - 1, min(MOST_STEPS, len(trial.curve))).round().astype(int))
    kept = [trial.curve[place] for place in at]
    values = tuple(value if math.isfinite(value) else None for _, value in kept)
    return ReportedCurve(trial.number, tuple(step for step, _ in kept), values)


def _panel(parameter: Parameter, drawn: Drawn) -> SearchPanel | None:
    """The trials against one hyperparameter; None where its values are too many, or too large to be drawn."""
    name = parameter.name
    trials = [one for one in (*drawn.trials, *drawn.failed) if takes(parameter, one.setting.get(name))]
    values = [one.setting[name] for one in trials]
    shown: Sequence[Value] = values
    if parameter.kind == "choice":
        tried = [one for one in parameter.values if contains(values, one)]
        if len(tried) > MOST_CHOICES:
            return None
        texts = distinct([value_words(one) for one in tried])
        shown = [next(t for one, t in zip(tried, texts, strict=True) if contains([one], value)) for value in values]
        scale = Scale(0.0, 1.0, False, False, tuple(texts), False)
    else:
        low, high = (function(map(float, (*parameter.bounds, *values))) for function in (min, max))
        if max(abs(low), abs(high)) > LARGEST_DRAWN:
            return None
        scale = Scale(low, high, parameter.log and low > 0, parameter.kind == "int", (), False)
    dots = tuple(
        SearchDot(
            one.number,
            value,
            one.value if one.state == "complete" else None,
            "best" if one is drawn.best else "",
        )
        for one, value in zip(trials, shown, strict=True)
    )
    return SearchPanel(name, safe(name), scale, (SearchSeries("", 0.7, dots),), (), "")


def distinct(texts: Sequence[str]) -> list[str]:
    """Texts that a figure can hold, of which no two are the same."""
    found: list[str] = []
    for text in map(safe, texts):
        number = 2
        told = text
        while told in found:
            told, number = f"{text} ({number})", number + 1
        found.append(told)
    return found
