"""Which network is best? Of a search without an axis: its most accurate candidate on runs that it has not seen."""

from __future__ import annotations

from study.analysis.findings import Findings, Panel, best_on_validation
from study.analysis.interval_words import value, with_n
from study.records.metrics import ACCURACY
from study.words import count

QUESTION = "Which network is best?"


def winner_words(panel: Panel, findings: Findings) -> tuple[str, ...]:
    """What was tried, and the candidate that is best on validation on fresh replicates; none but for a search."""
    if findings.search is None or panel.has_axis:
        return ()
    tried = sum(len(cell.trained) for cell in panel.searches)
    best, metric = best_on_validation(panel), panel.metric
    ran = "The best one" if len(panel.points) == 1 else f"The best {len(panel.points)}"
    first = f"{ran} of {count(tried, 'trial')} ran again on {count(panel.replicates, 'fresh replicate')}."
    if best.test.mean is None:
        return (first, "No run of a candidate has finished yet.")
    reached = with_n(f"test {metric.words} {value(best.test, metric.unit)}", best.test)
    return (
        first,
        f"{'Most accurate' if metric is ACCURACY else 'Best'} on validation is {best.configuration.label}: {reached}.",
    )
