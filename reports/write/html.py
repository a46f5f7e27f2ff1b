"""A page -> one self-contained HTML file that opens offline."""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from study.errors import InputError
from study.machine.places import write_whole
from study.words import option

if TYPE_CHECKING:
    from reports.blocks import Page
    from study.analysis.findings import Concluded

_INSIDE_A_NUMBER = re.compile(r"(?<=\d) (?=±|%|points?\b)|(?<=±) (?=\d)|(?<=\bn) (?== \d)|(?<=\bn =) (?=\d)")


def write_report(findings: Concluded | Sequence[Concluded], path: str | Path, *, date: str | None = None) -> Path:
    """Write the report of one study, or the comparison of several, to ``path`` in one step; returns the path.

    It bears today's date, or ``date``.

    Raises :class:`study.errors.InputError` where the file cannot be written.
    """
    return write_text(render(findings, date or datetime.date.today().isoformat()), Path(path))


def write_text(text: str, path: Path) -> Path:
    """Write ``text`` as :func:`study.machine.places.write_whole`.

    Raises :class:`study.errors.InputError` for OSError.
    """
    try:
        return write_whole(path, text)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            f"{path} cannot be written: {reason}. Name a file in a folder you may write to ({option('output')} FILE)."
        ) from error


def plotly_script() -> str:
    """plotly.js, with parentheses around the function that is all of it.

    Chromium compiles such a function while it reads it. Without them it reads the 5 MB once to find where the function
    ends, and again when it is called: 0.2 of 1.5 s until the first figure. Where plotly.js is packed in another way, it
    stays as it is.
    """
    from plotly.offline import get_plotlyjs

    text = str(get_plotlyjs())
    begins, ends = ': this, () => {\n"use strict";', "return Plotly;\n}));"
    if text.count(begins) == text.count(ends) == 1:
        text = text.replace(begins, begins.replace("() =>", "(() =>")).replace(ends, "return Plotly;\n})));")
    return text


def render(findings: Concluded | Sequence[Concluded], date: str | None) -> str:
    """The report as HTML. The same findings give the same text, but for the one line that holds ``date``."""
    from reports.page import page_of

    return render_page(page_of(list(findings) if isinstance(findings, Sequence) else [findings]), date)


@dataclass(frozen=True, slots=True)
class Live:
    """What a page that is served while its study runs has besides: its ``state``, which a server knows, too, and the
    ``words`` that stand over everything; empty where nothing makes it provisional."""

    state: str
    words: str


def render_page(page: Page, date: str | None, live: Live | None = None) -> str:
    """A page as HTML, with ``date`` where one is given; a ``live`` one asks its server for its state."""
    import jinja2
    from markupsafe import Markup

    from reports.figures.theme import DARK, LIGHT
    from reports.glossary import Links, anchor

    plotly = plotly_script()
    script = _template("page.js")
    asking = _template("live.js") if live is not None else ""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("reports.write"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    links = Links()
    environment.filters["unbroken"] = unbroken
    environment.filters["explained"] = lambda text: links.explained(unbroken(text))
    environment.filters["anchor"] = anchor
    return environment.get_template("page.html.j2").render(
        page=page,
        kind=lambda block: type(block).__name__.lower(),
        charts=_charts(page),
        shared=Markup(_json(_shared())),
        light=asdict(LIGHT),
        dark=asdict(DARK),
        date=date,
        style=Markup(_template("page.css")),
        plotly=Markup(plotly),
        script=Markup(script),
        live=live,
        asking=Markup(asking),
        policy=_policy([plotly, script, *([asking] if asking else [])], asks=bool(asking)),
    )


def unbroken(text: str) -> str:
    """``text`` with spaces that keep a number and its unit, its interval or its name on one line."""
    return _INSIDE_A_NUMBER.sub("\u00a0", text)


def _charts(page: Page) -> dict[str, Any]:
    """Figure JSON and height for each chart of the page, by its id; the page holds the template once for all."""
    from markupsafe import Markup

    from reports.blocks import Figure, unfolded

    drawn = {}
    for section in page.sections:
        for block in unfolded(section.blocks):
            for chart in block.charts if isinstance(block, Figure) else ():
                spec = chart.data.draw(bare=True)
                drawn[chart.id] = {"json": Markup(_json(spec)), "height": spec["layout"]["height"]}
    return drawn


def _shared() -> dict[str, Any]:
    """What all charts have in common: the template, and the dark colour for each light one."""
    from reports.figures.theme import LIGHT, dark_colours, template

    return {"template": template(LIGHT), "dark": dark_colours()}


def _json(value: Any) -> str:
    """Compact JSON that is safe inside a script element."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _policy(scripts: list[str], *, asks: bool) -> str:
    """Content security policy: the page's own scripts by their hash, its own style, nothing from outside.

    A page that ``asks`` may speak to the server that it came from.
    """
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'" + ("; connect-src 'self'" if asks else "")
    )


def _template(name: str) -> str:
    return resources.files("reports.write").joinpath("templates", name).read_text(encoding="utf-8")
