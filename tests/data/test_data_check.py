"""What can mislead a study is found and said, and what is fine is not spoken of."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import numpy as np
import pandas
import pytest
from typer.testing import CliRunner

import cli
from study.data.check import data_notes, describe
from study.data.dataset import Dataset, make_dataset
from study.data.loading import load_dataset
from study.records.sources import DataSource

RNG = np.random.default_rng(0)


def rows(count: int, features: int = 3) -> np.ndarray:
    return RNG.random((count, features)).astype(np.float32)


def dataset(x: np.ndarray, y: np.ndarray, x_test: np.ndarray, y_test: np.ndarray) -> Dataset:
    return make_dataset("made", x, y, x_test, y_test, scale=None, labels=("a", "b", "c"))


def said(found: Dataset) -> tuple[str, ...]:
    return tuple(note.text for note in data_notes(found))


def abc(count: int) -> np.ndarray:
    return np.arange(count) % 3


@pytest.mark.parametrize("name", ["mnist", "digits"])
def test_clean_data_give_nothing_to_say(name: str) -> None:
    assert data_notes(load_dataset(name)) == ()
    assert data_notes(dataset(rows(30), abc(30), rows(9), abc(9))) == ()


def test_copies_across_the_parts_within_them_and_in_conflict_are_counted() -> None:
    x, x_test = rows(30), rows(9)
    x[10] = x[12] = x[0]  # with the labels 1, 0 and 0
    x_test[:2] = x[3], x[4]  # with the same labels
    across, inside, conflict = said(dataset(x, abc(30), x_test, abc(9)))
    assert "2 of 9 test rows" in across and "by heart" in across
    assert "2 of 30 rows" in inside
    assert "Conflicting labels" in conflict and "3 rows" in conflict


def test_uneven_classes_and_labels_of_one_side_are_named() -> None:
    y = np.array([0] * 28 + [1] * 2)
    uneven, lost, new = said(dataset(rows(30), y, rows(10), np.array([0] * 9 + [2])))
    assert "28 training rows of 'a', 2 of 'b'" in uneven and "'a' is right in 90.0 %" in uneven
    assert "'c' is in the test set, but not in the training part" in lost
    assert "'b' is in the training part, but not in the test set" in new


def test_features_that_never_change_are_counted_in_rows_but_not_in_images() -> None:
    x, x_test = rows(30, 4), rows(9, 4)
    x[:, 1] = 5
    assert said(dataset(x, abc(30), x_test, abc(9))) == ("Constant in the training part: 1 of 4 features.",)
    assert data_notes(dataset(x.reshape(30, 2, 2), abc(30), x_test.reshape(9, 2, 2), abc(9))) == ()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    frame = pandas.DataFrame(rows(60), columns=["p", "q", "r"])
    frame["city"] = ["Rome", "Oslo", "Bonn"] * 20
    frame["same"], frame["word"], frame["void"] = 7, "w", np.nan
    frame["number"] = range(60)
    frame["label"] = ["yes", "no"] * 30
    test = frame.copy()
    test[["p", "q", "r"]] += 1
    test.loc[:3, "city"] = "Paris"
    frame.loc[:5, "q"] = np.nan
    frame.loc[:1, "city"] = None
    test["number"] += 60
    frame.to_csv(tmp_path / "train.csv", index=False)
    test.to_csv(tmp_path / "test.csv", index=False)
    return tmp_path


def test_a_table_is_described_column_by_column(table: Path) -> None:
    source = DataSource(str(table / "train.csv"), target="label", test=str(table / "test.csv"))
    found = describe(load_dataset(source), 0.1, 0)
    assert (found.rows, found.sizes) == (120, (54, 6, 60))
    missing, unknown, counter, constant = found.notes
    assert "'q' 6 (5.0 %)" in missing and "'city' 2" in missing and "'void' 120 (100.0 %)" in missing
    assert "'city' in 4 test rows" in unknown
    assert "'number'" in counter and """'data.drop=["number"]'""" in counter
    assert all(f"'{name}'" in constant for name in ("same", "word", "void")) and "'p'" not in constant
    columns = {one.name: (one.kind, one.features, one.missing) for one in found.columns}
    assert columns["city"] == ("categorical", 4, 2) and columns["q"] == ("numeric", 1, 6)


def test_an_identifier_with_gaps_in_any_order_is_noted_and_repeated_numbers_are_not(tmp_path: Path) -> None:
    frame = pandas.DataFrame({"id": 1001 + 3 * RNG.permutation(60), "age": np.arange(60) % 50, "p": rows(60)[:, 0]})
    frame.assign(label=["yes", "no"] * 30).to_csv(tmp_path / "people.csv", index=False)
    (note,) = said(load_dataset(DataSource(str(tmp_path / "people.csv"), target="label")))
    assert note.startswith("'id': whole numbers") and """'data.drop=["id"]'""" in note


def test_the_command_prints_the_same_for_people_and_for_programs(table: Path) -> None:
    arguments = ["data", "check", "train.csv", "--target", "label", "--set", "data.test=test.csv"]
    with contextlib.chdir(table):
        shown = CliRunner().invoke(cli.app, arguments)
        document = json.loads(CliRunner().invoke(cli.app, [*arguments, "--json"]).stdout)
    assert shown.exit_code == 0
    for words in ("54 to train on, 6 for validation, 60 for testing", "categorical", *document["notes"]):
        assert words in shown.stdout
    assert document["classes"] == [
        {"name": "no", "training": 30, "test": 30},
        {"name": "yes", "training": 30, "test": 30},
    ]
