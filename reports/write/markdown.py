"""A page -> GitHub-flavoured Markdown for a pull request: the answer, its tables, and what is behind them folded.

Figures become the tables of their numbers. Long tables are left out, and in a comparison what is about one study alone.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from reports.blocks import Answer, Code, Facts, Figure, Fold, Glossary, Listing, Prose, Replies, Table
from study.words import printable, whole

if TYPE_CHECKING:
    from reports.blocks import Block, Page, Section
    from study.analysis.findings import Concluded

OPEN = ("answer", "depth", "remedies", "differences", "specs", "pick")
"""Sections of a page that are not folded."""

MOST_OPEN = 24  # rows of a table that is not folded
MOST_ROWS = 40  # of a table that is written at all
MOST_LETTERS = 60_000  # of all sections: a comment on GitHub holds 65,536
ALONE = "Learning curves, remedies, searches and methods stand in each study's own report."
ELSEWHERE = "left out here: it stands in the HTML report."

MARK = "<!-- a report of depthgauge -->"  # ends a file, so that it is known as ours
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~$])")
_REFERENCE = re.compile(r"([@#])(?=\w)")
_LINE_START = re.compile(r"^(\d+(?=[.)](?:\s|$))|(?=[-+=#]+(?:\s|$)))")
_ENTITY = re.compile(r"&(?=#?\w+;)")


def render_markdown(findings: Concluded | Sequence[Concluded]) -> str:
    """The report of one study, or the comparison of several, as Markdown. The same findings give the same text."""
    from reports.page import page_of

    return page_markdown(page_of(list(findings) if isinstance(findings, Sequence) else [findings]))


def page_markdown(page: Page) -> str:
    """A page as Markdown."""
    sections = [section for section in page.sections if not section.part]
    written = {section.id: _section(section) for section in sections}
    for section in reversed(sections):  # the answer stands first
        if sum(len(part) + 2 for said in written.values() for part in said) <= MOST_LETTERS:
            break
        if section.id not in OPEN or section.id == "pick":
            written[section.id] = [f"{text(section.title)}: {ELSEWHERE}"]
    parts = [f"## {text(page.title)}", text(page.kicker), text(page.about)]
    parts += [part for said in written.values() for part in said]
    if any(section.part for section in page.sections):
        parts.append(ALONE)
    return printable("\n\n".join(part for part in parts if part)) + "\n"  # whoever prints it on a terminal


def text(value: str) -> str:
    """``value`` as Markdown that shows just that: no markup, no mention of a user, no reference to an issue."""
    line = " ".join(value.split())
    line = _ENTITY.sub("&amp;", line)
    line = _SPECIAL.sub(r"\\\1", line)
    line = _LINE_START.sub(r"\1\\", line)
    return _REFERENCE.sub(r"\1<!-- -->", line)


def _section(section: Section) -> list[str]:
    said = [part for block in section.blocks for part in _block(block)]
    if section.id not in OPEN:
        return [_folded(section.title, said)]
    return ([] if section.id == "answer" else [f"### {text(section.title)}"]) + said


def _block(block: Block) -> list[str]:
    match block:
        case Replies():
            return _replies(block)
        case Answer():
            return _answer(block)
        case Figure():
            return [_heading(block.title), *_table(block.table)]  # its caption explains the drawing
        case Table():
            return _table(block)
        case Prose():
            return [_heading(block.title), *(text(paragraph) for paragraph in block.paragraphs)]
        case Listing():
            return [_heading(block.title), "\n".join(f"- {text(item)}" for item in block.items)]
        case Code():
            return [_folded(block.title, [_fenced(block.text)])]
        case Fold():
            return [_folded(block.title, [part for one in block.blocks for part in _inside(one, block.title)])]
        case Facts():
            return [_heading(block.title), _entries(block.entries)]
        case Glossary():
            return ["\n".join(f"- **{text(word)}**: {text(meaning)}" for word, meaning in block.entries)]


def _inside(block: Block, title: str) -> list[str]:
    """A block under a fold of this title: neither the title again nor a fold of its own."""
    match block:
        case Code():
            return [_fenced(block.text)]
        case Table() if len(block.rows) <= MOST_ROWS:
            return [f"{text(block.caption)}:", _written(block)]
        case _:
            return [part for part in _block(block) if part != _heading(title)]


def _replies(said: Replies) -> list[str]:
    parts = [f"> {text(said.notice)}" if said.notice else ""]
    for question, answers in said.replies:
        lines = [f"**{text(setting)}:** {text(words)}" if setting else text(words) for setting, words in answers]
        parts += [_heading(question), *lines]
    return [*parts, text(said.signs)]


def _answer(answer: Answer) -> list[str]:
    rows = [
        (text(v.setting), _told(v.where, v.where_note), _told(v.sure, v.sure_note), _told(v.network, v.network_note))
        for v in answer.verdicts
    ]
    titles = [text(title) for title in ("Setting", *answer.asked)]
    found = [
        f"> {text(answer.notice)}" if answer.notice else "",
        *(f"**{text(setting)}:** {text(said)}" if setting else text(said) for setting, said in answer.sentences),
        _rows(titles, [False] * len(titles), rows) if rows else "",
    ]
    if answer.folded:
        found = [_folded(answer.folded, found)]
    return [*found, _entries(answer.facts)]


def _told(said: str, note: str) -> str:
    return f"**{text(said)}**" + (f"<br>{text(note)}" if note else "")


def _table(table: Table) -> list[str]:
    if table.interactive or len(table.rows) > MOST_ROWS:
        return [f"{text(table.caption)}, {whole(len(table.rows))} rows: {ELSEWHERE}"]
    if len(table.rows) > MOST_OPEN:
        return [_folded(table.caption, [_written(table)])]
    return [f"{text(table.caption)}:", _written(table)]


def _written(table: Table) -> str:
    titles = [text(column.title) for column in table.columns]
    return _rows(titles, [c.numeric for c in table.columns], [tuple(map(text, row)) for row in table.rows])


def _rows(titles: Sequence[str], numeric: Sequence[bool], rows: Sequence[Sequence[str]]) -> str:
    rules = ["---:" if right else "---" for right in numeric]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (titles, rules, *rows))


def _fenced(code: str) -> str:
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{code.rstrip()}\n{fence}"


def _entries(entries: Sequence[tuple[str, str]]) -> str:
    return " · ".join(f"{text(name)}: {text(value)}" for name, value in entries)


def _heading(title: str) -> str:
    return f"**{text(title)}**" if title else ""


def _folded(title: str, said: Sequence[str]) -> str:
    """``said`` under a fold; without the blank lines around it, GitHub would not read it as Markdown."""
    inside = "\n\n".join(part for part in said if part)
    return f"<details><summary>{html.escape(title)}</summary>\n\n{inside}\n\n</details>"
