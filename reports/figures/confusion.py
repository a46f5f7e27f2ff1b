"""What the pick takes for what: its confusion matrix on the test items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.figures.canvas import empty_layout, short_name, title_words, to_figure
from reports.figures.theme import LIGHT, Palette
from study.words import number, whole

if TYPE_CHECKING:
    import numpy as np
    import plotly.graph_objects as go
    from numpy.typing import NDArray

    from study.analysis.findings import Findings

ROW_HEIGHT = 26
MOST = 30  # classes of a matrix that is drawn, or written as one
STRONG = 0.1  # of a class: a mistake as frequent has the full colour, where none is more
MOST_WRITTEN = 12  # classes whose cells have their number in the drawing: more would meet on a narrow screen


@dataclass(frozen=True, slots=True)
class ConfusionData:
    """The matrix of one setting: ``counts`` (K, K) are items of all ``runs`` by true and by predicted class.

    ``name`` is the setting, ``network`` the pick.
    """

    name: str
    network: str
    labels: tuple[str, ...]
    counts: NDArray[np.int64]
    runs: int

    def draw(self, palette: Palette = LIGHT, *, bare: bool = False) -> dict[str, Any]:
        """Plotly's JSON: a row for each true class, in percent of its items; colours show mistakes."""
        classes = len(self.labels)
        if not classes or classes > MOST:
            return {"data": [], "layout": empty_layout(palette)}
        shares = self.shares()
        wrong = [share for i, row in enumerate(shares) for j, share in enumerate(row) if share and i != j]
        axis = {
            "tickvals": list(range(classes)),
            "ticktext": [short_name(label) for label in self.labels],
            "showgrid": False,
            "showline": False,
            "ticks": "",
        }
        diagonal = [
            {
                "type": "rect",
                **{"x0": k - 0.46, "x1": k + 0.46, "y0": k - 0.42, "y1": k + 0.42},
                "line": {"color": palette.line, "width": 1},
            }
            for k in range(classes)
        ]
        layout = {
            "xaxis": {**axis, "title": {"text": "predicted class"}, "range": [-0.5, classes - 0.5]},
            "yaxis": {**axis, "title": {"text": "true class"}, "range": [classes - 0.5, -0.5]},
            "shapes": diagonal,
            "annotations": [] if bare else [title_words(f"{self.name}, {self.network}", (0, 1), 6)],
            "height": 70 + max(ROW_HEIGHT * classes, 90) + (0 if bare else 28),
            "margin": {"l": 8, "r": 10, "t": 8 if bare else 36, "b": 56},
            "showlegend": False,
            "hovermode": "closest",
        }
        trace = {
            "type": "heatmap",
            "x": list(range(classes)),
            "y": list(range(classes)),
            "z": [
                [0 if i == j or share is None else round(100 * share, 2) for j, share in enumerate(row)]
                for i, row in enumerate(shares)
            ],
            "text": [[share_words(share) for share in row] for row in shares],
            **({"texttemplate": "%{text}"} if classes <= MOST_WRITTEN else {}),
            "textfont": {"size": 12, "color": palette.ink},
            "hovertext": [[self._said(i, j, share) for j, share in enumerate(row)] for i, row in enumerate(shares)],
            "hoverinfo": "text",
            "colorscale": [[0, palette.paper], [1, palette.shade]],
            "zmin": 0,
            "zmax": 100 * max([STRONG, *wrong]),
            "showscale": False,
            "xgap": 2,
            "ygap": 2,
            "name": "confusion",
        }
        return {"data": [trace], "layout": layout}

    def shares(self) -> list[list[float | None]]:
        """The share of each true class that is taken for each class; None for a class without items."""
        sums = self.counts.sum(axis=1).tolist()
        return [[cell / of if of else None for cell in row] for row, of in zip(self.counts.tolist(), sums, strict=True)]

    def mistakes(self) -> list[tuple[int, int]]:
        """True and predicted class of what is mistaken, what happens most often first."""
        wrong = self.counts.copy()
        for k in range(len(wrong)):
            wrong[k, k] = 0
        places = [(int(i), int(j)) for i, j in zip(*wrong.nonzero(), strict=True)]
        return sorted(places, key=lambda place: -int(wrong[place]))

    def _said(self, true: int, predicted: int, share: float | None) -> str:
        items = f"{whole(int(self.counts[true, predicted]))} of {whole(int(self.counts[true].sum()))} items"
        words = share_words(share)
        return f"{short_name(self.labels[true])} taken for {short_name(self.labels[predicted])}: {items}" + (
            f", {words} %" if words else ""
        )


def share_words(share: float | None) -> str:
    """A cell in whole percent; nothing for none, ``<1`` for less than half a percent."""
    if not share:
        return ""
    return "<1" if share < 0.005 else number(100 * share, 0)


def collect(findings: Findings) -> tuple[ConfusionData, ...]:
    """The matrix of each pick whose runs kept what they predicted."""
    labels = findings.facts.run.labels
    return tuple(
        ConfusionData(pick.panel, pick.chosen.name, labels, pick.predictions.confusion, pick.predictions.runs)
        for pick in findings.picks
        if pick.predictions is not None
    )


def confusion_figure(findings: Findings, panel: str | None = None, palette: Palette = LIGHT) -> go.Figure:
    """What the pick takes for what in one setting by name, the first by default, ready to show."""
    import numpy as np

    chosen = next((data for data in collect(findings) if panel in (None, data.name)), None)
    return to_figure((chosen or ConfusionData("", "", (), np.zeros((0, 0), np.int64), 0)).draw(palette), palette)
