"""Studies of every shape with scripted training: run by the coordinator into a store, as real ones are."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from rich.console import Console

from reports.terminal.live import PlainProgress, Progress
from study.design.plan import make_plan
from study.design.source import build_spec
from study.errors import StudyError
from study.records.imported import ForeignStudy, ForeignTrial
from study.records.metrics import ACCURACY
from study.records.parameters import Parameter
from study.records.trials import EMPTY, SEARCH_REPLICATE, ItemValues, Result, Trial
from study.run.coordinator import run_study
from study.run.executors.inprocess import InProcessExecutor
from study.store import Store, open_store
from tests.conftest import FACTS, retold, trajectory_of

Train = Callable[[Trial], Result]

WIDTHS = {"role": "nuisance", "low": 8, "high": 64, "log": True}
RATES = {"role": "nuisance", "low": 1e-4, "high": 1e-1, "log": True}
L2 = {"role": "nuisance", "low": 1e-6, "high": 1e-2, "log": True, "zero": True}
FEW_WIDTHS = {"role": "nuisance", "values": [8, 16, 32]}
PATIENCE = {"role": "nuisance", "values": [1, "off"]}
DEPTHS = {"role": "scientific", "values": [1, 2, 3, 4]}
SEARCHED = {"confirm": {"replicates": 3}, "baseline": None}


@dataclass(frozen=True)
class Shape:
    """A study to run: ``spec`` without its name, how its trials end, and the run after which it is interrupted.

    ``to_come`` is how many trials are left then, counted by hand.
    """

    spec: Mapping[str, Any]
    train: Train
    interrupted_at: int | None = None
    to_come: int = 0


@dataclass(frozen=True)
class Ran:
    """A study that has run: its store, and what the terminal said meanwhile."""

    name: str
    store: Store
    said: str
    to_come: int


def learned(trial: Trial) -> Result:
    """Deeper is worse on test, wider a little better, a learning rate of 0.01 best; overfits from the third epoch."""
    c, epochs = trial.configuration, np.arange(1, trial.configuration.epochs + 1)
    digest = hashlib.sha256(repr(trial).encode()).hexdigest()
    noise = np.random.default_rng(int(digest[:8], 16)).normal(0, 0.002, (len(epochs), 3))
    level = 0.93 - 0.02 * c.network.depth + 0.0005 * c.network.hidden[0] - 0.03 * abs(np.log10(c.learning_rate) + 2)
    level += 0.01 * (c.network.activation == "tanh") + 0.005 * (c.network.l2 > 0) - 0.00001 * (c.samples is not None)
    shape = np.stack([0.05 * np.exp(-epochs), 0.05 * np.exp(-epochs), 0.05 * np.exp(-epochs)], axis=1)
    accuracy = np.clip(np.array([0.999, level, level - 0.01]) - shape + noise, 0, 1)
    accuracy[:, 0] = np.minimum(accuracy[:, 0], 1)
    entropy = 1.2 - accuracy + 0.02 * np.maximum(epochs - 3, 0)[:, None] * [0, 1, 1]
    items = np.random.default_rng(int(digest[8:16], 16)).random(FACTS.test_samples) < accuracy[-1, 2]
    return Result(
        trial,
        "finished",
        trajectory_of(epochs, accuracy, entropy),
        items=tuple(ItemValues.of(ACCURACY, one, items) for one in dict.fromkeys(("last", "best", *trial.readings))),
        class_accuracy=tuple(np.linspace(0.7, 0.95, FACTS.classes)),
        train_seconds=1.5,
        peak_memory=10**9,
        engine="keras",
        cpu="scripted",
    )


def diverging(when: Callable[[Trial], bool]) -> Train:
    """Trials of which some diverge."""

    def train(trial: Trial) -> Result:
        if not when(trial):
            return learned(trial)
        return Result(trial, "failed", learned(trial).trajectory.until(1), "diverged: nan", diverged_epoch=2)

    return train


def stopping(when: Callable[[Trial], bool]) -> Train:
    """Trials of which some do not train: near guessing to the end."""

    def train(trial: Trial) -> Result:
        result = learned(trial)
        if not when(trial):
            return result
        table = 0.1 + 0.02 * result.trajectory["accuracy"]
        return replace(retold(result, accuracy=table, cross_entropy=1.2 - table), items=())

    return train


def dying(when: Callable[[Trial], bool], otherwise: Train = learned) -> Train:
    """Trials of which some kill each worker that takes them."""

    def train(trial: Trial) -> Result:
        if when(trial):
            raise StudyError("worker process died")
        return otherwise(trial)

    return train


def _dies_at_first() -> Train:
    """The first network of a search kills its first two workers, and is trained when it is proposed again."""
    calls: dict[str, int] = {}

    def when(trial: Trial) -> bool:
        calls.setdefault(trial.configuration.key, 0)
        calls[trial.configuration.key] += 1
        return trial.configuration.key == next(iter(calls)) and calls[trial.configuration.key] <= 2

    return dying(when)


def _first_unlucky(trial: Trial) -> bool:
    return trial.replicate == 0 and trial.configuration.network.depth == 2


def _deep_or_fast(trial: Trial) -> bool:
    fast = trial.configuration.learning_rate > 0.02 and trial.replicate == SEARCH_REPLICATE
    return fast or (trial.configuration.network.depth == 4 and trial.replicate in (0, SEARCH_REPLICATE))


ISOLATION = {
    "space": {"depth": {**DEPTHS, "values": [1, 2, 3]}, "width": WIDTHS, "learning_rate": RATES, "patience": PATIENCE},
    "search": {"proposer": "optuna:tpe", "trials": 6},
    **SEARCHED,
}
PLAIN = {
    "space": {"depth": {"role": "nuisance", "low": 1, "high": 3}, "width": WIDTHS, "l2": L2, "learning_rate": RATES},
    "search": {"proposer": "optuna:tpe", "trials": 14},
    "confirm": {"replicates": 3, "best": 2},
    "baseline": "16-8",
}
REPEATING = {
    "space": {"depth": {**DEPTHS, "values": [1, 2, 3]}, "width": FEW_WIDTHS},
    "search": {"proposer": "optuna:random", "trials": 8},
    **SEARCHED,
}
ARMS = [{"name": "none"}, {"name": "L2", "network": {"l2": 0.001}}, {"name": "early", "reading": "patience=1"}]

SHAPES: dict[str, Shape] = {
    "sweep": Shape({"space": {"depth": DEPTHS}, "replicates": 5, "baseline": "16-8"}, learned),
    "sweep with a second scientific value": Shape(
        {"space": {"depth": DEPTHS, "samples": {"values": [300, "all"]}}, "replicates": 3}, learned
    ),
    "sweep of widths": Shape({"space": {"width": {"values": [8, 16, 32]}}, "replicates": 2}, learned),
    "arms": Shape({"space": {"depth": DEPTHS}, "replicates": 4, "arms": ARMS}, learned),
    "arms of which some diverge": Shape(
        {"space": {"depth": DEPTHS}, "replicates": 4, "arms": ARMS}, diverging(_first_unlucky)
    ),
    "arms with search": Shape(
        {**REPEATING, "arms": [{"name": "none", "network": {"l2": 0.0}}, {"name": "L2"}],
         "space": {**REPEATING["space"], "l2": L2}}, learned,
    ),
    "arms with search, the first of which fixes all but patience": Shape(
        {**REPEATING, "arms": [{"name": "none", "network": {"width": 16}}, {"name": "width"}],
         "space": {**REPEATING["space"], "patience": PATIENCE}}, learned,
    ),
    "arms with search that share networks": Shape({**REPEATING, "arms": ARMS}, diverging(_deep_or_fast)),
    "arms named search and none": Shape(
        {**REPEATING, "arms": [{"name": "none"}, {"name": "search", "network": {"l2": 0.001}}],
         "space": {"activation": {"role": "scientific", "values": ["relu"]}, "width": FEW_WIDTHS}},
        diverging(lambda trial: trial.configuration.network.hidden[0] == 8),
    ),
    "isolation of an unordered value": Shape(
        {**PLAIN, "space": {**PLAIN["space"], "activation": {"role": "scientific", "values": ["relu", "tanh"]}}},
        learned,
    ),
    "isolation of depth": Shape({**ISOLATION, "baseline": "16-8"}, learned),
    "isolation of depth with free widths": Shape({**ISOLATION, "network": {"profile": "free"}}, learned),
    "plain search": Shape(PLAIN, learned),
    "plain search of one": Shape({**PLAIN, "confirm": {"replicates": 2}, "baseline": None}, learned),
    "search that repeats": Shape(
        {**REPEATING, "space": {"width": FEW_WIDTHS}, "search": {"proposer": "optuna:random", "trials": 12}}, learned
    ),
    "isolation that repeats": Shape(REPEATING, learned),
    "grid": Shape({**REPEATING, "search": {"proposer": "optuna:grid", "trials": 50}}, learned),
    "patience only": Shape({**SEARCHED, "space": {"depth": DEPTHS, "patience": PATIENCE}}, learned),
    "failures in searches": Shape({**ISOLATION, "search": {"trials": 10}}, diverging(_deep_or_fast)),
    "failures in repeating searches": Shape(
        REPEATING, diverging(lambda trial: trial.configuration.network.hidden[0] == 8)
    ),
    "a trial that died and was proposed again": Shape(
        {**REPEATING, "space": {"width": FEW_WIDTHS}, "search": {"proposer": "optuna:random", "trials": 12}},
        _dies_at_first(),
    ),
    "failures in replicates": Shape(
        {"space": {"depth": DEPTHS}, "replicates": 5},
        dying(lambda t: t.replicate == 1 and t.configuration.network.depth == 3, diverging(_first_unlucky)),
    ),
    "failures everywhere": Shape(
        ISOLATION, dying(lambda t: t.replicate == 1, diverging(lambda t: t.configuration.learning_rate > 0.02))
    ),
    "every trial fails": Shape({"space": {"depth": DEPTHS}, "replicates": 3}, diverging(lambda trial: True)),
    "every trial of a search fails": Shape(ISOLATION, diverging(lambda trial: True)),
    "one trial": Shape({"replicates": 1}, learned),
    "one network": Shape({"replicates": 4}, learned),
    "interrupted sweep": Shape({"space": {"depth": DEPTHS}, "replicates": 5}, learned, 11, to_come=20 - 10),
    "interrupted arms": Shape({"space": {"depth": DEPTHS}, "replicates": 2, "arms": ARMS}, learned, 7, to_come=16 - 6),
    "interrupted in a search": Shape(ISOLATION, diverging(_deep_or_fast), 8, to_come=3 * (6 + 3) - 7),
    "interrupted in a search that repeats": Shape({**REPEATING, "seed": 3}, learned, 7, to_come=3 * (8 + 3) - 10),
    "interrupted before the first answer": Shape(PLAIN, learned, 1, to_come=14 + 2 * 3 + 3),
    "interrupted in replicates": Shape(ISOLATION, learned, 3 * 6 + 4, to_come=3 * 3 - 3),
    "nothing ran": Shape({"space": {"depth": DEPTHS}, "replicates": 3}, learned, 1, to_come=12),
    "no search began": Shape(ISOLATION, learned, 0, to_come=3 * (6 + 3)),
}  # fmt: skip

# Those whose cells are searched several times.
REPEATED: dict[str, Shape] = {
    "isolation searched three times": Shape(
        {**ISOLATION, "searches": 3, "confirm": {"replicates": 7}, "baseline": "16-8"}, learned
    ),
    "cures of tuned strength": Shape(
        {"space": {"depth": {**DEPTHS, "values": [1, 2, 4]}, "l2": {"role": "nuisance", "values": [0.0, 0.001, 0.01]},
                   "patience": PATIENCE},
         "search": {"proposer": "optuna:grid", "trials": 9}, "searches": 3, "confirm": {"replicates": 6},
         "baseline": "16-8",
         "arms": [{"name": "none", "network": {"l2": 0.0}, "reading": "tail"}, {"name": "L2", "reading": "tail"},
                  {"name": "early", "network": {"l2": 0.0}}, {"name": "both"}]},
        stopping(lambda trial: trial.configuration.network.l2 > 0.005),
    ),
}  # fmt: skip


@cache
def ran(name: str) -> Ran:
    """The shape of that name, run into a store of its own."""
    return run_shape(name, open_store("sqlite://", create=True))


def run_shape(name: str, store: Store) -> Ran:
    """The shape of that name, run into ``store``."""
    shape = (SHAPES | REPEATED)[name]
    common = {"name": name.replace(",", ""), "dataset": "digits", "network": {"epochs": 5}}
    network = {**common["network"], **shape.spec.get("network", {})}
    spec = build_spec({**common, **shape.spec, "network": network}, "scripted")
    plan, left = make_plan(spec), shape.interrupted_at
    calls = 0

    def train(trial: Trial) -> Result:
        nonlocal calls
        calls += 1
        if calls == left:
            raise KeyboardInterrupt
        return shape.train(trial)

    store.begin(plan, "hash", FACTS)
    said = io.StringIO()
    watching = PlainProgress(Progress(plan), Console(file=said, width=400))
    with suppress(KeyboardInterrupt):
        if left != 0:
            run_study(spec.name, store, InProcessExecutor(train), watching)
    watching.close()
    return Ran(spec.name, store, said.getvalue(), shape.to_come)


def imported(*, running: bool = False) -> ForeignStudy:
    """A study as another program leaves it: complete, pruned, failed and, where it still runs, open trials."""
    states = ["complete"] * 5 + ["pruned"] * 2 + ["failed"] * 2 + (["running", "waiting"] if running else [])
    trials = tuple(
        ForeignTrial(
            number,
            {"layers": 1 + number % 3, "rate": 0.001 * (number + 1)},
            state,  # type: ignore[arg-type]
            0.9 + 0.001 * number if state == "complete" else None,
            "out of memory" if state == "failed" else "",
            ((1, 0.5), (2, 0.7 + 0.01 * number)) if state in ("complete", "pruned") else (),
        )
        for number, state in enumerate(states)
    )
    parameters = (Parameter("layers", "int", 1, 3), Parameter("rate", "float", 0.001, 0.01))
    name = "still running elsewhere" if running else "from elsewhere"
    return ForeignStudy(name, "Optuna", "4.5.0", "tuned", "value", "maximize", parameters, trials)


def no_result(trial: Trial) -> Result:
    """A trial that left nothing."""
    return replace(learned(trial), state="failed", trajectory=EMPTY)
