"""The counts in a page's tables, by their columns: each against the rows of the store."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.across.labelled_numbers import check_text, unlabelled
from tests.across.recount import FEWEST_FOR_IMPORTANCE, SEARCH, Recount
from tests.across.said_on_pages import Said, Tabled, Walk

COUNTING = re.compile(
    r"^n$|\b(?:n|trials?|runs?|replicates?|proposals?|failed|finished|tried|pending)\b", re.IGNORECASE
)
CALIBRATION = ("3 replicates", "5 replicates", "10 replicates")

Row = dict[str, str]


def check_table(walk: Walk, tabled: Tabled) -> list[str]:
    """The cells of a table that are not what they must be, and columns of counts that have no label."""
    titles = [column.title for column in tabled.table.columns]
    if tuple(titles[1:]) == CALIBRATION:
        return []  # simulated studies
    if titles[0] == "of the run":
        return _side_by_side(walk, tabled, titles)
    if titles[0] == "in the study file":
        return _study_files(walk, tabled, titles)
    wrong = [
        f"{tabled.where}: the column {t!r} has no label" for t in titles if COUNTING.search(t) and t not in COLUMNS
    ]
    rows = [dict(zip(titles, cells, strict=True)) for cells in tabled.table.rows]
    if {"replicate", "state"} <= set(titles):
        return wrong + _trials(tabled, rows)
    if "difference" in titles:
        return wrong + [error for row in rows for error in _paired(walk, tabled, row)]
    for row in rows:
        study, panel = walk.locate(row.get("setting", ""), tabled.study)
        study, panel = study or tabled.study or walk.studies[0], panel or tabled.panel
        for title, cell in row.items():
            if title in COLUMNS:
                wrong += COLUMNS[title](tabled, study, panel, row)
            elif tabled.table.caption.startswith("Runs that show it") and title not in ("setting", "network"):
                wrong += _diagnosis(tabled, study, panel, row, title)
            elif not re.fullmatch(r"[\d,.−–±%\s+k]*", cell):
                wrong += check_text(Said(tabled.where, cell, study, panel))
    return wrong


def names(panel: dict[str, Any], point: dict[str, Any]) -> set[str]:
    """What a row may call a point."""
    architecture, value = point["architecture"], f"{point['value']:,g}"
    if point == panel["baseline"]:
        return {"baseline", f"baseline {architecture}", architecture}
    units = {"depth": "hidden layer", "width": "unit"}
    label = units.get(panel["axis"], "-")
    counted = {f"{value} {label}{s}{a}" for s in ("", "s") for a in ("", " a layer")}
    alone = {architecture} if panel["verdict"] is None or panel["axis"] in units else set()
    called = f"{value} ({architecture})"
    candidate = {f"candidate {value}: {architecture}", f"{architecture} (candidate {value})", called}
    return {value, *counted, *candidate, *alone}


def _place(row: Row) -> list[str]:
    """The cells that say which point a row is about."""
    where = ("network", "hidden layers", "units a layer", "candidate", "value", "arm")
    return [cell for title, cell in row.items() if title in where]


def _n(tabled: Tabled, study: Recount, panel: str | None, row: Row) -> list[str]:
    cell = row["n"]
    if "arm" in row:
        return _equal(tabled, row, cell, {str(n) for n in _of_arms(study, row["arm"])})
    if panel is None and "overfitting" in row:  # the map of all settings
        all_ = [(p, point) for p, found in study.panels.items() for point in found["points"]]
        return _equal(tabled, row, cell, {str(study.n(*one)) for one in all_ if f"{one[1]['value']:g}" in row.values()})
    if panel is None or panel not in study.panels:
        return _equal(tabled, row, cell, {"0", "–"})  # a search that goes on has no replicates
    found = study.panels[panel]
    points = [p for p in study.points(panel) if names(found, p) & set(_place(row))]
    points = points or ([p for p in study.points(panel) if p["architecture"] in row.values()] if _nameless(row) else [])
    if not points and set(_place(row)) <= {"–"}:
        return _equal(tabled, row, cell, {"0"})
    if not points and (mine := [c for c in study.of(panel) if f"{c.value or 0:,g}" in row.values()]):
        nothing = not any(study.over(c) and c.feasible for c in mine)
        return _equal(tabled, row, cell, {"0", "–"} if nothing else set())
    counts = {str(study.n(panel, p)) for p in points}
    if (missed := re.fullmatch(r"(\d+) of (\d+)", cell)) is not None:
        whole = str(found["replicates"])
        return _equal(tabled, row, cell, {f"{n} of {whole}" for n in counts if n != whole}) if missed else []
    return _equal(tabled, row, cell, counts)


def _nameless(row: Row) -> bool:
    return not _place(row)


def _of_arms(study: Recount, arm: str) -> set[int]:
    """Replicates that an arm and none have in common, at the value at which they are compared."""
    found = set()
    for one in study.document["remedies_by_setting"]:
        value = float(re.sub(r"[^\d.]", "", one["at"]))
        pairs = [p for p in study.panels.values() if p["others"] == one["setting"]]
        none = next(p["name"] for p in pairs if p["arm"] == "none")
        if arm.startswith("less "):
            found.add(study.read_crosswise(none, value))
        else:
            found |= {study.paired(p["name"], none, value) for p in pairs if p["arm"] == arm}
    return found


def _cell(what: Callable[[Any], int]) -> Callable[[Tabled, Recount, str | None, Row], list[str]]:
    def check(tabled: Tabled, study: Recount, panel: str | None, row: Row) -> list[str]:
        title = "tried" if what is _tried else "failed"
        if row.get("hidden layers") == "baseline":
            return _equal(tabled, row, row[title], {""})
        cells = [c for c in (study.of(panel) if panel else study.cells) if f"{c.value:,g}" == row["hidden layers"]]
        return _equal(tabled, row, row[title], {str(what(c)) for c in cells})

    return check


def _tried(cell: Any) -> int:
    return len(cell.trials)


def _failed(cell: Any) -> int:
    return int(cell.failed)


def _searches(tabled: Tabled, study: Recount, panel: str | None, row: Row) -> list[str]:
    able = sum(len(cell.feasible) >= FEWEST_FOR_IMPORTANCE for cell in study.cells)
    return _equal(tabled, row, row["n searches"], {str(able)})


def _ordinal(tabled: Tabled, study: Recount, panel: str | None, row: Row) -> list[str]:
    """A trial by its number: as many as were proposed at most; of another program, one that ended with a value."""
    if study.foreign:
        ended = {str(one["number"]) for one in study.foreign if one["value"] is not None}
        return _equal(tabled, row, row["trial"], ended)
    most = max((len(cell.told) for cell in study.cells), default=0)
    return _equal(tabled, row, row["trial"], {str(k) for k in range(1, most + 1)})


def _imported(tabled: Tabled, study: Recount, panel: str | None, row: Row) -> list[str]:
    states = {str(one["number"]): one["state"] for one in study.foreign}
    return _equal(tabled, row, row["state"], {states[row["number"]]})


COLUMNS: dict[str, Callable[[Tabled, Recount, str | None, Row], list[str]]] = {
    "n": _n,
    "tried": _cell(_tried),
    "failed": _cell(_failed),
    "n searches": _searches,
    "trial": _ordinal,
    "number": _imported,
    "replicate": lambda tabled, study, panel, row: [],  # see _trials
}


def _trials(tabled: Tabled, rows: list[Row]) -> list[str]:
    """The table of trials: every reported one in every setting that has it, and of the searches those that failed."""
    study = tabled.study
    assert study is not None
    wanted: Counter[tuple[str, ...]] = Counter()
    for panel, found in study.panels.items():
        for point in study.points(panel):
            runs = {row["replicate"]: row for row in study.runs(panel, point["configuration"])}
            for r in range(found["replicates"]):
                state, reason = (runs[r]["state"], runs[r]["reason"]) if r in runs else ("pending", "")
                wanted[panel, point["architecture"], str(r), state, reason] += 1
    for row in study.searched:
        if row["state"] == "failed":
            wanted["search", _architecture(row), "–", "failed", row["reason"]] += 1
    shown = Counter((r["setting"], r["architecture"], r["replicate"], r["state"], r.get("reason", "")) for r in rows)
    differ = (wanted - shown) + (shown - wanted)
    return [f"{tabled.where}: {key} stands {shown[key]} times, there are {wanted[key]}" for key in differ]


def _architecture(row: dict[str, Any]) -> str:
    hidden = row["configuration"]["hidden"]
    return f"{len(hidden)}x{hidden[0]}" if len(set(hidden)) == 1 else "-".join(map(str, hidden))


def _diagnosis(tabled: Tabled, study: Recount, panel: str | None, row: Row, title: str) -> list[str]:
    """How many of the runs that left a curve show something."""
    cell = row[title]
    if not cell:
        return []
    assert panel is not None
    points = [p for p in study.points(panel) if names(study.panels[panel], p) & {row["network"]}]
    runs = [r for r in study.runs(panel, points[0]["configuration"]) if r["recorded"] or r["diverged_epoch"]]
    shown, of = map(int, re.match(r"(\d+) of (\d+)", cell).groups())  # type: ignore[union-attr]
    said = [] if shown <= of == len(runs) else [f"{tabled.where}: {cell!r} of {len(runs)} runs"]
    if title == "diverged" and shown != sum(r["diverged_epoch"] is not None for r in runs):
        said.append(f"{tabled.where}: {cell!r} diverged")
    return said


def _paired(walk: Walk, tabled: Tabled, row: Row) -> list[str]:
    """The replicates that finished in both studies, at the network of a row."""
    counts = []
    for one in walk.studies:
        for other in walk.studies:
            for a, b in ((a, b) for a in one.panels for b in other.panels):
                if row["difference"] in (
                    f"{other.name} minus {one.name}, {a}",
                    f"{other.name} ({b}) minus {one.name} ({a})",
                ):
                    both = [
                        {r["replicate"] for p in s.points(name) if names(s.panels[name], p) & {row["network"]}
                         for r in s.runs(name, p["configuration"]) if r["state"] == "finished"}
                        for s, name in ((one, a), (other, b))
                    ]  # fmt: skip
                    counts.append(len(both[0] & both[1]))
    return _equal(tabled, row, row["n"], set(map(str, counts)))


def _side_by_side(walk: Walk, tabled: Tabled, titles: list[str]) -> list[str]:
    by_name = {study.name: study for study in walk.studies}
    return [
        error
        for name, *cells in tabled.table.rows
        for title, cell in zip(titles[1:], cells, strict=True)
        for error in (check_text(Said(tabled.where, f"{name}: {cell}", by_name[title])) if cell != "–" else [])
    ]


def _study_files(walk: Walk, tabled: Tabled, titles: list[str]) -> list[str]:
    """Counts that study files ask for, as they stand there."""
    by_name, wrong = {study.name: study for study in walk.studies}, []
    for key, *cells in tabled.table.rows:
        for title, cell in zip(titles[1:], cells, strict=True):
            value: Any = by_name[title].spec
            for part in key.split("."):
                value = value.get(part) if isinstance(value, dict) else None
            if isinstance(value, int) and not isinstance(value, bool) and cell != str(value):
                wrong.append(f"{tabled.where}: {key} of {title} is {cell!r}, not {value}")
    return wrong


def _equal(tabled: Tabled, row: Row, cell: str, expected: set[str]) -> list[str]:
    if cell in expected:
        return []
    return [f"{tabled.where}: {cell!r} is not {sorted(expected)} in {tabled.table.caption!r}: {row}"]


__all__ = ["SEARCH", "check_table", "names", "unlabelled"]
