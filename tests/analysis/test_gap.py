"""The generalization gap."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from study.analysis.gap import AtReading, generalization_gap
from study.analysis.item_intervals import NEW_DATA, ItemSums
from study.records.metrics import ACCURACY


def test_the_gap_is_train_minus_test_and_validation_plays_no_part():
    np.testing.assert_allclose(generalization_gap([[1.0, 0.3, 0.8], [0.9, 0.9, 0.95]]), [0.2, -0.05])


def test_without_single_items_the_interval_is_that_of_the_paired_differences():
    accuracy = np.random.default_rng(0).uniform(0.8, 1, (5, 3))
    expected = stats.ttest_1samp(accuracy[:, 0] - accuracy[:, 2], 0).confidence_interval(0.95)
    gap = AtReading.of(ACCURACY, accuracy, "last", None, NEW_DATA).gap
    assert (gap.low, gap.high, gap.n) == (pytest.approx(expected.low), pytest.approx(expected.high), 5)


def test_a_failed_replicate_is_left_out_and_n_says_so():
    read = AtReading.of(ACCURACY, [[1.0, 0.9, 0.9], [np.nan] * 3, [1.0, 0.9, 0.8]], "best", None, NEW_DATA)
    assert (read.reading, read.gap.n, read.target) == ("best", 2, "these replicates")
    assert read.gap.mean == pytest.approx(0.15) and read.test.mean == pytest.approx(0.85)


def test_with_single_items_both_intervals_speak_of_new_data_and_widen():
    rng = np.random.default_rng(1)
    items = (rng.random((5, 40)) < np.where(rng.random(40) < 0.8, 0.99, 0.1)).astype(float)
    accuracy = np.stack([np.full(5, 0.99), np.full(5, 0.8), items.mean(axis=1)], axis=1)
    alone, new = (AtReading.of(ACCURACY, accuracy, "last", one, NEW_DATA) for one in (None, ItemSums.of(items)))
    assert (alone.target, new.target) == ("these replicates", "new data")
    assert new.test.mean == alone.test.mean and new.test.half_width > 2 * alone.test.half_width
    assert new.gap.half_width == pytest.approx(new.test.half_width)  # train accuracy is the same in all


def test_no_replicates_have_no_gap():
    read = AtReading.of(ACCURACY, np.zeros((0, 3)), "last", None, NEW_DATA)
    assert read.gap.mean is None and read.test.mean is None
