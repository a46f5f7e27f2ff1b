"""How a replicate draws its parts from a data set: test, validation, the training subset and its label noise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from study.data.dataset import Dataset, Redrawn
from study.data.parts import Rows, apart, dealt, stratified
from study.records.trials import FINAL_REPLICATE, SEARCH_REPLICATE, of_search
from study.seeds import Stream, stream


@dataclass(frozen=True, slots=True)
class Sample:
    """What one trial sees: train subset, validation and test, one after the other.

    ``rows`` are indices into the data set, so that images are kept once for all trials; ``y`` are the int32
    labels of these rows, with label noise in the training subset, or their float64 targets; ``sizes`` are the three
    lengths.
    """

    rows: NDArray[np.int32]
    y: NDArray[Any]
    sizes: tuple[int, int, int]


def draw_sample(
    dataset: Dataset, *, seed: int, replicate: int, validation: float, samples: int | None, label_noise: float
) -> Sample:
    """Hold out test and validation rows, draw the training subset and its label noise, all stratified and seeded.

    ``validation`` is the share of the training part that is held out, in (0, 1). ``samples`` is the size of
    the training subset, None for all. ``label_noise`` is the share of training labels that are replaced by
    another class. The held-out rows depend on (seed, replicate) alone, so they stay the same at every size.
    """
    train, held_out, test = parts(dataset, seed=seed, replicate=replicate, validation=validation)
    if samples is not None and samples != len(train):
        _, train = stratified(dataset.y, train, samples, stream(seed, replicate, Stream.SUBSET), "samples")
    rows = np.concatenate([train, held_out, test]).astype(np.int32)
    labels = dataset.y[rows]
    if label_noise:
        rng = np.random.default_rng(stream(seed, replicate, Stream.LABEL_NOISE))
        wrong = rng.permutation(len(train))[: round(label_noise * len(train))]
        labels[wrong] = (labels[wrong] + rng.integers(1, dataset.classes, len(wrong))) % dataset.classes
    return Sample(rows, labels, (len(train), len(held_out), len(test)))


def parts(dataset: Dataset, *, seed: int, replicate: int, validation: float) -> tuple[Rows, Rows, Rows]:
    """All training rows of a replicate, its validation and its test rows, each ascending.

    A search sees what the replicate trains on that it is inside of, split anew, or has rows to itself that none tests;
    a final network gets all rows but validation. Raises :class:`DataError` where rows cannot be drawn apart so.
    """
    size: float | int = validation
    if dataset.redrawn is None:
        rest, test = np.arange(dataset.training), np.arange(dataset.training, len(dataset.y))
    elif replicate == FINAL_REPLICATE:
        rest, test = np.arange(len(dataset.y)), np.arange(0)
    else:
        searched, tested = _searched(dataset, dataset.redrawn, seed)
        inside = replicate - SEARCH_REPLICATE if of_search(replicate) else replicate
        if of_search(replicate) and len(searched):
            rest, test = searched, tested
        else:
            test = _tested(dataset, dataset.redrawn, tested, seed, inside)
            rest = np.setdiff1d(np.arange(len(dataset.y)), test, assume_unique=True)
            if dataset.strata.times is not None:
                rest = rest[dataset.strata.times[rest] < dataset.strata.times[test].min()]
            elif dataset.redrawn.scheme == "folds" and dataset.strata.groups is None:
                size = _folded(dataset, dataset.redrawn, inside, len(tested), validation)[1]
    train, held_out = apart(dataset.strata, rest, size, stream(seed, replicate, Stream.SPLIT), "validation share")
    return train, held_out, test


def part_sizes(dataset: Dataset, *, seed: int, replicate: int, validation: float) -> tuple[int, int, int]:
    """Sizes of all training rows of a replicate, its validation and its test rows.

    They are counted, where neither group nor time has to be looked at, and may be too small to be drawn.
    """
    if dataset.strata.groups is not None or dataset.strata.times is not None:
        train, held_out, test = parts(dataset, seed=seed, replicate=replicate, validation=validation)
        return len(train), len(held_out), len(test)
    if dataset.redrawn is None:
        tested = len(dataset.y) - dataset.training
    else:
        share = dataset.redrawn.search_share
        rows = math.ceil((1 - share) * len(dataset.y)) if share else len(dataset.y)
        if of_search(replicate) and share:
            held = math.ceil((len(dataset.y) - rows) * validation)
            return len(dataset.y) - rows - held, held, rows
        if dataset.redrawn.scheme == "folds":
            inside = replicate - SEARCH_REPLICATE if of_search(replicate) else replicate
            return _folded(dataset, dataset.redrawn, inside, rows, validation)
        tested = math.ceil(dataset.redrawn.test_share * rows)
    held = math.ceil((len(dataset.y) - tested) * validation)
    return len(dataset.y) - tested - held, held, tested


def split_sizes(dataset: Dataset, validation: float, seed: int) -> tuple[int, int, int]:
    """Sizes of training part, validation and test; where they differ, the most to train on and the fewest to test."""
    replicates = 1 if dataset.redrawn is None else dataset.redrawn.folds
    sizes = [part_sizes(dataset, seed=seed, replicate=r, validation=validation) for r in range(replicates)]
    most, held, _ = max(sizes)
    return most, held, min(tested for *_, tested in sizes)


def _folded(dataset: Dataset, redrawn: Redrawn, replicate: int, rows: int, validation: float) -> tuple[int, int, int]:
    """Sizes of the parts where ``rows`` are dealt to folds row by row.

    Where a fold is one row larger, validation is one smaller: all replicates train on as many.
    """
    tested = rows // redrawn.folds + (replicate % redrawn.folds < rows % redrawn.folds)
    fewest = len(dataset.y) - -(-rows // redrawn.folds)
    train = fewest - math.ceil(validation * fewest)
    return train, len(dataset.y) - tested - train, tested


def _searched(dataset: Dataset, redrawn: Redrawn, seed: int) -> tuple[Rows, Rows]:
    """The rows of searches, none where nothing is searched, and all others."""
    everything = np.arange(len(dataset.y))
    if not redrawn.search_share:
        return everything[:0], everything
    size = 1 - redrawn.search_share
    return apart(dataset.strata, everything, size, stream(seed, SEARCH_REPLICATE, Stream.TEST_SET), "test rows")


def _tested(dataset: Dataset, redrawn: Redrawn, rows: Rows, seed: int, replicate: int) -> Rows:
    """Which of ``rows`` a replicate tests."""
    if redrawn.scheme == "holdout":
        seeds = stream(seed, replicate, Stream.TEST_SET)
        return apart(dataset.strata, rows, redrawn.test_share, seeds, "data.test_share")[1]
    repeat, fold = divmod(replicate, redrawn.folds)
    seeds = stream(seed, repeat, Stream.TEST_SET)
    first = dataset.strata.times is not None and not redrawn.search_share  # rows that are only trained on
    dealt_to = dealt(dataset.strata, rows, redrawn.folds + first, seeds)
    found: Rows = rows[dealt_to == fold + first]
    return found
