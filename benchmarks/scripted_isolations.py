"""Whole isolations with scripted training, from the plan to the verdict: how often is luck called an effect of depth?

``python benchmarks/scripted_isolations.py --studies 300``. Every setting has a quality of its own that its validation
accuracy does not show, so that the winners of searches differ by luck of 0.1, 0.2 or 0.35 points (standard deviation);
seeds add 0.3 points, the margin is 1 point. Once without an effect of depth, once with a fall from the middle of the
axis on. ``benchmarks/simulated_searches.py`` asks the same of the statistics alone, for many more studies.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from study.analysis.conclude import conclude  # noqa: E402
from study.design.plan import make_plan  # noqa: E402
from study.design.source import build_spec  # noqa: E402
from study.design.spec import StudySpec  # noqa: E402
from study.records.facts import RunFacts  # noqa: E402
from study.records.trials import Result, Trajectory, Trial  # noqa: E402
from study.run.coordinator import run_study  # noqa: E402
from study.run.executors.inprocess import InProcessExecutor  # noqa: E402
from study.run.observers import Observer  # noqa: E402
from study.store import open_store  # noqa: E402

DEPTHS, SEEDS, LEVEL = (1, 2, 3, 4, 6, 8), 0.003, 0.9
LUCK = (0.001, 0.002, 0.0035)
FACTS = RunFacts(sizes=(1293, 144, 360), inputs=64, classes=10, versions={}, command="")


def spec_of(searches: int, replicates: int, seed: int) -> StudySpec:
    """An isolation of depth with twelve trials a cell."""
    document = {
        "name": "scripted",
        "dataset": "digits",
        "seed": seed,
        "margin": 0.01,
        "searches": searches,
        "network": {"epochs": 1},
        "space": {
            "depth": {"role": "scientific", "values": list(DEPTHS)},
            "learning_rate": {"role": "nuisance", "low": 1e-4, "high": 1e-1, "log": True},
        },
        "search": {"proposer": "optuna:random", "trials": 12},
        "confirm": {"replicates": replicates},
    }
    return build_spec(document, "scripted")


def normal(*parts: object) -> float:
    """A standard normal number that is always the same for the same parts."""
    digest = hashlib.sha256(repr(parts).encode()).digest()
    return float(np.random.default_rng(int.from_bytes(digest[:8], "big")).standard_normal())


def train(trial: Trial, *, luck: float, fall: float, seed: int) -> Result:
    """One epoch: training is perfect, validation follows the learning rate, test the luck of the setting."""
    one, replicate = trial.configuration, trial.replicate
    place = DEPTHS.index(one.network.depth) / (len(DEPTHS) - 1)
    level = LEVEL - fall * max(2 * place - 1, 0.0) + SEEDS * normal(seed, replicate)
    quality = 0.01 * abs(np.log10(one.learning_rate) + 2)
    validation = level - quality + SEEDS * normal(seed, one.key, replicate, "validation")
    test = level + luck * normal(seed, one.key) + SEEDS * normal(seed, one.key, replicate, "test")
    values = np.array([[1.0, validation, test]])
    trajectory = Trajectory(np.array([1]), {"accuracy": values, "cross_entropy": 1 - values}, np.ones(1))
    return Result(trial, "finished", trajectory, class_accuracy=(0.9,) * FACTS.classes, train_seconds=1.0)


def verdict(searches: int, replicates: int, luck: float, fall: float, seed: int) -> str:
    """The kind of verdict of one study."""
    spec = spec_of(searches, replicates, seed)
    store = open_store("sqlite://", create=True)
    store.begin(make_plan(spec), "scripted", FACTS)
    executor = InProcessExecutor(lambda trial: train(trial, luck=luck, fall=fall, seed=seed))
    run_study(spec.name, store, executor, Observer())
    (panel,) = conclude(store.load_own(spec.name)).panels
    assert panel.verdict is not None
    return panel.verdict.kind


def main() -> None:
    """Print a line for each number of searches, luck and fall."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=300)
    parser.add_argument("--searches", type=int, nargs="+", default=[1, 3])
    parser.add_argument("--replicates", type=int, default=6)
    arguments = parser.parse_args()
    for searches in arguments.searches:
        for luck in LUCK:
            for fall in (0.0, 0.02):
                begun = time.monotonic()
                kinds = [verdict(searches, arguments.replicates, luck, fall, seed) for seed in range(arguments.studies)]
                claims = sum(kind in ("overfitting", "unsettled", "degradation") for kind in kinds)
                print(
                    f"searches {searches}, replicates {arguments.replicates}, luck {100 * luck:.2f}, fall "
                    f"{100 * fall:.0f} points: {claims} of {len(kinds)} claim a fall "
                    f"({time.monotonic() - begun:.0f} s)",
                    flush=True,
                )


if __name__ == "__main__":
    main()
