"""The frozen records that pass between the stages.

Letters used everywhere: ``R`` replicates, ``D`` values of the axis (depths), ``E`` recorded epochs,
``K`` classes, ``N`` test items. Accuracies lie in [0, 1], cross-entropies are in nats, times in seconds,
memory in bytes. The three splits always stand in the order of :data:`SPLITS`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from study.records.parameters import Setting

SPLITS = ("train", "validation", "test")
Kind = TypeVar("Kind", bound=np.generic)


def of_split(values: NDArray[Kind], split: str) -> NDArray[Kind]:
    """What belongs to one split of ``values`` (..., 3), a view (...); one number where there are only the three."""
    return np.asarray(values[..., SPLITS.index(split)])


DATASETS = ("mnist", "digits", "fashion_mnist", "cifar10")  # what comes with the program, or with Keras

Dropout = float | tuple[float, ...]
TrialKey = tuple[str, int]  # Configuration.key and the replicate
Curve = tuple[tuple[int, float], ...]  # recorded epochs and validation accuracies


@dataclass(frozen=True, slots=True)
class DataSource:
    """Everything that decides which data are loaded: a study's ``dataset``, its ``[data]`` table and its seed.

    ``dataset`` is the name of a data set that comes with the program, or the path of the user's own: only for that
    are the other values. ``target`` is the column of a table that holds the labels, ``drop`` are columns to leave
    out, ``test`` is the path of an own test set. Without one, ``test_share`` in (0, 1) of the rows becomes the test
    set, drawn stratified with ``seed``. Where ``sha256`` is given, the arrays must have that hash.
    """

    dataset: str
    target: str | None = None
    drop: tuple[str, ...] = ()
    test: str | None = None
    test_share: float = 0.2
    seed: int = 0
    sha256: str | None = None

    @property
    def own(self) -> bool:
        """Whether it is the user's own data."""
        return self.dataset not in DATASETS


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that decides a training run but its replicate.

    ``dropout`` is one rate in [0, 1) for every hidden layer, or one rate a layer. ``samples`` is the size of
    the training subset, ``None`` for all of the training part. ``evaluate_every`` is the number of epochs
    from one record to the next; the last epoch is always recorded. ``halt`` is the patience in epochs after
    which the run really stops, ``None`` to train to the end.
    """

    hidden: tuple[int, ...]
    epochs: int
    activation: str = "relu"
    dropout: Dropout = 0.0
    l2: float = 0.0
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    batch_size: int = 32
    batch_norm: bool = False
    label_noise: float = 0.0
    samples: int | None = None
    evaluate_every: int = 1
    halt: int | None = None

    @property
    def depth(self) -> int:
        """Number of hidden layers."""
        return len(self.hidden)

    @property
    def label(self) -> str:
        """The architecture as people write it: ``4x128`` or ``128-64``."""
        if not self.hidden:
            return "no hidden layer"
        if len(set(self.hidden)) == 1:
            return f"{self.depth}x{self.hidden[0]}"
        return "-".join(map(str, self.hidden))

    def parameters(self, inputs: int, classes: int) -> int:
        """Number of trainable parameters with ``inputs`` features and ``classes`` classes."""
        sizes = (inputs, *self.hidden, classes)
        dense = sum((a + 1) * b for a, b in pairwise(sizes))
        # Batch normalization brings a scale and a shift a unit and replaces the bias.
        return dense + (sum(self.hidden) if self.batch_norm else 0)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; the inverse of :meth:`from_dict`."""
        return {name: getattr(self, name) for name in self.__slots__}  # asdict would copy, for three times the time

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Configuration:
        """Rebuild a configuration from :meth:`to_dict` after a round trip through JSON."""
        dropout = values["dropout"]
        return replace(
            cls(**values),
            hidden=tuple(values["hidden"]),
            dropout=tuple(dropout) if isinstance(dropout, list) else dropout,
        )

    @property
    def key(self) -> str:
        """Sixteen hexadecimal digits that tell configurations apart."""
        text = json.dumps(self.to_dict(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def dropout_rates(configuration: Configuration) -> tuple[float, ...]:
    """One dropout rate for each hidden layer."""
    rate = configuration.dropout
    return rate if isinstance(rate, tuple) else (rate,) * configuration.depth


def program_key(configuration: Configuration) -> tuple[Hashable, ...]:
    """What a compiled program depends on; trials with equal keys share one.

    Dropout and L2 enter as present or not; their rates and coefficient are variables of the program.
    """
    return (
        configuration.hidden,
        configuration.activation,
        configuration.batch_norm,
        configuration.optimizer,
        configuration.batch_size,
        configuration.samples,
        any(dropout_rates(configuration)),
        configuration.l2 > 0,
    )


@dataclass(frozen=True, slots=True)
class Pruning:
    """A pruner's name, the most epochs of a trial, and the ``curves`` of the trials before, in the order of ending."""

    pruner: str
    epochs: int
    curves: tuple[Curve, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """One training run to do: a configuration at a replicate.

    ``pruning`` is what may end it early, where a search asks for that; it is no part of what tells trials apart.
    """

    configuration: Configuration
    replicate: int
    pruning: Pruning | None = field(default=None, compare=False, repr=False)

    @property
    def key(self) -> TrialKey:
        """What tells trials of one study apart."""
        return self.configuration.key, self.replicate


@dataclass(frozen=True, slots=True)
class Trajectory:
    """What a run leaves behind, one row for each recorded epoch.

    ``epochs`` (E,) counts from 1. ``accuracy`` and ``cross_entropy`` (E, 3) are clean: inference mode, with
    the weights as they stand at the end of the epoch, and without any penalty. ``seconds`` (E,) is the time
    from the previous record to this one.
    """

    epochs: NDArray[np.int64]
    accuracy: NDArray[np.float64]
    cross_entropy: NDArray[np.float64]
    seconds: NDArray[np.float64]

    def split(self, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Accuracy and cross-entropy (E,) of one split."""
        return of_split(self.accuracy, name), of_split(self.cross_entropy, name)


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a trial.

    ``state`` is ``finished`` or ``failed``; a failed one has its ``reason`` and whatever of the trajectory
    was recorded. ``correct_last`` and ``correct_best`` are the test items classified correctly after the last
    epoch and after the best validation epoch, packed by :func:`numpy.packbits` (N bits, empty when failed).
    ``class_accuracy`` (K,) is test accuracy by class after the last epoch, NaN for a class without test items.
    ``diverged_epoch`` is the first recorded epoch at which a cross-entropy was not finite. ``weights`` are the float32
    arrays after the last epoch, in the order of ``keras.Model.get_weights``, where a finished run was asked to keep
    them; no store keeps them.
    """

    trial: Trial
    state: Literal["finished", "failed"]
    trajectory: Trajectory
    reason: str = ""
    correct_last: bytes = b""
    correct_best: bytes = b""
    class_accuracy: tuple[float, ...] = ()
    compile_seconds: float = 0.0
    train_seconds: float = 0.0
    peak_memory: int = 0
    diverged_epoch: int | None = None
    weights: tuple[NDArray[np.float32], ...] = ()

    @property
    def pruned(self) -> bool:
        """Whether a pruner ended the run before its last epoch."""
        configuration, epochs = self.trial.configuration, self.trajectory.epochs
        whole = configuration.halt is not None or (len(epochs) > 0 and epochs[-1] >= configuration.epochs)
        return self.state == "finished" and not whole


@dataclass(frozen=True, slots=True)
class Proposal:
    """One setting that a proposer asked for in a cell, and what it was told about it.

    ``asked`` and ``told`` are places in the order of the cell's events; ``told`` is None while the trial runs.
    ``value`` is validation accuracy in [0, 1], None for a trial that failed. Without a ``setting`` it is the
    proposer's word that the space is exhausted.
    """

    cell: str
    number: int
    setting: Setting | None
    asked: int
    told: int | None = None
    value: float | None = None


EMPTY = Trajectory(
    epochs=np.zeros(0, np.int64),
    accuracy=np.zeros((0, 3)),
    cross_entropy=np.zeros((0, 3)),
    seconds=np.zeros(0),
)
