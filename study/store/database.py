"""The database under a store: connections, transactions that survive a restart of the server, errors in one line."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError, SQLAlchemyError

from study.errors import StoreError
from study.store.address import shown, sqlite_file, without_secrets
from study.words import option

PATIENCE_SECONDS = 60.0  # a database server that is restarted is back in this time
BUSY_SECONDS = 10.0
PAUSE_SECONDS = 0.5
FOLD_SECONDS = 10.0  # from one checkpoint to the next
# Nothing is told to a server that has vanished: without these a write would wait for a quarter of an hour.
POSTGRES_TIMEOUTS = {"connect_timeout": 10, "tcp_user_timeout": 30_000, "keepalives_idle": 30}
PASSING_STATES = ("08", "40", "53300", "57P")  # PostgreSQL: connection, deadlock, too many connections, restart
DISK_FULL = "53100"

T = TypeVar("T")


class Database:
    """Transactions on one database. A SQLite file that may not be written is opened for reading only."""

    def __init__(self, url: URL) -> None:
        self.place = shown(url)
        named = sqlite_file(url)
        # What SQLite keeps beside a file (-wal) lies beside the file itself, wherever a link to it may be.
        self.file = None if named is None else Path(os.path.realpath(named))
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.read_only = self.file is not None and self.file.exists() and not _can_write(self.file)
        self._url = url
        self._identity: tuple[int, int] | None = None  # of the file, from the first transaction on
        self._log: tuple[int, int] | None = None  # of its -wal, from the first one that writes on
        self._folded = time.monotonic()
        self.engine = self._engine()
        self._writer = self.engine.execution_options(writes=True)

    @property
    def in_memory(self) -> bool:
        """Whether only this thread can see it."""
        return self.is_sqlite and self.file is None

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()
        self._log = None  # the last one to go removes it

    def connect(self) -> None:
        """Raise :class:`StoreError` at once where there is no such database, or none that lets us in."""
        try:
            with self.engine.connect():
                pass
        except SQLAlchemyError as error:
            if self.is_sqlite:
                raise StoreError(self._line(error)) from None
            raise StoreError(
                f"The database {self.place} cannot be reached: {self._said(error)}. Expected a server of PostgreSQL "
                "that lets this user in; the password may also stand in PGPASSWORD or ~/.pgpass."
            ) from None

    def read(self, work: Callable[[sa.Connection], T], patience: float = PATIENCE_SECONDS) -> T:
        """What ``work`` reads in one transaction, so that all of it is from the same moment."""
        return self._transaction(self.engine, work, patience)

    def write(self, work: Callable[[sa.Connection], T], patience: float = PATIENCE_SECONDS) -> T:
        """What ``work`` returns after writing in one transaction.

        It runs again where the connection was lost, for up to ``patience`` seconds, so it must not mind if it has
        been done already: the answer to a commit can be lost, too.
        """
        done = self._transaction(self._writer, work, patience)
        if self.file is not None:
            self._log = self._log or _status(self.log_file)
            if time.monotonic() - self._folded > FOLD_SECONDS:
                self.fold()
        return done

    @property
    def log_file(self) -> Path:
        """What SQLite keeps beside the file: the transactions that are not in it yet."""
        assert self.file is not None
        return self.file.with_name(f"{self.file.name}-wal")

    def fold(self) -> None:
        """Bring what was written into the file itself, as far as nobody is reading: a copy of it has that then."""
        self._folded = time.monotonic()
        with suppress(SQLAlchemyError, sqlite3.Error), self.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def copy(self, destination: Path) -> None:
        """Write all of a SQLite store, as it is at one moment, to a file. Raises sqlite3.Error and OSError."""
        with self.engine.connect() as connection, closing(sqlite3.connect(destination)) as copy:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            driver.backup(copy)

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn what the database says into one :class:`StoreError`."""
        try:
            yield
        except SQLAlchemyError as error:
            # Without its cause: what a driver raises may name what was in the URL.
            raise StoreError(self._line(error)) from None

    def _transaction(self, engine: sa.Engine, work: Callable[[sa.Connection], T], patience: float) -> T:
        deadline = time.monotonic() + patience
        with self.errors():
            while True:
                self._check_file()
                try:
                    with engine.begin() as connection:
                        return work(connection)
                except DBAPIError as error:
                    if not _passes(error) or time.monotonic() >= deadline:
                        raise
                time.sleep(min(PAUSE_SECONDS, patience))

    def _check_file(self) -> None:
        """Raise :class:`StoreError` where the file was deleted or replaced: SQLite would go on writing to nowhere."""
        if self.file is None or (self._identity is None and not self.file.exists()):
            return
        try:
            status = self.file.stat()
        except OSError as error:
            raise StoreError(f"The store {self.place} is gone: {error.strerror}. Restore it from a backup.") from None
        identity = status.st_dev, status.st_ino
        self._identity = self._identity or identity
        if identity != self._identity:
            raise StoreError(f"The store {self.place} was replaced by another file while it was in use.")
        if self._log is not None and _status(self.log_file) != self._log:
            raise StoreError(
                f"{self.log_file.name}, which belongs to the store {self.place}, was removed while it was in use, and "
                "with it the last transactions. Run the same command again: it goes on with what the store has."
            )

    def _engine(self) -> sa.Engine:
        try:
            # Parameters hold trajectories: nobody wants them in an error, or in a log.
            if self.read_only:
                return _with_begin(sa.create_engine("sqlite://", creator=self._open_read_only, poolclass=sa.NullPool))
            if self.is_sqlite:
                waits = {"timeout": BUSY_SECONDS}
                return _with_begin(sa.create_engine(self._url, hide_parameters=True, connect_args=waits))
            timeouts = {name: value for name, value in POSTGRES_TIMEOUTS.items() if name not in self._url.query}
            return sa.create_engine(self._url, hide_parameters=True, pool_pre_ping=True, connect_args=timeouts)
        except ImportError:
            raise StoreError(
                f"A store at {self.place} needs the driver psycopg: pip install 'depthgauge[postgres]'."
            ) from None
        except ArgumentError as error:
            raise StoreError(f"A store cannot be at {self.place}: {self._said(error)}.") from None

    def _open_read_only(self) -> sqlite3.Connection:
        """A connection that changes nothing, not even beside the file.

        SQLite wants to write beside a file in WAL mode even to read it, unless the file is told never to change. That
        is so as long as nobody has left changes in the -wal file.
        """
        assert self.file is not None
        log = self.log_file
        options = "mode=ro" if log.exists() and log.stat().st_size else "mode=ro&immutable=1"
        address = f"file:{quote(str(self.file.resolve()))}?{options}"
        return sqlite3.connect(address, BUSY_SECONDS, uri=True, check_same_thread=False)

    def _line(self, error: SQLAlchemyError) -> str:
        """What to do about an error of the database."""
        orig = getattr(error, "orig", None)
        state, code = str(getattr(orig, "sqlstate", None) or ""), getattr(orig, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL or state == DISK_FULL:
            return f"The disk of the store {self.place} is full. Make room; what was written before is kept."
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return (
                f"The store {self.place} is locked: another program has been writing to it for too long. End that one, "
                "then run this command again."
            )
        if code == sqlite3.SQLITE_READONLY:
            return f"The store {self.place} can only be read. Copy it to a place where you may write."
        if isinstance(error, DBAPIError) and not self.is_sqlite and _passes(error):
            return (
                f"The database {self.place} does not answer: {self._said(error)}. Start it, then run this command "
                "again; what was written before is kept."
            )
        return (
            f"The store {self.place} cannot be used: {self._said(error)}. Expected a database of depthgauge that can "
            f"be read and written. Name another one with {option('store')}."
        )

    def _said(self, error: SQLAlchemyError) -> str:
        said = without_secrets(str(getattr(error, "orig", None) or error), self._url).strip()
        return (said.splitlines() or [type(error).__name__])[0].rstrip(".")


def _with_begin(engine: sa.Engine) -> sa.Engine:
    """Have SQLite begin each transaction at once: left alone, Python's driver does so at the first write only.

    What only reads sees one moment then, and two that write wait for each other from the start: one that had read
    before could not go on to write.
    """

    @sa.event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        # NORMAL in WAL mode survives a killed process; only a power cut can lose the last transactions.
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _status(file: Path) -> tuple[int, int] | None:
    """Which file it is; None where there is none."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _can_write(file: Path) -> bool:
    """Whether a SQLite file can be used for writing, which wants to make files beside it, too."""
    return os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)


def _passes(error: DBAPIError) -> bool:
    """Whether the same transaction may well succeed a little later."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    lost = isinstance(error, OperationalError | InterfaceError)
    return lost if state is None else str(state).startswith(PASSING_STATES)
