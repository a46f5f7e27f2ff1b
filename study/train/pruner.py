"""Stopping search trials early, by Optuna's pruners: what the earlier trials reached, in; whether to go on, out.

A trial carries the validation curves of the trials before it, so the worker decides on its own, and the decision does
not depend on when a message arrives. What is reported are fresh replicates of what wins, and these are never pruned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from study.machine.silence import silence
from study.records.trials import Pruning
from study.search.optuna_parameters import quiet_optuna

if TYPE_CHECKING:
    import optuna

SETTINGS: dict[str, dict[str, Any]] = {
    "median": {"n_startup_trials": 5, "n_warmup_steps": 0, "interval_steps": 1, "n_min_trials": 1},
    "successive-halving": {
        "min_resource": 1,
        "reduction_factor": 3,
        "min_early_stopping_rate": 0,
        "bootstrap_count": 0,
    },
    "hyperband": {"min_resource": 1, "reduction_factor": 3, "bootstrap_count": 0},
}
"""What each pruner is made with; Hyperband's ``max_resource`` is the number of epochs."""


class Pruner:
    """Watches one trial: tell it every record, and it says whether to stop."""

    def __init__(self, pruning: Pruning) -> None:
        with silence():
            import optuna
        with quiet_optuna():
            # Hyperband tells its brackets by the study's name and a trial's number.
            self._study = optuna.create_study(
                study_name="pruning",
                direction="maximize",
                sampler=optuna.samplers.RandomSampler(0),
                pruner=_made(pruning),
            )
            self._replay(pruning)
            self._trial = self._study.ask()

    def _replay(self, pruning: Pruning) -> None:
        """Tell the study of the trials before this one, as they ended."""
        import optuna

        for curve in pruning.curves:
            trial = self._study.ask()
            for epoch, value in curve:
                trial.report(value, epoch)
                trial.should_prune()  # successive halving keeps its own notes when it is asked
            states = optuna.trial.TrialState
            if not curve:
                self._study.tell(trial, state=states.FAIL)
            elif curve[-1][0] < pruning.epochs:
                self._study.tell(trial, state=states.PRUNED)
            else:
                self._study.tell(trial, curve[-1][1])

    def stops(self, epoch: int, value: float) -> bool:
        """Whether the trial ends after this record: its epoch, and the validation value, the larger the better."""
        with quiet_optuna():
            self._trial.report(value, epoch)
            return self._trial.should_prune()


def _made(pruning: Pruning) -> optuna.pruners.BasePruner:
    import optuna

    settings = SETTINGS[pruning.pruner]
    if pruning.pruner == "median":
        return optuna.pruners.MedianPruner(**settings)
    if pruning.pruner == "successive-halving":
        return optuna.pruners.SuccessiveHalvingPruner(**settings)
    return optuna.pruners.HyperbandPruner(max_resource=pruning.epochs, **settings)
