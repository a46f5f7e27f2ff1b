"""Panels of one axis side by side on a shared vertical scale: what the depth and the gap figure have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self, TypeVar

from reports.figures.axis import Axis, on_one_scale
from reports.figures.canvas import columns_of, empty_layout, rounded, title_words
from reports.figures.estimates import Series, area_between, axis_names, scaled, series_traces
from reports.figures.marks import ROW, Marks, lines_of, mark_shapes
from reports.figures.theme import Palette, Sign
from study.records.metrics import Metric


@dataclass(frozen=True, slots=True)
class SweepPanel:
    """One panel: series along the axis, and the marks on it; ``y_range`` fits this panel alone."""

    name: str
    axis: Axis
    series: tuple[Series, ...]
    marks: Marks
    y_range: tuple[float, float]


@dataclass(frozen=True, slots=True)
class SweepData:
    """The panels in order, those of one axis on one scale; each of the two figures draws them in its own way.

    They share the ``metric``, the vertical range ``y_range`` and the room for ``mark_rows`` of words.
    """

    panels: tuple[SweepPanel, ...]
    metric: Metric
    y_range: tuple[float, float]
    mark_rows: int

    def only(self, panel: SweepPanel) -> Self:
        """One panel on the scale that it shares with the others."""
        return replace(self, panels=(panel,))


Sweep = TypeVar("Sweep", bound=SweepData)


def sweep_of(panels: Sequence[SweepPanel], metric: Metric, kind: type[Sweep]) -> Sweep:
    """The panels on the smallest scales that hold them all, as the data of one of the two figures."""
    axes = on_one_scale([panel.axis for panel in panels])
    panels = [replace(panel, axis=axis) for panel, axis in zip(panels, axes, strict=True)]
    low = min((p.y_range[0] for p in panels), default=0.0)
    high = max((p.y_range[1] for p in panels), default=1.0)
    return kind(tuple(panels), metric, (low, high), max((len(lines_of(p.marks)) for p in panels), default=0))


def draw_sweep(
    data: SweepData,
    styles: Mapping[str, tuple[str, Sign, float]],
    y_title: str,
    palette: Palette,
    *,
    bare: bool,
    plot_height: int,
    gap: bool = False,
    between: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """Plotly's JSON of the panels side by side; ``styles`` gives (colour, sign, shift) by series name.

    The area ``between`` two of the series is shaded.
    """
    if not data.panels:
        return {"data": [], "layout": empty_layout(palette)}
    top, bottom = 8 + data.mark_rows * ROW + (0 if bare else 28), 52 if bare else 88
    layout: dict[str, Any] = {
        "shapes": [],
        "annotations": [],
        "height": plot_height + top + bottom,
        "margin": {"l": 56, "r": 10, "t": top, "b": bottom},
        "hovermode": "closest",
        "showlegend": not bare and len(data.panels[0].series) > 1,
    }
    traces, unit = [], data.metric.unit
    for column, (panel, domain) in enumerate(zip(data.panels, columns_of(len(data.panels)), strict=True), start=1):
        names = axis_names(column)
        layout[names["xaxis"].replace("x", "xaxis")] = _x_axis(panel.axis, domain, names["yaxis"])
        layout[names["yaxis"].replace("y", "yaxis")] = {
            "range": [scaled(v, unit) for v in data.y_range],
            "anchor": names["xaxis"],
            **({"title": {"text": y_title}} if column == 1 else {"matches": "y", "showticklabels": False}),
        }
        shapes, words = mark_shapes(panel.axis, panel.marks, palette, column, plot_height)
        layout["shapes"] += shapes
        layout["annotations"] += words
        if not bare:
            layout["annotations"].append(title_words(panel.name, domain, data.mark_rows * ROW + 6))
        if between is not None and not panel.axis.names:
            upper, lower = (next(s for s in panel.series if s.name == name) for name in between)
            traces += area_between(panel.axis, upper, lower, unit, colour=palette.test, column=column)
        for series in panel.series:
            colour, sign, shift = styles[series.name]
            traces += series_traces(
                panel.axis, series, unit, colour=colour, sign=sign, shift=shift, column=column, gap=gap
            )
    if len(data.panels) == 1:
        layout["meta"] = {"own": [scaled(v, unit) for v in data.panels[0].y_range]}
    return {"data": traces, "layout": layout}


def _x_axis(axis: Axis, domain: tuple[float, float], anchor: str) -> dict[str, Any]:
    ticks, texts = axis.ticks()
    return {
        "title": {"text": axis.label},
        "tickvals": [rounded(t) for t in ticks],
        "ticktext": texts,
        "tickangle": 0,
        "range": [rounded(v) for v in axis.limits],
        "domain": list(domain),
        "anchor": anchor,
    }
