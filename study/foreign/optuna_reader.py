"""A study of Optuna -> a foreign study, through Optuna's own storages. Nothing is unpickled, nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from study.errors import InputError
from study.foreign.names import hyperparameter
from study.foreign.optuna_places import EXPECTED, Place, find_place, reading
from study.records.imported import (
    MOST_CHOICES,
    MOST_PARAMETERS,
    MOST_STEPS,
    MOST_TRIALS,
    ForeignStudy,
    ForeignTrial,
    State,
    number,
    plain,
    store_name,
    unique_values,
)
from study.records.parameters import Parameter, Value
from study.words import clean

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

ENGINE = "Optuna"
STATES: Mapping[str, State] = {
    "COMPLETE": "complete",
    "PRUNED": "pruned",
    "FAIL": "failed",
    "RUNNING": "running",
    "WAITING": "waiting",
}
MOST_ROWS = 5_000_000  # of hyperparameters and of reports
MOST_ATTRIBUTES = 100_000  # which Optuna loads, and nobody needs: 2 kB each
WITHOUT_ATTRIBUTES = (
    " None of them is needed: delete the rows of trial_user_attributes and trial_system_attributes in a copy of the "
    "database, and import that."
)
LONGEST_DISTRIBUTION = 100_000  # characters; choices are listed there
FEWEST_FOR_CONDITION = 2  # trials with and without a hyperparameter, to say what it depends on
WIDEST_CONDITION = 200  # values of a whole number that a condition lists


def read_optuna(
    address: str, study_name: str | None = None, *, objective: str | None = None, name: str | None = None
) -> ForeignStudy:
    """The study ``study_name``, or the only one, at a database URL, a SQLite file or a journal file.

    ``objective`` says what was optimized where the study does not name it, ``name`` what our store shall call it.
    Raises :class:`~study.errors.InputError` for a place that cannot be read, a name that is not there, several studies
    and no name, and a study with several objectives.
    """
    place = find_place(address)
    with reading(place) as (storage, engine, version):
        known = [study.study_name for study in storage.get_all_studies()]
        original = _choose(known, study_name, place)
        study_id = storage.get_study_id_from_name(original)
        if engine is not None:
            _check_sizes(engine, study_id, place)
        directions = storage.get_study_directions(study_id)
        if len(directions) != 1:
            raise InputError(
                f"Study {clean(original)!r} has {len(directions)} objectives; expected one, because which of its "
                "trials is best depends on how they are weighed. Import one that optimizes a single value."
            )
        named = storage.get_study_system_attrs(study_id).get("study:metric_names")
        frozen = storage.get_all_trials(study_id, deepcopy=False)
        if len(frozen) > MOST_TRIALS:
            raise InputError(f"{place.shown}: expected at most {MOST_TRIALS:,} trials, found {len(frozen):,}.")
        trials = tuple(_trial(trial) for trial in frozen)
        parameters, notes = _parameters(frozen, trials)
    label = objective or (named[0] if isinstance(named, list) and len(named) == 1 else "value")
    return ForeignStudy(
        name=store_name(name, original),
        engine=ENGINE,
        version=version,
        original=clean(original),
        objective=clean(label),
        direction="maximize" if directions[0].name == "MAXIMIZE" else "minimize",
        parameters=parameters,
        trials=trials,
        notes=notes,
    )


def _choose(known: Sequence[str], asked: str | None, place: Place) -> str:
    listed = ", ".join(repr(clean(name)) for name in known[:20]) + (", …" if len(known) > 20 else "")
    if not known:
        raise InputError(f"{place.shown} holds no study of Optuna. {EXPECTED}.")
    if asked is None:
        if len(known) > 1:
            raise InputError(f"{place.shown} holds {len(known)} studies. Name one of them: {listed}.")
        return known[0]
    if asked not in known:
        raise InputError(f"There is no study {clean(asked)!r} in {place.shown}. It holds: {listed}.")
    return asked


def _check_sizes(engine: sa.Engine, study_id: int, place: Place) -> None:
    """Raise :class:`InputError` before more is loaded than a study can be."""
    values = (
        "SELECT count(*) FROM trial_params AS t JOIN trials ON trials.trial_id = t.trial_id "
        "WHERE trials.study_id = :study"
    )
    reports = (
        "SELECT count(*) FROM trial_intermediate_values AS t JOIN trials ON trials.trial_id = t.trial_id "
        "WHERE trials.study_id = :study"
    )
    longest = (
        "SELECT max(length(distribution_json)) FROM trial_params JOIN trials "
        "ON trials.trial_id = trial_params.trial_id WHERE trials.study_id = :study"
    )
    attributes = (
        "SELECT count(*) FROM (SELECT trial_id FROM trial_user_attributes "
        "UNION ALL SELECT trial_id FROM trial_system_attributes) AS t "
        "JOIN trials ON trials.trial_id = t.trial_id WHERE trials.study_id = :study"
    )
    bounds = {
        "trials": ("SELECT count(*) FROM trials WHERE study_id = :study", MOST_TRIALS, ""),
        "values of hyperparameters": (values, MOST_ROWS, ""),
        "reported values": (reports, MOST_ROWS, ""),
        "attributes of trials": (attributes, MOST_ATTRIBUTES, WITHOUT_ATTRIBUTES),
        "characters for a hyperparameter": (longest, LONGEST_DISTRIBUTION, ""),
    }
    with engine.connect() as connection:
        for what, (query, most, around) in bounds.items():
            found = connection.scalar(sa.text(query), {"study": study_id}) or 0
            if found > most:
                raise InputError(f"{place.shown}: expected at most {most:,} {what}, found {found:,}.{around}")


def _trial(trial: FrozenTrial) -> ForeignTrial:
    state = STATES[trial.state.name]
    value = number(trial.value) if trial.values else None
    steps = sorted(trial.intermediate_values.items())[:MOST_STEPS]
    curve = tuple((int(step), float(reported)) for step, reported in steps)
    reason = ""
    if state == "failed":
        reason = clean(trial.system_attrs.get("fail_reason", "no reason recorded"))
    elif state == "pruned":
        reason = f"pruned after step {curve[-1][0]}" if curve else "pruned"
    elif state == "complete" and value is None:
        reason = f"its value is no finite number: {trial.value}"
    setting = {clean(name): plain(given) for name, given in islice(trial.params.items(), MOST_PARAMETERS)}
    return ForeignTrial(trial.number, setting, state, value, reason, curve)


def _parameters(
    frozen: Sequence[FrozenTrial], trials: Sequence[ForeignTrial]
) -> tuple[tuple[Parameter, ...], tuple[str, ...]]:
    """The space that the trials had together, parents first, and what of it is not as it was.

    Optuna keeps no conditions: a hyperparameter that only some of the trained trials have is taken to depend on the
    first whole number or choice whose values tell these trials from the others.
    """
    found: dict[str, Parameter] = {}
    for trial in frozen:
        for name, distribution in trial.distributions.items():
            parameter = _parameter(clean(name), distribution)
            other = found.get(parameter.name)
            found[parameter.name] = parameter if other is None else _joined(other, parameter)
            if len(found) > MOST_PARAMETERS:
                raise InputError(f"expected at most {MOST_PARAMETERS} hyperparameters, found more")
    settings = [trial.setting for trial in trials if trial.state in ("complete", "pruned")]
    everywhere = [p for name, p in found.items() if all(name in setting for setting in settings)]
    parents = sorted(
        (p for p in everywhere if p.kind != "float"), key=lambda p: (hyperparameter(p.name) != "depth", p.kind != "int")
    )
    conditional, notes = [], []
    for name, p in found.items():
        if p in everywhere:
            continue
        condition = next((c for parent in parents if (c := _condition(name, parent, settings))), None)
        conditional.append(Parameter(p.name, p.kind, p.low, p.high, p.log, p.values, condition))
        if condition is None:
            notes.append(f"Only some trials have {name}; what it depends on is not recorded.")
    return (*everywhere, *conditional), tuple(notes)


def _parameter(name: str, distribution: BaseDistribution) -> Parameter:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if isinstance(distribution, CategoricalDistribution):
        return Parameter(name, "choice", values=unique_values([plain(c) for c in distribution.choices[:MOST_CHOICES]]))
    if isinstance(distribution, IntDistribution):
        return Parameter(name, "int", int(distribution.low), int(distribution.high), bool(distribution.log))
    if isinstance(distribution, FloatDistribution):
        return Parameter(name, "float", float(distribution.low), float(distribution.high), bool(distribution.log))
    raise InputError(f"{name}: expected a distribution that Optuna writes, found {type(distribution).__name__}")


def _joined(one: Parameter, other: Parameter) -> Parameter:
    """A name that was asked for with several ranges has all of them."""
    if one.kind != other.kind:
        raise InputError(f"{one.name}: expected one kind in all trials, found {one.kind} and {other.kind}")
    if one == other:
        return one
    if one.kind == "choice":
        return Parameter(one.name, "choice", values=unique_values([*one.values, *other.values])[:MOST_CHOICES])
    low, high = min(one.bounds[0], other.bounds[0]), max(one.bounds[1], other.bounds[1])
    return Parameter(one.name, one.kind, low, high, one.log and other.log)


def _condition(
    name: str, parent: Parameter, settings: Sequence[Mapping[str, Value]]
) -> tuple[str, tuple[Value, ...]] | None:
    """The values of ``parent`` at which the trials have ``name``, where they tell; whole ranges for whole numbers."""
    having = [setting[parent.name] for setting in settings if name in setting]
    others = [setting[parent.name] for setting in settings if name not in setting]
    if min(len(having), len(others)) < FEWEST_FOR_CONDITION or set(map(repr, having)) & set(map(repr, others)):
        return None
    numbers: list[Any] = having if parent.kind == "int" else []
    if numbers and min(numbers) > max(int(value) for value in others):
        high = int(min(parent.bounds[1], min(numbers) + WIDEST_CONDITION))
        return parent.name, tuple(range(min(numbers), high + 1))
    return parent.name, unique_values(sorted(having, key=str))
