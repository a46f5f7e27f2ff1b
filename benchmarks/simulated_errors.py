"""Simulated regressions down to the single item: are verdicts and intervals right, with heavy tails, too?

A population of items whose targets cannot be predicted better than their own noise allows, networks whose depths err
alike on most items, luck of seeds. ``python benchmarks/simulated_errors.py --studies 400`` prints, for each kind of
noise and each scheme of parts, how often a rise of RMSE is claimed where there is none, how often 95 % intervals hold
the population's values, and how often a rise is found where there is one; of MAE and R² the same where there is none.
It writes
``docs/regression-calibration.json``, unless with ``--print``. Letters: ``R`` replicates, ``D`` depths, ``N`` items.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.simulated_items import REPLICATES, which_tested  # noqa: E402
from study.analysis.item_intervals import Sampling, difference_estimate, mean_estimate, own_data  # noqa: E402
from study.analysis.onset.find import PROCEDURE_VERSION, find_onset  # noqa: E402
from study.records.metrics import MAE, R2, RMSE, Metric, Predictions  # noqa: E402

Floats = NDArray[np.float64]

DOCUMENT = ROOT / "docs" / "regression-calibration.json"
SCHEMES = ("fixed", "1 x 5 folds", "2 x 5 folds", "holdout")
TARGET = 2.0  # standard deviation of the target, of which the noise is a half
METRICS = {metric.name: metric.in_unit("", TARGET) for metric in (RMSE, MAE, R2)}
ALL_ITEMS = 2_000_000  # drawn for a value on all items that there could be, where no formula gives it
LEVEL = 1.2  # RMSE of every depth where there is no rise
RISE = 0.12  # of RMSE at the deepest depth, where there is one: a tenth of it
SEEDS = 0.1  # share of the error's variance that is a run's own at the shallowest depth; twice that at the deepest
LUCK = 0.15  # by which that deviates from run to run, as a logarithm
ALIKE = 0.8  # correlation of what neighbouring depths make of an item


def _skewed(rng: np.random.Generator, n: int) -> Floats:
    """Lognormal, of mean 0 and variance 1."""
    return np.asarray((rng.lognormal(0, 0.8, n) - np.exp(0.32)) / np.sqrt(np.expm1(0.64) * np.exp(0.64)))


def _contaminated(rng: np.random.Generator, n: int) -> Floats:
    """One in a hundred ten times as far; variance 1."""
    return np.asarray(rng.standard_normal(n) * np.where(rng.random(n) < 0.01, 10, 1) / np.sqrt(1.99))


NOISES: dict[str, Callable[[np.random.Generator, int], Floats]] = {
    "normal": lambda rng, n: rng.standard_normal(n),
    "Student's t, 5 degrees": lambda rng, n: rng.standard_t(5, n) / np.sqrt(5 / 3),
    "Student's t, 3 degrees": lambda rng, n: rng.standard_t(3, n) / np.sqrt(3),
    "skewed (lognormal)": _skewed,
    "1 % ten times as far": _contaminated,
}


@dataclass(frozen=True)
class Drawn:
    """One study: a metric (R, D), its items (R, D, N), which of them each replicate tested (R, N), its sampling."""

    test: Floats
    items: Floats
    tested: NDArray[np.bool_]
    sampling: Sampling


def truth(depths: int, rise: float) -> Floats:
    """Mean RMSE of each depth (D,) over runs, on all items that there could be."""
    return np.asarray(LEVEL + rise * np.linspace(0, 1, depths) ** 2)


def value(metric: Metric, noise: str, depths: int, rise: float) -> Floats:
    """Mean of a metric at each depth (D,) over runs, on all items that there could be."""
    levels = truth(depths, rise)
    if metric.name == RMSE.name:
        return levels
    own = _own(depths)
    shared = np.array([_shared(level, part) for level, part in zip(levels, own, strict=True)])
    if metric.name == R2.name:
        return np.asarray(1 - (1 + shared + own * np.exp(2 * LUCK**2)) / TARGET**2)
    rng = np.random.default_rng(0)
    common, models, runs, luck = NOISES[noise](rng, ALL_ITEMS), *rng.standard_normal((3, ALL_ITEMS))
    return np.array(
        [
            np.abs(common + np.sqrt(a) * models + np.sqrt(b) * np.exp(LUCK * luck) * runs).mean()
            for a, b in zip(shared, own, strict=True)
        ]
    )


def _own(depths: int) -> Floats:
    """The variance of a run's own errors, by depth."""
    return np.asarray(SEEDS * np.linspace(1, 2, depths) * LEVEL**2)


def draw(
    metric: Metric, noise: str, scheme: str, items: int, depths: int, rise: float, rng: np.random.Generator
) -> Drawn:
    """One study of ``items`` rows, by a metric."""
    replicates = REPLICATES[scheme]
    tested = which_tested(scheme, items, replicates, rng)
    own = _own(depths)
    shared = np.array([_shared(level, part) for level, part in zip(truth(depths, rise), own, strict=True)])
    steps = rng.standard_normal((depths, items))
    for depth in range(1, depths):
        steps[depth] = ALIKE * steps[depth - 1] + np.sqrt(1 - ALIKE**2) * steps[depth]
    of_target = NOISES[noise](rng, items)
    common = of_target + np.sqrt(shared)[:, None] * steps
    luck = np.exp(LUCK * rng.standard_normal((replicates, depths)))
    errors = common + np.sqrt(own)[:, None] * luck[:, :, None] * rng.standard_normal((replicates, depths, items))
    # Only R² asks for targets: what can be predicted of them makes up the rest of their variance.
    targets = (
        np.sqrt(TARGET**2 - 1) * rng.standard_normal(items) - of_target if metric.name == R2.name else 0 * of_target
    )
    test, values = np.empty((replicates, depths)), np.full(errors.shape, np.nan)
    for r in range(replicates):
        for d in range(depths):
            of_test = errors[r, d, tested[r]]
            own_targets = targets[tested[r]]
            found = metric.measure(Predictions(own_targets, own_targets + of_test))
            assert found.value is not None and found.items is not None
            test[r, d], values[r, d, tested[r]] = found.value, found.items
    kind: Literal["fixed", "holdout", "folds"] = "fixed" if scheme == "fixed" else "holdout"
    how = own_data(
        "folds" if "folds" in scheme else kind, tested=items // 5, trained=items - items // 5, repeats=replicates // 5
    )
    return Drawn(test, values, tested, how)


def _shared(level: float, own: float) -> float:
    """The variance of what all runs of a depth err alike beside the noise, at which their mean RMSE is ``level``."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(21)
    of_run = own * np.exp(2 * LUCK * nodes)
    low, high = 0.0, level**2
    for _ in range(60):
        middle = (low + high) / 2
        mean = float((weights * np.sqrt(1 + middle + of_run)).sum() / weights.sum())
        low, high = (middle, high) if mean < level else (low, middle)
    return low


@dataclass(frozen=True)
class Outcome:
    """Over ``studies`` studies of one noise and scheme: how often a rise was claimed, and intervals held the truth."""

    metric: str
    noise: str
    scheme: str
    items: int
    rise: float
    studies: int
    claimed: int
    mean_held: int
    difference_held: int


def measure(job: tuple[str, str, str, int, float, int, int]) -> Outcome:
    """Judge ``studies`` studies; the same seed gives the same ones."""
    name, noise, scheme, items, rise, studies, seed = job
    rng = np.random.default_rng([seed, items, round(1e6 * rise), *noise.encode(), *scheme.encode()])
    depths = 6
    metric = METRICS[name]
    levels = value(metric, noise, depths, rise)
    guess = 0.0 if metric.name == R2.name else TARGET
    claimed = mean_held = difference_held = 0
    for _ in range(studies):
        one = draw(metric, noise, scheme, items, depths, rise, rng)
        verdict = find_onset(
            range(1, depths + 1),
            np.full_like(one.test, 0.5),
            one.test,
            metric=metric,
            chance=guess,
            correct=np.nan_to_num(one.items),
            tested=one.tested,
            sampling=one.sampling,
        )
        claimed += verdict.onset is not None
        mean = mean_estimate(one.test[:, -1], one.items[:, -1], sampling=one.sampling).interval
        fall = difference_estimate(
            one.test[:, -1], one.test[:, 0], one.items[:, -1], one.items[:, 0], sampling=one.sampling
        ).interval
        mean_held += _holds(mean.low, mean.high, levels[-1])
        difference_held += _holds(fall.low, fall.high, levels[0] - levels[-1])
    return Outcome(name, noise, scheme, items, rise, studies, claimed, mean_held, difference_held)


def _holds(low: float | None, high: float | None, value: float) -> bool:
    return low is not None and high is not None and bool(low <= value <= high)


def main() -> None:
    """Print a line for every noise and scheme, and write them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--items", type=int, nargs="+", default=[400, 2000])
    parser.add_argument("--rise", type=float, nargs="+", default=[0.0, RISE])
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--print", action="store_true", help="write no document")
    arguments = parser.parse_args()
    jobs = [
        (name, noise, scheme, items, rise, arguments.studies, arguments.seed)
        for name in METRICS
        for rise in (arguments.rise if name == RMSE.name else [0.0])
        for items in arguments.items
        for noise in NOISES
        for scheme in SCHEMES
    ]
    outcomes = []
    with multiprocessing.Pool(arguments.workers) as pool:
        for one in pool.imap(measure, jobs):
            outcomes.append(one)
            shares = [100 * count / one.studies for count in (one.claimed, one.mean_held, one.difference_held)]
            print(
                f"{one.metric:4} {one.noise:24} {one.scheme:12} {one.items:5} rows, rise {one.rise:.2f}: "
                f"claimed {shares[0]:5.1f} %, mean held {shares[1]:5.1f} %, difference held {shares[2]:5.1f} %",
                flush=True,
            )
    if not arguments.print:
        document = {
            "procedure": PROCEDURE_VERSION,
            "level": LEVEL,
            "command": f"python benchmarks/simulated_errors.py --studies {arguments.studies} --seed {arguments.seed} "
            f"--items {' '.join(map(str, arguments.items))}",
            "outcomes": [asdict(one) for one in outcomes],
        }
        DOCUMENT.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
