"""Where a study's data come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DATASETS = ("mnist", "digits", "fashion_mnist", "cifar10")  # what comes with the program, or with Keras

Scheme = Literal["folds", "holdout", "fixed"]
Task = Literal["classification", "regression"]


@dataclass(frozen=True, slots=True)
class DataSource:
    """Everything that decides which data are loaded: a study's ``dataset``, its ``[data]`` table and its seed.

    ``dataset`` is the name of a data set that comes with the program, or the path of the user's own: only for that
    are the other values. ``target`` is the column of a table that holds what is predicted: labels of classes or, as
    ``task`` says, numbers. ``drop`` are columns to leave out, ``categorical`` those whose numbers are codes of
    categories, ``test`` is the path of an own test set. Where ``sha256`` is given, the arrays must have that hash.

    ``scheme`` says what a replicate tests: ``fixed``, the same rows in all, an own test set or ``test_share`` in (0, 1)
    of the rows; ``holdout``, such a share drawn anew in each; ``folds``, one of ``folds`` parts of all rows. All is
    drawn with ``seed``. ``group``, ``time`` and ``weight`` are columns of a table that are no features: rows of one
    group are in one part, later rows are tested, and a row counts in training as its weight says; with
    ``weighted_metrics`` in metrics as well, so that an own test set has that column, too. ``aside`` leaves out
    the rows that would be tested if they were fixed: replicates test folds of the rest, and rows are counted among
    that. ``search_share`` of the rows, which no replicate tests, are what searches see, where rows are not fixed.
    """

    dataset: str
    target: str | None = None
    drop: tuple[str, ...] = ()
    test: str | None = None
    test_share: float = 0.2
    seed: int = 0
    sha256: str | None = None
    scheme: Scheme = "fixed"
    folds: int = 5
    group: str | None = None
    time: str | None = None
    search_share: float = 0.0
    categorical: tuple[str, ...] = ()
    weight: str | None = None
    weighted_metrics: bool = False
    task: Task = "classification"
    aside: bool = False

    @property
    def own(self) -> bool:
        """Whether it is the user's own data."""
        return self.dataset not in DATASETS
