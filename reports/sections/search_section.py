"""The section on the searches: how they worked, what they chose, what was tried, what to change."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

from reports.blocks import Block, Chart, Code, Column, Figure, Listing, Prose, Table
from reports.figures import history, importance, parallel, tried
from reports.searched import SearchedCell, SearchedSetting, searched
from reports.sections.search_tables import best_trials_table, chosen_table, history_table, search_trials_table
from study.analysis.searches import FEWEST_FOR_IMPORTANCE
from study.design.setting_words import value_words
from study.words import capital, count, number, points_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.figures.history import HistoryData
    from reports.figures.importance import ImportanceData
    from reports.figures.parallel import ParallelData
    from reports.figures.tried import SearchData, SearchPanel
    from study.analysis.findings import Findings
    from study.analysis.search_findings import SearchFinding

TRIED = "What was tried"
BETTER_HALF = "only the better half of the trials"
SECOND_HALF = "only what the second half of the trials reached"


def search_section(findings: Findings, prefix: str = "") -> tuple[Block, ...]:
    """The blocks of the section; none without a search."""
    if findings.search is None:
        return ()
    settings = searched(findings)
    blocks: list[Block] = [Prose("", how(findings)), chosen_table(settings)]
    for data in tried.collect(findings):
        blocks.append(_tried(data, settings, prefix, first=not any(isinstance(b, Figure) for b in blocks)))
    blocks += _importance(findings.search, importance.collect(findings), prefix)
    blocks += _in_common(parallel.collect(findings), settings, prefix)
    if histories := history.collect(findings):
        blocks.append(_history(histories, prefix))
    return (*blocks, *_advice(findings.search))


def heading(findings: Findings) -> str:
    """What the section is called: a search isolates only where something is scientific."""
    return "Isolation and search" if any(s.axis_label for s in searched(findings)) else "Search"


def how(findings: Findings) -> tuple[str, ...]:
    """How the searches worked, and how far their best was luck."""
    found, settings = findings.search, searched(findings)
    if found is None:
        return ()
    cells = [cell for setting in settings for cell in setting.cells]
    labels = list(dict.fromkeys(s.axis_label for s in settings if s.axis_label))
    tuned = f"Everything around {labels[0]} was tuned anew in each of {count(len(cells), 'cell')}: " if labels else ""
    proposed = f"{found.proposer} proposed {count(found.trials, 'trial')}{' there' if labels else ''}"
    lead = (
        f"{tuned}{proposed if found.parameters else 'one trial was read at each patience'}, and validation "
        "accuracy chose, on a split that only searches see. Only fresh replicates of what was chosen are reported, on "
        "other splits, because the best of many trials is best partly by luck. Test accuracy is recorded and never "
        "selects anything."
    )
    return (lead, *_state(cells), *_optimism(settings))


def summary(findings: Findings) -> str:
    """The searches in one line, for the terminal: proposer, trials, failures, how far they are."""
    found = findings.search
    if found is None:
        return ""
    tried = sum(len(cell.tried) for cell in found.cells)
    failed = tried - sum(len(cell.feasible) for cell in found.cells)
    over = sum(cell.over for cell in found.cells)
    searches = count(len(found.cells), "search", "searches")
    ended = "" if over == len(found.cells) else f", {over} of {len(found.cells)} ended"
    planned = found.trials if found.parameters else 1
    return f"{found.proposer}, {searches} of {count(planned, 'trial')}: {tried} tried, {failed} failed{ended}"


def _state(cells: Sequence[SearchedCell]) -> list[str]:
    tried = sum(len(cell.finding.tried) for cell in cells)
    failed = tried - sum(len(cell.finding.feasible) for cell in cells)
    said = []
    if going := sum(not cell.finding.over for cell in cells):
        which = "The search has" if len(cells) == 1 else f"{going} of {len(cells)} searches have"
        said.append(f"{which} not ended: {tried} trials were answered so far, and what follows will change.")
    if failed and failed == tried:
        said.append(f"None of {count(tried, 'trial')} could be trained.")
    elif failed:
        said.append(f"{failed} of {tried} trials failed: they are crosses in the figures.")
    return [" ".join(said)] if said else []


def _optimism(settings: Sequence[SearchedSetting]) -> list[str]:
    """How much better the winners looked in the search than on fresh replicates, mean over the winners."""
    pairs = [
        (winner.tried.accuracy, winner.point.validation.mean)
        for setting in settings
        for cell in setting.cells
        for winner in cell.winners
        if winner.point is not None
    ]
    known = [(a, b) for a, b in pairs if a is not None and b is not None]
    if not known:
        return []
    before, after = (100 * fmean(values) for values in zip(*known, strict=True))
    lead = (
        f"In the search the {count(len(known), 'winner')} reached {number(before)} % validation accuracy"
        f"{' on average' if len(known) > 1 else ''}, on fresh replicates {number(after)} %: "
    )
    kept = "what the search promised was kept."
    if before - after >= 0.05:
        kept = f"the search was {points_text(round((before - after) / 100, 3))} too optimistic."
    return [
        f"{lead}{kept} In the table, search is the accuracy of the trial that was chosen, and optimism how many points "
        "that is above the mean of its n fresh replicates, which all other columns show."
    ]


def _tried(data: SearchData, settings: Sequence[SearchedSetting], prefix: str, *, first: bool) -> Figure:
    place = next(i for i, s in enumerate(settings, start=1) if s.name == data.setting)
    charts = tuple(
        Chart(f"{prefix}search-{place}-{j}", data.only(p), capital(p.title), _alt(p), p.warnings)
        for j, p in enumerate(data.panels, start=1)
    )
    dots = [dot for panel in data.panels for series in panel.series for dot in series.dots]
    feasible = any(dot.accuracy is not None for dot in dots)
    legend = [("trial", "one trial, validation accuracy in the search")] if feasible else []
    if feasible and len(data.panels[0].series) > 1:
        names = [s.name for s in data.panels[0].series]
        legend.append(("shades", f"from {names[0]} (faint) to {names[-1]} (strong)"))
    if any(dot.winner for dot in dots):
        over = all(cell.finding.over for cell in settings[place - 1].cells)
        which = "the value of its search" if settings[place - 1].axis_label else "its rank"
        legend.append(("winner", f"{'chosen' if over else 'best so far'}, with {which}"))
    if any(panel.again for panel in data.panels):
        legend.append(("again", "what n fresh replicates of the chosen one reached, with its interval"))
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
        search_trials_table(data, settings[place - 1]),
        "medium",
        BETTER_HALF if feasible else "",
    )


def _alt(panel: SearchPanel) -> str:
    best = [
        f"{f'{series.name}: ' if series.name else ''}{value_words(dot.value) if dot.value is not None else 'off'} "
        f"reaches {number(100 * dot.accuracy)} %"
        for series in panel.series
        for dot in series.dots
        if dot.winner and dot.accuracy is not None
    ]
    dots = [dot for series in panel.series for dot in series.dots]
    failed = sum(dot.accuracy is None for dot in dots)
    return f"Validation accuracy against {panel.title}, {len(dots)} trials, {failed} failed. Chosen: " + (
        f"{'; '.join(best)}." if best else "none."
    )


def _importance(found: SearchFinding, data: ImportanceData, prefix: str) -> list[Block]:
    name = "Which hyperparameter mattered"
    if not found.parameters:
        return []
    if not data.rows:
        everywhere = [p for p in found.parameters if p.condition is None]
        why = (
            "It takes at least two hyperparameters that every trial has."
            if len(everywhere) < 2
            else f"It takes at least {FEWEST_FOR_IMPORTANCE} trials of one search that did not fail."
        )
        return [Prose(name, (f"Not computed. {why}",))]
    cells = sorted({row.cells for row in data.rows})
    over = count(cells[-1], "search", "searches") if len(cells) == 1 else f"{cells[0]} to {cells[-1]} searches"
    caption = (
        "Share of the variance between trials that each hyperparameter explains near the best ones (PED-ANOVA), "
        f"{'mean over' if cells[-1] > 1 else 'from'} {over}. Hyperparameters that only some trials have are left out."
    )
    said = "; ".join(f"{r.title} {100 * r.accuracy:.0f} % and {100 * r.gap:.0f} %" for r in data.rows)
    chart = Chart(f"{prefix}importance", data, "", f"Importance for validation accuracy and gap: {said}.")
    columns = (
        Column("hyperparameter"),
        Column("validation accuracy, %", True),
        Column("gap, %", True),
        Column("n searches", True),
    )
    rows = tuple((r.title, number(100 * r.accuracy, 0), number(100 * r.gap, 0), str(r.cells)) for r in data.rows)
    return [Figure(name, (chart,), caption, (), Table("Share of the variance between trials", columns, rows))]


def _in_common(found: Sequence[ParallelData], settings: Sequence[SearchedSetting], prefix: str) -> list[Figure]:
    """The trials as lines, one figure a setting."""
    figures = []
    for i, data in enumerate(found, start=1):
        setting = next(s for s in settings if s.name == data.setting)
        over = all(cell.finding.over for cell in setting.cells)
        strong, failed = len(data.strong), sum(line.accuracy is None for line in data.lines)
        legend = [
            ("strong-line", f"the best {strong} of {count(len(data.lines), 'trial')}"),
            (
                "chosen-line",
                f"{'chosen' if over else 'best so far'}{' in each search' if len(setting.cells) > 1 else ''}",
            ),
        ]
        if any(not (line.strong or line.winner) for line in data.lines):
            legend.append(("faint-line", "the other trials"))
        if failed:
            legend.append(("infeasible", "failed: ends without an accuracy"))
        caption = (
            "Each line is a trial, from its values at the top to the accuracy that it reached at the bottom. Where the "
            "strong lines meet and the faint ones do not, the best trials have a value in common."
        )
        if any(None in line.dots for line in data.lines):
            caption += " A line is dotted or missing where its trial has no such hyperparameter."
        several = len(settings) > 1
        name = f"What the best trials have in common{f': {data.setting}' if several else ''}"
        chart = Chart(f"{prefix}parallel-{i}", data, "", _in_common_alt(data))
        where = f"every trial stands under {data.setting if several else TRIED}"
        figures.append(Figure(name, (chart,), caption, tuple(legend), best_trials_table(data, where)))
    return figures


def _in_common_alt(data: ParallelData) -> str:
    """Where the best trials lie on each row: from their lowest to their highest value, or the choices they took."""
    said = []
    for place, row in enumerate(data.rows):
        dots = [dot for line in data.strong if (dot := line.dots[place]) is not None]
        dots.sort(key=lambda dot: row.scale.position(dot.value))
        words = list(dict.fromkeys(parallel.value_of(dot) for dot in dots))
        if words:
            listed = ", ".join(words) if row.scale.spread else " to ".join(dict.fromkeys((words[0], words[-1])))
            said.append(f"{row.title} {listed}")
    return (
        f"Parallel coordinates of {count(len(data.lines), 'trial')}, one row a hyperparameter. "
        f"The best {len(data.strong)} have {'; '.join(said)}."
    )


def _history(histories: Sequence[HistoryData], prefix: str) -> Figure:
    charts = []
    for i, data in enumerate(histories, start=1):
        ends = ", ".join(
            f"{f'{line.name} ' if line.name else ''}{number(100 * (line.best[-1] or 0.0))} %" for line in data.lines
        )
        alt = f"Best validation accuracy so far over {count(data.length, 'trial')}; at the end {ends}."
        charts.append(Chart(f"{prefix}history-{i}", data, data.setting if len(histories) > 1 else "", alt))
    caption = "A search that still climbs at its end would have found more with more trials."
    title = "How the searches went"
    return Figure(title, tuple(charts), caption, (), history_table(histories), "wide", SECOND_HALF)


def _advice(found: SearchFinding) -> list[Block]:
    """What to change before the next study, in words and as lines of its file."""
    if not found.advice:
        over = all(cell.over for cell in found.cells)
        return [Prose("What to change", ("Nothing about the search space asks for a change.",))] if over else []
    tables: dict[str, list[str]] = {}
    for head, *lines in (one.toml.splitlines() for one in found.advice if one.toml):
        tables.setdefault(head, []).extend(lines)
    blocks: list[Block] = [Listing("What to change before the next study", tuple(one.sentence for one in found.advice))]
    if tables:
        text = "\n\n".join("\n".join([head, *lines]) for head, lines in tables.items())
        blocks.append(Code("The lines that do it", f"{text}\n"))
    return blocks
