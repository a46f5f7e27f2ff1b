"""What a study found: the plain records that the report, the terminal and ``verdict.json`` are made of.

A *panel* is the axis (depth by default) swept under one arm and one combination of the other scientific
values; a *point* is one value of the axis in a panel. Letters as in :mod:`study.records`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from study.analysis.intervals import Interval
from study.analysis.onset import OnsetVerdict
from study.analysis.remedies import Remedy
from study.records import Configuration


@dataclass(frozen=True, slots=True)
class MeanCurve:
    """Mean over ``n`` replicates per recorded epoch: ``epochs`` (E,), the others (E, 3) in order of SPLITS.

    ``best_epoch`` is the epoch of lowest mean validation cross-entropy; ``overfits_from`` the epoch from
    which mean validation cross-entropy only rises by more than noise, None where it does not.
    """

    epochs: NDArray[np.int64]
    accuracy: NDArray[np.float64]
    cross_entropy: NDArray[np.float64]
    n: int
    best_epoch: int | None
    overfits_from: int | None


@dataclass(frozen=True, slots=True)
class Point:
    """One configuration of a panel, read at the panel's reading; ``accuracy`` (R, 3), NaN = failed or not run."""

    value: float
    configuration: Configuration
    parameters: int
    accuracy: NDArray[np.float64]
    train: Interval
    validation: Interval
    test: Interval
    gap: Interval
    curve: MeanCurve


@dataclass(frozen=True, slots=True)
class Panel:
    """The axis swept in one setting, and what was concluded from it.

    ``name`` is for people ("300 samples"), ``axis`` the parameter's name ("depth"), ``axis_label`` its words
    ("hidden layers"). ``samples`` is the number of training samples in use. ``baseline`` stands beside the
    axis and takes no part in the verdict. ``pending`` counts the trials that have not run yet.
    """

    name: str
    axis: str
    axis_label: str
    reading: str
    margin: float
    alpha: float
    samples: int
    epochs: int
    replicates: int
    points: tuple[Point, ...]
    baseline: Point | None
    verdict: OnsetVerdict
    sentence: str
    pending: int


@dataclass(frozen=True, slots=True)
class PickFinding:
    """The recommended architecture of a panel; None fields where no claim can be made."""

    panel: str
    configuration: Configuration
    parameters: int
    accuracy: Interval  # test accuracy of the pick, cross-fitted over replicates
    gap: Interval
    guaranteed: bool  # shown to be within the margin of every other candidate
    reason: str


@dataclass(frozen=True, slots=True)
class RemediesFinding:
    """Every arm against the arm "none", compared at ``at`` ("12 hidden layers"), where overfitting is largest.

    Less depth is the pick of the arm "none" against the same arm at ``at``.
    """

    at: str
    remedies: tuple[Remedy, ...]


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One line of the table of trials; accuracies at the panel's reading, None where there is none."""

    panel: str
    architecture: str
    parameters: int
    replicate: int
    state: str  # finished, failed or pending
    train: float | None
    validation: float | None
    test: float | None
    epochs: int
    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """The strip of facts: what was run, on what, with which versions."""

    name: str
    dataset: str
    dataset_sha256: str
    train_samples: int
    validation_samples: int
    test_samples: int
    inputs: int
    classes: int
    seed: int
    planned: int
    finished: int
    failed: int
    training_minutes: float  # summed over workers
    versions: tuple[tuple[str, str], ...]
    toml: str
    command: str


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything a study found; ``sentence`` is the answer in words, one sentence a panel."""

    facts: StudyFacts
    sentence: str
    panels: tuple[Panel, ...]
    picks: tuple[PickFinding, ...]
    trials: tuple[TrialRow, ...]
    remedies: RemediesFinding | None = None
