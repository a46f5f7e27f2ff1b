"""The file: self-contained, escaped, repeatable, small, quick to write."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from plotly.offline import get_plotlyjs

from reports import render, write_report
from reports.write.html import plotly_script, unbroken
from study.analysis.findings import Findings
from study.errors import InputError
from tests.reports import sample_findings as sample

HOSTILE = "<script>alert(1)</script>"


class Words(HTMLParser):
    """The text of a page outside its scripts and styles, and the addresses it refers to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.scripts = 0
        self.addresses: list[str] = []
        self.silent = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent = tag in ("script", "style")
        self.scripts += tag == "script" and not dict(attrs).get("type")
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "action")]

    def handle_endtag(self, tag: str) -> None:
        self.silent = False

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words.append(data)


@pytest.mark.parametrize(
    "make",
    [
        sample.default_study,
        sample.remedies_study,
        sample.unfinished_study,
        sample.one_trial_study,
        sample.empty_study,
        sample.all_failed_study,
    ],
)
def test_no_page_shows_nan_none_or_infinity(make: Callable[[], Findings]) -> None:
    text = " ".join(Words(render(make(), "2026-01-01")).words)
    assert not re.search(r"\b(nan|None|inf|null)\b", text)


def test_text_from_outside_is_shown_as_text() -> None:
    page = render(sample.hostile(HOSTILE), None)
    seen = Words(page)
    assert seen.scripts == 2
    assert HOSTILE in " ".join(seen.words)
    assert "<script>alert" not in page


def test_the_same_findings_give_the_same_bytes_but_for_the_line_with_the_date() -> None:
    first, second = render(sample.default_study(), "2026-01-01"), render(sample.default_study(), "2026-01-02")
    differing = [a for a, b in zip(first.splitlines(), second.splitlines(), strict=True) if a != b]
    assert len(differing) == 1 and "2026-01-01" in differing[0]
    assert render(sample.default_study(), None) == render(sample.default_study(), None)


def test_nothing_is_fetched_from_outside() -> None:
    page = render(sample.default_study(), None)
    assert all(address.startswith("#") for address in Words(page).addresses)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None and policy[1].startswith("default-src &#39;none&#39;")
    assert "http" not in policy[1]


def test_plotly_is_there_once_and_the_file_is_small_for_a_thousand_trials() -> None:
    findings = sample.large_study()
    assert len(findings.trials) == 1_000
    page = render(findings, None)
    assert len(page.encode()) < 6_000_000
    assert page.count("plotly.js v") == 1


def test_plotly_is_whole_but_for_the_parentheses_that_have_it_compiled_as_it_is_read() -> None:
    ours, theirs = plotly_script(), get_plotlyjs()
    assert (
        ours.replace(": this, (() => {", ": this, () => {").replace("return Plotly;\n})));", "return Plotly;\n}));")
        == theirs
    )
    assert len(ours) == len(theirs) + 2  # else plotly.js is packed in another way: look at plotly_script


def test_a_written_report_replaces_the_old_one_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "new" / "report.html"
    assert write_report(sample.one_trial_study(), path, date="2026-01-02") == path
    write_report(sample.empty_study(), path, date="2026-01-02")
    assert path.read_text("utf-8") == render(sample.empty_study(), "2026-01-02")
    assert [p.name for p in path.parent.iterdir()] == ["report.html"]


def test_a_place_that_cannot_be_written_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match=r"file/report\.html.*--output"):
        write_report(sample.empty_study(), tmp_path / "file" / "report.html", date=None)


def test_a_failed_write_leaves_the_old_report_and_no_scratch_file(tmp_path: Path) -> None:
    taken = tmp_path / "report.html"
    taken.mkdir()
    with pytest.raises(InputError):
        write_report(sample.empty_study(), taken, date=None)
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


def test_a_number_keeps_its_unit_on_its_line() -> None:
    text = "test 84.1 ± 0.9 % (n = 8), a fall of 4 points at 6 layers"
    assert unbroken(text) == "test 84.1\u00a0±\u00a00.9\u00a0% (n\u00a0=\u00a08), a fall of 4\u00a0points at 6 layers"


def test_several_studies_make_one_comparison() -> None:
    words = " ".join(Words(render([sample.default_study("first"), sample.default_study("second")], None)).words)
    assert "Comparison" in words and "first, 300 samples" in words and "second, 300 samples" in words


def test_no_training_library_is_loaded_and_plotly_only_to_draw() -> None:
    code = (
        "import sys, reports; heavy = {'tensorflow', 'keras', 'optuna', 'keras_tuner', 'ray'}; "
        "assert 'plotly' not in sys.modules and 'jinja2' not in sys.modules; "
        "from tests.reports import sample_findings as s; reports.render(s.default_study(), None); "
        "reports.depth_figure(s.default_study()); print(sorted(heavy & sys.modules.keys()))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr


def test_a_word_is_linked_once_and_leads_to_where_it_is_explained() -> None:
    page = render(sample.default_study(), None)
    links = re.findall(r'class="word" href="#([a-z-]+)"', page)
    assert {"word-gap", "word-margin", "word-replicate"} <= set(links) and len(links) == len(set(links))
    assert all(f'id="{link}"' in page for link in links)
