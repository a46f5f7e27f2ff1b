"""Studies whose cells are searched several times: every page of theirs counts the runs of each winner once."""

from __future__ import annotations

import io
import json
from collections import Counter
from functools import cache
from pathlib import Path

import jsonschema
import pytest
from rich.console import Console

from reports.terminal.plan_text import print_plan
from reports.terminal.verdict_text import print_verdict
from reports.write.html import render
from reports.write.markdown import render_markdown
from study.analysis.conclude import conclude
from study.analysis.findings import Findings
from study.documents.verdict_document import verdict_document
from study.final.choose import choose
from study.foreign.optuna_writer import write_optuna
from study.records.trials import of_search
from study.store import StoredStudy
from tests.across import scripted_studies as scripted

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "verdict.schema.json").read_text("utf-8"))
repeated = pytest.mark.parametrize("shape", scripted.REPEATED)


@cache
def concluded(shape: str) -> tuple[StoredStudy, Findings]:
    ran = scripted.ran(shape)
    study = ran.store.load_own(ran.name)
    return study, conclude(study)


@repeated
def test_every_run_belongs_to_the_winner_of_one_search(shape: str) -> None:
    study, findings = concluded(shape)
    expected = {key for key in study.results if not of_search(key[1])}
    ran = set()
    for panel in findings.panels:
        for point in panel.all_points:
            runs = {(point.of(r)[0].key, r) for r in range(panel.replicates)}
            assert runs <= expected and point.test.n == len(runs)
            assert sum(one.test.n for one in point.winners if one is not None) == point.test.n
            ran |= runs
    assert ran == expected
    rows = Counter((row.key, row.replicate, row.panel) for row in findings.trials)
    assert set(rows.values()) == {1} and {row[:2] for row in rows} == expected
    assert findings.facts.planned == len(study.results) and not findings.facts.pending


@repeated
def test_pages_terminal_and_document_hold_every_winner(shape: str, tmp_path: Path) -> None:
    study, findings = concluded(shape)
    document = json.loads(json.dumps(verdict_document(findings), allow_nan=False))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    out = io.StringIO()
    print_verdict(findings, console := Console(file=out, width=400))
    print_plan(study.plan, console)
    texts = (render([findings], None), render_markdown([findings]), out.getvalue())
    assert all("searched 3 times" in text for text in texts) and "3 searches a cell" in out.getvalue()
    winners = {one.configuration.label for p in findings.panels for point in p.points for one in point.winners if one}
    assert all(label in texts[0] for label in winners)
    written = write_optuna(study, f"sqlite:///{tmp_path / 'optuna.db'}")
    searched, reported = written.values()
    assert reported == sum(not of_search(replicate) for _, replicate in study.results)
    assert searched == len(study.proposals)


@repeated
def test_the_pick_is_trained_as_its_best_winner(shape: str) -> None:
    study, _ = concluded(shape)
    choice = choose(study)
    found = [one for one in choice.point.winners if one is not None]
    best = max(found, key=lambda one: one.validation.mean or 0.0)
    assert choice.configuration.network == best.configuration.network and choice.point.reading == best.reading
    assert choice.pick.accuracy.n == choice.panel.replicates


def test_a_strength_that_stops_training_is_named_and_not_chosen() -> None:
    _, findings = concluded("cures of tuned strength")
    beside, first = (one for one in findings.remedies if one.main)
    assert beside.at == "the baseline 16-8" and first.at == "2 hidden layers"
    for place in (beside, first):
        (cure,) = [remedy for remedy in place.remedies if remedy.arm == "L2"]
        assert "stopped from training by L2 0.01 in 3 of 3 trials" in cure.strength
        assert "L2 0.001 in 3 of 3 searches" in cure.strength and cure.test.outcome == "no difference shown"
