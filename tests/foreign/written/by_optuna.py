"""Writes a study with whatever Optuna this Python has, and what that Optuna says of it: once for each version.

    python -m venv older
    older/bin/pip install optuna==3.6.2
    older/bin/python tests/foreign/written/by_optuna.py

makes ``optuna-3.6.2`` beside this file: ``study.sql``, the dump of a SQLite database that three processes filled at
once, one of them killed in a trial; ``journal.log``, the same in a journal; and for both ``said.json``.
"""

import json
import math
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import optuna

HERE = Path(__file__).parent
NAME = "three at once"
TRIALS = 9  # of each process


def objective(trial):
    """Units of a layer are asked for where there is the layer, momentum where it is used; some trials go wrong."""
    layers = trial.suggest_int("n_layers", 1, 3)
    units = [trial.suggest_int(f"n_units_l{i}", 8, 64, log=True) for i in range(layers)]
    rate = trial.suggest_float("lr", 1e-4, 1e-1, log=True)
    trial.suggest_float("dropout", 0.0, 0.5, step=0.1)
    trial.suggest_categorical("batch_size", [16, 32, None])
    momentum = 0.0
    if trial.suggest_categorical("optimizer", ["adam", "sgd"]) == "sgd":
        momentum = trial.suggest_float("momentum", 0.0, 0.9)
    trial.set_user_attr("units", units)
    luck = random.Random(trial.number).random()
    if luck < 0.1:
        raise ValueError("a tensor of the wrong shape")
    if luck < 0.2:
        return math.nan
    loss = abs(math.log10(rate) + 2.5) + 0.1 * layers - 0.2 * momentum
    for epoch in range(4):
        trial.report(math.inf if luck > 0.9 else loss + luck / (epoch + 1), epoch)
        if trial.should_prune():
            raise optuna.TrialPruned
    return math.inf if luck > 0.9 else loss


def dies(trial):
    """A trial of a process that is killed."""
    trial.suggest_int("n_layers", 1, 3)
    trial.report(2.0, 0)
    os.kill(os.getpid(), signal.SIGKILL)


def storage(place):
    """A database by its URL, or a journal by its path, whose class has had two names."""
    if "://" in place:
        return place
    from optuna.storages import JournalStorage

    try:
        from optuna.storages.journal import JournalFileBackend as Backend
    except ImportError:
        from optuna.storages import JournalFileStorage as Backend
    return JournalStorage(Backend(place))


def work(place, seed):
    """What one of the processes does."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    pruner = optuna.pruners.MedianPruner(n_startup_trials=3)
    sampler = optuna.samplers.TPESampler(seed=seed, multivariate=True, group=True)
    study = optuna.load_study(study_name=NAME, storage=storage(place), sampler=sampler, pruner=pruner)
    study.optimize(objective, n_trials=TRIALS, catch=ValueError)
    if seed == 2:
        study.optimize(dies, n_trials=1)


def told(value):
    """A number that JSON has, or the name of one that it has not."""
    return value if value is None or math.isfinite(value) else repr(value)


def write(place):
    """Run the processes at a place; returns what this Optuna says of each trial."""
    study = optuna.create_study(storage=storage(place), study_name=NAME, direction="minimize")
    study.enqueue_trial({"n_layers": 2, "lr": 0.01})
    processes = [subprocess.Popen([sys.executable, __file__, place, str(seed)]) for seed in range(3)]
    assert sorted(process.wait() for process in processes) == [-signal.SIGKILL, 0, 0]
    study.enqueue_trial({"n_layers": 1})
    return [
        {
            "number": trial.number,
            "state": trial.state.name,
            "value": told(trial.value),
            "params": trial.params,
            "reported": {str(step): told(value) for step, value in trial.intermediate_values.items()},
        }
        for trial in study.get_trials()
    ]


def main():
    """Both places, in a folder that is named after the version."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    into = HERE / f"optuna-{optuna.__version__}"
    into.mkdir(exist_ok=True)
    journal = into / "journal.log"
    journal.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "study.db"
        said = {"study.sql": write(f"sqlite:///{database}"), "journal.log": write(str(journal))}
        with sqlite3.connect(database) as connection:
            (into / "study.sql").write_text("\n".join(connection.iterdump()) + "\n")
    (into / "said.json").write_text(json.dumps(said, indent=1) + "\n")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        work(sys.argv[1], int(sys.argv[2]))
    else:
        main()
