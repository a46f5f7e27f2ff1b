"""Trials and their trajectories as tables for other programs: CSV, JSON, Parquet or a data frame."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from study.design.space import HYPERPARAMETERS
from study.errors import InputError
from study.machine.places import written_whole
from study.records.metrics import ALWAYS, METRICS
from study.records.networks import LATER as LATER_OF_STACKS
from study.records.trials import LATER, SPLITS, Configuration, Trajectory, of_search
from study.store import StoredStudy
from study.words import option

if TYPE_CHECKING:
    import pandas

COLUMNS = (
    "architecture", "hidden", "samples", "activation", "dropout", "dropout_rates", "l2", "optimizer", "learning_rate",
    "batch_size", "batch_norm", "label_noise", "epochs", "evaluate_every", "halt", "purpose", "replicate", "state",
    "reason", "epoch", *(f"{split}_accuracy" for split in SPLITS), *(f"{split}_cross_entropy" for split in SPLITS),
    "seconds",
)  # fmt: skip

TESTED_COLUMNS = ("replicate", "row")
WHOLE = (
    "samples", "batch_size", "epochs", "evaluate_every", "halt", "replicate", "epoch", "decay_epochs", "warmup_epochs",
    "schedule_epochs",
)  # fmt: skip
WORDS = (
    "architecture", "hidden", "activation", "dropout_rates", "optimizer", "purpose", "state", "reason", "loss",
    "class_weights", "initializer", "schedule",
)  # fmt: skip
SWITCHES = ("batch_norm", "layer_norm", "residual", "nesterov")
FORMATS = (".csv", ".json", ".parquet")

Row = dict[str, Any]


def table(study: StoredStudy) -> Iterator[Row]:
    """One row an epoch and trial, and one without numbers for a trial that recorded none.

    Accuracies lie in [0, 1], cross-entropies are in nats, other metrics, which come last, as
    :mod:`study.records.metrics` has them; ``seconds`` since the row before. ``samples`` of None means
    all of the training part; ``dropout`` is the one rate of all layers, or None where ``dropout_rates`` lists one a
    layer ("0.1-0.5"); ``epochs`` is how many were planned. ``purpose`` is ``search`` for trials of a search, else
    ``report``. Values that are absent are None.
    """
    columns = columns_of(study)
    for result in study.results.values():
        configuration, replicate = result.trial.configuration, result.trial.replicate
        values = configuration.columns | {
            "architecture": configuration.label,
            "class_weights": _weights_text(configuration),
            "purpose": "search" if of_search(replicate) else "report",
            "replicate": replicate,
            "state": result.state,
            "reason": result.reason,
        }
        fixed = {name: values.get(name) for name in columns}
        t = result.trajectory
        if not len(t):
            yield fixed
        for row, epoch in enumerate(t.epochs):
            yield fixed | {
                "epoch": int(epoch),
                **{f"{s}_{name}": _value(t, name, s, row) for name in t.values for s in SPLITS},
                "seconds": float(t.seconds[row]),
            }


def columns_of(study: StoredStudy) -> tuple[str, ...]:
    """The columns of :func:`table`: those of every study, then what some have: other metrics, words of training."""
    more = [metric.name for metric in study.spec.measured.all if metric not in ALWAYS]
    used = {name for one in study.results.values() for name in one.trial.configuration.to_dict()}
    words = [name for name in (*LATER_OF_STACKS, *LATER) if name in used]
    own = [name for name in study.spec.hyperparameters if name not in HYPERPARAMETERS]
    metrics = [f"{split}_{name}" for name in more for split in SPLITS]
    return tuple(dict.fromkeys((*COLUMNS, *metrics, *words, *own)))


def _weights_text(configuration: Configuration) -> str:
    weights = configuration.class_weights
    return weights if isinstance(weights, str) else ", ".join(f"{name}={weight:g}" for name, weight in weights)


def _value(trajectory: Trajectory, metric: str, split: str, row: int) -> float | None:
    """One value; None where another metric than those of every study has none."""
    value = float(trajectory.column(metric, split)[row])
    return None if math.isnan(value) and METRICS[metric] not in ALWAYS else value


def tested_table(study: StoredStudy) -> Iterator[Row]:
    """One row for each row of the data set that a replicate tested: ``replicate``, and ``row`` counted from 0.

    Raises :class:`InputError` for a study whose replicates all test the same rows.
    """
    tested = {one.trial.replicate: one.tested for one in study.results.values() if one.tested is not None}
    if not tested:
        raise InputError(
            f"Study {study.name!r} has no trial that tested rows of its own: with one fixed test part all replicates "
            f"test the same. Leave out {option('tested_rows')}."
        )
    for replicate, rows in sorted(tested.items()):
        for row in rows.tolist():
            yield {"replicate": replicate, "row": row}


def export(study: StoredStudy, path: Path, *, tested_rows: bool = False) -> int:
    """Write :func:`table`, or :func:`tested_table`, as the file's ending says; returns the number of rows.

    Raises :class:`InputError` for another ending, a file that cannot be written or a missing package.
    """
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise InputError(f"{path}: expected a name that ends in {', '.join(FORMATS)}, found {path.suffix or 'none'!r}.")
    rows, columns = (
        (list(tested_table(study)), TESTED_COLUMNS) if tested_rows else (list(table(study)), columns_of(study))
    )
    try:
        with written_whole(path, folders=False) as scratch:
            _write(rows, columns, scratch, ending)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{path} cannot be written: {reason}. Name another file.") from error
    return len(rows)


def is_export(file: Path) -> bool:
    """Whether a file begins, or ends, as what :func:`export` writes."""
    try:
        with file.open("rb") as opened:
            head = opened.read(4096)
            opened.seek(max(0, file.stat().st_size - 65_536))
            tail = opened.read()
    except OSError:
        return False
    return any(_begins(columns, file.suffix.lower(), head, tail) for columns in (COLUMNS, TESTED_COLUMNS))


def _begins(columns: tuple[str, ...], ending: str, head: bytes, tail: bytes) -> bool:
    match ending:
        case ".csv":
            return head.startswith(tuple((",".join(columns) + end).encode() for end in ("\r\n", ",")))
        case ".json":
            return head.split() == [b"[]"] or head.startswith(f'[\n {{\n  "{columns[0]}"'.encode())
        case ".parquet":
            return head[:4] == b"PAR1" and all(name.encode() in tail for name in columns)
    return False


def _write(rows: list[Row], columns: tuple[str, ...], path: Path, ending: str) -> None:
    if ending == ".parquet":
        with _packages():
            import pyarrow  # noqa: F401  what pandas writes Parquet with
        frame(iter(rows), columns).to_parquet(path, index=False)
    elif ending == ".json":
        # JSON has no NaN: a cross-entropy that is not finite becomes null.
        finite = [{k: None if isinstance(v, float) and v - v != 0 else v for k, v in r.items()} for r in rows]
        path.write_text(json.dumps(finite, indent=1, allow_nan=False), "utf-8")
    else:
        with path.open("w", newline="", encoding="utf-8", errors="backslashreplace") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)


def frame(rows: Iterator[Row], columns: tuple[str, ...] = COLUMNS) -> pandas.DataFrame:
    """Rows as a data frame whose columns have the same types for every study.

    A value that is absent is ``pandas.NA`` in whole numbers and words, NaN in other numbers. Raises
    :class:`InputError` where pandas is missing.
    """
    with _packages():
        import pandas
    types = {
        **dict.fromkeys(SWITCHES, "boolean"),
        **dict.fromkeys((*WHOLE, "row"), "Int64"),
        **dict.fromkeys(WORDS, "string"),
    }
    return pandas.DataFrame(rows, columns=list(columns)).astype({name: types.get(name, "float64") for name in columns})


@contextmanager
def _packages() -> Iterator[None]:
    """A package that is missing as one line."""
    try:
        yield
    except ImportError as error:
        missing = error.name or "pandas"
        raise InputError(f"This needs the package {missing}: pip install 'depthgauge[frames]'.") from error
