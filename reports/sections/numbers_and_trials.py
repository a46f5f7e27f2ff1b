"""The numbers of the whole study and its trials, as the tables of the section on the method."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reports.blocks import Column, Table
from reports.figures.searched import tuned_words
from reports.sections.thinning import listed_trials
from study.analysis.interval_words import estimate
from study.analysis.place_words import axis_words, place_words
from study.records.trials import of_search
from study.words import MISSING, number, value_text, whole

if TYPE_CHECKING:
    from study.analysis.findings import Findings, Panel, Point


def points_table(findings: Findings) -> Table:
    """The per-value numbers of the whole study, baseline included, and what was tuned for each value."""
    tuned, unit = tuned_words(findings), findings.facts.metric.unit
    alone = all(not p.has_axis and len(p.points) == 1 and p.baseline is None for p in findings.panels)
    rows = []
    for panel in findings.panels:
        named = [(place_words(panel, p, short=True), p) for p in panel.points]
        if panel.baseline is not None:
            named.append(("baseline", panel.baseline))
        rows += [
            (
                panel.name,
                *(() if alone else (place,)),
                *_point_cells(point, panel),
                *((tuned.get((panel.name, None if point is panel.baseline else point.value), ""),) if tuned else ()),
            )
            for place, point in named
        ]
    label = axis_words(findings.panels[0]) if findings.panels else "value"
    columns = (
        Column("setting"),
        *(() if alone else (Column(label, True),)),
        Column("architecture"),
        Column("parameters", True),
        Column(f"train{unit.of_values}", True),
        Column(f"validation{unit.of_values}", True),
        Column(f"test{unit.of_values}", True),
        Column(f"gap{unit.of_differences}", True),
        Column("n", True),
        *((Column("tuned"),) if tuned else ()),
    )
    return Table("Mean ± half the width of its 95 % interval, n replicates", columns, tuple(rows))


def trials_table(findings: Findings) -> Table:
    """The trials of the study, sortable and filterable.

    Values of the axis only where the architecture does not tell them, reasons only where some trial has one.
    """
    trials, unit = listed_trials(findings), findings.facts.metric.unit
    reasons = any(trial.reason for trial in trials)
    told = (p for p in findings.panels if not p.shapes and (p.has_axis or len(p.points) > 1))
    axis = next((axis_words(p) for p in told), "")
    rows = tuple(
        (
            trial.panel,
            trial.architecture,
            *((MISSING if trial.value is None else value_text(trial.value),) if axis else ()),
            whole(trial.parameters),
            MISSING if of_search(trial.replicate) else str(trial.replicate),
            trial.state,
            unit.number(trial.train, 1),
            unit.number(trial.validation, 1),
            unit.number(trial.test, 1),
            str(trial.epochs),
            number(trial.seconds, 1),
            *((trial.reason,) if reasons else ()),
        )
        for trial in trials
    )
    columns = (
        Column("setting"),
        Column("architecture"),
        *((Column(axis, True),) if axis else ()),
        Column("parameters", True),
        Column("replicate", True),
        Column("state"),
        Column(f"train{unit.of_values}", True),
        Column(f"validation{unit.of_values}", True),
        Column(f"test{unit.of_values}", True),
        Column("epochs", True),
        Column("seconds", True),
        *((Column("reason"),) if reasons else ()),
    )
    states = tuple(sorted({trial.state for trial in trials}))
    which = "All trials" if len(trials) == len(findings.trials) else "Trials"
    if findings.search is None:
        caption = which
    else:
        others = "only those that failed" if findings.search.failed else "none"
        caption = f"{which} that are reported, and of the searches {others}"
    return Table(caption, columns, rows, interactive=True, states=states)


def _point_cells(point: Point, panel: Panel) -> tuple[str, ...]:
    finite = int(np.isfinite(np.asarray(point.accuracy, float)).all(axis=1).sum())
    n = str(finite) if finite == panel.replicates else f"{finite} of {panel.replicates}"
    return (
        point.label,
        whole(point.parameters or None),
        *(estimate(one, panel.metric.unit) for one in (point.train, point.validation, point.test, point.gap)),
        n,
    )
