"""The only loop: ask what is missing, submit it, record what comes back, retry what crashed."""

from __future__ import annotations

from collections import Counter
from typing import Protocol

from study.cost import flops
from study.datasets import Dataset
from study.errors import DataError
from study.executors import Crash, Executor
from study.plan import plan_trials
from study.records import EMPTY, Result, Trial, TrialKey
from study.spec import StudySpec
from study.store import Store

ATTEMPTS = 2  # a worker may die for reasons of the machine; a trial that kills two is to blame itself
POLL_SECONDS = 0.2


class Observer(Protocol):
    """Whoever watches a run."""

    def begin(self, trials: tuple[Trial, ...], done: tuple[Result, ...], work: dict[TrialKey, float]) -> None:
        """All trials of the study, the results that are already there, and each trial's work in operations."""

    def result(self, result: Result) -> None:
        """A trial has ended and is recorded."""

    def tick(self, running: tuple[Trial, ...]) -> None:
        """Called several times a second with the trials in work."""


def missing(trials: tuple[Trial, ...], results: dict[TrialKey, Result]) -> tuple[Trial, ...]:
    """The trials without a result that is final: finished, or diverged, which would only happen again."""

    def final(trial: Trial) -> bool:
        result = results.get(trial.key)
        return result is not None and (result.state == "finished" or result.diverged_epoch is not None)

    return tuple(trial for trial in trials if not final(trial))


def run_study(spec: StudySpec, store: Store, executor: Executor, observer: Observer) -> None:
    """Run every missing trial of a study that the store knows; returns when none is left.

    Each result is in the store before the next is waited for, so an interruption loses the trials in work only.
    """
    trials = plan_trials(spec)
    study = store.load(spec.name)
    results = study.results
    shape = study.facts["inputs"], study.facts["classes"], study.facts["sizes"]
    todo = missing(trials, results)
    waiting = {trial.key for trial in todo}
    observer.begin(
        trials,
        tuple(results[t.key] for t in trials if t.key not in waiting),
        {t.key: flops(t.configuration, *shape) for t in trials},
    )
    crashes: Counter[TrialKey] = Counter()
    for trial in todo:
        executor.submit(trial)
    while waiting:
        for outcome in executor.wait(POLL_SECONDS):
            key = outcome.trial.key
            if isinstance(outcome, Crash):
                crashes[key] += 1
                if crashes[key] < ATTEMPTS:
                    executor.submit(outcome.trial)
                    continue
                outcome = Result(outcome.trial, "failed", EMPTY, reason=outcome.reason)
            store.record(spec.name, outcome)
            waiting.discard(key)
            observer.result(outcome)
        observer.tick(executor.running())


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
    for trial in plan_trials(spec):
        samples = trial.configuration.samples
        most = train_rows - dataset.classes  # a stratified draw leaves at least one sample a class behind
        if samples not in (None, train_rows) and not dataset.classes <= samples <= most:
            raise DataError(
                f"samples = {samples} was asked for. Expected from {dataset.classes} (one a class) to {most:,}, or "
                f'"all" for the {train_rows:,} of {spec.dataset} that remain once the validation part is held out.'
            )
