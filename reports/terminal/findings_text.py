"""Findings as terminal text: what ``verdict``, ``show``, ``list`` and ``trials`` print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from reports.searched import tuned_words
from reports.terminal.escaping import escape
from study.analysis.findings import Findings, Panel, PickFinding, TrialRow
from study.analysis.interval_words import LEAST, percent, points, with_n
from study.analysis.place_words import axis_words, place_words
from study.analysis.search_findings import SearchFinding
from study.records.trials import Configuration
from study.words import capital, count, number, printable

if TYPE_CHECKING:
    from study.final.final_network import FinalNetwork
    from study.final.predict import Predictions
    from study.store import Holder

TUTORIAL = {"train": "98 %", "validation": "97 %", "test": "97-98 %"}


def print_verdict(findings: Findings, console: Console) -> None:
    """The answer: one sentence a panel, the pick, and the table of accuracies."""
    picks = {found.panel: found for found in findings.picks}
    tuned = tuned_words(findings)
    if not findings.panels and findings.sentence:
        console.print(f"\n{escape(findings.sentence)}", highlight=False, soft_wrap=True)
    for panel in findings.panels:
        console.print()
        console.print(f"[bold]{escape(panel.name)}[/bold]", highlight=False)
        for text in _said(panel, picks.get(panel.name)):
            console.print(escape(text), highlight=False, soft_wrap=True)
        console.print(accuracy_table(panel, tuned, tutorial=_is_tutorial(findings, panel)))
        if any(0 < point.test.n < LEAST for point in panel.points):
            console.print(f"Fewer than {LEAST} replicates are too few for an interval.", highlight=False)
        if panel.pending:
            console.print(f"{count(panel.pending, 'trial')} not run yet: all this is provisional.", highlight=False)
    for compared in findings.remedies:
        setting = f", {escape(compared.setting)}" if compared.setting else ""
        console.print(f"\n[bold]Remedies[/bold]{setting}, compared with none at {escape(compared.at)}", highlight=False)
        for remedy in compared.remedies:
            said = [remedy.test.sentence, remedy.gap.sentence, *([remedy.onset.sentence] if remedy.onset else [])]
            console.print(f"- {escape('; '.join(said))}", highlight=False, soft_wrap=True)
        if compared.note:
            console.print(escape(compared.note), highlight=False, soft_wrap=True)
    if findings.search is not None:
        _print_search(findings, findings.search, console)
    facts = findings.facts
    if facts.data_notes:
        console.print("\n[bold]The data[/bold]", highlight=False)
    for note in facts.data_notes:
        console.print(f"- {escape(note)}", highlight=False, soft_wrap=True)
    if facts.failed:
        console.print(
            f'{facts.failed} of {facts.planned} trials failed; depthgauge trials "{facts.name}" gives the reasons.',
            highlight=False,
        )


def _print_search(findings: Findings, search: SearchFinding, console: Console) -> None:
    """How the searches went, and what to change before the next study."""
    console.print(f"\n[bold]Search[/bold] {escape(summary(findings))}", highlight=False, soft_wrap=True)
    for advice in search.advice:
        console.print(f"- {escape(advice.sentence)}", highlight=False, soft_wrap=True)
        for line in advice.toml.splitlines():
            console.print(f"    {escape(line)}", highlight=False, soft_wrap=True)
    if search.advice:
        name = escape(findings.facts.name)
        console.print(f'depthgauge suggest "{name}" prints the next study with these lines.', highlight=False)


def _said(panel: Panel, pick: PickFinding | None) -> list[str]:
    """The verdict of a panel, what stands against it, and what to use."""
    said = [panel.sentence]
    if panel.curves_note:
        said.append(panel.curves_note)
    if panel.no_pick:
        said.append(f"{capital(panel.no_pick)}.")
    if pick is not None and len(panel.points) > 1:
        chosen = pick.chosen
        lead = "No network to recommend; the best of what trained is" if pick.caution else "Use"
        accuracy = f"test accuracy {percent(pick.accuracy)}"
        if pick.accuracy.n > 1:
            accuracy += " on runs left out of the choice"
        accuracy = f"; {with_n(accuracy, pick.accuracy)}" if pick.accuracy.mean is not None else ""
        said.append(f"{lead} {chosen.name} ({chosen.parameters:,} parameters){accuracy}. {pick.reason}")
    return said


def accuracy_table(
    panel: Panel, tuned: Mapping[tuple[str, float], str] | None = None, *, tutorial: bool = False
) -> Table:
    """Accuracy and gap of every point with its interval and n, and what was ``tuned`` for it, by panel and value."""
    table = Table(box=None, padding=(0, 1), header_style="dim")
    alone = not panel.has_axis and len(panel.points) == 1
    table.add_column("" if alone else axis_words(panel))
    for name in ("architecture", "train", "validation", "test", "gap", "n"):
        table.add_column(name, justify="left" if name == "architecture" else "right", no_wrap=True)
    if tuned:
        table.add_column("tuned")
    for point in (*panel.points, *((panel.baseline,) if panel.baseline else ())):
        beside = point is panel.baseline
        place = "" if alone else place_words(panel, point, short=True)
        table.add_row(
            "baseline" if beside else place,
            point.configuration.label,
            percent(point.train),
            percent(point.validation),
            percent(point.test),
            points(point.gap),
            str(point.test.n),
            *([] if not tuned or beside else [escape(tuned.get((panel.name, point.value), ""))]),
        )
    if tutorial:
        table.add_row("", "tutorial's claim", *TUTORIAL.values(), "", "")
    return table


def print_studies(rows: list[dict[str, Any]], console: Console) -> None:
    """One line a study."""
    if not rows:
        console.print("No studies yet. depthgauge run begins one.")
        return
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for name in ("study", "begun", "finished", "failed", "verdict"):
        table.add_column(name, justify="right" if name in ("finished", "failed") else "left")
    for row in rows:
        panels = (row["verdict"] or {}).get("panels", [])
        kinds = [f"{p['name']}: {p['verdict']['kind'] if p['verdict'] else 'no axis'}" for p in panels]
        table.add_row(
            escape(row["name"]),
            escape(row["created"][:16]),
            f"{row['finished']} of {row['planned']}",
            str(row["failed"]),
            escape("; ".join(kinds)),
        )
    console.print(table)


def print_overview(row: Mapping[str, Any], holder: Holder | None, console: Console) -> None:
    """How far a study is, who runs it, and its stored verdict; ``row`` is its line of :meth:`Store.list`."""
    name = escape(row["name"])
    said = [f"{row['finished']} of {row['planned']} trials finished, {row['failed']} failed."]
    if row["imported"] is not None:
        said = [f"Imported from {escape(row['imported'])}: {said[0]}"]
    if holder is not None and holder.alive:
        said.append(f'Run by {escape(holder.words)}; depthgauge watch "{name}" follows it.')
    document = row["verdict"]
    if document is not None:
        said += [
            "",
            *(f"[bold]{escape(panel['name'])}[/bold]\n{escape(panel['sentence'])}" for panel in document["panels"]),
        ]
    then = None if document is None else document["trials"]["finished"] + document["trials"]["failed"]
    if then != row["finished"] + row["failed"]:
        more = "no verdict is stored yet" if then is None else "trials have come or gone since this verdict"
        said += ["", f'{capital(more)}; depthgauge verdict "{name}" tells by what is there now.']
    for line in said:
        console.print(line, highlight=False, soft_wrap=True)


def print_trials(rows: tuple[TrialRow, ...], console: Console) -> None:
    """One line a trial."""
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for name in ("panel", "network", "replicate", "state", "train", "validation", "test", "epochs", "s", "reason"):
        table.add_column(name, justify="left" if name in ("panel", "network", "state", "reason") else "right")
    for row in rows:
        accuracies = [f"{100 * v:.1f} %" if v is not None else "" for v in (row.train, row.validation, row.test)]
        table.add_row(
            escape(row.panel),
            row.name,
            str(row.replicate),
            row.state,
            *accuracies,
            str(row.epochs),
            f"{row.seconds:.1f}",
            escape(row.reason),
        )
    console.print(table)


def _is_tutorial(findings: Findings, panel: Panel) -> bool:
    """Whether the panel is the tutorial's network on the tutorial's data, so that its claims can stand beside."""
    claimed = Configuration(hidden=(128, 64), epochs=5)
    return findings.facts.dataset == "mnist" and [point.configuration for point in panel.points] == [claimed]


def print_final(final: FinalNetwork, console: Console) -> None:
    """A final network in a few lines: what it is, how good, and where."""
    test, expected = final.accuracy, final.expected
    trained = final.card["final"]
    assert test.mean is not None and test.low is not None and test.high is not None
    lines = [
        f"{final.name}: {final.parameters:,} parameters, trained for {count(final.configuration.epochs, 'epoch')} on "
        f"{count(trained['train_samples'], 'sample')}",
        f"test accuracy  {number(100 * test.mean, 2)} %, 95 % interval {number(100 * test.low, 2)} to "
        f"{number(100 * test.high, 2)} (n = {test.n:,} test items)",
        f"in the study   {with_n(percent(expected), expected)}, cross-fitted over its replicates",
        f"model          {final.model}",
        f"card           {final.folder / 'card.md'}",
        *final.formats,
    ]
    for line in lines:
        console.print(escape(line), highlight=False, soft_wrap=True)


def prediction_lines(found: Predictions, *, all_labels: bool) -> list[str]:
    """One line an item: its name, its label and the probability; with ``all_labels`` every label's, in their order."""
    width = max(len(name) for name in found.names)
    lines = []
    for name, (label, probability), row in zip(found.names, found.best, found.probabilities, strict=True):
        said = f"{name:<{width}}  {label}  {probability:.1%}"
        if all_labels:
            said += "  " + "  ".join(f"{one} {p:.1%}" for one, p in zip(found.labels, row, strict=True))
        lines.append(printable(said))
    return lines


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
