"""Does a worker's memory grow? Trials of one epoch on all of MNIST, run by one worker as a study runs them.

First 200 trials of 20 architectures, which one process holds: memory may grow with each program, not with each
trial. Then 60 trials of 30 architectures, for which the executor replaces its worker on the way. Nothing is in the
on-disk cache at the start. Run it with ``python benchmarks/memory.py``; it takes about ten minutes on one core.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from study.records.trials import Configuration, Result, Trial
from study.run.executors import worker
from study.run.executors.local import LocalExecutor

PLAIN = [Configuration.stack((width,) * depth, epochs=1) for depth in range(1, 11) for width in (64, 128)]
WITH_DROPOUT = [Configuration.stack((128,) * depth, epochs=1, dropout=0.2) for depth in range(1, 11)]
EVERY = 20  # trials from one line to the next


@dataclass(frozen=True)
class State:
    """A worker after a trial: its process, resident and peak memory in MB."""

    pid: int
    resident: float
    peak: float


def watch(configurations: Sequence[Configuration], trials: int) -> list[State]:
    """Run ``trials`` trials, round and round the configurations, each round a replicate; print every twentieth."""
    executor = LocalExecutor("mnist", seed=0, validation=0.1, workers=1)
    states: list[State] = []
    try:
        while len(states) < trials:
            replicate, which = divmod(len(states), len(configurations))
            executor.submit(Trial(configurations[which], replicate))
            (outcome,) = executor.wait(600)
            assert isinstance(outcome, Result) and outcome.state == "finished", outcome
            process = _worker()
            states.append(State(process.pid, process.memory_info().rss / 1e6, outcome.peak_memory / 1e6))
            if len(states) == 1 or len(states) % EVERY == 0:
                processes = len({state.pid for state in states})
                last = states[-1]
                print(
                    f"{len(states):4} trials  {last.resident:6.0f} MB resident  {last.peak:6.0f} MB peak of worker "
                    f"{processes}",
                    flush=True,
                )
    finally:
        executor.close()
    return states


def _worker() -> psutil.Process:
    """The one process that the fork server has forked."""
    (found,) = (p for child in psutil.Process().children() for p in child.children())
    return found


def main() -> None:
    """Both parts, each with its growth or its highest peak."""
    with tempfile.TemporaryDirectory() as cache:
        os.environ["DEPTHGAUGE_CACHE"] = cache
        print(f"{len(PLAIN)} architectures, no worker is replaced")
        states = watch(PLAIN, 200)
        assert len({state.pid for state in states}) == 1
        first, full, last = states[0], states[len(PLAIN) - 1], states[-1]
        print(f"growth: {(full.resident - first.resident) / (len(PLAIN) - 1):.1f} MB a program, ", end="")
        print(f"{(last.resident - full.resident) / (len(states) - len(PLAIN)):.2f} MB a further trial")
        both = PLAIN + WITH_DROPOUT
        limit = worker.PROGRAM_MEMORY / 1e6
        print(f"{len(both)} architectures, a worker is replaced when its programs take {limit:.0f} MB")
        states = watch(both, 2 * len(both))
        print(f"workers: {len({state.pid for state in states})}; highest peak: {max(s.peak for s in states):.0f} MB")


if __name__ == "__main__":
    main()
