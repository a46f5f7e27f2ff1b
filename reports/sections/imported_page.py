"""The page of a study that was read from another program: what it tried, and what it cannot tell."""

from __future__ import annotations

from reports.blocks import Block, Column, Listing, Page, Prose, Section, Table
from reports.sections.imported_figures import imported_axis_section, imported_trials_section
from study.analysis.findings import ImportedFindings
from study.analysis.imported_panels import ImportedPanel
from study.analysis.interval_words import difference, value
from study.records.imported import ForeignStudy, ForeignTrial
from study.words import value_text


def imported_page(findings: ImportedFindings) -> Page:
    """The page of the study alone."""
    return Page(findings.name, f"read from {findings.study.engine}", imported_sections(findings))


def imported_sections(findings: ImportedFindings, prefix: str = "", of: str = "") -> tuple[Section, ...]:
    """The finding in words, which hyperparameters mattered, figures of the axis and of the trials, and every trial."""
    study = findings.study
    blocks: list[Block] = [Prose("", (findings.sentence,))]
    blocks += [_means(panel) for panel in findings.panels]
    if findings.advice:
        blocks.append(Listing("What to change", tuple(advice.sentence for advice in findings.advice)))
    if findings.importance:
        shares = tuple(
            (
                one.parameter,
                f"{100 * one.share:.0f}",
                f"{100 * one.low:.0f} to {100 * one.high:.0f}",
                "yes" if one.shown else "no more than by chance",
            )
            for one in findings.importance
        )
        columns = (Column("hyperparameter"), Column("share, %", True), Column("95 %", True), Column("shown to matter"))
        caption = f"Share of the variance of {study.objective} that each explains (PED-ANOVA)"
        blocks.append(Table(caption, columns, shares))
    if study.notes:
        blocks.append(Listing("Noted while reading", study.notes))
    drawn = (imported_axis_section(findings, prefix, of), imported_trials_section(findings, prefix, of))
    return (
        Section(f"{prefix}answer", f"The answer{of}", tuple(blocks)),
        *(section for section in drawn if section.blocks),
        Section(f"{prefix}trials", f"Trials{of}", (_trials(study),)),
    )


def _means(panel: ImportedPanel) -> Table:
    """The means of a panel by the values of its axis."""
    columns = (Column(panel.axis, True), *(Column(part, True) for part in ("train", panel.held_out, "gap", "n")))
    rows = tuple(
        (
            value_text(point.value),
            value(point.train, panel.metric.unit),
            value(point.held_out, panel.metric.unit),
            difference(point.gap, panel.metric.unit),
            str(point.held_out.n),
        )
        for point in panel.points
    )
    return Table(f"Mean {panel.metric.words} over runs{f', {panel.name}' if panel.name else ''}", columns, rows)


def _trials(study: ForeignStudy) -> Table:
    names = list(dict.fromkeys(name for trial in study.trials for name in trial.setting))
    columns = (
        Column("number", True),
        Column("state"),
        Column(study.objective, True),
        *(Column(name) for name in names),
        Column("reason"),
    )
    rows = tuple(_row(trial, names) for trial in study.trials)
    states = tuple(dict.fromkeys(trial.state for trial in study.trials))
    return Table("All trials, as they were read", columns, rows, interactive=True, states=states)


def _row(trial: ForeignTrial, names: list[str]) -> tuple[str, ...]:
    value = "" if trial.value is None else value_text(trial.value)
    setting = (trial.setting.get(name, "") for name in names)
    shown = (value_text(v) if isinstance(v, float) else str(v) for v in setting)
    return (str(trial.number), trial.state, value, *shown, trial.reason)
