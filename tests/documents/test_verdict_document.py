"""``verdict.json``: every document keeps to the schema, which knows every key."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from study.analysis.findings import Concluded
from study.documents.verdict_document import SCHEMA, verdict_document
from tests.reports import sample_findings as sample
from tests.reports import sample_search as scripted
from tests.reports.test_comparison import imported

WRITTEN = json.loads((Path(__file__).parents[2] / "docs" / "verdict.schema.json").read_text("utf-8"))
OPEN = ("setting", "configuration", "versions", "importance")  # their keys are those of a study


@pytest.mark.parametrize(
    "make",
    [
        sample.default_study,
        sample.remedies_study,
        sample.unfinished_study,
        sample.one_trial_study,
        sample.empty_study,
        sample.all_failed_study,
        scripted.isolation,
        scripted.plain_search,
        scripted.unfinished_search,
        scripted.infeasible_search,
        imported,
    ],
)
def test_every_document_keeps_to_the_schema(make: Callable[[], Concluded]) -> None:
    document = json.loads(json.dumps(verdict_document(make()), allow_nan=False))
    jsonschema.Draft202012Validator(WRITTEN).validate(document)
    assert list(undescribed(document, WRITTEN, "")) == []


def test_schema_and_documents_are_of_one_version() -> None:
    jsonschema.Draft202012Validator.check_schema(WRITTEN)
    assert WRITTEN["properties"]["schema"]["const"] == SCHEMA and WRITTEN["title"].endswith(SCHEMA[-1])


def test_a_document_without_a_key_or_of_another_version_does_not_keep_to_the_schema() -> None:
    document = json.loads(json.dumps(verdict_document(scripted.isolation())))
    for wrong in ({**document, "schema": "depthgauge-verdict-1"}, {k: v for k, v in document.items() if k != "task"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, WRITTEN)


def test_a_study_of_another_program_has_no_data_and_no_panels_of_ours() -> None:
    document = verdict_document(imported())
    assert document["dataset"] is document["seed"] is document["task"] is document["search"] is None
    assert (document["panels"], document["engine"], document["metric"]) == ([], "Optuna", "accuracy")
    assert document["trials"] == {"planned": 3, "finished": 3, "failed": 0}
    assert document["imported"]["best"] == {"number": 2, "setting": {"width": 34}, "value": pytest.approx(0.82)}


def test_advice_is_there_as_data_and_as_lines() -> None:
    edge, more = verdict_document(scripted.isolation())["search"]["advice"]
    assert edge["change"] == {
        "table": "space",
        "key": "learning_rate",
        "value": {"role": "nuisance", "low": 1e-4, "high": 0.1, "log": True, "zero": False},
        "end": "upper",
    }
    assert more["change"] == {"table": "search", "key": "trials", "value": 24, "end": None}
    assert more["toml"] == "[search]\ntrials = 24"


def test_what_a_search_chose_is_told_with_its_panel_and_its_place() -> None:
    findings = scripted.isolation()
    cells = verdict_document(findings)["search"]["cells"]
    assert [(cell["panel"], cell["value"]) for cell in cells] == [(scripted.PANEL, depth) for depth in (1, 2, 4)]
    for cell, point in zip(cells, findings.panels[0].points, strict=True):
        (chosen,) = cell["chosen"]
        assert (chosen["architecture"], chosen["reading"]) == (point.configuration.label, point.reading)
        assert chosen["number"] == cell["best"]["number"]
        assert cell["best"]["configuration"] == point.configuration.to_dict()


def undescribed(value: Any, schema: dict[str, Any], place: str) -> Iterator[str]:
    """The keys of a document that its schema does not describe, with where they stand."""
    if "$ref" in schema:
        schema = WRITTEN["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        if part.get("type") != "null":
            yield from undescribed(value, part, place)
            return
    if isinstance(value, list) and "items" in schema:
        for one in value:
            yield from undescribed(one, schema["items"], place)
    elif isinstance(value, dict) and "properties" in schema:
        for key, one in value.items():
            if key not in schema["properties"]:
                yield f"{place}.{key}"
            elif key not in OPEN:
                yield from undescribed(one, schema["properties"][key], f"{place}.{key}")
