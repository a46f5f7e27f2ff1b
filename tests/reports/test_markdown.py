"""The report as Markdown: what a pull request shows of it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reports.blocks import Code, Column, Fold, Page, Prose, Section, Table
from reports.write.markdown import MOST_ROWS, page_markdown, render_markdown, text
from study.analysis.findings import Findings
from tests.reports import sample_findings as sample
from tests.reports import sample_search as scripted

GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HOSTILE = ("<script>alert(1)</script>", "a|b", "`code` ``` x", "*bold* _it_ ~~gone~~", "[x](http://y.z)", "&lt;", "$x$")


def shown(markdown: str) -> str:
    """The words that a reader of the rendered Markdown sees."""
    rendered = re.sub(r"<!--.*?-->", "", GITHUB.render(markdown), flags=re.S)
    return html.unescape(re.sub(r"<[^>]*>", " ", rendered))


@given(st.text(st.characters(exclude_categories=("C", "Z"), include_characters=" "), min_size=1, max_size=60))
def test_any_text_is_shown_as_itself(value: str) -> None:
    for place in ("{}\n", "| a |\n| --- |\n| {} |\n", "- {}\n", "**{}:** x\n"):
        assert " ".join(value.split()) in shown(place.format(text(value)))


@pytest.mark.parametrize("name", HOSTILE)
def test_names_from_outside_are_text_wherever_they_stand(name: str) -> None:
    hostile = sample.hostile(name)
    for one in (hostile, [hostile, sample.default_study()]):
        rendered = GITHUB.render(render_markdown(one))
        assert "<script>" not in rendered and "<em>" not in rendered and "<a " not in rendered
        assert name in " ".join(shown(render_markdown(one)).split())


def test_no_user_is_called_and_no_issue_referred_to() -> None:
    assert text("@octocat fixes #12") == "@<!-- -->octocat fixes #<!-- -->12"


def test_code_that_holds_fences_stays_in_its_own() -> None:
    fence = "````\n# not a heading\n"
    findings = sample.default_study()
    run = replace(findings.facts.run, command=fence)
    spec = findings.facts.spec.model_copy(update={"description": fence})
    markdown = render_markdown(replace(findings, facts=replace(findings.facts, run=run, spec=spec)))
    assert "````" in markdown and "<h1>" not in GITHUB.render(markdown)


def test_the_answer_comes_first_with_the_verdict_of_each_setting() -> None:
    markdown = render_markdown(sample.default_study())
    assert markdown.startswith("## depth\n\ndepthgauge study\n\n**Does it overfit?**\n\n**300 samples:** In part")
    assert (
        "| 300 samples | **6 hidden layers** | **95 % interval 4–6**<br>certain from 6; 8 replicates | **2x128**"
        in markdown
    )
    assert markdown.index("### Accuracy against hidden layers") < markdown.index("### The pick")
    assert "Dataset: mnist · Samples: 54,000 training, 6,000 validation, 10,000 test · " in markdown


def test_a_page_that_is_longer_than_a_comment_may_be_leaves_sections_out_and_says_so() -> None:
    long = Prose("", ("word " * 5_000,))
    of = {"answer": "Answer", "curves": "Curves", "method": "Method"}
    page = Page("p", "k", tuple(Section(id, title, (long,)) for id, title in of.items()))
    markdown = page_markdown(page)
    assert len(markdown) < 65_536 and "Method: left out here" in markdown
    assert "Curves: left out here" not in markdown and "<summary>Curves</summary>" in markdown


def test_a_fold_holds_no_other_and_does_not_say_its_title_twice() -> None:
    table = Table("Many", (Column("a"),), (("1",),) * 30)
    blocks = (Code("The file", "x = 1"), Prose("The file", ("In words.",)), table)
    page = Page("p", "k", (Section("pick", "Pick", (Fold("The file", blocks),)),))
    markdown = page_markdown(page)
    assert markdown.count("<details>") == 1 and markdown.count("The file") == 1
    assert "x = 1" in markdown and "In words." in markdown and markdown.count("| 1 |") == 30


def test_accuracies_stand_open_with_their_n_and_what_is_behind_them_is_folded() -> None:
    markdown = render_markdown(sample.default_study())
    unfolded = re.sub(r"<details>.*?</details>", "", markdown, flags=re.S)
    assert "| 300 samples | 2 | 100.0 ± 0.0 | 85.1 ± 0.4 | 84.6 ± 0.4 | 8 |" in unfolded
    assert "<details><summary>How we know</summary>" in markdown
    assert markdown.count("<details>") == markdown.count("</details>")


def test_every_row_has_as_many_cells_as_its_table_has_columns() -> None:
    for make in (sample.default_study, sample.remedies_study, scripted.isolation):
        tables = re.findall(r"(?:^\|.*\n)+", render_markdown(make()), flags=re.M)
        assert len(tables) > 3
        for table in tables:
            assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1, table


@pytest.mark.parametrize(
    "make",
    [
        sample.default_study,
        sample.unfinished_study,
        sample.one_trial_study,
        sample.empty_study,
        sample.all_failed_study,
        sample.large_study,
        scripted.isolation,
    ],
)
def test_every_study_has_a_report_that_a_comment_can_hold(make: Callable[[], Findings]) -> None:
    markdown = render_markdown(make())
    assert len(markdown) < 65_536
    assert not re.search(r"\b(nan|None|inf)\b", shown(markdown))
    assert render_markdown(make()) == markdown


def test_long_tables_are_left_out_with_a_word() -> None:
    markdown = render_markdown(sample.default_study())
    trials = len(sample.default_study().trials)
    assert trials > MOST_ROWS
    assert f"All trials, {trials} rows: left out here: it stands in the HTML report." in markdown


def test_a_comparison_has_its_differences_and_leaves_out_what_each_study_is_alone() -> None:
    studies = [sample.default_study("first"), sample.default_study("second")]
    markdown = render_markdown(studies)
    assert "### Paired differences" in markdown and "second minus first, 300 samples" in markdown
    assert "Learning curves, remedies" in markdown and "summary>Learning curves" not in markdown
