"""How often the onset verdict is right on runs that others made: own seeds at each depth, missing runs, few somewhere.

Run ``python benchmarks/imported_designs.py`` (about ten minutes on two cores); it writes
``docs/imported_designs.json``, whose table ``python benchmarks/calibration.py --render`` puts into
``docs/calibration.md``. ``--studies 0.1`` runs a tenth of the studies.
The families are those of ``benchmarks/simulated_studies.py``; each design has a few fixed patterns of runs, so that the
critical values of a pattern are simulated once.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.simulated_studies import CHANCE, FAMILIES, MARGIN, Family  # noqa: E402
from study.analysis.onset.find import find_onset  # noqa: E402
from study.analysis.onset.layout import pairs_suffice  # noqa: E402

DOCS = ROOT / "docs"
RECORD = "imported_designs.json"
Mask = NDArray[np.bool_]
Design = Callable[[np.random.Generator, int, int], Mask]

SHAPES = tuple((runs, depths) for runs in (3, 5, 10) for depths in (6, 9))
PATTERNS = 4
STUDIES = 200  # of each family, design and shape
FEWEST = 100  # claims of a family and design; a share of fewer says too little to be the lowest


def own_seeds(rng: np.random.Generator, runs: int, depths: int) -> Mask:
    """Every depth has ``runs`` runs with seeds of its own."""
    return own_rows(np.full(depths, runs))


def ragged(rng: np.random.Generator, runs: int, depths: int) -> Mask:
    """Own seeds, and 1 to ``2 runs - 1`` of them a depth."""
    return own_rows(rng.integers(1, 2 * runs, depths))


def missing(rng: np.random.Generator, runs: int, depths: int) -> Mask:
    """The same seeds everywhere, three in ten runs missing."""
    return np.asarray(rng.random((runs, depths)) >= 0.3)


def partly_shared(rng: np.random.Generator, runs: int, depths: int) -> Mask:
    """``runs // 2`` runs of each depth share their seeds; others have their own, 1 to ``runs`` a depth."""
    shared = np.ones((runs // 2, depths), bool)
    return np.concatenate([shared, own_rows(rng.integers(1, runs + 1, depths))])


def own_rows(counts: NDArray[np.integer]) -> Mask:
    """A row a run: ``counts`` (D,) of them at each depth."""
    return np.repeat(np.eye(len(counts), dtype=bool), counts, axis=0)


DESIGNS: dict[str, Design] = {
    "own seeds at each depth": own_seeds,
    "own seeds, 1 to 2 R - 1 runs a depth": ragged,
    "same seeds, 30 % of the runs missing": missing,
    "half of the seeds shared": partly_shared,
}
KINDS = {
    "silent": (
        "flat", "noise growing x3", "noise growing x5", "noise falling x3", "last depth noisy x5",
        "one inner depth noisy x5", "heavy tails t3", "skewed up", "two levels", "neighbours correlated 0.8",
        "replicates with own slopes, strong", "strong blocks", "gap grows, test flat", "rise then plateau",
    ),
    "degradation": ("degradation, s = 0.5", "degradation, s = 1.0", "degradation, noise growing x3"),
    "failing": ("flat, then failing training",),
    "overfitting": (
        "overfitting, s = 0.5", "overfitting, s = 1.0", "overfitting, s = 2.5", "overfitting, s = 1, late",
        "overfitting, s = 1, noise growing x3", "overfitting, s = 1, noise falling x3",
        "overfitting, s = 1, heavy tails t3", "overfitting, step of 2", "overfitting, concave",
        "overfitting, s = 1, levels off",
    ),
}  # fmt: skip
CHOSEN = tuple(family for family in FAMILIES if family.name in KINDS[family.truth])


@dataclass(frozen=True)
class Outcome:
    """Counts over ``studies`` of one family in one design with about R ``runs`` at each of D ``depths``."""

    design: str
    family: str
    truth: str
    runs: int
    depths: int
    studies: int
    paired: int  # studies that were compared by pairs
    overfitting: int
    claimed: int
    covered: int
    shown_covered: int


def measure(design: str, family: Family, runs: int, depths: int, studies: int) -> Outcome:
    """Judge ``studies`` studies; the same arguments give the same studies."""
    pattern_rng = np.random.default_rng([7, runs, depths, *design.encode()])
    patterns = [DESIGNS[design](pattern_rng, runs, depths) for _ in range(PATTERNS)]
    rng = np.random.default_rng([8, runs, depths, *design.encode(), *family.name.encode()])
    counts = dict.fromkeys(("paired", "overfitting", "claimed", "covered", "shown_covered"), 0)
    for number in range(studies):
        present = patterns[number % PATTERNS]
        study = family.draw(rng, *present.shape)
        train, test = (np.where(present, values, np.nan) for values in (study.train, study.test))
        paired = pairs_suffice(present)
        verdict = find_onset(range(depths), train, test, margin=MARGIN, chance=CHANCE, paired=paired)
        counts["paired"] += paired
        counts["overfitting"] += verdict.kind == "overfitting"
        if verdict.onset is None or verdict.interval is None or verdict.guaranteed_interval is None:
            continue
        counts["claimed"] += 1
        # An interval speaks of the depths that were compared: a fall that begins at one that could not be, begins for
        # it at the next that could.
        onset = next((d for d in verdict.compared_depths if study.onset is not None and d >= study.onset), None)
        if onset is not None:
            counts["covered"] += verdict.guaranteed_interval[0] <= onset <= verdict.guaranteed_interval[1]
            counts["shown_covered"] += verdict.interval[0] <= onset <= verdict.interval[1]
    return Outcome(design, family.name, family.truth, runs, depths, studies, **counts)


def _measure(job: tuple[str, str, int, int, int]) -> Outcome:
    design, name, *rest = job
    return measure(design, next(family for family in CHOSEN if family.name == name), *rest)


def jobs(share: float) -> list[tuple[str, str, int, int, int]]:
    """Design, family, R, D and number of studies of everything to measure."""
    studies = math.ceil(share * STUDIES)
    return [(d, f.name, r, n, studies) for r, n in SHAPES for d in DESIGNS for f in CHOSEN]


def table(outcomes: list[Outcome]) -> str:
    """The promises by design, each over all R and D, in Markdown."""
    lines = [
        "| design | compared by pairs | false onset, mean | false onset, worst family | degradation called "
        "overfitting, worst | coverage, guaranteed: mean / lowest | coverage, shown: mean / lowest | found, s = 1 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for design in DESIGNS:
        own = [o for o in outcomes if o.design == design]
        silent = _pooled(own, ("silent",), "claimed")
        worse = _pooled(own, ("degradation", "failing"), "overfitting")
        true = [o for o in own if o.truth == "overfitting"]
        covered = [_coverage(true, which) for which in ("covered", "shown_covered")]
        found = next(
            share for name, share in _pooled(true, ("overfitting",), "overfitting").items() if "s = 1.0" in name
        )
        cells = [
            design,
            _percent(sum(o.paired for o in own) / sum(o.studies for o in own)),
            _percent(float(np.mean(list(silent.values())))),
            _percent(max(silent.values())),
            _percent(max(worse.values())),
            *(f"{_percent(mean)} / {_percent(lowest)}" for mean, lowest in covered),
            _percent(found),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _pooled(outcomes: list[Outcome], truths: tuple[str, ...], what: str) -> dict[str, float]:
    """The share of each family over all R and D."""
    shares = {}
    for name in dict.fromkeys(o.family for o in outcomes if o.truth in truths):
        own = [o for o in outcomes if o.family == name]
        shares[name] = sum(getattr(o, what) for o in own) / sum(o.studies for o in own)
    return shares


def _coverage(outcomes: list[Outcome], what: str) -> tuple[float, float]:
    """Mean over all claims, and lowest of a family with at least FEWEST of them."""
    shares = []
    for name in dict.fromkeys(o.family for o in outcomes):
        own = [o for o in outcomes if o.family == name]
        if (claims := sum(o.claimed for o in own)) >= FEWEST:
            shares.append(sum(getattr(o, what) for o in own) / claims)
    claims = sum(o.claimed for o in outcomes)
    mean = sum(getattr(o, what) for o in outcomes) / claims if claims else math.nan
    return mean, min(shares, default=math.nan)


def _percent(share: float) -> str:
    return "-" if math.isnan(share) else f"{100 * share:.1f} %"


def section(folder: Path) -> str:
    """What the record of an earlier run in ``folder`` says, in Markdown; empty without one."""
    file = folder / RECORD
    if not file.exists():
        return ""
    record = json.loads(file.read_text("utf-8"))
    outcomes = [Outcome(**one) for one in record["outcomes"]]
    studies, of_a_family = sum(o.studies for o in outcomes), len(SHAPES) * outcomes[0].studies
    return "\n".join(
        [
            "## Runs of others: own seeds at each depth, missing runs, few somewhere",
            "",
            f"{studies:,} simulated studies in the designs that imported runs have; R = 3, 5, 10 runs a depth on the "
            f"average, D = 6, 9, {PATTERNS} patterns of runs each. Measured by `benchmarks/imported_designs.py` in "
            f"{record['minutes']:.0f} minutes. A depth with one run takes no part. Shares are over all R and D of a "
            f"family: of 5 % they are known to +- {196 * math.sqrt(0.05 * 0.95 / of_a_family):.1f} %.",
            "",
            table(outcomes),
            "",
        ]
    )


def main() -> None:
    """Measure every design and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=float, default=1.0, help="share of the studies to run (default: all)")
    parser.add_argument("--processes", type=int, default=2, help="worker processes (default: 2)")
    parser.add_argument("--out", type=Path, default=DOCS, help="folder to write to (default: docs)")
    arguments = parser.parse_args()
    started = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(arguments.processes) as pool:
        outcomes = pool.map(_measure, jobs(arguments.studies), chunksize=len(CHOSEN))
    record = {"minutes": (time.monotonic() - started) / 60, "outcomes": [asdict(one) for one in outcomes]}
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / RECORD).write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    print(section(arguments.out))


if __name__ == "__main__":
    # One thread a process: the small matrices of a study gain nothing from more.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
