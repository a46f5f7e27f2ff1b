"""JSON files of strangers: regular files in one directory, of bounded size and nesting, no links followed."""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from study.errors import DataError
from study.words import clean

MOST_BYTES = 64 * 2**20  # of all files together; what is made of them takes some ten times as much
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK  # a pipe in the place of a file must not hang us
_FOLDER = os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY


class FolderError(DataError):
    """All the files of a folder are together more than is read."""


class Folder:
    """A directory that is held open, so that nothing outside of it can be reached through it.

    ``spent`` are the bytes read so far in it and in all directories that were opened from the same first one.
    """

    def __init__(self, path: Path, descriptor: int, spent: list[int]) -> None:
        self.path = path
        self._descriptor = descriptor
        self._spent = spent

    def names(self, most: int) -> list[str]:
        """The names in it, sorted. Raises :class:`DataError` for more than ``most``."""
        found = []
        with _lines(self.path), os.scandir(self._descriptor) as entries:
            for entry in entries:
                found.append(entry.name)
                if len(found) > most:
                    raise DataError(
                        f"{self.path}: expected at most {most:,} files, found more. Name another directory."
                    )
        return sorted(found)

    @contextmanager
    def folder(self, name: str) -> Iterator[Folder]:
        """A directory in it. Raises :class:`DataError` for a link or anything else."""
        path = self.path / clean(name)
        with _lines(path):
            descriptor = os.open(name, _FOLDER, dir_fd=self._descriptor)
        try:
            yield Folder(path, descriptor, self._spent)
        finally:
            os.close(descriptor)

    def read(self, name: str, most: int) -> dict[str, Any]:
        """The JSON object in a file of at most ``most`` bytes. Raises :class:`DataError` for everything else."""
        path = self.path / name
        with _lines(path):
            descriptor = os.open(name, _FILE, dir_fd=self._descriptor)
            with open(descriptor, "rb") as file:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise DataError(f"{path}: expected a file, found something else. Nothing of it was read.")
                content = file.read(most + 1)
        if len(content) > most:
            raise DataError(f"{path}: expected at most {most // 2**20} MiB, found more. Nothing of it was used.")
        self._spent[0] += len(content)
        if self._spent[0] > MOST_BYTES:
            raise FolderError(f"{path}: expected at most {MOST_BYTES // 2**20} MiB in all files, found more.")
        try:
            document = json.loads(content)
        except RecursionError:
            raise DataError(f"{path}: nested too deeply to be read. Nothing of it was used.") from None
        except ValueError as error:  # UnicodeDecodeError and JSONDecodeError are such
            raise DataError(f"{path}: expected JSON, found something else: {clean(error)}.") from None
        if not isinstance(document, dict):
            raise DataError(f"{path}: expected a JSON object, found {type(document).__name__}.")
        return document


@contextmanager
def opened(path: Path) -> Iterator[Folder]:
    """The directory that the user named. Raises :class:`DataError` where there is none that can be read."""
    with _lines(path):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield Folder(path, descriptor, [0])
    finally:
        os.close(descriptor)


@contextmanager
def _lines(path: Path) -> Iterator[None]:
    """What the system says about a path as one line."""
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        number = getattr(error, "errno", None)
        if number == errno.ELOOP or (number == errno.ENOTDIR and path.is_symlink()):
            raise DataError(f"{path}: a symbolic link; links are not followed. Copy what it points to.") from None
        reason = getattr(error, "strerror", None) or clean(error)
        raise DataError(f"{path} cannot be read: {reason}.") from None
