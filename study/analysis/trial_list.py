"""The table of trials: one line a run that is reported, and those of searches that failed."""

from __future__ import annotations

import math

from study.analysis.advice import network_name
from study.analysis.findings import Panel, Point, TrialRow
from study.records.trials import Result, of_search
from study.store import StoredStudy

SEARCH = "search"  # stands where other trials have their panel


def trial_rows(panel: Panel, study: StoredStudy) -> list[TrialRow]:
    """The trials of a panel, those to come too, point by point, the baseline last."""
    places: list[tuple[float | None, Point]] = [(point.value, point) for point in panel.points]
    if panel.baseline is not None:
        places.append((None, panel.baseline))
    return [row for value, point in places for row in _rows_of(value, point, panel, study)]


def _rows_of(value: float | None, point: Point, panel: Panel, study: StoredStudy) -> list[TrialRow]:
    """The trials of one place; ``value`` is None for the baseline."""
    rows = []
    for replicate, accuracy in enumerate(point.accuracy.tolist()):
        if point.winners and point.winners[replicate % len(point.winners)] is None:
            continue  # its search goes on, or found nothing
        configuration, _ = point.of(replicate)
        key, architecture = configuration.key, configuration.label
        result = study.results.get((key, replicate))
        train, validation, test = (number if math.isfinite(number) else None for number in accuracy)
        rows.append(
            TrialRow(
                key=key,
                panel=panel.name,
                name=network_name(architecture, value, panel),
                value=value,
                architecture=architecture,
                parameters=study.parameters_of(configuration),
                replicate=replicate,
                state="pending" if result is None else result.state,
                train=train,
                validation=validation,
                test=test,
                epochs=0 if result is None else _epochs(result),
                seconds=0.0 if result is None else result.train_seconds,
                reason="" if result is None else result.reason,
            )
        )
    return rows


def _epochs(result: Result) -> int:
    """The last epoch that was recorded, 0 for none."""
    recorded = result.trajectory.epochs
    return int(recorded[-1]) if len(recorded) else 0


def failed_in_search(study: StoredStudy) -> list[TrialRow]:
    """The search's trials that failed, with their reasons; those that did not are in the search's own findings."""
    return [
        TrialRow(
            key=key,
            panel=SEARCH,
            name=result.trial.configuration.label,
            value=None,
            architecture=result.trial.configuration.label,
            parameters=study.parameters_of(result.trial.configuration),
            replicate=replicate,
            state=result.state,
            train=None,
            validation=None,
            test=None,
            epochs=_epochs(result),
            seconds=result.train_seconds,
            reason=result.reason,
        )
        for (key, replicate), result in study.results.items()
        if of_search(replicate) and result.state == "failed"
    ]
