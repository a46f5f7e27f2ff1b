"""Isolations in which depth has no effect, or a known one, and winners differ by luck: how often is a fall claimed?

``python benchmarks/simulated_searches.py --studies 1000``. In points: seed noise 0.3, winners that differ by 0, 0.1,
0.2 and 0.35 (standard deviation), margin 1. ``S`` searches a cell, ``R`` replicates a winner, ``D`` depths.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from study.analysis.onset.find import find_onset  # noqa: E402

SEEDS, LEVEL, MARGIN = 0.003, 0.9, 0.01
SHAPES = ((1, 5), (2, 3), (2, 5), (3, 2), (3, 5))
LUCK = (0.0, 0.001, 0.002, 0.0035)


def measure(
    luck: float, searches: int, replicates: int, depths: int, studies: int, *, fall: float = 0.0, growth: float = 1.0
) -> tuple[float, float, float]:
    """Share of studies that claim a fall, share that show there is none, and median bound on it.

    ``fall`` is what the deepest depth truly has less, from the middle of the axis on; the luck of winners grows
    ``growth``-fold along the axis.
    """
    rng = np.random.default_rng([17, searches, replicates, depths, round(1e4 * luck)])
    rows = np.repeat(np.arange(searches), replicates)
    curve = LEVEL - fall * np.maximum(np.linspace(-1, 1, depths), 0)
    claimed, shown, bounds = 0, 0, []
    for _ in range(studies):
        winners = luck * np.linspace(1, growth, depths) * rng.standard_normal((searches, depths))
        noise = SEEDS * (rng.standard_normal((len(rows), depths)) + rng.standard_normal((len(rows), 1)))
        test = curve + winners[rows] + noise
        verdict = find_onset(
            range(1, depths + 1),
            np.ones_like(test),
            test,
            margin=MARGIN,
            searches=rows if searches > 1 else None,
        )
        claimed += verdict.onset is not None
        shown += verdict.kind in ("none", "benign")
        bounds.append(verdict.largest_drop_upper_bound or 0.0)
    return claimed / studies, shown / studies, float(np.median(bounds))


def main() -> None:
    """Print a line for each shape."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=1000)
    parser.add_argument("--depths", type=int, default=6)
    parser.add_argument("--fall", type=float, default=0.0, help="true fall of the deepest depth, in accuracy")
    parser.add_argument("--growth", type=float, default=1.0, help="how many times larger luck is at the deepest depth")
    arguments = parser.parse_args()
    for searches, replicates in SHAPES:
        parts = []
        for luck in LUCK:
            claimed, shown, bound = measure(
                luck,
                searches,
                replicates,
                arguments.depths,
                arguments.studies,
                fall=arguments.fall,
                growth=arguments.growth,
            )
            parts.append(
                f"luck {100 * luck:.2f}: claims {100 * claimed:.1f} %, none or benign {100 * shown:.1f} %, "
                f"bound {100 * bound:.2f}"
            )
        print(f"S = {searches}, R = {replicates}: {'; '.join(parts)}", flush=True)


if __name__ == "__main__":
    main()
