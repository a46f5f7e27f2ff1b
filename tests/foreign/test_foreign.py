"""Other people's studies: made by the real engines, read, kept, concluded from; and hostile ones, refused in a line."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import optuna
import pytest
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

from depthgauge import load_study
from reports.write.html import render
from study.analysis.conclude import conclude
from study.analysis.findings import ImportedFindings
from study.analysis.imported_findings import conclude_imported, trials_text
from study.design.plan import make_plan
from study.design.source import build_spec
from study.documents.next_from_imported import suggestion_from_imported
from study.documents.verdict_document import verdict_document
from study.errors import InputError, StoreError
from study.foreign import export_optuna, import_keras_tuner, import_optuna
from study.foreign.keras_tuner_reader import read_keras_tuner
from study.foreign.names import hyperparameter, of_a_layer
from study.foreign.optuna_reader import read_optuna
from study.records.imported import ForeignStudy, ForeignTrial, store_name
from study.records.parameters import Parameter
from study.records.trials import EMPTY, SEARCH_REPLICATE, Result, Trial
from study.store import open_store
from study.words import clean
from tests.conftest import FACTS, retold
from tests.search.test_search import isolation, new_store, run, train

ROOT = Path(__file__).parents[2]
TRIALS, EPOCHS = 24, 4
QUOTED = """it's "digits"; DROP TABLE trials"""

KERAS_TUNER = """
import sys
import keras, keras_tuner
from sklearn.datasets import load_digits
x, y = load_digits(return_X_y=True)
x = x / 16
def build(hp):
    model = keras.Sequential([keras.Input((64,))])
    for i in range(hp.Int("num_layers", 1, 3)):
        with hp.conditional_scope("num_layers", list(range(i + 1, 4))):
            units = hp.Int(f"units_{i}", 8, 30, step=8)
            model.add(keras.layers.Dense(units, activation=hp.Choice("activation", ["relu", "tanh"])))
    if hp.Boolean("regularize"):
        with hp.conditional_scope("regularize", [True]):
            model.add(keras.layers.Dropout(hp.Float("dropout", 0.1, 0.5)))
    model.add(keras.layers.Dense(10, activation="softmax"))
    rate = hp.Float("lr", 1e-4, 1e-2, sampling="log")
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
tuner = keras_tuner.RandomSearch(
    build, objective="val_accuracy", max_trials=3, directory=sys.argv[1], project_name="digits", seed=3
)
tuner.search(x[:500], y[:500], validation_data=(x[500:800], y[500:800]), epochs=2, verbose=0)
"""


@pytest.fixture(scope="module")
def optuna_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A study as in Optuna's tutorial: define-by-run, a pruner, a failed trial; beside it one of two objectives."""
    url = f"sqlite:///{tmp_path_factory.mktemp('optuna') / 'study.db'}"
    x, y = load_digits(return_X_y=True)
    x = x / 16

    def objective(trial: optuna.Trial) -> float:
        widths = [
            trial.suggest_int(f"n_units_l{i}", 4, 64, log=True) for i in range(trial.suggest_int("n_layers", 1, 3))
        ]
        rate = trial.suggest_float("lr", 1e-4, 1e-1, log=True)
        optimizer = trial.suggest_categorical("optimizer", ["Adam", "SGD"])
        if trial.number == 5:
            raise ValueError("out of memory")
        model = MLPClassifier(tuple(widths), solver=optimizer.lower(), learning_rate_init=rate, random_state=0)
        for epoch in range(EPOCHS):
            model.partial_fit(x[:300], y[:300], classes=range(10))
            trial.report(float(model.score(x[300:600], y[300:600])), epoch)
            if trial.should_prune():
                raise optuna.TrialPruned()
        return float(model.score(x[300:600], y[300:600]))

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(
        storage=url,
        study_name=QUOTED,
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=0),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=8),
    )
    study.optimize(objective, n_trials=TRIALS, catch=ValueError)
    study.enqueue_trial({"lr": 0.01})
    optuna.create_study(storage=url, study_name="two", directions=["maximize", "minimize"])
    return url


@pytest.fixture(scope="module")
def project() -> Path:
    """The JSON of a project that ``KERAS_TUNER`` once made; ``TestKerasTuner`` also makes one, where there is time."""
    return Path(__file__).parent / "written" / "digits"


@pytest.fixture
def copy(project: Path, tmp_path: Path) -> Path:
    """The project, to be damaged."""
    return Path(shutil.copytree(project, tmp_path / "digits"))


def change(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def foreign(direction: Any = "minimize", count: int = 12, **changes: Any) -> ForeignStudy:
    """An imported study whose objective is best at lr = 0.01, the middle of the range, unless it is told otherwise."""
    rates = np.geomspace(1e-4, 1, count)
    trials = tuple(
        ForeignTrial(i, {"lr": float(rate), "units": 8 + 7 * i % 50}, "complete", 2.5 + abs(float(np.log10(rate)) + 2))
        for i, rate in enumerate(rates)
    )
    parameters = (Parameter("lr", "float", 1e-4, 1.0, log=True), Parameter("units", "int", 8, 64))
    values = {"name": "f", "engine": "Optuna", "version": "5", "original": "f", "objective": "loss", "trials": trials}
    return ForeignStudy(**{**values, "direction": direction, "parameters": parameters, **changes})


def stored(study: ForeignStudy) -> ForeignStudy:
    store = open_store("sqlite://", create=True)
    store.keep(study)
    found = store.load(study.name)
    assert isinstance(found, ForeignStudy)
    return found


class TestOptuna:
    def test_what_optuna_recorded_is_what_we_read(self, optuna_url: str) -> None:
        study = read_optuna(optuna_url, QUOTED)
        theirs = optuna.load_study(study_name=QUOTED, storage=optuna_url)
        assert (study.engine, study.version, study.direction) == ("Optuna", optuna.__version__, "maximize")
        assert study.original == QUOTED and study.name == "it-s -digits- DROP TABLE trials"
        words = {"COMPLETE": "complete", "PRUNED": "pruned", "FAIL": "failed", "WAITING": "waiting"}
        for ours, trial in zip(study.trials, theirs.trials, strict=True):
            assert (ours.number, ours.state) == (trial.number, words[trial.state.name])
            assert ours.setting == trial.params and ours.value == trial.value
            assert dict(ours.curve) == trial.intermediate_values
        assert study.best is not None and study.best.number == theirs.best_trial.number
        assert study.count("pruned") and study.count("failed") == 1 and study.count("waiting") == 1
        assert (study.trials[5].reason, study.trials[5].value) == ("no reason recorded", None)

    def test_ranges_and_what_depends_on_what(self, optuna_url: str) -> None:
        found = {p.name: p for p in read_optuna(optuna_url, QUOTED).parameters}
        assert found["lr"] == Parameter("lr", "float", 1e-4, 1e-1, log=True)
        assert found["optimizer"] == Parameter("optimizer", "choice", values=("Adam", "SGD"))
        assert found["n_layers"].condition is None and found["n_units_l0"].condition is None
        assert found["n_units_l1"].condition == ("n_layers", (2, 3))
        assert found["n_units_l2"].condition == ("n_layers", (3,))
        assert list(found).index("n_layers") < list(found).index("n_units_l1")

    def test_a_storage_is_read_and_not_changed(self, optuna_url: str) -> None:
        file = Path(optuna_url.removeprefix("sqlite:///"))
        before = file.read_bytes()
        os.chmod(file, 0o444)
        try:
            assert read_optuna(str(file), QUOTED) == read_optuna(optuna_url, QUOTED)
        finally:
            os.chmod(file, 0o644)
        assert file.read_bytes() == before and [f.name for f in file.parent.iterdir()] == [file.name]

    def test_a_journal_file_is_read_too(self, tmp_path: Path) -> None:
        file = tmp_path / "journal.log"
        storage = optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(str(file)))
        optuna.create_study(storage=storage, study_name="j").optimize(lambda t: t.suggest_float("x", 0, 1), n_trials=2)
        study = read_optuna(str(file), objective="error")
        assert (study.objective, study.direction, len(study.trials)) == ("error", "minimize", 2)

    def test_several_studies_are_listed_and_several_objectives_refused(self, optuna_url: str) -> None:
        with pytest.raises(InputError, match=r"2 studies.*Name one of them") as error:
            read_optuna(optuna_url)
        assert repr(QUOTED) in str(error.value) and "'two'" in str(error.value)
        with pytest.raises(InputError, match="no study 'three'"):
            read_optuna(optuna_url, "three")
        with pytest.raises(InputError, match=r"2 objectives.*single value"):
            read_optuna(optuna_url, "two")

    def test_no_password_is_shown(self) -> None:
        for url in ("nothing://me:secret@host/db", "postgresql+none://me:secret@host/db", "redis://me:secret@host"):
            with pytest.raises(InputError) as error:
                read_optuna(url)
            assert "secret" not in str(error.value) and "\n" not in str(error.value)

    def test_what_is_no_storage_is_one_line(self, tmp_path: Path, optuna_url: str) -> None:
        text, empty, other, ours = (tmp_path / name for name in ("a.txt", "empty.db", "other.db", "ours.db"))
        text.write_text("hello\n")
        empty.touch()
        (tmp_path / "pickle.log").write_bytes(pickle.dumps({"a": 1}) + b"\n")
        (tmp_path / "nested.log").write_text("[" * 200_000 + "\n")
        (tmp_path / "json.log").write_text('{"a": 1}\n')
        with sqlite3.connect(other) as connection:
            connection.execute("CREATE TABLE users (name TEXT)")
        open_store(str(ours), create=True).close()
        newer, unversioned = tmp_path / "newer.db", tmp_path / "unversioned.db"
        for copied, statement in (
            (newer, "UPDATE alembic_version SET version_num = 'v99.0.0'"),
            (unversioned, "DELETE FROM alembic_version"),
        ):
            shutil.copy(optuna_url.removeprefix("sqlite:///"), copied)
            with sqlite3.connect(copied) as connection:
                connection.execute(statement)
        expected = {
            f"sqlite:///{text}": "no SQLite database",
            str(text): "holds no study of Optuna",
            str(empty): "no SQLite database",
            f"sqlite:///{tmp_path / 'missing.db'}": "There is no file",
            str(tmp_path): "There is no file",
            "sqlite://": "the path of a file",
            "://": "no database URL",
            str(tmp_path / "pickle.log"): "cannot be used",
            str(tmp_path / "nested.log"): "cannot be used",
            str(tmp_path / "json.log"): "cannot be used",
            f"sqlite:///{other}": "no database of Optuna: it holds users",
            f"sqlite:///{ours}": "no database of Optuna",
            f"sqlite:///{newer}": "pip install -U optuna",
            f"sqlite:///{unversioned}": "does not say which Optuna wrote it",
        }
        before = {file: file.read_bytes() for file in tmp_path.iterdir()}
        for address, words in expected.items():
            with pytest.raises(InputError, match=words) as error:
                read_optuna(address, QUOTED)
            assert "\n" not in str(error.value)
        assert {file: file.read_bytes() for file in before} == before

    def test_rows_that_optuna_never_wrote_are_one_line(self, tmp_path: Path, optuna_url: str) -> None:
        for i, statement in enumerate(
            [
                "UPDATE trial_params SET distribution_json = '{}'",
                f"UPDATE trial_params SET distribution_json = '{'[' * 50_000}'",
                f"UPDATE trial_params SET distribution_json = '{' ' * 200_000}'",
                "UPDATE trials SET state = 'PICKLED'",
                "UPDATE trial_params SET distribution_json = "
                """'{"name": "os.system", "attributes": {"command": "true"}}'""",
            ]
        ):
            file = Path(shutil.copy(optuna_url.removeprefix("sqlite:///"), tmp_path / f"{i}.db"))
            with sqlite3.connect(file) as connection:
                connection.execute(statement)
            with pytest.raises(InputError) as error:
                read_optuna(str(file), QUOTED)
            assert "\n" not in str(error.value) and len(str(error.value)) < 600


class TestKerasTuner:
    @pytest.mark.parametrize("made", ["once", pytest.param("now", marks=pytest.mark.long)])
    def test_what_keras_tuner_recorded_is_what_we_read(self, project: Path, tmp_path: Path, made: str) -> None:
        if made == "now":
            environment = os.environ | {"CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3"}
            command = [sys.executable, "-c", KERAS_TUNER, str(tmp_path)]
            subprocess.run(command, check=True, env=environment, capture_output=True)
            project = tmp_path / "digits"
        study = read_keras_tuner(project)
        assert (study.engine, study.name, study.objective, study.direction) == (
            "KerasTuner",
            "digits",
            "val_accuracy",
            "maximize",
        )
        assert set(study.also_recorded) == {"accuracy", "loss", "val_loss"}
        for trial in study.trials:
            state = json.loads((project / f"trial_{trial.number}" / "trial.json").read_text())
            assert (trial.state, trial.value, trial.curve) == ("complete", state["score"], ())
            assert trial.setting.items() <= state["hyperparameters"]["values"].items()
        assert len(study.trials) == 3 and study.best is not None

    def test_ranges_and_conditions_are_those_of_the_space(self, project: Path) -> None:
        found = {p.name: p for p in read_keras_tuner(project).parameters}
        assert found["num_layers"] == Parameter("num_layers", "int", 1, 3)
        assert found["units_0"] == Parameter("units_0", "int", 8, 24, condition=("num_layers", (1, 2, 3)))
        assert found["lr"] == Parameter("lr", "float", 1e-4, 1e-2, log=True)
        assert found["regularize"].values == (False, True)
        assert found["activation"].values == ("relu", "tanh") and found["activation"].condition is not None
        for name in {"units_1", "units_2", "dropout"} & set(found):
            assert (
                found[name].condition
                == {
                    "units_1": ("num_layers", (2, 3)),
                    "units_2": ("num_layers", (3,)),
                    "dropout": ("regularize", (True,)),
                }[name]
            )

    def test_reading_loads_neither_keras_tuner_nor_tensorflow(self, project: Path, tmp_path: Path) -> None:
        code = (
            "import sys; from study.foreign import import_keras_tuner; "
            f"import_keras_tuner({str(project)!r}, store={str(tmp_path / 's.db')!r}); "
            "assert not {'keras_tuner', 'keras', 'tensorflow', 'optuna'} & set(sys.modules)"
        )
        subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)

    def test_metrics_of_every_epoch_are_a_curve(self, copy: Path) -> None:
        observations = [{"value": [0.1 * step, 0.1 * step + 0.02], "step": step} for step in (2, 0, 1)]
        metrics = {"metrics": {"val_loss": {"direction": "min", "observations": observations}}}
        for i in range(3):
            change(copy / f"trial_{i}" / "trial.json", metrics=metrics, score=0.01)
        study = read_keras_tuner(copy)
        assert (study.objective, study.direction) == ("val_loss", "minimize")
        assert [step for step, _ in study.trials[0].curve] == [0, 1, 2]
        assert [value for _, value in study.trials[0].curve] == pytest.approx([0.01, 0.11, 0.21])
        assert "3 trials left values" in conclude(stored(study)).sentence

    def test_states_and_reasons(self, copy: Path) -> None:
        message = "Traceback (most recent call last):\n  File ...\nResourceExhaustedError: \x1b[1mOOM\n"
        change(copy / "trial_0" / "trial.json", status="FAILED", score=None, message=message)
        change(copy / "trial_1" / "trial.json", status="RUNNING", score=None)
        change(copy / "trial_2" / "trial.json", score=float("nan"))
        study = read_keras_tuner(copy, objective="val_accuracy")
        assert [(t.state, t.value, t.reason) for t in study.trials] == [
            ("failed", None, "ResourceExhaustedError: [1mOOM"),
            ("running", None, ""),
            ("complete", None, "no score that is a number"),
        ]
        findings = conclude(stored(study))
        trials = verdict_document(findings)["trials"]
        assert (
            trials["planned"] - trials["finished"] - trials["failed"] == 1 and "nothing to compare" in findings.sentence
        )

    def test_what_was_optimized_must_be_told_where_no_metric_has_the_scores(self, copy: Path) -> None:
        change(copy / "trial_1" / "trial.json", score=123.0)
        with pytest.raises(InputError, match=r"--objective.*val_accuracy"):
            read_keras_tuner(copy)
        with pytest.raises(InputError, match=r"no metric of.*Recorded were: "):
            read_keras_tuner(copy, objective="auc")
        assert read_keras_tuner(copy, objective="loss").direction == "minimize"

    @pytest.mark.parametrize(
        ("damage", "expected"),
        [
            (lambda p: (p / "oracle.json").write_bytes(b"[" * 200_000_000), "at most 16 MiB"),
            (lambda p: (p / "oracle.json").write_bytes(b"[" * 1_000_000), "nested too deeply"),
            (lambda p: (p / "oracle.json").write_bytes(b"\xff\xfe{"), "expected JSON"),
            (lambda p: (p / "oracle.json").write_text("[1]"), "expected a JSON object, found list"),
            (lambda p: (p / "oracle.json").write_text('{"a": 1}'), "expected hyperparameters.space"),
            (lambda p: change(p / "oracle.json", hyperparameters={"space": [1]}), "KerasTuner does not write"),
            (lambda p: change(p / "oracle.json", hyperparameters={"space": [{}] * 2000}), "at most 1000"),
            (lambda p: change(p / "oracle.json", hyperparameters={"space": [_int(1, 10**400)]}), "does not write"),
            (lambda p: change(p / "oracle.json", hyperparameters={"space": [_int(1, float("nan"))]}), "does not write"),
            (lambda p: change(p / "oracle.json", hyperparameters={"space": [_int(9, 1)]}), "low <= high"),
            (lambda p: _relink(p / "oracle.json"), "symbolic link"),
            (lambda p: _pipe(p / "oracle.json"), "expected a file"),
            (lambda p: (p / "oracle.json").unlink(), "expected a project of KerasTuner"),
        ],
    )  # fmt: skip
    def test_damage_is_one_line(self, copy: Path, damage: Callable[[Path], Any], expected: str) -> None:
        damage(copy)
        with pytest.raises(InputError, match=expected) as error:
            read_keras_tuner(copy)
        assert "\n" not in str(error.value) and len(str(error.value)) < 600

    @pytest.mark.parametrize(
        ("damage", "expected"),
        [
            (lambda p: (p / "trial_0" / "trial.json").unlink(), "trial_0/trial.json cannot be read: No such file"),
            (lambda p: (p / "trial_0" / "trial.json").write_text('{"trial_id": '), "expected JSON"),
            (lambda p: change(p / "trial_0" / "trial.json", metrics=[]), "expected metrics.metrics"),
            (lambda p: change(p / "trial_0" / "trial.json", metrics={"metrics": {"a": 1}}), "expected observations"),
            (lambda p: _relink(p / "trial_0" / "trial.json"), "symbolic link"),
            (lambda p: _relink(p / "trial_0"), "symbolic link"),
            (lambda p: (p / "trial_0" / "trial.json").write_text(""), "expected JSON"),
            (lambda p: (shutil.rmtree(p / "trial_0"), (p / "trial_0").write_text("note")), "Not a directory"),
        ],
    )
    def test_a_trial_that_a_killed_search_left_broken_is_left_out_and_said(
        self, copy: Path, damage: Callable[[Path], Any], expected: str
    ) -> None:
        whole = read_keras_tuner(copy, objective="val_accuracy")
        lost = json.loads((copy / "trial_0" / "trial.json").read_text())["score"]
        damage(copy)
        study = read_keras_tuner(copy, objective="val_accuracy")
        left = [t.value for t in whole.trials]
        left.remove(lost)  # once: another trial may have scored the same
        assert sorted(t.value for t in study.trials) == sorted(left)
        assert "Left out: 1 of 3 named trial_*." in study.notes[-1] and expected in study.notes[-1]
        assert study.notes[-1] in conclude(stored(study)).sentence

    def test_without_a_trial_that_can_be_read_it_is_one_line(self, copy: Path) -> None:
        for i in range(3):
            (copy / f"trial_{i}" / "trial.json").write_text("")
        with pytest.raises(InputError, match=r"trial_0/trial.json: expected JSON"):
            read_keras_tuner(copy)

    def test_a_copy_of_a_trial_counts_once(self, copy: Path) -> None:
        shutil.copytree(copy / "trial_1", copy / "trial_1 (1)")
        study = read_keras_tuner(copy)
        assert len(study.trials) == 3 and "trial_1 (1): a copy of trial_1." in study.notes[-1]

    def test_trials_of_other_budgets_are_no_equals(self, copy: Path) -> None:
        scores = [trial.value for trial in read_keras_tuner(copy).trials]
        worst = scores.index(min(scores))
        for i in range(3):
            path = copy / f"trial_{i}" / "trial.json"
            hyperparameters = json.loads(path.read_text())["hyperparameters"]
            hyperparameters["values"] |= {"tuner/epochs": 9 if i == worst else 1, "tuner/bracket": 2}
            change(path, hyperparameters=hyperparameters)
        study = stored(read_keras_tuner(copy))
        assert study.best is not None and study.best.number == worst
        assert {budget: len(trials) for budget, trials in study.budgets.items()} == {1: 2, 9: 1}
        assert "(tuner/epochs: 2 of 1 and 1 of 9)" in conclude(study).sentence

    def test_what_is_no_project_is_one_line(self, project: Path, tmp_path: Path) -> None:
        (tmp_path / "package.json").write_text("{}")
        for path, words in (
            (tmp_path, "expected a project of KerasTuner with oracle.json, found none"),
            (project.parent, "It holds the projects digits"),
            (tmp_path / "missing", "cannot be read: No such file"),
            (tmp_path / "package.json", "cannot be read: Not a directory"),
        ):
            with pytest.raises(InputError, match=words):
                read_keras_tuner(path)

    def test_a_directory_of_another_name_becomes_a_name_of_ours(self, copy: Path) -> None:
        moved = copy.rename(copy.with_name("my 'runs'\x1b[0m"))
        assert read_keras_tuner(moved).name == "my -runs-0m"
        with pytest.raises(InputError, match="--name"):
            read_keras_tuner(moved, name="../../etc")


def _int(low: Any, high: Any) -> dict[str, Any]:
    return {"class_name": "Int", "config": {"name": "n", "min_value": low, "max_value": high, "conditions": []}}


def _relink(path: Path) -> None:
    target = path.with_name(f"real-{path.name}")
    path.rename(target)
    path.symlink_to(target)


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


class TestInTheStore:
    def test_every_command_has_something_to_say(self, optuna_url: str, project: Path, tmp_path: Path) -> None:
        place = str(tmp_path / "s.db")
        assert 'study "mine"' in import_optuna(optuna_url, QUOTED, name="mine", objective="accuracy", store=place)
        assert '3 trials in study "digits"' in import_keras_tuner(project, store=place)
        schema = json.loads((ROOT / "docs" / "verdict.schema.json").read_text())
        for name, engine in (("mine", f"Optuna {optuna.__version__}"), ("digits", "KerasTuner")):
            study = load_study(name, place)
            findings = study.verdict()
            assert isinstance(findings, ImportedFindings)
            for words in (engine, "Best", "were not recorded", "nothing can be said about overfitting", "suggest"):
                assert words in findings.sentence
            document = verdict_document(findings)
            jsonschema.validate(json.loads(json.dumps(document, allow_nan=False)), schema)
            assert document["panels"] == [] and document["search"] is None and document["imported"] is not None
            kept = study.stored()
            assert isinstance(kept, ForeignStudy) and trials_text(kept).count("\n") == len(kept.trials)
        rows = {row.name: row for row in study.store.list()}
        assert rows["mine"].imported == f"Optuna {optuna.__version__}" and rows["mine"].failed == 1
        assert rows["digits"].finished == rows["digits"].planned == 3
        assert study.store.delete("mine") == TRIALS + 1
        assert [row.name for row in study.store.list()] == ["digits"]

    def test_a_study_comes_back_as_it_was_read(self, optuna_url: str, project: Path) -> None:
        for study in (read_optuna(optuna_url, QUOTED), read_keras_tuner(project)):
            assert stored(study) == study

    def test_an_imported_study_is_neither_run_nor_exported_nor_imported_twice(self) -> None:
        store = open_store("sqlite://", create=True)
        store.keep(foreign())
        with pytest.raises(StoreError, match=r"imported from Optuna and cannot be run.*--name"):
            store.begin(make_plan(build_spec({"name": "f", "dataset": "digits"}, "test")), "hash", FACTS)
        with pytest.raises(StoreError, match=r"already.*--name"):
            store.keep(foreign())
        with pytest.raises(InputError, match="imported from Optuna"):
            export_optuna(store.load_own("f"), "sqlite://")

    def test_a_study_that_went_on_is_read_again_in_its_place(self) -> None:
        store = open_store("sqlite://", create=True)
        study = foreign()
        store.keep(replace(study, trials=study.trials[:1]))
        store.keep(study, refresh=True)
        assert store.load("f") == study and len(store.list()) == 1

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"engine": "KerasTuner"}, "was read from study"),
            ({"original": "another"}, "was read from study"),
            ({"trials": ()}, "that are not in what was read now"),
        ],
    )
    def test_what_is_there_is_replaced_by_nothing_that_holds_less(self, change: dict[str, Any], words: str) -> None:
        store = open_store("sqlite://", create=True)
        store.keep(foreign())
        with pytest.raises(StoreError, match=words):
            store.keep(replace(foreign(), **change), refresh=True)
        assert store.load("f") == foreign()

    def test_an_older_store_can_take_an_imported_study(self, tmp_path: Path) -> None:
        place = tmp_path / "old.db"
        with sqlite3.connect(place) as connection:
            connection.executescript((Path(__file__).parents[1] / "store" / "version_1.sql").read_text("utf-8"))
        store = open_store(str(place))
        store.keep(foreign())
        assert store.load("f") == foreign()

    def test_a_damaged_row_is_one_line(self, tmp_path: Path) -> None:
        place = tmp_path / "s.db"
        store = open_store(str(place), create=True)
        values = ("value = 'abc'", "value = 9e999", "reason = x'00'", 'setting = \'{"a": {"b": 1}}\'')
        for damage in ("state = 'odd'", "setting = '{'", "curve = x'00'", *values):
            store.keep(foreign())
            with sqlite3.connect(place) as connection:
                connection.execute(f"UPDATE foreign_trials SET {damage}")
            with pytest.raises(StoreError, match=r"'f'.*damaged"):
                store.load("f")
            store.delete("f")


class TestConclusions:
    def test_of_losses_the_smallest_is_best_and_keeps_its_name(self) -> None:
        findings = conclude(stored(foreign(count=60)))
        best = verdict_document(findings)["imported"]["best"]
        assert best["setting"]["lr"] == pytest.approx(0.01, rel=0.6)
        assert "Best loss (minimized): 2." in findings.sentence and "accuracy (" not in findings.sentence
        assert findings.importance[0].parameter == "lr" and findings.importance[0].shown and findings.advice == ()
        assert best["value"] == min(trial.value or 0.0 for trial in findings.study.trials)

    def test_of_scores_the_largest_is_best_and_its_edge_is_named(self) -> None:
        findings = conclude(stored(foreign("maximize")))
        (advice,) = [a for a in findings.advice if "lr" in a.sentence]
        assert advice.kind == "edge" and "lower end of its range (0.0001)" in advice.sentence

    def test_pruned_and_failed_trials_are_never_best(self) -> None:
        trials = (
            ForeignTrial(0, {"lr": 0.1, "units": 9}, "pruned", 0.0, "pruned after step 0", ((0, 0.0),)),
            ForeignTrial(1, {"lr": 0.1, "units": 9}, "failed", None, "boom"),
            ForeignTrial(2, {"lr": 0.1, "units": 30}, "complete", 3.0, curve=((0, 5.0), (1, 4.0), (2, 3.0))),
            ForeignTrial(3, {}, "running", None),
        )
        findings = conclude(stored(foreign(trials=trials)))
        document = verdict_document(findings)
        assert document["imported"]["best"] == {"number": 2, "setting": {"lr": 0.1, "units": 30}, "value": 3.0}
        assert {advice.kind for advice in findings.advice} == {"infeasible", "still improving"}
        assert document["trials"] == {"planned": 4, "finished": 2, "failed": 1}

    def test_a_study_without_trials_says_so(self) -> None:
        assert "0 trials. None of them" in conclude(stored(foreign(trials=()))).sentence


class TestSuggestions:
    def test_the_tutorials_study_becomes_an_isolation_of_depth(self, optuna_url: str) -> None:
        text = suggestion_from_imported(read_optuna(optuna_url, QUOTED, name="mine"))
        spec = build_spec(tomllib.loads(text), "test")
        assert spec.scientific == {"depth": [1, 2, 3]} and spec.network.profile == "free" and spec.name == "mine-2"
        assert set(spec.nuisance) == {"width", "learning_rate", "optimizer"}
        assert spec.nuisance["optimizer"].values == ["adam", "sgd"] and spec.nuisance["learning_rate"].log
        assert "# depth is n_layers" in text and "data were not recorded" in text

    def test_keras_tuners_study_too_and_what_has_no_counterpart_is_said(self, project: Path) -> None:
        text = suggestion_from_imported(read_keras_tuner(project))
        spec = build_spec(tomllib.loads(text), "test")
        assert spec.scientific == {"depth": [1, 2, 3]} and {"width", "learning_rate"} <= set(spec.nuisance)
        assert "# regularize has no counterpart here." in text

    def test_what_cannot_be_taken_over_is_a_comment(self) -> None:
        parameters = (
            Parameter("depth", "int", 0, 1000),
            Parameter("optimizer", "choice", values=("lion", "ftrl")),
            Parameter("batch_size", "choice", values=("32", "64")),
            Parameter("dropout", "float", 0.0, 1.0),
            Parameter("lr", "float", 0.1, 0.1),
            Parameter("x\ny", "float", 0.0, 1.0),
        )
        text = suggestion_from_imported(foreign(parameters=parameters, trials=()))
        spec = build_spec(tomllib.loads(text), "test")
        assert len(spec.scientific["depth"]) <= 8 and max(spec.scientific["depth"]) == 200
        assert set(spec.nuisance) == {"dropout", "learning_rate"} and spec.nuisance["dropout"].high == 0.9
        assert text.count("could not be taken over") == 2 and "x y has no counterpart" in text

    def test_without_a_depth_the_usual_depths_are_asked(self) -> None:
        text = suggestion_from_imported(foreign())
        assert build_spec(tomllib.loads(text), "test").scientific == {"depth": [1, 2, 3, 4, 6, 8]}
        assert "Depth was not tuned" in text

    @pytest.mark.parametrize(
        ("name", "whole", "layer"),
        [
            ("n_layers", "depth", None),
            ("LR", "learning_rate", None),
            ("n_units_l0", None, "width"),
            ("units_12", None, "width"),
            ("dropout_l1", None, "dropout"),
            ("l2", "l2", None),
            ("conv1", None, None),
            ("weight_decay", None, None),
        ],
    )
    def test_names(self, name: str, whole: str | None, layer: str | None) -> None:
        assert (hyperparameter(name), of_a_layer(name)) == (whole, layer)


class TestExport:
    def test_a_searched_study_becomes_two_of_optuna(self, tmp_path: Path) -> None:
        spec = isolation()
        study = run(spec, new_store(spec))
        url = f"sqlite:///{tmp_path / 'deep' / 'o.db'}"
        assert export_optuna(study, url) == export_optuna(study, url)  # the same once more changes nothing
        searched = optuna.load_study(study_name="s", storage=url)
        assert len(searched.trials) == len(study.proposals) == 18
        assert searched.metric_names == ["validation accuracy"]
        told = {(p.cell, p.number): p for p in study.proposals}
        for trial in searched.trials:
            proposal = told[trial.user_attrs["cell"], trial.user_attrs["proposal"]]
            depth = {"depth": int(proposal.cell.removeprefix("depth "))}
            assert trial.params == {**(proposal.setting or {}), **depth} and trial.value == proposal.value
        best = max(p.value for p in study.proposals if p.value is not None)
        assert searched.best_value == best and set(searched.best_trial.intermediate_values) == {1, 2, 3}
        assert optuna.importance.get_param_importances(searched)
        reported = optuna.load_study(study_name="s-replicates", storage=url)
        assert len(reported.trials) == (3 + 1) * 2
        (panel,) = conclude(study).panels
        for point in panel.points:
            own = [t for t in reported.trials if t.params.get("depth") == point.value]
            assert [t.value for t in own] == list(point.accuracy[:, 1])
            assert [t.user_attrs["test accuracy"] for t in own] == list(point.accuracy[:, 2])
            assert [t.user_attrs["replicate"] for t in own] == [0, 1]
        assert [t.user_attrs["architecture"] for t in reported.trials if "baseline" in t.user_attrs] == ["16-8", "16-8"]

    def test_a_sweep_becomes_one_and_failed_trials_stay_failed(self, tmp_path: Path) -> None:
        space = {"depth": {"values": [1, 2]}, "samples": {"values": ["all", 100]}}
        spec = isolation(space=space, search=None, confirm=None, replicates=2, baseline=None, reading="last")

        def sometimes(trial: Trial) -> Result:
            if trial.configuration.network.depth == 2 and trial.replicate == 1:
                return Result(trial, "failed", EMPTY, reason="worker process died")
            result = train(trial)
            table = result.trajectory["accuracy"].copy()
            table[1] = np.nan
            return retold(result, accuracy=table)

        study = run(spec, new_store(spec), sometimes)
        url = f"sqlite:///{tmp_path / 'o.db'}"
        assert export_optuna(study, url) == "8 trials in study 's' of Optuna" == export_optuna(study, url)
        trials = optuna.load_study(study_name="s", storage=url).trials
        assert {(t.params["depth"], t.params["samples"]) for t in trials} == {
            (1, "all"),
            (1, 100),
            (2, "all"),
            (2, 100),
        }
        failed = [t for t in trials if t.state.name == "FAIL"]
        assert [t.user_attrs["reason"] for t in failed] == ["worker process died"] * 2
        assert all(np.isnan(t.intermediate_values[2]) for t in trials if t.state.name == "COMPLETE")

    def test_what_a_pruner_of_ours_ended_is_pruned_there(self, tmp_path: Path) -> None:
        spec = isolation(space={"width": {"role": "nuisance", "low": 8, "high": 64}}, search={"trials": 4})

        def ended(trial: Trial) -> Result:
            result = train(trial)
            t = result.trajectory
            if trial.replicate != SEARCH_REPLICATE or trial.configuration.network.hidden[0] % 2:
                return result
            cut = t.until(1)
            return replace(result, trajectory=cut)

        study = run(spec, new_store(spec), ended)
        export_optuna(study, f"sqlite:///{tmp_path / 'o.db'}")
        back = read_optuna(f"sqlite:///{tmp_path / 'o.db'}", "s")
        assert {t.state for t in back.trials if int(t.setting["width"]) % 2 == 0} == {"pruned"}
        assert {t.state for t in back.trials if int(t.setting["width"]) % 2} == {"complete"}

    def test_what_is_there_is_never_touched(self, tmp_path: Path) -> None:
        spec = isolation()
        store = new_store(spec)
        study = run(spec, store)
        url = f"sqlite:///{tmp_path / 'o.db'}"
        optuna.create_study(storage=url, study_name="s-replicates")
        with pytest.raises(InputError, match=r"study 's-replicates' with other trials already.*--optuna"):
            export_optuna(study, url)
        assert optuna.get_all_study_names(url) == ["s-replicates"]
        ours = tmp_path / "ours.db"
        open_store(str(ours), create=True).close()
        before = ours.read_bytes()
        with pytest.raises(InputError, match="database of another program: it holds depthgauge_version"):
            export_optuna(study, f"sqlite:///{ours}")
        assert ours.read_bytes() == before
        (tmp_path / "text").write_text("text")
        for address in (str(tmp_path / "text"), f"sqlite:///{tmp_path / 'text'}", "sqlite:////proc/nowhere/o.db"):
            with pytest.raises(InputError) as error:
                export_optuna(study, address)
            assert "\n" not in str(error.value)

    def test_our_own_export_can_be_imported(self, tmp_path: Path) -> None:
        spec = isolation()
        study = run(spec, new_store(spec))
        url = f"sqlite:///{tmp_path / 'o.db'}"
        export_optuna(study, url)
        back = read_optuna(url, "s")
        assert back.objective == "validation accuracy" and len(back.trials) == 18
        assert sorted(t.value or 0 for t in back.trials) == sorted(p.value or 0 for p in study.proposals)
        assert all(len(trial.curve) == 3 for trial in back.trials)


class TestDashboard:
    def test_it_serves_the_study_until_it_is_interrupted(self, tmp_path: Path) -> None:
        pytest.importorskip("optuna_dashboard")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        code = (
            "from tests.search.test_search import isolation, new_store, run\n"
            "from study.foreign import dashboard\n"
            "spec = isolation()\n"
            f"dashboard(run(spec, new_store(spec)), port={port})"
        )
        environment = os.environ | {"TMPDIR": str(tmp_path)}
        server = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 60
            while True:
                try:
                    url = f"http://127.0.0.1:{port}/api/studies"
                    with urllib.request.urlopen(url, timeout=5) as response:
                        served = json.load(response)
                    break
                except OSError:
                    assert server.poll() is None and time.monotonic() < deadline
                    time.sleep(0.2)
            assert {study["study_name"] for study in served["study_summaries"]} == {"s", "s-replicates"}
        finally:
            deadline = time.monotonic() + 60
            while server.poll() is None and time.monotonic() < deadline:  # as one who presses Ctrl-C again
                server.send_signal(2)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    server.wait(timeout=10)
            assert server.poll() is not None
        assert list(tmp_path.glob("depthgauge-*")) == []

    def test_without_the_package_or_the_port_it_is_one_line(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from study.foreign import dashboard

        spec = isolation(space={"depth": {"values": [1]}}, search=None, confirm=None, baseline=None)
        study = run(spec, new_store(spec))
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            with pytest.raises(InputError, match=r"in use.*--port"):
                dashboard(study, port=taken.getsockname()[1])
        monkeypatch.setitem(sys.modules, "optuna_dashboard", None)
        with pytest.raises(InputError, match=r"pip install 'depthgauge\[dashboard\]'"):
            dashboard(study)


@pytest.mark.parametrize(
    ("asked", "original", "expected"),
    [
        (None, "../../etc/passwd", "etc-passwd"),
        (None, "—", "imported"),
        (None, "a" * 999, "a" * 80),
        ("b c", "a", "b c"),
    ],
)
def test_names_of_the_store(asked: str | None, original: str, expected: str) -> None:
    assert store_name(asked, original) == expected


def test_foreign_text_is_one_short_line() -> None:
    assert clean("a\n\x1b[31mb\u202e" + "c" * 1000) == "a [31mb " + "c" * 191 + "…"


def test_an_imported_study_has_a_page_of_its_own_that_claims_nothing_unknown() -> None:
    study = foreign()
    html = render(conclude_imported(study), None)
    assert "All trials, as they were read" in html and study.objective in html
    for wrong in ("<dt>Samples</dt>", "No trial has finished", "Nothing has been measured", "Planned replicates"):
        assert wrong not in html
