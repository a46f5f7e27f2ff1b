"""A number to predict: how targets are read, how rows are drawn apart by them, and what cannot be predicted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from cli import app
from study.data.check import describe
from study.data.loading import load_dataset
from study.data.splits import draw_sample, parts
from study.design.source import data_spec
from study.errors import DataError, SpecError
from study.records.sources import DataSource

TARGETS = np.array([0.1, 1e-17 + 1.1, 2.675, -3.3, 1 / 3, 1e9 + 1 / 7, 7.0, 0.30000000000000004] * 10)


def table(folder: Path, targets: object = TARGETS, **columns: object) -> Path:
    """A table with a target and as many rows of a feature."""
    frame = pd.DataFrame({"x": np.arange(len(targets)) % 7, **columns, "price": targets})  # type: ignore[arg-type]
    frame.to_csv(folder / "t.csv", index=False)
    return folder / "t.csv"


def source(path: Path, **more: object) -> DataSource:
    target = None if path.suffix == ".npz" else "price"
    return DataSource(str(path), target=target, task="regression", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["csv", "parquet", "npz"])
def test_targets_are_read_to_the_last_digit_from_every_kind_of_file(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"t.{kind}"
    frame = pd.DataFrame({"x": np.arange(80) % 7, "price": TARGETS})
    if kind == "csv":
        frame.to_csv(path, index=False)
    elif kind == "parquet":
        frame.to_parquet(path)
    else:
        np.savez(path, x=frame[["x"]], y=TARGETS)
    data = load_dataset(source(path, scheme="folds"))
    assert data.y.dtype == np.float64
    assert data.y.tolist() == TARGETS.tolist()
    assert (data.task, data.labels, data.outputs) == ("regression", (), 1)


def test_folds_test_every_row_once_and_share_out_small_and_large_targets(tmp_path: Path) -> None:
    targets = np.random.default_rng(0).lognormal(size=203)
    data = load_dataset(source(table(tmp_path, targets), scheme="folds"))
    tested = [parts(data, seed=1, replicate=r, validation=0.1)[2] for r in range(5)]
    assert sorted(np.concatenate(tested)) == list(range(203))
    median = np.median(targets)
    for rows in tested:
        assert 0.4 < (targets[rows] > median).mean() < 0.6


@pytest.mark.parametrize("samples", [2, 3, 7, 50, None])
def test_subsets_of_any_size_hold_the_targets_of_their_rows(samples: int | None, tmp_path: Path) -> None:
    data = load_dataset(source(table(tmp_path), scheme="holdout"))
    sample = draw_sample(data, seed=0, replicate=3, validation=0.1, samples=samples, label_noise=0.0)
    assert sample.y.tolist() == data.y[sample.rows].tolist()
    assert samples is None or sample.sizes[0] == samples
    assert len(set(sample.rows.tolist())) == len(sample.rows)


def test_groups_stay_together_and_later_rows_are_tested(tmp_path: Path) -> None:
    path = table(tmp_path, np.arange(80.0), patient=np.arange(80) // 4, day=np.arange(80)[::-1])
    of_groups = load_dataset(source(path, scheme="folds", group="patient", drop=("day",)))
    for replicate in range(5):
        train, held, test = (set(rows // 4) for rows in parts(of_groups, seed=0, replicate=replicate, validation=0.2))
        assert not train & held and not train & test and not held & test
    in_time = load_dataset(source(path, scheme="folds", time="day", drop=("patient",)))
    train, held, test = parts(in_time, seed=0, replicate=2, validation=0.2)
    assert in_time.times is not None
    assert in_time.times[train].max() < in_time.times[held].min() <= in_time.times[held].max()
    assert in_time.times[held].max() < in_time.times[test].min()


def test_an_own_test_file_is_what_all_replicates_test(tmp_path: Path) -> None:
    path = table(tmp_path)
    pd.DataFrame({"x": [1, 2], "price": [5.5, 1e6]}).to_csv(tmp_path / "later.csv", index=False)
    data = load_dataset(source(path, test=str(tmp_path / "later.csv")))
    assert data.y[data.training :].tolist() == [5.5, 1e6]


BROKEN: dict[str, tuple[object, list[str]]] = {
    "gap": ([1.5, None, 3.0] * 9, ["a target in every row", "9 of 27", "row 2 is the first"]),
    "infinite": ([1.5, np.inf, 3.0] * 9, ["finite targets", "inf in row 2", "9 such rows"]),
    "huge": ([1.5, 1e31, 3.0] * 9, ["up to 1e+30", "another unit"]),
    "constant": ([2.5] * 20, ["targets that differ", "2.5 in every row"]),
    "words": (["cheap", "dear"] * 10, ["numbers to predict", "'cheap'", "task=classification"]),
    "truth values": ([True, False] * 10, ["numbers to predict", "'True'", "task=classification"]),
    "too many digits": (["9007199254740993", "1"] * 10, ["float64 holds", "9007199254740993"]),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_target_that_cannot_be_predicted_is_one_line(what: str, tmp_path: Path) -> None:
    targets, words = BROKEN[what]
    with pytest.raises(DataError) as error:
        load_dataset(source(table(tmp_path, targets), scheme="folds"))
    assert "\n" not in str(error.value)
    for word in (*words, "price"):
        assert word in str(error.value), error.value


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (["network.label_noise=0.2"], ["label_noise", "a regression has none"]),
        (["network.loss=cross-entropy"], ["cross-entropy", "Expected mse, mae, huber"]),
        (["space.loss=['mae', 'cross-entropy']"], ["cross-entropy", "Expected mse, mae, huber"]),
        (["task=classification", "network.loss=mae"], ["mae", "classification"]),
    ],
)
def test_what_does_not_go_with_a_regression_is_said(settings: list[str], words: list[str], tmp_path: Path) -> None:
    with pytest.raises(SpecError) as error:
        data_spec(str(table(tmp_path)), ["task=regression", "data.target=price", *settings])
    for word in words:
        assert word in str(error.value), error.value


def test_a_regression_needs_data_of_ones_own() -> None:
    with pytest.raises(SpecError, match=r"mnist.*needs data of your own"):
        data_spec("mnist", ["task=regression"])


def test_a_regression_trains_on_squared_error_unless_asked(tmp_path: Path) -> None:
    asked = ["task=regression", "data.target=price"]
    spec = data_spec(str(table(tmp_path)), asked)
    assert spec.network.loss == "mse"
    assert data_spec(str(table(tmp_path)), [*asked, "network.loss=huber"]).network.loss == "huber"


def test_data_check_offers_regression_and_describes_a_target(tmp_path: Path) -> None:
    whole = table(tmp_path, np.repeat(np.arange(30), 4) * 3)
    said = CliRunner().invoke(app, ["data", "check", str(whole), "--target", "price"])
    assert said.exit_code == 0
    assert "30 different whole numbers from 0 to 87: this looks like regression" in said.output
    assert "--set task=regression" in said.output
    amounts = CliRunner().invoke(app, ["data", "check", str(table(tmp_path)), "--target", "price"])
    assert amounts.exit_code == 2
    assert "this looks like regression" in amounts.output
    found = describe(load_dataset(source(whole, scheme="folds")), 0.1, 0)
    assert found.target is not None
    assert found.classes == ()


def test_targets_far_out_are_noted(tmp_path: Path) -> None:
    tame = np.random.default_rng(0).normal(size=200)
    for targets, said in ((tame, False), (np.append(tame, 100.0), True)):
        notes = describe(load_dataset(source(table(tmp_path, targets), scheme="folds")), 0.1, 0).notes
        assert any("Targets far out" in note for note in notes) is said
