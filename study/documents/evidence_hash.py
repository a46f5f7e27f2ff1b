"""One hash of everything that was measured, so that what was concluded from it can be held against it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from study.records.trials import Result


def trials_sha256(results: Iterable[Result]) -> str:
    """The hash of a study's trials: what was asked, how it ended and every recorded number, in any order.

    Each trial is a line of JSON with the keys ``accuracy``, ``configuration``, ``cross_entropy``, ``epochs``, ``key``,
    ``replicate`` and ``state``; keys of every level are in alphabetical order, and there are no spaces. ``accuracy``
    and ``cross_entropy`` hold ``[train, validation, test]`` for each of ``epochs``, as the shortest decimals that give
    the same float64 again, or ``NaN``. The lines stand in the order of ``key`` and ``replicate``, joined by line
    feeds; the hash is SHA-256 over them in UTF-8. Times and memory take no part.
    """
    ordered = sorted(results, key=lambda result: result.trial.key)
    return hashlib.sha256("\n".join(map(_line, ordered)).encode()).hexdigest()


def _line(result: Result) -> str:
    configuration, replicate = result.trial.configuration, result.trial.replicate
    values = {
        "key": configuration.key,
        "replicate": replicate,
        "configuration": configuration.to_dict(),
        "state": result.state,
        "epochs": result.trajectory.epochs.tolist(),
        **{metric: rows.tolist() for metric, rows in result.trajectory.values.items()},
    }
    return json.dumps(values, sort_keys=True, separators=(",", ":"))
