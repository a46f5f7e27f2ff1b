"""Several studies on one page: side by side, on shared axes, their paired differences, what differs."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest

import reports
from reports import render
from reports.blocks import Answer, Figure, Listing, Prose, Table
from reports.figures import accuracy_sweep, differences, gap_sweep
from reports.figures.axis import Axis, on_one_scale
from reports.page import page_of
from reports.sections.differing_keys import facts_table, spec_table
from study.analysis.findings import Findings
from study.analysis.imported_findings import conclude_imported
from study.analysis.study_pairs import obstacle, pair_studies
from study.design.source import build_spec
from study.records.imported import ForeignStudy, ForeignTrial
from study.records.parameters import Parameter
from tests.analysis.test_paired import shifted
from tests.reports import sample_findings as sample


def two() -> list[Findings]:
    first = sample.default_study("early")
    return [first, shifted(first, 0.02)]


def section(findings: list[Findings], name: str) -> tuple:
    return next(s.blocks for s in page_of(findings).sections if s.id == name)


def with_toml(toml: str, name: str) -> Findings:
    one = sample.default_study(name)
    return replace(one, facts=replace(one.facts, spec=build_spec({"name": name, **tomllib.loads(toml)}, "a test")))


def imported() -> Findings:
    trials = tuple(ForeignTrial(i, {"width": 32 + i}, "complete", 0.8 + 0.01 * i) for i in range(3))
    width = Parameter("width", "int", low=32, high=64)
    return conclude_imported(ForeignStudy("back", "Optuna", "5.0", "old", "accuracy", "maximize", (width,), trials))


def test_sections_stand_in_the_order_of_a_reader() -> None:
    ids = [s.id for s in page_of(two()).sections]
    assert ids[:5] == ["answer", "depth", "gap", "differences", "specs"]
    assert ids[5] == "s1-curves" and "s2-method" in ids


def test_the_navigation_has_one_entry_for_each_study() -> None:
    words = [words for _, words in page_of(two()).contents]
    assert words[-3:] == ["early", "later", "Words"] and len(words) == 8


def test_verdicts_stand_in_one_table_with_the_differences_above_it() -> None:
    answer, words = section(two(), "answer")
    assert isinstance(answer, Answer) and isinstance(words, Listing)
    assert [v.setting for v in answer.verdicts] == [
        "early, 300 samples",
        "early, 54,000 samples",
        "later, 300 samples",
        "later, 54,000 samples",
    ]
    setting, sentence = answer.sentences[0]
    assert setting == "later against early, 300 samples"
    assert sentence.startswith("Test accuracy is higher at all 9 networks by ")
    assert len(words.items) == 4 and words.items[0].startswith("early, 300 samples: ")


def test_panels_of_one_axis_share_range_and_ticks_across_studies() -> None:
    merged = replace(two()[0], panels=tuple(p for f in two() for p in f.panels))
    for collect in (accuracy_sweep.collect, gap_sweep.collect):
        axes = [panel.axis for panel in collect(merged).panels]
        assert len({axis.limits for axis in axes}) == 1
        assert len({tuple(axis.ticks()[0]) for axis in axes}) == 1
        assert {axis.beside for axis in axes} == {axes[0].beside}
    drawn = [data.only(p).draw()["layout"] for data in [accuracy_sweep.collect(merged)] for p in data.panels]
    assert len({tuple(layout["yaxis"]["range"]) for layout in drawn}) == 1
    assert len({tuple(layout["xaxis"]["range"]) for layout in drawn}) == 1


def test_axes_of_other_labels_and_of_names_keep_their_own_scale() -> None:
    layers, more = (Axis("hidden layers", values, False, None, "") for values in ((1.0, 2.0), (1.0, 8.0)))
    units = Axis("units a layer", (8.0, 512.0), True, None, "")
    named = Axis("network", (2.0,), False, None, "", ("2x64",))
    one, other, wide, alone = on_one_scale([layers, more, units, named])
    assert one.limits == other.limits != wide.limits
    assert wide.limits == units.limits and alone == named


def test_a_scale_is_logarithmic_where_all_its_values_together_ask_for_it() -> None:
    few, many = (Axis("training samples", values, False, None, "") for values in ((100.0, 300.0), (3000.0, 54_000.0)))
    assert all(axis.log for axis in on_one_scale([few, many]))


def test_differences_have_a_row_for_each_network_and_share_their_scales() -> None:
    data = differences.collect(pair_studies(two()))
    assert [one.name for one in data] == ["later minus early, 300 samples", "later minus early, 54,000 samples"]
    assert data[0].rows[0].name == "1 hidden layer" and data[0].rows[0].test.mean == pytest.approx(0.02, abs=0.002)
    assert data[0].ranges == data[1].ranges
    (low, high), _ = data[0].ranges
    assert low < 0 < 0.02 < high
    symbols = data[0].draw()["data"][0]["marker"]["symbol"]
    assert symbols == ["square"] * 9


def test_the_figure_of_differences_is_one_that_plotly_accepts_also_without_any() -> None:
    assert len(reports.differences_figure(two()).data) == 2
    assert not reports.differences_figure([sample.empty_study()]).data


def test_differences_have_their_numbers_as_a_table_and_their_count_in_words() -> None:
    figure, words = section(two(), "differences")
    assert isinstance(figure, Figure) and isinstance(words, Prose)
    assert len(figure.table.rows) == 18 and figure.table.rows[0][:2] == (
        "later minus early, 300 samples",
        "1 hidden layer",
    )
    assert figure.table.columns[-1].title == "n" and figure.table.rows[0][-1] == "8"
    assert "18 differences of test accuracy were judged together" in words.paragraphs[-1]
    assert all(chart.alt for chart in figure.charts)


def test_many_settings_are_counted_in_the_answer_and_told_below() -> None:
    arms = sample.remedies_study()
    others = [replace(arms, facts=replace(arms.facts, name=name)) for name in "ab"]
    answer, _ = section([arms, *others], "answer")
    assert (
        len(answer.sentences) == 1
        and "Of 72 paired differences in test accuracy, 0 are shown" in answer.sentences[0][1]
    )
    _, words = section([arms, *others], "differences")
    assert len(words.paragraphs) == 9


@pytest.mark.parametrize(
    ("change", "why"),
    [({"seed": 7}, "independent, not paired"), ({"inference": "these items"}, "ask about different things")],
)
def test_studies_that_cannot_be_paired_say_why_and_have_no_figure(change: dict[str, object], why: str) -> None:
    other = sample.default_study("again")
    other = replace(other, facts=replace(other.facts, spec=other.facts.spec.model_copy(update=change)))
    findings = [sample.default_study(), other]
    blocks = section(findings, "differences")
    assert len(blocks) == 1 and why in blocks[0].paragraphs[0]
    assert section(findings, "answer")[0].sentences == (("", blocks[0].paragraphs[0]),)


def test_whatever_differs_between_the_study_files_is_listed() -> None:
    plain = "margin = 0.01\n[network]\nwidth = 64\n[space.depth]\nvalues = [1, 2]\n"
    other = (
        'seed = 3\nalpha = 0.1\nmargin = 0.01\n[[arms]]\nname = "a.b"\nreading = "best"\n'
        '[network]\nwidth = 64\nbatch_size = 16\noptimizer = "sgd"\ndropout = 0.2\n'
        '[space.depth]\nvalues = [1, 2, 4]\n[space.l2]\nrole = "nuisance"\nlow = 1e-6\nhigh = 0.01\nlog = true\n'
        "[search]\ntrials = 40\n"
    )
    table = spec_table([with_toml(plain, "x"), with_toml(other, "y")])
    assert [c.title for c in table.columns] == ["in the study file", "x", "y"]
    assert dict((row[0], row[1:]) for row in table.rows) == {
        "seed": ("0", "3"),
        "alpha": ("0.05", "0.1"),
        "network.batch_size": ("32", "16"),
        "network.optimizer": ("adam", "sgd"),
        "network.dropout": ("0", "0.2"),
        "space.depth.values": ("1, 2", "1, 2, 4"),
        "space.l2.role": ("–", "nuisance"),
        "space.l2.low": ("–", "1e-6"),
        "space.l2.high": ("–", "0.01"),
        "space.l2.log": ("–", "true"),
        "search.trials": ("–", "40"),
        "arms": ("–", "a.b"),
        "arms.a.b.reading": ("–", "best"),
    }


def test_a_default_that_is_written_out_is_no_difference() -> None:
    table = spec_table([with_toml("[network]\nbatch_size = 32\n", "x"), with_toml('name = "y"\n', "y")])
    assert not table.rows
    blocks = section([with_toml('name = "x"\n', "x"), with_toml('name = "y"\n', "y")], "specs")
    assert blocks[0] == Prose("", ("The study files say the same, apart from their names.",))


def test_data_trials_and_versions_stand_side_by_side() -> None:
    rows = {row[0]: row[1:] for row in facts_table(two()).rows}
    assert rows["Data SHA-256"] == ("abababababab",) * 2
    assert rows["Versions"][0].startswith("depthgauge 0.1.0") and "Trials" in rows


def test_a_study_of_another_program_has_its_line_its_reason_and_its_trials() -> None:
    page = page_of([sample.default_study(), imported()])
    answer, words = page.sections[0].blocks
    line = answer.verdicts[-1]
    assert (line.setting, line.where, line.sure) == ("back", "no verdict", "accuracy 0.82")
    assert answer.sentences[0][1].startswith("back was read from Optuna, which kept no test accuracy")
    assert any(item.startswith("back: Imported from Optuna") for item in words.items)
    assert [s.id for s in page.sections][-4:] == ["s2-answer", "s2-tried", "s2-trials", "words"]
    specs = next(s.blocks for s in page.sections if s.id == "specs")
    assert [isinstance(b, Table) for b in specs] == [True] and specs[0].columns[-1].title == "back"


def test_an_empty_study_says_so_in_its_line() -> None:
    empty = sample.empty_study()
    empty = replace(empty, facts=replace(empty.facts, name="empty"))
    line = section([sample.default_study(), empty], "answer")[0].verdicts[-1]
    assert (line.setting, line.where) == ("empty", "nothing yet") and "No trial has finished" in line.where_note


def test_an_unfinished_study_is_named_above_the_answers() -> None:
    other = sample.unfinished_study()
    other = replace(other, facts=replace(other.facts, name="half"))
    assert section([sample.default_study(), other], "answer")[0].notice.startswith("half: Unfinished: 54 of 72 trials")


def test_a_study_twice_gets_two_names_and_no_difference() -> None:
    page = page_of([sample.default_study(), sample.default_study()])
    assert page.kicker == "depth, depth (2)"
    sentences = page.sections[0].blocks[0].sentences
    assert all("the same in every replicate" in sentence for _, sentence in sentences)
    ids = [s.id for s in page.sections] + [
        c.id for s in page.sections for b in s.blocks for c in getattr(b, "charts", ())
    ]
    assert len(ids) == len(set(ids))


def test_five_studies_make_one_page() -> None:
    text = render([sample.default_study(f"study {i}") for i in range(5)], None)
    assert "study 4 minus study 0, 300 samples" in text and len(text.encode()) < 8_000_000


def test_one_file_under_other_seeds_is_no_other_data() -> None:
    one = sample.default_study("one")
    spec = one.facts.spec.model_copy(update={"seed": 2})
    other = replace(one, facts=replace(one.facts, name="other", spec=spec, dataset_sha256="cd" * 32))
    assert "have different seeds (0 and 2)" in obstacle(one, other)
