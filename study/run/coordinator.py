"""The only loop: ask what is to run, submit it, record what comes back, retry what crashed."""

from __future__ import annotations

import math
import time
from collections import Counter

import numpy as np

from study.data.datasets import Dataset
from study.design.cost import flops
from study.design.plan import plan_panels, planned
from study.design.spec import StudySpec
from study.errors import DataError
from study.records.trials import EMPTY, Result, TrialKey
from study.run.agenda import Agenda
from study.run.executors import Cause, Crash, Executor
from study.run.observers import Observer
from study.store import Store

ATTEMPTS: dict[Cause, int] = {"limit": 1, "crash": 2, "machine": 5}
"""How often a trial may end in each way before it counts as failed.

A limit would only be met again. A worker may die for reasons of the machine, but a trial that kills two is to blame
itself. A lost machine says nothing about its trials, unless some trial takes every machine down.
"""
POLL_SECONDS = 0.2


def run_study(spec: StudySpec, store: Store, executor: Executor, observer: Observer, *, workers: int = 1) -> None:
    """Run everything that is missing of a study that the store knows; returns when nothing is left.

    Each result is in the store before the next is waited for, so an interruption loses the trials in work only.
    ``workers`` is the number of trials that a single search keeps in work. Raises
    :class:`~study.errors.StudyError` where another process has taken the study over.
    """
    study = store.load(spec.name)
    shape = study.facts["inputs"], study.facts["classes"], study.facts["sizes"]
    observer.begin(planned(spec), study, lambda trial: flops(trial.configuration, *shape))
    agenda = Agenda(spec, study, store, at_once=workers, told=observer.told)
    crashes: Counter[tuple[TrialKey, Cause]] = Counter()
    shown = 0.0
    waiting: set[TrialKey] = set()
    while True:
        store.check_held(spec.name)
        for trial in agenda.ready():
            waiting.add(trial.key)
            observer.submitted(trial)
            executor.submit(trial)
        if not waiting:
            return
        ended: list[Result] = []
        for outcome in executor.wait(POLL_SECONDS):
            if isinstance(outcome, Crash):
                key = outcome.trial.key, outcome.cause
                crashes[key] += 1
                if crashes[key] < ATTEMPTS[outcome.cause]:
                    executor.submit(outcome.trial)
                    continue
                outcome = Result(outcome.trial, "failed", EMPTY, reason=outcome.reason)
            ended.append(outcome)
        if ended:  # in one transaction: with a thousand workers, one for each would be too slow
            store.record(spec.name, *ended)
            agenda.done(ended)
        for result in ended:
            waiting.discard(result.trial.key)
            observer.result(result)
        if time.monotonic() - shown >= POLL_SECONDS:  # not for each of a thousand results a second
            observer.tick(executor.running())
            shown = time.monotonic()


def check_samples(spec: StudySpec, dataset: Dataset, train_rows: int) -> None:
    """Raise :class:`DataError` where a trial wants more training samples than there are, or too few.

    So too where the validation share leaves a part without a sample of each class.
    """
    held_out = dataset.training - train_rows
    if min(held_out, train_rows) < dataset.classes:
        raise DataError(
            f"validation = {spec.validation:g} leaves {train_rows:,} training and {held_out:,} validation samples of "
            f"{spec.dataset}. Expected at least {dataset.classes} of each, one a class; 0.1 is usual."
        )
    most = train_rows - dataset.classes  # a stratified draw leaves at least one sample a class behind
    asked = [cell.fixed["samples"] for panel in plan_panels(spec) for _, cell in panel.cells]
    tuned = spec.nuisance.get("samples")
    if tuned is not None:
        asked += tuned.values or [int(tuned.low or 0), int(tuned.high or 0)]
    for samples in asked:
        if samples in (None, "all", train_rows):
            continue
        _check_rare_class(spec, dataset)
        if not dataset.classes <= samples <= most:
            ways = "Set it with --set network.samples=all"
            if spec.arms:
                ways += ", for every arm of the study, or ask without arms: --set 'arms=[]'"
            raise DataError(
                f"samples = {samples} was asked for. Expected from {dataset.classes} (one a class) to {most:,}, or "
                f'"all" for the {train_rows:,} of {spec.dataset} that remain once the validation part is held out. '
                f"{ways}."
            )


def _check_rare_class(spec: StudySpec, dataset: Dataset) -> None:
    """Raise :class:`DataError` for a class of so few rows that a subset of the training rows cannot be stratified."""
    rows = np.bincount(dataset.y[: dataset.training])
    rows = np.where(rows > 0, rows, dataset.training)  # a class that only the test set has needs none
    rarest = int(rows.argmin())
    left = rows[rarest] - math.ceil(rows[rarest] * spec.validation)
    if left < 2:
        raise DataError(
            f"Class {dataset.labels[rarest]!r} of {spec.dataset} has {rows[rarest]} rows in the training part, and "
            f"{left} may remain once the validation part is held out. A subset of the samples needs at least 2 of each "
            "class: add rows, leave the class out, or use --set network.samples=all."
        )
