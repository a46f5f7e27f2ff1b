"""How a replicate draws its parts from a data set: validation, the training subset and its label noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from study.data.dataset import Dataset
from study.errors import DataError
from study.seeds import Stream, small_seed, stream


@dataclass(frozen=True, slots=True)
class Sample:
    """What one trial sees: train subset, validation and test, one after the other.

    ``rows`` are indices into the data set, so that images are kept once for all trials; ``y`` int32 are the
    labels of these rows, with label noise in the training subset; ``sizes`` are the three lengths.
    """

    rows: NDArray[np.int32]
    y: NDArray[np.int32]
    sizes: tuple[int, int, int]


def draw_sample(
    dataset: Dataset, *, seed: int, replicate: int, validation: float, samples: int | None, label_noise: float
) -> Sample:
    """Hold out validation rows, draw the training subset and its label noise, all stratified and seeded.

    ``validation`` is the share of the training part that is held out, in (0, 1). ``samples`` is the size of
    the training subset, None for all. ``label_noise`` is the share of training labels that are replaced by
    another class. The held-out rows depend on (seed, replicate) alone, so they stay the same at every size.
    """
    part = np.arange(dataset.training)
    train, held_out = stratified(dataset.y, part, validation, stream(seed, replicate, Stream.SPLIT), "validation share")
    if samples is not None and samples != len(train):
        _, train = stratified(dataset.y, train, samples, stream(seed, replicate, Stream.SUBSET), "samples")
    test = np.arange(dataset.training, len(dataset.y))
    rows = np.concatenate([train, held_out, test]).astype(np.int32)
    labels = dataset.y[rows]
    if label_noise:
        rng = np.random.default_rng(stream(seed, replicate, Stream.LABEL_NOISE))
        wrong = rng.permutation(len(train))[: round(label_noise * len(train))]
        labels[wrong] = (labels[wrong] + rng.integers(1, dataset.classes, len(wrong))) % dataset.classes
    return Sample(rows, labels, (len(train), len(held_out), len(test)))


def split_sizes(dataset: Dataset, validation: float) -> tuple[int, int, int]:
    """Sizes of the full training part, validation and test."""
    held_out = int(np.ceil(dataset.training * validation))
    return dataset.training - held_out, held_out, len(dataset.y) - dataset.training


def stratified(
    labels: NDArray[np.int32],
    rows: NDArray[np.int64],
    size: float | int,
    seeds: np.random.SeedSequence,
    what: str,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows outside and inside a stratified draw of ``size`` (a share or a count), each in ascending order."""
    from sklearn.model_selection import train_test_split  # a second to import: only where data is drawn

    try:
        outside, inside = train_test_split(rows, test_size=size, stratify=labels[rows], random_state=small_seed(seeds))
    except ValueError as error:
        reason = " ".join(str(error).split())
        raise DataError(
            f"Cannot draw {what} = {size} from {len(rows)} samples with every class present: {reason}"
        ) from error
    return np.sort(outside), np.sort(inside)
