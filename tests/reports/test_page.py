"""The page as data: sections, the answer, what is missing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from reports.blocks import Answer, Code, Figure, Fold, Prose, Replies, Table, unfolded
from reports.page import page_of
from reports.sections.answer import answer, replies
from reports.sections.recommendation import pick_words
from study.analysis.findings import Findings
from study.analysis.onset.find import PROCEDURE_VERSION
from study.analysis.onset.verdict import FailedRuns
from study.records.intervals import Interval
from study.records.trials import Configuration
from study.train.keras_code import keras_code
from tests.reports import sample_findings as sample

ROOT = Path(__file__).resolve().parents[2]


def blocks_of(page: object, kind: type) -> list:
    return [block for section in page.sections for block in unfolded(section.blocks) if isinstance(block, kind)]  # type: ignore[attr-defined]


def words_of(page: object) -> str:
    return " ".join(p for s in page.sections for b in unfolded(s.blocks) for p in getattr(b, "paragraphs", ()))  # type: ignore[attr-defined]


def test_sections_stand_in_the_order_of_a_reader() -> None:
    page = page_of([sample.default_study()])
    assert [s.id for s in page.sections] == ["answer", "depth", "gap", "curves", "pick", "method", "words"]


def test_remedies_stand_before_the_pick() -> None:
    page = page_of([sample.remedies_study()])
    assert [s.id for s in page.sections][-4:] == ["remedies", "pick", "method", "words"]


def test_the_first_screen_answers_where_how_sure_and_which_network() -> None:
    first, second = answer(sample.default_study()).verdicts
    assert (first.where, first.sure, first.network) == ("6 hidden layers", "95 % interval 4–6", "2x128")
    assert "test 84.6 ± 0.4 % on runs left out of the choice (n = 8)" in first.network_note
    assert second.where == "no overfitting up to 8 hidden layers"
    assert second.sure == "any fall is below 0.4 points"


def test_the_first_screen_shows_what_was_read_of_the_data() -> None:
    findings = sample.default_study()
    facts = dict(answer(findings).facts)
    assert facts["Samples"] == "54,000 training, 6,000 validation, 10,000 test"
    assert (facts["Inputs"], facts["Classes"]) == ("784", "10: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9")
    many = replace(findings.facts.run, classes=1000, labels=tuple(f"class {i}" for i in range(1000)))
    assert dict(answer(replace(findings, facts=replace(findings.facts, run=many))).facts)["Classes"] == "1,000"
    number = replace(findings.facts.run, classes=0, labels=(), target_deviation=2.0)
    assert "Classes" not in dict(answer(replace(findings, facts=replace(findings.facts, run=number))).facts)


def test_a_pick_that_is_not_guaranteed_says_so() -> None:
    small = sample.small_panel()
    findings = sample.findings_of((small,), (sample.pick_of(small, 1, guaranteed=False),))
    assert "not shown to be within the margin" in answer(findings).verdicts[0].network_note


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        ("degradation", "no overfitting shown up to 12 hidden layers"),
        ("benign", "no overfitting up to 12 hidden layers"),
        ("inconclusive", "not settled"),
        ("training fails", "training gets worse"),
    ],
)
def test_every_kind_of_verdict_has_words(kind: str, where: str) -> None:
    verdict = replace(sample.SHORT, kind=kind, compared_depths=sample.DEPTHS, largest_drop_upper_bound=0.01)
    one = replace(sample.small_panel(), verdict=verdict, sentence="")
    assert answer(sample.findings_of((one,), ())).verdicts[0].where == where


def test_where_training_fails_no_network_is_recommended() -> None:
    small = replace(sample.small_panel(), verdict=replace(sample.SHORT, kind="training fails"))
    findings = sample.findings_of((small,), (sample.pick_of(small, 1),))
    line = answer(findings).verdicts[0]
    assert line.network == "none to recommend" and "the best of what trained is 2x128" in line.network_note
    assert "only the best of what trained" in words_of(page_of([findings]))


def test_settings_are_called_what_their_study_calls_them() -> None:
    one = replace(sample.small_panel(), name="none")
    findings = sample.findings_of((one, sample.large_panel()), ())
    assert answer(findings).verdicts[0].setting == answer(findings).sentences[0][0] == "none"


def test_both_accuracies_of_a_pick_are_told_apart() -> None:
    small = sample.small_panel()
    found = replace(sample.pick_of(small, 1), accuracy=Interval(0.84, 0.83, 0.85, 8))
    why, accuracy, second = pick_words(found)
    assert why.startswith("2x128 (118,282 parameters). ")
    assert "84.0 ± 1.0 % where each replicate is read on a network chosen without it" in accuracy
    assert "84.6 ± 0.4 % (n = 8) as the plain mean" in accuracy and "Expect the first" in accuracy
    assert found.runner_up is not None and found.candidates[found.runner_up].name in second
    _, same, _ = pick_words(sample.pick_of(small, 1))
    assert same.startswith("Test accuracy is 84.6 ± 0.4 % (n = 8), and the same where each replicate")


def test_an_axis_without_a_choice_says_why_nothing_is_picked() -> None:
    one = replace(sample.small_panel(), no_pick="nothing to pick: that is a condition")
    findings = sample.findings_of((one,), ())
    assert answer(findings).verdicts[0].network_note == "nothing to pick: that is a condition"
    assert "Nothing to pick: that is a condition." in words_of(page_of([findings]))


def test_too_few_runs_for_a_pick_are_named() -> None:
    findings = sample.findings_of((sample.small_panel(),), ())
    section = next(s for s in page_of([findings]).sections if s.id == "pick")
    assert "No network can be recommended yet" in section.blocks[0].paragraphs[0]  # type: ignore[union-attr]


def test_a_pick_on_another_axis_is_named_with_its_value() -> None:
    one = replace(sample.small_panel(), axis="learning_rate", axis_label="learning rate", shapes=False)
    found = sample.findings_of((one,), (sample.pick_of(one, 1),))
    assert answer(found).verdicts[0].network == "2x128 at learning rate 2"
    table = next(t for t in blocks_of(page_of([found]), Table) if t.interactive)
    assert [c.title for c in table.columns][:3] == ["setting", "architecture", "learning rate"]
    assert table.rows[8][2] == "2" and table.rows[-1][2] == "–"


def test_candidates_of_one_size_are_a_table_and_no_figure_of_sizes() -> None:
    one = sample.small_panel()
    found = sample.pick_of(one, 1)
    same = tuple(replace(c, parameters=100) for c in found.candidates)
    page = page_of([sample.findings_of((one,), (replace(found, candidates=same),))])
    section = next(s for s in page.sections if s.id == "pick")
    assert not any(isinstance(b, Figure) for b in section.blocks)
    table = next(b for b in section.blocks if isinstance(b, Table))
    assert len(table.rows) == 9 and [row[-1] for row in table.rows].count("pick") == 1


def test_the_two_intervals_of_an_onset_are_explained_with_their_values() -> None:
    one = sample.small_panel()
    wide = replace(one, verdict=replace(one.verdict, guaranteed_interval=(3, 8)))
    assert "300 samples: 4–6 narrowed, 3–8 guaranteed." in words_of(page_of([sample.findings_of((wide,), ())]))
    assert "300 samples: 4–6 both." in words_of(page_of([sample.findings_of((one,), ())]))


def test_runs_that_did_not_learn_are_not_called_failed() -> None:
    one = sample.small_panel()
    lost = replace(one, verdict=replace(one.verdict, failed_runs=(FailedRuns(12, 1, 8),)))
    findings = sample.findings_of((lost,), ())
    text = words_of(page_of([findings]))
    assert "No trial failed." in text
    assert "left out of the verdict because they did not learn" in text and "1 of 8 at 12 hidden layers" in text
    assert ("Left out of the verdict", "1 run that diverged or did not learn") in answer(findings).facts


def test_the_curves_are_put_in_words_for_each_network() -> None:
    findings = sample.default_study()
    section = next(s for s in page_of([findings]).sections if s.id == "curves")
    table = next(b for b in section.blocks if isinstance(b, Table))
    assert [c.title for c in table.columns][2:] == ["validation cross-entropy rises from", "settled by"]
    assert table.rows[0] == ("300 samples", "1 hidden layer", "", "8 of 8, epoch 20")
    assert table.rows[7] == ("300 samples", "12 hidden layers", "8 of 8, epoch 20", "")


def test_what_the_curves_have_against_the_verdict_stands_beside_it() -> None:
    one = replace(sample.small_panel(), curves_note="At 12 hidden layers most runs still improve at the end.")
    findings = sample.findings_of((one, sample.large_panel()), ())
    said = ("300 samples", "At 12 hidden layers most runs still improve at the end.")
    assert said in dict(replies(findings).replies)["What could mislead?"]
    assert "still improve at the end." in words_of(page_of([findings]))


def test_gap_and_test_accuracy_are_told_for_each_reading() -> None:
    section = next(s for s in page_of([sample.default_study()]).sections if s.id == "gap")
    (table,) = next(b.blocks for b in section.blocks if isinstance(b, Fold))
    assert isinstance(table, Table) and "test at best, %" in [c.title for c in table.columns]
    assert len(table.rows) == 8 + 1 + 8 + 1


def test_remedies_are_told_for_each_setting() -> None:
    one = sample.remedies_study()
    (first,) = one.remedies
    settings = [replace(first, setting=f"{n} samples", note="Less depth is a choice.") for n in (100, 300)]
    section = next(s for s in page_of([replace(one, remedies=tuple(settings))]).sections if s.id == "remedies")
    assert [b.title for b in section.blocks if isinstance(b, Prose)] == ["100 samples", "300 samples"]
    assert section.blocks[0].paragraphs[-1] == "Less depth is a choice."  # type: ignore[union-attr]


def test_replicates_are_those_that_ran_not_those_that_were_planned() -> None:
    one = sample.small_panel()
    some = replace(one, verdict=replace(one.verdict, replicates=(2, 3)))
    findings = sample.findings_of((some,), ())
    assert answer(findings).verdicts[0].sure_note.endswith("; 2 to 3 replicates")
    assert "networks with 2 to 3 replicates each." in words_of(page_of([findings]))


def test_an_unfinished_study_says_how_much_is_missing() -> None:
    assert replies(sample.unfinished_study()).notice.startswith("Unfinished: 54 of 72 trials have not run yet")


def test_an_empty_study_has_an_answer_and_a_method_only() -> None:
    page = page_of([sample.empty_study()])
    assert [s.id for s in page.sections] == ["answer", "depth", "method", "words"]
    assert not blocks_of(page, Figure)
    assert "No trial has finished yet" in replies(sample.empty_study()).notice


def test_a_study_in_which_everything_failed_points_to_the_reasons() -> None:
    page = page_of([sample.all_failed_study()])
    assert blocks_of(page, Replies)[0].notice.startswith("All 64 trials that ran failed")
    assert "64 trials: training cross-entropy was not finite at epoch 3" in words_of(page)


def test_one_trial_gets_figures_without_intervals() -> None:
    page = page_of([sample.one_trial_study()])
    assert blocks_of(page, Figure)[0].caption == "One run each, so there is no interval."


def test_every_figure_has_its_numbers_and_its_content_in_words() -> None:
    for figure in blocks_of(page_of([sample.default_study()]), Figure):
        assert figure.table.rows
        assert all(chart.alt for chart in figure.charts)


def test_ids_are_unique_also_in_a_comparison() -> None:
    page = page_of([sample.default_study(), sample.default_study("again")])
    ids = [c.id for f in blocks_of(page, Figure) for c in f.charts] + [s.id for s in page.sections]
    assert len(ids) == len(set(ids))


def test_the_trials_table_has_every_trial() -> None:
    findings = sample.default_study()
    table = next(t for t in blocks_of(page_of([findings]), Table) if t.interactive)
    assert len(table.rows) == len(findings.trials) and table.states == ("finished",)


def test_the_code_names_every_part_of_the_configuration() -> None:
    configuration = Configuration.stack(
        hidden=(64, 32), epochs=5, dropout=(0.2, 0.0), l2=1e-4, optimizer="sgd", learning_rate=0.01, batch_norm=True
    )
    code = keras_code(configuration, 784, 10)
    compile(code, "model.py", "exec")
    for part in (
        "Input((784,))",
        "Dense(64, use_bias=False, kernel_regularizer=keras.regularizers.L2(0.0001))",
        "momentum=0.9",
    ):
        assert part in code
    assert code.count("Dropout(") == 1 and code.count("BatchNormalization()") == 2


@pytest.mark.parametrize("batch_norm", [False, True])
def test_the_code_runs_and_builds_the_network_that_was_trained(batch_norm: bool) -> None:
    pytest.importorskip("keras", reason="the quick tests go without")
    configuration = Configuration.stack(hidden=(6, 4), epochs=1, dropout=0.2, l2=1e-4, batch_norm=batch_norm)
    rows = {"x": np.zeros((8, 5), np.float32), "y": np.arange(8) % 3}
    exec(keras_code(configuration, 5, 3), rows)
    model = rows["model"]
    moving = 2 * configuration.network.units if batch_norm else 0  # means and variances, which are not trained
    assert model.count_params() - moving == configuration.network.parameters(5, 3)  # type: ignore[attr-defined]


@pytest.mark.parametrize("l2", [0.0, 1e-3])
def test_the_code_stops_where_the_pick_was_read(l2: float) -> None:
    pytest.importorskip("keras", reason="the quick tests go without")
    configuration = Configuration.stack(hidden=(6,), epochs=40, l2=l2, learning_rate=0.1, batch_size=4)
    rng = np.random.default_rng(0)
    rows = {name: rng.normal(size=(8, 5)).astype(np.float32) for name in ("x", "x_val")}
    rows |= {name: np.arange(8) % 3 for name in ("y", "y_val")}
    exec(keras_code(configuration, 5, 3, "patience=2"), rows)
    stopping = rows["stopping"]
    losses = rows["model"].history.history[stopping.monitor]  # type: ignore[attr-defined]
    # Labels have nothing to do with the inputs: validation cross-entropy soon rises, and two epochs later it ends.
    assert len(losses) == np.argmin(losses) + 3 < 40
    evaluated = rows["model"].evaluate(rows["x_val"], rows["y_val"], verbose=0, return_dict=True)  # type: ignore[attr-defined]
    assert evaluated[stopping.monitor.removeprefix("val_")] == pytest.approx(min(losses), rel=1e-4)  # type: ignore[attr-defined]
    assert ("cross" in stopping.monitor) is bool(l2)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("reading", "words"), [("tail", None), ("best", "patience=9,"), ("patience=0", "patience=1,")])
def test_the_code_follows_the_reading(reading: str, words: str | None) -> None:
    code = keras_code(Configuration.stack(hidden=(6,), epochs=9), 5, 3, reading)
    compile(code, "model.py", "exec")
    assert words in code if words else "stopping" not in code


def test_the_pick_is_there_as_code_to_copy() -> None:
    codes = blocks_of(page_of([sample.default_study()]), Code)
    assert codes[0].title == "As a Keras model: 2x128, 300 samples"


def test_the_calibration_on_the_page_is_that_of_the_procedure_in_use() -> None:
    summary = json.loads((ROOT / "study" / "analysis" / "calibration_summary.json").read_text("utf-8"))
    assert summary["procedure"] == PROCEDURE_VERSION
    (table,) = [t for t in blocks_of(page_of([sample.default_study()]), Table) if t.caption.startswith("s: slope")]
    page = (ROOT / "docs" / "calibration.md").read_text("utf-8")
    assert len(table.rows) > 10 and all(f"| {' | '.join(row)} |" in page for row in table.rows)


def test_signs_are_said_with_the_level_of_the_study_and_where_they_stand() -> None:
    study = sample.default_study()

    def signs(findings: Findings) -> str:
        (block,) = blocks_of(page_of([findings]), Replies)
        return str(block.signs)

    assert signs(study).startswith("± is half the width of a 95 % interval. n counts replicates")
    strict = replace(study, facts=replace(study.facts, spec=study.facts.spec.model_copy(update={"alpha": 0.01})))
    assert "a 95 % interval, beside the baseline and of cures of a 99 % one." in signs(strict)
    assert "±" not in signs(sample.one_trial_study())


def test_a_study_of_subsets_says_of_how_many_samples_they_are() -> None:
    """``54,000 training`` beside a question about 300 samples looked like a mistake."""
    small = page_of([sample.findings_of((sample.small_panel(),), ())])
    (answer,) = blocks_of(small, Answer)
    assert dict(answer.facts)["Samples"] == "300 training (of 54,000), 6,000 validation, 10,000 test"
