"""exp, tanh, erf, log and the fused multiply-add of the native engine, within their stated errors."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from study.train.native.compiled import FUNCTIONS, available, module
from tests.conftest import built

pytestmark = built

KERNELS = module().kernels() if available() else ()


def computed(name: str, x: np.ndarray, kernels: str | None = None) -> np.ndarray:
    x = np.ascontiguousarray(x[: len(x) // 8 * 8], np.float32)
    y = np.empty_like(x)
    module().function(FUNCTIONS.index(name), x, y, kernels)
    return y


def both_signs(low: float, high: float, count: int = 200_000) -> np.ndarray:
    """Values whose magnitudes are spread evenly over the powers of two."""
    x = np.exp(np.linspace(math.log(low), math.log(high), count)).astype(np.float32)
    return np.concatenate([x, -x])


def errors(ours: np.ndarray, exact: np.ndarray) -> np.ndarray:
    """Distances in units of the last place of the exact value."""
    return np.abs(ours.astype(np.float64) - exact) / np.spacing(np.abs(exact).astype(np.float32))


@pytest.mark.parametrize(
    ("name", "exact", "x", "most"),
    [
        ("exp", np.exp, both_signs(1e-9, 86.9), 1),
        ("expm1", np.expm1, both_signs(1e-9, 86.9), 2),
        ("tanh", np.tanh, both_signs(1e-9, 30), 3),
        ("sigmoid", lambda x: 1 / (1 + np.exp(-x)), both_signs(1e-9, 80), 2),
        ("erf", np.vectorize(math.erf), both_signs(1e-9, 6), 2),
        ("log", np.log, np.linspace(1, 4000, 400_000), 1),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_function_keeps_within_its_stated_error(
    name: str, exact: Callable[[np.ndarray], np.ndarray], x: np.ndarray, most: float
) -> None:
    x = x.astype(np.float32)[: len(x) // 8 * 8]
    assert errors(computed(name, x), exact(x.astype(np.float64))).max() <= most


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_set_of_kernels_gives_the_same_bits(name: str) -> None:
    words = np.random.PCG64(3).random_raw(1 << 16).astype(np.uint32)
    anything = words.view(np.float32)  # every exponent, infinities and NaN among them
    x = np.abs(anything[np.isfinite(anything)]) + 1 if name == "log" else anything
    first, *others = (computed(name, x, kernels) for kernels in KERNELS)
    number = np.isfinite(first)
    for other in others:
        assert np.array_equal(first.view(np.uint32)[number], other.view(np.uint32)[number])
        assert np.array_equal(np.isnan(first), np.isnan(other))


@pytest.mark.parametrize("name", ["exp", "expm1", "tanh", "sigmoid", "erf"])
def test_what_is_no_number_stays_none(name: str) -> None:
    assert np.isnan(computed(name, np.full(8, np.nan))).all()


def test_the_ends_are_what_they_should_be() -> None:
    ends = np.array([-np.inf, -1e30, -100, 0, 100, 1e30, np.inf, 0.0], np.float32)
    assert computed("tanh", ends).tolist() == [-1, -1, -1, 0, 1, 1, 1, 0]
    assert computed("erf", ends).tolist() == [-1, -1, -1, 0, 1, 1, 1, 0]
    assert computed("sigmoid", ends).tolist() == [0, 0, 0, 0.5, 1, 1, 1, 0.5]
    assert computed("exp", np.minimum(ends, 0)).tolist() == [0, 0, 0, 1, 1, 1, 1, 1]


@pytest.mark.parametrize("kernels", KERNELS)
def test_a_multiply_add_is_rounded_once(kernels: str) -> None:
    rng = np.random.default_rng(0)
    x = (rng.normal(size=80_000) * 2.0 ** rng.integers(-30, 30, 80_000)).astype(np.float32).reshape(-1, 8)
    x[::2, 2] = -(x[::2, 0].astype(np.float64) * x[::2, 1]).astype(np.float32)  # where all but the rounding cancels
    ours = computed("fma", x.ravel(), kernels).reshape(-1, 8)
    for row, result in zip(x[:4000].tolist(), ours[:4000].tolist(), strict=True):
        exact = np.longdouble(row[0]) * np.longdouble(row[1]) + np.longdouble(row[2])
        fraction = Fraction(row[0]) * Fraction(row[1]) + Fraction(row[2])
        near = np.float32(float(exact))
        candidates = [near, np.nextafter(near, np.float32(np.inf)), np.nextafter(near, np.float32(-np.inf))]
        best = min(abs(Fraction(float(c)) - fraction) for c in candidates)
        assert abs(Fraction(result[0]) - fraction) == best
