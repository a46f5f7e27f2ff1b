"""Reference models beside a study: which there are, what they would take, and the one light process that trains them.

They run after the trials, on the parts that these saw, one at a time: so nothing of them depends on the number of
workers, and what an interruption leaves out is trained by the next run.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace

from pebble import ProcessPool

from study.data.dataset import Dataset
from study.data.splits import split_sizes
from study.design.plan import Plan, Winners
from study.design.spec import StudySpec
from study.machine.places import new_scratch_folder
from study.records.reference_runs import LOGISTIC, REFERENCES, RIDGE, TREES, ReferenceRun, ReferenceTask
from study.run.executors import reference_worker
from study.run.executors.pool import reason_of
from study.run.executors.starting import worker_context
from study.run.observers import Observer
from study.search.cell_search import find_winners
from study.store import Store
from study.words import count, listed

AFFORDABLE = 60.0  # seconds that all runs of one model may take beside a study
POLL_SECONDS = 0.2

# Seconds for each feature and tree, for each cell and tree, for each cell, class and iteration of logistic regression,
# of which it takes some 30, and for each product of ridge regression. Measured on one of two shared cores, on 400 to
# 40,000 rows of 10 to 784 features: within a factor of two for whatever takes a second, but for 200 rows, which take
# half of that.
TREE_FEATURE, TREE_CELL, LOGISTIC_CELL, RIDGE_PRODUCT = 1e-4, 8e-9, 1.3e-9, 3e-11
ROUNDS, STEPS = 100, 30


@dataclass(frozen=True, slots=True)
class ReferencePlan:
    """The reference models of a study: those that are trained, in about ``seconds``, and sentences on the others."""

    models: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def words(self) -> str:
        """What is trained beside the trials, and how long that takes; empty without any model."""
        if not self.models:
            return ""
        long = f"about {count(round(self.seconds), 'second')}" if self.seconds >= 1 else "less than a second"
        models = listed(list(self.models))
        return f"reference models on the same parts: {models}, {long}; run --no-reference leaves them out"


def plan_references(plan: Plan, dataset: Dataset) -> ReferencePlan:
    """Which models are trained beside a study: those whose runs take less than :data:`AFFORDABLE` seconds together.

    That is estimated from the sizes of the data alone, so that it is the same on every machine.
    """
    all_rows = split_sizes(dataset, plan.spec.validation, plan.spec.seed)[0]
    runs = [(min(samples or all_rows, all_rows), replicates) for samples, replicates in _planned(plan)]
    models, left_out, total = [], [], 0.0
    for model in REFERENCES[dataset.task]:
        seconds = sum(replicates * seconds_of(model, rows, dataset) for rows, replicates in runs)
        if seconds <= AFFORDABLE:
            models.append(model)
            total += seconds
        else:
            left_out.append(
                f"Left out: {model}, which would take about {count(max(round(seconds / 60), 2), 'minute')} on one "
                f"core. A reference model may take {AFFORDABLE:.0f} seconds."
            )
    return ReferencePlan(tuple(models), tuple(left_out), total)


def seconds_of(model: str, rows: int, dataset: Dataset) -> float:
    """About how long one model takes on ``rows`` training rows of a data set."""
    cells = rows * dataset.inputs
    if model == LOGISTIC:
        return LOGISTIC_CELL * cells * dataset.classes * STEPS
    if model == RIDGE:
        return RIDGE_PRODUCT * cells * min(rows, dataset.inputs)
    if model == TREES:
        trees = ROUNDS * (dataset.classes if dataset.classes > 2 else 1)
        return trees * (TREE_FEATURE * dataset.inputs + TREE_CELL * cells)
    return 0.0


def run_references(name: str, store: Store, dataset: Dataset, models: Sequence[str], observer: Observer) -> None:
    """Train what is missing of ``models`` beside the reported trials of a study that the store knows.

    Each run is in the store before the next begins. Raises :class:`~study.errors.StudyError` where another process has
    taken the study over.
    """
    study = store.load_own(name)
    winners = find_winners(study.plan, study.proposals, study.results)
    there = {run.task for run in study.references if not run.reason}
    tasks = [task for task in tasks_of(study.plan, winners, models) if task not in there]
    if not tasks:
        return
    spec = study.spec
    source = replace(spec.source, sha256=dataset.sha256)
    scratch = new_scratch_folder()
    pool = ProcessPool(
        1,
        initializer=reference_worker.start,
        initargs=(source, scratch, os.getpid()),
        context=worker_context(spec.engine),
    )
    try:
        for number, task in enumerate(tasks):
            observer.reference(task, number, len(tasks))
            store.check_held(name)
            store.record_reference(name, _train(pool, task, spec))
    finally:
        pool.stop()
        pool.join()
        shutil.rmtree(scratch, ignore_errors=True)


def tasks_of(plan: Plan, winners: Winners, models: Sequence[str]) -> list[ReferenceTask]:
    """One task for whatever a model learns from in the replicates of the reported trials, in their order."""
    trials = plan.trials(winners).values()
    return list(
        dict.fromkeys(
            ReferenceTask.beside(model, trial.configuration, trial.replicate) for trial in trials for model in models
        )
    )


def _planned(plan: Plan) -> list[tuple[int | None, int]]:
    """Sizes of the training subsets that the plan knows before its searches, with the replicates of each.

    A size stands there once for each of the label noises and class weights with which models may learn from it.
    """
    most: dict[tuple[object, ...], int] = {}
    for panel in plan.panels:
        for cell in panel.cells:
            fixed = cell.fixed
            searched = next((one.values for one in cell.parameters if one.name == "class_weights"), ())
            for weights in searched or (str(fixed["class_weights"]),):  # a table, perhaps
                condition = fixed["samples"], fixed["label_noise"], weights
                most[condition] = max(most.get(condition, 0), panel.most)
    return [(samples if isinstance(samples, int) else None, n) for (samples, *_), n in most.items()]


def _train(pool: ProcessPool, task: ReferenceTask, spec: StudySpec) -> ReferenceRun:
    """What becomes of a task; waiting for it can be interrupted."""
    try:
        future: Future[ReferenceRun] = pool.schedule(
            reference_worker.run, args=(task, spec.seed, spec.validation, spec.measured)
        )
        while not wait([future], POLL_SECONDS).done:
            pass
        return future.result()
    except Exception as error:  # whatever it is, this model failed and the study goes on, as with trials
        return ReferenceRun(task, reason=reason_of(error))
