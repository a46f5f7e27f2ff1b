"""The counts in ``verdict.json``, by their keys: each against the rows of the store."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.across.labelled_numbers import check_text
from tests.across.recount import Recount
from tests.across.said_on_pages import Said

COUNTING = re.compile(
    r"^n$|^of$|^over$|cells|trial|run|replicate|fail|finish|propos|pending|planned|tried|count|curves"
)
CHECKED = {
    "planned", "finished", "failed", "pending", "replicates", "replicates_needed", "n", "runs", "of", "trials", "cells",
    "complete", "pruned", "running", "waiting", "curves", "training_fails_from",
}  # fmt: skip
"""Keys of numbers that are compared with the rows below."""


def check_document(study: Recount) -> list[str]:
    """The counts of a document that are not what they must be, and those without a label."""
    document = study.document
    wrong = [
        f"verdict.json: the key {path} has no label"
        for path, value in _leaves(document, "")
        if isinstance(value, int) and not isinstance(value, bool)
        and COUNTING.search(key := re.sub(r"\[\d+\]", "", path).rsplit(".", 1)[-1]) and key not in CHECKED
        and ".setting." not in path and ".configuration." not in path
    ]  # fmt: skip
    for path, text in _leaves(document, ""):
        if isinstance(text, str) and not path.startswith(("versions", "dataset")):
            index = re.match(r"panels\[(\d+)\]", path)
            panel = document["panels"][int(index[1])]["name"] if index else None
            wrong += check_text(Said(f"verdict.json {path}", text, study, panel))
    pairs = list(_imported(study) if study.foreign else _own(study))
    return wrong + [f"verdict.json: {what} is {said}, not {is_}" for what, said, is_ in pairs if said != is_]


Pair = tuple[str, Any, Any]  # what, as the document says it, as the rows come to


def _own(study: Recount) -> Iterator[Pair]:
    document = study.document
    yield "trials", document["trials"], {
        "planned": len(study.trials) + study.to_come, "finished": study.finished, "failed": study.failed,
    }  # fmt: skip
    for name, panel in study.panels.items():
        yield f"pending of {name}", panel["pending"], study.pending(name)
        for point in study.points(name):
            yield from _point(study, name, point)
        if panel["verdict"]:
            yield from _verdict(study, name, panel["verdict"])
        if panel["pick"]:
            yield from _pick(study, name, panel["pick"])
    for one in document["remedies_by_setting"]:
        for remedy in one["remedies"]:
            for what in ("test", "gap"):
                yield f"n of {remedy['arm']}", remedy[what]["interval"]["n"], _paired(study, one, remedy["arm"])
    if document["search"]:
        yield from _search(study, document["search"])


def _point(study: Recount, panel: str, point: dict[str, Any]) -> Iterator[Pair]:
    runs = study.runs(panel, point["configuration"])
    n = sum(row["state"] == "finished" for row in runs)
    readings = [one[what]["n"] for one in point["readings"] for what in ("test", "gap")]
    intervals = [point[what]["n"] for what in ("train", "validation", "test", "gap")]
    yield f"n of {point['architecture']} in {panel}", {*intervals, *readings}, {n}
    curves = sum(bool(row["recorded"] or row["diverged_epoch"]) for row in runs)
    yield f"curves of {point['architecture']}", {one["of"] for one in point["curves"]} or {curves}, {curves}
    diverged = sum(row["diverged_epoch"] is not None for row in runs)
    yield "diverged", sum(one["runs"] for one in point["curves"] if one["kind"] == "diverged"), diverged


def _verdict(study: Recount, panel: str, verdict: dict[str, Any]) -> Iterator[Pair]:
    counted = study.compared(panel)
    yield f"replicates of {panel}", tuple(verdict["replicates"]), (counted[0], counted[-1])
    lost = {}
    for point in study.panels[panel]["points"]:
        runs = study.at(panel, point["value"])
        if diverged := sum(row["diverged_epoch"] is not None for row in runs):
            lost[point["value"]] = (diverged, diverged + sum(row["state"] == "finished" for row in runs))
    yield f"failed runs of {panel}", {r["depth"]: (r["failed"], r["runs"]) for r in verdict["failed_runs"]}, lost


def _pick(study: Recount, panel: str, pick: dict[str, Any]) -> Iterator[Pair]:
    found = study.panels[panel]
    by_name = {(p["architecture"], None if p == found["baseline"] else p["value"]): p for p in study.points(panel)}
    chosen = by_name[pick["architecture"], pick["value"]]
    yield "n of the pick", {pick["test"]["n"], pick["gap"]["n"]}, {study.n(panel, chosen)}
    for one in pick["candidates"]:
        point = next(
            p for (name, value), p in by_name.items() if one["value"] == value and one["name"].startswith(name)
        )
        yield f"n of the candidate {one['name']}", one["validation"]["n"], study.n(panel, point)
    whole = study.ns(panel) == {found["replicates"]}
    yield "n of the accuracy", pick["accuracy"]["n"] if whole else 0, found["replicates"] if whole else 0
    yield "runs by class", {one["n"] for one in pick["classes"]}, {study.n(panel, chosen)}


def _paired(study: Recount, one: dict[str, Any], arm: str) -> int:
    value = float(re.sub(r"[^\d.]", "", one["at"]))
    own = {p["arm"]: p["name"] for p in study.panels.values() if p["others"] == one["setting"]}
    return study.paired(own[arm], own["none"], value) if arm in own else study.read_crosswise(own["none"], value)


def _search(study: Recount, search: dict[str, Any]) -> Iterator[Pair]:
    most = int((study.spec["search"] or {"trials": 1})["trials"]) if search["parameters"] else 1
    yield "trials of a search", search["trials"], most
    for found, cell in zip(search["cells"], study.cells, strict=True):
        yield f"proposals of {cell.name}", [t["number"] for t in found["tried"]], [p["number"] for p in cell.told]
        own = [t for t in found["tried"] if t["repeats"] is None]
        yield f"trials of {cell.name}", len(own), len(cell.trials)
        yield f"failed in {cell.name}", sum(t["accuracy"] is None for t in own), cell.failed
        yield f"{cell.name} over", found["over"], study.over(cell)
        for said, row in zip(found["tried"], cell.rows, strict=True):
            yield "configuration", said["configuration"], row["configuration"]
        ranked = cell.ranked()
        most = len(found["chosen"]) if study.over(cell) else 1
        numbers = [one["number"] for one in found["chosen"]]
        yield f"chosen in {cell.name}", numbers, [proposal["number"] for proposal, _ in ranked][:most]
        if study.over(cell) and ranked:
            panel = study.panels[cell.panel]
            points = [p for p in panel["points"] if cell.value in (None, p["value"])]
            best = [row["configuration"] for _, row in ranked][: len(points)]
            yield f"points of {cell.name}", [p["configuration"] for p in points], best


def _imported(study: Recount) -> Iterator[Pair]:
    found, states = study.document["imported"], [row["state"] for row in study.foreign]
    names = ("complete", "pruned", "failed", "running", "waiting")
    yield "trials by state", found["trials"], {name: states.count(name) for name in names}
    ended = states.count("complete") + states.count("pruned")
    yield "trials", study.document["trials"], {
        "planned": len(states), "finished": ended, "failed": states.count("failed"),
    }  # fmt: skip
    yield "curves", found["curves"], sum(row["recorded"] > 16 for row in study.foreign)


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _leaves(one, f"{path}.{key}" if path else key)
    elif isinstance(value, list | tuple):
        for i, one in enumerate(value):
            yield from _leaves(one, f"{path}[{i}]")
    else:
        yield path, value
