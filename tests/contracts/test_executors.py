"""What every executor promises: each trial comes back once, and a dead worker costs nothing but its trial."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from study.errors import StudyError
from study.executors import Crash, Executor, Outcome
from study.executors.inprocess import InProcessExecutor
from study.executors.local import LocalExecutor
from study.executors.worker import make_trainer
from study.records import Configuration, DataSource, Result, Trial

DIGITS = {"seed": 3, "validation": 0.1}


def trials(count: int, epochs: int = 2) -> list[Trial]:
    return [Trial(Configuration(hidden=(8,) * (1 + i % 2), epochs=epochs, samples=60), i) for i in range(count)]


def trials_with_state() -> list[Trial]:
    """Two replicates each of programs that carry much from step to step: slots, moving statistics, masks."""
    common = {"hidden": (8, 8), "epochs": 2, "samples": 60, "batch_norm": True, "dropout": 0.2}
    made = [Configuration(**common, optimizer=name) for name in ("adam", "rmsprop")]
    return [Trial(configuration, replicate) for replicate in range(2) for configuration in made]


def collect(executor: Executor, count: int, patience: float = 120) -> list[Outcome]:
    outcomes: list[Outcome] = []
    deadline = time.monotonic() + patience
    while len(outcomes) < count and time.monotonic() < deadline:
        outcomes += executor.wait(0.2)
    return outcomes


@pytest.fixture(scope="module", params=["in-process", "local-1", "local-2"])
def executor(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Executor]:
    os.environ["DEPTHGAUGE_CACHE"] = str(tmp_path_factory.getbasetemp() / "cache")
    made: Executor
    if request.param == "in-process":
        made = InProcessExecutor(make_trainer("digits", **DIGITS).run)
    else:
        made = LocalExecutor("digits", workers=int(request.param[-1]), **DIGITS)
    yield made
    made.close()


class TestExecutor:
    def test_every_trial_comes_back_once(self, executor: Executor) -> None:
        asked = trials(6)
        for trial in asked:
            executor.submit(trial)
        outcomes = collect(executor, 6)
        assert sorted(o.trial.key for o in outcomes) == sorted(t.key for t in asked)
        assert all(isinstance(o, Result) and o.state == "finished" for o in outcomes)
        assert all(o.weights == () for o in outcomes)  # half a megabyte a trial that nobody asked for
        assert executor.running() == () and executor.wait(0.01) == []

    def test_a_trial_that_cannot_run_is_a_crash_with_its_reason(self, executor: Executor) -> None:
        impossible = Trial(Configuration(hidden=(8,), epochs=1, samples=5), 0)  # fewer samples than classes
        executor.submit(impossible)
        executor.submit(trials(1)[0])
        outcomes = {o.trial: o for o in collect(executor, 2)}
        crash = outcomes[impossible]
        assert isinstance(crash, Crash) and "samples = 5" in crash.reason
        assert isinstance(outcomes[trials(1)[0]], Result)


def test_the_same_bytes_whatever_runs_the_trials(executor: Executor, reference: dict) -> None:
    asked = trials(4) + trials_with_state()
    for trial in asked:
        executor.submit(trial)
    outcomes = collect(executor, len(asked))
    assert len(outcomes) == len(asked)
    for outcome in outcomes:
        assert isinstance(outcome, Result)
        assert outcome.trajectory.accuracy.tobytes() == reference[outcome.trial.key].trajectory.accuracy.tobytes()
        assert (
            outcome.trajectory.cross_entropy.tobytes()
            == reference[outcome.trial.key].trajectory.cross_entropy.tobytes()
        )


@pytest.fixture(scope="module")
def reference() -> Iterator[dict]:
    one = LocalExecutor("digits", workers=1, **DIGITS)
    asked = trials(4) + trials_with_state()
    for trial in reversed(asked):
        one.submit(trial)
    yield {outcome.trial.key: outcome for outcome in collect(one, len(asked))}
    one.close()


def test_a_killed_worker_costs_its_trial_and_nothing_else() -> None:
    others = set(_workers())
    executor = LocalExecutor("digits", workers=2, **DIGITS)
    try:
        asked = trials(4, epochs=20_000)
        for trial in asked:
            executor.submit(trial)
        victim = _busy_worker(others)
        os.kill(victim, signal.SIGKILL)
        first = collect(executor, 1)[0]
        assert isinstance(first, Crash) and "died" in first.reason
        assert len(executor.running()) == 2  # the freed slot has gone on with the next trial
    finally:
        started = time.monotonic()
        executor.close()
        assert time.monotonic() - started < 5


def test_trials_go_where_their_program_is_compiled() -> None:
    executor = LocalExecutor("digits", workers=2, **DIGITS)
    try:
        for trial in trials(12):
            executor.submit(trial)
        outcomes = collect(executor, 12)
        compiled = [o for o in outcomes if isinstance(o, Result) and o.compile_seconds > 0]
        # Two architectures on two workers: one compilation each, and at most one more where a core ran idle.
        assert 2 <= len(compiled) <= 3
    finally:
        executor.close()


def test_a_worker_full_of_programs_is_replaced_and_the_work_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("study.executors.worker.PROGRAM_MEMORY", 0)
    others = set(_workers())
    executor = LocalExecutor("digits", workers=1, **DIGITS)
    try:
        seen = set()
        for trial in trials(3):
            executor.submit(trial)
            (outcome,) = collect(executor, 1)
            assert isinstance(outcome, Result)
            seen |= set(_workers()) - others
        assert len(seen) >= 3  # three programs in turn, each in a process of its own
    finally:
        executor.close()


def test_data_that_have_changed_end_the_study_and_fail_no_trial(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "own.npz", x=rng.random((100, 4)), y=np.arange(100) % 2)
    source = DataSource(str(tmp_path / "own.npz"), sha256="what they had when the study was begun")
    executor = LocalExecutor(source, workers=1, **DIGITS)
    try:
        executor.submit(trials(1)[0])
        with pytest.raises(StudyError, match=r"own\.npz holds other values.*is kept"):
            collect(executor, 1)
    finally:
        executor.close()


def test_in_process_runs_any_function(scripted: Callable[[Trial], Result]) -> None:
    executor = InProcessExecutor(scripted)
    executor.submit(trials(1)[0])
    assert executor.running() == (trials(1)[0],)
    (outcome,) = executor.wait(0)
    assert isinstance(outcome, Result)


def _workers() -> dict[int, float]:
    """Processor seconds of each worker process of this process: the fork server's children."""
    found = [p for p in psutil.Process().children(recursive=True) if "forkserver" in " ".join(p.cmdline())]
    return {p.pid: sum(p.cpu_times()[:2]) for p in found if p.ppid() != os.getpid()}


def _busy_worker(others: set[int], patience: float = 90) -> int:
    """A worker that is not one of ``others`` and has begun to train."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        busy = {pid: seconds for pid, seconds in _workers().items() if pid not in others and seconds > 3}
        if busy:
            return max(busy, key=lambda pid: busy[pid])
        time.sleep(0.2)
    raise AssertionError("no worker began to train")
