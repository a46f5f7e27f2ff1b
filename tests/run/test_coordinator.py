"""The loop: nothing is run twice, nothing finished is lost, a crash is tried again once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from study.data.loading import load_dataset
from study.design.enough_samples import check_samples
from study.design.plan import make_plan
from study.design.source import build_spec
from study.design.spec import StudySpec
from study.errors import DataError, StudyError
from study.records.trials import EMPTY, Proposal, Result, Trial, TrialKey
from study.run.agenda import is_final
from study.run.coordinator import ATTEMPTS, run_study
from study.run.executors import Cause, Crash, Outcome
from study.run.executors.inprocess import InProcessExecutor
from study.run.observers import Observer
from study.store import Store, StoredStudy, open_store
from tests.conftest import FACTS, trials_of


class Witness(Observer):
    """An observer that remembers."""

    def __init__(self) -> None:
        self.results: list[Result] = []
        self.submissions: list[Trial] = []
        self.planned = self.done = 0

    def begin(self, planned: int, study: StoredStudy, work: Callable[[Trial], float]) -> None:
        self.planned, self.done, self.work = planned, len(study.results), work

    def submitted(self, trial: Trial) -> None:
        assert self.work(trial) > 0
        self.submissions.append(trial)

    def told(self, proposal: Proposal) -> None:
        raise AssertionError("a sweep has no search")

    def result(self, result: Result) -> None:
        self.results.append(result)


@pytest.fixture
def spec() -> StudySpec:
    values = {"name": "s", "dataset": "digits", "replicates": 2, "space": {"depth": {"values": [1, 2, 3]}}}
    return build_spec(values, "test")


@pytest.fixture
def store(spec: StudySpec) -> Store:
    store = open_store("sqlite://", create=True)
    store.begin(make_plan(spec), "hash", FACTS)
    return store


def test_a_study_runs_every_trial_once_and_records_it(
    spec: StudySpec, store: Store, scripted: Callable[[Trial], Result]
) -> None:
    witness = Witness()
    run_study(spec.name, store, InProcessExecutor(scripted), witness)
    assert [r.trial for r in witness.results] == witness.submissions == trials_of(spec)
    assert witness.planned == len(witness.results)
    assert set(store.load("s").results) == {t.key for t in trials_of(spec)}


def test_an_interrupted_study_goes_on_where_it_was(
    spec: StudySpec, store: Store, scripted: Callable[[Trial], Result]
) -> None:
    calls: Counter[TrialKey] = Counter()

    def interrupted(trial: Trial) -> Result:
        calls[trial.key] += 1
        if sum(calls.values()) == 4:
            raise KeyboardInterrupt
        return scripted(trial)

    with pytest.raises(KeyboardInterrupt):
        run_study(spec.name, store, InProcessExecutor(interrupted), Witness())
    assert len(store.load("s").results) == 3
    witness = Witness()
    run_study(spec.name, store, InProcessExecutor(interrupted), witness)
    assert witness.done == 3 and len(witness.results) == 3
    assert sorted(calls.values()) == [1, 1, 1, 1, 1, 2]  # only the trial in work ran again


def test_a_crash_is_tried_again_then_recorded_and_the_study_goes_on(
    spec: StudySpec, store: Store, scripted: Callable[[Trial], Result]
) -> None:
    unlucky, hopeless = trials_of(spec)[:2]
    calls: Counter[TrialKey] = Counter()

    def crashing(trial: Trial) -> Result:
        calls[trial.key] += 1
        if trial == hopeless or (trial == unlucky and calls[trial.key] == 1):
            raise StudyError("worker process died")
        return scripted(trial)

    run_study(spec.name, store, InProcessExecutor(crashing), Witness())
    results = store.load("s").results
    assert calls[unlucky.key] == 2 and results[unlucky.key].state == "finished"
    assert calls[hopeless.key] == ATTEMPTS["crash"]
    assert (results[hopeless.key].state, results[hopeless.key].reason) == ("failed", "worker process died")
    assert sum(r.state == "finished" for r in results.values()) == 5


@pytest.mark.parametrize(("cause", "allowed"), [("limit", 1), ("crash", 2), ("machine", 5)])
def test_a_limit_is_met_once_a_crash_twice_and_a_lost_machine_is_not_the_trials_fault(
    cause: Cause, allowed: int, spec: StudySpec, store: Store, scripted: Callable[[Trial], Result]
) -> None:
    unlucky, hopeless = trials_of(spec)[:2]
    calls: Counter[TrialKey] = Counter()

    class Failing(InProcessExecutor):
        """Fails one trial as often as it may fail and still end, and another one always."""

        def wait(self, timeout: float) -> list[Outcome]:
            (trial,) = self.running()
            (outcome,) = super().wait(timeout)
            calls[trial.key] += 1
            last = calls[trial.key] >= allowed
            return [Crash(trial, cause, cause)] if trial == hopeless or (trial == unlucky and not last) else [outcome]

    run_study(spec.name, store, Failing(scripted), Witness())
    results = store.load("s").results
    assert calls[unlucky.key] == calls[hopeless.key] == allowed
    assert results[unlucky.key].state == "finished"
    assert (results[hopeless.key].state, results[hopeless.key].reason) == ("failed", cause)
    assert not is_final(results[hopeless.key])  # running the study again tries again


def test_workers_that_finish_at_once_lose_and_double_nothing(
    spec: StudySpec, store: Store, scripted: Callable[[Trial], Result]
) -> None:
    class Batches(InProcessExecutor):
        """Everything that was submitted has ended when it is waited for, crashes among it."""

        def wait(self, timeout: float) -> list[Outcome]:
            ended = [outcome for _ in self.all() for outcome in super(Batches, self).wait(timeout)]
            crashed, *rest = ended
            first = not witness.results
            return [Crash(crashed.trial, "worker process died"), *rest] if first else ended

        def all(self) -> list[Trial]:
            return list(self._queue)

    witness = Witness()
    run_study(spec.name, store, Batches(scripted), witness)
    assert Counter(r.trial for r in witness.results) == Counter(trials_of(spec))
    assert all(result.state == "finished" for result in store.load("s").results.values())


def test_a_diverged_trial_is_final_and_a_crashed_one_gets_another_chance(
    spec: StudySpec, store: Store, scripted: Callable[[Trial], Result]
) -> None:
    diverged, crashed = trials_of(spec)[:2]
    store.record("s", Result(diverged, "failed", EMPTY, reason="diverged", diverged_epoch=1))
    store.record("s", Result(crashed, "failed", EMPTY, reason="worker process died"))
    witness = Witness()
    run_study(spec.name, store, InProcessExecutor(scripted), witness)
    assert diverged not in [r.trial for r in witness.results]
    assert store.load("s").results[crashed.key].state == "finished"


@pytest.mark.parametrize("validation", [0.0001, 0.999])
def test_a_validation_share_that_leaves_a_part_empty_is_refused_before_training(validation: float) -> None:
    spec = build_spec({"dataset": "digits", "validation": validation}, "test")
    digits = load_dataset("digits")
    with pytest.raises(DataError, match=r"validation = 0\..* at least 10 of each"):
        check_samples(make_plan(spec), digits)


@pytest.mark.parametrize("samples", [2, 1284, 1294])
def test_sample_sizes_that_the_data_cannot_give_are_refused_before_training(samples: int) -> None:
    spec = build_spec({"dataset": "digits", "network": {"samples": samples}}, "test")
    with pytest.raises(DataError, match=r"from 10 .* to 1,283.*\"all\" for the 1,293"):
        check_samples(make_plan(spec), load_dataset("digits"))


def test_all_samples_may_be_named_by_their_number() -> None:
    spec = build_spec({"dataset": "digits", "network": {"samples": 1293}}, "test")
    check_samples(make_plan(spec), load_dataset("digits"))


def test_sample_sizes_that_are_tuned_are_checked_too() -> None:
    space = {"samples": {"role": "nuisance", "values": [100, 100_000]}}
    spec = build_spec({"dataset": "digits", "space": space}, "test")
    with pytest.raises(DataError, match="samples = 100000"):
        check_samples(make_plan(spec), load_dataset("digits"))


def test_a_subset_needs_two_rows_of_every_class_whatever_is_held_out() -> None:
    digits = load_dataset("digits")
    y = digits.y.copy()
    y[np.flatnonzero(y == 3)[2:]] = 4
    rare = replace(digits, y=y)
    values = {"name": "small", "dataset": "digits", "network": {"samples": 100}}
    with pytest.raises(DataError, match=r"Class '3' of digits has 2 rows.*network\.samples=all"):
        check_samples(make_plan(build_spec(values, "test")), rare)
    check_samples(make_plan(build_spec({"name": "all", "dataset": "digits"}, "test")), rare)
