"""Runs of an experiment of MLflow -> a table with a row a run, or a row a step, and from it a foreign study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from study.errors import DataError, InputError
from study.foreign.logged_rows import Cell, LoggedRows, cell_of
from study.foreign.mlflow_places import find_place, reading
from study.foreign.run_columns import RunColumns
from study.foreign.runs_reader import study_of_rows
from study.records.imported import MOST_STEPS, MOST_TRIALS, ForeignStudy
from study.words import clean, listed

ENGINE = "MLflow"
AGGREGATE = "depthgauge.aggregate"  # a tag of the runs in which our own export keeps means over runs
RUN, STEP, STATUS = "run_id", "step", "status"
PAGE = 1000  # runs that are asked for at once
MOST_NAMED = 5


def read_mlflow(address: str, experiment: str | None, columns: RunColumns, *, name: str | None = None) -> ForeignStudy:
    """The runs of an experiment; its name may be left out where there is only one with runs.

    Parameters, metrics and tags are columns by their names; where a parameter has the name of a metric, it is
    ``params/NAME``, and tags are ``tags/NAME``. Runs are read at their last values; for another reading the named
    metrics are read step by step. Raises :class:`~study.errors.InputError`.
    """
    place = find_place(address)
    with reading(place) as client:
        chosen = _experiment(client, experiment, place.shown)
        runs = list(_runs(client, chosen.experiment_id))
        if not runs:
            raise InputError(f"{place.shown}: expected runs in experiment {clean(chosen.name)!r}, found none.")
        if columns.reading == "last":
            rows = [_last(run) for run in runs]
        else:
            columns = replace(columns, run=RUN, epoch=STEP)
            rows = [row for run in runs for row in _steps(client, run, columns)]
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = LoggedRows({name: [row.get(name) for row in rows] for name in names})
    return study_of_rows(table, columns, ENGINE, chosen.name, name=name)


def _experiment(client: Any, name: str | None, shown: str) -> Any:
    found = client.search_experiments()
    if name is not None:
        chosen = [one for one in found if one.name == name]
    else:
        with_runs = (one for one in found if client.search_runs([one.experiment_id], max_results=1))
        chosen = found if len(found) == 1 else list(with_runs)
    if len(chosen) == 1:
        return chosen[0]
    known = listed([repr(clean(one.name, 40)) for one in found[:MOST_NAMED]]) if found else "none"
    asked = f"expected an experiment {clean(name)!r}" if name is not None else "expected the name of an experiment"
    raise InputError(f"{shown}: {asked}, found {known}.")


def _runs(client: Any, experiment: str) -> Iterator[Any]:
    token, number = None, 0
    while True:
        page = client.search_runs([experiment], order_by=["start_time ASC"], max_results=PAGE, page_token=token)
        for run in page:
            if AGGREGATE not in run.data.tags:
                number += 1
                yield run
        if number > MOST_TRIALS:
            raise DataError(f"expected at most {MOST_TRIALS:,} runs, found more. Name a smaller experiment.")
        token = page.token
        if not token:
            return


def _fixed(run: Any) -> dict[str, Cell]:
    """What a run has once: its id, how it ended, its parameters and tags."""
    metrics: Mapping[str, float] = run.data.metrics
    row: dict[str, Cell] = {RUN: run.info.run_id, STATUS: str(run.info.status).lower()}
    for name, value in run.data.params.items():
        row[f"params/{name}" if name in metrics or name in row else name] = cell_of(value)
    for name, value in run.data.tags.items():
        if not name.startswith("mlflow."):
            row[f"tags/{name}"] = cell_of(value)
    return row


def _last(run: Any) -> dict[str, Cell]:
    return _fixed(run) | {name: float(value) for name, value in run.data.metrics.items()}


def _steps(client: Any, run: Any, columns: RunColumns) -> Iterator[dict[str, Cell]]:
    """A row for each step at which one of the named metrics was logged; one without any for a run that logged none."""
    fixed = _fixed(run)
    steps: dict[int, dict[str, Cell]] = {}
    for name in (columns.train, columns.validation, columns.test, columns.validation_loss):
        if name in run.data.metrics:
            for metric in client.get_metric_history(run.info.run_id, name):
                steps.setdefault(int(metric.step), {})[name] = float(metric.value)
    if len(steps) > MOST_STEPS:
        raise DataError(f"expected at most {MOST_STEPS:,} steps of a run, found {len(steps):,}.")
    for step in sorted(steps):
        yield fixed | {STEP: float(step)} | steps[step]
    if not steps:
        yield fixed | {STEP: 0.0}
