"""A study from its spec to its results in the store: the way the command line and Python programs run one."""

from __future__ import annotations

import os
from importlib import metadata

from study.coordinator import Observer, check_samples, run_study
from study.datasets import load_dataset, split_sizes
from study.executors.local import LocalExecutor
from study.spec import StudySpec
from study.store import Store, StoredStudy

VERSIONED = ("depthgauge", "tensorflow", "keras", "numpy", "optuna", "keras-tuner")


def run(spec: StudySpec, store: Store, observer: Observer, *, workers: int | None = None, command: str) -> StoredStudy:
    """Run what is missing of a study on ``workers`` processes (all cores by default) and return it.

    ``command`` is kept with the study, so that a report can say how to repeat it. Raises
    :class:`~study.errors.InputError` before anything is trained when the study cannot be run as asked.
    """
    dataset = load_dataset(spec.dataset)
    sizes = split_sizes(dataset, spec.validation)
    check_samples(spec, dataset, sizes[0])
    facts = {
        "sizes": sizes,
        "inputs": dataset.inputs,
        "classes": dataset.classes,
        "versions": versions(),
        "command": command,
    }
    store.begin(spec, dataset.sha256, facts)
    executor = LocalExecutor(spec.dataset, seed=spec.seed, validation=spec.validation, workers=workers or cores())
    try:
        run_study(spec, store, executor, observer)
    finally:
        executor.close()
    return store.load(spec.name)


def cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def versions() -> dict[str, str]:
    """Versions of everything that has a say in a trajectory, without importing it."""
    import platform

    found = {"python": platform.python_version()}
    for package in VERSIONED:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found
