"""What a trial costs the coordinator: agenda, queue, store and loop, on trials that take no time to train.

A simulated executor with a thousand workers answers through the real pool (queues by program, one trial in flight a
worker): at once, which shows what a trial costs, and after about a second, which shows whether the workers are kept
busy. The store is a SQLite file, the results have the size of real ones: 50 epochs, 10,000 test items.
Run it with ``python benchmarks/coordinator.py [--trials N] [--workers N] [--store URL]``.
"""

from __future__ import annotations

import argparse
import itertools
import queue
import random
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from rich.console import Console

from reports.terminal.live import watch
from study.design.plan import make_plan
from study.design.source import build_spec
from study.design.spec import StudySpec
from study.records.facts import RunFacts
from study.records.metrics import ACCURACY
from study.records.trials import ItemValues, Result, Trajectory, Trial
from study.run.agenda import Agenda
from study.run.coordinator import run_study
from study.run.executors import Crash
from study.run.executors.pool import Pool, Worker
from study.store import Store, open_store

EPOCHS, TEST_ITEMS = 50, 10_000
GOAL = 0.005  # seconds a trial
TICK = 0.002  # seconds in which the simulated workers look whether a result is due
FACTS = RunFacts(
    sizes=(54_000, 6_000, TEST_ITEMS),
    inputs=784,
    classes=10,
    versions={"python": "3"},
    command="depthgauge run",
)


class SimulatedExecutor(Pool[None]):
    """As many workers as one likes, each of which has its result after half to one and a half times ``seconds``.

    Counts how often each program compiles.
    """

    def __init__(self, workers: int, seconds: float) -> None:
        super().__init__()
        self.workers = workers
        self._idle = dict.fromkeys(Worker(None) for _ in range(workers))
        self._seconds = seconds
        self._rng = random.Random(0)
        self._due: queue.PriorityQueue[tuple[float, int, Future[Result], Trial]] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self.worked = 0.0
        if seconds:
            threading.Thread(target=self._work, daemon=True).start()

    def close(self) -> None:
        """Nothing runs."""

    def _work(self) -> None:
        """Give results when they are due; trials that begin meanwhile may be due before those that are known."""
        while True:
            due, number, future, trial = self._due.get()
            left = due - time.perf_counter()
            if left > TICK:
                self._due.put((due, number, future, trial))
                time.sleep(TICK)
            else:
                time.sleep(max(left, 0))
                future.set_result(_result(trial))

    def compiled(self) -> Counter[Any]:
        """How many workers hold each program."""
        return self._holders

    def _send(self, one: Worker[None], trial: Trial) -> Future[Result]:
        future: Future[Result] = Future()
        if not self._seconds:
            future.set_result(_result(trial))
            return future
        takes = self._seconds * self._rng.uniform(0.5, 1.5)
        self.worked += takes
        self._due.put((time.perf_counter() + takes, next(self._numbers), future, trial))
        return future

    def _failed(self, one: Worker[None], trial: Trial, error: BaseException) -> Crash | None:
        raise error

    def _restart(self, one: Worker[None], *, alive: bool) -> None:
        raise AssertionError("nothing dies here")


_right = np.random.default_rng(0).random((5, TEST_ITEMS)) < 0.9
ANSWERS = (
    ItemValues.of(ACCURACY, "last", _right[-1]),
    ItemValues.of(ACCURACY, "best", _right[0]),
    ItemValues.of(ACCURACY, "tail", _right.mean(axis=0)),  # the default reading
)


def _result(trial: Trial) -> Result:
    accuracy = np.full((EPOCHS, 3), 0.9) - 0.001 * trial.replicate
    return Result(
        trial,
        "finished",
        Trajectory(
            np.arange(1, EPOCHS + 1), {"accuracy": accuracy, "cross_entropy": 1 - accuracy}, np.full(EPOCHS, 0.02)
        ),
        items=ANSWERS,
        class_accuracy=(0.9,) * 10,
        train_seconds=1.0,
        peak_memory=10**9,
    )


def sweep(trials: int) -> StudySpec:
    """Depth by width by training-set size, as a full map has them: 200 programs."""
    space = {
        "depth": {"values": [1, 2, 3, 4, 5, 6, 8, 10]},
        "width": {"values": [16, 32, 64, 128, 256]},
        "samples": {"values": [300, 1_000, 3_000, 10_000, 30_000]},
    }
    return _spec("sweep", replicates=-(-trials // 200), space=space)


def search(trials: int) -> StudySpec:
    """Eight isolated searches of learning rate and dropout, by random sampling: the engine itself costs little."""
    space = {
        "depth": {"values": [1, 2, 3, 4, 5, 6, 8, 10]},
        "learning_rate": {"role": "nuisance", "low": 1e-5, "high": 1e-1, "log": True},
        "dropout": {"role": "nuisance", "low": 0.0, "high": 0.5},
    }
    return _spec(
        "search", space=space, search={"proposer": "optuna:random", "trials": trials // 8}, confirm={"replicates": 5}
    )


def _spec(name: str, **values: Any) -> StudySpec:
    return build_spec({"name": name, "dataset": "mnist", "network": {"epochs": EPOCHS}, **values}, "the benchmark")


@dataclass(frozen=True)
class Cost:
    """Seconds of a study: all of it, processor time alone (other programs do not count), and the parts told apart."""

    trials: int
    total: float
    processor: float
    store: float
    agenda: float
    compiled: int
    busy: float  # share of the workers' time that they had a trial, 0 where trials take none

    @property
    def a_trial(self) -> float:
        """Seconds a trial."""
        return self.total / self.trials


def measure(spec: StudySpec, url: str, workers: int, seconds: float = 0.0) -> Cost:
    """Run a study on simulated workers, with the progress lines of a real run."""
    spent: defaultdict[str, float] = defaultdict(float)
    store = open_store(url, create=True)
    executor = SimulatedExecutor(workers, seconds)
    with ExitStack() as stack:
        for owner, name in ((Agenda, "ready"), (Agenda, "done")):
            stack.enter_context(mock.patch.object(owner, name, _timed(spent, "agenda", getattr(owner, name))))
        for name in ("record", "propose", "answer", "check_held"):
            stack.enter_context(mock.patch.object(Store, name, _timed(spent, "store", getattr(Store, name))))
        stack.enter_context(store.lease(spec.name, "benchmark"))
        store.begin(make_plan(spec), "hash", FACTS)
        started, processor = time.perf_counter(), time.process_time()
        with watch(make_plan(spec), Console(stderr=True, quiet=True, width=160)) as observer:
            run_study(spec.name, store, executor, observer)
        total, processor = time.perf_counter() - started, time.process_time() - processor
    trials = len(store.load(spec.name).results)
    store.close()
    compiled, busy = sum(executor.compiled().values()), executor.worked / (workers * total)
    return Cost(trials, total, processor, spent["store"], spent["agenda"], compiled, busy)


def _timed(spent: defaultdict[str, float], name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """``function``, with its seconds added to ``spent[name]``; those of timed functions that it calls are theirs."""

    def call(*arguments: Any, **named: Any) -> Any:
        before, started = sum(spent.values()), time.perf_counter()
        try:
            return function(*arguments, **named)
        finally:
            inner = sum(spent.values()) - before
            spent[name] += time.perf_counter() - started - inner

    return call


def main() -> None:
    """A table: each kind of study at a quarter and the whole of the trials, so that growth is seen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=1_000)
    parser.add_argument("--store", help="SQLAlchemy URL; a new SQLite file by default")
    chosen = parser.parse_args()
    print("study   trials  workers  ms a trial  store  agenda  loop  processor  trials a second  programs compiled")
    worst = 0.0
    for make in (sweep, search):
        for trials in (chosen.trials // 4, chosen.trials):
            with tempfile.TemporaryDirectory() as folder:
                spec = make(trials)
                cost = measure(spec, chosen.store or f"sqlite:///{folder}/studies.db", chosen.workers)
            parts = (cost.store, cost.agenda, cost.total, cost.processor)
            store, agenda, total, cpu = (1e3 * seconds / cost.trials for seconds in parts)
            print(
                f"{spec.name:<6}{cost.trials:8,}{chosen.workers:9,}{total:12.2f}{store:7.2f}{agenda:8.2f}"
                f"{total - store - agenda:6.2f}{cpu:11.2f}{cost.trials / cost.total:17,.0f}{cost.compiled:19,}",
                flush=True,
            )
            worst = max(worst, cost.a_trial)
    print(f"goal: {1e3 * GOAL:.0f} ms a trial; the worst is {1e3 * worst:.2f} ms")
    for seconds in (1.0, 5.0):
        with tempfile.TemporaryDirectory() as folder:
            trials = max(chosen.trials, 20 * chosen.workers)  # so many that the beginning and the end count little
            spec = sweep(trials)
            cost = measure(spec, chosen.store or f"sqlite:///{folder}/studies.db", chosen.workers, seconds)
        print(
            f"trials of {seconds:g} s, {cost.trials:,} on {chosen.workers:,} workers: {cost.trials / cost.total:,.0f} "
            f"a second, workers busy {100 * cost.busy:.0f} % of the time, "
            f"{1e3 * cost.processor / cost.trials:.2f} ms of processor time a trial",
            flush=True,
        )


if __name__ == "__main__":
    main()
