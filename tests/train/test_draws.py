"""What is drawn for a replicate depends on the study's seed, the replicate and what it is for, and on nothing else."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from study.records.trials import Configuration
from study.train.draws import dropout_factors, dropout_key, orders, philox, start_weights
from study.train.native.compiled import module
from tests.conftest import built

KEY = (0xA4093822, 0x299F31D0)


def test_start_weights_are_glorot_uniform_and_those_of_the_seed() -> None:
    weights = start_weights(Configuration.stack((300, 200), epochs=1), 100, 10, seed=3, replicate=0)
    assert [w.shape for w in weights] == [(100, 300), (300,), (300, 200), (200,), (200, 10), (10,)]
    for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
        limit = np.sqrt(6 / sum(kernel.shape))
        assert np.abs(kernel).max() <= limit and not bias.any()
        assert kernel.std() == pytest.approx(limit / np.sqrt(3), rel=0.05)
        assert abs(kernel.mean()) < 4 * limit / np.sqrt(3 * kernel.size)
    again = start_weights(Configuration.stack((300, 200), epochs=1, dropout=0.5), 100, 10, seed=3, replicate=0)
    assert all(np.array_equal(a, b) for a, b in zip(weights, again, strict=True))
    assert not np.array_equal(weights[0], start_weights(Configuration.stack((300, 200), epochs=1), 100, 10, 3, 1)[0])
    assert not np.array_equal(weights[0], start_weights(Configuration.stack((300, 200), epochs=1), 100, 10, 4, 0)[0])


def test_normalization_starts_as_in_keras() -> None:
    weights = start_weights(Configuration.stack((5,), epochs=1, batch_norm=True), 3, 2, seed=0, replicate=0)
    assert [float(w.mean()) for w in weights[1:5]] == [1, 0, 0, 1]
    assert [w.shape for w in weights] == [(3, 5), (5,), (5,), (5,), (5,), (5, 2), (2,)]


@pytest.mark.parametrize("rows", [1, 2, 7, 64, 1000])
def test_every_epoch_has_an_order_of_its_own(rows: int) -> None:
    drawn = orders(seed=1, replicate=2, rows=rows)
    first, second = next(drawn), next(drawn)
    assert np.array_equal(np.sort(first), np.arange(rows)) and np.array_equal(np.sort(second), np.arange(rows))
    assert np.array_equal(first, next(orders(1, 2, rows)))
    assert rows < 7 or not np.array_equal(first, second)


def test_all_orders_are_equally_likely() -> None:
    drawn = orders(seed=0, replicate=0, rows=4)
    counts = np.unique([next(drawn) for _ in range(24_000)], axis=0, return_counts=True)[1]
    assert len(counts) == 24
    assert ((counts - 1000) ** 2 / 1000).sum() < 50  # chi-squared with 23 degrees of freedom: 1 in 1,000


def test_philox_gives_the_known_answers_of_its_authors() -> None:
    # The vectors of Random123's kat_vectors for philox4x32 with 10 rounds.
    counters = np.array([[0, 0, 0, 0], [2**32 - 1] * 4, [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344]], np.uint64)
    keys = [(0, 0), (2**32 - 1, 2**32 - 1), KEY]
    answers = [
        [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8],
        [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD],
        [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
    ]
    for counter, key, answer in zip(counters, keys, answers, strict=True):
        assert philox(*(counter[i : i + 1] for i in range(4)), key).ravel().tolist() == answer


@pytest.mark.parametrize("rate", [0.0, 0.2, 0.9])
def test_masks_keep_and_scale_as_often_as_they_should(rate: float) -> None:
    factors = dropout_factors(KEY, step=5, layer=1, rows=400, width=300, rate=rate)
    assert set(np.unique(factors)) <= {np.float32(0), np.float32(1) / (1 - np.float32(rate))}
    kept = (factors > 0).mean()
    assert kept == pytest.approx(1 - rate, abs=4 * np.sqrt(rate * (1 - rate) / factors.size))
    if rate:
        others = [
            dropout_factors(KEY, step=6, layer=1, rows=400, width=300, rate=rate),
            dropout_factors(KEY, step=5, layer=0, rows=400, width=300, rate=rate),
            dropout_factors((1, 2), step=5, layer=1, rows=400, width=300, rate=rate),
        ]
        for other in others:
            assert ((factors > 0) != (other > 0)).mean() == pytest.approx(2 * rate * (1 - rate), abs=0.01)


@built
@pytest.mark.parametrize("width", [1, 8, 31, 32, 33, 128, 200])
def test_the_compiled_masks_are_those_of_numpy(width: int) -> None:
    for kernels in module().kernels():
        for step in (0, 7, 2**32 + 3):
            factors = np.empty((37, width), np.float32)
            module().dropout_factors(KEY, step, 2, width, 0.3, 37, factors, kernels)
            assert np.array_equal(factors, dropout_factors(KEY, step, 2, 37, width, 0.3))


def test_the_draws_are_what_they_were() -> None:
    digest = hashlib.sha256()
    for weights in start_weights(Configuration.stack((30, 20), epochs=1), 64, 10, seed=11, replicate=3):
        digest.update(weights.tobytes())
    drawn = orders(11, 3, 1000)
    for _ in range(3):
        digest.update(next(drawn).tobytes())
    digest.update(repr(dropout_key(11, 3)).encode())
    assert digest.hexdigest()[:16] == "3087cd913e3405a2"
