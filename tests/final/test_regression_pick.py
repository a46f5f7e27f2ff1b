"""Numbers to predict, from a table to a network in use: verdict, pick, card, code and predictions."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as theirs
from sklearn.datasets import load_diabetes
from typer.testing import CliRunner

from cli import app
from depthgauge import Study, load_study
from study.analysis.findings import Findings
from study.analysis.replies.study_replies import replies_to
from study.final.final_network import FinalNetwork
from study.final.predict import PredictedNumbers, predict
from tests.conftest import ENGINE
from tests.final.picked import plain_python

RUNNER = CliRunner()


@dataclass(frozen=True)
class Case:
    """A study of a table, its pick, and the folder that both are in."""

    folder: Path
    table: Path
    study: Study
    final: FinalNetwork

    @property
    def card(self) -> dict:
        return json.loads((self.final.folder / "card.json").read_text())


def houses(rows: int = 2000) -> pd.DataFrame:
    """Made-up districts as those of California are: eight features, a skewed value in thousands, half of it noise."""
    rng = np.random.default_rng(4)
    income, age = rng.gamma(4, 1, rows), rng.integers(1, 52, rows)
    rooms, people = rng.normal(5.4, 1.1, rows), rng.lognormal(7, 0.6, rows).round()
    household, latitude, longitude = rng.gamma(9, 0.33, rows), rng.uniform(32, 42, rows), rng.uniform(-124, -114, rows)
    bedrooms = rng.normal(1.1, 0.1, rows)
    coast = np.exp(-np.abs(longitude + 119 + (latitude - 36) * 0.8))
    value = 90 + 38 * income + 60 * coast + 8 * np.sqrt(age) - 15 * (household - 3) + rng.gamma(2, 25, rows)
    return pd.DataFrame(
        {
            "income": income,
            "age": age,
            "rooms": rooms,
            "bedrooms": bedrooms,
            "people": people,
            "household": household,
            "latitude": latitude,
            "longitude": longitude,
            "value": value,
        }
    )


def run_and_pick(folder: Path, frame: pd.DataFrame, target: str, **spec: object) -> Case:
    table = folder / "table.csv"
    frame.to_csv(table, index=False)
    values = {
        "name": "numbers",
        "task": "regression",
        "dataset": str(table),
        "engine": ENGINE,
        "replicates": 5,
        "network": {"width": 32, "epochs": 15},
        "space": {"depth": {"values": [1, 2, 4]}},
    }
    spec["data"] = {"target": target, **dict(spec.get("data", {}))}  # type: ignore[call-overload]
    study = Study.define(values | spec, store=str(folder / "studies.db")).run(workers=2)
    return Case(folder, table, study, study.pick(output=folder / "pick"))


@pytest.fixture(scope="module")
def diabetes(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Progression of diabetes after a year, with a test set that is the same for all."""
    frame = load_diabetes(as_frame=True).frame
    return run_and_pick(tmp_path_factory.mktemp("diabetes"), frame, "target", data={"scheme": "fixed"})


@pytest.fixture(scope="module")
def california(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Values of made-up districts, in folds."""
    return run_and_pick(tmp_path_factory.mktemp("california"), houses(), "value", replicates=5)


def test_plain_keras_gives_the_figures_of_the_card_to_the_digit(diabetes: Case) -> None:
    tested = json.loads((diabetes.final.folder / "test_rows.json").read_text())
    rows = pd.read_csv(diabetes.table).iloc[tested]
    x = rows.drop(columns="target").to_numpy(np.float32)
    said = keras.models.load_model(diabetes.final.model).predict(x, batch_size=500, verbose=0)[:, 0].astype(float)
    expected = {
        "rmse": theirs.root_mean_squared_error(rows["target"], said),
        "mae": theirs.mean_absolute_error(rows["target"], said),
        "r2": theirs.r2_score(rows["target"], said),
    }
    measured = {one["name"]: one["test"] for one in diabetes.card["final"]["metrics"]}
    assert measured == pytest.approx(expected, rel=1e-12)
    with (diabetes.final.folder / "predicted.csv").open() as file:
        written = list(csv.DictReader(file))
    assert [int(one["row"]) for one in written] == tested
    assert [float(one["predicted"]) for one in written] == said.tolist()


def test_the_card_shows_predictions_against_truth_residuals_and_the_worst_rows(diabetes: Case) -> None:
    text = (diabetes.final.folder / "card.md").read_text()
    for heading in ("## Predicted against true", "## Residuals", "## Worst rows"):
        assert heading in text
    assert "accuracy" not in text
    assert "nan" not in text.lower().replace("finance", "")
    residuals = diabetes.card["final"]["residuals"]
    errors = [abs(one["error"]) for one in residuals["worst"]]
    assert errors == sorted(errors, reverse=True)
    assert sum(one["n"] for one in residuals["groups"]) == residuals["n"] == 89
    test = diabetes.final.accuracy
    assert test.mean is not None and test.low is not None and test.high is not None
    assert test.low < test.mean < test.high < 77
    said = RUNNER.invoke(app, ["verdict", "numbers", "--store", str(diabetes.folder / "studies.db")]).output
    assert "RMSE" in said and "accuracy" not in said


def test_predict_writes_numbers_in_the_unit_of_the_target(diabetes: Case) -> None:
    new = diabetes.folder / "new.csv"
    pd.read_csv(diabetes.table).drop(columns="target").head(5).to_csv(new, index=False)
    found = predict(diabetes.final.folder, new)
    assert isinstance(found, PredictedNumbers)
    assert found.numbers.min() > 25 and found.numbers.max() < 346
    told = RUNNER.invoke(app, ["predict", str(diabetes.final.folder), str(new)])
    assert told.exit_code == 0
    lines = [line.split() for line in told.output.strip().splitlines()]
    assert [float(number) for _, number in lines] == pytest.approx(found.numbers.tolist(), abs=0.006)
    as_json = json.loads(RUNNER.invoke(app, ["predict", str(diabetes.final.folder), str(new), "--json"]).output)
    assert [item["number"] for item in as_json["items"]] == found.numbers.tolist()
    refused = RUNNER.invoke(app, ["predict", str(diabetes.final.folder), str(new), "--probabilities"])
    assert refused.exit_code == 2 and "predicts a number" in refused.output


@pytest.mark.long
def test_the_script_trains_the_network_again_without_depthgauge(diabetes: Case) -> None:
    script = diabetes.final.folder / "build_model.py"
    assert "depthgauge" not in script.read_text().replace("depthgauge,", "").split("import keras")[1]
    arguments = (str(script), str(diabetes.table), "--save", "again.keras")
    said = plain_python("", *arguments, cwd=diabetes.folder)
    assert "train RMSE" in said and "MAE" in said
    rmse = float(said.split("train RMSE ")[1].split(",")[0])
    card = {one["name"]: one["train"] for one in diabetes.card["final"]["metrics"]}
    assert rmse == pytest.approx(card["rmse"], rel=0.25)
    assert (diabetes.folder / "again.keras").is_file()


def test_a_table_like_californias_is_studied_in_folds_and_its_pick_learns(california: Case) -> None:
    findings = california.study.verdict()
    assert isinstance(findings, Findings)
    (panel,) = findings.panels
    assert panel.metric.name == "rmse"
    value = pd.read_csv(california.table)["value"]
    assert panel.margin == pytest.approx(0.02 * value.std(ddof=0))
    assert panel.verdict is not None and panel.verdict.margin == panel.margin and "RMSE" in panel.sentence
    final = {one["name"]: one for one in california.card["final"]["metrics"]}
    assert final["r2"]["validation"] > 0.6
    assert final["rmse"]["test"] is None  # no row was sealed
    assert california.card["final"]["residuals"]["part"] == "validation"
    assert 0.2 < california.final.expected.mean / value.std() < 0.65


def test_rows_that_make_most_of_the_squared_error_are_said_to_mislead(california: Case, tmp_path: Path) -> None:
    frame = houses(600)
    far = np.random.default_rng(8).random(len(frame)) < 0.01
    frame["value"] = np.where(far, frame["value"] + 900, frame["value"])
    case = run_and_pick(tmp_path, frame, "value")

    def misleading(study: Study) -> str:
        found = study.verdict()
        assert isinstance(found, Findings)
        (reply,) = [one for one in replies_to(found) if one.question == "What could mislead?"]
        return " ".join(one.text for one in reply.answers)

    assert "One row in a hundred makes" in misleading(case.study)
    assert "One row in a hundred makes" not in misleading(california.study)


def test_what_a_regression_kept_is_exported_and_read_again(california: Case) -> None:
    trials = california.folder / "trials.csv"
    store = str(california.folder / "studies.db")
    done = RUNNER.invoke(app, ["export", "numbers", str(trials), "--store", store])
    assert done.exit_code == 0, done.output
    table = pd.read_csv(trials)
    assert {"train_rmse", "validation_mae", "test_r2"} <= set(table.columns)
    assert np.isfinite(table["test_rmse"]).all()
    again = load_study("numbers", store).verdict()
    assert isinstance(again, Findings)
    before = california.study.verdict()
    assert isinstance(before, Findings) and again.panels[0].sentence == before.panels[0].sentence


def test_wrong_labels_have_no_place_in_a_regression(diabetes: Case) -> None:
    arguments = ["run", "label-noise", "--data", str(diabetes.table), "--target", "target", "--set", "task=regression"]
    refused = RUNNER.invoke(app, arguments)
    assert refused.exit_code == 2
    assert "label_noise: it swaps labels of classes, and a regression has none" in refused.output
