"""A data set: the arrays of all items, before any split, and what was found out while they were read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from study.data.columns import Columns
from study.data.given import Given
from study.data.origin import Origin
from study.data.parts import Strata
from study.records.sources import Task


@dataclass(frozen=True, slots=True)
class Redrawn:
    """Every replicate tests rows of its own, drawn from all rows.

    ``folds``: one of that many parts, each row in one of them once a repeat; in time they are windows, each after the
    rows that are trained on. ``holdout``: a share ``test_share`` of the rows, drawn anew. ``search_share`` of the rows
    are what searches see; they are never tested. It is 0 where nothing is searched.
    """

    scheme: Literal["folds", "holdout"]
    folds: int = 5
    test_share: float = 0.2
    search_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Dataset:
    """Images or rows with labels, as they were given, before any split: the training part, then the test set.

    ``x`` (M + N, F) is uint8 or float32. A network sees ``x / scale`` as float32; where ``scale`` is None, each
    trial standardises the rows by its own training rows (:func:`study.data.scaling.fit_scaling`), and NaN is a
    missing value. ``shape`` is that of one item as it was given, (28, 28) for MNIST, (F,) for a row; its product
    is F. ``y`` (M + N,) int32 holds labels 0 .. classes - 1, and ``labels`` their names; in a regression it holds the
    float64 targets as they were given, and there are no labels. ``training`` is M.
    ``sha256`` is the hash of the arrays. ``columns`` says how a row of a table became features; None for all else.
    ``notes`` are sentences on what was decided while reading that the arrays do not show. ``drawn`` (N,) are the
    rows of the user's data that were drawn as test set, ascending; None where the data bring one. ``origin`` says what
    was taken off the features before they became float32, None where nothing was; ``given`` what the files say of rows
    and features that float32 may not tell apart, None where ``x`` holds their values. ``redrawn`` says how each
    replicate draws test rows from all; None where all test the last N, else N is 0. ``groups`` and ``times`` (M + N,)
    are those of :class:`~study.data.parts.Strata`. ``weights`` (M + N,) float64 is what rows count beside
    others, in training and where a study asks for it in metrics; None where all count the same.
    """

    name: str
    x: NDArray[np.generic]
    y: NDArray[Any]
    training: int
    scale: float | None
    shape: tuple[int, ...]
    labels: tuple[str, ...]
    sha256: str
    columns: Columns | None = None
    notes: tuple[str, ...] = ()
    drawn: NDArray[np.int64] | None = None
    origin: Origin | None = None
    given: Given | None = None
    redrawn: Redrawn | None = None
    groups: NDArray[np.int32] | None = None
    times: NDArray[np.int32] | None = None
    weights: NDArray[np.float64] | None = None

    def counted(self, rows: NDArray[np.integer[Any]], *, weighted: bool) -> NDArray[np.float64] | None:
        """What these rows (n,) count in metrics that are ``weighted`` or not; None where all count the same."""
        return self.weights[rows] if weighted and self.weights is not None else None

    @property
    def strata(self) -> Strata:
        """What decides how rows may be drawn apart."""
        return Strata(self.y, self.groups, self.times)

    @property
    def tested_groups(self) -> tuple[int, ...]:
        """The groups of the test rows, or of all rows where replicates draw theirs; empty where rows have none."""
        if self.groups is None:
            return ()
        return tuple(self.groups[self.training if self.redrawn is None else 0 :].tolist())

    @property
    def classes(self) -> int:
        """Number of classes; 0 in a regression."""
        return len(self.labels)

    @property
    def task(self) -> Task:
        """What a network learns of it."""
        return "classification" if self.labels else "regression"

    @property
    def outputs(self) -> int:
        """What a network gives for a row: a logit for each class, or one number."""
        return self.classes or 1

    @property
    def inputs(self) -> int:
        """Features a row."""
        return int(self.x.shape[1])


def make_dataset(
    name: str,
    x_train: NDArray[np.generic],
    y_train: NDArray[np.generic],
    x_test: NDArray[np.generic],
    y_test: NDArray[np.generic],
    *,
    scale: float | None,
    labels: tuple[str, ...],
    columns: Columns | None = None,
    notes: tuple[str, ...] = (),
    drawn: NDArray[np.int64] | None = None,
    origin: Origin | None = None,
    given: Given | None = None,
    redrawn: Redrawn | None = None,
    groups: NDArray[np.int32] | None = None,
    times: NDArray[np.int32] | None = None,
    weights: NDArray[np.float64] | None = None,
) -> Dataset:
    """A data set of items (M, ...) and (N, ...) with labels 0 .. K - 1 in (M,) and (N,), or (M, 1) and (N, 1).

    Without names of ``labels``, these are float64 targets.
    """
    digest = hashlib.sha256()
    for array in (x_train, y_train, x_test, y_test):
        digest.update(np.ascontiguousarray(array).tobytes())
    for column in (groups, times, weights):
        if column is not None:
            digest.update(column.tobytes())
    if origin is not None:
        digest.update(origin.offset.tobytes() + origin.unit.tobytes())
    x = np.concatenate([x_train, x_test])
    return Dataset(
        name=name,
        x=x.reshape(len(x), -1),
        y=np.concatenate([y_train, y_test]).reshape(-1).astype(np.int32 if labels else np.float64),
        training=len(x_train),
        scale=scale,
        shape=x.shape[1:],
        labels=labels,
        sha256=digest.hexdigest(),
        columns=columns,
        notes=notes,
        drawn=drawn,
        origin=origin,
        given=given,
        redrawn=redrawn,
        groups=groups,
        times=times,
        weights=weights,
    )
