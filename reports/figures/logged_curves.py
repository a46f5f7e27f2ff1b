"""The curves of one run of another program: accuracy and loss, training and validation, as far as they were logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from reports.figures.axis import padded
from reports.figures.canvas import empty_layout, rounded
from reports.figures.estimates import axis_names
from reports.figures.theme import LIGHT, SIGNS, Palette
from study.analysis.run_diagnosis import RunDiagnosis

HEIGHT = 150  # pixels of a row
MOST_POINTS = 300  # of a curve: more are no wider than a line

Curve = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class LoggedCurves:
    """The rows of one run that were logged: a title and the curves of its parts, (E,) each; accuracies in percent.

    ``places`` (E,) are in ``unit``. ``kept`` is what early stopping keeps; from ``overfits_from`` on it overfits.
    """

    unit: str
    places: tuple[int, ...]
    rows: tuple[tuple[str, tuple[tuple[str, Curve], ...]], ...]
    kept: int | None
    overfits_from: int | None

    def draw(self, palette: Palette = LIGHT, *, bare: bool = False) -> dict[str, Any]:
        """Plotly's JSON, one row for accuracy and one for loss; ``bare`` leaves out the legend."""
        if not self.rows:
            return {"data": [], "layout": empty_layout(palette)}
        layout: dict[str, Any] = {
            "height": HEIGHT * len(self.rows) + 50 + (0 if bare else 60),
            "margin": {"l": 56, "r": 8, "t": 6, "b": 40 if bare else 84},
            "hovermode": "closest",
            "showlegend": not bare,
            "shapes": [],
        }
        traces: list[dict[str, Any]] = []
        for row, (title, curves) in enumerate(self.rows):
            names = axis_names(row + 1)
            x, y = names["xaxis"], names["yaxis"]
            share = 1 / len(self.rows)
            last = row == len(self.rows) - 1
            known = [value for _, curve in curves for value in curve if value is not None]
            layout[x.replace("x", "xaxis")] = {
                "anchor": y,
                "range": [0, 1.02 * self.places[-1]],
                **({"title": {"text": self.unit, "font": {"size": 12}}} if last else {"showticklabels": False}),
            }
            layout[y.replace("y", "yaxis")] = {
                "anchor": x,
                "domain": [1 - (row + 1) * share + (0 if last else 0.06), 1 - row * share],
                "range": [rounded(value, 4) for value in padded(known)],
                "title": {"text": title, "font": {"size": 12}},
                "nticks": 5,
            }
            layout["shapes"] += self._rising(palette, names)
            for part, curve in curves:
                traces.append(self._line(part, curve, palette, {**names, "showlegend": row == 0}))
                if part == "validation" and self.kept in self.places:
                    traces.append(self._kept(curve, palette, names))
        return {"data": traces, "layout": layout}

    def _line(self, part: str, curve: Curve, palette: Palette, common: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "scatter",
            **common,
            "x": list(self.places),
            "y": list(curve),
            "mode": "lines" if len(self.places) > 1 else "markers",
            "line": {"color": getattr(palette, part), "dash": SIGNS[part].dash, "width": 1.6},
            "hovertemplate": f"{part}, {self.unit} %{{x}}: %{{y}}<extra></extra>",
            "name": part,
            "legendgroup": part,
        }

    def _kept(self, curve: Curve, palette: Palette, common: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "scatter",
            **common,
            "x": [self.kept],
            "y": [curve[self.places.index(self.kept or 0)]],
            "mode": "markers",
            "marker": {"symbol": "circle-open", "size": 11, "color": palette.ink, "line": {"width": 1.6}},
            "hovertemplate": f"what stopping keeps, {self.unit} {self.kept}<extra></extra>",
            "name": "what stopping keeps",
            "showlegend": False,
        }

    def _rising(self, palette: Palette, names: dict[str, str]) -> list[dict[str, Any]]:
        if self.overfits_from is None:
            return []
        line = {"color": palette.ink, "width": 1, "dash": "dot"}
        at = {"xref": names["xaxis"], "yref": f"{names['yaxis']} domain"}
        return [
            {**at, "type": "line", "x0": self.overfits_from, "x1": self.overfits_from, "y0": 0, "y1": 1, "line": line}
        ]


def logged_curves(run: RunDiagnosis) -> LoggedCurves:
    """The figure's data of one run, thinned to MOST_POINTS records; the marked ones stay."""
    curves = run.curves
    kept = None if run.stopping is None else run.stopping.kept
    even = np.linspace(0, max(len(curves) - 1, 0), min(MOST_POINTS, len(curves))).round().astype(int)
    marked = np.flatnonzero(np.isin(curves.places, [place for place in (kept, run.overfits_from) if place is not None]))
    shown = np.union1d(even, marked).astype(int)

    def row(title: str, scale: float, **parts: Any) -> tuple[str, tuple[tuple[str, Curve], ...]]:
        written = (
            (part, tuple(rounded(scale * float(value), 4) for value in curve[shown]))
            for part, curve in parts.items()
            if curve is not None
        )
        return title, tuple(written)

    rows = (
        row("accuracy, %", 100, train=curves.train_accuracy, validation=curves.validation_accuracy),
        row("loss", 1, train=curves.train_loss, validation=curves.validation_loss),
    )
    places = tuple(int(place) for place in curves.places[shown])
    return LoggedCurves(curves.unit, places, tuple(one for one in rows if one[1]), kept, run.overfits_from)
