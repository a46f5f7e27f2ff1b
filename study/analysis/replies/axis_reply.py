"""Does more of the axis make it worse, from where, and how sure is that? The verdict in two plain sentences."""

from __future__ import annotations

from collections.abc import Callable

from study.analysis.findings import Panel
from study.analysis.onset.verdict import OnsetVerdict, trained_values
from study.records.metrics import Metric
from study.words import amount, capital, count, level_text, value_text


def axis_words(panel: Panel) -> tuple[str, ...]:
    """The verdict of a panel with an axis in one or two sentences, never surer than the verdict; none without one."""
    if panel.verdict is None:
        return ()
    return _WORDS[panel.verdict.outcome](panel.verdict, panel.axis_label, panel.metric)


def _overfitting(verdict: OnsetVerdict, axis: str, metric: Metric) -> tuple[str, ...]:
    assert verdict.onset is not None
    why = f", while training {metric.words} does not" if not _failing(verdict) else ""
    size = f"Test {metric.words} {metric.worsens} by {_drop(verdict, metric)}"
    if _size_unsure(verdict):
        size = f"How far test {metric.words} {metric.worsens} is less sure: by {_drop(verdict, metric)}"
    low, onset = verdict.interval[0] if verdict.interval else verdict.onset, amount(verdict.onset, axis)
    first = f"Yes, from {onset} on ({_sure(verdict)}."
    if verdict.certain_from == verdict.onset != low:
        first = f"Yes, for certain from {onset} on, and perhaps from {value_text(low)} ({_sure(verdict)}."
    return (
        first,
        f"{size} from {_ends(verdict, axis)}{why}{_failing(verdict)}.",
    )


def _small(verdict: OnsetVerdict, axis: str, metric: Metric) -> tuple[str, ...]:
    shown = "is shown, but how large it is, is less sure" if _size_unsure(verdict) else "is shown"
    cause = "; training itself gets worse, too" if verdict.kind == "degradation" else _failing(verdict)
    return (
        f"Not by as much as matters here, {metric.unit.chosen(verdict.margin)}.",
        f"A small {metric.worsening} {shown}: {_drop(verdict, metric)} from {_ends(verdict, axis)}{cause}.",
    )


def _unsettled(verdict: OnsetVerdict, axis: str, metric: Metric) -> tuple[str, ...]:
    assert verdict.onset is not None
    size = f"Test {metric.words} {metric.worsens} by"
    if _size_unsure(verdict):
        size = f"How far test {metric.words} {metric.worsens} is less sure: by"
    return (
        f"{size} {_drop(verdict, metric)}, probably from {amount(verdict.onset, axis)} on ({_sure(verdict)}.",
        f"Whether that is overfitting is not settled: training {metric.words} {metric.worsens}, "
        f"too{_failing(verdict)}.",
    )


def _degradation(verdict: OnsetVerdict, axis: str, metric: Metric) -> tuple[str, ...]:
    lead = "Yes, but it is not overfitting: training itself gets worse."
    if verdict.certain_from is None:
        bound = verdict.largest_drop_upper_bound
        upto = _not_ruled_out(", though", bound, metric)
        return (
            f"Training itself gets worse{_from(verdict)}, which is not overfitting.",
            f"Before that, no {metric.worsening} of test {metric.words} is shown{upto}.",
        )
    return (
        lead,
        f"Test {metric.words} {metric.worsens} by {_drop(verdict, metric)} from {_ends(verdict, axis)}, for certain "
        f"from {value_text(verdict.certain_from)} on.",
    )


def _none(verdict: OnsetVerdict, axis: str, metric: Metric) -> tuple[str, ...]:
    assert verdict.largest_drop_upper_bound is not None
    bound = metric.unit.fine_difference(max(verdict.largest_drop_upper_bound, 0.0))
    return (
        f"No, not {_reach(verdict, axis)}: any {metric.worsening} of test {metric.words} is below {bound} "
        f"({level_text(1 - verdict.alpha)} bound).",
        f"That is within the margin of {metric.unit.chosen(verdict.margin)}, which is taken not to "
        f"matter{_failing(verdict)}.",
    )


def _benign(verdict: OnsetVerdict, axis: str, metric: Metric) -> tuple[str, ...]:
    return (
        _none(verdict, axis, metric)[0],
        f"The gap grows, but test {metric.words} does not get worse with it{_failing(verdict)}.",
    )


def _not_ruled_out(lead: str, bound: float | None, metric: Metric) -> str:
    """The largest change for the worse that there may be; empty where nothing bounds it."""
    if bound is None:
        return ""
    return f"{lead} a {metric.worsening} of up to {metric.unit.fine_difference(max(bound, 0.0))} is not ruled out"


def _inconclusive(verdict: OnsetVerdict, axis: str, metric: Metric) -> tuple[str, ...]:
    if len(verdict.compared_depths) < 3 or verdict.replicates[1] < 2:
        return ("There are not enough runs to tell.", "It takes at least 3 values with 2 replicates each.")
    bound = verdict.largest_drop_upper_bound
    upto = _not_ruled_out(", but", bound, metric)
    settle = ""
    if verdict.replicates_to_run:
        settle = f"About {count(verdict.replicates_to_run, 'replicate')} would settle it."
    elif verdict.replicates_needed and bound is not None:
        worst = metric.unit.fine_difference(max(bound, 0.0))
        settle = (
            f"More replicates would hardly help: if a {metric.worsening} of {worst} does not matter to you, the answer "
            "is no."
        )
    return (
        f"Not settled: {_reach(verdict, axis)}, no {metric.worsening} of test {metric.words} is shown{upto} "
        f"({level_text(1 - verdict.alpha)} bound).",
        *([settle] if settle else []),
    )


def _training_fails(verdict: OnsetVerdict, axis: str, metric: Metric) -> tuple[str, ...]:
    return (
        "That cannot be told: networks train worse on too much of the range.",
        f"{capital(trained_values(verdict, axis))}, and it takes 3.",
    )


_WORDS: dict[str, Callable[[OnsetVerdict, str, Metric], tuple[str, ...]]] = {
    "overfitting": _overfitting,
    "small fall": _small,
    "unsettled": _unsettled,
    "degradation": _degradation,
    "none": _none,
    "benign": _benign,
    "inconclusive": _inconclusive,
    "training fails": _training_fails,
}


def _sure(verdict: OnsetVerdict) -> str:
    assert verdict.interval is not None and verdict.certain_from is not None
    low, high = verdict.interval
    interval = f"{value_text(low)} only" if low == high else f"{value_text(low)} to {value_text(high)}"
    told = f"{level_text(1 - verdict.alpha)} interval {interval})"
    if verdict.certain_from == verdict.onset:
        return told
    return f"{told}, and for certain from {value_text(verdict.certain_from)} on"


def _size_unsure(verdict: OnsetVerdict) -> bool:
    """Whether a fall that all values together show is not shown between the two that its size is told of."""
    return verdict.test_drop_interval is not None and verdict.test_drop_interval[0] <= 0


def _drop(verdict: OnsetVerdict, metric: Metric) -> str:
    assert verdict.test_drop is not None
    if verdict.test_drop_interval is None:
        return metric.unit.fine_difference(verdict.test_drop)
    low, high = verdict.test_drop_interval
    return f"{metric.unit.fine_difference(verdict.test_drop)} ({metric.unit.number(low)} to {metric.unit.number(high)})"


def _ends(verdict: OnsetVerdict, axis: str) -> str:
    assert verdict.reference_depth is not None and verdict.drop_depth is not None
    return f"{value_text(verdict.reference_depth)} to {amount(verdict.drop_depth, axis)}"


def _reach(verdict: OnsetVerdict, axis: str) -> str:
    depths = verdict.compared_depths
    down = len(depths) > 1 and depths[-1] < depths[0]
    return f"{'down' if down else 'up'} to {amount(depths[-1], axis)}"


def _failing(verdict: OnsetVerdict) -> str:
    if verdict.training_fails_from is None:
        return ""
    return f"; from {value_text(verdict.training_fails_from)} on, training itself gets worse"


def _from(verdict: OnsetVerdict) -> str:
    return "" if verdict.training_fails_from is None else f" from {value_text(verdict.training_fails_from)} on"
