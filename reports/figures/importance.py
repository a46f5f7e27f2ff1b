"""Which hyperparameter mattered: its share of the variance between trials, on validation and for the gap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.figures.canvas import columns_of, empty_layout, to_figure
from reports.figures.estimates import axis_names, hundredfold
from reports.figures.theme import LIGHT, Palette
from study.design.setting_words import title
from study.words import percent_text

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from study.analysis.findings import Findings

TITLES = ("validation, %", "gap, %")
ROW_HEIGHT = 30


@dataclass(frozen=True, slots=True)
class ImportanceRow:
    """One hyperparameter: its shares in [0, 1], means over ``cells`` searches, with how far single ones lie apart."""

    title: str
    accuracy: float
    gap: float
    cells: int
    accuracy_range: tuple[float, float] | None = None
    gap_range: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class ImportanceData:
    """The hyperparameters, the most important one on validation first."""

    rows: tuple[ImportanceRow, ...]

    def draw(self, palette: Palette = LIGHT, *, bare: bool = False) -> dict[str, Any]:
        """Plotly's JSON: one row a hyperparameter, a bar for validation and one for the gap."""
        if not self.rows:
            return {"data": [], "layout": empty_layout(palette)}
        layout: dict[str, Any] = {
            "height": 60 + ROW_HEIGHT * len(self.rows),
            "margin": {"l": 8, "r": 10, "t": 8, "b": 52},
            "showlegend": False,
            "hovermode": "closest",
            "bargap": 0.45,
        }
        ends = [one[1] for row in self.rows for one in (row.accuracy_range, row.gap_range) if one is not None]
        longest = max([*ends, *(max(row.accuracy, row.gap) for row in self.rows)])
        traces = []
        for column, (text, domain) in enumerate(zip(TITLES, columns_of(2, gutter=0.08), strict=True), start=1):
            names = axis_names(column)
            quantity = text.removesuffix(", %")
            shares = [row.accuracy if column == 1 else row.gap for row in self.rows]
            ranges = [row.accuracy_range if column == 1 else row.gap_range for row in self.rows]
            reach = [one or (share, share) for one, share in zip(ranges, shares, strict=True)]
            layout[names["xaxis"].replace("x", "xaxis")] = {
                "title": {"text": text},
                "domain": list(domain),
                "anchor": names["yaxis"],
                "range": [0, hundredfold(1.05 * longest or 1.0)],
                "showgrid": True,
                "nticks": 4,
                "tickangle": 0,
            }
            layout[names["yaxis"].replace("y", "yaxis")] = {
                "anchor": names["xaxis"],
                "tickvals": list(range(len(self.rows))),
                "ticktext": [row.title for row in self.rows],
                "range": [len(self.rows) - 0.5, -0.5],
                "showgrid": False,
                "showticklabels": column == 1,
            }
            traces.append(
                {
                    "type": "bar",
                    **names,
                    "orientation": "h",
                    "x": [hundredfold(share) for share in shares],
                    "y": list(range(len(self.rows))),
                    "marker": {"color": palette.validation if column == 1 else palette.ink},
                    "error_x": {
                        "type": "data",
                        "symmetric": False,
                        "array": [hundredfold(high - share) for share, (_, high) in zip(shares, reach, strict=True)],
                        "arrayminus": [hundredfold(share - low) for share, (low, _) in zip(shares, reach, strict=True)],
                        "color": palette.highlight,
                        "thickness": 2,
                        "width": 5,
                    },
                    "hovertext": [
                        f"{row.title}: {percent_text(share, 0)} of the variance of {quantity}, n = {row.cells}"
                        for row, share in zip(self.rows, shares, strict=True)
                    ],
                    "hoverinfo": "text",
                    "name": text,
                }
            )
        return {"data": traces, "layout": layout}


def collect(findings: Findings) -> ImportanceData:
    """The importance of each hyperparameter that every trial had; no rows where it could not be computed."""
    found = () if findings.search is None else findings.search.importance
    return ImportanceData(
        tuple(
            ImportanceRow(title(i.parameter), i.accuracy, i.gap, i.cells, i.accuracy_range, i.gap_range) for i in found
        )
    )


def importance_figure(findings: Findings, palette: Palette = LIGHT) -> go.Figure:
    """The importance of each hyperparameter on validation and for the gap, ready to show."""
    return to_figure(collect(findings).draw(palette), palette)
