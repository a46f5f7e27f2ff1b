"""How far the predictions of a final network are off: on rows that it was not trained on, in the target's unit."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

FILE = "predicted.csv"
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
WORST = 10  # items that a card lists
GROUPS, ROWS_A_GROUP = 10, 10  # of rows in the order of their predictions: as many, of so many rows at least


@dataclass(frozen=True, slots=True)
class Residuals:
    """What the saved model says of n rows of its ``part``, which were not trained on.

    ``rows`` (n,) are their places in the user's data, counted from 0 (in an own test set, if that is the part);
    ``targets`` and ``predicted`` (n,) are in the target's unit.
    """

    part: Literal["test", "validation"]
    rows: NDArray[np.int64]
    targets: NDArray[np.float64]
    predicted: NDArray[np.float64]

    @property
    def errors(self) -> NDArray[np.float64]:
        """Predicted minus true (n,)."""
        return np.asarray(self.predicted - self.targets)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types: quantiles of the errors, means of rows with like predictions, and the worst rows."""
        errors = self.errors
        worst = np.argsort(-np.abs(errors), kind="stable")[:WORST]
        return {
            "part": self.part,
            "n": len(errors),
            "mean": float(errors.mean()),
            "deviation": float(errors.std()),
            "quantiles": {str(share): float(np.quantile(errors, share)) for share in QUANTILES},
            "groups": [self._group(group) for group in self._grouped()],
            "worst": [
                {
                    "row": int(self.rows[k]),
                    "target": float(self.targets[k]),
                    "predicted": float(self.predicted[k]),
                    "error": float(errors[k]),
                }
                for k in worst
            ],
        }

    def write(self, folder: Path) -> None:
        """Write ``predicted.csv``, a line a row."""
        with (folder / FILE).open("w", encoding="utf-8", newline="") as file:
            lines = csv.writer(file, lineterminator="\n")
            lines.writerow(("row", "target", "predicted"))
            lines.writerows(zip(self.rows.tolist(), self.targets.tolist(), self.predicted.tolist(), strict=True))

    def _grouped(self) -> list[NDArray[np.intp]]:
        """Rows in the order of their predictions, in groups of about as many."""
        groups = max(1, min(GROUPS, len(self.rows) // ROWS_A_GROUP))
        return np.array_split(np.argsort(self.predicted, kind="stable"), groups)

    def _group(self, rows: NDArray[np.intp]) -> dict[str, Any]:
        return {
            "n": len(rows),
            "predicted": float(self.predicted[rows].mean()),
            "target": float(self.targets[rows].mean()),
            "rmse": float(np.sqrt((self.errors[rows] ** 2).mean())),
        }
