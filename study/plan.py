"""Spec -> what to run: panels of configurations, and the trials they come to."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from study.errors import SpecError
from study.records import Configuration, Trial
from study.space import NetworkSpec, configure
from study.spec import Arm, StudySpec, explain

NO_ARM = Arm.model_construct(name="")  # stands for the whole study where it has no arms


@dataclass(frozen=True, slots=True)
class PlannedPanel:
    """The axis under one arm and one combination of the other scientific values.

    ``points`` pairs each value of the axis, in order, with its configuration; a value of None stands for all
    training samples. ``name`` is empty where the study has a single panel.
    """

    name: str
    points: tuple[tuple[float | None, Configuration], ...]
    baseline: Configuration | None
    replicates: int
    reading: str
    margin: float

    @property
    def configurations(self) -> tuple[Configuration, ...]:
        """All configurations of the panel, the baseline last."""
        return tuple(c for _, c in self.points) + ((self.baseline,) if self.baseline else ())


def plan_panels(spec: StudySpec) -> tuple[PlannedPanel, ...]:
    """The panels of a study, in the order of its file.

    Raises :class:`SpecError` for a combination of values that makes no network.
    """
    panels = tuple(
        _panel(spec, arm, dict(zip(others, combination, strict=True)))
        for arm in spec.arms or (NO_ARM,)
        for others in [[name for name in spec.space if name != spec.axis]]
        for combination in itertools.product(*(_values(spec, arm, name) for name in others))
    )
    names = [panel.name for panel in panels]
    for name in names:
        if names.count(name) > 1:
            raise SpecError(f"space: two panels would both be called {name!r}. List each value once.")
    return panels


def plan_trials(spec: StudySpec) -> tuple[Trial, ...]:
    """Every trial of the study once: all configurations at replicate 0, then at 1, and so on.

    In this order an unfinished study already answers with the replicates that it has.
    """
    panels = plan_panels(spec)
    trials = (
        Trial(configuration, replicate)
        for replicate in range(max(panel.replicates for panel in panels))
        for panel in panels
        if replicate < panel.replicates
        for configuration in panel.configurations
    )
    return tuple({trial.key: trial for trial in trials}.values())


def _panel(spec: StudySpec, arm: Arm, others: dict[str, Any]) -> PlannedPanel:
    axis = spec.axis
    fixed = {**spec.network.model_dump(), **arm.network, **others}
    if axis in spec.space:
        points = [_point(arm, fixed, axis, value) for value in _values(spec, arm, axis)]
    else:
        configuration = _configuration(arm, fixed)
        points = [(configuration.depth, configuration)]
    if len({value for value, _ in points}) < len(points):
        raise SpecError(f"{_where(arm)}space.{axis}: a value stands there twice. List each value once.")
    words = [arm.name] * bool(arm.name) + [f"{name} {_words(value)}" for name, value in others.items()]
    return PlannedPanel(
        name=", ".join(words),
        points=tuple(sorted(points, key=lambda point: _rank(axis, point[0]))),
        baseline=_configuration(arm, {**fixed, "hidden": spec.baseline}) if spec.baseline is not None else None,
        replicates=arm.replicates or spec.replicates,
        reading=arm.reading or spec.reading,
        margin=arm.margin or spec.margin,
    )


def _values(spec: StudySpec, arm: Arm, name: str) -> list[Any]:
    return arm.space.get(name, spec.space[name].values)


def _point(arm: Arm, fixed: dict[str, Any], axis: str, value: Any) -> tuple[float | None, Configuration]:
    if axis in ("depth", "width") and fixed["hidden"] is not None:
        raise SpecError(f"{_where(arm)}network.hidden fixes the widths, so {axis} cannot vary. Remove one of them.")
    network = _network(arm, {**fixed, axis: value})
    number = getattr(network, axis)
    if isinstance(number, tuple):
        raise SpecError(f"{_where(arm)}space.{axis}: expected single numbers, found the list {list(number)}.")
    return number, configure(network)


def _configuration(arm: Arm, values: dict[str, Any]) -> Configuration:
    return configure(_network(arm, values))


def _network(arm: Arm, values: dict[str, Any]) -> NetworkSpec:
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


def _words(value: Any) -> str:
    return "-".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
