"""Versions of everything that has a say in a trajectory."""

from __future__ import annotations

import re
from functools import cache
from importlib import metadata
from pathlib import Path

VERSIONED = ("depthgauge", "tensorflow", "keras", "numpy", "scikit-learn", "optuna", "keras-tuner")


@cache
def processor() -> str:
    """The kind of this machine's processor in words: another kind may round the last bits of a trajectory otherwise."""
    import platform

    try:
        text = Path("/proc/cpuinfo").read_text("utf-8", "replace")
    except OSError:  # no Linux
        text = ""
    model = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return model[1].strip() if model else platform.processor() or platform.machine()


def versions() -> dict[str, str]:
    """Versions of Python and the packages, without importing them."""
    import platform

    found = {"python": platform.python_version()}
    for package in VERSIONED:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found
