"""Rows that count in metrics as the data say: in the words of a study, its reference models, its pick and its card."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
from sklearn import metrics as theirs

from depthgauge import Study
from study.analysis.conclude import conclude
from study.analysis.findings import Findings
from study.analysis.study_pairs import obstacle
from study.analysis.t_intervals import weighted_share_interval, wilson_interval
from study.data.loading import load_dataset
from study.data.splits import draw_sample
from study.design.source import build_spec
from study.errors import DataError, SpecError, StoreError
from study.final.final_network import FinalNetwork
from study.final.threshold import choose_threshold
from study.records.metrics import ACCURACY
from study.records.reference_runs import COMMONEST
from study.records.trials import FINAL_REPLICATE, SEARCH_REPLICATE, Trial
from study.store import open_store
from study.train.engine_choice import trainer_of
from tests.conftest import ENGINE
from tests.final.picked import plain_python

ROWS, TESTED = 500, 200
FINAL: dict[str, Any] = {
    "seed": 0, "replicate": FINAL_REPLICATE, "validation": 0.1, "samples": None, "label_noise": 0.0
}  # fmt: skip
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


def answered(final: FinalNetwork, shares: np.ndarray) -> np.ndarray:
    """The answers to items with these shares (n, 2) of no and yes, with the card's threshold."""
    threshold = final.card["final"]["threshold"]
    positive, other = threshold["positive"], "yes" if threshold["positive"] == "no" else "no"
    at = shares[:, ["no", "yes"].index(positive)]
    return np.where(at >= threshold["share"], positive, other)


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
    said = answered(final, shares)
    expected = theirs.accuracy_score(new["answer"], said, sample_weight=new["people"])
    plain = theirs.accuracy_score(new["answer"], said)
    tested = final.card["final"]["test_accuracy"]
    assert tested["mean"] == pytest.approx(expected, abs=1e-6) and tested["mean"] < plain - 0.005
    assert tested["low"] < expected < tested["high"] and tested["n"] == TESTED
    rows = pandas.read_csv(folder / "rows.csv")
    trained = LOADED.replace("../new.csv", "../rows.csv")
    all_rows = np.array(json.loads(plain_python(trained, cwd=final.folder).splitlines()[-1]))
    right = answered(final, all_rows) == rows["answer"]
    own = final.card["final"]
    parts = [(own["train_accuracy"], own["train_samples"]), (own["validation_accuracy"], own["validation_samples"])]
    sample = draw_sample(load_dataset(build_spec(spec(folder), "test").source), **FINAL)
    for (shown, number), start in zip(parts, (0, parts[0][1]), strict=True):
        part = sample.rows[start : start + number]
        assert shown == pytest.approx(np.average(right[part], weights=rows["people"][part]), abs=1e-5)
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
        assert run.items is not None and float(run.items.values(TESTED, weighted=True).mean()) == pytest.approx(
            tested, abs=1e-6
        )
    (found,) = findings(folder, "weighted").references
    assert {one.scores.test.n for one in found.references} == {3}


def test_the_script_that_trains_again_weighs_what_it_says(picked: tuple[Study, FinalNetwork], folder: Path) -> None:
    final = picked[1]
    said = plain_python("", "build_model.py", str(folder / "rows.csv"), "--save", "again.keras", cwd=final.folder)
    assert said.splitlines()[-1].startswith("train weighted accuracy ")
    shown = float(said.splitlines()[-1].split()[3].rstrip(","))
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


def test_a_search_goes_by_the_weighted_metric(folder: Path) -> None:
    """Two settings are tried; what wins is better on the validation rows as they count."""
    searched = spec(
        folder,
        name="searched",
        replicates=2,
        space={"learning_rate": {"role": "nuisance", "values": [0.0001, 0.03]}},
        search={"trials": 2, "proposer": "optuna:grid"},
        confirm={"replicates": 2, "best": 1},
    )
    Study.define(searched, store=str(folder / "studies.db")).run(workers=2)
    stored = open_store(str(folder / "studies.db")).load_own("searched")
    data = load_dataset(stored.spec.source)
    trainer = trainer_of(ENGINE, data, seed=0, validation=0.1)
    for run in [one for one in stored.results.values() if one.trial.replicate == SEARCH_REPLICATE]:
        plain = trainer.run(Trial(run.trial.configuration, SEARCH_REPLICATE)).trajectory
        weighted = Trial(run.trial.configuration, SEARCH_REPLICATE, metrics=stored.spec.measured)
        assert run.trajectory["accuracy"] == pytest.approx(trainer.run(weighted).trajectory["accuracy"], abs=1e-6)
        assert np.abs(run.trajectory["accuracy"] - plain["accuracy"]).max() > 0.01


def test_folds_weigh_each_their_own_rows(folder: Path) -> None:
    about = {"target": "answer", "weight": "people", "drop": ["number"]}
    folds = spec(folder, name="folds", data=about, replicates=5)
    Study.define(folds, store=str(folder / "studies.db")).run(workers=2)
    stored = open_store(str(folder / "studies.db")).load_own("folds")
    for run in stored.results.values():
        items = run.item_values("accuracy", "last")
        assert items is not None and run.tested is not None
        last = run.trajectory.column("accuracy", "test")[-1]
        assert float(items.values(len(run.tested), weighted=True).mean()) == pytest.approx(last, abs=1e-6)
    found = findings(folder, "folds")
    assert found.panels[0].speaks_of == "new data" and all(
        point.test.low is not None for point in found.panels[0].points
    )


def test_studies_that_count_rows_unlike_are_not_compared(picked: tuple[Study, FinalNetwork], folder: Path) -> None:
    plain = spec(folder, name="plain", weighted_metrics=False)
    Study.define(plain, store=str(folder / "studies.db")).run(workers=2)
    said = obstacle(findings(folder, "plain"), findings(folder, "weighted"))
    assert said.startswith("In metrics, rows of weighted count as their weights say, and every row of plain once")


def test_a_threshold_is_chosen_by_what_rows_count() -> None:
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 2, 400)
    positive = np.clip(0.3 * labels + 0.7 * rng.random(400), 0.01, 0.99)
    weights = np.where(labels == 1, 20.0, 1.0)
    shares = np.stack([1 - positive, positive], axis=1)
    plain, weighted = (choose_threshold(ACCURACY, shares, labels, 1, one) for one in (None, weights))
    assert plain is not None and weighted is not None and weighted.threshold is not None
    answers = weighted.threshold.answers(shares)
    assert weighted.value == pytest.approx(theirs.accuracy_score(labels, answers, sample_weight=weights))
    assert weighted.threshold.share < (0.5 if plain.threshold is None else plain.threshold.share)


@pytest.mark.parametrize(("right", "items"), [(9, 10), (0, 30), (30, 30), (170, 200)])
def test_rows_that_count_alike_have_wilsons_interval(right: int, items: int) -> None:
    answers = np.arange(items) < right
    found, wilson = weighted_share_interval(answers, np.full(items, 7.0)), wilson_interval(right, items)
    assert asdict(found) == pytest.approx(asdict(wilson), abs=1e-12)


@pytest.mark.parametrize("slope", [-1, 0, 1])
def test_the_interval_of_a_weighted_share_holds_the_truth(slope: int) -> None:
    """Of rows that count exponentially, and are harder the more, or the less, they count."""
    rng = np.random.default_rng(8)

    def drawn(number: int) -> tuple[np.ndarray, np.ndarray]:
        counts = rng.exponential(1.0, number)
        return counts, 0.9 + 0.08 * slope * (np.minimum(counts, 2) - 1)

    counts, chances = drawn(1_000_000)
    truth, held = float(np.average(chances, weights=counts)), 0
    for _ in range(600):
        counts, chances = drawn(300)
        right, weights = rng.random(300) < chances, counts / counts.mean()
        share = float(np.average(right, weights=weights))
        found = weighted_share_interval(share + weights * (right - share), counts)
        assert found.low is not None and found.high is not None and found.n == 300
        held += found.low <= truth <= found.high
    assert held >= 0.93 * 600


def test_what_cannot_be_is_one_line(picked: tuple[Study, FinalNetwork], folder: Path) -> None:
    with pytest.raises(SpecError, match="nothing says what a row counts"):
        Study.define(spec(folder, data={"target": "answer"}), store=str(folder / "studies.db"))
    with pytest.raises(StoreError, match="was run with weighted_metrics = True, and False would not continue it"):
        Study.define(spec(folder, weighted_metrics=False), store=str(folder / "studies.db")).run(workers=2)
    pandas.read_csv(folder / "new.csv").drop(columns="people").to_csv(folder / "bare.csv", index=False)
    about = {"target": "answer", "weight": "people", "test": str(folder / "bare.csv"), "drop": ["number"]}
    with pytest.raises(DataError, match="expected the columns of the training part, but there is no 'people'"):
        load_dataset(build_spec(spec(folder, data=about), "test").source)
    assert load_dataset(build_spec(spec(folder, data=about, weighted_metrics=False), "test").source).weights is not None
