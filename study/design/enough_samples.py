"""Whether a data set has the samples that a study asks for."""

from __future__ import annotations

import math

import numpy as np

from study.data.dataset import Dataset
from study.data.splits import split_sizes
from study.design.plan import Plan
from study.design.spec import StudySpec
from study.errors import DataError
from study.words import change


def check_samples(plan: Plan, dataset: Dataset) -> None:
    """Raise :class:`DataError` where a trial wants more training samples than there are, or too few.

    So too where the validation share leaves a part without a sample of each class.
    """
    spec = plan.spec
    train_rows, held_out, _ = split_sizes(dataset, spec.validation, spec.seed)
    if min(held_out, train_rows) < dataset.classes:
        raise DataError(
            f"validation = {spec.validation:g} leaves {train_rows:,} training and {held_out:,} validation samples of "
            f"{spec.dataset}. Expected at least {dataset.classes} of each, one a class; 0.1 is usual."
        )
    most = train_rows - dataset.classes  # a stratified draw leaves at least one sample a class behind
    asked = [cell.fixed["samples"] for panel in plan.panels for cell in panel.cells]
    tuned = spec.nuisance.get("samples")
    if tuned is not None:
        asked += tuned.values or [int(tuned.low or 0), int(tuned.high or 0)]
    for samples in asked:
        if samples in (None, "all", train_rows):
            continue
        _check_rare_class(spec, dataset)
        if not dataset.classes <= samples <= most:
            ways = f"Set it with {change('network.samples=all')}"
            if spec.arms:
                ways += f", for every arm of the study, or ask without arms: {change('arms=[]')}"
            raise DataError(
                f"samples = {samples} was asked for. Expected from {dataset.classes} (one a class) to {most:,}, or "
                f'"all" for the {train_rows:,} of {spec.dataset} that remain once the validation part is held out. '
                f"{ways}."
            )


def _check_rare_class(spec: StudySpec, dataset: Dataset) -> None:
    """Raise :class:`DataError` for a class of so few rows that a subset of the training rows cannot be stratified."""
    rows = np.bincount(dataset.y[: dataset.training])
    rows = np.where(rows > 0, rows, dataset.training)  # a class that only the test set has needs none
    rarest = int(rows.argmin())
    left = rows[rarest] - math.ceil(rows[rarest] * spec.validation)
    if left < 2:
        raise DataError(
            f"Class {dataset.labels[rarest]!r} of {spec.dataset} has {rows[rarest]} rows in the training part, and "
            f"{left} may remain once the validation part is held out. A subset of the samples needs at least 2 of each "
            f"class: add rows, leave the class out, or use {change('network.samples=all')}."
        )
