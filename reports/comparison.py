"""Several studies on one page: verdicts side by side, figures on shared axes, what differs between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reports.answer import notice, sentences, verdict_lines
from reports.blocks import Answer, Column, Figure, Prose, Section, Table
from reports.figures.axis import axis_words, place_words
from reports.settings import title
from study.analysis.numbers import listed

if TYPE_CHECKING:
    from study.analysis.findings import Findings


def comparison_sections(
    findings: Sequence[Findings], figures: Callable[[Findings], tuple[Figure, ...]]
) -> tuple[Section, ...]:
    """The sections that the studies share; ``figures`` makes the depth and gap figures of one set of findings."""
    merged = _merged(findings)
    answer = Answer(
        sentences=tuple(
            (f.facts.name + (f", {name}" if name else ""), text) for f in findings for name, text in sentences(f)
        ),
        verdicts=tuple(replace(v, setting=f"{f.facts.name}, {v.setting}") for f in findings for v in verdict_lines(f)),
        notice=" ".join(f"{f.facts.name}: {text}" for f in findings if (text := notice(f))),
        facts=(),
    )
    sections = [Section("answer", "The answers", (answer,))]
    drawn = figures(merged)
    if drawn:
        sections.append(Section("depth", "Accuracy on shared axes", drawn[:1]))
        sections.append(Section("gap", "Generalization gap on shared axes", drawn[1:]))
    sections.append(
        Section("differences", "What differs", (Prose("", (_comparable(findings),)), _differences(findings)))
    )
    return tuple(sections)


def _merged(findings: Sequence[Findings]) -> Findings:
    """All panels and picks in one set of findings, each panel named after its study."""
    panels = [replace(p, name=f"{f.facts.name}, {p.name}") for f in findings for p in f.panels]
    picks = [replace(p, panel=f"{f.facts.name}, {p.panel}") for f in findings for p in f.picks]
    return replace(findings[0], panels=tuple(panels), picks=tuple(picks))


def _comparable(findings: Sequence[Findings]) -> str:
    if len({f.facts.dataset_sha256 for f in findings}) > 1:
        return "The studies were run on different data, so their accuracies can't be compared with each other."
    if len({(f.facts.validation_samples, f.facts.test_samples) for f in findings}) > 1:
        return "The studies hold out different numbers of samples, so their accuracies are not strictly comparable."
    if len({f.facts.seed for f in findings}) > 1:
        return "The studies share their data but not their seed: their replicates are independent, not paired."
    return "The studies share their data, their split and their seed."


def _differences(findings: Sequence[Findings]) -> Table:
    """One row a property that is not the same in all studies."""
    rows = []
    for name, values in _properties(findings).items():
        if len(set(values)) > 1:
            rows.append((name, *values))
    columns = (Column("property"), *(Column(f.facts.name) for f in findings))
    return Table("Only what differs is listed", columns, tuple(rows))


def _properties(findings: Sequence[Findings]) -> dict[str, list[str]]:
    def settings(f: Findings, attribute: str) -> str:
        return ", ".join(dict.fromkeys(str(getattr(p, attribute)) for p in f.panels))

    return {
        "dataset": [f.facts.dataset for f in findings],
        "data SHA-256": [f.facts.dataset_sha256[:12] for f in findings],
        "settings": [", ".join(p.name for p in f.panels) for f in findings],
        "axis": [", ".join(dict.fromkeys(axis_words(p) for p in f.panels)) for f in findings],
        "values": [
            "; ".join(dict.fromkeys(", ".join(place_words(p, q, short=True) for q in p.points) for p in f.panels))
            for f in findings
        ],
        "search": ["none" if f.search is None else f"{f.search.proposer}, {f.search.trials} trials" for f in findings],
        "tuned": [listed([title(p.name) for p in f.search.parameters]) if f.search else "nothing" for f in findings],
        "replicates": [settings(f, "replicates") for f in findings],
        "epochs": [settings(f, "epochs") for f in findings],
        "reading": [settings(f, "reading") for f in findings],
        "margin": [settings(f, "margin") for f in findings],
        "alpha": [settings(f, "alpha") for f in findings],
        "seed": [str(f.facts.seed) for f in findings],
        "trials": [f"{f.facts.finished:,} of {f.facts.planned:,}" for f in findings],
        "versions": [", ".join(f"{n} {v}" for n, v in f.facts.versions) for f in findings],
    }
