"""Numbers keep the digits of the file until they are standardised."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.data.check import data_notes
from study.data.dataset import Dataset
from study.data.loading import load_dataset
from study.data.origin import find_origin, origin_of_rows
from study.data.scaling import fit_scaling
from study.records.sources import DataSource

ROWS = 60
RNG = np.random.default_rng(0)
MINUTES = RNG.permutation(np.arange(ROWS) * 3 % 101)
LABELS = (MINUTES > 50).astype(int)


def load_csv(folder: Path, cells: list, name: str = "t.csv") -> Dataset:
    lines = ["t,label", *(f"{cell},{label}" for cell, label in zip(cells, LABELS, strict=True))]
    (folder / name).write_text("\n".join(lines) + "\n")
    return load_dataset(DataSource(str(folder / name), target="label"))


@pytest.mark.parametrize("offset", [1_700_000_000, 1_700_000_000_000, 1_700_000_000_000_000_000, -9_000_000_000])
def test_a_column_far_from_zero_is_the_column_near_zero_to_the_last_bit(tmp_path: Path, offset: int) -> None:
    near = load_csv(tmp_path, MINUTES.tolist())
    far = load_csv(tmp_path, [offset + int(minute) for minute in MINUTES])
    rows = np.arange(near.training)
    one, other = (fit_scaling(data, rows).apply(data.x) for data in (near, far))
    assert near.origin is None and far.origin is not None
    assert np.allclose(one, other, atol=1e-6) and np.ptp(one) > 1
    if offset > 0:  # a round number below the smallest minute is that of the near one
        assert np.array_equal(near.x, far.x)


def test_gaps_do_not_cost_digits(tmp_path: Path) -> None:
    far = [1_700_000_000_000_000_000 + int(minute) for minute in MINUTES]
    data = load_csv(tmp_path, ["" if place == 7 else cell for place, cell in enumerate(far)])
    known = data.x[np.isfinite(data.x[:, 0]), 0]
    assert len(known) == ROWS - 1 and len(np.unique(known)) == len(set(MINUTES) - {MINUTES[7]})


def test_arrays_and_parquet_keep_them_too(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    far = 1_700_000_000_000_000_000 + MINUTES
    pandas.DataFrame({"t": far, "label": LABELS}).to_parquet(tmp_path / "t.parquet")
    parquet = load_dataset(DataSource(str(tmp_path / "t.parquet"), target="label"))
    np.savez(tmp_path / "t.npz", x=far[:, None], y=LABELS)
    arrays = load_dataset(DataSource(str(tmp_path / "t.npz")))
    expected = load_csv(tmp_path, MINUTES.tolist()).x
    assert np.array_equal(parquet.x, expected) and np.array_equal(arrays.x, expected)


def test_values_that_float32_holds_well_enough_stay_what_they_are(tmp_path: Path) -> None:
    ordinary = [
        RNG.normal(size=ROWS), RNG.normal(30, 5, ROWS), RNG.uniform(1950, 2020, ROWS).round(), np.full(ROWS, 0.1),
        RNG.integers(0, 10**6, ROWS), 1e-20 * RNG.random(ROWS), np.array([*[0.0] * 30, *[1.7e9] * 30]),
    ]  # fmt: skip
    assert find_origin(ordinary) is None
    assert origin_of_rows(np.stack(ordinary, 1).astype(np.float64)) is None
    assert load_dataset("digits").origin is None and load_dataset("digits").given is None


def test_rows_that_differ_in_the_twelfth_digit_are_no_copies(tmp_path: Path) -> None:
    data = load_csv(tmp_path, [f"{0.1 + 1e-12 * place:.15f}" for place in range(ROWS)])
    assert not any("Copies" in note.text for note in data_notes(data))
    equal = replace(data, given=None, x=np.full_like(data.x, 0.1))
    assert any("Copies" in note.text for note in data_notes(equal))


def test_another_offset_is_another_data_set(tmp_path: Path) -> None:
    one, other = (load_csv(tmp_path, [far + int(minute) for minute in MINUTES]) for far in (17 * 10**8, 18 * 10**8))
    assert np.array_equal(one.x, other.x) and one.sha256 != other.sha256


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.floats(-1e15, 1e15, allow_nan=False),
    st.floats(1e-3, 1e6),
    st.integers(0, 2**32 - 1),
)
def test_any_column_is_standardised_as_in_float64(offset: float, spread: float, seed: int) -> None:
    values = offset + spread * np.random.default_rng(seed).normal(size=(50, 1))
    if np.ptp(values) < 1e-9 * np.abs(values).max():
        return  # float64 has not the digits either
    origin = origin_of_rows(values)
    x = values.astype(np.float32) if origin is None else origin.apply(values)
    data = replace(load_dataset("digits"), x=x, scale=None, origin=origin)
    seen = fit_scaling(data, np.arange(50)).apply(x)
    expected = (values - values.mean()) / values.std()
    assert np.abs(seen - expected).max() < 2e-4
