"""Cells: combinations of scientific values, what is tuned in them, and the searches that tune it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from study.design.kinds import DENSE, Kind
from study.design.search_stop import SearchStop
from study.records.parameters import Parameter, Setting, is_active
from study.records.trials import SEARCH_REPLICATE, Configuration, Proposal, Trial


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination of scientific values, and what is tuned for it.

    ``name`` tells it from the other cells, ``value`` is its place on the axis, None for all training samples and where
    there is no axis. ``fixed`` are the values of the network that are not tuned. ``readings`` are the readings that a
    search may choose from; with one, and without ``parameters``, there is nothing to search. It is searched ``repeats``
    times, and ``trials`` is the most that all of its searches take together; ``stop`` ends each of them early, None
    where it runs all of its trials.
    """

    name: str
    value: float | None
    fixed: Mapping[str, Any]
    parameters: tuple[Parameter, ...]
    readings: tuple[str, ...]
    trials: int
    repeats: int = 1
    stop: SearchStop | None = None
    kind: Kind = DENSE

    @property
    def tuned(self) -> bool:
        """Whether there is anything to choose."""
        return bool(self.parameters) or len(self.readings) > 1

    @property
    def searches(self) -> tuple[PlannedSearch, ...]:
        """Its searches, which share its trials evenly; none where nothing is tuned."""
        share, rest = divmod(self.trials, self.repeats)
        return tuple(PlannedSearch(self, n, share + (n < rest)) for n in range(self.repeats * self.tuned))

    def configuration(self, setting: Setting) -> Configuration:
        """The network to train for one setting of the parameters. Raises ValueError where the values make none.

        Epochs that are no parameter are what a proposer spends on a trial: its schedule is that of the whole training.
        """
        if "epochs" not in setting or any(parameter.name == "epochs" for parameter in self.parameters):
            return self.kind.configuration(self.fixed, setting, self.parameters)
        others = {name: value for name, value in setting.items() if name != "epochs"}
        whole = self.kind.configuration(self.fixed, others, self.parameters)
        return replace(whole, epochs=int(setting["epochs"]))


@dataclass(frozen=True, slots=True)
class PlannedSearch:
    """One search of a cell: the ``number``-th, counted from 0, with ``trials`` trials at most.

    Its winner is run again at the replicates ``number``, ``number + repeats`` and so on: see :class:`Cell`.
    """

    cell: Cell
    number: int
    trials: int

    @property
    def name(self) -> str:
        """What it is remembered under; its proposals are drawn by this name, so that no two searches are alike."""
        return self.cell.name if self.cell.repeats == 1 else f"{self.cell.name}, search {self.number + 1}"

    def trial(self, setting: Setting) -> Trial:
        """What it runs for a setting, on a split of its own. Raises ValueError as :meth:`Cell.configuration`."""
        return Trial(self.cell.configuration(setting), SEARCH_REPLICATE + self.number)

    def stopped_after(self, told: Sequence[float | None]) -> int | None:
        """After how many of the values that it was ``told``, in their order, it ended early; None where it did not."""
        return None if self.cell.stop is None else self.cell.stop.after(told, self.trials)

    def stops_now(self, told: Sequence[float | None]) -> bool:
        """Whether it ends early with the last value that it was ``told``."""
        return self.cell.stop is not None and self.cell.stop.ends(told, self.trials)

    def is_over(self, asked: int, pending: int, *, ended: bool) -> bool:
        """Whether nothing will be asked any more, and everything asked is answered.

        ``ended``: before its last trial, because the space is exhausted or the rest would gain too little.
        """
        return not pending and asked > 0 and (asked >= self.trials or ended)

    def has_searched(self, proposals: Sequence[Proposal]) -> bool:
        """Whether it is over, by all its ``proposals``."""
        pending = sum(p.setting is not None and p.told is None for p in proposals)
        ended = any(p.setting is None for p in proposals) or self.stopped_after(values_told(proposals)) is not None
        return self.is_over(len(proposals), pending, ended=ended)


def values_told(proposals: Iterable[Proposal]) -> list[float | None]:
    """What a search was told, in the order in which it learned of it; None for a trial that failed."""
    told = sorted((p.told, p.number, p.value) for p in proposals if p.told is not None)
    return [value for *_, value in told]


def middle(parameters: Sequence[Parameter]) -> Setting:
    """A setting in the middle of the space: half-way on each parameter's own scale, the first of the conditions."""
    setting: Setting = {}
    for parameter in parameters:
        if not is_active(parameter, setting):
            continue
        if parameter.kind == "choice":
            setting[parameter.name] = parameter.values[len(parameter.values) // 2]
            continue
        low, high = parameter.bounds
        half = math.sqrt(low) * math.sqrt(high) if parameter.log else (low + high) / 2
        setting[parameter.name] = round(half) if parameter.kind == "int" else half
    return setting
