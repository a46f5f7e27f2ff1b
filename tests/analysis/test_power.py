"""What a study of more replicates would find is told from the noise of an earlier one, and comes true."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from study.analysis.item_intervals import Sampling
from study.analysis.onset.find import find_onset
from study.analysis.power import FOUND, noise_of
from study.errors import InputError
from tests.reports import sample_findings as sample

DEVIATION, VALUES = 0.004, 6
THESE_ITEMS = Sampling("these items")


def panel_with(test: np.ndarray, sampling: Sampling = THESE_ITEMS):  # type: ignore[type-arg, no-untyped-def]
    """A panel whose runs (R, D) reach this on test."""
    panel = sample.small_panel()
    points = tuple(
        replace(panel.points[0], value=depth + 1, accuracy=np.stack([column, column, column], axis=1), answers=None)
        for depth, column in enumerate(test.T)
    )
    return replace(panel, points=points, sampling=sampling)


def draw(rng: np.random.Generator, replicates: int, fall: float = 0.0) -> np.ndarray:  # type: ignore[type-arg]
    """Runs (R, D) with a level of their replicate, of which the deepest value is worse by ``fall``."""
    runs = 0.9 + 0.01 * rng.standard_normal((replicates, 1)) + DEVIATION * rng.standard_normal((replicates, VALUES))
    runs[:, -1] -= fall
    return runs


def test_the_noise_of_runs_is_found_without_what_replicates_differ_by() -> None:
    noise = noise_of(panel_with(draw(np.random.default_rng(0), 30)))
    assert noise.low < DEVIATION < noise.high
    assert noise.freedom == 29 * 5 and noise.shared == 0


def test_a_fall_of_the_size_that_is_named_is_found_in_about_so_many_cases() -> None:
    rng = np.random.default_rng(1)
    noise = noise_of(panel_with(draw(rng, 40)))
    (power,) = noise.falls([5], VALUES, alpha=0.05, share=1.0, seed=0)
    train = np.full((5, VALUES), 0.999)
    found = [
        find_onset(range(VALUES), train, draw(rng, 5, power.fall), margin=0.01).onset is not None for _ in range(150)
    ]
    assert FOUND - 0.1 < np.mean(found) < FOUND + 0.15


def test_more_replicates_find_smaller_falls_but_not_below_what_all_of_them_share() -> None:
    noise = noise_of(panel_with(draw(np.random.default_rng(2), 10), Sampling("these items", same_training=0.2)))
    falls = noise.falls([3, 5, 10], VALUES, alpha=0.05, share=1.0, seed=0)
    assert [one.fall for one in falls] == sorted((one.fall for one in falls), reverse=True)
    assert all(one.low < one.fall < one.high for one in falls)
    assert falls[-1].fall > noise.shared**0.5


def test_a_single_replicate_tells_no_noise() -> None:
    with pytest.raises(InputError, match="too few runs to tell their noise"):
        noise_of(panel_with(draw(np.random.default_rng(3), 1)))
