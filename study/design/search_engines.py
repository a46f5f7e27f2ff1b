"""Which proposers there are and whether one can search a space: answered without importing any engine."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from itertools import islice

from study.errors import SpecError
from study.records.parameters import Parameter, check_parameters, every_setting
from study.words import unknown

PROPOSERS = (
    "optuna:tpe",
    "optuna:random",
    "optuna:qmc",
    "optuna:gp",
    "optuna:cmaes",
    "optuna:grid",
    "keras-tuner:random",
    "keras-tuner:bayesian",
    "keras-tuner:hyperband",
    "keras-tuner:grid",
)

EXTRAS = {"optuna:gp": ("torch", "gp"), "optuna:cmaes": ("cmaes", "cmaes")}  # package to import, extra that brings it
GRID_LIMIT = 1000
HALVING = 3  # Hyperband keeps one in three and gives it three times the epochs


def check_proposer(name: str, parameters: Sequence[Parameter], epochs: int | None = None) -> None:
    """Raise SpecError, saying what to do, where ``name`` is no proposer, is not installed or cannot search the space.

    ``epochs``, where known, is what a trial trains for at most.
    """
    _check_known(name)
    check_installed(name)
    check_searchable(name, parameters, epochs)


def check_installed(name: str) -> None:
    """Raise SpecError where the package of a proposer is missing: only to search it is needed, not to read a study."""
    package, extra = EXTRAS.get(name, ("", ""))
    if package and importlib.util.find_spec(package) is None:
        raise SpecError(
            f"proposer {name} needs the package {package}, which is not installed: pip install 'depthgauge[{extra}]'"
        )


def check_searchable(name: str, parameters: Sequence[Parameter], epochs: int | None = None) -> None:
    """Raise SpecError as :func:`check_proposer` does, but not for what is not installed."""
    _check_known(name)
    check_parameters(parameters)
    if name.endswith(":grid"):
        _check_grid(name, parameters)
    if name == "optuna:cmaes":
        _check_cmaes(parameters)
    if name == "keras-tuner:hyperband":
        _check_hyperband(parameters, epochs)


def _check_known(name: str) -> None:
    if name not in PROPOSERS:
        raise SpecError(f"{unknown(name, PROPOSERS, 'proposer')} All of them: {', '.join(PROPOSERS)}.")


def _check_grid(name: str, parameters: Sequence[Parameter]) -> None:
    for parameter in parameters:
        if parameter.options is None:
            low, high = parameter.bounds
            raise SpecError(
                f"proposer {name} tries every value, and {parameter.name} is a range from {low} to {high} without a "
                f'list of them; give it "values", or choose another proposer such as "optuna:tpe"'
            )
    if len(list(islice(every_setting(parameters), GRID_LIMIT + 1))) > GRID_LIMIT:
        raise SpecError(
            f"proposer {name} expects at most {GRID_LIMIT} combinations and this space has more; list fewer values, "
            f'or choose another proposer such as "optuna:random"'
        )


def _check_cmaes(parameters: Sequence[Parameter]) -> None:
    numeric = [p.name for p in parameters if p.kind != "choice" and p.low != p.high]
    if len(numeric) < 2:
        raise SpecError(
            f"proposer optuna:cmaes expects at least 2 int or float parameters with low < high, found "
            f'{len(numeric)} ({", ".join(numeric) or "none"}); add ranges, or choose "optuna:tpe"'
        )


def _check_hyperband(parameters: Sequence[Parameter], epochs: int | None) -> None:
    if any(parameter.name == "epochs" for parameter in parameters):
        raise SpecError(
            "proposer keras-tuner:hyperband chooses the epochs itself; take epochs out of [space] and set the most a "
            "trial may train in [network]"
        )
    if epochs is not None and epochs < HALVING:
        raise SpecError(
            f"proposer keras-tuner:hyperband expects at least {HALVING} epochs, so that it can stop trials early, "
            f'found {epochs}; set more epochs, or choose "keras-tuner:random"'
        )
