"""What the searches tried: the metric on validation against each hyperparameter, one dot a trial."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.figures.axis import padded
from reports.figures.canvas import to_figure
from reports.figures.scale import Scale, scale_of
from reports.figures.searched import SearchedSetting, searched
from reports.figures.theme import LIGHT, Palette
from reports.figures.tried_drawing import SearchData, SearchDot, SearchPanel, SearchSeries
from study.analysis.interval_words import half_width
from study.design.setting_words import SWITCH, title

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from study.analysis.findings import Findings
    from study.analysis.search_findings import Advice
    from study.records.intervals import Interval
    from study.records.metrics import Metric
    from study.records.parameters import Parameter

FAINTEST, STRONGEST = 0.35, 0.9


def collect(findings: Findings) -> tuple[SearchData, ...]:
    """Every trial of every search, by setting; settings in which nothing was tried yet are left out."""
    found = findings.search
    if found is None:
        return ()
    collected = (
        _setting(setting, found.parameters, found.advice, findings.facts.metric) for setting in searched(findings)
    )
    return tuple(data for data in collected if data.panels)


def strengths(count: int) -> list[float]:
    """How strongly each of ``count`` searches is drawn, from faint to strong in the order of the axis."""
    if count == 1:
        return [0.7]
    return [round(FAINTEST + (STRONGEST - FAINTEST) * i / (count - 1), 3) for i in range(count)]


def search_figure(findings: Findings, setting: str | None = None, palette: Palette = LIGHT) -> go.Figure:
    """The metric on validation against each hyperparameter in one setting, the first by default, ready to show."""
    chosen = next((data for data in collect(findings) if setting in (None, data.setting)), None)
    empty = SearchData("", (), (0.0, 1.0), (0.0, 1.0))
    return to_figure((chosen or empty).draw(palette), palette)


def _setting(
    setting: SearchedSetting, parameters: tuple[Parameter, ...], advice: tuple[Advice, ...], metric: Metric
) -> SearchData:
    tried = [one for cell in setting.cells for one in cell.finding.trained]
    panels = tuple(
        _panel(setting, parameter, parameters, advice)
        for parameter in parameters
        if not _is_switch(parameter, parameters) and any(parameter.name in one.setting for one in tried)
    )
    if setting.axis_label and panels:
        panels = (_isolation(setting), *panels)
    values = [one.accuracy for one in tried if one.accuracy is not None]
    again = [
        i.mean + side * (half_width(i) or 0.0) for _, i in _again(setting) if i.mean is not None for side in (-1, 1)
    ]
    won = [winner.tried.accuracy or 0.0 for cell in setting.cells for winner in cell.winners]
    ordered = sorted(values, key=metric.turned)
    better = [v for v in values if metric.turned(v) >= metric.turned(ordered[len(values) // 4])]
    every, deciding = (padded([*some, *again], ceiling=metric.bounds[1]) for some in (values, [*better, *won]))
    return SearchData(setting.name, panels, every, deciding, metric)


def _isolation(setting: SearchedSetting) -> SearchPanel:
    """All trials by the value of the scientific axis, and what the winners reached again."""
    series = []
    for cell, strength in zip(setting.cells, strengths(len(setting.cells)), strict=True):
        won = {winner.tried.number: winner.label for winner in cell.winners}
        dots = (
            SearchDot(one.number + 1, cell.label, one.accuracy, won.get(one.number, "")) for one in cell.finding.trained
        )
        series.append(SearchSeries(cell.words, strength, tuple(dots)))
    scale = Scale(0.0, 1.0, False, False, tuple(dict.fromkeys(cell.label for cell in setting.cells)), False)
    return SearchPanel("", setting.axis_label, scale, tuple(series), (), "", _again(setting))


def _again(setting: SearchedSetting) -> tuple[tuple[str, Interval], ...]:
    if not setting.axis_label:
        return ()
    return tuple(
        (cell.label, winner.confirmed.validation)
        for cell in setting.cells
        for winner in cell.winners
        if winner.confirmed is not None and winner.confirmed.validation.mean is not None
    )


def _panel(
    setting: SearchedSetting, parameter: Parameter, parameters: tuple[Parameter, ...], advice: tuple[Advice, ...]
) -> SearchPanel:
    name = parameter.name
    off = any(p.name == name + SWITCH for p in parameters)
    series = []
    for cell, strength in zip(setting.cells, strengths(len(setting.cells)), strict=True):
        labels = {winner.tried.number: winner.label for winner in cell.winners}
        dots = tuple(
            SearchDot(one.number + 1, one.setting.get(name), one.accuracy, labels.get(one.number, ""))
            for one in cell.finding.trained
            if name in one.setting or one.setting.get(name + SWITCH) is False
        )
        series.append(SearchSeries(cell.words, strength, dots))
    warned = [one for one in advice if one.change is not None and one.change.key == name and one.change.end is not None]
    edge = next((one.change.end for one in warned if one.change is not None and one.change.end is not None), "")
    sentences = tuple(one.sentence for one in warned)
    return SearchPanel(name, title(name), scale_of(parameter, off=off), tuple(series), sentences, edge)


def _is_switch(parameter: Parameter, parameters: tuple[Parameter, ...]) -> bool:
    return any(p.condition is not None and p.condition == (parameter.name, (True,)) for p in parameters)
