"""Models of a user's own, trained here and by ``model.fit`` with the same evaluations: medians of ratios in one run.

    python benchmarks/own_models.py [ROUNDS]

One thread each, processor time, turn by turn, so that whatever else the machine does hits both alike.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from study.run.executors.worker import FIXED, use_one_thread

os.environ.update(FIXED)
use_one_thread()

import keras  # noqa: E402
import numpy as np  # noqa: E402

from study.data.loading import load_dataset  # noqa: E402
from study.design.kinds import OwnKind  # noqa: E402
from study.design.own_model import ModelSpec, OwnSpec  # noqa: E402
from study.records.sources import DataSource  # noqa: E402
from study.records.trials import Configuration  # noqa: E402
from study.train.own.described import described  # noqa: E402
from study.train.trainer import KerasTrainer, Rows, TrialProgram  # noqa: E402

Work = Callable[[], object]


def looked_at(function: str, data: DataSource | str, **training: Any) -> tuple[ModelSpec, Configuration]:
    """A function of own_networks.py, and the configuration of its defaults."""
    asked = ModelSpec(source=f"own_networks.py:{function}", place=str(Path(__file__).parent))
    model = described(asked, data, training, 0.1)
    kind = OwnKind(model)
    return model, kind.configuration(kind.fixed(OwnSpec(**training), {}), {}, ())


def of_trainer(trainer: KerasTrainer, configuration: Configuration) -> tuple[Work, Rows]:
    """An epoch and its evaluations in the trainer."""
    rows = trainer.samples.of(configuration, 0)
    program, candidate, _ = trainer.ready(configuration, 0, rows)
    candidate.start(program.network)
    return (lambda: once(program)), rows


def once(program: TrialProgram) -> None:
    """One epoch with its clean evaluation of all three parts."""
    program.train(1)
    program.evaluate()


def of_fit(trainer: KerasTrainer, configuration: Configuration, rows: Rows) -> Work:
    """The same by ``model.fit`` and ``model.evaluate`` on each part."""
    network = trainer._candidates.network(configuration, 0, rows.sizes[0])  # type: ignore[attr-defined]
    x = trainer.dataset.x[rows.index.numpy()].astype(np.float32)
    if trainer.dataset.scale is None:
        shift, scale = (one.numpy() for one in rows.scaling)
        x = (x - shift) / scale
    else:
        x /= trainer.dataset.scale
    x, y = x.reshape(-1, *network.shape), rows.y.numpy()
    ends = np.cumsum((0, *rows.sizes))
    parts = [(x[a:b], y[a:b]) for a, b in pairwise(ends)]
    model: keras.Model = network.model

    def work() -> None:
        model.fit(*parts[0], batch_size=configuration.batch_size, epochs=1, verbose=0)
        for part in parts:
            model.evaluate(*part, batch_size=500, verbose=0)

    return work


def seconds(work: Work) -> float:
    """Processor seconds of one call."""
    started = time.process_time()
    work()
    return time.process_time() - started


def compared(name: str, ours: Work, theirs: Work, rounds: int) -> None:
    """Print the medians of both, and of their ratio."""
    ours(), theirs()  # what is compiled or traced at first
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(rounds)]
    one, other = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(b / a for a, b in pairs)
    print(f"{name}: {1000 * one:.0f} ms, {1000 * other:.0f} ms, {ratio:.2f} times", flush=True)


def made_table(folder: Path) -> DataSource:
    """10,000 rows of 20 features, three classes."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((10_000, 20)).astype(np.float32)
    y = (x[:, :3] + 0.5 * rng.standard_normal((10_000, 3))).argmax(1)
    np.savez(folder / "table.npz", x=x, y=y)
    return DataSource(str(folder / "table.npz"))


def main() -> None:
    """Print a line for each target."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    mnist = load_dataset("mnist")

    model, configuration = looked_at("tutorial", "mnist", epochs=5)
    own = KerasTrainer(mnist, seed=0, validation=0.1, model=model)
    built_in = KerasTrainer(mnist, seed=0, validation=0.1)
    dense = Configuration.stack((128, 64), epochs=5)
    ours, _ = of_trainer(own, configuration)
    compared("tutorial as user code and built in", ours, of_trainer(built_in, dense)[0], rounds)
    further(own, configuration, rounds)

    with tempfile.TemporaryDirectory() as folder:
        data = made_table(Path(folder))
        model, configuration = looked_at("table", data, epochs=20)
        trainer = KerasTrainer(load_dataset(data), seed=0, validation=0.1, model=model)
    work, rows = of_trainer(trainer, configuration)
    compared("table of 10,000 rows, here and model.fit", work, of_fit(trainer, configuration, rows), rounds)

    model, configuration = looked_at("lenet", "mnist", epochs=5)
    trainer = KerasTrainer(mnist, seed=0, validation=0.1, model=model)
    work, rows = of_trainer(trainer, configuration)
    compared("LeNet on MNIST, here and model.fit", work, of_fit(trainer, configuration, rows), rounds)


def further(trainer: KerasTrainer, configuration: Configuration, rounds: int) -> None:
    """Print what a further trial of a known program costs beside building the model and training."""
    samples = replace(configuration, samples=500)
    rows = trainer.samples.of(samples, 0)
    trainer.ready(samples, 0, rows)

    def ready() -> None:
        program, candidate, _ = trainer.ready(samples, 0, rows)
        candidate.start(program.network)

    build = trainer._candidates._builder  # type: ignore[attr-defined]
    settings = dict(configuration.network.settings)
    from study.train.own.own_candidates import given_of

    given = given_of(samples, trainer.dataset, 500)
    both = [(seconds(ready), seconds(lambda: build.build(settings, given))) for _ in range(rounds)]
    cost, building = statistics.median(a - b for a, b in both), statistics.median(b for _, b in both)
    print(f"a further trial, beside {1000 * building:.0f} ms of building: {1000 * cost:.0f} ms", flush=True)


if __name__ == "__main__":
    main()
