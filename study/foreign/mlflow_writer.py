"""A study of depthgauge -> an experiment of MLflow: a run a trial with its curves, a run of means a configuration."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from study.errors import InputError
from study.foreign.exported_runs import ExportedMean, ExportedRun, exported_means, exported_runs
from study.foreign.mlflow_places import find_place, writing
from study.foreign.mlflow_reader import AGGREGATE
from study.store import StoredStudy
from study.words import clean, option

TRIAL, REASON = "depthgauge.trial", "depthgauge.reason"
BATCH = 500  # metrics that are logged at once; MLflow takes 1,000
PAGE = 1000


def write_mlflow(study: StoredStudy, address: str) -> int:
    """Write every trial and the means of each configuration to the experiment of the study's name; returns the trials.

    An experiment that is there already with the same trials is left as it is. Raises :class:`InputError` where it holds
    others, or the place cannot be used.
    """
    place = find_place(address)
    runs = list(exported_runs(study))
    begun = round(1000 * datetime.fromisoformat(study.created).replace(tzinfo=UTC).timestamp())
    with writing(place) as client:
        there = client.get_experiment_by_name(study.name)
        if there is not None and (known := set(_trials(client, there.experiment_id))):
            if known != {run.key for run in runs}:
                raise InputError(
                    f"{place.shown}: there is an experiment {clean(study.name)!r} with other runs already. Delete it "
                    f"there, or name another place with {option('mlflow')}."
                )
            return len(runs)
        experiment = client.create_experiment(study.name) if there is None else there.experiment_id
        for mean in exported_means(study):
            _write_mean(client, experiment, mean, begun)
        for run in runs:
            _write_run(client, experiment, run, begun)
    return len(runs)


def _trials(client: Any, experiment: str) -> Iterator[str]:
    token = None
    while True:
        page = client.search_runs([experiment], max_results=PAGE, page_token=token)
        yield from (run.data.tags.get(TRIAL, "") for run in page if AGGREGATE not in run.data.tags)
        token = page.token
        if not token:
            return


def _write_run(client: Any, experiment: str, run: ExportedRun, begun: int) -> None:
    from mlflow.entities import Metric, Param

    tags = {TRIAL: run.key} | ({REASON: run.reason} if run.reason else {})
    made = client.create_run(experiment, start_time=begun, tags=tags, run_name=run.name).info.run_id
    params = [Param(name, str(value)) for name, value in run.settings.items()]
    metrics = [
        Metric(name, value, begun + round(1000 * run.seconds[step]), step)
        for name, curve in run.curves.items()
        for step, value in curve
    ]
    client.log_batch(made, params=params)
    for start in range(0, len(metrics), BATCH):
        client.log_batch(made, metrics=metrics[start : start + BATCH])
    end = begun + round(1000 * max(run.seconds.values(), default=0.0))
    client.set_terminated(made, status="FINISHED" if run.finished else "FAILED", end_time=end)


def _write_mean(client: Any, experiment: str, mean: ExportedMean, begun: int) -> None:
    from mlflow.entities import Metric, Param

    name = f"means of {mean.settings['architecture']}, {mean.panel}"
    made = client.create_run(experiment, start_time=begun, tags={AGGREGATE: mean.panel}, run_name=name).info.run_id
    params = [Param(key, str(value)) for key, value in mean.settings.items()]
    metrics = [Metric(key, value, begun, mean.place) for key, value in mean.values.items()]
    client.log_batch(made, params=params, metrics=metrics)
    client.set_terminated(made, end_time=begun)
