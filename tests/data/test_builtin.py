"""Data are what they claim to be, and a replicate's draw from them is fair and repeatable."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from study.data import builtin
from study.data.loading import load_dataset
from study.data.splits import draw_sample
from study.errors import DataError

DRAW = {"seed": 0, "replicate": 0, "validation": 0.1, "samples": None, "label_noise": 0.0}


def test_mnist_is_complete_and_needs_no_network() -> None:
    mnist = load_dataset("mnist")
    assert mnist.x.shape == (70_000, 784) and mnist.training == 60_000
    assert mnist.x.dtype == np.uint8 and mnist.scale == 255 and mnist.classes == 10
    assert np.bincount(mnist.y[:60_000]).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]


def test_a_damaged_file_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Path(builtin.__file__).parent / "mnist.npz"
    (tmp_path / "mnist.npz").write_bytes(source.read_bytes()[:1_000_000])
    monkeypatch.setattr(builtin.resources, "files", lambda package: tmp_path)
    with pytest.raises(DataError, match=r"damaged.*SHA-256"):
        builtin.mnist()


def test_digits_are_those_of_scikit_learn() -> None:
    x, y = load_digits(return_X_y=True)
    data = load_dataset("digits")
    ours = {(tuple(row), int(label)) for row, label in zip(data.x, data.y, strict=True)}
    assert len(data.y) == len(y) and ours == {(tuple(row), int(label)) for row, label in zip(x, y, strict=True)}


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(DataError, match="mnist, digits"):
        load_dataset("mnits")


def test_the_held_out_part_is_stratified_and_not_the_last_rows() -> None:
    digits = load_dataset("digits")
    sample = draw_sample(digits, **DRAW)
    train, validation, test = sample.sizes
    assert train + validation == digits.training and test == len(digits.y) - digits.training
    assert sorted(sample.rows) == list(range(len(digits.y)))
    share = np.bincount(sample.y[train : train + validation]) / np.bincount(digits.y[: digits.training])
    assert share == pytest.approx(0.1, abs=0.012)
    assert sample.rows[train : train + validation].min() < digits.training - validation
    assert np.array_equal(sample.rows[train + validation :], np.arange(digits.training, len(digits.y)))


def test_smaller_training_sets_keep_the_same_held_out_rows() -> None:
    digits = load_dataset("digits")
    full, small = draw_sample(digits, **DRAW), draw_sample(digits, **{**DRAW, "samples": 50})
    assert small.sizes == (50, *full.sizes[1:])
    assert np.array_equal(small.rows[50:], full.rows[full.sizes[0] :])
    assert set(np.bincount(small.y[:50])) <= {4, 5, 6}
    assert set(small.rows[:50]) <= set(full.rows[: full.sizes[0]])


def test_a_replicate_fixes_the_draw_and_another_one_changes_it() -> None:
    digits = load_dataset("digits")
    first, again, other = (draw_sample(digits, **{**DRAW, "replicate": r}) for r in (0, 0, 1))
    assert np.array_equal(first.rows, again.rows)
    assert not np.array_equal(first.rows, other.rows)


def test_label_noise_replaces_the_stated_share_of_training_labels_only() -> None:
    digits = load_dataset("digits")
    clean, noisy = draw_sample(digits, **DRAW), draw_sample(digits, **{**DRAW, "label_noise": 0.3})
    train = clean.sizes[0]
    assert np.array_equal(clean.rows, noisy.rows)
    assert (clean.y[:train] != noisy.y[:train]).sum() == round(0.3 * train)
    assert np.array_equal(clean.y[train:], noisy.y[train:])
