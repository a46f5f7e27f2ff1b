"""``import depthgauge``: what a notebook user can hold in the head."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import depthgauge
from depthgauge import Study, load_study, write_report
from study import words
from study.design.plan import make_plan
from study.errors import InputError
from study.store import open_store
from tests.conftest import FACTS, scripted_result, trials_of

NAMES = [
    "Study",
    "classes_figure",
    "curves_figure",
    "depth_figure",
    "diagnose",
    "differences_figure",
    "gap_figure",
    "history_figure",
    "importance_figure",
    "load_study",
    "map_figure",
    "parallel_figure",
    "pick_figure",
    "remedies_figure",
    "search_figure",
    "write_report",
]
SPEC = {"name": "deep", "dataset": "digits", "replicates": 4, "space": {"depth": {"values": [1, 2, 3, 4]}}}


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A study of which everything has run."""
    monkeypatch.chdir(tmp_path)
    made = Study.define(SPEC)
    made.store.begin(make_plan(made.spec), "hash", FACTS)
    made.store.record("deep", *(scripted_result(trial, test_items=360) for trial in trials_of(made.spec)))
    return made


def test_its_names_are_these_and_dir_shows_them() -> None:
    assert dir(depthgauge) == sorted(NAMES)
    assert all(callable(getattr(depthgauge, name)) for name in NAMES)
    with pytest.raises(AttributeError, match="no attribute 'verdict'"):
        depthgauge.verdict  # noqa: B018


def test_importing_it_loads_no_engine_and_no_drawing() -> None:
    heavy = ("tensorflow", "keras", "optuna", "plotly", "sklearn", "ray", "pandas")
    code = f"import sys, depthgauge; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_names_that_moved_still_work_and_say_where_they_are() -> None:
    import study as rooms

    with pytest.warns(DeprecationWarning, match=r"study\.Study is now depthgauge\.Study"):
        assert rooms.Study is Study
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        assert rooms.load_study is load_study


def test_what_a_notebook_prints_is_short(study: Study) -> None:
    findings = study.verdict()
    assert repr(study).count("\n") == 0 and "'deep'" in repr(study)
    assert len(repr(findings).splitlines()) < 5 and findings.sentence in repr(findings)
    assert all(len(repr(one)) < 200 for one in (study.stored(), study.plan()))
    page = findings._repr_html_()
    assert page.count("<tr>") == 1 + 4 and findings.panels[0].sentence in page


def test_a_study_plans_reports_and_exports_itself(study: Study) -> None:
    assert study.plan().most == 16
    report = study.report()
    assert report == Path("depthgauge/deep/report.html") and report.with_name("verdict.json").exists()
    assert study.export("deep.csv") == 16 * 3 and Path("deep.csv").exists()
    assert write_report(study.verdict(), "own.html") == Path("own.html")
    assert load_study("deep").verdict().sentence == study.verdict().sentence
    with pytest.raises(InputError, match="searches nothing"):
        study.suggest()


def test_an_output_of_python_replaces_nothing_that_is_not_its_own(study: Study) -> None:
    notes = Path("notes.csv")
    notes.write_text("mine")
    with pytest.raises(InputError, match="no earlier run of depthgauge has written it"):
        study.export(notes)
    assert notes.read_text() == "mine"
    assert study.export(notes, force=True) == study.export(notes) == 16 * 3
    with pytest.raises(InputError, match="the study's own store"):
        study.report(study.store.database.file, force=True)


def test_an_imported_study_is_found_again_under_its_name(study: Study) -> None:
    with pytest.raises(InputError, match="no study 'other'"):
        load_study("other")
    assert [line.name for line in open_store().list()] == ["deep"]


def test_errors_speak_of_arguments_in_python_and_of_options_on_the_command_line(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match=r"--margin: expected"):
        study.pick(margin=2.0)
    monkeypatch.setattr(words, "_on_command_line", False)
    with pytest.raises(InputError, match=r"margin=: expected"):
        study.pick(margin=2.0)
    with pytest.raises(InputError, match=r"Name another place with store="):
        Study.define(SPEC, store="/dev/null/studies.db")
