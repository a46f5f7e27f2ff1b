"""Curves whose answer is plain to the eye, and files of them as other programs write those."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

EPOCHS = 30
TURN = 12  # the record at which validation loss is lowest


def overfitting(seed: int = 0, turn: int = TURN) -> dict[str, list[float]]:
    """A History of Keras whose validation loss falls up to ``turn`` and then rises, a little noisy."""
    rng, epochs = np.random.default_rng(seed), np.arange(EPOCHS)
    fall = np.exp(-epochs / 4)
    after = np.maximum(epochs - turn, 0)
    noise = rng.normal(0, 0.003, (2, EPOCHS))
    curves = {
        "accuracy": 0.99 - 0.5 * fall,
        "loss": 0.02 + 1.5 * fall,
        "val_accuracy": 0.9 - 0.3 * fall - 0.002 * after + noise[0] / 3,
        "val_loss": 0.4 + 1.2 * fall + 0.04 * after + noise[1],
    }
    return {name: values.tolist() for name, values in curves.items()}


def flat(seed: int = 0) -> dict[str, list[float]]:
    """The same without the rise."""
    return overfitting(seed, turn=EPOCHS)


def csv_file(path: Path, columns: Mapping[str, Sequence[object]]) -> Path:
    """A CSV file of these columns."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return path


def csv_logger(path: Path, history: Mapping[str, Sequence[float]]) -> Path:
    """What Keras's CSVLogger writes: epochs from 0, then the metrics in order of their names."""
    return csv_file(path, {"epoch": range(EPOCHS), **dict(sorted(history.items()))})


def lightning(path: Path, history: Mapping[str, Sequence[float]]) -> Path:
    """Lightning's metrics.csv: rows of training and of validation stand apart, with gaps."""
    rows = []
    for epoch in range(EPOCHS):
        at = {"epoch": epoch, "step": 10 * epoch + 9}
        rows.append({**at, "step": 10 * epoch + 4, "train_loss_step": history["loss"][epoch]})
        rows.append({**at, "val_loss": history["val_loss"][epoch], "val_acc": history["val_accuracy"][epoch]})
        rows.append({**at, "train_loss_epoch": history["loss"][epoch], "train_acc": history["accuracy"][epoch]})
    return csv_rows(path, rows)


def csv_rows(path: Path, rows: Iterable[Mapping[str, object]]) -> Path:
    """A CSV file of rows, of which each may have other columns."""
    listed = list(rows)
    names = list(dict.fromkeys(name for row in listed for name in row))
    return csv_file(path, {name: [row.get(name, "") for row in listed] for name in names})


def trainer_state(path: Path, history: Mapping[str, Sequence[float]]) -> Path:
    """What the Hugging Face trainer keeps: loss and eval_loss in rows apart, at the end averages of the whole."""
    rows: list[dict[str, float]] = []
    for i in range(EPOCHS):
        at = {"epoch": i + 1.0, "step": 50 * (i + 1)}
        rows.append({**at, "loss": history["loss"][i], "learning_rate": 1e-3, "grad_norm": 1.0})
        rows.append(
            {
                **at,
                "eval_loss": history["val_loss"][i],
                "eval_accuracy": history["val_accuracy"][i],
                "eval_runtime": 1.0,
            }
        )
    rows.append({"epoch": 30.0, "step": 1500, "train_loss": 0.3, "train_runtime": 9.0, "total_flos": 1.0})
    path.write_text(json.dumps({"best_metric": None, "global_step": 1500, "log_history": rows}), "utf-8")
    return path
