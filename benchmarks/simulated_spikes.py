"""How often an ordinary study loses a run to the rule for spikes, and whether real spikes are found.

``python benchmarks/simulated_spikes.py --studies 600 --seed 1234`` prints for each R and D the worst family. Training
accuracy with noise of 0.5, 1 and 2 margins, constant, or growing three- or five-fold with depth; normal or Student's
with 3 degrees of freedom; symmetric, below a ceiling only, or cut off at 100 %.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from study.analysis.onset.spikes import spiked_runs  # noqa: E402

Floats = NDArray[np.float64]

MARGIN = 0.01


def families(replicates: int, depths: int, studies: int, seed: int) -> Iterator[tuple[str, float, Floats]]:
    """Name, growth of the noise along the axis, and training accuracies (studies, R, D)."""
    shape = (studies, replicates, depths)
    for noise in (0.5, 1.0, 2.0):
        for growth in (1.0, 3.0, 5.0):
            for tails in ("normal", "t3"):
                rng = np.random.default_rng([seed, replicates, depths])
                drawn = rng.standard_normal(shape) if tails == "normal" else rng.standard_t(3, shape)
                each = MARGIN * noise * drawn * np.linspace(1, growth, depths)
                for name, train in (
                    ("symmetric", 0.7 + each),
                    ("below a ceiling", 0.998 - np.abs(each)),
                    ("cut off at its mean", 1 + each),
                    ("cut off above its mean", 1 - 0.5 * noise * MARGIN + each),
                ):
                    yield f"{name}, {tails}, {noise:g} margins", growth, np.clip(train, 0, 1)


def share_that_lose(train: Floats) -> float:
    """Share of the studies ``train`` (S, R, D) that lose a run."""
    usable = np.ones(train.shape[1:], bool)
    return float(np.mean([spiked_runs(one, usable, MARGIN).any() for one in train]))


def main() -> None:
    """Print the worst families, and what is found in the real grid."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1234)
    arguments = parser.parse_args()
    grid = json.loads((ROOT / "tests" / "analysis" / "grid_1000_samples.json").read_text(encoding="utf-8"))
    train = np.array(grid["train"])
    left_out = spiked_runs(train, train > 0.5, MARGIN).sum(axis=0).tolist()
    print("real grid, runs left out:", dict(zip(grid["depths"], left_out, strict=True)))
    for replicates in (3, 5, 8):
        for depths in (6, 8, 12):
            found = [
                (share_that_lose(table), name, growth)
                for name, growth, table in families(replicates, depths, arguments.studies, arguments.seed)
            ]
            constant = max(one for one in found if one[2] == 1)
            worst, mean = max(found), float(np.mean([share for share, _, _ in found]))
            print(
                f"R = {replicates}, D = {depths}: mean {100 * mean:.2f} %; worst of constant noise "
                f"{100 * constant[0]:.1f} % ({constant[1]}); worst of all {100 * worst[0]:.1f} % "
                f"({worst[1]}, growing {worst[2]:g}-fold)",
                flush=True,
            )


if __name__ == "__main__":
    main()
