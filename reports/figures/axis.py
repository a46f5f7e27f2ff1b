"""Where the values of the scientific axis stand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from study.analysis.place_words import axis_words, place_words
from study.words import value_text

if TYPE_CHECKING:
    from study.analysis.findings import Panel, Point


@dataclass(frozen=True, slots=True)
class Axis:
    """The horizontal axis: ``values`` in the order of the study, rising or falling, and what is written below them.

    ``log`` says that positions are decimal logarithms of the values. ``beside`` is the position of the
    baseline, which stands right of the axis, with ``beside_text`` below it; None without a baseline.
    ``names`` stand for values that have no order, between which no line leads; empty for a true axis. Panels that share
    a scale have the values of all of them in ``scale`` and one drawn range in ``reach``.
    """

    label: str
    values: tuple[float, ...]
    log: bool
    beside: float | None
    beside_text: str
    names: tuple[str, ...] = ()
    scale: tuple[float, ...] = ()
    reach: tuple[float, float] | None = None

    def name(self, value: float) -> str:
        """What is written for one of the values."""
        return self.names[self.values.index(value)] if self.names else value_text(value)

    def position(self, value: float) -> float:
        """Where ``value`` stands on the drawn axis."""
        return math.log10(value) if self.log else float(value)

    @property
    def ends(self) -> tuple[float, float]:
        """The positions of the outermost values of the scale."""
        places = [self.position(v) for v in self.scale or self.values] or [0.0]
        return min(places), max(places)

    @property
    def span(self) -> float:
        """Distance between the outermost values, 1 for a single one."""
        low, high = self.ends
        return (high - low) or 1.0

    @property
    def limits(self) -> tuple[float, float]:
        """The drawn range, with room for half a marker at both ends."""
        if self.reach is not None:
            return self.reach
        low, high = self.ends
        right = high if self.beside is None else self.beside
        room = 0.06 * self.span if right > low else 0.5 * self.span
        return low - room, right + room

    @property
    def half_step(self) -> float:
        """Half the distance between the closest values: how far shading reaches past a value it includes."""
        places = sorted(self.position(v) for v in self.values)
        steps = [b - a for a, b in pairwise(places) if b > a]
        return 0.5 * min(steps) if steps else 0.25

    def zone(self, first: float, last: float) -> tuple[float, float]:
        """The ends, left and right, of shading that holds the values from ``first`` to ``last``."""
        ends = self.position(first), self.position(last)
        return min(ends) - self.half_step, max(ends) + self.half_step

    def ticks(self) -> tuple[list[float], list[str]]:
        """Positions and texts of the ticks: names where all have room, else numbers, thinned so that no two meet."""
        kept = self._apart(self.names)
        if len(kept) < len(self.names) or not self.names:
            kept = self._apart([value_text(v) for v in self.scale or self.values])
        if self.beside is not None:  # one line lower, where it cannot meet the last value
            kept.append((self.beside, f"<br>{self.beside_text}"))
        return [p for p, _ in kept], [t for _, t in kept]

    def _apart(self, texts: Sequence[str]) -> list[tuple[float, str]]:
        """Positions and those of the ``texts`` that have room, from the last one on."""
        low, high = self.limits
        places = zip(map(self.position, self.scale or self.values), texts, strict=False)
        kept: list[tuple[float, str]] = []
        for place, text in sorted(places, reverse=True):
            # a digit takes up to 1.3 % of the narrowest panel
            room = 0.013 * (high - low) * (len(text) + len(kept[-1][1]) + 1) if kept else 0.0
            if not kept or kept[-1][0] - place >= room:
                kept.append((place, text))
        return kept[::-1]


def axis_of(panel: Panel) -> Axis:
    """The axis of a panel: logarithmic where the values span more than a factor of 20."""
    values = tuple(float(p.value) for p in panel.points)
    names = () if panel.has_axis else tuple(_name(panel, p) for p in panel.points)
    axis = Axis(axis_words(panel), values, panel.has_axis and spans_decades(values), None, "", names)
    if panel.baseline is None or not values:
        return axis
    return replace(axis, beside=_beside(axis), beside_text=panel.baseline.label)


def _name(panel: Panel, point: Point) -> str:
    """``2 (1x128)`` for a candidate; the only network by its name alone."""
    place = place_words(panel, point, short=True)
    return place if len(panel.points) == 1 else f"{place} ({point.label})"


def on_one_scale(axes: Sequence[Axis]) -> tuple[Axis, ...]:
    """The axes with one range and the same ticks for all that have the same label; those of names stay as they are."""
    scales: dict[str, set[float]] = {}
    for axis in axes:
        if not axis.names:
            scales.setdefault(axis.label, set()).update(axis.values)
    shared = []
    for axis in axes:
        if not axis.names:
            scale = tuple(sorted(scales[axis.label]))
            axis = replace(axis, scale=scale, log=spans_decades(scale))
            axis = replace(axis, beside=None if axis.beside is None else _beside(axis))
        shared.append(axis)
    ends = {label: [a.limits for a in shared if a.label == label and not a.names] for label in scales}
    reaches = {label: (min(low for low, _ in both), max(high for _, high in both)) for label, both in ends.items()}
    return tuple(axis if axis.names else replace(axis, reach=reaches[axis.label]) for axis in shared)


def spans_decades(values: Sequence[float]) -> bool:
    """Whether values are drawn at their logarithms: where they span more than a factor of 20."""
    return bool(values) and min(values) > 0 and max(values) / min(values) > 20


def _beside(axis: Axis) -> float:
    return axis.ends[1] + 0.17 * axis.span


def round_step(span: float) -> float:
    """The smallest of 1, 2, 2.5 and 5 times a power of ten that is at least ``span``."""
    unit = 10.0 ** math.floor(math.log10(span))
    return next(m * unit for m in (1, 2, 2.5, 5, 10) if m * unit >= span)


def padded(values: list[float], ceiling: float | None = None) -> tuple[float, float]:
    """A range around ``values`` with 6 % of room, not beyond ``ceiling`` by more than its markers need."""
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    room = 0.06 * ((high - low) or 0.02)
    top = high + room
    return low - room, top if ceiling is None else min(top, ceiling + 0.5 * room)
