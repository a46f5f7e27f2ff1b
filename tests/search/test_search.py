"""Searches: what is proposed is run once, an interruption changes nothing, and only fresh replicates are reported."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import optuna
import pytest

from study.analysis.conclude import conclude
from study.analysis.t_intervals import t_interval
from study.design.plan import PlannedPoint, make_plan
from study.design.source import build_spec, load_spec
from study.design.spec import StudySpec
from study.errors import SpecError, StoreError, StudyError
from study.records.readings import read
from study.records.trials import EMPTY, SEARCH_REPLICATE, Result, Trial, TrialKey
from study.run.coordinator import run_study
from study.run.executors.inprocess import InProcessExecutor
from study.run.observers import Observer
from study.search.cell_search import find_winners, proposer_settings
from study.store import Store, StoredStudy, open_store
from study.store.stored_study import read_spec
from tests.conftest import FACTS, retold, scripted_result

SPACE = {
    "width": {"role": "nuisance", "low": 8, "high": 64, "log": True},
    "l2": {"role": "nuisance", "low": 1e-6, "high": 1e-2, "log": True, "zero": True},
    "learning_rate": {"role": "nuisance", "low": 1e-4, "high": 1e-1, "log": True},
}
DEPTHS = {"depth": {"role": "scientific", "values": [1, 2, 4]}}


def isolation(**changes: Any) -> StudySpec:
    values = {
        "name": "s",
        "dataset": "digits",
        "space": DEPTHS | SPACE,
        "search": {"proposer": "optuna:tpe", "trials": 6},
        "confirm": {"replicates": 2},
        "baseline": "16-8",
        "network": {"epochs": 3},
    }
    return build_spec(values | changes, "test")


def accuracy(trial: Trial) -> float:
    """Best at a learning rate of 0.01 and large widths, a little worse at every depth, and noise by trial."""
    c = trial.configuration
    noise = int(hashlib.sha256(repr(trial).encode()).hexdigest()[:4], 16) / 0xFFFF * 0.002
    return (
        0.9
        - 0.05 * abs(np.log10(c.learning_rate) + 2)
        - 0.01 * c.network.depth
        + 0.0005 * sum(c.network.hidden[:1])
        + noise
    )


def train(trial: Trial) -> Result:
    result = scripted_result(trial, test_items=360)
    table = np.full_like(result.trajectory["accuracy"], accuracy(trial))
    table[:, 0] = 1.0
    return retold(result, accuracy=table, cross_entropy=1 - table)


def new_store(spec: StudySpec) -> Store:
    store = open_store("sqlite://", create=True)
    store.begin(make_plan(spec), "hash", FACTS)
    return store


def run(spec: StudySpec, store: Store, train: Callable[[Trial], Result] = train, *, workers: int = 1) -> StoredStudy:
    executor = InProcessExecutor(train)
    executor.workers = workers  # so many trials are kept in work, although they run one after the other
    run_study(spec.name, store, executor, Observer())
    return store.load_own(spec.name)


def confirmed(study: StoredStudy) -> tuple[PlannedPoint, ...]:
    """The points of the only panel."""
    (panel,) = study.plan.panels
    return panel.points(find_winners(study.plan, study.proposals, study.results))


def proposed(study: StoredStudy) -> list[tuple[str, int, dict[str, Any] | None, float | None]]:
    return sorted((p.cell, p.number, p.setting, p.value) for p in study.proposals)


def test_isolation_searches_every_cell_and_reports_its_winner_on_fresh_replicates() -> None:
    spec = isolation()
    study = run(spec, new_store(spec))
    assert Counter(p.cell for p in study.proposals) == {"depth 1": 6, "depth 2": 6, "depth 4": 6}
    winners = find_winners(study.plan, study.proposals, study.results)
    (panel,) = study.plan.panels
    points = panel.points(winners)
    assert [point.value for point in points] == [1, 2, 4]
    for point in points:
        own = [p for p in study.proposals if p.cell == f"depth {point.value}"]
        best = max(p.value for p in own if p.value is not None)
        searched = study.results[point.first.configuration.key, SEARCH_REPLICATE]
        assert read(searched.trajectory, spec.reading)["accuracy"][1] == best
        assert {r for key, r in study.results if key == point.first.configuration.key} == {0, 1, SEARCH_REPLICATE}
    assert panel.baseline is not None and (panel.baseline.configuration({}).key, 1) in study.results
    assert len(study.results) == study.plan.most == 3 * 6 + (3 + 1) * 2


def repeated(**changes: Any) -> StudySpec:
    return isolation(searches=3, confirm={"replicates": 6}, **changes)


def test_repeated_searches_share_the_trials_and_the_replicates_of_a_cell() -> None:
    spec = repeated(search={"proposer": "optuna:tpe", "trials": 8})
    study = run(spec, new_store(spec), workers=3)
    asked = Counter(p.cell for p in study.proposals)
    assert asked == {f"depth {d}, search {n}": 3 - (n == 3) for d in (1, 2, 4) for n in (1, 2, 3)}
    assert len(study.results) == study.plan.most == 3 * 8 + (3 + 1) * 6
    winners = find_winners(study.plan, study.proposals, study.results)
    for point in study.plan.panels[0].points(winners):
        for number, winner in enumerate(point.winners):
            assert winner is not None
            ran = {r for key, r in study.results if key == winner.configuration.key}
            assert ran >= {number, number + 3, SEARCH_REPLICATE + number}


def test_repeated_searches_have_seeds_and_splits_of_their_own() -> None:
    study = run(spec := repeated(), new_store(spec))
    settings = [[p.setting for p in study.proposals if p.cell == f"depth 2, search {n}"] for n in (1, 2, 3)]
    assert len({repr(one) for one in settings}) == 3
    assert {r for _, r in study.results if r >= SEARCH_REPLICATE} == {1000, 1001, 1002}


def test_what_another_search_would_find_widens_the_intervals_of_an_isolation() -> None:
    def lucky(trial: Trial) -> Result:
        result = train(trial)
        seed = int(trial.configuration.key, 16)
        luck = np.random.default_rng(seed).normal(0, 0.02)
        table = np.clip(result.trajectory["accuracy"] + [0, 0, luck], 0, 1)
        return retold(result, accuracy=table, cross_entropy=1 - table)

    spec = repeated()
    (panel,) = conclude(run(spec, new_store(spec), lucky)).panels
    assert panel.sampling.luck > 3 and "searched 3 times" in panel.winners_note
    point = panel.points[0]
    replicates_alone = t_interval(point.accuracy[:, 2])
    assert point.test.half_width is not None and replicates_alone.half_width is not None
    assert point.test.half_width > 1.5 * replicates_alone.half_width
    assert [one.test.n for one in point.winners if one is not None] == [2, 2, 2]
    once = isolation()
    (alone,) = conclude(run(once, new_store(once), lucky)).panels
    assert alone.sampling.luck == 1 and "these winners" in alone.winners_note


def test_an_interrupted_repeated_search_ends_as_the_uninterrupted_one() -> None:
    spec = repeated()
    expected = run(spec, new_store(spec))
    store = new_store(spec)
    calls = 0

    def interrupted(trial: Trial) -> Result:
        nonlocal calls
        calls += 1
        if calls == 20:
            raise KeyboardInterrupt
        return train(trial)

    with pytest.raises(KeyboardInterrupt):
        run(spec, store, interrupted)
    half = conclude(store.load_own(spec.name))
    assert half.facts.planned == expected.plan.most and half.facts.pending == expected.plan.most - 19
    study = run(spec, store, interrupted)
    assert proposed(study) == proposed(expected) and study.results.keys() == expected.results.keys()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"searches": 3, "confirm": {"replicates": 2}}, ["searches", "3 searches", "2 replicates"]),
        ({"searches": 7, "confirm": {"replicates": 9}}, ["search.trials", "7 searches", "6 trials"]),
        ({"searches": 2, "space": SPACE}, ["searches", "scientific"]),
        ({"searches": 2, "space": DEPTHS, "search": None, "confirm": None}, ["searches", "nothing to search"]),
    ],
)
def test_searches_that_cannot_be_shared_out_are_one_line(changes: dict[str, Any], expected: list[str]) -> None:
    with pytest.raises(SpecError) as error:
        make_plan(isolation(**changes))
    assert "\n" not in str(error.value)
    for words in expected:
        assert words in str(error.value)


def test_neither_a_search_nor_its_verdict_changes_how_talkative_optuna_is() -> None:
    before = optuna.logging.get_verbosity()
    try:
        optuna.logging.set_verbosity(optuna.logging.DEBUG)
        spec = isolation(search={"proposer": "optuna:tpe", "trials": 12})
        findings = conclude(run(spec, new_store(spec)))
        assert findings.search is not None and findings.search.importance  # which Optuna computes
        assert optuna.logging.get_verbosity() == optuna.logging.DEBUG
    finally:
        optuna.logging.set_verbosity(before)


def test_a_search_learns_from_what_it_is_told() -> None:
    spec = isolation(search={"proposer": "optuna:tpe", "trials": 30})
    study = run(spec, new_store(spec))
    early, late = ([p.value for p in study.proposals if a <= p.number < b and p.value] for a, b in ((0, 10), (20, 30)))
    assert np.mean(late) > np.mean(early)


@pytest.mark.parametrize("kill_after", [1, 2, 7, 11, 17, 20])
def test_an_interrupted_search_proposes_what_the_uninterrupted_one_did(kill_after: int) -> None:
    spec = isolation()
    expected = run(spec, new_store(spec))
    store = new_store(spec)
    calls: Counter[TrialKey] = Counter()

    def interrupted(trial: Trial) -> Result:
        calls[trial.key] += 1
        if sum(calls.values()) == kill_after:
            raise KeyboardInterrupt
        return train(trial)

    with pytest.raises(KeyboardInterrupt):
        run(spec, store, interrupted)
    study = run(spec, store, interrupted)
    assert proposed(study) == proposed(expected)
    assert study.results.keys() == expected.results.keys()
    assert sum(calls.values()) == len(study.results) + 1  # only the trial in work ran again


def test_a_crash_between_a_result_and_its_answer_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = isolation()
    expected = run(spec, new_store(spec))
    store = new_store(spec)
    with monkeypatch.context() as patch:
        answers = iter(range(4))
        answer = store.answer

        def dying(name: str, proposal: Any) -> None:
            if next(answers) == 3:
                raise StudyError("the machine went off")
            answer(name, proposal)

        patch.setattr(store, "answer", dying)
        with pytest.raises(StudyError):
            run(spec, store)
    assert proposed(run(spec, store)) == proposed(expected)


def test_cells_propose_the_same_whatever_the_number_of_workers() -> None:
    spec = isolation()
    assert proposed(run(spec, new_store(spec), workers=4)) == proposed(run(spec, new_store(spec)))


def test_equal_configurations_are_never_run_twice() -> None:
    space = {"width": {"role": "nuisance", "values": [8, 16]}}
    spec = isolation(space=space, search={"proposer": "optuna:random", "trials": 12}, baseline=None)
    calls: Counter[TrialKey] = Counter()

    def counted(trial: Trial) -> Result:
        calls[trial.key] += 1
        return train(trial)

    study = run(spec, new_store(spec), counted, workers=3)
    assert len(study.proposals) == 12 and all(p.told is not None for p in study.proposals)
    assert set(calls.values()) == {1} and len(calls) == 2 * (1 + 2)


def test_a_grid_ends_when_it_is_exhausted() -> None:
    space = DEPTHS | {"width": {"role": "nuisance", "values": [8, 16]}}
    spec = isolation(space=space, search={"proposer": "optuna:grid", "trials": 50})
    study = run(spec, new_store(spec))
    assert Counter(p.cell for p in study.proposals if p.setting) == {"depth 1": 2, "depth 2": 2, "depth 4": 2}
    assert len(confirmed(study)) == 3
    store_again = run(spec, new_store(spec))
    assert proposed(store_again) == proposed(study)


def test_without_a_scientific_hyperparameter_the_best_few_are_confirmed() -> None:
    space = SPACE | {"depth": {"role": "nuisance", "low": 1, "high": 3}}
    spec = isolation(space=space, search={"trials": 10}, confirm={"replicates": 3, "best": 2})
    study = run(spec, new_store(spec))
    points = confirmed(study)
    values = sorted((p.value for p in study.proposals if p.value is not None), reverse=True)
    reached = [study.results[p.first.configuration.key, SEARCH_REPLICATE].trajectory["accuracy"][-1, 1] for p in points]
    assert reached == pytest.approx(values[:2]) and not study.plan.panels[0].has_axis
    assert len(study.results) == 10 + (2 + 1) * 3


def test_a_tuned_patience_costs_no_run() -> None:
    patience = {"patience": {"role": "nuisance", "values": [1, "off"]}}
    spec = isolation(space=DEPTHS | patience)

    def overfits(trial: Trial) -> Result:
        result = train(trial)
        table = result.trajectory["accuracy"].copy()
        table[:, 1] = [0.7, 0.6, 0.5]
        return retold(result, accuracy=table, cross_entropy=1 - table)

    study = run(spec, new_store(spec), overfits)
    assert all(p.setting in ({}, None) for p in study.proposals)
    points = confirmed(study)
    assert {point.first.reading for point in points} == {"patience=1"}
    assert len([key for key in study.results if key[1] == SEARCH_REPLICATE]) == 3
    assert study.plan.most == len(study.results)


def test_failed_trials_are_told_and_a_cell_without_any_success_has_no_winner() -> None:
    spec = isolation()

    def diverges(trial: Trial) -> Result:
        if trial.configuration.network.depth == 4 or trial.configuration.learning_rate > 0.02:
            return Result(trial, "failed", EMPTY, reason="diverged", diverged_epoch=1)
        return train(trial)

    study = run(spec, new_store(spec), diverges)
    points = confirmed(study)
    assert [point.value for point in points] == [1, 2]
    assert all(point.first.configuration.learning_rate <= 0.02 for point in points)


def test_profile_free_tunes_a_width_for_each_layer() -> None:
    spec = isolation(network={"epochs": 3, "profile": "free"})
    deep = next(search.cell for search in make_plan(spec).searches if search.name == "depth 4")
    assert [p.name for p in deep.parameters if p.name.startswith("width")] == [f"width_{i}" for i in (1, 2, 3, 4)]
    study = run(spec, new_store(spec))
    widths = {
        r.trial.configuration.network.hidden for r in study.results.values() if r.trial.configuration.network.depth == 4
    }
    assert any(len(set(hidden)) > 1 for hidden in widths)


def test_depth_as_a_nuisance_gives_each_depth_its_own_layers() -> None:
    space = {"depth": {"role": "nuisance", "values": [1, 3]}, "width": SPACE["width"]}
    spec = isolation(space=space, network={"epochs": 3, "profile": "free"}, search={"trials": 12})
    study = run(spec, new_store(spec))
    for proposal in study.proposals:
        assert proposal.setting is not None
        assert len([name for name in proposal.setting if name.startswith("width_")]) == proposal.setting["depth"]


def test_a_free_profile_may_have_no_hidden_layer_at_all() -> None:
    space = {"depth": {"role": "nuisance", "low": 0, "high": 1}, "width": SPACE["width"]}
    spec = isolation(space=space, network={"epochs": 3, "profile": "free"}, search={"trials": 8})
    study = run(spec, new_store(spec))
    assert {r.trial.configuration.network.depth for r in study.results.values()} >= {0, 1}


def test_nothing_left_to_tune_is_a_sweep() -> None:
    spec = isolation(space=DEPTHS | {"patience": {"role": "nuisance", "values": ["off"]}}, baseline=None)
    assert not make_plan(spec).searches and proposer_settings(make_plan(spec)) == {}
    assert len(run(spec, new_store(spec)).results) == 3 * 2


def test_failed_trials_of_a_search_are_listed_with_their_reasons() -> None:
    spec = isolation(space=SPACE, baseline=None)

    def diverges(trial: Trial) -> Result:
        return Result(trial, "failed", EMPTY, reason="diverged: no number", diverged_epoch=1)

    findings = conclude(run(spec, new_store(spec), diverges))
    assert [row.reason for row in findings.trials] == ["diverged: no number"] * 6
    assert "None of 6" in findings.sentence and findings.facts.pending == 0


def test_an_arm_that_fixes_a_value_does_not_search_it() -> None:
    arms = [{"name": "none", "network": {"l2": 0.0}}, {"name": "L2"}]
    by_name = {s.name: {p.name for p in s.cell.parameters} for s in make_plan(isolation(arms=arms)).searches}
    assert by_name["none, depth 1"] == {"width", "learning_rate"}
    assert by_name["L2, depth 1"] == {"width", "learning_rate", "l2_on", "l2"}


def test_more_trials_go_on_and_another_space_is_another_study() -> None:
    spec = isolation()
    store = new_store(spec)
    before = proposed(run(spec, store))
    more = isolation(search={"proposer": "optuna:tpe", "trials": 8})
    store.begin(make_plan(more), "hash", FACTS)
    after = proposed(run(more, store))
    assert len(after) == 3 * 8 and [p for p in after if p[1] < 6] == before
    with pytest.raises(StoreError, match=r"another space.*--name"):
        store.begin(make_plan(isolation(space=DEPTHS | {"width": SPACE["width"]})), "hash", FACTS)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"space": DEPTHS}, ["search", "nothing to search", "nuisance"]),
        ({"space": {}, "search": None}, ["confirm", "nothing to search"]),
        ({"space": DEPTHS | {"width": {"role": "nuisance", "low": 9, "high": 3}}}, ["width", "low must be below high"]),
        ({"space": DEPTHS | {"l2": {"role": "nuisance", "low": 0, "high": 1, "log": True}}}, ["low above 0", "zero"]),
        ({"space": DEPTHS | {"width": {"role": "nuisance", "low": 2}}}, ["width", "low and high"]),
        ({"space": DEPTHS | {"width": {"role": "nuisance", "low": 2.5, "high": 9}}}, ["width", "whole numbers"]),
        ({"space": DEPTHS | {"width": {"role": "nuisance", "values": [1], "low": 2}}}, ["either values or a range"]),
        ({"space": {"depth": {"low": 1, "high": 3}}}, ["depth", "scientific", "values"]),
        ({"space": DEPTHS | {"dropout": {"role": "nuisance", "low": 0, "high": 1.5}}}, ["less than 1", "1.5"]),
        ({"space": DEPTHS | {"optimizer": {"role": "nuisance", "low": 0, "high": 1}}}, ["optimizer", "values"]),
        ({"space": DEPTHS | {"optimizer": {"role": "nuisance", "values": ["adma"]}}}, ["optimizer", "'adma'"]),
        ({"space": DEPTHS | {"patience": {"role": "nuisance", "values": ["never"]}}}, ["patience", "off", "'never'"]),
        ({"space": DEPTHS | {"patience": {"values": [2]}}}, ["patience", "nuisance"]),
        ({"space": {"dropout": {"role": "nuisance", "low": 0, "high": 1.5}}}, ["dropout", "less than 1"]),
        ({"space": {"activation": {"role": "nuisance", "values": ["relu", "rellu"]}}}, ["activation", "'rellu'"]),
        ({"space": DEPTHS | {"learning_rate": SPACE["l2"]}}, ["learning_rate", "greater than 0"]),
        ({"space": {"hidden": {"role": "nuisance", "values": ["8-"]}}}, ["hidden", "128-64", "'8-'"]),
        ({"search": {"proposer": "optuna:tbe"}}, ["'optuna:tbe'", "'optuna:tpe'"]),
        ({"search": {"proposer": "keras-tuner:hyperband"}}, ["not shown to treat", "depth", "median"]),
        ({"search": {"proposer": "optuna:grid"}}, ["optuna:grid", "values"]),
        ({"search": {"proposer": "optuna:tpe", "trials": 0}}, ["search.trials", "greater than or equal to 1"]),
        ({"network": {"profile": "free"}, "space": DEPTHS | {"l2": SPACE["l2"]}}, ["free", "nuisance"]),
    ],
)  # fmt: skip
def test_a_space_that_cannot_be_searched_is_one_line(changes: dict[str, Any], expected: list[str]) -> None:
    with pytest.raises(SpecError) as error:
        make_plan(isolation(**changes))
    for words in expected:
        assert words in str(error.value)


def test_a_stored_study_of_before_searches_were_counted_had_one_with_rows_to_itself() -> None:
    spec = isolation(data={"scheme": "folds"}, confirm={"replicates": 5})
    assert spec.searches_inside and spec.source.search_share == 0
    values = json.loads(spec.model_dump_json())
    del values["searches"]
    before = read_spec(json.dumps(values))
    assert before.searches == 1 and not before.searches_inside and before.source.search_share == 0.5
    assert [search.name for search in make_plan(before).searches] == ["depth 1", "depth 2", "depth 4"]


@pytest.mark.parametrize("name", ["isolate", "remedies", "search"])
def test_the_presets_search(name: str) -> None:
    spec = load_spec(name)
    assert make_plan(spec).searches and build_spec(spec.model_dump(exclude_defaults=True), "again") == spec
