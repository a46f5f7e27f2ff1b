"""Which network is best? Of a search without an axis: its most accurate candidate on runs that it has not seen."""

from __future__ import annotations

from study.analysis.findings import Findings, Panel
from study.analysis.interval_words import percent, with_n
from study.words import count

QUESTION = "Which network is best?"


def winner_words(panel: Panel, findings: Findings) -> tuple[str, ...]:
    """What was tried, and the candidate of highest validation accuracy on fresh replicates; none but for a search."""
    if findings.search is None or panel.has_axis:
        return ()
    tried = sum(len(cell.trained) for cell in panel.searches)
    best = max(panel.points, key=lambda point: -1.0 if point.validation.mean is None else point.validation.mean)
    ran = "The best one" if len(panel.points) == 1 else f"The best {len(panel.points)}"
    first = f"{ran} of {count(tried, 'trial')} ran again on {count(panel.replicates, 'fresh replicate')}."
    if best.test.mean is None:
        return (first, "No run of a candidate has finished yet.")
    reached = with_n(f"test accuracy {percent(best.test)}", best.test)
    return (first, f"Most accurate on validation is {best.configuration.label}: {reached}.")
