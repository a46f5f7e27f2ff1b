"""Intervals of shares: they hold the true share as often as they say, whatever replicates have in common."""

from __future__ import annotations

import numpy as np
import pytest

from study.analysis.item_intervals import Sampling
from study.analysis.shares import share_interval


def coverage(rng: np.random.Generator, *, share: float, items: int, runs: int, same: float, fixed: bool) -> float:
    """How often the interval holds a true share of items of which a part ``same`` has one outcome in all replicates."""
    held, times = 0, 1_000
    for _ in range(times):
        drawn = rng.random(items) < share
        hits = []
        for _ in range(runs):
            if not fixed:
                drawn = rng.random(items) < share
            shared = rng.random(items) < same
            hits.append(np.where(shared, drawn, rng.random(items) < share).sum())
        found = share_interval(hits, [items] * runs, times=runs if fixed else 1)
        assert found.low is not None and found.high is not None
        held += found.low <= share <= found.high
    return held / times


@pytest.mark.parametrize("share", [0.05, 0.3, 0.9])
@pytest.mark.parametrize(("same", "fixed"), [(0.9, True), (0.3, True), (0.5, False)])
def test_95_percent_intervals_hold_the_truth_in_94_percent_or_more(share: float, same: float, fixed: bool) -> None:
    rng = np.random.default_rng(round(100 * share) + round(10 * same))
    for items, runs in ((15, 3), (200, 5), (60, 10)):
        assert coverage(rng, share=share, items=items, runs=runs, same=same, fixed=fixed) >= 0.94


def test_they_stay_within_0_and_1_and_have_a_width_even_there() -> None:
    none = share_interval([0, 0, 0], [12, 12, 12], times=3)
    assert none.mean == none.low == 0 and none.high is not None and 0.15 < none.high < 0.4
    all_found = share_interval([12, 12, 12], [12, 12, 12], times=3)
    assert all_found.mean == all_found.high == 1 and all_found.low is not None and 0.6 < all_found.low < 0.85


def test_without_items_there_is_no_share_and_with_one_replicate_no_interval() -> None:
    assert share_interval([0, 0], [0, 0], times=2).mean is None
    one = share_interval([3], [4], times=1)
    assert (one.mean, one.low, one.high, one.n) == (0.75, None, None, 1)


def test_replicates_that_never_met_the_class_do_not_count() -> None:
    found = share_interval([3, 0, 2], [4, 0, 4], times=1)
    assert found.mean == pytest.approx(5 / 8) and found.n == 2


def test_items_that_are_all_there_are_add_nothing() -> None:
    hits, numbers = [50, 51, 49, 50, 50], [100] * 5
    new, these = (
        share_interval(hits, numbers, times=5, sampling=Sampling(inference))
        for inference in ("new data", "these items")
    )
    assert new.half_width is not None and these.half_width is not None
    assert these.half_width < 0.3 * new.half_width
