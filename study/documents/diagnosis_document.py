"""A diagnosis of logged runs as one JSON document."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from study.analysis.run_diagnosis import DiagnosedRuns, ReplicatesDiagnosis, RunDiagnosis

SCHEMA = "depthgauge-diagnosis-1"


def diagnosis_document(found: DiagnosedRuns) -> dict[str, Any]:
    """Plain JSON types; what is not known is null. Places are counted from 1 in ``unit``."""
    return {
        "schema": SCHEMA,
        "sentence": found.sentence,
        "chance": found.chance,
        "margin": found.margin,
        "patience": found.patience,
        "cautions": list(found.cautions),
        "replicates": None if found.replicates is None else _together(found.replicates),
        "runs": [_run(run) for run in found.runs],
    }


def _run(run: RunDiagnosis) -> dict[str, Any]:
    curves = run.curves
    diagnoses = [
        {"kind": one.kind, "at": one.epoch, "amount": _known(one.amount), "sentence": one.sentence}
        for one in run.diagnoses
    ]
    return {
        "name": curves.name,
        "kind": curves.kind,
        "unit": curves.unit,
        "records": len(curves),
        "last": int(curves.places[-1]) if len(curves) else None,
        "columns": dict(curves.columns),
        "training_values": curves.measured,
        "overfits": run.overfits,
        "overfits_from": run.overfits_from,
        "judged_by": run.judged_by or None,
        "sentence": run.sentence,
        "diagnoses": diagnoses,
        "lost_loss": run.lost_loss,
        "lost_accuracy": run.lost_accuracy,
        "stopping": None if run.stopping is None else asdict(run.stopping),
        "gap": run.gap,
        "gap_note": run.gap_note,
        "notes": list(curves.notes),
    }


def _together(found: ReplicatesDiagnosis) -> dict[str, Any]:
    return {
        "runs": len(found.runs),
        "sentence": found.sentence,
        "shown": dict(found.shown),
        "share_overfitting": asdict(found.share),
        "overfits_from": None
        if found.onset is None
        else dict(zip(("first", "median", "last"), found.onset, strict=True)),
        "loss_kept_by_stopping": asdict(found.loss_kept),
        "accuracy_kept_by_stopping": asdict(found.accuracy_kept),
    }


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
