"""A study followed from elsewhere: everything is heard of once, nothing is written, and the end is noticed."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

import cli
from reports.terminal.live import LiveProgress, PlainProgress, Progress, watch
from study.design.plan import make_plan
from study.design.source import build_spec
from study.design.spec import StudySpec
from study.errors import InputError
from study.records.imported import ForeignStudy
from study.records.trials import EMPTY, Proposal, Result, Trial, TrialKey
from study.run.coordinator import run_study
from study.run.executors.inprocess import InProcessExecutor
from study.run.follow import follow
from study.run.observers import Follower, Observer
from study.search.cell_search import proposer_settings
from study.store import Holder, Store, StoredStudy, open_store
from tests.conftest import FACTS, scripted_result, trials_of
from tests.test_cli import depthgauge

SWEEP = build_spec(
    {"name": "s", "dataset": "digits", "replicates": 2, "space": {"depth": {"values": [1, 2, 3]}}}, "test"
)
SEARCH = build_spec(
    {
        "name": "s",
        "dataset": "digits",
        "replicates": 2,
        "search": {"trials": 3, "proposer": "optuna:random"},
        "space": {"depth": {"values": [1, 2]}, "width": {"role": "nuisance", "low": 4, "high": 9}},
    },
    "test",
)


class Witness(Follower):
    """A follower that remembers."""

    def __init__(self) -> None:
        self.there: set[TrialKey] = set()
        self.submissions: Counter[TrialKey] = Counter()
        self.results: Counter[TrialKey] = Counter()
        self.answers: Counter[tuple[str, int]] = Counter()
        self.holders: list[Holder | None] = []

    def begin(self, planned: int, study: StoredStudy, work: Callable[[Trial], float]) -> None:
        self.there = set(study.results)

    def submitted(self, trial: Trial) -> None:
        self.submissions[trial.key] += 1

    def told(self, proposal: Proposal) -> None:
        self.answers[proposal.cell, proposal.number] += 1

    def result(self, result: Result) -> None:
        self.results[result.trial.key] += 1

    def tick(self, running: tuple[Trial, ...]) -> None:
        assert running == ()

    def driven(self, holder: Holder | None) -> None:
        self.holders.append(holder)


@pytest.fixture
def address(tmp_path: Path) -> str:
    return str(tmp_path / "studies.db")


def running(address: str, spec: StudySpec, train: Callable[[Trial], Result]) -> threading.Thread:
    """A coordinator at work, in a thread with a store of its own; returns once it holds the lease."""
    held = threading.Event()

    def run() -> None:
        store = open_store(address)
        with store.lease(spec.name, "pytest"):
            held.set()
            run_study(spec.name, store, InProcessExecutor(train), Observer())

    thread = threading.Thread(target=run)
    thread.start()
    assert held.wait(30)
    return thread


def slowly(trial: Trial) -> Result:
    time.sleep(0.05)
    return scripted_result(trial)


def begun(address: str, spec: StudySpec) -> Store:
    store = open_store(address, create=True)
    facts = replace(FACTS, proposer=proposer_settings(make_plan(spec)) if spec.nuisance else None)
    store.begin(make_plan(spec), "hash", facts)
    return store


@pytest.mark.parametrize("spec", [SWEEP, SEARCH], ids=["sweep", "search"])
def test_everything_is_heard_of_once_until_the_study_is_done(address: str, spec: StudySpec) -> None:
    store, witness = begun(address, spec), Witness()
    thread = running(address, spec, slowly)
    assert follow(store, "s", witness, pause=0.02)
    thread.join()
    stored = store.load("s")
    assert witness.there | set(witness.results) == set(stored.results)
    assert set(witness.results.values()) == {1} and witness.results.keys() <= witness.submissions.keys()
    assert set(witness.submissions.values()) == {1}
    if spec.nuisance:
        assert len(stored.proposals) == 6 and witness.answers.keys() <= {(p.cell, p.number) for p in stored.proposals}
        assert set(witness.answers.values()) == {1} and len(witness.answers) >= 4
    assert any(holder is not None for holder in witness.holders) and witness.holders[-1] is None


def test_a_failed_trial_that_runs_again_counts_once(address: str) -> None:
    store = begun(address, SWEEP)
    for trial in trials_of(SWEEP)[:2]:
        store.record("s", Result(trial, "failed", EMPTY, reason="worker process died"))
    progress = Progress(make_plan(SWEEP))
    display = PlainProgress(progress, Console(file=io.StringIO()))
    thread = running(address, SWEEP, slowly)
    assert follow(store, "s", display, pause=0.02)
    thread.join()
    assert (progress.finished, progress.failed, progress.work_left) == (6, 0, 0)


def test_a_study_that_is_continued_as_another_is_begun_anew(address: str) -> None:
    store = begun(address, SWEEP)
    begin = threading.Timer(0.3, lambda: begun(address, SWEEP.model_copy(update={"replicates": 3})))
    begin.start()
    assert follow(store, "s", Witness(), pause=0.02) is False
    begin.join()


def test_a_study_that_nobody_runs_is_waited_for(address: str) -> None:
    store, witness = begun(address, SWEEP), Witness()
    start = threading.Timer(0.3, lambda: running(address, SWEEP, scripted_result))
    start.start()
    assert follow(store, "s", witness, pause=0.02)
    assert witness.holders[0] is None and len(witness.results) == 6


@pytest.mark.parametrize("terminal", [False, True])
def test_the_display_says_how_far_it_is_and_who_runs_it(address: str, terminal: bool) -> None:
    store, said = begun(address, SWEEP), io.StringIO()
    thread = running(address, SWEEP, slowly)
    console = Console(file=said, force_terminal=terminal, width=160)
    with watch(make_plan(SWEEP), console) as display:
        assert isinstance(display, LiveProgress if terminal else PlainProgress)
        assert follow(store, "s", display, pause=0.02)
    thread.join()
    assert "of 6 trials" in said.getvalue() and "run by process" in said.getvalue()


def test_watching_a_finished_study_ends_at_once_and_writes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "depthgauge" / "studies.db"
    store = begun(str(file), SWEEP)
    for trial in trials_of(SWEEP):
        store.record("s", scripted_result(trial))
    store.close()
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    done = depthgauge("watch", "s", cwd=tmp_path)
    assert done.returncode == 0 and "6 of 6 trials, nobody runs it, 0 failed" in done.stdout
    assert 'depthgauge verdict "s"' in done.stdout
    assert hashlib.sha256(file.read_bytes()).hexdigest() == before


def test_an_imported_study_is_not_followed(address: str) -> None:
    store = open_store(address, create=True)
    store.keep(ForeignStudy("s", "Optuna", "5", "s", "accuracy", "maximize", (), ()))
    with pytest.raises(InputError, match="was imported from Optuna"):
        follow(store, "s", Witness())


def test_the_page_of_a_study_is_served_until_its_watcher_has_seen_enough(tmp_path: Path) -> None:
    file = tmp_path / "depthgauge" / "studies.db"
    store = begun(str(file), SWEEP)
    for trial in trials_of(SWEEP):
        store.record("s", scripted_result(trial, test_items=FACTS.test_samples))
    store.close()
    environment = {**os.environ, "BROWSER": "true", "PYTHONUNBUFFERED": "1"}  # true opens nothing
    command = [sys.executable, str(Path(cli.__file__)), "watch", "s", "--open"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as watcher:
        assert watcher.stdout is not None
        said = []
        while "until Ctrl-C" not in (line := watcher.stdout.readline()):
            assert line, said
            said.append(line)
        url = line.split()[4]
        assert url.startswith("http://127.0.0.1:") and said[0].split() == ["page", url]
        with urllib.request.urlopen(url, timeout=30) as answer:
            assert "Does it overfit?" in answer.read().decode()
        watcher.send_signal(signal.SIGINT)
        assert watcher.wait(30) == 0


def test_an_address_without_a_page_is_refused(tmp_path: Path) -> None:
    begun(str(tmp_path / "depthgauge" / "studies.db"), SWEEP).close()
    done = depthgauge("watch", "s", "--host", "127.0.0.1", cwd=tmp_path)
    assert done.returncode == 2 and "add --open" in done.stderr
