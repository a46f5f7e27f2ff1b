"""Is the network that people bring along worth keeping? The baseline against the pick, replicate by replicate."""

from __future__ import annotations

from collections.abc import Sequence

from study.analysis.findings import Findings, Panel, PickFinding, Point
from study.analysis.interval_words import LEAST, difference
from study.analysis.paired import Difference, paired_differences
from study.design.spec import DEFAULT
from study.records.trials import of_split
from study.words import whole


def beside(findings: Findings) -> str:
    """What the baseline of a study is called where a reply speaks of it."""
    return "the default setting" if findings.facts.spec.baseline == DEFAULT else "the baseline"


def baseline_question(panels: Sequence[Panel], findings: Findings) -> str:
    """The question, with the name of the baseline where the panels have one and the same."""
    names = {panel.baseline.configuration.label for panel in panels if panel.baseline is not None}
    return f"Keep {beside(findings)}, {names.pop()}?" if len(names) == 1 else f"Keep {beside(findings)}?"


def baseline_words(panel: Panel, pick: PickFinding | None) -> tuple[str, ...]:
    """Whether to keep the baseline and why; none where there is none, or nothing to hold it against."""
    if panel.baseline is None or panel.baseline.test.mean is None or pick is None or pick.caution:
        return ()
    chosen = next((point for point in panel.points if point.value == pick.chosen.value), None)
    if chosen is None or chosen.configuration == panel.baseline.configuration:
        return ("Keep it: it is the network to use.",)
    found = beyond_baseline(panel, chosen, panel.baseline)
    name, interval = pick.chosen.name, found.interval
    if interval.low is None or interval.high is None or interval.n < LEAST:
        return (f"That cannot be told: it takes {LEAST} replicates of both.",)
    metric = panel.metric
    size, of = difference(interval, metric.unit, sign=True), f"of test {metric.words}"
    by = f"{size} {of}, n = {interval.n}"
    better, worse = ("higher", "lower") if metric.larger_is_better else ("lower", "higher")
    if max(-interval.low, interval.high) < panel.margin:
        decided = (
            f"Either will do: {name} differs from {panel.baseline.configuration.label} by {size} {of} "
            f"(n = {interval.n}), less than the margin of {metric.unit.chosen(panel.margin)}."
        )
    elif found.outcome == better:
        decided = f"Replace it: {name} is better ({by})."
    elif found.outcome == worse:
        decided = f"Keep it: {name} is worse ({by})."
    else:
        decided = f"Not settled: {name} is not shown to be better or worse; it differs by {by}."
    return (decided, _size(name, chosen, panel.baseline))


def beyond_baseline(panel: Panel, chosen: Point, baseline: Point) -> Difference:
    """A network minus the baseline on test, over the replicates of both."""
    change = of_split(chosen.accuracy - baseline.accuracy, "test")
    items = None
    if chosen.answers is not None and baseline.answers is not None:
        items = chosen.answers.table() - baseline.answers.table()
    return paired_differences([change], panel.alpha, [items], [panel.sampling])[0]


def _size(name: str, chosen: Point, baseline: Point) -> str:
    """How many parameters each has."""
    one, other = chosen.parameters, baseline.parameters
    if one == other:
        return f"Both have {whole(one)} parameters."
    return f"{name} has {'fewer' if one < other else 'more'} parameters, {whole(one)} against {whole(other)}."
