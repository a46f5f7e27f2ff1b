"""The generalization gap."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from study.analysis.gap import at_readings, gap_interval, generalization_gap
from study.records.trials import EMPTY
from tests.conftest import trajectory_of


def test_the_gap_is_train_minus_test_and_validation_plays_no_part():
    np.testing.assert_allclose(generalization_gap([[1.0, 0.3, 0.8], [0.9, 0.9, 0.95]]), [0.2, -0.05])


def test_the_interval_is_that_of_the_paired_differences():
    accuracy = np.random.default_rng(0).uniform(0.8, 1, (5, 3))
    expected = stats.ttest_1samp(accuracy[:, 0] - accuracy[:, 2], 0).confidence_interval(0.9)
    interval = gap_interval(accuracy, 0.9)
    assert (interval.low, interval.high, interval.n) == (
        pytest.approx(expected.low),
        pytest.approx(expected.high),
        5,
    )


def test_a_failed_replicate_is_left_out_and_n_says_so():
    interval = gap_interval([[1.0, 0.9, 0.9], [np.nan] * 3, [1.0, 0.9, 0.8]])
    assert interval.n == 2
    assert interval.mean == pytest.approx(0.15)


def test_each_reading_has_its_own_gap_and_test_accuracy():
    def run(final):
        accuracy = np.array([[0.9, 0.9, 0.88], [1.0, 0.8, final]])
        cross_entropy = np.array([[0.3, 0.3, 0.3], [0.1, 0.9, 0.9]])
        return trajectory_of(np.array([1, 2]), accuracy, cross_entropy, np.ones(2))

    last, best = at_readings([run(0.8), run(0.7), EMPTY], ["last", "best"])
    assert (last.reading, last.gap.n, best.gap.n) == ("last", 2, 2)
    assert last.gap.mean == pytest.approx(0.25) and last.test.mean == pytest.approx(0.75)
    assert best.gap.mean == pytest.approx(0.02) and best.test.mean == pytest.approx(0.88)


def test_no_replicates_have_no_gap():
    (last,) = at_readings([], ["last"])
    assert last.gap.mean is None and last.test.mean is None
