"""Kinds of network: what of one can be tuned, which values make one, and how a setting becomes a configuration.

Plan and cells know no kind by name: :func:`kind_of` gives a study's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import BaseModel, ValidationError

from study.design.own_model import SHARED, TRAINING, ModelSpec, OwnSpec
from study.design.space import NetworkSpec, TrainingSpec, configure, effective_widths, training_fields
from study.design.spec import PATIENCE, Dimension, StudySpec
from study.records.networks import OwnModel
from study.records.parameters import Parameter, Setting, Value
from study.records.trials import COMPILED, Configuration
from study.words import value_text

WHOLE = ("depth", "width", "batch_size", "samples", "epochs", "decay_epochs", "warmup_epochs")
CONTINUOUS = (
    "dropout", "l2", "learning_rate", "label_noise", "input_dropout", "l1", "max_norm", "label_smoothing", "momentum",
    "weight_decay", "clip_norm", "decay",
)  # fmt: skip
_SWITCH, _LAYER = "_on", "width_"

Values = Mapping[str, Any]
Tuned = Mapping[str, Dimension]


class Kind(Protocol):
    """A kind of network, as a plan needs it."""

    @property
    def model(self) -> type[BaseModel]:
        """What fixed values are validated by."""

    def fixed(self, network: TrainingSpec, more: Values) -> dict[str, Any]:
        """The fixed values of a study, ``more`` in place of its own; those that it leaves out included."""

    def validated(self, values: Values) -> dict[str, Any]:
        """The values, each as it will be used.

        Raises ValidationError or ValueError where they make no network.
        """

    def conflict(self, axis: str | None, fixed: Values, tuned: Tuned) -> str:
        """What does not go together, in words; empty where all does."""

    def free(self, fixed: Values, tuned: Tuned) -> Values:
        """The fixed values with which the ends of what is tuned can be tried one by one."""

    def default(self, fixed: Values) -> Values | None:
        """The fixed values with which nothing needs tuning; None where something has no value of its own."""

    def parameters(self, tuned: Tuned, fixed: Values) -> tuple[Parameter, ...]:
        """What a proposer has to choose; parents stand before the parameters that depend on them.

        Raises ValueError for a range that the hyperparameter cannot have.
        """

    def configuration(self, fixed: Values, setting: Setting, chosen: tuple[Parameter, ...]) -> Configuration:
        """The network to train for one setting of the ``chosen`` parameters.

        Raises ValueError where the values make none.
        """


@dataclass(frozen=True, slots=True)
class DenseKind:
    """Stacks of dense layers."""

    @property
    def model(self) -> type[BaseModel]:
        """What fixed values are validated by."""
        return NetworkSpec

    def fixed(self, network: TrainingSpec, more: Values) -> dict[str, Any]:
        """The fixed values of a study."""
        return {**network.model_dump(), **more}

    def validated(self, values: Values) -> dict[str, Any]:
        """The values, each as it will be used."""
        network = NetworkSpec.model_validate(values)
        configure(network)
        return dict(network)

    def conflict(self, axis: str | None, fixed: Values, tuned: Tuned) -> str:
        """Explicit widths leave nothing of depth, width and profile to vary."""
        if axis in ("depth", "width") and fixed["hidden"] is not None:
            return (
                f"network.hidden fixes the widths, so {axis} cannot vary. "
                "Remove one of them from the study, or start from a preset without network.hidden (depth)."
            )
        for name in ("depth", "width", "profile"):
            if name in tuned and (fixed["hidden"] is not None or "hidden" in tuned):
                return f"hidden fixes the widths, so {name} cannot vary. Remove one of them."
        return ""

    def free(self, fixed: Values, tuned: Tuned) -> Values:
        """Where each layer has a width of its own, the same widths are allowed, one a layer."""
        return {**fixed, "profile": "constant"} if fixed["profile"] == "free" and "width" in tuned else fixed

    def default(self, fixed: Values) -> Values | None:
        """The values themselves: each has one. Layers that have their own widths where they are tuned are alike."""
        return {**fixed, "profile": "constant"} if fixed["profile"] == "free" else fixed

    def parameters(self, tuned: Tuned, fixed: Values) -> tuple[Parameter, ...]:
        """What a proposer has to choose."""
        found: list[Parameter] = []
        free = fixed["profile"] == "free"
        for name, dimension in tuned.items():
            if name == PATIENCE or (name == "width" and free):
                continue
            found += _with_switch(name, dimension)
        if free and "width" in tuned:
            found += _layers(tuned["width"], found, fixed)
        return tuple(found)

    def configuration(self, fixed: Values, setting: Setting, chosen: tuple[Parameter, ...]) -> Configuration:
        """The stack to train for one setting."""
        values = dict(fixed)
        layers = [value for name, value in setting.items() if name.startswith(_LAYER)]
        if any(parameter.name.startswith(_LAYER) for parameter in chosen):
            values |= {"hidden": layers, "profile": "constant"}
        values |= _switched({name: value for name, value in setting.items() if not name.startswith(_LAYER)})
        return configure(NetworkSpec.model_validate(values))


@dataclass(frozen=True, slots=True)
class OwnKind:
    """What a function of the user's builds."""

    own: ModelSpec

    @property
    def model(self) -> type[BaseModel]:
        """What fixed values are validated by."""
        return OwnSpec

    def fixed(self, network: TrainingSpec, more: Values) -> dict[str, Any]:
        """The study's values; where it leaves one out that of the code, and the default of training last."""
        code = {one.name: one.default for one in self.own.hyperparameters}
        return {**TrainingSpec().model_dump(), **code, **network.model_dump(), **more}

    def validated(self, values: Values) -> dict[str, Any]:
        """The values, each as it will be used; all that the code asks for must be there, and in its ranges."""
        training = self._training(values)
        training_fields(TrainingSpec.model_validate(training))
        checked = {**values, **training}
        for name, value in values.items():
            if name not in TRAINING or name in self.own.names:
                if value is None and name in self.own.names:
                    raise ValueError(
                        f"{self.own.source} asks for {name}: give it a value in [network], or a role in [space]"
                    )
                if problem := self.own.problem(name, value):
                    raise ValueError(problem)
        return checked

    def conflict(self, axis: str | None, fixed: Values, tuned: Tuned) -> str:
        """Optimizer, learning rate and loss of a model that came compiled are its own."""
        for name, own in self.own.settled.items():
            if name in tuned or name == axis:
                return (
                    f"{name} cannot vary, because {self.own.source} compiles its model with {own}. Ask for {name} in "
                    "the code, or remove it from [space]."
                )
        return ""

    def free(self, fixed: Values, tuned: Tuned) -> Values:
        """What is tuned may be left without a fixed value: its middle stands in for it."""
        known = {name: one.values[0] if one.values else one.low for name, one in tuned.items() if name != PATIENCE}
        return {**fixed, **{name: _as_asked(self.own, name, value) for name, value in known.items()}}

    def default(self, fixed: Values) -> Values | None:
        """The code's defaults, where the study gives no values; none where it asks for something without one."""
        return None if any(fixed.get(name) is None for name in self.own.names) else fixed

    def parameters(self, tuned: Tuned, fixed: Values) -> tuple[Parameter, ...]:
        """What a proposer has to choose, in the order of the code, those of training last."""
        found: list[Parameter] = []
        chosen: set[str] = set()
        for one in self.own.hyperparameters:
            dimension = tuned.get(one.name)
            if dimension is None:
                continue
            condition = one.condition
            if condition is not None and condition[0] not in chosen:
                if fixed[condition[0]] not in condition[1]:
                    continue  # never asked for here
                condition = None
            found.append(_narrowed(self.own, one.name, dimension, condition))
            chosen.add(one.name)
        for name, dimension in tuned.items():
            if name != PATIENCE and name not in self.own.names:
                found += _with_switch(name, dimension)
        return tuple(found)

    def configuration(self, fixed: Values, setting: Setting, chosen: tuple[Parameter, ...]) -> Configuration:
        """The model to build and train for one setting."""
        values = self.validated({**fixed, **_switched(setting, keep=self.own.names)})
        training = training_fields(TrainingSpec.model_validate(self._training(values)))
        if self.own.compiled:
            training["optimizer"] = COMPILED
        horizon = training["epochs"] if "steps" in self.own.asks else None
        network = OwnModel(self.own.source, self.own.code, self.own.settings(values), self.own.asks, horizon)
        return Configuration(network, **training)

    def _training(self, values: Values) -> dict[str, Any]:
        """What of the values is about training: of what the code asks for, only words that mean the same there."""
        ours = [name for name in TRAINING if name in values and (name in SHARED or name not in self.own.names)]
        checked = dict(TrainingSpec.model_validate({name: values[name] for name in ours}))
        return {name: checked[name] for name in ours}


DENSE = DenseKind()


def kind_of(spec: StudySpec) -> Kind:
    """The kind of network that a study trains."""
    return DENSE if spec.model is None else OwnKind(spec.model)


def _switched(setting: Setting, keep: tuple[str, ...] = ()) -> dict[str, Any]:
    """A setting without its switches: what one switches off is 0. Names to ``keep`` are none, whatever they end in."""
    values: dict[str, Any] = {}
    for name, value in setting.items():
        if name in keep or not name.endswith(_SWITCH):
            values[name] = value
        elif value is False:
            values[name.removesuffix(_SWITCH)] = 0.0
    return values


def _with_switch(name: str, dimension: Dimension) -> list[Parameter]:
    switch = [Parameter(name + _SWITCH, "choice", values=(False, True))] if dimension.zero else []
    return [*switch, _parameter(name, dimension)]


def _as_asked(own: ModelSpec, name: str, value: Any) -> Any:
    """A number of a study file as the code asks for it: whole where it is to be whole."""
    one = own.named(name)
    whole = (one is not None and (one.kind == "int" or isinstance(one.default, int))) or name in WHOLE
    return int(value) if whole and isinstance(value, float) and value.is_integer() else value


def _narrowed(
    own: ModelSpec, name: str, dimension: Dimension, condition: tuple[str, tuple[Value, ...]] | None
) -> Parameter:
    """A hyperparameter of the code within the range that the study gives it."""
    one = own.named(name)
    assert one is not None
    if dimension.zero:
        raise ValueError(f"zero = true is for rates of training, not for {name}, which {own.source} asks for")
    if dimension.values is not None:
        values = tuple(_as_asked(own, name, value) for value in dimension.values)
        return Parameter(name, "choice", values=values, condition=condition)
    assert dimension.low is not None and dimension.high is not None
    if one.kind == "choice" or not one.numeric:
        raise ValueError(f"{name} has no range: give values in place of low and high")
    whole = one.kind == "int" or (one.kind == "any" and isinstance(one.default, int))
    if whole and not (dimension.low.is_integer() and dimension.high.is_integer()):
        raise ValueError(
            f"low and high of {name} must be whole numbers, found {value_text(dimension.low)} and "
            f"{value_text(dimension.high)}"
        )
    return Parameter(name, "int" if whole else "float", dimension.low, dimension.high, dimension.log, (), condition)


def _parameter(name: str, dimension: Dimension) -> Parameter:
    if dimension.values is not None:
        return Parameter(name, "choice", values=tuple(_choice(name, value) for value in dimension.values))
    assert dimension.low is not None and dimension.high is not None
    if name not in WHOLE + CONTINUOUS:
        raise ValueError(f"{name} has no range: give values in place of low and high")
    condition = (name + _SWITCH, (True,)) if dimension.zero else None
    if name in CONTINUOUS:
        return Parameter(name, "float", dimension.low, dimension.high, dimension.log, condition=condition)
    if dimension.zero:
        raise ValueError(f"zero = true is for {', '.join(CONTINUOUS[:2])} and other rates, not for {name}")
    if int(dimension.low) != dimension.low or int(dimension.high) != dimension.high:
        raise ValueError(
            f"low and high of {name} must be whole numbers, found {value_text(dimension.low)} and "
            f"{value_text(dimension.high)}"
        )
    return Parameter(name, "int", int(dimension.low), int(dimension.high), dimension.log)


def _layers(width: Dimension, others: list[Parameter], fixed: Mapping[str, Any]) -> list[Parameter]:
    """One width a layer; where depth is tuned too, a layer's width is there only where the layer is."""
    depth = next((p for p in others if p.name == "depth"), None)
    if depth is None:
        depths: tuple[Value, ...] = (fixed["depth"],)
    else:
        depths = depth.values or tuple(range(int(depth.low or 0), int(depth.high or 0) + 1))
    deepest = max(int(d) for d in depths)
    layers = []
    for layer in range(1, deepest + 1):
        has_it = tuple(d for d in depths if int(d) >= layer)
        one = _parameter("width", width)
        condition = ("depth", has_it) if depth is not None and len(has_it) < len(depths) else None
        layers.append(
            Parameter(f"{_LAYER}{layer}", one.kind, one.low, one.high, one.log, one.values, condition=condition)
        )
    return layers


def _choice(name: str, value: Any) -> Value:
    """A value that is a plain number, word or switch; widths in the way people write them."""
    if name == "hidden":
        try:
            return "-".join(map(str, effective_widths(NetworkSpec.model_validate({"hidden": value}))))
        except ValidationError:
            raise ValueError(f'hidden: expected widths such as "128-64" or "4x128", found {value!r}') from None
    if name in WHOLE and isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool | int | float | str):
        return value
    raise ValueError(f"{name} can be tuned over single values, found {value!r}")
