"""How often the onset verdict is right: simulated studies of known truth, for every family, R and D.

Run ``python benchmarks/calibration.py`` (about a quarter of an hour on two cores); it writes
``docs/calibration.json`` and ``docs/calibration.md``. ``--studies 0.1`` runs a tenth of the studies.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.simulated_studies import CHANCE, FAMILIES, MARGIN, Family  # noqa: E402
from study.analysis.onset import PROCEDURE_VERSION, find_onset  # noqa: E402

SHAPES = tuple((replicates, depths) for replicates in (3, 5, 10) for depths in (6, 9, 12))
# Every study with holes has a pattern of its own to simulate, half a second each: fewer studies, fewer shapes.
SHAPES_WITH_HOLES = ((3, 12), (5, 9), (10, 6))
STUDIES = {"silent": 800, "degradation": 400, "failing": 400, "overfitting": 300}
STUDIES_WITH_HOLES = 80


@dataclass(frozen=True)
class Outcome:
    """Counts over ``studies`` of one family with R ``replicates`` and D ``depths``.

    ``claimed``: a fall was claimed that is not put down to training. ``covered`` and ``shown_covered``: the
    guaranteed and the shown interval of a claim hold the true onset; ``within_one``: the onset is at most one depth
    off.
    """

    family: str
    truth: str
    replicates: int
    depths: int
    studies: int
    kinds: dict[str, int]
    claimed: int
    covered: int
    shown_covered: int
    within_one: int

    @property
    def overfitting(self) -> float:
        """Share of the studies that are called overfitting."""
        return self.kinds.get("overfitting", 0) / self.studies


def measure(family: Family, replicates: int, depths: int, studies: int, seed: int = 0) -> Outcome:
    """Judge ``studies`` studies of ``family``; the same ``seed`` gives the same studies."""
    rng = np.random.default_rng([seed, replicates, depths, *family.name.encode()])
    kinds: dict[str, int] = {}
    claimed = covered = shown = within = 0
    for _ in range(studies):
        study = family.draw(rng, replicates, depths)
        verdict = find_onset(range(depths), study.train, study.test, margin=MARGIN, chance=CHANCE)
        kinds[verdict.kind] = kinds.get(verdict.kind, 0) + 1
        if verdict.onset is None or verdict.interval is None or verdict.guaranteed_interval is None:
            continue
        claimed += 1
        if study.onset is not None:
            covered += verdict.guaranteed_interval[0] <= study.onset <= verdict.guaranteed_interval[1]
            shown += verdict.interval[0] <= study.onset <= verdict.interval[1]
            within += abs(verdict.onset - study.onset) <= 1
    return Outcome(family.name, family.truth, replicates, depths, studies, kinds, claimed, covered, shown, within)


def jobs(share: float) -> list[tuple[str, int, int, int]]:
    """Family name, R, D and number of studies of everything to measure."""
    listed = []
    for family in FAMILIES:
        holes = family.holes > 0 or family.diverged > 0
        studies = STUDIES_WITH_HOLES if holes else STUDIES[family.truth]
        for replicates, depths in SHAPES_WITH_HOLES if holes else SHAPES:
            listed.append((family.name, replicates, depths, math.ceil(share * studies)))
    return listed


def _measure_by_name(job: tuple[str, int, int, int]) -> Outcome:
    name, *rest = job
    return measure(next(family for family in FAMILIES if family.name == name), *rest)


def summary(outcomes: list[Outcome]) -> list[tuple[str, dict[int, str]]]:
    """The promises, one a row, with the figure for each R."""
    rows: list[tuple[str, dict[int, str]]] = []

    def row(title: str, figure: object) -> None:
        assert callable(figure)
        rows.append((title, {r: figure([o for o in outcomes if o.replicates == r]) for r in (3, 5, 10)}))

    def false(o: Outcome) -> float:
        return o.claimed / o.studies

    def pick(some: list[Outcome], *truths: str) -> list[Outcome]:
        return [o for o in some if o.truth in truths]

    def named(some: list[Outcome], name: str, figure: str = "found") -> str:
        parts = []
        for o in sorted((o for o in some if o.family == name), key=lambda o: o.depths):
            parts.append(_percent(o.overfitting if figure == "found" else o.within_one / o.studies))
        return " / ".join(parts)

    def claims(some: list[Outcome]) -> list[Outcome]:
        return [o for o in pick(some, "overfitting") if o.claimed >= 100]

    row("false onset, mean over silent families", lambda s: _percent(np.mean([false(o) for o in pick(s, "silent")])))
    row("false onset, worst silent family (all D together)", lambda s: _percent(_worst(pick(s, "silent"))))
    row(
        "degradation called overfitting, worst family (all D together)",
        lambda s: _percent(_worst(pick(s, "degradation", "failing"), "overfitting")),
    )
    row(
        "coverage of the guaranteed interval, mean",
        lambda s: _percent(np.mean([o.covered / o.claimed for o in claims(s)])),
    )
    row(
        "coverage of the guaranteed interval, lowest", lambda s: _percent(min(o.covered / o.claimed for o in claims(s)))
    )
    row(
        "coverage of the shown interval, mean",
        lambda s: _percent(np.mean([o.shown_covered / o.claimed for o in claims(s)])),
    )
    row(
        "coverage of the shown interval, lowest",
        lambda s: _percent(min(o.shown_covered / o.claimed for o in claims(s))),
    )
    for slope in ("0.25", "0.5", "1.0", "2.5"):
        row(f"found, s = {slope}, D = 6 / 9 / 12", lambda s, n=slope: named(s, f"overfitting, s = {n}"))
        row(
            f"onset within one step, s = {slope}, D = 6 / 9 / 12",
            lambda s, n=slope: named(s, f"overfitting, s = {n}", "within"),
        )
    for end in ("training fails", "all diverge"):
        row(
            f"overfitting (s = 1) found before {end}, D = 6 / 9 / 12",
            lambda s, e=end: named(s, f"overfitting, s = 1, then {e}"),
        )
    return rows


def _worst(outcomes: list[Outcome], what: str = "claimed") -> float:
    """Highest share over families, all numbers of depths taken together."""
    shares = []
    for name in {o.family for o in outcomes}:
        same = [o for o in outcomes if o.family == name and o.studies >= 100]
        count = sum(o.claimed if what == "claimed" else o.kinds.get("overfitting", 0) for o in same)
        shares.append(count / max(sum(o.studies for o in same), 1))
    return max(shares)


def _percent(share: float | np.floating[Any]) -> str:
    return f"{100 * share:.1f} %"


def page(outcomes: list[Outcome], minutes: float) -> str:
    """The table of operating characteristics in Markdown."""
    lines = [
        "# Calibration of the onset verdict",
        "",
        f"Simulated studies of known truth, procedure {PROCEDURE_VERSION}, margin 2.5 sigma, alpha 5 %; "
        f"{sum(o.studies for o in outcomes):,} studies. Written by `benchmarks/calibration.py` in {minutes:.0f} "
        "minutes; the families are in `benchmarks/simulated_studies.py`. A share of 5 % is known to +- 1.5 % over 800 "
        "studies and to +- 0.9 % over 2,400. Coverage is the share of claims whose interval holds the true onset, for "
        "families with at least 100 claims.",
        "",
        "| | R = 3 | R = 5 | R = 10 |",
        "|---|---|---|---|",
    ]
    lines += [f"| {title} | {figures[3]} | {figures[5]} | {figures[10]} |" for title, figures in summary(outcomes)]
    shapes = [f"{r} x {d}" for r, d in SHAPES]
    for truth, title, what in (
        ("silent", "Families without a fall: share with a false onset (R x D)", "claimed"),
        ("degradation", "Training and test fall together: share called overfitting (R x D)", "overfitting"),
        ("failing", "Flat, then training fails: share called overfitting (R x D)", "overfitting"),
        (
            "overfitting",
            "Overfitting: found / covered by the guaranteed interval / onset within one step, in % (R x D)",
            "all",
        ),
    ):
        lines += ["", f"## {title}", "", f"| family | {' | '.join(shapes)} |", "|---" * (len(shapes) + 1) + "|"]
        for name in dict.fromkeys(o.family for o in outcomes if o.truth == truth):
            cells = {(o.replicates, o.depths): _cell(o, what) for o in outcomes if o.family == name}
            lines.append(f"| {name} | {' | '.join(cells.get(shape, '') for shape in SHAPES)} |")
    return "\n".join(lines) + "\n"


def _cell(outcome: Outcome, what: str) -> str:
    if what == "claimed":
        return _percent(outcome.claimed / outcome.studies)
    if what == "overfitting":
        return _percent(outcome.overfitting)
    covered = f"{100 * outcome.covered / outcome.claimed:.0f}" if outcome.claimed else "-"
    return f"{100 * outcome.overfitting:.0f} / {covered} / {100 * outcome.within_one / outcome.studies:.0f}"


def main() -> None:
    """Measure every family and write the two files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=float, default=1.0, help="share of the studies to run (default: all)")
    parser.add_argument("--processes", type=int, default=2, help="worker processes (default: 2)")
    parser.add_argument("--out", type=Path, default=ROOT / "docs", help="folder to write to (default: docs)")
    arguments = parser.parse_args()
    started = time.monotonic()
    todo = sorted(jobs(arguments.studies), key=lambda job: -job[1] * job[2])
    with multiprocessing.get_context("spawn").Pool(arguments.processes) as pool:
        found = {
            (o.family, o.replicates, o.depths): o for o in pool.imap_unordered(_measure_by_name, todo, chunksize=1)
        }
    outcomes = [found[name, replicates, depths] for name, replicates, depths, _ in jobs(arguments.studies)]
    arguments.out.mkdir(parents=True, exist_ok=True)
    record = {"procedure_version": PROCEDURE_VERSION, "outcomes": [asdict(outcome) for outcome in outcomes]}
    (arguments.out / "calibration.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    text = page(outcomes, (time.monotonic() - started) / 60)
    (arguments.out / "calibration.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    # One thread a process: the small matrices of a study gain nothing from more.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
