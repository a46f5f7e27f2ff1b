"""Which classes the pick gets wrong: recall and precision of each on test items, the lowest recall first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.figures.axis import padded
from reports.figures.canvas import empty_layout, short_name, title_words, to_figure
from reports.figures.estimates import hundredfold
from reports.figures.theme import LIGHT, SIGNS, Palette
from study.analysis.interval_words import LEAST, share_range, with_n

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from study.analysis.findings import Findings
    from study.records.intervals import Interval

ROW_HEIGHT = 24
MOST = 30  # classes drawn; the table has all


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class: its name, and the pick's recall and precision in [0, 1]; no precision where it is not known."""

    label: str
    recall: Interval
    precision: Interval | None = None


@dataclass(frozen=True, slots=True)
class ClassesData:
    """The classes of one setting, the lowest recall first. ``name`` is the setting, ``network`` the pick."""

    name: str
    network: str
    rows: tuple[ClassRow, ...]

    def draw(self, palette: Palette = LIGHT, *, bare: bool = False) -> dict[str, Any]:
        """Plotly's JSON: a row a class; ``bare`` leaves out the title where the page around it has one."""
        rows = self.rows[:MOST]
        if not rows:
            return {"data": [], "layout": empty_layout(palette)}
        series = [(row.recall, row.precision) for row in rows]
        ends = [end for both in series for one in both if one is not None for end in _ends(one)]
        both = any(precision is not None for _, precision in series)
        layout = {
            "xaxis": {
                "title": {"text": "recall and precision, %" if both else "recall, %"},
                "range": [hundredfold(v) for v in padded(ends, ceiling=1.0)],
                "showgrid": True,
                "nticks": 6,
                "tickangle": 0,
            },
            "yaxis": {
                "tickvals": list(range(len(rows))),
                "ticktext": [short_name(row.label) for row in rows],
                "range": [len(rows) - 0.5, -0.5],
                "showgrid": False,
            },
            "annotations": [] if bare else [title_words(f"{self.name}, {self.network}", (0, 1), 6)],
            "height": 66 + ROW_HEIGHT * len(rows) + (0 if bare else 28),
            "margin": {"l": 8, "r": 10, "t": 8 if bare else 36, "b": 52},
            "showlegend": False,
            "hovermode": "closest",
        }
        traces = [
            _trace("recall", [recall for recall, _ in series], rows, palette.test, SIGNS["test"].symbol, -0.14 * both)
        ]
        if both:
            said = [precision for _, precision in series]
            traces.append(_trace("precision", said, rows, palette.first, "triangle-up", 0.14))
        return {"data": traces, "layout": layout}


def collect(findings: Findings) -> tuple[ClassesData, ...]:
    """The classes of each pick that have test items; the precision where its runs kept what they predicted."""
    found, labels = [], findings.facts.run.labels
    for pick in findings.picks:
        if pick.predictions is not None:
            of_pick: list[tuple[Interval, Interval | None]] = [
                (one.recall, one.precision) for one in pick.predictions.classes
            ]
        else:
            of_pick = [(recall, None) for recall in pick.classes]
        rows = [
            ClassRow(label, recall, precision)
            for label, (recall, precision) in zip(labels, of_pick, strict=False)
            if recall.mean is not None
        ]
        if rows:
            rows.sort(key=lambda row: row.recall.mean or 0.0)
            found.append(ClassesData(pick.panel, pick.chosen.name, tuple(rows)))
    return tuple(found)


def classes_figure(findings: Findings, panel: str | None = None, palette: Palette = LIGHT) -> go.Figure:
    """The pick's recall and precision by class in one setting by name, the first by default, ready to show."""
    chosen = next((data for data in collect(findings) if panel in (None, data.name)), None)
    return to_figure((chosen or ClassesData("", "", ())).draw(palette), palette)


def _trace(
    name: str, shares: list[Interval | None], rows: tuple[ClassRow, ...], colour: str, symbol: str, shift: float
) -> dict[str, Any]:
    """One share of each class, with its interval; ``shift`` moves the marks off the middle of a row."""
    known = [(y, row, one) for y, (row, one) in enumerate(zip(rows, shares, strict=True)) if one is not None]
    known = [(y, row, one) for y, row, one in known if one.mean is not None]
    return {
        "type": "scatter",
        "x": [hundredfold(one.mean) for _, _, one in known],
        "y": [y + shift for y, _, _ in known],
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [hundredfold(_ends(one)[1] - (one.mean or 0.0)) for _, _, one in known],
            "arrayminus": [hundredfold((one.mean or 0.0) - _ends(one)[0]) for _, _, one in known],
            "color": colour,
            "thickness": 1.5,
            "width": 4,
        },
        "mode": "markers",
        "marker": {"color": colour, "size": 8, "symbol": symbol},
        "hovertext": [f"{short_name(row.label)}: {name} {with_n(share_range(one), one)}" for _, row, one in known],
        "hoverinfo": "text",
        "name": name,
    }


def _ends(share: Interval) -> tuple[float, float]:
    """The ends of the interval of a share, or the share itself where there is none worth showing."""
    mean = share.mean or 0.0
    if share.low is None or share.high is None or share.n < LEAST:
        return mean, mean
    return max(share.low, 0.0), min(share.high, 1.0)
