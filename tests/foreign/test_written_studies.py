"""Studies that other versions of Optuna and KerasTuner wrote, read as these versions read them themselves.

``written/by_optuna.py`` and ``written/by_keras_tuner.py`` made them, once, in environments of their own: several
processes at once, one of them killed in a trial, failures, pruning, conditions and infinite values.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from study.analysis.imported_findings import conclude_imported
from study.foreign.keras_tuner_reader import STATES as TUNER_STATES
from study.foreign.keras_tuner_reader import read_keras_tuner
from study.foreign.optuna_reader import STATES as OPTUNA_STATES
from study.foreign.optuna_reader import read_optuna
from study.records.imported import ForeignStudy, plain

WRITTEN = Path(__file__).parent / "written"
OPTUNA = ["3.6.2", "4.0.0", "5.0.0"]
KERAS_TUNER = ["1.3.5", "1.4.8"]


def said(folder: Path, of: str) -> list[dict[str, Any]]:
    return list(json.loads((folder / "said.json").read_text())[of])


@pytest.fixture(params=OPTUNA)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The database of a version, as SQLite had it."""
    file = tmp_path / f"optuna-{request.param}.db"
    connection = sqlite3.connect(file)
    connection.executescript((WRITTEN / f"optuna-{request.param}" / "study.sql").read_text())
    connection.close()
    return file


def agrees(study: ForeignStudy, told: list[dict[str, Any]]) -> None:
    for ours, theirs in zip(study.trials, told, strict=True):
        value = theirs["value"]
        assert (ours.number, ours.state) == (theirs["number"], OPTUNA_STATES[theirs["state"]])
        assert ours.setting == {name: plain(given) for name, given in theirs["params"].items()}
        assert ours.value == (None if isinstance(value, str) else value)
        assert dict(ours.curve) == {int(step): float(reported) for step, reported in theirs["reported"].items()}


def test_every_trial_of_a_database_is_what_its_optuna_says(database: Path) -> None:
    before = database.read_bytes()
    study = read_optuna(str(database))
    assert study.version == database.stem.removeprefix("optuna-") and database.read_bytes() == before
    agrees(study, said(WRITTEN / database.stem, "study.sql"))
    assert study.count("pruned") and study.count("failed") and study.count("running") == study.count("waiting") == 1
    found = {parameter.name: parameter.condition for parameter in study.parameters}
    assert found["n_layers"] is None and found["n_units_l1"] == ("n_layers", (2, 3))
    assert found["momentum"] == ("optimizer", ("sgd",))


@pytest.mark.parametrize("version", OPTUNA)
def test_every_trial_of_a_journal_is_what_its_optuna_says(version: str) -> None:
    folder = WRITTEN / f"optuna-{version}"
    agrees(read_optuna(str(folder / "journal.log")), said(folder, "journal.log"))


@pytest.mark.parametrize("version", KERAS_TUNER)
@pytest.mark.parametrize("project", ["random", "hyperband", "bayesian"])
def test_every_trial_of_a_project_is_what_its_keras_tuner_says(version: str, project: str) -> None:
    folder = WRITTEN / f"keras_tuner-{version}"
    study = read_keras_tuner(folder / project)
    told = said(folder, project)
    assert (study.objective, study.direction, len(study.trials)) == ("val_loss", "minimize", len(told))
    started = json.loads((folder / project / "oracle.json").read_text())["start_order"]
    for ours, theirs in zip(study.trials, sorted(told, key=lambda one: started.index(one["trial"])), strict=True):
        assert (ours.state, ours.value) == (TUNER_STATES[theirs["status"]], theirs["score"])
        assert ours.setting.items() <= theirs["values"].items()
    assert study.count("failed") and any(trial.state == "complete" and trial.value is None for trial in study.trials)
    assert study.count("running") == (project == "random")
    assert study.budget == ("tuner/epochs" if project == "hyperband" else "")


def test_the_best_of_them_is_named_and_an_infinite_value_is_left_out_aloud(database: Path) -> None:
    findings = conclude_imported(read_optuna(str(database)))
    complete = [one for one in said(WRITTEN / database.stem, "study.sql") if one["state"] == "COMPLETE"]
    finite = [one for one in complete if not isinstance(one["value"], str)]
    best = min(finite, key=lambda one: one["value"])
    infinite = len(complete) - len(finite)
    assert f"in trial {best['number']} with" in findings.sentence
    assert f"best of {len(finite)}" in findings.sentence
    assert (f"Not compared: {infinite} complete trial" in findings.sentence) == bool(infinite)
