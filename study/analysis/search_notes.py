"""What is to be known of how searches went, in words: those that ended early, those that could not tell anything."""

from __future__ import annotations

from study.analysis.search_findings import SearchFinding
from study.records.metrics import Metric


def early_sentence(found: SearchFinding, metric: Metric) -> str:
    """How many searches ended early, after how many trials, and why; empty where none did."""
    early = [cell.early for cell in found.cells if cell.early is not None]
    if not early:
        return ""
    unit, most = metric.unit, max(one.planned for one in early)
    largest = max(early, key=lambda one: one.gain)
    gain, margin = unit.fine_difference(largest.gain), largest.margin
    first, last = min(one.after for one in early), max(one.after for one in early)
    after = f"after {first if first == last else f'{first} to {last}'} of {most} trials"
    whose = "The search" if len(found.cells) == 1 else f"{len(early)} of {len(found.cells)} searches"
    gained = f"{gain} of validation {metric.words}{' at most' if len(early) > 1 else ''}"
    return (
        f"{whose} ended {after}: the step before, as large as the one left, had gained {gained}, less than half of the "
        f"margin of {unit.chosen(margin)}. search.stop = false runs them all."
    )


def tied_sentence(found: SearchFinding, metric: Metric) -> str:
    """In how many searches all trials came to the same; empty where none did."""
    tied = sum(cell.tied for cell in found.cells)
    if not tied:
        return ""
    where = "All" if len(found.cells) == 1 else f"In {tied} of {len(found.cells)} searches all"
    return (
        f"{where} trials reached the same {metric.words} on validation, which could not tell them apart: what was "
        "chosen there is not shown to be better than the rest."
    )
