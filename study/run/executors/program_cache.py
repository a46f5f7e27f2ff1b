"""Where compiled programs are kept between runs."""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
from contextlib import suppress
from functools import cache
from pathlib import Path

from study.machine import host
from study.machine.places import cache_root, new_scratch_folder

COMPILED_KEPT = 400  # files of compiled programs, about 0.3 MB each


def cache_folder() -> Path:
    """This machine's folder of compiled programs; the oldest are dropped. ``DEPTHGAUGE_CACHE`` names another place.

    Machines of a cluster may share a home and not a processor, and a program is machine code: each kind of processor
    has a folder of its own. Where it cannot be written, one that goes with this process takes its place. TensorFlow
    cuts the name of the folder at a space: one that has any is named by a link.
    """
    folder = cache_root() / f"programs-{hashlib.sha256(host.processor().encode()).hexdigest()[:8]}"
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK | os.X_OK):  # no cache is slower, not wrong
        return _own()
    for old in sorted(folder.glob("xla_compile_cache*"), key=_age)[:-COMPILED_KEPT]:
        with suppress(OSError):
            old.unlink()
    return _linked(folder) if _is_cut(folder) else folder


def cache_flags(folder: Path) -> dict[str, str]:
    """The variable that names the ``folder`` of compiled programs to TensorFlow; none where it would be cut."""
    return {} if _is_cut(folder) else {"TF_XLA_FLAGS": f"--tf_xla_persistent_cache_directory={folder}"}


def _is_cut(folder: Path) -> bool:
    return any(character.isspace() or character in "\"'" for character in str(folder))


@cache
def _own() -> Path:
    """A folder that goes with this process."""
    folder = new_scratch_folder()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


@cache
def _linked(folder: Path) -> Path:
    """A name without a space for ``folder``; a folder that goes with this process where there are no links."""
    link = _own() / "cache"
    try:
        link.symlink_to(folder, target_is_directory=True)
    except OSError:
        return _own()
    return link


def _age(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:  # another worker has dropped it
        return 0.0
