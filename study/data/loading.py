"""A data set's name or path -> arrays."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from study.data.builtin import digits, from_keras, mnist
from study.data.dataset import Dataset
from study.data.files.own_test_rows import check_redrawn, redrawn
from study.data.files.paths import existing
from study.data.parts import Strata
from study.errors import DataError
from study.records.sources import DataSource


def load_dataset(source: DataSource | str) -> Dataset:
    """One of the built-in :data:`~study.records.sources.DATASETS`, or what is at a path.

    A name alone stands for a source without more.

    Raises :class:`DataError` when it is unknown, damaged, unusable or out of reach.
    """
    if isinstance(source, str):
        source = DataSource(source)
    if source.aside:
        return _without_test_part(load_dataset(replace(source, aside=False, scheme="fixed", sha256=None)), source)
    if source.own:
        return _own(source)
    name = source.dataset
    dataset = mnist() if name == "mnist" else digits() if name == "digits" else from_keras(name)
    if source.scheme == "fixed":
        return dataset
    return replace(dataset, training=len(dataset.y), redrawn=redrawn(source))


def _without_test_part(whole: Dataset, source: DataSource) -> Dataset:
    """The training part of a data set alone, of which replicates test rows of their own."""
    rest = slice(whole.training)
    given = None if whole.given is None else replace(whole.given, rows=whole.given.rows[rest])
    groups, times = (None if codes is None else codes[rest] for codes in (whole.groups, whole.times))
    weights = None if whole.weights is None else whole.weights[rest]
    sha256 = hashlib.sha256(f"without the test part: {whole.sha256}".encode()).hexdigest()
    if source.sha256 not in (None, sha256):
        raise DataError(f"{source.dataset} holds other values than it did when the study was begun.")
    check_redrawn(Strata(whole.y[rest], groups, times), whole.labels, source)
    return replace(
        whole,
        x=whole.x[rest],
        y=whole.y[rest],
        drawn=None,
        given=given,
        groups=groups,
        times=times,
        weights=weights,
        sha256=sha256,
        redrawn=redrawn(source),
    )


def _own(source: DataSource) -> Dataset:
    """What is at the path ``source.dataset``, with an own test set or one drawn from its rows.

    Raises :class:`DataError` for whatever cannot be used, and for what is larger than
    :mod:`study.data.files.limits` allow.
    """
    from study.data.files import arrays, tables
    from study.data.files.table_rows import is_table

    path = existing(source.dataset)
    dataset: Dataset = (tables if is_table(path) else arrays).load(path, source)
    if source.sha256 not in (None, dataset.sha256):
        raise DataError(f"{path} holds other values than it did when the study was begun.")
    return dataset
