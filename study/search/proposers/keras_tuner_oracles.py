"""KerasTuner's oracles, driven from one thread.

Importing this module loads KerasTuner, which loads Keras and TensorFlow; no setting of the environment that the
worker processes would not inherit prevents that.

Where the oracles differ from what they seem to promise:

- Seed 0 means "draw one", and neighbouring seeds give the same draws shifted by one, because each draw has a seed of
  its own that counts up. Callers derive seeds from a hash.
- Random draws are repeated up to 20 times until they are new; then the oracle stops. The grid waits for a trial to
  end before it goes on, because a trial could add parameters. Here none does, so each ends in the oracle at once.
- A lock is released without ``finally``: after an exception the oracle may only be used from the same thread.
- The Gaussian process takes seconds a proposal, and so does each one of a history that is replayed.
- The value 1 of the unit interval is one above the largest int on a log scale: values are cut to their bounds.
- Choices must be of one type, and booleans become ints: choices are numbered.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import keras_tuner

from study.design.search_engines import HALVING
from study.records.parameters import Parameter, Setting, Value
from study.search.proposers.driven import WAIT, Wait

OBJECTIVE = "validation accuracy"
INITIAL_POINTS = 10  # random trials before the Gaussian process; KerasTuner itself waits for 3 a parameter


class KerasTunerEngine:
    """One oracle; nothing is written to disk, and nothing printed."""

    def __init__(self, kind: str, parameters: tuple[Parameter, ...], seed: int, epochs: int) -> None:
        self._kind = kind
        self._learns = kind in ("bayesian", "hyperband")  # what is told can make it find settings again
        self._space = parameters
        self.parameters = parameters
        self.algebra = kind == "bayesian"
        if kind == "hyperband":
            self.parameters += (Parameter("epochs", "int", 1, epochs),)
        self._running: dict[int, Any] = {}
        oracle, arguments = _oracle(kind, len(parameters), epochs)
        arguments |= {
            "seed": seed,
            "tune_new_entries": False,
            "allow_new_entries": False,
            "max_retries_per_trial": 0,
            "max_consecutive_failed_trials": 10**9,  # a run of failures must not end the search
        }
        with _quiet():
            self._oracle: Any = oracle(
                objective=keras_tuner.Objective(OBJECTIVE, "max"),
                hyperparameters=_hyperparameters(parameters),
                **arguments,
            )
        self._oracle.verbose = 0
        self._oracle.save = lambda: None  # the store keeps the history; project files would only slow it down
        self._oracle._save_trial = lambda trial: None
        libraries = ("keras-tuner", "keras", "numpy") + (("scipy", "scikit-learn") if kind == "bayesian" else ())
        self.settings: dict[str, Any] = {
            "engine": "keras-tuner",
            "versions": {package: version(package) for package in libraries},
            "oracle": oracle.__name__,
            "arguments": arguments,
        }

    def ask(self, number: int) -> Setting | Wait | None:
        draws = self._oracle._seed_state
        with _quiet():
            trial = self._oracle.create_trial(f"trial {number}")
            if trial.status != "RUNNING":
                self._oracle._seed_state = draws  # vain draws leave no trace, or a replay would miss them
                return WAIT if self._running and self._learns else None
            if self._kind == "grid":
                self._end(trial, None)
            else:
                self._running[number] = trial
        return self._setting(trial.hyperparameters.values)

    def tell(self, number: int, value: float | None) -> None:
        if self._kind != "grid":
            with _quiet():
                self._end(self._running.pop(number), value)

    def _end(self, trial: Any, value: float | None) -> None:
        if value is not None:
            self._oracle.update_trial(trial.trial_id, {OBJECTIVE: value})
        trial.status = "FAILED" if value is None else "COMPLETED"
        self._oracle.end_trial(trial)

    def _setting(self, values: dict[str, Any]) -> Setting:
        setting = {p.name: _decoded(p, values[p.name]) for p in self._space if p.name in values}
        if self._kind == "hyperband":
            setting["epochs"] = int(values["tuner/epochs"])
        return setting


def _oracle(kind: str, dimensions: int, epochs: int) -> tuple[Any, dict[str, Any]]:
    """The oracle's class and the arguments that are its own. None has a budget: that is the coordinator's."""
    oracles = keras_tuner.oracles
    if kind == "hyperband":
        arguments = {"max_epochs": epochs, "factor": HALVING, "hyperband_iterations": 0}  # 0: without end
        return oracles.HyperbandOracle, arguments
    if kind == "bayesian":
        points = min(3 * dimensions, INITIAL_POINTS)
        return oracles.BayesianOptimizationOracle, {
            "max_trials": None,
            "num_initial_points": points,
            "alpha": 1e-4,
            "beta": 2.6,
        }
    return {"random": oracles.RandomSearchOracle, "grid": oracles.GridSearchOracle}[kind], {"max_trials": None}


def _hyperparameters(parameters: tuple[Parameter, ...]) -> Any:
    """The space in KerasTuner's words; each condition stands inside those of its parent."""
    space = keras_tuner.HyperParameters()
    by_name = {parameter.name: parameter for parameter in parameters}
    for parameter in parameters:
        with contextlib.ExitStack() as scopes:
            for parent, values in _ancestry(parameter, by_name):
                encoded = [_encoded(by_name[parent], value) for value in values]
                scopes.enter_context(space.conditional_scope(parent, encoded))
            _register(space, parameter)
    return space


def _ancestry(parameter: Parameter, by_name: dict[str, Parameter]) -> list[tuple[str, tuple[Value, ...]]]:
    """The conditions that ``parameter`` depends on, outermost first."""
    conditions: list[tuple[str, tuple[Value, ...]]] = []
    while parameter.condition is not None:
        conditions.insert(0, parameter.condition)
        parameter = by_name[parameter.condition[0]]
    return conditions


def _register(space: Any, parameter: Parameter) -> None:
    if parameter.kind == "choice":
        space.Choice(parameter.name, list(range(len(parameter.values))), ordered=False)
        return
    low, high = parameter.bounds
    kind = space.Int if parameter.kind == "int" else space.Float
    kind(parameter.name, low, high, sampling="log" if parameter.log else "linear")


def _encoded(parameter: Parameter, value: Value) -> Value:
    return parameter.values.index(value) if parameter.kind == "choice" else value


def _decoded(parameter: Parameter, value: Any) -> Value:
    if parameter.kind == "choice":
        return parameter.values[int(value)]
    low, high = parameter.bounds
    return type(low)(min(max(value, low), high))


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """No warnings while an oracle works: it calls what Python, NumPy and scikit-learn deprecate or doubt."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
