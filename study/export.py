"""Trials and their trajectories as files for other programs."""

from __future__ import annotations

import csv
from pathlib import Path

from study.errors import InputError
from study.plan import plan_trials
from study.records import SPLITS
from study.store import StoredStudy

COLUMNS = (
    "architecture", "hidden", "samples", "activation", "dropout", "l2", "optimizer", "learning_rate", "batch_size",
    "batch_norm", "label_noise", "replicate", "state", "reason", "epoch",
    *(f"{split}_accuracy" for split in SPLITS), *(f"{split}_cross_entropy" for split in SPLITS), "seconds",
)  # fmt: skip


def write_csv(study: StoredStudy, path: Path) -> int:
    """One row an epoch and trial, and one without numbers for a trial that recorded none; returns the rows.

    Accuracies lie in [0, 1] and are written in full; an empty ``samples`` means all of the training part.
    """
    rows = 0
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore", restval="")
            writer.writeheader()
            for trial in plan_trials(study.spec):
                result = study.results.get(trial.key)
                if result is None:
                    continue
                fixed = {
                    **trial.configuration.to_dict(),
                    "architecture": trial.configuration.label,
                    "hidden": "-".join(map(str, trial.configuration.hidden)),
                    "replicate": trial.replicate,
                    "state": result.state,
                    "reason": result.reason,
                }
                t = result.trajectory
                numbers = zip(t.epochs, t.accuracy, t.cross_entropy, t.seconds, strict=True)
                table = [
                    {
                        "epoch": int(epoch),
                        **{f"{s}_accuracy": float(v) for s, v in zip(SPLITS, accuracy, strict=True)},
                        **{f"{s}_cross_entropy": float(v) for s, v in zip(SPLITS, loss, strict=True)},
                        "seconds": float(seconds),
                    }
                    for epoch, accuracy, loss, seconds in numbers
                ]
                for row in table or [{}]:
                    writer.writerow(fixed | row)
                    rows += 1
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}. Name another file with --csv.") from error
    return rows
