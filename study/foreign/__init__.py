"""A home for existing habits: studies and runs of other programs read into a store, our own written for them.

Each function is what one command does; no engine is loaded before it is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from study.foreign.run_columns import RunColumns
    from study.records.imported import ForeignStudy
    from study.store import StoredStudy

__all__ = [
    "dashboard",
    "export_events",
    "export_mlflow",
    "export_optuna",
    "import_keras_tuner",
    "import_mlflow",
    "import_optuna",
    "import_runs",
]


def import_optuna(
    address: str,
    study_name: str | None = None,
    *,
    objective: str | None = None,
    name: str | None = None,
    store: str | None = None,
    refresh: bool = False,
) -> str:
    """Read a study of Optuna into a store; returns what a command says about it.

    ``address`` is a database URL, a SQLite file or a journal file; ``study_name`` may be left out where there is only
    one. ``objective`` says what was optimized where Optuna does not, ``name`` what our study is called, ``store`` is a
    file or SQLAlchemy URL. ``refresh`` reads a study again that has gone on. Raises
    :class:`~study.errors.InputError` in one line.
    """
    from study.foreign.optuna_reader import read_optuna

    return _keep(read_optuna(address, study_name, objective=objective, name=name), store, refresh)


def import_keras_tuner(
    directory: Path,
    *,
    objective: str | None = None,
    name: str | None = None,
    store: str | None = None,
    refresh: bool = False,
) -> str:
    """Read a project directory of KerasTuner into a store; returns what a command says about it.

    ``objective`` names the metric that was optimized where it cannot be told from the scores. ``refresh`` reads a
    study again that has gone on. Raises
    :class:`~study.errors.InputError` in one line.
    """
    from study.foreign.keras_tuner_reader import read_keras_tuner

    return _keep(read_keras_tuner(directory, objective=objective, name=name), store, refresh)


def import_runs(
    source: Path,
    columns: RunColumns,
    *,
    name: str | None = None,
    store: str | None = None,
    refresh: bool = False,
) -> str:
    """Read a table of finished runs, or a folder of TensorBoard with hparams, into a store; returns what is said of it.

    ``columns`` say what is what. Raises :class:`~study.errors.InputError` in one line.
    """
    from study.foreign.runs_reader import read_runs

    return _keep(read_runs(source, columns, name=name), store, refresh)


def import_mlflow(
    address: str,
    experiment: str | None,
    columns: RunColumns,
    *,
    name: str | None = None,
    store: str | None = None,
    refresh: bool = False,
) -> str:
    """Read the runs of an experiment of MLflow into a store; returns what is said of it.

    ``address`` is a folder of MLflow, a SQLite file or a server. Raises :class:`~study.errors.InputError` in one line.
    """
    from study.foreign.mlflow_reader import read_mlflow

    return _keep(read_mlflow(address, experiment, columns, name=name), store, refresh)


def export_optuna(study: StoredStudy, address: str) -> str:
    """Write a study as one or two studies of Optuna; returns what a command says about it.

    Raises :class:`~study.errors.InputError` where the place cannot be used, or holds another study of that name.
    """
    from study.foreign.optuna_writer import write_optuna

    written = write_optuna(study, address)
    return "\n".join(f"{count} trials in study {name!r} of Optuna" for name, count in written.items())


def export_events(study: StoredStudy, folder: Path) -> str:
    """Write a study as a folder for TensorBoard; returns what a command says about it.

    Raises :class:`~study.errors.InputError` where something else is there.
    """
    from study.foreign.event_writer import write_events

    return f"{write_events(study, folder)} runs in {folder}; tensorboard --logdir {folder} shows them"


def export_mlflow(study: StoredStudy, address: str) -> str:
    """Write a study as an experiment of MLflow; returns what a command says about it.

    Raises :class:`~study.errors.InputError` where the place cannot be used, or holds another experiment of that name.
    """
    from study.foreign.mlflow_writer import write_mlflow

    return f"{write_mlflow(study, address)} runs in experiment {study.name!r} of MLflow"


def dashboard(
    study: StoredStudy, *, host: str = "127.0.0.1", port: int = 8080, say: Callable[[str], None] = print
) -> None:
    """Show a study in optuna-dashboard until Ctrl-C. ``say`` gets the address once it answers.

    Raises :class:`~study.errors.InputError` where that is not installed or the port is taken.
    """
    from study.foreign.dashboard import serve

    serve(study, host=host, port=port, say=say)


def _keep(study: ForeignStudy, store: str | None, refresh: bool) -> str:
    from study.store import open_store

    open_store(store, create=True).keep(study, refresh)
    said = f'{len(study.trials)} trials in study "{study.name}"; depthgauge verdict "{study.name}" says what they show.'
    return "\n".join([said, *study.notes])
