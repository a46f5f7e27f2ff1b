"""Results and proposals as rows, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple
from functools import cache, lru_cache
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from study.records.metrics import METRICS
from study.records.predicted_classes import PredictedClasses
from study.records.trials import Configuration, ItemValues, Proposal, Result, Trajectory, Trial
from study.store.schema import proposals, tested_rows, trials


def result_row(result: Result) -> dict[str, Any]:
    """The row of a result, but for its study and when it was written."""
    configuration = result.trial.configuration
    return {
        "key": configuration.key,
        "replicate": result.trial.replicate,
        "configuration": json.dumps(configuration.to_dict()),
        "state": result.state,
        "reason": storable(result.reason),
        "diverged_epoch": result.diverged_epoch,
        "metrics": " ".join(result.trajectory.values),
        "trajectory": _pack(_table(result.trajectory)),
        "item_index": json.dumps([(one.metric, one.reading, one.binary, len(one.block)) for one in result.items]),
        "items": b"".join(one.block for one in result.items),
        "predicted": predicted_text(result.predicted),
        "class_accuracy": _pack(np.array(result.class_accuracy)),
        "compile_seconds": result.compile_seconds,
        "train_seconds": result.train_seconds,
        "peak_memory": result.peak_memory,
        "engine": result.engine,
        "cpu": storable(result.cpu),
        "parameters": result.parameters,
    }


def checked(row: Sequence[Any], table: sa.Table) -> None:
    """Raise ValueError where a value in a whole row of ``table`` is not of its column's type.

    SQLite keeps whatever it is given: in a file from elsewhere a name may be bytes.
    """
    for value, (name, kinds) in zip(row, _kinds(table), strict=True):
        if not isinstance(value, kinds):
            raise ValueError(f"{table.name}.{name} holds {type(value).__name__}")


@cache
def _kinds(table: sa.Table) -> list[tuple[str, tuple[type, ...]]]:
    """What each column may hold, in order."""
    return [
        (
            column.name,
            (column.type.python_type,)
            + (int,) * (column.type.python_type is float)
            + (type(None),) * bool(column.nullable),
        )
        for column in table.columns
    ]


def read_result(row: sa.Row[Any], tested: Mapping[int, NDArray[np.int32]] | None = None) -> Result:
    """A row as a result; raises ValueError, TypeError or KeyError for what this program cannot have written.

    ``tested`` are the rows that replicates tested, where each tests its own.
    """
    checked(row, trials)
    if row.state not in ("finished", "failed"):
        raise ValueError(f"a trial is in the state {row.state!r}")
    metrics = _metrics(row.metrics)
    table = np.frombuffer(row.trajectory, "<f8").reshape(-1, 3 * len(metrics) + 2)
    values = {metric: table[:, columns] for metric, columns in metrics}
    class_accuracy = tuple(np.frombuffer(row.class_accuracy, "<f8").tolist())
    return Result(
        trial=Trial(read_configuration(row.configuration)[0], row.replicate),
        state=row.state,
        trajectory=Trajectory(table[:, 0].astype(np.int64), values, table[:, -1]),
        reason=row.reason,
        items=_items(row.item_index, row.items),
        predicted=read_predicted(row.predicted, len(class_accuracy)),
        class_accuracy=class_accuracy,
        compile_seconds=row.compile_seconds,
        train_seconds=row.train_seconds,
        peak_memory=row.peak_memory,
        diverged_epoch=row.diverged_epoch,
        engine=row.engine,
        cpu=row.cpu,
        parameters=row.parameters,
        tested=None if tested is None else tested.get(row.replicate),
    )


@lru_cache(maxsize=100)  # all trials of a study have the same
def _metrics(text: str) -> tuple[tuple[str, slice], ...]:
    """The metrics of a trajectory and their columns; raises ValueError for one that this program does not know."""
    names = tuple(text.split())
    if strange := [name for name in names if name not in METRICS]:
        raise ValueError(f"a trial recorded the metric {strange[0]!r}")
    return tuple((name, slice(1 + 3 * i, 4 + 3 * i)) for i, name in enumerate(names))


def _items(index: str, block: bytes) -> tuple[ItemValues, ...]:
    parts, length = _parts(index)
    if length != len(block):
        raise ValueError("the values of a trial's test items are not as long as it says")
    return tuple(ItemValues(metric, reading, block[place], binary) for metric, reading, binary, place in parts)


@lru_cache(maxsize=100)
def _parts(index: str) -> tuple[list[tuple[str, str, bool, slice]], int]:
    """What a block of item values holds and where, and the length of the whole."""
    parts, end = [], 0
    for metric, reading, binary, length in json.loads(index):
        if length < 0:
            raise ValueError("a part of a trial's test items has a negative length")
        if metric not in METRICS:
            raise ValueError(f"a trial kept test items of the metric {metric!r}")
        parts.append((str(metric), str(reading), bool(binary), slice(end, end + int(length))))
        end += int(length)
    return parts, end


def predicted_text(predicted: Sequence[PredictedClasses]) -> str:
    """What test items were taken for, as JSON."""
    return json.dumps([astuple(one) for one in predicted], separators=(",", ":"))


def read_predicted(text: str, classes: int) -> tuple[PredictedClasses, ...]:
    """What :func:`predicted_text` wrote of a run of so many classes; raises ValueError or TypeError for all else."""
    found = []
    for reading, cells, bins in json.loads(text):
        whole = tuple((int(true), int(said), int(items)) for true, said, items in cells)
        counted = tuple((int(items), int(right), float(confidence)) for items, right, confidence in bins)
        found.append(PredictedClasses(str(reading), whole, counted))
        found[-1].check(classes)
    return tuple(found)


@lru_cache(maxsize=1_000)  # the replicates of a point have the same text
def read_configuration(text: str) -> tuple[Configuration, str]:
    """A configuration and its key; raises ValueError, TypeError or KeyError as :func:`read_result`."""
    configuration = Configuration.from_dict(json.loads(text))
    return configuration, configuration.key


def tested_row(replicate: int, tested: NDArray[np.int32]) -> dict[str, Any]:
    """The row of what a replicate tested, but for its study."""
    return {"replicate": replicate, "rows": tested.astype("<i4").tobytes()}


def read_tested(row: sa.Row[Any]) -> NDArray[np.int32]:
    """Which rows (N,) a replicate tested; raises ValueError for what this program cannot have written."""
    checked(row, tested_rows)
    rows = np.frombuffer(row.rows, "<i4").astype(np.int32)
    if not len(rows) or rows[0] < 0 or (np.diff(rows) <= 0).any():
        raise ValueError(f"the rows that replicate {row.replicate} tested are not ascending numbers")
    return rows


def proposal_row(proposal: Proposal) -> dict[str, Any]:
    """The row of a proposal, but for its study."""
    return asdict(proposal) | {"setting": None if proposal.setting is None else json.dumps(proposal.setting)}


def read_proposal(row: sa.Row[Any]) -> Proposal:
    """A row as a proposal; raises ValueError or TypeError for what this program cannot have written."""
    checked(row, proposals)
    setting = None if row.setting is None else dict(json.loads(row.setting))
    value = None if row.value is None else float(row.value)
    return Proposal(row.cell, int(row.number), setting, int(row.asked), row.told, value)


def _table(trajectory: Trajectory) -> NDArray[np.float64]:
    return np.column_stack([trajectory.epochs, *trajectory.values.values(), trajectory.seconds]).astype(float)


def _pack(array: NDArray[np.float64]) -> bytes:
    return array.astype("<f8").tobytes()


def storable(text: str) -> str:
    """Text without what a database refuses: PostgreSQL knows no NUL, and none knows half a character."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
