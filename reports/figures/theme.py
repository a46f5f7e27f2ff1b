"""One palette and one set of signs for every figure and for the page.

Blue, grey and vermilion stay apart under the three common forms of colour blindness; symbol and dash repeat
what colour says. Figures are drawn in the light palette; the page swaps its colours for the dark ones.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by role, as ``#rrggbb``; no two roles share one, so that the page can swap palettes by colour.

    ``first`` to ``third`` tell lines apart that are no splits.
    """

    paper: str
    ink: str
    muted: str
    line: str
    grid: str
    highlight: str
    shade: str
    failing: str
    train: str
    validation: str
    test: str
    first: str
    second: str
    third: str


LIGHT = Palette(
    paper="#ffffff",
    ink="#1b1f24",
    muted="#59616b",
    line="#9aa3ad",
    grid="#e7eaee",
    highlight="#e8b200",
    shade="#f0c84a",
    failing="#8b929b",
    train="#0072b2",
    validation="#6b7280",
    test="#c44e00",
    first="#7a3e9d",
    second="#1f7a4c",
    third="#8a6d00",
)
DARK = Palette(
    paper="#14171c",
    ink="#e8eaed",
    muted="#a7afba",
    line="#5c6570",
    grid="#2a3038",
    highlight="#d9a800",
    shade="#75590a",
    failing="#7d8691",
    train="#56b4e9",
    validation="#a3abb8",
    test="#f08a3c",
    first="#c39be0",
    second="#6cc59a",
    third="#d6b84a",
)


@dataclass(frozen=True, slots=True)
class Sign:
    """How a split is drawn, besides its colour."""

    symbol: str
    dash: str


SIGNS = {
    "train": Sign("circle", "solid"),
    "validation": Sign("diamond", "dash"),
    "test": Sign("square", "solid"),
}

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif"


def template(palette: Palette) -> dict[str, Any]:
    """Plotly template of quiet axes in ``palette``; the page embeds it once for all figures."""
    axis = {
        "gridcolor": palette.grid,
        "linecolor": palette.line,
        "tickcolor": palette.line,
        "tickfont": {"color": palette.muted},
        "title": {"font": {"color": palette.ink, "size": 13}, "standoff": 8},
        "zeroline": False,
        "automargin": True,
    }
    return {
        "layout": {
            "font": {"family": FONT, "size": 13, "color": palette.ink},
            "paper_bgcolor": palette.paper,
            "plot_bgcolor": palette.paper,
            "xaxis": {**axis, "showgrid": False, "showline": True, "ticks": "outside", "ticklen": 4},
            "yaxis": {**axis, "showgrid": True},
            "hoverlabel": {
                "bgcolor": palette.paper,
                "bordercolor": palette.line,
                "font": {"color": palette.ink, "family": FONT},
            },
            "legend": {"orientation": "h", "y": -0.22, "x": 0},
            "dragmode": False,
        }
    }


def dark_colours() -> dict[str, str]:
    """The dark colour for each light one."""
    dark = asdict(DARK)
    return {colour: dark[role] for role, colour in asdict(LIGHT).items()}
