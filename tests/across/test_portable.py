"""A whole study where what Linux alone has is not there. No real macOS or Windows was tried."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from study.errors import InputError
from study.run.executors import starting
from tests.test_cli import ROOT

# Read by the command and by each of its workers as they start: all of them find the folder on their path.
TAKEN_AWAY = """
import builtins, io, multiprocessing.context as context, multiprocessing.reduction as reduction, os, signal, sys
for name in ("resource", "multiprocessing.forkserver", "multiprocessing.popen_forkserver"):
    sys.modules[name] = None
del os.sched_getaffinity, signal.SIGHUP
del context._concrete_contexts["forkserver"]
reduction.HAVE_SEND_HANDLE = False

def without_proc(ordinary):
    def ours(file, *more, **others):
        name = os.fspath(file) if isinstance(file, (str, os.PathLike)) else ""
        if name.startswith("/proc/") and name != "/proc/self/maps":  # what threadpoolctl reads on Linux alone
            raise FileNotFoundError(2, "No such file or directory", name)
        return ordinary(file, *more, **others)
    return ours

builtins.open = io.open = without_proc(io.open)
os.readlink = without_proc(os.readlink)
"""
STUDY = """
name = "plain"
dataset = "digits"
replicates = 2
[network]
width = 16
samples = 100
epochs = 5
[space.depth]
values = [1, 2, 3]
"""


def test_a_study_runs_through_to_its_page_without_anything_that_only_linux_has(tmp_path: Path) -> None:
    away = tmp_path / "away"
    away.mkdir()
    (away / "sitecustomize.py").write_text(TAKEN_AWAY)
    (tmp_path / "plain.toml").write_text(STUDY)
    command = [sys.executable, str(ROOT / "cli.py"), "run", "plain.toml", "--workers", "1"]
    done = subprocess.run(
        command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(away)}, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0 and "6 of 6 trials" in done.stderr and "0 failed" in done.stderr, done.stderr
    assert (tmp_path / "depthgauge" / "plain" / "report.html").stat().st_size > 100_000


def test_the_way_that_workers_start_is_chosen_by_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(starting.VARIABLE, "spawn")
    assert starting.worker_context().get_start_method() == "spawn"
    monkeypatch.setenv(starting.VARIABLE, "fork")
    with pytest.raises(InputError, match=r"DEPTHGAUGE_START_METHOD: expected .*spawn, found 'fork'"):
        starting.start_method()
    monkeypatch.delenv(starting.VARIABLE)
    monkeypatch.setattr("sys.platform", "darwin")
    assert starting.start_method() == "spawn"
