"""A project directory of KerasTuner -> a foreign study. KerasTuner is not imported, and nothing in the files is run."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import fmean
from typing import Any

from study.errors import DataError, SpecError
from study.foreign.bounded_json import Folder, FolderError, opened
from study.records.imported import (
    MOST_CHOICES,
    MOST_PARAMETERS,
    MOST_STEPS,
    MOST_TRIALS,
    Direction,
    ForeignStudy,
    ForeignTrial,
    State,
    number,
    plain,
    store_name,
)
from study.records.parameters import Parameter, active, check_parameters
from study.search.keras_tuner_space import merged, parameter_of
from study.words import clean, option

ENGINE = "KerasTuner"
ORACLE, TRIAL = "oracle.json", "trial.json"
BUDGET = "tuner/epochs"  # where Hyperband writes for how many epochs a trial was trained, those of its parent included
MOST_NAMED = 3  # trials left out that a note names
LARGEST_ORACLE, LARGEST_TRIAL = 16 * 2**20, 4 * 2**20  # bytes; real ones have some 100 a trial, and some thousand
STATES: Mapping[str, State] = {
    "COMPLETED": "complete",
    "FAILED": "failed",
    "INVALID": "failed",
    "RUNNING": "running",
    "IDLE": "waiting",
    "STOPPED": "waiting",
}
DIRECTIONS: Mapping[str, Direction] = {"max": "maximize", "min": "minimize"}


def read_keras_tuner(directory: Path, *, objective: str | None = None, name: str | None = None) -> ForeignStudy:
    """The study in a project directory, that is one with ``oracle.json`` and ``trial_*/trial.json``.

    KerasTuner does not write down what it optimized: without ``objective`` it is the metric whose best values are the
    trials' scores. ``name`` is the study's in our store, by default the directory's. A trial that cannot be read, as
    a killed search leaves one, is left out with a note. Raises :class:`~study.errors.InputError` for a directory that
    holds no project, and for one of which no trial can be read.
    """
    directory = Path(directory)
    with opened(directory) as folder:
        names = folder.names(most=MOST_TRIALS)
        if ORACLE not in names:
            raise DataError(_no_project(directory, names))
        oracle = folder.read(ORACLE, LARGEST_ORACLE)
        where = directory / ORACLE
        parameters, notes = _parameters(_at(oracle, where, "hyperparameters", "space", kind=list), where)
        found, left_out = _trial_files(folder, [one for one in names if one.startswith("trial_")])
    found = _in_order(found, oracle)
    chosen, direction = _objective(found, objective, directory)
    trials = tuple(
        _trial(i, one.document, one.metrics.get(chosen, []), parameters) for i, one in enumerate(found.values())
    )
    original = directory.resolve().name
    return ForeignStudy(
        name=store_name(name, original),
        engine=ENGINE,
        version="",
        original=clean(original),
        objective=clean(chosen),
        direction=direction,
        parameters=parameters,
        trials=trials,
        also_recorded=tuple(dict.fromkeys(clean(m) for one in found.values() for m in one.metrics if m != chosen)),
        notes=(*notes, *left_out),
        budget=BUDGET if any(BUDGET in trial.setting for trial in trials) else "",
    )


Observations = list[tuple[int, float]]  # step and mean over the executions, in order of steps


@dataclass(frozen=True)
class TrialFile:
    """What ``trial.json`` holds, and what of it was recorded of each metric, and in which direction each was better."""

    document: Mapping[str, Any]
    metrics: Mapping[str, Observations]
    directions: Mapping[str, Direction]


def _no_project(directory: Path, names: Sequence[str]) -> str:
    """What is said of a directory without ``oracle.json``; its projects are named where it holds some."""
    inside = [clean(name) for name in names[:1000] if os.path.isfile(directory / name / ORACLE)]
    hint = f" It holds the projects {', '.join(inside[:5])}: name one of them." if inside else ""
    return f"{directory}: expected a project of KerasTuner with {ORACLE}, found none.{hint}"


def _trial_files(folder: Folder, names: Sequence[str]) -> tuple[dict[str, TrialFile], list[str]]:
    """The trials by the names of their directories, and what is said of those that are left out.

    A directory that holds the trial of another one is a copy of it: files that synchronize leave such behind.
    """
    found: dict[str, TrialFile] = {}
    left_out: list[str] = []
    for name in names:
        try:
            one = _trial_file(folder, name)
        except FolderError:
            raise
        except DataError as error:
            left_out.append(str(error))
            continue
        own = one.document.get("trial_id")
        if isinstance(own, str) and name != f"trial_{own}" and f"trial_{own}" in names:
            left_out.append(f"{folder.path / clean(name)}: a copy of trial_{clean(own)}.")
        else:
            found[name] = one
    if left_out and not found:
        raise DataError(left_out[0])
    shown = " ".join(left_out[:MOST_NAMED])
    more = f" And {len(left_out) - MOST_NAMED} more." if len(left_out) > MOST_NAMED else ""
    return found, [f"Left out: {len(left_out)} of {len(names)} named trial_*. {shown}{more}"] if left_out else []


def _trial_file(folder: Folder, name: str) -> TrialFile:
    with folder.folder(name) as trial:
        document = trial.read(TRIAL, LARGEST_TRIAL)
    where = folder.path / clean(name) / TRIAL
    return TrialFile(document, _metrics(document, where), _directions(document, where))


def _at(document: Any, where: Path, *keys: str, kind: type) -> Any:
    """What stands at ``keys``; raises :class:`DataError` where that is not a ``kind``."""
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    if not isinstance(document, kind):
        found = "nothing" if document is None else type(document).__name__
        raise DataError(f"{where}: expected {'.'.join(keys)} as KerasTuner writes it, found {found}.")
    return document


def _in_order(found: Mapping[str, TrialFile], oracle: Mapping[str, Any]) -> dict[str, TrialFile]:
    """Trials in the order in which they were started; those of which the oracle says nothing last."""
    started = oracle.get("start_order")
    order = started if isinstance(started, list) else []
    place = {f"trial_{one}": i for i, one in enumerate(order) if isinstance(one, str)}
    return {name: found[name] for name in sorted(found, key=lambda name: (place.get(name, len(place)), name))}


def _parameters(space: Sequence[Any], where: Path) -> tuple[tuple[Parameter, ...], list[str]]:
    """The space with a parameter for each name, and what of it is not as it was."""
    found: dict[str, Parameter] = {}
    notes = []
    if len(space) > MOST_PARAMETERS:
        raise DataError(f"{where}: expected at most {MOST_PARAMETERS} hyperparameters, found {len(space)}.")
    for item in space:
        try:
            parameter, stepped = parameter_of(item, found)
            other = found.get(parameter.name)
            if other is not None:
                parameter = merged(other, parameter)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, SpecError) as error:
            raise DataError(f"{where}: a hyperparameter that KerasTuner does not write: {clean(error)}.") from None
        found[parameter.name] = parameter
        if stepped and other is None:
            notes.append(f"The step of {parameter.name} is not kept.")
    try:
        if found:
            check_parameters(list(found.values()))
    except (ValueError, TypeError, OverflowError, SpecError) as error:
        raise DataError(f"{where}: hyperparameters that KerasTuner does not write: {clean(error)}.") from None
    return tuple(found.values()), notes


def _metrics(document: Mapping[str, Any], where: Path) -> dict[str, Observations]:
    """What was recorded of each metric."""
    found = _at(document, where, "metrics", "metrics", kind=dict)
    return {str(name): list(_observations(history, where)) for name, history in islice(found.items(), MOST_PARAMETERS)}


def _observations(history: Any, where: Path) -> Iterator[tuple[int, float]]:
    for one in islice(_at(history, where, "observations", kind=list), MOST_STEPS):
        values = _at(one, where, "value", kind=list)
        kept = [value for value in (number(v) for v in values[:MOST_CHOICES]) if value is not None]
        step = number(one.get("step"))
        yield int(step or 0), fmean(kept) if kept else math.nan


def _directions(document: Mapping[str, Any], where: Path) -> dict[str, Direction]:
    """In which direction each metric is better."""
    words = {name: _at(one, where, "direction", kind=str) for name, one in document["metrics"]["metrics"].items()}
    return {str(name): DIRECTIONS.get(word, "maximize") for name, word in words.items()}


def _objective(found: Mapping[str, TrialFile], asked: str | None, directory: Path) -> tuple[str, Direction]:
    """Name and direction of the metric that was optimized."""
    directions: dict[str, Direction] = {}
    for one in found.values():
        directions = {**one.directions, **directions}
    if asked is not None:
        if asked not in directions:
            known = ", ".join(clean(name) for name in list(directions)[:20]) or "none"
            raise DataError(
                f"{option('objective')} {clean(asked)!r}: no metric of {directory}. Recorded were: {known}."
            )
        return asked, directions[asked]
    scored = [
        (score, one.metrics) for one in found.values() if (score := number(one.document.get("score"))) is not None
    ]
    fitting = [
        name
        for name, direction in directions.items()
        if all(_is_score(score, metrics.get(name, []), direction) for score, metrics in scored)
    ]
    if not scored or not fitting:
        if not directions:
            return "score", "maximize"
        raise DataError(
            f"{directory}: what was optimized cannot be told, because no metric has the scores of the trials. Name "
            f"one with {option('objective')}: {', '.join(clean(name) for name in list(directions)[:20])}."
        )
    best = min(fitting, key=lambda name: (not name.startswith("val_"), "acc" not in name))
    return best, directions[best]


def _is_score(score: float, observations: Observations, direction: Direction) -> bool:
    values = [value for _, value in observations if math.isfinite(value)]
    best = max if direction == "maximize" else min
    return bool(values) and math.isclose(best(values), score, rel_tol=1e-6, abs_tol=1e-12)


def _trial(
    place: int, document: Mapping[str, Any], observations: Observations, parameters: tuple[Parameter, ...]
) -> ForeignTrial:
    values = document.get("hyperparameters")
    values = values.get("values") if isinstance(values, dict) else None
    given = {clean(k): plain(v) for k, v in islice(values.items(), MOST_PARAMETERS)} if isinstance(values, dict) else {}
    names = [*(p.name for p in active(parameters, given)), BUDGET]
    state = STATES.get(str(document.get("status")), "failed")
    score = number(document.get("score"))
    reason = _last_line(document.get("message"))
    if state != "complete" or score is None:
        reason = reason or ("" if state in ("running", "waiting") else "no score that is a number")
    curve = sorted(observations) if len(observations) > 1 else []
    return ForeignTrial(
        number=place,
        setting={name: given[name] for name in names if name in given},
        state=state,
        value=score if state == "complete" else None,
        reason="" if state == "complete" and score is not None else reason,
        curve=tuple(curve),
    )


def _last_line(message: Any) -> str:
    """The end of a traceback: the error itself."""
    lines = re.split(r"[\r\n]+", message[-10_000:].strip()) if isinstance(message, str) else []
    return clean(lines[-1]) if lines else ""
