"""How the replies speak of an axis: the question about it, and some of its values."""

from __future__ import annotations

from collections.abc import Sequence

from study.analysis.findings import Panel, Point
from study.words import amount, one_of, value_text

_QUESTIONS = {
    "depth": "Does more depth make it worse?",
    "width": "Do wider layers make it worse?",
    "samples": "Do fewer samples make it worse?",
    "epochs": "Do more epochs make it worse?",
    "label_noise": "Do wrong labels make it worse?",
    "batch_size": "Do larger batches make it worse?",
}


def axis_question(panel: Panel) -> str:
    """What people ask of the axis of a panel."""
    falling = len(panel.points) > 1 and panel.points[-1].value < panel.points[0].value
    if panel.axis == "samples" or not falling:
        label = panel.axis_label
        asked = f"Do more {label} make it worse?" if one_of(label) else f"Do larger values of {label} make it worse?"
        return _QUESTIONS.get(panel.axis, asked)
    return f"Do smaller values of {panel.axis_label} make it worse?"


def values_words(panel: Panel, some: Sequence[Point]) -> str:
    """Where ``some`` points lie: ``at every depth tried``, ``from 4 to 12 hidden layers``, ``at 2 of 8 values``."""
    if len(some) == len(panel.points):
        if len(some) == 1:
            return f"at {amount(some[0].value, panel.axis_label)}"
        return f"at every {'depth' if panel.axis == 'depth' else 'value'} tried"
    places = [panel.points.index(one) for one in some]
    if len(some) == 1:
        return f"at {amount(some[0].value, panel.axis_label)}"
    together = places == list(range(places[0], places[0] + len(places)))
    if together:
        return f"from {value_text(some[0].value)} to {amount(some[-1].value, panel.axis_label)}"
    return f"at {len(some)} of {len(panel.points)} values"
