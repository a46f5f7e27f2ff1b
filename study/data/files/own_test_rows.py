"""Which rows of the user's file are tested: drawn once for all replicates, or anew in each."""

from __future__ import annotations

import numpy as np

from study.data.dataset import Redrawn
from study.data.files.labels import amounts_note, check_rows_of_classes
from study.data.parts import Rows, Strata, apart
from study.errors import DataError
from study.records.sources import DataSource
from study.seeds import Stream, stream
from study.words import shortened


def test_rows(strata: Strata, labels: tuple[str, ...], source: DataSource) -> tuple[Rows, Rows]:
    """Rows of the training part and of the one test set, each ascending.

    Raises :class:`DataError` where no share of the rows can have every class on both sides.
    """
    check_rows_of_classes(strata.y, labels, source.dataset)
    share, seeds = source.test_share, stream(source.seed, 0, Stream.TEST_SET)
    rest, test = apart(strata, np.arange(len(strata.y)), share, seeds, "data.test_share")
    check_rows_of_classes(strata.y[rest], labels, source.dataset, f" once {share:g} of the rows are the test set")
    return rest, test


def redrawn(source: DataSource) -> Redrawn | None:
    """How each replicate draws its test rows; None where they are fixed."""
    if source.scheme == "fixed":
        return None
    return Redrawn(source.scheme, source.folds, source.test_share, source.search_share)


def check_redrawn(strata: Strata, labels: tuple[str, ...], source: DataSource) -> None:
    """Raise :class:`DataError` where a class cannot be in test, validation and training rows of a replicate.

    That takes 3 rows of it, or 3 groups where groups stay together; in time, a class may come late.
    """
    if strata.times is not None:
        return
    wanted = "at least 3 rows of each class"
    if strata.groups is not None:
        wanted = f"each class in at least 3 groups of the column {source.group!r}"
    for place, name in enumerate(labels):
        rows = strata.y == place
        found = int(rows.sum()) if strata.groups is None else len(np.unique(strata.groups[rows]))
        if found < 3:
            raise DataError(
                f"{source.dataset}: expected {wanted}, because every replicate draws test, validation and training "
                f"rows from them; found {found} of {shortened(name)!r}. "
                f"{' '.join(['Add rows, or leave that class out.', amounts_note(labels, strata.y)]).strip()}"
            )


def no_own_test_set(source: DataSource, where: str) -> None:
    """Raise :class:`DataError` where data bring a test set, and test rows are to be drawn from all rows."""
    if source.scheme != "fixed":
        raise DataError(
            f"{where} brings its own test set, and data.scheme = {source.scheme!r} draws test rows from all. Set "
            "data.scheme to 'fixed' to use it."
        )
