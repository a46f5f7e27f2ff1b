"""The report of a study that still runs, served to a browser on this machine: it grows as results arrive.

The standard library's server, on the loopback address unless another is asked for. It answers two paths, reads the
store and never writes. A request must name the server by an IP address, by ``localhost`` or by the host that was asked
for: a page from elsewhere whose own name was made to lead here (DNS rebinding) gets nothing.
"""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from reports.page import page_of
from reports.write.html import Live, render_page
from study.analysis.conclude import conclude
from study.errors import DepthgaugeError, InputError
from study.records.imported import ForeignStudy
from study.store import Store
from study.words import count, option, whole

LOOPBACK = "127.0.0.1"
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}


class LivePage:
    """The page of one study, made anew when something has changed and somebody asks."""

    def __init__(self, store: Store, study: str) -> None:
        """Raises :class:`InputError` for a study that is not there, or was imported and so does not run."""
        if isinstance(found := store.load(study), ForeignStudy):
            raise InputError(f"Study {study!r} was imported from {found.engine}, so nothing of it runs here.")
        self._store, self._study = store, study
        self._lock = threading.Lock()
        self._made = ("", "")  # a state, and the page of it

    def state(self) -> str:
        """Another text whenever results have arrived, or the study is run by somebody or not any more."""
        with self._lock:
            return self._now()

    def page(self) -> str:
        """The page as HTML, under what makes it provisional."""
        with self._lock:
            state = self._now()
            if self._made[0] != state:
                self._made = state, self._rendered(state)
            return self._made[1]

    def _now(self) -> str:
        line, holder = self._store.overview(self._study), self._store.holder(self._study)
        runs = holder is not None and holder.alive
        return f"{line.finished} {line.failed} {line.planned} {'runs' if runs else 'rests'}"

    def _rendered(self, state: str) -> str:
        findings = conclude(self._store.load_own(self._study))
        facts, words = findings.facts, ""
        if facts.pending or state.endswith("runs"):
            done = f"{whole(facts.finished + facts.failed)} of {count(facts.planned, 'trial')}"
            grows = "this page grows as results arrive" if state.endswith("runs") else "nobody runs the study now"
            words = f"Provisional: {done} so far, and {grows}. What it says may change."
        return render_page(page_of([findings]), None, live=Live(state, words))


@dataclass(frozen=True, slots=True)
class Served:
    """A page that is served: where it is."""

    url: str


@contextmanager
def served(page: LivePage, host: str = LOOPBACK, port: int = 0) -> Iterator[Served]:
    """Serve a page at ``host`` and ``port``, any free one for 0, until the context is left.

    Raises :class:`InputError` where that address cannot be used.
    """
    try:
        server = _Server((host, port), _Handler)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"{host}:{port} cannot be listened on: {reason}. Leave {option('port')} out for a free one, and "
            f"{option('host')} for this machine alone."
        ) from None
    server.page, server.host = page, host
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True)
    thread.start()
    try:
        yield Served(f"http://{host}:{server.server_address[1]}/")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    page: LivePage
    host: str


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD of the page and of its state."""

    server: _Server
    server_version, sys_version = "depthgauge", ""
    timeout = 30  # seconds that a silent connection is kept

    def do_GET(self) -> None:
        """Answer with the page, or with its state."""
        self._answer(body=True)

    def do_HEAD(self) -> None:
        """The same without a body."""
        self._answer(body=False)

    def _answer(self, *, body: bool) -> None:
        if not _named_here(self.headers.get("Host", ""), self.server.host):
            self._send(HTTPStatus.MISDIRECTED_REQUEST, "This server is asked for by another name.\n", body=body)
            return
        path = urlsplit(self.path).path
        try:
            if path == "/":
                self._send(HTTPStatus.OK, self.server.page.page(), "text/html", body=body)
            elif path == "/state":
                self._send(HTTPStatus.OK, self.server.page.state(), body=body)
            else:
                self._send(HTTPStatus.NOT_FOUND, "There is only / here.\n", body=body)
        except DepthgaugeError as error:  # the store is away for a moment, say: the browser asks again
            self._send(HTTPStatus.SERVICE_UNAVAILABLE, f"{error}\n", body=body)

    def _send(self, status: HTTPStatus, text: str, kind: str = "text/plain", *, body: bool) -> None:
        content = text.encode()
        self.send_response(status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the terminal shows the study."""


def _named_here(named: str, host: str) -> bool:
    """Whether a Host header is one by which a browser asks for this server itself."""
    try:
        name = urlsplit(f"//{named}").hostname or ""
    except ValueError:
        return False
    if name in ("localhost", host.lower()):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
