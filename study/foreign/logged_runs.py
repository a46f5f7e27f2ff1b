"""Files and folders of logged values -> runs: Keras, Lightning, the Hugging Face trainer, TensorBoard, any table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from study.errors import DataError
from study.foreign.bounded_file import read_file
from study.foreign.logged_columns import NamedColumns, meaning, place_columns
from study.foreign.logged_rows import LoggedRows, decoded, numbers, parse_json, read_rows, rows_of_frame, rows_of_json
from study.records.run_curves import LoggedRun, Series, Unit
from study.words import clean, count, option

KERAS, LIGHTNING, HUGGING_FACE = "Keras", "Lightning", "the Hugging Face trainer"
TABLE = "a table"
MOST_RUNS = 1000  # in one file
# The averages over the whole training that the Hugging Face trainer writes into its last row.
OF_THE_WHOLE = ("train_loss", "train_runtime", "train_samples_per_second", "train_steps_per_second", "total_flos")


def read_logged(path: Path, named: NamedColumns) -> tuple[LoggedRun, ...]:
    """The runs in a file, or in a folder of TensorBoard; there is at least one.

    Raises :class:`~study.errors.InputError` for what is none of these.
    """
    if path.is_dir() or "tfevents" in path.name:
        from study.foreign.event_files import read_event_runs

        return read_event_runs(path)
    if path.suffix.lower() == ".json":
        return runs_of_document(parse_json(decoded(read_file(path), path), path), path, named)
    return runs_of_rows(read_rows(path), path, named)


def runs_of_document(document: Any, path: Path, named: NamedColumns) -> tuple[LoggedRun, ...]:
    """The runs of a JSON document: a trainer's state, a History, rows, or columns."""
    if isinstance(document, Mapping) and isinstance(document.get("log_history"), list):
        rows = rows_of_json([_without_totals(row) for row in document["log_history"]], path)
        return tuple(
            replace(run, kind=HUGGING_FACE, running=_unlabelled(run.series)) for run in runs_of_rows(rows, path, named)
        )
    if isinstance(document, Mapping) and isinstance(document.get("history"), Mapping):
        document = document["history"]
    return runs_of_rows(rows_of_json(document, path), path, named)


def runs_of_history(history: Any, name: str, named: NamedColumns) -> tuple[LoggedRun, ...]:
    """The runs of what a notebook holds: Keras's History, a mapping of lists, a list of rows, a data frame."""
    where = Path(name)
    if hasattr(history, "history") and isinstance(history.history, Mapping):
        history = {key: list(values) for key, values in history.history.items()}
    if hasattr(history, "columns") and hasattr(history, "iloc"):
        return runs_of_rows(rows_of_frame(history, where), where, named)
    if isinstance(history, Mapping):
        history = {str(key): list(values) for key, values in history.items() if _is_column(values)}
        return runs_of_document(history, where, named)
    if isinstance(history, list | tuple):
        return runs_of_document(list(history), where, named)
    raise DataError(
        f"expected a History of Keras, a mapping of lists, a list of rows, a data frame or a path, found "
        f"{type(history).__name__}."
    )


def runs_of_rows(rows: LoggedRows, path: Path, named: NamedColumns) -> tuple[LoggedRun, ...]:
    """The runs of a table, one after the other where its count of epochs begins again.

    Rows that a run which was taken up again has written twice count once, the later ones, and that is said.
    """
    columns = {name: found for name, cells in rows.columns.items() if (found := numbers(cells)) is not None}
    if not columns:
        raise DataError(f"{clean(path)}: expected columns of numbers, found none.")
    unit, counted = _places(columns, named, path)
    series_names = [name for name in columns if name not in place_columns(columns).values() and name != named.epoch]
    parts, notes = _parts(counted, unit)
    if len(parts) > MOST_RUNS:
        raise DataError(f"{clean(path)}: expected at most {MOST_RUNS:,} runs, found {len(parts):,}. Split the file.")
    shift = 1 if unit != "record" and counted and min(counted) == 0 else 0
    if shift and unit == "epoch":
        notes.append("The file counts epochs from 0; here they are counted from 1.")
    keras = _is_keras(series_names)
    if keras and unit == "record":
        unit = "epoch"  # a History has a value an epoch
    kind = KERAS if keras else LIGHTNING if _is_lightning(path, columns) else TABLE
    runs = []
    for number, part in enumerate(parts, 1):
        series = {
            name: _series([(counted[row] + shift, columns[name][row]) for row in part if row < len(columns[name])])
            for name in series_names
        }
        label = str(path) if len(parts) == 1 else f"{path}, run {number}"
        kept = {name: one for name, one in series.items() if len(one.values)}
        running = _unlabelled(kept) if keras else frozenset[str]()
        runs.append(LoggedRun(clean(label), kind, unit, kept, running, (*rows.notes, *notes)))
    return tuple(runs)


def _places(columns: Mapping[str, list[float | None]], named: NamedColumns, path: Path) -> tuple[Unit, list[float]]:
    """How places are counted, and the place of each row; a row without one stands where the row before it does.

    Epochs, where each validation value has an epoch of its own; else steps; else rows.
    """
    units = place_columns(columns)
    if named.epoch:
        if named.epoch not in columns:
            raise DataError(
                f"{clean(path)}: {option('epoch')} {clean(named.epoch)!r}: expected a column of numbers of that name."
            )
        return "epoch", _filled(columns[named.epoch])
    validation = [name for name in columns if (found := meaning(name)) and found[0] == "validation"]
    validation = validation or [name for name in columns if meaning(name) and name not in units.values()]
    choices: tuple[Unit, ...] = ("epoch", "step")
    for unit in choices:
        if unit not in units:
            continue
        places = _filled(columns[units[unit]])
        at = [places[row] for name in validation[:1] for row, cell in enumerate(columns[name]) if cell is not None]
        if all(place.is_integer() for place in at) and all(a != b for a, b in pairwise(at)):
            return unit, places
    return "record", [float(row) for row in range(1, max(map(len, columns.values())) + 1)]


def _filled(cells: Sequence[float | None]) -> list[float]:
    """Places without holes: where one is missing, the one before it, and the first one before the first."""
    last = next((cell for cell in cells if cell is not None and math.isfinite(cell)), 0.0)
    filled = []
    for cell in cells:
        last = cell if cell is not None and math.isfinite(cell) else last
        filled.append(last)
    return filled


def _parts(places: Sequence[float], unit: Unit) -> tuple[list[list[int]], list[str]]:
    """The rows of each run in order of their places, and what is said of rows that were written twice."""
    parts: list[list[int]] = [[]]
    replaced = 0
    for row, place in enumerate(places):
        part = parts[-1]
        if part and place < places[part[-1]]:
            if place <= places[part[0]]:
                parts.append([row])
                continue
            before = len(part)
            while part and places[part[-1]] >= place:
                part.pop()
            replaced += before - len(part)
        parts[-1].append(row)
    said = (
        f"The count of {unit}s goes back: {count(replaced, 'row')} that a later part of the run wrote again count once."
    )
    return parts, [said] if replaced else []


def _series(logged: Sequence[tuple[float, float | None]]) -> Series:
    """The values that there are, the last one of each place."""
    values = {place: value for place, value in logged if value is not None}
    return Series(np.array(list(values), float), np.array(list(values.values()), float))


def _is_keras(names: Sequence[str]) -> bool:
    """Whether the columns are named as Keras names them: a plain metric beside the same with ``val_``."""
    return any(f"val_{name}" in names for name in names if meaning(name) in (("", "loss"), ("", "accuracy")))


def _is_lightning(path: Path, columns: Mapping[str, object]) -> bool:
    return path.name == "metrics.csv" and {"epoch", "step"} <= set(columns)


def _unlabelled(series: Mapping[str, Series]) -> frozenset[str]:
    """The quantities of training that have no part in their name, as Keras and the Hugging Face trainer write them."""
    return frozenset(name for name in series if (found := meaning(name)) and not found[0])


def _without_totals(row: Any) -> Any:
    if isinstance(row, Mapping) and "train_runtime" in row:
        return {name: value for name, value in row.items() if name not in OF_THE_WHOLE}
    return row


def _is_column(values: Any) -> bool:
    return isinstance(values, list | tuple | np.ndarray) or hasattr(values, "tolist")
