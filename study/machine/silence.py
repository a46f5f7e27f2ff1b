"""A terminal without the lines of foreign programs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def silence() -> Iterator[None]:
    """Keep what TensorFlow and a download write to the terminal, natively too, out of reports and JSON."""
    kept = [os.dup(1), os.dup(2)]
    with open(os.devnull, "w") as nowhere:
        for stream_number in (1, 2):
            os.dup2(nowhere.fileno(), stream_number)
        try:
            yield
        finally:
            for stream_number, original in zip((1, 2), kept, strict=True):
                os.dup2(original, stream_number)
                os.close(original)
