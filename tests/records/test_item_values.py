"""Values of test items survive packing, and a block from elsewhere is refused in one line before it takes memory."""

from __future__ import annotations

import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from study.records.metrics import ACCURACY, CROSS_ENTROPY
from study.records.trials import ItemValues


def shares(*values: float) -> bytes:
    """A block of these shares, as a store would hold it."""
    return zlib.compress(np.array(values, "<f4").tobytes())


@given(st.lists(st.booleans(), min_size=1, max_size=50))
def test_right_and_wrong_come_back_as_they_were(values: list[bool]) -> None:
    packed = ItemValues.of(ACCURACY, "last", np.array(values))
    assert packed.binary and packed.values(len(values)).tolist() == values


@given(st.integers(1, 400), st.lists(st.integers(0, 400), min_size=1, max_size=50))
def test_shares_come_back_as_float32(records: int, times: list[int]) -> None:
    values = np.minimum(times, records) / records
    packed = ItemValues.of(ACCURACY, "tail", values)
    assert not packed.binary and np.array_equal(packed.values(len(values)), values.astype(np.float32))


def test_values_of_a_metric_without_an_upper_bound_come_back() -> None:
    packed = ItemValues.of(CROSS_ENTROPY, "last", np.array([0.0, 2.5, 1e30]))
    assert packed.values(3).tolist() == [0.0, 2.5, np.float32(1e30)]


@pytest.mark.parametrize(
    ("block", "words"),
    [
        (b"", "end too early"),
        (b"no zlib at all", "cannot be decompressed"),
        (shares(1, 0.5, 0)[:-5], "end too early"),
        (shares(1, 0.5, 0) + b"more", "not where they say"),
        (shares(1, 0.5), "8 bytes are no values of 3"),
        (shares(1, 0.5, 0, 0), "more than 12 bytes are no values of 3"),
        (zlib.compress(bytes(13)), "more than 12 bytes"),
        (shares(1, 0.5, 1.5), "not from 0 to 1"),
        (shares(1, 0.5, -0.1), "not from 0 to 1"),
        (shares(1, 0.5, float("nan")), "not from 0 to 1"),
        (shares(1, 0.5, float("inf")), "not from 0 to 1"),
    ],
)
def test_a_block_that_no_trainer_packed_is_refused_in_one_line(block: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words) as error:
        ItemValues("accuracy", "tail", block, binary=False).values(3)
    assert "\n" not in str(error.value)


@given(st.binary(max_size=200))
def test_any_bytes_are_values_or_one_line(block: bytes) -> None:
    for binary in (True, False):
        try:
            values = ItemValues("accuracy", "tail", block, binary).values(3)
        except ValueError as error:
            assert "\n" not in str(error)
        else:
            assert values.shape == (3,)


def test_a_block_that_unfolds_without_end_takes_no_memory() -> None:
    block = zlib.compress(bytes(200_000_000))
    tracemalloc.start()
    with pytest.raises(ValueError, match="more than 400 bytes"):
        ItemValues("accuracy", "tail", block, binary=False).values(100)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000
