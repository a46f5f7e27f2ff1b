"""A table of 10,000 rows and 40 features: 128-64 with the same record, in ``model.fit`` and here.

``python benchmarks/tabular.py [ROUNDS]`` prints medians over rounds in turns, with either engine. The record
is accuracy and cross-entropy of train, validation and test after each epoch. Times are wall seconds of one process with
all cores; a worker of this tool needs one core only, so that as many of them run at a time as there are.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

os.environ |= {"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}  # before TensorFlow is imported

import numpy as np  # noqa: E402

from study.data.dataset import Dataset  # noqa: E402
from study.data.loading import load_dataset  # noqa: E402
from study.data.scaling import fit_scaling  # noqa: E402
from study.records.sources import DataSource  # noqa: E402
from study.records.trials import Configuration  # noqa: E402

ROWS, FEATURES, CLASSES, EPOCHS = 10_000, 40, 3, 5
CONFIGURATION = Configuration.stack((128, 64), epochs=1)


def table(folder: Path) -> Dataset:
    """Three classes that lie apart in some of the features, as a data set read from a file."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, CLASSES, ROWS)
    x = rng.normal(size=(ROWS, FEATURES)) + rng.normal(0, 0.4, (CLASSES, FEATURES))[labels]
    file = folder / "table.csv"
    names = ",".join([*(f"x{i}" for i in range(FEATURES)), "label"])
    np.savetxt(file, np.column_stack([x, labels]), delimiter=",", header=names, comments="", fmt="%.6f")
    lines = [line.rsplit(".", 1)[0] for line in file.read_text().splitlines()[1:]]  # labels are whole numbers
    file.write_text("\n".join([names, *lines]) + "\n")
    return load_dataset(DataSource(str(file), target="label"))


def seconds(work: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def model_fit(dataset: Dataset) -> Callable[[], object]:
    """Some epochs of ``model.fit`` with ``model.evaluate`` of the three parts, as people write it."""
    from benchmarks.rivals.job import Arrays, Setting, Timeline
    from benchmarks.rivals.model import CleanRecord, EpochClock, build
    from study.data.splits import draw_sample

    sample = draw_sample(dataset, seed=0, replicate=0, validation=0.1, samples=None, label_noise=0.0)
    bounds = np.cumsum(sample.sizes)[:-1]
    scaled = fit_scaling(dataset, sample.rows[: sample.sizes[0]]).apply(dataset.x[sample.rows])
    arrays = Arrays(tuple(np.split(scaled, bounds)), tuple(np.split(sample.y, bounds)))
    metrics = ["accuracy", "sparse_categorical_crossentropy"]
    model = build(Setting((128, 64)), dataset.inputs, dataset.classes, metrics=metrics)
    watch = Timeline()
    watch.begin("128-64", ROWS)
    callbacks = [CleanRecord(arrays), EpochClock(watch)]

    def fit() -> None:
        model.fit(arrays.x[0], arrays.y[0], batch_size=32, epochs=EPOCHS, verbose=0, callbacks=callbacks)

    return fit


def native(dataset: Dataset) -> Callable[[], object]:
    """The same number of epochs and records with the native engine."""
    from study.train.native.native_trainer import NativeTrainer

    program, _, _ = NativeTrainer(dataset, seed=0, validation=0.1).program(CONFIGURATION, 0)
    return lambda: [(program.train(1), program.evaluate()) for _ in range(EPOCHS)]


def xla(dataset: Dataset) -> Callable[[], object]:
    """The same with Keras's engine."""
    from study.train.trainer import KerasTrainer

    trainer = KerasTrainer(dataset, seed=0, validation=0.1)
    rows = trainer.samples.of(CONFIGURATION, 0)
    program, candidate, _ = trainer.ready(CONFIGURATION, 0, rows)
    candidate.start(program.network)
    return lambda: [(program.train(1), program.evaluate()) for _ in range(EPOCHS)]


def main() -> None:
    """Print milliseconds an epoch, and how many times as fast."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        dataset = replace(table(Path(folder)), name="table")
        works = {"model.fit": model_fit(dataset), "native": native(dataset), "XLA": xla(dataset)}
        for work in works.values():
            work()  # compiles
        times = np.array([[seconds(work) for work in works.values()] for _ in range(rounds)])
    print(f"{ROWS:,} rows, {FEATURES} features, 128-64; milliseconds an epoch with its record, one process")
    for name, column in zip(works, times.T, strict=True):
        ratios = times[:, 0] / column
        print(
            f"{name:>10}: {1e3 * float(np.median(column)) / EPOCHS:6.1f} ms, {float(np.median(ratios)):4.1f} times as "
            f"fast ({ratios.min():.1f} to {ratios.max():.1f})"
        )


if __name__ == "__main__":
    main()
