"""What every contender trains, and the record of how long it took.

A contender is a process of its own that gets a :class:`Job` as JSON and prints its :class:`TrialTime` list as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

BATCH = 32
LARGE_BATCH = 1000  # of an evaluation only
LEARNING_RATE = 1e-3
VALIDATION = 0.1
SEED = 0


@dataclass(frozen=True, slots=True)
class Setting:
    """One architecture with its regularization: hidden widths, dropout rate, L2 coefficient of hidden kernels."""

    hidden: tuple[int, ...]
    dropout: float = 0.0
    l2: float = 0.0


SETTINGS = {
    "128-64": Setting((128, 64)),
    "4x128, dropout 0.2": Setting((128,) * 4, dropout=0.2),
    "8x128, L2 1e-4": Setting((128,) * 8, l2=1e-4),
}


@dataclass(frozen=True, slots=True)
class Job:
    """One trial of each setting with ``epochs[i]`` epochs on ``samples[i]`` training samples."""

    samples: tuple[int, ...]
    epochs: tuple[int, ...]


@dataclass(slots=True)
class TrialTime:
    """Wall seconds of one trial and of each of its epochs, each with the evaluation that follows it.

    ``evaluation`` and ``evaluation_large`` are the seconds of one clean evaluation of train, validation and test in
    batches of 32 and of 1,000; None where the contender makes none.
    """

    setting: str
    samples: int
    seconds: float = 0.0
    epochs: list[float] = field(default_factory=list)
    evaluation: float | None = None
    evaluation_large: float | None = None

    @property
    def steady(self) -> float:
        """Seconds of an epoch once everything is compiled: the median of all epochs but the first."""
        return float(np.median(self.epochs[1:] or self.epochs))

    def at(self, epochs: int) -> float:
        """Seconds of this trial had it had ``epochs`` epochs: what it spent once, and its steady epochs."""
        once = max(self.seconds - len(self.epochs) * self.steady, 0.0)
        return once + epochs * self.steady


class Timeline:
    """The stop watch of a contender: ``begin`` a trial, count its ``epoch`` ends, ``end`` the last trial."""

    def __init__(self) -> None:
        self.trials: list[TrialTime] = []
        self._begun = self._mark = 0.0
        self._running = False

    def __deepcopy__(self, memo: object) -> Timeline:
        """KerasTuner copies callbacks for each trial; there is one watch all the same."""
        return self

    def begin(self, setting: str, samples: int) -> None:
        """Start a trial; ends the one before it."""
        self.end()
        self.trials.append(TrialTime(setting, samples))
        self._begun = self._mark = time.perf_counter()
        self._running = True

    def epoch(self) -> None:
        """An epoch and what belongs to it is over."""
        now = time.perf_counter()
        self.trials[-1].epochs.append(now - self._mark)
        self._mark = now

    def end(self) -> None:
        """The trial is over; does nothing between trials."""
        if self._running:
            self.trials[-1].seconds = time.perf_counter() - self._begun
            self._running = False


@dataclass(frozen=True, slots=True)
class Arrays:
    """A sample as people hold it: float32 rows in [0, 1] and int32 labels, for train, validation and test."""

    x: tuple[NDArray[np.float32], ...]
    y: tuple[NDArray[np.int32], ...]


def load(samples: int) -> Arrays:
    """MNIST with the very split and subset that depthgauge trains replicate 0 on."""
    from study.data.loading import load_dataset
    from study.data.splits import draw_sample

    dataset = load_dataset("mnist")
    sample = draw_sample(dataset, seed=SEED, replicate=0, validation=VALIDATION, samples=samples, label_noise=0.0)
    bounds = np.cumsum(sample.sizes)[:-1]
    x = dataset.x[sample.rows].astype(np.float32) / np.float32(dataset.scale)
    return Arrays(tuple(np.split(x, bounds)), tuple(np.split(sample.y, bounds)))


def serve(contender: Callable[[Job, Timeline], None]) -> None:
    """Run a contender on the job that its command line names, and print its times."""
    values = json.loads(sys.argv[1])
    timeline = Timeline()
    contender(Job(tuple(values["samples"]), tuple(values["epochs"])), timeline)
    print(json.dumps([asdict(trial) for trial in timeline.trials]))
