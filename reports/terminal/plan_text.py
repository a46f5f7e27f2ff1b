"""What a study is about to run, on the terminal."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.table import Table

from reports.terminal.escaping import escape
from study.design.parts_words import searches_words, stop_words
from study.design.plan import Plan, PlannedPanel
from study.design.spec import PATIENCE
from study.records.parameters import Parameter
from study.words import count, value_text


def print_plan(plan: Plan, console: Console) -> None:
    """Panels with their cells and replicates; what is tuned in each cell, over which range, by which proposer."""
    spec = plan.spec
    title = escape(f"{spec.name} on {spec.dataset}")
    table = Table(box=None, padding=(0, 1), title=title, title_justify="left")
    for column in ("panel", spec.axis, "replicates", "reading", "searches"):
        table.add_column(column)
    for panel in plan.panels:
        values = (
            [("all" if value is None else f"{value:g}") for value in (cell.value for cell in panel.cells)]
            if panel.has_axis
            else ["-"]
        )
        searches = Counter(search.trials for search in panel.searches)
        search = ", ".join(f"{times} x {count(trials, 'trial')}" for trials, times in searches.items()) or "-"
        table.add_row(escape(panel.name) or "-", ", ".join(values), _replicates(panel), panel.reading, search)
    console.print(table, highlight=False)
    if plan.searches:
        deepest = max((search.cell for search in plan.searches), key=lambda cell: len(cell.parameters))
        by = f" by {spec.searching.proposer}" if deepest.parameters else ""
        console.print(f"tuned{by} in each cell:", highlight=False)
        for parameter in deepest.parameters:
            console.print(f"  {parameter.name:<16}{_range(parameter)}", highlight=False, markup=False)
        if PATIENCE in spec.nuisance:
            listed = ", ".join(map(str, spec.nuisance[PATIENCE].values or ()))
            console.print(f"  {PATIENCE:<16}one of {listed} (a reading: costs no run)", highlight=False, markup=False)
        for words in filter(None, (searches_words(plan), stop_words(plan))):
            console.print(words, highlight=False, markup=False)


def _replicates(panel: PlannedPanel) -> str:
    return f"{panel.looks[0]} to {panel.most}" if panel.looks else str(panel.replicates)


def _range(parameter: Parameter) -> str:
    if parameter.kind == "choice":
        words = f"one of {', '.join(map(str, parameter.values))}"
    else:
        low, high = parameter.bounds
        words = f"{value_text(low)} to {value_text(high)}" + (", logarithmic" if parameter.log else "")
    if parameter.condition is not None:
        words += f" (where {parameter.condition[0]} is {' or '.join(map(str, parameter.condition[1]))})"
    return words
