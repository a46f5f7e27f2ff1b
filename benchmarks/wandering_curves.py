"""How often ``diagnose`` calls an accuracy that only saturates overfitting, and finds one that falls by 6 points.

``python benchmarks/wandering_curves.py`` draws validation accuracies without any loss beside them: with independent
noise, heavy tails, restarts of the learning rate, and noise that wanders, so that epochs are alike to their neighbours
(an autoregression). ``docs/finished-runs.md`` has its figures. Some 20 seconds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from depthgauge import diagnose  # noqa: E402

Floats = NDArray[np.float64]
Noise = Callable[[np.random.Generator, int], Floats]
EPOCHS, DEVIATIONS, DRAWS, SEED = (20, 40, 80), (0.005, 0.01, 0.02), 100, 11


def wandering(alike: float) -> Noise:
    """Noise whose neighbours have the correlation ``alike``."""

    def draw(rng: np.random.Generator, epochs: int) -> Floats:
        found = np.zeros(epochs)
        for i, step in enumerate(rng.standard_normal(epochs)):
            found[i] = (alike * found[i - 1] + np.sqrt(1 - alike**2) * step) if i else step
        return found

    return draw


def restarts(rng: np.random.Generator, epochs: int) -> Floats:
    """Independent noise, and a dip of four deviations after each of three restarts."""
    since = np.arange(epochs) % max(epochs // 4, 3)
    return np.asarray(rng.standard_normal(epochs) - 4 * np.exp(-since / 1.5) * (np.arange(epochs) >= epochs // 4))


NOISES: dict[str, Noise] = {
    "independent": lambda rng, epochs: rng.standard_normal(epochs),
    "heavy tails t3": lambda rng, epochs: rng.standard_t(3, epochs) / np.sqrt(3),
    "restarts": restarts,
    "neighbours alike by 0.5": wandering(0.5),
    "neighbours alike by 0.8": wandering(0.8),
    "neighbours alike by 0.9": wandering(0.9),
}


def share(noise: Noise, epochs: int, deviation: float, fall: float) -> float:
    """Of the runs whose accuracy ends ``fall`` below its best, the share that is said to overfit."""
    at = np.arange(1, epochs + 1)
    level = 0.9 * (1 - 0.8 * np.exp(-at / (epochs / 8))) - fall * np.clip((at / epochs - 0.4) / 0.6, 0, 1)
    train = 1 - 0.9 * np.exp(-at / (epochs / 8))
    said = 0
    for draw in range(DRAWS):
        rng = np.random.default_rng([SEED, draw, epochs, round(1e4 * deviation)])
        validation = np.clip(level + deviation * noise(rng, epochs), 0, 1)
        run = diagnose({"accuracy": train.tolist(), "val_accuracy": validation.tolist()}).runs[0]
        said += run.overfits == "yes"
    return said / DRAWS


def main() -> None:
    """One line a kind of noise: the lowest and the highest share over numbers of epochs and deviations."""
    print("| noise of validation accuracy | saturates: said to overfit | falls by 6 points (s.d. 0.5): found |")
    print("|---|--:|--:|")
    for words, noise in NOISES.items():
        false = [100 * share(noise, epochs, deviation, 0.0) for epochs in EPOCHS for deviation in DEVIATIONS]
        found = [100 * share(noise, epochs, DEVIATIONS[0], 0.06) for epochs in EPOCHS]
        said, told = (f"{min(shares):.0f} to {max(shares):.0f} %" for shares in (false, found))
        print(f"| {words} | {said} | {told} |", flush=True)


if __name__ == "__main__":
    main()
