"""A table becomes what its columns say, decided by its training part alone."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.data.columns import MISSING
from study.data.dataset import Dataset
from study.data.loading import load_dataset
from study.errors import DataError
from study.records.sources import DataSource

ROWS = 60


def people() -> pandas.DataFrame:
    rng = np.random.default_rng(0)
    frame = pandas.DataFrame(
        {
            "age": rng.integers(18, 90, ROWS).astype(float),
            "city": rng.choice(["Rome", "Oslo", "Łódź"], ROWS),
            "smoker": rng.random(ROWS) < 0.5,
            "income": rng.choice(["<=50K", ">50K"], ROWS),
            "height": rng.normal(170, 10, ROWS),
        }
    )
    frame.loc[[3, 7], "age"] = None
    frame.loc[[5], "city"] = None
    return frame


def load(frame: pandas.DataFrame, folder: Path, **values: object) -> Dataset:
    path = folder / "people.csv"
    frame.to_csv(path, index=False)
    return load_dataset(DataSource(str(path), **{"target": "income", **values}))


def test_numbers_come_first_then_each_category_and_the_target_is_no_feature(tmp_path: Path) -> None:
    data = load(people(), tmp_path)
    assert data.labels == ("<=50K", ">50K") and data.scale is None and data.shape == (7,)
    assert data.columns is not None
    assert data.columns.numeric == ("age", "smoker", "height")
    assert data.columns.categorical == (("city", (MISSING, "Oslo", "Rome", "Łódź")),)
    assert data.columns.features[3:5] == (f"city = {MISSING}", "city = Oslo")
    assert data.x.shape == (ROWS, 7) and data.x.dtype == np.float32
    assert np.isnan(data.x).sum() == 2 and (data.x[:, 3:].sum(axis=1) == 1).all()


@pytest.mark.parametrize(("yes", "no", "gap"), [("true", "false", ""), ("TRUE", "FALSE", "NA"), ("True", "False", "?")])
def test_truth_values_with_gaps_are_the_same_in_every_file(tmp_path: Path, yes: str, no: str, gap: str) -> None:
    cells = [yes, no, gap, yes, no] * 8
    frame = pandas.DataFrame({"member": cells, "income": ["low", "high"] * 20})
    frame.head(15).to_csv(tmp_path / "test.csv", index=False)
    data = load(frame, tmp_path, test=str(tmp_path / "test.csv"))
    assert data.columns is not None and data.columns.numeric == ("member",) and not data.columns.categorical
    for part in (data.x[:40], data.x[40:]):
        assert np.array_equal(part[:5, 0], [1, 0, np.nan, 1, 0], equal_nan=True)


def test_every_row_keeps_its_label_through_the_split(tmp_path: Path) -> None:
    frame = people()
    data = load(frame, tmp_path)
    expected = sorted(zip(frame["height"].astype(np.float32), frame["income"], strict=True))
    found = sorted(zip(data.x[:, 2], (data.labels[one] for one in data.y), strict=True))
    assert found == expected


def test_the_test_set_is_a_stratified_share_that_the_seed_decides(tmp_path: Path) -> None:
    first, again, other, larger = (load(people(), tmp_path, **v) for v in ({}, {}, {"seed": 1}, {"test_share": 0.4}))
    assert first.sha256 == again.sha256 != other.sha256
    assert (len(first.y) - first.training, len(larger.y) - larger.training) == (12, 24)
    share = np.bincount(first.y[first.training :]) / np.bincount(first.y)
    assert share == pytest.approx(0.2, abs=0.03)


def test_the_categories_are_those_of_the_training_part(tmp_path: Path) -> None:
    test = people().assign(city="Paris")
    test.to_csv(tmp_path / "test.csv", index=False)
    data = load(people(), tmp_path, test=str(tmp_path / "test.csv"))
    assert data.training == ROWS and len(data.y) == 2 * ROWS
    assert not data.x[ROWS:, 3:].any() and data.x[:ROWS, 3:].any(axis=1).all()


def test_categories_that_are_numbers_in_the_test_file_alone_are_still_the_same_words(tmp_path: Path) -> None:
    train, test = people(), people()
    train["code"] = ["1", "2", "x"] * 20
    test["code"] = [1, 2, None] * 20  # pandas would read 1.0 and 2.0
    train.loc[0, "code"] = None
    test.to_csv(tmp_path / "test.csv", index=False)
    Path(tmp_path / "test.csv").write_text((tmp_path / "test.csv").read_text().replace(".0\n", "\n"))
    data = load(train, tmp_path, test=str(tmp_path / "test.csv"))
    place = dict(data.columns.indicators if data.columns else ())["code"]
    assert data.x[ROWS:, place].sum() == ROWS


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.drop(columns="city"), "no 'city'"),
        (lambda f: f.assign(age="old"), "'age'.*expected numbers.*'old'"),
        (lambda f: f.drop(columns="income"), "no 'income'"),
    ],
)
def test_a_test_table_that_does_not_fit_is_refused(tmp_path: Path, change: object, words: str) -> None:
    change(people()).to_csv(tmp_path / "test.csv", index=False)  # type: ignore[operator]
    with pytest.raises(DataError, match=rf"test\.csv.*{words}"):
        load(people(), tmp_path, test=str(tmp_path / "test.csv"))


def test_a_column_that_is_dropped_is_not_looked_at(tmp_path: Path) -> None:
    frame = pandas.concat([people().assign(name=[f"{part}{i}" for i in range(ROWS)]) for part in "abc"])
    with pytest.raises(DataError, match="identifier"):
        load(frame, tmp_path)
    data = load(frame, tmp_path, drop=("name", "city"))
    assert data.columns is not None and data.columns.features == ("age", "smoker", "height")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_other_separators_question_marks_and_a_byte_order_mark_are_understood(tmp_path: Path, delimiter: str) -> None:
    text = people().to_csv(index=False, sep=delimiter, na_rep="?").replace(delimiter, delimiter + " ")
    (tmp_path / "people.csv").write_text("\ufeff" + text, "utf-8")
    data = load_dataset(DataSource(str(tmp_path / "people.csv"), target="income"))
    assert data.sha256 == load(people(), tmp_path).sha256


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [("height", "170,5", "column 'height'.*'170,5'.*decimal point"), ("smoker", "yes", "True and False.*'yes'")],
)
def test_a_word_in_a_column_of_numbers_is_named_with_what_was_expected(
    tmp_path: Path, column: str, cell: str, words: str
) -> None:
    people().assign(**{column: cell}).to_csv(tmp_path / "test.csv", index=False)
    with pytest.raises(DataError, match=words):
        load(people(), tmp_path, test=str(tmp_path / "test.csv"))


@pytest.mark.parametrize("words", [["1.2.3", "10.4.2"], ["May", "June"], ["a,b", "c,d"], ["10-20", "20-30"]])
def test_words_that_only_resemble_dates_or_numbers_stay_words(tmp_path: Path, words: list[str]) -> None:
    columns = load(people().assign(city=words * (ROWS // 2)), tmp_path).columns
    assert columns is not None and dict(columns.categorical)["city"] == tuple(sorted(words))


def test_parquet_and_csv_are_the_same_data(tmp_path: Path) -> None:
    frame = people()
    frame["city"] = frame["city"].astype("category")
    frame.to_parquet(tmp_path / "people.parquet")
    parquet = load_dataset(DataSource(str(tmp_path / "people.parquet"), target="income"))
    assert parquet.sha256 == load(people(), tmp_path).sha256


def test_parquet_with_dates_lists_or_damage_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    for values, words in (
        (pandas.date_range("2024-01-01", periods=ROWS), "'extra' holds dates"),
        ([[1, 2]] * ROWS, "'extra' holds values of type"),
        ([b"x"] * ROWS, "'extra' holds values of type bytes"),
    ):
        people().assign(extra=values).to_parquet(path)
        with pytest.raises(DataError, match=words):
            load_dataset(DataSource(str(path), target="income"))
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DataError, match="cannot be read as a table"):
        load_dataset(DataSource(str(path), target="income"))


def test_parquet_without_pyarrow_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people().to_parquet(tmp_path / "people.parquet")
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(DataError, match=r"depthgauge\[frames\]"):
        load_dataset(DataSource(str(tmp_path / "people.parquet"), target="income"))


cells = st.one_of(st.none(), st.floats(-1e6, 1e6), st.integers(-1000, 1000))
words = st.one_of(st.none(), st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=8))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(numbers=st.lists(cells, min_size=12, max_size=12), texts=st.lists(words, min_size=12, max_size=12))
def test_any_mixed_table_is_features_or_a_clear_line(
    tmp_path_factory: pytest.TempPathFactory, numbers: list, texts: list
) -> None:
    frame = pandas.DataFrame({"n": numbers, "t": texts, "income": ["a", "b"] * 6})
    try:
        data = load(frame, tmp_path_factory.mktemp("any"), test_share=0.25)
    except DataError as error:
        assert "\n" not in str(error)
        return
    assert data.columns is not None and data.x.shape == (12, len(data.columns.features))
    known = data.x[~np.isnan(data.x)]
    assert np.isfinite(known).all()
    for _, place in data.columns.indicators:
        assert set(data.x[:, place].sum(axis=1)) <= {0.0, 1.0}
        assert (data.x[: data.training, place].sum(axis=1) == 1).all()
