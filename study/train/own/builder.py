"""The user's function as it is called: what it asks for, and the model that it makes of given values.

It takes KerasTuner's ``hp``, or hyperparameters by name. Beside them it may ask by name for facts of the data and of
the training: see :class:`Given`.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakSet

import keras

from study.design.own_model import Hyperparameter
from study.errors import CodeError
from study.records.parameters import Parameter, Value
from study.search.keras_tuner_space import merged, parameter_of
from study.train.own.code import BuildError, told

MOST_BUILDS = 200  # to see every scope of a space once
MOST_TRIED = 10  # values of a choice that are tried one by one
MOST_LOOPED = 32  # a whole number above it counts units, not layers: its largest is not built
MOST_ENDS = 40  # of a space that are tried
MOST_STEPS = 100  # values of a stepped range that are listed one by one


@dataclass(frozen=True, slots=True)
class Given:
    """What a function may ask for beside its hyperparameters.

    ``inputs`` is the shape of one item, ``classes`` the number of outputs (1 in a regression), ``samples`` that of
    training rows, and ``steps`` that of optimizer steps of the whole training.
    """

    inputs: tuple[int, ...]
    classes: int
    samples: int
    steps: int

    @property
    def values(self) -> dict[str, Any]:
        """By their names."""
        return {name: getattr(self, name) for name in self.__slots__}


class Builder:
    """A function of the user's. ``source`` is what errors call it, ``folder`` where its files lie."""

    def __init__(self, function: Callable[..., Any], source: str, folder: Path) -> None:
        self._function = function
        self._folder = folder
        self._source = source
        self._known: WeakSet[keras.Layer] = WeakSet()  # what was built before
        try:
            self._arguments = list(inspect.signature(function).parameters.values())
        except (TypeError, ValueError):
            raise CodeError(f"model: {source} is no function whose arguments can be read.") from None
        first = self._arguments[0] if self._arguments else None
        self.takes_hp = first is not None and (first.name == "hp" or "HyperParameters" in str(first.annotation))
        flexible = [one.name for one in self._arguments if one.kind in (one.VAR_KEYWORD, one.VAR_POSITIONAL)]
        if flexible:
            raise CodeError(f"model: {source} takes *{flexible[0]}: name its hyperparameters, or take KerasTuner's hp.")

        strange = [
            one.name for one in self._arguments[1:] if one.name not in Given.__slots__ and one.default is one.empty
        ]
        if self.takes_hp and strange:
            raise CodeError(
                f"model: {source} takes hp, and {strange[0]} beside it. Beside hp, it may take "
                f"{', '.join(Given.__slots__)}; all else is asked of hp."
            )

    @property
    def asks(self) -> tuple[str, ...]:
        """What it is called with beside hyperparameters by name: ``hp`` for all of them, and facts."""
        facts = [one.name for one in self._arguments if one.name in Given.__slots__]
        return (*(["hp"] if self.takes_hp else []), *facts)

    def explore(
        self, given: Given, values: Mapping[str, Value]
    ) -> tuple[tuple[Hyperparameter, ...], keras.Model | None]:
        """What it asks for, and the model that it builds by default; ``values`` stand in for what has no default.

        The model is None where one is lacking. Raises :class:`BuildError` where it builds none by default, or one that
        shares layers with the one before.
        """
        if self.takes_hp:
            space, model = self._explore_space(given)
            self._called(given, _space())  # once more while the first lives: what both share is seen
            return space, model
        names = [one for one in self._arguments if one.name not in given.values]
        found = tuple(
            Hyperparameter(name=one.name, kind="any", default=None if one.default is one.empty else one.default)
            for one in names
        )
        stand_in = {one.name: values.get(one.name) if one.default is None else one.default for one in found}
        settings = {name: value for name, value in stand_in.items() if value is not None}
        if len(settings) < len(found):
            return found, None
        model = self.build(settings, given)
        self.build(settings, given)  # as above
        return found, model

    def build(self, settings: Mapping[str, Value], given: Given) -> keras.Model:
        """The model of these hyperparameters.

        Raises :class:`BuildError` where it builds none, or asks for a hyperparameter that it did not ask for before.
        """
        if not self.takes_hp:
            return self._called(given, **settings)
        hp = _space()
        hp.values = dict(settings)
        model = self._called(given, hp)
        strange = [name for name in hp.values if name not in settings]
        if strange:
            raise BuildError(
                f"{self._source} asks for {strange[0]}, which it did not ask for when it was looked at. KerasTuner's "
                "conditional_scope tells of it beforehand"
            )
        return model

    def _called(self, given: Given, *arguments: Any, **settings: Any) -> keras.Model:
        names = {one.name for one in self._arguments}
        facts = {name: value for name, value in given.values.items() if name in names}
        policy = keras.config.dtype_policy()
        keras.utils.clear_session(free_memory=False)  # names of layers count from the start again
        keras.config.set_dtype_policy(policy)  # the user's file may have set it
        try:
            model = self._function(*arguments, **facts, **settings)
        except (Exception, SystemExit) as error:
            raise BuildError(f"{self._source} raised {told(error, self._folder)}") from error
        if isinstance(model, list | tuple) and len(model) > 1:
            raise BuildError(f"{self._source} returned {len(model)} objects in place of one Keras model")
        if not isinstance(model, keras.Model):
            raise BuildError(f"{self._source} returned {type(model).__name__} in place of a Keras model")
        layers = list(model._flatten_layers())
        if again := [one.name for one in layers if one in self._known and (one.weights or not one.built)]:
            raise BuildError(
                f"{self._source} returned layer {again[0]} a second time, as the trial before left it. Make and load "
                "layers inside the function, so that every trial begins anew"
            )
        self._known.update(layers)
        return model

    def _explore_space(self, given: Given) -> tuple[tuple[Hyperparameter, ...], keras.Model]:
        """Build until every conditional scope was active once, as KerasTuner populates its space, and each end tried.

        At an end a loop over one hyperparameter asks for the most others. What fails there, or is asked for by other
        settings alone, is left for trials to say.
        """
        space: list[Any] = []
        values: dict[str, Any] = {}
        seen: list[Any] = []
        tried: list[dict[str, Any]] = []
        default: keras.Model | None = None
        for _ in range(MOST_BUILDS):
            hp = _space()
            for one in space:
                hp._register(one)
            hp.values = {**hp.values, **values}
            if values:
                hp.ensure_active_values()
            try:
                model = self._called(given, hp)
                default = default or model
            except BuildError:
                if values not in tried:
                    raise
            space = list(hp.space)
            seen += [copy.deepcopy(scope) for scope in hp.active_scopes if scope not in seen]
            never = [scope for scope in hp.inactive_scopes if scope not in seen]
            ends = [end for end in _ends(space) if end not in tried] if len(tried) < MOST_ENDS else []
            if not never and not ends:
                break
            if never:
                values = {condition.name: condition.values[0] for condition in never[0]}
            else:
                values = ends[0]
                tried.append(values)
        else:
            raise CodeError(f"model: {self._source} has scopes that are still not active after {MOST_BUILDS} builds.")
        assert default is not None
        return _hyperparameters(space, self._source), default


def _ends(space: list[Any]) -> Iterator[dict[str, Any]]:
    """Each small count at its largest and each short choice at all its values, alone and with all counts largest."""
    counts = [one for one in space if type(one).__name__ == "Int" and one.max_value <= MOST_LOOPED]
    largest = {one.name: one.max_value for one in counts}
    yield from ({name: value} for name, value in largest.items())
    if len(largest) > 1:
        yield largest
    for one in space:
        kind = type(one).__name__
        listed = [True, False] if kind == "Boolean" else list(one.values) if kind == "Choice" else []
        for value in listed if len(listed) <= MOST_TRIED else ():
            yield {one.name: value}
            yield {**largest, one.name: value}


def _space() -> Any:
    import keras_tuner

    return keras_tuner.HyperParameters()


def _hyperparameters(space: list[Any], source: str) -> tuple[Hyperparameter, ...]:
    found: dict[str, Parameter] = {}
    defaults: dict[str, Value] = {}
    for one in space:
        config = one.get_config()
        conditions = [{"config": {"name": c.name, "values": list(c.values)}} for c in one.conditions]
        item = {"class_name": type(one).__name__, "config": {**config, "conditions": conditions}}
        try:
            parameter, stepped = parameter_of(item, found)
            parameter = _listed(parameter, one) if stepped else parameter
            if parameter.name in found:
                parameter = merged(found[parameter.name], parameter)
        except (ValueError, TypeError, KeyError) as error:
            raise CodeError(f"model: {source}: the hyperparameter {config.get('name')!r}: {error}.") from None
        found[parameter.name] = parameter
        defaults.setdefault(parameter.name, one.default)
    return tuple(
        Hyperparameter(
            name=name,
            kind=one.kind,
            low=one.low,
            high=one.high,
            log=one.log,
            values=one.values,
            condition=one.condition,
            default=defaults[name],
        )
        for name, one in found.items()
    )


def _listed(parameter: Parameter, one: Any) -> Parameter:
    """A range with a step as the list of its values, where these are few: then the step is kept."""
    values: list[Value] = []
    value = one.min_value
    while value <= one.max_value * (1 + 1e-12) and len(values) <= MOST_STEPS:
        values.append(int(value) if parameter.kind == "int" else float(value))
        value = value * one.step if one.sampling == "log" else one.min_value + len(values) * one.step
    if len(values) > MOST_STEPS:
        return parameter
    return Parameter(parameter.name, "choice", values=tuple(values), condition=parameter.condition)
