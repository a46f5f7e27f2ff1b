"""The decision threshold of a pick, chosen on few validation items, where the best one is known.

``python benchmarks/simulated_thresholds.py`` (minutes; writes ``docs/thresholds.json``). Scores of the two classes are
normal or Student's with 3 degrees of freedom, 1 to 3 standard deviations apart; the positive class is 3 to 50 % of the
items; the network is calibrated, three times too sure, half as sure, or moved as far as balanced class weights move it.
Compared are an even threshold, the best on validation, and that one where its gain is more than one or two standard
errors. What is reported has a seed of its own: the rule was chosen with ``--seed 1``.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtr, stdtr

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from study.final import threshold  # noqa: E402
from study.final.threshold import HALF, choose_threshold  # noqa: E402
from study.records.metrics import ACCURACY, BALANCED_ACCURACY, F1, MACRO_F1, METRICS, Metric  # noqa: E402

FILE = ROOT / "docs" / "thresholds.json"
DECIDING = (ACCURACY, BALANCED_ACCURACY, F1, MACRO_F1)
RULES = {"even": math.inf, "best on validation": 0.0, "gain of one error": 1.0, "gain of two errors": 2.0}
MATTERS = 0.005  # of the metric


@dataclass(frozen=True)
class World:
    """Items of two classes and a network: the log odds that it says are ``sure`` times the true ones, and moved."""

    rate: float
    apart: float
    sure: float
    balanced: bool
    heavy: bool

    def draw(self, items: int, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """What the network says of items, as probabilities (n, 2), and their labels (n,)."""
        labels = (rng.random(items) < self.rate).astype(np.intp)
        noise = rng.standard_t(3, items) if self.heavy else rng.standard_normal(items)
        odds = self.apart * ((labels - 0.5) * self.apart + noise) + logit(self.rate)
        share = expit(self.sure * (odds - logit(self.rate) * self.balanced))
        return np.stack([1 - share, share], axis=1), labels

    def value(self, metric: Metric, share: float | NDArray[np.float64]) -> NDArray[np.float64]:
        """The metric on endless items where the positive class is answered from ``share`` on."""
        odds = logit(share) / self.sure + logit(self.rate) * self.balanced - logit(self.rate)
        below = [self._below(odds / self.apart - side * self.apart / 2) for side in (-1, 1)]
        false, true = (1 - self.rate) * (1 - below[0]), self.rate * (1 - below[1])
        said, recalls = false + true, (below[0], 1 - below[1])
        f1 = 2 * true / (self.rate + said)
        if metric is ACCURACY:
            return np.asarray((1 - self.rate) * recalls[0] + self.rate * recalls[1])
        if metric is BALANCED_ACCURACY:
            return np.asarray((recalls[0] + recalls[1]) / 2)
        other = 2 * (1 - self.rate) * recalls[0] / (1 - self.rate + 1 - said)
        return np.asarray(f1 if metric is F1 else (f1 + other) / 2)

    def _below(self, value: Any) -> Any:
        return stdtr(3, value) if self.heavy else ndtr(value)


def worlds() -> list[World]:
    """All of them."""
    networks = ((1.0, False), (3.0, False), (0.5, False), (1.0, True), (3.0, True))
    return [
        World(rate, apart, *network, heavy)
        for rate, apart, network, heavy in product((0.03, 0.1, 0.3, 0.5), (1.0, 2.0, 3.0), networks, (False, True))
    ]


def measure(metric: Metric, items: int, draws: int, seed: int) -> dict[str, dict[str, float]]:
    """For each rule, over all worlds: loss against the best threshold, and how often an even one is better."""
    lost: dict[str, list[float]] = {name: [] for name in RULES}
    harm: dict[str, list[float]] = {name: [] for name in RULES}
    worst = dict.fromkeys(RULES, 0.0)
    grid = expit(np.linspace(-40, 40, 4001))
    for number, world in enumerate(worlds()):
        rng = np.random.default_rng([seed, items, number])
        best, even = world.value(metric, grid).max(), float(world.value(metric, HALF))
        drawn = [world.draw(items, rng) for _ in range(draws)]
        drawn = [(shares, labels) for shares, labels in drawn if 2 <= labels.sum() <= items - 2]
        for name, errors in RULES.items():
            with mock.patch.object(threshold, "ERRORS", errors):
                chosen = [choose_threshold(metric, shares, labels, 1) for shares, labels in drawn]
            found = [HALF if one is None or one.threshold is None else one.threshold.share for one in chosen]
            values = np.array([float(world.value(metric, share)) for share in found])
            if not len(values):
                continue
            lost[name].append(float(best - values.mean()))
            harm[name].append(float((values < even - MATTERS).mean()))
            worst[name] = max(worst[name], even - float(values.mean()))
    return {
        name: {
            "mean loss against the best": float(np.mean(lost[name])),
            "worst world's loss against even": worst[name],
            "worse than even by 0.005": float(np.mean(harm[name])),
        }
        for name in RULES
    }


def main() -> None:
    """Measure every metric and size, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--output", type=Path, default=FILE)
    arguments = parser.parse_args()
    found: dict[str, Any] = {"draws": arguments.draws, "seed": arguments.seed, "worlds": len(worlds()), "metrics": {}}
    for metric in DECIDING:
        of_metric = found["metrics"][metric.name] = {}
        for items in (100, 300, 1000):
            of_metric[str(items)] = measured = measure(metric, items, arguments.draws, arguments.seed)
            for name, values in measured.items():
                told = ", ".join(f"{what} {100 * value:.2f} %" for what, value in values.items())
                print(f"{METRICS[metric.name].words}, {items} items, {name}: {told}", flush=True)
    arguments.output.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
