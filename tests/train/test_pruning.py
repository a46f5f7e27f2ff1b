"""Pruning: our pruner decides as Optuna's own loop does, and what it ended never wins."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import optuna
import pytest

from study.analysis.conclude import conclude
from study.analysis.findings import Findings
from study.design.source import build_spec
from study.errors import SpecError
from study.records.trials import SEARCH_REPLICATE, Curve, Pruning, Result, Trial
from study.run.agenda import Agenda
from study.search.cell_search import find_winners
from study.train.pruner import SETTINGS, Pruner
from tests.search.test_search import isolation, new_store, proposed, run, train

EPOCHS = 9


def curve(number: int) -> list[float]:
    """A learning curve of its own height and speed."""
    height, speed = np.random.default_rng(number).uniform((0.5, 0.1), (0.95, 1.0))
    return [float(height * (1 - np.exp(-speed * epoch))) for epoch in range(1, EPOCHS + 1)]


def theirs(pruner: optuna.pruners.BasePruner, trials: int) -> list[int]:
    """The epoch after which each trial ends in Optuna's own loop."""
    ended: list[int] = []

    def objective(trial: optuna.Trial) -> float:
        values = curve(trial.number)
        for epoch, value in enumerate(values, 1):
            trial.report(value, epoch)
            stop = trial.should_prune()
            if stop and epoch < EPOCHS:
                ended.append(epoch)
                raise optuna.TrialPruned
        ended.append(EPOCHS)
        return values[-1]

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = optuna.samplers.RandomSampler(0)
    study = optuna.create_study(study_name="pruning", direction="maximize", sampler=sampler, pruner=pruner)
    study.optimize(objective, n_trials=trials)
    return ended


def ours(name: str, trials: int) -> list[int]:
    """The same by our pruner, made anew for every trial from the curves before."""
    curves: list[Curve] = []
    for number in range(trials):
        pruner = Pruner(Pruning(name, EPOCHS, tuple(curves)))
        seen: list[tuple[int, float]] = []
        for epoch, value in enumerate(curve(number), 1):
            seen.append((epoch, value))
            if pruner.stops(epoch, value) and epoch < EPOCHS:
                break
        curves.append(tuple(seen))
    return [seen[-1][0] for seen in curves]


@pytest.mark.parametrize(
    ("name", "pruner"),
    [
        ("median", optuna.pruners.MedianPruner(**SETTINGS["median"])),
        ("successive-halving", optuna.pruners.SuccessiveHalvingPruner(**SETTINGS["successive-halving"])),
        ("hyperband", optuna.pruners.HyperbandPruner(max_resource=EPOCHS, **SETTINGS["hyperband"])),
    ],
)
def test_a_trial_ends_where_it_would_in_optunas_own_loop(name: str, pruner: optuna.pruners.BasePruner) -> None:
    expected = theirs(pruner, 30)
    assert ours(name, 30) == expected
    assert min(expected) < EPOCHS == max(expected)


def test_optuna_stays_as_talkative_as_its_user_has_it() -> None:
    before = optuna.logging.get_verbosity()
    try:
        for verbosity in (optuna.logging.DEBUG, optuna.logging.WARNING):
            optuna.logging.set_verbosity(verbosity)
            pruner = Pruner(Pruning("median", EPOCHS, (((1, 0.5), (2, 0.6)), ())))
            pruner.stops(1, 0.5)
            assert optuna.logging.get_verbosity() == verbosity
    finally:
        optuna.logging.set_verbosity(before)


DEPTHS = {"depth": {"values": [1, 2]}, "l2": {"role": "nuisance", "values": [0, 1e-3]}}


def search(**changes: Any) -> Any:
    space = {"learning_rate": {"role": "nuisance", "low": 1e-4, "high": 1e-1, "log": True}}
    options = {"proposer": "optuna:random", "trials": 20, "pruner": "median"}
    values = {"space": space, "search": options, "confirm": {"replicates": 2, "best": 1}, "network": {"epochs": 3}}
    return isolation(**(values | changes))


def watched(trial: Trial) -> Result:
    """A scripted trial that stops where its pruner says."""
    result = train(trial)
    if trial.pruning is None:
        return result
    pruner = Pruner(trial.pruning)
    t = result.trajectory
    keep = len(t.epochs)
    for row, (epoch, accuracy) in enumerate(zip(t.epochs.tolist(), t["accuracy"][:, 1].tolist(), strict=True), 1):
        if pruner.stops(epoch, accuracy):
            keep = row
            break
    return replace(result, trajectory=t.until(keep))


def test_pruned_trials_are_told_and_never_win_and_reports_are_never_pruned() -> None:
    spec = search()
    study = run(spec, new_store(spec), watched)
    searched = [r for (_, replicate), r in study.results.items() if replicate == SEARCH_REPLICATE]
    reported = [r for (_, replicate), r in study.results.items() if replicate != SEARCH_REPLICATE]
    assert 0 < sum(r.pruned for r in searched) < len(searched)
    assert not any(r.pruned for r in reported)
    assert all(p.told is not None and p.value is not None for p in study.proposals)
    ((winner,),) = find_winners(study.plan, study.proposals, study.results).values()
    assert not study.results[winner.configuration.key, SEARCH_REPLICATE].pruned


@pytest.mark.parametrize("pruner", ["median", "hyperband"])
def test_a_cell_of_a_question_is_pruned_by_its_own_trials_and_reported_whole(pruner: str) -> None:
    space = {"depth": {"values": [1, 4]}, "learning_rate": {"role": "nuisance", "low": 1e-4, "high": 1e-1, "log": True}}
    spec = search(space=space, search={"proposer": "optuna:random", "trials": 20, "pruner": pruner})
    study = run(spec, new_store(spec), watched)
    for search_of in study.plan.searches:
        own = [study.results[search_of.trial(p.setting or {}).key] for p in study.proposals if p.cell == search_of.name]
        assert 0 < sum(result.pruned for result in own) < len(own)
    assert not any(r.pruned for (_, replicate), r in study.results.items() if replicate < SEARCH_REPLICATE)
    found = conclude(study)
    assert isinstance(found, Findings) and [point.test.n for point in found.panels[0].points] == [2, 2]


@pytest.mark.parametrize("kill_after", [3, 9, 15])
def test_an_interrupted_search_prunes_what_the_uninterrupted_one_did(kill_after: int) -> None:
    spec = search()
    expected = run(spec, new_store(spec), watched)
    store, calls = new_store(spec), []

    def interrupted(trial: Trial) -> Result:
        calls.append(trial)
        if len(calls) == kill_after:
            raise KeyboardInterrupt
        return watched(trial)

    with pytest.raises(KeyboardInterrupt):
        run(spec, store, interrupted)
    study = run(spec, store, interrupted)
    assert proposed(study) == proposed(expected)
    assert {k: r.pruned for k, r in study.results.items()} == {k: r.pruned for k, r in expected.results.items()}


def test_what_is_pending_is_pruned_by_what_was_known_when_it_was_asked() -> None:
    spec = search()
    store = new_store(spec)
    agenda = Agenda(store.load_own(spec.name), store, at_once=4)
    asked = [trial for trial in agenda.ready() if trial.pruning is not None]
    ended = [watched(trial) for trial in asked[:2]]
    store.record(spec.name, *ended)
    agenda.done(ended)
    ready = Agenda(store.load_own(spec.name), store, at_once=4).ready()
    continued = [trial.pruning for trial in ready if trial.pruning is not None]
    assert len(asked) == len(continued) == 4
    assert continued[:2] == [trial.pruning for trial in asked[2:]]
    assert [len(pruning.curves) for pruning in continued] == [0, 0, 2, 2]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"space": DEPTHS, "search": {"pruner": "successive-halving"}}, "not shown to treat"),
        ({"space": DEPTHS, "search": {"proposer": "keras-tuner:hyperband"}}, "not shown to treat"),
        ({"network": {"epochs": 3, "halt": 1}}, "both stop"),
        ({"search": {"proposer": "keras-tuner:hyperband", "pruner": "median"}}, "stops trials itself"),
        ({"search": {"pruner": "mediam"}}, "median"),
        ({"space": {"epochs": {"role": "nuisance", "values": [5, 9]}}}, "one number of epochs"),
    ],
)
def test_a_pruner_that_is_unfair_or_one_too_many_is_refused(changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(SpecError, match=expected):
        search(**changes)


def test_the_real_trainer_stops_where_the_pruner_says() -> None:
    """One trial far better than the next: the second one ends early, and its record is what was trained."""
    from study.run.executors import worker

    spec = build_spec({"dataset": "digits", "network": {"depth": 1, "width": 8, "epochs": 4}}, "test")
    configuration = spec.network
    trainer = worker.make_trainer("digits", seed=0, validation=0.1)
    from study.design.space import configure

    perfect: Curve = tuple((epoch, 1.0) for epoch in range(1, 5))
    pruning = Pruning("median", 4, (perfect,) * 5)
    result = trainer.run(Trial(configure(configuration), 0, pruning))
    whole = trainer.run(Trial(configure(configuration), 0))
    assert result.pruned and result.trajectory.epochs.tolist() == [1]
    assert np.array_equal(result.trajectory["accuracy"], whole.trajectory["accuracy"][:1])
