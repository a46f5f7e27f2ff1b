"""Versions of everything that has a say in a trajectory."""

from __future__ import annotations

from importlib import metadata

VERSIONED = ("depthgauge", "tensorflow", "keras", "numpy", "scikit-learn", "optuna", "keras-tuner")


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
