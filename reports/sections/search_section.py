"""The section on the searches: how they worked, what they chose, what was tried, what to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.blocks import Block, Code, Fold, Listing, Prose, Section
from reports.figures.searched import searched
from reports.sections.chosen_settings import chosen_table, how
from reports.sections.common_values import common_figures
from reports.sections.parameter_importance import importance_blocks
from reports.sections.search_course import course_figures
from reports.sections.tried_settings import tried_figures
from study.analysis.search_notes import early_sentence
from study.analysis.winner_luck import luck_sentence
from study.documents.next_study import change_toml

if TYPE_CHECKING:
    from study.analysis.findings import Findings
    from study.analysis.search_findings import SearchFinding

MOST_ROWS = 30  # of the table of winners that stands open


def search_section(findings: Findings, prefix: str = "", of: str = "") -> Section:
    """Nothing without a search."""
    blocks: list[Block] = []
    if findings.search is not None:
        settings = searched(findings)
        metric = findings.facts.metric
        notes = early_sentence(findings.search, metric), luck_sentence(findings.search.luck, metric)
        said = (*how(findings), *filter(None, notes))
        chosen = chosen_table(settings, findings.facts.metric)
        long = f"{chosen.caption}: {len(chosen.rows)} rows"
        blocks += [Prose("", said), Fold(long, (chosen,), printed=True) if len(chosen.rows) > MOST_ROWS else chosen]
        blocks += tried_figures(findings, settings, prefix)
        blocks += importance_blocks(findings, settings, prefix)
        blocks += common_figures(findings, settings, prefix)
        blocks += course_figures(findings, settings, prefix)
        blocks += _advice(findings.search)
    return Section(f"{prefix}search", f"{_heading(findings)}{of}", tuple(blocks), link="Search")


def _heading(findings: Findings) -> str:
    """What the section is called: a search isolates only where something is scientific."""
    return "Isolation and search" if any(s.axis_label for s in searched(findings)) else "Search"


def _advice(found: SearchFinding) -> list[Block]:
    """What to change before the next study, in words and as lines of its file."""
    if not found.advice:
        over = all(cell.over for cell in found.cells)
        return [Prose("What to change", ("Nothing about the search space asks for a change.",))] if over else []
    tables: dict[str, list[str]] = {}
    for head, *lines in (change_toml(one.change).splitlines() for one in found.advice if one.change is not None):
        tables.setdefault(head, []).extend(lines)
    blocks: list[Block] = [Listing("What to change before the next study", tuple(one.sentence for one in found.advice))]
    if tables:
        text = "\n\n".join("\n".join([head, *lines]) for head, lines in tables.items())
        blocks.append(Code("The lines that do it", f"{text}\n"))
    return blocks
