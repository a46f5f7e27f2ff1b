"""What a store's rows come to, counted with SQL and plain Python, past everything that the product counts with.

Two things are taken from ``verdict.json``: which configurations stand where, and which values a verdict compared.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from study.store import Store

SEARCH = 1000  # the replicate of trials that a search ran
FEWEST_FOR_IMPORTANCE = 10

Row = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """One search: its answered proposals in their order, each with the row of the trial that answered it."""

    name: str
    panel: str
    value: float | None
    told: tuple[Row, ...]
    rows: tuple[Row, ...]  # of each of ``told``
    asked: int
    exhausted: bool

    @property
    def trials(self) -> list[Row]:
        """The different trials behind the proposals."""
        return list({row["id"]: row for row in self.rows}.values())

    @property
    def failed(self) -> int:
        """How many of them failed."""
        return sum(row["state"] == "failed" for row in self.trials)

    @property
    def feasible(self) -> list[Row]:
        """The proposals that reached an accuracy."""
        return [one for one in self.told if one["value"] is not None]

    def ranked(self) -> list[tuple[Row, Row]]:
        """The proposals that can win with their trials, the best first, of equal networks the first."""
        able = [(p, row) for p, row in zip(self.told, self.rows, strict=True) if p["value"] is not None]
        able.sort(key=lambda one: (-one[0]["value"], sum(one[1]["configuration"]["hidden"]), one[0]["number"]))
        distinct: dict[int, tuple[Row, Row]] = {}
        for proposal, row in able:
            distinct.setdefault(row["id"], (proposal, row))
        return list(distinct.values())


class Recount:
    """The rows of one study, and what they come to. ``document`` is its ``verdict.json``."""

    def __init__(self, store: Store, name: str, document: dict[str, Any], to_come: int = 0) -> None:
        self.name, self.document, self.to_come = name, document, to_come
        with store.database.engine.connect() as connection:

            def rows(table: str, columns: str) -> list[Row]:
                query = f"SELECT {columns} FROM {table} WHERE study_id = :id ORDER BY id"
                return [dict(row._mapping) for row in connection.execute(sa.text(query), {"id": found.id})]

            found = connection.execute(sa.text("SELECT id, spec FROM studies WHERE name = :n"), {"n": name}).one()
            self.spec = json.loads(found.spec)
            columns = "id, key, replicate, configuration, state, reason, diverged_epoch, length(trajectory) AS recorded"
            self.trials = rows("trials", columns)
            self.proposals = rows("proposals", "cell, number, setting, told, value")
            self.foreign = rows("foreign_trials", "number, state, value, length(curve) AS recorded")
        for row in self.trials:
            row["configuration"] = json.loads(row["configuration"])
        for row in self.proposals:
            row["setting"] = None if row["setting"] is None else json.loads(row["setting"])

    @property
    def finished(self) -> int:
        return sum(row["state"] == "finished" for row in self.trials)

    @property
    def failed(self) -> int:
        return sum(row["state"] == "failed" for row in self.trials)

    @cached_property
    def searched(self) -> list[Row]:
        """The trials of searches."""
        return [row for row in self.trials if row["replicate"] == SEARCH]

    @property
    def search_failed(self) -> int:
        return sum(row["state"] == "failed" for row in self.searched)

    @property
    def repeats(self) -> int:
        """Answered proposals that no trial was run for."""
        return sum(len(cell.told) for cell in self.cells) - len(self.searched)

    @cached_property
    def panels(self) -> dict[str, dict[str, Any]]:
        return {panel["name"]: panel for panel in self.document["panels"]}

    def settings(self) -> list[str]:
        """The names of all settings, those whose searches go on too."""
        return list(dict.fromkeys([*self.panels, *(cell.panel for cell in self.cells)]))

    def points(self, panel: str) -> list[dict[str, Any]]:
        found = self.panels[panel]
        return [*found["points"], *([found["baseline"]] if found["baseline"] else [])]

    def runs(self, panel: str, configuration: dict[str, Any]) -> list[Row]:
        """The rows of a configuration that a panel reports."""
        most = self.panels[panel]["replicates"]
        return [r for r in self.trials if r["configuration"] == configuration and r["replicate"] < most]

    def n(self, panel: str, point: dict[str, Any]) -> int:
        return sum(row["state"] == "finished" for row in self.runs(panel, point["configuration"]))

    def at(self, panel: str, value: float) -> list[Row]:
        """The rows at one value of the axis."""
        (point,) = [p for p in self.panels[panel]["points"] if p["value"] == value]
        return self.runs(panel, point["configuration"])

    def ns(self, panel: str) -> set[int]:
        return {self.n(panel, point) for point in self.points(panel)}

    def pending(self, panel: str) -> int:
        """Runs of the networks of a panel that are not there."""
        known = {json.dumps(point["configuration"]): point for point in self.points(panel)}.values()
        most = self.panels[panel]["replicates"]
        return sum(most - len(self.runs(panel, point["configuration"])) for point in known)

    def compared(self, panel: str) -> tuple[int, ...]:
        """Fewest and most replicates behind the compared values of a panel, one number where they are the same."""
        verdict = self.panels[panel]["verdict"]
        runs = [self.at(panel, value) for value in verdict["compared_depths"]] if verdict else []
        counts = [sum(row["state"] == "finished" for row in some) for some in runs]
        return tuple(sorted({min(counts), max(counts)})) if counts else (0,)

    def paired(self, first: str, second: str, value: float) -> int:
        """Replicates that finished at a value in two panels."""
        both = [{r["replicate"] for r in self.at(p, value) if r["state"] == "finished"} for p in (first, second)]
        return len(both[0] & both[1])

    def read_crosswise(self, panel: str, value: float) -> int:
        """Replicates that finished at a value, and that others stand beside to choose by."""
        there = {row["replicate"] for row in self.at(panel, value) if row["state"] == "finished"}
        return len(there) if len(there) > 1 else 0

    @property
    def diverged(self) -> int:
        """Reported runs that diverged, in settings with an axis."""
        keys = {
            row["id"]
            for panel, found in self.panels.items()
            if found["verdict"]
            for point in found["points"]
            for row in self.runs(panel, point["configuration"])
            if row["diverged_epoch"] is not None
        }
        return len(keys)

    def reasons(self) -> Counter[str]:
        return Counter(row["reason"] for row in self.trials if row["state"] == "failed")

    @cached_property
    def cells(self) -> list[Cell]:
        search = self.document["search"]
        return [] if search is None else [self._cell(one) for one in search["cells"]]

    def of(self, panel: str) -> list[Cell]:
        return [cell for cell in self.cells if cell.panel == panel]

    def over(self, cell: Cell) -> bool:
        """Whether a search has ended."""
        most = self.asks(cell)
        asked = [p for p in self.proposals if p["cell"] == cell.name]
        answered = all(p["told"] is not None for p in asked if p["setting"] is not None)
        return bool(asked) and answered and (len(asked) >= most or cell.exhausted)

    @property
    def winners(self) -> int:
        """Searches that have ended with something trained."""
        return sum(self.over(cell) and bool(cell.feasible) for cell in self.cells)

    def most(self) -> int:
        """The most trials that the study can come to."""
        if not self.cells:
            return len(self.trials) + self.to_come
        roles = {dimension["role"] for dimension in self.spec["space"].values()}
        winners = 1 if "scientific" in roles else (self.spec["confirm"] or {}).get("best", 3)
        replicates = self.spec["confirm"]["replicates"]
        own = [self.asks(cell) for cell in self.cells]
        beside = len(self.settings()) * replicates if self.spec["baseline"] else 0
        return sum(own) + len(own) * winners * replicates + beside

    def asks(self, cell: Cell) -> int:
        """The most proposals of a search: one, where it has only a patience to choose."""
        arms = [arm["network"] for arm in self.spec["arms"] if arm["name"] in cell.name.split(", ")]
        free = {n for n, d in self.spec["space"].items() if d["role"] == "nuisance" and not any(n in a for a in arms)}
        return int(self.spec["search"]["trials"]) if free - {"patience"} else 1

    def gained_late(self) -> int:
        """Searches that have ended, with all their trials, and whose second half gained more than the margin."""
        late = 0
        for cell in self.cells:
            values, most = [p["value"] for p in cell.feasible], (self.spec["search"] or {}).get("trials", 20)
            half = len(values) // 2
            whole = self.over(cell) and len(cell.told) >= most
            late += whole and half > 0 and max(values[half:]) > max(values[:half]) + (self.spec["margin"] or 0.005)
        return late

    def strongest(self, panel: str) -> int:
        """How many trials of a setting are drawn strongly: a tenth, but 3 to 20."""
        able = sum(row["state"] == "finished" for cell in self.of(panel) for row in cell.trials)
        return min(max(math.ceil(0.1 * able), 3), 20)

    def having(self, panel: str, parameter: str) -> tuple[int, int]:
        """Trials of a setting that have a hyperparameter, or switched it off, and how many of them failed."""
        found = []
        for cell in self.of(panel):
            first = {row["id"]: (p, row) for p, row in reversed(list(zip(cell.told, cell.rows, strict=True)))}
            found += [
                row
                for p, row in first.values()
                if parameter in p["setting"] or p["setting"].get(f"{parameter}_on") is False
            ]
        return len(found), sum(row["state"] == "failed" for row in found)

    def _cell(self, found: dict[str, Any]) -> Cell:
        own = [p for p in self.proposals if p["cell"] == found["cell"]]
        told = [p for p in own if p["told"] is not None and p["setting"] is not None]
        rows = [self._row(found["cell"], p["setting"]) for p in told]
        exhausted = any(p["setting"] is None for p in own)
        asked = sum(p["setting"] is not None for p in own)
        return Cell(found["cell"], found["panel"], found["value"], tuple(told), tuple(rows), asked, exhausted)

    def _row(self, cell: str, setting: Row) -> Row:
        """The trial that a setting of a search came to: there is exactly one."""
        (row,) = [row for row in self.searched if self._fits(cell, setting, row["configuration"])]
        return row

    def _fits(self, cell: str, setting: Row, configuration: Row) -> bool:
        wanted = dict(setting)
        for part in cell.split(", "):
            arm = next((arm for arm in self.spec["arms"] if arm["name"] == part), None)
            name, _, value = part.partition(" ")
            wanted |= (
                arm["network"] if arm else {name: json.loads(value) if value.isdigit() else value} if value else {}
            )
        wanted.setdefault("l2", self.spec["network"]["l2"])
        if "learning_rate" not in wanted:
            wanted["learning_rate"] = self.spec["network"]["learning_rate"]
        return all(_has(configuration, name, value) for name, value in wanted.items())


def _has(configuration: Row, name: str, value: Any) -> bool:
    hidden = configuration["hidden"]
    if name == "depth":
        return len(hidden) == value
    if name == "width":
        return set(hidden) == {value}
    if layer := re.fullmatch(r"width_(\d+)", name):
        return bool(hidden[int(layer[1]) - 1] == value)
    if name.endswith("_on"):
        return bool((configuration[name.removesuffix("_on")] > 0) == value)
    return bool(configuration[name] == value)
