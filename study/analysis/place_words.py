"""How the places of an axis are written: its label, one of its values, an interval of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.words import amount, value_text

if TYPE_CHECKING:
    from study.analysis.findings import Panel, Point


def axis_words(panel: Panel) -> str:
    """What the values of a panel are: of its axis, or what stands in its place."""
    if panel.has_axis:
        return panel.axis_label
    return "candidate" if len(panel.points) > 1 else "network"


def place_words(panel: Panel, point: Point, *, short: bool = False) -> str:
    """A point by its value in words: ``3 hidden layers``, ``candidate 1: 2x64``, or the only network by its name.

    ``short`` leaves out what an axis says beside it.
    """
    if panel.has_axis:
        return value_text(point.value) if short else amount(point.value, panel.axis_label)
    if len(panel.points) == 1:
        return point.label
    place = value_text(point.value)
    return place if short else f"candidate {place}: {point.label}"


def named_points(panel: Panel) -> list[tuple[str, Point]]:
    """The points of a panel with their values in words, the baseline last."""
    named = [(place_words(panel, point), point) for point in panel.points]
    if panel.baseline is not None:
        named.append((f"baseline {panel.baseline.label}", panel.baseline))
    return named


def interval_text(interval: tuple[float, float]) -> str:
    """``4–6``, or ``6 only`` where both ends meet."""
    low, high = interval
    return f"{value_text(low)} only" if low == high else f"{value_text(low)}–{value_text(high)}"
