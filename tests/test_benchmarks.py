"""The benchmarks that measure speed still run: what they call changes, and nothing else would notice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from study.train.native.compiled import available
from tests.test_cli import ROOT

pytestmark = pytest.mark.long


def run(*words: str) -> str:
    done = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.skipif(not available(), reason="the native engine is not built on this machine")
def test_all_contenders_are_compared_and_the_machine_is_named(tmp_path: Path) -> None:
    printed = run("benchmarks/compare.py", "--quick", "--repeats", "1", "--output", str(tmp_path / "found.json"))
    found = json.loads((tmp_path / "found.json").read_text("utf-8"))
    assert found["machine"]["cpu"] and set("abcdef") <= found["repeats"][0].keys()
    assert "(e) depthgauge" in printed and "model-epochs/s against (f)" in printed


@pytest.mark.skipif(not available(), reason="the native engine is not built on this machine")
@pytest.mark.parametrize(("file", "says"), [("native.py", "8x128, L2"), ("tabular.py", "times as fast")])
def test_engines_are_timed_beside_each_other(file: str, says: str) -> None:
    assert says in run(f"benchmarks/{file}", "1")
