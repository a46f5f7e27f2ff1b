"""What a page is made of: plain records between the findings and the HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol


class Drawable(Protocol):
    """The data of a figure, which draw themselves."""

    def draw(self, *, bare: bool) -> dict[str, Any]:
        """Plotly's JSON in the light palette; ``bare`` leaves out what the page around it says."""
        ...


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading, and whether its cells are numbers."""

    title: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of written cells. ``interactive`` ones sort and filter.

    ``states`` are the values offered by the filter of the column ``state``.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    interactive: bool = False
    states: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """One drawing: its ``data``, a title above it, its content in words, and warnings about it.

    ``choice`` is the one of its figure's choices that it belongs to. A ``folded`` one opens at a click.
    """

    id: str
    data: Drawable
    title: str
    alt: str
    warnings: tuple[str, ...] = ()
    choice: str = ""
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """Charts that answer one question together, with the numbers behind them.

    ``legend`` names signs of the template: split names, ``dots``, ``best``, ``rising``, ``star``, ``within`` ...
    ``grid`` says how many charts stand side by side. ``zoom`` is what a box offers to show on a closer scale,
    which each chart brings along; empty without one. ``choices`` are the words of a switch, of which one shows its
    charts at a time, the first one first; empty where all are shown.
    """

    title: str
    charts: tuple[Chart, ...]
    caption: str
    legend: tuple[tuple[str, str], ...]
    table: Table
    grid: Literal["wide", "medium", "small"] = "wide"
    zoom: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line of the answer: the three questions of the first screen for one setting."""

    setting: str
    where: str
    where_note: str
    sure: str
    sure_note: str
    network: str
    network_note: str


@dataclass(frozen=True, slots=True)
class Replies:
    """The first screen of a study: each question with its answers, as (setting, text), under what makes them
    provisional and above what their ``signs`` mean."""

    notice: str
    replies: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    signs: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The finding: sentences first, then the three questions ``asked`` for each setting, then the facts.

    ``folded`` is what is written on the fold that hides sentences and questions; empty where they are open.
    """

    sentences: tuple[tuple[str, str], ...]
    verdicts: tuple[Verdict, ...]
    notice: str
    facts: tuple[tuple[str, str], ...]
    asked: tuple[str, str, str] = ("Where overfitting starts", "How sure", "Network to use")
    folded: str = ""


@dataclass(frozen=True, slots=True)
class Prose:
    """Paragraphs, under a heading of their own where ``title`` is not empty."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of sentences under a heading."""

    title: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Text to copy."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values under a heading."""

    title: str
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Glossary:
    """Words and what they mean."""

    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Fold:
    """Blocks that open at a click on ``title``, which a heading of theirs may say again; ``printed``: open on paper."""

    title: str
    blocks: tuple[Block, ...]
    printed: bool = False


Block = Replies | Glossary | Answer | Figure | Table | Prose | Listing | Code | Facts | Fold


def behind_folds(blocks: Sequence[Figure | Prose | Code], folded: Sequence[bool]) -> tuple[Block, ...]:
    """Blocks of one setting each: those that are ``folded`` under a fold each, in the order that they have."""
    return tuple(
        Fold(one.title, (one,), printed=True) if under else one for one, under in zip(blocks, folded, strict=True)
    )


def unfolded(blocks: Sequence[Block]) -> Iterator[Block]:
    """All blocks in their order, with those under folds in place of the folds."""
    for block in blocks:
        yield from unfolded(block.blocks) if isinstance(block, Fold) else (block,)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page with a heading and an anchor; ``part`` is the one study of several that it is about.

    ``link`` is its name in the navigation, the title where it is empty.
    """

    id: str
    title: str
    blocks: tuple[Block, ...]
    part: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A whole report: ``kicker`` stands small above the title, ``about`` says below it what was asked, where that is
    known."""

    title: str
    kicker: str
    sections: tuple[Section, ...]
    about: str = ""

    @property
    def contents(self) -> tuple[tuple[str, str], ...]:
        """Anchors and words of the navigation: a section each, but one for all that is about one study of several."""
        before = ("", *(section.part for section in self.sections))
        return tuple(
            (section.id, section.part or section.link or section.title)
            for section, last in zip(self.sections, before, strict=False)
            if not section.part or section.part != last
        )
