"""Standard output and error that nothing can break: a reader that has gone, a full disk, a stream that was closed.

What a command was asked for is its exit code and its files, whatever becomes of what it prints. So a stream that fails
is silent from then on, and says why when it is asked at the end.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from dataclasses import dataclass
from typing import TextIO


@dataclass
class Fate:
    """What became of standard output. ``error`` is why nothing more could be written; None as long as it could.

    ``raises`` is for a command that only prints: it ends when nobody reads any more.
    """

    error: OSError | None = None
    raises: bool = False

    @property
    def reason(self) -> str | None:
        """Why what was printed is lost; None where nothing is, or where the reader wanted no more."""
        if self.error is None or self.error.errno in (errno.EPIPE, errno.EBADF):
            return None
        return self.error.strerror or str(self.error)


class _Raw(io.RawIOBase):
    """The bytes of a stream, on their way out."""

    def __init__(self, number: int, fate: Fate) -> None:
        self._number, self._fate = number, fate

    def writable(self) -> bool:
        """Yes."""
        return True

    def fileno(self) -> int:
        """The number of the stream below."""
        return self._number

    def isatty(self) -> bool:
        """Whether that is a terminal."""
        return os.isatty(self._number)

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Write what can be written; all of it counts as written."""
        view = memoryview(data)
        size, done = len(view), 0
        while done < size and self._fate.error is None:
            try:
                done += os.write(self._number, view[done:])
            except BlockingIOError:  # a terminal that somebody else has told not to wait
                continue
            except OSError as error:
                self._fate.error = error
                if self._fate.raises:
                    raise
        return size


def open_outlets() -> Fate:
    """Put such streams in place of ``sys.stdout`` and ``sys.stderr``; returns what becomes of standard output.

    A stream that the caller has closed becomes one to nowhere: the next file that is opened, the store, would have its
    number, and get what libraries print.
    """
    said, fate = Fate(), Fate()
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout, sys.stderr = _stream(sys.stdout, 1, fate), _stream(sys.stderr, 2, said)
    return fate


def _stream(stream: TextIO | None, number: int, fate: Fate) -> io.TextIOWrapper:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    if isinstance(stream, io.TextIOWrapper) and os.name == "nt" and stream.isatty():
        stream.reconfigure(errors="replace")  # a console of Windows takes text, not bytes
        return stream
    if stream is not None:
        stream.flush()
    raw = _Raw(number, fate)
    # A terminal without plus-minus signs is no reason to fail.
    return io.TextIOWrapper(
        io.BufferedWriter(raw),  # type: ignore[type-var]
        encoding=encoding,
        errors="replace",
        line_buffering=raw.isatty() or number == 2,
    )
