"""Panels side by side, their titles, short numbers, the empty figure, and the step from JSON to a Plotly figure."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Any

from reports.figures.theme import Palette, template

if TYPE_CHECKING:
    import plotly.graph_objects as go

GUTTER = 0.04  # of the figure's width, between two panels


def columns_of(count: int, gutter: float = GUTTER) -> list[tuple[float, float]]:
    """The horizontal domains of ``count`` panels side by side, ``gutter`` of the width apart."""
    gutter = min(gutter, 0.3 / max(count, 1))
    width = (1 - gutter * (count - 1)) / max(count, 1)
    starts = [i * (width + gutter) for i in range(count)]
    return [(round(s, 5), round(min(1.0, s + width), 5)) for s in starts]


def rounded(value: float | None, digits: int = 5) -> float | None:
    """``value`` for a figure's JSON: short, and None where it is not finite."""
    return None if value is None or not math.isfinite(value) else round(float(value), digits)


def short_name(text: str) -> str:
    """A name of a class for an axis: bounded, and without markup."""
    return escape(text if len(text) <= 18 else f"{text[:17]}…")


def title_words(text: str, domain: tuple[float, float], rise: int) -> dict[str, Any]:
    """A panel's title, ``rise`` pixels above it."""
    return {
        "text": f"<b>{escape(text)}</b>",
        "x": domain[0],
        "y": 1,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": rise,
        "showarrow": False,
    }


def empty_layout(palette: Palette) -> dict[str, Any]:
    """The layout of a figure for which there is no data yet."""
    words = {
        "text": "no data yet",
        "x": 0.5,
        "y": 0.5,
        "xref": "paper",
        "yref": "paper",
        "showarrow": False,
        "font": {"color": palette.muted},
    }
    return {"annotations": [words], "height": 200, "xaxis": {"visible": False}, "yaxis": {"visible": False}}


def to_figure(drawing: dict[str, Any], palette: Palette) -> go.Figure:
    """A drawing as a figure for a notebook.

    Figures are drawn as plain JSON because Plotly's own objects take 0.2 s a small panel, most of a report's time.
    """
    import plotly.graph_objects as go

    return go.Figure({**drawing, "layout": {**drawing["layout"], "template": template(palette)}})
