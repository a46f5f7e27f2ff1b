"""``test_rows.json``: which rows of the user's data became the test set, where depthgauge drew it."""

from __future__ import annotations

import json
from pathlib import Path

from study.data.dataset import Dataset

TEST_ROWS = "test_rows.json"


def write_test_rows(folder: Path, dataset: Dataset) -> bool:
    """Write the rows, counted from 0, in ascending order; False where the data brought a test set of their own.

    A row of a table is counted from below the line of column names, an image in the order of folders and names.
    """
    if dataset.drawn is None:
        return False
    (folder / TEST_ROWS).write_text(json.dumps(dataset.drawn.tolist()) + "\n", "utf-8")
    return True
