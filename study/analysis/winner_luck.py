"""How much of what searches saw of their winners was luck: on the splits of the searches, and on fresh replicates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from study.analysis.findings import Panel
from study.analysis.interval_words import LEAST
from study.analysis.search_findings import CellFinding
from study.analysis.t_intervals import t_interval
from study.records.intervals import Interval
from study.records.metrics import Metric


def winners_luck(panels: Sequence[Panel]) -> Interval | None:
    """By how much winners are worse on validation of fresh replicates than in their searches: mean over searches.

    The interval is Student's over searches. None where no winner has been run again.
    """
    lost = [one for panel in panels for cell in panel.searches if (one := _lost(panel, cell)) is not None]
    return t_interval(np.array(lost)) if lost else None


def luck_sentence(luck: Interval | None, metric: Metric) -> str:
    """What is said of it; empty where nothing is known."""
    if luck is None or luck.mean is None:
        return ""
    unit = metric.unit
    whose = "the winner was" if luck.n == 1 else f"winners of {luck.n} searches were on average"
    lucky = luck.mean > 0
    shown = luck if lucky else luck.turned
    spread = ""
    if shown.n >= LEAST and shown.low is not None and shown.high is not None:
        spread = f" (95 % interval {unit.number(shown.low)} to {unit.number(shown.high)})"
    by = f"{'better' if lucky else 'worse'} by {unit.fine_difference(abs(luck.mean))}{spread}"
    what = (
        "so much of what the search saw was luck, and nothing of it is reported"
        if lucky
        else "what the search promised was kept"
    )
    return f"On validation, {whose} {by} in the search than on fresh replicates: {what}."


def _lost(panel: Panel, cell: CellFinding) -> float | None:
    """What a search's best has lost; None where it is not over, or its best has not run again."""
    if not cell.over or cell.best is None or cell.best.accuracy is None:
        return None
    points = [panel.baseline] if cell.baseline else [p for p in panel.points if cell.value in (None, p.value)]
    point = points[0] if points else None
    winners = () if point is None else point.winners
    if cell.number >= len(winners) or (winner := winners[cell.number]) is None or winner.validation.mean is None:
        return None
    return float(panel.metric.turned(cell.best.accuracy) - panel.metric.turned(winner.validation.mean))
