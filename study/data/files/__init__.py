"""The user's own data: a file or a folder -> a :class:`~study.data.datasets.Dataset`, or one line on what is wrong."""

from __future__ import annotations

import difflib
from pathlib import Path

from study.data.datasets import Dataset
from study.errors import DataError
from study.records.sources import DATASETS, DataSource


def load(source: DataSource) -> Dataset:
    """What is at the path ``source.dataset``, with an own test set or one drawn from its rows.

    Raises :class:`DataError` for whatever cannot be used, and for what is larger than
    :mod:`study.data.files.limits` allow.
    """
    from study.data.files import arrays, tables
    from study.data.files.table_rows import is_table

    path = existing(source.dataset)
    dataset: Dataset = (tables if is_table(path) else arrays).load(path, source)
    if source.sha256 not in (None, dataset.sha256):
        raise DataError(f"{path} holds other values than it did when the study was begun.")
    return dataset


def existing(name: str) -> Path:
    """The path of that name; :class:`DataError` where no file and no folder is there."""
    try:
        name.encode()
    except UnicodeError:
        raise DataError(
            f"{name!a}: expected a name in UTF-8: a report could not show another. Rename the file or folder."
        ) from None
    path = Path(name).expanduser()
    try:
        if path.exists():
            check_ordinary(path)
            return path
        if path.is_symlink():
            raise DataError(f"{path} is a link that leads nowhere. Name the file or folder itself.")
    except (OSError, ValueError):  # a name too long to be one, or with a null character
        pass
    near = difflib.get_close_matches(name, DATASETS, 1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise DataError(
        f"Unknown data set {name!r}.{hint} Expected one of {', '.join(DATASETS)}, or the path of your own data: there "
        "is no file and no folder of that name here."
    )


def check_ordinary(path: Path) -> None:
    """Raise :class:`DataError` for a pipe, a socket or a device: reading one could wait for ever."""
    if path.exists() and not (path.is_file() or path.is_dir()):
        found = "a pipe" if path.is_fifo() else "a socket or device"
        raise DataError(f"{path}: expected a file, found {found}. Save what it gives in a file, and name that.")
