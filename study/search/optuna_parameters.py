"""Our parameters as Optuna's distributions, and Optuna kept quiet. Importing this loads no Optuna."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from study.records.parameters import Parameter

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution


def distribution(parameter: Parameter) -> BaseDistribution:
    """A parameter as Optuna knows it."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if parameter.kind == "choice":
        return CategoricalDistribution(parameter.values)
    low, high = parameter.bounds
    if parameter.kind == "int":
        return IntDistribution(int(low), int(high), log=parameter.log)
    return FloatDistribution(low, high, log=parameter.log)


@contextmanager
def quiet_optuna() -> Iterator[None]:
    """Optuna says nothing below an error; afterwards it is as talkative as its user has it."""
    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)
