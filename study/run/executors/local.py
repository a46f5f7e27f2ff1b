"""Worker processes on this machine: one single-threaded worker a core, alive for the whole study.

Each worker is a pebble pool of one process: of the pools tried, only pebble loses nothing but the killed job
when a worker dies, ends a job on timeout, and knows which worker a trial went to when there is one pool for each.
"""

from __future__ import annotations

import os
import shutil
from concurrent.futures import BrokenExecutor, Future
from functools import partial

from pebble import ProcessExpired, ProcessPool

from study.design.own_model import ModelSpec
from study.errors import StudyError
from study.machine.places import new_scratch_folder
from study.records.sources import DataSource
from study.records.trials import Result, Trial
from study.run.executors import Crash, Limits, Outcome, worker
from study.run.executors.pool import Pool, Worker, reason_of
from study.run.executors.starting import last_words, restart, worker_context

STARTS = 10  # workers in a row that die before a trial begins, until it is plain that none can start
NOBODY_KNOWS = 255  # the exit code that multiprocessing gives a worker whose fork server is gone


class LocalExecutor(Pool[ProcessPool]):
    """Runs trials in ``workers`` processes, each within ``limits``."""

    def __init__(
        self,
        source: DataSource | str,
        *,
        seed: int,
        validation: float,
        workers: int,
        engine: str = "keras",
        limits: Limits | None = None,
        model: ModelSpec | None = None,
    ) -> None:
        super().__init__()
        self.workers = workers
        self._limits = limits or Limits()
        context = worker_context(engine)
        self._scratch = new_scratch_folder()
        self._pool = partial(
            ProcessPool,
            1,
            initializer=worker.start,
            initargs=(source, seed, validation, engine, self._scratch, os.getpid(), self._limits.memory, model),
            context=context,
        )
        self._workers: list[Worker[ProcessPool]] = []
        self._lost_in_a_row = 0
        try:
            for _ in range(workers):
                one = Worker(self._pool())
                self._workers.append(one)
                self._assign(one)
        except BaseException:  # Ctrl-C while workers start must not leave half of them behind
            self.close()
            raise

    def close(self) -> None:
        """End all workers at once."""
        self._waiting.clear()
        for one in self._workers:
            one.process.stop()
        for one in self._workers:
            one.process.join()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def wait(self, timeout: float) -> list[Outcome]:
        """Outcomes that arrived within ``timeout`` seconds; raises as all pools do."""
        outcomes = super().wait(timeout)
        # A pool that breaks at the moment in which it is given a trial forgets it.
        forgotten = [(one, trial) for one, trial in self._busy.items() if not one.process.active]
        if any(isinstance(outcome, Result) for outcome in outcomes):
            self._lost_in_a_row = 0
        return outcomes + [self._lost(one, trial) for one, trial in forgotten]

    def _send(self, one: Worker[ProcessPool], trial: Trial) -> Future[Result]:
        try:
            return one.process.schedule(worker.run, args=(trial,), timeout=self._limits.seconds)
        except RuntimeError as error:  # its process died while it had nothing to do, or cannot be started
            broken: Future[Result] = Future()
            broken.set_exception(BrokenExecutor(str(error)))
            return broken

    def _restart(self, one: Worker[ProcessPool], *, alive: bool) -> None:
        # A process that dies may leave half a message behind, or a lock that it held: its pool goes with it.
        one.process.stop()
        one.process.join()
        restart()  # where that died, too
        one.process = self._pool()
        self._assign(one)

    def _lost(self, one: Worker[ProcessPool], trial: Trial) -> Crash:
        self._replace(one, alive=False)
        self._lost_in_a_row += 1
        if self._lost_in_a_row >= STARTS:
            self._failure = StudyError(
                f"{STARTS} workers in a row died before they began. {last_words()} may say why. What "
                "has finished is kept; the same command goes on."
            )
        return Crash(trial, "worker process died before the trial began", "machine")

    def _failed(self, one: Worker[ProcessPool], trial: Trial, error: BaseException) -> Crash | None:
        if isinstance(error, StudyError):  # no worker can run any trial
            self._failure = error
            return None
        if isinstance(error, BrokenExecutor):
            return self._lost(one, trial)
        if isinstance(error, TimeoutError):
            self._replace(one, alive=True)
            return Crash(trial, self._limits.too_long, "limit")
        if isinstance(error, ProcessExpired):
            self._replace(one, alive=False)
            if error.exitcode == worker.OUTGROWN:
                return Crash(trial, self._limits.too_large, "limit")
            if error.exitcode == NOBODY_KNOWS:
                return Crash(trial, "the process that starts workers died", "machine")
            return Crash(trial, f"worker process died (exit code {error.exitcode})")
        self._free(one)
        return Crash(trial, reason_of(error))
