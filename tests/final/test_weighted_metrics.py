"""Rows that count in metrics as the data say: in the words of a study, its reference models, its pick and its card."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
from sklearn import metrics as theirs

from depthgauge import Study
from study.analysis.conclude import conclude
from study.analysis.findings import Findings
from study.errors import SpecError, StoreError
from study.final.final_network import FinalNetwork
from study.records.reference_runs import COMMONEST
from study.store import open_store
from tests.final.picked import plain_python

ROWS, TESTED = 500, 200
LOADED = """
import json
import keras
import pandas
table = pandas.read_csv("../new.csv")
model = keras.models.load_model("model.keras")
print(json.dumps(model.predict(table[list("pqrs")].to_numpy("float32"), verbose=0).tolist()))
"""


def table(path: Path, seed: int, rows: int) -> pandas.DataFrame:
    """Rows that stand for more people the harder they are to tell."""
    rng = np.random.default_rng(seed)
    frame = pandas.DataFrame(rng.normal(size=(rows, 4)), columns=list("pqrs"))
    far = frame["p"] + 0.5 * frame["q"] + 0.3 * rng.normal(size=rows)
    frame["people"] = np.round(1 + 30 / (1 + 9 * np.abs(far)))
    frame["answer"] = np.where(far > 0, "yes", "no")
    frame["number"] = far
    frame.to_csv(path, index=False)
    return frame


def spec(folder: Path, **more: Any) -> dict[str, Any]:
    return {
        "name": "weighted",
        "dataset": str(folder / "rows.csv"),
        "data": {"target": "answer", "weight": "people", "test": str(folder / "new.csv"), "drop": ["number"]},
        "weighted_metrics": True,
        "replicates": 3,
        "network": {"width": 12, "epochs": 20},
        "space": {"depth": {"values": [1, 2, 3]}},
    } | more


def findings(folder: Path, name: str) -> Findings:
    found = conclude(open_store(str(folder / "studies.db")).load_own(name))
    assert isinstance(found, Findings)
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weighted")
    table(folder / "rows.csv", 1, ROWS)
    table(folder / "new.csv", 2, TESTED)
    return folder


@pytest.fixture(scope="module")
def picked(folder: Path) -> tuple[Study, FinalNetwork]:
    study = Study.define(spec(folder), store=str(folder / "studies.db")).run(workers=2)
    return study, study.pick(output=folder / "pick")


def test_words_and_documents_say_that_metrics_are_weighted(picked: tuple[Study, FinalNetwork], folder: Path) -> None:
    final, found = picked[1], findings(folder, "weighted")
    assert found.facts.metric.words == "weighted accuracy" and found.facts.watched.words == "weighted cross-entropy"
    assert "weighted accuracy" in found.panels[0].sentence
    assert "In training and in metrics, a row counts as 'people' says" in found.facts.run.parts
    card = (final.folder / "card.md").read_text()
    assert "test weighted accuracy of this network" in card
    assert "In training and in metrics, rows counted as 'people' says" in card


def test_every_figure_of_the_card_is_that_of_the_model_with_the_rows_weights(
    picked: tuple[Study, FinalNetwork], folder: Path
) -> None:
    _, final = picked
    shares = np.array(json.loads(plain_python(LOADED, cwd=final.folder).splitlines()[-1]))
    new = pandas.read_csv(folder / "new.csv")
    said = np.where(shares[:, 1] >= 0.5, "yes", "no")
    threshold = final.card["final"]["threshold"]
    if threshold["share"] != 0.5:
        at = ["no", "yes"].index(threshold["positive"])
        said = np.where(shares[:, at] >= threshold["share"], threshold["positive"], ["yes", "no"][at])
    expected = theirs.accuracy_score(new["answer"], said, sample_weight=new["people"])
    plain = theirs.accuracy_score(new["answer"], said)
    tested = final.card["final"]["test_accuracy"]
    assert tested["mean"] == pytest.approx(expected, abs=1e-6) and tested["mean"] < plain - 0.005
    assert tested["low"] < expected < tested["high"] and tested["n"] == TESTED
    confusion = np.array(final.card["final"]["confusion"])
    assert confusion.sum() == TESTED and confusion.diagonal().sum() == round(plain * TESTED)  # every row once


def test_reference_models_are_measured_as_the_networks_are(picked: tuple[Study, FinalNetwork], folder: Path) -> None:
    stored = open_store(str(folder / "studies.db")).load_own("weighted").references
    runs = [one for one in stored if one.task.model == COMMONEST]
    new = pandas.read_csv(folder / "new.csv")
    shares = new.groupby("answer")["people"].sum() / new["people"].sum()
    assert len(runs) == 3 and len({one.items.block for one in stored if one.items is not None}) > 3
    for run in runs:
        tested = run.values["accuracy"][2]
        assert tested in (pytest.approx(shares["yes"]), pytest.approx(shares["no"]))
        assert run.items is not None and float(run.items.values(TESTED).mean()) == pytest.approx(tested, abs=1e-6)
    (found,) = findings(folder, "weighted").references
    assert {one.scores.test.n for one in found.references} == {3}


def test_the_script_that_trains_again_weighs_what_it_says(picked: tuple[Study, FinalNetwork], folder: Path) -> None:
    final = picked[1]
    said = plain_python("", "build_model.py", str(folder / "rows.csv"), "--save", "again.keras", cwd=final.folder)
    shown = float(said.splitlines()[-1].split()[2].rstrip(","))
    code = LOADED.replace("../new.csv", "../rows.csv").replace("model.keras", "again.keras")
    shares = np.array(json.loads(plain_python(code, cwd=final.folder).splitlines()[-1]))
    rows = pandas.read_csv(folder / "rows.csv")
    right = np.where(shares[:, 1] >= shares[:, 0], "yes", "no") == rows["answer"]
    assert shown == pytest.approx(np.average(right, weights=rows["people"]), abs=1e-4)


def test_a_regression_weighs_its_errors(folder: Path) -> None:
    about = {"target": "number", "weight": "people", "test": str(folder / "new.csv"), "drop": ["answer"]}
    study = Study.define(
        spec(folder, name="numbers", task="regression", data=about), store=str(folder / "studies.db")
    ).run(workers=2)
    final = study.pick(output=folder / "numbers")
    said = np.array(json.loads(plain_python(LOADED, cwd=final.folder).splitlines()[-1]))[:, 0]
    new = pandas.read_csv(folder / "new.csv")
    expected = theirs.root_mean_squared_error(new["number"], said, sample_weight=new["people"])
    (own,) = (one for one in final.card["final"]["metrics"] if one["name"] == "rmse")
    assert own["test"] == pytest.approx(expected, rel=1e-4)
    assert "weighted RMSE" in findings(folder, "numbers").panels[0].sentence


def test_what_cannot_be_is_one_line(picked: tuple[Study, FinalNetwork], folder: Path) -> None:
    with pytest.raises(SpecError, match="nothing says what a row counts"):
        Study.define(spec(folder, data={"target": "answer"}), store=str(folder / "studies.db"))
    with pytest.raises(StoreError, match="was run with weighted_metrics = True, and False would not continue it"):
        Study.define(spec(folder, weighted_metrics=False), store=str(folder / "studies.db")).run(workers=2)
