"""Rows that count more or less than others in the loss: by their class, and by a column of the data."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas
import pytest
from sklearn.utils.class_weight import compute_sample_weight

from study.data.dataset import Dataset
from study.data.loading import load_dataset
from study.design.classes_fit import check_classes
from study.design.source import build_spec
from study.errors import DataError, SpecError
from study.final import build_script
from study.final.model_input import ModelInput
from study.records.sources import DataSource
from study.records.trials import Configuration, Trial
from study.train.draws import orders, start_weights
from study.train.keras_code import class_weights
from study.train.measuring import Parts
from study.train.native.compiled import available
from study.train.native.native_trainer import NativeTrainer
from study.train.trainer import KerasTrainer
from study.train.weights import row_weights
from tests.conftest import built

ROWS, RARE = 600, 0.08
YES_FIVE = (("no", 1.0), ("yes", 5.0))


def parts(labels: list[int], trained: int, weights: list[float] | None = None) -> Parts:
    counted = None if weights is None else np.array(weights)
    return Parts(np.array(labels, np.int32), (trained, 0, len(labels) - trained), ("a", "b", "c"), None, counted)


def configuration(**changes: object) -> Configuration:
    return Configuration.stack((16,), **({"epochs": 3} | changes))  # type: ignore[arg-type]


def bank(folder: Path) -> Path:
    """A table in which eight of a hundred say yes, and whose column ``many`` says how many people a row stands for."""
    rng = np.random.default_rng(1)
    yes = rng.random(ROWS) < RARE
    x = rng.normal(size=(ROWS, 4)) + 1.2 * yes[:, None]
    frame = pandas.DataFrame(x, columns=list("pqrs"))
    frame["many"] = rng.integers(1, 50, ROWS)
    frame["buys"] = np.where(yes, "yes", "no")
    frame.to_csv(folder / "bank.csv", index=False)
    return folder / "bank.csv"


def load(folder: Path, **values: str) -> Dataset:
    return load_dataset(DataSource(str(bank(folder)), target="buys", **values))  # type: ignore[arg-type]


def test_balanced_weights_are_those_of_scikit_learn_by_the_training_rows_alone() -> None:
    labels = [0, 0, 0, 0, 0, 1, 1, 2, 2, 2, 1, 1, 1, 0]
    found = row_weights(configuration(class_weights="balanced"), parts(labels, 10))
    assert found is not None
    assert np.allclose(found[:10], compute_sample_weight("balanced", labels[:10])) and np.isclose(found[:10].mean(), 1)


def test_the_code_that_is_written_for_keras_weighs_classes_as_training_does() -> None:
    y = np.array([0, 0, 0, 0, 0, 1, 1, 2, 2, 2])
    written = class_weights(configuration(class_weights="balanced"), ("a", "b", "c"))
    weights = eval(written, {"np": np, "y": y})
    assert np.allclose([weights[place] for place in y], compute_sample_weight("balanced", y))
    assert class_weights(configuration(class_weights=(("b", 3.0),)), ("a", "b")) == "{0: 1.0, 1: 3.0}"


def test_a_class_that_no_training_row_has_leaves_the_weights_of_the_others_balanced() -> None:
    found = row_weights(configuration(class_weights="balanced"), parts([0, 0, 0, 2, 1], 4))
    assert found is not None and np.allclose(found, [2 / 3, 2 / 3, 2 / 3, 2, 1])


def test_only_the_ratios_of_weights_of_the_data_count_and_class_weights_come_on_top() -> None:
    one, many = (
        row_weights(configuration(class_weights=(("b", 3.0),)), parts([0, 1, 1, 0], 3, [k * 1, k * 2, k * 3, k * 9]))
        for k in (1, 1000)
    )
    assert one is not None and many is not None and np.allclose(one, [0.5, 3, 4.5, 4.5])
    assert np.allclose(one, many) and row_weights(configuration(), parts([0, 1, 1], 2)) is None


def test_a_training_part_that_counts_nothing_is_an_error() -> None:
    with pytest.raises(DataError, match=r"data\.weight: all rows of a training part have the weight 0"):
        row_weights(configuration(), parts([0, 1, 2], 2, [0, 0, 1]))


@pytest.mark.parametrize("weights", ["balanced", YES_FIVE], ids=["balanced", "one each"])
@pytest.mark.parametrize("column", [{}, {"weight": "many"}], ids=["", "and a column"])
def test_both_engines_take_the_steps_that_keras_takes_with_sample_weights(
    tmp_path: Path, weights: object, column: dict[str, str]
) -> None:
    data = load(tmp_path, **column)
    trained = configuration(class_weights=weights, epochs=1, optimizer="sgd", learning_rate=0.05)
    trainer = KerasTrainer(data, seed=3, validation=0.2)
    rows = trainer.samples.of(trained, 0)
    number = rows.sizes[0]
    counted = row_weights(trained, rows.parts)
    assert counted is not None
    model = keras.Sequential(
        [keras.Input((data.inputs,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(2)]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), loss)
    model.set_weights(start_weights(trained, data.inputs, data.outputs, 3, 0))
    x = (data.x[rows.index.numpy()[:number]] - rows.scaling[0].numpy()) / rows.scaling[1].numpy()
    order = next(orders(3, 0, number))
    model.fit(
        x[order], rows.y.numpy()[order], sample_weight=counted[order], batch_size=32, shuffle=False, epochs=1, verbose=0
    )
    ran = [trainer.run(Trial(trained, 0), keep_weights=True)]
    if available():
        ran.append(NativeTrainer(data, seed=3, validation=0.2).run(Trial(trained, 0), keep_weights=True))
    for result in ran:
        for ours, theirs in zip(result.weights, model.get_weights(), strict=True):
            assert np.allclose(ours, theirs, atol=2e-6)


@built
def test_balanced_weights_find_more_of_a_rare_class(tmp_path: Path) -> None:
    data = load(tmp_path)
    found = {}
    for weights in ("none", "balanced"):
        trainer = NativeTrainer(data, seed=0, validation=0.2)
        result = trainer.run(Trial(configuration(class_weights=weights, epochs=10), 0))
        right = result.item_values("accuracy", "last")
        assert right is not None
        rare = data.y[data.training :] == data.labels.index("yes")
        found[weights] = float(right.values(len(rare))[rare].mean())
    assert found["balanced"] > found["none"] + 0.2


@pytest.mark.parametrize("asked", ["none", "balanced", YES_FIVE], ids=str)
def test_the_code_beside_a_pick_counts_rows_and_classes_as_training_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: object
) -> None:
    data = load(tmp_path, weight="many")
    assert data.weights is not None
    takes = ModelInput.of(data, np.arange(len(data.y)))
    takes.write(tmp_path)
    (tmp_path / build_script.NAME).write_text(
        build_script.source(configuration(class_weights=asked), takes, "bank", weight="many")
    )
    made = runpy.run_path(str(tmp_path / "build_model.py"))
    told: dict[str, Any] = {}
    monkeypatch.setattr(keras.Sequential, "fit", lambda self, x, y, **given: told.update(given, y=y))
    (x, y, counts), test = made["read"](str(tmp_path / "bank.csv"), "buys")
    assert test is None and len(x) == ROWS
    made["train"](x, y, counts)
    everything = Parts(told["y"].astype(np.int32), (ROWS, 0, 0), data.labels, None, np.asarray(counts))
    expected = row_weights(configuration(class_weights=asked), everything)
    assert "class_weight" not in told and np.allclose(told["sample_weight"], expected)
    written = pandas.read_csv(tmp_path / "bank.csv")
    assert counts.tolist() == written["many"].tolist()
    made["train"](x, y)  # arrays come without
    assert np.isclose(told["sample_weight"].mean(), 1) or asked == YES_FIVE
    for cell in ("much", "-1"):
        written.assign(many=cell).to_csv(tmp_path / "odd.csv", index=False)
        with pytest.raises(SystemExit, match="column 'many'"):
            made["read"](str(tmp_path / "odd.csv"), "buys")


def test_the_column_of_weights_is_no_feature_and_changed_weights_are_other_data(tmp_path: Path) -> None:
    data = load(tmp_path, weight="many")
    assert data.columns is not None and data.columns.features == tuple("pqrs")
    assert data.weights is not None and data.weights.min() >= 1 and len(data.weights) == ROWS
    frame = pandas.read_csv(tmp_path / "bank.csv")
    again = load_dataset(DataSource(str(tmp_path / "bank.csv"), target="buys", weight="many"))
    frame.assign(many=frame["many"] + 1).to_csv(tmp_path / "other.csv", index=False)
    other = load_dataset(DataSource(str(tmp_path / "other.csv"), target="buys", weight="many"))
    assert again.sha256 == data.sha256 != other.sha256


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["1", "", "2"], "expected a value of column 'many' in every row"),
        (["1", "-2", "2"], "expected numbers from 0 on in column 'many', found -2"),
        (["1", "inf", "2"], "expected numbers from 0 on in column 'many', found inf"),
        (["a few", "2", "1"], "expected numbers in column 'many'"),
        (["0", "0", "0"], "all of column 'many' is 0"),
    ],
)
def test_weights_that_weigh_nothing_are_refused_in_a_line(tmp_path: Path, values: list[str], message: str) -> None:
    rows = "\n".join(f"{place},{values[place % 3]},{'no' if place % 2 else 'yes'}" for place in range(30))
    (tmp_path / "t.csv").write_text(f"p,many,buys\n{rows}\n")
    with pytest.raises(DataError, match=rf"data\.weight: .*{message}"):
        load_dataset(DataSource(str(tmp_path / "t.csv"), target="buys", weight="many"))


def test_a_column_of_weights_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"data\.weight: .*manny.*many"):
        load(tmp_path, weight="manny")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"network": {"class_weights": {"yes": 2, "maybe": 1}}}, r"network\.class_weights: .*maybe"),
        ({"network": {"class_weights": {"yes": 0, "no": 0}}}, r"class_weights: all are 0"),
        ({"network": {"class_weights": {"yes": -1}}}, r"class_weights.*greater than or equal to 0"),
        ({"network": {"class_weights": "uniform"}}, r"class_weights"),
        ({"arms": [{"name": "a"}, {"name": "b", "network": {"class_weights": {"si": 2}}}]}, r"arms\.b\.network.*si"),
        ({"space": {"class_weights": {"values": ["none", {"yes": 2}]}}}, r"space\.class_weights: expected"),
        (
            {"task": "regression", "network": {"class_weights": "balanced"}},
            r"class_weights: a regression has no classes",
        ),
    ],
)
def test_weights_of_unknown_classes_and_weights_that_teach_nothing_are_refused(given: dict, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        check_classes(build_spec({"name": "s", "dataset": "bank.csv", **given}, "here"), ("no", "yes"))


def test_studies_without_weights_keep_their_keys_and_those_with_them_come_back_from_a_store() -> None:
    plain = configuration()
    assert "class_weights" not in plain.to_dict()
    weighted = configuration(class_weights=YES_FIVE)
    assert (
        Configuration.from_dict(weighted.to_dict() | {"class_weights": [list(pair) for pair in YES_FIVE]}) == weighted
    )
    assert len({plain.key, weighted.key, configuration(class_weights="balanced").key}) == 3
