"""The frozen records that pass between the stages.

Letters used everywhere: ``R`` replicates, ``D`` values of the axis (depths), ``E`` recorded epochs,
``K`` classes, ``N`` test items. Accuracies lie in [0, 1], cross-entropies are in nats, times in seconds,
memory in bytes. The three splits always stand in the order of :data:`SPLITS`.
"""

from __future__ import annotations

import hashlib
import json
import math
import zlib
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from study.records.metrics import ACCURACY, ALWAYS, METRICS, Metric
from study.records.networks import DenseStack, Network, network_from
from study.records.parameters import Setting
from study.records.predicted_classes import PredictedClasses
from study.words import count

SPLITS = ("train", "validation", "test")
Kind = TypeVar("Kind", bound=np.generic)


def of_split(values: NDArray[Kind], split: str) -> NDArray[Kind]:
    """What belongs to one split of ``values`` (..., 3), a view (...); one number where there are only the three."""
    return np.asarray(values[..., SPLITS.index(split)])


SEARCH_REPLICATE = 1000  # of a cell's first search, those of the next follow: no study has as many to report
FINAL_REPLICATE = 2000  # what a final network is trained on: no run that chose it had this split and these weights

TrialKey = tuple[str, int]  # Configuration.key and the replicate
Curve = tuple[tuple[int, float], ...]  # recorded epochs and validation values, turned so that larger is better
CROSS_ENTROPY_LOSS = "cross-entropy"
COMPILED = "compiled"  # stands for the optimizer of a model that came compiled
ClassWeights = str | tuple[tuple[str, float], ...]
EVEN, BALANCED = "none", "balanced"  # class weights: all 1; or those by which each class counts as much as any other
LOSSES = ("mse", "mae", "huber")  # of a regression: squared and absolute error, and Huber's, which turns at 1
ONE_HOT_MSE = "one-hot-mse"
CLASS_LOSSES = (CROSS_ENTROPY_LOSS, ONE_HOT_MSE)  # the other: squared error of probabilities, a mean over the classes
CONSTANT, COSINE, EXPONENTIAL, STEPS, PLATEAU = "constant", "cosine", "exponential", "steps", "plateau"
DECAYING = (EXPONENTIAL, STEPS, PLATEAU)  # schedules with a factor, and a number of epochs that it takes
USUAL_MOMENTUM = {"sgd": 0.9, "rmsprop": 0.0}  # of the optimizers that have one


def of_search(replicate: int) -> bool:
    """Whether a search trains on this replicate: its runs choose, and are never reported."""
    return SEARCH_REPLICATE <= replicate < FINAL_REPLICATE


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that decides a training run but its replicate: the network, and how it is trained.

    ``samples`` is the size of the training subset, ``None`` for all of the training part; ``label_noise`` the share of
    its labels that are wrong, in [0, 1). ``evaluate_every`` is the number of epochs from one record to the next; the
    last epoch is always recorded. ``halt`` is the patience in epochs after which the run really stops, ``None`` to
    train to the end. ``loss`` is what training lowers: one of :data:`CLASS_LOSSES`, or of a regression, of
    :data:`LOSSES`; ``label_smoothing`` in [0, 1) is the share of a label that cross-entropy spreads over all classes.
    ``momentum`` None is the optimizer's usual one, ``weight_decay`` None, too; ``clip_norm``, above 0, is the largest
    norm that all gradients of a step have together.
    ``schedule`` is how the learning rate changes after ``warmup_epochs``, in which it rises from 0: see
    :class:`~study.train.schedule.Schedule`. It spans ``schedule_epochs`` where it is a cosine, even if fewer are
    trained; the others multiply the rate by ``decay`` after ``decay_epochs``.
    ``class_weights`` is what the loss of an item is multiplied by: ``none``, ``balanced``, or names of classes with a
    weight each, where others have 1.
    Of a model that came compiled, ``optimizer`` is :data:`COMPILED`: optimizer, learning rate and loss are its code's.
    """

    network: Network
    epochs: int
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    batch_size: int = 32
    label_noise: float = 0.0
    samples: int | None = None
    evaluate_every: int = 1
    halt: int | None = None
    loss: str = CROSS_ENTROPY_LOSS
    class_weights: ClassWeights = EVEN
    label_smoothing: float = 0.0
    momentum: float | None = None
    nesterov: bool = False
    weight_decay: float | None = None
    clip_norm: float = 0.0
    schedule: str = CONSTANT
    decay: float | None = None
    decay_epochs: int | None = None
    warmup_epochs: int = 0
    schedule_epochs: int | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for a schedule that says nothing: a store from elsewhere may hold one."""
        known = self.schedule in (CONSTANT, COSINE, *DECAYING)
        if not known or (self.schedule in DECAYING and None in (self.decay, self.decay_epochs)):
            raise ValueError(f"the schedule {self.schedule!r} has no factor and no epochs, or is none")

    @classmethod
    def stack(cls, hidden: tuple[int, ...], **values: Any) -> Configuration:
        """A dense stack of these hidden layers; ``values`` are other fields of the network and of its training."""
        network = {name: values.pop(name) for name in DenseStack.__slots__ if name in values}
        return cls(DenseStack(hidden, **network), **values)

    @property
    def dense(self) -> DenseStack:
        """The network, for what knows dense stacks alone. Raises TypeError for another."""
        if not isinstance(self.network, DenseStack):
            raise TypeError(f"{self.label} is no dense stack")
        return self.network

    @property
    def label(self) -> str:
        """The architecture as people write it."""
        return self.network.label

    @property
    def optimizer_words(self) -> str:
        """What trains it: ``adam at 0.001``, and what is not as usual about it."""
        if self.optimizer == COMPILED:
            return "optimizer and learning rate of its own code"
        words = [f"{self.optimizer} at {self.learning_rate:g}"]
        if self.momentum is not None:
            words.append(f"momentum {self.momentum:g}")
        if self.nesterov:
            words.append("Nesterov's momentum")
        if self.weight_decay is not None:
            words.append(f"weight decay {self.weight_decay:g}")
        if self.clip_norm:
            words.append(f"gradients of norm {self.clip_norm:g} at most")
        if self.scheduled:
            words.append(self.schedule_words)
        if self.label_smoothing:
            words.append(f"label smoothing {self.label_smoothing:g}")
        if self.loss == ONE_HOT_MSE:
            words.append("squared error of probabilities")
        return ", ".join(words)

    @property
    def schedule_words(self) -> str:
        """How the learning rate changes, in words; empty where it does not."""
        words = [f"{count(self.warmup_epochs, 'epoch')} of warm-up"] if self.warmup_epochs else []
        if self.schedule == COSINE:
            words.append(f"cosine schedule over {count(self.schedule_epochs or self.epochs, 'epoch')}")
        elif self.schedule == PLATEAU:
            words.append(f"times {self.decay:g} after {count(self.decay_epochs or 1, 'epoch')} without a lower loss")
        elif self.schedule != CONSTANT:
            how = "at once" if self.schedule == STEPS else "gradually"
            words.append(f"times {self.decay:g} every {count(self.decay_epochs or 1, 'epoch')}, {how}")
        return ", ".join(words)

    @property
    def classifies(self) -> bool:
        """Whether its loss is one of classes."""
        return self.loss in CLASS_LOSSES

    @property
    def scheduled(self) -> bool:
        """Whether the learning rate changes from step to step."""
        return self.schedule != CONSTANT or self.warmup_epochs > 0

    @property
    def columns(self) -> dict[str, Any]:
        """All of it as part of a row of a table, by name, what is as usual included."""
        settled = {"learning_rate": None} if self.optimizer == COMPILED else {}
        return {**{name: getattr(self, name) for name in _TRAINING}, **settled, **self.network.columns}

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, the network's among the others; the inverse of :meth:`from_dict`."""
        training = {name: getattr(self, name) for name in _TRAINING}  # asdict would copy, for three times the time
        if self.optimizer == COMPILED:
            del training["learning_rate"]
        for name, usual in LATER.items():  # left out, so that configurations keep the keys they had before
            if training[name] == usual:
                del training[name]
        return {**self.network.to_dict(), **training}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Configuration:
        """Rebuild a configuration from :meth:`to_dict` after a round trip through JSON."""
        optional = (*LATER, "learning_rate") if values["optimizer"] == COMPILED else LATER
        training = {name: values[name] for name in _TRAINING if name not in optional or name in values}
        if isinstance(weights := training.get("class_weights", EVEN), list):
            training["class_weights"] = tuple((name, weight) for name, weight in weights)
        return cls(network_from({k: v for k, v in values.items() if k not in training}), **training)

    @property
    def key(self) -> str:
        """Sixteen hexadecimal digits that tell configurations apart."""
        text = json.dumps(self.to_dict(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


_TRAINING = tuple(name for name in Configuration.__slots__ if name != "network")
LATER = {  # fields that older studies do not have
    name: Configuration.__dataclass_fields__[name].default
    for name in (
        "loss", "class_weights", "label_smoothing", "momentum", "nesterov", "weight_decay", "clip_norm", "schedule",
        "decay", "decay_epochs", "warmup_epochs", "schedule_epochs",
    )
}  # fmt: skip


def program_key(configuration: Configuration) -> tuple[Hashable, ...]:
    """What a compiled program depends on; trials with equal keys share one."""
    return (
        *configuration.network.program_key,
        configuration.loss,
        configuration.optimizer,
        configuration.momentum,
        configuration.nesterov,
        configuration.clip_norm,
        configuration.weight_decay is not None,
        configuration.label_smoothing > 0,
        configuration.scheduled,
        configuration.batch_size,
        configuration.samples,
    )


@dataclass(frozen=True, slots=True)
class Pruning:
    """A pruner's name, the most epochs of a trial, and the ``curves`` of the trials before, in the order of ending."""

    pruner: str
    epochs: int
    curves: tuple[Curve, ...]


@dataclass(frozen=True, slots=True)
class MetricChoice:
    """What a study measures of each trial: the ``metric`` that decides, and ``others`` beside it, by their names.

    ``positive`` names the class that metrics of one class are about; None is the last one of the data set. ``weighted``
    says whether rows count in metrics as the data's weights say, too.
    """

    metric: str = ACCURACY.name
    others: tuple[str, ...] = ()
    positive: str | None = None
    weighted: bool = False

    @property
    def all(self) -> tuple[Metric, ...]:
        """All of them, the one that decides first."""
        return tuple(METRICS[name] for name in dict.fromkeys((self.metric, *self.others)))


@dataclass(frozen=True, slots=True)
class Trial:
    """One training run to do: a configuration at a replicate.

    ``pruning`` is what may end it early, where a search asks for that; ``readings`` are those at which it is kept what
    its test items came to, beside ``last`` and ``best``, and what they are taken for; ``metrics`` is what is measured.
    They are no part of what tells trials apart, and no store has them.
    """

    configuration: Configuration
    replicate: int
    pruning: Pruning | None = field(default=None, compare=False, repr=False)
    readings: tuple[str, ...] = field(default=(), compare=False, repr=False)
    metrics: MetricChoice = field(default=MetricChoice(), compare=False, repr=False)

    @property
    def key(self) -> TrialKey:
        """What tells trials of one study apart."""
        return self.configuration.key, self.replicate


@dataclass(frozen=True, slots=True)
class Trajectory:
    """What a run leaves behind, one row for each recorded epoch.

    ``epochs`` (E,) counts from 1. ``values`` holds (E, 3) for each metric of the task, by its name, with a column a
    split: clean, in inference mode, with the weights as they stand at the end of the epoch, and without any penalty.
    ``seconds`` (E,) is the time from the previous record to this one.
    """

    epochs: NDArray[np.int64]
    values: Mapping[str, NDArray[np.float64]]
    seconds: NDArray[np.float64]

    def __getitem__(self, metric: str) -> NDArray[np.float64]:
        """The records of one metric (E, 3)."""
        return self.values[metric]

    def column(self, metric: str, split: str) -> NDArray[np.float64]:
        """The records of one metric on one split (E,)."""
        return of_split(self.values[metric], split)

    def __len__(self) -> int:
        """Number of records E."""
        return len(self.epochs)

    def until(self, records: int) -> Trajectory:
        """The first ``records`` records."""
        values = {metric: rows[:records] for metric, rows in self.values.items()}
        return Trajectory(self.epochs[:records], values, self.seconds[:records])


class DamagedItems(ValueError):
    """The values of test items are not those of the items that a run tested."""


@dataclass(frozen=True, slots=True)
class ItemValues:
    """One metric of each of N test items where a run is read, packed: 1.25 kB for 10,000 items that are right or wrong.

    ``metric`` and ``reading`` are their names. ``block`` holds a bit an item where each is right or wrong (``binary``),
    as :func:`numpy.packbits` makes them, else little-endian float32, compressed by zlib: the share of a few epochs in
    which an item was right has few different values.
    """

    metric: str
    reading: str
    block: bytes
    binary: bool = True

    @classmethod
    def of(cls, metric: Metric, reading: str, values: NDArray[np.generic]) -> ItemValues:
        """Pack ``values`` (N,): bool where each item is right or wrong, else floats."""
        if values.dtype == bool:
            return cls(metric.name, reading, np.packbits(values.astype(bool)).tobytes())
        return cls(metric.name, reading, zlib.compress(values.astype("<f4").tobytes()), binary=False)

    def values(self, items: int, *, weighted: bool = False) -> NDArray[np.bool_] | NDArray[np.float32]:
        """The values of ``items`` items (N,); of a metric that is ``weighted``, a value may be out of its bounds.

        Raises DamagedItems where the block holds another number of them, or values that the metric cannot have.
        """
        length = -(-items // 8) if self.binary else 4 * items
        block = self.block if self.binary else _decompressed(self.block, length)
        if len(block) != length:
            raise DamagedItems(f"{len(block)} bytes are no values of {items} test items")
        if self.binary:
            return np.unpackbits(np.frombuffer(block, np.uint8), count=items).view(bool)
        values = np.frombuffer(block, "<f4")
        low, high = (-math.inf, math.inf) if weighted else METRICS[self.metric].item_bounds
        if not (np.isfinite(values) & (values >= low) & (values <= high)).all():
            raise DamagedItems(f"a test item has a value of {self.metric} that is not from {low:g} to {high:g}")
        return values


def _decompressed(block: bytes, most: int) -> bytes:
    """A block that zlib compressed, ``most`` bytes of it at most: one from elsewhere may unfold without end."""
    reader = zlib.decompressobj()
    try:
        whole = reader.decompress(block, most + 1)  # 0 would be no limit
    except zlib.error:
        raise DamagedItems("the values of a trial's test items cannot be decompressed") from None
    if len(whole) > most:
        raise DamagedItems(f"more than {most} bytes are no values of {most // 4} test items")
    if not reader.eof or reader.unused_data:
        raise DamagedItems("the values of a trial's test items end too early, or not where they say")
    return whole


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a trial.

    ``state`` is ``finished`` or ``failed``; a failed one has its ``reason`` and whatever of the trajectory
    was recorded. ``items`` are the values of each test item, at the readings where the trainer kept them; none when
    failed. ``predicted`` says what they were taken for at each reading that was asked for; empty in trials of older
    versions, and of a regression.
    ``class_accuracy`` (K,) is test accuracy by class after the last epoch, NaN for a class without test items.
    ``tested`` (N,) int32 are the rows of the data set that it tested, where replicates test rows of their own; None
    where all test the same.
    ``diverged_epoch`` is the first recorded epoch at which a loss was not finite. ``engine`` is what trained it and
    ``cpu`` the kind of processor; empty in trials of older versions. ``parameters`` are those of a network that only
    its own code can count; None of others, and of one that was not built. ``weights`` are the float32 arrays after the
    last epoch, in the order of ``keras.Model.get_weights``, where a finished run was asked to keep them; no store does.
    """

    trial: Trial
    state: Literal["finished", "failed"]
    trajectory: Trajectory
    reason: str = ""
    items: tuple[ItemValues, ...] = ()
    predicted: tuple[PredictedClasses, ...] = ()
    class_accuracy: tuple[float, ...] = ()
    compile_seconds: float = 0.0
    train_seconds: float = 0.0
    peak_memory: int = 0
    diverged_epoch: int | None = None
    engine: str = ""
    cpu: str = ""
    tested: NDArray[np.int32] | None = None
    parameters: int | None = None
    weights: tuple[NDArray[np.float32], ...] = ()

    def item_values(self, metric: str, reading: str) -> ItemValues | None:
        """What each test item came to, None where that was not kept."""
        for one in self.items:  # asked for so often that it counts
            if one.reading == reading and one.metric == metric:
                return one
        return None

    def predicted_at(self, reading: str) -> PredictedClasses | None:
        """What test items were taken for, None where that was not kept."""
        return next((one for one in self.predicted if one.reading == reading), None)

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
    ``value`` is the metric on validation, None for a trial that failed. Without a ``setting`` it is the
    proposer's word that the space is exhausted.
    """

    cell: str
    number: int
    setting: Setting | None
    asked: int
    told: int | None = None
    value: float | None = None


EMPTY = Trajectory(np.zeros(0, np.int64), {metric.name: np.zeros((0, 3)) for metric in ALWAYS}, np.zeros(0))
