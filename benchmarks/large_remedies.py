"""The usual cures at many strengths, 20 replicates each: what the preset ``remedies`` is held against.

``python benchmarks/large_remedies.py`` trains 128-64 and 8x128 on 300 and on 1,000 MNIST samples with the native
engine, without a cure and at each strength of dropout and L2; early stopping is read from the curves without a cure.
For each strength it writes the paired effect on test accuracy with its 95 % interval over replicates, the gap, and how
many networks did not train, to ``benchmarks/large_remedies.json``. About 5 minutes on two cores; ``--show`` prints it.
"""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from study.analysis.remedies import least_trained  # noqa: E402
from study.analysis.t_intervals import t_interval  # noqa: E402
from study.data.loading import load_dataset  # noqa: E402
from study.records.metrics import ACCURACY  # noqa: E402
from study.records.readings import read_metric  # noqa: E402
from study.records.sources import DataSource  # noqa: E402
from study.records.trials import Configuration, Trajectory, Trial  # noqa: E402
from study.train.native.native_trainer import NativeTrainer  # noqa: E402

RESULTS = ROOT / "benchmarks" / "large_remedies.json"
SEED, CHANCE = 1, 0.1
NETWORKS: dict[str, tuple[int, ...]] = {"128-64": (128, 64), "8x128": (128,) * 8}
SHALLOW = (128,)  # what less depth comes to
SAMPLES = (300, 1000)
STRENGTHS: dict[str, tuple[float, ...]] = {
    "dropout": (0.1, 0.3, 0.5),
    "l2": (1e-4, 1e-3, 1e-2),
}
PATIENCES = (6, 12, 24)
Array = NDArray[np.float64]


def main() -> None:
    """Train and write the results, or show those that are there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--show", action="store_true", help="print the results that are there")
    arguments = parser.parse_args()
    if not arguments.show:
        asked = [(name, samples, arguments.replicates) for samples in SAMPLES for name in NETWORKS]
        with ProcessPoolExecutor(arguments.workers) as pool:
            cases = list(pool.map(case, *zip(*asked, strict=True)))
        found = {"seed": SEED, "replicates": arguments.replicates, "epochs": 60, "reading": "tail", "cases": cases}
        RESULTS.write_text(json.dumps(found, indent=1) + "\n")
    for one in json.loads(RESULTS.read_text())["cases"]:
        print(f"{one['network']} on {one['samples']} samples: test {100 * one['none']['test']:.1f} % without a cure")
        for effect in one["effects"]:
            test, lost = effect["test"], effect["not_trained"]
            mean, low, high = ("?" if test[k] is None else f"{100 * test[k]:+.2f}" for k in ("mean", "low", "high"))
            print(f"  {effect['cure']} {effect['strength']:g}: {mean} ({low} to {high}) points, {lost} not trained")


def case(name: str, samples: int, replicates: int) -> dict[str, Any]:
    """Every cure at every strength for one network on one number of samples."""
    trainer = NativeTrainer(load_dataset(DataSource("mnist")), seed=SEED, validation=0.1)

    def curves(hidden: tuple[int, ...], **cure: float) -> list[Trajectory]:
        configuration = Configuration.stack(hidden, samples=samples, epochs=60, evaluate_every=6, **cure)
        return [trainer.run(Trial(configuration, replicate)).trajectory for replicate in range(replicates)]

    hidden = NETWORKS[name]
    bare = curves(hidden)
    none = read_metric(bare, "accuracy", "tail")
    effects = [
        effect(cure, strength, none, read_metric(curves(hidden, **{cure: strength}), "accuracy", "tail"))
        for cure, strengths in STRENGTHS.items()
        for strength in strengths
    ]
    effects += [effect("patience", p, none, read_metric(bare, "accuracy", f"patience={p}")) for p in PATIENCES]
    effects.append(effect("depth", 1, none, read_metric(curves(SHALLOW), "accuracy", "tail")))
    train, _, test = none.mean(axis=0).tolist()
    print(name, samples, flush=True)
    return {"network": name, "samples": samples, "none": {"train": train, "test": test}, "effects": effects}


def effect(cure: str, strength: float, none: Array, under: Array) -> dict[str, Any]:
    """Accuracies (R, 3) under a cure minus those without, over the networks that trained."""
    trained = under[:, 0] >= least_trained(none[:, 0], CHANCE, ACCURACY)
    difference = (under - none)[trained]
    test = t_interval(difference[:, 2])
    return {
        "cure": cure,
        "strength": strength,
        "validation": float(difference[:, 1].mean()) if trained.any() else None,
        "test": {"mean": test.mean, "low": test.low, "high": test.high, "n": test.n},
        "gap": float((difference[:, 0] - difference[:, 2]).mean()) if trained.any() else None,
        "not_trained": int((~trained).sum()),
    }


if __name__ == "__main__":
    main()
