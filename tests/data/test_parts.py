"""Which rows a replicate tests, validates and trains on, under every scheme."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split

from study.data.columns import Columns
from study.data.dataset import Dataset, Redrawn
from study.data.loading import load_dataset
from study.data.parts import stratified
from study.data.scaling import fit_scaling
from study.data.splits import draw_sample, parts, split_sizes
from study.errors import DataError
from study.records.sources import DataSource
from study.records.trials import FINAL_REPLICATE, SEARCH_REPLICATE
from study.seeds import small_seed

NAMES = ("train", "validation", "test")


def table(
    y: np.ndarray, redrawn: Redrawn, groups: np.ndarray | None = None, times: np.ndarray | None = None
) -> Dataset:
    """Rows (n, 1) of these classes, groups and times."""
    x = np.arange(len(y), dtype=np.float32)[:, None]
    labels = tuple(map(str, range(int(y.max()) + 1)))
    codes = [None if one is None else one.astype(np.int32) for one in (groups, times)]
    return Dataset(
        "t", x, y.astype(np.int32), len(y), None, (1,), labels, "0", redrawn=redrawn, groups=codes[0], times=codes[1]
    )


def drawn(data: Dataset, replicate: int, seed: int = 0, validation: float = 0.2) -> dict[str, np.ndarray]:
    return dict(zip(NAMES, parts(data, seed=seed, replicate=replicate, validation=validation), strict=True))


classes = st.lists(st.integers(0, 2), min_size=40, max_size=120).map(np.array)
any_table = settings(max_examples=40, deadline=None, derandomize=True)


@any_table
@given(y=classes, folds=st.integers(2, 7), seed=st.integers(0, 99), searched=st.booleans())
def test_folds_test_every_row_once_a_repeat_and_keep_the_classes(
    y: np.ndarray, folds: int, seed: int, searched: bool
) -> None:
    assume(np.bincount(y, minlength=3).min() >= 12)
    data = table(y, Redrawn("folds", folds, search_share=0.5 if searched else 0.0))
    open_rows = drawn(data, SEARCH_REPLICATE, seed)["test"] if searched else np.arange(len(y))
    for repeat in range(2):
        replicates = [drawn(data, repeat * folds + fold, seed) for fold in range(folds)]
        assert sorted(np.concatenate([one["test"] for one in replicates])) == sorted(open_rows)
        assert len({len(one["train"]) for one in replicates}) == 1
        for one in replicates:
            everything = np.concatenate(list(one.values()))
            assert sorted(everything) == list(range(len(y)))
            counts = np.bincount(y[one["test"]], minlength=3)
            assert (np.abs(counts - np.bincount(y[open_rows], minlength=3) / folds) < 1).all()
            assert set(y[one["train"]]) == set(y)


@any_table
@given(y=classes, seed=st.integers(0, 99))
def test_a_holdout_is_another_stratified_share_in_each_replicate(y: np.ndarray, seed: int) -> None:
    assume(np.bincount(y, minlength=3).min() >= 12)
    data = table(y, Redrawn("holdout", test_share=0.25))
    first, again, other = (drawn(data, r, seed) for r in (0, 0, 1))
    assert all(np.array_equal(first[name], again[name]) for name in NAMES)
    assert set(first["test"]) != set(other["test"])
    assert sorted(np.concatenate(list(first.values()))) == list(range(len(y)))
    assert np.abs(np.bincount(y[first["test"]], minlength=3) - 0.25 * np.bincount(y, minlength=3)).max() <= 1


@any_table
@given(
    sizes=st.lists(st.integers(1, 9), min_size=18, max_size=40),
    folds=st.integers(2, 5),
    seed=st.integers(0, 99),
    scheme=st.sampled_from(["folds", "holdout"]),
    pure=st.booleans(),
)
def test_no_group_is_in_two_parts(sizes: list[int], folds: int, seed: int, scheme: str, pure: bool) -> None:
    groups = np.repeat(np.arange(len(sizes)), sizes)
    y = (groups if pure else np.arange(len(groups))) % 2
    data = table(y, Redrawn(scheme, folds), groups)  # type: ignore[arg-type]
    replicates = [drawn(data, r, seed) for r in range(folds)]
    for one in replicates:
        assert all(len(one[name]) for name in NAMES)
        held = [set(groups[one[name]]) for name in NAMES]
        assert sum(map(len, held)) == len(sizes) == len(set.union(*held))
    if scheme == "folds":
        assert sorted(np.concatenate([one["test"] for one in replicates])) == list(range(len(y)))


def test_groups_of_like_size_are_shared_out_evenly_and_in_another_way_in_each_repeat() -> None:
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(60), rng.integers(8, 13, 60))
    y = rng.random(len(groups)) < 0.3
    data = table(y.astype(int), Redrawn("folds"), groups)
    tests = [drawn(data, r)["test"] for r in range(10)]
    assert np.ptp([len(one) for one in tests]) <= 24  # two groups
    assert np.ptp([y[one].mean() for one in tests]) < 0.12
    assert not {tuple(one) for one in tests[:5]} & {tuple(one) for one in tests[5:]}


@any_table
@given(
    times=st.lists(st.integers(0, 60), min_size=60, max_size=150).map(np.array),
    folds=st.integers(2, 5),
    seed=st.integers(0, 99),
    searched=st.booleans(),
)
def test_what_is_tested_is_later_than_what_is_trained_on(
    times: np.ndarray, folds: int, seed: int, searched: bool
) -> None:
    assume(len(np.unique(times)) > 25)
    data = table(np.arange(len(times)) % 2, Redrawn("folds", folds, search_share=0.5 if searched else 0.0), None, times)
    windows = [drawn(data, r, seed) for r in range(folds)]
    for one in [*windows, *([drawn(data, SEARCH_REPLICATE, seed)] if searched else [])]:
        for before, after in pairwise(NAMES):
            assert times[one[before]].max() < times[one[after]].min()
    for earlier, later in pairwise(windows):
        assert times[earlier["test"]].max() < times[later["test"]].min()
        assert len(later["train"]) + len(later["validation"]) == sum(map(len, earlier.values()))
    assert times[windows[-1]["test"]].max() == times.max()


@pytest.mark.parametrize("scheme", ["folds", "holdout"])
def test_searches_see_no_row_that_is_tested(scheme: str) -> None:
    data = table(np.arange(101) % 3, Redrawn(scheme, search_share=0.5))  # type: ignore[arg-type]
    search = drawn(data, SEARCH_REPLICATE)
    seen = {*search["train"], *search["validation"]}
    assert 48 <= len(seen) <= 52
    for replicate in range(10):
        assert not seen & set(drawn(data, replicate)["test"])
        assert seen < {row for part in drawn(data, replicate).values() for row in part}


@pytest.mark.parametrize("scheme", ["folds", "holdout"])
@pytest.mark.parametrize("grouped", [False, True])
def test_a_search_inside_a_replicate_splits_what_that_trains_on_anew(scheme: str, grouped: bool) -> None:
    groups = np.arange(101) // 4 if grouped else None
    data = table(np.arange(101) % 2, Redrawn(scheme), groups=groups)  # type: ignore[arg-type]
    for replicate in range(7):
        own, search = drawn(data, replicate), drawn(data, SEARCH_REPLICATE + replicate)
        assert np.array_equal(own["test"], search["test"])
        assert {*own["train"], *own["validation"]} == {*search["train"], *search["validation"]}
        assert not np.array_equal(own["validation"], search["validation"])


def test_a_search_inside_a_window_sees_earlier_rows_alone() -> None:
    data = table(np.arange(120) % 2, Redrawn("folds"), times=np.arange(120))
    for replicate in range(5):
        search = drawn(data, SEARCH_REPLICATE + replicate)
        assert max(*search["train"], *search["validation"]) < min(search["test"])


def test_a_final_network_gets_all_rows_but_validation_and_tests_none() -> None:
    data = table(np.arange(100) % 2, Redrawn("folds", search_share=0.5))
    final = drawn(data, FINAL_REPLICATE, validation=0.1)
    assert [len(final[name]) for name in NAMES] == [90, 10, 0]


def test_sizes_are_the_most_to_train_on_and_the_fewest_to_test() -> None:
    even = table(np.arange(103) % 2, Redrawn("folds"))
    assert split_sizes(even, 0.1, 0) == (73, 10, 20)
    windows = table(np.arange(120) % 2, Redrawn("folds"), None, np.arange(120))
    assert split_sizes(windows, 0.1, 0) == (90, 10, 20)


def test_the_validation_of_a_replicate_is_the_same_at_every_training_size() -> None:
    data = table(np.arange(200) % 2, Redrawn("folds"))
    draw = {"seed": 3, "replicate": 7, "validation": 0.1, "label_noise": 0.0}
    full, small = (draw_sample(data, samples=n, **draw) for n in (None, 30))  # type: ignore[arg-type]
    assert np.array_equal(full.rows[full.sizes[0] :], small.rows[30:])


@pytest.mark.parametrize(
    ("groups", "times", "words"),
    [
        (np.arange(60) % 3, None, r"data\.folds.*at least as many groups.*found 3"),
        (None, np.arange(60) // 20, r"data\.folds.*at least as many different times.*found 3"),
        (None, np.where(np.arange(60) < 11, 0, np.arange(60)), r"validation share.*different times.*found 1"),
    ],
)
def test_rows_that_cannot_be_drawn_apart_are_one_clear_line(
    groups: np.ndarray | None, times: np.ndarray | None, words: str
) -> None:
    with pytest.raises(DataError, match=words):
        drawn(table(np.arange(60) % 2, Redrawn("folds"), groups, times), 0)


def test_a_category_that_no_training_row_has_is_none_of_the_known() -> None:
    x = np.array([[0, 1, 0], [1, 1, 0], [2, 0, 1]], np.float32)
    columns = Columns("y", ("a",), (("city", ("Oslo", "Rome")),))
    y = np.array([0, 1, 0], np.int32)
    data = Dataset("t", x, y, 3, None, (3,), ("0", "1"), "0", columns, redrawn=Redrawn("folds"))
    inputs = fit_scaling(data, np.array([0, 1])).apply(x)
    assert inputs[:2, 1].tolist() == [1, 1] and np.abs(inputs[:, 2]).max() < 1e-29


def test_a_built_in_set_is_drawn_anew_by_request() -> None:
    fixed, folds = (load_dataset(DataSource("digits", scheme=scheme)) for scheme in ("fixed", "folds"))  # type: ignore[arg-type]
    assert folds.training == len(fixed.y) and folds.sha256 == fixed.sha256
    assert fixed.redrawn is None and folds.redrawn == Redrawn("folds")


def test_fixed_test_rows_are_drawn_as_ever(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "own.npz", x=rng.normal(size=(90, 3)), y=np.arange(90) % 3)
    hashes = []
    for source in (DataSource("digits"), DataSource(str(tmp_path / "own.npz"), seed=4)):
        digest, data = hashlib.sha256(), load_dataset(source)
        for replicate in (0, 7, SEARCH_REPLICATE, FINAL_REPLICATE):
            sample = draw_sample(data, seed=4, replicate=replicate, validation=0.15, samples=30, label_noise=0.2)
            digest.update(sample.rows.tobytes() + sample.y.tobytes())
        hashes.append((digest.hexdigest()[:16], data.sha256[:16]))
    assert hashes == [("c7b011e77db53269", "5432c3742c08a9cd"), ("98a68c1436040f16", "d7c457329cdc649c")]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(0, 4), min_size=2, max_size=60), st.floats(0.02, 0.98) | st.integers(1, 59), st.integers(0, 99)
)
def test_a_stratified_draw_is_that_of_scikit_learn(labels: list[int], size: float | int, seed: int) -> None:
    y, rows, seeds = np.array(labels, np.int32), np.arange(len(labels)), np.random.SeedSequence(seed)
    try:
        expected = train_test_split(rows, test_size=size, stratify=y, random_state=small_seed(seeds))
    except ValueError:
        with pytest.raises(DataError, match="on both sides"):
            stratified(y, rows, size, seeds, "validation share")
        return
    for ours, theirs in zip(stratified(y, rows, size, seeds, "validation share"), expected, strict=True):
        assert ours.tolist() == sorted(theirs)
