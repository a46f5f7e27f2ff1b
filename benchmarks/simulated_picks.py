"""Rules of the pick, compared where the truth is known: regret, size, and how often two draws of one study agree.

``python benchmarks/simulated_picks.py --studies 15`` (a minute). Twelve curves of validation accuracy over eight sizes,
noise of 0.3, 0.6 and 1 margin (constant, growing three-fold, Student's with 3 degrees of freedom), R = 3, 5, 8.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from study.analysis.pick import pick, upper_bounds  # noqa: E402
from study.analysis.pick_posterior import within_margin  # noqa: E402
from study.analysis.t_intervals import t_quantile  # noqa: E402

Floats = NDArray[np.float64]
Rule = Callable[[Floats], int]

SIZES, MARGIN, BEST = 8, 0.01, 0.9


def curves() -> Iterator[tuple[str, Floats]]:
    """Mean validation accuracies (C,) in margins below the best, simplest first."""
    x = np.arange(SIZES)
    yield "flat", np.zeros(SIZES)
    yield "jump then flat", -4.0 * (x == 0)
    yield "rise to the middle", -1.0 * np.maximum(3 - x, 0)
    yield "slow rise", -0.3 * (SIZES - 1 - x)
    yield "tiny rise", -0.1 * (SIZES - 1 - x)
    yield "fast rise", -1.5 * (SIZES - 1 - x)
    yield "fall from the middle", -0.8 * np.maximum(x - 3, 0)
    yield "fall from the start", -0.5 * x
    yield "peak", -0.6 * np.abs(x - 4)
    yield "one better by 0.9", -0.9 * (x != 5)
    yield "one better by 1.2", -1.2 * (x != 5)
    yield "saturating", -3 * np.exp(-x / 1.5)


def shown_or_one_error(values: Floats) -> int:
    """The first rule: the simplest shown to be within the margin, else the simplest within one standard error."""
    shown = [c for c, bound in enumerate(upper_bounds(values)) if bound is not None and bound < MARGIN]
    return shown[0] if shown else one_error(values)


def one_error(values: Floats) -> int:
    """The one-standard-error rule, paired."""
    difference = values[:, [values.mean(axis=0).argmax()]] - values
    error = difference.std(axis=0, ddof=1) / np.sqrt(len(values))
    return int(np.argmax(difference.mean(axis=0) <= error + 1e-12))


def not_worse(values: Floats) -> int:
    """The simplest that is within the margin by estimate, and not shown to be worse than the best."""
    best = values.mean(axis=0).argmax()
    difference = values[:, [best]] - values
    error = difference.std(axis=0, ddof=1) / np.sqrt(len(values))
    reach = t_quantile(0.95, len(values) - 1) * error
    return int(np.argmax((difference.mean(axis=0) <= np.minimum(reach, MARGIN)) | (np.arange(SIZES) == best)))


def posterior(least: float) -> Rule:
    """The simplest that is within the margin with a probability of ``least``, else the most probable one."""

    def rule(values: Floats) -> int:
        probable = within_margin(values, values.mean(axis=0), MARGIN)
        return int(np.argmax(probable >= min(least, probable.max())))

    return rule


def current(values: Floats) -> int:
    """What the tool picks."""
    index = pick(np.arange(1, SIZES + 1), values, values, margin=MARGIN).index
    assert index is not None
    return index


RULES: dict[str, Rule] = {
    "shown, else one standard error": shown_or_one_error,
    "one standard error": one_error,
    "not shown to be worse": not_worse,
    **{f"posterior {least}": posterior(least) for least in (0.5, 0.7, 0.8, 0.95)},
    "the tool": current,
}


def draws(studies: int, seed: int) -> Iterator[tuple[Floats, Floats]]:
    """Truth (C,) and twice ``studies`` tables (2, n, R, C) of each setting."""
    growth = {"constant": np.ones(SIZES), "growing": np.linspace(0.5, 1.5, SIZES), "heavy": np.ones(SIZES)}
    for replicates in (3, 5, 8):
        for noise in (0.3, 0.6, 1.0):
            for kind, scale in growth.items():
                for name, curve in curves():
                    rng = np.random.default_rng([seed, replicates, round(10 * noise), *kind.encode(), *name.encode()])
                    shape = (2, studies, replicates, SIZES)
                    each = rng.standard_t(3, shape) / np.sqrt(3) if kind == "heavy" else rng.standard_normal(shape)
                    level = 2 * rng.standard_normal((*shape[:3], 1))
                    yield BEST + MARGIN * curve, BEST + MARGIN * (curve + noise * (scale * each + level))


def measure(rule: Rule, studies: int, seed: int) -> tuple[float, float, float, float]:
    """Share of picks truly within the margin, mean regret in accuracy, mean place from the simplest, agreement."""
    within, regret, place, agree = [], [], [], []
    for truth, tables in draws(studies, seed):
        picks = np.array([[rule(table) for table in half] for half in tables])
        lost = truth.max() - truth[picks]
        within.append((lost <= MARGIN + 1e-9).mean())
        regret.append(lost.mean())
        place.append(picks.mean())
        agree.append((picks[0] == picks[1]).mean())
    return float(np.mean(within)), float(np.mean(regret)), float(np.mean(place)), float(np.mean(agree))


def main() -> None:
    """Print a line for each rule."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=15)
    parser.add_argument("--seed", type=int, default=3)
    arguments = parser.parse_args()
    for name, rule in RULES.items():
        within, regret, place, agree = measure(rule, arguments.studies, arguments.seed)
        print(
            f"{name:32} within the margin {100 * within:.1f} %, regret {100 * regret:.2f} points, place {place:.2f}, "
            f"agree {100 * agree:.0f} %",
            flush=True,
        )


if __name__ == "__main__":
    main()
