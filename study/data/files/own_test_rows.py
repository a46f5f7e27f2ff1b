"""Which rows are the test set: the user's own, or a stratified, seeded share of all rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from study.data.files.labels import check_rows_of_classes
from study.data.splits import stratified
from study.records.sources import DataSource
from study.seeds import Stream, stream

Rows = NDArray[np.int64]


def test_rows(y: NDArray[np.int32], labels: tuple[str, ...], source: DataSource) -> tuple[Rows, Rows]:
    """Rows of the training part and of the test set, each ascending; ``y`` (n,) are the labels of all rows.

    Raises :class:`DataError` where no share of the rows can have every class on both sides.
    """
    check_rows_of_classes(y, labels, source.dataset)
    share, seeds = source.test_share, stream(source.seed, 0, Stream.TEST_SET)
    rest, test = stratified(y, np.arange(len(y)), share, seeds, "data.test_share")
    check_rows_of_classes(y[rest], labels, source.dataset, f" once {share:g} of the rows are the test set")
    return rest, test
