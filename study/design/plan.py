"""Spec -> what to run: panels of cells, what a search has chosen for them, and the trials they come to."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from study.design.bounds import check_size, check_stops
from study.design.cells import Cell, PlannedSearch
from study.design.kinds import WHOLE, kind_of
from study.design.look_schedule import look_share
from study.design.search_engines import check_searchable
from study.design.search_stop import SearchStop, stop_of
from study.design.setting_words import setting_words
from study.design.space import AXIS_WORDS
from study.design.spec import DEFAULT, NO_ARM, OFF, PATIENCE, Arm, Dimension, StudySpec
from study.design.spec_errors import explain
from study.errors import SpecError
from study.records.looks import Ending, Look
from study.records.parameters import Parameter
from study.records.trials import Configuration, Proposal, Trial, TrialKey
from study.words import amount, change, count, level_text

_SHAPE = ("depth", "width", "profile", "hidden")  # what a baseline's own widths leave nothing of to tune


@dataclass(frozen=True, slots=True)
class Winner:
    """What a search chose for a cell, or the cell's only network: a configuration, and where it is read."""

    configuration: Configuration
    reading: str


Winners = Mapping[str, tuple[Winner, ...]]  # by the search's name, the best first; one that goes on is absent


@dataclass(frozen=True, slots=True)
class PlannedPoint:
    """One place of a panel; a value of None stands for all training samples.

    ``winners`` are what its searches chose, in their order: the one of number ``r % len(winners)`` is run at replicate
    ``r``, None where that search has not chosen. Where nothing is searched again there is one, run at all
    ``replicates``.
    """

    value: float | None
    winners: tuple[Winner | None, ...]
    replicates: tuple[int, ...]

    def of(self, replicate: int) -> Winner | None:
        """What is run at a replicate, None where that is not known."""
        return self.winners[replicate % len(self.winners)]

    @property
    def first(self) -> Winner:
        """The first network that is known: all there is, where nothing is searched again."""
        return next(winner for winner in self.winners if winner is not None)


@dataclass(frozen=True, slots=True)
class PlannedPanel:
    """The axis under one arm and one combination of the other scientific values.

    ``cells`` are the values of the axis, in order; without a scientific axis there is one. ``arm`` is the arm's name
    and ``others`` are the names and values of the other scientific hyperparameters; both are empty where the study has
    no such part. ``winners`` is how many configurations of each search are run again. ``baseline`` stands beside the
    axis; it is tuned where arms are compared on it.

    Where replicates are decided as the study goes, ``looks`` are the numbers after which that happens, ``replicates``
    are those up to the next of them, and ``rounds`` the names of the cells that went on after each look so far;
    ``ending`` is why the panel has ended, None while it goes on.
    """

    arm: str
    others: tuple[tuple[str, Any], ...]
    has_axis: bool
    cells: tuple[Cell, ...]
    baseline: Cell | None
    replicates: int
    winners: int
    reading: str
    margin: float | None
    looks: tuple[int, ...] = ()
    rounds: tuple[tuple[str, ...], ...] = ()
    ending: Ending | None = None

    @property
    def most(self) -> int:
        """The most replicates that it can come to."""
        return self.looks[-1] if self.looks else self.replicates

    @property
    def undecided(self) -> bool:
        """Whether a look is still to come, which may ask for more replicates."""
        return bool(self.looks) and self.ending is None

    @property
    def share(self) -> float:
        """What its verdict may use of alpha."""
        return look_share(len(self.looks)) if self.looks else 1.0

    def replicates_of(self, cell: Cell) -> tuple[int, ...]:
        """The replicates at which a cell is run."""
        if not self.rounds:
            return tuple(range(self.replicates))
        spans = itertools.pairwise((0, *self.looks))
        taken = (True, *(cell.name in names for names in self.rounds))
        return tuple(r for span, runs in zip(spans, taken, strict=False) if runs for r in range(*span))

    def next_look(self) -> int:
        """The replicates of the look behind the one that is due; those of the last one there."""
        return next((one for one in self.looks if one > self.replicates), self.most)

    def after(self, look: Look) -> PlannedPanel:
        """The panel as a look has left it. Raises ValueError for one that is none of its own."""
        names = {cell.name for cell in self.all_cells}
        further = self.next_look()
        own = self.undecided and look.replicates == self.replicates and names.issuperset(look.going_on)
        if not own or (look.going_on and further == self.replicates):
            raise ValueError(f"a look after {look.replicates} replicates does not belong to the panel {self.name!r}")
        if look.ending is not None:
            return replace(self, ending=look.ending)
        return replace(self, replicates=further, rounds=(*self.rounds, look.going_on))

    @property
    def setting(self) -> str:
        """The values beside axis and arm in words: ``300 samples``, ``20 % wrong labels``, ``dropout 0.3``."""
        return ", ".join(_value_words(name, value) for name, value in self.others)

    @property
    def name(self) -> str:
        """Arm and setting in words, what tells the panels of a study apart; empty where there is a single one."""
        return ", ".join(part for part in (self.arm, self.setting) if part)

    @property
    def all_cells(self) -> tuple[Cell, ...]:
        """The cells, the baseline last."""
        return (*self.cells, *((self.baseline,) if self.baseline is not None else ()))

    @property
    def searched(self) -> tuple[Cell, ...]:
        """The cells in which something is searched, the baseline last."""
        return tuple(cell for cell in self.all_cells if cell.tuned)

    @property
    def searches(self) -> tuple[PlannedSearch, ...]:
        """The searches of all its cells, in order."""
        return tuple(search for cell in self.searched for search in cell.searches)

    def points(self, winners: Winners) -> tuple[PlannedPoint, ...]:
        """The places with a network that is known: all, or where something is tuned those with a winner so far.

        Without a scientific axis they are the candidates of one search, the best first, and their values the ranks.
        """
        points = []
        for cell in self.cells:
            if not self.has_axis and cell.tuned and cell.repeats == 1:
                best = enumerate(winners.get(cell.searches[0].name, ()), 1)
                points += [PlannedPoint(rank, (winner,), self.replicates_of(cell)) for rank, winner in best]
            elif (chosen := self._chosen(cell, winners)) is not None:
                untuned = 1 if cell.tuned else cell.configuration({}).network.place
                value = cell.value if self.has_axis else untuned
                points.append(PlannedPoint(value, chosen, self.replicates_of(cell)))
        return tuple(points)

    def baseline_point(self, winners: Winners) -> PlannedPoint | None:
        """The baseline at its depth; None where there is none, or none that is known."""
        cell = self.baseline
        chosen = None if cell is None else self._chosen(cell, winners)
        return None if cell is None or chosen is None else PlannedPoint(cell.value, chosen, self.replicates_of(cell))

    def _chosen(self, cell: Cell, winners: Winners) -> tuple[Winner | None, ...] | None:
        """The winners of a cell's searches, or its only network; None where no search has chosen."""
        if not cell.tuned:
            return (Winner(cell.configuration({}), self.reading),)
        chosen = tuple(next(iter(winners.get(search.name, ())), None) for search in cell.searches)
        return chosen if any(chosen) else None

    def runs(self, winners: Winners) -> Iterator[tuple[int, Winner]]:
        """What is run at which replicate, as far as it is known: at replicate 0 along the axis, the baseline last."""
        baseline = self.baseline_point(winners)
        points = (*self.points(winners), *((baseline,) if baseline is not None else ()))
        places = [(place, frozenset(place.replicates)) for place in points]
        for replicate in range(self.replicates):
            there = (place.of(replicate) for place, its_own in places if replicate in its_own)
            yield from ((replicate, winner) for winner in there if winner is not None)

    def configurations(self, winners: Winners) -> tuple[Configuration, ...]:
        """All configurations that are known, the baseline last, each once."""
        return tuple(dict.fromkeys(winner.configuration for _, winner in self.runs(winners)))

    def trials_of(self, search: PlannedSearch) -> int:
        """The most trials that a search can come to: its own, and the replicates of what it chooses."""
        return search.trials + self.winners * len(range(search.number, self.replicates, search.cell.repeats))

    @property
    def further(self) -> int:
        """The most runs that looks can still ask for."""
        return (self.most - self.replicates) * len(self.all_cells) if self.undecided else 0


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """What a study comes to: its panels in the order of its file. Made once from a spec, and passed on in its place."""

    spec: StudySpec
    panels: tuple[PlannedPanel, ...]
    searches: tuple[PlannedSearch, ...] = field(init=False)  # of all panels, in order

    def __post_init__(self) -> None:
        object.__setattr__(self, "searches", tuple(search for panel in self.panels for search in panel.searches))

    def __repr__(self) -> str:
        return f"<Plan of {self.spec.name!r}, {len(self.panels)} panels, at most {self.most} trials>"

    def after(self, looks: Iterable[Look]) -> Plan:
        """The plan as ``looks`` have left it, in their order. Raises ValueError for looks that are none of its own."""
        panels = {panel.name: panel for panel in self.panels}
        for look in looks:
            if look.panel not in panels:
                raise ValueError(f"there is no panel {look.panel!r} to look at")
            panels[look.panel] = panels[look.panel].after(look)
        return Plan(self.spec, tuple(panels.values()))

    def search(self, name: str) -> PlannedSearch | None:
        """The search of that name, None where there is none."""
        return next((search for search in self.searches if search.name == name), None)

    def trials(self, winners: Winners) -> dict[TrialKey, Trial]:
        """Every trial that is reported, once: all known configurations at replicate 0, then at 1, and so on.

        In this order an unfinished study already answers with the replicates that it has. Each keeps its test items at
        all readings of its panels, and at all that searches may choose: one that ends later may find an equal network.
        """
        searched = dict.fromkeys(reading for search in self.searches for reading in search.cell.readings)
        known: dict[Configuration, dict[str, None]] = {}
        runs: list[list[Configuration]] = [[] for _ in range(max(panel.replicates for panel in self.panels))]
        for panel in self.panels:
            for replicate, winner in panel.runs(winners):
                known.setdefault(winner.configuration, {**searched})[winner.reading] = None
                runs[replicate].append(winner.configuration)
        keyed = {configuration: (configuration.key, tuple(readings)) for configuration, readings in known.items()}
        return {
            (key, replicate): Trial(configuration, replicate, readings=readings, metrics=self.spec.measured)
            for replicate, configurations in enumerate(runs)
            for configuration in configurations
            for key, readings in [keyed[configuration]]
        }

    @property
    def open_ended(self) -> bool:
        """Whether it may come to fewer trials than the most: by its searches, or by looks."""
        return bool(self.searches) or any(panel.undecided for panel in self.panels)

    def to_come(
        self, recorded: Iterable[TrialKey], proposals: Mapping[str, Sequence[Proposal]], winners: Winners
    ) -> int:
        """How many trials are still to run at the most: a search may end early or find an equal network again, and
        looks may ask for no more replicates.

        ``recorded`` are the trials that are there, ``proposals`` those of each search by its name.
        """
        there = set(recorded)
        missing = sum(key not in there for key in self.trials(winners))
        for panel in self.panels:
            for search in panel.searches:
                own = proposals.get(search.name, ())
                if not search.has_searched(own):
                    missing += panel.trials_of(search) - sum(proposal.told is not None for proposal in own)
        further = sum(panel.further for panel in self.panels)
        if self.spec.trials_at_most is not None:
            further = max(min(further, self.spec.trials_at_most - len(there) - missing), 0)
        return missing + further

    @property
    def most(self) -> int:
        """How many trials the study comes to; with a search or looks, the most that it can come to."""
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
    fixed = kind_of(spec).fixed(spec.network, {**arm.network, **others})
    setting = _setting(others.items())
    words = [part for part in (arm.name, setting) if part]
    values = spec.values_of(arm, axis) if has_axis else [None]
    looks = spec.looks_of(arm)
    tuned = {name: dimension for name, dimension in spec.nuisance.items() if name not in arm.network}
    if arm.reading is not None:
        tuned.pop(PATIENCE, None)  # what an arm sets is not tuned there
    cells = [_cell(spec, arm, words, fixed, tuned, axis if has_axis else None, value) for value in values]
    if len({cell.value for cell in cells}) < len(cells):
        raise SpecError(f"{_where(arm)}space.{axis}: a value stands there twice. List each value once.")
    return PlannedPanel(
        arm=arm.name,
        others=tuple(others.items()),
        has_axis=has_axis,
        cells=tuple(sorted(cells, key=lambda cell: _rank(axis, cell.value))),
        baseline=_baseline(spec, arm, words, fixed, tuned) if spec.baseline is not None else None,
        replicates=looks[0] if looks else spec.replicates_of(arm),
        looks=looks,
        winners=spec.winners_per_search,
        reading=arm.reading or spec.reading,
        margin=spec.margin_of(arm),
    )


def _baseline(
    spec: StudySpec, arm: Arm, words: list[str], fixed: dict[str, Any], tuned: Mapping[str, Dimension]
) -> Cell:
    """The network beside the axis: as it is, or, where arms are compared on it, with all tuned that is no shape."""
    name = ", ".join([*words, "baseline"])
    if spec.baseline == DEFAULT:
        kind = kind_of(spec)
        default = kind.default(fixed)
        if default is None:
            raise SpecError(
                f'{_where(arm)}baseline: "{DEFAULT}" is what is trained without [space], and something that the code '
                "asks for has no default. Give it a value in [network], or leave baseline out."
            )
        fixed = _network(spec, arm, default)
        place = kind.configuration(fixed, {}, ()).network.place
        return Cell(name, place, fixed, (), (arm.reading or spec.reading,), 1, kind=kind)
    fixed = {**fixed, "hidden": spec.baseline}
    found = {name: one for name, one in tuned.items() if spec.arms and name not in _SHAPE}
    chosen = _parameters(spec, arm, fixed, found)
    depth = len(_check(spec, arm, fixed, found)["hidden"])
    return Cell(name, depth, fixed, chosen, *_searches(spec, arm, fixed, found, chosen))


def _cell(
    spec: StudySpec,
    arm: Arm,
    words: list[str],
    fixed: dict[str, Any],
    tuned: Mapping[str, Dimension],
    axis: str | None,
    value: Any,
) -> Cell:
    """One value of the axis, or the only cell of a panel without one, and what is tuned there."""
    kind = kind_of(spec)
    if conflict := kind.conflict(axis, fixed, tuned):
        raise SpecError(f"{_where(arm)}{conflict}")
    if axis is not None:
        fixed = {**fixed, axis: value}
    chosen = _parameters(spec, arm, fixed, tuned)
    network = _check(spec, arm, fixed, tuned)
    number = network[axis] if axis is not None else None
    if isinstance(number, tuple):
        raise SpecError(f"{_where(arm)}space.{axis}: expected single numbers, found the list {list(number)}.")
    name = ", ".join([*words, f"{axis} {_words(value)}"] if axis else words) or "search"
    return Cell(name, number, fixed, chosen, *_searches(spec, arm, fixed, tuned, chosen), kind=kind)


def _parameters(
    spec: StudySpec, arm: Arm, fixed: Mapping[str, Any], tuned: Mapping[str, Dimension]
) -> tuple[Parameter, ...]:
    """What a proposer has to choose. Raises :class:`SpecError` for a range that a hyperparameter cannot have."""
    try:
        return kind_of(spec).parameters(tuned, fixed)
    except ValueError as error:
        raise SpecError(f"{_where(arm)}space: {error}.") from error


def _searches(
    spec: StudySpec,
    arm: Arm,
    fixed: Mapping[str, Any],
    tuned: Mapping[str, Dimension],
    chosen: tuple[Parameter, ...],
) -> tuple[tuple[str, ...], int, int, SearchStop | None]:
    """The readings that searches of a cell may choose from, their trials together, how many there are, how they end."""
    if chosen:
        check_searchable(spec.searching.proposer, chosen, fixed["epochs"])
    readings = _readings(tuned.get(PATIENCE), arm.reading or spec.reading)
    if not chosen and len(readings) == 1:
        return readings, 1, 1, None
    repeats = spec.searches_of(arm)
    trials = spec.searching.trials if chosen else repeats  # where only the reading is chosen, one is read at each
    if (replicates := spec.replicates_of(arm)) < repeats:
        raise SpecError(
            f"{_where(arm)}searches: the winner of each of {repeats} searches needs a replicate of its own, and there "
            f"{'is' if replicates == 1 else 'are'} {count(replicates, 'replicate')}. Give more, or fewer searches."
        )
    if trials < repeats:
        raise SpecError(
            f"search.trials: {count(repeats, 'search', 'searches')} of each cell share {count(trials, 'trial')}. Give "
            f"at least one each, or fewer searches ({change('searches=1')})."
        )
    stop = stop_of(spec.searching.proposer, spec.deciding, spec.margin_of(arm)) if spec.searching.stop else None
    return readings, trials, repeats, stop


def _check(spec: StudySpec, arm: Arm, fixed: Mapping[str, Any], tuned: Mapping[str, Dimension]) -> dict[str, Any]:
    """The fixed values. Raises :class:`SpecError` where they, or an end of what is tuned, make no network."""
    fixed = kind_of(spec).free(fixed, tuned)
    network = _network(spec, arm, fixed)
    for name, dimension in tuned.items():
        ends: Sequence[Any] = (dimension.low, dimension.high) if dimension.values is None else dimension.values
        ends = [*ends, *[0.0] * dimension.zero]
        for end in ends if name != PATIENCE else ():
            whole = name in WHOLE and isinstance(end, float) and end.is_integer()
            _network(spec, arm, {**fixed, name: int(end) if whole else end})
    return network


def _readings(patience: Dimension | None, reading: str) -> tuple[str, ...]:
    """What a search may choose from where patience is tuned: costs no run, because every trajectory is read at all."""
    values = (OFF,) if patience is None else patience.values or ()
    return tuple(dict.fromkeys(reading if value == OFF else f"patience={value}" for value in values))


def _network(spec: StudySpec, arm: Arm, values: Mapping[str, Any]) -> dict[str, Any]:
    kind = kind_of(spec)
    try:
        return kind.validated(values)
    except ValidationError as error:
        raise SpecError(explain(error.errors(), _where(arm) + "network or space", model=kind.model)) from error
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


def _value_words(name: str, value: Any) -> str:
    """A value beside the axis as people say it."""
    if name == "label_noise":
        return f"{level_text(value)} wrong labels"
    if name == "samples":
        return "all samples" if value in (None, "all") else count(value, "sample")
    if name in AXIS_WORDS and isinstance(value, int | float):
        return amount(value, AXIS_WORDS[name])
    return setting_words({name: value}) if isinstance(value, str | int | float) else _setting([(name, value)])


def _words(value: Any) -> str:
    return "-".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
