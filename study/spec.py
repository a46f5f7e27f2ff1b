"""The validated, frozen description of a study, and what is said when a value does not fit it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal, get_args

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from study.analysis.readings import parse_reading
from study.space import AXIS_WORDS, HYPERPARAMETERS, NetworkSpec, Widths

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,79}")
NAME_RULE = "1 to 80 letters, digits, spaces, dots, dashes and underscores, beginning with a letter or digit"


Values = Annotated[list[Any], Field(min_length=1, max_length=1000)]


class Frozen(BaseModel):
    """Base of the parts of a spec: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Dimension(Frozen):
    """One hyperparameter that the study varies."""

    role: Literal["scientific"] = "scientific"
    values: Values


class Arm(Frozen):
    """One setting of a study: what differs from the rest of the file.

    Arms answer the same question under other conditions: fewer samples, with dropout, read elsewhere.
    """

    name: Annotated[str, Field(min_length=1, max_length=80)]
    network: dict[str, Any] = {}
    space: dict[str, Values] = {}
    replicates: int | None = Field(None, strict=True, ge=1, le=1000)

    reading: str | None = None
    margin: float | None = Field(None, gt=0, lt=1)

    @field_validator("name")
    @classmethod
    def _name_is_printable(cls, name: str) -> str:
        if not name.isprintable():
            raise ValueError("expected a name without line breaks and control characters")
        return name


class StudySpec(Frozen):
    """Everything that decides a study: same spec, same seed, same version, same result."""

    name: str = "study"
    description: str = ""
    dataset: str = "mnist"
    seed: int = Field(0, strict=True, ge=0, lt=2**63)
    validation: float = Field(0.1, gt=0, lt=1, description="share of the training part held out")
    replicates: int = Field(5, strict=True, ge=1, le=1000)
    reading: str = "tail"
    margin: float = Field(0.005, gt=0, lt=1, description="largest difference in accuracy that does not matter")
    alpha: float = Field(0.05, gt=0, lt=0.5)
    baseline: Widths | None = Field(None, description="hidden widths of a network that runs beside the axis")
    network: NetworkSpec = NetworkSpec()
    space: dict[str, Dimension] = {}
    arms: tuple[Arm, ...] = ()

    @field_validator("name")
    @classmethod
    def _name_is_safe(cls, name: str) -> str:
        if not NAME.fullmatch(name):
            raise ValueError(f"expected a study name of {NAME_RULE}")
        return name

    @model_validator(mode="after")
    def _parts_fit(self) -> StudySpec:
        for key in self.space:
            if key not in HYPERPARAMETERS:
                raise ValueError(f"space: {unknown(key, HYPERPARAMETERS, 'hyperparameter')}")
        for arm in self.arms:
            for key in arm.space:
                if key not in self.space:
                    raise ValueError(f"arms.{arm.name}.space.{key}: list {key} in [space] too, with its role")
        names = [arm.name for arm in self.arms]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"arms: two arms are named {name!r}; give each a name of its own")
        for reading in (self.reading, *(arm.reading for arm in self.arms if arm.reading)):
            parse_reading(reading)
        return self

    @property
    def axis(self) -> str:
        """The ordered scientific hyperparameter that verdicts are about; depth where there is none."""
        return next((name for name in self.space if name in AXIS_WORDS), "depth")

    def to_toml(self) -> str:
        """The spec as a study file that gives the same spec again."""
        return tomli_w.dumps(self.model_dump(exclude_defaults=True, exclude_none=True, mode="json"))


def unknown(key: str, valid: tuple[str, ...], what: str) -> str:
    """One line that says a key is unknown and which one was probably meant."""
    near = difflib.get_close_matches(key, valid, 1, 0.5)
    hint = f"Did you mean {near[0]!r}?" if near else f"Expected one of: {', '.join(valid)}."
    return f"unknown {what} {key!r}. {hint}"


def explain(
    errors: Iterable[Any], source: str, changed: Sequence[str] = (), model: type[BaseModel] | None = None
) -> str:
    """One line for each key that pydantic complains about.

    Names ``source``, or the command line for keys in ``changed``. ``model`` is what was validated, the whole spec by
    default.
    """
    lines: dict[str, str] = {}
    for error in errors:
        location = [str(part) for part in error["loc"] if not _is_type_tag(str(part))]
        key = ".".join(location)
        origin = "--set" if any(key == c or key.startswith(c + ".") for c in changed) else source
        if error["type"] == "extra_forbidden":
            problem = unknown(location[-1], _fields_at(location[:-1], model or StudySpec), "key")
        else:
            problem = error["msg"].removeprefix("Value error, ").rstrip(".") + "."
            if not isinstance(error["input"], dict | BaseModel):
                problem += f" Found: {_short(error['input'])}."
        lines.setdefault(key, ": ".join(part for part in (origin, key, problem) if part))
    return "\n".join(lines.values())


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:97]}..."


def _is_type_tag(part: str) -> bool:
    """Whether pydantic added this part of a location to say which member of a union it tried."""
    return part in ("int", "float", "nullable") or part.startswith(("function-", "constrained", "tuple["))


def _fields_at(location: list[str], model: Any) -> tuple[str, ...]:
    for part in location:
        if part in getattr(model, "model_fields", {}):
            annotation = model.model_fields[part].annotation
            nested = [t for t in (annotation, *get_args(annotation)) if hasattr(t, "model_fields")]
            model = nested[0] if nested else model
    return tuple(model.model_fields)
