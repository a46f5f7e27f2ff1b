"""Isolations in which depth has no effect, or a known one, and winners differ by luck: how often is a fall claimed?

``python benchmarks/simulated_searches.py --studies 400`` writes ``simulated_searches.json``, which a table of
``docs/calibration.md`` is made of (``benchmarks/calibration.py --render``). In points: seed noise 0.3, winners that
differ by 0, 0.1, 0.2 and 0.35 (standard deviation), margin 1. ``S`` searches a cell, ``R`` replicates a winner, ``D``
depths.
"""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from study.analysis.onset.find import find_onset  # noqa: E402

SEEDS, LEVEL, MARGIN = 0.003, 0.9, 0.01
SHAPES = ((1, 6), (2, 3), (3, 2), (3, 5))
LUCK = (0.0, 0.001, 0.002, 0.0035)
FALLS = (0.0, 0.02)
RESULTS = Path(__file__).with_suffix(".json")


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


def table(results: Path = RESULTS) -> list[str]:
    """Lines of Markdown on what was measured; empty where nothing was."""
    if not results.exists():
        return []
    rows = json.loads(results.read_text(encoding="utf-8"))
    first = rows[0]
    lucks = [f"luck {100 * luck:.2g}" for luck in LUCK]
    lines = [
        "",
        "## Isolations: share that claims a fall, by the luck of winners",
        "",
        f"{first['depths']} depths, {first['studies']} studies each, seed noise 0.3 points, margin 1 point; luck is "
        "the standard deviation, in points, between what searches of one cell find. Written by "
        "`benchmarks/simulated_searches.py`; `benchmarks/scripted_isolations.py` holds the whole tool to the same.",
        "",
        f"| searches x replicates of each | true fall, points | {' | '.join(lucks)} |",
        "|---" * (len(LUCK) + 2) + "|",
    ]
    for fall, (searches, replicates) in product(FALLS, SHAPES):
        own = [row for row in rows if (row["fall"], row["searches"], row["replicates"]) == (fall, searches, replicates)]
        cells = [f"{100 * row['claimed']:.1f} %" for row in sorted(own, key=lambda row: row["luck"])]
        lines.append(f"| {searches} x {replicates} | {100 * fall:g} | {' | '.join(cells)} |")
    return lines


def _row(searches: int, replicates: int, luck: float, fall: float, depths: int, studies: int) -> dict[str, float]:
    claimed, shown, bound = measure(luck, searches, replicates, depths, studies, fall=fall)
    asked = {"searches": searches, "replicates": replicates, "luck": luck, "fall": fall, "depths": depths}
    return {**asked, "studies": studies, "claimed": claimed, "shown": shown, "bound": bound}


def main() -> None:
    """Measure and write the results; print them as a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=400)
    parser.add_argument("--depths", type=int, default=6)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    todo = [
        (searches, replicates, luck, fall, arguments.depths, arguments.studies)
        for fall, (searches, replicates), luck in product(FALLS, SHAPES, LUCK)
    ]
    with ProcessPoolExecutor(arguments.workers) as pool:
        rows = list(pool.map(_row, *zip(*todo, strict=True)))
    RESULTS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print("\n".join(table()))


if __name__ == "__main__":
    main()
