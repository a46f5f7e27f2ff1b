"""The decision threshold of a pick: chosen on validation, written down, and what every answer goes by."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import keras
import numpy as np
import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as theirs

from study.final.final_network import FinalNetwork
from study.final.model_input import ModelInput
from study.final.predict import Predictions, predict
from study.final.threshold import Threshold, choose_threshold
from study.records.metrics import ACCURACY, AVERAGE_PRECISION, BRIER, F1, ROC_AUC
from tests.final.picked import SMALL, run_and_pick
from tests.test_cli import depthgauge


def network(items: int, rate: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (n, 2) of a calibrated network, and labels (n,)."""
    rng = np.random.default_rng(seed)
    labels = (rng.random(items) < rate).astype(int)
    odds = 2 * (2 * (labels - 0.5) + rng.normal(size=items)) + np.log(rate / (1 - rate))
    share = 1 / (1 + np.exp(-odds))
    return np.stack([1 - share, share], axis=1).astype(np.float32), labels


def test_a_rare_class_is_answered_where_that_pays_and_scikit_learn_says_so_too() -> None:
    shares, labels = network(5000, 0.05)
    chosen = choose_threshold(F1, shares, labels, 1)
    assert chosen is not None and chosen.threshold is not None and 0.2 < chosen.threshold.share < 0.4
    assert chosen.value == pytest.approx(theirs.f1_score(labels, chosen.threshold.answers(shares)))
    assert chosen.even == pytest.approx(theirs.f1_score(labels, shares.argmax(1)))
    ranks = choose_threshold(AVERAGE_PRECISION, shares, labels, 1)
    assert ranks is not None and ranks.threshold == chosen.threshold and ranks.metric == "f1"
    balanced = choose_threshold(ROC_AUC, shares, labels, 1)
    assert balanced is not None and balanced.threshold is not None and balanced.threshold.share < 0.15
    assert balanced.metric == "balanced_accuracy"


def test_what_a_calibrated_network_is_best_at_stays_and_few_items_move_nothing() -> None:
    even = choose_threshold(ACCURACY, *network(5000, 0.3), 1)
    assert even is not None and even.threshold is None and even.value == even.even
    moved = [choose_threshold(F1, *network(60, 0.2, seed), 1) for seed in range(40)]
    assert sum(one is not None and one.threshold is not None for one in moved) <= 6


def test_there_is_nothing_to_choose_between_three_classes_or_for_probabilities() -> None:
    shares, labels = network(200, 0.3)
    assert choose_threshold(BRIER, shares, labels, 1) is None
    assert choose_threshold(ACCURACY, np.eye(3)[[0, 1, 2]], np.arange(3), 2) is None
    assert choose_threshold(F1, np.tile([[0.9, 0.1]], (50, 1)), np.zeros(50, int), 1) is None  # no such item


@given(
    shares=st.lists(st.floats(0, 1, width=32), min_size=2, max_size=40),
    seed=st.integers(0, 99),
    metric=st.sampled_from([ACCURACY, F1, ROC_AUC]),
    positive=st.integers(0, 1),
)
def test_whatever_the_network_says_a_threshold_is_one_and_no_worse_on_validation(
    shares: list[float], seed: int, metric: object, positive: int
) -> None:
    said = np.stack([1 - np.array(shares), shares], axis=1).astype(np.float32)
    labels = np.random.default_rng(seed).integers(0, 2, len(shares))
    chosen = choose_threshold(metric, said, labels, positive)  # type: ignore[arg-type]
    if chosen is not None and chosen.threshold is not None:
        assert chosen.threshold.is_whole() and chosen.value > chosen.even


@pytest.fixture(scope="module")
def picked(tmp_path_factory: pytest.TempPathFactory) -> FinalNetwork:
    """Of a table in which one row of twelve is a defaulter, judged by average precision."""
    folder = tmp_path_factory.mktemp("loans")
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3000, 3))
    default = x[:, 0] + x[:, 1] + rng.normal(size=3000) > 2.4
    frame = pandas.DataFrame(x, columns=["debt", "age", "income"]).assign(default=np.where(default, "yes", "no"))
    frame.to_csv(folder / "loans.csv", index=False)
    spec = SMALL | {
        "name": "loans",
        "dataset": str(folder / "loans.csv"),
        "data": {"target": "default", "scheme": "fixed"},
        "metric": "average_precision",
        "metrics": ["f1"],
        "positive": "yes",
        "validation": 0.3,
        "replicates": 2,
        "network": {"width": 8, "epochs": 30},
        "space": {"depth": {"values": [1, 2]}},
    }
    return run_and_pick(folder, spec)[1]


def test_card_model_code_and_prediction_answer_alike(picked: FinalNetwork, tmp_path: Path) -> None:
    told = picked.card["final"]["threshold"]
    assert told["positive"] == "yes" and 0.1 < told["share"] < 0.45 and told["value"] > told["even"]
    rows = pandas.read_csv(picked.folder.parent / "loans.csv").iloc[
        json.loads((picked.folder / "test_rows.json").read_text())
    ]
    x = rows.drop(columns="default").to_numpy(np.float32)
    said = keras.models.load_model(picked.model).predict(x, verbose=0)[:, 1] >= told["share"]
    truth = (rows["default"] == "yes").to_numpy()
    assert picked.card["final"]["confusion"] == theirs.confusion_matrix(truth, said).tolist()
    assert picked.accuracy.mean == (said == truth).mean()
    (f1,) = (one for one in picked.card["final"]["metrics"] if one["name"] == "f1")
    assert f1["test"] == pytest.approx(theirs.f1_score(truth, said)) and f1["validation"] == told["value"]

    rows.drop(columns="default").to_csv(tmp_path / "new.csv", index=False)
    found = predict(picked.folder, tmp_path / "new.csv")
    assert isinstance(found, Predictions) and [label == "yes" for label, _ in found.best] == said.tolist()
    done = depthgauge("predict", str(picked.folder), "new.csv", cwd=tmp_path)
    share = f"{100 * told['share']:.3g} %"
    assert f"answered with 'yes' from a probability of {share} on" in done.stderr
    code = runpy.run_path(str(picked.folder / "build_model.py"))
    shares = keras.models.load_model(picked.model).predict(x, verbose=0)
    assert (code["answers"](shares) == said).all()
    text = (picked.folder / "card.md").read_text("utf-8")
    assert f"'yes' from a probability of {share} on, chosen by F1 on validation" in text
    assert "the study's are those of the likelier label" in text


@pytest.mark.parametrize("change", [{"share": 0.0}, {"share": 1.5}, {"positive": 2}, {"share": "low"}], ids=str)
def test_an_edited_threshold_is_damage(picked: FinalNetwork, tmp_path: Path, change: dict) -> None:
    values = json.loads((picked.folder / "preprocessing.json").read_text("utf-8"))
    assert ModelInput.read(picked.folder).threshold == Threshold(1, values["threshold"]["share"])
    values["threshold"] |= change
    (tmp_path / "preprocessing.json").write_text(json.dumps(values))
    with pytest.raises(Exception, match=r"preprocessing\.json is damaged"):
        ModelInput.read(tmp_path)
