"""What every executor promises: each trial comes back once, and a dead worker costs nothing but its trial."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import psutil
import pytest

from study.data.loading import load_dataset
from study.errors import StudyError
from study.records.sources import DataSource
from study.records.trials import Configuration, Result, Trial, TrialKey, program_key
from study.run.executors import Crash, Executor, Limits, Outcome
from study.run.executors.inprocess import InProcessExecutor
from study.run.executors.local import LocalExecutor
from study.run.executors.pool import Pool, TrialQueue
from study.run.executors.worker import make_trainer
from tests.conftest import ENGINE

DIGITS = {"seed": 3, "validation": 0.1}
# Who runs the trials, and with which engine: each way with the one that starts at once, one with Keras's as well.
# Ray is not the last, which is open to the end of the module: it starts workers when it likes, and tests count them.
KERAS = pytest.param("local-2-keras", marks=pytest.mark.long)  # its two workers read TensorFlow, half a minute
WAYS = ["in-process", "ray-2", "local-1", "local-2", *([KERAS] if ENGINE != "keras" else [])]
BEGUN = 2 if ENGINE == "native" else 3  # processor seconds of a worker after which it trains
ENDLESS = {"epochs": 10**7, "evaluate_every": 10**6}
References = Callable[[str], dict[TrialKey, Outcome]]


def make_pool(kind: str, *, workers: int, limits: Limits | None = None, engine: str = ENGINE) -> Pool:
    """Workers on this machine, each in a process of its own; skips where Ray is not installed."""
    if kind == "local":
        return LocalExecutor("digits", workers=workers, limits=limits, engine=engine, **DIGITS)
    ray = pytest.importorskip("ray", reason="the extra ray is not installed")
    from study.run.executors.ray import RayExecutor

    if not ray.is_initialized():  # one for all tests of this file: a program that has a Ray uses that
        ray.init(address="local", num_cpus=8, include_dashboard=False, log_to_driver=False)
    return RayExecutor(load_dataset("digits"), workers=workers, limits=limits, engine=engine, **DIGITS)


def trials(count: int, **values: int) -> list[Trial]:
    common = {"epochs": 2, "samples": 60} | values
    return [Trial(Configuration.stack(hidden=(8,) * (1 + i % 2), **common), i) for i in range(count)]


def trials_with_state() -> list[Trial]:
    """Two replicates each of programs that carry much from step to step: slots, moving statistics, masks."""
    common = {"hidden": (8, 8), "epochs": 2, "samples": 60, "batch_norm": True, "dropout": 0.2}
    made = [Configuration.stack(**common, optimizer=name) for name in ("adam", "rmsprop")]
    return [Trial(configuration, replicate) for replicate in range(2) for configuration in made]


def collect(executor: Executor, count: int, patience: float = 300) -> list[Outcome]:
    outcomes: list[Outcome] = []
    deadline = time.monotonic() + patience
    while len(outcomes) < count and time.monotonic() < deadline:
        outcomes += executor.wait(0.2)
    return outcomes


@pytest.fixture(scope="module", autouse=True)
def no_ray_is_left() -> Iterator[None]:
    yield
    if "ray" in sys.modules:
        sys.modules["ray"].shutdown()


@pytest.fixture
def quick_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ray's workers with a stand-in for the trainer; those of this machine have the real one."""
    with contextlib.suppress(ImportError):
        from tests.contracts.stand_in import StandInRayWorker

        monkeypatch.setattr("study.run.executors.ray.RayWorker", StandInRayWorker)


@pytest.fixture(scope="module", params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def executor(way: str) -> Iterator[Executor]:
    made: Executor
    if way == "in-process":
        made = InProcessExecutor(make_trainer("digits", **DIGITS, engine=ENGINE).run)
    else:
        kind, workers, engine = (*way.split("-"), ENGINE)[:3]
        made = make_pool(kind, workers=int(workers), engine=engine)
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
        impossible = Trial(Configuration.stack(hidden=(8,), epochs=1, samples=5), 0)  # fewer samples than classes
        executor.submit(impossible)
        executor.submit(trials(1)[0])
        outcomes = {o.trial: o for o in collect(executor, 2)}
        crash = outcomes[impossible]
        assert isinstance(crash, Crash) and "samples = 5" in crash.reason
        assert isinstance(outcomes[trials(1)[0]], Result)

    def test_what_nobody_foresaw_is_a_crash_with_its_reason_and_the_next_trial_runs(self, executor: Executor) -> None:
        """An error of another library, which is none of ours: the trial failed, and nothing else."""
        strange = Trial(Configuration.stack(hidden=(8,), epochs=2, samples=60, optimizer="no such optimizer"), 0)
        executor.submit(strange)
        executor.submit(trials(1)[0])
        outcomes = {o.trial: o for o in collect(executor, 2)}
        crash = outcomes[strange]
        assert isinstance(crash, Crash) and crash.cause == "crash" and "no such optimizer" in crash.reason
        assert isinstance(outcomes[trials(1)[0]], Result)

    def test_it_says_how_many_trials_it_runs_at_once(self, executor: Executor) -> None:
        assert executor.workers in (1, 2)
        for trial in trials(4):
            executor.submit(trial)
        assert len(executor.running()) <= executor.workers
        assert len(collect(executor, 4)) == 4


def test_the_same_bytes_whatever_runs_the_trials(executor: Executor, way: str, references: References) -> None:
    reference = references("keras" if way.endswith("keras") else ENGINE)
    asked = trials(4) + trials_with_state()
    for trial in asked:
        executor.submit(trial)
    outcomes = collect(executor, len(asked))
    assert len(outcomes) == len(asked)
    for outcome in outcomes:
        assert isinstance(outcome, Result)
        assert outcome.trajectory["accuracy"].tobytes() == reference[outcome.trial.key].trajectory["accuracy"].tobytes()
        assert (
            outcome.trajectory["cross_entropy"].tobytes()
            == reference[outcome.trial.key].trajectory["cross_entropy"].tobytes()
        )


@pytest.fixture(scope="module")
def references() -> References:
    """The same trials in another order, by one worker with an engine."""

    @cache
    def results(engine: str) -> dict[TrialKey, Outcome]:
        with contextlib.closing(LocalExecutor("digits", workers=1, engine=engine, **DIGITS)) as one:
            asked = trials(4) + trials_with_state()
            for trial in reversed(asked):
                one.submit(trial)
            return {outcome.trial.key: outcome for outcome in collect(one, len(asked))}

    return results


@pytest.mark.usefixtures("quick_ray")
@pytest.mark.parametrize("kind", ["local", pytest.param("ray", marks=pytest.mark.long)])
def test_a_killed_worker_costs_its_trial_and_nothing_else(kind: str) -> None:
    others = set(_workers())
    executor = make_pool(kind, workers=2)
    try:
        asked = trials(4, **ENDLESS)
        for trial in asked:
            executor.submit(trial)
        _until(lambda: len(executor.running()) == 2, executor)
        os.kill(_busy_worker(others), signal.SIGKILL)
        first = collect(executor, 1)[0]
        assert isinstance(first, Crash) and first.cause == "crash" and "worker process died" in first.reason
        _until(lambda: len(executor.running()) == 2, executor)  # the freed slot has gone on with the next trial
        assert first.trial not in executor.running()
    finally:
        started = time.monotonic()
        executor.close()
        assert time.monotonic() - started < 15
    assert not psutil.wait_procs([p for p in _processes() if p.pid not in others], timeout=30)[1]


def test_trials_go_where_their_program_is_compiled() -> None:
    executor = make_pool("local", workers=2, engine="keras")
    try:
        for trial in trials(12):
            executor.submit(trial)
        outcomes = collect(executor, 12)
        compiled = [o for o in outcomes if isinstance(o, Result) and o.compile_seconds > 0]
        # Two architectures on two workers: one compilation each, and at most one more where a core ran idle.
        assert 2 <= len(compiled) <= 3
    finally:
        executor.close()


@pytest.mark.usefixtures("quick_ray")
@pytest.mark.parametrize("kind", ["local", pytest.param("ray", marks=pytest.mark.long)])
def test_a_worker_full_of_programs_is_replaced_and_the_work_goes_on(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("study.run.executors.worker.PROGRAM_MEMORY", 0)
    others = set(_workers())
    executor = make_pool(kind, workers=1)
    try:
        seen = set()
        for trial in trials(2):
            executor.submit(trial)
            (outcome,) = collect(executor, 1)
            assert isinstance(outcome, Result)
            seen |= set(_workers()) - others
        assert len(seen) >= 2  # two programs in turn, each in a process of its own
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


@pytest.mark.usefixtures("quick_ray")
@pytest.mark.parametrize(
    ("kind", "seconds"), [("local", 5 if ENGINE == "native" else 20), pytest.param("ray", 5, marks=pytest.mark.long)]
)
def test_a_trial_that_hangs_or_eats_memory_is_stopped_and_the_others_end(kind: str, seconds: int) -> None:
    endless = Trial(Configuration.stack(hidden=(8,), samples=60, **ENDLESS), 0)
    huge = Trial(Configuration.stack(hidden=(6000, 6000), epochs=100, samples=60), 0)
    executor = make_pool(kind, workers=2, limits=Limits(seconds=seconds, memory=400), engine=ENGINE)
    try:
        for trial in [endless, huge, *trials(2)]:
            executor.submit(trial)
        outcomes = {o.trial: o for o in collect(executor, 4)}
        for trial, option in ((endless, f"stopped after {seconds} s (--trial-timeout)"), (huge, "400 MB")):
            crash = outcomes[trial]
            assert isinstance(crash, Crash) and crash.cause == "limit" and option in crash.reason
        assert all(isinstance(outcomes[trial], Result) for trial in trials(2))
    finally:
        executor.close()


def test_a_worker_gets_what_it_has_compiled_then_what_nobody_has_then_the_longest_queue() -> None:
    queue = TrialQueue()
    mine, free, short, long = (Trial(Configuration.stack(hidden=(width,), epochs=1), 0) for width in (8, 16, 32, 64))
    for trial in (long, short, free, mine, long, short, long):
        queue.add(trial)
    program = {trial: program_key(trial.configuration) for trial in (mine, free, short, long)}
    holders = {program[mine]: 1, program[short]: 1, program[long]: 2}
    taken = []
    while (chosen := queue.choose({program[mine]}, holders)) is not None:
        taken.append(queue.take(chosen))
    assert taken[:3] == [free, mine, short]  # two trials for one holder are more than three for two
    assert taken.count(short) == 2 and taken.count(long) == 3


def test_in_process_runs_any_function(scripted: Callable[[Trial], Result]) -> None:
    executor = InProcessExecutor(scripted)
    executor.submit(trials(1)[0])
    assert executor.running() == (trials(1)[0],)
    (outcome,) = executor.wait(0)
    assert isinstance(outcome, Result)


def _processes() -> list[psutil.Process]:
    """The workers of this process: the fork server's children, or actors of a Ray."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            line = " ".join(process.cmdline())
            if line.startswith(("ray::RayWorker", "ray::StandInRayWorker")) or (
                "forkserver" in line and process.ppid() != os.getpid()
            ):
                found.append(process)
    return found


def _workers() -> dict[int, float]:
    """Processor seconds of each worker."""
    seconds = {}
    for process in _processes():
        with contextlib.suppress(psutil.NoSuchProcess):
            seconds[process.pid] = sum(process.cpu_times()[:2])
    return seconds


def _until(happened: Callable[[], bool], executor: Executor, patience: float = 240) -> None:
    deadline = time.monotonic() + patience
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        assert executor.wait(0.2) == []


def _busy_worker(others: set[int], patience: float = 240) -> int:
    """A worker that is not one of ``others`` and has begun to train."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        busy = {pid: seconds for pid, seconds in _workers().items() if pid not in others and seconds > BEGUN}
        if busy:
            return max(busy, key=lambda pid: busy[pid])
        time.sleep(0.2)
    raise AssertionError("no worker began to train")
