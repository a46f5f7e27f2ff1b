"""What the searches of a study found: the records beside those of :mod:`study.analysis.findings`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from study.design.spec import Dimension
from study.records.intervals import Interval
from study.records.parameters import Parameter, Setting
from study.records.trials import Configuration
from study.words import count, whole

AdviceKind = Literal["edge", "infeasible", "too few trials", "still improving", "overfitting"]
End = Literal["lower", "upper"]


@dataclass(frozen=True, slots=True)
class Tried:
    """One proposal that was answered: the network it came to, validation accuracy and gap in [-1, 1] at the reading.

    Both are None where it failed, and ``reason`` says why; empty where it did not. ``repeats`` is None where the
    network's trial stands under this proposal: the first one that came to it, or where that one's worker died, the one
    for which it was run again with more luck. For all other proposals of the network it is the number of that one.
    """

    number: int
    setting: Setting
    configuration: Configuration
    accuracy: float | None
    gap: float | None
    reason: str = ""
    repeats: int | None = None


@dataclass(frozen=True, slots=True)
class ChosenTrial:
    """What a search chose to be run again: the trial that won, and where its trajectories are read."""

    tried: Tried
    reading: str


@dataclass(frozen=True, slots=True)
class EarlyEnd:
    """A search that ended ``after`` so many of its ``planned`` trials.

    ``gain`` is what the last step as large as the rest had gained on validation, in the metric's unit: less than half
    the ``margin``.
    """

    after: int
    planned: int
    gain: float
    margin: float


@dataclass(frozen=True, slots=True)
class CellFinding:
    """One search of a cell, the ``number``-th of its ``repeats``, counted from 0.

    ``panel`` is the name of its panel and ``value`` its place on the axis, all training samples as their number; None
    without an axis, and for the ``baseline`` beside it. ``chosen`` are its winners, the best first, once it is
    ``over``; before that the best so far. Empty where nothing was feasible. ``early`` is why it ended before its last
    trial, None where it did not.
    """

    name: str
    panel: str
    value: float | None
    tried: tuple[Tried, ...]
    chosen: tuple[ChosenTrial, ...]
    over: bool
    number: int = 0
    repeats: int = 1
    baseline: bool = False
    early: EarlyEnd | None = None

    @property
    def best(self) -> Tried | None:
        """The best trial so far, None without any that did not fail."""
        return self.chosen[0].tried if self.chosen else None

    @property
    def feasible(self) -> tuple[Tried, ...]:
        """The proposals that did not fail."""
        return tuple(one for one in self.tried if one.accuracy is not None)

    @property
    def tied(self) -> bool:
        """Whether all of its trials, of at least two, reached the same."""
        reached = [one.accuracy for one in self.trained if one.accuracy is not None]
        return len(reached) > 1 and len(set(reached)) == 1

    @property
    def trained(self) -> tuple[Tried, ...]:
        """The trials of the search: one proposal for each network."""
        return tuple(one for one in self.tried if one.repeats is None)

    @property
    def failed(self) -> int:
        """How many of its trials failed."""
        return sum(one.accuracy is None for one in self.trained)


def trials_of(cells: Iterable[CellFinding]) -> tuple[int, int]:
    """How many trials several searches came to, and how many of these failed.

    Searches whose arms differ in nothing that is trained can come to one network: its trial counts once. Those of one
    cell each train it on a split of their own.
    """
    reached: dict[tuple[Configuration, int], bool] = {}
    for cell in cells:
        for one in cell.trained:
            key = one.configuration, cell.number
            reached[key] = reached.get(key, False) or one.accuracy is not None
    return len(reached), sum(not feasible for feasible in reached.values())


@dataclass(frozen=True, slots=True)
class Importance:
    """Share of the variance between trials that a hyperparameter explains, in [0, 1], mean over ``cells`` cells.

    ``accuracy_range`` and ``gap_range`` say how far the shares of single searches lie apart; of a single search, how
    far those of resampled trials do.

    Computed by Optuna's PED-ANOVA (Watanabe, Bansal and Hutter, "PED-ANOVA: efficiently quantifying hyperparameter
    importance in arbitrary subspaces", 2023), for validation accuracy and for the generalization gap. Only
    hyperparameters that every trial has take part.
    """

    parameter: str
    accuracy: float
    gap: float
    cells: int
    accuracy_range: tuple[float, float] | None = None
    gap_range: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One value of a study file to change: ``table`` and ``key``, and what stands there then.

    ``end`` is the end of a range that was moved, None for all other changes.
    """

    table: Literal["space", "search", "network"]
    key: str
    value: Dimension | int
    end: End | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """Something to change before the next study; ``change`` does it, None where words must do."""

    kind: AdviceKind
    sentence: str
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class SearchFinding:
    """All searches of a study. ``parameters`` are those of the cell that has most; others lack layers only.

    ``trials`` is the most that a search takes. ``luck`` is by how much winners are worse on fresh replicates than in
    their searches, None before any has been run again.
    """

    proposer: str
    trials: int
    parameters: tuple[Parameter, ...]
    cells: tuple[CellFinding, ...]
    importance: tuple[Importance, ...]
    advice: tuple[Advice, ...]
    luck: Interval | None = None

    @property
    def trained(self) -> int:
        """Trials of all searches, without proposals that came to a network that had been tried."""
        return trials_of(self.cells)[0]

    @property
    def failed(self) -> int:
        """How many of these failed."""
        return trials_of(self.cells)[1]

    @property
    def summary(self) -> str:
        """The searches in one line: proposer, most trials, failures, how far they are."""
        over = sum(cell.over for cell in self.cells)
        ended = "" if over == len(self.cells) else f", {over} of {len(self.cells)} ended"
        most = count(self.trials if self.parameters else 1, "trial")
        came = f"{whole(self.trained)} tried, {whole(self.failed)} failed{ended}"
        return f"{self.proposer}, {count(len(self.cells), 'search', 'searches')} of {most}: {came}"
