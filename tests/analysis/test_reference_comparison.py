"""A network beside reference models: paired by replicate and item, and never surer than the interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from study.analysis.conclude import conclude
from study.analysis.findings import Findings
from study.analysis.item_intervals import difference_estimate
from study.analysis.reference_words import reference_sentences, verdict_sentences
from study.design.plan import make_plan
from study.design.source import build_spec
from study.errors import StoreError
from study.records.metrics import ACCURACY
from study.records.reference_runs import LOGISTIC, TREES, ReferenceRun, ReferenceTask
from study.records.trials import BALANCED, ItemValues, Result, Trial
from study.store import StoredStudy
from tests.conftest import FACTS, scripted_result, trials_of

ITEMS, REPLICATES = 360, 6
Right = Callable[[int], np.ndarray]


def answered(share: float, seed: int = 0) -> Right:
    """Which items a model has right in a replicate: mostly the same ones in all."""
    hard = np.random.default_rng(seed).random(ITEMS)
    return lambda replicate: hard + 0.05 * np.random.default_rng([seed, replicate]).normal(size=ITEMS) < share


def network(trial: Trial) -> Result:
    """A run that is right where :func:`answered` says so, less often the deeper it is."""
    right = answered(0.92 - 0.1 * (trial.configuration.network.depth - 1))(trial.replicate)
    done = scripted_result(trial, test_items=ITEMS)
    accuracy = done.trajectory["accuracy"].copy()
    accuracy[:, 1:] = right.mean()
    items = tuple(ItemValues.of(ACCURACY, one.reading, right) for one in done.items)
    trajectory = replace(done.trajectory, values={**done.trajectory.values, "accuracy": accuracy})
    return replace(done, items=items, trajectory=trajectory)


def beside(model: str, right: Right, replicates: int = REPLICATES) -> list[ReferenceRun]:
    found = []
    for replicate in range(replicates):
        answers = right(replicate)
        accuracy = float(answers.mean())
        values = {"accuracy": (1.0, accuracy, accuracy), "cross_entropy": (0.1, 0.5, 0.6)}
        task = ReferenceTask(model, None, 0.0, replicate)
        found.append(ReferenceRun(task, values, ItemValues.of(ACCURACY, "last", answers)))
    return found


def concluded(runs: list[ReferenceRun], values: dict[str, Any] | None = None) -> Findings:
    base = {"name": "s", "dataset": "digits", "replicates": REPLICATES, "space": {"depth": {"values": [1, 2]}}}
    spec = build_spec(base | (values or {}), "test")
    results = {trial.key: network(trial) for trial in trials_of(spec)}
    return conclude(StoredStudy(make_plan(spec), "hash", FACTS, "2026", results, references=tuple(runs)))


def test_a_network_is_held_against_models_with_its_own_class_weights() -> None:
    """Others are runs of another arm, or of a version that knew no class weights."""
    plain = beside(LOGISTIC, answered(0.9))
    balanced = [replace(run, task=replace(run.task, class_weights=BALANCED)) for run in beside(LOGISTIC, answered(0.7))]
    found = concluded(plain + balanced, {"network": {"class_weights": BALANCED}})
    assert found.references == concluded(balanced, {"network": {"class_weights": BALANCED}}).references != ()
    assert concluded(plain, {"network": {"class_weights": BALANCED}}).references == ()
    assert concluded(plain + balanced).references == concluded(plain).references


def test_the_difference_is_that_of_the_pick_paired_by_replicate_and_item() -> None:
    right = answered(0.8, seed=1)
    found = concluded(beside(LOGISTIC, right))
    (compared,) = found.references
    assert compared.picked and compared.network.name == "1x128"
    (one,) = compared.references
    mine = np.stack([answered(0.92)(r) for r in range(REPLICATES)]).astype(float)
    theirs = np.stack([right(r) for r in range(REPLICATES)]).astype(float)
    sampling = found.panels[0].sampling
    expected = difference_estimate(theirs.mean(axis=1), mine.mean(axis=1), theirs, mine, sampling=sampling)
    assert one.difference == expected.interval and one.speaks_of == "new data" and one.outcome == "better"
    assert one.scores.test.mean == pytest.approx(theirs.mean()) and one.scores.test_beside.mean == 0.6
    assert verdict_sentences(compared) == ("No: 1x128 is shown to be more accurate than logistic regression.",)


@pytest.mark.parametrize(("share", "outcome", "word"), [(0.99, "worse", "Yes:"), (0.92, "not shown", "Maybe:")])
def test_a_model_that_is_as_good_or_better_is_said_with_its_interval(share: float, outcome: str, word: str) -> None:
    (compared,) = concluded(beside(LOGISTIC, answered(share)) + beside(TREES, answered(0.5))).references
    logistic, trees = compared.references
    assert (logistic.outcome, trees.outcome) == (outcome, "better")
    (sentence,) = verdict_sentences(compared)
    assert sentence.startswith(word) and "95 % interval" in sentence and "trees" not in sentence
    assert len(sentence.split()) <= 30
    assert reference_sentences(compared)[0] == "1x128 is shown to be more accurate than gradient-boosted trees."


@pytest.mark.parametrize(("loss", "outcome"), [(1e-4, "worse"), (50.0, "better")])
def test_the_metric_of_the_study_decides_and_less_of_a_loss_is_better(loss: float, outcome: str) -> None:
    values = {"cross_entropy": (loss, loss, loss), "accuracy": (1.0, 0.5, 0.5)}
    runs = [replace(run, values=values, items=None) for run in beside(LOGISTIC, answered(0.5))]
    (compared,) = concluded(runs, {"metric": "cross_entropy"}).references
    (one,) = compared.references
    assert (compared.metric.name, compared.beside.name, one.outcome) == ("cross_entropy", "accuracy", outcome)
    assert one.scores.test.mean == loss and one.scores.test_beside.mean == 0.5
    (sentence,) = verdict_sentences(compared)
    if outcome == "worse":
        assert sentence.startswith("Yes: by cross-entropy, 1x128 is worse than logistic regression (")
        assert "above it on test" in sentence
        assert "nats" in sentence and "points" not in sentence and "accura" not in sentence
    else:
        assert sentence == "No: by cross-entropy, 1x128 is shown to be better than logistic regression."


def test_models_that_were_not_measured_by_the_metric_are_named() -> None:
    runs = [replace(run, values={"accuracy": (1.0, 0.5, 0.5)}) for run in beside(LOGISTIC, answered(0.5))]
    (compared,) = concluded(runs, {"metric": "cross_entropy"}).references
    assert compared.references == ()
    assert reference_sentences(compared) == (f"Logistic regression has no cross-entropy in {REPLICATES} replicates.",)


def test_too_few_replicates_in_common_show_nothing() -> None:
    (compared,) = concluded(beside(LOGISTIC, answered(0.5), replicates=2)).references
    (one,) = compared.references
    assert one.outcome == "not shown" and one.difference.n == 2
    assert "2 replicates, too few for an interval" in verdict_sentences(compared)[0]


def test_models_that_failed_are_named_and_take_no_part() -> None:
    failed = [ReferenceRun(ReferenceTask(TREES, None, 0.0, r), reason="no memory") for r in (0, 3)]
    (compared,) = concluded(beside(LOGISTIC, answered(0.5)) + failed).references
    assert [one.scores.name for one in compared.references] == [LOGISTIC]
    assert reference_sentences(compared)[-1] == "Gradient-boosted trees failed in 2 replicates: no memory."


def test_models_of_another_condition_are_not_held_against_the_network() -> None:
    other = [replace(run, task=replace(run.task, samples=100)) for run in beside(LOGISTIC, answered(0.99))]
    assert concluded(other).references == ()
    (compared,) = concluded(other, {"network": {"samples": 100}}).references
    assert compared.references[0].outcome == "worse"


def test_where_nothing_is_picked_the_network_of_highest_validation_accuracy_is_compared() -> None:
    values = {"space": {"samples": {"values": [100, 200]}}, "network": {"depth": 1}}
    runs = [
        replace(run, task=replace(run.task, samples=samples))
        for samples in (100, 200)
        for run in beside(LOGISTIC, answered(0.8, seed=1))
    ]
    (compared,) = concluded(runs, values).references
    assert not compared.picked and compared.references[0].outcome == "better"


def test_answers_to_other_items_are_damage_and_never_compared() -> None:
    short = [replace(run, items=ItemValues("accuracy", "last", b"\0\0")) for run in beside(LOGISTIC, answered(0.5))]
    with pytest.raises(StoreError, match="'s' is damaged: 2 bytes are no values of 360 test items"):
        concluded(short)
