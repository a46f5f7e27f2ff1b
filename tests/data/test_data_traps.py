"""Traps in tables are found where they were planted, and clean tables give no warning."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas
import pytest
import sklearn.datasets

from study.data.check import Note, data_notes
from study.data.loading import load_dataset
from study.errors import DataError
from study.records.sources import DataSource, Scheme

ROWS = 400
TRAPS = ("to tell the label", "as a row number", "Near copies", "codes of categories", "looks like regression")

Table = pandas.DataFrame
Notes = Callable[..., dict[str, Note]]


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    """What is found in a table of traps, by their signs."""

    def look(table: Table, scheme: Scheme = "folds") -> dict[str, Note]:
        table.to_csv(tmp_path / "table.csv", index=False)
        found = data_notes(load_dataset(DataSource(str(tmp_path / "table.csv"), target="target", scheme=scheme)))
        return {sign: note for note in found for sign in TRAPS if sign in note.text}

    return look


def table(seed: int = 0) -> Table:
    """Eight columns of which two have to do with the label."""
    rng = np.random.default_rng(seed)
    made = pandas.DataFrame(rng.normal(size=(ROWS, 8)), columns=list("abcdefgh"))
    made["target"] = np.where(made.a + made.b + rng.normal(size=ROWS) > 0, "yes", "no")
    return made


def of_sklearn(name: str) -> Table:
    found: Table = getattr(sklearn.datasets, f"load_{name}")(as_frame=True).frame
    return found


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "digits"])
def test_clean_tables_give_no_warning(notes: Notes, name: str) -> None:
    assert notes(of_sklearn(name)) == {}
    assert notes(of_sklearn(name), "fixed") == {}


def test_simulated_tables_without_a_trap_give_no_warning(notes: Notes) -> None:
    rng = np.random.default_rng(1)
    counts = table().assign(children=rng.poisson(1.5, ROWS), grade=rng.integers(1, 8, ROWS))
    for clean in (table(), counts, table().assign(rank=counts.a.rank().astype(int) // 40)):
        assert notes(clean) == {}


def test_a_column_that_gives_the_label_away_is_named_with_how_often_it_is_right(notes: Notes) -> None:
    leaking = table()
    wrong = np.arange(ROWS) % 200 == 0
    leaking["after"] = np.where((leaking.target == "yes") ^ wrong, "paid", "open")
    (note,) = notes(leaking).values()
    assert note.trap and "One column almost suffices to tell the label: 'after' (99.5 % right)" in note.text
    assert """'data.drop=["after"]'""" in note.text


def test_two_columns_that_give_it_away_together_are_named(notes: Notes) -> None:
    rng = np.random.default_rng(2)
    leaking, before = table(), rng.normal(50, 20, ROWS)
    later = before + np.where(leaking.target == "yes", 1, -1) * rng.uniform(1, 5, ROWS)
    (note,) = notes(leaking.assign(before=before, later=later)).values()
    assert note.trap and "Two columns together" in note.text and "'before' and 'later'" in note.text


@pytest.mark.parametrize("scheme", ["folds", "fixed"])
def test_a_column_that_orders_the_rows_is_named(notes: Notes, scheme: Scheme) -> None:
    seconds = 1.7e9 + np.cumsum(np.random.default_rng(3).exponential(60, ROWS)).round()
    for name, values in {"row": np.arange(ROWS), "when": seconds, "down": -seconds}.items():
        (note,) = notes(table().assign(**{name: values}), scheme).values()
        assert note.trap and note.text.startswith(f"'{name}': ")
        assert f"data.time={name}" in note.text


def test_a_table_that_is_sorted_by_a_column_of_few_values_is_fine(notes: Notes) -> None:
    ages = np.sort(np.random.default_rng(4).integers(20, 60, ROWS))
    assert notes(table().assign(age=ages)) == {}


@pytest.mark.parametrize("scheme", ["folds", "fixed"])
def test_near_copies_are_counted_and_exact_ones_are_not_among_them(notes: Notes, scheme: Scheme) -> None:
    rng, clean = np.random.default_rng(5), of_sklearn("breast_cancer")
    some = clean.sample(60, random_state=0)
    x = some.drop(columns="target")
    near = x + 0.01 * rng.normal(size=x.shape) * clean[x.columns].std().to_numpy()
    (note,) = notes(pandas.concat([clean, near.assign(target=some.target)]), scheme).values()
    assert note.trap and "Near copies" in note.text and "data.group" in note.text
    assert notes(pandas.concat([clean, some]), scheme) == {}


def test_codes_are_told_by_their_name_or_by_an_order_that_says_nothing(notes: Notes) -> None:
    rng = np.random.default_rng(6)
    place = rng.integers(0, 8, ROWS)
    effect = np.array([1, -1, 1, -1, 1, -1, 1, -1])[place]
    coded = table().assign(place=place, zipCode=rng.choice([10115, 20095, 80331], ROWS))
    coded["target"] = np.where(effect + rng.normal(size=ROWS) > 0, "yes", "no")
    (note,) = notes(coded).values()
    assert not note.trap and "'place', 'zipCode': whole numbers that look like the codes" in note.text
    assert """'data.categorical=["place", "zipCode"]'""" in note.text
    rising = coded.assign(place=np.argsort(np.argsort([2, 0, 3, 1])).repeat(100)).drop(columns="zipCode")
    assert notes(rising.sample(frac=1, random_state=0)) == {}


@pytest.mark.parametrize(("labels", "said"), [(range(18, 48), True), (range(0, 60, 2), True), (range(30), False)])
def test_many_whole_numbers_as_labels_look_like_regression(notes: Notes, labels: range, said: bool) -> None:
    """All numbers from 0 on with many rows each may be classes."""
    rng = np.random.default_rng(7)
    found = notes(pandas.DataFrame(rng.normal(size=(600, 3)), columns=list("abc")).assign(target=[*labels] * 20))
    assert ("looks like regression" in found) is said
    assert all(note.trap and "task=regression" in note.text for note in found.values())


class TestCategorical:
    def load(self, path: Path, made: Table, *columns: str, **more: object) -> tuple[str, ...]:
        made.to_csv(path / "table.csv", index=False)
        source = DataSource(str(path / "table.csv"), target="target", categorical=columns, **more)  # type: ignore[arg-type]
        found = load_dataset(source).columns
        assert found is not None
        return found.features

    def test_numbers_that_are_codes_become_categories_as_they_are_written(self, tmp_path: Path) -> None:
        made = table()[["a", "target"]].assign(zip=["00501", "10115"] * (ROWS // 2), place=[3, 1, 2, 10] * (ROWS // 4))
        made.loc[:7, "place"] = None
        features = self.load(tmp_path, made.astype({"place": "Int64"}), "zip", "place")
        assert features == (
            "a",
            "zip = 00501",
            "zip = 10115",
            "place = (missing)",
            *(f"place = {code}" for code in ("1", "10", "2", "3")),
        )
        assert self.load(tmp_path, made) == ("a", "zip", "place")

    def test_parquet_says_the_same(self, tmp_path: Path) -> None:
        pytest.importorskip("pyarrow")
        made = table()[["a", "target"]].assign(place=[3, 1, 2, 10] * (ROWS // 4))
        made.to_parquet(tmp_path / "table.parquet")
        source = DataSource(str(tmp_path / "table.parquet"), target="target", categorical=("place",))
        columns = load_dataset(source).columns
        assert columns is not None and columns.categorical == (("place", ("1", "10", "2", "3")),)

    def test_an_own_test_set_is_read_alike(self, tmp_path: Path) -> None:
        made = table()[["a", "target"]].assign(place=[3, 1] * (ROWS // 2))
        made.to_csv(tmp_path / "test.csv", index=False)
        features = self.load(tmp_path, made, "place", test=str(tmp_path / "test.csv"))
        assert features == ("a", "place = 1", "place = 3")

    @pytest.mark.parametrize(
        ("column", "said"),
        [
            ("target", "stands in data.categorical and is no input"),
            ("plaec", "data.categorical: unknown column 'plaec'. Did you mean 'place'"),
            ("a", "'a' is to be categorical and holds 400 different values"),
        ],
    )
    def test_columns_that_cannot_be_are_one_line(self, tmp_path: Path, column: str, said: str) -> None:
        made = table()[["a", "target"]].assign(place=[3, 1] * (ROWS // 2))
        with pytest.raises(DataError) as error:
            self.load(tmp_path, made, column)
        assert said in str(error.value) and "\n" not in str(error.value)
