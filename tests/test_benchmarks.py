"""Benchmarks still run, and say what the guide says: what they call changes, and nothing else would notice."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks import machine_limit, simulated_thresholds
from benchmarks.rivals import this_tool
from benchmarks.rivals.job import SETTINGS
from study.records.metrics import F1
from tests.conftest import built
from tests.test_cli import ROOT

pytestmark = pytest.mark.long


def run(*words: str) -> str:
    done = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.parametrize("engine", ["keras", pytest.param("native", marks=built)])
def test_the_comparison_with_others_measures_this_tool(engine: str) -> None:
    wall, trials = this_tool.measure(engine, samples=300, epochs=2, replicates=1)
    assert len(trials) == len(SETTINGS) and all(len(one.epochs) == 2 and 0 < one.seconds < wall for one in trials)


def test_it_measures_what_the_machine_could_do() -> None:
    assert all(value > 0 for name, value in machine_limit.measure(300).items() if name != "dropout_extra")


@built
@pytest.mark.parametrize(("file", "says"), [("native.py", "8x128, L2"), ("tabular.py", "times as fast")])
def test_engines_are_timed_beside_each_other(file: str, says: str) -> None:
    assert says in run(f"benchmarks/{file}", "1")


def test_a_chosen_threshold_seldom_answers_worse_than_the_likelier_label() -> None:
    found = simulated_thresholds.measure(F1, items=300, draws=3, seed=5)
    ours, even, best = (found[rule] for rule in ("gain of two errors", "even", "best on validation"))
    assert ours["worse than even by 0.005"] < 0.06 < best["worse than even by 0.005"]
    assert ours["mean loss against the best"] < 0.75 * even["mean loss against the best"]
