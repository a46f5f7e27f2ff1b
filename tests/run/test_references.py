"""Reference models beside a study: trained once each, whatever interrupts, and left out where they would take long."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest

from study.data.loading import load_dataset
from study.design.plan import make_plan
from study.design.source import build_spec
from study.design.spec import StudySpec
from study.records.reference_runs import COMMONEST, LOGISTIC, REFERENCES, TREES, ReferenceRun, ReferenceTask
from study.run.observers import Observer
from study.run.references import AFFORDABLE, plan_references, run_references, seconds_of, tasks_of
from study.store import Store, open_store
from tests.conftest import FACTS


class Told(Observer):
    """An observer that remembers which models were trained, and interrupts before one of them."""

    def __init__(self, until: int | None = None) -> None:
        self.tasks: list[ReferenceTask] = []
        self.until = until

    def reference(self, task: ReferenceTask, done: int, tasks: int) -> None:
        if done == self.until:
            raise KeyboardInterrupt
        self.tasks.append(task)


@pytest.fixture
def spec(tmp_path: Path) -> StudySpec:
    rng = np.random.default_rng(0)
    frame = pandas.DataFrame(rng.normal(size=(100, 3)), columns=list("abc"))
    frame["ill"] = np.where(frame.a + 0.5 * rng.normal(size=100) > 0, "yes", "no")
    frame.to_csv(tmp_path / "visits.csv", index=False)
    values: dict[str, Any] = {"name": "s", "dataset": str(tmp_path / "visits.csv"), "engine": "native"}
    data = {"target": "ill", "folds": 2}
    return build_spec(values | {"data": data, "replicates": 2, "space": {"depth": {"values": [1, 2]}}}, "test")


def begun(spec: StudySpec) -> Store:
    store = open_store("sqlite://", create=True)
    store.begin(make_plan(spec), load_dataset(spec.source).sha256, FACTS)
    return store


def test_each_model_is_trained_once_a_replicate_and_networks_of_one_condition_share_it(spec: StudySpec) -> None:
    tasks = tasks_of(make_plan(spec), {}, REFERENCES["classification"])
    assert tasks == [
        ReferenceTask(model, None, 0.0, replicate) for replicate in (0, 1) for model in REFERENCES["classification"]
    ]
    sizes = spec.model_copy(update={"space": build_spec({"space": {"samples": {"values": [10, 20]}}}, "t").space})
    assert {task.samples for task in tasks_of(make_plan(sizes), {}, [COMMONEST])} == {10, 20}


def test_an_interrupted_run_goes_on_with_what_is_missing_and_comes_to_the_same(spec: StudySpec) -> None:
    dataset, whole, cut = load_dataset(spec.source), begun(spec), begun(spec)
    run_references("s", whole, dataset, REFERENCES["classification"], Told())
    with pytest.raises(KeyboardInterrupt):
        run_references("s", cut, dataset, REFERENCES["classification"], Told(until=4))
    assert len(cut.load_own("s").references) == 4
    again = Told()
    run_references("s", cut, dataset, REFERENCES["classification"], again)
    assert len(again.tasks) == 2
    assert cut.load_own("s").references == whole.load_own("s").references
    last = Told()
    run_references("s", cut, dataset, REFERENCES["classification"], last)
    assert last.tasks == []


def test_a_model_that_failed_is_tried_again_and_data_that_changed_are_a_reason(spec: StudySpec) -> None:
    dataset, store = load_dataset(spec.source), begun(spec)
    path = Path(spec.dataset)
    before = path.read_text()
    path.write_text(before.replace("yes", "ill"))
    run_references("s", store, dataset, [COMMONEST], Told())
    assert all("other values than it did" in run.reason for run in store.load_own("s").references)
    path.write_text(before)
    run_references("s", store, dataset, [COMMONEST], Told())
    found: tuple[ReferenceRun, ...] = store.load_own("s").references
    assert len(found) == 2 and all(run.values and not run.reason for run in found)


def test_models_that_would_take_long_are_left_out_with_a_reason() -> None:
    large = build_spec({"name": "s", "dataset": "digits", "replicates": 20, "space": {"depth": {"values": [1]}}}, "t")
    dataset = load_dataset(large.source)
    found = plan_references(make_plan(large), dataset)
    assert found.models == (COMMONEST, LOGISTIC)
    assert found.words.startswith(
        "reference models on the same parts: the commonest class and logistic regression, less than"
    )
    (said,) = found.left_out
    assert said.startswith("Left out: gradient-boosted trees, which would take about 2 minutes on one core.")
    assert seconds_of(TREES, 1000, dataset) > seconds_of(LOGISTIC, 1000, dataset) > seconds_of(COMMONEST, 1000, dataset)


def test_arms_with_other_class_weights_have_models_of_their_own_and_their_time_counts() -> None:
    weighing = [{"name": str(n), "network": {"class_weights": {"3": n}}} for n in (2, 3)]
    values = {"name": "s", "dataset": "digits", "replicates": 4, "space": {"depth": {"values": [1]}}}
    plain, armed = (build_spec(values | more, "t") for more in ({}, {"arms": weighing}))
    dataset = load_dataset(plain.source)
    tasks = tasks_of(make_plan(armed), {}, [COMMONEST, LOGISTIC])
    assert {task.class_weights for task in tasks if task.model == LOGISTIC} == {(("3", 2.0),), (("3", 3.0),)}
    assert len([task for task in tasks if task.model == COMMONEST]) == 4
    affordable = round(AFFORDABLE / seconds_of(TREES, 1078, dataset)) - 1
    many = {"replicates": affordable}
    assert TREES in plan_references(make_plan(build_spec(values | many, "t")), dataset).models
    assert TREES not in plan_references(make_plan(build_spec(values | many | {"arms": weighing}, "t")), dataset).models
