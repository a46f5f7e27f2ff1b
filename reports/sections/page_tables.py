"""The numbers behind the figures and the trials, as tables of written cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from reports.blocks import Column, Table
from reports.figures.axis import axis_words, place_words
from reports.figures.candidates import PickData
from reports.figures.classes import ClassesData
from reports.figures.differences import DifferencesData
from reports.figures.effects import RemediesData
from reports.figures.forest import ForestRow
from reports.figures.gap_map import MapData
from reports.figures.mean_curves import CurvesData
from reports.figures.sweep import SweepData
from reports.searched import tuned_words
from reports.thinning import listed_trials
from study.analysis.findings import ARCHITECTURE
from study.analysis.interval_words import estimate
from study.records.trials import SPLITS
from study.words import MISSING, number, value_text

if TYPE_CHECKING:
    from study.analysis.findings import CurveFinding, Findings, Panel, Point

DIAGNOSES = {
    "diverged": "diverged",
    "never learned": "never learned",
    "still improving": "still improving at the end",
    "overfitting": "validation cross-entropy rises from",
    "saturated": "settled by",
    "noisy": "jumps from epoch to epoch, most at",
}
READINGS = {"tail": "at end", "best": "at best"}
CURVE_ROWS = 10  # rows of one learning curve in its table, the marked epochs aside


def sweep_table(data: SweepData, caption: str) -> Table:
    """Every estimate of a depth or gap figure, with its n."""
    names = [s.name for s in data.panels[0].series] if data.panels else []
    rows = []
    for panel in data.panels:
        places = [panel.axis.name(v) for v in panel.axis.values]
        columns = [list(s.estimates) for s in panel.series]
        baseline = [s.beside for s in panel.series if s.beside is not None]
        if len(baseline) == len(columns):
            places.append(f"baseline {panel.axis.beside_text}")
            columns = [[*column, beside] for column, beside in zip(columns, baseline, strict=True)]
        for i, place in enumerate(places):
            cells = [c[i].interval for c in columns]
            rows.append((panel.name, place, *(estimate(c) for c in cells), str(max(c.n for c in cells))))
    labels = {p.axis.label for p in data.panels}
    label = labels.pop() if len(labels) == 1 else "value"
    titles = [Column(f"{name}, {'points' if name == 'gap' else '%'}", True) for name in names]
    return Table(caption, (Column("setting"), Column(label, True), *titles, Column("n", True)), tuple(rows))


def map_table(maps: Sequence[MapData]) -> Table:
    """Every cell of the maps of overfitting, with its n."""
    rows = tuple(
        (
            *((data.name,) if len(maps) > 1 else ()),
            value_text(row.value),
            value_text(cell.value),
            estimate(cell.gap),
            str(cell.gap.n),
            cell.overfits or "no",
        )
        for data in maps
        for row in data.rows
        for cell in row.cells
    )
    columns = (
        *((Column("setting"),) if len(maps) > 1 else ()),
        Column(maps[0].second_label, True),
        Column(maps[0].label, True),
        Column("gap, points", True),
        Column("n", True),
        Column("overfitting"),
    )
    return Table("Gap, mean ± half the width of its t interval over n replicates", columns, rows)


def curves_table(settings: Sequence[CurvesData], caption: str) -> Table:
    """Learning curves at about ten epochs each, the marked ones among them."""
    rows = []
    for data in settings:
        for panel in data.panels:
            for i in _chosen_epochs(panel.epochs, panel.best_epoch, panel.overfits_from):
                accuracies = (_scaled(panel.accuracy[s][i]) for s in SPLITS)
                losses = (number(panel.cross_entropy[s][i], 3) for s in SPLITS)
                where = (data.name, panel.name, str(panel.epochs[i]))
                rows.append((*where, *accuracies, *losses, str(panel.n)))
    columns = [Column("setting"), Column("network"), Column("epoch", True)]
    columns += [Column(f"{s}, %", True) for s in SPLITS] + [Column(f"{s}, nats", True) for s in SPLITS]
    return Table(caption, (*columns, Column("n", True)), tuple(rows))


def diagnoses_table(findings: Findings) -> Table:
    """What the curves of each network show: a column for each diagnosis that some run of the study shows."""
    named = [(panel, name, point) for panel in findings.panels for name, point in _named(panel)]
    shown = [kind for kind in DIAGNOSES if any(f.kind == kind for _, _, p in named for f in p.curve_findings)]
    rows = []
    for panel, name, point in named:
        by_kind = {finding.kind: finding for finding in point.curve_findings}
        if by_kind:
            rows.append((panel.name, name, *(_diagnosis(by_kind.get(kind)) for kind in shown)))
    columns = (Column("setting"), Column("network"), *(Column(DIAGNOSES[kind]) for kind in shown))
    return Table("Runs that show it, with the median epoch", columns, tuple(rows))


def readings_table(findings: Findings) -> Table:
    """Test accuracy and gap of the same runs, read at the end and at their best epoch."""
    rows = []
    for panel in findings.panels:
        for name, point in _named(panel):
            read = {one.reading: one for one in point.readings}
            if read.keys() >= READINGS.keys():
                tests, gaps = ([getattr(read[at], what) for at in READINGS] for what in ("test", "gap"))
                rows.append((panel.name, name, *map(estimate, tests), *map(estimate, gaps), str(tests[0].n)))
    columns = [Column(f"test {words}, %", True) for words in READINGS.values()]
    columns += [Column(f"gap {words}, points", True) for words in READINGS.values()]
    return Table(
        "The same runs, read over the last tenth of their epochs (end) and at the best validation cross-entropy (best)",
        (Column("setting"), Column("network"), *columns, Column("n", True)),
        tuple(rows),
        folded="What stopping early would have done to gap and test accuracy",
    )


def remedies_table(data: RemediesData, caption: str) -> Table:
    """The effect of each arm on test accuracy and on the gap."""
    return Table(caption, (Column("arm"), *_EFFECTS), tuple(_effects(row) for row in data.rows))


def differences_table(settings: Sequence[DifferencesData], caption: str) -> Table:
    """Every difference between two studies, with its outcome and its n."""
    rows = tuple((data.name, *_effects(row)) for data in settings for row in data.rows)
    return Table(caption, (Column("difference"), Column("network"), *_EFFECTS), rows)


_EFFECTS = (
    Column("test accuracy, points", True),
    Column("on test accuracy"),
    Column("gap, points", True),
    Column("on the gap"),
    Column("n", True),
)


def _effects(row: ForestRow) -> tuple[str, ...]:
    test, gap = (estimate(interval, sign=True) for interval in (row.test, row.gap))
    return (row.name, test, row.test_outcome, gap, row.gap_outcome, str(row.test.n))


def pick_table(settings: Sequence[PickData], caption: str) -> Table:
    """The candidates of each setting, by number of parameters."""
    rows = [
        (
            data.name,
            c.label,
            f"{c.parameters:,}",
            estimate(c.validation),
            str(c.validation.n),
            "yes" if c.near_best else "no",
            "yes" if c.on_front else "no",
            c.role,
        )
        for data in settings
        for c in data.candidates
    ]
    columns = (
        Column("setting"),
        Column("network"),
        Column("parameters", True),
        Column("validation, %", True),
        Column("n", True),
        Column("within the margin"),
        Column("Pareto front"),
        Column("pick and runner-up"),
    )
    return Table(caption, columns, tuple(rows))


def classes_table(picks: Sequence[ClassesData], caption: str) -> Table:
    """Every class of every pick, the worst first."""
    rows = tuple(
        (data.name, data.network, row.label, estimate(row.accuracy), str(row.accuracy.n))
        for data in picks
        for row in data.rows
    )
    columns = (Column("setting"), Column("network"), Column("class"), Column("test, %", True), Column("n", True))
    return Table(caption, columns, rows)


def points_table(findings: Findings) -> Table:
    """The per-value numbers of the whole study, baseline included, and what was tuned for each value."""
    tuned = tuned_words(findings)
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
                *_point_cells(point, panel.replicates),
                *((tuned.get((panel.name, point.value), "") if point is not panel.baseline else "",) if tuned else ()),
            )
            for place, point in named
        ]
    label = axis_words(findings.panels[0]) if findings.panels else "value"
    columns = (
        Column("setting"),
        *(() if alone else (Column(label, True),)),
        Column("architecture"),
        Column("parameters", True),
        Column("train, %", True),
        Column("validation, %", True),
        Column("test, %", True),
        Column("gap, points", True),
        Column("n", True),
        *((Column("tuned"),) if tuned else ()),
    )
    return Table("Mean ± half the width of its t interval over n replicates", columns, tuple(rows))


def trials_table(findings: Findings) -> Table:
    """The trials of the study, sortable and filterable.

    Values of the axis only where the architecture does not tell them, reasons only where some trial has one.
    """
    trials = listed_trials(findings)
    reasons = any(trial.reason for trial in trials)
    told = (p for p in findings.panels if p.axis not in ARCHITECTURE and (p.has_axis or len(p.points) > 1))
    axis = next((axis_words(p) for p in told), "")
    rows = tuple(
        (
            trial.panel,
            trial.architecture,
            *((MISSING if trial.value is None else value_text(trial.value),) if axis else ()),
            f"{trial.parameters:,}",
            str(trial.replicate),
            trial.state,
            _scaled(trial.train),
            _scaled(trial.validation),
            _scaled(trial.test),
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
        Column("train, %", True),
        Column("validation, %", True),
        Column("test, %", True),
        Column("epochs", True),
        Column("seconds", True),
        *((Column("reason"),) if reasons else ()),
    )
    states = tuple(sorted({trial.state for trial in trials}))
    which = "All trials" if len(trials) == len(findings.trials) else "Trials"
    caption = which if findings.search is None else f"{which} that are reported: those of the searches are not"
    return Table(caption, columns, rows, interactive=True, states=states)


def _named(panel: Panel) -> list[tuple[str, Point]]:
    """The points of a panel with their values in words, the baseline last."""
    named = [(place_words(panel, point), point) for point in panel.points]
    if panel.baseline is not None:
        named.append((f"baseline {panel.baseline.configuration.label}", panel.baseline))
    return named


def _diagnosis(finding: CurveFinding | None) -> str:
    if finding is None:
        return ""
    share = f"{finding.runs} of {finding.of}"
    return share if finding.kind in ("still improving", "never learned") else f"{share}, epoch {finding.epoch}"


def _point_cells(point: Point, replicates: int) -> tuple[str, ...]:
    finite = int(np.isfinite(np.asarray(point.accuracy, float)).all(axis=1).sum())
    n = str(finite) if finite == replicates else f"{finite} of {replicates}"
    return (
        point.configuration.label,
        f"{point.parameters:,}",
        estimate(point.train),
        estimate(point.validation),
        estimate(point.test),
        estimate(point.gap),
        n,
    )


def _chosen_epochs(epochs: tuple[int, ...], *marked: int | None) -> list[int]:
    """Indices of about ten evenly spaced epochs, first and last among them, and of the marked ones."""
    even = np.linspace(0, len(epochs) - 1, min(CURVE_ROWS, len(epochs))).round().astype(int)
    extra = [epochs.index(e) for e in marked if e in epochs]
    return sorted({int(i) for i in even} | set(extra))


def _scaled(accuracy: float | None) -> str:
    return MISSING if accuracy is None else number(100 * accuracy, 2)
