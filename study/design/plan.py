"""Spec -> what to run: panels of cells, what a search has chosen for them, and the trials they come to."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from study.design.cells import WHOLE, Cell, parameters
from study.design.engines import check_proposer
from study.design.space import NetworkSpec, configure
from study.design.spec import OFF, PATIENCE, Arm, Dimension, StudySpec, explain
from study.errors import SpecError
from study.records.trials import Configuration, Trial, TrialKey

NO_ARM = Arm.model_construct(name="")  # stands for the whole study where it has no arms
SEARCH_REPLICATE = 1000  # what searches train on: no study has as many replicates, so none is reported twice
MOST_CELLS, MOST_TRIALS = 10_000, 1_000_000
FINAL_REPLICATE = 2000  # what a final network is trained on: no run that chose it had this split and these weights


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

    ``cells`` pairs each value of the axis, in order, with its cell; ``points`` are the configurations that are known:
    all of them, or where something is tuned those that the searches have chosen so far. Without a scientific
    axis the points are the candidates of one search, the best first. ``arm`` is the arm's name and ``others`` are the
    names and values of the other scientific hyperparameters; both are empty where the study has no such part.
    """

    arm: str
    others: tuple[tuple[str, Any], ...]
    has_axis: bool
    cells: tuple[tuple[float | None, Cell], ...]
    points: tuple[PlannedPoint, ...]
    baseline: Configuration | None
    replicates: int
    reading: str
    margin: float

    @property
    def setting(self) -> str:
        """The values beside axis and arm in words: ``samples 300``."""
        return _setting(self.others)

    @property
    def name(self) -> str:
        """Arm and setting in words, what tells the panels of a study apart; empty where there is a single one."""
        return ", ".join(part for part in (self.arm, self.setting) if part)

    @property
    def configurations(self) -> tuple[Configuration, ...]:
        """All configurations that are known, the baseline last, each once."""
        known = [point.configuration for point in self.points] + [self.baseline] * (self.baseline is not None)
        return tuple(dict.fromkeys(c for c in known if c is not None))


def plan_panels(spec: StudySpec, winners: Winners | None = None) -> tuple[PlannedPanel, ...]:
    """The panels of a study, in the order of its file.

    Raises :class:`SpecError` for a combination of values that makes no network, or that cannot be searched.
    """
    check_size(spec)
    _check_search(spec)
    others = [name for name in spec.scientific if name != spec.axis]
    panels = tuple(
        _panel(spec, arm, dict(zip(others, combination, strict=True)), winners or {})
        for arm in spec.arms or (NO_ARM,)
        for combination in itertools.product(*(_values(spec, arm, name) for name in others))
    )
    for name, times in Counter(panel.name for panel in panels).items():
        if times > 1:
            raise SpecError(f"space: two panels would both be called {name!r}. List each value once.")
    return panels


def check_size(spec: StudySpec) -> None:
    """Raise :class:`SpecError` where a study comes to more than anybody can run, or a command can list.

    Counted, not built: keys that are each within bounds may come to millions of cells together.
    """
    cells = runs = 0
    for arm in spec.arms or (NO_ARM,):
        counts = {name: len(_values(spec, arm, name)) for name in spec.scientific}
        in_arm = math.prod(counts.values())
        panels = in_arm // counts.get(spec.axis, 1) if spec.axis in counts else in_arm
        replicates = (spec.confirming.replicates if spec.nuisance else None) or arm.replicates or spec.replicates
        of_a_cell = replicates * spec.winners_per_cell + spec.searching.trials if spec.nuisance else replicates
        cells += in_arm
        runs += in_arm * of_a_cell + panels * replicates * (spec.baseline is not None)
    for number, most, what in ((cells, MOST_CELLS, "combinations of values"), (runs, MOST_TRIALS, "trials")):
        if number > most:
            raise SpecError(
                f"space: the study comes to {number:,} {what}, and {most:,} are the most. List fewer values, arms or "
                "replicates, or make several studies of it."
            )


def plan_trials(spec: StudySpec, winners: Winners | None = None) -> tuple[Trial, ...]:
    """Every trial that is reported, once: all known configurations at replicate 0, then at 1, and so on.

    In this order an unfinished study already answers with the replicates that it has.
    """
    return tuple(trials_by_key(plan_panels(spec, winners)).values())


def trials_by_key(panels: Sequence[PlannedPanel]) -> dict[TrialKey, Trial]:
    """The trials of ``panels`` in the order of :func:`plan_trials`."""
    keyed = [(panel.replicates, [(c.key, c) for c in panel.configurations]) for panel in panels]
    return {
        (key, replicate): Trial(configuration, replicate)
        for replicate in range(max(replicates for replicates, _ in keyed))
        for replicates, configurations in keyed
        if replicate < replicates
        for key, configuration in configurations
    }


def _check_search(spec: StudySpec) -> None:
    """Raise :class:`SpecError` where trials would be stopped early although their curves are the evidence."""
    by = {
        "search.proposer": "keras-tuner:hyperband" if spec.searching.proposer == "keras-tuner:hyperband" else "none",
        "search.pruner": spec.searching.pruner,
    }
    for key, name in by.items():
        if name != "none" and spec.scientific:
            raise SpecError(
                f"{key}: {name} stops most trials early, which hides their overfitting. With "
                f"{', '.join(spec.scientific)} as the question, choose a proposer like optuna:tpe and no pruner."
            )
        if name != "none" and spec.network.halt is not None:
            raise SpecError(f"{key}: {name} and network.halt both stop trials early. Remove one of them.")
        if name != "none" and "epochs" in spec.nuisance:
            raise SpecError(
                f"{key}: {name} compares trials epoch by epoch and stops them, so all have one number of epochs. Set "
                "network.epochs and leave space.epochs out, or remove it."
            )
    if "none" not in by.values():
        raise SpecError("search.pruner: keras-tuner:hyperband stops trials itself. Remove the pruner.")


def plan_cells(spec: StudySpec) -> tuple[Cell, ...]:
    """The cells in which something is searched, each once, in the order of the panels."""
    return tuple(cell for panel in plan_panels(spec) for _, cell in panel.cells if cell.tuned)


def planned(spec: StudySpec) -> int:
    """How many trials the study comes to; with a search, the most that it can come to."""
    panels = plan_panels(spec)
    replicates: dict[str, int] = {}
    for panel in panels:
        for key in (configuration.key for configuration in panel.configurations):
            replicates[key] = max(panel.replicates, replicates.get(key, 0))
    known = sum(replicates.values())
    for panel in panels:
        for cell in (cell for _, cell in panel.cells if cell.tuned):
            known += search_trials(spec, cell) + spec.winners_per_cell * panel.replicates
    return known


def search_trials(spec: StudySpec, cell: Cell) -> int:
    """The most trials that the search of a cell can take: one where only the reading is chosen."""
    return spec.searching.trials if cell.parameters else 1


def _panel(spec: StudySpec, arm: Arm, others: dict[str, Any], winners: Winners) -> PlannedPanel:
    axis = spec.axis
    has_axis = axis in spec.scientific
    fixed = {**spec.network.model_dump(), **arm.network, **others}
    setting = _setting(others.items())
    words = [part for part in (arm.name, setting) if part]
    values = _values(spec, arm, axis) if has_axis else [None]
    cells = [_cell(spec, arm, words, fixed, axis if has_axis else None, value) for value in values]
    if len({value for value, _ in cells}) < len(cells):
        raise SpecError(f"{_where(arm)}space.{axis}: a value stands there twice. List each value once.")
    cells.sort(key=lambda cell: _rank(axis, cell[0]))
    reading = arm.reading or spec.reading
    points: list[PlannedPoint] = []
    for value, cell in cells:
        chosen = winners.get(cell.name, ()) if cell.tuned else (Winner(cell.configuration({}), reading),)
        for rank, winner in enumerate(chosen, 1):
            place = value if has_axis else rank if cell.tuned else winner.configuration.depth
            points.append(PlannedPoint(place, winner.configuration, winner.reading))
    return PlannedPanel(
        arm=arm.name,
        others=tuple(others.items()),
        has_axis=has_axis,
        cells=tuple(cells),
        points=tuple(points),
        baseline=_configuration(arm, {**fixed, "hidden": spec.baseline}) if spec.baseline is not None else None,
        replicates=(spec.confirming.replicates if spec.nuisance else None) or arm.replicates or spec.replicates,
        reading=reading,
        margin=arm.margin or spec.margin,
    )


def _cell(
    spec: StudySpec, arm: Arm, words: list[str], fixed: dict[str, Any], axis: str | None, value: Any
) -> tuple[float | None, Cell]:
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
        check_proposer(spec.searching.proposer, chosen, fixed["epochs"])
    name = ", ".join([*words, f"{axis} {_words(value)}"] if axis else words) or "search"
    return number, Cell(name, fixed, chosen, _readings(spec, arm.reading or spec.reading))


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


def _values(spec: StudySpec, arm: Arm, name: str) -> list[Any]:
    return arm.space.get(name, spec.scientific[name])


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
