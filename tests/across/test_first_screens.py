"""First screens: short sentences, and the same ones on page, terminal, Markdown and in ``verdict.json``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest

from reports.terminal.verdict_text import print_verdict
from reports.write.html import render
from reports.write.markdown import render_markdown
from reports.write.markdown import text as markdown_text
from study.analysis.findings import Findings
from study.analysis.replies.axis_reply import axis_words
from study.analysis.replies.study_replies import replies_to
from study.documents.verdict_document import verdict_document
from tests.across import scripted_studies as scripted
from tests.across.said_on_pages import html_texts
from tests.across.test_pages_agree import concluded, printed
from tests.reports import sample_findings as sample
from tests.reports import sample_search
from tests.reports.sample_verdicts import VERDICTS
from tests.reports.test_maps_and_classes import map_study, with_classes

LONGEST = 30  # words
STUDIES = (
    sample.default_study,
    sample.remedies_study,
    sample.unfinished_study,
    sample.one_trial_study,
    sample_search.isolation,
    sample_search.of_two_arms,
    sample_search.plain_search,
    map_study,
    with_classes,
)


def sentences(findings: Findings) -> list[str]:
    return [one for reply in replies_to(findings) for said in reply.answers for one in said.sentences]


def too_long(said: list[str]) -> list[str]:
    parts = [part for one in said for part in re.split(r"(?<=[.?!])\s+(?=[A-Z“])", one)]
    return [part for part in parts if len(part.split()) > LONGEST]


@pytest.mark.parametrize("make", STUDIES)
def test_no_sentence_of_a_first_screen_is_long(make: Callable[[], Findings]) -> None:
    assert not too_long(sentences(make()))


@pytest.mark.parametrize("shape", scripted.SHAPES)
def test_no_sentence_of_a_study_that_ran_is_long(shape: str) -> None:
    assert not too_long(sentences(concluded(shape)[0]))


@pytest.mark.parametrize(
    ("verdict", "axis"), list(product(VERDICTS, ("hidden layers", "learning rate", "training samples")))
)
def test_no_verdict_takes_a_long_sentence_or_more_than_two(verdict: object, axis: str) -> None:
    panel = sample.small_panel(verdict=verdict)
    said = axis_words(replace(panel, axis_label=axis))
    assert 1 <= len(said) <= 2 and not too_long(list(said))


@pytest.mark.parametrize("shape", ["sweep", "plain search", "arms", "isolation of depth"])
def test_page_terminal_markdown_and_document_say_the_same_first(shape: str) -> None:
    findings, _ = concluded(shape)
    page = " ".join(html_texts(render(findings, None))).replace("\u00a0", " ")
    terminal, markdown = printed(lambda console: print_verdict(findings, console)), render_markdown(findings)
    document = [one for said in verdict_document(findings)["answer"] for one in said["sentences"]]
    assert document == sentences(findings)
    for one in document:
        assert one in page and one in terminal and markdown_text(one) in markdown
