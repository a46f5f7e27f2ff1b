"""From stored results to findings: what is counted, what is compared, what is said when little is there."""

from __future__ import annotations

import dataclasses
import json
import math
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

import cli
from study.analysis.conclude import conclude
from study.analysis.findings import Findings, Panel
from study.analysis.t_intervals import t_interval
from study.design.plan import make_plan
from study.design.source import build_spec
from study.documents.verdict_document import verdict_document
from study.errors import StoreError
from study.records.metrics import ACCURACY
from study.records.trials import EMPTY, ItemValues, Result, Trial
from study.store import StoredStudy
from tests.conftest import FACTS, scripted_result, trials_of

DEPTHS = {"depth": {"values": [1, 2, 3, 4, 5]}}


def findings_of(
    values: dict[str, Any], *, keep: Any = lambda trial: True, fail: Any = lambda trial: False, failure: Any = None
) -> Findings:
    """Findings of a study whose trials are scripted, those of ``fail`` failed, and only ``keep`` have run."""
    spec = build_spec({"name": "s", "dataset": "digits", "replicates": 5, **values}, "test")
    results = {}
    for trial in trials_of(spec):
        if keep(trial):
            done = scripted_result(trial, test_items=360)
            results[trial.key] = (failure or diverged)(trial) if fail(trial) else done
    return conclude(StoredStudy(make_plan(spec), "hash", FACTS, "2026", results))


def diverged(trial: Trial) -> Result:
    """A run whose cross-entropy stopped being a number."""
    return Result(trial, "failed", EMPTY, reason="diverged", diverged_epoch=1)


def killed(trial: Trial) -> Result:
    """A run whose worker died twice."""
    return Result(trial, "failed", EMPTY, reason="killed")


def shallow(trial: Trial) -> bool:
    return trial.configuration.network.depth < 5


def test_a_plain_decline_with_perfect_training_is_overfitting() -> None:
    found = findings_of({"space": DEPTHS})
    (panel,) = found.panels
    assert panel.verdict.kind == "overfitting" and panel.verdict.onset in (2, 3)
    assert panel.points[0].test.mean == pytest.approx(0.88, abs=0.01) and panel.points[0].test.n == 5
    assert panel.points[4].gap.mean == pytest.approx(0.2, abs=0.01)
    assert found.sentence == panel.sentence and "5 replicates" in found.sentence
    assert found.picks[0].chosen.value == 1


def test_validation_allows_for_rows_of_one_pool_and_for_overlapping_training_rows() -> None:
    """Nadeau and Bengio's share of 0.1 held out of 1, and a twentieth."""
    (panel,) = findings_of({"space": DEPTHS, "validation": 0.1}).panels
    point = panel.points[0]
    plain = t_interval([values[1] for values in point.accuracy])
    assert plain.half_width is not None and point.validation.half_width is not None
    factor = math.sqrt(1 + 5 * (0.05 + 0.1 / 0.9))
    assert point.validation.half_width == pytest.approx(factor * plain.half_width, rel=1e-6)


def test_failed_runs_are_counted_and_left_out() -> None:
    found = findings_of({"space": DEPTHS}, fail=lambda t: t.configuration.network.depth == 5 and t.replicate == 0)
    (panel,) = found.panels
    assert found.facts.failed == 1 and panel.points[4].test.n == 4
    (failures,) = panel.verdict.failed_runs
    assert (failures.depth, failures.failed, failures.runs) == (5, 1, 5)
    assert [row.reason for row in found.trials if row.state == "failed"] == ["diverged"]


def test_answers_to_other_test_items_are_one_line_and_never_padded() -> None:
    spec = build_spec({"name": "s", "dataset": "digits", "replicates": 2, "space": DEPTHS}, "test")
    results = {trial.key: scripted_result(trial, test_items=20) for trial in trials_of(spec)}
    with pytest.raises(StoreError, match=r"'s' is damaged: 3 bytes are no values of 360 test items") as error:
        conclude(StoredStudy(make_plan(spec), "hash", FACTS, "2026", results))
    assert "\n" not in str(error.value)


def test_a_block_of_shares_from_elsewhere_is_one_line() -> None:
    hostile = ItemValues("accuracy", "tail", zlib.compress(bytes(10_000_000)), binary=False)
    with pytest.raises(StoreError, match=r"'s' is damaged: more than 1440 bytes are no values of 360") as error:
        judged({}, lambda result: dataclasses.replace(result, items=(hostile,)))
    assert "\n" not in str(error.value)


def judged(values: dict[str, Any], change: Any) -> Panel:
    """The panel of a study over depth whose results were changed."""
    spec = build_spec({"name": "s", "dataset": "digits", "replicates": 5, "space": DEPTHS, **values}, "test")
    results = {trial.key: change(scripted_result(trial, test_items=360)) for trial in trials_of(spec)}
    (panel,) = conclude(StoredStudy(make_plan(spec), "hash", FACTS, "2026", results)).panels
    return panel


def keeping(*readings: str) -> Callable[[Result], Result]:
    """A result that kept its test items at these readings only."""
    return lambda done: dataclasses.replace(done, items=tuple(one for one in done.items if one.reading in readings))


def with_tail(shares: bool) -> Callable[[Result], Result]:
    """A result whose items change in the tail; without ``shares`` it kept the last epoch only."""

    def change(done: Result) -> Result:
        rng = np.random.default_rng([done.trial.replicate, done.trial.configuration.network.depth])
        right = rng.random((3, 360)) < 0.8
        items = (ItemValues.of(ACCURACY, "last", right[-1]), ItemValues.of(ACCURACY, "tail", right.mean(axis=0)))
        return dataclasses.replace(done, items=items if shares else items[:1])

    return change


def test_a_tail_is_judged_by_the_shares_of_its_epochs_and_not_by_the_last_one() -> None:
    with_shares, with_last = judged({}, with_tail(True)), judged({}, with_tail(False))
    assert with_shares.verdict is not None and with_last.verdict is not None
    width = [v.test_drop_interval[1] - v.test_drop_interval[0] for v in (with_shares.verdict, with_last.verdict)]
    assert width[0] < 0.9 * width[1]  # three epochs are less noisy than one
    assert (with_shares.answers_note, with_shares.verdict.test_drop_speaks_of) == ("", "new data")


@pytest.mark.parametrize("reading", ["last", "best", "tail", "patience=2"])
def test_at_each_reading_a_verdict_speaks_of_new_data(reading: str) -> None:
    panel = judged({"reading": reading}, keeping(reading))
    assert panel.verdict is not None
    assert (panel.verdict.test_drop_speaks_of, panel.answers_note) == ("new data", "")


def test_in_an_older_store_the_last_epoch_stands_for_the_tail_which_is_said() -> None:
    panel = judged({}, keeping("last", "best"))
    assert panel.verdict is not None and panel.verdict.test_drop_speaks_of == "new data"
    assert panel.answers_note == (
        "25 of 25 runs kept no answers to single test items at the reading tail: those after their last epoch stand "
        "for them."
    )
    half = judged({}, lambda done: keeping("last", *["tail"] * (done.trial.replicate < 3))(done))
    assert half.verdict is not None and half.verdict.test_drop_speaks_of == "new data"
    assert half.answers_note.startswith("10 of 25 runs kept no answers")


@pytest.mark.parametrize("lacking", [1, 5])
def test_where_nothing_stands_for_a_runs_answers_the_verdict_speaks_of_these_replicates(lacking: int) -> None:
    """As in an older store at a patience; a mixture with newer runs is no evidence on items either."""
    reading = "patience=2"
    panel = judged(
        {"reading": reading},
        lambda done: keeping("last", "best", *[reading] * (done.trial.replicate >= lacking))(done),
    )
    assert panel.verdict is not None and panel.verdict.test_drop_speaks_of == "these replicates"
    assert panel.answers_note == (
        f"{5 * lacking} of 25 runs kept no answers to single test items at the reading patience=2: intervals speak of "
        "these replicates, not of new data."
    )


def test_depths_that_never_train_are_a_failing_zone_and_not_overfitting() -> None:
    (panel,) = findings_of({"space": DEPTHS}, fail=lambda t: t.configuration.network.depth >= 4).panels
    assert panel.verdict.training_fails_from == 4


def test_a_machine_that_kills_workers_is_not_failing_training() -> None:
    found = findings_of({"space": DEPTHS}, fail=lambda t: t.configuration.network.depth >= 4, failure=killed)
    (panel,) = found.panels
    assert found.facts.failed == 10 and panel.verdict.training_fails_from is None and panel.verdict.failed_runs == ()


def test_trials_that_have_not_run_are_pending_and_not_failed() -> None:
    found = findings_of({"space": DEPTHS}, keep=lambda t: t.replicate < 3)
    (panel,) = found.panels
    assert panel.pending == 10 and panel.verdict.failed_runs == () and panel.points[0].test.n == 3
    assert sum(row.state == "pending" for row in found.trials) == 10


@pytest.mark.parametrize(
    ("keep", "fail"),
    [(lambda t: False, shallow), (lambda t: t.replicate == 0, shallow), (lambda t: True, lambda t: True)],
    ids=["nothing ran", "one replicate, most failed", "all failed"],
)
def test_little_data_gives_words_and_no_nan(keep: Any, fail: Any) -> None:
    found = findings_of({"space": DEPTHS, "baseline": "8-4"}, keep=keep, fail=fail)
    assert found.sentence
    assert json.dumps(verdict_document(found), allow_nan=False)


def test_one_architecture_is_described_with_its_accuracy() -> None:
    found = findings_of({"network": {"hidden": "12-6"}})
    assert "12-6 reaches train 100.0" in found.sentence and "(n = 5)" in found.sentence


def test_several_panels_are_named_in_the_sentence() -> None:
    space = {**DEPTHS, "samples": {"values": [100, "all"]}}
    found = findings_of({"space": space})
    assert [panel.samples for panel in found.panels] == [100, 1293]
    assert found.sentence.startswith("100 samples: with 5 replicates")


def test_less_data_is_an_axis_that_falls() -> None:
    (panel,) = findings_of({"space": {"samples": {"values": [50, 100, "all"]}}}).panels
    assert [point.value for point in panel.points] == [1293, 100, 50]
    assert panel.axis_label == "training samples"


def test_selection_never_sees_the_test_set() -> None:
    spec = build_spec({"name": "s", "dataset": "digits", "space": DEPTHS}, "test")

    def study(test_shift: float) -> StoredStudy:
        results = {}
        for trial in trials_of(spec):
            done = scripted_result(trial, test_items=360)
            accuracy = done.trajectory["accuracy"].copy()
            accuracy[:, 2] += test_shift * trial.configuration.network.depth
            trajectory = dataclasses.replace(
                done.trajectory, values={**done.trajectory.values, "accuracy": np.clip(accuracy, 0, 1)}
            )
            results[trial.key] = dataclasses.replace(done, trajectory=trajectory)
        return StoredStudy(make_plan(spec), "hash", FACTS, "2026", results)

    assert conclude(study(0)).picks[0].chosen == conclude(study(0.04)).picks[0].chosen


ARMS = [
    {"name": "none"},
    {"name": "early stopping", "reading": "best"},
    {"name": "dropout", "network": {"dropout": 0.2}},
]


def test_arms_are_compared_with_none_at_every_value_and_first_where_none_overfits() -> None:
    findings = findings_of({"space": DEPTHS, "arms": ARMS, "baseline": "8-4"})
    verdict = findings.panels[0].verdict
    beside, first, *others = findings.remedies
    assert beside.at == "the baseline 8-4" and first.at == f"{verdict.onset} hidden layers"
    assert [one.main for one in findings.remedies] == [True, True, False, False, False, False]
    assert {one.at for one in (first, *others)} == {
        f"{d} hidden layer{'s' * (d > 1)}" for d in DEPTHS["depth"]["values"]
    }
    compared = next(one for one in others if one.at == "5 hidden layers")
    effects = {remedy.arm: remedy for remedy in compared.remedies}
    assert set(effects) == {"early stopping", "dropout", "less depth"}
    assert effects["less depth"].test.outcome == "helped"
    assert effects["less depth"].test.interval.mean == pytest.approx(0.08)
    assert effects["dropout"].test.outcome == "no difference shown"
    assert all(math.isfinite(remedy.test.interval.mean or 0) for remedy in effects.values())


def test_less_depth_says_what_it_is() -> None:
    compared = findings_of({"space": DEPTHS, "arms": ARMS}).remedies[0]
    assert "validation accuracy of the other replicates" in compared.note and "1 for 5 replicates" in compared.note


def test_less_depth_is_there_when_a_baseline_is_picked() -> None:
    beside, compared, *_ = findings_of({"space": DEPTHS, "arms": ARMS, "baseline": "8"}).remedies
    assert "less depth" in {remedy.arm for remedy in compared.remedies}
    assert "less depth" not in {remedy.arm for remedy in beside.remedies}  # nothing is less than one hidden layer


def test_arms_are_compared_for_each_value_of_another_scientific_dimension() -> None:
    space = {**DEPTHS, "samples": {"values": [100, "all"]}}
    found = findings_of({"space": space, "arms": ARMS})
    assert [panel.arm for panel in found.panels][:2] == ["none", "none"]
    main = [one for one in found.remedies if one.main]
    assert [one.setting for one in main] == ["100 samples", "all samples"]
    for one in main:
        assert {remedy.arm for remedy in one.remedies} == {"early stopping", "dropout", "less depth"}


def test_without_an_arm_named_none_there_are_no_remedies() -> None:
    arms = [{"name": "a"}, {"name": "b", "network": {"dropout": 0.2}}]
    assert findings_of({"space": DEPTHS, "arms": arms}).remedies == ()


def test_what_the_pick_compared_is_carried_along() -> None:
    found = findings_of({"space": DEPTHS, "baseline": "8"}).picks[0]
    assert [candidate.parameters for candidate in found.candidates] == sorted(c.parameters for c in found.candidates)
    assert [c.value for c in found.candidates] == [None, 1, 2, 3, 4, 5]
    assert [c.on_front for c in found.candidates] == [True] + [False] * 5
    assert found.chosen.name == "1x8" and found.runner_up == 1
    assert found.threshold == pytest.approx(max(c.mean or 0 for c in found.candidates) - 0.005)


def test_a_pick_on_another_axis_names_its_value() -> None:
    found = findings_of({"network": {"width": 8}, "space": {"learning_rate": {"values": [0.001, 0.003]}}})
    assert found.picks[0].chosen.name in ("2x8 at learning rate 0.001", "2x8 at learning rate 0.003")
    assert {row.name for row in found.trials} == {"2x8 at learning rate 0.001", "2x8 at learning rate 0.003"}
    document = verdict_document(found)
    assert document["panels"][0]["pick"]["value"] in (0.001, 0.003)


@pytest.mark.parametrize(
    ("axis", "values"), [("samples", [50, "all"]), ("epochs", [2, 3]), ("label_noise", [0.0, 0.2])]
)
def test_conditions_are_not_picked_from_and_the_reason_is_said(axis: str, values: list[Any]) -> None:
    found = findings_of({"space": {axis: {"values": values}}})
    assert found.picks == () and "no choice of a network" in found.panels[0].no_pick


def test_where_training_fails_the_pick_is_only_the_best_of_what_trained() -> None:
    found = findings_of({"space": DEPTHS}, fail=lambda t: t.configuration.network.depth >= 2)
    assert found.panels[0].verdict.kind == "training fails"
    assert "only the best of what trained" in found.picks[0].caution
    assert findings_of({"space": DEPTHS}).picks[0].caution == ""


def test_depths_at_which_most_runs_diverge_are_said_beside_the_verdict() -> None:
    (panel,) = findings_of({"space": DEPTHS}, fail=lambda t: t.configuration.network.depth == 5).panels
    (finding,) = panel.points[4].curve_findings
    assert (finding.kind, finding.runs, finding.of) == ("diverged", 5, 5)
    assert panel.curves_note.startswith("At 5 hidden layers most runs diverged")


def test_an_unfinished_study_knows_what_is_pending() -> None:
    assert findings_of({"space": DEPTHS}).facts.pending == 0
    assert findings_of({"space": DEPTHS}, keep=lambda t: t.replicate < 3).facts.pending == 10


@pytest.mark.parametrize(
    "values",
    [
        {"space": {**DEPTHS, "samples": {"values": [100, "all"]}}, "arms": ARMS, "baseline": "8"},
        {"space": {"samples": {"values": [100, "all"]}}},
        {"network": {"hidden": "12-6"}},
    ],
    ids=["arms and samples", "no pick", "one network"],
)
def test_every_document_keeps_to_the_schema(values: dict[str, Any]) -> None:
    schema = json.loads((Path(cli.__file__).parent / "docs" / "verdict.schema.json").read_text("utf-8"))
    document = verdict_document(findings_of(values, fail=lambda t: t.configuration.network.depth == 5))
    jsonschema.validate(json.loads(json.dumps(document, allow_nan=False)), schema)
    documented = schema["$defs"]
    (panel, *_), point = document["panels"], document["panels"][0]["points"][0]
    assert panel.keys() <= documented["panel"]["properties"].keys()
    assert point.keys() <= documented["point"]["properties"].keys()
    assert (panel["pick"] or {}).keys() <= documented["pick"]["oneOf"][1]["properties"].keys()
    assert document.keys() <= schema["properties"].keys()
    for compared in document["remedies_by_setting"]:
        assert compared.keys() <= documented["remedies"]["oneOf"][1]["properties"].keys()
