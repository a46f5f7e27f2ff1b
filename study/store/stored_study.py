"""What a store hands out: a whole study, what is new of one, and the line of one in a list."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from study.design.plan import Plan
from study.design.spec import StudySpec
from study.records.facts import RunFacts
from study.records.looks import Look
from study.records.reference_runs import ReferenceRun
from study.records.trials import Configuration, Proposal, Result, TrialKey
from study.store.lease import Holder


def read_spec(text: str) -> StudySpec:
    """A spec as a store holds it; raises ValueError for what is none.

    Before a study said which rows its replicates test, all of them tested the same; what trains it, that was Keras; how
    often its cells are searched, they were once.
    """
    values = json.loads(text)
    values.setdefault("engine", "keras")
    values.setdefault("data", {}).setdefault("scheme", "fixed")
    if any(dimension["role"] == "nuisance" for dimension in values.get("space", {}).values()):
        values.setdefault("searches", 1)
    return StudySpec.model_validate(values)


@dataclass(frozen=True, slots=True, repr=False)
class StoredStudy:
    """A study as the store knows it: its plan, facts of its data and machine, and what was proposed and done so far.

    ``references`` are the reference models that were trained beside it, ``looks`` what was decided between replicates:
    the plan is what they have left of it.
    A study that was imported is a :class:`~study.records.imported.ForeignStudy` instead.
    """

    plan: Plan
    dataset_sha256: str
    facts: RunFacts
    created: str
    results: Mapping[TrialKey, Result]
    proposals: tuple[Proposal, ...] = ()
    references: tuple[ReferenceRun, ...] = ()
    looks: tuple[Look, ...] = ()
    counted: Mapping[str, int] = field(init=False, compare=False)  # parameters, by the key of a configuration

    def __post_init__(self) -> None:
        counted = {key: one.parameters for (key, _), one in self.results.items() if one.parameters is not None}
        object.__setattr__(self, "counted", counted)

    def __repr__(self) -> str:
        return f"<StoredStudy {self.name!r}, {len(self.results)} results, {len(self.proposals)} proposals>"

    @property
    def spec(self) -> StudySpec:
        """What was asked."""
        return self.plan.spec

    @property
    def name(self) -> str:
        """What the store knows it by."""
        return self.spec.name

    def parameters_of(self, configuration: Configuration) -> int | None:
        """Trainable parameters of a network; None of one that only its own code can count and that was not built."""
        counted = configuration.network.parameters(self.facts.inputs, self.facts.outputs)
        return self.counted.get(configuration.key) if counted is None else counted


@dataclass(frozen=True, slots=True)
class News:
    """What has come of a study since the last news: its spec, who runs it, new results, all its proposals and looks.

    ``last`` is the row of the newest result, to be given back for the next news.
    """

    spec: StudySpec
    holder: Holder | None
    results: tuple[Result, ...]
    proposals: tuple[Proposal, ...]
    looks: tuple[Look, ...]
    last: int


@dataclass(frozen=True, slots=True)
class PanelLine:
    """What a stored verdict says of a panel; ``kind`` is None where it varies nothing ordered."""

    name: str
    sentence: str
    kind: str | None


@dataclass(frozen=True, slots=True)
class StudyLine:
    """One study in a list: how far it is, and the verdict that its last run ended with.

    ``planned`` is with searches the most that they can come to, once they are concluded what they came to.
    ``parts`` says which rows its replicates test. ``imported`` names the program that it was read from, None for our
    own. ``concluded`` is the number of trials that the stored verdict knew of, None where none is stored; ``panels`` is
    what it says.
    """

    name: str
    created: str
    planned: int
    finished: int
    failed: int
    imported: str | None
    parts: str = ""
    concluded: int | None = None
    panels: tuple[PanelLine, ...] = ()
