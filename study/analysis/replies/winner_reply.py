"""Which network is best? Of a search without an axis: its best candidate on runs that it has not seen."""

from __future__ import annotations

import math

from study.analysis.findings import Findings, Panel, Point
from study.analysis.interval_words import LEAST, difference, value, with_n
from study.analysis.replies.baseline_reply import beside, beyond_baseline
from study.words import count

QUESTION = "Which network is best?"


def winner_words(panel: Panel, findings: Findings) -> tuple[str, ...]:
    """The candidate that is best on validation of fresh replicates, and what it has over the network beside the search.

    None but for a search.
    """
    if findings.search is None or panel.has_axis:
        return ()
    tried = sum(len(cell.trained) for cell in panel.searches)
    metric = panel.metric

    def reached(point: Point) -> float:
        return -math.inf if point.validation.mean is None else float(metric.turned(point.validation.mean))

    best = max(panel.points, key=reached)
    one = len(panel.points) == 1
    ran = f"{'The best one' if one else f'The best {len(panel.points)}'} of {count(tried, 'trial')}"
    fresh = count(panel.replicates, "fresh replicate")
    if best.test.mean is None:
        return (f"{ran} {'runs' if one else 'run'} again on {fresh}.", "No run of a candidate has finished yet.")
    on_test = with_n(f"test {metric.words} {value(best.test, metric.unit)}", best.test)
    which = best.configuration.label
    found = f"{ran} ran again on {fresh}; best there on validation is {which}: {on_test}."
    return (found, *(() if panel.baseline is None else _against(best, panel.baseline, panel, findings)))


def _against(best: Point, baseline: Point, panel: Panel, findings: Findings) -> tuple[str, ...]:
    """The best candidate against the network beside the search; nothing where they are one, or too little has run."""
    found, metric = beyond_baseline(panel, best, baseline), panel.metric
    if best.configuration == baseline.configuration or found.interval.n < LEAST:
        return ()
    by = f"{difference(found.interval, metric.unit, sign=True)} of test {metric.words}, n = {found.interval.n}"
    if found.outcome in ("higher", "lower"):
        than = "better than" if (found.outcome == "higher") == metric.larger_is_better else "worse than"
    else:
        than = "not shown to be better or worse than"
    return (f"It is {than} {beside(findings)}, {baseline.configuration.label} ({by}).",)
