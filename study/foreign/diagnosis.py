"""Logged runs, wherever they are, and what their curves say: what ``diagnose`` does."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from study.analysis.run_diagnosis import DiagnosedRuns, diagnose_replicates, diagnose_run
from study.errors import InputError
from study.foreign.aligned_curves import aligned
from study.foreign.logged_columns import NamedColumns
from study.foreign.logged_runs import read_logged, runs_of_history
from study.words import count, option

MOST_RUNS = 1000


def diagnose_sources(
    sources: Sequence[Any],
    named: NamedColumns,
    *,
    replicates: bool = False,
    chance: float | None = None,
    margin: float = 0.005,
    patience: int = 5,
    clean_train: bool = False,
) -> DiagnosedRuns:
    """Diagnose the runs of ``sources``: paths of files and folders, or histories as a notebook holds them.

    ``replicates`` is the user's word that all of them are runs of one configuration, with other seeds. Raises
    :class:`~study.errors.InputError`.
    """
    if chance is not None and not 0 <= chance < 1:
        raise InputError(f"{option('chance')} {chance:g}: expected the accuracy of guessing, from 0 to below 1.")
    if not 0 < margin < 1:
        raise InputError(f"{option('margin')} {margin:g}: expected a difference in accuracy between 0 and 1.")
    if not 1 <= patience <= 999_999:
        raise InputError(f"{option('patience')} {patience}: expected a whole number from 1 to 999,999.")
    logged = [run for place, source in enumerate(sources, 1) for run in _logged(source, place, named)]
    if not logged:
        raise InputError("expected a file of logged values, found none. Example: depthgauge diagnose log.csv")
    if len(logged) > MOST_RUNS:
        raise InputError(f"expected at most {MOST_RUNS:,} runs, found {len(logged):,}. Name fewer files.")
    runs = tuple(
        diagnose_run(aligned(run, named, clean_train=clean_train), chance=chance, margin=margin, patience=patience)
        for run in logged
    )
    if replicates and len(runs) < 2:
        raise InputError(
            f"{option('replicates')}: expected several runs, found {count(len(runs), 'run')}. Leave it out."
        )
    return DiagnosedRuns(runs, diagnose_replicates(runs) if replicates else None, chance, margin, patience)


def _logged(source: Any, place: int, named: NamedColumns) -> Any:
    if isinstance(source, str | os.PathLike):
        return read_logged(Path(source), named)
    return runs_of_history(source, f"run {place}", named)
