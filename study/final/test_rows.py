"""``test_rows.json``: which rows of the user's data became the test set, where depthgauge drew it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from study.datasets import Dataset
from study.own_data import arrays, existing, split, tables
from study.own_data.labels import encode_labels
from study.records import DataSource

TEST_ROWS = "test_rows.json"


def write_test_rows(folder: Path, dataset: Dataset, source: DataSource) -> bool:
    """Write the rows, counted from 0, in ascending order; False where there is nothing to write.

    A row of a table is counted from below the line of column names, an image in the order of folders and names.
    """
    if not source.own or source.test is not None:
        return False
    path = existing(source.dataset)
    labels = _labels(path, source)
    if len(labels) != len(dataset.y):  # the data bring a test set of their own
        return False
    names, (y,) = encode_labels((labels, str(path)))
    rest, test = split.test_rows(y, names, source)
    assert np.array_equal(y[np.concatenate([rest, test])], dataset.y)
    (folder / TEST_ROWS).write_text(json.dumps(test.tolist()) + "\n", "utf-8")
    return True


def _labels(path: Path, source: DataSource) -> NDArray[np.generic]:
    """The labels in the order of the data, the training part's where there is an own test set."""
    if path.suffix.lower() in tables.ENDINGS:
        labels: NDArray[np.generic] = tables.read_table(path, source.target)[source.target].to_numpy()
        return labels
    return arrays._reader(path)(path).train.y
