"""Replicates that are decided as a study goes: by what is recorded alone, whoever runs it, however often it stops."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from study.analysis.conclude import conclude
from study.design.plan import make_plan
from study.design.source import build_spec
from study.errors import InputError, StoreError
from study.records.trials import Result, Trial
from study.run.budget import settle_budget
from study.run.coordinator import run_study
from study.run.executors.inprocess import InProcessExecutor
from study.run.observers import Observer
from study.store import Store, StoredStudy, open_store
from tests.conftest import FACTS, retold, scripted_result

DEPTHS = [1, 2, 3, 4, 6]
STUDY = {
    "name": "s",
    "dataset": "digits",
    "replicates": "auto",
    "margin": 0.02,
    "network": {"samples": 100},  # so few that replicates share next to none
    "space": {"depth": {"values": DEPTHS}},
}


def noisy(level: Callable[[int], float], noise: float) -> Callable[[Trial], Result]:
    """Trials that reach ``level`` of their depth, each with noise of its own; answers to items are not kept."""

    def run(trial: Trial) -> Result:
        depth = trial.configuration.network.depth
        reached = level(depth) + np.random.default_rng([depth, trial.replicate]).normal(0, noise)
        result = scripted_result(trial)
        accuracy = np.tile([0.999, reached, reached], (len(result.trajectory.epochs), 1))
        return replace(retold(result, accuracy=accuracy), items=())

    return run


STEEP = noisy(lambda depth: 0.9 - 0.03 * depth, 0.001)  # plain from three replicates
FLAT = noisy(lambda depth: 0.9, 0.01)  # takes more than three


def begun(**values: Any) -> Store:
    store = open_store("sqlite://", create=True)
    store.begin(make_plan(build_spec({**STUDY, **values}, "test")), "hash", FACTS)
    return store


def run(store: Store, trial: Callable[[Trial], Result], **how: Any) -> StoredStudy:
    run_study("s", store, InProcessExecutor(trial), Observer(), **how)
    return store.load_own("s")


def test_a_plain_fall_ends_the_study_at_the_first_look() -> None:
    study = run(begun(), STEEP)
    (look,) = study.looks
    assert (look.replicates, look.ending, len(study.results)) == (3, "settled", 15)
    (panel,) = conclude(study).panels
    assert panel.verdict is not None and panel.verdict.kind == "overfitting" and not panel.verdict.open_depths
    assert panel.looks is not None and panel.looks.fixed_runs == 100
    assert panel.looks.sentence == (
        "Replicates were decided after 3, 5, 7, 10, 14 and 20: it took 15 runs, up to 3 replicates a value; 20 "
        "replicates of every value take 100. It stopped because no further replicate could change what is said."
    )
    assert study.plan.most == 15 and conclude(study).facts.pending == 0


def test_noise_is_answered_by_further_replicates_where_they_can_decide() -> None:
    study = run(begun(), FLAT)
    assert len(study.looks) > 1 and study.looks[-1].ending in ("settled", "most")
    asked = study.plan.trials({}).keys()
    assert study.results.keys() == asked and 15 < len(asked) < 100
    for look, further in zip(study.looks[:-1], (5, 7, 10, 14, 20), strict=False):
        ran = {r.trial.configuration.network.depth for r in study.results.values() if r.trial.replicate == further - 1}
        assert {f"depth {depth}" for depth in ran} == set(look.going_on)


def test_the_error_rate_of_a_verdict_is_that_of_its_looks() -> None:
    looked_at, fixed = run(begun(replicates_at_most=3), FLAT), run(begun(replicates=3), FLAT)
    assert conclude(looked_at).panels[0].verdict == conclude(fixed).panels[0].verdict  # a single look is a fixed design
    one_of_many = conclude(run(begun(), FLAT, late=lambda: True)).panels[0].verdict
    alone = conclude(fixed).panels[0].verdict
    assert one_of_many is not None and alone is not None
    bounds = one_of_many.largest_drop_upper_bound, alone.largest_drop_upper_bound
    assert bounds[0] is not None and bounds[1] is not None and bounds[0] > bounds[1]


def test_interrupted_at_every_trial_and_resumed_it_decides_the_same() -> None:
    straight = run(begun(), FLAT)
    store = begun()
    trials = 0

    def interrupted(trial: Trial) -> Result:
        nonlocal trials
        trials += 1
        if trials % 2 == 0:
            raise KeyboardInterrupt
        return FLAT(trial)

    while store.load_own("s").plan.panels[0].undecided:
        with contextlib.suppress(KeyboardInterrupt):
            run(store, interrupted)
    resumed = store.load_own("s")
    assert resumed.looks == straight.looks
    assert resumed.results.keys() == straight.results.keys()
    assert conclude(resumed).panels[0].verdict == conclude(straight).panels[0].verdict


class Backwards(InProcessExecutor):
    """Several workers of which the last to begin is the first to end."""

    workers = 4

    def wait(self, timeout: float) -> Any:
        self._queue.rotate(1)
        return super().wait(timeout)


def test_the_order_in_which_trials_end_decides_nothing() -> None:
    straight, store = run(begun(), FLAT), begun()
    run_study("s", store, Backwards(FLAT), Observer())
    assert store.load_own("s").looks == straight.looks


def test_a_settled_panel_leaves_its_trials_to_the_others() -> None:
    def either(trial: Trial) -> Result:
        return (FLAT if trial.configuration.network.dropout else STEEP)(trial)

    arms = [{"name": "plain"}, {"name": "dropout", "network": {"dropout": 0.1}}]
    study = run(begun(arms=arms, trials_at_most=50), either)
    ends = {look.panel: (look.replicates, look.ending) for look in study.looks if look.ending}
    assert ends["plain"] == (3, "settled")
    assert ends["dropout"][0] > 3 and len(study.results) <= 50
    assert study.plan.panels[1].replicates * 5 > 25  # more than half of what there was


def test_no_look_asks_for_more_trials_than_the_study_may_take() -> None:
    study = run(begun(trials_at_most=24), FLAT)
    assert (study.looks[-1].ending, len(study.results)) == ("budget", 15)


def test_once_it_is_late_no_look_asks_for_more_and_that_is_recorded() -> None:
    store = begun()
    study = run(store, FLAT, late=lambda: True)
    assert [(look.replicates, look.ending) for look in study.looks] == [(3, "clock")]
    assert run(store, FLAT).looks == study.looks  # for good: the page says so


def test_looks_stand_at_whole_repeats_of_folds() -> None:
    plan = make_plan(build_spec({**STUDY, "data": {"scheme": "folds", "folds": 4}}, "test"))
    assert plan.panels[0].looks == (4, 8, 12, 16, 20)


@pytest.mark.parametrize("change", [{"replicates_at_most": 30}, {"replicates": 20}, {"alpha": 0.1}, {"margin": 0.01}])
def test_a_study_that_was_looked_at_does_not_go_on_as_another(change: dict[str, Any]) -> None:
    store = begun()
    run(store, FLAT)
    other = {**STUDY, **change}
    with pytest.raises(StoreError, match="error rate rests on what was planned"):
        store.begin(make_plan(build_spec(other, "test")), "hash", FACTS)


def test_a_study_that_was_looked_at_goes_on_as_it_was() -> None:
    store = begun()
    study = run(store, FLAT)
    store.begin(make_plan(study.spec), "hash", FACTS)
    assert store.load_own("s").looks == study.looks


def test_minutes_are_for_studies_whose_replicates_are_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    from study.data.loading import load_dataset

    plan = make_plan(build_spec({**STUDY, "replicates": 5}, "test"))
    with pytest.raises(InputError, match="replicates = 5 is fixed"):
        settle_budget(plan, load_dataset(plan.spec.source), 3.0, workers=1)
