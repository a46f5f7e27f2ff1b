"""What trials of another program reported on their way: one line a trial, the best of them drawn strong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reports.figures.axis import padded
from reports.figures.canvas import empty_layout
from reports.figures.estimates import scaled
from reports.figures.parallel import FAINTEST, MANY
from reports.figures.theme import LIGHT, Palette
from study.records.metrics import Metric

HEIGHT = 260


@dataclass(frozen=True, slots=True)
class ReportedCurve:
    """One trial: its number, and the ``values`` (E,) that it reported at ``steps`` (E,), None where not finite."""

    number: int
    steps: tuple[int, ...]
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class ReportedCurves:
    """The curves of trials, ``best`` the one with the best value at its end, None where that left no curve."""

    others: tuple[ReportedCurve, ...]
    best: ReportedCurve | None
    metric: Metric

    def draw(self, palette: Palette = LIGHT, *, bare: bool = False) -> dict[str, Any]:
        """Plotly's JSON; there is nothing for ``bare`` to leave out."""
        curves = [*self.others, *([self.best] if self.best else [])]
        known = [value for curve in curves for value in curve.values if value is not None]
        if not known:
            return {"data": [], "layout": empty_layout(palette)}
        unit = self.metric.unit
        layout: dict[str, Any] = {
            "height": HEIGHT,
            "margin": {"l": 56, "r": 10, "t": 8, "b": 46},
            "showlegend": False,
            "hovermode": "closest",
            "xaxis": {"title": {"text": "step"}, "nticks": 8},
            "yaxis": {
                "title": {"text": f"{self.metric.words}{unit.of_values}"},
                "range": [scaled(v, unit) for v in padded(known)],
            },
        }
        alpha = max(FAINTEST, 0.7 * min(1.0, MANY / max(len(self.others), 1)))
        faint = {
            "type": "scatter",
            "x": [x for curve in self.others for x in (*curve.steps, None)],
            "y": [y for curve in self.others for y in (*(scaled(v, unit) for v in curve.values), None)],
            "mode": "lines",
            "line": {"color": f"{palette.muted}{round(255 * alpha):02x}", "width": 1},
            "hoverinfo": "skip",
            "name": "trials",
        }
        return {"data": [faint, *([self._strong(self.best, palette)] if self.best else [])], "layout": layout}

    def _strong(self, curve: ReportedCurve, palette: Palette) -> dict[str, Any]:
        return {
            "type": "scatter",
            "x": list(curve.steps),
            "y": [scaled(v, self.metric.unit) for v in curve.values],
            "mode": "lines",
            "line": {"color": palette.validation, "width": 2},
            "hovertemplate": f"trial {curve.number}, step %{{x}}: %{{y}}{self.metric.unit.suffix}<extra></extra>",
            "name": "best",
        }
