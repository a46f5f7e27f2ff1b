"""``--fail-on``: what a gate is, where it looks, and that it passes nothing that it cannot judge."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from study.analysis.findings import Findings, MetricFinding, MetricPoint, Panel
from study.analysis.gates import Gate, Threshold, failed_gates, parse_gate
from study.errors import InputError, StudyError
from study.records.intervals import Interval
from study.records.metrics import MACRO_F1
from tests.reports import sample_findings as sample


def gates(*texts: str) -> tuple[Gate, ...]:
    return tuple(map(parse_gate, texts))


def with_gap(low: float, high: float) -> Findings:
    """A finished study whose pick has that interval of its gap, and of its macro F1 one around 0.8."""
    findings = sample.default_study()
    panel, pick = findings.panels[0], next(p for p in findings.picks if p.panel == findings.panels[0].name)
    gap = Interval((low + high) / 2, low, high, 5)
    points = tuple(replace(one, gap=gap) for one in panel.points)
    half = Interval(0.8, 0.78, 0.82, 5)
    beside = MetricFinding(
        MACRO_F1, tuple(MetricPoint(p.value, half, half, half, gap, p.accuracy) for p in points), None
    )
    panel = replace(panel, points=points, beside=(beside,))
    facts = replace(findings.facts, planned=findings.facts.finished + findings.facts.failed)
    return replace(findings, facts=facts, panels=(panel,), picks=(pick,))


def test_a_threshold_is_a_quantity_a_side_and_a_number() -> None:
    assert gates("gap:above:0.05") == (Threshold("gap", "", True, 0.05, by_value=False),)
    assert gates("test.macro_f1:below:0.8:value") == (Threshold("test", "macro_f1", False, 0.8, by_value=True),)
    assert gates("overfitting", "small fall") == ("overfitting", "small fall")


def test_the_interval_must_cross_unless_the_value_is_asked_for() -> None:
    shown, maybe = with_gap(0.06, 0.08), with_gap(0.04, 0.08)
    assert failed_gates(gates("gap:above:0.05"), shown)
    assert not failed_gates(gates("gap:above:0.05"), maybe)
    assert failed_gates(gates("gap:above:0.05:value"), maybe)
    assert not failed_gates(gates("gap:above:0.07:value"), maybe)
    assert failed_gates(gates("gap:below:0.09"), maybe) and not failed_gates(gates("gap:below:0.07"), maybe)


def test_what_failed_is_said_with_its_panel_and_numbers() -> None:
    findings = with_gap(0.06, 0.08)
    (said,) = failed_gates(gates("gap:above:0.05"), findings)
    assert said == f"{findings.panels[0].name}: gap in accuracy of the pick is 0.07, above 0.05."


def test_another_metric_is_read_at_the_pick_of_the_one_that_decides() -> None:
    findings = with_gap(0.06, 0.08)
    assert failed_gates(gates("test.macro_f1:below:0.83"), findings)
    assert not failed_gates(gates("test.macro_f1:below:0.8"), findings)
    with pytest.raises(InputError, match=r"the study did not ask for brier\. It measured: accuracy, macro_f1"):
        failed_gates(gates("test.brier:above:0.1"), findings)


def test_any_panel_can_fail_a_gate() -> None:
    findings = with_gap(0.01, 0.02)
    (panel,), (pick,) = findings.panels, findings.picks
    wide = tuple(replace(one, gap=Interval(0.2, 0.19, 0.21, 5)) for one in panel.points)
    other: Panel = replace(panel, name="other", points=wide)
    both = replace(findings, panels=(panel, other), picks=(pick, replace(pick, panel="other")))
    assert [said.split(":")[0] for said in failed_gates(gates("gap:above:0.05"), both)] == ["other"]


def test_what_is_not_finished_passes_no_gate() -> None:
    findings = with_gap(0.01, 0.02)
    half = replace(findings, facts=replace(findings.facts, planned=findings.facts.planned + 3))
    with pytest.raises(StudyError, match=r"3 trials of .* have not run yet"):
        failed_gates(gates("gap:above:0.05"), half)
    nothing = replace(findings, facts=replace(findings.facts, finished=0, planned=4), picks=())
    with pytest.raises(StudyError, match=r"No trial of .* has finished"):
        failed_gates(gates("gap:above:0.05"), nothing)


def test_one_run_has_no_interval_to_cross_and_says_so() -> None:
    findings = with_gap(0.06, 0.08)
    (panel,) = findings.panels
    alone = tuple(replace(one, gap=Interval(0.07, None, None, 1)) for one in panel.points)
    single = replace(findings, panels=(replace(panel, points=alone),))
    with pytest.raises(StudyError, match="add :value"):
        failed_gates(gates("gap:above:0.05"), single)
    assert failed_gates(gates("gap:above:0.05:value"), single)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("overfiting", "unknown verdict 'overfiting'. Did you mean 'overfitting'?"),
        ("gapp:above:1", "unknown quantity 'gapp'. Did you mean 'gap'?"),
        ("test.acuracy:below:1", "unknown metric 'acuracy'. Did you mean 'accuracy'?"),
        ("gap:over:1", "expected QUANTITY:above:NUMBER"),
        ("gap:above", "expected QUANTITY:above:NUMBER"),
        ("gap:above:nan", "expected QUANTITY:above:NUMBER"),
        ("gap:above:1:mean", "expected QUANTITY:above:NUMBER"),
    ],
)
def test_what_is_no_gate_is_named(text: str, words: str) -> None:
    with pytest.raises(InputError, match=re.escape(words)):
        parse_gate(text)
