"""Everything that a page says, piece by piece, with the study and the setting that each piece is about."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from reports.blocks import (
    Answer,
    Block,
    Code,
    Facts,
    Figure,
    Fold,
    Glossary,
    Listing,
    Page,
    Prose,
    Replies,
    Table,
    Verdict,
)
from tests.across.recount import Recount


@dataclass(frozen=True)
class Said:
    """One text: ``study`` and ``panel`` are None where it is not only about one."""

    where: str
    text: str
    study: Recount
    panel: str | None = None


@dataclass(frozen=True)
class Tabled:
    """One table with the place where it stands, and the study where it is about one only."""

    where: str
    table: Table
    study: Recount | None
    panel: str | None = None


class Walk:
    """The pieces of a page: :attr:`said`, and its tables in :attr:`tables`."""

    def __init__(self, page: Page, studies: Sequence[Recount]) -> None:
        self.studies, self.said, self.tables = studies, list[Said](), list[Tabled]()
        self.drawn: list[tuple[str, Any]] = []
        self.verdicts: list[Verdict] = []
        for section in page.sections:
            for block in section.blocks:
                own = [one for one in studies if section.part == one.name] if section.part else list(studies)
                self._block(section.id, block, own[0] if len(own) == 1 else None)

    def texts(self) -> list[str]:
        """Every text of the page, tables with their cells."""
        cells = [cell for one in self.tables for row in one.table.rows for cell in row]
        cells += [column.title for one in self.tables for column in one.table.columns]
        said = [one.text for one in self.said]
        return [*said, *(text.partition(": ")[2] for text in said), *cells]

    def locate(self, name: str, study: Recount | None) -> tuple[Recount | None, str | None]:
        """The study and the setting that are meant by a name: ``study, setting``, or a setting of the only study."""
        if study is not None:
            own = sorted((s for s in study.settings() if s and s in name), key=len)
            return study, own[-1] if own else (study.settings()[0] if len(study.settings()) == 1 else None)
        found = sorted((s for s in self.studies if name.startswith(s.name)), key=lambda s: len(s.name))
        return self.locate(name.removeprefix(found[-1].name), found[-1]) if found else (None, None)

    def _say(self, where: str, text: str, study: Recount | None, about: str = "") -> None:
        found, panel = self.locate(about or text, study)
        if text:
            self.said.append(Said(where, text, found or self.studies[0], panel))

    def _block(self, where: str, block: Block, study: Recount | None) -> None:
        match block:
            case Answer():
                for setting, sentence in block.sentences:
                    self._say(f"{where} sentence", sentence, study, setting)
                self.verdicts += block.verdicts
                for v in block.verdicts:
                    for part in (v.where, v.where_note, v.sure, v.sure_note, v.network, v.network_note):
                        self._say(f"{where} verdict", part, study, v.setting)
                self._say(f"{where} notice", block.notice, study)
                for name, value in block.facts:
                    self._say(f"{where} facts", f"{name}: {value}", study)
            case Replies():
                self._say(f"{where} notice", block.notice, study)
                self._say(f"{where} signs", block.signs, study)
                for question, answers in block.replies:
                    self._say(f"{where} question", question, study)
                    for setting, text in answers:
                        self._say(f"{where} reply", text, study, setting)
            case Glossary():
                for word, meaning in block.entries:
                    self._say(f"{where} glossary", f"{word}: {meaning}", study)
            case Prose():
                for paragraph in block.paragraphs:
                    self._say(f"{where} prose", paragraph, study, block.title)
            case Listing():
                for item in block.items:
                    self._say(f"{where} listing", item, study)
            case Code():
                self._say(f"{where} code", block.text, study)
            case Facts():
                for name, value in block.entries:
                    self._say(f"{where} facts", f"{name}: {value}", study)
            case Table():
                self._table(where, block, study)
            case Figure():
                self._figure(where, block, study)
            case Fold():
                self._say(f"{where} fold", block.title, study)
                for one in block.blocks:
                    self._block(where, one, study)

    def _figure(self, where: str, figure: Figure, study: Recount | None) -> None:
        self._say(f"{where} caption", figure.caption, study, figure.title)
        self._say(f"{where} title", figure.title, study)
        for _, words in figure.legend:
            self._say(f"{where} legend", words, study, figure.title)
        for chart in figure.charts:
            about = f"{chart.title} {figure.title}" if study else chart.title
            for text in (chart.title, chart.alt, *chart.warnings):
                self._say(f"{where} chart", text, study, about)
            for text in strings(chart.data.draw(bare=True)):
                self._say(f"{where} drawing", html.unescape(text), study, about)
            self.drawn.append((about, chart.data))
        _, panel = self.locate(figure.title, study)
        self._table(where, figure.table, study, panel)

    def _table(self, where: str, table: Table, study: Recount | None, panel: str | None = None) -> None:
        self._say(f"{where} caption", table.caption, study)
        self.tables.append(Tabled(where, table, study, panel))


def strings(value: Any) -> Iterator[str]:
    """Every text in a drawing."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from strings(one)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden = tag in ("script", "style")
        self.found += [value for name, value in attrs if name in ("aria-label", "title", "alt") and value]

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden and data.strip():
            self.found.append(data)


def html_texts(page: str) -> list[str]:
    """What a reader sees or hears of a page, piece by piece."""
    parser = _Text()
    page = re.sub(r"(?s)<(script|style)\b.*?</\1>", "", page)  # Plotly's five megabytes among them
    parser.feed(re.sub(r'<a class="word"[^>]*>(.*?)</a>', r"\1", page))
    return [" ".join(text.split()) for text in parser.found]


def markdown_texts(text: str) -> list[str]:
    """Lines and cells of a page in Markdown, without its signs."""
    plain = re.sub(r"<!--.*?-->|\\(?=[^\w\s])", "", text)
    plain = re.sub(r"</?(?:details|summary|br)>|\*\*", "\n", plain)
    return [" ".join(cell.split()) for line in plain.splitlines() for cell in re.split(r" \| | · ", line) if cell]
