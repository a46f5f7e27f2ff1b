"""The findings as one JSON document: ``verdict.json``, ``--json`` and the store's verdict are all this.

Its schema is versioned and only ever grows within a version; ``docs/verdict.schema.json`` describes it.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from study.analysis.findings import Findings, Panel, PickFinding, Point
from study.analysis.onset import PROCEDURE_VERSION

SCHEMA = "depthgauge-verdict-1"


def verdict_document(findings: Findings) -> dict[str, Any]:
    """Plain JSON types only; accuracies in [0, 1], an absent number is null."""
    facts = findings.facts
    return {
        "schema": SCHEMA,
        "procedure": PROCEDURE_VERSION,
        "study": facts.name,
        "sentence": findings.sentence,
        "dataset": {
            "name": facts.dataset,
            "sha256": facts.dataset_sha256,
            "train": facts.train_samples,
            "validation": facts.validation_samples,
            "test": facts.test_samples,
        },
        "seed": facts.seed,
        "trials": {"planned": facts.planned, "finished": facts.finished, "failed": facts.failed},
        "versions": dict(facts.versions),
        "panels": [
            _panel(panel, next((p for p in findings.picks if p.panel == panel.name), None)) for panel in findings.panels
        ],
        "remedies": findings.remedies and asdict(findings.remedies),
    }


def _panel(panel: Panel, pick: PickFinding | None) -> dict[str, Any]:
    return {
        "name": panel.name,
        "axis": panel.axis,
        "samples": panel.samples,
        "epochs": panel.epochs,
        "reading": panel.reading,
        "margin": panel.margin,
        "alpha": panel.alpha,
        "replicates": panel.replicates,
        "pending": panel.pending,
        "sentence": panel.sentence,
        "verdict": asdict(panel.verdict),
        "points": [_point(point) for point in panel.points],
        "baseline": _point(panel.baseline) if panel.baseline else None,
        "pick": pick
        and {
            "architecture": pick.configuration.label,
            "hidden": list(pick.configuration.hidden),
            "parameters": pick.parameters,
            "accuracy": asdict(pick.accuracy),
            "gap": asdict(pick.gap),
            "guaranteed": pick.guaranteed,
            "reason": pick.reason,
        },
    }


def _point(point: Point) -> dict[str, Any]:
    return {
        "value": point.value,
        "architecture": point.configuration.label,
        "parameters": point.parameters,
        "train": asdict(point.train),
        "validation": asdict(point.validation),
        "test": asdict(point.test),
        "gap": asdict(point.gap),
    }
