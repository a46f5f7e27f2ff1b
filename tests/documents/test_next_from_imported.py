"""The study that is suggested after an imported one: its bounds kept, and what could not be taken over named."""

from __future__ import annotations

import tomllib
from typing import Any

from study.documents.next_from_imported import suggestion_from_imported
from study.records.imported import ForeignStudy, ForeignTrial
from study.records.parameters import Parameter

PARAMETERS = (
    Parameter("units", "int", 32, 128),
    Parameter("num_layers", "int", 1, 3),
    Parameter("use_batch_norm", "choice", values=(True, False)),
    Parameter("optimizer", "choice", values=("Adam", "Lion")),
    Parameter("epochs", "int", 5, 20),
    Parameter("lr", "float", 1e-4, 10.0, log=True),
    Parameter("gamma", "float", 0.0, 1.0),
)
BEST: dict[str, Any] = {
    "units": 32, "num_layers": 2, "use_batch_norm": True, "optimizer": "Adam", "epochs": 9, "lr": 0.01, "gamma": 0.5,
}  # fmt: skip


def suggested() -> tuple[dict[str, Any], str]:
    study = ForeignStudy(
        "s", "Optuna", "4", "s", "acc", "maximize", PARAMETERS, (ForeignTrial(0, BEST, "complete", 1.0),)
    )
    text = suggestion_from_imported(study)
    return tomllib.loads(text)["space"], text


def test_bounds_are_kept_and_a_best_at_the_edge_is_said() -> None:
    space, text = suggested()
    assert (space["width"]["low"], space["width"]["high"]) == (32, 128)
    assert "The best units lay at the lower end" in text


def test_depth_batch_normalisation_and_epochs_are_recognised() -> None:
    space, _ = suggested()
    assert space["depth"]["values"] == [1, 2, 3]
    assert space["batch_norm"]["values"] == [True, False]
    assert (space["epochs"]["low"], space["epochs"]["high"]) == (5, 20)


def test_every_value_without_a_counterpart_is_named() -> None:
    space, text = suggested()
    assert space["optimizer"]["values"] == ["adam"] and "Lion of optimizer: no such optimizer here" in text
    assert space["learning_rate"]["high"] == 1 and "lr went from 0.0001 to 10" in text
    assert "gamma has no counterpart here" in text
