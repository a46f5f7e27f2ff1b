"""The luck of a search enters every interval and test: replicates of one winner hide what another search finds."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.simulated_searches import measure
from study.analysis.item_intervals import Sampling, mean_estimate
from study.analysis.search_luck import luck_inflation

ROWS = np.repeat(np.arange(3), 4)


def table(luck: float, seed: int = 1) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Accuracies (12, 6) of 4 replicates of 3 winners in 6 cells that are all alike but for luck."""
    rng = np.random.default_rng(seed)
    return np.asarray(0.9 + luck * rng.standard_normal((3, 6))[ROWS] + 0.003 * rng.standard_normal((12, 6)))


class TestInflation:
    def test_winners_that_differ_inflate_and_equal_ones_hardly_do(self) -> None:
        without, with_luck = luck_inflation(table(0.0), ROWS), luck_inflation(table(0.006), ROWS)
        assert without is not None and with_luck is not None
        assert 1 <= without < 2.5 and with_luck > 3

    def test_one_search_a_cell_says_nothing_of_another(self) -> None:
        assert luck_inflation(table(0.006), np.zeros(12, int)) is None

    def test_the_level_of_the_rows_is_no_luck(self) -> None:
        easy = np.repeat([0.0, 0.05, -0.05], 4)[:, None]
        assert luck_inflation(table(0.0) + easy, ROWS) == pytest.approx(luck_inflation(table(0.0), ROWS))

    def test_missing_runs_are_passed_over(self) -> None:
        holes = table(0.006)
        holes[0, 0] = holes[5, 3] = np.nan
        found, whole = luck_inflation(holes, ROWS), luck_inflation(table(0.006), ROWS)
        assert found is not None and whole is not None and found == pytest.approx(whole, rel=0.3)

    def test_shapes_that_do_not_fit_are_refused(self) -> None:
        with pytest.raises(ValueError, match=r"expected values \(R, D\) and searches \(R,\)"):
            luck_inflation(table(0.0), np.zeros(5, int))

    def test_intervals_of_means_hold_what_another_search_finds(self) -> None:
        held = 0
        for seed in range(300):
            values = table(0.0035, seed)
            luck = luck_inflation(values, ROWS)
            assert luck is not None
            interval = mean_estimate(values[:, 2], None, sampling=Sampling(luck=luck)).interval
            assert interval.low is not None and interval.high is not None
            held += interval.low <= 0.9 <= interval.high
        assert held >= 0.93 * 300


class TestVerdict:
    @pytest.mark.parametrize("searches", [2, 3])
    @pytest.mark.parametrize("luck", [0.001, 0.0035])
    def test_luck_is_seldom_taken_for_an_effect_of_depth(self, searches: int, luck: float) -> None:
        claimed, _, _ = measure(luck, searches, 5, 6, 200)
        assert claimed <= 0.075  # 5 %, and a standard error and a half

    def test_replicates_of_single_winners_take_it_for_one(self) -> None:
        claimed, _, _ = measure(0.0035, 1, 5, 6, 100)
        assert claimed > 0.2

    def test_a_fall_beyond_luck_is_found(self) -> None:
        claimed, _, _ = measure(0.002, 3, 5, 6, 50, fall=0.03)
        assert claimed > 0.9
