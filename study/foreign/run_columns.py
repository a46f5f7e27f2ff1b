"""What the columns of a table of runs are: named on the command line, or in a small TOML file that is kept."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from study.errors import DataError, InputError
from study.foreign.bounded_file import read_file
from study.foreign.logged_rows import decoded
from study.records.imported import Direction
from study.words import clean, option, unknown

LARGEST = 2**20  # bytes of a file of columns
SMALLEST_MARGIN = 1e-12  # far below any that matters, far above where numbers end


@dataclass(frozen=True, slots=True)
class RunColumns:
    """Columns by what they are, empty where they are not named; and what else the user says of the runs.

    ``train``, ``validation`` and ``test`` are the same quantity on the three parts. ``run`` tells runs apart where a
    run has a row an epoch, which ``epoch`` counts. ``parameters`` are settings beside the axis: runs are compared along
    the axis where they agree in them. ``replicates`` is the user's word that without a column of seeds runs of the same
    setting are replicates. ``reading`` says where runs with epochs are read, ``validation_loss`` what that goes by.
    """

    axis: str = ""
    replicate: str = ""
    train: str = ""
    validation: str = ""
    test: str = ""
    validation_loss: str = ""
    epoch: str = ""
    run: str = ""
    parameters: tuple[str, ...] = ()
    direction: Direction | None = None
    replicates: bool = False
    reading: str = "last"
    margin: float | None = None
    chance: float | None = None

    @property
    def named(self) -> dict[str, str]:
        """The named columns by their options."""
        roles = ("axis", "replicate", "train", "validation", "test", "validation_loss", "epoch", "run")
        columns = {role: getattr(self, role) for role in roles if getattr(self, role)}
        return columns | {f"parameter {name}": name for name in self.parameters}


def run_columns(file: Path | None, **given: Any) -> RunColumns:
    """The columns of a TOML file, with those that are given (not None, not empty) in their place.

    Raises :class:`InputError` for a file that is none, an unknown key, or a value of another kind.
    """
    values: dict[str, Any] = {} if file is None else _read(file)
    values |= {name: value for name, value in given.items() if value not in (None, "", (), False)}
    known = {field.name: field for field in fields(RunColumns)}
    for name, value in values.items():
        where = f"{clean(file)}: {name}" if file is not None and given.get(name) in (None, "", ()) else option(name)
        if name not in known:
            raise InputError(f"{clean(file)}: {unknown(name, tuple(known), 'key')}")
        if not _fits(name, value):
            raise InputError(f"{where}: expected {_expected(name)}, found {clean(value)}.")
    if "parameters" in values:
        values["parameters"] = tuple(values["parameters"])
    columns = RunColumns(**values)
    if columns.margin is not None and not SMALLEST_MARGIN <= columns.margin <= 1 / SMALLEST_MARGIN:
        raise InputError(f"{option('margin')} {columns.margin:g}: expected a difference larger than 0.")
    if columns.chance is not None and not math.isfinite(columns.chance):
        raise InputError(f"{option('chance')} {columns.chance:g}: expected what guessing comes to, a finite number.")
    if not columns.validation and not columns.test:
        raise InputError(
            f"Expected a column of results: name one with {option('test')}, {option('validation')} or both."
        )
    return columns


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(decoded(read_file(file, LARGEST), file))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataError(f"{clean(file)}: expected TOML, found something else: {clean(error)}.") from None


def _fits(name: str, value: Any) -> bool:
    match name:
        case "parameters":
            return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)
        case "direction":
            return value in ("maximize", "minimize")
        case "replicates":
            return isinstance(value, bool)
        case "margin" | "chance":
            return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str)


def _expected(name: str) -> str:
    match name:
        case "parameters":
            return "a list of columns"
        case "direction":
            return "maximize or minimize"
        case "replicates":
            return "true or false"
        case "margin" | "chance":
            return "a number"
    return "a text"
