"""Which hyperparameter mattered in a search: Optuna's PED-ANOVA, which is loaded here and nowhere else in this room."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from study.records.parameters import Parameter, Setting
from study.search.optuna_parameters import distribution, quiet_optuna

# Fewer feasible trials say nothing about which hyperparameter matters.
FEWEST_FOR_IMPORTANCE = 10


def ped_anova(
    parameters: Sequence[Parameter], settings: Sequence[Setting], values: Sequence[float], *, shares: bool = True
) -> dict[str, float]:
    """Share of the variance of ``values``, larger is better, that each parameter explains near the best, in [0, 1].

    Every setting has all of ``parameters``. Without ``shares`` it is what each explains, not divided by their sum.
    Source: Watanabe, Bansal and Hutter, "PED-ANOVA: efficiently quantifying hyperparameter importance in arbitrary
    subspaces", 2023.
    """
    if len(set(values)) < 2:
        return {p.name: 0.0 for p in parameters}
    import optuna

    distributions = {p.name: distribution(p) for p in parameters}
    with warnings.catch_warnings(), quiet_optuna():
        warnings.simplefilter("ignore")  # the evaluator is marked experimental
        study = optuna.create_study(direction="maximize")
        study.add_trials(
            [
                optuna.trial.create_trial(
                    params={name: setting[name] for name in distributions}, distributions=distributions, value=value
                )
                for setting, value in zip(settings, values, strict=True)
            ]
        )
        evaluator = optuna.importance.PedAnovaImportanceEvaluator()
        return dict(optuna.importance.get_param_importances(study, evaluator=evaluator, normalize=shares))
