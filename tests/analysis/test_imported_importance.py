"""What mattered in an imported study: a share with its interval, and no effect where there is none."""

from __future__ import annotations

import numpy as np

from study.analysis.imported_importance import ImportedImportance, importance_of
from study.records.imported import ForeignStudy, ForeignTrial
from study.records.parameters import Parameter

PARAMETERS = (
    Parameter("lr", "float", 1e-4, 1.0, log=True),
    Parameter("width", "int", 8, 256),
    Parameter("optimizer", "choice", values=("adam", "sgd")),
)


def study(effect: float, seed: int, trials: int = 40) -> ForeignStudy:
    """Trials whose value depends on lr by ``effect``, and on nothing else but noise."""
    rng = np.random.default_rng(seed)
    made = []
    for number in range(trials):
        rate = 10 ** rng.uniform(-4, 0)
        setting = {"lr": rate, "width": int(rng.integers(8, 257)), "optimizer": str(rng.choice(["adam", "sgd"]))}
        value = -effect * (np.log10(rate) + 2) ** 2 + rng.normal()
        made.append(ForeignTrial(number, setting, "complete", float(value)))
    return ForeignStudy("s", "Optuna", "4", "s", "value", "maximize", PARAMETERS, tuple(made))


def by_name(found: tuple[ImportedImportance, ...]) -> dict[str, ImportedImportance]:
    return {one.parameter: one for one in found}


def test_what_has_an_effect_is_shown_and_its_interval_holds_its_share() -> None:
    found = importance_of(study(3.0, 0))
    assert found[0].parameter == "lr" and found[0].shown
    assert all(one.low <= one.high for one in found) and sum(one.share for one in found) > 0.999
    assert found[0].low > 0.2


def test_what_has_no_effect_is_seldom_shown_however_large_its_share() -> None:
    studies = [importance_of(study(0.0, seed, trials=20)) for seed in range(5)]
    assert max(one.share for found in studies for one in found) > 0.48  # a share that looks like an effect
    assert sum(one.shown for found in studies for one in found) <= 4  # of 15 with 5 % each: more in 1 of 1,000


def test_the_same_study_gives_the_same_numbers_and_too_few_trials_none() -> None:
    assert importance_of(study(1.0, 2, trials=12)) == importance_of(study(1.0, 2, trials=12))
    assert importance_of(study(1.0, 2, trials=9)) == ()
