"""What a large study costs: writing its trials, and ``list``, ``show``, ``verdict`` and ``report`` of it.

The trials are generated, not trained: depth x width x training samples x replicates, 50 epochs each, with the answers
to 10,000 test items. Each command runs in a process of its own, once; the first ``verdict`` with an empty cache, as on
a machine that has never seen such a study. ``python benchmarks/scale.py`` takes 100,000 trials, a file of 750 MB and
some minutes; ``--trials 10000`` a tenth of it. ``--lost 0.001`` makes that share of the runs fail, which gives most
panels a pattern of runs, and so critical values, of their own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from study.design.plan import make_plan  # noqa: E402
from study.design.source import build_spec  # noqa: E402
from study.design.spec import StudySpec  # noqa: E402
from study.records.facts import RunFacts  # noqa: E402
from study.records.metrics import ACCURACY  # noqa: E402
from study.records.trials import ItemValues, Result, Trajectory, Trial  # noqa: E402
from study.store import open_store  # noqa: E402

NAME = "large"
EPOCHS, REPLICATES, DEPTHS, SAMPLES = 50, 50, 20, 10
ITEMS, CLASSES = 10_000, 10
FACTS = RunFacts(
    sizes=(54_000, 6_000, ITEMS),
    inputs=784,
    classes=CLASSES,
    versions={"depthgauge": "generated"},
    command="python benchmarks/scale.py",
)


@dataclass(frozen=True)
class Cost:
    """What one command took: seconds by the clock and of processor time, and its peak memory in MB."""

    seconds: float
    processor: float
    memory: float


def large_spec(trials: int) -> StudySpec:
    """A grid of at least ``trials`` trials: 20 depths, 10 training-set sizes, and as many widths as it takes."""
    widths = -(-trials // (DEPTHS * SAMPLES * REPLICATES))
    grid = {
        "depth": [*range(1, DEPTHS + 1)],
        "width": [16 * (i + 1) for i in range(widths)],
        "samples": [300 * (i + 1) for i in range(SAMPLES)],
    }
    return build_spec(
        {
            "name": NAME,
            "replicates": REPLICATES,
            "margin": 0.01,
            "network": {"epochs": EPOCHS},
            "space": {name: {"role": "scientific", "values": values} for name, values in grid.items()},
        },
        "benchmarks/scale.py",
    )


def generated(trials: tuple[Trial, ...], lost: float) -> Iterator[Result]:
    """A result for each trial: curves that rise and overfit, and items that are as hard for every network."""
    rng = np.random.default_rng(0)
    epochs = np.arange(1, EPOCHS + 1)
    rise = 1 - np.exp(-epochs / 8)
    hardness = rng.random(ITEMS)
    for trial in trials:
        configuration = trial.configuration
        if rng.random() < lost:
            yield Result(
                trial, "failed", _curve(epochs, np.full((EPOCHS, 3), 0.1)), "training diverged", diverged_epoch=1
            )
            continue
        deep, size = configuration.network.depth, configuration.samples or FACTS.train_samples
        held_out = 0.8 + 0.01 * np.log(size / 300) - 0.003 * max(0, deep - 8) + rng.normal(0, 0.004)
        accuracy = rise[:, None] * [1.02, held_out, held_out] + rng.normal(0, 0.001, (EPOCHS, 3))
        correct = hardness + rng.normal(0, 0.1, (3, ITEMS)) < held_out
        yield Result(
            trial,
            "finished",
            _curve(epochs, np.clip(accuracy, 0, 1)),
            items=(
                ItemValues.of(ACCURACY, "last", correct[-1]),
                ItemValues.of(ACCURACY, "best", correct[0]),
                ItemValues.of(ACCURACY, "tail", correct.mean(axis=0)),
            ),
            class_accuracy=tuple(np.clip(held_out + rng.normal(0, 0.02, CLASSES), 0, 1).tolist()),
            train_seconds=5.0,
            peak_memory=10**9,
        )


def _curve(epochs: np.ndarray, accuracy: np.ndarray) -> Trajectory:
    """Cross-entropy that falls with accuracy and then rises on held-out data."""
    sure = 0.01 * np.maximum(0, epochs - 25)
    cross_entropy = 2.3 * (1 - accuracy) + np.stack([0 * sure, sure, sure], axis=1)
    return Trajectory(epochs, {"accuracy": accuracy, "cross_entropy": cross_entropy}, np.full(len(epochs), 0.1))


def measured(*arguments: str, cache: Path) -> Cost:
    """Run the program once in a process of its own."""
    command = [sys.executable, "-c", "from cli import main; main()", *arguments]
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "DEPTHGAUGE_CACHE": str(cache), "PYTHONPATH": path}
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended with {process.returncode}")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000)


def main() -> None:
    """Fill a store and print a line for each command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=100_000)
    parser.add_argument("--lost", type=float, default=0.0, help="share of runs that failed")
    parser.add_argument("--folder", type=Path, help="where the store is kept; one that is there is not filled again")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        address, page, cache = folder / "large.db", folder / "large.html", Path(scratch) / "cache"
        if not address.exists():
            fill(large_spec(options.trials), address, options.lost)
        print("| command | seconds | processor seconds | peak memory, MB |\n|---|---|---|---|")
        for words, arguments in {
            "list": ["list"],
            "verdict, first on this machine": ["verdict", NAME],
            "verdict": ["verdict", NAME, "--json"],
            "show": ["show", NAME],
            "report": ["report", NAME, "--output", str(page)],
        }.items():
            cost = measured(*arguments, "--store", str(address), cache=cache)
            print(f"| {words} | {cost.seconds:.1f} | {cost.processor:.1f} | {cost.memory:,.0f} |", flush=True)
        print(f"The page: {page.stat().st_size / 1e6:.1f} MB")


def fill(spec: StudySpec, address: Path, lost: float) -> None:
    """Write the study's trials, and print how fast that went."""
    plan = make_plan(spec)
    trials = tuple(plan.trials({}).values())
    store = open_store(str(address), create=True)
    store.begin(plan, "0" * 64, FACTS)
    writing = 0.0
    for result in generated(trials, lost):
        began = time.perf_counter()
        store.record(NAME, result)
        writing += time.perf_counter() - began
    rate, size = len(trials) / writing, address.stat().st_size / 1e6
    print(f"{len(trials):,} trials written in {writing:.0f} s: {rate:,.0f} a second, {size:,.0f} MB", flush=True)


if __name__ == "__main__":
    main()
