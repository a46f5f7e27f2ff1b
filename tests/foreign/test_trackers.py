"""TensorBoard and MLflow: written by their own clients and read here, written here and read by their own clients."""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from depthgauge import load_study
from study.analysis.imported_findings import conclude_imported
from study.analysis.onset.find import find_onset
from study.errors import InputError
from study.foreign.mlflow_places import find_place, writing
from study.foreign.mlflow_reader import read_mlflow
from study.foreign.run_columns import RunColumns
from study.foreign.runs_reader import read_runs
from study.records.imported import ForeignStudy
from tests.foreign.test_runs import LAYERS, SEEDS, rows
from tests.test_cli import depthgauge, with_study  # noqa: F401

COLUMNS = RunColumns(axis="layers", replicate="seed", train="train_acc", test="test_acc", chance=0.1)
OWN = RunColumns(
    axis="depth",
    replicate="replicate",
    train="train_accuracy",
    validation="validation_accuracy",
    test="test_accuracy",
    chance=0.1,
)
needs_mlflow = pytest.mark.skipif(importlib.util.find_spec("mlflow") is None, reason="mlflow is not installed")


def log_runs(address: str) -> None:
    """The runs of the table, as a script logs them with MLflow's client: parameters, and metrics by step."""
    from mlflow.entities import Metric, Param

    with writing(find_place(address)) as client:
        experiment = client.create_experiment("digits")
        for row in rows():
            run = client.create_run(experiment).info.run_id
            params = [Param("layers", str(row["layers"])), Param("seed", str(row["seed"]))]
            metrics = [
                Metric(name, row[name] - 0.1 * (1 - step), 1, step)
                for name in ("train_acc", "test_acc")
                for step in (0, 1)
            ]
            client.log_batch(run, params=params, metrics=metrics)
            client.set_terminated(run)


def expected() -> Any:
    train, test = (np.array([row[name] for row in rows()]).reshape(-1, SEEDS).T for name in ("train_acc", "test_acc"))
    return find_onset(LAYERS, train, test, chance=0.1)


def own_verdict(folder: Path) -> Any:
    """The verdict of the scripted study without its answers to single items, which no tracker carries."""
    (panel,) = load_study("deep", str(folder / "depthgauge" / "studies.db")).verdict().panels  # type: ignore[union-attr]
    accuracy = np.stack([point.accuracy for point in panel.points], axis=1)
    return find_onset([1, 2, 3, 4], accuracy[:, :, 0], accuracy[:, :, 2], chance=0.1)


def said(study: ForeignStudy) -> Any:
    (panel,) = conclude_imported(study).panels
    assert panel.verdict is not None
    return said_of(panel.verdict)


def said_of(verdict: Any) -> Any:
    """All that a verdict says but its last digits: event files keep single precision, and sums have an order."""
    drop = None if verdict.test_drop is None else round(verdict.test_drop, 5)
    return replace(
        verdict,
        test_drop=drop,
        test_drop_interval=verdict.test_drop_interval and tuple(round(one, 5) for one in verdict.test_drop_interval),
        train_drop=verdict.train_drop and round(verdict.train_drop, 5),
        train_accuracy=verdict.train_accuracy and round(verdict.train_accuracy, 5),
        largest_drop_upper_bound=verdict.largest_drop_upper_bound and round(verdict.largest_drop_upper_bound, 5),
    )


def files(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(file.relative_to(folder)): (file.stat().st_mtime_ns, file.read_bytes())
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


@needs_mlflow
@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_mlflow_wrote_has_the_verdict_of_the_table_and_stays_as_it_was(kind: str, tmp_path: Path) -> None:
    place = tmp_path / "there" / ("mlflow.db" if kind == "file" else "mlruns")
    place.parent.mkdir()
    if kind == "folder":
        place.mkdir()
    log_runs(str(place))
    before = files(place.parent)
    study = read_mlflow(str(place), None, COLUMNS)
    assert conclude_imported(study).panels[0].verdict == expected()
    assert (study.engine, study.original) == ("MLflow", "digits")
    best = read_mlflow(str(place), "digits", replace(COLUMNS, reading="tail"))
    assert len(best.trials[0].curve) == 2
    assert files(place.parent) == before


@needs_mlflow
def test_places_of_mlflow_that_are_none_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("no database")
    (tmp_path / "folder").mkdir()
    options = ["--axis", "layers", "--test", "test_acc"]
    for address in ("none.db", "notes.db", "folder", "ftp://host/x", "http://"):
        done = depthgauge("import", "mlflow", address, *options, cwd=tmp_path)
        assert done.returncode == 2 and done.stderr.count("\n") == 1 and "Expected a folder of MLflow" in done.stderr
    assert not (tmp_path / "none.db").exists() and not any((tmp_path / "folder").iterdir())


@needs_mlflow
def test_a_server_that_does_not_answer_is_one_line_without_its_password(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://me:secret@127.0.0.1:{taken.getsockname()[1]}"
    done = depthgauge("import", "mlflow", address, "--test", "test_acc", cwd=tmp_path)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "secret" not in done.stderr


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """MLflow's own server on loopback, where the whole of MLflow is installed."""
    python = os.environ.get("DEPTHGAUGE_MLFLOW_PYTHON", sys.executable)
    if subprocess.run([python, "-c", "import mlflow, flask"], capture_output=True).returncode:
        pytest.skip("the server needs the whole of mlflow; DEPTHGAUGE_MLFLOW_PYTHON names a Python that has it")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [python, "-m", "mlflow", "server", "--backend-store-uri", f"sqlite:///{tmp_path / 'server.db'}"]
    command += ["--artifacts-destination", str(tmp_path), "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1)
                break
            except OSError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, 15)
        process.wait()


@needs_mlflow
def test_a_server_is_read_and_written(server: str, with_study: Path) -> None:  # noqa: F811
    log_runs(server)
    assert conclude_imported(read_mlflow(server, "digits", COLUMNS)).panels[0].verdict == expected()
    assert depthgauge("export", "deep", "--mlflow", server, cwd=with_study).returncode == 0
    assert said(read_mlflow(server, "deep", OWN)) == said_of(own_verdict(with_study))


@needs_mlflow
def test_a_study_in_mlflow_comes_back_with_its_verdict_and_its_means_can_be_plotted(with_study: Path) -> None:  # noqa: F811
    done = depthgauge("export", "deep", "--mlflow", "ml.db", cwd=with_study)
    assert done.returncode == 0 and "16 runs" in done.stdout, done.stderr
    study = read_mlflow(str(with_study / "ml.db"), "deep", OWN)
    assert len(study.trials) == 16 and said(study) == said_of(own_verdict(with_study))
    assert "16 runs" in depthgauge("export", "deep", "--mlflow", "ml.db", cwd=with_study).stdout
    with writing(find_place(str(with_study / "ml.db"))) as client:
        experiment = client.get_experiment_by_name("deep").experiment_id
        runs = client.search_runs([experiment])
        means = [run for run in runs if "depthgauge.aggregate" in run.data.tags]
        assert len(runs) == 20 and len(means) == 4
        assert {f"test_accuracy/{part}" for part in ("mean", "low", "high", "n")} <= set(means[0].data.metrics)
        client.create_run(experiment)
    other = depthgauge("export", "deep", "--mlflow", "ml.db", cwd=with_study)
    assert other.returncode == 2 and "other runs already" in other.stderr


def test_a_study_in_tensorboard_comes_back_with_its_verdict(with_study: Path) -> None:  # noqa: F811
    done = depthgauge("export", "deep", "--tensorboard", "logs", cwd=with_study)
    assert done.returncode == 0 and "16 runs" in done.stdout
    assert said(read_runs(with_study / "logs", OWN)) == said_of(own_verdict(with_study))
    before = files(with_study / "logs")
    assert depthgauge("export", "deep", "--tensorboard", "logs", cwd=with_study).returncode == 0
    assert files(with_study / "logs") == before
    next((with_study / "logs").rglob("events*")).write_bytes(b"mine")
    other = depthgauge("export", "deep", "--tensorboard", "logs", cwd=with_study)
    assert other.returncode == 2 and "not overwritten" in other.stderr


def test_tensorboard_s_own_reader_finds_curves_means_and_hparams(with_study: Path) -> None:  # noqa: F811
    depthgauge("export", "deep", "--tensorboard", "logs", cwd=with_study)
    code = """
import sys
from tensorboard.backend.event_processing.event_multiplexer import EventMultiplexer
from tensorboard.plugins.hparams import plugin_data_pb2
readers = EventMultiplexer().AddRunsFromDirectory(sys.argv[1])
readers.Reload()
runs = readers.Runs()
trials = [name for name in runs if "/means/" not in name]
means = [name for name in runs if "/means/" in name]
assert (len(trials), len(means)) == (16, 1), runs.keys()
assert [event.step for event in readers.Scalars(means[0], "test_accuracy/mean")] == [1, 2, 3, 4]
content = readers.SummaryMetadata(trials[0], "_hparams_/session_start_info").plugin_data.content
settings = plugin_data_pb2.HParamsPluginData.FromString(content).session_start_info.hparams
assert settings["depth"].number_value in (1, 2, 3, 4) and settings["optimizer"].string_value == "adam"
assert len(readers.Scalars(trials[0], "validation_cross_entropy")) > 1
"""
    done = subprocess.run([sys.executable, "-c", code, str(with_study / "logs")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


def test_without_mlflow_the_command_to_install_it_is_one_line(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['mlflow'] = None; sys.argv = ['depthgauge', 'import', 'mlflow', 'http://127.0.0.1:1', "
        "'--test', 'acc']; import cli; cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2 and "pip install 'depthgauge[mlflow]'" in done.stderr and done.stderr.count("\n") == 1


def test_an_export_of_weights_and_biases_is_a_table_whose_unfinished_runs_take_no_part(tmp_path: Path) -> None:
    exported = [
        {
            "name": f"run-{i}",
            "state": "finished" if i else "crashed",
            "config": {"layers": row["layers"], "seed": row["seed"]},
            "summary": {"train_acc": row["train_acc"], "test_acc": row["test_acc"], "_runtime": 3.0},
        }
        for i, row in enumerate(rows())
    ]
    (tmp_path / "wandb.json").write_text(json.dumps(exported), "utf-8")
    columns = RunColumns(
        axis="config/layers",
        replicate="config/seed",
        train="summary/train_acc",
        test="summary/test_acc",
        chance=0.1,
    )
    study = read_runs(tmp_path / "wandb.json", columns)
    assert study.count("failed") == 1 and study.count("complete") == len(LAYERS) * SEEDS - 1
    (panel,) = conclude_imported(study).panels
    assert panel.verdict is not None and panel.verdict.kind == "overfitting"


def test_errors_of_columns_name_what_a_folder_of_tensorboard_has(with_study: Path) -> None:  # noqa: F811
    depthgauge("export", "deep", "--tensorboard", "logs", cwd=with_study)
    with pytest.raises(InputError, match="expected a column, found run, activation, architecture"):
        read_runs(with_study / "logs", RunColumns(axis="layers", test="test_accuracy"))
