"""The answer of a study on the terminal: what ``verdict`` prints."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from reports.figures.searched import tuned_words
from reports.terminal.escaping import escape
from study.analysis.findings import Concluded, Findings, ImportedFindings, Panel, PickFinding
from study.analysis.imported_panels import ImportedPanel
from study.analysis.interval_words import difference, estimate, share_estimate, value
from study.analysis.place_words import axis_words, place_words
from study.analysis.prediction_findings import PredictionFinding
from study.analysis.reference_findings import ReferencesFinding
from study.analysis.reference_words import reference_sentences
from study.analysis.replies.study_replies import replies_to
from study.analysis.replies.tutorial_reply import CLAIMS, is_tutorial
from study.analysis.search_findings import SearchFinding
from study.analysis.search_notes import early_sentence
from study.analysis.winner_luck import luck_sentence
from study.documents.next_study import change_toml
from study.words import count, shortened, value_text, whole

MOST_CLASSES = 30  # rows; the report has all


def print_verdict(findings: Concluded, console: Console) -> None:
    """The answer: one sentence a panel, the pick, and the table of accuracies."""
    if isinstance(findings, ImportedFindings):
        console.print(f"\n{escape(findings.sentence)}", highlight=False, soft_wrap=True)
        for shown in findings.panels:
            console.print(_means_table(shown))
        if failed := findings.study.count("failed"):
            ended = len(findings.study.trials) - findings.study.count("running", "waiting")
            _print_failed(findings.name, failed, ended, console)
        return
    replies = replies_to(findings)
    if not replies and findings.sentence:
        console.print(f"\n{escape(findings.sentence)}", highlight=False, soft_wrap=True)
    for reply in replies:
        console.print(f"\n[bold]{escape(reply.question)}[/bold]", highlight=False)
        for said in reply.answers:
            setting = f"{said.setting}: " if said.setting else ""
            console.print(escape(f"{setting}{said.text}"), highlight=False, soft_wrap=True)
    tuned, picks = tuned_words(findings), {found.panel: found for found in findings.picks}
    for panel in findings.panels:
        console.print(f"\n[bold]{escape(panel.name)}[/bold]", highlight=False)
        if replies:
            for text in _in_full(panel, picks.get(panel.name)):
                console.print(f"[dim]{escape(text)}[/dim]", highlight=False, soft_wrap=True)
        console.print(accuracy_table(panel, tuned, tutorial=is_tutorial(findings, panel)))
        if panel.pending:
            console.print(f"{count(panel.pending, 'trial')} not run yet: all this is provisional.", highlight=False)
    for pick in findings.picks:
        if pick.predictions is not None and pick.predictions.uneven:
            setting = f", {escape(pick.panel)}" if len(findings.picks) > 1 else ""
            console.print(f"\n[bold]Class by class, {escape(pick.chosen.name)}[/bold]{setting}", highlight=False)
            console.print(classes_table(pick.predictions, findings.facts.run.labels))
    for found in findings.references:
        setting = f", {escape(found.panel)}" if len(findings.references) > 1 else ""
        console.print(f"\n[bold]Beside reference models[/bold]{setting}", highlight=False)
        for sentence in reference_sentences(found):
            console.print(f"- {escape(sentence)}", highlight=False, soft_wrap=True)
        console.print(reference_table(found))
    for sentence in findings.facts.run.references_left_out:
        console.print(escape(sentence), highlight=False, soft_wrap=True)
    if findings.search is not None:
        _print_search(findings, findings.search, console)
    facts = findings.facts
    said_above = facts.run.data_traps if replies else ()
    notes = [note for note in facts.run.data_notes if note not in said_above]
    if notes:
        console.print("\n[bold]The data[/bold]", highlight=False)
    for note in notes:
        console.print(f"- {escape(note)}", highlight=False, soft_wrap=True)
    if facts.failed:
        _print_failed(facts.name, facts.failed, facts.finished + facts.failed, console)


def _print_failed(name: str, failed: int, trials: int, console: Console) -> None:
    console.print(
        f'{failed} of {trials} trials failed; depthgauge trials "{escape(name)}" gives the reasons.', highlight=False
    )


def accuracy_table(
    panel: Panel, tuned: Mapping[tuple[str, float | None], str] | None = None, *, tutorial: bool = False
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
            point.label,
            *(value(one, unit) for one in (point.train, point.validation, point.test)),
            difference(point.gap, unit),
            str(point.test.n),
            *([escape(tuned.get((panel.name, None if beside else point.value), ""))] if tuned else []),
        )
    if tutorial:
        table.add_row("", "tutorial's claim", *CLAIMS.values(), "", "")
    return table


def classes_table(found: PredictionFinding, labels: tuple[str, ...]) -> Table:
    """Recall and precision of each class with their intervals, the rarest first, at most :data:`MOST_CLASSES`."""
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for name in ("class", "test items a run", "found, %", "right where it says so, %", "n"):
        table.add_column(name, justify="left" if name == "class" else "right", no_wrap=True)
    there = sorted(zip(labels, found.classes, strict=True), key=lambda one: one[1].items)
    for label, one in [(label, one) for label, one in there if one.items][:MOST_CLASSES]:
        shares = share_estimate(one.recall), share_estimate(one.precision)
        table.add_row(escape(shortened(label)), whole(round(one.items)), *shares, str(one.recall.n))
    return table


def reference_table(found: ReferencesFinding) -> Table:
    """The network and the reference models by two metrics, and the network minus each by the first."""
    unit, other = found.metric.unit, found.beside.unit
    table = Table(box=None, padding=(0, 1), header_style="dim")
    beside = tuple(f"{part}{other.of_values or f' {found.beside.words}'}" for part in ("validation", "test"))
    for name in ("", "validation", "test", *beside, "network minus it", "n"):
        table.add_column(name, justify="right" if name else "left", no_wrap=True)
    for scores, minus in ((found.network, None), *((one.scores, one.difference) for one in found.references)):
        table.add_row(
            scores.name,
            value(scores.validation, unit),
            value(scores.test, unit),
            estimate(scores.validation_beside, other),
            estimate(scores.test_beside, other),
            "" if minus is None else difference(minus, unit, sign=True),
            str(scores.test.n),
        )
    return table


def _means_table(panel: ImportedPanel) -> Table:
    """Means of imported runs by the values of their axis."""
    table = Table(box=None, padding=(0, 1), header_style="dim", title=escape(panel.name) or None, title_justify="left")
    for name in (escape(panel.axis), "train", panel.held_out, "gap", "n"):
        table.add_column(name, justify="right", no_wrap=True)
    for point in panel.points:
        held = point.held_out
        train, gap = value(point.train, panel.metric.unit), difference(point.gap, panel.metric.unit)
        table.add_row(value_text(point.value), train, value(held, panel.metric.unit), gap, str(held.n))
    return table


def _print_search(findings: Findings, search: SearchFinding, console: Console) -> None:
    """How the searches went, and what to change before the next study."""
    console.print(f"\n[bold]Search[/bold] {escape(search.summary)}", highlight=False, soft_wrap=True)
    metric = findings.facts.metric
    for note in filter(None, (early_sentence(search, metric), luck_sentence(search.luck, metric))):
        console.print(f"- {escape(note)}", highlight=False, soft_wrap=True)
    for advice in search.advice:
        console.print(f"- {escape(advice.sentence)}", highlight=False, soft_wrap=True)
        for line in change_toml(advice.change).splitlines() if advice.change is not None else ():
            console.print(f"    {escape(line)}", highlight=False, soft_wrap=True)
    if search.advice:
        name = escape(findings.facts.name)
        console.print(f'depthgauge suggest "{name}" prints the next study with these lines.', highlight=False)


def _in_full(panel: Panel, pick: PickFinding | None) -> list[str]:
    """The exact finding of a panel, from where each metric suffers, how its runs were decided, its pick's reasons."""
    said = [panel.sentence, *([panel.by_metric] if panel.by_metric else [])]
    said += [panel.looks.sentence] if panel.looks is not None else []
    if pick is None or len(panel.points) < 2:
        return said
    chosen = pick.chosen
    return [*said, f"Pick: {chosen.name} ({count(chosen.parameters, 'parameter')}). {pick.reason}"]
