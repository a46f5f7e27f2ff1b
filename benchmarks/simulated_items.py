"""Simulated studies down to the single item, under each scheme of parts: are intervals and verdicts right for new data?

A population of items of unequal difficulty, networks whose depths agree on most of them, luck of seeds and of the rows
trained on. ``python benchmarks/simulated_items.py --studies 300`` prints for each scheme how often the 95 % intervals
of means, differences and gaps hold the population's values, how wide they are, how often a fall is claimed where there
is none, and the median bound on a fall. Letters: ``R`` replicates, ``D`` depths, ``N`` items.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from study.analysis.item_intervals import Sampling, difference_estimate, gap_estimate, mean_estimate, own_data  # noqa: E402
from study.analysis.onset.find import find_onset  # noqa: E402

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

SCHEMES = ("fixed", "1 x 5 folds", "2 x 5 folds", "4 x 5 folds", "holdout")
REPLICATES = {"fixed": 5, "1 x 5 folds": 5, "2 x 5 folds": 10, "4 x 5 folds": 20, "holdout": 10}


@dataclass(frozen=True)
class Population:
    """What studies are drawn from.

    Deviations are in probits: of items' difficulty, of what items make of depth, of seeds (``seeds`` at the shallowest
    depth, ``growth`` times that at the deepest), of the training rows. ``level`` is the mean share of items right,
    ``fall`` what the deepest depth has less, in accuracy.
    """

    items: int = 1000
    depths: int = 6
    level: float = 0.9
    fall: float = 0.0
    difficulty: float = 1.5
    agreement: float = 0.6
    seeds: float = 0.08
    growth: float = 2.0
    rows: float = 0.02

    @property
    def truth(self) -> Floats:
        """Mean accuracy of each depth (D,)."""
        return np.asarray(self.level - self.fall * np.linspace(0, 1, self.depths) ** 2)


@dataclass(frozen=True)
class Drawn:
    """One study: answers (R, D, N), which items each replicate tested (R, N), its sampling."""

    correct: Mask
    tested: Mask
    sampling: Sampling

    @property
    def items(self) -> Floats:
        """Answers (R, D, N) as numbers, NaN where not tested."""
        return np.where(self.tested[:, None], self.correct, np.nan)

    @property
    def test(self) -> Floats:
        """Accuracy (R, D)."""
        return np.asarray((self.correct & self.tested[:, None]).sum(axis=2) / self.tested.sum(axis=1)[:, None])


def draw(population: Population, scheme: str, rng: np.random.Generator) -> Drawn:
    """One study of ``population``."""
    from scipy.special import ndtr, ndtri

    n, depths, replicates = population.items, population.depths, REPLICATES[scheme]
    tested = which_tested(scheme, n, replicates, rng)
    difficulty = population.difficulty * rng.standard_normal(n)
    # Neighbouring depths agree more: what an item makes of depth is a random walk along the axis.
    walk = np.cumsum(rng.standard_normal((depths, n)), axis=0) * population.agreement / np.sqrt(depths)
    growth = np.linspace(1, population.growth, depths)
    seeds = population.seeds * growth * rng.standard_normal((replicates, depths))
    worth = rng.standard_normal((depths, n))
    trained = ~tested & (rng.random((replicates, n)) < 0.9)
    rows = population.rows * growth * (trained @ worth.T) / np.sqrt(0.72 * n)
    variance = population.difficulty**2 + population.agreement**2 * np.arange(1, depths + 1) / depths
    variance = variance + growth**2 * (population.seeds**2 + population.rows**2)
    centre = ndtri(population.truth) * np.sqrt(1 + variance)
    latent = centre[:, None] + difficulty + walk + (seeds + rows)[:, :, None]
    kind: Literal["fixed", "holdout", "folds"] = "fixed" if scheme == "fixed" else "holdout"
    how = own_data("folds" if "folds" in scheme else kind, tested=n // 5, trained=n - n // 5, repeats=replicates // 5)
    return Drawn(rng.random(latent.shape) < ndtr(latent), tested, how)


def which_tested(scheme: str, n: int, replicates: int, rng: np.random.Generator) -> Mask:
    """Which of n items each replicate of a scheme tests (R, n)."""
    fifth = n // 5
    if scheme == "fixed":
        return np.tile(rng.permutation(n) < fifth, (replicates, 1))
    if scheme == "holdout":
        return np.array([rng.permutation(n) < fifth for _ in range(replicates)])
    repeats = (rng.permutation(n) % 5 for _ in range(replicates // 5))
    return np.concatenate([np.arange(5)[:, None] == parts for parts in repeats])


@dataclass(frozen=True)
class Coverage:
    """Over the studies of one scheme: how often intervals hold the truth, and their median half width in accuracy; how
    often a fall is claimed, and how often its absence; the median bound on a fall.
    """

    covered: dict[str, float]
    half_width: dict[str, float]
    claimed: float
    bound: float
    answered: float


def measure(population: Population, scheme: str, studies: int, seed: int, margin: float = 0.01) -> Coverage:
    """Judge ``studies`` studies; the same ``seed`` gives the same studies."""
    rng = np.random.default_rng([seed, *scheme.encode()])
    held: dict[str, list[bool]] = {}
    widths: dict[str, list[float]] = {}
    claims, bounds, answers = [], [], []
    for _ in range(studies):
        one = draw(population, scheme, rng)
        test = one.test
        for name, low, high, truth in _intervals(one, population.truth):
            held.setdefault(name, []).append(low <= truth <= high)
            widths.setdefault(name, []).append((high - low) / 2)
        verdict = find_onset(
            range(1, population.depths + 1),
            np.ones_like(test),
            test,
            margin=margin,
            correct=one.correct,
            tested=one.tested,
            sampling=one.sampling,
        )
        claims.append(verdict.onset is not None)
        bounds.append(verdict.largest_drop_upper_bound or 0.0)
        answers.append(verdict.kind in ("none", "benign"))
    return Coverage(
        {name: float(np.mean(values)) for name, values in held.items()},
        {name: float(np.median(values)) for name, values in widths.items()},
        float(np.mean(claims)),
        float(np.median(bounds)),
        float(np.mean(answers)),
    )


def _intervals(one: Drawn, truth: Floats) -> Iterator[tuple[str, float, float, float]]:
    test, items, how = one.test, one.items, one.sampling
    trained = np.ones(len(test))
    for name, found, value in (
        ("mean, shallow", mean_estimate(test[:, 0], items[:, 0], sampling=how), truth[0]),
        ("mean, deep", mean_estimate(test[:, -1], items[:, -1], sampling=how), truth[-1]),
        (
            "fall",
            difference_estimate(test[:, -1], test[:, 0], items[:, -1], items[:, 0], sampling=how),
            truth[0] - truth[-1],
        ),
        ("gap, deep", gap_estimate(trained, test[:, -1], items[:, -1], sampling=how), 1 - truth[-1]),
    ):
        assert found.interval.low is not None and found.interval.high is not None
        yield name, found.interval.low, found.interval.high, value


def main() -> None:
    """Print a table of every scheme."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fall", type=float, default=0.0, help="what the deepest depth truly has less, in accuracy")
    parser.add_argument("--rows", type=float, default=0.02, help="deviation of the training rows' part, in probits")
    parser.add_argument("--margin", type=float, default=0.01)
    arguments = parser.parse_args()
    population = Population(fall=arguments.fall, rows=arguments.rows)
    for scheme in SCHEMES:
        found = measure(population, scheme, arguments.studies, arguments.seed, arguments.margin)
        parts = [
            f"{name} {100 * found.covered[name]:.1f} % +-{100 * found.half_width[name]:.2f}" for name in found.covered
        ]
        print(
            f"{scheme:12} {'; '.join(parts)}; claims {100 * found.claimed:.1f} %, bound {100 * found.bound:.2f}, "
            f"none or benign {100 * found.answered:.1f} %",
            flush=True,
        )


if __name__ == "__main__":
    main()
