"""Findings as terminal text: what ``verdict``, ``show``, ``list`` and ``trials`` print."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from study.analysis.conclude import percent, points
from study.analysis.findings import Findings, Panel, TrialRow
from study.records import Configuration

TUTORIAL = {"train": "98 %", "validation": "97 %", "test": "97-98 %"}


def print_verdict(findings: Findings, console: Console) -> None:
    """The answer: one sentence a panel, the pick, and the table of accuracies."""
    for panel in findings.panels:
        console.print()
        console.print(f"[bold]{escape(panel.name)}[/bold]", highlight=False)
        console.print(escape(panel.sentence), highlight=False, soft_wrap=True)
        for found in findings.picks:
            if found.panel == panel.name and len(panel.points) > 1:
                console.print(
                    f"Use [bold]{found.configuration.label}[/bold] ({found.parameters:,} parameters): "
                    f"{escape(found.reason)}",
                    highlight=False,
                    soft_wrap=True,
                )
        console.print(accuracy_table(panel, tutorial=_is_tutorial(findings, panel)))
        if panel.pending:
            console.print(f"{panel.pending} trials have not run yet.", highlight=False)
    if findings.remedies:
        console.print(f"\n[bold]Remedies[/bold], compared with none at {escape(findings.remedies.at)}", highlight=False)
        for remedy in findings.remedies.remedies:
            said = [remedy.test.sentence, remedy.gap.sentence, *([remedy.onset.sentence] if remedy.onset else [])]
            console.print(f"- {escape('; '.join(said))}", highlight=False, soft_wrap=True)
    facts = findings.facts
    if facts.failed:
        console.print(
            f'{facts.failed} of {facts.planned} trials failed; depthgauge trials "{facts.name}" gives the reasons.',
            highlight=False,
        )


def accuracy_table(panel: Panel, *, tutorial: bool = False) -> Table:
    """Accuracy and gap of every point with its interval and n."""
    table = Table(box=None, padding=(0, 1), header_style="dim")
    table.add_column(panel.axis_label)
    for name in ("architecture", "train", "validation", "test", "gap", "n"):
        table.add_column(name, justify="left" if name == "architecture" else "right", no_wrap=True)
    for point in (*panel.points, *((panel.baseline,) if panel.baseline else ())):
        table.add_row(
            "baseline" if point is panel.baseline else f"{point.value:g}",
            point.configuration.label,
            percent(point.train),
            percent(point.validation),
            percent(point.test),
            points(point.gap),
            str(point.test.n),
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
        kinds = [f"{p['name']}: {p['verdict']['kind']}" for p in (row["verdict"] or {}).get("panels", [])]
        table.add_row(
            escape(row["name"]),
            row["created"][:16],
            f"{row['finished']} of {row['planned']}",
            str(row["failed"]),
            escape("; ".join(kinds)),
        )
    console.print(table)


def print_trials(rows: tuple[TrialRow, ...], console: Console) -> None:
    """One line a trial."""
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for name in ("panel", "architecture", "replicate", "state", "train", "validation", "test", "epochs", "s", "reason"):
        table.add_column(name, justify="left" if name in ("panel", "architecture", "state", "reason") else "right")
    for row in rows:
        accuracies = [f"{100 * v:.1f} %" if v is not None else "" for v in (row.train, row.validation, row.test)]
        table.add_row(
            escape(row.panel),
            row.architecture,
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
