"""What could mislead: what was found in data, curves and searches that would change a decision."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from study.analysis.findings import Findings
from study.analysis.interval_words import LEAST
from study.analysis.replies.network_reply import chosen_point
from study.analysis.replies.remedies_reply import caution_answers
from study.analysis.replies.reply import Answered
from study.analysis.search_notes import tied_sentence
from study.records.metrics import ENOUGH, FEW, METRICS, RMSE
from study.words import count, percent_text, shortened

QUESTION = "What could mislead?"
FAR = 0.15  # of the squared error in one row of a hundred: 8 % in normal noise, 12 to 50 % with heavy tails
NOTHING = "Nothing was found in the data or in the curves that would change a decision."


def misleading_answers(findings: Findings) -> list[Answered]:
    """(setting, sentences) of each thing that stands against taking the replies at their word."""
    found: list[Answered] = [("", (note,)) for note in findings.facts.run.data_traps]
    if findings.search is not None:
        telling = ("too few trials", "infeasible")
        found += [("", (one.sentence,)) for one in findings.search.advice if one.kind in telling]
        if tied := tied_sentence(findings.search, findings.facts.metric):
            found.append(("", (tied,)))
    for caution in (caution_answers, _few_of_a_class, _positive_by_default, _few_rows_of_error):
        found += caution(findings)
    several = len(findings.panels) > 1
    of_searches = {panel.winners_note for panel in findings.panels}  # the same of all panels: once is enough
    found += [("", (note,)) for note in sorted(of_searches) if note]
    for panel in findings.panels:
        notes = [note for note in panel.notes if note not in of_searches]
        if any(0 < point.test.n < LEAST for point in panel.points):
            notes.append(f"Fewer than {LEAST} replicates are too few for an interval.")
        found += [(panel.name if several else "", (note,)) for note in notes]
    return found or [("", (NOTHING,))]


def _positive_by_default(findings: Findings) -> list[Answered]:
    """That nobody named the class that the metric is about, where it is the commoner of two."""
    metric, spec, labels = findings.facts.metric, findings.facts.spec, findings.facts.run.labels
    picked = [pick.predictions for pick in findings.picks if pick.predictions is not None]
    if not metric.one_class or spec.positive is not None or not picked or len(labels) != 2:
        return []
    if picked[0].different(0) >= picked[0].different(1):  # the positive class is the last one
        return []
    rarer, commoner = (repr(shortened(label)) for label in labels)
    about = f"No positive class was named, so {METRICS[metric.name].words} is about {commoner}, the commoner one."
    return [("", (about, f"With positive = {rarer} it is about the rarer one."))]


def _few_rows_of_error(findings: Findings) -> list[Answered]:
    """That few rows make much of a squared error, whose intervals are then too narrow as a rule.

    Of simulated test parts of 200 rows each, none with normal errors is above :data:`FAR`, 83 to 96 % with Student's of
    3 degrees and lognormal ones are (``benchmarks/far_rows.py``). Whether a part has its share of the farthest rows is
    luck, so that intervals are too narrow where it has few of them.
    """
    spec = findings.facts.spec
    if findings.facts.metric.name != RMSE.name or spec.inference != "new data" or spec.weighted_metrics:
        return []
    picks = {pick.panel: pick for pick in findings.picks}
    for panel in findings.panels:
        point = chosen_point(panel, picks.get(panel.name))
        if point is None or point.answers is None:
            continue
        kept = point.answers.table()
        kept = kept[np.isfinite(kept).any(axis=1)]
        kept = kept[:, np.isfinite(kept).any(axis=0)]
        of_runs = np.nanmean(kept, axis=1, keepdims=True)
        share = far_share(np.nanmean(of_runs**2 + 2 * of_runs * (kept - of_runs), axis=0))  # undoes the derivative
        if share > FAR:
            return [
                (
                    "",
                    (
                        f"One row in a hundred makes {percent_text(share, 0)} of the squared error of "
                        f"{point.configuration.label}.",
                        "Of real air times, which have such rows, 95 % intervals of RMSE held the truth in 78 % with "
                        "one test part, in 93 % in two repeats of folds. MAE depends on them less.",
                    ),
                )
            ]
    return []


def far_share(squares: NDArray[np.float64]) -> float:
    """The share in the sum of squared errors (N,) of the largest one in a hundred, at least of one."""
    total = float(squares.sum())
    return float(np.sort(squares)[-math.ceil(len(squares) / 100) :].sum()) / total if total > 0 else 0.0


def _few_of_a_class(findings: Findings) -> list[Answered]:
    """That intervals of the metric are too narrow, where one of two classes has few test items.

    Measured of two classes: with more of them the metric is a mean over classes, whose intervals held.
    """
    metric = findings.facts.metric
    picked = [pick.predictions for pick in findings.picks if pick.predictions is not None]
    asked = metric.held_with_few is not None and findings.facts.spec.inference == "new data"
    if not asked or not picked or len(findings.facts.run.labels) != 2:
        return []
    if all(point.test.n < LEAST for panel in findings.panels for point in panel.points):
        return []
    rarest = picked[0].rarest
    number = round(picked[0].different(rarest))
    if number >= ENOUGH:
        return []
    name = repr(shortened(findings.facts.run.labels[rarest]))
    return [
        (
            "",
            (
                f"Only {count(number, 'test item')} of the class {name}: with so few, intervals of {metric.words} are "
                f"too narrow. With {FEW}, 95 % intervals held the truth in {percent_text(metric.held_with_few, 0)}.",
            ),
        )
    ]
