"""What every store promises, whichever database is behind it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from study.design.plan import make_plan
from study.design.source import build_spec
from study.design.spec import StudySpec
from study.errors import InputError, StoreError, StudyError
from study.records.imported import ForeignStudy, ForeignTrial
from study.records.looks import Look
from study.records.metrics import ACCURACY, METRICS
from study.records.predicted_classes import PREDICTED, PredictedClasses
from study.records.reference_runs import LOGISTIC, ReferenceRun, ReferenceTask
from study.records.trials import BALANCED, EMPTY, Configuration, ItemValues, Proposal, Result, Trial
from study.store import Store, open_store
from tests.conftest import FACTS, scripted_result, trials_of


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "postgres":
        address = request.getfixturevalue("postgres_server").url()
    else:
        address = {"memory": "sqlite://", "sqlite": str(tmp_path / "deep" / "studies.db")}[request.param]
    store = open_store(address, create=True)
    yield store
    store.close()


@pytest.fixture
def spec() -> StudySpec:
    return build_spec({"name": "small", "dataset": "digits", "space": {"depth": {"values": [1, 2]}}}, "test")


SEARCHED = build_spec(
    {
        "name": "searched",
        "dataset": "digits",
        "space": {
            "depth": {"values": [1, 2]},
            "width": {"role": "nuisance", "low": 4, "high": 9},
            "l2": {"role": "nuisance", "low": 1e-6, "high": 1e-2, "log": True, "zero": True},
        },
    },
    "test",
)


LOOKED_AT = build_spec(
    {"name": "looked-at", "dataset": "digits", "replicates": "auto", "space": {"depth": {"values": [1, 2, 4]}}}, "test"
)


class TestStore:
    def test_shares_of_test_items_come_back_and_take_little_room(self, store: Store, spec: StudySpec) -> None:
        store.begin(make_plan(spec), "hash", FACTS)
        shares = np.random.default_rng(0).binomial(6, 0.97, 10_000) / 6
        tail, trial = ItemValues.of(ACCURACY, "tail", shares), trials_of(spec)[0]
        store.record("small", replace(scripted_result(trial), items=(tail,)))
        kept = store.load_own("small").results[trial.key].item_values("accuracy", "tail")
        assert kept == tail and np.array_equal(tail.values(10_000), shares.astype(np.float32))
        assert len(kept.block) < 10_000  # of 40,000

    def test_gives_back_every_bit_of_a_result(
        self, store: Store, spec: StudySpec, scripted: Callable[[Trial], Result]
    ) -> None:
        store.begin(make_plan(spec), "hash", FACTS)
        configuration = Configuration.stack(hidden=(3, 2), epochs=3, dropout=(0.1, 0.2), samples=None, halt=2)
        predicted = PredictedClasses("best", ((0, 1, 3), (1, 1, 2)), (*[(0, 0, 0.0)] * 9, (5, 2, 0.1 + 4.6)))
        written = replace(scripted(Trial(configuration, 5)), predicted=(predicted,))
        store.record("small", written)
        (read,) = store.load("small").results.values()
        assert read.trial == written.trial
        a, b = read.trajectory, written.trajectory
        assert list(a.values) == list(b.values) == ["accuracy", "cross_entropy"]
        for one, other in ((a.epochs, b.epochs), (a.seconds, b.seconds), *((a[name], b[name]) for name in b.values)):
            assert one.dtype == other.dtype and one.tobytes() == other.tobytes()
        plain = [f for f in Result.__slots__ if f not in ("trajectory", "trial")]
        assert [getattr(read, f) for f in plain] == [getattr(written, f) for f in plain]

    def test_remembers_which_rows_each_replicate_tested(
        self, store: Store, spec: StudySpec, scripted: Callable[[Trial], Result]
    ) -> None:
        store.begin(make_plan(spec), "hash", FACTS)
        tested = {0: np.arange(0, 40, 2, np.int32), 1: np.arange(1, 41, 2, np.int32)}
        results = [replace(scripted(one), tested=tested[one.replicate]) for one in trials_of(spec)[:4]]
        store.record("small", *results)
        store.record("small", *results)  # as after a commit whose answer was lost
        read = store.load_own("small").results
        assert len(read) == 4
        for result in results:
            rows = read[result.trial.key].tested
            assert rows is not None and np.array_equal(rows, tested[result.trial.replicate])

    def test_reference_runs_come_back_and_a_failed_one_alone_is_replaced(self, store: Store, spec: StudySpec) -> None:
        store.begin(make_plan(spec), "hash", FACTS)
        right = ItemValues.of(ACCURACY, "last", np.arange(20) % 3 == 0)
        values = {"accuracy": (0.1, 1 / 3, 1.0), "cross_entropy": (0.25, 2.5, 1e-9)}
        some, every = ReferenceTask(LOGISTIC, 40, 0.2, 3), ReferenceTask(LOGISTIC, None, 0.0, 3)
        written = [ReferenceRun(some, values, right), ReferenceRun(every, reason="no memory")]
        for run in (
            *written,
            written[0],
            replace(written[0], reason="", values=values | {"accuracy": (0.0, 0.0, 0.0)}),
        ):
            store.record_reference("small", run)
        assert store.load_own("small").references == tuple(written)
        store.record_reference("small", ReferenceRun(every, values, right))
        assert store.load_own("small").references == (written[0], ReferenceRun(every, values, right))
        areas = ItemValues.of(METRICS["roc_auc"], "last", np.linspace(-1, 2, 20))
        by_area = ReferenceRun(replace(some, replicate=4), {"roc_auc": (0.5, 0.6, 0.7)} | values, areas)
        taken = np.zeros(20, PREDICTED)
        taken["label"], taken["confidence"] = np.arange(20) % 10, np.linspace(0.2, 1, 20)
        predicted = PredictedClasses.of("last", np.arange(20, dtype=np.int32) % 7, taken)
        unknown = ReferenceRun(
            replace(some, replicate=5), {"calibration_error": (0.1, 0.1, 0.1)} | values, None, predicted
        )
        store.record_reference("small", by_area)
        store.record_reference("small", unknown)
        assert store.load_own("small").references[2:] == (by_area, unknown)
        balanced = replace(written[0], task=replace(some, class_weights=BALANCED))
        by_name = replace(written[0], task=replace(some, class_weights=(("3", 0.5), ("7", 2.0))))
        store.record_reference("small", balanced)
        store.record_reference("small", by_name)
        assert store.load_own("small").references[4:] == (balanced, by_name)
        store.delete("small")
        store.begin(make_plan(spec), "hash", FACTS)
        assert store.load_own("small").references == ()

    def test_looks_come_back_in_their_order_and_are_part_of_the_plan(self, store: Store) -> None:
        plan = make_plan(LOOKED_AT)
        store.begin(plan, "hash", FACTS)
        first, second = Look("", 3, ("depth 1", "depth 4")), Look("", 5, ending="settled")
        store.record_looks("looked-at", [first], 0)
        store.record_looks("looked-at", [first], 0)  # as after a commit whose answer was lost
        store.record_looks("looked-at", [second], 1)
        study = store.load_own("looked-at")
        assert study.looks == (first, second) and study.plan == plan.after([first, second])
        assert store.news("looked-at", 0).looks == study.looks
        with pytest.raises(StudyError, match="Another look number 1"):
            store.record_looks("looked-at", [Look("", 5, ending="clock")], 1)
        store.delete("looked-at")
        store.begin(plan, "hash", FACTS)
        assert store.load_own("looked-at").looks == ()

    def test_a_look_that_no_plan_has_is_damage(self, store: Store) -> None:
        store.begin(make_plan(LOOKED_AT), "hash", FACTS)
        store.record_looks("looked-at", [Look("elsewhere", 3, ending="settled")], 0)
        with pytest.raises(StoreError, match=r"damaged: there is no panel 'elsewhere' to look at"):
            store.load("looked-at")

    def test_a_replicate_that_tested_other_rows_is_refused(
        self, store: Store, spec: StudySpec, scripted: Callable[[Trial], Result]
    ) -> None:
        store.begin(make_plan(spec), "hash", FACTS)
        first, second = trials_of(spec)[:2]
        store.record("small", replace(scripted(first), tested=np.arange(20, dtype=np.int32)))
        with pytest.raises(StudyError, match="Replicate 0 of study 'small' tested other rows"):
            store.record("small", replace(scripted(second), tested=np.arange(1, 21, dtype=np.int32)))
        assert len(store.load_own("small").results) == 1

    def test_remembers_a_study_and_its_facts(self, store: Store, spec: StudySpec) -> None:
        store.begin(make_plan(spec), "hash", FACTS)
        study = store.load("small")
        assert (study.spec, study.dataset_sha256, study.facts, study.results) == (spec, "hash", FACTS, {})

    def test_a_failed_trial_may_be_replaced_and_a_finished_one_never(
        self, store: Store, spec: StudySpec, scripted: Callable[[Trial], Result]
    ) -> None:
        store.begin(make_plan(spec), "hash", FACTS)
        trial = trials_of(spec)[0]
        store.record("small", Result(trial, "failed", EMPTY, reason="worker process died"))
        assert store.load("small").results[trial.key].reason == "worker process died"
        store.record("small", scripted(trial))
        assert store.load("small").results[trial.key].state == "finished"
        store.record("small", scripted(trial))  # the same once more, as after a commit whose answer was lost
        with pytest.raises(StudyError, match=r"another process runs the same study"):
            store.record("small", replace(scripted(trial), train_seconds=7.0))
        assert [result.train_seconds for result in store.load("small").results.values()] == [1.5]

    def test_results_of_one_moment_are_written_all_or_none(self, store: Store, spec: StudySpec) -> None:
        store.begin(make_plan(spec), "hash", FACTS)
        first, second, third = map(scripted_result, trials_of(spec)[:3])
        store.record("small", second)
        with pytest.raises(StudyError, match=r"is there already"):
            store.record("small", first, replace(second, train_seconds=7.0), third)
        assert set(store.load("small").results) == {second.trial.key}
        store.record("small", first, second, third)  # one of them the same once more
        assert set(store.load("small").results) == {one.trial.key for one in (first, second, third)}

    def test_retries_recorded_at_once_are_all_news(self, store: Store, spec: StudySpec) -> None:
        store.begin(make_plan(spec), "hash", FACTS)
        tried = trials_of(spec)[:3]
        store.record("small", *(Result(trial, "failed", EMPTY, reason="worker process died") for trial in tried))
        last = store.latest("small")
        store.record("small", *map(scripted_result, tried))
        assert {r.trial for r in store.news("small", last).results if r.state == "finished"} == set(tried)

    def test_questions_of_one_moment_are_written_all_or_none(self, store: Store) -> None:
        store.begin(make_plan(SEARCHED), "hash", FACTS)
        asked = [Proposal(f"depth {depth}", 0, {"l2_on": False, "width": 8}, asked=0) for depth in (1, 2)]
        store.propose("searched", asked[1])
        with pytest.raises(StudyError, match=r"is there already"):
            store.propose("searched", asked[0], replace(asked[1], setting={"l2_on": False, "width": 7}))
        assert store.load("searched").proposals == (asked[1],)

    def test_a_study_goes_on_with_more_replicates_but_not_with_another_seed(
        self, store: Store, spec: StudySpec
    ) -> None:
        store.begin(make_plan(spec), "hash", FACTS)
        store.begin(make_plan(spec.model_copy(update={"replicates": 9})), "hash", FACTS)
        assert store.load("small").spec.replicates == 9
        with pytest.raises(StoreError, match=r"seed = 0.*1.*--name"):
            store.begin(make_plan(spec.model_copy(update={"seed": 1})), "hash", FACTS)
        with pytest.raises(StoreError, match="have changed"):
            store.begin(make_plan(spec), "other data", FACTS)

    def test_a_study_never_drops_trials_that_it_has(
        self, store: Store, spec: StudySpec, scripted: Callable[[Trial], Result]
    ) -> None:
        store.begin(make_plan(spec), "hash", FACTS)
        store.record("small", scripted(trials_of(spec)[0]))
        wider = build_spec({**spec.model_dump(exclude_unset=True), "network": {"width": 7}}, "test")
        with pytest.raises(StoreError, match=r"1 trials that have no place.*--name"):
            store.begin(make_plan(wider), "hash", FACTS)

    def test_versions_of_all_runs_are_named(self, store: Store, spec: StudySpec) -> None:
        store.begin(make_plan(spec), "hash", replace(FACTS, versions={"keras": "3.15"}))
        for _ in range(2):
            store.begin(make_plan(spec), "hash", replace(FACTS, versions={"keras": "3.16"}))
        assert store.load_own("small").facts.versions == {"keras": "3.15, 3.16"}

    def test_lists_and_deletes(self, store: Store, spec: StudySpec, scripted: Callable[[Trial], Result]) -> None:
        store.begin(make_plan(spec), "hash", FACTS)
        store.begin(make_plan(spec.model_copy(update={"name": "other"})), "hash", FACTS)
        store.record("small", scripted(trials_of(spec)[0]))
        verdict = {"sentence": "none", "trials": {"planned": 10, "finished": 1, "failed": 0}, "panels": []}
        store.write_verdict("small", verdict)
        rows = {row.name: row for row in store.list()}
        assert (rows["small"].finished, rows["small"].failed) == (1, 0)
        assert rows["small"].concluded == 1 and rows["other"].concluded is None
        assert store.delete("small") == 1
        assert [row.name for row in store.list()] == ["other"]

    def test_an_unknown_study_is_answered_with_the_known_ones(self, store: Store, spec: StudySpec) -> None:
        with pytest.raises(InputError, match="empty"):
            store.load("small")
        store.begin(make_plan(spec), "hash", FACTS)
        with pytest.raises(InputError, match=r"no study 'smal'.*small"):
            store.load("smal")

    def test_gives_back_proposals_and_their_answers_in_order(self, store: Store) -> None:
        store.begin(make_plan(SEARCHED), "hash", FACTS)
        first = Proposal("depth 1", 0, {"l2_on": False, "width": 8}, asked=0)
        second = Proposal("depth 1", 1, {"l2_on": True, "l2": 1e-5, "width": 9}, asked=1)
        end = Proposal("depth 2", 0, None, asked=0)
        for proposal in (first, second, end):
            store.propose("searched", proposal)
        told = replace(second, told=2, value=None), replace(first, told=3, value=None)
        for proposal in told:
            store.answer("searched", proposal)
        assert store.load("searched").proposals == (told[1], told[0], end)
        store.propose("searched", told[1])  # the same once more
        with pytest.raises(StudyError, match="another process"):
            store.propose("searched", replace(told[1], setting={"l2_on": False, "width": 7}))
        store.delete("searched")
        store.begin(make_plan(SEARCHED), "hash", FACTS)
        assert store.load("searched").proposals == ()

    def test_takes_any_reason_and_any_imported_study(self, store: Store, spec: StudySpec) -> None:
        store.begin(make_plan(spec), "hash", FACTS)
        store.record("small", Result(trials_of(spec)[0], "failed", EMPTY, reason="half \ud800, none \0, ü; '\"--"))
        (result,) = store.load("small").results.values()
        assert result.reason == "half ?, none , ü; '\"--"
        trial = ForeignTrial(0, {"x": 1}, "complete", 0.5, curve=((1, 0.25), (2, float("inf"))))
        study = ForeignStudy("f", "Optuna", "5", "f'; DROP TABLE trials", "accuracy", "maximize", (), (trial,))
        store.keep(study)
        assert store.load("f") == study
        with pytest.raises(StoreError, match="already"):
            store.keep(study)
        assert [(row.name, row.finished, row.imported) for row in store.list()][1] == ("f", 1, "Optuna 5")

    def test_one_lease_a_study_and_its_news_in_order(self, store: Store, spec: StudySpec) -> None:
        first, second = trials_of(spec)[:2]
        with store.lease("small", "pytest"):
            store.begin(make_plan(spec), "hash", FACTS)
            with pytest.raises(StudyError, match="is being run by"), store.lease("small", "pytest"):
                pass
            store.record("small", Result(first, "failed", EMPTY, reason="worker process died"))
            last = store.latest("small")
            store.record("small", scripted_result(first))  # a retry takes the place of the newest row
            news = store.news("small", last)
            assert [(r.trial, r.state) for r in news.results] == [(first, "finished")]
            store.record("small", scripted_result(second))
            assert [r.trial for r in store.news("small", news.last).results] == [first, second]
            assert news.holder is not None and news.holder.alive and news.spec == spec
        assert store.holder("small") is None and store.news("small", 0).holder is None

    def test_names_are_values_and_never_sql(self, store: Store, spec: StudySpec) -> None:
        store.begin(make_plan(spec), "hash", FACTS)
        with pytest.raises(InputError):
            store.load("small' OR '1'='1")
        assert len(store.list()) == 1


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE proposals SET setting = '{'",
        "UPDATE proposals SET setting = '{\"width\": -8}'",
        'UPDATE proposals SET setting = \'{"width": 7, "l2_on": false}\'',
        "UPDATE proposals SET value = 'much'",
        "UPDATE proposals SET cell = 'depth 77'",
        "DELETE FROM trials",
        "DELETE FROM proposals WHERE number = 0",
    ],
)
def test_a_damaged_search_is_one_line_that_names_it(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "a.db"
    store = open_store(str(path), create=True)
    store.begin(make_plan(SEARCHED), "hash", FACTS)
    (search, _) = make_plan(SEARCHED).searches
    for number, width in enumerate((8, 9)):
        proposal = Proposal("depth 1", number, {"l2_on": False, "width": width}, asked=2 * number)
        store.propose("searched", proposal)
        store.record("searched", scripted_result(search.trial(proposal.setting)))
        store.answer("searched", replace(proposal, told=2 * number + 1, value=0.5))
    store.load("searched")
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute(damage)
    with pytest.raises(StoreError, match=r"'searched' in .*a\.db is damaged"):
        open_store(str(path)).load("searched")


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE studies SET spec = '{'",
        "UPDATE studies SET facts = '{}'",
        "UPDATE trials SET trajectory = substr(trajectory, 1, 37)",
        "UPDATE trials SET trajectory = 'text'",
        "UPDATE trials SET configuration = '{}'",
        "UPDATE trials SET state = 'weird'",
        "UPDATE trials SET predicted = '[[\"tail\", [[0, 7, 1]], []]]'",
        "UPDATE trials SET predicted = '{'",
    ],
)
def test_a_damaged_study_is_one_line_that_names_it(
    tmp_path: Path, spec: StudySpec, scripted: Callable[[Trial], Result], damage: str
) -> None:
    path = tmp_path / "a.db"
    store = open_store(str(path), create=True)
    store.begin(make_plan(spec), "hash", FACTS)
    store.record("small", scripted(trials_of(spec)[0]))
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute(damage)
    with pytest.raises(StoreError, match=r"'small' in .*a\.db is damaged") as error:
        open_store(str(path)).load("small")
    assert "\n" not in str(error.value)


def test_the_bytes_of_a_trajectory_are_little_endian_float64(
    tmp_path: Path, spec: StudySpec, scripted: Callable[[Trial], Result]
) -> None:
    """Other programs read the file by its column comments: this pins what they say."""
    store = open_store(str(tmp_path / "a.db"), create=True)
    store.begin(make_plan(spec), "hash", FACTS)
    written = scripted(trials_of(spec)[0])
    store.record("small", written)
    with sqlite3.connect(tmp_path / "a.db") as connection:
        (blob,) = connection.execute("SELECT trajectory FROM trials").fetchone()
    table = np.frombuffer(blob, "<f8").reshape(-1, 8)
    assert np.array_equal(table[:, 0], written.trajectory.epochs)
    assert np.array_equal(table[:, 1:4], written.trajectory["accuracy"])
