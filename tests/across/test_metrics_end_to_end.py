"""Whole studies decided by other metrics than accuracy: from training to the verdict, the page and the document."""

from __future__ import annotations

import html
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from reports.write.html import render
from study.analysis.conclude import conclude
from study.analysis.findings import Findings
from study.analysis.replies.study_replies import replies_to
from study.data.loading import load_dataset
from study.data.splits import split_sizes
from study.design.plan import make_plan
from study.design.spec import StudySpec
from study.documents.verdict_document import verdict_document
from study.errors import SpecError, StoreError
from study.records.facts import RunFacts
from study.records.metrics import ACCURACY, CROSS_ENTROPY, METRICS
from study.records.readings import read
from study.records.trials import of_split
from study.run.coordinator import run_study
from study.run.executors.inprocess import InProcessExecutor
from study.run.observers import Observer
from study.store import Store, StoredStudy, open_store
from study.train.native.native_trainer import NativeTrainer
from tests.conftest import built

pytestmark = built

OTHERS = {
    "cross_entropy": ("accuracy", "roc_auc", "calibration_error"),
    "balanced_accuracy": ("cross_entropy",),
    "roc_auc": ("macro_f1", "brier"),
}


def spec_of(metric: str, **more: Any) -> StudySpec:
    values: dict[str, Any] = {
        "name": metric,
        "dataset": "digits",
        "engine": "native",
        "metric": metric,
        "metrics": OTHERS.get(metric, ()),
        "replicates": 4,
        "network": {"width": 24, "samples": 120, "epochs": 60, "learning_rate": 0.003},
        "space": {"depth": {"values": [1, 2, 3, 4]}},
    }
    return StudySpec.model_validate(values | more)


def run_into(store: Store, spec: StudySpec) -> StoredStudy:
    dataset, plan = load_dataset(spec.source), make_plan(spec)
    facts = RunFacts(
        sizes=split_sizes(dataset, spec.validation, spec.seed),
        inputs=dataset.inputs,
        classes=dataset.classes,
        labels=dataset.labels,
        versions={},
        command="",
    )
    trainer = NativeTrainer(dataset, seed=spec.seed, validation=spec.validation)
    with store.lease(spec.name, ""):
        store.begin(plan, dataset.sha256, facts)
        run_study(spec.name, store, InProcessExecutor(trainer.run), Observer())
    return store.load_own(spec.name)


@cache
def studied(metric: str) -> tuple[StoredStudy, Findings]:
    study = run_into(open_store("sqlite://", create=True), spec_of(metric))
    return study, conclude(study)


@pytest.mark.parametrize("metric", OTHERS)
def test_every_number_of_a_point_is_the_metrics(metric: str) -> None:
    study, findings = studied(metric)
    for point in findings.panels[0].points:
        runs = [study.results[point.configuration.key, r] for r in range(4)]
        values = np.array([read(run.trajectory, "tail")[metric] for run in runs])
        means = values.mean(axis=0)
        for split, interval in zip(
            ("train", "validation", "test"), (point.train, point.validation, point.test), strict=True
        ):
            assert interval.mean == pytest.approx(float(of_split(means, split)))
        behind = METRICS[metric].turned(means[0] - means[2])
        assert point.gap.mean == pytest.approx(float(behind))  # how much worse test is, whatever the direction
        assert point.test.low is not None and point.test.high is not None
        assert point.test.low < point.test.mean < point.test.high


@pytest.mark.parametrize("metric", OTHERS)
def test_intervals_speak_of_new_data_in_every_metric_whose_noise_of_items_is_known(metric: str) -> None:
    _, findings = studied(metric)
    panel = findings.panels[0]
    assert panel.speaks_of == "new data" and panel.answers_note == ""
    assert panel.verdict is not None and panel.verdict.metric == metric
    for one in panel.beside:
        assert (one.verdict is None) == (one.metric.name == "calibration_error")
        assert one.verdict is None or one.verdict.test_drop_speaks_of == "new data"


@pytest.mark.parametrize("metric", OTHERS)
def test_the_pick_is_within_the_margin_of_the_best_on_validation(metric: str) -> None:
    _, findings = studied(metric)
    (pick,), turned = findings.picks, METRICS[metric].turned
    means = [one.mean for one in pick.candidates if one.mean is not None]
    best = max(means, key=turned)
    assert pick.threshold == pytest.approx(turned(turned(best) - METRICS[metric].margin))
    for one in pick.candidates:
        assert one.mean is not None
        assert one.within_margin == (turned(one.mean) >= turned(pick.threshold))


@pytest.mark.parametrize("metric", OTHERS)
def test_words_name_the_metric_in_its_unit_and_no_other(metric: str) -> None:
    _, findings = studied(metric)
    panel, words = findings.panels[0], METRICS[metric].words
    assert f"test {words}" in findings.sentence
    if metric != "balanced_accuracy":
        said = f"{findings.sentence} {findings.picks[0].reason}"
        assert "accura" not in said and "point" not in said
    assert panel.by_metric.startswith(f"By {words}")
    assert all(one.metric.words in panel.by_metric for one in panel.beside)


@pytest.mark.parametrize("metric", OTHERS)
def test_the_page_shows_the_metric_and_never_a_nan(metric: str) -> None:
    _, findings = studied(metric)
    page = render(findings, "today")
    text = html.unescape(re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]+>", "\n", page, flags=re.DOTALL))
    text = " ".join(text.split())
    assert not re.search(r"\bnan\b|\binf\b", text, re.IGNORECASE)
    assert f"{METRICS[metric].words.capitalize() if metric != 'roc_auc' else 'ROC AUC'} against hidden layers" in text
    assert findings.panels[0].by_metric in text
    assert "Other metrics" in text and "From where does each metric suffer?" in text
    if metric == "cross_entropy":
        assert "test cross-entropy minus train cross-entropy" in text and "0.02 nats" in text
        assert '"cross-entropy, nats"' in page and '"gap, nats"' in page


def test_the_replies_of_a_study_speak_of_its_metric_alone() -> None:
    """Beside the curves, which are always of accuracy and loss, and the metrics that were asked for."""
    _, findings = studied("roc_auc")
    said = " ".join(answer.text for one in replies_to(findings) for answer in one.answers)
    assert "ROC AUC" in said and "accura" not in said and "point" not in said and "%" not in said.replace("95 %", "")


@pytest.mark.parametrize("metric", OTHERS)
def test_the_document_keeps_to_its_schema(metric: str) -> None:
    _, findings = studied(metric)
    document = json.loads(json.dumps(verdict_document(findings), allow_nan=False))
    jsonschema.validate(document, json.loads(Path("docs/verdict.schema.json").read_text("utf-8")))
    assert document["metric"] == metric and document["metrics"] == [metric, *OTHERS[metric]]
    beside = document["panels"][0]["beside"]
    assert [one["metric"] for one in beside] == list(OTHERS[metric])


def test_cross_entropy_suffers_where_accuracy_does_not() -> None:
    """Networks that fit 120 digits grow too sure of their errors with every layer."""
    _, findings = studied("cross_entropy")
    panel = findings.panels[0]
    assert panel.verdict is not None
    means = [point.test.mean for point in panel.points]
    assert means[-1] is not None and means[0] is not None and means[-1] > means[0]
    assert panel.verdict.test_drop is not None and panel.verdict.test_drop > 0


def test_a_study_goes_on_in_another_metric_only_where_its_trials_measured_it() -> None:
    store = open_store("sqlite://", create=True)
    run_into(store, spec_of("accuracy", name="s", metrics=()))
    with pytest.raises(StoreError, match="did not measure roc_auc"):
        run_into(store, spec_of("roc_auc", name="s", metrics=()))
    findings = conclude(run_into(store, spec_of("cross_entropy", name="s", metrics=())))
    panel = findings.panels[0]
    assert panel.metric is CROSS_ENTROPY and panel.speaks_of == "these replicates"
    assert "kept no answers to single test items" in panel.answers_note


def test_a_search_makes_small_what_is_better_low_and_large_what_is_better_high() -> None:
    searched = {
        "space": {"learning_rate": {"role": "nuisance", "low": 1e-4, "high": 0.1, "log": True}},
        "search": {"proposer": "optuna:random", "trials": 8},
        "confirm": {"replicates": 2, "best": 1},
    }
    for metric in (CROSS_ENTROPY, ACCURACY):
        study = run_into(open_store("sqlite://", create=True), spec_of(metric.name, metrics=(), **searched))
        values = [proposal.value for proposal in study.proposals if proposal.value is not None]
        cell = conclude(study).search.cells[0]  # type: ignore[union-attr]
        assert len(values) == 8 and cell.best is not None
        assert cell.best.accuracy == max(values, key=metric.turned)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"metric": "acuracy"}, "metric: unknown metric 'acuracy'. Did you mean 'accuracy'?"),
        ({"metrics": ["brierr"]}, "metrics: unknown metric 'brierr'. Did you mean 'brier'?"),
        ({"metric": "rmse"}, "metric: task = 'classification' has no rmse"),
        ({"metric": "calibration_error"}, "calibration_error cannot decide"),
        ({"metric": "accuracy", "positive": "3"}, "positive: no metric of the study is about one class"),
        ({"metric": "f1", "positive": "3", "margin": 1.5}, "margin: expected less than 1, the range of f1"),
    ],
)
def test_metrics_that_cannot_be_are_named(values: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        spec_of(values.pop("metric", "accuracy"), metrics=values.pop("metrics", ()), **values)


@pytest.mark.parametrize(
    ("metric", "positive", "words"),
    [
        ("average_precision", None, "metric: average_precision takes two classes, and digits has 10"),
        ("f1", None, 'metric: f1 is about one class, and digits has 10. Name it, for example positive = "0"'),
        ("f1", "yes", "positive: unknown class 'yes'"),
    ],
)
def test_metrics_that_the_data_do_not_fit_are_named(metric: str, positive: str | None, words: str) -> None:
    from study.design.classes_fit import check_classes

    spec = spec_of(metric, positive=positive)
    with pytest.raises(SpecError, match=re.escape(words)):
        check_classes(spec, load_dataset("digits").labels)
