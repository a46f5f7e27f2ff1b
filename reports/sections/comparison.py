"""Several studies on one page: verdicts side by side, figures on shared axes, paired differences, what differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reports.blocks import Answer, Block, Chart, Column, Figure, Listing, Prose, Section, Table, Verdict
from reports.figures import differences
from reports.sections.accuracy_section import accuracy_figure
from reports.sections.answer import missing, sentences, verdict_lines
from reports.sections.differing_keys import facts_table, spec_table
from reports.sections.gap_section import gap_figure
from reports.sections.remedy_effects import effect_cells, effect_columns
from study.analysis.findings import Concluded, Findings, ImportedFindings
from study.analysis.interval_words import difference
from study.analysis.study_pairs import StudyPairs, pair_studies
from study.design.setting_words import setting_words
from study.words import MISSING, capital, count, level_text, listed, value_text

FEW = 4  # settings whose differences the answer tells one by one
OWN_SCALE = "each panel on its own scale"
SAME = "The study files say the same, apart from their names."


def told_apart(findings: Sequence[Concluded]) -> list[Concluded]:
    """The studies with names that tell them apart: the second of one name is called ``name (2)``."""
    named: list[Concluded] = []
    taken: list[str] = []
    for one in findings:
        taken.append(one.name)
        times = taken.count(one.name)
        named.append(one if times == 1 else _renamed(one, f"{one.name} ({times})"))
    return named


def _renamed(findings: Concluded, name: str) -> Concluded:
    if isinstance(findings, Findings):
        return replace(findings, facts=replace(findings.facts, name=name))
    return replace(findings, study=replace(findings.study, name=name))


def comparison_sections(findings: Sequence[Concluded]) -> tuple[Section, ...]:
    """The sections that the studies share."""
    pairs = pair_studies(findings)
    merged = _merged(_own(findings))
    drawn, gap = (accuracy_figure(merged), gap_figure(merged)) if merged else (None, None)
    words = "" if merged is None else capital(merged.facts.metric.words)
    specs = spec_table(findings)
    return (
        Section("answer", "The answers", _answer(findings, pairs)),
        *([Section("depth", f"{words} on shared axes", (drawn,))] if drawn else []),
        *([Section("gap", "Generalization gap on shared axes", (gap,))] if gap else []),
        Section("differences", "Paired differences", _differences(pairs)),
        Section(
            "specs",
            "What differs",
            (*((specs,) if specs.rows else (Prose("", (SAME,)),) if specs.columns[2:] else ()), facts_table(findings)),
        ),
    )


def _answer(findings: Sequence[Concluded], pairs: StudyPairs) -> tuple[Block, ...]:
    """What differs first, then the verdicts in one table, then each in its own words."""
    verdicts: list[Verdict] = []
    for one in findings:
        lines = verdict_lines(one) if isinstance(one, Findings) and one.panels else (_without_verdict(one),)
        verdicts += [replace(v, setting=f"{one.name}{v.setting and ', '}{v.setting}") for v in lines]
    answer = Answer(
        sentences=_said(pairs),
        verdicts=tuple(verdicts),
        notice=" ".join(f"{f.name}: {said}" for f in _own(findings) if f.panels and (said := missing(f))),
        facts=(),
    )
    words = tuple(line for one in findings for line in _in_words(one))
    return (answer, *([Listing("The verdicts in words", words)] if words else []))


def _own(findings: Sequence[Concluded]) -> list[Findings]:
    """The studies that depthgauge ran."""
    return [one for one in findings if isinstance(one, Findings)]


def _in_words(findings: Concluded) -> list[str]:
    """The verdict of each setting, and what its learning curves have against it."""
    if isinstance(findings, ImportedFindings):
        return [f"{findings.name}: {findings.sentence}"]
    notes = [panel.curves_note for panel in findings.panels] or [""]
    said = zip(sentences(findings), notes, strict=False)
    return [f"{findings.name}{name and ', '}{name}: {text} {note}".strip() for (name, text), note in said]


def _said(pairs: StudyPairs) -> tuple[tuple[str, str], ...]:
    """The differences in words, or how many there are; then what can't be compared, and why."""
    if len(pairs.settings) <= FEW:
        told = [(setting.between("against"), " ".join(setting.sentences)) for setting in pairs.settings]
    else:
        tests = [place.test.outcome for setting in pairs.settings for place in setting.places]
        higher, lower = tests.count("higher"), tests.count("lower")
        told = [
            (
                "",
                f"Of {count(len(tests), 'paired difference')} in test {_words_of(pairs)}, {higher} are shown to be "
                f"above zero "
                f"and {lower} below; no difference is shown in the other {len(tests) - higher - lower}.",
            )
        ]
    return (*told, *(("", obstacle) for obstacle in pairs.obstacles))


def _without_verdict(findings: Concluded) -> Verdict:
    """The line of a study that has no setting yet, or was read from another program."""
    if isinstance(findings, Findings):
        return Verdict("", "nothing yet", missing(findings), MISSING, "", MISSING, "no network has been trained")
    study, best = findings.study, findings.study.best
    tried = f"{count(len(study.trials), 'trial')} of {study.label}"
    sure, network = (
        (MISSING, "") if best is None else (f"{study.objective} {value_text(best.value, 4)}", f"trial {best.number}")
    )
    said = "" if best is None else f"the best of {len(study.compared)}, so partly luck"
    words = "" if best is None else f"{setting_words(best.setting)}; one run, and no test accuracy"
    return Verdict("", "no verdict", f"{tried}: no gap was recorded", sure, said, network or MISSING, words)


def _differences(pairs: StudyPairs) -> tuple[Block, ...]:
    """The figure of the paired differences, how many there are, and what could not be paired."""
    data = differences.collect(pairs)
    blocks: list[Block] = []
    if data:
        charts = tuple(Chart(f"differences-{i}", one, one.name, _alt(one)) for i, one in enumerate(data, start=1))
        caption = (
            f"One study minus the other, replicate by replicate, with {level_text(1 - pairs.alpha)} intervals. A "
            "filled sign is a difference that is shown after correction for all of them; an open one is none that the "
            "replicates could show."
        )
        if any(place.test.target == "these replicates" for one in pairs.settings for place in one.places):
            caption += " Where a study kept no answers to single test items, they speak of these replicates alone."
        rows = tuple((one.name, *effect_cells(row, one.metric.unit)) for one in data for row in one.rows)
        columns = (Column("difference"), Column("network"), *effect_columns(data[0].metric))
        table = Table("Mean ± half the width of its interval, n paired replicates", columns, rows)
        blocks.append(Figure("", charts, caption, (), table, zoom=OWN_SCALE if len(charts) > 1 else ""))
        blocks.append(Prose("", (*_words(pairs), _how_many(pairs))))
    return (*blocks, *([Prose("", pairs.obstacles)] if pairs.obstacles else []))


def _words(pairs: StudyPairs) -> tuple[str, ...]:
    """The findings in words where the answer had no room for them."""
    if len(pairs.settings) <= FEW:
        return ()
    return tuple(f"{setting.between('against')}: {' '.join(setting.sentences)}" for setting in pairs.settings)


def _how_many(pairs: StudyPairs) -> str:
    judged = count(pairs.comparisons, "difference")
    return (
        "Each study is compared with the first one named before it that has the same data, seed and held-out share: "
        "then a replicate has the same samples, split, initial weights and batch order in both. "
        f"{judged} of test {_words_of(pairs)} {'was' if pairs.comparisons == 1 else 'were'} judged together, and as "
        "many of the "
        "gap. Holm's correction keeps the chance that any of them is shown where there is none at "
        f"{level_text(pairs.alpha)} for each of the two quantities. An interval is that of its difference alone: where "
        "there are several, one may exclude zero by chance, so its difference is not shown."
    )


def _words_of(pairs: StudyPairs) -> str:
    """The metrics that were compared, in words."""
    return listed(list(dict.fromkeys(setting.metric.words for setting in pairs.settings)))


def _alt(data: differences.DifferencesData) -> str:
    unit = data.metric.unit
    said = "; ".join(
        f"{r.name} {difference(r.test, unit, sign=True)} and {difference(r.gap, unit, sign=True)}" for r in data.rows
    )
    return f"Differences in test {data.metric.words} and in the gap, {data.name}: {said}."


def _merged(findings: Sequence[Findings]) -> Findings | None:
    """All panels and picks in one set of findings, each panel named after its study; None without any of our own.

    Studies that another metric than the first one's decided have no place on its axes.
    """
    if not findings:
        return None
    findings = [one for one in findings if one.facts.metric == findings[0].facts.metric]
    panels = [replace(p, name=f"{f.name}, {p.name}") for f in findings for p in f.panels]
    picks = [replace(p, panel=f"{f.name}, {p.panel}") for f in findings for p in f.picks]
    return replace(findings[0], panels=tuple(panels), picks=tuple(picks))
