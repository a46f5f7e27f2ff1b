"""The page of a chain of studies: the answer, each decision with the study behind it, then those studies."""

from __future__ import annotations

from dataclasses import replace

from reports.blocks import Answer, Block, Column, Page, Section, Table
from reports.glossary import glossary_section
from reports.sections.accuracy_section import accuracy_section
from reports.sections.answer import answer_section
from reports.sections.reference_table import reference_blocks
from reports.sections.search_section import search_section
from study.analysis.chain_findings import ChainFinding


def chain_page(found: ChainFinding) -> Page:
    """The page; it begins with the answer."""
    blocks: list[Block] = [Answer(tuple(("", sentence) for sentence in found.sentences), (), "", ())]
    if found.final is not None:
        blocks += reference_blocks(found.final)
    sections = [Section("answer", "The answer", tuple(blocks), link="Answer"), _decisions(found)]
    behind = [one.findings for one in found.decisions if one.findings is not None]
    for number, findings in enumerate([*behind, *([found.final] if found.final is not None else [])], start=1):
        for make in (answer_section, accuracy_section, search_section):
            section = make(findings, f"s{number}-", f" · {findings.name}")
            if section.blocks:
                sections.append(replace(section, part=findings.name))
    return Page(found.name, f"depthgauge auto, {found.dataset}", (*sections, glossary_section()))


def _decisions(found: ChainFinding) -> Section:
    rows = tuple(
        (one.question, one.sentence, "" if one.findings is None else one.findings.name) for one in found.decisions
    )
    columns = (Column("question"), Column("decision"), Column("study"))
    return Section("decisions", "How it came to that", (Table("The decisions in their order", columns, rows),))
