"""Optuna's samplers, driven by ask and tell on a study in memory.

TPE and random search suggest define-by-run: a parameter exists only where it is active, and TPE models each group of
parameters that occur together. The Gaussian process, CMA-ES and quasi-random search know no conditions: left to
themselves they draw at random what is not in every trial, and CMA-ES gives up altogether once a parameter is missing.
They are therefore asked for all parameters every time, and what is not active is left out of the setting.
"""

from __future__ import annotations

import contextlib
import math
import warnings
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any, cast

import optuna

from study.records.parameters import Parameter, Setting, Value, every_setting, is_active

CONDITIONS = {"grid": "flattened", **dict.fromkeys(("qmc", "gp", "cmaes"), "joint")}  # others: define-by-run
STARTUP_TRIALS = 10  # random trials before a model; as Optuna has it
LIBRARIES = {"gp": ("scipy", "torch"), "cmaes": ("cmaes",), "qmc": ("scipy",)}

# Arguments of TPESampler that are deprecated: they can no longer be set without a warning, and act as stated here.
TPE_DEFAULTS = {
    "gamma": "min(ceil(0.1 n), 25)",
    "prior_weight": 1.0,
    "consider_magic_clip": True,
    "consider_endpoints": False,
}


class OptunaEngine:
    """One study with one sampler; trial numbers are Optuna's own."""

    def __init__(self, kind: str, parameters: tuple[Parameter, ...], seed: int) -> None:
        self.parameters = parameters
        self.algebra = kind in ("gp", "cmaes")
        self._joint = CONDITIONS.get(kind) == "joint"
        self._grid = list(every_setting(parameters)) if kind == "grid" else None
        with _quiet():
            sampler, arguments, noted = _sampler(kind, parameters, seed, len(self._grid or ()))
            self._study = optuna.create_study(direction="maximize", sampler=sampler)
        self.settings: dict[str, Any] = {
            "engine": "optuna",
            "versions": {package: version(package) for package in ("optuna", "numpy", *LIBRARIES.get(kind, ()))},
            "sampler": type(sampler).__name__,
            "arguments": {**arguments, "seed": seed},
            "defaults": noted,
            "conditions": CONDITIONS.get(kind, "define-by-run"),
        }

    def ask(self, number: int) -> Setting | None:
        if self._grid is not None and number == len(self._grid):
            return None
        with _quiet():
            trial = self._study.ask()
            if self._grid is not None:
                return dict(self._grid[trial.suggest_int("setting", 0, len(self._grid) - 1)])
            setting: Setting = {}
            for parameter in self.parameters:
                if is_active(parameter, setting):
                    setting[parameter.name] = _suggest(trial, parameter)
                elif self._joint:
                    _suggest(trial, parameter)
            return setting

    def tell(self, number: int, value: float | None) -> None:
        with _quiet():
            if value is None:
                self._study.tell(number, state=optuna.trial.TrialState.FAIL)
            else:
                self._study.tell(number, value)


def _suggest(trial: optuna.Trial, parameter: Parameter) -> Value:
    if parameter.kind == "choice":
        return cast(Value, trial.suggest_categorical(parameter.name, parameter.values))
    low, high = parameter.bounds
    if parameter.kind == "int":
        return trial.suggest_int(parameter.name, int(low), int(high), log=parameter.log)
    return trial.suggest_float(parameter.name, low, high, log=parameter.log)


def _sampler(
    kind: str, parameters: tuple[Parameter, ...], seed: int, combinations: int
) -> tuple[optuna.samplers.BaseSampler, dict[str, Any], dict[str, Any]]:
    """The sampler, the arguments it was given (but for the seed), and what it does that is no argument any more."""
    samplers = optuna.samplers
    arguments: dict[str, Any]
    if kind == "random":
        return samplers.RandomSampler(seed=seed), {}, {}
    if kind == "grid":
        return _grid_sampler(combinations, seed), {"search_space": f"setting 0 to {combinations - 1}"}, {}
    if kind == "tpe":
        arguments = {
            "n_startup_trials": STARTUP_TRIALS,
            "n_ei_candidates": 24,
            "multivariate": True,
            "group": any(parameter.condition for parameter in parameters),
            "constant_liar": True,
        }
        return samplers.TPESampler(**arguments, seed=seed), arguments, TPE_DEFAULTS
    if kind == "qmc":
        arguments = {"qmc_type": "sobol", "scramble": True, "warn_independent_sampling": False}
        return samplers.QMCSampler(**arguments, seed=seed), arguments, {}
    if kind == "gp":
        arguments = {
            "n_startup_trials": STARTUP_TRIALS,
            "deterministic_objective": False,
            "warn_independent_sampling": False,
        }
        return samplers.GPSampler(**arguments, seed=seed), arguments, {}
    dimensions = sum(p.kind != "choice" and p.low != p.high for p in parameters)
    arguments = {
        "n_startup_trials": 1,
        "popsize": 4 + math.floor(3 * math.log(dimensions)),
        "consider_pruned_trials": False,
        "use_separable_cma": False,
        "with_margin": False,
        "lr_adapt": False,
        "warn_independent_sampling": False,
    }
    return samplers.CmaEsSampler(**arguments, seed=seed), arguments, {"x0": "centre", "sigma0": "range / 6"}


def _grid_sampler(combinations: int, seed: int) -> optuna.samplers.BaseSampler:
    class GridSampler(optuna.samplers.GridSampler):
        def after_trial(self, *_: Any) -> None:
            """Optuna would stop its own loop here, and raises where there is none."""

    return GridSampler({"setting": list(range(combinations))}, seed)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """No warnings about experimental arguments, and no log lines, while Optuna works."""
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        optuna.logging.set_verbosity(verbosity)
