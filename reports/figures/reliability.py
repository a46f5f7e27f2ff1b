"""Whether the pick is as sure as it is right: how many test items were right at each confidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.figures.canvas import empty_layout, rounded, title_words, to_figure
from reports.figures.estimates import hundredfold
from reports.figures.theme import LIGHT, SIGNS, Palette
from study.analysis.interval_words import LEAST, share_range
from study.records.predicted_classes import BINS
from study.words import percent_text, whole

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from study.analysis.findings import Findings
    from study.analysis.prediction_findings import ConfidenceBin

HEIGHT = 330
BELOW = 0.2  # of the height: how many items each bin has


@dataclass(frozen=True, slots=True)
class ReliabilityData:
    """The bins of one setting that have items. ``name`` is the setting, ``network`` the pick."""

    name: str
    network: str
    bins: tuple[ConfidenceBin, ...]

    def draw(self, palette: Palette = LIGHT, *, bare: bool = False) -> dict[str, Any]:
        """Plotly's JSON: accuracy against confidence, with the items of each bin below."""
        if not self.bins:
            return {"data": [], "layout": empty_layout(palette)}
        total, first = sum(one.items for one in self.bins), 100 * self.bins[0].low
        across = [first - 2, 102.0]
        layout = {
            "xaxis": {"title": {"text": "confidence, %"}, "range": across, "anchor": "y2", "showgrid": False},
            "yaxis": {"title": {"text": "right, %"}, "range": [-3, 103], "domain": [BELOW + 0.06, 1], "nticks": 6},
            "yaxis2": {
                "title": {"text": "items, %"},
                "domain": [0, BELOW],
                "rangemode": "tozero",
                "nticks": 3,
                "anchor": "x",
            },
            "shapes": [
                {
                    "type": "line",
                    **{"x0": first, "y0": first, "x1": 100, "y1": 100},
                    "line": {"color": palette.line, "width": 1.4, "dash": "dash"},
                    "layer": "below",
                }
            ],
            "annotations": [] if bare else [title_words(f"{self.name}, {self.network}", (0, 1), 6)],
            "height": HEIGHT + (0 if bare else 28),
            "margin": {"l": 60, "r": 10, "t": 8 if bare else 36, "b": 52},
            "showlegend": False,
            "hovermode": "closest",
        }
        known = [one.accuracy for one in self.bins]
        ends = [(one.low, one.high) if one.n >= LEAST else (None, None) for one in known]
        said = [bin_words(one) for one in self.bins]
        points = {
            "type": "scatter",
            "x": [hundredfold(one.confidence) for one in self.bins],
            "y": [hundredfold(one.mean) for one in known],
            "error_y": {
                "type": "data",
                "symmetric": False,
                "array": [_reach(high, one.mean) for one, (_, high) in zip(known, ends, strict=True)],
                "arrayminus": [_reach(one.mean, low) for one, (low, _) in zip(known, ends, strict=True)],
                "color": palette.test,
                "thickness": 1.5,
                "width": 4,
            },
            "mode": "markers",
            "marker": {"color": palette.test, "size": 8, "symbol": SIGNS["test"].symbol},
            "hovertext": said,
            "hoverinfo": "text",
            "name": "right",
        }
        bars = {
            "type": "bar",
            "x": [rounded(100 * one.low + 50 / BINS) for one in self.bins],
            "y": [hundredfold(one.items / total) for one in self.bins],
            "width": 100 / BINS - 1,
            "yaxis": "y2",
            "marker": {"color": palette.line},
            "hovertext": said,
            "hoverinfo": "text",
            "name": "items",
        }
        return {"data": [points, bars], "layout": layout}


def bin_name(one: ConfidenceBin) -> str:
    """The confidence of a bin in percent: ``80 to 90``."""
    return f"{100 * one.low:.0f} to {100 * one.low + 100 / BINS:.0f}"


def bin_words(one: ConfidenceBin) -> str:
    """A bin in words, with its n and its interval."""
    return (
        f"confidence {bin_name(one)} %, on average {percent_text(one.confidence)}: "
        f"{share_range(one.accuracy)} right of {whole(one.items)} items"
    )


def collect(findings: Findings) -> tuple[ReliabilityData, ...]:
    """The bins of each pick whose runs kept what they predicted."""
    return tuple(
        ReliabilityData(pick.panel, pick.chosen.name, pick.predictions.bins)
        for pick in findings.picks
        if pick.predictions is not None
    )


def reliability_figure(findings: Findings, panel: str | None = None, palette: Palette = LIGHT) -> go.Figure:
    """Whether the pick is as sure as right in one setting by name, the first by default, ready to show."""
    chosen = next((data for data in collect(findings) if panel in (None, data.name)), None)
    return to_figure((chosen or ReliabilityData("", "", ())).draw(palette), palette)


def _reach(far: float | None, near: float | None) -> float:
    return 0.0 if far is None or near is None else hundredfold(far - near) or 0.0
