"""A few cycles of the crash harness; ``python benchmarks/crash.py`` runs as many as one likes, on everything."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from multiprocessing import forkserver
from pathlib import Path
from unittest import mock

import psutil
import pytest

import cli
from study.records.trials import Configuration, Result, Trial
from study.run.executors import Crash, Outcome
from study.run.executors.local import LocalExecutor
from tests.crash import scripted
from tests.crash.coordinator import ROOT


@pytest.mark.long
def test_killed_anywhere_a_study_loses_and_doubles_nothing(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "crash.py"), "--cycles", "3", "--seed", "3", "--verbose"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 cycles" in done.stdout and "something wrong: 0" in done.stdout


@pytest.fixture(scope="module", autouse=True)
def no_fork_server_is_left() -> Iterator[None]:
    """The one of these tests has not read TensorFlow."""
    yield
    forkserver._forkserver._stop()  # type: ignore[attr-defined]


@pytest.fixture
def executor() -> Iterator[LocalExecutor]:
    """One worker with the scripted trainer."""
    scripted.install("local")
    made = LocalExecutor("digits", seed=0, validation=0.1, workers=1)
    yield made
    made.close()
    mock.patch.stopall()


def test_an_interruption_that_a_library_makes_an_error_of_its_own_is_still_one() -> None:
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        cli._signals_interrupt()
        with pytest.raises(KeyboardInterrupt), cli._interruption():
            try:
                signal.raise_signal(signal.SIGTERM)
            except KeyboardInterrupt:
                raise ValueError("an error in a callback") from None
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def _run(executor: LocalExecutor, replicate: int) -> Outcome:
    executor.submit(Trial(Configuration.stack(hidden=(8,), epochs=2), replicate))
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if outcomes := executor.wait(0.2):
            return outcomes[0]
    raise AssertionError("the trial never came back")


def _process(is_one: Callable[[psutil.Process], bool]) -> psutil.Process:
    (fork_server,) = (p for p in psutil.Process().children() if "multiprocessing.forkserver" in " ".join(p.cmdline()))
    return next(process for process in (fork_server, *fork_server.children()) if is_one(process))


@pytest.mark.parametrize("wait", [0.0, 0.5], ids=["at once", "later"])
def test_a_worker_that_dies_with_nothing_to_do_costs_no_trial(executor: LocalExecutor, wait: float) -> None:
    assert isinstance(_run(executor, 0), Result)
    _process(lambda process: bool(process.parent()) and not process.children()).send_signal(signal.SIGKILL)
    time.sleep(wait)
    for replicate in (1, 2):
        outcome = _run(executor, replicate)
        if isinstance(outcome, Crash):  # it is told apart from a trial that kills its worker
            assert outcome.cause == "machine"
            outcome = _run(executor, replicate)
        assert isinstance(outcome, Result)


def test_a_fork_server_that_dies_with_nothing_to_do_costs_no_trial(executor: LocalExecutor) -> None:
    assert isinstance(_run(executor, 0), Result)
    _process(lambda process: bool(process.children())).send_signal(signal.SIGKILL)
    outcome = _run(executor, 1)
    if isinstance(outcome, Crash):
        assert outcome.cause == "machine"
        outcome = _run(executor, 1)
    assert isinstance(outcome, Result)


def test_a_fork_server_that_dies_is_not_held_against_the_trial_in_work(
    executor: LocalExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(_run(executor, 0), Result)
    sent: list[Future[Result]] = []
    send = executor._send
    monkeypatch.setattr(executor, "_send", lambda one, trial: sent.append(send(one, trial)) or sent[-1])
    worker = _process(lambda process: bool(process.parent()) and not process.children())
    for replicate in range(1, 50):  # until one is stopped between its beginning and its end
        executor.submit(Trial(Configuration.stack(hidden=(8,), epochs=2), replicate))
        while not sent[-1].running() and not sent[-1].done():
            pass
        worker.suspend()
        if not executor.wait(0.5):
            break
        worker.resume()
    _process(lambda process: bool(process.children())).send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 120
    while not (outcomes := executor.wait(0.2)):
        assert time.monotonic() < deadline
    (outcome,) = outcomes
    assert isinstance(outcome, Crash)
    assert (outcome.reason, outcome.cause) == ("the process that starts workers died", "machine")
    assert isinstance(_run(executor, replicate), Result)
    worker.resume()
    assert not psutil.wait_procs([worker], timeout=30)[1], "it goes on without a fork server, beside its successor"
