"""Intervals for new data: items and replicates are both random, whatever the scheme that shared them out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import ndtr

from study.analysis.answers import by_group
from study.analysis.item_intervals import (
    Inference,
    Sampling,
    difference_estimate,
    gap_estimate,
    mean_estimate,
    own_data,
    variance_parts,
)
from study.analysis.paired import paired_differences
from study.analysis.t_intervals import t_interval, t_quantile

Array = np.ndarray[Any, Any]
ITEMS = 200


def fixed(rng: np.random.Generator) -> Array:
    """Five replicates that test the same 40 of the items."""
    tested = np.zeros((5, ITEMS), bool)
    tested[:, rng.permutation(ITEMS)[:40]] = True
    return tested


def folds(repeats: int) -> Callable[[np.random.Generator], Array]:
    """Repeats of five folds."""

    def drawn(rng: np.random.Generator) -> Array:
        return np.concatenate([np.arange(5)[:, None] == rng.permutation(ITEMS) % 5 for _ in range(repeats)])

    return drawn


def holdout(rng: np.random.Generator) -> Array:
    """Ten replicates that each draw 40 items."""
    return np.array([rng.permutation(ITEMS) < 40 for _ in range(10)])


def study(rng: np.random.Generator, tested: Array) -> tuple[Array, Array]:
    """Answers (R, 2, N) of two networks to items of unequal difficulty, the first 80.6 % right, the second 74.9 %."""
    difficulty = 1.5 * rng.standard_normal(ITEMS)
    luck = 0.15 * rng.standard_normal((len(tested), 2, 1))
    level = np.array([[1.6], [1.25]]) + difficulty + luck + 0.3 * rng.standard_normal((2, ITEMS))
    right = rng.random(level.shape) < ndtr(level)
    return np.where(tested[:, None], right, np.nan), np.nanmean(np.where(tested[:, None], right, np.nan), axis=2)


TRUTH = ndtr(np.array([1.6, 1.25]) / np.sqrt(1 + 1.5**2 + 0.3**2 + 0.15**2))


class TestCoverage:
    @pytest.mark.parametrize(
        "scheme", [fixed, folds(1), folds(2), folds(4), holdout], ids=["fixed", "1 x 5", "2 x 5", "4 x 5", "holdout"]
    )
    def test_means_differences_and_gaps_hold_new_data_as_often_as_they_say(
        self, scheme: Callable[[np.random.Generator], Array]
    ) -> None:
        rng, studies, held = np.random.default_rng(5), 400, np.zeros(3)
        for _ in range(studies):
            items, level = study(rng, scheme(rng))
            trained = np.ones(len(level))
            found = (
                mean_estimate(level[:, 0], items[:, 0]).interval,
                difference_estimate(level[:, 0], level[:, 1], items[:, 0], items[:, 1]).interval,
                gap_estimate(trained, level[:, 1], items[:, 1]).interval,
            )
            truths = (TRUTH[0], TRUTH[1] - TRUTH[0], 1 - TRUTH[1])
            for i, (one, truth) in enumerate(zip(found, truths, strict=True)):
                assert one.low is not None and one.high is not None
                held[i] += one.low <= truth <= one.high
        assert (held >= 0.92 * studies).all(), held / studies  # 95 %, less 2.5 standard errors

    def test_replicates_alone_are_too_sure_of_a_shared_test_part(self) -> None:
        rng, held = np.random.default_rng(6), 0
        for _ in range(200):
            interval = t_interval(study(rng, fixed(rng))[1][:, 0])
            assert interval.low is not None and interval.high is not None
            held += interval.low <= TRUTH[0] <= interval.high
        assert held < 0.8 * 200


class TestEstimate:
    def test_these_items_are_judged_by_the_replicates_and_are_told_so(self) -> None:
        rng = np.random.default_rng(7)
        items, level = study(rng, np.ones((5, ITEMS), bool))
        names: tuple[Inference, ...] = ("new data", "these items")
        new, these = (mean_estimate(level[:, 0], items[:, 0], sampling=Sampling(name)) for name in names)
        assert (new.target, these.target) == names
        assert new.standard_error is not None and these.standard_error is not None
        assert these.standard_error < new.standard_error
        assert these.interval.half_width == pytest.approx(t_interval(level[:, 0]).half_width)

    def test_training_rows_that_all_replicates_share_widen_the_interval(self) -> None:
        rng = np.random.default_rng(10)
        items, level = study(rng, fixed(rng))
        anew, same = (mean_estimate(level[:, 0], items[:, 0], sampling=Sampling(same_training=s)) for s in (0.0, 0.25))
        assert anew.replicate_error is not None and same.replicate_error is not None
        assert same.replicate_error == pytest.approx(np.sqrt(1 + 5 * 0.25) * anew.replicate_error)
        assert same.item_error == anew.item_error

    def test_without_items_the_interval_is_students_and_speaks_of_these_replicates(self) -> None:
        values = np.array([0.8, 0.9, np.nan, 0.85])
        found = mean_estimate(values, None)
        assert found.target == "these replicates" and found.interval == t_interval(values)
        assert found.item_error == 0 and found.freedom == 2

    def test_a_replicate_whose_items_are_missing_makes_it_one_over_replicates(self) -> None:
        items = np.array([[1.0, 0.0], [1.0, 1.0], [np.nan, np.nan]])
        assert mean_estimate([0.5, 1.0, 0.5], items).target == "these replicates"

    def test_a_failed_replicate_is_left_out_on_both_sides(self) -> None:
        items = np.array([[1.0, 0.0], [1.0, 1.0], [np.nan, np.nan]])
        found = mean_estimate([0.5, 1.0, np.nan], items)
        assert found.target == "new data" and found.interval.n == 2 and found.interval.mean == 0.75

    def test_one_replicate_has_no_interval(self) -> None:
        assert mean_estimate([0.5], np.array([[1.0, 0.0]])).interval.low is None

    def test_answers_that_never_differ_leave_nothing_to_chance(self) -> None:
        found = difference_estimate([0.5, 0.5], [0.5, 0.5], np.tile([1.0, 0.0], (2, 1)), np.tile([1.0, 0.0], (2, 1)))
        assert (found.interval.low, found.interval.high, found.standard_error) == (0.0, 0.0, 0.0)

    def test_shapes_that_do_not_fit_are_refused(self) -> None:
        with pytest.raises(ValueError, match=r"expected values \(R,\) and items \(R, N\)"):
            mean_estimate([0.5, 0.6], np.ones((3, 4)))

    def test_the_parts_are_those_of_the_two_way_table(self) -> None:
        """A full table: the mean squares of rows, columns and rest give the same variance."""
        rng = np.random.default_rng(8)
        table = rng.standard_normal((6, 30)) + rng.standard_normal((6, 1)) + rng.standard_normal(30)
        rows, columns = table.mean(axis=1), table.mean(axis=0)
        rest = table - rows[:, None] - columns + table.mean()
        by_row, by_column, left = 30 * rows.var(ddof=1), 6 * columns.var(ddof=1), (rest**2).sum() / (5 * 29)
        parts = variance_parts(table)
        assert parts.replicates + parts.items == pytest.approx((by_row + by_column - left) / 180, rel=1e-9)


class TestPaired:
    def test_a_difference_counts_the_items_where_they_are_there(self) -> None:
        rng = np.random.default_rng(9)
        items, level = study(rng, fixed(rng))
        difference, by_item = level[:, 1] - level[:, 0], items[:, 1] - items[:, 0]
        (with_items,) = paired_differences([difference], items=[by_item])
        (without,) = paired_differences([difference])
        expected = mean_estimate(difference, by_item)
        assert with_items.interval == expected.interval and with_items.target == "new data"
        assert without.target == "these replicates" and with_items.alone is not None and without.alone is not None
        assert (with_items.alone < 0.05) == (expected.interval.high is not None and expected.interval.high < 0)


def of_groups(rng: np.random.Generator, scheme: str, groups: int) -> tuple[Array, NDArray[np.intp], Sampling]:
    """Items (R, N) that are alike in groups of one to 19, which are tested whole; the true mean is 0."""
    places = np.repeat(np.arange(groups), rng.integers(1, 20, groups))
    item = rng.normal(0, 0.3, groups)[places] + rng.normal(0, 0.3, len(places))
    replicates, fifth = {"fixed": 10, "holdout": 10, "1 x 5": 5, "2 x 5": 10, "4 x 5": 20}[scheme], groups // 5
    table, repeats = np.full((replicates, len(places)), np.nan), max(replicates // 5, 1)
    for replicate in range(replicates):
        if replicate % 5 == 0 or scheme == "holdout":
            order = rng.permutation(groups)
        part = np.arange(groups) if scheme == "fixed" else order[(replicate % 5) * fifth : (replicate % 5 + 1) * fifth]
        there = np.isin(places, part)
        table[replicate, there] = item[there] + rng.normal(0, 0.02) + rng.normal(0, 0.2, there.sum())
    rows = len(places)
    if scheme == "fixed":
        return table, places, own_data("fixed", tested=rows, trained=4 * rows)
    kind: Any = "holdout" if scheme == "holdout" else "folds"
    return table, places, own_data(kind, tested=rows // 5, trained=4 * rows // 5, repeats=repeats)


@pytest.mark.parametrize(
    ("scheme", "groups"), [("fixed", 12), ("fixed", 40), ("holdout", 60), ("1 x 5", 60), ("2 x 5", 60), ("4 x 5", 60)]
)
def test_items_that_are_alike_in_groups_count_by_groups(scheme: str, groups: int) -> None:
    rng = np.random.default_rng(groups)
    held = {"groups": 0, "items": 0}
    studies = 300
    for _ in range(studies):
        table, places, sampling = of_groups(rng, scheme, groups)
        values = np.nanmean(table, axis=1)
        tables = {"groups": np.stack([by_group(row, places) for row in table]), "items": table}
        np.testing.assert_allclose(np.nanmean(tables["groups"], axis=1), values)
        for name, one in tables.items():
            interval = mean_estimate(values, one, sampling=sampling).interval
            assert interval.low is not None and interval.high is not None
            held[name] += bool(interval.low <= 0 <= interval.high)
    assert held["groups"] / studies >= 0.925
    if scheme != "1 x 5":  # whose folds hold whole groups
        assert held["items"] < held["groups"] - 0.02 * studies


def test_folds_of_groups_are_never_surer_than_one_repeat_of_them() -> None:
    rng = np.random.default_rng(0)
    raised = 0
    for _ in range(60):
        table, places, sampling = of_groups(rng, "2 x 5", 30)
        values, groups = np.nanmean(table, axis=1), np.stack([by_group(row, places) for row in table])
        plain = mean_estimate(values, groups, sampling=sampling).interval.half_width
        folds = mean_estimate(values, groups, sampling=replace(sampling, folds=5)).interval.half_width
        one = t_quantile(0.975, 4) * float(np.sqrt(values.reshape(2, 5).var(axis=1, ddof=1).mean() / 5))
        assert plain is not None and folds is not None and folds == pytest.approx(max(plain, one))
        raised += folds > plain
    assert 0 < raised < 60
