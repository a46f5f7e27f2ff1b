"""A study from its spec to its results in the store: the way the command line and Python programs run one."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from importlib import metadata

from study.coordinator import Observer, check_samples, run_study
from study.data_check import data_notes
from study.datasets import load_dataset, split_sizes
from study.executors.local import LocalExecutor
from study.records import Proposal, Result, Trial
from study.search import proposer_settings
from study.spec import StudySpec
from study.store import Store, StoredStudy

VERSIONED = ("depthgauge", "tensorflow", "keras", "numpy", "optuna", "keras-tuner")


def run(spec: StudySpec, store: Store, observer: Observer, *, workers: int | None = None, command: str) -> StoredStudy:
    """Run what is missing of a study on ``workers`` processes (all cores by default) and return it.

    ``command`` is kept with the study, so that a report can say how to repeat it. Raises
    :class:`~study.errors.InputError` before anything is trained when the study cannot be run as asked.
    """
    dataset = load_dataset(spec.source)
    sizes = split_sizes(dataset, spec.validation)
    check_samples(spec, dataset, sizes[0])
    facts = {
        "sizes": sizes,
        "inputs": dataset.inputs,
        "classes": dataset.classes,
        "labels": dataset.labels,
        "versions": versions(),
        "command": command,
        "data_notes": data_notes(dataset),
    }
    if spec.nuisance:
        facts["proposer"] = proposer_settings(spec)
    store.begin(spec, dataset.sha256, facts)
    workers = workers or cores()
    source = replace(spec.source, sha256=dataset.sha256)  # a worker may read them much later
    executor = LocalExecutor(source, seed=spec.seed, validation=spec.validation, workers=workers)
    try:
        run_study(spec, store, executor, observer, workers=workers)
    finally:
        executor.close()
    return store.load(spec.name)


class Silent:
    """An observer that says nothing."""

    def begin(self, planned: int, study: StoredStudy, work: Callable[[Trial], float]) -> None:
        """Nothing."""

    def submitted(self, trial: Trial) -> None:
        """Nothing."""

    def told(self, proposal: Proposal) -> None:
        """Nothing."""

    def result(self, result: Result) -> None:
        """Nothing."""

    def tick(self, running: tuple[Trial, ...]) -> None:
        """Nothing."""


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
