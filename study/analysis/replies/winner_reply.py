"""Which network is best? Of a search without an axis: its best candidate on runs that it has not seen."""

from __future__ import annotations

import math

from study.analysis.findings import Findings, Panel, Point
from study.analysis.interval_words import value, with_n
from study.words import count

QUESTION = "Which network is best?"


def winner_words(panel: Panel, findings: Findings) -> tuple[str, ...]:
    """What was tried, and the candidate that is best on validation of fresh replicates; none but for a search."""
    if findings.search is None or panel.has_axis:
        return ()
    tried = sum(len(cell.trained) for cell in panel.searches)
    metric = panel.metric

    def reached(point: Point) -> float:
        return -math.inf if point.validation.mean is None else float(metric.turned(point.validation.mean))

    best = max(panel.points, key=reached)
    ran = "The best one" if len(panel.points) == 1 else f"The best {len(panel.points)}"
    first = f"{ran} of {count(tried, 'trial')} ran again on {count(panel.replicates, 'fresh replicate')}."
    if best.test.mean is None:
        return (first, "No run of a candidate has finished yet.")
    on_test = with_n(f"test {metric.words} {value(best.test, metric.unit)}", best.test)
    return (first, f"Best on validation is {best.configuration.label}: {on_test}.")
