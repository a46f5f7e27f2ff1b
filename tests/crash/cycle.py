"""One cycle: a study that is hit one to three times at random moments, continued, and looked at."""

from __future__ import annotations

import os
import random
import shlex
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from study.design.source import load_spec
from study.design.spec import StudySpec
from tests.crash.coordinator import POLL_SECONDS, Coordinator
from tests.crash.ray_nodes import RayNodes
from tests.crash.records import Reader, Records, faults, lost
from tests.postgres import Server

RUNS = 8  # of the same command, after the last hit: more than two are never needed
PATIENCE_SECONDS = 240.0  # for a run to end; Ray takes a minute to notice that its head is gone
INTERRUPTED = 130
STUDIES = {
    "sweep": """\
name = "sweep"
dataset = "digits"
replicates = 6
[network]
width = 16
samples = 100
epochs = 2
[space.depth]
values = [1, 2, 3, 4]
""",
    "search": """\
name = "search"
dataset = "digits"
[network]
width = 16
samples = 100
epochs = 2
[space]
depth = { values = [1, 2] }
learning_rate = { role = "nuisance", low = 1e-4, high = 1e-1, log = true }
[search]
trials = 6
[confirm]
replicates = 4
""",
}


@dataclass(frozen=True)
class Place:
    """What is tried: which store and executor, and whether with the real trainer. Server and cluster where needed."""

    store: str
    executor: str
    real: bool
    server: Server | None = None
    nodes: RayNodes | None = None

    @property
    def hits(self) -> tuple[str, ...]:
        """What can happen here, the likelier the more often it is named."""
        found = ["coordinator", "coordinator", "worker", "SIGTERM"]
        if self.executor == "local":
            found.append("fork server")
        if self.server is not None:
            found += ["database", "database"]
        if self.nodes is not None:
            found = found * 3 + ["node"] * 6 + ["cluster"]
        return tuple(found)


@dataclass(frozen=True)
class Reference:
    """A study that nobody disturbed: its records, its verdict, and how long it took."""

    spec: StudySpec
    records: Records
    verdict: str
    seconds: float


@dataclass
class Report:
    """What a cycle did and found. ``hits`` are what was hit and when; ``wrong`` is empty where all is well."""

    study: str
    hits: list[tuple[str, str]] = field(default_factory=list)
    runs: int = 0
    kept: int = 0  # finished trials that were in the store at the last hit
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


class Cycle:
    """Runs ``study`` in ``folder``; everything random comes from ``rng``."""

    def __init__(self, place: Place, study: str, folder: Path, rng: random.Random) -> None:
        self._place, self.folder, self._rng = place, folder, rng
        folder.mkdir(parents=True)
        (folder / "study.toml").write_text(STUDIES[study])
        url = place.server.url() if place.server is not None else f"sqlite:///{folder / 'studies.db'}"
        self._url = url
        self._reader = Reader(url)
        self._seen: list[Records] = []
        self._orphans: list[psutil.Process] = []
        self._coordinator: Coordinator | None = None
        self._allowed = {0}  # exit codes of this coordinator
        self._spared = True  # none of its processes was hit yet
        self._server_was_away = False
        self.report = Report(study)

    @property
    def command(self) -> str:
        """What repeats a run by hand, with the real trainer."""
        return shlex.join(["depthgauge", *self._arguments()])

    def undisturbed(self) -> Reference:
        """Run the study to its end."""
        began = time.monotonic()
        self._finish()
        assert self._coordinator is not None
        if self.report.wrong:
            raise RuntimeError(f"the undisturbed study failed: {self.report.wrong}; see {self.folder}")
        spec = load_spec(str(self.folder / "study.toml"))
        return Reference(spec, self._reader.records(), self._coordinator.output, time.monotonic() - began)

    def disturbed(self, reference: Reference) -> Report:
        """Hit the study one to three times, let it end, and compare it with the ``reference``."""
        began = time.monotonic()
        self._reference, self._total = reference, len(reference.records.trials)
        try:
            for _ in range(self._rng.randint(1, 3)):
                self._await_moment()
                self._hit(self._rng.choice(self._place.hits))
            self._finish()
            self._check()
        finally:
            if self._coordinator is not None:
                self._coordinator.kill()
        self.report.seconds = time.monotonic() - began
        return self.report

    def _arguments(self) -> list[str]:
        found = [
            "run",
            "study.toml",
            "--json",
            "--workers",
            "2",
            "--executor",
            self._place.executor,
            "--store",
            self._url,
        ]
        return found if self._place.nodes is None else [*found, "--address", self._place.nodes.address]

    def _running(self) -> Coordinator:
        """The coordinator, a new one where there is none."""
        if self._coordinator is not None:
            if not self._coordinator.ended():
                return self._coordinator
            self._judge(self._coordinator)
        self.report.runs += 1
        place = self._place
        self._coordinator = Coordinator(
            self._arguments(), self.folder, self.report.runs, executor=place.executor, real=place.real
        )
        self._allowed = {0}
        self._spared = True
        self._server_was_away = False
        return self._coordinator

    def _judge(self, coordinator: Coordinator) -> None:
        """Look at how a coordinator has ended."""
        if coordinator.code not in self._allowed or "Traceback" in coordinator.errors:
            last = (coordinator.errors.strip().splitlines() or ["nothing"])[-1]
            self.report.wrong.append(f"run {self.report.runs} ended with {coordinator.code} and said: {last}")

    def _await_moment(self) -> None:
        """Wait for any moment of a run, or, more often, until some more trials are in the store and a little longer."""
        coordinator = self._running()
        if self._rng.random() < 0.25:
            until = time.monotonic() + self._rng.uniform(0, self._reference.seconds)
            while time.monotonic() < until and not coordinator.ended():
                time.sleep(POLL_SECONDS)
            return
        wanted = self._rng.randrange(self._total)
        later = self._rng.uniform(0, 0.08)
        patience = time.monotonic() + PATIENCE_SECONDS
        while self._reader.count() < wanted and not coordinator.ended() and time.monotonic() < patience:
            time.sleep(POLL_SECONDS)
        time.sleep(later)

    def _hit(self, what: str) -> None:
        """Let something happen to a study, which may be over just then."""
        coordinator, server, nodes = self._coordinator, self._place.server, self._place.nodes
        assert coordinator is not None
        family = coordinator.family()
        if nodes is not None:  # whose other processes stay
            family += [process for process in nodes.family() if _kind(process, coordinator.pid) == "worker"]
        seen = self._reader.records()
        self._seen.append(seen)
        self.report.kept = len(seen.finished)
        if coordinator.ended():
            what = "too late"
        elif what == "coordinator":
            self._allowed |= {-signal.SIGKILL}
            coordinator.kill()
            self._orphans += family
        elif what == "SIGTERM":
            self._allowed |= {INTERRUPTED, -signal.SIGTERM}
            os.kill(coordinator.pid, signal.SIGTERM)
            self._await_end(coordinator)
            self._orphans += family
        elif what == "database" and server is not None:
            self._allowed |= {2}  # a run that begins while there is no server says so
            self._server_was_away = True
            server.stop("immediate")
            time.sleep(self._rng.uniform(0, 1.5))
            server.start()
        elif what == "cluster" and nodes is not None and "in the store" in coordinator.errors:
            # Not before it has joined: a cluster that goes away just then is tried for a quarter of an hour.
            self._allowed = set(range(-64, 256))  # Ray ends the program, in a way of its own
            nodes.lose("cluster")
            self._await_end(coordinator)
        elif what == "node" and nodes is not None:
            nodes.lose(f"node {self._rng.randrange(2)}")
        elif not self._kill_one(what, coordinator.pid, family):
            what = "too late"
        self.report.hits.append((what, self._moment(seen)))

    def _kill_one(self, what: str, coordinator: int, family: list[psutil.Process]) -> bool:
        """Kill a worker or the fork server. One in a run: a trial that kills two workers counts as failed."""
        found = [process for process in family if _kind(process, coordinator) == what]
        if not found or not self._spared:
            return False
        self._spared = False
        with suppress(psutil.NoSuchProcess):
            self._rng.choice(found).kill()
        return True

    def _moment(self, seen: Records) -> str:
        done = len(seen.finished)
        return "starting" if not done else "ending" if done >= self._total else "at work"

    def _await_end(self, coordinator: Coordinator) -> bool:
        ended = coordinator.wait(PATIENCE_SECONDS)
        if not ended:
            self._allowed |= {-signal.SIGKILL}
            self.report.wrong.append(f"run {self.report.runs} did not end within {PATIENCE_SECONDS:.0f} s")
        return ended

    def _finish(self) -> None:
        """Repeat the command until the study is over."""
        for _ in range(RUNS):
            coordinator = self._running()
            if not self._await_end(coordinator):
                return
            if coordinator.code == 0:
                break
        self._judge(coordinator)

    def _check(self) -> None:
        found, reference = self._reader.records(), self._reference
        assert self._coordinator is not None
        wrong = self.report.wrong
        wrong += faults(reference.spec, found, reference.records)
        for seen in self._seen:
            wrong += lost(seen, found)
        if not self._server_was_away:  # else its lease expires, or is taken at once from a process that has ended
            wrong += [f"the lease of process {row['pid']} is left" for row in found.leases]
        if self._coordinator.output != reference.verdict:
            wrong.append("the verdict is another one")
        _, alive = psutil.wait_procs(self._orphans, timeout=30)
        wrong += [f"process {process.pid} outlives its coordinator" for process in alive]


def _kind(process: psutil.Process, coordinator: int) -> str:
    """What a process of a study is: ``worker``, ``fork server``, or empty for all else."""
    try:
        title, parent = " ".join(process.cmdline()), process.ppid()
    except psutil.Error:  # it has just ended
        return ""
    if "RayWorker" in title:
        return "worker"
    if "multiprocessing.forkserver" in title:
        return "fork server" if parent == coordinator else "worker"
    return ""
