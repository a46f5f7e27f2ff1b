"""Values that stand in several places of a page, the terminal and ``verdict.json``: the same everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from reports.figures.candidates import PickData
from reports.figures.classes import ClassesData
from reports.figures.confusion import ConfusionData
from reports.figures.history import HistoryData
from reports.figures.parallel import ParallelData
from reports.figures.reliability import ReliabilityData
from reports.figures.sweep import SweepData
from reports.figures.tried_drawing import SearchData
from tests.across.counted_tables import names
from tests.across.recount import Recount
from tests.across.said_on_pages import Walk

QUANTITIES = {"train, %": "train", "validation, %": "validation", "test, %": "test", "gap, points": "gap"}
NOTHING = "–"

Row = dict[str, str]


def check_tables(walk: Walk, study: Recount) -> list[str]:
    """Accuracies and gaps in tables that are not those of ``verdict.json`` at the precision they are printed with."""
    wrong, compared = [], 0
    for tabled in walk.tables:
        titles = [column.title for column in tabled.table.columns]
        if "n" not in titles or "epoch" in titles or "class" in titles or "arm" in titles:
            continue
        for cells in tabled.table.rows:
            row = dict(zip(titles, cells, strict=True))
            _, panel = walk.locate(row.get("setting", ""), study)
            points = _points(study, panel or tabled.panel, row)
            for title in QUANTITIES.keys() & row.keys() if points else ():
                compared += 1
                if not any(is_printed(row[title], point[QUANTITIES[title]]) for point in points):
                    wrong.append(f"{tabled.where}: {title} {row[title]!r} of {row} in {tabled.table.caption!r}")
    if study.panels and not compared:
        wrong.append("no accuracy was compared")
    return wrong


def _points(study: Recount, panel: str | None, row: Row) -> list[dict[str, Any]]:
    if panel not in study.panels:
        return []
    found, place = study.panels[panel], {"network", "hidden layers", "units a layer", "candidate"} & row.keys()
    named = [p for p in study.points(panel) if names(found, p) & {row[key] for key in place}]
    alone = [p for p in study.points(panel) if p["architecture"] == row.get("architecture")]
    return named or ([] if place else alone)


def is_printed(text: str, interval: dict[str, Any]) -> bool:
    """Whether ``84.1 ± 0.9`` is an interval in percent, rounded to the digits that are there."""
    if interval["mean"] is None:
        return text.split(" ")[0] == NOTHING
    numbers = re.findall(r"[\d,]+(?:\.\d+)?", text.replace("−", "-"))
    wanted = [abs(100 * interval["mean"])]
    if interval["n"] >= 3:
        wanted.append(100 * (interval["high"] - interval["low"]) / 2)
    if len(numbers) != len(wanted) or (interval["mean"] < 0) != text.startswith("−"):
        return False
    return all(_rounded(one, exact) for one, exact in zip(numbers, wanted, strict=True))


def _rounded(text: str, exact: float) -> bool:
    digits = len(text.partition(".")[2])
    return abs(float(text.replace(",", "")) - exact) <= 0.5 * 10**-digits + 1e-9


def check_drawings(walk: Walk, study: Recount) -> list[str]:
    """Drawn data that are not those of ``verdict.json``, or for trials of searches not those of the proposals."""
    return [
        f"{about} {type(data).__name__}: {what} is drawn as {drawn}, not as {is_}"
        for about, data in walk.drawn
        for what, drawn, is_ in _drawn(walk, study, about, data)
        if drawn != is_
    ]


Pair = tuple[str, Any, Any]


def _drawn(walk: Walk, study: Recount, about: str, data: Any) -> Iterator[Pair]:
    _, panel = walk.locate(about, study)
    if isinstance(data, SweepData):
        yield from _sweep(study, data)
    elif isinstance(data, PickData):
        pick = study.panels[data.name]["pick"]
        yield "pick", [c.label for c in data.candidates if c.picked], [pick["name"]]
        yield (
            "runner-up",
            [c.label for c in data.candidates if c.role == "runner-up"],
            [pick["runner_up"]][: pick["runner_up"] is not None],
        )
        drawn = [(c.label, c.parameters, c.mean, c.near_best, c.on_front) for c in data.candidates]
        keys = ("name", "parameters", "mean", "within_margin", "on_front")
        offered = [tuple(one[key] for key in keys) for one in pick["candidates"] if one["mean"] is not None]
        yield "candidates", drawn, offered
        yield "threshold", data.threshold, pick["threshold"]
    elif isinstance(data, ClassesData):
        pick = study.panels[data.name]["pick"]
        yield "network", data.network, pick["name"]
        known = (
            pick["predictions"]["classes"]
            if pick["predictions"]
            else [{**one, "recall": one} for one in pick["classes"]]
        )
        classes = {one["label"]: (one["recall"]["mean"], one["recall"]["n"]) for one in known}
        yield "classes", {row.label: (row.recall.mean, row.recall.n) for row in data.rows}, classes
    elif isinstance(data, ConfusionData):
        found = study.panels[data.name]["pick"]["predictions"]
        yield "confusion", (data.counts.tolist(), data.runs), (found["confusion"], found["runs"])
    elif isinstance(data, ReliabilityData):
        bins = study.panels[data.name]["pick"]["predictions"]["bins"]
        drawn = [(one.low, one.items, one.confidence, one.accuracy.mean) for one in data.bins]
        yield "bins", drawn, [(b["low"], b["items"], b["confidence"], b["accuracy"]["mean"]) for b in bins]
    elif isinstance(data, SearchData):
        for shown in data.panels:
            for series, cell in zip(shown.series, study.of(panel or data.setting), strict=True):
                known = _trials(cell)
                drawn = {dot.number - 1: dot.accuracy for dot in series.dots}
                own = {n: v for n, v in known.items() if n in drawn or not shown.parameter}
                yield f"trials of {cell.name}", drawn, own
    elif isinstance(data, ParallelData):
        drawn = sorted((line.number - 1, line.accuracy or -1) for line in data.lines)
        cells = study.of(panel or data.setting)
        yield "lines", drawn, sorted((n, v or -1) for cell in cells for n, v in _trials(cell).items())
    elif isinstance(data, HistoryData):
        cells = [cell for cell in study.of(panel or data.setting) if cell.feasible]
        yield "courses", [line.tried for line in data.lines], [tuple(_trials(cell).values()) for cell in cells]
        yield "ends", [line.best[-1] for line in data.lines], [cell.ranked()[0][0]["value"] for cell in cells]


def _sweep(study: Recount, data: SweepData) -> Iterator[Pair]:
    for panel in data.panels:
        found = study.panels[panel.name]
        for series in panel.series:
            drawn = [(e.interval.mean, e.interval.low, e.interval.n) for e in series.estimates]
            intervals = [point[series.name] for point in found["points"]]
            yield f"{series.name} of {panel.name}", drawn, [(i["mean"], i["low"], i["n"]) for i in intervals]
            for point, estimate in zip(found["points"], series.estimates, strict=True):
                yield "replicates", len(estimate.replicates), study.n(panel.name, point)
            if series.beside is not None:
                beside = found["baseline"][series.name]
                yield "baseline", (series.beside.interval.mean, series.beside.interval.n), (beside["mean"], beside["n"])


def _trials(cell: Any) -> dict[int, float | None]:
    """What each trial of a search reached, under the number of the proposal that it stands under."""
    reached: dict[int, tuple[int, float | None]] = {}
    for proposal, row in zip(cell.told, cell.rows, strict=True):
        known = reached.setdefault(row["id"], (proposal["number"], proposal["value"]))
        if known[1] is None and proposal["value"] is not None:
            reached[row["id"]] = (proposal["number"], proposal["value"])
    return dict(sorted(reached.values()))


def check_choices(walk: Walk, study: Recount, terminal: str) -> list[str]:
    """Winners of searches and picks that are not the same in tables, first screen, words and on the terminal."""
    wrong = []
    chosen = {
        c["cell"]: [one["number"] + 1 for one in c["chosen"]]
        for c in (study.document["search"] or {"cells": []})["cells"]
    }
    for tabled in walk.tables:
        titles = [column.title for column in tabled.table.columns]
        rows = [dict(zip(titles, cells, strict=True)) for cells in tabled.table.rows]
        if tabled.table.caption == "Every trial of the searches":
            panel = tabled.panel or study.settings()[0]
            for cell in study.of(panel):
                own = [
                    r
                    for r in rows
                    if r.get("hidden layers", f"{cell.value:g}" if cell.value else "") == f"{cell.value or 0:g}"
                    or cell.value is None
                ]
                said = sorted(int(r["trial"]) for r in own if r["chosen"] == "yes")
                if said != sorted(chosen[cell.name]):
                    wrong.append(f"{tabled.where}: {cell.name} chose {said}, not {chosen[cell.name]}")
    for name, panel in study.panels.items():
        pick = panel["pick"]
        shown = [v for v in walk.verdicts if v.setting == name]
        if pick is None or len(shown) != 1:
            wrong += [] if len(shown) == 1 and shown[0].network == NOTHING else [f"{name} has no line in the answer"]
            continue
        said = f"{shown[0].network} {shown[0].network_note}"
        parts = [pick["name"], f"{pick['parameters']:,} parameters"]
        wrong += [f"the answer of {name} lacks {part!r}: {said!r}" for part in parts if part not in said]
        test = re.search(r"test ([^%]*) %", said)
        if not is_printed(test[1] if test else NOTHING, pick["accuracy"]):
            wrong.append(f"the answer of {name} has another test accuracy: {said!r}")
        gap = re.search(r"gap of its own runs ([−\d.± ]*) points", said)
        if gap is None or not is_printed(gap[1], pick["gap"]):
            wrong.append(f"the answer of {name} has another gap: {said!r}")
        words = [text.text for text in walk.said if text.where == "pick prose" and text.panel == name]
        if not any(text.startswith((pick["name"], f"{pick['caution']} {pick['name']}".strip())) for text in words):
            wrong.append(f"the words on the pick of {name} lack {pick['name']!r}: {words}")
        if len(panel["points"]) > 1 and f"{pick['name']} ({pick['parameters']:,} parameter" not in terminal:
            wrong.append(f"the terminal lacks the pick of {name}")
    sentences = [study.document["sentence"], *(panel["sentence"] for panel in study.panels.values())]
    everything = [text.text for text in walk.said]
    for panel, said in zip(study.panels, sentences[1:], strict=True):
        if said not in everything or said not in terminal:
            wrong.append(f"the sentence of {panel} differs: {said!r}")
    if not study.panels and (sentences[0] not in everything or sentences[0] not in terminal):
        wrong.append(f"the sentence differs: {sentences[0]!r}")
    return wrong
