"""Parameters against the metric on validation: the candidates, the Pareto front, and the pick."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.figures.axis import Axis, padded, round_step
from reports.figures.canvas import empty_layout, rounded, title_words, to_figure
from reports.figures.estimates import error_bars, scaled
from reports.figures.theme import LIGHT, Palette
from study.analysis.interval_words import half_width, value, with_n
from study.records.metrics import ACCURACY, Metric
from study.records.units import Unit
from study.words import count, value_text

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from study.analysis.findings import Findings, PickFinding
    from study.records.intervals import Interval

PLOT_HEIGHT = 300
PICK, RUNNER_UP = "pick", "runner-up"


@dataclass(frozen=True, slots=True)
class Mark:
    """One candidate as it is drawn: at its mean on validation, with its interval over replicates.

    ``near_best`` says that the mean lies within the margin of the best one; ``on_front`` that nothing with as
    few parameters is better; ``role`` is ``pick``, ``runner-up`` or empty.
    """

    label: str
    parameters: int
    mean: float
    validation: Interval
    near_best: bool
    on_front: bool
    role: str

    @property
    def picked(self) -> bool:
        """Whether it is the pick."""
        return self.role == PICK


@dataclass(frozen=True, slots=True)
class PickData:
    """The candidates of one setting, by number of parameters; ``threshold`` lies the margin below the best mean.

    ``adjusted`` says that some mean is not the plain one, because runs are missing.
    """

    name: str
    candidates: tuple[Mark, ...]
    threshold: float
    adjusted: bool
    metric: Metric = ACCURACY

    def draw(self, palette: Palette = LIGHT, *, bare: bool = False) -> dict[str, Any]:
        """Plotly's JSON; ``bare`` leaves out the title where the page around it has one."""
        if not self.candidates:
            return {"data": [], "layout": empty_layout(palette)}
        sizes = tuple(float(c.parameters) for c in self.candidates)
        axis = Axis("parameters", sizes, max(sizes) / max(1.0, min(sizes)) > 8, None, "")
        drawn = [c.mean + side * (half_width(c.validation) or 0.0) for c in self.candidates for side in (-1, 1)]
        ticks, texts = _parameter_ticks(axis)
        unit = self.metric.unit
        bound = scaled(self.threshold, unit)
        layout = {
            "xaxis": {
                "title": {"text": "parameters"},
                "tickvals": ticks,
                "ticktext": texts,
                "range": [rounded(v) for v in axis.limits],
            },
            "yaxis": {
                "title": {"text": f"validation {self.metric.words}{unit.of_values}"},
                "range": [scaled(v, unit) for v in padded([*drawn, self.threshold], ceiling=self.metric.bounds[1])],
            },
            "shapes": [
                {
                    "type": "line",
                    "xref": "paper",
                    "x0": 0,
                    "x1": 1,
                    "y0": bound,
                    "y1": bound,
                    "line": {"color": palette.line, "width": 1, "dash": "dot"},
                }
            ],
            "annotations": _labels(axis, self, palette) + ([] if bare else [title_words(self.name, (0, 1), 6)]),
            "height": PLOT_HEIGHT + 60 + (0 if bare else 28),
            "margin": {"l": 56, "r": 10, "t": 8 if bare else 36, "b": 52},
            "showlegend": False,
            "hovermode": "closest",
        }
        outside = [c for c in self.candidates if not c.picked and not c.near_best]
        within = [c for c in self.candidates if not c.picked and c.near_best]
        traces = [
            _front(axis, self, palette),
            _group(axis, outside, unit, "further from the best than the margin", "circle-open", 9, palette),
            _group(axis, within, unit, "within the margin of the best", "circle", 9, palette),
            _group(axis, [c for c in self.candidates if c.picked], unit, "pick", "star", 16, palette),
        ]
        return {"data": traces, "layout": layout}


def collect(findings: Findings) -> tuple[PickData, ...]:
    """What was picked from, in each setting with candidates of different sizes: others have nothing to draw here."""
    return tuple(data for data in settings(findings) if len({c.parameters for c in data.candidates}) > 1)


def settings(findings: Findings) -> tuple[PickData, ...]:
    """What was picked from, in each setting that has at least two candidates."""
    found = (_setting(pick, findings.facts.metric) for pick in findings.picks)
    return tuple(data for data in found if len(data.candidates) > 1)


def pick_figure(findings: Findings, panel: str | None = None, palette: Palette = LIGHT) -> go.Figure:
    """Parameters against the metric on validation in one setting by name, the first by default, ready to show."""
    chosen = next((data for data in collect(findings) if panel in (None, data.name)), None)
    return to_figure((chosen or PickData("", (), 0.0, False)).draw(palette), palette)


def _setting(pick: PickFinding, metric: Metric) -> PickData:
    roles = {pick.index: PICK, pick.runner_up: RUNNER_UP}
    marks = tuple(
        Mark(
            label=c.name,
            parameters=c.parameters,
            mean=c.mean,
            validation=c.validation,
            near_best=c.within_margin,
            on_front=c.on_front,
            role=roles.get(i, ""),
        )
        for i, c in enumerate(pick.candidates)
        if c.mean is not None
    )
    adjusted = any(abs(mark.mean - (mark.validation.mean or 0.0)) > 1e-9 for mark in marks)
    return PickData(pick.panel, marks, pick.threshold, adjusted, metric)


def _front(axis: Axis, data: PickData, palette: Palette) -> dict[str, Any]:
    front = [c for c in data.candidates if c.on_front]
    return {
        "type": "scatter",
        "x": [*(rounded(axis.position(c.parameters)) for c in front), rounded(axis.limits[1])],
        "y": [*(scaled(c.mean, data.metric.unit) for c in front), scaled(front[-1].mean, data.metric.unit)],
        "mode": "lines",
        "line": {"color": palette.line, "width": 1.5, "shape": "hv"},
        "hoverinfo": "skip",
        "name": "Pareto front",
    }


def _group(
    axis: Axis, group: list[Mark], unit: Unit, name: str, symbol: str, size: int, palette: Palette
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [rounded(axis.position(c.parameters)) for c in group],
        "y": [scaled(c.mean, unit) for c in group],
        "error_y": error_bars([c.validation for c in group], palette.validation, unit),
        "mode": "markers",
        "marker": {"symbol": symbol, "size": size, "color": palette.ink, "line": {"width": 1.5}},
        "hovertext": [
            f"{c.label}, {count(c.parameters, 'parameter')}: {with_n(value(c.validation, unit), c.validation)}"
            for c in group
        ],
        "hoverinfo": "text",
        "name": name,
    }


def _labels(axis: Axis, data: PickData, palette: Palette) -> list[dict[str, Any]]:
    """The names that have room, the pick's first: none meets another candidate or its name."""
    low, high = axis.limits
    letter = 0.032 * (high - low)  # the width of one in the narrowest figure
    places = [axis.position(c.parameters) for c in data.candidates]
    taken: list[tuple[float, float]] = []
    words = []
    for candidate in sorted(data.candidates, key=lambda c: (not c.picked, not c.on_front)):
        place, width = axis.position(candidate.parameters), letter * len(candidate.label)
        for side, (start, end) in (("left", (place, place + width)), ("right", (place - width, place))):
            clear = not any(start < other < end for other in places if other != place)
            apart = all(end <= a or b <= start for a, b in taken)
            if low <= start and end <= high and clear and apart:
                taken.append((start, end))
                words.append(_label(candidate, place, side, data.metric.unit, palette))
                break
    return words


def _label(candidate: Mark, place: float, side: str, unit: Unit, palette: Palette) -> dict[str, Any]:
    return {
        "x": rounded(place),
        "y": scaled(candidate.mean, unit),
        "text": candidate.label,
        "showarrow": False,
        "xanchor": side,
        "xshift": 10 if side == "left" else -10,
        "yshift": 11,
        "font": {"size": 12, "color": palette.ink},
    }


def _parameter_ticks(axis: Axis) -> tuple[list[float | None], list[str]]:
    """About five round numbers of parameters within the axis."""
    low, high = axis.limits
    if axis.log:
        decades = range(int(low) - 1, int(high) + 2)
        values = [m * 10.0**d for d in decades for m in (1, 2, 5)]
    else:
        step = round_step((high - low) / 5)
        values = [step * i for i in range(int(low // step), int(high // step) + 2)]
    kept = [v for v in values if v >= 0 and low <= axis.position(v or 1e-9 if axis.log else v) <= high]
    return [rounded(axis.position(v)) for v in kept], [_short(v) for v in kept]


def _short(value: float) -> str:
    if value >= 1e6:
        return f"{value_text(value / 1e6)} M"
    return f"{value_text(value / 1e3)} k" if value >= 1e3 else value_text(value)
