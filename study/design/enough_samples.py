"""Whether a data set has the samples that a study asks for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from study.data.dataset import Dataset
from study.data.splits import part_sizes, parts
from study.design.parts_words import differing_replicates
from study.design.plan import Plan
from study.design.spec import StudySpec
from study.errors import DataError
from study.records.trials import SEARCH_REPLICATE
from study.words import change

FEWEST = 2  # rows of a part that R2 can be measured on


def check_samples(plan: Plan, dataset: Dataset) -> None:
    """Raise :class:`DataError` where a trial wants more training samples than there are, or too few.

    So too where the validation share leaves a part without a sample of each class, or without two targets.
    """
    spec = plan.spec
    sizes = [
        part_sizes(dataset, seed=spec.seed, replicate=replicate, validation=spec.validation)
        for replicate in _replicates(plan, dataset)
    ]
    train_rows, held_out = min(train for train, *_ in sizes), min(held for _, held, _ in sizes)
    least = dataset.classes or FEWEST
    each = "one a class" if dataset.classes else "which is the least that can be measured"
    if min(held_out, train_rows) < least:
        raise DataError(
            f"validation = {spec.validation:g} leaves {train_rows:,} training and {held_out:,} validation samples of "
            f"{spec.dataset}. Expected at least {least} of each, {each}; 0.1 is usual."
        )
    if dataset.task == "regression" and min(tested for *_, tested in sizes) < FEWEST:
        raise DataError(f"{spec.dataset}: expected at least {FEWEST} rows to test, found fewer. Add rows.")
    of_classes = _rows_of_classes(plan, dataset) if dataset.classes else None
    most = train_rows - (dataset.classes or 1)  # a stratified draw leaves at least one sample a class behind
    asked = [cell.fixed["samples"] for panel in plan.panels for cell in panel.cells]
    tuned = spec.nuisance.get("samples")
    if tuned is not None:
        asked += tuned.values or [int(tuned.low or 0), int(tuned.high or 0)]
    for samples in asked:
        if samples in (None, "all", train_rows):
            continue
        if of_classes is not None:
            _check_rare_class(spec, dataset, of_classes)
        if not least <= samples <= most:
            ways = f"Set it with {change('network.samples=all')}"
            if spec.arms:
                ways += f", for every arm of the study, or ask without arms: {change('arms=[]')}"
            raise DataError(
                f"samples = {samples} was asked for. Expected from {least} ({each}) to {most:,}, or "
                f'"all" for the {train_rows:,} of {spec.dataset} that remain once the validation part is held out. '
                f"{ways}."
            )


def _rows_of_classes(plan: Plan, dataset: Dataset) -> NDArray[np.int64]:
    """The fewest rows of each class (K,) that any replicate trains on; of one that it may lack, all rows.

    Raises :class:`DataError` where one has no row of a class to train on. In time a class may come late, but two are
    there from the start.
    """
    spec = plan.spec
    if dataset.redrawn is None and dataset.groups is None and dataset.times is None:
        rows = np.bincount(dataset.y[: dataset.training], minlength=dataset.classes)
        rows = np.where(rows > 0, rows, dataset.training)  # a class that only the test set has needs none
        return np.asarray(rows - np.ceil(rows * spec.validation).astype(int))
    least = 2 if dataset.times is not None else dataset.classes
    classes = []
    for replicate in _replicates(plan, dataset):
        train, *_ = parts(dataset, seed=spec.seed, replicate=replicate, validation=spec.validation)
        rows = np.bincount(dataset.y[train], minlength=dataset.classes)
        if (found := int((rows > 0).sum())) < least:
            apart = "time" if dataset.times is not None else "group"
            raise DataError(
                f"data.{apart}: a replicate has rows of {found} of {dataset.classes} classes to train on. Expected "
                f"{'at least 2' if least == 2 else 'all'}: the rows of a class are in too few places of that column. "
                f"Ask for fewer folds, or leave data.{apart} out."
            )
        classes.append(np.where(rows > 0, rows, dataset.training))
    return np.asarray(np.min(classes, axis=0))


def _replicates(plan: Plan, dataset: Dataset) -> list[int]:
    """Replicates whose parts differ, those of searches too: inside a reported one they only split its rows anew."""
    differing = list(differing_replicates(plan, dataset))
    if not plan.searches:
        return differing
    inside = differing if plan.spec.searches_inside and dataset.groups is not None else [0]
    return [*differing, *(SEARCH_REPLICATE + replicate for replicate in inside)]


def _check_rare_class(spec: StudySpec, dataset: Dataset, left: NDArray[np.int64]) -> None:
    """Raise :class:`DataError` for a class of so few rows that a subset of the training rows cannot be stratified."""
    rarest = int(left.argmin())
    rows = int((dataset.y[: dataset.training] == rarest).sum())
    if left[rarest] < 2:
        raise DataError(
            f"Class {dataset.labels[rarest]!r} of {spec.dataset} has {rows} rows in the training part, and "
            f"{left[rarest]} may remain once the held-out parts are drawn. A subset of the samples needs at least 2 of "
            f"each class: add rows, leave the class out, or use {change('network.samples=all')}."
        )
