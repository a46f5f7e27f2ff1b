"""Does it overfit? Validation loss that rises again while training goes on, and the gap that is left."""

from __future__ import annotations

from study.analysis.findings import Panel, Point
from study.analysis.interval_words import points
from study.analysis.replies.axis_names import values_words
from study.words import amount, count, value_text

QUESTION = "Does it overfit?"


def overfitting_words(panel: Panel) -> tuple[str, ...]:
    """Two sentences on the curves and the gap; none before a run has finished."""
    shown = [point for point in panel.points if point.curve.n]
    if not shown:
        return ()
    return (_loss(panel, shown), *_gap(panel))


def _loss(panel: Panel, shown: list[Point]) -> str:
    rising = [point for point in shown if point.curve.overfits_from is not None]
    epochs = max(int(point.curve.epochs[-1]) for point in shown)
    if not rising:
        return f"Not seen within {count(epochs, 'epoch')}: validation loss does not rise again."
    starts = sorted({point.curve.overfits_from for point in rising if point.curve.overfits_from is not None})
    when = f"from epoch {starts[0]} on"
    if len(starts) > 1:
        what = "depth" if panel.axis == "depth" else "network"
        when = f"from epoch {starts[0]} to {starts[-1]} on, depending on the {what}"
    if len(panel.points) == 1:
        return f"Yes: validation loss rises again {when}."
    where = _candidates(len(rising), len(panel.points)) if not panel.has_axis else values_words(panel, rising)
    if len(rising) == len(shown):
        return f"Yes, {where}: validation loss rises again {when}."
    return f"In part: {where}, validation loss rises again {when}; elsewhere it is not seen to."


def _candidates(some: int, of: int) -> str:
    return f"for all {of} candidates" if some == of else f"for {some} of {of} candidates"


def _gap(panel: Panel) -> tuple[str, ...]:
    """The gap of the first and of the last network; of candidates that of the most accurate."""
    known = [point for point in panel.points if point.gap.mean is not None]
    if not known:
        return ()
    gap = "The gap between training and test accuracy is"
    if not panel.has_axis:
        best = max(known, key=lambda point: -1.0 if point.validation.mean is None else point.validation.mean)
        return (f"{gap} {points(best.gap)}.",)
    first, last = known[0], known[-1]
    if first is last:
        return (f"{gap} {points(first.gap)} at {amount(first.value, panel.axis_label)}.",)
    ends = f"{points(first.gap)} at {amount(first.value, panel.axis_label)}, {points(last.gap)} at"
    return (f"{gap} {ends} {value_text(last.value)}.",)
