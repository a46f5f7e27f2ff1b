"""A PostgreSQL server of the tests' own: on loopback, with a password, in a folder that goes with it."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "s3cret-Passw0rd"
USER = "depthgauge"


class Server:
    """A running server; ``url()`` is a new, empty database on it."""

    def __init__(self, programs: Path, folder: Path, user: str | None) -> None:
        self._programs, self._folder, self._user = programs, folder, user
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        (folder / "password").write_text(PASSWORD)
        if user is not None:
            shutil.chown(folder, user)
            shutil.chown(folder / "password", user)
        self._run("initdb", "-U", USER, "--auth=scram-sha-256", f"--pwfile={folder / 'password'}", "-E", "UTF8", "-N")
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        self._run("pg_ctl", "-w", "-o", settings, "-l", str(self._folder / "log"), "start")

    def stop(self, how: str = "immediate") -> None:
        """Stop it: ``immediate`` as in a crash, ``fast`` with all connections cut."""
        self._run("pg_ctl", "-w", "-m", how, "stop")

    def url(self) -> str:
        """A new database."""
        import psycopg

        name = f"d{secrets.token_hex(6)}"
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user=USER, password=PASSWORD, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(f"CREATE DATABASE {name}")  # a name cannot be a parameter; this one is ours
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), "-D", str(self._folder / "data"), *arguments]
        # A server that keeps our pipes open would keep us waiting, so its words go to a file.
        with (self._folder / f"{program}.log").open("w") as words:
            done = subprocess.run(
                command, user=self._user, cwd=self._folder, stdout=words, stderr=words, stdin=subprocess.DEVNULL
            )
        if done.returncode:
            raise RuntimeError(f"{program}: {(self._folder / f'{program}.log').read_text()}")


def missing() -> str:
    """Why there can be no server here; empty where there can."""
    if _programs() is None:
        return "there are no initdb and pg_ctl: apt-get install postgresql"
    if os.geteuid() == 0 and _other_user() is None:
        return "PostgreSQL does not run as root, and there is no user postgres or nobody"
    return ""


@contextmanager
def server() -> Iterator[Server]:
    """A server until the end of the block."""
    programs = _programs()
    assert programs is not None
    with tempfile.TemporaryDirectory(prefix="depthgauge-postgres-", ignore_cleanup_errors=True) as folder:
        running = Server(programs, Path(folder), _other_user() if os.geteuid() == 0 else None)
        try:
            yield running
        finally:
            running.stop()


def _programs() -> Path | None:
    """The folder of the server's programs; Debian keeps them off the PATH."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "pg_ctl").exists()), None)


def _other_user() -> str | None:
    import pwd

    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in known), None)
