"""One study in optuna-dashboard: written to a temporary SQLite file, served until Ctrl-C."""

from __future__ import annotations

import tempfile
from pathlib import Path

from study.errors import InputError
from study.foreign.optuna_writer import write_optuna
from study.store import StoredStudy


def serve(study: StoredStudy, *, host: str, port: int) -> None:
    """Serve until interrupted; the temporary file goes with the server.

    Raises :class:`InputError` where optuna-dashboard is missing or the address cannot be used.
    """
    try:
        from optuna_dashboard import run_server
    except ImportError as error:
        missing = error.name or "optuna-dashboard"
        raise InputError(f"This needs the package {missing}: pip install 'depthgauge[dashboard]'.") from error
    with tempfile.TemporaryDirectory(prefix="depthgauge-") as folder:
        url = f"sqlite:///{Path(folder) / 'study.db'}"
        write_optuna(study, url)
        try:
            run_server(url, host=host, port=port)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(f"Nothing can be served at {host}:{port}: {reason}. Name another --port.") from error
