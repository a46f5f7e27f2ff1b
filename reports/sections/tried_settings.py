"""Every trial of the searches against each hyperparameter, as a part of the section on the searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.blocks import Block, Chart, Column, Figure, Table, behind_folds
from reports.figures import tried
from reports.sections.thinning import behind
from study.design.setting_words import title, value_words
from study.words import capital, count, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.figures.searched import SearchedSetting
    from reports.figures.tried_drawing import SearchData, SearchPanel
    from study.analysis.findings import Findings
    from study.records.metrics import Metric

TRIED = "What was tried"
ALL_TRIALS = "down to the lowest trial"


def tried_figures(findings: Findings, settings: Sequence[SearchedSetting], prefix: str) -> tuple[Block, ...]:
    """One figure a setting with a chart for each hyperparameter; the first one explains them."""
    found, folded = tried.collect(findings), behind(findings)
    figures = [_figure(data, settings, prefix, first=i == 0) for i, data in enumerate(found)]
    return behind_folds(figures, [data.setting in folded for data in found])


def _figure(data: SearchData, settings: Sequence[SearchedSetting], prefix: str, *, first: bool) -> Figure:
    place = next(i for i, s in enumerate(settings, start=1) if s.name == data.setting)
    charts = tuple(
        Chart(f"{prefix}search-{place}-{j}", data.only(p), capital(p.title), _in_words(p, data.metric), p.warnings)
        for j, p in enumerate(data.panels, start=1)
    )
    dots = [dot for panel in data.panels for series in panel.series for dot in series.dots]
    feasible = any(dot.accuracy is not None for dot in dots)
    legend = [("trial", f"one trial, validation {data.metric.words} in the search")] if feasible else []
    if feasible and len(data.panels[0].series) > 1:
        names = [s.name for s in data.panels[0].series]
        legend.append(("shades", f"from {names[0]} (faint) to {names[-1]} (strong)"))
    if any(dot.winner for dot in dots):
        over = all(cell.finding.over for cell in settings[place - 1].cells)
        which = "the value of its search" if settings[place - 1].axis_label else "its rank"
        legend.append(("winner", f"{'chosen' if over else 'best so far'}, with {which}"))
    if any(panel.again for panel in data.panels):
        legend.append(("again", "what n fresh replicates of the chosen one reached, with its interval"))
    if any(dot.accuracy is not None and dot.accuracy < data.deciding[0] for dot in dots):
        legend.append(("below", "below the scale"))
    if any(dot.accuracy is None for dot in dots):
        legend.append(("infeasible", "failed"))
    if any(panel.edge for panel in data.panels):
        legend.append(("edge", "an end of the range at which the best lies"))
    caption = (
        "Every trial of the searches against each hyperparameter, on the scale it was searched on." if first else ""
    )
    name = data.setting if len(settings) > 1 else TRIED
    return Figure(
        name,
        charts,
        caption,
        tuple(legend),
        _table(data, settings[place - 1]),
        "medium",
        ALL_TRIALS if feasible else "",
    )


def _in_words(panel: SearchPanel, metric: Metric) -> str:
    best = [
        f"{f'{series.name}: ' if series.name else ''}{value_words(dot.value) if dot.value is not None else 'off'} "
        f"reaches {metric.unit.value_text(dot.accuracy)}"
        for series in panel.series
        for dot in series.dots
        if dot.winner and dot.accuracy is not None
    ]
    dots = [dot for series in panel.series for dot in series.dots]
    failed = sum(dot.accuracy is None for dot in dots)
    return (
        f"Validation {metric.words} against {panel.title}, {count(len(dots), 'trial')}, {whole(failed)} failed. "
        "Chosen: " + (f"{'; '.join(best)}." if best else "none.")
    )


def _table(data: SearchData, setting: SearchedSetting) -> Table:
    """Every trial of the searches with its setting."""
    names = [panel.parameter for panel in data.panels if panel.parameter]
    rows, unit = [], data.metric.unit
    for cell in setting.cells:
        won = {winner.tried.number for winner in cell.winners}
        for one in cell.finding.trained:
            values = (one.setting.get(name) for name in names)
            rows.append(
                (
                    *((cell.label,) if setting.axis_label else ()),
                    str(one.number + 1),
                    *("off" if value is None else value_words(value) for value in values),
                    "failed" if one.accuracy is None else unit.number(one.accuracy, 1),
                    unit.number(one.gap, 1),
                    "yes" if one.number in won else "",
                )
            )
    columns = (
        *((Column(setting.axis_label, True),) if setting.axis_label else ()),
        Column("trial", True),
        *(Column(title(name), True) for name in names),
        Column(f"validation{unit.of_values}", True),
        Column(f"gap{unit.of_differences}", True),
        Column("chosen"),
    )
    return Table("Every trial of the searches", columns, tuple(rows))
