"""From where a panel suffers, metric by metric, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from study.analysis.findings import MetricFinding
from study.analysis.onset.verdict import OnsetVerdict
from study.records.metrics import Metric
from study.words import amount, capital, level_text, listed, value_text


def by_metric(metric: Metric, verdict: OnsetVerdict | None, beside: Sequence[MetricFinding], axis_label: str) -> str:
    """``By cross-entropy, overfitting starts at 1 hidden layer (1 to 2); by accuracy, at 6 hidden layers (4 to 8).``

    The metric that decides comes first, and those of which the same is said stand together. Empty where there is only
    that one, or no axis.
    """
    if verdict is None or not beside:
        return ""
    said: dict[str, list[str]] = {}
    for words, where in (
        (metric.words, _where(verdict, axis_label)),
        *((one.metric.words, _said(one, axis_label)) for one in beside),
    ):
        said.setdefault(where, []).append(words)
    parts = "; ".join(f"by {listed(words)}, {where}" for where, words in said.items())
    return f"{capital(parts)} ({level_text(1 - verdict.alpha)} intervals)."


def _said(finding: MetricFinding, axis_label: str) -> str:
    return finding.withheld if finding.verdict is None else _where(finding.verdict, axis_label)


def _where(verdict: OnsetVerdict, axis_label: str) -> str:
    """From where one metric suffers."""
    if verdict.outcome in ("overfitting", "unsettled"):
        assert verdict.onset is not None and verdict.interval is not None
        low, high = map(value_text, verdict.interval)
        starts = "overfitting starts" if verdict.kind == "overfitting" else "it gets worse, cause not settled,"
        interval = f"{low} only" if low == high else f"{low} to {high}"
        return f"{starts} at {amount(verdict.onset, axis_label)} ({interval})"
    if verdict.outcome == "small fall":
        return "it gets worse by less than the margin"
    if verdict.kind in ("none", "benign"):
        return f"it does not suffer up to {value_text(verdict.compared_depths[-1])}"
    if verdict.kind == "degradation":
        return "training itself gets worse"
    return "training itself gets worse" if verdict.kind == "training fails" else "it is not settled"
