"""One small real study of the digits and its pick, for the tests of final networks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from depthgauge import Study
from study.data.loading import load_dataset
from study.final.final_network import FinalNetwork

SMALL = {
    "name": "small",
    "dataset": "digits",
    "replicates": 3,
    "margin": 0.02,
    "network": {"width": 32, "epochs": 12},
    "space": {"depth": {"values": [1, 2]}},
}


def run_and_pick(folder: Path, spec: dict, **options: object) -> tuple[Study, FinalNetwork]:
    """Run a study with its store in ``folder`` and pick from it into ``folder/pick``."""
    study = Study.define(spec, store=str(folder / "studies.db")).run(workers=2)
    return study, study.pick(output=folder / "pick", **options)  # type: ignore[arg-type]


def digits_test() -> tuple[np.ndarray, np.ndarray]:
    """The digits' test set as it is given: images (360, 8, 8) of 0 to 16, and labels."""
    dataset = load_dataset("digits")
    return dataset.x[dataset.training :].reshape(-1, 8, 8), dataset.y[dataset.training :]


def plain_python(code: str, *arguments: str, cwd: Path) -> str:
    """Run code that must not need depthgauge, in a fresh process, and return what it printed."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, *(["-c", code] if code else []), *arguments],
        cwd=cwd,
        env=environment | {"CUDA_VISIBLE_DEVICES": "-1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout
