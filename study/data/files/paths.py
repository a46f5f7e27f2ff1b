"""The path that a user names: there, and an ordinary file or folder."""

from __future__ import annotations

import difflib
from pathlib import Path

from study.errors import DataError
from study.records.sources import DATASETS


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
