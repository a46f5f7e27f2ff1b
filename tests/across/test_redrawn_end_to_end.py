"""Studies whose replicates test rows of their own, through the command to the page."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas
import pytest

from depthgauge import Study, load_study
from study.analysis.conclude import conclude
from study.analysis.findings import Findings
from study.errors import StoreError
from study.records.trials import SEARCH_REPLICATE
from study.store import StoredStudy
from tests.conftest import ENGINE
from tests.test_cli import depthgauge

ROWS = 203
LEAN = ("--workers", "1", "--no-reference")
STUDY = f"""
name = "visits"
dataset = "visits.csv"
replicates = 6
baseline = "4"
engine = "{ENGINE}"
[data]
target = "ill"
drop = ["day", "patient"]
[network]
width = 8
epochs = 4
[space.depth]
values = [1, 2, 3]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(ROWS, 4))
    frame = pandas.DataFrame(x, columns=list("abcd"))
    frame["patient"] = rng.permutation(np.arange(ROWS) // 5)
    frame["day"] = pandas.date_range("2024-01-01", periods=ROWS).strftime("%Y-%m-%d")
    frame["ill"] = np.where(x[:, 0] + rng.normal(size=ROWS) > 0, "yes", "no")
    frame.to_csv(tmp_path / "visits.csv", index=False)
    (tmp_path / "study.toml").write_text(STUDY)
    return tmp_path


def test_own_data_are_tested_in_folds_from_the_table_to_the_page(folder: Path) -> None:
    command = ["run", "study.toml", *LEAN]
    done = depthgauge(*command, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "Folds come in whole repeats of 5: 10 replicates in place of 6." in done.stderr
    document = json.loads((folder / "depthgauge" / "visits" / "verdict.json").read_text())
    assert document["scheme"] == "folds" and document["panels"][0]["replicates"] == 10
    page = (folder / "depthgauge" / "visits" / "report.html").read_text("utf-8")
    assert "5 folds, repeated twice: every row is tested twice." in page
    assert "10 replicates in place of 6" in page and "sealed" not in page

    study = load_study("visits", str(folder / "depthgauge" / "studies.db"))
    results = study.store.load_own("visits").results.values()
    times = np.zeros(ROWS, int)
    for result in results:
        assert result.tested is not None
        times[result.tested] += 1
    assert set(times) == {2 * 4}  # repeats, networks
    by_replicate = {(r.trial.replicate, r.tested.tobytes()) for r in results if r.tested is not None}
    assert len(by_replicate) == 10  # all networks of a replicate test the same rows

    shown = depthgauge("show", "visits", cwd=folder)
    assert "every row is tested twice" in shown.stdout and 'scheme = "folds"' in shown.stdout
    assert depthgauge("export", "visits", "rows.csv", "--tested-rows", cwd=folder).returncode == 0
    with (folder / "rows.csv").open() as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 2 * ROWS and set(lines[0]) == {"replicate", "row"}
    again = depthgauge(*command, cwd=folder)
    assert again.returncode == 0 and "40 of them already in the store" in again.stderr


def test_a_pick_under_folds_trains_on_all_rows_and_says_that_none_was_sealed(folder: Path) -> None:
    trained = depthgauge("run", "study.toml", "--set", "network.epochs=30", *LEAN, cwd=folder)
    assert trained.returncode == 0, trained.stderr
    done = depthgauge("pick", "visits", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "all rows but those for validation" in done.stderr and "no row was sealed" in done.stdout
    card = json.loads((folder / "depthgauge" / "visits" / "pick" / "card.json").read_text())
    assert card["final"]["train_samples"] + card["final"]["validation_samples"] == ROWS
    assert card["final"]["test_accuracy"]["mean"] is None and card["study"]["test_accuracy"]["n"] == 10
    text = (folder / "depthgauge" / "visits" / "pick" / "card.md").read_text("utf-8")
    assert "No row was sealed" in text and "every row is tested twice" in text


def test_studies_that_test_other_rows_are_not_compared(folder: Path) -> None:
    few = [*LEAN, "--set", "replicates=2", "--set", "network.epochs=1"]
    assert depthgauge("run", "study.toml", *few, cwd=folder).returncode == 0
    fixed = depthgauge("run", "study.toml", "--name", "fixed", "--set", 'data.scheme="fixed"', *few, cwd=folder)
    assert fixed.returncode == 0, fixed.stderr
    refused = depthgauge("report", "visits", "fixed", cwd=folder)
    assert refused.returncode == 2 and "5 folds; one fixed test part" in refused.stderr
    other = depthgauge("run", "study.toml", "--set", 'data.scheme="holdout"', *few, cwd=folder)
    assert other.returncode == 2 and "scheme = 'folds', and 'holdout' would not continue it" in other.stderr


def test_a_single_search_has_rows_to_itself_that_no_replicate_tests(folder: Path) -> None:
    settings = ["--set", "searches=1", "--set", "space.learning_rate={role='nuisance', low=1e-3, high=1e-1, log=true}"]
    settings += ["--set", "search.trials=2", "--set", "space.depth=[1, 2]", "--set", "baseline=4"]
    done = depthgauge("run", "study.toml", *settings, *LEAN, cwd=folder)
    assert done.returncode == 0, done.stderr
    study = load_study("visits", str(folder / "depthgauge" / "studies.db")).store.load_own("visits")
    assert "every row but the 101 that searches see is tested twice" in study.facts.parts
    tested = {replicate: result.tested for (_, replicate), result in study.results.items()}
    reported = [rows for replicate, rows in tested.items() if replicate != SEARCH_REPLICATE and rows is not None]
    assert len(reported) == 10
    search = tested[SEARCH_REPLICATE]
    assert search is not None and set(np.concatenate(reported)) == set(search) and len(search) == 102


def test_a_search_inside_each_fold_sees_no_row_that_its_winner_is_tested_on(folder: Path) -> None:
    settings = [
        "--set",
        "space.learning_rate={role='nuisance', low=1e-3, high=1e-1, log=true}",
        "--set",
        "replicates=5",
    ]
    settings += ["--set", "search.trials=5", "--set", "space.depth=[1, 2]", "--set", "network.epochs=2"]
    planned = depthgauge("plan", "study.toml", *settings, cwd=folder)
    assert "5 searches a cell, one inside each replicate" in planned.stdout
    done = depthgauge("run", "study.toml", *settings, *LEAN, cwd=folder)
    assert done.returncode == 0, done.stderr
    study = load_study("visits", str(folder / "depthgauge" / "studies.db")).store.load_own("visits")
    tested = {replicate: set(result.tested) for (_, replicate), result in study.results.items()}
    assert len(tested) == 10 and len(set.union(*map(set, tested.values()))) == ROWS
    assert all(tested[SEARCH_REPLICATE + replicate] == tested[replicate] for replicate in range(5))
    more = depthgauge("run", "study.toml", *settings, "--set", "replicates=10", *LEAN, cwd=folder)
    assert more.returncode == 2 and "10 searches of each cell share 5 trials" in more.stderr


@pytest.mark.parametrize(
    ("column", "said"), [("group", "Rows of one 'patient' are in one part."), ("time", "5 windows in time")]
)
def test_groups_and_times_are_kept_apart_and_planned(folder: Path, column: str, said: str) -> None:
    name, other = ("patient", "day") if column == "group" else ("day", "patient")
    kept = ["--set", f'data.{column}="{name}"', "--set", f'data.drop=["{other}"]', "--set", "network.epochs=1"]
    planned = depthgauge("plan", "study.toml", *kept, cwd=folder)
    assert planned.returncode == 0 and said in planned.stdout and "10 replicates in place of 6" in planned.stdout
    checked = depthgauge("data", "check", "visits.csv", "--target", "ill", *kept[:4], cwd=folder)
    assert checked.returncode == 0 and said in checked.stdout
    done = depthgauge("run", "study.toml", *kept, "--set", "replicates=5", *LEAN, cwd=folder)
    assert done.returncode == 0, done.stderr
    frame = pandas.read_csv(folder / "visits.csv")
    study = load_study("visits", str(folder / "depthgauge" / "studies.db")).store.load_own("visits")
    for result in study.results.values():
        assert result.tested is not None
        inside, outside = frame.loc[result.tested, name], frame.drop(result.tested)[name]
        if column == "group":
            assert not set(inside) & set(outside)
        else:
            assert result.tested.min() > 33


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (["data.test='later.csv'", "data.scheme='folds'"], "data.test names a test set. Remove one of them"),
        (["data.time='day'", "data.scheme='holdout'"], "With data.time, choose"),
        (["data.time='day'", "data.group='patient'"], "Remove one of them"),
        (["data.folds=1"], "data.folds"),
        (["data.test_share=0.3"], "test_share says nothing here"),
        (["data.group='patient'", "data.folds=90", "data.drop=['day']"], "at least as many groups"),
        (["validation=0.001"], "leaves"),
    ],
)
def test_what_cannot_be_drawn_is_one_line_and_a_wrong_input(folder: Path, settings: list[str], words: str) -> None:
    given = [word for one in ["replicates=90", *settings] for word in ("--set", one)]
    done = depthgauge("run", "study.toml", *given, cwd=folder)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1, done.stderr
    assert words in done.stderr


@pytest.mark.parametrize("scheme", ["fixed", "folds"])
def test_rows_that_are_alike_in_groups_make_intervals_wider(tmp_path: Path, scheme: str) -> None:
    rng = np.random.default_rng(0)
    visits = 12
    kind = np.repeat(rng.random(30) < 0.5, visits)  # of each patient, which nothing but luck tells of a new one
    frame = pandas.DataFrame(rng.normal(size=(30 * visits, 4)), columns=list("abcd"))
    frame["patient"] = np.repeat(np.arange(30), visits)
    frame["ill"] = np.where(kind ^ (rng.random(30 * visits) < 0.1), "yes", "no")
    frame.to_csv(tmp_path / "visits.csv", index=False)
    spec = {
        "name": "visits",
        "dataset": str(tmp_path / "visits.csv"),
        "replicates": 10,
        "engine": ENGINE,
        "data": {"target": "ill", "group": "patient", "scheme": scheme},
        "network": {"width": 8, "epochs": 3},
        "space": {"depth": {"values": [1, 2, 3]}},
    }
    stored = Study.define(spec, store=str(tmp_path / "studies.db")).run(workers=1, reference=False).stored()
    assert isinstance(stored, StoredStudy)
    tested = stored.facts.test_samples if scheme == "fixed" else 30 * visits
    assert len(stored.facts.groups) == tested and len(set(stored.facts.groups)) > 1

    def widths(groups: tuple[int, ...]) -> list[float]:
        found = conclude(replace(stored, facts=replace(stored.facts, groups=groups)))
        assert isinstance(found, Findings)
        return [point.test.half_width or 0.0 for point in found.panels[0].points]

    for grouped, alone in zip(widths(stored.facts.groups), widths(()), strict=True):
        assert grouped > alone
    with pytest.raises(StoreError, match="groups"):
        widths((0, 1, 2))
