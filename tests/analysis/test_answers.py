"""Answers to single test items: packed as they are stored, laid out and summed the same whatever the scheme."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.analysis.answers import Answers, all_tested, right_of
from study.analysis.item_intervals import NEW_DATA, ItemSums, gap_estimate, mean_estimate, variance_parts
from study.records.metrics import ACCURACY
from study.records.trials import DamagedItems, ItemValues


def kept(values: np.ndarray) -> ItemValues:
    return ItemValues.of(ACCURACY, "last", values)


@st.composite
def answered(draw: st.DrawFn) -> tuple[Answers, np.ndarray]:
    """Answers of some replicates, of which some have not run, and the table (R, N) that they are."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    replicates, items = draw(st.integers(2, 6)), draw(st.integers(2, 40))
    there = rng.random(replicates) < 0.8
    there[:2] = True
    redrawn = draw(st.booleans())
    tested = [np.sort(rng.choice(items, max(1, items // 2), replace=False)).astype(np.int32) for _ in range(replicates)]
    columns = all_tested([rows for rows, ran in zip(tested, there, strict=True) if ran])
    number = len(columns) if redrawn else items
    table, blocks = np.full((replicates, number), np.nan), []
    for r in range(replicates):
        values = rng.random(len(tested[r]) if redrawn else items) < 0.7
        blocks.append(kept(values) if there[r] else None)
        if there[r]:
            table[r, np.searchsorted(columns, tested[r]) if redrawn else slice(None)] = values
    if redrawn:
        return Answers(tuple(blocks), number, tuple(tested), columns), table
    return Answers(tuple(blocks), number), table


@settings(deadline=None)
@given(answered())
def test_answers_are_laid_out_as_they_were_given(case: tuple[Answers, np.ndarray]) -> None:
    answers, table = case
    np.testing.assert_array_equal(answers.table(), table)
    np.testing.assert_array_equal(right_of([answers, answers])[:, 1], np.nan_to_num(table))
    np.testing.assert_array_equal(answers.row(1), table[1])


@settings(deadline=None)
@given(answered())
def test_sums_of_packed_answers_are_those_of_their_table(case: tuple[Answers, np.ndarray]) -> None:
    answers, table = case
    packed, plain = answers.sums(), ItemSums.of(table)
    for name in ("runs", "times", "by_run", "by_item", "squares"):
        np.testing.assert_allclose(getattr(packed, name), getattr(plain, name), err_msg=name)


@settings(deadline=None)
@given(answered(), st.integers(0, 1000))
def test_a_gap_from_sums_is_the_gap_from_the_table(case: tuple[Answers, np.ndarray], seed: int) -> None:
    answers, table = case
    ran = np.isfinite(table).any(axis=1)
    train = np.where(ran, np.random.default_rng(seed).random(len(table)), np.nan)
    test = np.where(ran, np.nan_to_num(table).sum(axis=1) / np.maximum(np.isfinite(table).sum(axis=1), 1), np.nan)
    from_sums = gap_estimate(train, test, answers.sums()).interval
    from_table = mean_estimate(train - test, train[:, None] - table).interval
    assert from_sums.n == from_table.n
    np.testing.assert_allclose([from_sums.low, from_sums.high], [from_table.low, from_table.high], atol=1e-9)


@settings(deadline=None)
@given(answered())
def test_a_constant_added_to_all_changes_no_variance(case: tuple[Answers, np.ndarray]) -> None:
    _, table = case
    one, other = variance_parts(table, NEW_DATA), variance_parts(table + 1, NEW_DATA)
    np.testing.assert_allclose([one.replicates, one.items], [other.replicates, other.items], atol=1e-9)


def test_shares_of_epochs_are_answers_too() -> None:
    shares = np.array([[0.5, 1.0, 0.0], [0.25, 1.0, 0.0]], np.float32)
    answers = Answers(tuple(kept(row) for row in shares), 3)
    np.testing.assert_array_equal(right_of([answers])[:, 0], shares)
    assert answers.sums().by_item.tolist() == [0.75, 2.0, 0.0]


def test_answers_to_another_number_of_items_are_an_error_and_never_padded() -> None:
    with pytest.raises(DamagedItems, match="2 bytes are no values of 20 test items"):
        Answers((kept(np.ones(10, bool)), kept(np.ones(10, bool))), 20).sums()


def test_answers_of_a_replicate_whose_rows_are_missing_are_an_error() -> None:
    rows = np.arange(4, dtype=np.int32)
    with pytest.raises(DamagedItems, match="which rows replicate 1 tested is missing"):
        Answers((kept(np.ones(4, bool)), kept(np.ones(4, bool))), 4, (rows, None), rows).sums()
