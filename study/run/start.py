"""A study from its spec to its results in the store: the way the command line and Python programs run one."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from study.data.check import data_notes
from study.data.dataset import Dataset
from study.data.loading import load_dataset
from study.data.splits import split_sizes
from study.design.classes_fit import check_classes
from study.design.enough_samples import check_samples
from study.design.parts_words import parts_words
from study.design.plan import Plan
from study.design.spec import StudySpec
from study.errors import InputError
from study.machine import host
from study.machine.versions import versions
from study.records.facts import RunFacts
from study.run.budget import settle_budget
from study.run.coordinator import run_study
from study.run.executors import Limits
from study.run.executors.local import LocalExecutor
from study.run.looking import look_through
from study.run.observers import Observer
from study.run.references import ReferencePlan, plan_references, run_references
from study.search.cell_search import proposer_settings
from study.store import Store
from study.train.engine_choice import settle_engine
from study.words import option

if TYPE_CHECKING:
    from study.run.executors.ray import RayExecutor

EXECUTORS = ("local", "ray")


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where trials run: ``local`` processes of this machine, or ``ray``, the cluster at ``address``.

    ``workers`` are all cores (of the cluster) where it is None. Raises :class:`InputError` for what does not fit
    together.
    """

    name: str = "local"
    address: str | None = None
    workers: int | None = None
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if self.name not in EXECUTORS:
            raise InputError(f"Unknown executor {self.name!r}. Expected one of: {', '.join(EXECUTORS)}.")
        if self.address is not None and self.name != "ray":
            raise InputError(
                f"{option('address')} is the address of a Ray cluster. Give {option('executor')} ray with it."
            )
        if self.name == "ray" and find_spec("ray") is None:
            raise InputError("This needs the package ray: pip install 'depthgauge[ray]'.")
        if self.limits.memory is not None and not host.resident_memory():
            raise InputError(
                f"{option('trial_memory')}: this system does not tell how much memory a process has. Leave it out."
            )

    def executor(self, spec: StudySpec, dataset: Dataset) -> LocalExecutor | RayExecutor:
        """Start the workers of a study."""
        sample: dict[str, Any] = {
            "seed": spec.seed,
            "validation": spec.validation,
            "engine": spec.engine,
            "model": spec.model,
            "limits": self.limits,
        }
        if self.name == "local":
            source = replace(spec.source, sha256=dataset.sha256)  # a worker may read them much later
            return LocalExecutor(source, workers=self.workers or host.cores(), **sample)
        from study.run.executors.ray import RayExecutor

        workers = self.workers or (host.cores() if self.address is None else None)
        return RayExecutor(dataset, workers=workers, address=self.address, **sample)


def run(
    plan: Plan,
    store: Store,
    observer: Observer,
    *,
    workplace: Workplace,
    command: str,
    reference: bool | None = None,
    minutes: float | None = None,
) -> None:
    """Run what is missing of a study at ``workplace``, then of the reference models beside it.

    ``minutes``, where replicates are decided as the study goes, become a number of trials when it is begun; besides, no
    look asks for more once they are over.

    ``reference`` says whether there are such; None is for the user's own data alone.
    ``command`` is kept with the study, so that a report can say how to repeat it. Raises
    :class:`~study.errors.InputError` before anything is trained when the study cannot be run as asked, and
    :class:`~study.errors.StudyError` where another process runs it.
    """
    dataset = load_dataset(plan.spec.source)
    check_classes(plan.spec, dataset.labels)
    check_samples(plan, dataset)
    begun = store.begun(plan.spec.name)
    if minutes is not None:
        plan = look_through(plan)  # what settings cost decides how many trials there is time for
    plan, why_keras = settle_engine(plan, dataset, None if begun is None else begun.engine, look=look_through)
    plan = settle_budget(plan, dataset, minutes, workers=workplace.workers or host.cores(), begun=begun)
    ends = None if minutes is None else time.monotonic() + 60 * minutes
    spec = plan.spec
    notes = data_notes(dataset)
    wanted = spec.own if reference is None else reference
    references = plan_references(plan, dataset) if wanted else ReferencePlan()
    facts = RunFacts(
        parts=parts_words(plan, dataset),
        sizes=split_sizes(dataset, spec.validation, spec.seed),
        inputs=dataset.inputs,
        classes=dataset.classes,
        labels=dataset.labels,
        versions=versions(),
        command=command,
        data_notes=tuple(note.text for note in notes),
        data_traps=tuple(note.text for note in notes if note.trap),
        proposer=proposer_settings(plan) if plan.searches else None,
        references_left_out=references.left_out,
        why_keras=why_keras,
        groups=dataset.tested_groups,
        target_deviation=None if dataset.classes else float(dataset.y[: dataset.training].std()),
    )
    with store.lease(spec.name, command):
        store.begin(plan, dataset.sha256, facts)
        executor = workplace.executor(spec, dataset)
        try:
            run_study(spec.name, store, executor, observer, late=lambda: ends is not None and time.monotonic() > ends)
        finally:
            executor.close()
        run_references(spec.name, store, dataset, references.models, observer)
