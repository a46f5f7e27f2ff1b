"""What the best trials of a search have in common, as a part of the section on the searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.blocks import Block, Chart, Column, Figure, Table, behind_folds
from reports.figures import parallel
from reports.sections.thinning import behind
from reports.sections.tried_settings import TRIED
from study.words import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.figures.parallel import ParallelData
    from reports.figures.searched import SearchedSetting
    from study.analysis.findings import Findings


def common_figures(findings: Findings, settings: Sequence[SearchedSetting], prefix: str) -> tuple[Block, ...]:
    """The trials as lines, one figure a setting."""
    figures, under, folded = [], [], behind(findings)
    for i, data in enumerate(parallel.collect(findings), start=1):
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
            legend.append(("infeasible", f"failed: ends without {_article(data.metric.words)}"))
        caption = (
            f"Each line is a trial, from its values at the top to the {data.metric.words} that it reached at the "
            "bottom. Where the strong lines meet and the faint ones do not, the best trials have a value in common."
        )
        if any(None in line.dots for line in data.lines):
            caption += " A line is dotted or missing where its trial has no such hyperparameter."
        several = len(settings) > 1
        name = f"What the best trials have in common{f': {data.setting}' if several else ''}"
        chart = Chart(f"{prefix}parallel-{i}", data, "", in_words(data))
        where = f"every trial stands under {data.setting if several else TRIED}"
        under.append(data.setting in folded)
        figures.append(Figure(name, (chart,), caption, tuple(legend), _table(data, where)))
    return behind_folds(figures, under)


def _article(words: str) -> str:
    return f"{'an' if words[0] in 'aeiouAFR' else 'a'} {words}"


def in_words(data: ParallelData) -> str:
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


def _table(data: ParallelData, note: str) -> Table:
    """The strong lines of the parallel coordinates, the best first; ``note`` says where the others stand."""
    rows = []
    for line in data.strong:
        values = ("" if dot is None else parallel.value_of(dot) for dot in line.dots)
        accuracy = data.metric.unit.number(line.accuracy or 0.0, 1)
        rows.append((str(line.number), *values, accuracy, "yes" if line.winner else ""))
    titles = [row.title for row in data.rows]
    columns = (
        Column("trial", True),
        *(Column(title, True) for title in titles),
        Column(f"validation{data.metric.unit.of_values}", True),
        Column("chosen"),
    )
    return Table(f"The best {count(len(rows), 'trial')}; {note}", columns, tuple(rows))
