"""Contenders (e) and (f): depthgauge from its command line, with nothing compiled before, on all cores."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.rivals.job import BATCH, LEARNING_RATE, ROOT, SEED, SETTINGS, VALIDATION, TrialTime
from study.design.spec import Arm, StudySpec
from study.records.trials import Configuration
from study.store import open_store


def spec(engine: str, samples: int, epochs: int, replicates: int) -> StudySpec:
    """A study of ``replicates`` trials of each setting."""
    network: dict[str, Any] = {
        "samples": samples,
        "epochs": epochs,
        "batch_size": BATCH,
        "learning_rate": LEARNING_RATE,
    }
    arms = tuple(
        Arm(name=name, network={"hidden": s.hidden, "dropout": s.dropout, "l2": s.l2}) for name, s in SETTINGS.items()
    )
    return StudySpec(
        name="benchmark",
        engine=engine,
        seed=SEED,
        validation=VALIDATION,
        replicates=replicates,
        network=network,
        arms=arms,
    )


def measure(engine: str, samples: int, epochs: int, replicates: int) -> tuple[float, list[TrialTime]]:
    """Wall seconds of the whole command, start-up, compiling, store and report included, and of each trial.

    A trial's seconds are those of one single-threaded worker while the others are at work too.
    """
    with tempfile.TemporaryDirectory() as folder:
        file, store = Path(folder) / "benchmark.toml", Path(folder) / "studies.db"
        file.write_text(spec(engine, samples, epochs, replicates).to_toml())
        command = [sys.executable, "cli.py", "run", str(file), "--store", str(store)]
        command += ["--output", str(Path(folder) / "report.html")]
        environment = {**os.environ, "DEPTHGAUGE_CACHE": str(Path(folder) / "cache")}
        started = time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        wall = time.perf_counter() - started
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
        results = open_store(str(store)).load_own("benchmark").results.values()
    return wall, [
        TrialTime(
            _setting(result.trial.configuration),
            samples,
            result.compile_seconds + result.train_seconds,
            result.trajectory.seconds.tolist(),
        )
        for result in results
    ]


def _setting(configuration: Configuration) -> str:
    """The name of the setting that a configuration stands for."""
    for name, setting in SETTINGS.items():
        stack = replace(configuration.dense, hidden=setting.hidden, dropout=setting.dropout, l2=setting.l2)
        same = replace(configuration, network=stack)
        if same == configuration:
            return name
    raise ValueError(f"no setting has the configuration {configuration}")
