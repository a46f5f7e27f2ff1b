"""The section on the searches and the page around it: tables, sentences, what is missing."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from dataclasses import replace

import pytest

from reports import render
from reports.blocks import Code, Figure, Fold, Listing, Prose, Section, Table, unfolded
from reports.figures import accuracy_sweep, tried
from reports.figures.history import HistoryData
from reports.figures.importance import ImportanceData
from reports.figures.parallel import ParallelData
from reports.figures.searched import searched, tuned_words
from reports.figures.tried_drawing import SearchData
from reports.page import page_of
from reports.sections.answer import answer, replies
from study.analysis.findings import Findings
from study.analysis.search_findings import Change
from study.design.setting_words import setting_words, value_words
from study.design.spec import Dimension
from study.records.parameters import Parameter
from tests.reports import sample_findings as sample
from tests.reports import sample_search as scripted

STUDIES = [
    scripted.isolation,
    scripted.plain_search,
    scripted.unfinished_search,
    scripted.infeasible_search,
]


def section_of(findings: Findings, name: str = "search") -> Section:
    return next(s for s in page_of([findings]).sections if s.id == name)


def blocks_of(findings: Findings, kind: type) -> list:
    return [block for block in unfolded(section_of(findings).blocks) if isinstance(block, kind)]


def words_of(findings: Findings) -> str:
    return " ".join(p for block in blocks_of(findings, Prose) for p in block.paragraphs)


@pytest.mark.parametrize(
    ("value", "text"), [(64, "64"), (0.00213, "0.0021"), (1e-5, "1e-5"), (True, "on"), ("adam", "adam"), (0.5, "0.5")]
)
def test_values_are_written_short(value: object, text: str) -> None:
    assert value_words(value) == text  # type: ignore[arg-type]


def test_a_setting_in_words_says_what_is_off_and_the_patience() -> None:
    setting = {"width": 64, "dropout": 0.123, "l2_on": False, "optimizer": "adam", "batch_norm": True, "batch_size": 32}
    assert setting_words(setting, reading="patience=5", named=True) == (
        "dropout 0.12, no L2, adam, batch normalization, batches of 32, patience 5"
    )
    assert setting_words({"width": 64, "l2_on": True, "l2": 1e-4}) == "width 64, L2 0.0001"
    assert setting_words({"width_1": 64, "width_2": 32, "dropout": 0.5}) == "widths 64-32, dropout 0.5"


def test_every_depth_of_an_isolation_shows_what_was_tuned_for_it() -> None:
    findings = scripted.isolation()
    words = tuned_words(findings)
    assert list(words) == [(findings.panels[0].name, float(d)) for d in (1, 2, 4)]
    assert all("learning rate" in text and "patience 5" in text for text in words.values())
    table = next(
        b for b in section_of(findings, "method").blocks if isinstance(b, Table) and b.columns[-1].title == "tuned"
    )
    assert [row[-1] for row in table.rows] == list(words.values())


def test_cells_of_arms_and_further_values_belong_to_their_panels() -> None:
    findings = scripted.isolation()
    assert findings.search is not None
    cells = tuple(
        replace(cell, name=f"none, samples 300, {cell.name}", panel="none, 300 samples")
        for cell in findings.search.cells
    )
    panel = replace(findings.panels[0], name="none, 300 samples", arm="none", others="300 samples", searches=cells)
    both = replace(findings, panels=(panel,), search=replace(findings.search, cells=cells))
    (setting,) = searched(both)
    assert setting.name == "none, 300 samples" and setting.panel == panel
    assert [cell.label for cell in setting.cells] == ["1", "2", "4"]
    assert all(cell.winners[0].point is not None for cell in setting.cells)
    (before,) = searched(replace(both, panels=()))
    assert before.axis_label == "hidden layers" and before.cells[0].words == "1 hidden layer"


def test_an_isolation_stands_before_the_pick_with_all_its_parts() -> None:
    findings = scripted.isolation()
    page = page_of([findings])
    assert [s.id for s in page.sections][-4:] == ["search", "pick", "method", "words"]
    assert section_of(findings).title == "Isolation and search"
    assert [type(c.data) for f in blocks_of(findings, Figure) for c in f.charts] == [
        *[SearchData] * 6,
        ImportanceData,
        ParallelData,
        HistoryData,
    ]
    assert all(chart.alt for figure in blocks_of(findings, Figure) for chart in figure.charts)
    assert all(figure.table.rows for figure in blocks_of(findings, Figure))


def test_the_table_of_an_isolation_shows_how_optimistic_the_search_was() -> None:
    table = blocks_of(scripted.isolation(), Table)[0]
    titles = [c.title for c in table.columns]
    for row, value, failed in zip(table.rows, ("1", "2", "4"), ("0", "2", "0"), strict=True):
        cells = dict(zip(titles, row, strict=True))
        assert (cells["hidden layers"], cells["tried"], cells["failed"], cells["n"]) == (value, "12", failed, "3")
        assert cells["optimism"] == "+1.0"
        assert cells["chosen"].startswith(f"{value}x")
    assert "the search was 1 point too optimistic" in words_of(scripted.isolation())


def test_how_the_search_worked_is_said_once_in_the_section_and_in_the_method() -> None:
    findings = scripted.isolation()
    said = "Everything around hidden layers was tuned anew in each of 3 cells: optuna:tpe made 12 proposals there"
    assert said in words_of(findings) and "Test accuracy is recorded and never selects anything." in words_of(findings)
    method = section_of(findings, "method").blocks[1]
    assert isinstance(method, Fold) and isinstance(full := method.blocks[0], Prose)
    assert any(said in p for p in full.paragraphs)
    assert any("where early stopping with a patience of 5 epochs stops" in p for p in full.paragraphs)


def test_warnings_stand_above_their_plot_and_failures_in_the_legend() -> None:
    figure = blocks_of(scripted.isolation(), Figure)[0]
    assert [chart.title for chart in figure.charts if chart.warnings] == ["Learning rate"]
    assert figure.charts[4].warnings == (scripted.EDGE.sentence,)
    assert {"infeasible", "edge", "shades", "winner", "again"} <= {name for name, _ in figure.legend}
    plain = blocks_of(scripted.plain_search(), Figure)[0]
    assert {"infeasible", "edge", "shades", "again"}.isdisjoint({name for name, _ in plain.legend})


def test_advice_is_listed_with_lines_that_are_one_valid_file() -> None:
    findings = scripted.isolation()
    assert findings.search is not None
    lower = Change("space", "width", Dimension(role="nuisance", low=4, high=128, log=True), "lower")
    wider = replace(scripted.EDGE, change=lower)
    advised = replace(findings, search=replace(findings.search, advice=(*findings.search.advice, wider)))
    assert blocks_of(advised, Listing)[0].items == (scripted.EDGE.sentence, scripted.MORE.sentence, wider.sentence)
    lines = tomllib.loads(blocks_of(advised, Code)[0].text)
    assert lines["search"] == {"trials": 24} and set(lines["space"]) == {"learning_rate", "width"}


def test_where_only_the_patience_is_chosen_there_is_nothing_to_plot() -> None:
    findings = scripted.isolation(1)
    assert findings.search is not None
    cells = tuple(
        replace(cell, tried=(bare := (replace(cell.tried[0], setting={}),)), chosen=scripted.best_of(bare))
        for cell in findings.search.cells
    )
    bare = replace(findings, search=replace(findings.search, parameters=(), cells=cells, importance=(), advice=()))
    assert not blocks_of(bare, Figure) and "one trial was read at each patience" in words_of(bare)
    assert [row[-1].split(", ")[1:] for row in blocks_of(bare, Table)[0].rows[::2]] == [["patience 5"]] * 2


def test_searches_of_several_settings_are_drawn_apart() -> None:
    both = scripted.of_two_arms()
    first, second, *_, history = blocks_of(both, Figure)
    assert (first.title, second.title) == ("none", "dropout")
    assert [chart.title for chart in history.charts] == ["none", "dropout"]
    assert [c.title for c in history.table.columns] == [
        "trial",
        "none, 1 hidden layer, %",
        "none, 2 hidden layers, %",
        "dropout, 1 hidden layer, %",
    ]


def test_too_few_trials_stand_against_the_answer() -> None:
    assert ("", scripted.MORE.sentence) in dict(replies(scripted.isolation()).replies)["What could mislead?"]


@pytest.mark.parametrize("parameters", [scripted.PARAMETERS, scripted.PARAMETERS[:1]])
def test_importance_that_cannot_be_computed_says_why(parameters: tuple[Parameter, ...]) -> None:
    findings = scripted.isolation()
    assert findings.search is not None
    without = replace(findings, search=replace(findings.search, importance=(), parameters=parameters))
    why = "at least two hyperparameters" if len(parameters) == 1 else "at least 10 trials of one search"
    assert why in words_of(without)


def test_a_plain_search_answers_with_its_best_candidate_and_how_many_were_tried() -> None:
    findings = scripted.plain_search()
    found = answer(findings)
    (line,) = found.verdicts
    assert found.asked == ("What was tried", "Most accurate", "Network to use")
    assert (line.where, line.where_note) == ("24 trials", "optuna:tpe; the best 3 run again on 3 fresh replicates")
    best = max(findings.panels[0].points, key=lambda p: p.validation.mean or 0.0)
    assert line.sure.startswith(f"candidate {best.value:g}: {best.configuration.label}, validation ")
    assert "overfitting" not in " ".join((line.where, line.sure, line.sure_note)).lower()


def test_candidates_are_no_axis() -> None:
    findings = scripted.plain_search()
    assert section_of(findings, "depth").title == "Accuracy of the candidates"
    drawn = accuracy_sweep.collect(findings).draw(bare=True)
    assert {t["mode"] for t in drawn["data"]} == {"markers"}
    assert drawn["layout"]["xaxis"]["title"]["text"] == "candidate"
    method = section_of(findings, "method").blocks[0]
    assert isinstance(method, Prose) and "overfitting" not in " ".join(method.paragraphs)
    assert [row[0] for row in blocks_of(findings, Table)[0].rows] == ["1", "2", "3"]


def test_figures_name_the_candidates_or_number_them_where_names_have_no_room() -> None:
    findings = scripted.plain_search()
    (panel,) = accuracy_sweep.collect(findings).panels
    labels = [point.label for point in findings.panels[0].points]
    assert panel.axis.ticks()[1] == [f"{i} ({label})" for i, label in enumerate(labels, start=1)]
    shown = accuracy_sweep.collect(findings).draw(bare=True)
    assert f"test at 2 ({labels[1]}): " in " ".join(t for trace in shown["data"] for t in trace.get("hovertext", ()))
    long = replace(panel.axis, names=tuple(f"{name} and a longer name" for name in panel.axis.names))
    assert long.ticks()[1] == ["1", "2", "3"]


def test_a_search_whose_trials_all_reached_the_same_says_that_it_tells_nothing() -> None:
    findings = scripted.plain_search()
    said = "All trials reached the same accuracy on validation, which could not tell them apart"

    def caption(findings: Findings) -> str:
        return next(b.caption for b in blocks_of(findings, Figure) if b.title == "How the searches went")

    assert "still climbs" in caption(findings) and said not in caption(findings)
    assert findings.search is not None
    (cell,) = findings.search.cells
    tried = tuple(replace(one, accuracy=0.95) for one in cell.tried)
    tied = replace(findings, search=replace(findings.search, cells=(replace(cell, tried=tried),)))
    assert said in caption(tied) and "still climbs" not in caption(tied)


def test_a_single_network_is_called_by_its_name() -> None:
    one = replace(sample.one_trial_study().panels[0], axis="candidate", axis_label="candidates")
    findings = sample.findings_of((one,), ())
    assert accuracy_sweep.collect(findings).panels[0].axis.ticks()[1] == ["2x128"]
    page = render(findings, None)
    assert "candidates" not in page.split("<main")[1].split("<footer")[0]


def test_a_search_that_goes_on_shows_what_was_tried_so_far() -> None:
    findings = scripted.unfinished_search()
    assert [s.id for s in page_of([findings]).sections] == ["answer", "search", "pick", "method", "words"]
    assert replies(findings).notice == findings.sentence
    assert answer(findings).sentences == (("", findings.sentence),)
    assert "3 of 3 searches have not ended: 10 trials have ended so far" in words_of(findings)
    chosen = blocks_of(findings, Table)[0]
    assert [row[1] for row in chosen.rows] == ["5", "5", "0"]
    assert chosen.rows[0][-1].startswith("best so far: width ")
    assert chosen.rows[2][-1] == "nothing was tried yet"


def test_a_search_in_which_everything_failed_draws_crosses_and_no_winner() -> None:
    findings = scripted.infeasible_search()
    assert replies(findings).notice == "All 12 trials that ran failed: the reasons stand under “How we know”."
    assert "None of 12 trials could be trained." in words_of(findings)
    figure = blocks_of(findings, Figure)[0]
    assert [name for name, _ in figure.legend] == ["infeasible"] and not figure.zoom
    symbols = [t["marker"]["symbol"] for t in figure.charts[0].data.draw(bare=True)["data"]]
    assert symbols.count("x-thin") == 2 and "circle-open" not in symbols
    assert [type(c.data) for f in blocks_of(findings, Figure) for c in f.charts] == [SearchData] * 6


@pytest.mark.parametrize("make", STUDIES)
def test_no_page_of_a_search_shows_nan_none_or_infinity(make: Callable[[], Findings]) -> None:
    text = render(make(), None).split("<main")[1].split("<footer")[0]
    visible = text.split("<script")[0] + "".join(part.split("</script>")[-1] for part in text.split("<script")[1:])
    assert not any(word in visible for word in ("NaN", "nan<", ">None<", "inf<", "Infinity"))
    json.dumps([data.draw() for data in tried.collect(make())], allow_nan=False)


def test_a_comparison_keeps_searches_apart_and_tells_how_they_differ() -> None:
    page = page_of([scripted.isolation(), scripted.plain_search(), sample.default_study()])
    ids = [c.id for s in page.sections for f in s.blocks if isinstance(f, Figure) for c in f.charts]
    assert len(ids) == len(set(ids)) and [s.id for s in page.sections if "search" in s.id] == ["s1-search", "s2-search"]
    table = next(b for s in page.sections if s.id == "specs" for b in s.blocks if isinstance(b, Table))
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["space.width.low"] == ("8", "8", "–") and rows["space.depth.role"][1] == "nuisance"
    table = next(b for s in page.sections for b in s.blocks if getattr(b, "caption", "") == "What was run")
    rows = {row[0]: row[1:] for row in table.rows}
    isolated = "optuna:tpe, 3 searches of 12 trials: 36 tried, 2 failed"
    assert rows["Search"] == (isolated, "optuna:tpe, 1 search of 24 trials: 24 tried, 0 failed", "–")


def test_six_hundred_trials_add_little_to_a_page() -> None:
    large, small = (render(scripted.isolation(n, (1, 2, 3, 4, 6, 8)), None) for n in (100, 12))
    assert len(large) - len(small) < 300_000
