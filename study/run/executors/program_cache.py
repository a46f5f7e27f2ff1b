"""Where compiled programs are kept between runs."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from platformdirs import user_cache_path

COMPILED_KEPT = 400  # files of compiled programs, about 0.3 MB each


def cache_folder() -> Path:
    """This machine's folder of compiled programs; the oldest are dropped. ``DEPTHGAUGE_CACHE`` names another place.

    Machines of a cluster may share a home and not a processor, and a program is machine code: each kind of processor
    has a folder of its own.
    """
    folder = Path(os.environ.get("DEPTHGAUGE_CACHE") or user_cache_path("depthgauge")) / f"programs-{_processor()}"
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):  # no cache is slower, not wrong
        return Path(_fallback().name)
    for old in sorted(folder.glob("xla_compile_cache*"), key=_age)[:-COMPILED_KEPT]:
        with suppress(OSError):
            old.unlink()
    return folder


@cache
def _fallback() -> tempfile.TemporaryDirectory[str]:
    """A folder that goes with this process."""
    return tempfile.TemporaryDirectory(prefix="depthgauge-", ignore_cleanup_errors=True)


def _age(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:  # another worker has dropped it
        return 0.0


def _processor() -> str:
    """Eight digits for the kind of processor: its model and what it can do."""
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        text = ""
    kinds = re.findall(r"^(?:model name|flags|Features|CPU part)\s*:.*$", text, re.MULTILINE)
    return hashlib.sha256("\n".join(sorted(set(kinds))).encode()).hexdigest()[:8]
