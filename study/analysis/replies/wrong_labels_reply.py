"""What does it cost to learn wrong labels by heart? The end of training beside the epoch of lowest validation loss."""

from __future__ import annotations

from study.analysis.findings import Panel, PickFinding
from study.analysis.interval_words import value, with_n
from study.analysis.replies.network_reply import chosen_point
from study.words import capital

QUESTION = "What does it cost to learn wrong labels by heart?"


def wrong_labels_words(panel: Panel, pick: PickFinding | None) -> tuple[str, ...]:
    """What the pick of a panel with wrong labels reaches at its best epoch and at the end; none where labels are right.

    A cost is claimed where the two intervals have nothing in common.
    """
    point = chosen_point(panel, pick)
    if not dict(panel.place).get("label_noise") or point is None:
        return ()
    read = {one.reading: one.test for one in point.readings}
    best, end = read.get("best"), read.get("tail")
    if best is None or end is None or best.mean is None or end.mean is None:
        return ()
    unit, what = panel.metric.unit, f"test {panel.metric.words}"
    there, later = value(best, unit), with_n(value(end, unit), end)
    better = panel.metric.larger_is_better
    near, far = (best.low, end.high) if better else (best.high, end.low)
    if near is not None and far is not None and panel.metric.better(near, far):
        name = point.configuration.label
        return (f"{capital(what)} of {name} is {there} where validation loss is lowest, and {later} at the end.",)
    return (f"No cost is shown: {what} is {there} where validation loss is lowest, and {later} at the end.",)
