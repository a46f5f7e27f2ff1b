"""What the terminal says of a finished study, and of a running one."""

from __future__ import annotations

import io
from dataclasses import replace

from rich.console import Console

from reports.terminal.live import PlainProgress, Progress
from reports.terminal.trials_text import print_trials
from reports.terminal.verdict_text import print_verdict
from study.analysis.findings import Findings
from study.design.plan import make_plan
from study.design.source import build_spec
from study.store import StoredStudy
from tests.conftest import FACTS, scripted_result, trials_of
from tests.reports import sample_findings as sample
from tests.reports import sample_search as scripted


def said(findings: Findings) -> str:
    out = io.StringIO()
    print_verdict(findings, Console(file=out, width=200))
    return out.getvalue()


def test_the_pick_comes_with_its_accuracy_on_runs_left_out() -> None:
    text = said(sample.default_study())
    assert "54,000 samples: Use 1x128: test accuracy 97.9" in text and "Pick: 2x128 (118,282 parameters)" in text


def test_where_training_fails_the_pick_is_no_recommendation() -> None:
    small = replace(sample.small_panel(), verdict=replace(sample.SHORT, kind="training fails"))
    text = said(sample.findings_of((small,), (sample.pick_of(small, 1),)))
    assert (
        "None can be recommended" in text and "The best of what trained is 2x128." in text and "Use 2x128" not in text
    )


def test_an_axis_without_a_choice_says_why_nothing_is_picked() -> None:
    one = replace(sample.small_panel(), no_pick="nothing to pick: that is a condition")
    assert "Nothing to pick: that is a condition." in said(sample.findings_of((one,), ()))


def test_curves_that_speak_against_the_verdict_have_a_line() -> None:
    one = replace(sample.small_panel(), curves_note="At 12 hidden layers most runs still improve at the end.")
    assert "\nAt 12 hidden layers most runs still improve at the end.\n" in said(sample.findings_of((one,), ()))


def test_two_replicates_are_said_to_be_too_few_in_place_of_a_huge_interval() -> None:
    text = said(sample.findings_of((sample.small_panel(replicates=2),), ()))
    assert "±" not in text.split("architecture")[1] and "Fewer than 3 replicates" in text
    assert "Fewer than 3 replicates" not in said(sample.default_study())


def test_remedies_are_told_for_each_setting() -> None:
    study = sample.remedies_study()
    settings = tuple(replace(study.remedies[0], setting=f"{n} samples") for n in (100, 300))
    text = said(replace(study, remedies=settings))
    assert "Which cure helps, at 12 hidden layers?" in text
    assert "\nOnly dropout 0.3 is shown to help (+3.0 ± 0.6 points of test accuracy); early stopping hurts" in text


def test_an_unfinished_panel_is_called_provisional() -> None:
    assert "54 trials not run yet: all this is provisional." in said(sample.unfinished_study())


def test_trials_of_another_axis_are_told_apart() -> None:
    one = replace(sample.small_panel(), axis="learning_rate", axis_label="learning rate", shapes=False)
    out = io.StringIO()
    print_trials(sample.findings_of((one,), ()).trials, Console(file=out, width=200))
    assert "1x128 at learning rate 1 " in out.getvalue()


def test_a_search_is_summed_up_with_its_advice_and_the_lines_to_copy() -> None:
    text = said(scripted.isolation())
    assert "Search optuna:tpe, 3 searches of 12 trials: 36 tried, 2 failed\n" in text
    assert f"- {scripted.MORE.sentence}\n    [search]\n    trials = 24\n" in text
    assert 'depthgauge suggest "searched" prints the next study with these lines.' in text
    assert "suggest" not in said(scripted.plain_search()) and "Search" not in said(sample.default_study())


def test_what_was_tuned_stands_beside_each_depth() -> None:
    lines = [line for line in said(scripted.isolation()).splitlines() if "patience 5" in line]
    assert [line.split()[0] for line in lines] == ["1", "2", "4"] and all("learning rate" in line for line in lines)
    assert "tuned" not in said(sample.default_study())


def test_candidates_and_a_single_network_have_no_axis() -> None:
    head = next(line for line in said(scripted.plain_search()).splitlines() if "architecture" in line)
    assert head.split()[0] == "candidate"
    head = next(line for line in said(sample.one_trial_study()).splitlines() if "architecture" in line)
    assert head.split()[0] == "architecture"


def test_a_search_that_goes_on_is_all_that_is_said() -> None:
    text = said(scripted.unfinished_search())
    assert "The search goes on: 10 trials so far" in text and "10 tried, 0 failed, 0 of 3 ended" in text


def test_a_running_study_keeps_the_test_set_for_the_verdict() -> None:
    spec = build_spec({"name": "s", "dataset": "digits", "replicates": 1, "space": {"depth": {"values": [1, 2]}}}, "t")
    plan, trials = make_plan(spec), trials_of(spec)
    out = io.StringIO()
    shown = PlainProgress(Progress(plan), Console(file=out, width=200))
    shown.begin(len(trials), StoredStudy(plan, "", FACTS, "", {}), lambda trial: 1.0)
    shown.submitted(trials[0])
    shown.result(scripted_result(trials[0]))
    assert "validation 88.0 %" in out.getvalue() and "test" not in out.getvalue()


def test_a_time_left_is_named_once_some_of_the_work_is_done_and_the_line_fits_the_terminal() -> None:
    spec = build_spec({"name": "s", "dataset": "digits", "replicates": 5, "space": {"depth": {"values": [1, 2]}}}, "t")
    plan, trials = make_plan(spec), trials_of(spec)
    progress, lines = Progress(plan), []
    progress.begin(len(trials), StoredStudy(plan, "", FACTS, "", {}), lambda trial: 1.0)
    for trial in trials:
        progress.submitted(trial)
    for trial in trials:
        progress.add(scripted_result(trial))
        lines.append(progress.line)
    assert not any("left" in line for line in (*lines[:3], lines[-1])) and all("left" in line for line in lines[3:-1])
    assert max(map(len, lines)) <= 80
