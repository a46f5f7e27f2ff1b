"""The card of a pick that another metric than accuracy decided, held to plain Keras and scikit-learn."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from sklearn import metrics as theirs

from study.data.loading import load_dataset
from study.final.final_network import pick_network
from tests.across.test_metrics_end_to_end import studied
from tests.conftest import built


@built
def test_plain_keras_gives_the_values_of_the_card(tmp_path: Path) -> None:
    study, findings = studied("roc_auc")
    made = pick_network(study, output=tmp_path / "pick")
    data, (pick,) = load_dataset("digits"), findings.picks
    x = data.x[data.training :].reshape(-1, *made.card["network"]["input_shape"])
    shares = np.asarray(keras.models.load_model(made.model).predict(x, verbose=0), float)
    shares /= shares.sum(axis=1, keepdims=True)  # single precision adds up to one nearly
    labels, said = data.y[data.training :], shares.argmax(axis=1)
    told = {one["name"]: one["test"] for one in made.card["final"]["metrics"]}
    assert told == {
        "roc_auc": pytest.approx(theirs.roc_auc_score(labels, shares, multi_class="ovr"), abs=1e-6),
        "macro_f1": pytest.approx(theirs.f1_score(labels, said, average="macro"), abs=1e-6),
        "brier": pytest.approx(theirs.brier_score_loss(labels, shares, labels=range(10)), abs=1e-6),
    }
    assert made.card["study"]["metric"] == "roc_auc"
    assert made.card["study"]["test_accuracy"]["mean"] == pick.accuracy.mean
    text = (tmp_path / "pick" / "card.md").read_text("utf-8")
    assert "ROC AUC to be expected of this choice" in text and "| validation | n |" in text
