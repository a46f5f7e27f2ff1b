"""Train, validation and test stand in one order everywhere, and one function takes one of them out."""

from __future__ import annotations

import numpy as np
import pytest

from study.records.trials import SPLITS, of_split


@pytest.mark.parametrize("shape", [(3,), (5, 3), (2, 4, 3)])
def test_a_split_is_found_in_arrays_of_any_shape(shape: tuple[int, ...]) -> None:
    values = np.arange(np.prod(shape), dtype=float).reshape(shape)
    for place, split in enumerate(SPLITS):
        assert np.array_equal(of_split(values, split), values[..., place])


def test_an_unknown_split_is_an_error() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        of_split(np.zeros(3), "held out")
