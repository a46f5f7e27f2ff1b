"""The section on the pick: what it was chosen from, why, how good it is, and as Keras code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reports.blocks import Block, Chart, Code, Column, Figure, Prose, Section, Table, behind_folds
from reports.figures import candidates
from reports.sections.class_accuracy import class_figures
from reports.sections.confusion_and_confidence import prediction_blocks
from reports.sections.reference_table import reference_blocks
from reports.sections.thinning import behind, charted, left_out
from study.analysis.interval_words import estimate, value, with_n
from study.records.metrics import ACCURACY
from study.train.keras_code import keras_code
from study.words import capital, count, whole

if TYPE_CHECKING:
    from study.analysis.findings import Findings, PickFinding
    from study.records.metrics import Metric
    from study.records.units import Unit


def pick_section(findings: Findings, prefix: str = "", of: str = "") -> Section:
    """The candidates, the pick of each setting in words and class by class, and its code."""
    return Section(f"{prefix}pick", f"The pick{of}", _pick(findings, prefix), link="Pick")


def pick_words(found: PickFinding, metric: Metric = ACCURACY) -> tuple[str, ...]:
    """The pick in words: which, why, how good it is, and what comes next."""
    chosen, unit = found.chosen, metric.unit
    plain = with_n(value(found.test, unit), found.test)
    lead = f"{chosen.name} ({count(chosen.parameters, 'parameter')}). {found.reason}"
    said = [f"{found.caution} {lead}" if found.caution else lead]
    if found.accuracy.n > 1 and value(found.accuracy, unit) == value(found.test, unit):
        said.append(
            f"Test {metric.words} is {plain}, and the same where each replicate is read on a network chosen without it."
        )
    elif found.accuracy.n > 1:
        said.append(
            f"Test {metric.words} is {value(found.accuracy, unit)} where each replicate is read on a network chosen "
            f"without it, and {plain} as the plain mean of the runs of {chosen.name}, which also "
            "helped to choose it. Expect the first."
        )
    if found.runner_up is not None:
        second = found.candidates[found.runner_up]
        said.append(f"The runner-up, which the same rule picks without it, is {second.name}.")
    return tuple(said)


def _pick(findings: Findings, prefix: str) -> tuple[Block, ...]:
    blocks: list[Block] = []
    shown, folded = charted(findings), behind(findings)
    settings, plotted = candidates.settings(findings), candidates.collect(shown)
    facts, metric = findings.facts, findings.facts.metric
    more = "more accurate" if metric is ACCURACY else "better"
    legend = (
        ("star", "pick"),
        ("within", "within the margin of the best"),
        ("outside", "further away"),
        ("front", f"Pareto front: nothing with as few parameters is {more}"),
    )
    table = _candidates_table(settings, "Candidates by number of parameters", metric.unit)
    if plotted:
        charts = tuple(
            Chart(
                f"{prefix}pick-{i}",
                data,
                data.name + next((f", pick {c.label}" for c in data.candidates if c.picked), ""),
                f"Validation {metric.words} against parameters, {data.name}: {len(data.candidates)} candidates, "
                f"{sum(c.near_best for c in data.candidates)} within the margin of the best.",
                folded=data.name in folded,
            )
            for i, data in enumerate(plotted, start=1)
        )
        below = "below" if metric.larger_is_better else "above"
        caption = (
            f"Validation {metric.words} with 95 % intervals; the dotted line lies one margin {below} the best mean."
        )
        if any(data.adjusted for data in plotted):
            caption += " Where runs are missing, means are adjusted for the replicates they belong to."
        caption = " ".join([caption, *left_out(shown, findings)])
        blocks.append(Figure("", charts, caption, legend, table))
    elif settings:
        blocks.append(replace(table, caption="Candidates, all of one size"))
    said = [Prose(one.panel, pick_words(one, metric)) for one in findings.picks]
    said += [Prose(p.name, (f"{capital(p.no_pick)}.",)) for p in findings.panels if p.no_pick]
    blocks += behind_folds(said, [prose.title in folded for prose in said])
    blocks += reference_blocks(findings)
    blocks += class_figures(findings, prefix)
    blocks += prediction_blocks(findings, prefix)
    codes: dict[str, list[PickFinding]] = {}
    for one in findings.picks:
        reading, run = _reading(findings, one), facts.run
        code = keras_code(one.chosen.configuration, run.inputs, run.outputs, reading, run.labels)
        codes.setdefault(code, []).append(one)
    blocks += behind_folds(
        [
            Code(f"As a Keras model: {'; '.join(f'{one.chosen.name}, {one.panel}' for one in picks)}", code)
            for code, picks in codes.items()
        ],
        [all(one.panel in folded for one in picks) for picks in codes.values()],
    )
    if facts.finished and not blocks:
        blocks.append(Prose("", ("No network can be recommended yet: too few trials have finished.",)))
    return tuple(blocks)


def _candidates_table(settings: Sequence[candidates.PickData], caption: str, unit: Unit) -> Table:
    """The candidates of each setting, by number of parameters."""
    rows = [
        (
            data.name,
            c.label,
            whole(c.parameters),
            estimate(c.validation, unit),
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
        Column(f"validation{unit.of_values}", True),
        Column("n", True),
        Column("within the margin"),
        Column("Pareto front"),
        Column("pick and runner-up"),
    )
    return Table(caption, columns, tuple(rows))


def _reading(findings: Findings, found: PickFinding) -> str:
    """Where the runs of a pick were read."""
    panels = [p for p in findings.panels if p.name == found.panel]
    points = (point for panel in panels for point in panel.points)
    default = panels[0].reading if panels else "tail"
    return next((point.reading for point in points if point.value == found.chosen.value), default)
