"""The columns of a table that say which rows belong together and which come later."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas
import pytest

from study.data.dataset import Dataset
from study.data.loading import load_dataset
from study.data.splits import parts
from study.errors import DataError
from study.records.sources import DataSource

ROWS = 120


def visits() -> pandas.DataFrame:
    rng = np.random.default_rng(0)
    return pandas.DataFrame(
        {
            "pressure": rng.normal(120, 10, ROWS),
            "patient": [f"p{number:02}" for number in rng.permutation(np.arange(ROWS) // 4)],
            "day": pandas.date_range("2024-01-01", periods=ROWS).strftime("%Y-%m-%d"),
            "ill": rng.choice(["no", "yes"], ROWS),
        }
    )


def load(frame: pandas.DataFrame, folder: Path, **values: object) -> Dataset:
    frame.to_csv(folder / "visits.csv", index=False)
    source: dict[str, object] = {"target": "ill", "drop": ("day",), **values}
    return load_dataset(DataSource(str(folder / "visits.csv"), **source))  # type: ignore[arg-type]


def test_group_and_time_are_no_inputs_of_the_network(tmp_path: Path) -> None:
    data = load(visits(), tmp_path, group="patient", time="day", drop=(), scheme="folds")
    assert data.columns is not None and data.columns.features == ("pressure",)
    assert data.groups is not None and len(np.unique(data.groups)) == ROWS // 4
    assert data.times is not None and np.array_equal(data.times, np.arange(ROWS))


def test_rows_of_redrawn_parts_are_those_of_the_file(tmp_path: Path) -> None:
    frame = visits()
    data = load(frame, tmp_path, group="patient", scheme="folds")
    assert data.drawn is None and data.training == ROWS
    assert np.allclose(data.x[:, 0], frame["pressure"], atol=1e-4)
    _, _, test = parts(data, seed=0, replicate=0, validation=0.2)
    assert not set(frame["patient"][test]) & set(frame["patient"].drop(test))


def test_a_fixed_test_part_keeps_groups_and_time_too(tmp_path: Path) -> None:
    frame = visits()
    data = load(frame, tmp_path, group="patient")
    assert data.drawn is not None and not set(frame["patient"][data.drawn]) & set(frame["patient"].drop(data.drawn))
    later = load(frame, tmp_path, time="day", drop=("patient",))
    assert later.drawn is not None and later.drawn.tolist() == list(range(96, 120))
    train, held_out, test = parts(later, seed=0, replicate=0, validation=0.25)
    assert (train.max(), held_out.min(), held_out.max(), test.min()) == (71, 72, 95, 96)


def test_other_groups_are_other_data(tmp_path: Path) -> None:
    frame = visits()
    swapped = frame.assign(patient=frame["patient"][::-1].to_numpy())
    one, other = (load(table, tmp_path, group="patient", scheme="folds") for table in (frame, swapped))
    assert one.sha256 != other.sha256


@pytest.mark.parametrize(
    ("change", "values", "words"),
    [
        ({"patient": None}, {"group": "patient"}, r"data\.group.*every row, found 120 of 120 without one"),
        ({}, {"group": "patiant"}, r"data\.group: unknown column 'patiant'.*'patient'"),
        ({}, {"group": "ill"}, r"'ill' is the target and data\.group"),
        ({"day": "in May"}, {"time": "day", "drop": ("patient",)}, r"data\.time.*dates such as.*'in May'"),
        (
            {"patient": ["a", "b"] * 60},
            {"group": "patient"},
            r"3 groups of the column 'patient'.*found 2 of 'no'",
        ),
        ({"ill": ["no"] * 118 + ["yes"] * 2}, {"drop": ("day", "patient")}, r"at least 3 rows.*found 2 of 'yes'"),
    ],
)
def test_columns_that_cannot_be_used_are_one_clear_line(
    tmp_path: Path, change: dict[str, object], values: dict[str, object], words: str
) -> None:
    with pytest.raises(DataError, match=words) as error:
        load(visits().assign(**change), tmp_path, scheme="folds", **values)
    assert "\n" not in str(error.value)
