"""Does it overfit? Validation loss that rises again while training goes on, and the gap that is left."""

from __future__ import annotations

from collections.abc import Sequence

from study.analysis.findings import Findings, Panel, PickFinding, Point
from study.analysis.interval_words import difference
from study.analysis.replies.axis_names import values_words
from study.analysis.replies.network_reply import chosen_point
from study.words import amount, count, value_text


def overfitting_question(findings: Findings) -> str:
    """The question; of a study of cures, about its networks without any."""
    return "Does it overfit without a cure?" if findings.remedies else "Does it overfit?"


def overfitting_words(panel: Panel, pick: PickFinding | None) -> tuple[str, ...]:
    """Two sentences on the curves and the gap, of candidates those of the chosen one; none before one has run."""
    if not panel.has_axis and len(panel.points) > 1:
        chosen = chosen_point(panel, pick)
        return () if chosen is None or not chosen.curve.n else (_loss_of(chosen), *_gap(panel, [chosen]))
    shown = [point for point in panel.points if point.curve.n]
    if not shown:
        return ()
    return (_loss(panel, shown), *_gap(panel, panel.points))


def _loss_of(point: Point) -> str:
    """What the validation loss of one candidate does."""
    name, start = point.configuration.label, point.curve.overfits_from
    if start is None:
        within = count(int(point.curve.epochs[-1]), "epoch")
        return f"Not by the validation loss of {name}, which does not rise again within {within}."
    return f"Yes, {name} does: its validation loss rises again from epoch {start} on."


def _loss(panel: Panel, shown: list[Point]) -> str:
    rising = [point for point in shown if point.curve.overfits_from is not None]
    epochs = max(int(point.curve.epochs[-1]) for point in shown)
    if not rising:
        return f"Not by validation loss, which does not rise again within {count(epochs, 'epoch')}."
    starts = sorted({point.curve.overfits_from for point in rising if point.curve.overfits_from is not None})
    when = f"from epoch {starts[0]} on"
    if len(starts) > 1:
        what = "depth" if panel.axis == "depth" else "network"
        when = f"from epoch {starts[0]} to {starts[-1]} on, depending on the {what}"
    if len(panel.points) == 1:
        return f"Yes: validation loss rises again {when}."
    where, still = values_words(panel, rising), [point for point in shown if point.curve.overfits_from is None]
    if len(rising) == len(shown):
        return f"Yes, {where}: validation loss rises again {when}."
    elsewhere = values_words(panel, still)
    return f"In part: {where} validation loss rises again, {when}. {elsewhere[0].upper()}{elsewhere[1:]} it does not."


def _gap(panel: Panel, asked: Sequence[Point]) -> tuple[str, ...]:
    """The gap of the first and of the last network of those ``asked`` about."""
    known = [point for point in asked if point.gap.mean is not None]
    if not known:
        return ()
    metric = panel.metric
    gap = f"The gap between training and test {metric.words} is"

    def size(point: Point) -> str:
        return difference(point.gap, metric.unit)

    first, last = known[0], known[-1]
    if not panel.has_axis:
        return (f"{gap} {size(first)}.",)
    if first is last:
        return (f"{gap} {size(first)} at {amount(first.value, panel.axis_label)}.",)
    ends = f"{size(first)} at {amount(first.value, panel.axis_label)}, {size(last)} at"
    return (f"{gap} {ends} {value_text(last.value)}.",)
