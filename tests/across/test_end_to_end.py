"""Real studies on real data through the real command: interrupted, killed, repeated, compared byte by byte."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest

import cli
from tests.conftest import ENGINE

ROOT = Path(cli.__file__).parent
STUDY = """
name = "small"
dataset = "digits"
engine = "{engine}"
replicates = 2
[network]
{network}
[space.depth]
values = [1, 2, 3]
"""


def command(*arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "cli.py"), *arguments]


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command("run", *arguments), cwd=folder, capture_output=True, text=True, timeout=300)


SMALL = {"width": 16, "samples": 100, "epochs": 150}
HALF_A_SECOND = SMALL | {"epochs": 10_000, "evaluate_every": 100}  # a trial, where there is nothing to compile
ENDLESS = {"width": 256, "samples": 1000, "epochs": 100_000, "evaluate_every": 1000}


def study_file(folder: Path, network: dict[str, int] = SMALL, engine: str = ENGINE) -> str:
    file = folder / "small.toml"
    lines = "\n".join(f"{name} = {value}" for name, value in network.items())
    file.write_text(STUDY.format(engine=engine, network=lines))
    return str(file)


def recorded(store: Path, columns: str = "item_index, items") -> dict[tuple[str, int], tuple[object, ...]]:
    """Everything of each trial that has to repeat: its trajectory without the seconds, and ``columns``."""
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as connection:
        rows = connection.execute(f"SELECT key, replicate, trajectory, {columns} FROM trials").fetchall()
    return {
        (key, replicate): (np.frombuffer(table, "<f8").reshape(-1, 8)[:, :7].tobytes(), *others)
        for key, replicate, table, *others in rows
    }


def count(store: Path) -> int:
    try:
        return len(recorded(store))
    except sqlite3.OperationalError:  # not there yet
        return 0


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("undisturbed")
    done = run(folder, study_file(folder), "--workers", "1")
    assert done.returncode == 0, done.stderr
    return folder / "depthgauge" / "studies.db"


def test_a_study_ends_with_a_verdict_a_report_and_every_trial_once(undisturbed: Path) -> None:
    assert count(undisturbed) == 6
    document = json.loads((undisturbed.parent / "small" / "verdict.json").read_text())
    assert document["trials"] == {"planned": 6, "finished": 6, "failed": 0}
    assert document["panels"][0]["points"][0]["test"]["n"] == 2
    assert "small" in (undisturbed.parent / "small" / "report.html").read_text("utf-8")


def test_two_workers_give_the_same_bytes_as_one(undisturbed: Path, tmp_path: Path) -> None:
    done = run(tmp_path, study_file(tmp_path), "--workers", "2")
    assert done.returncode == 0, done.stderr
    assert recorded(tmp_path / "depthgauge" / "studies.db") == recorded(undisturbed)


def test_a_finished_study_is_shown_and_not_repeated(undisturbed: Path) -> None:
    folder, before = undisturbed.parent.parent, recorded(undisturbed, "id, finished")
    done = run(folder, study_file(folder), "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["trials"]["finished"] == 6
    assert "6 of them already in the store" in done.stderr
    assert recorded(undisturbed, "id, finished") == before


@pytest.mark.long
def test_a_killed_coordinator_loses_only_trials_in_work(tmp_path: Path) -> None:
    (tmp_path / "undisturbed").mkdir()
    done = run(tmp_path / "undisturbed", study_file(tmp_path / "undisturbed", HALF_A_SECOND))
    assert done.returncode == 0, done.stderr
    store = tmp_path / "depthgauge" / "studies.db"
    file = study_file(tmp_path, HALF_A_SECOND)
    process = subprocess.Popen(command("run", file, "--workers", "1"), cwd=tmp_path, stderr=subprocess.DEVNULL)
    wait_until(lambda: count(store) >= 2)
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = recorded(store)
    assert 2 <= len(kept) < 6
    _, alive = psutil.wait_procs(family, timeout=60)
    assert not alive, "workers outlive a killed coordinator"
    done = run(tmp_path, file)
    assert done.returncode == 0, done.stderr
    assert f"{len(kept)} of them already in the store" in done.stderr
    assert recorded(store) == recorded(tmp_path / "undisturbed" / "depthgauge" / "studies.db")


@pytest.mark.parametrize(
    ("how", "engine", "seconds"),
    [(signal.SIGINT, ENGINE, 1 if ENGINE == "native" else 3), (signal.SIGTERM, "keras", 0)],
    ids=["training", "starting"],
)
def test_an_interrupted_run_ends_soon_and_says_how_to_go_on(
    tmp_path: Path, how: signal.Signals, engine: str, seconds: float
) -> None:
    file = study_file(tmp_path, ENDLESS, engine)
    process = subprocess.Popen(command("run", file), cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    main = psutil.Process(process.pid)

    def is_busy() -> bool:
        children = main.children(recursive=True)
        workers = [child for child in children if child.ppid() != process.pid]  # of the fork server, which is a child
        return any(sum(one.cpu_times()[:2]) > seconds for one in (workers if seconds else children))

    family: list[psutil.Process] = []
    try:
        wait_until(is_busy)
        family = main.children(recursive=True)
        process.send_signal(how)
        _, errors = process.communicate(timeout=30)
    finally:  # what goes on training would slow all tests that follow
        for one in [process, *family]:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
    assert process.returncode == 130
    # A store that is busy in that moment is not waited for: then there is no number.
    assert re.search(r"Interrupted\. (0|All finished) trials of 'small' are kept; the same command goes on", errors)
    assert "Traceback" not in errors
    assert not psutil.wait_procs(family, timeout=60)[1]


def test_a_study_in_which_everything_diverges_says_so(tmp_path: Path) -> None:
    settings = ["--set", "network.learning_rate=1e20", "--set", "network.optimizer=sgd"]
    done = run(tmp_path, study_file(tmp_path), *settings)
    assert done.returncode == 1
    assert "No trial of 'small' finished" in done.stderr and "diverged" in done.stderr
    assert "nan" not in done.stdout.lower()
    assert (tmp_path / "depthgauge" / "small" / "report.html").exists()


def test_a_trial_that_eats_memory_is_stopped_and_the_study_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "wide.toml"
    file.write_text(
        'name = "wide"\ndataset = "digits"\nreplicates = 1\n[network]\ndepth = 2\nsamples = 600\nepochs = 20\n'
        "[space.width]\nvalues = [8, 6000, 16]\n"
    )
    done = run(tmp_path, str(file), "--trial-memory", "400")
    assert done.returncode == 0, done.stderr
    assert "2x6000, replicate 0 failed: stopped when it had taken more than 400 MB of memory" in done.stderr
    document = json.loads((tmp_path / "depthgauge" / "wide" / "verdict.json").read_text())
    assert document["trials"] == {"planned": 3, "finished": 2, "failed": 1}
    assert document["panels"][0]["verdict"]["kind"] != "training fails"


def wait_until(happened: Callable[[], bool], patience: float = 120) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if happened():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")
