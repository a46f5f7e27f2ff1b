"""Exactly one process runs a study, whatever is killed, stopped or set back."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

import cli
from study.design.plan import make_plan
from study.design.source import build_spec
from study.errors import StudyError
from study.records.trials import Result, Trial
from study.run.coordinator import run_study
from study.run.executors.inprocess import InProcessExecutor
from study.run.observers import Observer
from study.store import Store, lease, open_store
from study.store.lease import Pace
from study.store.schema import leases
from tests.conftest import FACTS, scripted_result, trials_of
from tests.test_cli import depthgauge

ROOT = Path(cli.__file__).parent
PACE = Pace(beat=0.1, expiry=1.5, watch=0.6)
VALUES = {"name": "small", "dataset": "digits", "replicates": 2, "space": {"depth": {"values": [1, 2, 3]}}}
SPEC = build_spec(VALUES, "test")
TRIALS = trials_of(SPEC)

# Takes the lease, then writes the trial of each line that it is given.
HOLDER = f"""
import sys
from study.errors import DepthgaugeError
from study.design.plan import make_plan
from study.design.source import build_spec
from study.store import open_store
from study.store.lease import Pace
from tests.conftest import FACTS, scripted_result, trials_of

spec = build_spec({VALUES!r}, "test")
store = open_store(sys.argv[1])
try:
    with store.lease("small", "depthgauge run small.toml", {PACE!r}):
        store.begin(make_plan(spec), "hash", FACTS)
        print("held", flush=True)
        for line in sys.stdin:
            store.record("small", scripted_result(trials_of(spec)[int(line)]))
            print("written", flush=True)
except DepthgaugeError as error:
    print(error, flush=True)
"""


class Process:
    """Another process that wants to run the study."""

    def __init__(self, address: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, address], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.pid = self.process.pid
        self.address = address

    def says(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def write(self, trial: int) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{trial}\n")
        self.process.stdin.flush()

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def stop(self) -> None:
        """Stop it, but not in the middle of a write: SQLite's file would be locked until it goes on."""
        for _ in range(100):
            self.signal(signal.SIGSTOP)
            if "://" in self.address:
                return
            with closing(sqlite3.connect(self.address, timeout=1)) as file:
                try:
                    file.execute("BEGIN IMMEDIATE")
                    return
                except sqlite3.OperationalError:
                    self.signal(signal.SIGCONT)
            time.sleep(0.05)
        raise AssertionError("it never stopped to write")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_server").url())
    return str(tmp_path / "studies.db")


# What takes seconds until a lease expires is tried each time in a file, and with the long tests on a server.
slow = pytest.mark.parametrize("address", ["sqlite", pytest.param("postgres", marks=pytest.mark.long)], indirect=True)


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    store = open_store(address, create=True)
    yield store
    store.close()


@pytest.fixture
def start(address: str, store: Store) -> Iterator[Callable[[], Process]]:
    started: list[Process] = []

    def one() -> Process:
        started.append(Process(address))
        return started[-1]

    yield one
    for process in started:
        process.kill()


@contextmanager
def taken(store: Store) -> Iterator[None]:
    with store.lease("small", "pytest", PACE):
        yield


def take_in_time(store: Store, refused: str) -> None:
    """Take the lease as soon as it is free; until then the answer is ``refused``."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with taken(store):
                return
        except StudyError as error:
            assert refused in str(error)
            time.sleep(0.1)
    raise AssertionError("the lease never became free")


def pretend_elsewhere(store: Store) -> None:
    """Have the holder's process be one of another machine, where nobody here can look it up."""
    store.database.write(lambda connection: connection.execute(leases.update().values(machine="elsewhere")))


def test_a_second_process_is_told_who_runs_the_study_and_how_to_go_on(
    store: Store, start: Callable[[], Process]
) -> None:
    holder = start()
    assert holder.says() == "held"
    said = start().says()
    assert f"process {holder.pid} on {socket.gethostname()}" in said and "last sign of life 0 s ago" in said
    assert "depthgauge watch 'small'" in said and "no sign of life for 2 s" in said
    with pytest.raises(StudyError, match="is being run by"):
        store.record("small", scripted_result(TRIALS[0]))
    with pytest.raises(StudyError, match="End that, then delete it"):
        store.delete("small")
    holder.write(0)
    assert holder.says() == "written"
    assert set(store.load("small").results) == {TRIALS[0].key}


def test_of_many_processes_one_gets_the_lease(start: Callable[[], Process]) -> None:
    said = [process.says() for process in [start() for _ in range(5)]]
    assert said.count("held") == 1
    assert sum("is being run by" in words for words in said) == 4


def test_a_killed_process_of_this_machine_frees_its_study_at_once(store: Store, start: Callable[[], Process]) -> None:
    holder = start()
    holder.says()
    holder.kill()
    with store.lease("small", "pytest", Pace(beat=10, expiry=3600, watch=3600)):
        store.record("small", scripted_result(TRIALS[0]))


@slow
def test_a_killed_process_of_another_machine_frees_its_study_when_the_lease_expires(
    store: Store, start: Callable[[], Process]
) -> None:
    holder = start()
    holder.says()
    pretend_elsewhere(store)
    holder.kill()
    take_in_time(store, "takes over once it has given no sign of life")


@slow
def test_a_process_that_was_stopped_cannot_write_after_another_took_over(
    store: Store, start: Callable[[], Process]
) -> None:
    holder = start()
    holder.says()
    holder.stop()
    time.sleep(PACE.expiry + 0.5)
    with taken(store):
        store.record("small", scripted_result(TRIALS[1]))
        holder.write(0)
        holder.signal(signal.SIGCONT)
        assert f"was taken over by process {os.getpid()}" in holder.says()
        holder.process.wait(timeout=30)
        assert store.holder("small") is not None, "it must not release the lease of another"
    assert set(store.load("small").results) == {TRIALS[1].key}


@pytest.mark.long
def test_it_cannot_write_either_once_the_other_has_ended(store: Store, start: Callable[[], Process]) -> None:
    holder = start()
    holder.says()
    holder.stop()
    time.sleep(PACE.expiry + 0.5)
    with taken(store):
        pass
    holder.write(0)
    holder.signal(signal.SIGCONT)
    assert "was taken over by another process, which has ended since" in holder.says()
    assert store.load("small").results == {}


@pytest.mark.parametrize("hours", [-1, 1], ids=["set back", "set forward"])
def test_a_clock_that_jumps_takes_no_lease_away_and_keeps_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    """The holder's clock and ours are an hour apart, as after somebody has set it."""
    address = str(tmp_path / "studies.db")
    store = open_store(address, create=True)
    monkeypatch.setattr(lease, "machine_time", lambda: time.time() + 3600 * hours)
    holder = Process(address)
    try:
        holder.says()
        pretend_elsewhere(store)
        with pytest.raises(StudyError, match="is being run by"), taken(store):
            pass
        holder.stop()
        with taken(store):
            assert store.holder("small") is not None
    finally:
        holder.kill()


def test_a_lease_is_given_back_whatever_ends_the_run(store: Store) -> None:
    for ending in (KeyboardInterrupt, ValueError):
        with pytest.raises(ending), taken(store):
            assert store.holder("small") is not None
            raise ending
        assert store.holder("small") is None


@pytest.mark.long
def test_signs_of_life_go_on_while_the_process_is_busy(store: Store) -> None:
    with taken(store):
        time.sleep(2 * PACE.expiry)
        holder = store.holder("small")
        assert holder is not None and holder.alive and holder.beats > 3


@pytest.mark.parametrize("noticed_by", ["writing", "heartbeat"])
def test_a_coordinator_that_lost_its_study_stops(store: Store, noticed_by: str) -> None:
    trained: list[Trial] = []

    def train(trial: Trial) -> Result:
        trained.append(trial)
        if len(trained) == 3:
            values = {"owner": "another"}
            store.database.write(lambda connection: connection.execute(leases.update().values(values)))
            if noticed_by == "heartbeat":
                time.sleep(5 * PACE.beat)
        return scripted_result(trial)

    with pytest.raises(StudyError, match="was taken over by"), taken(store):
        store.begin(make_plan(SPEC), "hash", FACTS)
        run_study(SPEC.name, store, InProcessExecutor(train), Observer())
    assert len(trained) == 3 and len(store.load("small").results) == 2
    assert store.database.read(lambda connection: connection.scalar(sa.select(leases.c.owner))) == "another"


def test_a_second_run_is_one_line_and_trains_nothing(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text('name = "small"\ndataset = "digits"\n[space.depth]\nvalues = [1, 2, 3]\n')
    store = open_store(str(tmp_path / "depthgauge" / "studies.db"), create=True)
    with taken(store):
        done = depthgauge("run", "small.toml", cwd=tmp_path)
    assert done.returncode == 1 and done.stdout == ""
    assert f"is being run by process {os.getpid()}" in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert store.list() == []
