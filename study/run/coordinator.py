"""The only loop: ask what is to run, submit it, record what comes back, retry what crashed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

from study.design.cost import flops
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


def run_study(
    name: str, store: Store, executor: Executor, observer: Observer, late: Callable[[], bool] = lambda: False
) -> None:
    """Run everything that is missing of a study that the store knows; returns when nothing is left.

    Each result is in the store before the next is waited for, so an interruption loses the trials in work only. A
    single search keeps a trial in work for each worker of the executor. Where replicates are decided as the study goes,
    no further ones are asked for once it is ``late``. Raises :class:`~study.errors.StudyError` where
    another process has taken the study over.
    """
    study = store.load_own(name)
    shape = study.facts.inputs, study.facts.outputs, study.facts.sizes
    observer.begin(study.plan.most, study, lambda trial: flops(trial.configuration, *shape, study.spec.model))
    agenda = Agenda(study, store, at_once=executor.workers, late=late, told=observer.told)
    crashes: Counter[tuple[TrialKey, Cause]] = Counter()
    shown = 0.0
    waiting: set[TrialKey] = set()
    while True:
        store.check_held(name)
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
            store.record(name, *ended)
            agenda.done(ended)
        for result in ended:
            waiting.discard(result.trial.key)
            observer.result(result)
        if time.monotonic() - shown >= POLL_SECONDS:  # not for each of a thousand results a second
            observer.tick(executor.running())
            shown = time.monotonic()
