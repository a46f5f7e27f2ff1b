"""The section on the learning curves: every network's, and what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from reports.blocks import Block, Chart, Column, Figure, Prose, Section, Table, behind_folds
from reports.figures import mean_curves
from reports.sections.legends import SPLIT_LEGEND
from reports.sections.thinning import behind, charted_curves, charted_words
from study.analysis.place_words import named_points
from study.records.trials import SPLITS

if TYPE_CHECKING:
    from study.analysis.findings import CurveFinding, Findings

CURVE_WORDS = (
    "Where runs still improve at the end, train longer before blaming the network. Where validation {watched} rises, "
    "{meaning}. Where runs jump from epoch to epoch, do not trust a single last epoch."
)
MEANING = {
    "cross_entropy": "the network grows too sure of its errors; accuracy need not fall with it",
    "rmse": "the network learns what the training rows have by chance",
}
DIAGNOSES = {
    "diverged": "diverged",
    "never learned": "never learned",
    "still improving": "still improving at the end",
    "overfitting": "validation {watched} rises from",
    "saturated": "settled by",
    "noisy": "jumps from epoch to epoch, most at",
}
FINER = (1, 0)  # digits more than usual, of the fit and of what is watched
FEW = 2  # networks whose curves have the whole width
CURVE_ROWS = 10  # rows of one learning curve in its table, the marked epochs aside


def curves_section(findings: Findings, prefix: str = "", of: str = "") -> Section:
    """A figure a setting, then what the curves of all networks show."""
    return Section(f"{prefix}curves", f"Learning curves{of}", _curves(findings, prefix), link="Curves")


def _curves(findings: Findings, prefix: str) -> tuple[Block, ...]:
    shown = charted_curves(findings)
    settings = mean_curves.collect(shown)
    fit, watched = findings.facts.fit.words, findings.facts.watched.words
    caption = (
        f"Above {fit}, below {watched}, means over replicates after each recorded epoch. A circle marks the "
        f"epoch of the best validation {watched}, a dotted line the epoch from which it only rises."
    )
    legend = (*SPLIT_LEGEND, ("best", "best validation epoch"), ("rising", "validation only rises from here"))
    blocks: list[Block] = []
    figures: list[Figure] = []
    if said := charted_words(shown, findings):
        rest = "What the curves of all networks show stands at the end of this section"
        export = f'depthgauge export "{findings.facts.name}" trials.csv writes every recorded epoch of every trial'
        blocks.append(Prose("", (f"{said} {rest}; {export}.",)))
    for i, data in enumerate(settings, start=1):
        charts = tuple(
            Chart(
                f"{prefix}curves-{i}-{j}",
                mean_curves.CurvesData(data.name, (p,), data.fit_range, data.watched_range),
                f"{p.name}, n = {p.n}",
                f"Learning curves, {data.name}, {p.name}, {len(p.epochs)} recorded epochs, "
                + (f"best validation epoch {p.best_epoch}." if p.best_epoch else "no best validation epoch."),
            )
            for j, p in enumerate(data.panels, start=1)
        )
        table = _curves_table(data, "Means over n replicates at about ten of the recorded epochs")
        grid: Literal["small", "wide"] = "small" if len(charts) > FEW else "wide"
        figures.append(Figure(data.name, charts, caption if i == 1 else "", legend, table, grid))
    folded = behind(findings)
    blocks += behind_folds(figures, [figure.title in folded for figure in figures])
    diagnoses = _diagnoses_table(findings)
    if diagnoses.rows:
        notes = tuple(f"{p.name}: {p.curves_note}" for p in findings.panels if p.curves_note)
        words = CURVE_WORDS.format(watched=watched, meaning=MEANING[findings.facts.watched.name])
        blocks += [Prose("What the curves say", (*notes, words)), diagnoses]
    return tuple(blocks)


def _curves_table(data: mean_curves.CurvesData, caption: str) -> Table:
    """Learning curves at about ten epochs each, the marked ones among them."""
    rows = []
    for panel in data.panels:
        for i in _chosen_epochs(panel.epochs, panel.best_epoch, panel.overfits_from):
            measured = zip(panel.metrics, (panel.fit, panel.watched), FINER, strict=True)
            values = [metric.unit.number(of[s][i], finer) for metric, of, finer in measured for s in SPLITS]
            where = (data.name, panel.name, str(panel.epochs[i]))
            rows.append((*where, *values, str(panel.n)))
    columns = [Column("setting"), Column("network"), Column("epoch", True)]
    for metric in data.panels[0].metrics if data.panels else ():
        columns += [Column(f"{s}{metric.unit.of_values or f', {metric.words}'}", True) for s in SPLITS]
    return Table(caption, (*columns, Column("n", True)), tuple(rows))


def _diagnoses_table(findings: Findings) -> Table:
    """What the curves of each network show: a column for each diagnosis that some run of the study shows."""
    named = [(panel, name, point) for panel in findings.panels for name, point in named_points(panel)]
    shown = [kind for kind in DIAGNOSES if any(f.kind == kind for _, _, p in named for f in p.curve_findings)]
    rows = []
    for panel, name, point in named:
        by_kind = {finding.kind: finding for finding in point.curve_findings}
        if by_kind:
            rows.append((panel.name, name, *(_diagnosis(by_kind.get(kind)) for kind in shown)))
    heads = (DIAGNOSES[kind].format(watched=findings.facts.watched.words) for kind in shown)
    columns = (Column("setting"), Column("network"), *map(Column, heads))
    return Table("Runs that show it, with the median epoch", columns, tuple(rows))


def _diagnosis(finding: CurveFinding | None) -> str:
    if finding is None:
        return ""
    share = f"{finding.runs} of {finding.of}"
    return share if finding.kind in ("still improving", "never learned") else f"{share}, epoch {finding.epoch}"


def _chosen_epochs(epochs: tuple[int, ...], *marked: int | None) -> list[int]:
    """Indices of about ten evenly spaced epochs, first and last among them, and of the marked ones."""
    even = np.linspace(0, len(epochs) - 1, min(CURVE_ROWS, len(epochs))).round().astype(int)
    extra = [epochs.index(e) for e in marked if e in epochs]
    return sorted({int(i) for i in even} | set(extra))
