"""Nothing that lies in the folder the command is started in is ever run: not by it, not by its workers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import cli
from tests.across.test_end_to_end import recorded

ROOT = Path(cli.__file__).parent
COMMAND = Path(sys.executable).with_name("depthgauge")
NAMES = (
    "_json", "alembic", "argparse", "csv", "dataclasses", "ipaddress", "json", "keras", "keras_tuner", "logging",
    "numpy", "optuna", "pandas", "pebble", "pickle", "pydantic", "random", "ray", "reports", "rich", "runpy", "scipy",
    "sklearn", "sqlalchemy", "sqlite3", "ssl", "study", "tensorflow", "tomllib", "typer",
    "uuid",
)  # fmt: skip
STUDY = """
name = "one"
dataset = "digits"
replicates = 2
[network]
width = 32
samples = 200
epochs = 30
[space.depth]
values = [1, 2]
"""


@pytest.fixture(scope="module")
def trapped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose every module would leave a mark, and break what imports it."""
    folder = tmp_path_factory.mktemp("trapped")
    for name in NAMES:
        (folder / f"{name}.py").write_text(f"open({str(folder / 'ran')!r}, 'a').write({name!r})\nraise SystemError\n")
    (folder / "one.toml").write_text(STUDY)
    return folder


def started(folder: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, cwd=folder, env=os.environ | variables, capture_output=True, text=True, timeout=300)
    assert not (folder / "ran").exists(), f"{(folder / 'ran').read_text()} ran\n{done.stderr}"
    return done


@pytest.mark.parametrize(
    "way", ["forkserver", pytest.param("spawn", marks=pytest.mark.long), pytest.param("ray", marks=pytest.mark.long)]
)
def test_nothing_beside_the_data_is_run_by_a_study_its_pick_or_a_prediction(trapped: Path, way: str) -> None:
    if way == "ray":
        pytest.importorskip("ray", reason="the extra ray is not installed")
    executor, method = ("ray", "forkserver") if way == "ray" else ("local", way)
    store = f"{way}.db"
    run = started(
        trapped, str(COMMAND), "run", "one.toml", "--store", store, "--workers", "1", "--executor", executor,
        DEPTHGAUGE_START_METHOD=method,
    )  # fmt: skip
    assert run.returncode == 0 and "0 failed" in run.stderr, run.stderr
    if way != "ray":  # those start as the workers of a study on this machine
        made = started(
            trapped, str(COMMAND), "pick", "one", "--store", store, "--output", f"pick-{way}",
            DEPTHGAUGE_START_METHOD=method,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
    if way == "spawn":
        np.savez(trapped / "items.npz", x=np.zeros((2, 8, 8)))
        told = started(trapped, str(COMMAND), "predict", f"pick-{way}", "items.npz")
        assert told.returncode == 0, told.stderr


@pytest.mark.long
def test_what_keras_was_told_elsewhere_changes_no_trial(tmp_path: Path) -> None:
    """``~/.keras/keras.json`` is read by every program that imports Keras."""
    (tmp_path / "home").mkdir()
    settings = {"floatx": "float16", "epsilon": 0.5, "backend": "jax", "image_data_format": "channels_first"}
    (tmp_path / "home" / "keras.json").write_text(json.dumps(settings))
    (tmp_path / "one.toml").write_text(STUDY)
    stores = []
    for name, variables in (("plain", {}), ("told", {"KERAS_HOME": str(tmp_path / "home")})):
        done = started(
            tmp_path, str(COMMAND), "run", "one.toml", "--store", f"{name}.db", "--workers", "1", **variables
        )
        assert done.returncode == 0 and "0 failed" in done.stderr, done.stderr
        stores.append(recorded(tmp_path / f"{name}.db"))
    assert stores[0] == stores[1]


def test_the_path_of_python_itself_may_name_the_folder(trapped: Path, tmp_path: Path) -> None:
    for name in set(NAMES) - sys.stdlib_module_names:  # Python reads its own modules there before we can say a word
        (tmp_path / f"{name}.py").write_bytes((trapped / f"{name}.py").read_bytes())
    named = started(tmp_path, str(COMMAND), "presets", PYTHONPATH=os.pathsep.join([".", str(tmp_path)]))
    assert not (trapped / "ran").exists()

    assert named.returncode == 0, named.stderr


def test_the_module_started_by_its_name_imports_nothing_from_the_folder_either(trapped: Path) -> None:
    module = started(trapped, sys.executable, "-m", "cli", "--version", PYTHONPATH=str(ROOT))
    assert module.returncode == 0 and module.stdout.startswith("depthgauge "), module.stderr
