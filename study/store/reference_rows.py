"""Reference runs as rows, and back."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

import sqlalchemy as sa

from study.records.metrics import METRICS
from study.records.reference_runs import REFERENCES, ReferenceRun, ReferenceTask
from study.records.trials import EVEN, SPLITS, ItemValues
from study.store.schema import reference_runs
from study.store.trial_rows import checked, predicted_text, read_predicted, storable


def reference_row(run: ReferenceRun) -> dict[str, Any]:
    """The row of a reference run, but for its study."""
    task = run.task
    weights = json.dumps(task.class_weights)
    return {
        "model": task.model,
        "samples": task.samples or 0,
        "label_noise": task.label_noise,
        "class_weights": weights,
        "weights_key": "" if task.class_weights == EVEN else hashlib.sha256(weights.encode()).hexdigest()[:16],
        "replicate": task.replicate,
        "values": json.dumps(dict(run.values)),
        "items": b"" if run.items is None else run.items.block,
        "reason": storable(run.reason),
        "predicted": predicted_text(() if run.predicted is None else (run.predicted,)),
    }


def read_references(
    connection: sa.Connection, study_id: int, classes: int, *, weighted: bool
) -> tuple[ReferenceRun, ...]:
    """The reference runs of a study of so many ``classes``, 0 in a regression, whose metrics are ``weighted`` or not.

    Raises ValueError or TypeError for what this program cannot have written.
    """
    query = sa.select(reference_runs).where(reference_runs.c.study_id == study_id).order_by(reference_runs.c.id)
    return tuple(_read(row, classes, weighted) for row in connection.execute(query))


def _read(row: sa.Row[Any], classes: int, weighted: bool) -> ReferenceRun:
    checked(row, reference_runs)
    if not any(row.model in models for models in REFERENCES.values()):
        raise ValueError(f"a reference model is called {row.model!r}")
    values = {str(metric): tuple(map(float, parts)) for metric, parts in dict(json.loads(row.values)).items()}
    for metric, parts in values.items():
        if metric not in METRICS or len(parts) != len(SPLITS) or not all(map(math.isfinite, parts)):
            raise ValueError(f"a reference model has no {metric!r} of three parts")
    if bool(values) == bool(row.reason) or (row.items and not values):
        raise ValueError("a reference model has both failed and not failed")
    weights = json.loads(row.class_weights)
    task = ReferenceTask(
        row.model,
        row.samples or None,
        float(row.label_noise),
        row.replicate,
        weights if isinstance(weights, str) else tuple((str(name), float(weight)) for name, weight in weights),
    )
    items = None
    if row.items:
        first = METRICS[next(iter(values))]
        items = ItemValues(first.name, "last", row.items, binary=first.source == "answers" and not weighted)
    taken = read_predicted(row.predicted, classes)
    if len(taken) > bool(values):
        raise ValueError("a reference model took its test items for more than one thing each")
    predicted = taken[0] if taken else None
    return ReferenceRun(task, {name: (a, b, c) for name, (a, b, c) in values.items()}, items, predicted, row.reason)
