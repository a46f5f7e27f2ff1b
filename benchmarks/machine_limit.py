"""How near one core gets to its limit, and what a trial costs before its first epoch: two probes in child processes.

Both run this file as a program with the threads and flags of a worker. Work of a single thread is timed in processor
seconds, which other programs on the machine disturb less than wall seconds.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from study.records.trials import Configuration, Trial  # noqa: E402
from study.run.executors import worker  # noqa: E402

BASELINE = Configuration.stack((128, 64), epochs=1)
MATRIX = 2048
ROUNDS = 5


def step_operations(inputs: int = 784, classes: int = 10) -> int:
    """Floating-point operations of one training step of the baseline: three products a layer, two in the first."""
    widths = (inputs, *BASELINE.dense.hidden, classes)
    weights = [a * b for a, b in itertools.pairwise(widths)]
    return 2 * BASELINE.batch_size * (3 * sum(weights) - weights[0])


def roofline(samples: int | None) -> dict[str, float]:
    """Medians over rounds of: GFLOP/s of sgemm, seconds of a step, its share of sgemm, extra cost of dropout."""
    import tensorflow as tf

    from study.train.trainer import KerasTrainer, TrialProgram

    trainer = worker.make_trainer("mnist", seed=0, validation=0.1)
    assert isinstance(trainer, KerasTrainer)
    matrix = tf.random.normal((MATRIX, MATRIX))
    programs: list[TrialProgram] = []
    for dropout in (0.0, 0.2):
        configuration = replace(BASELINE, samples=samples, network=replace(BASELINE.dense, dropout=dropout))
        rows = trainer.samples.of(configuration, 0)
        program, candidate, _ = trainer.ready(configuration, 0, rows)
        candidate.start(program.network)
        program.train(1)
        programs.append(program)
    steps = -(-rows.sizes[0] // BASELINE.batch_size)

    def product() -> float:
        started = time.process_time()
        tf.matmul(matrix, matrix).numpy()
        return 2 * MATRIX**3 / (time.process_time() - started)

    def step(program: TrialProgram) -> float:
        started = time.process_time()
        program.train(1)
        return (time.process_time() - started) / steps

    for _ in range(2):
        product()
    table = np.array([(product(), *map(step, programs)) for _ in range(ROUNDS)])
    speed, plain, dropped = table.T
    return {
        "sgemm_gflops": float(np.median(speed)) / 1e9,
        "step_seconds": float(np.median(plain)),
        "share": float(np.median(step_operations() / plain / speed)),
        "dropout_extra": float(np.median(dropped / plain)) - 1,
    }


def fixed_cost(samples: int | None) -> dict[str, float]:
    """Wall seconds of a trial outside its epochs: program not in memory; in memory; in memory with another split."""
    trainer = worker.make_trainer("mnist", seed=0, validation=0.1)
    tiny = replace(BASELINE.dense, hidden=(8,))
    trainer.run(Trial(replace(BASELINE, samples=samples, network=tiny), 0))  # draws the rows, wakes TensorFlow

    def outside(configuration: Configuration, replicate: int) -> float:
        started = time.perf_counter()
        result = trainer.run(Trial(configuration, replicate))
        return time.perf_counter() - started - float(result.trajectory.seconds.sum())

    configuration = replace(BASELINE, samples=samples)
    return {
        "compile": outside(configuration, 0),
        "memory": outside(replace(configuration, learning_rate=2e-3), 0),
        "memory_new_split": outside(configuration, 1),
    }


def measure(samples: int | None) -> dict[str, float]:
    """Both probes; the fixed costs with an empty on-disk cache and then with the one that this filled."""
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "empty"
        empty.mkdir()
        new = _child("fixed_cost", samples, empty)
        disk = _child("fixed_cost", samples, empty)
        limit = _child("roofline", samples, empty)
    return {
        **limit,
        "fixed_new": new["compile"],
        "fixed_disk": disk["compile"],
        "fixed_memory": float(np.median([new["memory"], disk["memory"]])),
        "fixed_memory_new_split": float(np.median([new["memory_new_split"], disk["memory_new_split"]])),
    }


def _child(probe: str, samples: int | None, cache: Path) -> dict[str, float]:
    command = [sys.executable, str(Path(__file__)), probe, json.dumps(samples)]
    environment = {**os.environ, **worker.environment(cache)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{probe} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    probe, size = sys.argv[1:]
    print(json.dumps({"roofline": roofline, "fixed_cost": fixed_cost}[probe](json.loads(size))))
