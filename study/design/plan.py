"""Spec -> what to run: panels of cells, what a search has chosen for them, and the trials they come to."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from study.design.bounds import check_size, check_stops
from study.design.cells import WHOLE, Cell, parameters
from study.design.search_engines import check_searchable
from study.design.space import NetworkSpec, configure
from study.design.spec import NO_ARM, OFF, PATIENCE, Arm, Dimension, StudySpec
from study.design.spec_errors import explain
from study.errors import SpecError
from study.records.trials import Configuration, Proposal, Trial, TrialKey


@dataclass(frozen=True, slots=True)
class Winner:
    """What a search chose for a cell: a configuration, and where its trajectories are read."""

    configuration: Configuration
    reading: str


Winners = Mapping[str, tuple[Winner, ...]]  # by the cell's name, the best first; a cell still searching is absent


@dataclass(frozen=True, slots=True)
class PlannedPoint:
    """One configuration of a panel; a value of None stands for all training samples."""

    value: float | None
    configuration: Configuration
    reading: str


@dataclass(frozen=True, slots=True)
class PlannedPanel:
    """The axis under one arm and one combination of the other scientific values.

    ``cells`` are the values of the axis, in order; without a scientific axis there is one. ``arm`` is the arm's name
    and ``others`` are the names and values of the other scientific hyperparameters; both are empty where the study has
    no such part. ``winners`` is how many configurations of each search are run again.
    """

    arm: str
    others: tuple[tuple[str, Any], ...]
    has_axis: bool
    cells: tuple[Cell, ...]
    baseline: Configuration | None
    replicates: int
    winners: int
    reading: str
    margin: float | None

    @property
    def setting(self) -> str:
        """The values beside axis and arm in words: ``samples 300``."""
        return _setting(self.others)

    @property
    def name(self) -> str:
        """Arm and setting in words, what tells the panels of a study apart; empty where there is a single one."""
        return ", ".join(part for part in (self.arm, self.setting) if part)

    @property
    def searches(self) -> tuple[Cell, ...]:
        """The cells in which something is searched."""
        return tuple(cell for cell in self.cells if cell.tuned)

    def points(self, winners: Winners) -> tuple[PlannedPoint, ...]:
        """The configurations that are known: all, or where something is tuned those that are chosen so far.

        Without a scientific axis they are the candidates of one search, the best first, and their values the ranks.
        """
        points = []
        for cell in self.cells:
            chosen = winners.get(cell.name, ()) if cell.tuned else (Winner(cell.configuration({}), self.reading),)
            for rank, winner in enumerate(chosen, 1):
                depth = winner.configuration.network.depth
                place = cell.value if self.has_axis else rank if cell.tuned else depth
                points.append(PlannedPoint(place, winner.configuration, winner.reading))
        return tuple(points)

    def read_at(self, winners: Winners) -> tuple[tuple[Configuration, str], ...]:
        """All configurations that are known, each with the reading at which it is read; the baseline last."""
        known = [(point.configuration, point.reading) for point in self.points(winners)]
        return (*known, *([(self.baseline, self.reading)] if self.baseline is not None else []))

    def configurations(self, winners: Winners) -> tuple[Configuration, ...]:
        """All configurations that are known, the baseline last, each once."""
        return tuple(dict.fromkeys(configuration for configuration, _ in self.read_at(winners)))

    def most(self, cell: Cell) -> int:
        """The most trials that a tuned cell can come to: its search, and the replicates of what that chooses."""
        return cell.trials + self.winners * self.replicates


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """What a study comes to: its panels in the order of its file. Made once from a spec, and passed on in its place."""

    spec: StudySpec
    panels: tuple[PlannedPanel, ...]
    searches: tuple[Cell, ...] = field(init=False)  # each cell in which something is searched, in order

    def __post_init__(self) -> None:
        object.__setattr__(self, "searches", tuple(cell for panel in self.panels for cell in panel.searches))

    def __repr__(self) -> str:
        return f"<Plan of {self.spec.name!r}, {len(self.panels)} panels, at most {self.most} trials>"

    def cell(self, name: str) -> Cell | None:
        """The searched cell of that name, None where there is none."""
        return next((cell for cell in self.searches if cell.name == name), None)

    def trials(self, winners: Winners) -> dict[TrialKey, Trial]:
        """Every trial that is reported, once: all known configurations at replicate 0, then at 1, and so on.

        In this order an unfinished study already answers with the replicates that it has. Each keeps its test items at
        all readings of its panels, and at all that searches may choose: one that ends later may find an equal network.
        """
        searched = dict.fromkeys(reading for cell in self.searches for reading in cell.readings)
        known: dict[Configuration, dict[str, None]] = {}
        for panel in self.panels:
            for configuration, reading in panel.read_at(winners):
                known.setdefault(configuration, {**searched})[reading] = None
        keyed = {configuration: (configuration.key, tuple(readings)) for configuration, readings in known.items()}
        panels = [(panel.replicates, [(c, *keyed[c]) for c in panel.configurations(winners)]) for panel in self.panels]
        return {
            (key, replicate): Trial(configuration, replicate, readings=readings, metrics=self.spec.measured)
            for replicate in range(max(replicates for replicates, _ in panels))
            for replicates, configurations in panels
            if replicate < replicates
            for configuration, key, readings in configurations
        }

    def to_come(
        self, recorded: Iterable[TrialKey], proposals: Mapping[str, Sequence[Proposal]], winners: Winners
    ) -> int:
        """How many trials are still to run, with a search at most: it may end early, or find an equal network again.

        ``recorded`` are the trials that are there, ``proposals`` those of each cell by its name.
        """
        there = set(recorded)
        missing = sum(key not in there for key in self.trials(winners))
        for panel in self.panels:
            for cell in panel.searches:
                own = proposals.get(cell.name, ())
                if not cell.has_searched(own):
                    missing += panel.most(cell) - sum(proposal.told is not None for proposal in own)
        return missing

    @property
    def most(self) -> int:
        """How many trials the study comes to; with a search, the most that it can come to."""
        return self.to_come((), {}, {})


def make_plan(spec: StudySpec) -> Plan:
    """The plan of a study.

    Raises :class:`SpecError` for a combination of values that makes no network, or that cannot be searched.
    """
    check_size(spec)
    check_stops(spec)
    others = [name for name in spec.scientific if name != spec.axis]
    panels = tuple(
        _panel(spec, arm, dict(zip(others, combination, strict=True)))
        for arm in spec.arms or (NO_ARM,)
        for combination in itertools.product(*(spec.values_of(arm, name) for name in others))
    )
    for name, times in Counter(panel.name for panel in panels).items():
        if times > 1:
            raise SpecError(f"space: two panels would both be called {name!r}. List each value once.")
    return Plan(spec, panels)


def _panel(spec: StudySpec, arm: Arm, others: dict[str, Any]) -> PlannedPanel:
    axis = spec.axis
    has_axis = axis in spec.scientific
    fixed = {**spec.network.model_dump(), **arm.network, **others}
    setting = _setting(others.items())
    words = [part for part in (arm.name, setting) if part]
    values = spec.values_of(arm, axis) if has_axis else [None]
    cells = [_cell(spec, arm, words, fixed, axis if has_axis else None, value) for value in values]
    if len({cell.value for cell in cells}) < len(cells):
        raise SpecError(f"{_where(arm)}space.{axis}: a value stands there twice. List each value once.")
    return PlannedPanel(
        arm=arm.name,
        others=tuple(others.items()),
        has_axis=has_axis,
        cells=tuple(sorted(cells, key=lambda cell: _rank(axis, cell.value))),
        baseline=_configuration(arm, {**fixed, "hidden": spec.baseline}) if spec.baseline is not None else None,
        replicates=spec.replicates_of(arm),
        winners=spec.winners_per_cell,
        reading=arm.reading or spec.reading,
        margin=spec.margin_of(arm),
    )


def _cell(spec: StudySpec, arm: Arm, words: list[str], fixed: dict[str, Any], axis: str | None, value: Any) -> Cell:
    """One value of the axis, or the only cell of a panel without one, and what is tuned there."""
    if axis in ("depth", "width") and fixed["hidden"] is not None:
        raise SpecError(
            f"{_where(arm)}network.hidden fixes the widths, so {axis} cannot vary. "
            "Remove one of them from the study, or start from a preset without network.hidden (depth)."
        )
    tuned = {name: dimension for name, dimension in spec.nuisance.items() if name not in arm.network}
    for name in ("depth", "width", "profile"):
        if name in tuned and (fixed["hidden"] is not None or "hidden" in tuned):
            raise SpecError(f"{_where(arm)}hidden fixes the widths, so {name} cannot vary. Remove one of them.")
    if axis is not None:
        fixed = {**fixed, axis: value}
    try:
        chosen = parameters(tuned, fixed)
    except ValueError as error:
        raise SpecError(f"{_where(arm)}space: {error}.") from error
    network = _check(arm, fixed, tuned)
    number = getattr(network, axis) if axis is not None else None
    if isinstance(number, tuple):
        raise SpecError(f"{_where(arm)}space.{axis}: expected single numbers, found the list {list(number)}.")
    if chosen:
        check_searchable(spec.searching.proposer, chosen, fixed["epochs"])
    name = ", ".join([*words, f"{axis} {_words(value)}"] if axis else words) or "search"
    trials = spec.searching.trials if chosen else 1  # where only the reading is chosen, one trial is read at each
    return Cell(name, number, fixed, chosen, _readings(spec, arm.reading or spec.reading), trials)


def _check(arm: Arm, fixed: Mapping[str, Any], tuned: Mapping[str, Dimension]) -> NetworkSpec:
    """The fixed values. Raises :class:`SpecError` where they, or an end of what is tuned, make no network."""
    if fixed["profile"] == "free" and "width" in tuned:
        fixed = {**fixed, "profile": "constant"}  # the same widths are allowed, one a layer
    network = _network(arm, fixed)
    for name, dimension in tuned.items():
        ends: Sequence[Any] = (dimension.low, dimension.high) if dimension.values is None else dimension.values
        ends = [*ends, *[0.0] * dimension.zero]
        for end in ends if name != PATIENCE else ():
            whole = name in WHOLE and isinstance(end, float) and end.is_integer()
            _network(arm, {**fixed, name: int(end) if whole else end})
    return network


def _readings(spec: StudySpec, reading: str) -> tuple[str, ...]:
    """What a search may choose from where patience is tuned: costs no run, because every trajectory is read at all."""
    if PATIENCE not in spec.nuisance:
        return (reading,)
    values = spec.nuisance[PATIENCE].values or ()
    return tuple(dict.fromkeys(reading if value == OFF else f"patience={value}" for value in values))


def _configuration(arm: Arm, values: Mapping[str, Any]) -> Configuration:
    return configure(_network(arm, values))


def _network(arm: Arm, values: Mapping[str, Any]) -> NetworkSpec:
    try:
        network = NetworkSpec.model_validate(values)
        configure(network)
        return network
    except ValidationError as error:
        raise SpecError(explain(error.errors(), _where(arm) + "network or space", model=NetworkSpec)) from error
    except ValueError as error:
        raise SpecError(f"{_where(arm)}network: {error}.") from error


def _where(arm: Arm) -> str:
    return f"arms.{arm.name}." if arm.name else ""


def _rank(axis: str, value: float | None) -> float:
    """Ascending order; training-set sizes fall, because less data is what makes a network overfit."""
    number = float("inf") if value is None else float(value)
    return -number if axis == "samples" else number


def _setting(others: Iterable[tuple[str, Any]]) -> str:
    return ", ".join(f"{name} {_words(value)}" for name, value in others)


def _words(value: Any) -> str:
    return "-".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
