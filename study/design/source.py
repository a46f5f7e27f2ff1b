"""A preset, a TOML file and ``--set`` values -> one :class:`~study.design.spec.StudySpec`.

Later sources win: defaults, then the file or preset, then ``--set``. Every error names the source, the key,
what was expected and, for an unknown key, the nearest one that exists.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from study.design.kinds import kind_of
from study.design.own_model import ModelSpec
from study.design.plan import make_plan
from study.design.search_engines import check_installed
from study.design.spec import DEFAULT, StudySpec
from study.design.spec_errors import explain
from study.errors import SpecError
from study.records.metrics import ACCURACY
from study.records.sources import DATASETS, DataSource
from study.words import NOT_IN_A_NAME, change, listed, shortened, unknown

DATA_FILES = {".csv": "a table", ".parquet": "a table", ".npz": "arrays"}


@dataclass(frozen=True, slots=True)
class Preset:
    """What a preset asks, and about how long it takes on two cores."""

    description: str
    minutes: int


def presets() -> dict[str, Preset]:
    """Every preset by its name."""
    folder = resources.files("study.design") / "presets"
    names = sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml"))
    return {name: _preset_of(preset_text(name)) for name in names}


def preset_text(name: str) -> str:
    """The file of a preset as it stands. Raises :class:`SpecError` for an unknown one."""
    try:
        return (resources.files("study.design") / "presets" / f"{name}.toml").read_text("utf-8")
    except OSError as error:
        raise SpecError(unknown(name, tuple(presets()), "preset")) from error


def _preset_of(text: str) -> Preset:
    """The time is a comment of the file, because it is no part of the study: a changed one takes another."""
    minutes = re.search(r"^# About ([0-9]+) minutes? on two cores", text, re.MULTILINE)
    return Preset(tomllib.loads(text)["description"], int(minutes[1]) if minutes else 0)


Look = Callable[[ModelSpec, DataSource, Mapping[str, Any], float], ModelSpec]
"""What runs a model's code to see what it asks for: of a model, the data, values of the study, its validation share."""


def load_spec(
    source: str, settings: list[str] | None = None, name: str | None = None, *, look: Look | None = None
) -> StudySpec:
    """The spec of a preset's name or a TOML file's path, changed by ``KEY=VALUE`` settings.

    A preset on data of the user's own is named after both (``depth-people``), so that the preset's study stays.
    ``look`` is what looks at the code of an own model; its file is relative to the study's, and what a setting names
    relative to the working folder.
    Raises :class:`SpecError` for an unknown preset, an unreadable file, an unknown key or a bad value.
    """
    values = _read(source)
    changed = _change(values, settings or [])
    own = str(values.get("dataset", DATASETS[0]))
    if name is None and "name" not in changed and own not in DATASETS and _preset(source) is not None:
        name = f"{source}-{NOT_IN_A_NAME.sub('-', Path(own).stem)}"[:80]
    if own != DATASETS[0] and "description" not in changed and _preset(source) is not None:  # its own words say MNIST
        values["description"] = f"the preset {source} on {own}"
    of_accuracy = values.get("metric", ACCURACY.name) == ACCURACY.name and values.get("task") != "regression"
    if _preset(source) is not None and not of_accuracy:
        _leave_margins(values, changed)
    if name is not None:
        values["name"] = name
        changed.append("name")
    if "model" in values and "model" not in changed:
        values["model"] = _placed(values["model"], _folder(source))
    return build_spec(values, source, changed, look)


def _folder(source: str) -> Path:
    """Where the file of a study lies, or of a preset."""
    return Path(str(_preset(source) or source)).parent


def _placed(model: Any, folder: Path) -> Any:
    """A model whose file is looked for in ``folder``."""
    short = {"source": model} if isinstance(model, str) else model
    return {**short, "place": str(folder)} if isinstance(short, Mapping) else model


def chain_name(data: str) -> str:
    """What the studies of a chain over data are called by default: ``auto-people``; room is left for what each asks."""
    return f"auto-{NOT_IN_A_NAME.sub('-', Path(data).stem)}"[:60]


def _leave_margins(values: dict[str, Any], changed: list[str]) -> None:
    """Leave out the margins of a preset, which are in accuracy: another metric has its own."""
    if "margin" not in changed:
        values.pop("margin", None)
    for arm in values.get("arms", []) if isinstance(values.get("arms"), list) else []:
        if isinstance(arm, dict):
            arm.pop("margin", None)


SHARED = ("dataset", "data", "task", "metric", "metrics", "positive", "weighted_metrics", "seed", "validation")
"""Of a study file, what belongs to the data and to what is measured on them: the stages of a chain share it."""


def shared_values(data: str, settings: list[str], by: str, *, more: Sequence[str] = ()) -> dict[str, Any]:
    """What belongs to data, of a study file, as ``KEY=VALUE`` settings change it; ``more`` are tables that may, too.

    ``by`` is the command that decides all else. Raises :class:`SpecError`.
    """
    values: dict[str, Any] = {"dataset": path_first(data)}
    changed = _change(values, settings)
    of_data = values.get("data", {})
    if not isinstance(of_data, dict):
        raise SpecError(f"--set data={of_data!r}: expected keys of [data], for example {change('data.target=income')}.")
    decided = [key for key in changed if key.partition(".")[0] not in (*SHARED[1:], *more)]
    decided += [f"data.{key}" for key in ("scheme", "aside") if key in of_data]
    if decided:
        raise SpecError(
            f"--set {decided[0]}: {by} takes data.*, {listed([*(f'{one}.*' for one in more), *SHARED[2:]])} alone, and "
            "decides all else."
        )
    return values


def spec_of(
    values: Mapping[str, Any],
    settings: list[str] | None = None,
    name: str | None = None,
    *,
    look: Look | None = None,
) -> StudySpec:
    """The spec of a mapping of plain values, changed as :func:`load_spec` does. Raises :class:`SpecError`."""
    own = deepcopy(dict(values))
    changed = _change(own, settings or [])
    return build_spec(own | ({"name": name} if name else {}), "the study", changed, look)


def data_spec(dataset: str, settings: list[str] | None = None) -> StudySpec:
    """A spec whose one purpose is its data set, as ``KEY=VALUE`` settings change it; raises :class:`SpecError`."""
    values: dict[str, Any] = {"dataset": path_first(dataset)}
    return build_spec(values, dataset, _change(values, settings or []))


def path_first(data: str) -> str:
    """What ``--data`` names: a file or folder, even one that is called like a data set of the program."""
    return f"./{data}" if data in DATASETS and Path(data).exists() else data


def data_settings(data: str | None, target: str | None, categorical: Sequence[str] | None = None) -> list[str]:
    """What the short forms ``--data``, ``--target`` and ``--categorical`` stand for; JSON's words are TOML's."""
    columns = list(categorical) if categorical else None
    given = {"dataset": data and path_first(data), "data.target": target, "data.categorical": columns}
    return [f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in given.items() if value is not None]


def model_settings(model: str | None) -> list[str]:
    """What the short form ``--model`` stands for."""
    return [] if model is None else [f"model={json.dumps(model, ensure_ascii=False)}"]


def _change(values: dict[str, Any], settings: list[str]) -> list[str]:
    """Change plain values by ``KEY=VALUE`` settings; returns the keys."""
    changed = []
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals or not key.strip():
            raise SpecError(f"--set {setting}: expected KEY=VALUE, for example {change('network.epochs=3')}.")
        _assign(values, key.strip(), _value(text.strip()), setting)
        changed.append(key.strip())
    space, arms = values.get("space"), values.get("arms")
    remedies = isinstance(arms, list) and any(isinstance(arm, dict) and arm.get("name") == "none" for arm in arms)
    if "network.hidden" in changed and remedies and isinstance(space, dict):  # one network, and what helps it
        for replaced in ("depth", "width"):  # of the file; what the command line asks as well stays, and is refused
            if f"space.{replaced}" not in changed:
                space.pop(replaced, None)
    return changed


def build_spec(
    values: dict[str, Any], source: str, changed: list[str] | None = None, look: Look | None = None
) -> StudySpec:
    """Validate plain values; errors name ``source``, or the command line for keys in ``changed``."""
    changed = changed or []
    try:
        if values.get("model") is not None:
            values = _looked_at(values, look)
        spec = StudySpec.model_validate(values)
    except ValidationError as error:
        raise SpecError(explain(error.errors(), source, changed)) from error
    except SpecError as error:
        raise SpecError(f"{source}: {error}") from error
    for arm in spec.arms:
        for key in set(arm.network) & set(spec.scientific):
            raise SpecError(
                f"{source}: arms.{arm.name}.network.{key}: [space] lists values of {key}, too. Leave out one, or "
                f"list values of this arm in arms.{arm.name}.space.{key}."
            )
    if spec.own and spec.data.scheme is None:
        from study.data.files.arrays import brings_test_set

        own_part = not spec.data.aside and (spec.data.test is not None or brings_test_set(spec.dataset))
        scheme = "fixed" if own_part else "folds"
        spec = spec.model_copy(update={"data": spec.data.model_copy(update={"scheme": scheme})})
    if spec.nuisance and not spec.arms and "baseline" not in values and _has_default(spec):
        # Of a study that goes through here alone: those in stores have the trials that they were planned with.
        spec = spec.model_copy(update={"baseline": DEFAULT})
    try:
        if make_plan(spec).searches:
            check_installed(spec.searching.proposer)
    except SpecError as error:  # the combination is to blame, so name everything that took part in it
        raise SpecError(f"{source}{' with --set ' + ', '.join(changed) if changed else ''}: {error}") from error
    return spec


def _has_default(spec: StudySpec) -> bool:
    """Whether there is a network without all that is searched: code of the user's may ask for what has no default."""
    kind = kind_of(spec)
    return kind.default(kind.fixed(spec.network, {})) is not None


def _looked_at(values: dict[str, Any], look: Look | None) -> dict[str, Any]:
    """The values with what the code of their model asks for, as ``look`` finds it."""
    model = ModelSpec.model_validate(values["model"])
    place = str(Path(model.place).resolve())
    if look is None:
        if not model.code:
            raise SpecError(f"model: the code of {model.source} is looked at by run, plan, init, pick and Study.define")
        return values
    network, space = values.get("network", {}), values.get("space", {})
    known = dict(network) if isinstance(network, Mapping) else {}
    for name, dimension in space.items() if isinstance(space, Mapping) else ():
        listed = dimension.get("values") if isinstance(dimension, Mapping) else None
        known.setdefault(name, listed[0] if isinstance(listed, list) and listed else None)
    data = StudySpec.model_validate({name: values[name] for name in SHARED if name in values})
    given = {name: value for name, value in known.items() if value is not None}
    found = look(model, data.source, given, data.validation)
    if model.code and found.code != model.code:
        raise SpecError(
            f"model: the code of {model.source} is not the one that the file names by its hash. Remove code and "
            "hyperparameters from [model] to take it as it is now"
        )
    return {**values, "model": {**found.model_dump(), "place": place}}


def _read(source: str) -> dict[str, Any]:
    preset = _preset(source)
    if preset is not None:
        return tomllib.loads(preset.read_text("utf-8"))
    path = Path(source)
    if not _is_file(path):
        raise SpecError(
            f"there is no file {source!r}, and it is an {unknown(source, tuple(presets()), 'preset')} "
            "A path of a .toml file will do too."
        )
    _check_no_data(path)
    try:
        values = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"{source}: cannot be read as text: {error}.") from error
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, and whole numbers of too many digits
        raise SpecError(f"{source}: not valid TOML: {error}.") from error
    if not values:
        raise SpecError(f"{source}: expected the settings of a study, found none. A preset's name will do, too.")
    return values


def _check_no_data(path: Path) -> None:
    """Raise :class:`SpecError` where the user's own data stands in the place of the study."""
    kind = DATA_FILES.get(path.suffix.lower())
    if kind is not None:
        target = " --target COLUMN" if kind == "a table" else ""
        raise SpecError(
            f"{path}: expected a preset or a study file, found {kind}. To study it: depthgauge run PRESET --data "
            f"{path}{target}"
        )


def _preset(source: str) -> Traversable | None:
    """The file of the preset that ``source`` names; None where it names none."""
    preset = resources.files("study.design") / "presets" / f"{source}.toml"
    named = re.fullmatch(r"[a-z0-9-]{1,80}", source) and preset.is_file() and not _is_file(Path(source))
    return preset if named else None


def study_file_of(source: str) -> Path | None:
    """The file that ``source`` names; None where it is a preset."""
    return Path(source) if _preset(source) is None and _is_file(Path(source)) else None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name too long to be one
        return False


def _value(text: str) -> Any:
    """A ``--set`` value as TOML, or as plain text where it is not TOML."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
    except ValueError:  # Python reads no whole number of so many digits
        raise SpecError(f"--set: {shortened(text)}: expected a value, found {len(text):,} characters of one.") from None


def _assign(values: dict[str, Any], key: str, value: Any, setting: str) -> None:
    """Set a dotted key; what the command line says also wins over every arm."""
    path = key.split(".")
    if path[0] == "space" and len(path) == 2 and isinstance(value, list):
        value = {"values": value}
    _set(values, path, value, setting)
    arms = values.get("arms", [])
    for arm in (arm for arm in arms if isinstance(arm, dict)) if isinstance(arms, list) else ():
        if len(path) == 1 and path[0] in ("replicates", "reading", "margin"):
            arm.pop(path[0], None)
        elif path[0] in ("network", "space") and len(path) > 1 and isinstance(arm.get(path[0]), dict):
            arm[path[0]].pop(path[1], None)


def _set(values: dict[str, Any], path: list[str], value: Any, setting: str) -> None:
    target: Any = values
    for part in path[:-1]:
        target = target.setdefault(part, {}) if isinstance(target, dict) else None
    if not isinstance(target, dict):
        raise SpecError(f"--set {setting}: {'.'.join(path[:-1])} holds a single value, not a table of keys.")
    if isinstance(value, dict) and isinstance(target.get(path[-1]), dict):
        target[path[-1]] = {**target[path[-1]], **value}
    else:
        target[path[-1]] = value
