"""Equal workers that run one trial at a time each: who gets which trial, and when a worker is replaced.

The same for processes of this machine and for a cluster; what differs is how a worker is started and spoken to.
"""

from __future__ import annotations

import itertools
import queue
from abc import ABC, abstractmethod
from collections import Counter, deque
from collections.abc import Callable, Container, Hashable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

from study.errors import DepthgaugeError
from study.records.trials import Result, Trial, program_key
from study.run.executors import Crash, Outcome, worker

Process = TypeVar("Process")


@dataclass(eq=False)
class Worker(Generic[Process]):
    """A place for one worker process; ``process`` is the way to the present one."""

    process: Process
    programs: set[Hashable] = field(default_factory=set)
    memory: list[int] = field(default_factory=list)  # peak after each trial, in bytes

    @property
    def full(self) -> bool:
        """Whether its programs take so much memory that it should get no further one."""
        return bool(self.memory) and self.memory[-1] - self.memory[0] >= worker.PROGRAM_MEMORY


class TrialQueue:
    """Trials that wait, by the program they need: finding the next one takes no look at each of them."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, deque[tuple[int, Trial]]] = {}
        self._numbers = itertools.count()

    def add(self, trial: Trial) -> None:
        """Put a trial at the end."""
        waiting = self._waiting.setdefault(program_key(trial.configuration), deque())
        waiting.append((next(self._numbers), trial))

    def choose(self, own: Container[Hashable], holders: Mapping[Hashable, int]) -> Hashable | None:
        """The program that a worker with its ``own`` programs should run next; None when nothing waits.

        That of the first trial whose program it has, or nobody has; ``holders`` counts the workers that have one.
        Failing that, the program with the most trials for each of its holders: compiling it once more costs less
        than leaving a core idle.
        """
        fitting = [
            (waiting[0][0], program)
            for program, waiting in self._waiting.items()
            if program in own or not holders.get(program)
        ]
        if fitting:
            return min(fitting, key=lambda one: one[0])[1]
        return max(self._waiting, key=lambda program: len(self._waiting[program]) / holders[program], default=None)

    def take(self, program: Hashable) -> Trial:
        """The first trial that waits for ``program``, which :meth:`choose` has named."""
        waiting = self._waiting[program]
        _, trial = waiting.popleft()
        if not waiting:
            del self._waiting[program]
        return trial

    def clear(self) -> None:
        """Forget all."""
        self._waiting.clear()


class Pool(ABC, Generic[Process]):
    """An executor on a pool of workers. A trial goes to a worker that has compiled its program, where one is free.

    All decisions are made in the thread that calls :meth:`submit` and :meth:`wait`; other threads only leave events.
    """

    def __init__(self) -> None:
        self._waiting = TrialQueue()
        self._idle: dict[Worker[Process], None] = {}  # in the order of becoming idle
        self._busy: dict[Worker[Process], Trial] = {}  # in the order of beginning
        self._holders: Counter[Hashable] = Counter()
        self._events: queue.SimpleQueue[Callable[[], Outcome | None]] = queue.SimpleQueue()
        self._failure: DepthgaugeError | None = None  # why no worker can run any trial

    def submit(self, trial: Trial) -> None:
        """Queue a trial, and start it where a worker is idle: nothing else waits then."""
        self._waiting.add(trial)
        program = program_key(trial.configuration)
        able = (one for one in self._idle if program in one.programs)
        chosen = next(able, None) or next(iter(self._idle), None)
        if chosen is not None:
            del self._idle[chosen]
            self._assign(chosen)

    def wait(self, timeout: float) -> list[Outcome]:
        """Outcomes that arrived within ``timeout`` seconds.

        Raises :class:`DepthgaugeError` when no trial can be run any more; all outcomes before it have been given then.
        """
        if self._failure is not None:
            raise self._failure
        outcomes: list[Outcome] = []
        with suppress(queue.Empty):
            event = self._events.get(timeout=timeout)
            for more in range(self._events.qsize(), -1, -1):  # those of this moment: others may never stop to come
                if (outcome := event()) is not None:
                    outcomes.append(outcome)
                if more:
                    event = self._events.get_nowait()
        return outcomes

    def running(self) -> tuple[Trial, ...]:
        """The trials in the hands of a worker."""
        return tuple(self._busy.values())

    @abstractmethod
    def close(self) -> None:
        """End all workers at once."""

    @abstractmethod
    def _send(self, one: Worker[Process], trial: Trial) -> Future[Result]:
        """Let a worker run a trial."""

    @abstractmethod
    def _failed(self, one: Worker[Process], trial: Trial, error: BaseException) -> Crash | None:
        """What became of a trial that raised; sees to its worker, too. None where that is still to be found out."""

    @abstractmethod
    def _restart(self, one: Worker[Process], *, alive: bool) -> None:
        """Put a fresh process in the place of one that is full or ``alive`` no more; :meth:`_assign` when it is up."""

    def _assign(self, one: Worker[Process]) -> None:
        """Give a worker without work its next trial."""
        program = self._waiting.choose(one.programs, self._holders)
        if program is None:
            self._idle[one] = None
        elif program not in one.programs and one.full:  # only a fresh process gives the memory back
            self._replace(one, alive=True)
        else:
            if program not in one.programs:
                one.programs.add(program)
                self._holders[program] += 1
            trial = self._busy[one] = self._waiting.take(program)
            arrived = partial(self._ended, one, one.process, trial)
            self._send(one, trial).add_done_callback(lambda done: self._events.put(partial(arrived, done)))

    def _replace(self, one: Worker[Process], *, alive: bool) -> None:
        """A fresh process for a worker; what it ran is lost, and what it had compiled."""
        self._busy.pop(one, None)
        self._idle.pop(one, None)
        self._holders.subtract(one.programs)
        one.programs.clear()
        one.memory.clear()
        self._restart(one, alive=alive)

    def _ended(self, one: Worker[Process], process: Process, trial: Trial, done: Future[Result]) -> Outcome | None:
        if one.process is not process or done.cancelled():  # it was stopped, and somebody has said so
            return None
        error = done.exception()
        if error is not None:
            return self._failed(one, trial, error)
        result = done.result()
        one.memory.append(result.peak_memory)
        self._free(one)
        return result

    def _free(self, one: Worker[Process]) -> None:
        """A worker that has ended a trial, however, goes on with the next."""
        del self._busy[one]
        self._assign(one)


def reason_of(error: BaseException) -> str:
    """What a trial raised, in one line: of what TensorFlow says of code that it traces, what was raised there."""
    if isinstance(error, DepthgaugeError):
        return str(error)
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = lines[-1] if lines and lines[0].startswith("in user code:") else " ".join(lines)
    return f"{type(error).__name__}: {text}"
