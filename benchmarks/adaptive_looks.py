"""What looks between replicates save, and what they cost: adaptive and fixed designs on the same simulated studies.

A design looks at the verdict after so many replicates, and runs again what can still decide. Each is measured on every
family of ``benchmarks/simulated_studies.py`` beside fixed designs, which run all replicates first: runs, studies that
are settled in the end, false onsets, and intervals that hold the truth.

    python benchmarks/adaptive_looks.py --tune             # candidate designs, on seeds of their own
    python benchmarks/adaptive_looks.py --rivals           # racing and anytime-valid bounds beside the one shipped
    python benchmarks/adaptive_looks.py                    # the design that is shipped; writes docs/adaptive-looks.json
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.simulated_studies import CHANCE, FAMILIES, MARGIN, Family, Study  # noqa: E402
from study.analysis.onset import critical_values  # noqa: E402
from study.analysis.onset.find import PROCEDURE_VERSION, OnsetVerdict, find_onset  # noqa: E402
from study.analysis.t_intervals import t_interval  # noqa: E402
from study.design.look_schedule import look_replicates, look_share  # noqa: E402

OUT = ROOT / "docs" / "adaptive-looks.json"
TUNING_SEED, REPORTED_SEED = 101, 202
DEPTHS = (6, 9)
FIXED = (3, 5, 7, 10, 14, 20)
APART = 4  # families are measured so far apart: what is cut off has measured some of every kind
FEWEST = 30  # studies, or claims, of a family: a share of fewer says too little to be its worst
HOLES = 6  # times fewer studies of families with holes: each has a pattern of its own, which takes seconds to simulate


@dataclass(frozen=True)
class Design:
    """Looks after so many ``replicates``, each with its share of alpha; ``narrow``: only what can decide goes on."""

    name: str
    replicates: tuple[int, ...]
    shares: tuple[float, ...]
    narrow: bool = True


def even(name: str, replicates: tuple[int, ...], share: float, *, narrow: bool = True) -> Design:
    """A design whose looks all have the same share."""
    return Design(name, replicates, (share,) * len(replicates), narrow)


CANDIDATES = (
    even("looks at 3 5 7 10 14 20, alpha / 6 each", (3, 5, 7, 10, 14, 20), 1 / 6),
    even("looks at 3 5 7 10 14 20, alpha * 0.28 each", (3, 5, 7, 10, 14, 20), 0.28),
    even("looks at 3 5 7 10 14 20, alpha * 0.28 each, all depths", (3, 5, 7, 10, 14, 20), 0.28, narrow=False),
    even("looks at 3 5 7 10 14 20, alpha * 0.4 each", (3, 5, 7, 10, 14, 20), 0.4),
    even("looks at 3 5 8 12 20, alpha * 0.32 each", (3, 5, 8, 12, 20), 0.32),
    Design("looks at 3 5 8 12 20, shares growing", (3, 5, 8, 12, 20), (0.15, 0.25, 0.35, 0.4, 0.5)),
)


SHIPPED = (
    even("looks at 3 5 7 10 14 20", look_replicates(20), look_share(6)),
    even("whole repeats of 5 folds, looks at 5 10 15 20", look_replicates(20, 5), look_share(4)),
)
"""What studies do by default, and where replicates come in repeats of folds."""


def mixture_share(replicates: int, alpha: float = 0.05, tightest: int = 10) -> float:
    """The share of ``alpha`` of a one-sided bound that holds at all numbers of replicates at once.

    Robbins' normal mixture (Annals of Mathematical Statistics 41, 1970), two-sided at twice alpha, with the weight that
    makes it tightest at one number of replicates (Howard and others, Annals of Statistics 49, 2021).
    """
    level = -2 * math.log(2 * alpha)
    weight = tightest / (level + math.log(1 + level))
    bound = math.sqrt((1 + weight / replicates) * (math.log1p(replicates / weight) + level))
    return float(norm.sf(bound)) / alpha


RIVALS = (
    even("racing: a look at each replicate from 5 on, alpha each", tuple(range(5, 21)), 1.0),
    Design(
        "anytime-valid: a look at each replicate from 3 on",
        tuple(range(3, 21)),
        tuple(mixture_share(replicates) for replicates in range(3, 21)),
    ),
)
"""What else one might do: drop what is significantly worse after each replicate, as irace does (López-Ibáñez and
others, Operations Research Perspectives 3, 2016), or bounds that hold whenever one looks."""


@dataclass
class Tally:
    """Counts over studies of one family and D: see :class:`benchmarks.calibration.Outcome`.

    ``runs`` is the sum of all runs, ``settled`` the studies in which nothing can decide any more, ``ended`` after which
    number of replicates they ended.
    """

    studies: int = 0
    runs: int = 0
    settled: int = 0
    claimed: int = 0
    overfitting: int = 0
    covered: int = 0
    shown_covered: int = 0
    within_one: int = 0
    means: int = 0
    means_held: int = 0
    ended: dict[int, int] = field(default_factory=dict)

    def add(self, verdict: OnsetVerdict, study: Study, present: NDArray[Any], truth: NDArray[Any], ended: int) -> None:
        """Count a study that ended with ``verdict`` after the runs ``present`` (R, D)."""
        self.studies += 1
        self.runs += int(present.sum())
        self.ended[ended] = self.ended.get(ended, 0) + 1
        self.settled += not verdict.open_depths
        self.overfitting += verdict.kind == "overfitting"
        self._add_means(np.where(present, study.test, np.nan), truth)
        if verdict.onset is None or verdict.interval is None or verdict.guaranteed_interval is None:
            return
        self.claimed += 1
        if study.onset is not None:
            self.covered += verdict.guaranteed_interval[0] <= study.onset <= verdict.guaranteed_interval[1]
            self.shown_covered += verdict.interval[0] <= study.onset <= verdict.interval[1]
            self.within_one += abs(verdict.onset - study.onset) <= 1

    def _add_means(self, test: NDArray[Any], truth: NDArray[Any]) -> None:
        """Count the 95 % intervals of depth means that hold the ``truth`` (D,)."""
        for column, value in zip(test.T, truth, strict=True):
            interval = t_interval(column)
            if interval.low is not None and interval.high is not None and np.isfinite(value):
                self.means += 1
                self.means_held += bool(interval.low <= value <= interval.high)


Found = dict[str, dict[int, dict[str, Tally]]]  # by family, D and design


def judge(study: Study, present: NDArray[Any], share: float) -> OnsetVerdict:
    """The verdict on the runs ``present`` (R, D) of a study."""
    train, test = (np.where(present, values, np.nan) for values in (study.train, study.test))
    return find_onset(range(present.shape[1]), train, test, margin=MARGIN, chance=CHANCE, share=share)


def follow(study: Study, design: Design) -> tuple[OnsetVerdict, NDArray[Any], int]:
    """Run a study by a design: its last verdict, which runs it took (R, D), and the replicates of the last look."""
    there = np.isfinite(study.test) | np.isfinite(study.train)
    asked = np.zeros(study.test.shape, bool)
    going_on, before = list(range(study.test.shape[1])), 0
    for replicates, share in zip(design.replicates, design.shares, strict=True):
        asked[before:replicates, going_on] = True
        before = replicates
        verdict = judge(study, asked & there, share)
        if not verdict.open_depths:
            break
        if design.narrow:
            going_on = [int(depth) for depth in verdict.open_depths]
    return verdict, asked & there, replicates


def measure(family: Family, depths: int, studies: int, designs: Sequence[Design], seed: int) -> dict[str, Tally]:
    """What becomes of ``studies`` studies of a family under each design and under the fixed ones; fewer with holes."""
    rng = np.random.default_rng([seed, depths, *family.name.encode()])
    tallies = {name: Tally() for name in (*(design.name for design in designs), *map(fixed_name, FIXED))}
    most = max(*FIXED, *(design.replicates[-1] for design in designs))
    truth = true_means(family, depths)
    for _ in range(studies if not (family.holes or family.diverged) else max(studies // HOLES, 1)):
        study = family.draw(rng, most, depths)
        there = np.isfinite(study.test) | np.isfinite(study.train)
        for design in designs:
            verdict, present, ended = follow(study, design)
            tallies[design.name].add(verdict, study, present, truth, ended)
        for replicates in FIXED:
            present = there & (np.arange(most) < replicates)[:, None]
            tallies[fixed_name(replicates)].add(judge(study, present, 1.0), study, present, truth, replicates)
    return tallies


def fixed_name(replicates: int) -> str:
    """What a fixed design is called."""
    return f"fixed, {replicates}"


def true_means(family: Family, depths: int) -> NDArray[Any]:
    """What test accuracy comes to at each depth (D,), over 4,000 replicates; NaN where runs fail or are missing."""
    if family.holes or family.diverged or family.all_diverge_from <= 1:
        return np.full(depths, np.nan)
    return family.draw(np.random.default_rng([0, depths, *family.name.encode()]), 4000, depths).test.mean(axis=0)


def pooled(found: Found, family: str, design: str) -> Tally:
    """What a design came to in a family, all D together."""
    total = Tally()
    for tallies in found[family].values():
        one = tallies[design]
        for name, value in asdict(one).items():
            if name != "ended":
                setattr(total, name, getattr(total, name) + value)
        for replicates, times in one.ended.items():
            total.ended[replicates] = total.ended.get(replicates, 0) + times
    return total


def summary(found: Found, design: str) -> dict[str, Any]:
    """The promises of one design, as shares; runs saved against fixed designs of equal answers, and of the most."""
    by_family = {family.name: pooled(found, family.name, design) for family in FAMILIES if family.name in found}
    truths = {family.name: family.truth for family in FAMILIES}

    def of(truth: str, figure: Callable[[Tally], float]) -> dict[str, float]:
        enough = {name: one for name, one in by_family.items() if one.studies >= FEWEST}
        return {name: figure(one) for name, one in enough.items() if truths[name] == truth}

    false = of("silent", lambda one: one.claimed / one.studies)
    blamed = {
        **of("degradation", lambda one: one.overfitting / one.studies),
        **of("failing", lambda one: one.overfitting / one.studies),
    }
    fallen = [one for name, one in by_family.items() if truths[name] == "overfitting"]
    claims = {name: one for name, one in by_family.items() if truths[name] == "overfitting" and one.claimed >= FEWEST}
    covered = {name: one.covered / one.claimed for name, one in claims.items()}
    shown = {name: one.shown_covered / one.claimed for name, one in claims.items()}
    held = {name: one.means_held / one.means for name, one in by_family.items() if one.means}
    equal = equal_fixed(found, design)
    saved = {
        replicates: {
            name: 1 - one.runs / (runs_of(found, name) * replicates / FIXED[-1]) for name, one in by_family.items()
        }
        for replicates in (equal, float(FIXED[-1]))
    }
    return {
        "settled": fmean(one.settled / one.studies for one in by_family.values()),
        "found": spread(of("overfitting", lambda one: one.claimed / one.studies), min),
        "within_one": spread(of("overfitting", lambda one: one.within_one / one.studies), min),
        "false_onset": spread(false, max),
        "degradation_called_overfitting": spread(blamed, max),
        "claims": sum(one.claimed for one in fallen),
        "coverage_guaranteed": {
            "all": sum(one.covered for one in fallen) / max(sum(one.claimed for one in fallen), 1),
            **spread(covered, min),
        },
        "coverage_shown": {
            "all": sum(one.shown_covered for one in fallen) / max(sum(one.claimed for one in fallen), 1),
            **spread(shown, min),
        },
        "silent_studies": sum(one.studies for name, one in by_family.items() if truths[name] == "silent"),
        "coverage_of_means": spread(held, min),
        "fixed_of_equal_answers": equal,
        "saved_against_equal": spread(saved[equal], min),
        "saved_against_most": spread(saved[float(FIXED[-1])], min),
    }


def summaries(found: Found) -> dict[str, Any]:
    """The summary of every design."""
    designs = next(iter(next(iter(found.values())).values()))
    return {name: summary(found, name) for name in designs}


def spread(values: dict[str, float], worst: Callable[..., str]) -> dict[str, Any]:
    """Mean, worst value and whose it is."""
    if not values:
        return {"mean": None, "worst": None, "family": None}
    name = worst(values, key=values.__getitem__)
    return {"mean": fmean(values.values()), "worst": values[name], "family": name}


def equal_fixed(found: Found, design: str) -> float:
    """The replicates of a fixed design that settles as many studies over all families; interpolated, at most all."""

    def settled(name: str) -> float:
        tallies = [pooled(found, family, name) for family in found]
        return fmean(one.settled / one.studies for one in tallies)

    return float(np.interp(settled(design), [settled(fixed_name(one)) for one in FIXED], FIXED))


def runs_of(found: Found, family: str) -> int:
    """The runs that the largest fixed design took in a family."""
    return pooled(found, family, fixed_name(FIXED[-1])).runs


def main() -> None:
    """Measure every family and write what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tune", action="store_true", help="candidate designs, on the seeds of tuning")
    parser.add_argument("--rivals", action="store_true", help="other kinds of designs beside the one shipped")
    parser.add_argument("--studies", type=int, default=100, help="studies of each family and D (default: 100)")
    parser.add_argument("--depths", type=int, nargs="+", default=list(DEPTHS), help="numbers of depths D")
    parser.add_argument("--simulations", type=int, help="simulations of each critical value (default: the program's)")
    parser.add_argument("--families", nargs="+", help="names of families (default: all)")
    parser.add_argument(
        "--out", type=Path, help="file to write (default: docs/adaptive-looks.json; nothing with --tune and --rivals)"
    )
    parser.add_argument("--again", action="store_true", help="measure nothing, sum up the file anew")
    arguments = parser.parse_args()
    if arguments.again:
        file = arguments.out or OUT
        record = json.loads(file.read_text(encoding="utf-8"))
        found = {
            family: {
                int(depths): {name: Tally(**one) for name, one in tallies.items()} for depths, tallies in by.items()
            }
            for family, by in record["families"].items()
        }
        file.write_text(json.dumps(record | {"summary": summaries(found)}, indent=1) + "\n", encoding="utf-8")
        return
    if arguments.simulations:
        critical_values.SIMULATIONS = arguments.simulations
    designs = CANDIDATES if arguments.tune else (SHIPPED[0], *RIVALS) if arguments.rivals else SHIPPED
    seed = TUNING_SEED if arguments.tune else REPORTED_SEED
    started = time.monotonic()
    found = {}
    out = arguments.out or (None if arguments.tune or arguments.rivals else OUT)
    for family in sorted(FAMILIES, key=lambda one: FAMILIES.index(one) % APART):
        if arguments.families and family.name not in arguments.families:
            continue
        found[family.name] = {
            depths: measure(family, depths, arguments.studies, designs, seed) for depths in arguments.depths
        }
        print(f"{time.monotonic() - started:6.0f} s  {family.name}", file=sys.stderr, flush=True)
        record = {
            "command": f"python benchmarks/adaptive_looks.py {' '.join(sys.argv[1:])}".strip(),
            "procedure_version": PROCEDURE_VERSION,
            "seed": seed,
            "studies": arguments.studies,
            "depths": arguments.depths,
            "simulations": critical_values.SIMULATIONS,
            "fixed_most": FIXED[-1],
            "minutes": (time.monotonic() - started) / 60,
            "designs": [asdict(design) for design in designs],
            "summary": summaries(found),
            "families": {
                name: {depths: {name: asdict(one) for name, one in tallies.items()} for depths, tallies in by.items()}
                for name, by in found.items()
            },
        }
        if out is not None:  # after each family: a measurement of hours that is cut off has measured something
            out.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(record["summary"], indent=1))


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
