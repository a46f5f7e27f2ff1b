"""The answer of a study on the terminal: what ``verdict`` prints."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from reports.figures.searched import tuned_words
from reports.terminal.escaping import escape
from study.analysis.findings import Concluded, Findings, ImportedFindings, Panel, PickFinding
from study.analysis.interval_words import LEAST, difference, value, with_n
from study.analysis.place_words import axis_words, place_words
from study.analysis.search_findings import SearchFinding
from study.documents.next_study import change_toml
from study.records.trials import Configuration
from study.words import capital, count

TUTORIAL = {"train": "98 %", "validation": "97 %", "test": "97-98 %"}


def print_verdict(findings: Concluded, console: Console) -> None:
    """The answer: one sentence a panel, the pick, and the table of accuracies."""
    if isinstance(findings, ImportedFindings):
        console.print(f"\n{escape(findings.sentence)}", highlight=False, soft_wrap=True)
        if failed := findings.study.count("failed"):
            ended = len(findings.study.trials) - findings.study.count("running", "waiting")
            _print_failed(findings.name, failed, ended, console)
        return
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
    if facts.run.data_notes:
        console.print("\n[bold]The data[/bold]", highlight=False)
    for note in facts.run.data_notes:
        console.print(f"- {escape(note)}", highlight=False, soft_wrap=True)
    if facts.failed:
        _print_failed(facts.name, facts.failed, facts.finished + facts.failed, console)


def _print_failed(name: str, failed: int, trials: int, console: Console) -> None:
    console.print(
        f'{failed} of {trials} trials failed; depthgauge trials "{escape(name)}" gives the reasons.', highlight=False
    )


def accuracy_table(
    panel: Panel, tuned: Mapping[tuple[str, float], str] | None = None, *, tutorial: bool = False
) -> Table:
    """Metric and gap of every point with its interval and n, and what was ``tuned`` for it, by panel and value."""
    table = Table(box=None, padding=(0, 1), header_style="dim")
    alone, unit = not panel.has_axis and len(panel.points) == 1, panel.metric.unit
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
            *(value(one, unit) for one in (point.train, point.validation, point.test)),
            difference(point.gap, unit),
            str(point.test.n),
            *([] if not tuned or beside else [escape(tuned.get((panel.name, point.value), ""))]),
        )
    if tutorial:
        table.add_row("", "tutorial's claim", *TUTORIAL.values(), "", "")
    return table


def _print_search(findings: Findings, search: SearchFinding, console: Console) -> None:
    """How the searches went, and what to change before the next study."""
    console.print(f"\n[bold]Search[/bold] {escape(search.summary)}", highlight=False, soft_wrap=True)
    for advice in search.advice:
        console.print(f"- {escape(advice.sentence)}", highlight=False, soft_wrap=True)
        for line in change_toml(advice.change).splitlines() if advice.change is not None else ():
            console.print(f"    {escape(line)}", highlight=False, soft_wrap=True)
    if search.advice:
        name = escape(findings.facts.name)
        console.print(f'depthgauge suggest "{name}" prints the next study with these lines.', highlight=False)


def _said(panel: Panel, pick: PickFinding | None) -> list[str]:
    """The verdict of a panel, what stands against it, and what to use."""
    said = [panel.sentence, *([panel.by_metric] if panel.by_metric else [])]
    said += panel.notes
    if panel.no_pick:
        said.append(f"{capital(panel.no_pick)}.")
    if pick is not None and len(panel.points) > 1:
        chosen = pick.chosen
        lead = "No network to recommend; the best of what trained is" if pick.caution else "Use"
        accuracy = f"test {panel.metric.words} {value(pick.accuracy, panel.metric.unit)}"
        if pick.accuracy.n > 1:
            accuracy += " on runs left out of the choice"
        accuracy = f"; {with_n(accuracy, pick.accuracy)}" if pick.accuracy.mean is not None else ""
        said.append(f"{lead} {chosen.name} ({count(chosen.parameters, 'parameter')}){accuracy}. {pick.reason}")
    return said


def _is_tutorial(findings: Findings, panel: Panel) -> bool:
    """Whether the panel is the tutorial's network on the tutorial's data, so that its claims can stand beside."""
    claimed = Configuration.stack((128, 64), epochs=5)
    return findings.facts.spec.dataset == "mnist" and [point.configuration for point in panel.points] == [claimed]
