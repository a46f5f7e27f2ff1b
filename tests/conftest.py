"""Shared scripted pieces: results without training, and a private home for caches and stores."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from study.design.plan import make_plan
from study.design.spec import StudySpec
from study.records.facts import RunFacts
from study.records.metrics import ACCURACY
from study.records.trials import ItemValues, Result, Trajectory, Trial
from study.run.executors import starting
from study.run.executors.worker import THREADS
from study.train.native.compiled import available
from study.words import speak_as_command_line
from tests import postgres

# Trainers in this process shall compute what worker processes compute: with one thread.
# Ray lets everything else go before its workers, which is the other tests here: minutes for what takes seconds.
os.environ.update(THREADS | {"RAY_worker_niceness": "0"})

# Tests that are not about an engine train with the one that starts at once, where it is built.
ENGINE = "native" if available() else "keras"
built = pytest.mark.skipif(not available(), reason="the native engine is not built on this machine")
ENGINES = ["keras", pytest.param("native", marks=built)]

# One fork server a process of the tests serves both engines: what it has not read, each of its workers would read.
starting.PRELOAD["native"] = starting.PRELOAD["keras"]

speak_as_command_line()  # errors name options, as the users of the command see them

# What a run would store beside the spec of a study of the digits.
FACTS = RunFacts(sizes=(1293, 144, 360), inputs=64, classes=10, versions={"python": "3"}, command="depthgauge run")


# One process runs a whole file: the longest first, or one process would wait for the other at the end.
LONGEST = ("test_executors", "test_report", "test_guide", "test_own_network_page", "test_lease", "test_own_models")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--without-tensorflow", action="store_true", help="Keras and TensorFlow are not to be had")


def pytest_configure(config: pytest.Config) -> None:
    """Whatever imports them fails at once: the quick tests stay quick."""
    if config.getoption("--without-tensorflow"):
        sys.modules.update({"keras": None, "tensorflow": None})  # type: ignore[dict-item]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bring the files that take a minute or more to the front."""
    items.sort(key=lambda item: item.path.stem not in LONGEST)


@pytest.fixture(scope="session", autouse=True)
def private_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests neither read nor fill the user's cache; programs compiled by one serve all, in each process of the run."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEPTHGAUGE_CACHE", str(folder / "cache"))
        patch.delenv("DEPTHGAUGE_STORE", raising=False)
        yield


def scripted_result(trial: Trial, *, epochs: int = 3, test_items: int = 20) -> Result:
    """A finished result whose numbers depend on the trial alone: deeper is worse on test, train is perfect."""
    depth, rng = trial.configuration.network.place, np.random.default_rng(trial.replicate)
    noise = rng.normal(0, 0.001)
    accuracy = np.tile([1.0, 0.9 - 0.02 * depth + noise, 0.9 - 0.02 * depth + noise], (epochs, 1))
    last, best = (rng.random(test_items) < 0.5 for _ in range(2))
    right = dict.fromkeys(("last", *trial.readings), last) | {"best": best}
    return Result(
        trial,
        "finished",
        trajectory_of(np.arange(1, epochs + 1), accuracy, 1 - accuracy, np.full(epochs, 0.5)),
        items=tuple(ItemValues.of(ACCURACY, reading, answers) for reading, answers in right.items()),
        class_accuracy=(0.5, 0.25),
        train_seconds=1.5,
        peak_memory=10**9,
        engine="keras",
        cpu="scripted",
    )


def trajectory_of(
    epochs: ArrayLike, accuracy: ArrayLike, cross_entropy: ArrayLike, seconds: ArrayLike | None = None
) -> Trajectory:
    """What a classification records: epochs (E,), accuracy and cross-entropy (E, 3)."""
    values = {"accuracy": np.asarray(accuracy, float), "cross_entropy": np.asarray(cross_entropy, float)}
    taken = np.ones(len(values["accuracy"])) if seconds is None else np.asarray(seconds, float)
    return Trajectory(np.asarray(epochs), values, taken)


def retold(result: Result, **values: NDArray[np.float64]) -> Result:
    """The same result, but for the records of the metrics that are named."""
    trajectory = result.trajectory
    return replace(result, trajectory=replace(trajectory, values={**trajectory.values, **values}))


def trials_of(spec: StudySpec) -> list[Trial]:
    """The trials of a study that searches nothing, in their order."""
    return list(make_plan(spec).trials({}).values())


@pytest.fixture
def scripted() -> Callable[[Trial], Result]:
    """The trial -> result function of studies that are not about training."""
    return scripted_result


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A PostgreSQL server for all tests of this process; skips them, with the reason, where there can be none."""
    if reason := postgres.missing():
        pytest.skip(reason)
    with postgres.server() as server:
        yield server
