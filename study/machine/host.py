"""What depends on the operating system: cores, memory, processes. Each has a plain fallback where it is not there.

Linux is what this is tested on; the fallbacks are for macOS and Windows, and are tested by taking the names away.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]


def cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def peak_memory() -> int:
    """The most memory that this process has had, in bytes; 0 where the system does not tell."""
    if resource is None:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else peak * 1024)


def resident_memory() -> int:
    """The memory that this process has now, in bytes; its peak where only that is known, 0 where nothing is."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return peak_memory()


def processor() -> str:
    """The kind of processor, its model and what it can do, as one text; empty where that cannot be told."""
    import re

    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return ""
    kinds = re.findall(r"^(?:model name|flags|Features|CPU part)\s*:.*$", text, re.MULTILINE)
    return "\n".join(sorted(set(kinds)))


def processor_name() -> str:
    """The kind of processor in words: another kind may round the last bits of a trajectory otherwise."""
    import platform

    model = next((line for line in processor().splitlines() if line.startswith("model name")), "")
    return model.partition(":")[2].strip() or platform.processor() or platform.machine()


def identity() -> str:
    """Where a process number means the same process: this boot of this kernel, and these processes of a container.

    Empty where that cannot be told; then no process is ever known to be dead.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""


def is_dead(pid: int) -> bool:
    """Whether there is no process of this number. Only for numbers of a place with :func:`identity`.

    On Windows the question itself, signal 0, would end the process.
    """
    with suppress(OSError):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
    return False
