"""One file of a stranger, which the user named: regular, of bounded size, read whole."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from study.errors import DataError
from study.words import clean

MOST_BYTES = 64 * 2**20


def read_file(path: Path, most: int = MOST_BYTES) -> bytes:
    """The bytes of a regular file of at most ``most`` bytes. Raises :class:`DataError` for everything else."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe in the place of a file must not hang us
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise DataError(f"{clean(path)}: expected a file, found something else. Nothing of it was read.")
            content = file.read(most + 1)
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        reason = getattr(error, "strerror", None) or clean(error)
        raise DataError(f"{clean(path)} cannot be read: {reason}.") from None
    if len(content) > most:
        raise DataError(f"{clean(path)}: expected at most {most // 2**20} MiB, found more. Nothing of it was used.")
    return content
