"""Event files of TensorBoard -> runs with their scalars and hparams, without TensorFlow.

Where a record does not fit its checksum or is cut off, what stands before it is used, and that is said.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from study.errors import DataError, InputError
from study.foreign.bounded_file import read_file
from study.foreign.event_records import BrokenRecord, records
from study.foreign.logged_columns import PARTS
from study.records.run_curves import LoggedRun, Series, Unit
from study.words import clean, count

TENSORBOARD, KERAS_TENSORBOARD = "TensorBoard", "Keras's TensorBoard callback"
KERAS_TAG = "epoch_"  # how that callback begins the tags of what it writes after each epoch
MOST_FILES = 1000
MOST_DEPTH = 6  # folders within folders
MOST_BYTES = 64 * 2**20  # of all files together: their checksums take a fifth of a second for each MiB
MOST_TAGS = 10_000  # of one run


@dataclass(slots=True)
class Events:
    """What one run's files hold: a value for each step of each tag, and its settings, as hparams keeps them."""

    scalars: dict[str, dict[int, float]] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read_event_runs(path: Path) -> tuple[LoggedRun, ...]:
    """The runs in an event file or a folder of them, each with its curves.

    Raises :class:`~study.errors.InputError` where there are no scalars.
    """
    return tuple(_run(name, events) for name, events in read_events(path).items())


def read_events(path: Path) -> dict[str, Events]:
    """What each run in a file or a folder holds, by its name.

    Folders ``train`` and ``validation`` belong to the run above them, and their tags begin with their name. A folder
    within a run that holds nothing but hparams is that run's, as some programs write it. Raises
    :class:`~study.errors.InputError` where there are no scalars.
    """
    found: dict[str, Events] = {}
    left = MOST_BYTES
    for file in _event_files(path):
        content = read_file(file)
        left -= len(content)
        if left < 0:
            raise DataError(
                f"{clean(path)}: expected at most {MOST_BYTES // 2**20} MiB of event files, found more. Name a folder "
                "with fewer runs."
            )
        part = PARTS.get(file.parent.name.lower(), "") if path.is_dir() and file.parent != path else ""
        run = file.parent.parent if part else file.parent
        events = found.setdefault(str(run if path.is_dir() else file), Events())
        _add(events, content, file, f"{part}/" if part else "")
    for name in [name for name, events in found.items() if events.settings and not events.scalars]:
        above = found.get(os.path.dirname(name))
        if above is not None and not above.settings:
            above.settings = found[name].settings
    runs = {clean(name): events for name, events in found.items() if events.scalars}
    if not runs:
        raise InputError(f"{clean(path)}: expected event files of TensorBoard with scalars, found none.")
    return runs


def _event_files(path: Path) -> list[Path]:
    """The event files in a folder, at most MOST_DEPTH below it; links are not followed."""
    if not path.is_dir():
        return [path]
    found: list[Path] = []
    for folder, folders, files in os.walk(path, followlinks=False):
        if len(Path(folder).relative_to(path).parts) >= MOST_DEPTH:
            folders.clear()
        folders.sort()
        inside = (Path(folder) / name for name in sorted(files) if "tfevents" in name)
        found += [file for file in inside if not file.is_symlink()]
        if len(found) > MOST_FILES:
            raise DataError(
                f"{clean(path)}: expected at most {MOST_FILES:,} event files, found more. Name a folder in it."
            )
    return found


def _add(events: Events, content: bytes, file: Path, prefix: str) -> None:
    """Add what a file holds, up to where it breaks off. A step that is logged twice has its later value."""
    from google.protobuf.message import DecodeError
    from tensorboard.compat.proto.event_pb2 import Event

    read = 0
    try:
        for record in records(content):
            event = Event.FromString(record)
            read += 1
            for value in event.summary.value:
                if value.metadata.plugin_data.plugin_name == "hparams":
                    events.settings |= _settings(value.metadata.plugin_data.content)
                elif (scalar := _scalar(value)) is not None:
                    events.scalars.setdefault(prefix + clean(value.tag), {})[event.step] = scalar
            if len(events.scalars) > MOST_TAGS:
                raise DataError(f"{clean(file)}: expected at most {MOST_TAGS:,} tags, found more.")
    except BrokenRecord as broken:
        events.notes.append(f"{clean(file)} was read up to where it breaks off, {count(read, 'record')}: {broken}.")
    except DecodeError:
        events.notes.append(f"{clean(file)} was read up to where it breaks off, {count(read, 'record')}: no event.")


def _scalar(value: Any) -> float | None:
    """The number of a summary's value; None for a picture, a histogram and all else."""
    if value.HasField("simple_value"):
        return float(value.simple_value)
    plugin = value.metadata.plugin_data.plugin_name
    if not value.HasField("tensor") or plugin not in ("scalars", "") or value.tensor.tensor_shape.dim:
        return None
    tensor = value.tensor
    kinds = {1: ("float_val", "<f4"), 2: ("double_val", "<f8"), 3: ("int_val", "<i4"), 9: ("int64_val", "<i8")}
    if tensor.dtype not in kinds:
        return None
    name, kind = kinds[tensor.dtype]
    if tensor.tensor_content:
        whole = len(tensor.tensor_content) == np.dtype(kind).itemsize
        return float(np.frombuffer(tensor.tensor_content, kind)[0]) if whole else None
    listed = getattr(tensor, name)
    return float(listed[0]) if len(listed) == 1 else None


def _settings(content: bytes) -> dict[str, Any]:
    """The hyperparameters of a run that hparams wrote when it began; empty for its other records."""
    from google.protobuf.message import DecodeError
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

    try:
        data = HParamsPluginData.FromString(content)
    except DecodeError:
        return {}
    return {clean(name): value for name, one in data.session_start_info.hparams.items() for value in _plain(one)}


def _plain(value: Any) -> Iterator[bool | float | str]:
    kind = value.WhichOneof("kind")
    if kind == "number_value" and math.isfinite(value.number_value):
        yield value.number_value
    elif kind == "bool_value":
        yield value.bool_value
    elif kind == "string_value":
        yield clean(value.string_value)


def _run(name: str, events: Events) -> LoggedRun:
    """A run with its curves. Keras counts epochs from 0 there, the others count steps of their own."""
    keras = any(tag.rpartition("/")[2].startswith(KERAS_TAG) for tag in events.scalars if "/" in tag)
    # Beside its values after each epoch that callback writes some by steps of the optimizer.
    kept = {tag: one for tag, one in events.scalars.items() if not keras or KERAS_TAG in tag}
    unit: Unit = "epoch" if keras else "step"
    first = min((step for one in kept.values() for step in one), default=1)
    notes = list(events.notes)
    if keras and first == 0:
        notes.append("The files count epochs from 0; here they are counted from 1.")
    return LoggedRun(
        name=name,
        kind=KERAS_TENSORBOARD if keras else TENSORBOARD,
        unit=unit,
        series={tag: _series(one, shift=first == 0) for tag, one in kept.items()},
        running=frozenset(tag for tag in kept if keras and tag.startswith("train/")),
        notes=tuple(notes),
    )


def _series(values: dict[int, float], *, shift: bool) -> Series:
    steps = sorted(values)
    return Series(np.array(steps, float) + shift, np.array([values[step] for step in steps], float))
