"""The findings as one JSON document: ``verdict.json``, ``--json`` and the store's verdict are all this.

Its schema is versioned and only ever grows within a version; ``docs/verdict.schema.json`` describes it.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from study.analysis.findings import (
    Candidate,
    Concluded,
    Confirmed,
    Findings,
    ImportedFindings,
    MetricFinding,
    Panel,
    PickFinding,
    Point,
)
from study.analysis.imported_panels import ImportedPanel
from study.analysis.onset.find import PROCEDURE_VERSION, OnsetVerdict
from study.analysis.prediction_findings import PredictionFinding
from study.analysis.reference_findings import ReferencesFinding
from study.analysis.reference_words import reference_sentences
from study.analysis.replies.study_replies import replies_to
from study.analysis.search_findings import Advice, CellFinding, SearchFinding, Tried
from study.documents.next_study import change_toml

SCHEMA = "depthgauge-verdict-2"
MOST_CLASSES = 100  # of a confusion matrix that is written: one of a thousand has a million numbers


def verdict_document(findings: Concluded) -> dict[str, Any]:
    """Plain JSON types only; values in the metric's records, an absent number is null."""
    common = {"schema": SCHEMA, "procedure": PROCEDURE_VERSION, "study": findings.name, "sentence": findings.sentence}
    if isinstance(findings, ImportedFindings):
        return {**common, **_of_an_imported(findings)}
    return {**common, **_of_a_study(findings)}


def _of_a_study(findings: Findings) -> dict[str, Any]:
    facts, spec, run = findings.facts, findings.facts.spec, findings.facts.run
    train, validation, test = run.sizes
    return {
        "task": spec.task,
        "metric": spec.metric,
        "metrics": [metric.name for metric in facts.metrics],
        "weighted_metrics": facts.spec.weighted_metrics,
        "inference": spec.inference,
        "scheme": spec.scheme,
        "engine": spec.engine,
        "code_sha256": None if spec.model is None else spec.model.code,
        "dataset": {
            "name": spec.dataset,
            "sha256": facts.dataset_sha256,
            "train": train,
            "validation": validation,
            "test": test,
            "notes": list(run.data_notes),
        },
        "answer": [
            {"question": one.question, "setting": said.setting, "sentences": list(said.sentences)}
            for one in replies_to(findings)
            for said in one.answers
        ],
        "seed": spec.seed,
        "trials": {"planned": facts.planned, "finished": facts.finished, "failed": facts.failed},
        "versions": dict(run.versions),
        "panels": [
            _panel(panel, next((p for p in findings.picks if p.panel == panel.name), None), run.labels)
            for panel in findings.panels
        ],
        # The first is what readers of version 1 knew before a study could have several.
        "remedies": asdict(findings.remedies[0]) if findings.remedies else None,
        "remedies_by_setting": [asdict(found) for found in findings.remedies],
        "search": None if findings.search is None else _search(findings.search),
        "references": [_references(found) for found in findings.references],
        "references_left_out": list(run.references_left_out),
        "looks": [
            {"panel": panel.name, **asdict(panel.looks), "sentence": panel.looks.sentence}
            for panel in findings.panels
            if panel.looks is not None
        ],
        "imported": None,
    }


def _of_an_imported(findings: ImportedFindings) -> dict[str, Any]:
    """The keys of our own studies, empty where another program has no such thing, and the study itself."""
    study = findings.study
    finished, failed = study.count("complete", "pruned"), study.count("failed")
    return {
        "task": None,
        "metric": study.objective,
        "metrics": [],
        "inference": None,
        "scheme": None,
        "engine": study.engine,
        "code_sha256": None,
        "dataset": None,
        "answer": [],
        "seed": None,
        "trials": {"planned": len(study.trials), "finished": finished, "failed": failed},
        "versions": {study.engine: study.version} if study.version else {},
        "panels": [],
        "remedies": None,
        "remedies_by_setting": [],
        "search": None,
        "references": [],
        "references_left_out": [],
        "looks": [],
        "imported": _imported(findings),
    }


def _references(found: ReferencesFinding) -> dict[str, Any]:
    return {
        "panel": found.panel,
        "metric": found.metric.name,
        "beside": found.beside.name,
        "network": asdict(found.network),
        "picked": found.picked,
        "rarest": found.rarest or None,
        "models": [
            {
                **asdict(one.scores),
                "difference": asdict(one.difference),
                "speaks_of": one.speaks_of,
                "outcome": one.outcome,
            }
            for one in found.references
        ],
        "sentences": list(reference_sentences(found)),
    }


def _search(found: SearchFinding) -> dict[str, Any]:
    return {
        "proposer": found.proposer,
        "trials": found.trials,
        "parameters": [asdict(parameter) for parameter in found.parameters],
        "cells": [_cell(cell) for cell in found.cells],
        "importance": [asdict(one) for one in found.importance],
        "advice": [_advice(one) for one in found.advice],
        "luck": None if found.luck is None else asdict(found.luck),
    }


def _cell(cell: CellFinding) -> dict[str, Any]:
    return {
        "cell": cell.name,
        "search": cell.number,
        "baseline": cell.baseline,
        "panel": cell.panel,
        "value": cell.value,
        "tried": [_tried(one) for one in cell.tried],
        "best": None if cell.best is None else _tried(cell.best),
        "chosen": [
            {"number": one.tried.number, "architecture": one.tried.configuration.label, "reading": one.reading}
            for one in cell.chosen
        ],
        "over": cell.over,
        "early": None if cell.early is None else asdict(cell.early),
    }


def _tried(one: Tried) -> dict[str, Any]:
    return {
        "number": one.number,
        "setting": dict(one.setting),
        "configuration": one.configuration.to_dict(),
        "accuracy": one.accuracy,
        "gap": one.gap,
        "reason": one.reason,
        "repeats": one.repeats,
    }


def _advice(advice: Advice) -> dict[str, Any]:
    change = advice.change
    return {
        "kind": advice.kind,
        "sentence": advice.sentence,
        "toml": "" if change is None else change_toml(change),
        "change": None
        if change is None
        else {
            "table": change.table,
            "key": change.key,
            "value": change.value if isinstance(change.value, int) else change.value.model_dump(exclude_none=True),
            "end": change.end,
        },
    }


def _imported(findings: ImportedFindings) -> dict[str, Any]:
    """An imported study as plain JSON types, for ``verdict.json``; values are in the objective's own unit."""
    study, best = findings.study, findings.study.best
    return {
        "engine": study.engine,
        "version": study.version,
        "original": study.original,
        "objective": study.objective,
        "direction": study.direction,
        "trials": {state: study.count(state) for state in ("complete", "pruned", "failed", "running", "waiting")},
        "curves": findings.curves,
        "best": None if best is None else {"number": best.number, "setting": best.setting, "value": best.value},
        "importance": {one.parameter: one.share for one in findings.importance},
        "importance_certainty": [asdict(one) | {"shown": one.shown} for one in findings.importance],
        "advice": [one.sentence for one in findings.advice],
        "notes": list(study.notes),
        "panels": [_imported_panel(panel) for panel in findings.panels],
    }


def _imported_panel(panel: ImportedPanel) -> dict[str, Any]:
    return {
        "name": panel.name,
        "axis": panel.axis,
        "held_out": panel.held_out,
        "metric": panel.metric.name,
        "sentence": panel.sentence,
        "verdict": _verdict(panel.verdict),
        "points": [asdict(point) for point in panel.points],
        "notes": list(panel.notes),
        "pick": None if panel.pick is None else asdict(panel.pick),
    }


def _verdict(verdict: OnsetVerdict | None) -> dict[str, Any] | None:
    return None if verdict is None else asdict(verdict) | {"outcome": verdict.outcome}


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
        "speaks_of": panel.speaks_of,
        "pending": panel.pending,
        "sentence": panel.sentence,
        "verdict": _verdict(panel.verdict),
        "points": [_point(point) for point in panel.points],
        "baseline": _point(panel.baseline) if panel.baseline else None,
        "arm": panel.arm,
        "others": panel.others,
        "curves_note": panel.curves_note,
        "answers_note": panel.answers_note,
        "winners_note": panel.winners_note,
        "no_pick": panel.no_pick,
        "pick": None if pick is None else _pick(pick, labels),
        "by_metric": panel.by_metric,
        "beside": [_beside(one) for one in panel.beside],
    }


def _beside(found: MetricFinding) -> dict[str, Any]:
    return {
        "metric": found.metric.name,
        "verdict": None if found.verdict is None else _verdict(found.verdict),
        "withheld": found.withheld,
        "points": [
            {
                "value": point.value,
                **{split: asdict(getattr(point, split)) for split in ("train", "validation", "test", "gap")},
            }
            for point in found.points
        ],
    }


def _pick(pick: PickFinding, labels: tuple[str, ...]) -> dict[str, Any]:
    chosen = pick.chosen
    return {
        "name": chosen.name,
        "value": chosen.value,
        "architecture": chosen.configuration.label,
        "hidden": list(getattr(chosen.configuration.network, "hidden", ())),
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
        "predictions": None if pick.predictions is None else _predictions(pick.predictions, labels),
    }


def _predictions(found: PredictionFinding, labels: tuple[str, ...]) -> dict[str, Any]:
    """What the pick's runs take their test items for; the confusion matrix of all of them."""
    return {
        "runs": found.runs,
        "confidence": found.confidence,
        "accuracy": asdict(found.accuracy),
        "classes": [{"label": label, **asdict(one)} for label, one in zip(labels, found.classes, strict=True)],
        "bins": [asdict(one) for one in found.bins],
        "confusion": found.confusion.tolist() if len(labels) <= MOST_CLASSES else None,
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


def _confirmed(one: Confirmed) -> dict[str, Any]:
    """What one search of a place chose, and what its own replicates reached."""
    return {
        "architecture": one.configuration.label,
        "configuration": one.configuration.to_dict(),
        "reading": one.reading,
        "validation": asdict(one.validation),
        "test": asdict(one.test),
        "gap": asdict(one.gap),
    }


def _point(point: Point) -> dict[str, Any]:
    return {
        "value": point.value,
        "architecture": point.label,
        "configuration": point.configuration.to_dict(),
        "reading": point.reading,
        "parameters": point.parameters,
        "winners": [None if one is None else _confirmed(one) for one in point.winners],
        "train": asdict(point.train),
        "validation": asdict(point.validation),
        "test": asdict(point.test),
        "gap": asdict(point.gap),
        "readings": [asdict(one) for one in point.readings],
        "curves": [asdict(finding) for finding in point.curve_findings],
    }
