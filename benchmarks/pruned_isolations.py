"""Does a pruner inside the searches of an isolation hurt some depths more than others? Cells with one and without.

Each draw is 1,000 rows of a population of ``benchmarks/small_searches.py``. In the cells 1, 4 and 8 hidden layers a
search of 20 trials is made without a pruner and with each, from the same seed; its winner runs again on 3 fresh
replicates, and 2,000 further rows of the population tell how good it truly is. Reported for each pruner: by how much
its winners are better or worse than those without it, at each depth, and between 8 layers and 1: a pruner that favours
shallow networks would let depth look worse than it is.

    python benchmarks/pruned_isolations.py --folder FOLDER --draws 24 --keep

keeps each draw in FOLDER and goes on where it stopped; ``--keep`` writes ``pruned_isolations.json``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.small_searches import TPE, written  # noqa: E402
from study.data.loading import load_dataset  # noqa: E402
from study.design.cells import PlannedSearch  # noqa: E402
from study.design.plan import make_plan  # noqa: E402
from study.design.source import build_spec  # noqa: E402
from study.records.trials import SEARCH_REPLICATE, Configuration, Pruning, Result, Trial  # noqa: E402
from study.search.proposers.making import make_proposer  # noqa: E402
from study.train.native.native_trainer import NativeTrainer  # noqa: E402

RESULTS = Path(__file__).with_suffix(".json")
DEPTHS, PRUNERS = (1, 4, 8), ("none", "median", "successive-halving", "hyperband")
TRUTH, TRIALS, EPOCHS, FRESH, SEED = 2_000, 20, 20, 3, 57
POPULATIONS = ("digits", "flights")


def measured(population: str, number: int) -> list[dict[str, Any]]:
    """Each cell of a draw with each pruner: what its winner is worth, and what its search took."""
    rows = np.random.default_rng([SEED, number, POPULATIONS.index(population)])
    with TemporaryDirectory() as scratch:
        spec = build_spec(
            {
                "name": population,
                **written(population, rows, TRUTH, Path(scratch)),
                "engine": "native",
                "seed": number,
                "validation": 0.2,
                "network": {"epochs": EPOCHS, "evaluate_every": 2},
                "space": {
                    "depth": {"role": "scientific", "values": list(DEPTHS)},
                    "width": {"role": "nuisance", "low": 32, "high": 128, "log": True},
                    "dropout": {"role": "nuisance", "low": 0.0, "high": 0.5},
                    "l2": {"role": "nuisance", "low": 1e-6, "high": 1e-2, "log": True, "zero": True},
                    "learning_rate": {"role": "nuisance", "low": 1e-4, "high": 1e-2, "log": True},
                },
                "search": {"trials": TRIALS},
            },
            "benchmarks/pruned_isolations.py",
        )
        trainer = NativeTrainer(load_dataset(spec.source), seed=spec.seed, validation=spec.validation)
        return [
            {"population": population, "number": number, "depth": search.cell.value, "pruner": pruner}
            | _cell(search, pruner, trainer, number)
            for search in make_plan(spec).searches
            for pruner in PRUNERS
        ]


def _cell(search: PlannedSearch, pruner: str, trainer: NativeTrainer, number: int) -> dict[str, Any]:
    assert search.cell.value is not None
    seed = 10 * number + int(search.cell.value)
    engine = make_proposer(TPE, search.cell.parameters, seed=seed, epochs=EPOCHS)
    known: dict[str, Result] = {}
    curves: list[tuple[tuple[int, float], ...]] = []
    able: list[tuple[float, int, int, Configuration]] = []
    for place in range(TRIALS):
        setting = engine.ask()
        assert isinstance(setting, dict)
        configuration = search.cell.configuration(setting)
        pruning = None if pruner == "none" else Pruning(pruner, EPOCHS, tuple(curves))
        if configuration.key not in known:
            known[configuration.key] = trainer.run(Trial(configuration, SEARCH_REPLICATE, pruning=pruning))
        result = known[configuration.key]
        curve = tuple(_curve(result)) if result.state == "finished" else ()
        curves.append(curve)
        engine.tell(place, curve[-1][1] if curve else None)
        if curve and not result.pruned:
            able.append((-curve[-1][1], configuration.network.units, place, configuration))
    *_, winner = min(able, key=lambda one: one[:3])
    fresh = [trainer.run(Trial(winner, replicate)) for replicate in range(FRESH)]
    truth = [float(one.trajectory.column("accuracy", "test")[-1]) for one in fresh if one.state == "finished"]
    ran = [one for one in known.values() if one.state == "finished"]
    epochs = sum(int(one.trajectory.epochs[-1]) for one in ran)
    return {"truth": float(np.mean(truth)), "epochs": epochs, "pruned": sum(one.pruned for one in ran)}


def _curve(result: Result) -> Iterator[tuple[int, float]]:
    values = result.trajectory.column("accuracy", "validation")
    return zip(result.trajectory.epochs.tolist(), values.tolist(), strict=True)


def summary(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """For each population and pruner: winners against those without it, mean and standard error, in accuracy."""
    found = []
    for population in dict.fromkeys(row["population"] for row in rows):
        own = [row for row in rows if row["population"] == population]
        for pruner in PRUNERS[1:]:
            by = {(r["number"], r["depth"], r["pruner"]): r for r in own}
            numbers = sorted({row["number"] for row in own})
            change = np.array(
                [[by[n, d, pruner]["truth"] - by[n, d, "none"]["truth"] for d in DEPTHS] for n in numbers]
            )
            spent = [sum(by[n, d, one]["epochs"] for n in numbers for d in DEPTHS) for one in (pruner, "none")]
            found.append(
                {
                    "population": population,
                    "pruner": pruner,
                    "draws": len(numbers),
                    "epochs": round(spent[0] / spent[1], 3),
                    **{f"{depth} layers": _estimate(column) for depth, column in zip(DEPTHS, change.T, strict=True)},
                    f"{DEPTHS[-1]} against {DEPTHS[0]}": _estimate(change[:, -1] - change[:, 0]),
                }
            )
    return found


def table(results: Path = RESULTS) -> list[str]:
    """Lines of Markdown on what was measured; empty where nothing was."""
    if not results.exists():
        return []
    rows = json.loads(results.read_text(encoding="utf-8"))
    shown = [name for name, value in rows[0].items() if isinstance(value, list)]
    lines = [
        "",
        "## Isolations with a pruner",
        "",
        "What the winner of a cell is worth with a pruner in its search, against the same search without one: points "
        f"of true accuracy, mean and standard error over tables of 1,000 rows ({TRIALS} trials a cell, {FRESH} fresh "
        "replicates of each winner). Epochs: the share that searches still train. A pruner does harm where its winners "
        "are worse, and is unfair where they are worse at some depths than at others. Written by "
        "`benchmarks/pruned_isolations.py`.",
        "",
        f"| population | pruner | tables | epochs | {' | '.join(shown)} |",
        "|---" * (len(shown) + 4) + "|",
    ]
    for row in rows:
        cells = [f"{100 * row[name][0]:+.2f} ({100 * row[name][1]:.2f})" for name in shown]
        head = f"| {row['population']} | {row['pruner']} | {row['draws']} | {100 * row['epochs']:.0f} % "
        lines.append(f"{head}| {' | '.join(cells)} |")
    return lines


def _estimate(values: Any) -> list[float]:
    return [round(float(values.mean()), 5), round(float(values.std(ddof=1) / np.sqrt(len(values))), 5)]


def main() -> None:
    """Measure, keep and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=24)
    parser.add_argument("--populations", nargs="+", default=list(POPULATIONS), choices=POPULATIONS)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", action="store_true")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    files = {(p, n): arguments.folder / f"{p}-{n}.json" for n in range(arguments.draws) for p in arguments.populations}
    missing = [one for one, file in files.items() if not file.exists()]
    with ProcessPoolExecutor(arguments.workers) as pool:
        for one, cells in zip(missing, pool.map(measured, *zip(*missing, strict=True)) if missing else (), strict=True):
            files[one].write_text(json.dumps(cells), encoding="utf-8")
            print(*one, flush=True)
    rows = [row for file in sorted(arguments.folder.glob("*.json")) for row in json.loads(file.read_text("utf-8"))]
    found = summary(rows)
    if arguments.keep:
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    for row in found:
        print(json.dumps(row))


if __name__ == "__main__":
    main()
