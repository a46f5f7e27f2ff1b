"""Across the seam: what a study's page, terminal and ``verdict.json`` say is what its rows in the store come to.

Studies of every shape run through plan, coordinator and store. Every count that they print has a label that says what
it counts (``labelled_numbers``); a new one without a label fails here.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from rich.console import Console

from reports.page import page_of
from reports.terminal.plan_text import print_plan
from reports.terminal.studies_text import print_overview, print_studies
from reports.terminal.trials_text import print_trials
from reports.terminal.verdict_text import accuracy_table, print_verdict
from reports.write.html import render
from reports.write.markdown import render_markdown
from study.analysis.conclude import conclude
from study.analysis.findings import Concluded, Findings
from study.design.plan import make_plan
from study.documents.verdict_document import verdict_document
from study.store import open_store
from tests.across import scripted_studies as scripted
from tests.across.agreeing_values import check_choices, check_drawings, check_tables, is_printed
from tests.across.counted_documents import check_document
from tests.across.counted_tables import check_table
from tests.across.labelled_numbers import check_text, unlabelled
from tests.across.recount import Recount
from tests.across.said_on_pages import Said, Walk, html_texts, markdown_texts

COMPARED = (
    ("sweep", "failures in replicates"),
    ("sweep", "interrupted sweep", "isolation of depth"),
    ("arms", "arms of which some diverge"),
    ("plain search", "interrupted in a search", "every trial of a search fails"),
    ("sweep with a second scientific value", "sweep of widths", "nothing ran"),
)


@cache
def concluded(shape: str) -> tuple[Findings, Recount]:
    ran = scripted.ran(shape)
    findings = conclude(ran.store.load_own(ran.name))
    document = json.loads(json.dumps(verdict_document(findings)))
    return findings, Recount(ran.store, ran.name, document, ran.to_come)


@cache
def concluded_elsewhere(*, running: bool) -> tuple[Concluded, Recount]:
    store, study = open_store("sqlite://", create=True), scripted.imported(running=running)
    store.keep(study)
    findings = conclude(store.load(study.name))
    return findings, Recount(store, study.name, json.loads(json.dumps(verdict_document(findings))))


def printed(say: Callable[[Console], None]) -> str:
    said = io.StringIO()
    say(Console(file=said, width=1000))
    return said.getvalue()


def check_page(findings: list[Concluded], counted: list[Recount]) -> None:
    walk = Walk(page_of(findings), counted)
    wrong = [error for said in walk.said for error in check_text(said)]
    wrong += [error for tabled in walk.tables for error in check_table(walk, tabled)]
    assert not wrong, "\n".join(wrong)
    known = {snippet for text in walk.texts() for snippet in unlabelled(text.replace("\u00a0", " "))}
    rows = {f"{len(one.table.rows):,} of {len(one.table.rows):,}" for one in walk.tables}
    for text in html_texts(render(findings, None)):
        assert set(unlabelled(text)) <= known | rows, text
    left_out = ("rows: left out here", "Means over n replicates")
    for text in markdown_texts(render_markdown(findings)):
        assert set(unlabelled(text)) <= known or any(words in text for words in left_out), text


@pytest.mark.parametrize("shape", scripted.SHAPES)
def test_every_count_on_the_page_is_what_the_rows_come_to(shape: str) -> None:
    findings, counted = concluded(shape)
    check_page([findings], [counted])


@pytest.mark.parametrize("shape", scripted.SHAPES)
def test_every_count_in_the_verdict_document_is_what_the_rows_come_to(shape: str) -> None:
    _, counted = concluded(shape)
    wrong = check_document(counted)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("shape", scripted.SHAPES)
def test_every_count_on_the_terminal_is_what_the_rows_come_to(shape: str) -> None:
    findings, counted = concluded(shape)
    panel, wrong = None, []
    for line in printed(lambda console: print_verdict(findings, console)).splitlines():
        panel = line if line in counted.panels else None if line.startswith("Search ") else panel
        wrong += check_text(Said("terminal", line, counted, panel))
    for found in findings.panels:
        columns = {column.header: list(column.cells) for column in accuracy_table(found).columns}
        counts = [str(counted.n(found.name, point)) for point in counted.points(found.name)]
        assert columns["n"] == counts, found.name
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("shape", scripted.SHAPES)
def test_nothing_that_ran_is_left_out_and_nothing_counts_twice(shape: str) -> None:
    findings, counted = concluded(shape)
    reported = {
        row["id"]
        for p in counted.panels
        for point in counted.points(p)
        for row in counted.runs(p, point["configuration"])
    }
    assert len(reported) + len(counted.searched) == len(counted.trials)
    assert {row["id"] for cell in counted.cells for row in cell.rows} == {row["id"] for row in counted.searched}
    assert findings.facts.pending == counted.to_come


@pytest.mark.parametrize("shape", scripted.SHAPES)
def test_what_the_terminal_says_of_a_running_and_of_a_stored_study_is_what_the_rows_come_to(shape: str) -> None:
    findings, counted = concluded(shape)
    ran = scripted.ran(shape)
    *lines, last = ran.said.splitlines() or [""]
    done = f"{len(counted.trials)} of {'at most ' if counted.cells else ''}{counted.most()} trials"
    assert not ran.said or last == f"{done}, 0 running, {counted.failed} failed" + last.partition(" failed")[2]
    ran.store.write_verdict(ran.name, counted.document)
    (line,) = ran.store.list()
    planned = len(counted.trials) + counted.to_come
    assert (line.planned, line.finished, line.failed) == (planned, counted.finished, counted.failed)
    lines += printed(lambda console: print_overview(line, None, console)).splitlines()
    wrong = [error for text in lines for error in check_text(Said("terminal", text, counted))]
    listed = printed(lambda console: print_studies([line], console)).splitlines()[-1]
    assert f" {counted.finished} of {planned} " in listed and f" {counted.failed} " in listed
    rows = printed(lambda console: print_trials(findings.trials, console)).splitlines()[1:]
    assert sum(" failed " in row for row in rows) == sum(row.state == "failed" for row in findings.trials)
    assert not any(" 1000 " in row for row in rows)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("shape", scripted.SHAPES)
def test_the_plan_asks_for_as_many_trials_as_the_study_can_come_to(shape: str) -> None:
    _, counted = concluded(shape)
    plan = make_plan(scripted.ran(shape).store.spec(counted.name))
    said = printed(lambda console: print_plan(plan, console))
    searches = [(int(cells), int(trials)) for cells, trials in re.findall(r"(\d+) x (\d+) trials?", said)]
    assert sum(cells for cells, _ in searches) == len(counted.cells)
    assert sum(cells * trials for cells, trials in searches) == sum(map(counted.asks, counted.cells))
    assert plan.most == counted.most()
    assert not unlabelled(re.sub(r"\d+ x \d+ trials?|searches = 3 tells what luck is", "", said))


@pytest.mark.parametrize("shape", scripted.SHAPES)
def test_page_terminal_and_document_say_the_same_of_the_same_thing(shape: str) -> None:
    findings, counted = concluded(shape)
    walk, terminal = Walk(page_of([findings]), [counted]), printed(lambda console: print_verdict(findings, console))
    wrong = [*check_tables(walk, counted), *check_drawings(walk, counted), *check_choices(walk, counted, terminal)]
    for found in findings.panels:
        columns = {column.header: list(column.cells) for column in accuracy_table(found).columns}
        for i, point in enumerate(counted.points(found.name)):
            assert columns["architecture"][i] == point["architecture"]
            for title in ("train", "validation", "test", "gap"):
                said = str(columns[title][i]).removesuffix(" %").removesuffix(" points")
                assert is_printed(said, point[title]), (found.name, title, said)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("running", [False, True])
def test_every_count_of_an_imported_study_is_what_its_rows_come_to(running: bool) -> None:
    findings, counted = concluded_elsewhere(running=running)
    check_page([findings], [counted])
    wrong = check_document(counted)
    for line in printed(lambda console: print_verdict(findings, console)).splitlines():
        wrong += check_text(Said("terminal", line, counted))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("shapes", COMPARED)
@pytest.mark.parametrize("elsewhere", [False, True])
def test_every_count_of_a_comparison_is_what_the_rows_of_its_studies_come_to(
    shapes: tuple[str, ...], elsewhere: bool
) -> None:
    both: list[Any] = [concluded(shape) for shape in shapes]
    both += [concluded_elsewhere(running=True)] if elsewhere else []
    check_page([findings for findings, _ in both], [counted for _, counted in both])


def test_an_isolation_says_that_its_networks_are_what_one_search_found() -> None:
    findings, _ = concluded("isolation of depth")
    (panel, *_) = findings.panels
    assert panel.winners_note.startswith("Each network is what one search has found")
    texts = (
        html_texts(render([findings], None)),
        printed(lambda console: print_verdict(findings, console)).splitlines(),
    )
    assert all(any(panel.winners_note in text for text in said) for said in texts)
    assert not concluded("sweep")[0].panels[0].winners_note


def test_importances_say_how_sure_they_are() -> None:
    findings, _ = concluded("plain search")
    assert findings.search is not None and findings.search.importance
    for one in findings.search.importance:
        assert one.accuracy_range is not None and 0 <= one.accuracy_range[0] <= one.accuracy_range[1] <= 1
    said = " ".join(html_texts(render(findings, None)))
    assert "The lines reach from the lowest to the highest share of trials drawn anew" in said
