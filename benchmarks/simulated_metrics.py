"""Simulated studies down to the scores of single items: do verdict and intervals keep their promises in every metric?

Networks of all depths are equally good, so every onset that is claimed is false. Items are unequally difficult in the
same way for all networks of a depth, and less so the further two depths are apart; runs differ by the luck of seeds.
All replicates test the same items, the hardest case: their spread does not show which items happened to be tested.
``python benchmarks/simulated_metrics.py --json docs/metric-calibration.json`` prints for each metric how often a fall
is claimed, and how often the 95 % interval of the mean of the deepest network holds the value on a million items.
Letters: ``R`` replicates, ``D`` depths, ``N`` items, ``K`` classes.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from study.analysis.item_intervals import mean_estimate  # noqa: E402
from study.analysis.onset.find import find_onset  # noqa: E402
from study.records.metrics import TASKS, Metric, Scores  # noqa: E402

Floats = NDArray[np.float64]
MANY = 1_000_000  # items that stand for all


@dataclass(frozen=True)
class Population:
    """What studies are drawn from: ``items`` test items of ``classes`` classes, the last one with a share of ``rare``.

    Logits are ``signal`` for the true class, ``difficulty`` times a standard normal value for each item and class,
    which two neighbouring depths share with correlation ``agreement``, ``seeds`` for each run, item and class, and
    ``luck`` for each run and class.
    """

    name: str
    items: int
    classes: int
    rare: float
    signal: float = 2.5
    difficulty: float = 1.2
    agreement: float = 0.9
    seeds: float = 0.6
    luck: float = 0.15
    depths: int = 6

    def labels(self, rng: np.random.Generator, items: int) -> NDArray[np.int32]:
        """Labels (N,) drawn at random, at least two of each class."""
        shares = np.full(self.classes, (1 - self.rare) / (self.classes - 1))
        shares[-1] = self.rare
        labels = rng.choice(self.classes, items, p=shares).astype(np.int32)
        labels[: 2 * self.classes] = np.repeat(np.arange(self.classes), 2)
        return labels

    def runs(self, rng: np.random.Generator, labels: NDArray[np.int32], replicates: int) -> list[list[Scores]]:
        """The scores of R replicates at D depths on the same items."""
        n, k = len(labels), self.classes
        names = tuple(map(str, range(k)))
        true = self.signal * np.eye(k)[labels]
        shared = rng.standard_normal((n, k))
        by_depth = [shared]
        for _ in range(self.depths - 1):
            fresh = rng.standard_normal((n, k))
            by_depth.append(self.agreement * by_depth[-1] + np.sqrt(1 - self.agreement**2) * fresh)
        return [
            [
                Scores(
                    labels,
                    true
                    + self.difficulty * hard
                    + self.seeds * rng.standard_normal((n, k))
                    + self.luck * rng.standard_normal(k),
                    names,
                    k - 1,
                )
                for hard in by_depth
            ]
            for _ in range(replicates)
        ]

    def truth(self, metric: Metric, rng: np.random.Generator) -> float:
        """The metric's mean over runs, on very many items."""
        parts = []
        for _ in range(20):
            (run,) = with_depths(self, 1).runs(rng, self.labels(rng, MANY // 20), 1)
            value = metric.measure(run[0]).value
            assert value is not None
            parts.append(value)
        return float(np.mean(parts))


def with_depths(population: Population, depths: int) -> Population:
    """The same population with another number of depths."""
    return Population(**{**population.__dict__, "depths": depths})


POPULATIONS = (
    Population("400 items, two even classes", 400, 2, 0.5),
    Population("1,000 items, 10 % positive", 1000, 2, 0.1),
    Population("1,000 items, 3 % positive", 1000, 2, 0.03),
    Population("400 items, four classes", 400, 4, 0.25),
)


@dataclass
class Counts:
    """Studies judged, false onsets claimed, and intervals that hold the truth."""

    studies: int = 0
    claimed: int = 0
    held: int = 0


def measure(population: Population, studies: int, seed: int, replicates: int) -> dict[str, Counts]:
    """Judge ``studies`` studies in every metric that the classes allow."""
    rng = np.random.default_rng([seed, *population.name.encode()])
    metrics = [m for m in TASKS["classification"] if not m.two_classes or population.classes == 2]
    truth = {metric.name: population.truth(metric, rng) for metric in metrics}
    found = {metric.name: Counts() for metric in metrics}
    for _ in range(studies):
        runs = population.runs(rng, population.labels(rng, population.items), replicates)
        for metric in metrics:
            _judge(metric, runs, truth[metric.name], found[metric.name], population.classes)
    return found


def _judge(metric: Metric, runs: list[list[Scores]], truth: float, counts: Counts, classes: int) -> None:
    measured = [[metric.measure(scores) for scores in row] for row in runs]
    test = np.array([[np.nan if one.value is None else one.value for one in row] for row in measured])
    items = None
    if metric.items:
        items = np.array([[np.asarray(one.items, float) for one in row] for row in measured], np.float32)
    best = metric.bounds[1] if metric.larger_is_better else metric.bounds[0]
    verdict = find_onset(
        range(1, test.shape[1] + 1),
        np.full_like(test, best),
        test,
        metric=metric,
        chance=metric.guess(classes),
        correct=items,
    )
    interval = mean_estimate(test[:, -1], None if items is None else items[:, -1]).interval
    counts.studies += 1
    counts.claimed += verdict.onset is not None
    counts.held += interval.low is not None and interval.high is not None and interval.low <= truth <= interval.high


def main() -> None:
    """Print a line for each metric and population, and write all of them as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=250)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--replicates", type=int, default=5)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    written = {}
    for population in POPULATIONS:
        found = measure(population, arguments.studies, arguments.seed, arguments.replicates)
        for name, counts in found.items():
            print(
                f"{population.name:28} {name:18} claims {100 * counts.claimed / counts.studies:5.1f} %, intervals hold "
                f"{100 * counts.held / counts.studies:5.1f} %, n = {counts.studies}",
                flush=True,
            )
        written[population.name] = {name: vars(counts) for name, counts in found.items()}
    if arguments.json:
        record = {name: getattr(arguments, name) for name in ("studies", "seed", "replicates")}
        arguments.json.write_text(json.dumps(record | {"populations": written}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
