"""A search ends where what remains can be expected to gain too little; and beside its best runs what it began with."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from study.analysis.conclude import conclude
from study.analysis.findings import Findings
from study.analysis.replies.study_replies import replies_to
from study.analysis.search_notes import early_sentence
from study.design.plan import make_plan
from study.design.search_stop import FEWEST, SearchStop, expected_gain, looks_up_to, stop_of
from study.design.source import build_spec, spec_of
from study.design.spec import StudySpec
from study.errors import SpecError
from study.records.metrics import ACCURACY, CROSS_ENTROPY, RMSE
from study.records.trials import Result, Trial
from study.store import StoredStudy
from tests.search.test_search import accuracy, new_store, run, train

SPACE = {
    "width": {"role": "nuisance", "low": 8, "high": 64, "log": True},
    "learning_rate": {"role": "nuisance", "low": 1e-4, "high": 1e-1, "log": True},
}


def plain(**changes: Any) -> StudySpec:
    values = {
        "name": "s",
        "dataset": "digits",
        "space": SPACE,
        "search": {"trials": 60},
        "confirm": {"replicates": 3},
        "network": {"epochs": 3},
        "margin": 0.05,
    }
    return build_spec(values | changes, "test")


def concluded(study: StoredStudy) -> Findings:
    found = conclude(study)
    assert isinstance(found, Findings)
    return found


class TestGain:
    @given(st.lists(st.floats(0, 1), min_size=2, max_size=9), st.integers(1, 8))
    def test_it_is_the_best_of_all_less_the_mean_best_of_every_smaller_set(self, values: list[float], few: int) -> None:
        few = min(few, len(values) - 1)
        every = float(np.mean([max(some) for some in combinations(values, few)]))
        assert expected_gain(values, len(values) / few) == pytest.approx(max(values) - every, abs=1e-9)

    def test_on_average_it_is_what_the_rest_of_a_search_gains(self) -> None:
        draws = np.random.default_rng(3).gamma(3.0, size=(4000, 40))
        told, rest = draws[:, :20], draws.max(axis=1) - draws[:, :20].max(axis=1)
        expected = np.array([expected_gain(one.tolist(), 2.0) for one in told])
        assert float(expected.mean()) == pytest.approx(float(rest.mean()), rel=0.1)

    def test_nothing_is_gained_by_no_more_trials(self) -> None:
        assert expected_gain([0.3, 0.4, 0.5], 1.0) == 0.0

    def test_a_metric_that_falls_gains_as_it_falls(self) -> None:
        told = [0.5, 0.4, 0.3, 0.2] * 5
        rising, falling = SearchStop(ACCURACY, 0.01), SearchStop(CROSS_ENTROPY, 0.01)
        assert falling.gain([-one for one in told], 40) == pytest.approx(rising.gain(told, 40))

    def test_what_cannot_be_told_goes_on(self) -> None:
        stop, values = SearchStop(ACCURACY, 0.5), [0.5, 0.6] * 10
        assert stop.after(values, 40) == 20
        assert stop.after([None] * 11 + values[:9], 40) is None  # most have failed
        assert stop.after([0.1] * 20, 40) is None  # nothing has learned
        assert stop.after(values, 401) is None  # more to come than there are for each

    def test_a_search_that_gets_better_goes_on_however_it_began(self) -> None:
        rising = [0.5 + 0.01 * trial for trial in range(40)]
        assert expected_gain(rising[:20], 2.0) < 0.01 < SearchStop(ACCURACY, 0.1).gain(rising[:20], 40)
        assert SearchStop(ACCURACY, 0.1).after(rising, 40) is None
        assert SearchStop(ACCURACY, 0.1).after(rising[::-1], 40) is not None

    def test_no_search_ends_where_hardly_anything_is_left(self) -> None:
        stop = SearchStop(ACCURACY, 0.5)
        assert stop.after([0.5, 0.6] * 20, 21) is None and stop.after([0.5, 0.6] * 20, 25) == 20


class TestLooks:
    def test_a_long_search_is_looked_at_a_few_times(self) -> None:
        assert looks_up_to(50) == [20, 25, 32, 40, 50]
        assert len(looks_up_to(100_000)) < 50

    def test_trials_that_are_no_draws_like_those_before_all_run(self) -> None:
        assert stop_of("optuna:tpe", ACCURACY, None) == SearchStop(ACCURACY, ACCURACY.margin)
        assert stop_of("optuna:grid", ACCURACY, None) is stop_of("keras-tuner:hyperband", ACCURACY, None) is None

    def test_a_margin_that_only_the_data_tell_ends_no_search(self) -> None:
        assert stop_of("optuna:tpe", RMSE, None) is None
        assert stop_of("optuna:tpe", RMSE, 2.0) == SearchStop(RMSE, 2.0)


class TestStudy:
    def test_it_ends_early_says_so_and_goes_on_by_request(self) -> None:
        spec = plain()
        store = new_store(spec)
        study = run(spec, store)
        search = concluded(study).search
        assert search is not None
        (cell,) = search.cells
        assert cell.over and cell.early is not None and cell.early.gain < 0.5 * cell.early.margin == 0.025
        assert len(study.proposals) == cell.early.after < cell.early.planned == 60
        said = early_sentence(search, ACCURACY)
        assert f"ended after {cell.early.after} of 60 trials" in said and "search.stop = false" in said
        store.begin(make_plan(plain(search={"trials": 60, "stop": False})), "hash", study.facts)
        whole = run(spec, store)
        assert len(whole.proposals) == 60
        found = concluded(whole).search
        assert found is not None and found.cells[0].early is None and early_sentence(found, ACCURACY) == ""

    def test_interrupted_after_any_trial_it_ends_at_the_same(self) -> None:
        spec = plain()
        asked = [(p.number, p.setting, p.value) for p in run(spec, new_store(spec)).proposals]
        left = [7]

        def killed(trial: Trial) -> Result:
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            return train(trial)

        store = new_store(spec)
        for more in (7, 12, 1, 2, 1):
            left[0] = more
            with pytest.raises(KeyboardInterrupt):
                run(spec, store, killed)
        assert [(p.number, p.setting, p.value) for p in run(spec, store).proposals] == asked

    def test_what_is_in_work_when_it_ends_counts(self) -> None:
        spec = plain()
        study = run(spec, new_store(spec), workers=4)
        (cell,) = concluded(study).search.cells  # type: ignore[union-attr]
        assert cell.early is not None
        assert cell.early.after <= len(study.proposals) < cell.early.after + 4
        assert all(p.told is not None for p in study.proposals)

    def test_one_that_ran_all_its_trials_did_not_end_early_whatever_is_asked_later(self) -> None:
        without = plain(search={"trials": 60, "stop": False})
        study = run(without, new_store(without))
        later = replace(study, plan=make_plan(plain()))
        (cell,) = concluded(later).search.cells  # type: ignore[union-attr]
        assert cell.over and cell.early is None and len(cell.tried) == 60

    def test_a_short_search_runs_all_its_trials(self) -> None:
        spec = plain(search={"trials": FEWEST})
        assert len(run(spec, new_store(spec)).proposals) == FEWEST


class TestDefault:
    def test_it_runs_on_the_replicates_of_the_winners_and_may_be_the_pick(self) -> None:
        space = {"width": {"role": "nuisance", "low": 8, "high": 16}}
        spec = plain(space=space, search={"trials": 4}, margin=0.001)
        study = run(spec, new_store(spec))
        found = concluded(study)
        (panel,) = found.panels
        assert panel.baseline is not None and panel.baseline.configuration.network.hidden == (128, 128)
        assert [key[1] for key in study.results if key[0] == panel.baseline.configuration.key] == [0, 1, 2]
        assert found.picks[0].chosen.configuration == panel.baseline.configuration
        said = {one.question: one.answers[0].text for one in replies_to(found)}
        assert "worse than the default setting, 2x128" in said["Which network is best?"]
        assert said["Keep the default setting, 2x128?"] == "Keep it: it is the network to use."

    def test_one_that_the_search_has_found_as_well_is_on_offer_once(self) -> None:
        found = concluded(
            run(spec := plain(space={"width": {"role": "nuisance", "values": [128, 8]}}), new_store(spec))
        )
        assert [one.name for one in found.picks[0].candidates] == ["2x8 (candidate 2)", "2x128 (candidate 1)"]
        said = {one.question: one.answers[0].text for one in replies_to(found)}
        assert said["Keep the default setting, 2x128?"] == "Keep it: it is the network to use."

    def test_a_named_baseline_stands_in_its_place_and_arms_have_none(self) -> None:
        assert plain(baseline="16-8").baseline == (16, 8)
        assert plain(space=SPACE | {"depth": {"values": [1, 2]}}).baseline == "default"
        assert plain(arms=[{"name": "none"}, {"name": "L2", "network": {"l2": 1e-3}}]).baseline is None

    def test_code_without_a_default_has_none_and_with_one_its_own(self) -> None:
        def own(default: int | None, **changes: Any) -> StudySpec:
            blocks = {"name": "blocks", "kind": "any", "default": default}
            rate = {"name": "rate", "kind": "any", "default": 0.2}
            model = {"source": "net.py:build", "code": "0" * 64, "hyperparameters": [blocks, rate]}
            space = {"blocks": {"values": [1, 2]}, "rate": {"role": "nuisance", "low": 0.0, "high": 0.5}}
            return build_spec({"name": "own", "model": model, "space": space, **changes}, "test")

        assert own(None).baseline is None and own(3).baseline == "default"
        (panel,) = make_plan(own(3)).panels
        assert panel.baseline is not None and panel.baseline.configuration({}).label == "build(blocks 3, rate 0.2)"
        with pytest.raises(SpecError, match="asks for has no default"):
            own(None, baseline="default")

    def test_an_isolation_whose_replicates_are_decided_goes_on_as_it_was_begun(self) -> None:
        auto = {"space": SPACE | {"depth": {"values": [1, 2]}}, "replicates": "auto", "confirm": None, "margin": 0.01}
        old, new = plain(**auto, baseline=None), plain(**auto)
        store = new_store(old)
        study = run(old, store)
        store.begin(make_plan(new), "hash", study.facts)
        assert store.load_own("s").spec.baseline == "default"

    def test_the_file_that_a_study_writes_gives_it_again(self) -> None:
        spec = plain()
        assert spec.baseline == "default" and spec_of(tomllib.loads(spec.to_toml())) == spec

    def test_a_spec_of_a_store_has_the_trials_that_it_was_planned_with(self) -> None:
        old = StudySpec.model_validate(plain().model_dump(exclude={"baseline"}))
        assert make_plan(old).panels[0].baseline is None

    def test_widths_that_are_tuned_layer_by_layer_are_alike_in_it(self) -> None:
        (panel,) = make_plan(plain(network={"profile": "free", "width": 32})).panels
        assert panel.baseline is not None and panel.baseline.configuration({}).network.hidden == (32, 32)


def test_the_scripted_trials_are_noisy_enough_to_choose_from() -> None:
    spec = plain()
    seen = {round(accuracy(result.trial), 6) for result in run(spec, new_store(spec)).results.values()}
    assert len(seen) > FEWEST
