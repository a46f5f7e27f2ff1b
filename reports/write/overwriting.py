"""What an output may be written over: nothing, or what an earlier run has written there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from reports.write.markdown import MARK
from study.design.source import study_file_of
from study.errors import InputError
from study.machine.places import is_stream
from study.records.sources import DataSource
from study.words import option

HEAD = 4096  # bytes that tell what a file is
MARKS = (b'<meta name="generator" content="depthgauge">', b'"schema": "depthgauge-verdict-')


def protected(store: Path | None, data: DataSource, source: str = "") -> list[Path]:
    """Files that no output replaces, whatever is forced: the store, the data, the file of the study (``source``)."""
    beside = [store.with_name(store.name + ending) for ending in ("", "-wal", "-shm", "-journal")] if store else []
    own = [Path(path) for path in (data.dataset if data.own else None, data.test) if path]
    file = study_file_of(source) if source else None
    return [*beside, *own, *([file] if file else [])]


def check_output(
    path: Path, kept: Iterable[Path], *, force: bool, is_ours: Callable[[Path], bool] | None = None
) -> None:
    """Raise :class:`InputError` where ``path`` is a folder, one of the ``kept`` files or, unless ``force``, not ours.

    ``is_ours`` tells what an earlier run has written; reports and verdicts by default. An empty file is nobody's.
    """
    if is_stream(path):
        return
    if path.is_dir():
        raise InputError(f"{path} is a folder: expected the name of a file, such as {path / 'report.html'}.")
    if not path.exists():
        return
    for other in kept:
        if other.exists() and os.path.samefile(path, other):
            raise InputError(
                f"{path} is not overwritten: it is the study's own {_what(other, kept)}. Name another file."
            )
    if not force and path.stat().st_size and not (is_ours or is_report)(path):
        raise InputError(
            f"{path} is not overwritten: no earlier run of depthgauge has written it. Name another file, or give "
            f"{option('force')}."
        )


def is_report(file: Path) -> bool:
    """Whether a file says that it is a report of ours, or a verdict.json."""
    try:
        with file.open("rb") as opened:
            head = opened.read(HEAD)
            opened.seek(max(0, file.stat().st_size - HEAD))
            tail = opened.read()
    except OSError:
        return False
    return any(mark in head for mark in MARKS) or MARK.encode() in tail


def _what(file: Path, kept: Iterable[Path]) -> str:
    if file.suffix == ".toml":
        return "file"
    listed: Sequence[Path] = list(kept)
    stores = {path.with_name(path.name.removesuffix("-wal")) for path in listed if path.name.endswith("-wal")}
    return "store" if any(file.name.startswith(store.name) for store in stores) else "data"
