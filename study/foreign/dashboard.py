"""One study in optuna-dashboard: written to a temporary SQLite file, served until Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

from study.errors import InputError
from study.foreign.optuna_writer import write_optuna
from study.machine.places import scratch_folder
from study.store import StoredStudy
from study.words import option


class Quiet(WSGIRequestHandler):
    """Answers without a line for each request."""

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def serve(study: StoredStudy, *, host: str, port: int, say: Callable[[str], None]) -> None:
    """Serve until interrupted; the temporary file goes with the server. ``say`` gets the address once it answers.

    Raises :class:`InputError` where optuna-dashboard is missing or the address cannot be used.
    """
    try:
        from optuna_dashboard import wsgi
    except ImportError as error:
        missing = error.name or "optuna-dashboard"
        raise InputError(f"This needs the package {missing}: pip install 'depthgauge[dashboard]'.") from error
    with scratch_folder() as folder:
        url = f"sqlite:///{Path(folder) / 'study.db'}"
        write_optuna(study, url)
        try:
            server = make_server(host, port, wsgi(url), handler_class=Quiet)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(
                f"Nothing can be served at {host}:{port}: {reason}. Name another {option('port')}."
            ) from error
        with server:
            say(f"http://{host}:{port}/  Ctrl-C ends it")
            server.serve_forever()
