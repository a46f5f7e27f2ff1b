"""A study of depthgauge -> studies of Optuna: what was searched, and the replicates that are reported."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from study.design.cells import Cell
from study.design.plan import PlannedPanel, Winner, Winners
from study.errors import InputError
from study.foreign.optuna_places import find_place, writing
from study.records.imported import Direction, plain
from study.records.parameters import Parameter, Setting, Value, is_active
from study.records.readings import read
from study.records.trials import Result
from study.search.cell_search import by_cell, find_winners, value_of
from study.search.optuna_parameters import distribution
from study.store import StoredStudy
from study.words import option

if TYPE_CHECKING:
    from optuna.storages import BaseStorage
    from optuna.trial import FrozenTrial

REPLICATES = "-replicates"
NONE = "all"  # the value of samples that stands for all of them


@dataclass(frozen=True, slots=True)
class Line:
    """One trial to write: its setting in ``parameters``, the result (None: there is none) and where it is read."""

    parameters: tuple[Parameter, ...]
    setting: Setting
    result: Result | None
    reading: str
    attributes: Mapping[str, Any]


def write_optuna(study: StoredStudy, address: str) -> dict[str, int]:
    """Write ``study`` to an Optuna storage; returns the number of trials by name of the study written.

    A study with a search becomes two: NAME with the trials of the search, NAME-replicates with those that are
    reported; without one, NAME holds the replicates. A study that is there already with the same trials is left as it
    is. Raises :class:`InputError` where it holds something else.
    """
    searched, reported = list(_searched(study)), list(_reported(study))
    written = {study.name: searched, f"{study.name}{REPLICATES}": reported} if searched else {study.name: reported}
    with writing(find_place(address)) as storage:
        frozen = {name: _frozen(lines, study) for name, lines in written.items()}
        todo = [name for name in frozen if not _is_there(storage, name, frozen[name])]  # all are checked before any
        for name in todo:
            _write(storage, name, frozen[name], study)
    return {name: len(trials) for name, trials in frozen.items()}


def _searched(study: StoredStudy) -> Iterator[Line]:
    """The proposals that were answered, search by search."""
    asked = by_cell(study.proposals)
    for search in study.plan.searches:
        cell = search.cell
        for proposal in asked.get(search.name, ()):
            if proposal.setting is None or proposal.told is None:
                continue
            result = study.results.get(search.trial(proposal.setting).key)
            reading = cell.readings[0]
            if result is not None:
                _, reading = value_of(result, study.spec.deciding, cell.readings)
            attributes = {"cell": search.name, "proposal": proposal.number}
            yield _line(study, cell, proposal.setting, result, reading, attributes)


def _reported(study: StoredStudy) -> Iterator[Line]:
    """The runs that are reported, each once, panel by panel, the baseline last."""
    winners = find_winners(study.plan, study.proposals, study.results)
    seen = set()
    for panel in study.plan.panels:
        for cell, first, step, setting, winner in _chosen(study, panel, winners):
            for replicate in range(first, panel.replicates, step):
                key = (winner.configuration.key, replicate)
                if key in study.results and key not in seen:
                    seen.add(key)
                    baseline = {"baseline": True} if cell is panel.baseline else {}
                    attributes = {"panel": panel.name, "replicate": replicate, **baseline}
                    place = None if baseline else cell
                    yield _line(study, place, setting, study.results[key], winner.reading, attributes)


def _chosen(
    study: StoredStudy, panel: PlannedPanel, winners: Winners
) -> Iterator[tuple[Cell, int, int, Setting, Winner]]:
    """What a panel reports, the baseline last: cell, first replicate, step to the next one, setting and winner."""
    asked = by_cell(study.proposals)
    for cell in panel.all_cells:
        if not cell.tuned:
            yield cell, 0, 1, {}, Winner(cell.configuration({}), panel.reading)
        for search in cell.searches:
            settings = {
                cell.configuration(p.setting): p.setting
                for p in reversed(asked.get(search.name, ()))
                if p.setting is not None
            }
            for winner in winners.get(search.name, ()):
                yield cell, search.number, cell.repeats, settings[winner.configuration], winner


def _line(
    study: StoredStudy,
    cell: Cell | None,
    setting: Setting,
    result: Result | None,
    reading: str,
    attributes: Mapping[str, Any],
) -> Line:
    """A trial with the scientific values of its cell beside what was tuned."""
    if cell is None:
        return Line((), {}, result, reading, attributes)
    scientific = tuple(Parameter(name, "choice", values=_choices(study, name)) for name in study.spec.scientific)
    values = {name: _value(cell.fixed[name]) for name in study.spec.scientific}
    return Line(
        (*scientific, *cell.parameters), {**values, **setting}, result, reading, {"cell": cell.name, **attributes}
    )


def _choices(study: StoredStudy, name: str) -> tuple[Value, ...]:
    """Every value of a scientific hyperparameter in any arm: Optuna wants the same list in all trials."""
    cells = [cell for panel in study.plan.panels for cell in panel.cells]
    return tuple(dict.fromkeys(_value(cell.fixed[name]) for cell in cells))


def _value(value: Any) -> Value:
    """A value of the network as one of Optuna's: lists in words, all samples as such."""
    if value is None:
        return NONE
    return "-".join(map(str, value)) if isinstance(value, list | tuple) else plain(value)


def _frozen(lines: Sequence[Line], study: StoredStudy) -> list[FrozenTrial]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [_frozen_trial(number, line, study) for number, line in enumerate(lines)]


def _frozen_trial(number: int, line: Line, study: StoredStudy) -> FrozenTrial:
    """Optuna's trial. Begin and end are as far apart as the run was long; when it began is not known, so the study's
    own date stands there."""
    from optuna.trial import FrozenTrial, TrialState

    result, begun = line.result, datetime.fromisoformat(study.created).replace(tzinfo=None)
    attributes: dict[str, Any] = {"reading": line.reading, **line.attributes}
    distributions = {p.name: distribution(p) for p in line.parameters if is_active(p, line.setting)}
    value, curve, seconds = None, {}, 0.0
    if result is not None:
        trajectory, seconds = result.trajectory, result.compile_seconds + result.train_seconds
        recorded = trajectory.column(study.spec.metric, "validation")
        curve = {int(e): float(a) for e, a in zip(trajectory.epochs, recorded, strict=True)}
        attributes["architecture"] = result.trial.configuration.label
        attributes |= {"reason": result.reason} if result.reason else {}
    if result is not None and result.state == "finished":
        train, value, test = (float(a) for a in read(result.trajectory, line.reading)[study.spec.metric])
        words, gap = study.spec.deciding.words, study.spec.deciding.turned(train - test)
        attributes |= {f"train {words}": train, f"test {words}": test, "gap": gap}
    failed = value is None or value != value
    if failed:
        attributes.setdefault("reason", f"no validation {study.spec.deciding.words} at its reading")
    return FrozenTrial(
        number=number,
        state=TrialState.FAIL if failed else TrialState.PRUNED if result and result.pruned else TrialState.COMPLETE,
        value=None if failed else value,
        datetime_start=begun,
        datetime_complete=begun + timedelta(seconds=seconds),
        params={name: line.setting[name] for name in distributions},
        distributions=distributions,
        user_attrs=attributes,
        system_attrs={},
        intermediate_values=curve,
        trial_id=number,
    )


def _is_there(storage: BaseStorage, name: str, trials: Sequence[FrozenTrial]) -> bool:
    """Whether the storage has this study with these trials. Raises :class:`InputError` where it has others."""
    known = {study.study_name: study._study_id for study in storage.get_all_studies()}
    if name not in known:
        return False
    there = storage.get_all_trials(known[name], deepcopy=False)
    if [_content(trial) for trial in there] != [_content(trial) for trial in trials]:
        raise InputError(
            f"There is a study {name!r} with other trials already. Remove it there (optuna studies delete or "
            f"optuna.delete_study), or name another database with {option('optuna')}."
        )
    return True


def _content(trial: FrozenTrial) -> str:
    """What a trial says, so that trials with NaN are the same, too; text of a stored float is exact."""
    parts = (trial.state, trial.values, trial.params, sorted(trial.distributions.items(), key=str))
    return repr((*parts, sorted(trial.user_attrs.items()), sorted(trial.intermediate_values.items())))


def _write(storage: BaseStorage, name: str, trials: Sequence[FrozenTrial], study: StoredStudy) -> None:
    import optuna

    direction: Direction = "maximize" if study.spec.deciding.larger_is_better else "minimize"
    written = optuna.create_study(storage=storage, study_name=name, direction=direction)
    written.set_metric_names([f"validation {study.spec.deciding.words}"])
    for key, value in {
        "depthgauge": study.facts.versions.get("depthgauge", ""),
        "dataset": study.spec.dataset,
    }.items():
        written.set_user_attr(key, value)
    written.add_trials(trials)
