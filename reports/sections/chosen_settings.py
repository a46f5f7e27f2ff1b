"""How the searches worked and what they chose: words, and a table that shows how far the best was luck."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

from reports.blocks import Column, Table
from reports.figures.searched import SearchedCell, SearchedSetting, searched
from study.analysis.interval_words import estimate
from study.analysis.search_findings import trials_of
from study.design.setting_words import setting_words
from study.words import MISSING, capital, count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.figures.searched import Winner
    from study.analysis.findings import Confirmed, Findings, Point
    from study.records.metrics import Metric
    from study.records.units import Unit


def how(findings: Findings) -> tuple[str, ...]:
    """How the searches worked, and how far their best was luck."""
    found, settings = findings.search, searched(findings)
    if found is None:
        return ()
    cells = [cell for setting in settings for cell in setting.cells]
    labels = list(dict.fromkeys(s.axis_label for s in settings if s.axis_label))
    tuned = (
        f"Everything around {labels[0]} was tuned anew in each of {count(_cells(cells), 'cell')}: " if labels else ""
    )
    proposed = f"{found.proposer} made {_proposals(cells)}{' there' if labels else ''}"
    lead = (
        f"{tuned}{proposed if found.parameters else 'one trial was read at each patience'}, and validation "
        f"{findings.facts.metric.words} chose, on a split that only searches see. Only fresh replicates of what was "
        "chosen are reported, on "
        "other splits, because the best of many trials is best partly by luck. "
        f"{capital('test ' + findings.facts.metric.words)} is recorded and never selects anything."
    )
    return (lead, *_state(cells), *_optimism(settings, findings.facts.metric))


def _cells(searches: Sequence[SearchedCell]) -> int:
    return sum(search.finding.number == 0 for search in searches)


def _proposals(cells: Sequence[SearchedCell]) -> str:
    """How many settings each search proposed: ``12 proposals``, ``3 to 12 proposals``."""
    made = [len(cell.finding.tried) for cell in cells]
    fewest = "" if min(made) == max(made) else f"{min(made)} to "
    return f"{fewest}{count(max(made), 'proposal')}"


def chosen_table(settings: Sequence[SearchedSetting], metric: Metric) -> Table:
    """One row a winner: what the search said of it, and what its fresh replicates reached."""
    isolated = any(setting.axis_label for setting in settings)
    several, unit = len(settings) > 1, metric.unit
    rows = []
    for setting in settings:
        for cell in setting.cells:
            winners: Sequence[Winner | None] = cell.winners or (None,)
            rows += [
                (
                    *((setting.name,) if several else ()),
                    _named(cell) if isolated else (winner.label if winner else "") or MISSING,
                    *(_counts(cell) if isolated else ()),
                    *(_outcome(winner, metric) if winner else _nothing(cell)),
                )
                for winner in winners
            ]
        tuned_beside = any(cell.finding.baseline for cell in setting.cells)
        if setting.panel is not None and setting.panel.baseline is not None and not tuned_beside:
            beside = setting.panel.baseline
            lead = (*((setting.name,) if several else ()), "baseline", *("", "") * isolated, "")
            rows.append((*lead, estimate(beside.validation, unit), "", *_reached(beside, unit), beside.label))
    labels = list(dict.fromkeys(s.axis_label for s in settings if s.axis_label))
    columns = (
        *((Column("setting"),) if several else ()),
        Column(labels[0] if labels else "candidate", True),
        *((Column("tried", True), Column("failed", True)) if isolated else ()),
        Column(f"search{unit.of_values}", True),
        Column(f"validation{unit.of_values}", True),
        Column("optimism", True),
        Column(f"test{unit.of_values}", True),
        Column(f"gap{unit.of_differences}", True),
        Column("n", True),
        Column("chosen"),
    )
    return Table("What each search chose, and what it reached again", columns, tuple(rows))


def _state(cells: Sequence[SearchedCell]) -> list[str]:
    tried, failed = trials_of(cell.finding for cell in cells)
    repeats = sum(len(cell.finding.tried) for cell in cells) - tried
    said = []
    if going := sum(not cell.finding.over for cell in cells):
        which = "The search has" if len(cells) == 1 else f"{going} of {len(cells)} searches have"
        said.append(f"{which} not ended: {tried} trials have ended so far, and what follows will change.")
    if failed and failed == tried:
        said.append(f"None of {count(tried, 'trial')} could be trained.")
    elif failed:
        said.append(f"{failed} of {tried} trials failed: they are crosses in the figures.")
    if repeats:
        said.append(f"{count(repeats, 'proposal')} came to a network that had been tried: its trial answered.")
    return [" ".join(said)] if said else []


def _optimism(settings: Sequence[SearchedSetting], metric: Metric) -> list[str]:
    """How much better the winners looked in the search than on fresh replicates, mean over the winners."""
    pairs = [
        (winner.tried.accuracy, winner.confirmed.validation.mean)
        for setting in settings
        for cell in setting.cells
        for winner in cell.winners
        if winner.confirmed is not None
    ]
    unit = metric.unit
    many, above = unit.many or "units", "above" if metric.larger_is_better else "below"
    known = [(a, b) for a, b in pairs if a is not None and b is not None]
    if not known:
        return []
    before, after = (fmean(values) for values in zip(*known, strict=True))
    lead = (
        f"In the search the {count(len(known), 'winner')} reached {unit.value_text(before)} validation {metric.words}"
        f"{' on average' if len(known) > 1 else ''}, on fresh replicates {unit.value_text(after)}: "
    )
    kept = "what the search promised was kept."
    lost = metric.turned(before - after)
    if lost >= unit.step / 2:
        kept = f"the search was {unit.difference(lost)} too optimistic."
    return [
        f"{lead}{kept} In the table, search is the {metric.words} of the trial that was chosen, and optimism how many "
        f"{many} that is {above} the mean of its n fresh replicates, which all other columns show."
    ]


def _named(cell: SearchedCell) -> str:
    return ", ".join(part for part in (cell.label, cell.which) if part)


def _counts(cell: SearchedCell) -> tuple[str, str]:
    return str(len(cell.finding.trained)), str(cell.finding.failed)


def _nothing(cell: SearchedCell) -> tuple[str, ...]:
    return *(MISSING,) * 6, "nothing could be trained" if cell.finding.tried else "nothing was tried yet"


def _outcome(winner: Winner, metric: Metric) -> tuple[str, ...]:
    found = winner.tried.accuracy
    own = winner.confirmed
    unit = metric.unit
    said = unit.number(found)
    if own is None:
        words = setting_words(winner.tried.setting)
        return (said, *(MISSING,) * 4, "0", f"best so far: {words}")
    mean = own.validation.mean
    optimism = None if found is None or mean is None else metric.turned(found - mean)
    words = ", ".join(
        part
        for part in (
            own.configuration.label,
            setting_words(winner.tried.setting, reading=own.reading, named=True),
        )
        if part
    )
    return (said, estimate(own.validation, unit), unit.number(optimism, sign=True), *_reached(own, unit), words)


def _reached(point: Point | Confirmed, unit: Unit) -> tuple[str, str, str]:
    return estimate(point.test, unit), estimate(point.gap, unit), str(point.test.n)
