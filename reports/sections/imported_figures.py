"""Figures of a study that was read from another program, from the records that our own searches and sweeps have."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reports.blocks import Block, Chart, Column, Figure, Prose, Section, Table
from reports.figures import parallel
from reports.figures.imported_sweep import sweep_of_imported
from reports.figures.imported_trials import (
    MOST_CURVES,
    MOST_DRAWN,
    MOST_PANELS,
    Drawn,
    curves_of,
    drawn_of,
    history_of,
    metric_of,
    tried_of,
)
from reports.sections.common_values import in_words
from reports.sections.search_course import FROM_THE_FIRST
from reports.sections.sweeps import intervals_words, sweep_charts, sweep_table, zoom
from reports.sections.tried_settings import ALL_TRIALS
from study.words import capital, count, listed, value_text, whole

if TYPE_CHECKING:
    from reports.figures.tried_drawing import SearchData
    from study.analysis.findings import ImportedFindings
    from study.records.imported import ForeignStudy
    from study.records.metrics import Metric


def imported_axis_section(findings: ImportedFindings, prefix: str, of: str) -> Section:
    """The metric of a table of runs against its axis; without blocks where there is none."""
    data = sweep_of_imported(findings.panels)
    if data is None:
        return Section(f"{prefix}depth", "", ())
    words, panel = capital(data.metric.words), findings.panels[0]
    known = any(e.interval.low is not None for p in data.panels for s in p.series for e in s.estimates)
    caption = f"Means over runs{intervals_words(data)}." if known else "Means over runs, which are no replicates."
    if any(one.marks.interval and one.marks.matters for one in data.panels):
        caption += " The yellow band is the interval of the onset."
    half = " ± half the width of its 95 % interval" if known else ""
    table = sweep_table(data, f"{words}, mean{half}, n runs")
    legend = (("train", "train"), (panel.held_out, panel.held_out), ("gap", "the gap"))
    charts = sweep_charts(data, f"{prefix}depth", words)
    figure = Figure("", charts, caption, legend, table, zoom=zoom(data))
    return Section(f"{prefix}depth", f"{words} against {panel.axis}{of}", (figure,), link=words)


def imported_trials_section(findings: ImportedFindings, prefix: str, of: str) -> Section:
    """How a search went, each hyperparameter, what the best have in common, and what was reported on the way.

    Runs of a table along an axis have only the last: nobody searched there.
    """
    study, drawn = findings.study, drawn_of(findings.study)
    blocks: list[Block] = []
    if drawn is not None:
        metric = metric_of(study)
        if not findings.panels:
            blocks = [*_tried(findings, drawn, metric, prefix), *_course(study, metric, prefix)]
        blocks += _curves(study, drawn, metric, prefix)
        if blocks:
            blocks.insert(0, Prose("", (_which(drawn, study),)))
    return Section(f"{prefix}tried", f"What was tried{of}", tuple(blocks), link="Tried")


def _which(drawn: Drawn, study: ForeignStudy) -> str:
    """Which trials are drawn, and which are not."""
    some = f"The best {whole(len(drawn.trials))} of {count(drawn.of, 'trial')}"
    which = some if drawn.of > len(drawn.trials) else f"All {count(drawn.of, 'trial')}"
    said = (
        f"{which} that ended with a value{' and had the largest budget' if len(study.budgets) > 1 else ''} are drawn."
    )
    if drawn.of > MOST_DRAWN:
        said += " How the study went is left out: it has too many."
    if study.count("pruned"):
        said += " Pruned ones are not: their last value is one on the way."
    return said


def _tried(findings: ImportedFindings, drawn: Drawn, metric: Metric, prefix: str) -> list[Figure]:
    data, left = tried_of(findings, drawn, metric)
    if data is None:
        return []
    legend = [("trial", "one trial"), ("winner", "the best of them")]
    if any(dot.accuracy is not None and not _inside(dot.accuracy, data) for dot in data.panels[0].series[0].dots):
        legend.append(("below", "off the scale"))
    if any(dot.accuracy is None for panel in data.panels for dot in panel.series[0].dots):
        legend.append(("infeasible", "failed"))
    caption = "Every drawn trial against each hyperparameter that took several values, on the scale it was searched on."
    if left:
        caption += f" Left out, as there are too many, or too many of their values: {listed(list(left[:MOST_PANELS]))}"
        caption += "." if len(left) <= MOST_PANELS else f" and {whole(len(left) - MOST_PANELS)} more."
    charts = tuple(
        Chart(f"{prefix}tried-{i}", data.only(panel), panel.title, f"{capital(metric.words)} against {panel.title}.")
        for i, panel in enumerate(data.panels, start=1)
    )
    figures = [
        Figure("Hyperparameters", charts, caption, tuple(legend), _best_table(drawn, data), "medium", ALL_TRIALS)
    ]
    lines = parallel.of_search(data)
    if lines is not None:
        lines = replace(lines, lines=tuple(replace(line, winner=False) for line in lines.lines))  # nobody chose it
        strong = len(lines.strong)
        signs = [("strong-line", f"the best {strong}"), ("faint-line", "the other trials")]
        if any(line.accuracy is None for line in lines.lines):
            signs.append(("infeasible", "failed"))
        caption = (
            f"Each line is a trial, from its values at the top to the {metric.words} that it reached at the bottom. "
            "Where the strong lines meet and the faint ones do not, the best trials have a value in common."
        )
        chart = Chart(f"{prefix}parallel", lines, "", in_words(lines))
        figures.append(
            Figure("What the best trials have in common", (chart,), caption, tuple(signs), _best_table(drawn, data))
        )
    return figures


def _inside(value: float, data: SearchData) -> bool:
    return data.deciding[0] <= value <= data.deciding[1]


def _course(study: ForeignStudy, metric: Metric, prefix: str) -> list[Figure]:
    data = history_of(study, metric)
    if data is None:
        return []
    (line,) = data.lines
    best = [value_text(value) if value is not None else "" for value in line.best]
    rows = tuple((str(number), reached) for number, reached in zip(line.numbers, best, strict=True))
    table = Table(f"Best {metric.words} so far", (Column("trial", True), Column("best so far", True)), rows)
    alt = f"Best {metric.words} so far over {count(len(best), 'trial')}; at the end {best[-1]}."
    caption = "Trials that ended with a value, in the order in which they were begun."
    chart = Chart(f"{prefix}course", data, "", alt)
    return [Figure("How it went", (chart,), caption, (), table, "wide", FROM_THE_FIRST)]


def _curves(study: ForeignStudy, drawn: Drawn, metric: Metric, prefix: str) -> list[Figure]:
    data = curves_of(study, drawn, metric)
    if data is None:
        return []
    shown = len(data.others) + (data.best is not None)
    which = "" if shown < MOST_CURVES else f" The best {whole(MOST_CURVES)} are drawn."
    caption = f"What {count(shown, 'trial')} reported on the way, to the end that it is compared by.{which}"
    signs = [("faint-line", "one trial")] + ([("strong-line", "the best of them")] if data.best else [])
    curves = [*data.others, *([data.best] if data.best else [])]
    rows = tuple(
        (
            str(curve.number),
            whole(curve.steps[-1]),
            value_text(curve.values[-1]) if curve.values[-1] is not None else "",
        )
        for curve in curves
    )
    columns = (Column("trial", True), Column("last step", True), Column("reported there", True))
    chart = Chart(f"{prefix}reported", data, "", f"Curves of {count(shown, 'trial')}.")
    table = Table("Where the curves end", columns, rows)
    return [Figure("Values reported on the way", (chart,), caption, tuple(signs), table)]


def _best_table(drawn: Drawn, data: SearchData) -> Table:
    """The best ten of the drawn trials with their values."""
    names = [panel.parameter for panel in data.panels]
    best = sorted(drawn.trials, key=lambda trial: float(data.metric.turned(trial.value or 0.0)), reverse=True)[:10]
    rows = tuple(
        (str(one.number), *(_cell(one.setting.get(name)) for name in names), value_text(one.value or 0.0))
        for one in best
    )
    columns = (Column("trial", True), *(Column(name, True) for name in names), Column("value", True))
    return Table(f"The best {count(len(rows), 'trial')}; all stand below", columns, rows)


def _cell(value: object) -> str:
    return "" if value is None else value_text(value) if isinstance(value, float) else str(value)
