"""What the searches chose and what they tried, as tables of written cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.blocks import Column, Table
from reports.figures.parallel import value_of
from study.analysis.interval_words import estimate
from study.design.setting_words import setting_words, title, value_words
from study.words import MISSING, count, number, value_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.figures.history import HistoryData
    from reports.figures.parallel import ParallelData
    from reports.figures.tried import SearchData
    from reports.searched import SearchedCell, SearchedSetting, Winner
    from study.analysis.findings import Point


def chosen_table(settings: Sequence[SearchedSetting]) -> Table:
    """One row a winner: what the search said of it, and what its fresh replicates reached."""
    isolated = any(setting.axis_label for setting in settings)
    several = len(settings) > 1
    rows = []
    for setting in settings:
        for cell in setting.cells:
            winners: Sequence[Winner | None] = cell.winners or (None,)
            rows += [
                (
                    *((setting.name,) if several else ()),
                    cell.label if isolated else (winner.label if winner else "") or MISSING,
                    *(_counts(cell) if isolated else ()),
                    *(_outcome(winner) if winner else _nothing(cell)),
                )
                for winner in winners
            ]
        if setting.panel is not None and setting.panel.baseline is not None:
            beside = setting.panel.baseline
            lead = (*((setting.name,) if several else ()), "baseline", *("", "") * isolated, "")
            rows.append((*lead, estimate(beside.validation), "", *_reached(beside), beside.configuration.label))
    labels = list(dict.fromkeys(s.axis_label for s in settings if s.axis_label))
    columns = (
        *((Column("setting"),) if several else ()),
        Column(labels[0] if labels else "candidate", True),
        *((Column("tried", True), Column("failed", True)) if isolated else ()),
        Column("search, %", True),
        Column("validation, %", True),
        Column("optimism", True),
        Column("test, %", True),
        Column("gap, points", True),
        Column("n", True),
        Column("chosen"),
    )
    return Table("What each search chose, and what it reached again", columns, tuple(rows))


def _counts(cell: SearchedCell) -> tuple[str, str]:
    tried = len(cell.finding.tried)
    return str(tried), str(tried - len(cell.finding.feasible))


def _nothing(cell: SearchedCell) -> tuple[str, ...]:
    return *(MISSING,) * 6, "nothing could be trained" if cell.finding.tried else "nothing was tried yet"


def _outcome(winner: Winner) -> tuple[str, ...]:
    found = winner.tried.accuracy
    point = winner.point
    said = MISSING if found is None else number(100 * found, 1)
    if point is None:
        words = setting_words(winner.tried.setting)
        return (said, *(MISSING,) * 4, "0", f"best so far: {words}")
    mean = point.validation.mean
    optimism = None if found is None or mean is None else 100 * (found - mean)
    words = ", ".join(
        part
        for part in (
            point.configuration.label,
            setting_words(winner.tried.setting, reading=point.reading, named=True),
        )
        if part
    )
    return (said, estimate(point.validation), number(optimism, 1, sign=True), *_reached(point), words)


def _reached(point: Point) -> tuple[str, str, str]:
    return estimate(point.test), estimate(point.gap), str(point.test.n)


def search_trials_table(data: SearchData, setting: SearchedSetting) -> Table:
    """Every trial of the searches with its setting."""
    names = [panel.parameter for panel in data.panels if panel.parameter]
    rows = []
    for cell in setting.cells:
        won = {winner.tried.number for winner in cell.winners}
        for one in cell.finding.tried:
            values = (one.setting.get(name) for name in names)
            rows.append(
                (
                    *((cell.label,) if setting.axis_label else ()),
                    str(one.number + 1),
                    *("off" if value is None else value_words(value) for value in values),
                    "failed" if one.accuracy is None else number(100 * one.accuracy, 2),
                    number(None if one.gap is None else 100 * one.gap, 2),
                    "yes" if one.number in won else "",
                )
            )
    columns = (
        *((Column(setting.axis_label, True),) if setting.axis_label else ()),
        Column("trial", True),
        *(Column(title(name), True) for name in names),
        Column("validation, %", True),
        Column("gap, points", True),
        Column("chosen"),
    )
    return Table("Every trial of the searches", columns, tuple(rows))


def best_trials_table(data: ParallelData, note: str) -> Table:
    """The strong lines of the parallel coordinates, the most accurate first; ``note`` says where the others stand."""
    rows = []
    for line in data.strong:
        values = ("" if dot is None else value_of(dot) for dot in line.dots)
        accuracy = number(100 * (line.accuracy or 0.0), 2)
        rows.append((str(line.number), *values, accuracy, "yes" if line.winner else ""))
    titles = [row.title for row in data.rows]
    columns = (
        Column("trial", True),
        *(Column(title, True) for title in titles),
        Column("validation, %", True),
        Column("chosen"),
    )
    return Table(f"The best {count(len(rows), 'trial')}; {note}", columns, tuple(rows))


def history_table(histories: Sequence[HistoryData]) -> Table:
    """The best validation accuracy so far after each trial, one column a search."""
    lines = [(data.setting, line) for data in histories for line in data.lines]
    several = len(histories) > 1
    titles = [", ".join(part for part in (setting if several else "", line.name) if part) for setting, line in lines]
    rows = []
    for i in range(max(data.length for data in histories)):
        best = [line.best[i] if i < len(line.best) else None for _, line in lines]
        rows.append((value_text(i + 1), *(MISSING if b is None else number(100 * b, 2) for b in best)))
    columns = (Column("trial", True), *(Column(f"{words or 'best so far'}, %", True) for words in titles))
    return Table("Best validation accuracy so far", columns, tuple(rows))
