"""Findings -> a page: its sections in their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from reports.blocks import Page, Section
from reports.glossary import glossary_section
from reports.sections.accuracy_section import accuracy_section
from reports.sections.answer import answer_section
from reports.sections.comparison import comparison_sections, told_apart
from reports.sections.gap_section import gap_section
from reports.sections.imported_page import imported_page, imported_sections
from reports.sections.learning_curves import curves_section
from reports.sections.method import method_section
from reports.sections.other_metrics import metrics_section
from reports.sections.recommendation import pick_section
from reports.sections.remedy_effects import remedies_section
from reports.sections.search_section import search_section
from study.analysis.findings import Concluded, Findings, ImportedFindings
from study.design.parts_words import check_schemes

Maker = Callable[[Findings, str, str], Section]  # findings, the prefix of its anchors, an end of its title

COMPARED: tuple[Maker, ...] = (answer_section, accuracy_section, gap_section)
"""Sections in whose place a comparison has one for all its studies."""

SECTIONS: tuple[Maker, ...] = (
    *COMPARED,
    metrics_section,
    curves_section,
    remedies_section,
    search_section,
    pick_section,
    method_section,
)
"""The sections of a study in their order; one without blocks is left out."""


def page_of(findings: Sequence[Concluded]) -> Page:
    """The page of one study, or of several side by side.

    Raises :class:`~study.errors.InputError` for studies whose replicates test other rows.
    """
    if len(findings) == 1:
        (one,) = findings
        if isinstance(one, ImportedFindings):
            return imported_page(one)
        words = glossary_section([one.facts.metric], one.facts.watched.words)
        return Page(one.name, "depthgauge study", (*_made(SECTIONS, one), words))
    check_schemes([one.facts.spec for one in findings if isinstance(one, Findings)])
    findings = told_apart(findings)
    sections = [*comparison_sections(findings)]
    for i, one in enumerate(findings, start=1):
        prefix, of = f"s{i}-", f" · {one.name}"
        if isinstance(one, ImportedFindings):
            own = imported_sections(one, prefix, of)
        else:
            own = _made(SECTIONS[len(COMPARED) :], one, prefix, of)
        sections += [replace(section, part=one.name) for section in own]
    facts = [one.facts for one in findings if isinstance(one, Findings)]
    words = glossary_section([one.metric for one in facts], facts[0].watched.words) if facts else glossary_section()
    return Page("Comparison", ", ".join(one.name for one in findings), (*sections, words))


def _made(makers: Sequence[Maker], findings: Findings, prefix: str = "", of: str = "") -> tuple[Section, ...]:
    made = (make(findings, prefix, of) for make in makers)
    return tuple(section for section in made if section.blocks)
