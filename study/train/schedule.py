"""How the learning rate changes while a network trains: exactly what Keras's schedules and callbacks make of it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from study.records.trials import COSINE, EXPONENTIAL, PLATEAU, STEPS, Configuration

LEAST_FALL = 1e-4  # by which a validation loss must fall to count as lower: Keras's ``ReduceLROnPlateau.min_delta``


class Schedule:
    """The learning rate of each step of one trial, with ``steps`` steps an epoch.

    In the first ``warmup_epochs`` it rises in a straight line from 0. The time from then on, counted in epochs, decides
    for ``cosine``, ``exponential`` and ``steps``; for ``plateau`` what validation came to at each record does.
    """

    def __init__(self, configuration: Configuration, steps: int) -> None:
        self._configuration = configuration
        self._steps = steps
        self._done = 0
        self._reduced = 1.0
        self._lowest = math.inf
        self._fell = 0  # the epoch from which patience counts

    def next(self, epochs: int) -> NDArray[np.float32]:
        """The rates (epochs * steps,) of the next epochs."""
        at = (self._done + np.arange(epochs * self._steps)) / self._steps
        self._done += epochs * self._steps
        return (rates(self._configuration, at) * self._reduced).astype(np.float32)

    def recorded(self, epoch: int, watched: float) -> None:
        """Take in the validation loss of a record, as ``ReduceLROnPlateau`` does that of an epoch."""
        configuration = self._configuration
        if configuration.schedule != PLATEAU:
            return
        assert configuration.decay is not None and configuration.decay_epochs is not None
        if watched < self._lowest - LEAST_FALL:
            self._lowest, self._fell = watched, epoch
        elif epoch - self._fell >= configuration.decay_epochs:
            self._reduced *= configuration.decay
            self._fell = epoch


def rates(configuration: Configuration, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """The learning rates at times ``at`` (n,), in epochs from the start; a plateau apart."""
    warmup = configuration.warmup_epochs
    since = at - warmup
    factor = np.ones(len(at))
    if configuration.schedule == COSINE:
        span = (configuration.schedule_epochs or configuration.epochs) - warmup
        factor = 0.5 * (1.0 + np.cos(np.pi * np.minimum(since / span, 1.0)))
    elif configuration.schedule in (EXPONENTIAL, STEPS):
        assert configuration.decay is not None and configuration.decay_epochs is not None
        times = since / configuration.decay_epochs
        factor = configuration.decay ** (np.floor(times) if configuration.schedule == STEPS else times)
    if warmup:
        factor = np.where(at < warmup, at / warmup, factor)
    return configuration.learning_rate * factor
