"""Intervals for new data, held to real training: draws of 1,000 digits from the 60,000, under each scheme of parts.

``python benchmarks/real_intervals.py --draws 42 --folder FOLDER`` trains 50 small networks a draw (14 x 14 pixels, 1
and 8 hidden layers of 128, Adam, 15 epochs, 720 digits to train on; 20 to 30 s a draw on one core), keeps each draw
in FOLDER, and prints how often 95 % intervals hold the mean over all draws. 42 draws gave ``real_intervals.json``.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

os.environ.setdefault("OMP_NUM_THREADS", "1")  # small matrices: more threads take longer

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from study.analysis.item_intervals import (  # noqa: E402
    Estimate,
    difference_estimate,
    gap_estimate,
    mean_estimate,
    own_data,
)
from study.analysis.t_intervals import t_interval  # noqa: E402

Array = NDArray[Any]

ITEMS, FIFTH, DEPTHS = 1000, 5, (1, 8)
KEPT = ROOT / "benchmarks" / "real_intervals.json"


def population() -> tuple[Array, Array]:
    """Pixels (60000, 196) in [0, 1] and labels of MNIST's training part."""
    with np.load(ROOT / "study" / "data" / "mnist.npz") as file:
        x, y = file["x_train"], file["y_train"]
    return x.astype(np.float32).reshape(-1, 14, 2, 14, 2).mean((2, 4)).reshape(-1, 196) / 255, y.astype(int)


def train(x: Array, y: Array, other: Array, depth: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Train a dense network by Adam and return what it says of ``x`` and of ``other``."""
    sizes = [x.shape[1], *[128] * depth, 10]
    total = sum(a * b + b for a, b in itertools.pairwise(sizes))
    values, slope, first, second = (np.zeros(total, np.float32) for _ in range(4))
    weights, biases = _views(values, sizes)
    weight_slopes, bias_slopes = _views(slope, sizes)
    for weight in weights:
        limit = np.sqrt(6 / sum(weight.shape))
        weight[:] = rng.uniform(-limit, limit, weight.shape)
    step = 0
    for _ in range(15):
        order = rng.permutation(len(x))
        for start in range(0, len(x), 32):
            rows = order[start : start + 32]
            layers = [x[rows]]
            for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
                layers.append(np.maximum(layers[-1] @ weight + bias, 0))
            scores = layers[-1] @ weights[-1] + biases[-1]
            error = np.exp(scores - scores.max(axis=1, keepdims=True))
            error /= error.sum(axis=1, keepdims=True)
            error[np.arange(len(rows)), y[rows]] -= 1
            error /= len(rows)
            for layer in range(len(weights) - 1, -1, -1):
                np.matmul(layers[layer].T, error, out=weight_slopes[layer])
                np.sum(error, axis=0, out=bias_slopes[layer])
                if layer:
                    error = (error @ weights[layer].T) * (layers[layer] > 0)
            step += 1
            first *= 0.9
            first += 0.1 * slope
            second *= 0.999
            second += 0.001 * slope * slope
            values -= (1e-3 * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)) * first / (np.sqrt(second) + 1e-7)
    return _said(weights, biases, x), _said(weights, biases, other)


def _views(flat: Array, sizes: list[int]) -> tuple[list[Array], list[Array]]:
    """Weights and biases of each layer, as views into ``flat``."""
    weights, biases, at = [], [], 0
    for a, b in itertools.pairwise(sizes):
        weights.append(flat[at : at + a * b].reshape(a, b))
        biases.append(flat[at + a * b : at + a * b + b])
        at += a * b + b
    return weights, biases


def _said(weights: list[Array], biases: list[Array], x: Array) -> Array:
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        x = np.maximum(x @ weight + bias, 0)
    return np.asarray((x @ weights[-1] + biases[-1]).argmax(axis=1))


def fifths(y: Array, rng: np.random.Generator) -> Array:
    """Stratified folds: the fold (N,) of each item."""
    fold = np.empty(len(y), int)
    for label in range(10):
        rows = rng.permutation(np.flatnonzero(y == label))
        fold[rows] = (np.arange(len(rows)) + rng.integers(FIFTH)) % FIFTH
    return fold


def tests_of(y: Array, draw: int) -> dict[str, list[Array]]:
    """The items that each replicate of each scheme tests."""

    def split(*seed: int) -> Array:
        return fifths(y, np.random.default_rng([*seed]))

    return {
        "folds": [np.flatnonzero(split(7, draw, repeat) == k) for repeat in range(2) for k in range(FIFTH)],
        "fixed": [np.flatnonzero(split(8, draw) == 0)] * 5,
        "holdout": [np.flatnonzero(split(9, draw, r) == 0) for r in range(10)],
    }


def run_draw(x: Array, y: Array, draw: int) -> dict[str, Array]:
    """Answers (R, 2, N) of each scheme, -1 where not tested, and training accuracy (R, 2)."""
    rows = np.random.default_rng([99, draw]).choice(len(x), ITEMS, replace=False)
    x, y = x[rows], y[rows]
    kept: dict[str, Array] = {}
    for index, (scheme, tests) in enumerate(tests_of(y, draw).items()):
        answers = np.full((len(tests), len(DEPTHS), ITEMS), -1, np.int8)
        trained = np.zeros((len(tests), len(DEPTHS)))
        for r, test in enumerate(tests):
            rest = np.random.default_rng([5, draw, index, r]).permutation(np.setdiff1d(np.arange(ITEMS), test))
            rest = rest[: int(0.9 * len(rest))]
            for d, depth in enumerate(DEPTHS):
                rng = np.random.default_rng([6, draw, index, r, depth])
                known, said = train(x[rest], y[rest], x[test], depth, rng)
                trained[r, d] = (known == y[rest]).mean()
                answers[r, d, test] = said == y[test]
        kept[scheme], kept[f"{scheme}_train"] = answers, trained
    return kept


SCHEMES: dict[str, tuple[Literal["fixed", "holdout", "folds"], int]] = {
    "fixed part, R = 5": ("fixed", 5),
    "1 x 5 folds": ("folds", 5),
    "2 x 5 folds": ("folds", 10),
    "holdout, R = 5": ("holdout", 5),
    "holdout, R = 10": ("holdout", 10),
}


def estimates(kept: dict[str, Array], name: str) -> Iterator[tuple[str, Estimate, Array]]:
    """What is estimated, the estimate, and its value in each replicate."""
    scheme, replicates = SCHEMES[name]
    answers = kept[scheme][:replicates]
    items = np.where(answers < 0, np.nan, answers)
    test, trained = np.nanmean(items, axis=2), kept[f"{scheme}_train"][:replicates]
    how = own_data(scheme, tested=ITEMS // FIFTH, trained=ITEMS - ITEMS // FIFTH, repeats=replicates // FIFTH)
    for d, depth in enumerate(DEPTHS):
        yield f"mean, {depth}", mean_estimate(test[:, d], items[:, d], sampling=how), test[:, d]
        gap = trained[:, d] - test[:, d]
        yield f"gap, {depth}", gap_estimate(trained[:, d], test[:, d], items[:, d], sampling=how), gap
    fall = difference_estimate(test[:, 1], test[:, 0], items[:, 1], items[:, 0], sampling=how)
    yield "fall", fall, test[:, 0] - test[:, 1]


def table(draws: list[dict[str, Array]]) -> list[dict[str, Any]]:
    """For each scheme and quantity: coverage and half width of our intervals and of Student's over replicates."""
    found: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    for kept in draws:
        for name in SCHEMES:
            for what, one, values in estimates(kept, name):
                plain = t_interval(values).half_width
                assert one.interval.mean is not None and one.interval.half_width is not None and plain is not None
                found.setdefault((name, what), []).append((one.interval.mean, one.interval.half_width, plain))
    cells = {key: np.array(values) for key, values in found.items()}
    whole = ("2 x 5 folds", "holdout, R = 10", "fixed part, R = 5")
    truth = {what: np.mean([cells[name, what][:, 0].mean() for name in whole]) for _, what in cells}
    rows = []
    for (name, what), values in cells.items():
        off = np.abs(values[:, 0] - truth[what])
        rows.append(
            {
                "scheme": name,
                "of": what,
                "draws": len(values),
                "deviation": round(float(values[:, 0].std(ddof=1)), 5),
                "covers": round(float((off <= values[:, 1]).mean()), 4),
                "half_width": round(float(np.median(values[:, 1])), 5),
                "students_covers": round(float((off <= values[:, 2]).mean()), 4),
                "students_half_width": round(float(np.median(values[:, 2])), 5),
            }
        )
    return rows


def main() -> None:
    """Train what is missing, print the table, and keep it on request."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=42)
    parser.add_argument("--folder", type=Path, required=True, help="where each draw is kept")
    parser.add_argument("--keep", action="store_true", help=f"write {KEPT.name}")
    arguments = parser.parse_args()
    x, y = population()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    draws = []
    for draw in range(arguments.draws):
        file = arguments.folder / f"{draw}.npz"
        if not file.exists():
            started = time.monotonic()
            np.savez_compressed(file, **run_draw(x, y, draw))  # type: ignore[arg-type]
            print(f"draw {draw}: {time.monotonic() - started:.0f} s", flush=True)
        with np.load(file) as kept:
            draws.append(dict(kept))
    rows = table(draws)
    for row in rows:
        print(
            f"{row['scheme']:18} {row['of']:8} covers {100 * row['covers']:5.1f} % +-{100 * row['half_width']:.2f}; "
            f"Student's {100 * row['students_covers']:5.1f} % +-{100 * row['students_half_width']:.2f}"
        )
    if arguments.keep:
        KEPT.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
