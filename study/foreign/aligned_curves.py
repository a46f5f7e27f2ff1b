"""A logged run -> the curves that are judged: its quantities found, and brought to the same records."""

from __future__ import annotations

import numpy as np

from study.errors import DataError
from study.foreign.logged_columns import (
    ROLES,
    TRAIN_ACCURACY,
    TRAIN_LOSS,
    VALIDATION_ACCURACY,
    VALIDATION_LOSS,
    NamedColumns,
    columns_of,
)
from study.records.run_curves import Floats, LoggedRun, Measured, RunCurves, Series
from study.words import clean, option

MOST_RECORDS = 100_000


def aligned(run: LoggedRun, named: NamedColumns, *, clean_train: bool = False) -> RunCurves:
    """The curves of a run at the places where validation was measured, or training where that never was.

    Training values between two of these places: the last one; where there is none, the one before. ``clean_train`` is
    the user's word that training values were measured after each epoch and without dropout. Raises
    :class:`~study.errors.InputError` where neither loss nor accuracy is found.
    """
    columns, guessed = columns_of(run.series, named)
    notes = [*run.notes, *guessed]
    if not columns:
        known = ", ".join(clean(name, 40) for name in list(run.series)[:12]) or "none"
        raise DataError(
            f"{run.name}: expected columns such as loss, val_loss and val_accuracy, found {known}. Name them with "
            f"{', '.join(option(role) for role in ROLES)}."
        )
    found = {role: run.series[name] for role, name in columns.items()}
    for role in (TRAIN_ACCURACY, VALIDATION_ACCURACY):
        if role in found:
            found[role] = _accuracy(found[role], columns[role], run.name, notes)
    places = _places(found)
    if len(places) > MOST_RECORDS:
        raise DataError(f"{run.name}: expected at most {MOST_RECORDS:,} records, found {len(places):,}.")
    laid = {role: _at(series, places) for role, series in found.items()}
    for role in (TRAIN_ACCURACY, VALIDATION_ACCURACY):
        if role in laid and not np.isfinite(laid[role]).all():
            del laid[role]
            notes.append(f"{clean(columns[role])} is not finite everywhere and was left out.")
    return RunCurves(
        name=run.name,
        kind=run.kind,
        unit=run.unit,
        places=places.astype(np.int64),
        train_loss=laid.get(TRAIN_LOSS),
        validation_loss=laid.get(VALIDATION_LOSS),
        train_accuracy=laid.get(TRAIN_ACCURACY),
        validation_accuracy=laid.get(VALIDATION_ACCURACY),
        measured=_measured(run, columns, clean_train),
        columns=columns,
        notes=tuple(notes),
    )


def _accuracy(series: Series, name: str, run: str, notes: list[str]) -> Series:
    """Accuracy in [0, 1]; percentages are recognised, and said."""
    finite = series.values[np.isfinite(series.values)]
    if finite.size and finite.max() > 1 + 1e-6 and finite.min() >= 0 and finite.max() <= 100:
        notes.append(f"{clean(name)} is in percent.")
        return Series(series.places, series.values / 100)
    if finite.size and not (finite.min() >= 0 and finite.max() <= 1 + 1e-6):
        raise DataError(
            f"{run}: {clean(name)!r}: expected accuracies from 0 to 1, or percentages, found {finite.min():g} to "
            f"{finite.max():g}. Name another column."
        )
    return series


def _places(found: dict[str, Series]) -> Floats:
    """Where all that was measured on the validation part stands; of a run without that, all on the training part."""
    validation = [found[role].places for role in (VALIDATION_LOSS, VALIDATION_ACCURACY) if role in found]
    places = (validation or [series.places for series in found.values()])[0]
    for others in validation[1:]:
        common = np.intersect1d(places, others)
        places = common if len(common) else places
    return places


def _at(series: Series, places: Floats) -> Floats:
    """The last value (E,) at or before each of ``places``; before the first value, the first."""
    last = np.searchsorted(series.places, places, side="right") - 1
    return series.values[np.maximum(last, 0)]


def _measured(run: LoggedRun, columns: dict[str, str], clean_train: bool) -> Measured:
    if clean_train:
        return "clean"
    return "running average" if columns.get(TRAIN_ACCURACY, columns.get(TRAIN_LOSS)) in run.running else "not said"
