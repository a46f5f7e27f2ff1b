"""The first screen: the questions that people ask of a study with their answers, then the findings in full."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reports.blocks import Answer, Replies, Section, Verdict
from study.analysis.findings import best_on_validation
from study.analysis.interval_words import LEAST, difference, replicates_text, value, with_n
from study.analysis.place_words import interval_text, place_words
from study.analysis.replies.study_replies import replies_to
from study.design.parts_words import rounding_words
from study.records.metrics import ACCURACY
from study.records.networks import DenseStack
from study.words import MISSING, count, level_text, listed, number, value_text, whole

if TYPE_CHECKING:
    from study.analysis.findings import Findings, Panel, PickFinding, StudyFacts
    from study.analysis.onset.find import OnsetVerdict
    from study.records.trials import Configuration

_WITHOUT_ONSET = {
    "none": "no overfitting",
    "benign": "no overfitting",
    "degradation": "no overfitting: training gets worse",
    "inconclusive": "not settled",
    "training fails": "training gets worse",
}
FULL = "The findings in full"
MEANS = level_text(0.95)  # of intervals of means; differences have the study's
MOST_NAMED = 40  # letters of the names of classes


def answer_section(findings: Findings, prefix: str = "", of: str = "") -> Section:
    """The answer of one study."""
    return Section(f"{prefix}answer", f"The answer{of}", (replies(findings), answer(findings)), link="Answer")


def replies(findings: Findings) -> Replies:
    """The questions of a study and what it says to them, under what makes that provisional."""
    said = tuple((one.question, tuple((a.setting, a.text) for a in one.answers)) for one in replies_to(findings))
    return Replies(notice(findings), said, _signs(findings) if said else "")


def _signs(findings: Findings) -> str:
    """What signs mean that stand in replies: readers who had the first screen alone asked for just these."""
    points = [point for panel in findings.panels for point in panel.all_points]
    said = []
    if any(point.test.n >= LEAST for point in points):
        level = level_text(1 - findings.facts.spec.alpha)
        others = "" if level == MEANS else f", beside the baseline and of cures of a {level} one"
        said.append(f"± is half the width of a {MEANS} interval{others}.")
    if any(point.test.n > 1 for point in points):
        said.append("n counts replicates: runs with other seeds and other training rows.")
    if any(isinstance(point.configuration.network, DenseStack) for point in points):
        said.append("128-64 is a network with hidden layers of 128 and 64 units, 3x128 one with three of 128.")
    return " ".join(said)


def answer(findings: Findings) -> Answer:
    """The findings in full, with the facts of the study."""
    found = Answer(
        sentences=sentences(findings),
        verdicts=verdict_lines(findings),
        notice="",
        facts=fact_strip(findings.facts, findings),
        folded=FULL if replies_to(findings) else "",
    )
    if findings.search is None or any(p.has_axis for p in findings.panels):
        return found
    best = "Most accurate" if findings.facts.metric is ACCURACY else f"Best {findings.facts.metric.words}"
    return replace(found, asked=("What was tried", best, "Network to use"))


def sentences(findings: Findings) -> tuple[tuple[str, str], ...]:
    """(setting, sentence) of each panel; the study's own sentence where it has fewer than two."""
    if len(findings.panels) > 1:
        said = [(p.name, " ".join(part for part in (p.sentence, p.by_metric) if part)) for p in findings.panels]
        return tuple(said)
    by_metric = [("", p.by_metric) for p in findings.panels if p.by_metric]
    return (("", findings.sentence), *by_metric) if findings.sentence else ()


def verdict_lines(findings: Findings) -> tuple[Verdict, ...]:
    """The three questions of the first screen, answered for each panel."""
    picks = {pick.panel: pick for pick in findings.picks}
    lines = []
    for panel in findings.panels:
        candidates = not panel.has_axis and findings.search is not None
        where = _tried(panel, findings) if candidates else _where(panel)
        sure = _most_accurate(panel) if candidates else _how_sure(panel)
        lines.append(Verdict(panel.name, *where, *sure, *_network(panel, picks.get(panel.name))))
    return tuple(lines)


def _tried(panel: Panel, findings: Findings) -> tuple[str, str]:
    """How many settings a search without an axis tried, and what became of them."""
    tried = sum(len(cell.trained) for cell in panel.searches)
    failed = sum(cell.failed for cell in panel.searches)
    lost = f", {failed} of them failed" if failed else ""
    again = f"the best {len(panel.points)}" if len(panel.points) > 1 else "the best one"
    proposer = "" if findings.search is None else f"{findings.search.proposer}{lost}; "
    return count(tried, "trial"), f"{proposer}{again} run again on {count(panel.replicates, 'fresh replicate')}"


def _most_accurate(panel: Panel) -> tuple[str, str]:
    """The candidate that is best on validation, on fresh replicates."""
    unit = panel.metric.unit
    best = best_on_validation(panel)
    if best.validation.mean is None:
        return MISSING, "no run of a candidate has finished yet"
    note = f"{with_n(f'test {value(best.test, unit)}', best.test)}, on runs that the search has not seen"
    return f"{place_words(panel, best)}, validation {value(best.validation, unit)}", note


def notice(findings: Findings) -> str:
    """What makes an answer provisional: what is missing, and that nothing can be said yet."""
    if findings.facts.finished and not findings.panels:
        return findings.sentence
    return missing(findings)


def missing(findings: Findings) -> str:
    """What has not run, or failed altogether; empty for a finished study."""
    facts = findings.facts
    if facts.finished == 0 and facts.failed:
        reasons = ": the reasons stand under “How we know”" if any(t.reason for t in findings.trials) else ""
        return f"All {count(facts.failed, 'trial')} that ran failed{reasons}."
    if facts.finished == 0:
        return "No trial has finished yet: run the study, and this page fills."
    if facts.pending > 0:
        return (
            f"Unfinished: {whole(facts.pending)} of {whole(facts.planned)} trials have not run yet. "
            "What follows is provisional."
        )
    return ""


def fact_strip(facts: StudyFacts, findings: Findings) -> tuple[tuple[str, str], ...]:
    """Dataset, trials, replicates, time and versions, as names and values."""
    planned = " and ".join(map(str, sorted({p.replicates for p in findings.panels}))) or MISSING
    unlearned = _unlearned(findings)
    strip = [
        ("Dataset", facts.spec.dataset),
        ("Samples", _samples(facts, {panel.samples for panel in findings.panels})),
        ("Inputs", f"{facts.run.inputs:,}"),
        *([("Classes", _classes(facts.run.labels))] if facts.run.classes else []),
        ("Trials", f"{facts.finished:,} of {facts.planned:,} finished, {facts.failed:,} ended in an error"),
        *(
            [("Left out of the verdict", f"{count(unlearned, 'run')} that diverged or did not learn")]
            if unlearned
            else []
        ),
        ("Replicates", looked) if (looked := _looked(findings.panels)) else ("Planned replicates", planned),
        *([("Rounded up", rounded)] if (rounded := rounding_words(facts.spec)) else []),
        ("Training time", _minutes(facts.training_minutes)),
        ("Versions", _main_versions(facts)),
    ]
    return tuple(strip)


def _samples(facts: StudyFacts, used: set[int]) -> str:
    """Those of each part, and how many of its training part a study uses where no setting uses all of it."""
    whole_part = facts.run.train_samples
    training = f"{whole_part:,} training"
    if used and max(used) < whole_part:
        training = f"{listed([f'{n:,}' for n in sorted(used)])} training (of {whole_part:,})"
    parts = (facts.run.validation_samples, "validation"), (facts.run.test_samples, "test")
    return ", ".join([training, *(f"{size:,} {part}" for size, part in parts)])


def _classes(labels: tuple[str, ...]) -> str:
    """How many, and what they are called where that is short: it tells whether the data were read right."""
    names = ", ".join(labels)
    return f"{len(labels):,}: {names}" if len(names) <= MOST_NAMED else f"{len(labels):,}"


def _looked(panels: tuple[Panel, ...]) -> str:
    """How many replicates were run where that is decided as the study goes; empty where all are fixed."""
    found = [panel.looks for panel in panels if panel.looks is not None]
    runs, fixed = sum(one.runs for one in found), sum(one.fixed_runs for one in found)
    taken = sorted({one.replicates for one in found})
    return f"up to {' and '.join(map(str, taken))}: {whole(runs)} of {whole(fixed)} runs" if found else ""


def _unlearned(findings: Findings) -> int:
    """Runs that verdicts leave out because their training failed; those that two arms read count once."""
    runs: dict[Configuration, int] = {}
    for panel in findings.panels:
        failed = {} if panel.verdict is None else {one.depth: one.failed for one in panel.verdict.failed_runs}
        for point in panel.points:
            known = runs.get(point.configuration, 0)
            runs[point.configuration] = max(known, failed.get(point.value, 0))
    return sum(runs.values())


def _main_versions(facts: StudyFacts) -> str:
    """The versions that decide the numbers; all of them stand under how we know."""
    chosen = [
        f"{name} {version}"
        for name, version in facts.run.versions.items()
        if name in ("depthgauge", "tensorflow", "keras")
    ]
    return ", ".join(chosen) or MISSING


def _minutes(minutes: float) -> str:
    if minutes < 1:
        return f"{number(60 * minutes, 0 if minutes >= 0.1 else 1)} s"
    if minutes >= 90:
        return f"{number(minutes / 60, 1)} hours"
    return f"{number(minutes, 0 if minutes >= 10 else 1)} min"


def _where(panel: Panel) -> tuple[str, str]:
    verdict, unit = panel.verdict, panel.axis_label
    if verdict is None:
        return "one network only", "it takes several"
    fails = verdict.training_fails_from
    failing = (
        ""
        if fails is None
        else f"training {panel.metric.words} itself {panel.metric.worsens} from {value_text(fails)} on"
    )
    if verdict.outcome == "small fall":
        small = f"a small one is shown, below the margin of {panel.metric.unit.chosen(panel.margin)}"
        return f"no {panel.metric.worsening} that matters", "; ".join(t for t in (small, failing) if t)
    if verdict.onset is not None and verdict.kind == "unsettled":
        falls = f"test {panel.metric.words} {panel.metric.worsens}"
        note = f"{falls} from {value_text(verdict.onset)} {unit} on; its cause is not settled"
        return "not settled", "; ".join(t for t in (note, failing) if t)
    if verdict.onset is not None:
        return f"{value_text(verdict.onset)} {unit}", failing
    metric = panel.metric
    note = f"the gap grows, held-out {metric.words} does not {metric.worsening}" if verdict.kind == "benign" else ""
    where = _WITHOUT_ONSET[verdict.kind]
    unharmed = verdict.kind == "degradation" and verdict.certain_from is None
    if unharmed:
        where = "no overfitting shown"
    if unharmed or verdict.kind in ("none", "benign"):
        reach = "down to" if panel.points[0].value > panel.points[-1].value else "up to"
        where += f" {reach} {value_text(_last_compared(panel, verdict))} {unit}"
    return where, "; ".join(t for t in (note, failing) if t)


def _last_compared(panel: Panel, verdict: OnsetVerdict) -> float:
    compared = verdict.compared_depths
    return float(compared[-1] if compared else panel.points[-1].value)


def _how_sure(panel: Panel) -> tuple[str, str]:
    verdict = panel.verdict
    if verdict is None:
        return MISSING, count(max(point.test.n for point in panel.points), "replicate")
    confidence = f"{100 * (1 - panel.alpha):g} %"
    behind = replicates_text(*verdict.replicates)
    if verdict.interval is not None:
        certain = "" if verdict.certain_from is None else f"certain from {value_text(verdict.certain_from)}; "
        return f"{confidence} interval {interval_text(verdict.interval)}", certain + behind
    if verdict.kind in ("none", "benign") and verdict.largest_drop_upper_bound is not None:
        bound = max(0.0, verdict.largest_drop_upper_bound)
        return (
            f"any {panel.metric.worsening} is below {panel.metric.unit.difference(bound)}",
            f"{confidence} bound; {behind}",
        )
    if verdict.kind == "degradation" and verdict.certain_from is not None:
        return f"certain from {value_text(verdict.certain_from)}", behind
    if verdict.kind == "inconclusive" and verdict.replicates_to_run:
        return f"about {count(verdict.replicates_to_run, 'replicate')} would settle it", f"{behind} so far"
    if verdict.kind in ("degradation", "inconclusive") and verdict.largest_drop_upper_bound is not None:
        unit = panel.metric.unit
        most = unit.with_difference(unit.number(max(0.0, verdict.largest_drop_upper_bound)))
        return f"a {panel.metric.worsening} of up to {most} is not ruled out", f"{confidence} bound; {behind}"
    if verdict.kind == "inconclusive":
        return "not enough runs", "it takes 3 values with 2 replicates each"
    return MISSING, behind


def _network(panel: Panel, pick: PickFinding | None) -> tuple[str, str]:
    if pick is None:
        return MISSING, panel.no_pick or "no claim can be made yet"
    chosen = pick.chosen
    parts = [chosen.configuration.network.shape_words, f"{chosen.parameters:,} parameters"]
    if pick.accuracy.mean is not None:
        test = value(pick.accuracy, panel.metric.unit)
        read = f"test {test} on runs left out of the choice"
        parts.append(with_n(read if pick.accuracy.n > 1 else f"test {test}", pick.accuracy))
    if pick.gap.mean is not None:
        parts.append(f"gap of its own runs {difference(pick.gap, panel.metric.unit)}")
    said = ", ".join(parts)
    if pick.caution:
        return "none to recommend", f"the best of what trained is {chosen.name}: {said}"
    open_question = len(pick.candidates) > 1 and not pick.guaranteed
    return chosen.name, said + ("; not shown to be within the margin" if open_question else "")
