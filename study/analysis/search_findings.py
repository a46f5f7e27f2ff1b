"""What the searches of a study found: the records beside those of :mod:`study.analysis.findings`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from study.records.parameters import Parameter, Setting

AdviceKind = Literal["edge", "infeasible", "too few trials", "still improving", "overfitting"]


@dataclass(frozen=True, slots=True)
class Tried:
    """One proposal that was answered: validation accuracy and gap in [-1, 1] at the reading, None where it failed.

    ``reason`` says why it failed; empty where it did not.
    """

    number: int
    setting: Setting
    accuracy: float | None
    gap: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CellFinding:
    """The search of one cell; ``best`` is its winner, None where nothing was feasible. ``over``: it has ended."""

    cell: str
    tried: tuple[Tried, ...]
    best: Tried | None
    over: bool

    @property
    def feasible(self) -> tuple[Tried, ...]:
        """The trials that did not fail."""
        return tuple(one for one in self.tried if one.accuracy is not None)


@dataclass(frozen=True, slots=True)
class Importance:
    """Share of the variance between trials that a hyperparameter explains, in [0, 1], mean over ``cells`` cells.

    Computed by Optuna's PED-ANOVA (Watanabe, Bansal and Hutter, "PED-ANOVA: efficiently quantifying hyperparameter
    importance in arbitrary subspaces", 2023), for validation accuracy and for the generalization gap. Only
    hyperparameters that every trial has take part.
    """

    parameter: str
    accuracy: float
    gap: float
    cells: int


@dataclass(frozen=True, slots=True)
class Advice:
    """Something to change before the next study; ``toml`` are the lines that do it, empty where words must do."""

    kind: AdviceKind
    sentence: str
    toml: str = ""


@dataclass(frozen=True, slots=True)
class SearchFinding:
    """All searches of a study. ``parameters`` are those of the first cell; cells differ only where depth decides."""

    proposer: str
    trials: int
    parameters: tuple[Parameter, ...]
    cells: tuple[CellFinding, ...]
    importance: tuple[Importance, ...]
    advice: tuple[Advice, ...]
