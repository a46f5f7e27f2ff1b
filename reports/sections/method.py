"""How we know: the method in plain words, failed runs, numbers, trials, and what repeats the study."""

from __future__ import annotations

import functools
import json
from collections import Counter
from importlib import resources
from typing import TYPE_CHECKING, Any

from reports.blocks import Block, Code, Column, Facts, Fold, Prose, Section, Table
from reports.sections.chosen_settings import how
from reports.sections.gap_section import gap_words
from reports.sections.numbers_and_trials import points_table, trials_table
from reports.sections.thinning import listed_words
from study.analysis.interval_words import LEAST, replicates_text
from study.analysis.onset.failing_zone import LEAST_LEARNED, least_learned
from study.analysis.pick_words import rule_words
from study.analysis.place_words import interval_text
from study.records.readings import parse_reading
from study.words import amount, capital, count, engine_words, level_text, listed, shortened, value_text, whole

if TYPE_CHECKING:
    from study.analysis.findings import Findings, Panel
    from study.records.metrics import Metric


_READINGS = {
    "last": "after the last epoch",
    "tail": "as the mean of the last tenth of the recorded epochs (at least three of them), because a single "
    "last epoch can be an unlucky spike",
    "best": "at the epoch of the best validation {watched}, where early stopping would have put it",
}

_MARGIN = (
    "The margin is the largest difference in {metric} that does not matter to the study, and what the pick may give up "
    "for a smaller network."
)
_ERROR_RATE = (
    "Alpha is the nominal rate of false claims, not a guarantee: how often claims were right in {studies} "
    "simulated "
    "studies of known truth, with an alpha of 5 %, stands in the table below. Real studies may differ from them."
)


def method_section(findings: Findings, prefix: str = "", of: str = "") -> Section:
    """The last section; parts without data are left out."""
    facts = findings.facts
    blocks: list[Block] = [*_method(findings)]
    if any(panel.has_axis for panel in findings.panels):
        blocks.append(Fold("How often such verdicts were right in simulated studies", (calibration_table(),)))
    if facts.finished or facts.failed:
        blocks.append(Prose("Runs that failed, or whose training did", _failures(findings)))
    if findings.panels:
        blocks.append(Prose("Numbers", ()))
        blocks.append(points_table(findings))
    if findings.trials:
        said = listed_words(findings)
        blocks.append(Prose("Trials", (said,) if said else ()))
        blocks.append(trials_table(findings))
    blocks.append(Facts("What was run", _provenance(findings)))
    if facts.run.data_notes:
        blocks.append(Prose("What was found in the data", facts.run.data_notes))
    if facts.run.command:
        blocks.append(Code("The command that repeats it", facts.run.command))
    if facts.spec.to_toml():
        blocks.append(Fold("The study, as TOML", (Code("The study, as TOML", facts.spec.to_toml()),)))
    return Section(f"{prefix}method", f"How we know{of}", tuple(blocks), link="Method")


def calibration_table() -> Table:
    """How often the verdict was right in simulated studies, a row a promise."""
    rows = tuple((title, *figures.values()) for title, figures in _calibration()["rows"])
    columns = (Column("in simulated studies"), *(Column(f"{n} replicates", True) for n in (3, 5, 10)))
    return Table(
        "s: slope of the fall after the onset, in units of the noise between replicates; D: number of depths",
        columns,
        rows,
    )


@functools.cache
def _calibration() -> dict[str, Any]:
    """What ``benchmarks/calibration.py`` measured of the procedure that this program follows."""
    text = resources.files("study.analysis").joinpath("calibration_summary.json").read_text("utf-8")
    return dict(json.loads(text))


def reading_words(reading: str, watched: str) -> str:
    """A reading in words: where in its training a trial is read; ``watched`` is what early stopping goes by."""
    if (patience := parse_reading(reading).patience) is not None:
        return f"where early stopping with a patience of {count(patience, 'epoch')} stops"
    return _READINGS.get(reading, reading).format(watched=watched)


def _method(findings: Findings) -> tuple[Block, ...]:
    """What a reader's trust hangs on, then the rest under a fold."""
    if not findings.panels:
        return (Prose("Method", how(findings)[:1] or ("Nothing has been measured yet.",)),)
    metric = findings.facts.metric
    words = metric.words
    most = (
        "Each network is trained several times. A replicate fixes the training samples, the split, the initial weights "
        "and the order of the batches. The same replicates serve every network, so none wins by the luck of one run.",
        *_looks(findings.panels),
        *([findings.facts.run.parts] if findings.facts.run.parts else []),
        f"The pick is made on validation {metric.words} alone; the test set decides nothing.",
        _target(findings),
    )
    rest = (
        *(how(findings)[:1]),
        _readings(findings.panels, metric, findings.facts.watched),
        *_claims(findings.panels, metric),
        f"{rule_words(metric)} The test {words} printed for the pick is cross-fitted: for each replicate the choice is "
        "made again on the other replicates, and the chosen network is read on the one left out. The plain mean of the "
        "pick's own runs stands in the tables; it may be a little too good, because these runs helped to choose it.",
        f"The number after ± is half the width of a 95 % interval; n is the number of replicates. It says how well the "
        f"mean is known, not how far a single run may stray. It is written from {LEAST} replicates on; with fewer it "
        "would be too wide to tell anything. Effects and differences between studies say their own level.",
    )
    return (Prose("Method", most), Fold("The method in full", (Prose("", rest),)))


def _looks(panels: tuple[Panel, ...]) -> list[str]:
    """How replicates were decided as the study went, and what that means for its verdicts."""
    looked_at = [panel for panel in panels if panel.looks is not None]
    if not looked_at:
        return []
    said = [f"{p.name}: {one.sentence}" if len(panels) > 1 else one.sentence for p in looked_at if (one := p.looks)]
    return [
        "Further replicates went only where they could still change the verdict, by what was recorded alone. The "
        "verdict knows how often it is looked at: its critical values leave each look its share of the error rate.",
        *said,
    ]


def _target(findings: Findings) -> str:
    """What the intervals speak of: for all of a page it is the same."""
    spec, words = findings.facts.spec, findings.facts.metric.words
    tested = count(findings.facts.run.test_samples, "test item")
    items = f"its {tested}" if spec.scheme == "fixed" else "the rows it tests"
    groups = findings.facts.run.groups  # empty in studies of older versions, too
    counted = f" Rows of one {shortened(str(spec.data.group))!r} count as one." if groups else ""
    classes = " and of single classes" if findings.facts.run.classes else ""
    alone = (
        f"Those of train {words}{classes} speak of further replicates, those of validation {words} of "
        "other validation rows too, because every replicate draws its own."
    )
    match findings.panels[0].speaks_of:
        case "new data":
            return (
                f"Intervals of test {words}, gap, effects and differences speak of new data of the same kind: they "
                f"allow for further replicates and for other test items.{counted} {alone}"
            )
        case "these items":
            return (
                f"The study takes {items} as all that is asked about: intervals of test {words}, gap, effects and "
                f"differences speak of further networks on these items, not of other items. {alone}"
            )
    return (
        "The answers to single test items were not kept for all runs. So every interval of this page speaks of further "
        f"replicates on {items}, and says nothing of other items, by which results differ more."
    )


def _claims(panels: tuple[Panel, ...], metric: Metric) -> list[str]:
    """What is claimed of overfitting, and how surely; of networks without an axis nothing is."""
    gap = f"The generalization gap is {gap_words(metric)}. A gap alone is no harm"
    margin = _MARGIN.format(metric=metric.words)
    if not any(p.has_axis for p in panels):
        margins = listed([metric.unit.chosen(one) for one in sorted({p.margin for p in panels})])
        return [f"{gap}.", f"{margin} Here it is {margins}."]
    return [
        f"{gap}: overfitting is claimed only where test {metric.words} {metric.worsens} with the axis and train "
        f"{metric.words} does not {metric.worsening} with it. Where training itself gets worse, that is named instead.",
        f"{margin} That nothing {metric.worsens} is said only where no {metric.worsening} is larger; a "
        f"{metric.worsening} that is shown is claimed even "
        "where it is smaller, and then said to be.",
        *_thresholds(panels),
        _ERROR_RATE.format(studies=whole(_calibration()["studies"])),
        *_intervals(panels, metric),
    ]


def _intervals(panels: tuple[Panel, ...], metric: Metric) -> list[str]:
    """What the two intervals of an onset are, where there is one."""
    said = []
    for panel in panels:
        if panel.verdict is None:
            continue
        shown, guaranteed = panel.verdict.interval, panel.verdict.guaranteed_interval
        if shown is not None and guaranteed is not None:
            same = "both" if shown == guaranteed else f"narrowed, {interval_text(guaranteed)} guaranteed"
            said.append(f"{panel.name}: {interval_text(shown)} {same}")
    if not said:
        return []
    return [
        "An onset has two intervals. The guaranteed one holds whatever the shape of the curve; the one in the answer "
        f"is narrowed by the usual shapes, in which {metric.words} {metric.improves}, stays level and then "
        f"{metric.worsens} ever faster or slower. "
        "“Certain from” is the end of the guaranteed one: from there on, every value is shown to be worse than an "
        f"earlier one. {'; '.join(said)}."
    ]


def _readings(panels: tuple[Panel, ...], metric: Metric, watched: Metric) -> str:
    readings = sorted({point.reading for panel in panels for point in panel.points} | {p.reading for p in panels})
    return (
        f"{capital(metric.words)} is clean: measured on whole splits with dropout off and the weights of that epoch. "
        "It is read " + " or ".join(reading_words(r, watched.words) for r in readings) + "."
    )


def _thresholds(panels: tuple[Panel, ...]) -> list[str]:
    """Margin, alpha and the replicates behind the verdict, once for all panels that share them."""
    groups: dict[tuple[float, float, tuple[int, int]], list[str]] = {}
    for panel in panels:
        replicates = (0, 0) if panel.verdict is None else panel.verdict.replicates
        groups.setdefault((panel.margin, panel.alpha, replicates), []).append(panel.name)
    lines = []
    for (margin, alpha, replicates), names in groups.items():
        where = "" if len(groups) == 1 else f"{', '.join(names)}: "
        behind = (
            f"with {replicates_text(*replicates)} each" if replicates[1] else "once there are replicates to compare"
        )
        line = (
            f"{where}the margin is {panels[0].metric.unit.chosen(margin)}, the nominal error rate of a claim of "
            f"overfitting is "
            f"{level_text(alpha)} (alpha {value_text(alpha)}), and the verdict compares networks {behind}."
        )
        lines.append(line if where else capital(line))
    return lines


def _failures(findings: Findings) -> tuple[str, ...]:
    broke = {(t.key, t.replicate): t.reason for t in findings.trials if t.state == "failed"}
    reasons = Counter(reason or "no reason recorded" for reason in broke.values())
    facts = findings.facts
    if facts.failed:
        lost = 0 if findings.search is None else findings.search.failed
        searches = f", {whole(lost)} of them in the searches" if lost else ""
        over = count(facts.finished + facts.failed, "trial")
        said = [f"{whole(facts.failed)} of {over} failed, they ended in an error{searches}."]
    else:
        said = ["No trial failed."]
    said += [f"{count(n, 'trial')}: {reason}" for reason, n in reasons.most_common()]
    for panel in findings.panels:
        unlearned = [
            f"{runs.failed} of {runs.runs} at {amount(runs.depth, panel.axis_label)}"
            for runs in (() if panel.verdict is None else panel.verdict.failed_runs)
        ]
        if unlearned:
            half = least_learned(panel.metric) == LEAST_LEARNED
            part = "half the way from chance to the training {} of the best up to there, or a tenth of that to the best"
            part = part if half else "a tenth of the way from chance to the training {} of the best"
            said.append(
                f"{panel.name}: left out of the verdict because they did not learn (they diverged, or ended below "
                f"{part.format(panel.metric.words)}): "
                f"{', '.join(unlearned)}."
            )
        below = "below" if panel.metric.larger_is_better else "above"
        spiked = [
            f"{len(runs.accuracy)} of {runs.runs} at {amount(runs.depth, panel.axis_label)}"
            for runs in (() if panel.verdict is None else panel.verdict.spiked_runs)
        ]
        if spiked:
            said.append(
                f"{panel.name}: left out of the verdict because training ended in a spike, more than the margin "
                f"{below} "
                f"siblings that trained as well as shallower networks: {', '.join(spiked)}."
            )
    return tuple(said)


def _provenance(findings: Findings) -> tuple[tuple[str, str], ...]:
    facts = findings.facts
    items = [
        ("Dataset", facts.spec.dataset),
        ("SHA-256", facts.dataset_sha256),
        ("Training part", count(facts.run.train_samples, "sample")),
        ("Validation", count(facts.run.validation_samples, "sample")),
        ("Test", count(facts.run.test_samples, "sample")),
        ("Parts", facts.run.parts),
        ("Inputs and classes", f"{facts.run.inputs:,} and {facts.run.classes:,}")
        if facts.run.classes
        else ("Inputs", f"{facts.run.inputs:,}"),
        *([("Loss", facts.spec.network.loss)] if not facts.run.classes else []),
        ("Seed", str(facts.spec.seed)),
        ("Trained by", engine_words(facts.spec.engine, facts.run.why_keras, facts.spec.uncompiled)),
        *((p.name, f"{p.samples:,} training samples, {count(p.epochs, 'epoch')}") for p in findings.panels),
        *facts.run.versions.items(),
    ]
    return tuple((name, value) for name, value in items if value)
