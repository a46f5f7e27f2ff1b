"""What a network sees is fitted on training rows alone, and the compiled program computes the same as NumPy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.preprocessing import StandardScaler

from study.data.columns import Columns
from study.data.dataset import Dataset, make_dataset
from study.data.loading import load_dataset
from study.data.scaling import fit_scaling
from study.records.trials import Configuration, Trial
from study.train.trainer import KerasTrainer as Trainer

CONFIGURATION = Configuration.stack(hidden=(16, 8), samples=100, epochs=10, optimizer="sgd", learning_rate=0.02)
CELLS = st.one_of(st.floats(-(2.0**50), 2.0**50, width=32), st.just(float("nan")))


def table(count: int = 300) -> Dataset:
    """Rows of very different scales, with missing values, a constant and two categories."""
    rng = np.random.default_rng(0)
    y = np.arange(count) % 3
    x = rng.normal(size=(count, 6)).astype(np.float32)
    x[:, :4] = (x[:, :4] + y[:, None]) * [1, 1000, 1e-3, 1] + [0, 5e4, 0, -7]
    x[:, 3] = 7
    x[rng.random(count) < 0.2, 1] = np.nan
    x[:, 4:] = np.eye(2)[rng.integers(0, 2, count)]
    columns = Columns("label", ("a", "b", "c", "d"), (("e", ("x", "y")),))
    parts = x[: count - 60], y[: count - 60], x[count - 60 :], y[count - 60 :]
    return make_dataset("made", *parts, scale=None, labels=("0", "1", "2"), columns=columns)


def test_scaling_is_mean_and_deviation_of_the_training_rows_alone() -> None:
    data, rows = table(), np.arange(0, 200, 2)
    scaling = fit_scaling(data, rows)
    x = data.x[rows].astype(np.float64)
    assert scaling.shift[:3] == pytest.approx(np.nanmean(x[:, :3], axis=0), rel=1e-6)
    assert scaling.scale[:3] == pytest.approx(np.nanstd(x[:, :3], axis=0), rel=1e-6)
    assert (scaling.shift[3], scaling.scale[3]) == (7, 1)
    assert scaling.shift[4:].tolist() == [0, 0] and scaling.scale[4:].tolist() == [1, 1]
    other = data.x.copy()
    other[1::2] = 1e6
    assert np.array_equal(fit_scaling(replace(data, x=other), rows).shift, scaling.shift)


def test_a_missing_value_is_the_mean_and_a_constant_scale_is_a_division() -> None:
    data = table()
    scaled = fit_scaling(data, np.arange(200)).apply(data.x)
    assert scaled.dtype == np.float32 and np.isfinite(scaled).all()
    assert (scaled[np.isnan(data.x)] == 0).all()
    digits = load_dataset("digits")
    seen = fit_scaling(digits, np.arange(10)).apply(digits.x)
    assert np.array_equal(seen, digits.x.astype(np.float32) / np.float32(16))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(arrays.arrays(np.float32, (9, 4), elements=CELLS))
def test_any_rows_become_finite_numbers(x: np.ndarray) -> None:
    y = np.arange(9) % 2
    data = make_dataset("any", x[:6], y[:6], x[6:], y[6:], scale=None, labels=("0", "1"))
    rows = np.arange(6)
    seen = fit_scaling(data, rows).apply(data.x)
    assert np.isfinite(seen[rows]).all()
    assert np.abs(seen[rows]).max() <= 9  # n - 1 over its root, and rounding


def test_a_trial_is_trained_on_rows_standardised_by_its_own_training_subset() -> None:
    data = table()
    ours = Trainer(data, seed=3, validation=0.1)
    for replicate in range(2):
        result = ours.run(Trial(CONFIGURATION, replicate), keep_weights=True)
        rows = ours.samples.of(CONFIGURATION, replicate)
        train = data.x[rows.index.numpy()[:100], :4].astype(np.float64)
        x = data.x.copy()
        deviation = np.nanstd(train, axis=0)
        x[:, :4] = (x[:, :4] - np.nanmean(train, axis=0)) / np.where(deviation == 0, 1, deviation)
        by_hand = replace(data, x=np.nan_to_num(x), scale=1.0)
        expected = Trainer(by_hand, seed=3, validation=0.1).run(Trial(CONFIGURATION, replicate), keep_weights=True)
        assert result.trajectory["cross_entropy"] == pytest.approx(expected.trajectory["cross_entropy"], rel=1e-4)
        for one, other in zip(result.weights, expected.weights, strict=True):
            assert np.allclose(one, other, atol=1e-4)
        assert result.trajectory["accuracy"][-1, 0] > 0.5
    assert len(ours.programs) == 1  # with statistics of their own, replicates share it


def test_a_standardised_result_does_not_depend_on_what_ran_before() -> None:
    one, other = (Trainer(table(), seed=3, validation=0.1) for _ in range(2))
    one.run(Trial(CONFIGURATION, 5))
    first, again = (t.run(Trial(CONFIGURATION, 1)).trajectory for t in (one, other))
    assert first["cross_entropy"].tobytes() == again["cross_entropy"].tobytes()


@settings(max_examples=60, deadline=None)
@given(arrays.arrays(np.float32, arrays.array_shapes(min_dims=2, max_dims=2, max_side=30), elements=CELLS))
def test_columns_are_standardised_as_scikit_learn_does(x: np.ndarray) -> None:
    labels = np.zeros(len(x), np.int32)
    data = make_dataset("made", x, labels, x[:1], labels[:1], scale=None, labels=("a", "b"))
    scaling = fit_scaling(data, np.arange(len(x)))
    known = ~np.isnan(x).all(axis=0)
    assert (scaling.shift[~known] == 0).all() and (scaling.scale[~known] == 1).all()
    if known.any():
        expected = StandardScaler().fit(x[:, known].astype(np.float64))
        assert np.allclose(scaling.shift[known], expected.mean_.astype(np.float32), rtol=1e-6, atol=0)
        assert np.allclose(scaling.scale[known], expected.scale_.astype(np.float32), rtol=1e-6, atol=1e-37)
