"""Studies of the user's own data through the command: a table with mixed columns, a folder of images.

The command runs in this process, its workers in their own: to start Python costs two seconds a command, and what a
process of its own is needed for stands in ``test_end_to_end.py`` and ``test_starting_folder.py``.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_breast_cancer, load_digits

from depthgauge import load_study
from tests.conftest import ENGINE
from tests.test_cli import depthgauge

STUDY = f"""
name = "own"
engine = "{ENGINE}"
replicates = 2
[network]
width = 16
samples = 150
epochs = 20
[space.depth]
values = [1, 2]
"""
CANCER = ("--data", "cancer.csv", "--target", "target")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "study.toml").write_text(STUDY)
    rng = np.random.default_rng(0)
    frame = load_breast_cancer(as_frame=True).frame
    frame["target"] = np.where(frame["target"] == 1, "benign", "malignant")
    frame["size"] = np.where(frame["mean area"] > 700, "large", "small")
    frame["size"] = frame["size"].where(rng.random(len(frame)) > 0.05)
    frame["mean radius"] = frame["mean radius"].where(rng.random(len(frame)) > 0.1)
    frame.to_csv(tmp_path / "cancer.csv", index=False)
    images, labels = load_digits(return_X_y=True)
    for place, (image, label) in enumerate(zip(images[:600], labels[:600], strict=True)):
        path = tmp_path / "digits" / f"digit {label}" / f"{place}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray((image * 15.9).reshape(8, 8).astype(np.uint8)).save(path)
    return tmp_path


def test_a_table_is_studied_and_the_study_goes_on_from_wherever_it_lies(folder: Path) -> None:
    done = depthgauge("run", "study.toml", *CANCER, "--workers", "1", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "Missing values: 'mean radius'" in done.stdout
    document = json.loads((folder / "depthgauge" / "own" / "verdict.json").read_text())
    assert document["dataset"]["name"] == "cancer.csv" and "Missing values" in document["dataset"]["notes"][0]
    (panel,) = document["panels"]
    assert all(point["test"]["mean"] > 0.9 for point in panel["points"])
    report = (folder / "depthgauge" / "own" / "report.html").read_text("utf-8")
    assert "What was found in the data" in report and "&#39;mean radius&#39;" in report
    study = load_study("own", str(folder / "depthgauge" / "studies.db"))
    assert study.stored().facts.command == "depthgauge run study.toml --data cancer.csv --target target"

    moved = ["--data", str(folder / "cancer.csv"), "--target", "target"]
    again = depthgauge("run", "study.toml", *moved, "--workers", "1", cwd=folder)
    assert again.returncode == 0 and "10 of them already in the store" in again.stderr
    changed = (folder / "cancer.csv").read_text().replace("benign", "malignant", 1)
    (folder / "cancer.csv").write_text(changed)
    refused = depthgauge("run", "study.toml", *moved, cwd=folder)
    assert refused.returncode == 2 and "have changed since it was begun" in refused.stderr
    less = depthgauge("run", "study.toml", *moved, "--set", 'data.drop=["size"]', cwd=folder)
    assert less.returncode == 2 and "drop = (), and ('size',) would not continue it" in less.stderr


def test_a_preset_on_a_folder_of_images_is_a_study_of_its_own(folder: Path) -> None:
    settings = ["--set", "replicates=1", "--set", "network.epochs=20", "--workers", "1", "--no-reference"]
    done = depthgauge("run", "baseline", "--data", "digits", *settings, cwd=folder)
    assert done.returncode == 0, done.stderr
    document = json.loads((folder / "depthgauge" / "baseline-digits" / "verdict.json").read_text())
    assert document["dataset"] == document["dataset"] | {"train": 432, "validation": 48, "test": 120}
    assert document["panels"][0]["points"][0]["test"]["mean"] > 0.85


def test_a_preset_that_wants_more_rows_than_there_are_says_how_to_run_it(folder: Path) -> None:
    done = depthgauge("run", "search", *CANCER, cwd=folder)
    assert done.returncode == 2
    assert "samples = 5000" in done.stderr and "--set network.samples=all" in done.stderr
    done = depthgauge("run", "depth", *CANCER, "--set", "validation=0.5", cwd=folder)
    assert done.returncode == 2 and "--set 'arms=[]'" in done.stderr
