"""The native engine beside the XLA engine of the same commit: training and evaluation of one epoch on one core.

``python benchmarks/native.py [ROUNDS]`` prints medians over rounds in which both take turns. Times are processor
seconds, which other programs on the machine disturb less than wall seconds; the ratios are what counts. A second
argument ``dense`` replaces MNIST's zeros, so that no input can be skipped. Where there is a compiler, the training step
of 128-64 is held against all its products at the peak of fused multiply-adds and Adam, both measured on the spot.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from study.run.executors.worker import FIXED  # noqa: E402

os.environ.update(FIXED)  # before TensorFlow is imported: one thread, no GPU

import numpy as np  # noqa: E402

from study.data.dataset import Dataset  # noqa: E402
from study.data.loading import load_dataset  # noqa: E402
from study.records.trials import Configuration  # noqa: E402
from study.train.engine import Program  # noqa: E402
from study.train.native.native_trainer import NativeTrainer  # noqa: E402
from study.train.trainer import KerasTrainer  # noqa: E402

SETTINGS = {
    "128-64": Configuration.stack((128, 64), epochs=1),
    "4x128, dropout 0.2": Configuration.stack((128,) * 4, epochs=1, dropout=0.2),
    "8x128, L2": Configuration.stack((128,) * 8, epochs=1, l2=1e-4),
}


def seconds(work: Callable[[], object]) -> float:
    """Processor seconds of one call."""
    started = time.process_time()
    work()
    return time.process_time() - started


def programs(dataset: Dataset, configuration: Configuration) -> tuple[Program, Program]:
    """The same trial in the XLA engine and in the native one."""
    xla = KerasTrainer(dataset, seed=0, validation=0.1)
    rows = xla.samples.of(configuration, 0)
    program, candidate, _ = xla.ready(configuration, 0, rows)
    candidate.start(program.network)
    native, _, _ = NativeTrainer(dataset, seed=0, validation=0.1).program(configuration, 0)
    return program, native


def bound(configuration: Configuration, inputs: int, classes: int) -> float | None:
    """Seconds of a dense training step at the peak of one core: its products, and Adam. None without a compiler."""
    compiler = shutil.which("cc")
    if compiler is None or platform.machine() != "x86_64":
        return None
    widths = (inputs, *configuration.network.hidden, classes)
    weights = [a * b for a, b in pairwise(widths)]
    products = 2 * configuration.batch_size * (3 * sum(weights) - weights[0])  # the first layer passes nothing back
    with tempfile.TemporaryDirectory() as folder:
        program = f"{folder}/peak"
        source = str(Path(__file__).with_name("machine_peak.c"))
        options = ("-O3", "-ffast-math", "-mavx2", "-mfma", source, "-o", program, "-lm")
        subprocess.run([compiler, *options], check=True)
        told = subprocess.run(
            [program, str(sum(weights) + sum(widths[1:]))], check=True, capture_output=True, text=True
        )
    speed, adam = map(float, told.stdout.split())
    print(f"peak {speed:.0f} GFLOP/s, Adam {adam * 1e6:.0f} us a step")
    return products / speed / 1e9 + adam


def main() -> None:
    """Print a line for each setting."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    dataset = load_dataset("mnist")
    if sys.argv[2:] == ["dense"]:
        dataset = replace(dataset, x=np.maximum(dataset.x, 1))
    print(
        f"MNIST, 54,000 samples, {rounds} rounds; milliseconds an epoch, XLA / native = times as fast (lowest, highest)"
    )
    for name, configuration in SETTINGS.items():
        xla, native = programs(dataset, configuration)
        table = np.array(
            [
                [
                    seconds(lambda p=p: p.train(1)) if part == 0 else seconds(p.evaluate)
                    for part in (0, 1)
                    for p in (xla, native)
                ]
                for _ in range(rounds)
            ]
        )
        whole = np.stack([table[:, 0] + table[:, 2], table[:, 1] + table[:, 3]], axis=1)
        parts = {"train": table[:, :2], "evaluate": table[:, 2:], "both": whole}
        words = []
        for part, times in parts.items():
            a, b = np.median(times, axis=0) * 1e3
            ratios = times[:, 0] / times[:, 1]
            words.append(f"{part} {a:.0f} / {b:.0f} = {np.median(ratios):.2f} ({ratios.min():.2f}, {ratios.max():.2f})")
        print(f"{name:>20}: " + "; ".join(words), flush=True)
        least = bound(configuration, dataset.inputs, dataset.classes) if name == "128-64" else None
        if least is not None:
            step = float(np.median(table[:, 1])) / -(-54_000 // configuration.batch_size)
            share = f"{100 * least / step:.0f} %"
            print(f"{'':>20}  step {step * 1e6:.0f} us, bound of dense data {least * 1e6:.0f} us: {share}")


if __name__ == "__main__":
    main()
