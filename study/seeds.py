"""One seed per purpose, all from the study's seed and the replicate's index.

Numbers drawn for one purpose never shift those of another: a run with dropout sees the same subset, split,
initial weights and batch order as one without.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """What random numbers are for; the values are part of every stored result, so they never change."""

    SPLIT = 0
    SUBSET = 1
    LABEL_NOISE = 2
    WEIGHTS = 3
    ORDER = 4
    DROPOUT = 5
    PROPOSER = 6
    TEST_SET = 7


def stream(seed: int, replicate: int, purpose: Stream) -> np.random.SeedSequence:
    """The seed sequence of one purpose in one replicate of a study."""
    return np.random.SeedSequence(seed, spawn_key=(replicate, int(purpose)))


def small_seed(sequence: np.random.SeedSequence) -> int:
    """A seed in [0, 2**31) for libraries that take a plain integer."""
    return int(sequence.generate_state(1)[0] >> 1)
