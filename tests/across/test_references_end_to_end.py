"""Reference models through the command: on own data by default, and left out by request."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas
import pytest

import cli
from study.records.reference_runs import REFERENCES
from tests.conftest import ENGINE
from tests.test_cli import depthgauge

SCHEMA = json.loads((Path(cli.__file__).parent / "docs" / "verdict.schema.json").read_text("utf-8"))
COMMAND = ["run", "baseline", "--data", "visits.csv", "--target", "ill", "--name", "s", "--set", f'engine="{ENGINE}"']
SMALL = ["--set", "network.epochs=2", "--set", "network.hidden=[4]", "--set", "replicates=5"]
MODELS = ["the commonest class", "logistic regression", "gradient-boosted trees"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    frame = pandas.DataFrame(rng.normal(size=(200, 4)), columns=list("abcd"))
    frame["ill"] = np.where(frame.a * frame.b + 0.3 * rng.normal(size=200) > 0, "yes", "no")
    frame.to_csv(tmp_path / "visits.csv", index=False)
    return tmp_path


def document(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "depthgauge" / "s" / "verdict.json").read_text("utf-8"))
    jsonschema.validate(found, SCHEMA)
    return found


def test_own_data_are_held_against_reference_models_on_page_terminal_and_in_the_document(folder: Path) -> None:
    done = depthgauge(*COMMAND, *SMALL, "--workers", "2", cwd=folder)
    assert done.returncode == 0, done.stderr
    (found,) = document(folder)["references"]
    assert [model["name"] for model in found["models"]] == MODELS
    trees = found["models"][2]
    assert trees["speaks_of"] == "new data" and trees["difference"]["n"] == 5
    assert trees["difference"]["mean"] == pytest.approx(found["network"]["test"]["mean"] - trees["test"]["mean"])
    assert trees["outcome"] == "worse"  # the product of two columns is nothing that two epochs of 4 units learn
    page = (folder / "depthgauge" / "s" / "report.html").read_text("utf-8")
    for text in (done.stdout, page):
        assert "Is something simpler as good?" in text and "Beside reference models" in text
        assert "Yes: 1x4 is less accurate than gradient-boosted trees" in text
    again = depthgauge(*COMMAND, *SMALL, "--workers", "1", cwd=folder)
    assert "training 15 reference models" in done.stderr and "reference model" not in again.stderr


def test_they_are_left_out_by_request_and_trained_by_a_later_run(folder: Path) -> None:
    done = depthgauge(*COMMAND, *SMALL, "--no-reference", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert document(folder)["references"] == [] and "eference model" not in done.stdout + done.stderr
    assert depthgauge(*COMMAND, *SMALL, cwd=folder).returncode == 0
    assert len(document(folder)["references"]) == 1


def test_data_of_the_program_have_them_by_request_alone(folder: Path) -> None:
    command = ["run", "baseline", "--set", "dataset=digits", "--name", "s", "--set", f'engine="{ENGINE}"', *SMALL[:4]]
    assert depthgauge(*command, "--set", "replicates=1", cwd=folder).returncode == 0
    assert document(folder)["references"] == []
    assert depthgauge(*command, "--set", "replicates=1", "--reference", cwd=folder).returncode == 0
    (found,) = document(folder)["references"]
    assert [model["name"] for model in found["models"]] == MODELS
    assert {model["outcome"] for model in found["models"]} == {"not shown"}  # by one replicate


def test_a_number_is_held_against_its_mean_and_two_that_learn(folder: Path) -> None:
    command = [word if word != "ill" else "a" for word in COMMAND]
    done = depthgauge(*command, *SMALL, "--set", "task=regression", "--set", "data.drop=['ill']", cwd=folder)
    assert done.returncode == 0, done.stderr
    (found,) = document(folder)["references"]
    assert [model["name"] for model in found["models"]] == list(REFERENCES["regression"])
    assert (found["metric"], found["beside"]) == ("rmse", "r2")
    page = (folder / "depthgauge" / "s" / "report.html").read_text("utf-8")
    assert "the mean of the target" in page and "validation R²" in page and "By RMSE, 1x4 is" in page


def test_where_a_class_is_rare_it_is_said_what_each_model_finds_of_it(folder: Path) -> None:
    frame = pandas.read_csv(folder / "visits.csv")
    frame["ill"] = np.where(frame.a + 0.1 * frame.b > 1.0, "yes", "no")
    frame.to_csv(folder / "visits.csv", index=False)
    weights = ["--set", "network.class_weights='balanced'"]
    done = depthgauge(*COMMAND, *SMALL, *weights, "--set", "network.epochs=20", cwd=folder)
    assert done.returncode == 0, done.stderr
    found = document(folder)
    (beside,), (panel,) = found["references"], found["panels"]
    assert beside["rarest"] == "yes"
    yes = next(one for one in panel["pick"]["predictions"]["classes"] if one["label"] == "yes")
    assert beside["network"]["rarest"] == {key: one for key, one in yes.items() if key != "label"}
    commonest, logistic, trees = (model["rarest"] for model in beside["models"])
    assert commonest["recall"]["mean"] == 0 and commonest["precision"]["mean"] is None
    assert min(logistic["recall"]["mean"], trees["recall"]["mean"]) > 0.5
    page = (folder / "depthgauge" / "s" / "report.html").read_text("utf-8")
    for text in (" ".join(done.stdout.split()), page):
        assert "of the test items); logistic regression" in text and "gradient-boosted trees" in text
    assert "Test items of the rarest class" in page
