"""Panels of one axis side by side on a shared vertical scale: what the depth and the gap figure have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports.figures.axis import Axis
from reports.figures.estimates import Series, add_series, hundredfold, set_axes
from reports.figures.marks import ROW, Marks, add_marks, lines_of
from reports.figures.theme import Palette, Sign, template

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class SweepPanel:
    """One panel: series along the axis, in [0, 1], and the marks on it; ``y_range`` fits this panel alone."""

    name: str
    axis: Axis
    series: tuple[Series, ...]
    marks: Marks
    y_range: tuple[float, float]


@dataclass(frozen=True, slots=True)
class SweepData:
    """The panels in order; ``y_range`` is the vertical range that they share."""

    panels: tuple[SweepPanel, ...]
    y_range: tuple[float, float]


def shared_range(panels: Sequence[SweepPanel]) -> tuple[float, float]:
    """The smallest vertical range that holds every panel."""
    if not panels:
        return 0.0, 1.0
    return min(p.y_range[0] for p in panels), max(p.y_range[1] for p in panels)


def draw_sweep(
    data: SweepData,
    styles: dict[str, tuple[str, Sign, float]],
    y_title: str,
    palette: Palette,
    *,
    bare: bool,
    plot_height: int,
    difference: bool = False,
) -> go.Figure:
    """Panels side by side on one vertical scale; ``styles`` gives (colour, sign, shift) by series name."""
    from plotly.subplots import make_subplots

    columns = max(1, len(data.panels))
    titles = None if bare else [p.name for p in data.panels]
    figure = make_subplots(rows=1, cols=columns, shared_yaxes=True, subplot_titles=titles, horizontal_spacing=0.04)
    rows = max((len(lines_of(p.marks)) for p in data.panels), default=0)
    top, bottom = 8 + rows * ROW, 52
    if not bare:
        figure.update_annotations(yshift=rows * ROW + 6)
        top, bottom = top + 28, bottom + 36
    for column, panel in enumerate(data.panels, start=1):
        set_axes(figure, panel.axis, data.y_range, y_title, column)
        add_marks(figure, panel.axis, panel.marks, palette, column, plot_height)
        for series in panel.series:
            colour, sign, shift = styles[series.name]
            add_series(
                figure,
                panel.axis,
                series,
                colour=colour,
                sign=sign,
                shift=shift,
                column=column,
                show_legend=not bare and column == 1 and len(panel.series) > 1,
                difference=difference,
            )
    if not data.panels:
        figure.add_annotation(text="no finished trial yet", showarrow=False, x=0.5, y=0.5)
    figure.update_layout(
        template=template(palette),
        height=plot_height + top + bottom,
        margin={"l": 52, "r": 10, "t": top, "b": bottom},
        hovermode="closest",
    )
    if len(data.panels) == 1:
        figure.update_layout(meta={"own": [hundredfold(v) for v in data.panels[0].y_range]})
    return figure
