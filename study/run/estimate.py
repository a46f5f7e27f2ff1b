"""How much a study comes to before it is run, and about how long it will take on this machine."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from study.data.dataset import Dataset
from study.data.splits import split_sizes
from study.design.cells import Cell, middle
from study.design.cost import flops
from study.design.plan import Plan, make_plan
from study.errors import StudyError
from study.records.trials import SEARCH_REPLICATE, Configuration, Result, Trial, program_key
from study.run.executors import Crash
from study.run.executors.local import LocalExecutor
from study.train.engine import recorded_epochs
from study.train.measuring import Measuring, Parts, measured_by_outputs
from study.train.recorder import Evaluation
from study.words import count, listed

POWER_REPLICATES = (3, 5, 8, 12, 20)
PROBE_OPERATIONS = 4e11  # a few seconds on one core
POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Work:
    """What a study comes to; with a search, at most.

    ``trials`` are all trials, ``epochs`` their model-epochs, ``records`` those that are recorded, ``operations`` their
    floating-point operations and ``programs`` the architectures to compile.
    """

    trials: int
    epochs: int
    records: int
    operations: float
    programs: int
    largest: Configuration


def work_of(plan: Plan, inputs: int, classes: int, sizes: tuple[int, int, int]) -> Work:
    """Count a study. What a search will propose counts as the middle of its space."""
    runs = [(trial.configuration, 1) for trial in plan.trials({}).values()]
    programs = {program_key(configuration) for configuration, _ in runs}
    compiled = len(programs)
    for panel in plan.panels:
        for cell in panel.searched:
            runs.append((cell.configuration(middle(cell.parameters)), sum(map(panel.trials_of, cell.searches))))
            compiled += cell.trials if _varies_program(cell) else 1

    def operations(configuration: Configuration) -> float:
        return flops(configuration, inputs, classes, sizes, plan.spec.model)

    return Work(
        trials=sum(times for _, times in runs),
        epochs=sum(configuration.epochs * times for configuration, times in runs),
        records=sum(len(recorded_epochs(configuration)) * times for configuration, times in runs),
        operations=sum(operations(configuration) * times for configuration, times in runs),
        programs=compiled,
        largest=max((configuration for configuration, _ in reversed(runs)), key=operations),  # of equal ones the last
    )


def with_replicates(plan: Plan, dataset: Dataset, minutes: float) -> dict[int, tuple[int, float]]:
    """Trials and minutes of a study by its number of replicates; ``minutes`` are those of ``plan`` as it is.

    Of folds they are whole repeats. Arms with a number of their own keep it.
    """
    spec = plan.spec
    shape = dataset.inputs, dataset.outputs, split_sizes(dataset, spec.validation, spec.seed)
    each = minutes / work_of(plan, *shape).operations
    whole = spec.data.folds if spec.scheme == "folds" else 1
    numbers = POWER_REPLICATES if whole == 1 else tuple(whole * repeats for repeats in (1, 2, 3, 4))
    found = {}
    for number in numbers:
        confirm = spec.confirm and spec.confirm.model_copy(update={"replicates": None})
        other = make_plan(spec.model_copy(update={"replicates": number, "confirm": confirm}))
        work = work_of(other, *shape)
        found[number] = work.trials, each * work.operations
    return found


def _varies_program(cell: Cell) -> bool:
    """Whether trials of a search may differ in what is compiled: asked of the middle of its space, value by value."""
    base = middle(cell.parameters)
    keys = {program_key(cell.configuration(base))}
    for parameter in cell.parameters:
        if parameter.name in base:
            ends = parameter.values if parameter.kind == "choice" else parameter.bounds
            keys.update(program_key(cell.configuration({**base, parameter.name: end})) for end in ends)
    return len(keys) > 1


def metrics_words(plan: Plan, dataset: Dataset, work: Work) -> str:
    """What the metrics of a study cost that no engine has by itself, as a sentence; empty without any.

    Measured here, on scores of random numbers: ranks and bins are the same work whatever stands in them.
    """
    choice, spec = plan.spec.measured, plan.spec
    metrics = measured_by_outputs(choice, spec.task)
    if not metrics or spec.task == "regression":  # of a regression, they are means and cost next to nothing
        return ""
    train, *held_out = split_sizes(dataset, spec.validation, spec.seed)
    sizes = work.largest.samples or train, *held_out
    rng = np.random.default_rng(0)
    labels = rng.integers(0, dataset.classes, sum(sizes)).astype(np.int32)
    outputs = rng.standard_normal((sum(sizes), dataset.classes)).astype(np.float32)
    counts = rng.random(sum(sizes)) if choice.weighted else None
    measuring = Measuring(choice, Parts(labels, sizes, dataset.labels, None, counts))
    started = time.process_time()
    measuring.complete(Evaluation({}, {}, outputs))
    seconds = time.process_time() - started
    return (
        f"{listed([metric.name for metric in metrics])}: {1000 * seconds:.0f} ms at each of "
        f"{count(work.records, 'record')}, {seconds * work.records / 60:.1f} minutes of one worker in all"
    )


def estimate_minutes(plan: Plan, dataset: Dataset, *, workers: int) -> tuple[Work, float]:
    """The work of a study, and the minutes it takes by the speed of one short trial in a worker of this machine.

    Raises :class:`StudyError` where that trial cannot be run.
    """
    spec = plan.spec
    shape = dataset.inputs, dataset.outputs, split_sizes(dataset, spec.validation, spec.seed)
    work = work_of(plan, *shape)
    one = replace(work.largest, epochs=1, evaluate_every=1, halt=None)
    epochs = max(1, min(work.largest.epochs, int(PROBE_OPERATIONS / flops(one, *shape, spec.model))))
    probe = Trial(
        replace(one, epochs=epochs, evaluate_every=min(epochs, work.largest.evaluate_every)),
        SEARCH_REPLICATE,
        metrics=spec.measured,
    )
    executor = LocalExecutor(
        spec.source, seed=spec.seed, validation=spec.validation, workers=1, engine=spec.engine, model=spec.model
    )
    try:
        executor.submit(probe)
        outcomes: list[Result | Crash] = []
        while not outcomes:
            outcomes = executor.wait(POLL_SECONDS)
    finally:
        executor.close()
    (outcome,) = outcomes
    if isinstance(outcome, Crash):
        raise StudyError(f"the trial that measures this machine failed: {outcome.reason}")
    if outcome.state == "failed" and not len(outcome.trajectory):
        raise StudyError(f"the trial that measures this machine failed: {outcome.reason}")
    done = replace(probe.configuration, epochs=int(outcome.trajectory.epochs[-1]))  # fewer where it diverges
    speed = flops(done, *shape, spec.model) / outcome.train_seconds
    seconds = work.operations / speed + work.programs * outcome.compile_seconds
    return work, seconds / workers / 60
