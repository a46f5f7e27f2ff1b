"""What is drawn for a replicate, the same on every machine: start weights and orders of both engines, native masks.

Keras's masks are drawn inside XLA (:class:`study.train.network.DropoutDraws`): these would have to be sent there.

NumPy promises that a bit generator's raw words stay what they are, and promises nothing of the distributions that it
makes of them. So the words are mapped here, with operations that have one result: integers, comparisons, and products
in double precision.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from study.records.trials import Configuration
from study.seeds import Stream, stream

WORDS = 2**32
MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)  # of Philox-4x32
INCREMENTS = (0x9E3779B9, 0xBB67AE85)
ROUNDS = 10
CUT_DEVIATION = 0.87962566103423978  # of a standard normal distribution that is cut off at -2 and 2


def start_weights(
    configuration: Configuration, inputs: int, outputs: int, seed: int, replicate: int
) -> list[NDArray[np.float32]]:
    """Kernels by the configuration's rule, zero biases, fresh normalization: as ``keras.Model.get_weights``.

    A kernel depends on its layer's place and shape alone: the same with and without dropout.
    """
    stack = configuration.dense
    sizes = (inputs, *stack.hidden, outputs)
    seeds = stream(seed, replicate, Stream.WEIGHTS).spawn(len(sizes) - 1)
    behind = (1, 0, 0, 1) if stack.batch_norm else (0, 1, 0) if stack.layer_norm else (0,)
    weights = []
    for layer, ((fan_in, fan_out), child) in enumerate(zip(pairwise(sizes), seeds, strict=True)):
        weights.append(drawn_kernel(stack.initializer, child, (fan_in, fan_out), fan_in, fan_out))
        hidden = layer < stack.depth
        weights += [np.full(fan_out, value, np.float32) for value in (behind if hidden else (0,))]
    return weights


def drawn_kernel(
    initializer: str, sequence: np.random.SeedSequence, shape: tuple[int, ...], fan_in: float, fan_out: float
) -> NDArray[np.float32]:
    """A kernel of ``shape`` by one of Keras's rules of scaled variance.

    The variance is 2 / (fan_in + fan_out) of ``glorot`` (Glorot and Bengio, 2010), 2 / fan_in of ``he`` (He et al.,
    2015) and 1 / fan_in of ``lecun``. ``uniform`` draws between limits, ``normal`` from a normal distribution that is
    cut off at two standard deviations, and is as much wider.
    """
    rule, _, form = initializer.partition("_")
    over, under = {"glorot": (2.0, fan_in + fan_out), "he": (2.0, fan_in), "lecun": (1.0, fan_in)}[rule]
    words = np.random.PCG64(sequence).random_raw(math.prod(shape))
    share = (words >> np.uint64(11)).astype(np.float64) * 2.0**-53  # [0, 1)
    if form == "uniform":
        values = (2.0 * share - 1.0) * np.sqrt(3.0 * over / under)
    else:
        from scipy.special import ndtr, ndtri  # a quarter of a second that only this needs

        below = float(ndtr(-2.0))
        values = ndtri(below + share * (1.0 - 2.0 * below)) * (np.sqrt(over / under) / CUT_DEVIATION)
    kernel: NDArray[np.float32] = values.astype(np.float32).reshape(shape)
    return kernel


def orders(seed: int, replicate: int, rows: int) -> Iterator[NDArray[np.int32]]:
    """The order (rows,) of each epoch, without end: a permutation of the training rows."""
    generator = np.random.PCG64(stream(seed, replicate, Stream.ORDER))
    low = np.uint64((1 << max(rows - 1, 0).bit_length()) - 1)
    places = np.arange(rows, dtype=np.uint64)
    while True:
        # Sorted by random words whose low bits are the places: no two are equal, so every way of sorting agrees.
        keys = (generator.random_raw(rows) & ~low) | places
        keys.sort()
        yield (keys & low).astype(np.int32)


def dropout_key(seed: int, replicate: int) -> tuple[int, int]:
    """The key of a replicate's masks: two words of 32 bits."""
    first, second = stream(seed, replicate, Stream.DROPOUT).generate_state(2)
    return int(first), int(second)


def dropout_factors(
    key: tuple[int, int], step: int, layer: int, rows: int, width: int, rate: float
) -> NDArray[np.float32]:
    """What the activations (rows, width) of a hidden layer are multiplied by at a step (counted from 0) of training.

    ``1 / (1 - rate)`` where a unit is kept, 0 where it is dropped. The words come from Philox-4x32-10 (Salmon et
    al., 2011), whose counter names step, layer, row and unit, as ``native/random.h`` says.
    """
    groups = -(-width // 32)
    counters = 8 * groups * rows
    words = philox(
        np.arange(counters, dtype=np.uint64),
        np.full(counters, layer, np.uint64),
        np.full(counters, step % WORDS, np.uint64),
        np.full(counters, step // WORDS, np.uint64),
        key,
    )
    units = words.reshape(4, rows, groups, 8).transpose(1, 2, 0, 3).reshape(rows, 32 * groups)[:, :width]
    share = np.float32(rate)
    kept = units >= np.uint64(float(share) * WORDS)
    return np.where(kept, np.float32(1) / (np.float32(1) - share), np.float32(0))


def philox(
    a: NDArray[np.uint64], b: NDArray[np.uint64], c: NDArray[np.uint64], d: NDArray[np.uint64], key: tuple[int, int]
) -> NDArray[np.uint64]:
    """Philox-4x32-10: four words (4, n) below 2**32 of each counter ``(a, b, c, d)`` (n,)."""
    low, half = np.uint64(WORDS - 1), np.uint64(32)
    for number in range(ROUNDS):
        k0, k1 = (np.uint64((k + number * i) % WORDS) for k, i in zip(key, INCREMENTS, strict=True))
        p, q = a * np.uint64(MULTIPLIERS[0]), c * np.uint64(MULTIPLIERS[1])
        a, b, c, d = (q >> half) ^ b ^ k0, q & low, (p >> half) ^ d ^ k1, p & low
    return np.stack([a, b, c, d])
