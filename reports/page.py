"""Findings -> a page: ordered sections of plain records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reports.blocks import Block, Chart, Code, Figure, Page, Prose, Section, Table
from reports.figures import accuracy_sweep, candidates, classes, effects, gap_map, gap_sweep, mean_curves
from reports.figures.sweep import SweepData
from reports.sections.answer import answer
from reports.sections.comparison import comparison_sections, told_apart
from reports.sections.imported_page import imported_page, imported_sections
from reports.sections.method import method
from reports.sections.page_tables import (
    classes_table,
    curves_table,
    diagnoses_table,
    map_table,
    pick_table,
    readings_table,
    remedies_table,
    sweep_table,
)
from reports.sections.search_section import heading, search_section
from reports.thinning import charted, charted_curves, charted_words
from study.analysis.interval_words import LEAST, percent, points, with_n
from study.train.keras_code import keras_code
from study.words import capital

if TYPE_CHECKING:
    from reports.figures.sweep import SweepPanel
    from study.analysis.findings import Findings, PickFinding

SPLIT_LEGEND = (
    ("train", "train"),
    ("validation", "validation"),
    ("test", "test"),
    ("dots", "single replicates"),
)
ONE_RUN = "One run each, so there is no interval."
WITH_INTERVALS, TOO_FEW = ", with 95 % t intervals", ", too few for intervals"
CURVE_WORDS = (
    "Where runs still improve at the end, train longer before blaming "
    "the network. Where validation cross-entropy rises, the network grows too sure of its errors; accuracy need "
    "not fall with it. Where runs jump from epoch to epoch, do not trust a single last epoch."
)
OWN_SCALE = "each panel on its own vertical scale"
NO_DATA = "No trial has finished yet, so there is nothing to draw."


def page_of(findings: Sequence[Findings]) -> Page:
    """The page of one study, or of several side by side."""
    if len(findings) == 1:
        (one,) = findings
        return _single(one) if one.imported is None else imported_page(one, one.imported)
    findings = told_apart(findings)
    sections = [*comparison_sections(findings, figures)]
    for i, one in enumerate(findings, start=1):
        name = one.facts.name
        prefix, of = f"s{i}-", f" · {name}"
        own = _details(one, prefix, of) if one.imported is None else imported_sections(one, one.imported, prefix, of)
        sections += [replace(s, part=name) for s in own if s.blocks]
    return Page("Comparison", ", ".join(f.facts.name for f in findings), tuple(sections))


def figures(findings: Findings, prefix: str = "") -> tuple[Figure, ...]:
    """The depth and the gap figure, without those that have no data."""
    return tuple(f for f in (_depth(findings, prefix), _gap(findings, prefix)) if f is not None)


def _single(findings: Findings) -> Page:
    sections = [Section("answer", "The answer", (answer(findings),))]
    drawn = figures(findings)
    accuracy: tuple[Block, ...] = drawn[:1]
    if not drawn and findings.search is None:
        accuracy = (Prose("", (NO_DATA,)),)
    sections.append(Section("depth", _accuracy_title(findings), accuracy))
    if len(drawn) > 1:
        sections.append(Section("gap", "Generalization gap", (*_maps(findings), *drawn[1:], *_readings(findings))))
    sections += _details(findings)
    return Page(findings.facts.name, "depthgauge study", tuple(s for s in sections if s.blocks))


def _accuracy_title(findings: Findings) -> str:
    panel = findings.panels[0] if findings.panels else None
    if panel is None or panel.has_axis:
        return f"Accuracy against {'depth' if panel is None else panel.axis_label}"
    return "Accuracy of the candidates" if len(panel.points) > 1 else "Accuracy"


def _details(findings: Findings, prefix: str = "", of: str = "") -> list[Section]:
    """Learning curves, remedies, search, pick and method: the sections that each study has for itself."""
    return [
        Section(f"{prefix}curves", f"Learning curves{of}", _curves(findings, prefix)),
        Section(f"{prefix}remedies", f"Remedies{of}", _remedies(findings, prefix)),
        Section(f"{prefix}search", f"{heading(findings)}{of}", search_section(findings, prefix)),
        Section(f"{prefix}pick", f"The pick{of}", _pick(findings, prefix)),
        Section(f"{prefix}method", f"How we know{of}", method(findings)),
    ]


def _depth(findings: Findings, prefix: str) -> Figure | None:
    shown = charted(findings)
    data = accuracy_sweep.collect(shown)
    if not data.panels:
        return None
    most = _most_runs(data)
    single = most < 2
    caption = [ONE_RUN if single else f"Means over replicates{WITH_INTERVALS if most >= LEAST else TOO_FEW}."]
    if any(p.marks.interval for p in data.panels):
        caption.append("The shaded band is the interval of the onset.")
    if any(p.axis.beside is not None for p in data.panels):
        caption.append("Open signs right of the dotted line are the baseline, which takes no part in the verdict.")
    caption += _left_out(shown, findings)
    charts = tuple(
        Chart(f"{prefix}depth-{i}", data.only(p), p.name, _sweep_alt(p, "Accuracy"))
        for i, p in enumerate(data.panels, start=1)
    )
    table = sweep_table(
        accuracy_sweep.collect(findings), "Accuracy, mean ± half the width of its t interval over n replicates"
    )
    legend = SPLIT_LEGEND[:3] if single else SPLIT_LEGEND
    return Figure("", charts, " ".join(caption), legend, table, zoom=_zoom(data))


def _gap(findings: Findings, prefix: str) -> Figure | None:
    shown = charted(findings)
    data = gap_sweep.collect(shown)
    if not data.panels:
        return None
    intervals = WITH_INTERVALS if _most_runs(data) >= LEAST else TOO_FEW
    caption = [f"Train accuracy minus test accuracy, in percentage points{intervals}."]
    caption += _left_out(shown, findings)
    charts = tuple(
        Chart(f"{prefix}gap-{i}", data.only(p), p.name, _sweep_alt(p, "Gap"))
        for i, p in enumerate(data.panels, start=1)
    )
    table = sweep_table(gap_sweep.collect(findings), "Gap, mean ± half the width of its t interval over n replicates")
    return Figure("", charts, " ".join(caption), (), table, zoom=_zoom(data))


def _left_out(shown: Findings, findings: Findings) -> list[str]:
    """Says of a figure that it shows some settings only; nothing where it shows all."""
    said = charted_words(shown, findings)
    return [f"{said} The numbers behind this figure are of all of them."] if said else []


def _most_runs(data: SweepData) -> int:
    """The most runs that stand behind one of the drawn means."""
    return max(e.interval.n for p in data.panels for s in p.series for e in s.estimates)


def _maps(findings: Findings) -> tuple[Figure, ...]:
    """The map of overfitting, where the study spans two ordered hyperparameters."""
    data = gap_map.collect(findings)
    if not data:
        return ()
    charts = tuple(Chart(f"map-{i}", one, one.name, _map_alt(one)) for i, one in enumerate(data, start=1))
    caption = (
        "Mean gap in percentage points of every network, darker where it is larger. A frame says that held-out "
        "accuracy has fallen there, too."
    )
    legend = (("certain", "overfitting is certain"), ("possible", "overfitting may have begun"))
    return (Figure("Map of overfitting", charts, caption, legend, map_table(data)),)


def _map_alt(data: gap_map.MapData) -> str:
    cells = [cell for row in data.rows for cell in row.cells if cell.gap.mean is not None]
    low, high = (end(cells, key=lambda cell: cell.gap.mean or 0.0) for end in (min, max))
    certain = sum(cell.overfits == gap_map.CERTAIN for cell in cells)
    return (
        f"Gap against {data.label} and {data.second_label}: from {points(low.gap)} to {points(high.gap)}; "
        f"overfitting is certain in {certain} of {len(cells)} cells."
    )


def _readings(findings: Findings) -> tuple[Table, ...]:
    table = readings_table(findings)
    return (table,) if table.rows else ()


def _zoom(data: SweepData) -> str:
    """Offers a scale of its own where some panel fills so little of the shared one that it shows more."""
    low, high = data.y_range
    return OWN_SCALE if any(p.y_range[1] - p.y_range[0] < 0.6 * (high - low) for p in data.panels) else ""


def _sweep_alt(panel: SweepPanel, what: str) -> str:
    parts = []
    for series in panel.series:
        known = [(v, e.interval) for v, e in zip(panel.axis.values, series.estimates, strict=True) if e.interval.n]
        if known:
            (first, start), (last, end) = known[0], known[-1]
            places = [(panel.axis.name(first), start), (panel.axis.name(last), end)][: len(known)]
            said = " and ".join(f"{percent(interval)} at {place}" for place, interval in places)
            parts.append(f"{series.name} {said}")
    return f"{what} against {panel.axis.label}, {panel.name}: {'; '.join(parts)}."


def _curves(findings: Findings, prefix: str) -> tuple[Block, ...]:
    shown = charted_curves(findings)
    settings = mean_curves.collect(shown)
    caption = (
        "Above accuracy, below cross-entropy, means over replicates after each recorded epoch. A circle marks the "
        "epoch of the best validation cross-entropy, a dotted line the epoch from which it only rises."
    )
    legend = (*SPLIT_LEGEND[:3], ("best", "best validation epoch"), ("rising", "validation only rises from here"))
    blocks: list[Block] = []
    if said := charted_words(shown, findings):
        rest = "What the curves of all networks show stands at the end of this section"
        export = f'depthgauge export "{findings.facts.name}" trials.csv writes every recorded epoch of every trial'
        blocks.append(Prose("", (f"{said} {rest}; {export}.",)))
    for i, data in enumerate(settings, start=1):
        charts = tuple(
            Chart(
                f"{prefix}curves-{i}-{j}",
                mean_curves.CurvesData(data.name, (p,), data.accuracy_range, data.cross_entropy_range),
                f"{p.name}, n = {p.n}",
                f"Learning curves, {data.name}, {p.name}, {len(p.epochs)} recorded epochs, "
                + (f"best validation epoch {p.best_epoch}." if p.best_epoch else "no best validation epoch."),
            )
            for j, p in enumerate(data.panels, start=1)
        )
        table = curves_table([data], "Means over n replicates at about ten of the recorded epochs")
        blocks.append(Figure(data.name, charts, caption if i == 1 else "", legend, table, "small"))
    diagnoses = diagnoses_table(findings)
    if diagnoses.rows:
        notes = tuple(f"{p.name}: {p.curves_note}" for p in findings.panels if p.curves_note)
        blocks += [Prose("What the curves say", (*notes, CURVE_WORDS)), diagnoses]
    return tuple(blocks)


def _remedies(findings: Findings, prefix: str) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for i, found in enumerate(findings.remedies, start=1):
        said = []
        for remedy in found.remedies:
            parts = [remedy.test.sentence, remedy.gap.sentence, *([remedy.onset.sentence] if remedy.onset else [])]
            said.append(f"{capital('; '.join(parts))}.")
        lead = f"Each arm is compared with none, replicate by replicate, at {found.at}."
        blocks.append(Prose(found.setting, (lead, *said, *([found.note] if found.note else []))))
        data = effects.of(found)
        if data.rows:
            alt = f"Effects on test accuracy and on the gap at {data.at}: " + "; ".join(
                f"{r.name} {points(r.test, sign=True)} and {points(r.gap, sign=True)}" for r in data.rows
            )
            caption = (
                "Arm minus none, with t intervals over paired replicates. A filled sign is an effect that is shown "
                "after correction for the number of arms; an open one is none that these replicates could show."
            )
            chart = Chart(f"{prefix}remedies-{i}", data, f"Against none, at {data.at}", f"{alt}.")
            blocks.append(Figure("", (chart,), caption, (), remedies_table(data, "Arm minus none")))
    return tuple(blocks)


def _pick(findings: Findings, prefix: str) -> tuple[Block, ...]:
    blocks: list[Block] = []
    shown = charted(findings)
    settings, plotted = candidates.settings(findings), candidates.collect(shown)
    facts = findings.facts
    legend = (
        ("star", "pick"),
        ("within", "within the margin of the best"),
        ("outside", "further away"),
        ("front", "Pareto front: nothing with as few parameters is more accurate"),
    )
    table = pick_table(settings, "Candidates by number of parameters")
    if plotted:
        charts = tuple(
            Chart(
                f"{prefix}pick-{i}",
                data,
                data.name + next((f", pick {c.label}" for c in data.candidates if c.picked), ""),
                f"Validation accuracy against parameters, {data.name}: {len(data.candidates)} candidates, "
                f"{sum(c.near_best for c in data.candidates)} within the margin of the best.",
            )
            for i, data in enumerate(plotted, start=1)
        )
        caption = "Validation accuracy with 95 % t intervals; the dotted line lies one margin below the best mean."
        if any(data.adjusted for data in plotted):
            caption += " Where runs are missing, means are adjusted for the replicates they belong to."
        caption = " ".join([caption, *_left_out(shown, findings)])
        blocks.append(Figure("", charts, caption, legend, table))
    elif settings:
        blocks.append(replace(table, caption="Candidates, all of one size"))
    blocks += [Prose(one.panel, pick_words(one)) for one in findings.picks]
    blocks += [Prose(p.name, (f"{capital(p.no_pick)}.",)) for p in findings.panels if p.no_pick]
    blocks += _classes(findings, prefix)
    codes: dict[str, list[str]] = {}
    for one in findings.picks:
        code = keras_code(one.chosen.configuration, facts.inputs, facts.classes, _reading(findings, one))
        codes.setdefault(code, []).append(f"{one.chosen.name}, {one.panel}")
    blocks += [Code(f"As a Keras model: {'; '.join(names)}", code) for code, names in codes.items()]
    if facts.finished and not blocks:
        blocks.append(Prose("", ("No network can be recommended yet: too few trials have finished.",)))
    return tuple(blocks)


def _classes(findings: Findings, prefix: str) -> tuple[Figure, ...]:
    """The picks' test accuracy class by class."""
    shown = charted(findings)
    data = classes.collect(shown)
    if not data:
        return ()
    charts = tuple(
        Chart(
            f"{prefix}classes-{i}",
            one,
            f"{one.name}, {one.network}",
            f"Test accuracy by class of {one.network}, {one.name}: worst {one.rows[0].label} "
            f"{percent(one.rows[0].accuracy)}, best {one.rows[-1].label} {percent(one.rows[-1].accuracy)}.",
        )
        for i, one in enumerate(data, start=1)
    )
    caption = (
        "Test accuracy after the last epoch, the worst class first, with 95 % t intervals over the pick's own runs."
    )
    if any(len(one.rows) > classes.MOST for one in data):
        caption += f" The {classes.MOST} worst are drawn; the table has all."
    caption = " ".join([caption, *_left_out(shown, findings)])
    table = classes_table(
        classes.collect(findings), "Test accuracy by class, mean ± half the width of its t interval over n replicates"
    )
    return (Figure("The pick class by class", charts, caption, (), table),)


def _reading(findings: Findings, found: PickFinding) -> str:
    """Where the runs of a pick were read."""
    panels = [p for p in findings.panels if p.name == found.panel]
    points = (point for panel in panels for point in panel.points)
    default = panels[0].reading if panels else "tail"
    return next((point.reading for point in points if point.value == found.chosen.value), default)


def pick_words(found: PickFinding) -> tuple[str, ...]:
    """The pick in words: which, why, how good it is, and what comes next."""
    chosen = found.chosen
    lead = f"{chosen.name} ({chosen.parameters:,} parameters). {found.reason}"
    said = [f"{found.caution} {lead}" if found.caution else lead]
    if found.accuracy.n > 1 and percent(found.accuracy) == percent(found.test):
        said.append(
            f"Test accuracy is {with_n(percent(found.test), found.test)}, and the same where each replicate is read on "
            "a network chosen without it."
        )
    elif found.accuracy.n > 1:
        said.append(
            f"Test accuracy is {percent(found.accuracy)} where each replicate is read on a network chosen without it, "
            f"and {with_n(percent(found.test), found.test)} as the plain mean of the runs of {chosen.name}, which also "
            "helped to choose it. Expect the first."
        )
    if found.runner_up is not None:
        second = found.candidates[found.runner_up]
        said.append(f"The runner-up, which the same rule picks without it, is {second.name}.")
    return tuple(said)
