"""The findings as one JSON document: ``verdict.json``, ``--json`` and the store's verdict are all this.

Its schema is versioned and only ever grows within a version; ``docs/verdict.schema.json`` describes it.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from study.analysis.findings import Candidate, Findings, Panel, PickFinding, Point
from study.analysis.imported_findings import imported_document
from study.analysis.onset.find import PROCEDURE_VERSION

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
            "notes": list(facts.data_notes),
        },
        "seed": facts.seed,
        "trials": {"planned": facts.planned, "finished": facts.finished, "failed": facts.failed},
        "versions": dict(facts.versions),
        "panels": [
            _panel(panel, next((p for p in findings.picks if p.panel == panel.name), None), facts.labels)
            for panel in findings.panels
        ],
        # The first is what readers of version 1 knew before a study could have several.
        "remedies": asdict(findings.remedies[0]) if findings.remedies else None,
        "remedies_by_setting": [asdict(found) for found in findings.remedies],
        "search": None if findings.search is None else asdict(findings.search),
        "imported": None if findings.imported is None else imported_document(findings.imported),
    }


def _panel(panel: Panel, pick: PickFinding | None, labels: tuple[str, ...]) -> dict[str, Any]:
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
        "verdict": asdict(panel.verdict) if panel.has_axis else None,
        "points": [_point(point) for point in panel.points],
        "baseline": _point(panel.baseline) if panel.baseline else None,
        "arm": panel.arm,
        "others": panel.others,
        "curves_note": panel.curves_note,
        "no_pick": panel.no_pick,
        "pick": None if pick is None else _pick(pick, labels),
    }


def _pick(pick: PickFinding, labels: tuple[str, ...]) -> dict[str, Any]:
    chosen = pick.chosen
    return {
        "name": chosen.name,
        "value": chosen.value,
        "architecture": chosen.configuration.label,
        "hidden": list(chosen.configuration.hidden),
        "parameters": chosen.parameters,
        "accuracy": asdict(pick.accuracy),
        "test": asdict(pick.test),
        "gap": asdict(pick.gap),
        "guaranteed": pick.guaranteed,
        "reason": pick.reason,
        "caution": pick.caution,
        "runner_up": None if pick.runner_up is None else pick.candidates[pick.runner_up].name,
        "threshold": pick.threshold,
        "candidates": [_candidate(candidate) for candidate in pick.candidates],
        "classes": [{"label": label, **asdict(test)} for label, test in zip(labels, pick.classes, strict=False)],
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {
        "name": candidate.name,
        "value": candidate.value,
        "parameters": candidate.parameters,
        "validation": asdict(candidate.validation),
        "mean": candidate.mean,
        "within_margin": candidate.within_margin,
        "on_front": candidate.on_front,
    }


def _point(point: Point) -> dict[str, Any]:
    return {
        "value": point.value,
        "architecture": point.configuration.label,
        "configuration": point.configuration.to_dict(),
        "reading": point.reading,
        "parameters": point.parameters,
        "train": asdict(point.train),
        "validation": asdict(point.validation),
        "test": asdict(point.test),
        "gap": asdict(point.gap),
        "readings": [asdict(one) for one in point.readings],
        "curves": [asdict(finding) for finding in point.curve_findings],
    }
