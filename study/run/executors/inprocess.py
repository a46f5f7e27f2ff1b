"""The simplest executor: trials run in this process, one after the other, when they are waited for.

Handy in notebooks and tests. Results equal those of worker processes only where TensorFlow has not been used
with several threads before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from study.records.trials import Result, Trial
from study.run.executors import Crash, Outcome
from study.run.executors.pool import reason_of


class InProcessExecutor:
    """Runs ``run`` (trial -> result) in this process."""

    workers = 1

    def __init__(self, run: Callable[[Trial], Result]) -> None:
        self._run = run
        self._queue: deque[Trial] = deque()

    def submit(self, trial: Trial) -> None:
        """Queue a trial."""
        self._queue.append(trial)

    def wait(self, timeout: float) -> list[Outcome]:
        """Train the next trial; ``timeout`` has no meaning here."""
        if not self._queue:
            return []
        trial = self._queue[0]
        try:
            return [self._run(trial)]
        except Exception as error:  # whatever it is, the trial failed and the study goes on, as with worker processes
            return [Crash(trial, reason_of(error))]
        finally:
            self._queue.popleft()

    def running(self) -> tuple[Trial, ...]:
        """The trial whose turn it is."""
        return tuple(self._queue)[:1]

    def close(self) -> None:
        """Forget what is queued."""
        self._queue.clear()
