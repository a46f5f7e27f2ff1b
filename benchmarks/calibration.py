"""How often the onset verdict is right: simulated studies of known truth, for every family, R and D.

Run ``python benchmarks/calibration.py`` (about a quarter of an hour on two cores); it writes
``docs/calibration.json``, ``docs/calibration.md`` and ``study/analysis/calibration_summary.json``, which reports show.
``--studies 0.1`` runs a tenth of the studies;
``--render`` runs none and writes ``calibration.md`` anew from ``calibration.json``.
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
from statistics import fmean
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import pruned_isolations, simulated_searches, small_searches  # noqa: E402
from benchmarks.imported_designs import section  # noqa: E402
from benchmarks.simulated_studies import CHANCE, FAMILIES, MARGIN, Family  # noqa: E402
from study.analysis.onset.find import PROCEDURE_VERSION, find_onset  # noqa: E402
from study.records import metrics as known  # noqa: E402

DOCS = ROOT / "docs"
METRICS = "metric-calibration.json"
REGRESSION = "regression-calibration.json"
THRESHOLDS = "thresholds.json"
LOOKS, RIVALS = "adaptive-looks.json", "adaptive-rivals.json"
REGRESSION_COUNTS = ("claimed", "mean_held", "difference_held")
SHORT = ROOT / "study" / "analysis" / "calibration_summary.json"
SHAPES = tuple((replicates, depths) for replicates in (3, 5, 10) for depths in (6, 9, 12))
# Every study with holes has a pattern of its own to simulate, half a second each: fewer studies, fewer shapes.
SHAPES_WITH_HOLES = ((3, 12), (5, 9), (10, 6))
STUDIES = {"silent": 800, "degradation": 400, "failing": 400, "overfitting": 300}
STUDIES_WITH_HOLES = 80
# A share of fewer studies or claims says too little to be the worst or the lowest.
FEWEST = 100


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
        return [o for o in pick(some, "overfitting") if o.claimed >= FEWEST]

    def coverage(some: list[Outcome], interval: str, of: Callable[[list[float]], float]) -> str:
        shares = [getattr(o, interval) / o.claimed for o in claims(some)]
        return _percent(of(shares)) if shares else "-"

    row("false onset, mean over silent families", lambda s: _percent(np.mean([false(o) for o in pick(s, "silent")])))
    row("false onset, worst silent family (all D together)", lambda s: _worst(pick(s, "silent")))
    row(
        "degradation called overfitting, worst family (all D together)",
        lambda s: _worst(pick(s, "degradation", "failing"), "overfitting"),
    )
    for interval, counted in (("guaranteed", "covered"), ("shown", "shown_covered")):
        row(f"coverage of the {interval} interval, mean", lambda s, c=counted: coverage(s, c, fmean))
        row(f"coverage of the {interval} interval, lowest", lambda s, c=counted: coverage(s, c, min))
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


def _pooled(outcomes: list[Outcome]) -> dict[tuple[str, int], list[Outcome]]:
    """The outcomes of each family and R, all numbers of depths together."""
    pools: dict[tuple[str, int], list[Outcome]] = {}
    for o in outcomes:
        pools.setdefault((o.family, o.replicates), []).append(o)
    return pools


def _studies(outcomes: list[Outcome]) -> int:
    return sum(o.studies for o in outcomes)


def _worst(outcomes: list[Outcome], what: str = "claimed") -> str:
    """Highest share over the families of one R that have enough studies; :func:`_left_out` names the others."""
    shares = [
        sum(o.claimed if what == "claimed" else o.kinds.get("overfitting", 0) for o in same) / _studies(same)
        for same in _pooled(outcomes).values()
        if _studies(same) >= FEWEST
    ]
    return _percent(max(shares)) if shares else "-"


def _left_out(outcomes: list[Outcome]) -> str:
    """Which families the rows of the worst family leave out, as a sentence."""
    pools = _pooled([o for o in outcomes if o.truth != "overfitting"])
    missing: dict[tuple[str, int], list[int]] = {}
    for (name, replicates), same in pools.items():
        if _studies(same) < FEWEST:
            missing.setdefault((name, _studies(same)), []).append(replicates)
    if not missing:
        return "The rows of the worst family leave out no family."
    if sum(map(len, missing.values())) == len(pools):
        return f"The rows of the worst family are empty: every family has fewer than {FEWEST} studies at each R."
    named = "; ".join(f"{name} ({n} at R = {', '.join(map(str, at))})" for (name, n), at in missing.items())
    return f"The rows of the worst family leave out families with fewer than {FEWEST} studies at an R: {named}."


def _precision(outcomes: list[Outcome]) -> str:
    """How precisely a share of 5 % is known, for every number of studies that there is, as a sentence."""

    def known(counts: set[int]) -> str:
        return ", ".join(f"+- {196 * math.sqrt(0.05 * 0.95 / n):.1f} % over {n:,}" for n in sorted(counts)[::-1])

    cells = known({o.studies for o in outcomes})
    together = known({_studies(same) for same in _pooled(outcomes).values() if len(same) > 1})
    return f"A share of 5 % is known to {cells} studies of one R and D, and to {together} studies of all D together."


def _percent(share: float | np.floating[Any]) -> str:
    return f"{100 * share:.1f} %"


def page(outcomes: list[Outcome], minutes: float | None, procedure: str = PROCEDURE_VERSION) -> str:
    """The table of operating characteristics in Markdown; ``minutes`` None: not known how long it took."""
    overfitting = [o for o in outcomes if o.truth == "overfitting"]
    enough = sum(o.claimed >= FEWEST for o in overfitting)
    measured = {one.family for one in outcomes}  # a family that came later is in no run of before
    share = _studies(outcomes) / sum(studies for family, *_, studies in jobs(1) if family in measured)
    took = "" if minutes is None else f" in {minutes:.0f} minutes"
    lines = [
        "# Calibration of the onset verdict",
        "",
        f"Simulated studies of known truth, procedure {procedure}, margin 2.5 sigma, alpha 5 %; "
        f"{_studies(outcomes):,} studies, {100 * share:.3g} % of a full run (`--studies {share:.2g}`). Written by "
        f"`benchmarks/calibration.py`{took}; the families are in `benchmarks/simulated_studies.py`.",
        "",
        f"{_precision(outcomes)} {_left_out(outcomes)} Coverage is the share of claims whose interval holds the true "
        f"onset; its rows are over the {enough} of {len(overfitting)} combinations of family, R and D with at least "
        f"{FEWEST} claims.",
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
        lines += ["", f"## {title}", "", f"| family | studies each | {' | '.join(shapes)} |"]
        lines.append("|---" * (len(shapes) + 2) + "|")
        for name in dict.fromkeys(o.family for o in outcomes if o.truth == truth):
            cells = {(o.replicates, o.depths): _cell(o, what) for o in outcomes if o.family == name}
            each = " or ".join(f"{n:,}" for n in sorted({o.studies for o in outcomes if o.family == name}))
            lines.append(f"| {name} | {each} | {' | '.join(cells.get(shape, '') for shape in SHAPES)} |")
    searches = [*simulated_searches.table(), *small_searches.table(), *pruned_isolations.table()]
    return "\n".join([*lines, *searches]) + "\n"


def _cell(outcome: Outcome, what: str) -> str:
    if what == "claimed":
        return _percent(outcome.claimed / outcome.studies)
    if what == "overfitting":
        return _percent(outcome.overfitting)
    covered = f"{100 * outcome.covered / outcome.claimed:.0f}" if outcome.claimed else "-"
    return f"{100 * outcome.overfitting:.0f} / {covered} / {100 * outcome.within_one / outcome.studies:.0f}"


def of_metrics(folder: Path) -> str:
    """The section on the metrics, from what ``benchmarks/simulated_metrics.py`` wrote; empty where it wrote nothing."""
    file = folder / METRICS
    if not file.exists():
        return ""
    record = json.loads(file.read_text(encoding="utf-8"))
    populations = record["populations"]
    lines = [
        "",
        "## Metrics",
        "",
        f"False onsets / 95 % intervals of a mean that hold the value on a million items, in % of {record['studies']} "
        f"studies each: {record['replicates']} replicates that test the same items, 6 networks equally good, so that "
        "every onset is false. A share of 5 % is known to +- 2.8 % over 250. Written by "
        f"`benchmarks/simulated_metrics.py` (`--seed {record['seed']}`). The calibration error keeps neither promise: "
        "its verdict is withheld. With 30 positive items, intervals of ROC AUC and balanced accuracy are too narrow, "
        "though no onset follows from that.",
        "",
        f"| metric | {' | '.join(populations)} |",
        "|---" * (len(populations) + 1) + "|",
    ]
    for name in dict.fromkeys(name for found in populations.values() for name in found):
        cells = [_metric_cell(found.get(name)) for found in populations.values()]
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _metric_cell(counts: dict[str, int] | None) -> str:
    if counts is None:
        return ""
    return _shares(counts, ("claimed", "held"))


def of_regression(folder: Path) -> str:
    """The section on regressions, from what ``benchmarks/simulated_errors.py`` wrote; empty where it wrote nothing."""
    file = folder / REGRESSION
    if not file.exists():
        return ""
    record = json.loads(file.read_text(encoding="utf-8"))
    outcomes = record["outcomes"]
    schemes = list(dict.fromkeys(one["scheme"] for one in outcomes))
    studies = min(one["studies"] for one in outcomes)
    head = [f"| noise of the target, rows | {' | '.join(schemes)} |", "|---" * (len(schemes) + 1) + "|"]
    by_place = {(one["metric"], one["noise"], one["items"], one["rise"], one["scheme"]): one for one in outcomes}

    def rows(metric: str, rise: float, counts: tuple[str, ...]) -> list[str]:
        places = dict.fromkeys(place[1:3] for place in by_place if place[0] == metric and place[3] == rise)
        return [
            f"| {noise}, {items:,} | "
            + " | ".join(_shares(by_place[metric, noise, items, rise, scheme], counts) for scheme in schemes)
            + " |"
            for noise, items in places
        ]

    lines = [
        "",
        "## Regressions",
        "",
        "Networks of 6 depths, equally good, whose errors are mostly the noise of the target itself. False onsets / "
        "95 % intervals of a mean / of a difference of two that hold the value on all items that there could be, "
        f"in % of {studies} studies each; a fifth of the rows is tested. A share of 5 % is known to +- "
        f"{196 * math.sqrt(0.05 * 0.95 / studies):.1f} %. Written by `{record['command']}`. No noise brings false "
        "onsets, because what is far out is far out at every depth. Intervals of the mean RMSE itself, and of R² less "
        "so, are too narrow where a few rows make most of it, above all with one small test part: `data check` notes "
        "such targets, and MAE is the metric for them.",
    ]
    for metric in dict.fromkeys(place[0] for place in by_place):
        lines += ["", f"{known.METRICS[metric].words}:", "", *head, *rows(metric, 0.0, REGRESSION_COUNTS)]
    for metric, rise in dict.fromkeys((place[0], place[3]) for place in by_place if place[3]):
        lines += [
            "",
            f"A rise of {known.METRICS[metric].words} by a tenth, from {record['level']} to "
            f"{record['level'] + rise:g}, is found in so many %:",
            "",
            *head,
            *rows(metric, rise, ("claimed",)),
        ]
    return "\n".join(lines) + "\n"


_LOOKS_HEADS = (
    "design",
    "settled",
    "saved against the most",
    "fixed design of equal answers",
    "saved against that",
    "false onset",
    "degradation called overfitting",
    "guaranteed interval covers",
    "shown interval covers",
    "95 % intervals of means",
)


def of_looks(folder: Path) -> str:
    """The section on looks, from what ``benchmarks/adaptive_looks.py`` wrote; empty where it wrote nothing."""
    file = folder / LOOKS
    if not file.exists():
        return ""
    record = json.loads(file.read_text(encoding="utf-8"))
    depths = " and ".join(map(str, record["depths"]))
    lines = [
        "",
        "## Replicates that are decided as a study goes",
        "",
        f"{len(record['families'])} of the families above, D = {depths}, {record['studies']} studies each (a sixth of "
        f"them where runs are missing or diverge one by one), {record['simulations']:,} simulations of each critical "
        "value, seeds apart from those of tuning. Saved are runs against the fixed design of "
        f"{record['fixed_most']} replicates, and against the fixed design that settles as many studies over all "
        "families (between two that were measured, interpolated). Settled: nothing can decide any more. Means and the "
        "worst family of 30 studies or more. Written by "
        f"`{record['command']}` in {record['minutes']:.0f} minutes; the same file holds every family.",
        "",
        *_looks_table(record),
    ]
    if (rivals := folder / RIVALS).exists():
        record = json.loads(rivals.read_text(encoding="utf-8"))
        lines += [
            "",
            f"Other kinds of looks beside it, on {record['studies']} studies of each of {len(record['families'])} of "
            "these families: racing, which drops what is "
            "significantly worse after each replicate, as irace does, and bounds that hold whenever one looks. "
            f"Written by `{record['command']}` in {record['minutes']:.0f} minutes.",
            "",
            *_looks_table(record),
        ]
    return "\n".join(lines) + "\n"


def _looks_table(record: dict[str, Any]) -> list[str]:
    """A row a design."""
    lines = [f"| {' | '.join(_LOOKS_HEADS)} |", "|---" * len(_LOOKS_HEADS) + "|"]
    for name, one in record["summary"].items():
        saved, equal = (_of_families(one[f"saved_against_{against}"]) for against in ("most", "equal"))
        cells = [
            name,
            _percent(one["settled"]),
            saved,
            f"{one['fixed_of_equal_answers']:.1f} replicates",
            equal,
            _of_families(one["false_onset"]),
            _of_families(one["degradation_called_overfitting"]),
            f"{_percent(one['coverage_guaranteed']['all'])} of {one['claims']:,} claims",
            _percent(one["coverage_shown"]["all"]),
            _percent(one["coverage_of_means"]["mean"]),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _of_families(spread: dict[str, Any]) -> str:
    return f"{_percent(spread['mean'])}, worst {_percent(spread['worst'])} ({spread['family']})"


def of_thresholds(folder: Path) -> str:
    """The section on decision thresholds, from what ``benchmarks/simulated_thresholds.py`` wrote; empty without it."""
    file = folder / THRESHOLDS
    if not file.exists():
        return ""
    record = json.loads(file.read_text(encoding="utf-8"))
    rules = list(next(iter(next(iter(record["metrics"].values())).values())))
    lines = [
        "",
        "## Decision thresholds",
        "",
        f"A threshold chosen on so many validation items, in {record['worlds']} worlds where the best one is known "
        f"({record['draws']} draws each): how far the metric is below that of the best threshold in the mean / in how "
        "many % of the draws an even threshold is better by half a point or more / the most that it loses against an "
        "even one in the mean of a world; all in points. Taken is the best on validation if it gains more than two "
        f"standard errors there. Written by `benchmarks/simulated_thresholds.py` (`--seed {record['seed']}`; the rule "
        "was chosen on another seed).",
        "",
        f"| metric, validation items | {' | '.join(rules)} |",
        "|---" * (len(rules) + 1) + "|",
    ]
    for name, sizes in record["metrics"].items():
        for items, found in sizes.items():
            cells = [" / ".join(f"{100 * value:.1f}" for value in _threshold_values(found[rule])) for rule in rules]
            lines.append(f"| `{name}`, {int(items):,} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _threshold_values(found: dict[str, float]) -> tuple[float, ...]:
    names = ("mean loss against the best", "worse than even by 0.005", "worst world's loss against even")
    return tuple(found[name] for name in names)


def _shares(counts: dict[str, Any], names: tuple[str, ...]) -> str:
    return " / ".join(f"{100 * counts[name] / counts['studies']:.1f}" for name in names)


def render(folder: Path) -> str:
    """Write ``calibration.md`` from the ``calibration.json`` of an earlier run in ``folder``; returns the text."""
    record = json.loads((folder / "calibration.json").read_text(encoding="utf-8"))
    outcomes = [Outcome(**outcome) for outcome in record["outcomes"]]
    text = (
        "\n".join(
            [page(outcomes, record.get("minutes"), record["procedure_version"]), *filter(None, [section(folder)])]
        )
        + of_metrics(folder)
        + of_regression(folder)
        + of_looks(folder)
        + of_thresholds(folder)
    )
    (folder / "calibration.md").write_text(text, encoding="utf-8")
    short = {"procedure": record["procedure_version"], "studies": _studies(outcomes), "rows": summary(outcomes)}
    (folder / SHORT.name if folder != DOCS else SHORT).write_text(json.dumps(short, indent=1) + "\n", encoding="utf-8")
    return text


def main() -> None:
    """Measure every family and write the two files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=float, default=1.0, help="share of the studies to run (default: all)")
    parser.add_argument("--processes", type=int, default=2, help="worker processes (default: 2)")
    parser.add_argument("--out", type=Path, default=DOCS, help="folder to write to (default: docs)")
    parser.add_argument("--render", action="store_true", help="measure nothing, write calibration.md from the JSON")
    arguments = parser.parse_args()
    if arguments.render:
        print(render(arguments.out))
        return
    started = time.monotonic()
    todo = sorted(jobs(arguments.studies), key=lambda job: -job[1] * job[2])
    with multiprocessing.get_context("spawn").Pool(arguments.processes) as pool:
        found = {
            (o.family, o.replicates, o.depths): o for o in pool.imap_unordered(_measure_by_name, todo, chunksize=1)
        }
    outcomes = [found[name, replicates, depths] for name, replicates, depths, _ in jobs(arguments.studies)]
    arguments.out.mkdir(parents=True, exist_ok=True)
    record = {
        "procedure_version": PROCEDURE_VERSION,
        "minutes": (time.monotonic() - started) / 60,
        "outcomes": [asdict(outcome) for outcome in outcomes],
    }
    (arguments.out / "calibration.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(render(arguments.out))


if __name__ == "__main__":
    # One thread a process: the small matrices of a study gain nothing from more.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
