"""The page as a whole against gold files: what a change does to it can be read in the diff.

``DEPTHGAUGE_GOLD=write pytest tests/reports/test_gold.py`` writes them anew, when the change was meant.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from reports import render
from study.analysis.findings import Findings
from tests.reports import sample_findings as sample
from tests.reports import sample_search as scripted

GOLD = Path(__file__).parent / "gold"
PAGES = {
    "default": sample.default_study,
    "remedies": sample.remedies_study,
    "unfinished": sample.unfinished_study,
    "empty": sample.empty_study,
    "isolation": scripted.isolation,
}
MOST_ROWS = 12  # of a table; the tests of the tables look at all of them
VOLATILE = (
    (re.compile(r"(<script[^>]*>).*?(</script>)", re.S), r"\1…\2"),  # drawings are tested as data
    (re.compile(r"(<style>).*?(</style>)", re.S), r"\1…\2"),
    (re.compile(r"sha256-[\w+/=]+"), "sha256-…"),
    (re.compile(r'style="height:[\d.]+px"'), 'style="…"'),
    (re.compile(r"<time>.*?</time>"), "<time>…</time>"),
)


def scrubbed(page: str) -> str:
    """The page without scripts, style, hashes and dates, and with the first rows of long tables."""
    for pattern, kept in VOLATILE:
        page = pattern.sub(kept, page)
    return re.sub(r"<tbody>.*?</tbody>", lambda found: _shortened(found.group()), page, flags=re.S)


def _shortened(body: str) -> str:
    rows = body.split("<tr>")
    left = len(rows) - 1 - MOST_ROWS
    return body if left <= 0 else f"{'<tr>'.join(rows[: MOST_ROWS + 1])}… {left} more\n</tbody>"


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_as_it_was(name: str) -> None:
    make: Callable[[], Findings] = PAGES[name]
    page, gold = scrubbed(render(make(), "2026-01-01")), GOLD / f"{name}.html"
    if os.environ.get("DEPTHGAUGE_GOLD") == "write":
        gold.write_text(page, encoding="utf-8")
    assert page == gold.read_text("utf-8")
