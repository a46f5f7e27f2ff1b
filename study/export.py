"""Trials and their trajectories as tables for other programs: CSV, JSON, Parquet or a data frame."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from study.errors import InputError
from study.plan import SEARCH_REPLICATE
from study.records import SPLITS
from study.store import StoredStudy

if TYPE_CHECKING:
    import pandas

COLUMNS = (
    "architecture", "hidden", "samples", "activation", "dropout", "l2", "optimizer", "learning_rate", "batch_size",
    "batch_norm", "label_noise", "purpose", "replicate", "state", "reason", "epoch",
    *(f"{split}_accuracy" for split in SPLITS), *(f"{split}_cross_entropy" for split in SPLITS), "seconds",
)  # fmt: skip
FORMATS = (".csv", ".json", ".parquet")

Row = dict[str, Any]


def table(study: StoredStudy) -> Iterator[Row]:
    """One row an epoch and trial, and one without numbers for a trial that recorded none.

    Accuracies lie in [0, 1]; ``samples`` of None means all of the training part; ``purpose`` is ``search`` for trials
    of a search, else ``report``. Values that are absent are None.
    """
    for result in study.results.values():
        configuration, replicate = result.trial.configuration, result.trial.replicate
        values = configuration.to_dict() | {
            "architecture": configuration.label,
            "hidden": "-".join(map(str, configuration.hidden)),
            "dropout": configuration.dropout
            if isinstance(configuration.dropout, float)
            else str(configuration.dropout),
            "purpose": "search" if replicate == SEARCH_REPLICATE else "report",
            "replicate": replicate,
            "state": result.state,
            "reason": result.reason,
        }
        fixed = {name: values.get(name) for name in COLUMNS}
        t = result.trajectory
        if not len(t.epochs):
            yield fixed
        for epoch, accuracy, loss, seconds in zip(t.epochs, t.accuracy, t.cross_entropy, t.seconds, strict=True):
            yield fixed | {
                "epoch": int(epoch),
                **{f"{s}_accuracy": float(v) for s, v in zip(SPLITS, accuracy, strict=True)},
                **{f"{s}_cross_entropy": float(v) for s, v in zip(SPLITS, loss, strict=True)},
                "seconds": float(seconds),
            }


def export(study: StoredStudy, path: Path) -> int:
    """Write :func:`table` in the format that the file's ending names; returns the number of rows.

    Raises :class:`InputError` for another ending, a file that cannot be written or a missing package.
    """
    if path.suffix not in FORMATS:
        raise InputError(f"{path}: expected a name that ends in {', '.join(FORMATS)}, found {path.suffix or 'none'!r}.")
    rows = list(table(study))
    try:
        if path.suffix == ".parquet":
            frame(iter(rows)).to_parquet(path, index=False)
        elif path.suffix == ".json":
            # JSON has no NaN: a cross-entropy that is not finite becomes null.
            finite = [{k: None if isinstance(v, float) and v - v != 0 else v for k, v in r.items()} for r in rows]
            path.write_text(json.dumps(finite, indent=1, allow_nan=False), "utf-8")
        else:
            with path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, COLUMNS)
                writer.writeheader()
                writer.writerows(rows)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}. Name another file.") from error
    return len(rows)


def frame(rows: Iterator[Row]) -> pandas.DataFrame:
    """Rows as a data frame. Raises :class:`InputError` where pandas or pyarrow is missing."""
    try:
        import pandas
        import pyarrow  # noqa: F401  what pandas writes Parquet with
    except ImportError as error:
        raise InputError(f"This needs the package {error.name}: pip install 'depthgauge[frames]'.") from error
    return pandas.DataFrame(rows, columns=list(COLUMNS))
