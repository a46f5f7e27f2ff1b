"""A table of finished runs -> a foreign study: one row a run, or one row an epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from study.errors import DataError, InputError
from study.foreign.logged_columns import meaning, place_columns
from study.foreign.logged_rows import Cell, LoggedRows, read_rows
from study.foreign.run_columns import RunColumns
from study.records.imported import (
    MOST_PARAMETERS,
    MOST_STEPS,
    MOST_TRIALS,
    Design,
    Direction,
    ForeignStudy,
    ForeignTrial,
    Measured,
    State,
    number,
    store_name,
    unique_values,
)
from study.records.parameters import Parameter, Value
from study.records.readings import best_row, halts_at, parse_reading, tail_records
from study.words import clean, count, listed, option

TABLE = "a table"
PARTS = ("train", "validation", "test")
MOST_NAMED = 5  # columns that a note names
STATES = ("state", "status")  # columns in which trackers say how a run ended
NOT_ENDED = ("running", "pending", "scheduled", "queued", "preempting")

Rows = list[int]


def read_runs(source: Path, columns: RunColumns, *, name: str | None = None) -> ForeignStudy:
    """The study in a file of runs: .csv, .tsv, .json, .jsonl or .parquet, or a folder of TensorBoard with hparams.

    ``name`` is the study's in our store, by default the file's. Raises :class:`~study.errors.InputError`.
    """
    if source.is_dir() or "tfevents" in source.name:
        from study.foreign.event_tables import event_rows

        return study_of_rows(event_rows(source), columns, "TensorBoard", source.resolve().name, name=name)
    return study_of_rows(with_depth(read_rows(source)), columns, TABLE, source.resolve().stem, name=name)


def study_of_rows(
    rows: LoggedRows, columns: RunColumns, engine: str, original: str, *, name: str | None = None, version: str = ""
) -> ForeignStudy:
    """The study of a table whatever it was read from; see :class:`RunColumns` for what its columns are."""
    _check_columns(rows, columns)
    direction, notes = _direction(columns)
    runs, epoch = _runs(rows, columns)
    if len(runs) > MOST_TRIALS:
        raise DataError(f"{clean(original)}: expected at most {MOST_TRIALS:,} runs, found {len(runs):,}.")
    values = _values(rows, columns)
    scale = _scale(values, columns, direction, notes)
    read = _Reading(rows, columns, epoch, scale)
    trials = tuple(_trial(i, own, read) for i, own in enumerate(runs))
    notes += _beside(rows, columns, runs, epoch)
    running = bool(columns.train) and meaning(columns.train) in (("", "accuracy"), ("", "loss"))
    margin, chance = (None if one is None else one / scale for one in (columns.margin, columns.chance))
    study = ForeignStudy(
        name=store_name(name, original),
        engine=engine,
        version=version,
        original=clean(original),
        objective=clean(columns.validation or columns.test),
        direction=direction,
        parameters=_parameters(trials, [one for one in (columns.axis, *columns.parameters) if one]),
        trials=trials,
        also_recorded=tuple(clean(one) for one in (columns.train, columns.test) if one and one != columns.validation),
        notes=(*rows.notes, *notes),
        design=Design(
            columns.axis and clean(columns.axis),
            clean(columns.replicate),
            columns.replicates,
            margin,
            chance,
            columns.reading if epoch else "",
            running,
        ),
    )
    if not study.shares:
        return study
    _check_shares(margin, chance)
    if chance is not None or not columns.axis:
        return study
    unknown = (
        "What guessing comes to is not known, so a run counts as failed only where it lost half of the best value in "
        f"training; {option('chance')} tells more."
    )
    return replace(study, notes=(*study.notes, unknown))


def with_depth(rows: LoggedRows) -> LoggedRows:
    """An export of our own with its hidden layers counted in a column ``depth``; runs of a search left out, and said.

    Other tables stay as they are.
    """
    if not {"architecture", "hidden", "purpose", "replicate"} <= set(rows.columns):
        return rows
    kept = [row for row, purpose in enumerate(rows.columns["purpose"]) if purpose != "search"]
    columns = {name: [cells[row] for row in kept] for name, cells in rows.columns.items()}
    columns.setdefault("depth", [float(len(_words(cell).split("-"))) if cell else None for cell in columns["hidden"]])
    left = len(rows) - len(kept)
    notes = (f"{count(left, 'row')} of runs that searches trained were left out.",) if left else ()
    return LoggedRows(columns, (*rows.notes, *notes))


@dataclass(frozen=True, slots=True)
class _Reading:
    """How the rows of a run are read: the column that counts epochs, empty without, and what values are divided by."""

    rows: LoggedRows
    columns: RunColumns
    epoch: str
    scale: float

    def cell(self, column: str, row: int) -> Cell:
        """A cell of a named column; nothing where the column is not named."""
        return self.rows.columns[column][row] if column else None

    def curve(self, column: str, own: Rows) -> np.ndarray:
        """The values (E,) of a column over the rows of a run, NaN where there is none."""
        cells = [self.cell(column, row) for row in own]
        return np.array([cell if isinstance(cell, float) else math.nan for cell in cells]) / self.scale

    def row(self, own: Rows) -> Sequence[int]:
        """The places among a run's rows that are read."""
        rule = parse_reading(self.columns.reading)
        if not self.epoch or rule.name == "last":
            return [len(own) - 1]
        if rule.name == "tail":
            return range(max(0, len(own) - tail_records(len(own))), len(own))
        watched = self.curve(self.columns.validation_loss, own)
        places = [int(number(self.cell(self.epoch, row)) or 0) for row in own]
        stop = None if rule.patience is None else halts_at(watched, places, rule.patience)
        seen = [place for place, at in enumerate(places) if stop is None or at <= stop]
        best = best_row(watched[seen])
        return [len(own) - 1 if best is None else seen[best]]


def _check_columns(rows: LoggedRows, columns: RunColumns) -> None:
    for role, name in columns.named.items():
        if name not in rows.columns:
            known = ", ".join(clean(one, 40) for one in list(rows.columns)[:12])
            raise InputError(f"{option(role.split()[0])} {clean(name)!r}: expected a column, found {known}.")
    if len(columns.parameters) > MOST_PARAMETERS:
        raise InputError(f"expected at most {MOST_PARAMETERS:,} parameters, found {len(columns.parameters):,}.")
    reading = parse_reading(columns.reading).name
    if reading in ("best", "patience") and not columns.validation_loss:
        raise InputError(
            f"{option('reading')} {columns.reading}: expected the column that it goes by. Name it with "
            f"{option('validation_loss')}."
        )
    if columns.axis and any(isinstance(cell, str) for cell in rows.columns[columns.axis]):
        found = next(cell for cell in rows.columns[columns.axis] if isinstance(cell, str))
        raise InputError(f"{option('axis')} {clean(columns.axis)!r}: expected numbers, found {clean(found)!r}.")


def _direction(columns: RunColumns) -> tuple[Direction, list[str]]:
    """As the user said it, else by the name of the column, which is said."""
    if columns.direction is not None:
        return columns.direction, []
    objective = columns.validation or columns.test
    found = meaning(objective)
    if found is None:
        raise InputError(f"Is a larger {clean(objective)!r} better? Give {option('maximize')} or {option('minimize')}.")
    direction: Direction = "maximize" if found[1] == "accuracy" else "minimize"
    other = option("minimize" if direction == "maximize" else "maximize")
    return direction, [f"By its name {clean(objective)} is to be {direction}d; {other} says otherwise."]


def _runs(rows: LoggedRows, columns: RunColumns) -> tuple[list[Rows], str]:
    """The rows of each run, in order of their first; and the column that counts epochs, empty with one row a run."""
    epoch = columns.epoch
    key = [columns.run] if columns.run else [c for c in (columns.axis, columns.replicate, *columns.parameters) if c]
    found: dict[tuple[Cell, ...], Rows] = {}
    for row in range(len(rows)):
        found.setdefault(tuple(rows.columns[name][row] for name in key) if key else (float(row),), []).append(row)
    several = any(len(own) > 1 for own in found.values())
    if several and not epoch:
        epoch = _counts_epochs(rows, found, columns)
    if not epoch:
        told = columns.run or columns.replicate
        if told and several:
            own = next(own for own in found.values() if len(own) > 1)
            raise DataError(
                f"rows {own[0] + 1} and {own[1] + 1} are of the same run: {_what(rows, key, own[0])}. Name what tells "
                f"them apart with {option('parameter')}, or their epochs with {option('epoch')}."
            )
        return [[row] for row in range(len(rows))], ""
    for own in found.values():
        places = [number(rows.columns[epoch][row]) for row in own]
        if None in places:
            raise DataError(f"{clean(epoch)!r}: expected a number in every row, found none in row {own[0] + 1}.")
        if len(set(places)) < len(places):
            raise DataError(
                f"two rows of the same run have the same {clean(epoch)!r}: {_what(rows, key, own[0])}. Name the column "
                f"that tells runs apart with {option('run')}."
            )
        own.sort(key=lambda row: number(rows.columns[epoch][row]) or 0.0)
        if len(own) > MOST_STEPS:
            raise DataError(f"expected at most {MOST_STEPS:,} rows a run, found {len(own):,}.")
    return list(found.values()), epoch


def _counts_epochs(rows: LoggedRows, found: Mapping[tuple[Cell, ...], Rows], columns: RunColumns) -> str:
    """A column of epochs or steps that is another number in each row of a run; empty where there is none."""
    if not (columns.run or columns.replicate):
        return ""
    for column in place_columns(rows.columns).values():
        places = [[rows.columns[column][row] for row in own] for own in found.values()]
        if column not in columns.named.values() and all(len(set(own)) == len(own) for own in places):
            return column
    return ""


def _what(rows: LoggedRows, key: Sequence[str], row: int) -> str:
    return ", ".join(f"{clean(name)} {_words(rows.columns[name][row])}" for name in key)


def _values(rows: LoggedRows, columns: RunColumns) -> list[float]:
    """Everything that was measured, on any part."""
    return [
        cell
        for name in (columns.train, columns.validation, columns.test)
        if name
        for cell in rows.columns[name]
        if isinstance(cell, float) and math.isfinite(cell)
    ]


def _check_shares(margin: float | None, chance: float | None) -> None:
    """Raise :class:`InputError` where what is said of accuracies, or other shares, cannot be."""
    if margin is not None and margin >= 1:
        raise InputError(f"{option('margin')} {margin:g}: expected a difference between 0 and 1.")
    if chance is not None and not 0 <= chance < 1:
        raise InputError(f"{option('chance')} {chance:g}: expected what guessing comes to, 0 to below 1.")


def _scale(values: Sequence[float], columns: RunColumns, direction: Direction, notes: list[str]) -> float:
    """100 where what is to be maximized is in percent, which is said; else 1."""
    accuracies = [meaning(name) for name in (columns.train, columns.validation, columns.test) if name]
    named = any(found is not None and found[1] == "accuracy" for found in accuracies)
    if direction == "maximize" and named and values and min(values) >= 0 and 1 < max(values) <= 100:
        said = columns.margin is not None or columns.chance is not None
        so = f", and so are {option('margin')} and {option('chance')}" if said else ""
        notes.append(f"Accuracies are in percent there{so}; here they lie between 0 and 1.")
        return 100.0
    return 1.0


def _trial(place: int, own: Rows, read: _Reading) -> ForeignTrial:
    rows, columns = read.rows, read.columns
    at = read.row(own)
    values: dict[str, float | None] = {}
    diverged = False
    for part in PARTS:
        name = getattr(columns, part)
        found = read.curve(name, own)[list(at)] if name else np.array([math.nan])
        recorded = [read.cell(name, own[i]) for i in at] if name else []
        diverged |= any(isinstance(cell, float) and not math.isfinite(cell) for cell in recorded)
        values[part] = float(found.mean()) if np.isfinite(found).all() else None
    state = _state(rows, own[-1])
    measured = Measured(**values, replicate=_words(read.cell(columns.replicate, own[0])), diverged=diverged)
    objective = "validation" if columns.validation else "test"
    value = values[objective]
    reason = ""
    if state == "complete" and value is None:
        state = "failed"
        reason = f"{clean(getattr(columns, objective))} is {'not finite' if diverged else 'missing'}"
    curve: tuple[tuple[int, float], ...] = ()
    if read.epoch:
        places = (int(number(read.cell(read.epoch, row)) or 0) for row in own)
        reports = zip(places, read.curve(getattr(columns, objective), own), strict=True)
        curve = tuple((step, float(one)) for step, one in reports if math.isfinite(one))
    settings = ((name, _value(rows.columns[name][own[0]])) for name in (columns.axis, *columns.parameters) if name)
    setting = {clean(name): one for name, one in settings if one is not None}
    return ForeignTrial(place, setting, state, value if state == "complete" else None, reason, curve, measured)


def _state(rows: LoggedRows, row: int) -> State:
    """How a run ended, where a column says it as trackers do."""
    for name, cells in rows.columns.items():
        if name.lower().rpartition("/")[2] in STATES and isinstance(cells[row], str):
            word = str(cells[row]).lower()
            if word in NOT_ENDED:
                return "running"
            return "failed" if word in ("failed", "crashed", "killed") else "complete"
    return "complete"


def _value(cell: Cell) -> Value | None:
    """A cell as the value of a setting: whole numbers as such."""
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return None
        return int(cell) if cell.is_integer() and abs(cell) < 2**53 else cell
    if cell in ("True", "False"):
        return cell == "True"
    return None if cell is None else clean(cell)


def _words(cell: Cell) -> str:
    value = _value(cell)
    return "" if value is None else str(value)


def _parameters(trials: Sequence[ForeignTrial], names: Sequence[str]) -> tuple[Parameter, ...]:
    """The settings as a space: the range of numbers, the values of all else. One that no run has is none."""
    found = []
    for name in map(clean, names):
        values = [trial.setting[name] for trial in trials if name in trial.setting]
        numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
        if values and len(numbers) == len(values):
            whole = all(isinstance(value, int) for value in numbers)
            found.append(Parameter(name, "int" if whole else "float", min(numbers), max(numbers)))
        elif values:
            kept = unique_values([v if isinstance(v, str) else str(v) for v in values])
            found.append(Parameter(name, "choice", values=kept))
    return tuple(found)


def _beside(rows: LoggedRows, columns: RunColumns, runs: Sequence[Rows], epoch: str) -> list[str]:
    """Columns that nobody named and that differ between runs of the same setting: what they do looks like noise."""
    known = {*columns.named.values(), epoch, *place_columns(rows.columns).values()}
    key = [name for name in (columns.axis, *columns.parameters) if name]
    groups: dict[tuple[Cell, ...], list[int]] = {}
    for own in runs:
        groups.setdefault(tuple(rows.columns[name][own[0]] for name in key), []).append(own[0])
    found = []
    for name, cells in rows.columns.items():
        if name in known or meaning(name) or name.lower().rpartition("/")[2] in STATES:
            continue
        few = {cell for own in runs for cell in [cells[own[0]]] if cell is not None}
        if 1 < len(few) <= max(2, len(runs) // 3) and any(
            len({cells[row] for row in own}) > 1 for own in groups.values()
        ):
            found.append(clean(name, 40))
    if not found:
        return []
    shown = listed(found[:MOST_NAMED]) + (" and others" if len(found) > MOST_NAMED else "")
    return [
        f"Runs of the same setting differ in {shown}, which nobody named: what that does counts as noise here. Name "
        f"settings with {option('parameter')}."
    ]
