"""Parameters against validation accuracy: the candidates, the Pareto front, and the pick."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports.figures.axis import Axis, padded
from reports.figures.estimates import hundredfold
from reports.figures.theme import LIGHT, Palette, template
from reports.numbers import percent, rounded, with_n

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from study.analysis.findings import Findings, Panel, PickFinding
    from study.analysis.intervals import Interval

PLOT_HEIGHT = 300


@dataclass(frozen=True, slots=True)
class Candidate:
    """One architecture: its mean validation accuracy in [0, 1] over replicates, and where it stands.

    ``near_best`` says that its mean lies within the margin of the best mean; ``on_front`` that nothing with as
    few parameters is more accurate.
    """

    label: str
    parameters: int
    validation: Interval
    near_best: bool
    on_front: bool
    picked: bool


@dataclass(frozen=True, slots=True)
class PickData:
    """The candidates of one setting, by number of parameters; ``threshold`` is best mean minus margin."""

    name: str
    candidates: tuple[Candidate, ...]
    margin: float
    threshold: float


def collect(findings: Findings) -> tuple[PickData, ...]:
    """The candidates of each setting that has at least two with a validation accuracy."""
    picks = {pick.panel: pick for pick in findings.picks}
    collected = (_setting(panel, picks.get(panel.name)) for panel in findings.panels)
    return tuple(data for data in collected if data is not None and len(data.candidates) > 1)


def draw(data: PickData, palette: Palette = LIGHT, *, bare: bool = False) -> go.Figure:
    """The figure; ``bare`` leaves out the title where the page around it has one."""
    import plotly.graph_objects as go

    sizes = tuple(float(c.parameters) for c in data.candidates)
    axis = Axis("parameters", sizes, bool(sizes) and max(sizes) / max(1.0, min(sizes)) > 8, None, "")
    figure = go.Figure()
    figure.add_hline(y=hundredfold(data.threshold), line={"color": palette.line, "width": 1, "dash": "dot"})
    front = [c for c in data.candidates if c.on_front]
    figure.add_scatter(
        x=[rounded(axis.position(c.parameters)) for c in front],
        y=[hundredfold(c.validation.mean) for c in front],
        mode="lines",
        line={"color": palette.line, "width": 1.5, "shape": "hv"},
        hoverinfo="skip",
        name="Pareto front",
        showlegend=False,
    )
    groups = (
        ("further from the best than the margin", "circle-open", 9, False, False),
        ("within the margin of the best", "circle", 9, True, False),
        ("pick", "star", 17, None, True),
    )
    for name, symbol, size, near, picked in groups:
        group = [c for c in data.candidates if c.picked == picked and (picked or c.near_best == near)]
        _add_group(figure, axis, group, name, symbol, size, palette)
    _add_labels(figure, axis, data, palette)
    ticks, texts = _parameter_ticks(axis)
    drawn = [v for c in data.candidates for v in (c.validation.mean, c.validation.low, c.validation.high) if v]
    figure.update_xaxes(title_text="parameters", tickvals=ticks, ticktext=texts, range=list(axis.limits))
    figure.update_yaxes(
        title_text="validation accuracy, %",
        range=[hundredfold(v) for v in padded([*drawn, data.threshold], ceiling=1.0)],
    )
    return figure.update_layout(
        template=template(palette),
        title=None if bare else {"text": data.name, "font": {"size": 14}},
        height=PLOT_HEIGHT + 60 + (0 if bare else 40),
        margin={"l": 52, "r": 10, "t": 8 if bare else 48, "b": 52},
        showlegend=False,
        hovermode="closest",
    )


def pick_figure(findings: Findings, panel: str | None = None, palette: Palette = LIGHT) -> go.Figure:
    """Parameters against validation accuracy in one setting by name, the first by default, ready to show."""
    chosen = next((data for data in collect(findings) if panel in (None, data.name)), None)
    return draw(chosen or PickData("no two candidates yet", (), 0.0, 0.0), palette)


def _setting(panel: Panel, pick: PickFinding | None) -> PickData | None:
    points = [*panel.points, *([panel.baseline] if panel.baseline else [])]
    known = sorted((p for p in points if p.validation.mean is not None), key=lambda p: p.parameters)
    if not known:
        return None
    threshold = max(p.validation.mean for p in known) - panel.margin
    candidates = []
    best_so_far = -1.0
    for point in known:
        candidates.append(
            Candidate(
                label=point.configuration.label,
                parameters=point.parameters,
                validation=point.validation,
                near_best=point.validation.mean >= threshold,
                on_front=point.validation.mean > best_so_far,
                picked=pick is not None and point.configuration == pick.configuration,
            )
        )
        best_so_far = max(best_so_far, point.validation.mean)
    return PickData(panel.name, tuple(candidates), panel.margin, threshold)


def _add_group(
    figure: go.Figure, axis: Axis, group: list[Candidate], name: str, symbol: str, size: int, palette: Palette
) -> None:
    halves = [c.validation.half_width for c in group]
    figure.add_scatter(
        x=[rounded(axis.position(c.parameters)) for c in group],
        y=[hundredfold(c.validation.mean) for c in group],
        error_y={
            "type": "data",
            "array": [hundredfold(h) or 0 for h in halves],
            "color": palette.validation,
            "thickness": 1.3,
            "width": 4,
        },
        mode="markers",
        marker={"symbol": symbol, "size": size, "color": palette.ink, "line": {"width": 1.5}},
        hovertext=[
            f"{c.label}, {c.parameters:,} parameters: {with_n(percent(c.validation), c.validation)}" for c in group
        ],
        hoverinfo="text",
        name=name,
        showlegend=False,
    )


def _add_labels(figure: go.Figure, axis: Axis, data: PickData, palette: Palette) -> None:
    """Write the names of the pick and of the Pareto front, leaving out those that would meet another."""
    low, high = axis.limits
    taken: list[float] = []
    for candidate in sorted(data.candidates, key=lambda c: (not c.picked, not c.on_front)):
        place = axis.position(candidate.parameters)
        if any(abs(place - other) < 0.15 * (high - low) for other in taken):
            continue
        taken.append(place)
        left = place < (low + high) / 2
        figure.add_annotation(
            x=rounded(place),
            y=hundredfold(candidate.validation.mean),
            text=candidate.label,
            showarrow=False,
            xanchor="left" if left else "right",
            xshift=9 if left else -9,
            yshift=11,
            font={"size": 12, "color": palette.ink},
        )


def _parameter_ticks(axis: Axis) -> tuple[list[float | None], list[str]]:
    """About five round numbers of parameters within the axis."""
    low, high = axis.limits
    if axis.log:
        decades = range(int(low) - 1, int(high) + 2)
        values = [m * 10.0**d for d in decades for m in (1, 2, 5)]
    else:
        raw = (high - low) / 5
        unit = 10.0 ** len(str(int(raw))) / 10
        step = next(m * unit for m in (1, 2, 2.5, 5, 10) if m * unit >= raw)
        values = [step * i for i in range(int(low // step), int(high // step) + 2)]
    kept = [v for v in values if v >= 0 and low <= axis.position(v or 1e-9 if axis.log else v) <= high]
    return [rounded(axis.position(v)) for v in kept], [_short(v) for v in kept]


def _short(value: float) -> str:
    if value >= 1e6:
        return f"{value / 1e6:g} M"
    return f"{value / 1e3:g} k" if value >= 1e3 else f"{value:g}"
