"""Worker processes on this machine: one single-threaded worker a core, alive for the whole study.

Each worker is a pebble pool of one process: of the pools tried, only pebble loses nothing but the killed job
when a worker dies, and knows which worker a trial went to when there is one pool for each.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import tempfile
from collections.abc import Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path

from pebble import ProcessExpired, ProcessPool
from platformdirs import user_cache_path

from study.errors import DepthgaugeError, StudyError
from study.executors import Crash, Outcome, worker
from study.records import DataSource, Result, Trial, program_key

COMPILED_KEPT = 400  # files of the on-disk cache of compiled programs, about 0.3 MB each


@dataclass
class _Worker:
    pool: ProcessPool
    programs: set[Hashable] = field(default_factory=set)
    trial: Trial | None = None
    memory: list[int] = field(default_factory=list)  # peak after each trial, in bytes


class LocalExecutor:
    """Runs trials in ``workers`` processes; a trial goes to the worker that has compiled its program."""

    def __init__(self, source: DataSource | str, *, seed: int, validation: float, workers: int) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="depthgauge-", ignore_cleanup_errors=True)
        context = worker_context()
        self._pool = partial(
            ProcessPool,
            1,
            initializer=worker.start,
            initargs=(source, seed, validation, self._scratch.name, os.getpid()),
            context=context,
        )
        self._waiting: list[Trial] = []
        self._workers: list[_Worker] = []
        try:
            self._workers += [_Worker(self._pool()) for _ in range(workers)]
        except BaseException:  # Ctrl-C while workers start must not leave half of them behind
            self.close()
            raise
        self._outcomes: queue.SimpleQueue[tuple[_Worker, Outcome | StudyError]] = queue.SimpleQueue()

    def submit(self, trial: Trial) -> None:
        """Queue a trial, and start it where a worker is idle."""
        self._waiting.append(trial)
        self._assign()

    def wait(self, timeout: float) -> list[Outcome]:
        """Outcomes that arrived within ``timeout`` seconds; raises :class:`StudyError` where no trial can be run."""
        outcomes: list[Outcome] = []
        try:
            arrived = self._outcomes.get(timeout=timeout)
            while True:
                idle, outcome = arrived
                if isinstance(outcome, StudyError):
                    raise outcome
                idle.trial = None
                outcomes.append(outcome)
                arrived = self._outcomes.get_nowait()
        except queue.Empty:
            pass
        self._assign()
        return outcomes

    def running(self) -> tuple[Trial, ...]:
        """The trials in the hands of a worker."""
        return tuple(w.trial for w in self._workers if w.trial is not None)

    def close(self) -> None:
        """End all workers at once."""
        self._waiting.clear()
        for one in self._workers:
            one.pool.stop()
        for one in self._workers:
            one.pool.join()
        self._scratch.cleanup()

    def _assign(self) -> None:
        for idle in self._workers:
            if idle.trial is None and self._waiting:
                trial = self._choose(idle)
                self._waiting.remove(trial)
                idle.trial = trial
                self._make_room(idle, program_key(trial.configuration))
                future = idle.pool.schedule(worker.run, args=(trial,))
                future.add_done_callback(partial(self._arrived, idle, trial))

    def _make_room(self, idle: _Worker, program: Hashable) -> None:
        """Replace a worker that would hold too many programs by a fresh one: only so is their memory free again."""
        full = bool(idle.memory) and idle.memory[-1] - idle.memory[0] >= worker.PROGRAM_MEMORY
        if program not in idle.programs and full:
            idle.pool.close()
            idle.pool.join()
            idle.pool = self._pool()
            idle.programs.clear()
            idle.memory.clear()
        idle.programs.add(program)

    def _choose(self, idle: _Worker) -> Trial:
        """The first waiting trial whose program this worker has, or that no worker has; else the last one.

        The last one is stolen from a busy worker: compiling again costs less than leaving a core idle.
        """
        others = set().union(*(w.programs for w in self._workers if w is not idle)) - idle.programs
        fitting = (t for t in self._waiting if program_key(t.configuration) not in others)
        return next(fitting, self._waiting[-1])

    def _arrived(self, idle: _Worker, trial: Trial, done: Future[Result]) -> None:
        """Called by pebble's thread when a trial has ended, however it ended."""
        if done.cancelled():
            return
        error = done.exception()
        if error is None:
            idle.memory.append(done.result().peak_memory)
            self._outcomes.put((idle, done.result()))
            return
        if isinstance(error, StudyError):
            self._outcomes.put((idle, error))
            return
        if isinstance(error, ProcessExpired):
            idle.programs.clear()
            idle.memory.clear()
            reason = f"worker process died (exit code {error.exitcode})"
        elif isinstance(error, DepthgaugeError):
            reason = str(error)
        else:
            reason = f"{type(error).__name__}: {error}"
        self._outcomes.put((idle, Crash(trial, reason)))


def worker_context() -> ForkServerContext:
    """What starts worker processes: copies of one that has imported TensorFlow for one thread and no GPU."""
    cache = cache_folder()
    os.environ.update(worker.environment(cache))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["study.executors.preload"])
    _start_fork_server(cache / "workers.log")
    return context


def _start_fork_server(log: Path) -> None:
    """Start the process that workers are forked from, with its standard error in ``log`` from the first line on.

    TensorFlow's native log lines, and a worker's last words, would tear the live display apart.
    """
    kept = os.dup(2)
    with log.open("a") as file:
        os.dup2(file.fileno(), 2)
        try:
            forkserver.ensure_running()
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def cache_folder() -> Path:
    """Where compiled programs and the workers' log are kept between runs; the oldest programs are dropped.

    ``DEPTHGAUGE_CACHE`` names another folder.
    """
    folder = Path(os.environ.get("DEPTHGAUGE_CACHE") or user_cache_path("depthgauge"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        compiled = sorted(folder.glob("xla_compile_cache*"), key=lambda f: f.stat().st_mtime)
        for old in compiled[:-COMPILED_KEPT]:
            old.unlink(missing_ok=True)
        (folder / "workers.log").write_text("")
    except OSError:  # no cache is slower, not wrong
        folder = Path(tempfile.mkdtemp(prefix="depthgauge-"))
    return folder
