"""A folder of TensorBoard's event files -> a table with a row a run: its hparams, and the last value of each tag."""

from __future__ import annotations

from pathlib import Path

from study.foreign.event_files import read_events
from study.foreign.logged_rows import Cell, LoggedRows
from study.words import clean

RUN = "run"  # the column of the folders' names


def event_rows(path: Path) -> LoggedRows:
    """The runs of a folder as rows. A setting that has the name of a tag is called ``hparams/NAME``.

    Raises :class:`~study.errors.InputError` where there are no scalars.
    """
    runs = read_events(path)
    tags = list(dict.fromkeys(tag for events in runs.values() for tag in events.scalars))
    columns: dict[str, list[Cell]] = {RUN: list(runs)}
    for name in dict.fromkeys(name for events in runs.values() for name in events.settings):
        cells = [events.settings.get(name) for events in runs.values()]
        column = f"hparams/{name}" if name in (*tags, RUN) else name
        columns[column] = [None if cell is None else _cell(cell) for cell in cells]
    for tag in tags:
        last = (
            events.scalars[tag][max(events.scalars[tag])] if tag in events.scalars else None for events in runs.values()
        )
        columns[tag] = list(last)
    return LoggedRows(columns, tuple(note for events in runs.values() for note in events.notes))


def _cell(value: bool | float | str) -> Cell:
    if isinstance(value, bool | str):
        return str(value) if isinstance(value, bool) else clean(value)
    return float(value)
