"""A shared server: restarted in the middle, gone for good, answers lost on the way; and its password, never shown."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

import cli
from study.design.plan import make_plan
from study.design.source import build_spec
from study.errors import StoreError
from study.records.trials import Proposal
from study.store import Store, open_store
from study.store.lease import Pace
from tests.conftest import FACTS, scripted_result, trials_of
from tests.postgres import PASSWORD, Server
from tests.test_cli import depthgauge

ROOT = Path(cli.__file__).parent
SPEC = build_spec(
    {"name": "small", "dataset": "digits", "replicates": 4, "space": {"depth": {"values": [1, 2, 3]}}}, "test"
)
TRIALS = trials_of(SPEC)


@pytest.fixture
def store(postgres_server: Server) -> Store:
    return open_store(postgres_server.url(), create=True)


@pytest.mark.parametrize("how", [pytest.param("fast", marks=pytest.mark.long), "immediate"])
def test_a_restarted_server_costs_no_trial_and_doubles_none(postgres_server: Server, store: Store, how: str) -> None:
    def run() -> None:
        with store.lease("small", "pytest", Pace(beat=0.1)):
            store.begin(make_plan(SPEC), "hash", FACTS)
            for trial in TRIALS:
                store.record("small", scripted_result(trial))
                time.sleep(0.05)

    failed: list[BaseException] = []
    thread = threading.Thread(target=lambda: _remember(failed, run))
    thread.start()
    for _ in range(2):
        time.sleep(0.2)
        postgres_server.stop(how)
        time.sleep(0.5)
        postgres_server.start()
    thread.join(timeout=120)
    assert not failed and not thread.is_alive()
    assert set(store.load("small").results) == {trial.key for trial in TRIALS}
    assert store.list()[0].finished == len(TRIALS)
    assert store.holder("small") is None


def _remember(failed: list[BaseException], work: Callable[[], None]) -> None:
    try:
        work()
    except BaseException as error:
        failed.append(error)


def test_a_server_that_stays_away_is_one_line(
    postgres_server: Server, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.begin(make_plan(SPEC), "hash", FACTS)
    write = store.database.write
    monkeypatch.setattr(store.database, "write", lambda work: write(work, patience=1.0))
    postgres_server.stop("fast")
    try:
        with pytest.raises(StoreError, match=r"does not answer.*Start it.*is kept") as error:
            store.record("small", scripted_result(TRIALS[0]))
        with pytest.raises(StoreError, match="cannot be reached"):
            open_store(store.database.engine.url.render_as_string(hide_password=False))
    finally:
        postgres_server.start()
    assert "\n" not in str(error.value) and PASSWORD not in str(error.value)
    assert store.load("small").results == {}


@pytest.fixture
def lossy(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Cuts the connection after the next commit, before its answer arrives, when a 1 is put in."""
    losses: list[int] = []
    dialect, commit = store.database.engine.dialect, store.database.engine.dialect.do_commit

    def cut(connection: Any) -> None:
        commit(connection)
        if losses and losses.pop():
            connection.dbapi_connection.close()
            raise psycopg.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(dialect, "do_commit", cut)
    return losses


def test_a_commit_whose_answer_was_lost_is_not_done_twice(store: Store, lossy: list[int]) -> None:
    searched = build_spec(
        {
            "name": "small",
            "dataset": "digits",
            "space": {"depth": {"values": [1, 2]}, "width": {"role": "nuisance", "low": 4, "high": 9}},
        },
        "test",
    )
    proposal = Proposal("depth 1", 0, {"width": 8}, asked=0)
    told = Proposal("depth 1", 0, {"width": 8}, asked=0, told=1, value=None)
    lossy.append(1)
    with store.lease("small", "pytest"):
        for work in (
            lambda: store.begin(make_plan(searched), "hash", FACTS),
            lambda: store.propose("small", proposal),
            lambda: store.answer("small", told),
            lambda: store.record("small", scripted_result(TRIALS[0])),
            lambda: store.write_verdict("small", {}),
        ):
            assert not lossy
            lossy.append(1)
            work()
    study = store.load("small")
    assert study.proposals == (told,) and list(study.results) == [TRIALS[0].key]


def test_no_command_shows_the_password(
    postgres_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    url = postgres_server.url()
    store = open_store(url, create=True)
    store.begin(make_plan(SPEC), "hash", FACTS)
    for trial in TRIALS:
        store.record("small", scripted_result(trial, test_items=360))
    monkeypatch.setenv("DEPTHGAUGE_STORE", url)
    said = []
    for command in (
        "run --help",
        "list",
        "list --json",
        "show small",
        "trials small",
        "verdict small",
        "verdict small --json",
        "report small",
        "export small small.csv",
        "export small small.json",
        "export small small.parquet",
        "suggest small",
        "watch small",
        "store upgrade",
        "verdict nobody",
    ):
        done = depthgauge(*command.split(), cwd=tmp_path)
        assert done.returncode == (2 if command in ("suggest small", "verdict nobody") else 0), (command, done.stderr)
        said.append(done.stdout + done.stderr)
    with store.lease("small", "pytest"):
        done = depthgauge("run", "depth", "--name", "small", cwd=tmp_path)  # refused: said by the coordinator
    assert done.returncode == 1 and "is being run by" in done.stderr
    said += [done.stderr, caplog.text]
    for address in (
        url.replace("@127", "@0.0.0.0.0.0.127"),
        url + "nothing",
        url.replace(PASSWORD, f"x{PASSWORD}"),
        url.replace(PASSWORD, f"{PASSWORD}@more"),
        url.replace("postgresql://", "postgresql//"),
        url.replace("postgresql://", "postgres:"),
        url.replace("postgresql:", "mysql:"),
        url.replace(f":{postgres_server.port}/", ":port/"),
        url.replace(f":{PASSWORD}", "") + f"?password={PASSWORD}&sslmode={PASSWORD}",
        url + f"?{PASSWORD}=1",
    ):
        for command in (["list"], ["report", "small"], ["store", "upgrade"], ["run", "depth"]):
            done = depthgauge(*command, "--store", address, cwd=tmp_path)
            assert done.returncode == 2 and "Traceback" not in done.stderr, (address, done.stderr)
            assert len(done.stderr.strip().splitlines()) == 1
            said.append(done.stdout + done.stderr)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 5
    for text in (*said, *(path.read_bytes().decode("latin-1") for path in files)):
        assert PASSWORD not in text
    with store.database.engine.connect() as connection:
        for table in ("studies", "leases", "proposals"):
            assert PASSWORD not in str(connection.exec_driver_sql(f"SELECT * FROM {table}").all())


def test_a_traceback_does_not_show_it_either(postgres_server: Server, tmp_path: Path) -> None:
    wrong = postgres_server.url().replace(PASSWORD, f"x{PASSWORD}")
    for code in (
        "from depthgauge import load_study; load_study('small', os.environ['URL'])",
        "from study.store import open_store; print(open_store(os.environ['RIGHT']).database.engine, 1 / 0)",
    ):
        environment = os.environ | {"URL": wrong, "RIGHT": postgres_server.url()}
        done = subprocess.run(
            [sys.executable, "-c", f"import os; {code}"], cwd=ROOT, capture_output=True, text=True, env=environment
        )
        assert "Traceback" in done.stderr
        assert PASSWORD not in done.stdout + done.stderr


def test_a_missing_driver_is_one_line_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"pip install 'depthgauge\[postgres\]'"):
        open_store("postgresql://me:secret@127.0.0.1/studies")
