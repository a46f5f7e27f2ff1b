"""A folder of TensorBoard's event files -> a table with a row a run: its hparams, and the last value of each tag."""

from __future__ import annotations

from pathlib import Path

from study.foreign.event_files import read_events
from study.foreign.logged_rows import Cell, LoggedRows
from study.words import clean, count

RUN = "run"  # the column of the folders' names


def event_rows(path: Path) -> LoggedRows:
    """The runs of a folder as rows; where some have hparams, those without are left out, and said.

    A setting that has the name of a tag is called ``hparams/NAME``.
    Raises :class:`~study.errors.InputError` where there are no scalars.
    """
    runs = read_events(path)
    notes = [note for events in runs.values() for note in events.notes]
    if any(events.settings for events in runs.values()):
        left = sum(not events.settings for events in runs.values())
        runs = {name: events for name, events in runs.items() if events.settings}
        notes += [f"{count(left, 'run')} without hparams were left out."] if left else []
    tags = list(dict.fromkeys(tag for events in runs.values() for tag in events.scalars))
    columns: dict[str, list[Cell]] = {RUN: list(runs)}
    for name in sorted({name for events in runs.values() for name in events.settings}):
        cells = [events.settings.get(name) for events in runs.values()]
        column = f"hparams/{name}" if name in (*tags, RUN) else name
        columns[column] = [None if cell is None else _cell(cell) for cell in cells]
    for tag in tags:
        last = (
            events.scalars[tag][max(events.scalars[tag])] if tag in events.scalars else None for events in runs.values()
        )
        columns[tag] = list(last)
    return LoggedRows(columns, tuple(notes))


def _cell(value: bool | float | str) -> Cell:
    if isinstance(value, bool | str):
        return str(value) if isinstance(value, bool) else clean(value)
    return float(value)
