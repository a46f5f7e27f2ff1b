"""The section on the metric against the axis: where it turns for the worse on held-out data."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from reports.blocks import Block, Figure, Prose, Section
from reports.figures import accuracy_sweep
from reports.sections.legends import SPLIT_LEGEND
from reports.sections.sweeps import intervals_words, most_runs, sweep_charts, sweep_table, zoom
from reports.sections.thinning import behind, charted, left_out
from study.records.metrics import METRICS
from study.words import capital

if TYPE_CHECKING:
    from study.analysis.findings import Findings

ONE_RUN = "One run each, so there is no interval."
NO_DATA = "No trial has finished yet, so there is nothing to draw."


def accuracy_section(findings: Findings, prefix: str = "", of: str = "") -> Section:
    """The figure; a sentence where nothing has finished yet and no search stands further down."""
    figure = accuracy_figure(findings, prefix, behind(findings))
    blocks: tuple[Block, ...] = () if figure is None else (figure,)
    if figure is None and findings.search is None:
        blocks = (Prose("", (NO_DATA,)),)
    return Section(f"{prefix}depth", f"{_title(findings)}{of}", blocks, link=_link(findings))


def accuracy_figure(findings: Findings, prefix: str = "", folded: Collection[str] = ()) -> Figure | None:
    """The metric in train, validation and test of every panel, with a switch to the others that the study shows; None
    without a finished trial."""
    shown = charted(findings)
    data = accuracy_sweep.collect(shown)
    if not data.panels:
        return None
    single = most_runs(data) < 2
    caption = [ONE_RUN if single else f"Means over replicates{intervals_words(data)}."]
    if any(p.marks.interval and p.marks.matters for p in data.panels):
        caption.append("The yellow band is the interval of the onset.")
    if any(p.axis.beside is not None for p in data.panels):
        caption.append("Open signs right of the dotted line are the baseline, which takes no part in the verdict.")
    caption += left_out(shown, findings)
    words = capital(findings.facts.metric.words)
    table = sweep_table(
        accuracy_sweep.collect(findings), f"{words}, mean ± half the width of its 95 % interval, n replicates"
    )
    legend = SPLIT_LEGEND if single else (*SPLIT_LEGEND, ("dots", "single replicates"))
    if any(not p.axis.names and len(p.axis.values) > 1 for p in data.panels):
        legend = (*legend, ("gap", "the gap"))
    metrics = findings.facts.metrics
    read = [data, *(accuracy_sweep.collect(shown, metric) for metric in metrics[1:])]
    choices = tuple(metric.words for metric in metrics) if len(metrics) > 1 else ()
    charts = sweep_charts(data, f"{prefix}depth", words, choice=choices[0] if choices else "", folded=folded)
    for metric, other in zip(metrics[1:], read[1:], strict=True):
        charts += sweep_charts(
            other, f"{prefix}depth-{metric.name}", capital(metric.words), choice=metric.words, folded=folded
        )
    offered = next((words for words in map(zoom, read) if words), "")
    return Figure("", charts, " ".join(caption), legend, table, zoom=offered, choices=choices)


def _link(findings: Findings) -> str:
    """The metric without its class: the navigation keeps to one line."""
    return capital(METRICS[findings.facts.metric.name].words)


def _title(findings: Findings) -> str:
    panel, words = findings.panels[0] if findings.panels else None, capital(findings.facts.metric.words)
    if panel is None or panel.has_axis:
        return f"{words} against {'depth' if panel is None else panel.axis_label}"
    return f"{words} of the candidates" if len(panel.points) > 1 else words
