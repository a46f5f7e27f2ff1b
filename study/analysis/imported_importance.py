"""Which hyperparameters of an imported study mattered, how sure that is, and which mattered no more than chance would.

PED-ANOVA divides what it finds among the hyperparameters whatever that is: one of two without any effect gets 48 % as
easily as 5 %. So each share comes with an interval (trials drawn again, with replacement), and with how often trials
whose values are dealt out anew, so that nothing has an effect, find as much for it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from study.analysis.ped_anova import FEWEST_FOR_IMPORTANCE, ped_anova
from study.records.imported import ForeignStudy, ForeignTrial
from study.records.parameters import Parameter, Setting, takes

Floats = NDArray[np.float64]

DRAWS = 60  # of each kind; each takes 15 milliseconds for 60 trials
MOST_TRIALS = 500  # by which shares are told: of more, evenly chosen ones
LEVEL = 0.05
_SEED = 20


@dataclass(frozen=True, slots=True)
class ImportedImportance:
    """The share of the objective's variance that a hyperparameter explains, in [0, 1], with its 95 % interval.

    ``chance`` is the share of draws without any effect that find at least as much for it, from 1 / 61; it is
    ``shown`` to matter where that is at most 5 %.
    """

    parameter: str
    share: float
    low: float
    high: float
    chance: float

    @property
    def shown(self) -> bool:
        """Whether chance alone seldom finds as much."""
        return self.chance <= LEVEL


def importance_of(study: ForeignStudy) -> tuple[ImportedImportance, ...]:
    """For the objective; of the parameters that every complete trial of one budget has, as the space says, and that
    could differ.

    The largest share first; empty where too few trials tell. The same study gives the same numbers.
    """
    complete = trials_of_importance(study)
    everywhere = [
        p
        for p in study.parameters
        if all(takes(p, trial.setting.get(p.name)) for trial in complete) and (len(p.values) > 1 or p.low != p.high)
    ]
    if len(complete) < FEWEST_FOR_IMPORTANCE or len(everywhere) < 2:
        return ()
    if len(complete) > MOST_TRIALS:
        complete = tuple(complete[i] for i in np.linspace(0, len(complete) - 1, MOST_TRIALS).round().astype(int))
    sign = 1 if study.direction == "maximize" else -1
    values = np.array([sign * (trial.value or 0.0) for trial in complete])
    settings = [trial.setting for trial in complete]
    found = _amounts(everywhere, settings, values)
    if not np.isfinite(found).all() or not found.sum():
        return ()
    rng = np.random.default_rng(_SEED)
    places = (rng.integers(0, len(values), len(values)) for _ in range(DRAWS))
    again = np.array([_shares(_amounts(everywhere, [settings[i] for i in of], values[of])) for of in places])
    null = np.array([_amounts(everywhere, settings, rng.permutation(values)) for _ in range(DRAWS)])
    low, high = np.nanquantile(again, [0.025, 0.975], axis=0)
    chance = (1 + (null >= found).sum(axis=0)) / (DRAWS + 1)
    shares = _shares(found)
    told = [
        ImportedImportance(p.name, *(float(one[i]) for one in (shares, low, high, chance)))
        for i, p in enumerate(everywhere)
    ]
    return tuple(sorted(told, key=lambda one: -one.share))


def trials_of_importance(study: ForeignStudy) -> tuple[ForeignTrial, ...]:
    """The complete trials of one budget, of which there are most; of equals the longer trained ones."""
    return max(reversed(study.budgets.values()), key=len, default=study.complete)


def _amounts(parameters: Sequence[Parameter], settings: Sequence[Setting], values: Floats) -> Floats:
    """What each parameter explains (P,), before it is made a share; two draws can be compared by that alone."""
    found = ped_anova(parameters, settings, values.tolist(), shares=False)
    return np.array([found.get(p.name, math.nan) for p in parameters])


def _shares(amounts: Floats) -> Floats:
    total = amounts.sum()
    return amounts / total if total > 0 else np.full(amounts.shape, math.nan)
