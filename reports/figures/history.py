"""How the searches went: the best on validation so far against the number of the trial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.figures.axis import padded
from reports.figures.canvas import empty_layout, title_words, to_figure
from reports.figures.estimates import scaled
from reports.figures.searched import SearchedSetting, searched
from reports.figures.theme import LIGHT, SIGNS, Palette
from study.records.metrics import ACCURACY, Metric
from study.records.units import Unit

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from study.analysis.findings import Findings

PLOT_HEIGHT = 250
DASHES = ("solid", "dash", "dot", "dashdot")
LABEL_ROW = 14  # pixels from one label at the right end to the next


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One search: the best so far, and the trial's own value, after each trial, None where none.

    ``numbers`` are those of the trials, where they do not count from 1.
    """

    name: str
    label: str
    best: tuple[float | None, ...]
    tried: tuple[float | None, ...]
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryData:
    """The searches of one setting on the scale of what their second halves gained; ``y_range`` is that of all.

    ``reached`` says what the values are: ``validation`` of our own trials, the objective of another program's;
    ``counted`` what the horizontal axis counts.
    """

    setting: str
    lines: tuple[HistoryLine, ...]
    y_range: tuple[float, float]
    second_half: tuple[float, float]
    metric: Metric = ACCURACY
    reached: str = "validation"
    counted: str = "trial"

    @property
    def length(self) -> int:
        """The trials of the longest search."""
        return max((len(line.best) for line in self.lines), default=0)

    def draw(self, palette: Palette = LIGHT, *, bare: bool = False) -> dict[str, Any]:
        """Plotly's JSON; a single search shows its trials, too. ``bare`` leaves out the title."""
        if not self.lines:
            return {"data": [], "layout": empty_layout(palette)}
        alone, unit = len(self.lines) == 1, self.metric.unit
        layout: dict[str, Any] = {
            "height": PLOT_HEIGHT + 60 + (0 if bare else 28),
            "margin": {
                "l": 56,
                "r": 10 if alone else 12 + 8 * max(len(line.label) for line in self.lines),
                "t": 8 if bare else 36,
                "b": 52,
            },
            "xaxis": {
                "title": {"text": self.counted},
                "range": [0.5, self.length + 0.5],
                "tickformat": "d",
                "nticks": 8,
            },
            "yaxis": {
                "title": {"text": f"best {self.reached} so far{unit.of_values}"},
                "range": [scaled(v, unit) for v in self.second_half],
            },
            "showlegend": False,
            "hovermode": "closest",
            "annotations": [] if alone else _ends(self, palette),
            "meta": {"own": [scaled(v, unit) for v in self.y_range]},
        }
        if not bare:
            layout["annotations"].append(title_words(self.setting, (0, 1), 6))
        traces = [_line(line, i, unit, palette) for i, line in enumerate(self.lines)]
        return {"data": [*([_dots(self.lines[0], unit, palette)] if alone else []), *traces], "layout": layout}


def collect(findings: Findings) -> tuple[HistoryData, ...]:
    """The searches by setting; those in which nothing was feasible, or only one trial run, are left out."""
    found = (_setting(setting, findings.facts.metric) for setting in searched(findings))
    return tuple(data for data in found if data.length > 1)


def history_figure(findings: Findings, setting: str | None = None, palette: Palette = LIGHT) -> go.Figure:
    """The best on validation so far in one setting, the first by default, ready to show."""
    chosen = next((data for data in collect(findings) if setting in (None, data.setting)), None)
    return to_figure((chosen or HistoryData("", (), (0.0, 1.0), (0.0, 1.0))).draw(palette), palette)


def _setting(setting: SearchedSetting, metric: Metric) -> HistoryData:
    lines = []
    for cell in setting.cells:
        if cell.finding.feasible:
            tried = cell.finding.trained
            own = tuple(one.accuracy for one in tried)
            lines.append(HistoryLine(cell.words, cell.label, best_so_far(own, metric), own))
    reached = [v for line in lines for v in line.best if v is not None]
    drawn = [v for line in lines for v in line.tried if v is not None] if len(lines) == 1 else reached
    late = [v for line in lines for v in line.best[len(line.best) // 2 :] if v is not None]
    top = metric.bounds[1]
    return HistoryData(setting.name, tuple(lines), padded(drawn, ceiling=top), padded(late, ceiling=top), metric)


def best_so_far(tried: tuple[float | None, ...], metric: Metric) -> tuple[float | None, ...]:
    """The best of ``tried`` up to each of them; None before there is one."""
    best: list[float | None] = []
    for one in tried:
        known = [v for v in (one, best[-1] if best else None) if v is not None]
        best.append(max(known, key=metric.turned) if known else None)
    return tuple(best)


def _line(line: HistoryLine, place: int, unit: Unit, palette: Palette) -> dict[str, Any]:
    """A search by its own colour and dash: the two repeat after three and four, so that twelve are told apart."""
    colour = (palette.first, palette.second, palette.third)[place % 3] if line.name else palette.validation
    return {
        "type": "scatter",
        "x0": 1,
        "dx": 1,
        "y": [scaled(v, unit) for v in line.best],
        "mode": "lines",
        "line": {"color": colour, "width": 2, "shape": "hv", "dash": DASHES[place % len(DASHES)]},
        "hovertemplate": f"{f'{line.name}, ' if line.name else ''}after %{{x}} trials: %{{y}}{unit.suffix}"
        "<extra></extra>",
        "name": line.name or "best so far",
    }


def _dots(line: HistoryLine, unit: Unit, palette: Palette) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x0": 1,
        "dx": 1,
        "y": [scaled(v, unit) for v in line.tried],
        "mode": "markers",
        "marker": {"color": palette.validation, "symbol": SIGNS["validation"].symbol, "size": 6, "opacity": 0.5},
        "customdata": list(line.numbers) or list(range(1, len(line.tried) + 1)),
        "hovertemplate": f"trial %{{customdata}}: %{{y}}{unit.suffix}<extra></extra>",
        "name": "trials",
    }


def _ends(data: HistoryData, palette: Palette) -> list[dict[str, Any]]:
    """Each line's label at its right end, moved apart where two would meet."""
    low, high = data.second_half
    ends = sorted(((line.best[-1] or 0.0, line.label) for line in data.lines), key=lambda end: end[0])
    words, below = [], -float("inf")
    for value, label in ends:
        at = (value - low) / (high - low) * PLOT_HEIGHT
        below = max(at, below + LABEL_ROW)
        words.append((label, below))
    over = max(0.0, below - PLOT_HEIGHT)
    return [
        {
            "xref": "paper",
            "yref": "paper",
            "x": 1,
            "y": 0,
            "yshift": round(place - over, 1),
            "xanchor": "left",
            "yanchor": "middle",
            "xshift": 4,
            "text": label,
            "showarrow": False,
            "font": {"size": 12, "color": palette.ink},
        }
        for label, place in words
    ]
