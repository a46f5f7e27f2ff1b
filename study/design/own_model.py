"""What a study file says of a model of the user's own, and what its code was found to ask for.

Nothing here runs that code: :mod:`study.train.own.described` does, and what it finds stands in the spec from then on,
so that a study can be read, judged and reported without it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)

from study.design.space import TrainingSpec
from study.errors import SpecError
from study.records.networks import DenseStack, OwnModel
from study.records.parameters import Parameter, Value, active
from study.records.trials import CONSTANT, Configuration
from study.words import option, shortened, unknown

SOURCE = re.compile(r"(?P<file>[^\n\r\0]{1,400}\.py):(?P<function>[A-Za-z_][A-Za-z0-9_]{0,200})")
EXPECTED = 'expected a file and its function, for example "net.py:build"'
MOST_LISTED = 20  # values of a hyperparameter that are tried where the study names none
TRAINING = tuple(TrainingSpec.model_fields)
SHARED = ("epochs", "batch_size", "learning_rate")  # mean the same in the study and in the code
OF_THE_OPTIMIZER = (
    "optimizer", "learning_rate", "momentum", "nesterov", "weight_decay", "clip_norm", "schedule", "decay",
    "decay_epochs", "warmup_epochs",
)  # fmt: skip
OF_THE_LOSS = ("loss", "label_smoothing")


class Hyperparameter(BaseModel):
    """One hyperparameter that the code asks for; ``any`` is one without a range, as an argument of a function has none.

    ``default`` is its value where the study gives none, None where it has to be given.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=200)
    kind: Literal["int", "float", "choice", "any"]
    low: int | float | None = None
    high: int | float | None = None
    log: bool = False
    values: tuple[Value, ...] = ()
    condition: tuple[str, tuple[Value, ...]] | None = None
    default: Value | None = None

    @property
    def parameter(self) -> Parameter | None:
        """Its range; None where the code names none."""
        if self.kind == "any":
            return None
        return Parameter(self.name, self.kind, self.low, self.high, self.log, self.values, self.condition)

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers, so that it can be the axis."""
        known = [*self.values, *([] if self.default is None else [self.default])]
        return all(isinstance(one, int | float) and not isinstance(one, bool) for one in known)


class Built(BaseModel):
    """What the code builds of one setting of its hyperparameters: a dense ``stack``, or ``unlike`` says why it is none.

    ``settings`` are those of :class:`~study.records.networks.OwnModel`, ``training`` the words of training that a stack
    comes compiled with, and ``operations`` the floating-point operations of an item's way through, 0 where it builds
    nothing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    settings: tuple[tuple[str, Value], ...] = ()
    stack: DenseStack | None = None
    training: dict[str, Any] = {}
    unlike: str = ""
    operations: int = 0


class ModelSpec(BaseModel):
    """A function that builds the model, and what is known of its code.

    ``code`` is the hash of that code and ``hyperparameters`` are what it asks for, both empty before it was looked at.
    ``compiled`` names the optimizer that the model came compiled with, and is empty where the study's compiles it.
    ``built`` are the settings of which it is known what the code makes.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str = Field(description="a file and its function: net.py:build", examples=["net.py:build"])
    code: str = Field("", pattern="([0-9a-f]{64})?", description="hash of the code; found when the study is run")
    asks: tuple[str, ...] = Field((), max_length=100, description="what else it takes; found when the study is run")
    compiled: str = Field("", max_length=200, description="optimizer of its own; found when the study is run")
    loss: str = Field("", max_length=200, description="loss of its own; found when the study is run")
    uncompiled: str = Field("", max_length=1000, description="why XLA does not compile it; found when the study is run")
    hyperparameters: tuple[Hyperparameter, ...] = Field(
        (), max_length=1000, description="what the code asks for; found when the study is run"
    )
    unsaved: str = Field("", max_length=1000, description="what no file keeps of it; found when the study is run")
    built: tuple[Built, ...] = Field((), description="what the code builds; found when the study is run")
    place: str = Field("", exclude=True, repr=False, description="folder that the file is looked for in")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        return {"source": value} if isinstance(value, str) else value

    @field_validator("source")
    @classmethod
    def _is_source(cls, source: str) -> str:
        if not SOURCE.fullmatch(source):
            raise ValueError(EXPECTED)
        return source

    def __eq__(self, other: object) -> bool:
        """Whether it is the same code, wherever it lies."""
        if not isinstance(other, ModelSpec):
            return False
        return self.model_dump(exclude={"built"}) == other.model_dump(exclude={"built"})

    def __hash__(self) -> int:
        """Equal for equal code."""
        return hash((self.source, self.code))

    @property
    def file(self) -> str:
        """The file, as the study names it."""
        return self.source.rpartition(":")[0]

    @property
    def function(self) -> str:
        """The function's name."""
        return self.source.rpartition(":")[2]

    @property
    def names(self) -> tuple[str, ...]:
        """What the code asks for, in its order."""
        return tuple(one.name for one in self.hyperparameters)

    def named(self, name: str) -> Hyperparameter | None:
        """A hyperparameter of the code by its name."""
        return next((one for one in self.hyperparameters if one.name == name), None)

    @property
    def settled(self) -> dict[str, str]:
        """The words of training that its compiled model settles, each with what it comes with: a study has none."""
        words = {**dict.fromkeys(OF_THE_OPTIMIZER, self.compiled), **dict.fromkeys(OF_THE_LOSS, self.loss)}
        return {name: own for name, own in words.items() if own and name not in self.names}

    @property
    def unsaved_words(self) -> str:
        """What it costs that a part of the model cannot be saved; empty where there is none."""
        if not self.unsaved:
            return ""
        return (
            f"{self.source}: {self.unsaved} holds a lambda, which Keras cannot read from the file of a model. The "
            "study runs, but there will be no pick of it: write the lambda as a function of its own (def)."
        )

    def built_of(self, network: OwnModel) -> Built | None:
        """What the code makes of the settings of a network; None where that is not known."""
        return next((one for one in self.built if one.settings == network.settings), None)

    def products(self, network: OwnModel) -> tuple[float, ...]:
        """Multiplications an item. Where these are not known, those of the costliest setting that is, or any number:
        all settings then are taken for equally costly."""
        built = self.built_of(network)
        known = [one.operations / 2 for one in self.built if one.operations]
        return (built.operations / 2 if built and built.operations else max(known, default=1.0),)

    def stacked(self, configuration: Configuration) -> Configuration | None:
        """The dense stack that a configuration comes to, trained alike; None where that is none, or not known."""
        assert isinstance(configuration.network, OwnModel)
        built = self.built_of(configuration.network)
        if built is None or built.stack is None:
            return None
        return replace(configuration, network=built.stack, **built.training)

    def active(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """The names of the hyperparameters that the code asks for where these ``values`` are given."""
        stand_in = [one.parameter or Parameter(one.name, "choice", values=(0,)) for one in self.hyperparameters]
        return tuple(one.name for one in active(stand_in, {name: values[name] for name in self.names}))

    def settings(self, values: Mapping[str, Any]) -> tuple[tuple[str, Value], ...]:
        """The active hyperparameters of the code with their ``values``, as :class:`OwnModel` has them."""
        return tuple((name, values[name]) for name in self.active(values))

    def problem(self, name: str, value: Any) -> str:
        """Why the code cannot be given this value of a hyperparameter, in words; empty where it can."""
        one = self.named(name)
        if one is None:
            return unknown(name, (*self.names, *TRAINING), "hyperparameter")
        if not isinstance(value, bool | int | float | str):
            return f"{name}: expected a single value, found {value!r}"
        inside = _inside(one, value)
        return "" if inside else f"{name} = {value!r} is outside of what {self.source} asks for, {_range(one)}"


def named_model(source: str) -> ModelSpec:
    """The model that a command line names, its file relative to the working folder. Raises :class:`SpecError`."""
    if not SOURCE.fullmatch(source):
        raise SpecError(f"{option('model')}: {EXPECTED}, found {shortened(source)!r}.")
    return ModelSpec(source=source, place=".")


class OwnSpec(TrainingSpec):
    """The fixed hyperparameters of a study of an own model: its training, and those that the code asks for by name."""

    model_config = ConfigDict(extra="allow", frozen=True)

    schedule: Any = CONSTANT  # code that asks for words of these names may mean anything by them;
    decay: Any = None  # where they are the study's, :func:`training_fields` checks them

    @model_serializer(mode="wrap")
    def _said(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """What the study says, and no default of training: the code may have one of its own."""
        return {name: value for name, value in handler(self).items() if name in self.model_fields_set}


def filled(model: ModelSpec, name: str, dimension: Any) -> Any:
    """A table of [space] with the code's own range where the study gives neither values nor range."""
    one = model.named(name)
    if one is None or one.kind == "any" or not isinstance(dimension, Mapping):
        return dimension
    if any(dimension.get(key) is not None for key in ("values", "low", "high")):
        return dimension
    parameter = one.parameter
    assert parameter is not None
    options: Sequence[Value] | None = parameter.options
    if dimension.get("role", "scientific") == "scientific":
        if options is None or len(options) > MOST_LISTED:
            return dimension  # and the error says that it needs values
        return {**dimension, "values": list(options)}
    if one.kind == "choice" or (options is not None and len(options) == 1):
        return {**dimension, "values": list(options or ())}
    return {**dimension, "low": one.low, "high": one.high, "log": one.log}


def _inside(one: Hyperparameter, value: Value) -> bool:
    if one.kind == "any":
        return True
    if one.kind == "choice":
        return any(value == other and isinstance(value, bool) == isinstance(other, bool) for other in one.values)
    if isinstance(value, bool | str) or (one.kind == "int" and value != int(value)):
        return False
    assert one.low is not None and one.high is not None
    return one.low <= value <= one.high


def _range(one: Hyperparameter) -> str:
    if one.kind == "choice":
        return ", ".join(map(str, one.values))
    return f"{one.low} to {one.high}"
