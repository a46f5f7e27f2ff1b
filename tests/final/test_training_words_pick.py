"""A final network keeps the words it was trained with: in its script, its weights, and in how its rate falls."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from depthgauge import Study
from study.data.loading import load_dataset
from study.errors import InputError
from study.final import build_script
from study.final.choose import choose
from study.final.model_input import ModelInput
from study.records.trials import Configuration, Trial
from study.train.trainer import KerasTrainer
from tests.final.picked import SMALL, digits_test

DIGITS = load_dataset("digits")
WORDS: dict[str, dict[str, Any]] = {
    "residual": {
        "hidden": (24, 24), "residual": True, "layer_norm": True, "input_dropout": 0.1, "l1": 1e-5, "max_norm": 3.0,
        "initializer": "he_normal", "label_smoothing": 0.1, "schedule": "cosine", "warmup_epochs": 1,
        "schedule_epochs": 12, "optimizer": "adamw", "learning_rate": 0.01, "weight_decay": 0.01, "clip_norm": 1.0,
    },
    "plateau": {
        "hidden": (24,), "loss": "one-hot-mse", "schedule": "plateau", "decay": 0.5, "decay_epochs": 2,
        "optimizer": "sgd", "learning_rate": 1.0, "momentum": 0.9, "nesterov": True, "class_weights": "balanced",
    },
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("words", WORDS.values(), ids=list(WORDS))
def test_the_script_builds_the_network_and_trains_it_again(tmp_path: Path, words: dict[str, Any]) -> None:
    configuration = Configuration.stack(**{"epochs": 12, "samples": 600, **words})
    trainer = KerasTrainer(DIGITS, seed=3, validation=0.2)
    result = trainer.run(Trial(configuration, 0), keep_weights=True)
    rows = trainer.samples.of(configuration, 0)
    index = rows.index.numpy()
    takes = ModelInput.of(DIGITS, index[: rows.sizes[0]])
    takes.write(tmp_path)
    (tmp_path / build_script.NAME).write_text(build_script.source(configuration, takes, "words", validation=0.2))
    made = runpy.run_path(str(tmp_path / build_script.NAME))

    model = made["build"]()
    model.set_weights(result.weights)
    x, y = digits_test()
    tested = result.trajectory["accuracy"][-1, 2]
    assert (made["answers"](model.predict(x, verbose=0)) == y).mean() == pytest.approx(tested, abs=1e-9)

    trained = made["train"](DIGITS.x[index[: rows.sizes[0]]].reshape(-1, 8, 8), rows.y.numpy()[: rows.sizes[0]])
    again = (made["answers"](trained.predict(x, verbose=0)) == y).mean()
    assert tested > 0.8 and again == pytest.approx(tested, abs=0.06)


def test_a_rate_that_goes_by_validation_is_not_refitted_on_it(tmp_path: Path) -> None:
    network = {"width": 32, "epochs": 12, "samples": 300, "schedule": "plateau", "decay_epochs": 1}
    spec = {**SMALL, "network": network, "space": {"depth": {"values": [1]}}, "replicates": 2}
    study = Study.define(spec, store=str(tmp_path / "studies.db")).run(workers=1)
    chosen = choose(study.stored())
    assert chosen.configuration.evaluate_every == 1  # else no record would tell that it has to fall
    with pytest.raises(InputError, match="goes by the rows held out for validation"):
        study.pick(output=tmp_path / "pick", refit="train+validation")


@pytest.mark.long
def test_a_regression_with_residual_connections_is_picked_and_trained_again(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 5))
    y = 1e4 + 300 * (x[:, 0] + x[:, 1] * x[:, 2]) + 30 * rng.normal(size=400)
    np.savez(tmp_path / "made.npz", x=x, y=y)
    spec = {
        "name": "made", "dataset": str(tmp_path / "made.npz"), "task": "regression", "data": {"scheme": "fixed"},
        "network": {
            "width": 32, "epochs": 40, "residual": True, "layer_norm": True, "schedule": "plateau", "decay_epochs": 3
        },
        "space": {"depth": {"values": [2]}}, "replicates": 2,
    }  # fmt: skip
    final = Study.define(spec, store=str(tmp_path / "s.db")).run(workers=1).pick(output=tmp_path / "pick")
    card = {one["name"]: one["test"] for one in final.card["final"]["metrics"]}
    assert card["rmse"] < 0.6 * y.std()
    made = runpy.run_path(str(final.folder / "build_model.py"))
    model = made["train"](made["reduced"](x), y)
    assert np.sqrt(np.mean((model.predict(made["reduced"](x), verbose=0)[:, 0] - y) ** 2)) < 0.6 * y.std()
