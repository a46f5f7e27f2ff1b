"""What the verdict and the pick mark on an axis: onset interval, best depth, pick, failing zone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reports.figures.axis import Axis
from reports.figures.canvas import rounded
from reports.figures.estimates import axis_names
from reports.figures.theme import Palette
from study.analysis.place_words import interval_text
from study.words import value_text

if TYPE_CHECKING:
    from study.analysis.findings import Panel, PickFinding
    from study.analysis.onset.verdict import OnsetVerdict
    from study.records.metrics import Metric

ROW = 17  # pixels from one line of marks above a panel to the next


@dataclass(frozen=True, slots=True)
class Marks:
    """Values of the axis that are marked; None where there is nothing to mark.

    ``drop`` is the change for the worse on the ``part`` that was compared, from the onset on, as it is written; one
    that does not ``matter`` is not shaded. ``pick_beside`` says that the pick is the baseline, beside the axis.
    """

    onset: float | None
    interval: tuple[float, float] | None
    reference: float | None
    pick: float | None
    fails_from: float | None
    drop: str = ""
    matters: bool = True
    part: str = "test"
    pick_beside: bool = False
    worsens: str = "falls"  # what the metric does where it gets worse: falls, or rises


@dataclass(frozen=True, slots=True)
class Line:
    """One mark in words: a vertical line at ``value``, None beside the axis, with ``text`` above the panel."""

    value: float | None
    text: str
    dash: str


def marks_of(panel: Panel, pick: PickFinding | None) -> Marks:
    """The marks of a panel; the pick is marked where it is one of several points."""
    chosen = None if pick is None or len(panel.points) == 1 else pick.chosen
    at = None if chosen is None or chosen.value is None else float(chosen.value)
    marks = marks_from(panel.verdict, panel.metric, at)
    return replace(marks, pick_beside=chosen is not None and chosen.value is None)


def marks_from(verdict: OnsetVerdict | None, metric: Metric, picked: float | None) -> Marks:
    """The marks of a verdict, and of the value that is ``picked``."""
    if verdict is None:
        return Marks(onset=None, interval=None, reference=None, pick=picked, fails_from=None)
    interval = verdict.interval
    return Marks(
        onset=None if verdict.onset is None else float(verdict.onset),
        interval=None if interval is None else (float(interval[0]), float(interval[1])),
        reference=None if verdict.reference_depth is None else float(verdict.reference_depth),
        pick=picked,
        fails_from=None if verdict.training_fails_from is None else float(verdict.training_fails_from),
        drop=_drop(metric, verdict.test_drop) if verdict.onset is not None else "",
        matters=verdict.matters or verdict.onset is None,
        part=verdict.held_out,
        worsens=metric.worsens,
    )


def _drop(metric: Metric, drop: float | None) -> str:
    """A change for the worse with its sign: ``−4.5 points``, ``+0.12 nats``."""
    return "" if drop is None else f"{'−' if metric.larger_is_better else '+'}{metric.unit.difference(drop)}"


def lines_of(marks: Marks) -> tuple[Line, ...]:
    """The marks in words."""
    lines: list[Line] = []
    if marks.onset is not None:
        spread = "" if marks.interval is None else f" ({interval_text(marks.interval)})"
        fall = f", {marks.drop}" if marks.drop else ""
        what = "onset" if marks.matters else f"small {marks.worsens.removesuffix('s')} from"
        lines.append(Line(marks.onset, f"{what} {value_text(marks.onset)}{spread}{fall}", "solid"))
    if marks.fails_from is not None:
        lines.append(Line(marks.fails_from, f"training {marks.worsens} from {value_text(marks.fails_from)}", "dot"))
    if marks.reference is not None and marks.reference == marks.pick:
        lines.append(Line(marks.reference, f"best {marks.part} and pick {value_text(marks.reference)}", "dash"))
    else:
        if marks.reference is not None:
            lines.append(Line(marks.reference, f"best {marks.part} {value_text(marks.reference)}", "dot"))
        if marks.pick is not None:
            lines.append(Line(marks.pick, f"pick {value_text(marks.pick)}", "dash"))
    if marks.pick_beside:
        lines.append(Line(None, "pick", "dash"))
    return tuple(lines)


def mark_shapes(
    axis: Axis, marks: Marks, palette: Palette, column: int, plot_height: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Shapes and annotations: onset interval and failing zone shaded, lines with their words above the panel.

    ``plot_height`` is the height of the panel in pixels: lines rise past it to their own row of words.
    """
    names = axis_names(column)
    at = {"xref": names["xaxis"], "yref": f"{names['yaxis']} domain"}
    shapes, words = [], []
    if marks.interval is not None and marks.matters:
        shapes.append(_shade(axis.zone(*marks.interval), palette.highlight, 0.22, at))
    if marks.fails_from is not None:
        shapes.append(_shade(axis.zone(marks.fails_from, axis.values[-1]), palette.failing, 0.2, at))
    if axis.beside is not None:
        shapes.append(_rule((axis.ends[1] + axis.beside) / 2, 1.0, palette.line, "dot", at))
    low, high = axis.limits
    # Words lead away from their line towards the middle: with the middle ones lowest, no line crosses words.
    placed = [(axis.beside if one.value is None else axis.position(one.value), one) for one in lines_of(marks)]
    inward = sorted(((x, line) for x, line in placed if x is not None), key=lambda one: abs(one[0] - (low + high) / 2))
    for row, (x, line) in enumerate(inward):
        shapes.append(_rule(x, 1 + (row * ROW + 12) / plot_height, palette.ink, line.dash, at))
        left = (x - low) / (high - low) < 0.5
        words.append(
            {
                **at,
                "x": rounded(x),
                "y": 1,
                "text": line.text,
                "showarrow": False,
                "xanchor": "left" if left else "right",
                "yanchor": "bottom",
                "xshift": 3 if left else -3,
                "yshift": row * ROW,
                "font": {"size": 12, "color": palette.ink},
                "bgcolor": palette.paper,
                "borderpad": 1,
            }
        )
    return shapes, words


def _shade(ends: tuple[float, float], colour: str, opacity: float, at: dict[str, str]) -> dict[str, Any]:
    return {
        **at,
        "type": "rect",
        "x0": rounded(ends[0]),
        "x1": rounded(ends[1]),
        "y0": 0,
        "y1": 1,
        "fillcolor": colour,
        "opacity": opacity,
        "line": {"width": 0},
        "layer": "below",
    }


def _rule(x: float, top: float, colour: str, dash: str, at: dict[str, str]) -> dict[str, Any]:
    return {
        **at,
        "type": "line",
        "x0": rounded(x),
        "x1": rounded(x),
        "y0": 0,
        "y1": round(top, 4),
        "line": {"color": colour, "width": 1, "dash": dash},
        "layer": "below",
    }
