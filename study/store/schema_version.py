"""Which schema a database has; making a new store, upgrading an old one, refusing what is neither.

Alembic is loaded to upgrade only. A new store is made from the tables at once: a test holds that against the revisions.
"""

from __future__ import annotations

import contextlib
import logging
import re
import sqlite3
import warnings
from itertools import count
from pathlib import Path

import sqlalchemy as sa

from study.errors import StoreError
from study.store.database import Database
from study.store.schema import SCHEMA_VERSION, metadata, version_table
from study.words import option

MADE_BY_HAND = "depthgauge_schema"  # versions 1 and 2 kept their number there
LOCK = 0x6465707468  # any number that no other program takes for its own advisory lock in the same database

log = logging.getLogger("depthgauge")


def prepare(database: Database, *, create: bool) -> None:
    """Make sure that ``database`` is a store of this version: make it where there is nothing and ``create`` says so.

    An older SQLite store is upgraded after a copy. Raises :class:`StoreError` for an older one on a server, which
    others may be using, and for anything that is no store of this version.
    """
    found = database.read(lambda connection: _found(connection, database.place))
    if found is None and not create:
        raise StoreError(f"{database.place} is empty. depthgauge run makes a store, {option('store')} names another.")
    if found is None:
        _make(database)
    elif found < SCHEMA_VERSION and not database.is_sqlite:
        raise StoreError(
            f"The store {database.place} has version {found}, this program needs version {SCHEMA_VERSION}. End all "
            f"runs on it and make a backup (pg_dump), then: depthgauge store upgrade --store URL."
        )
    elif found < SCHEMA_VERSION:
        log.warning(upgrade(database))


def upgrade(database: Database) -> str:
    """Bring an older store to this version; returns what was done. Raises :class:`StoreError` where it cannot be."""
    found = database.read(lambda connection: _found(connection, database.place))
    if found is None:
        raise StoreError(f"{database.place} is empty: there is nothing to upgrade. depthgauge run makes a store.")
    if found < SCHEMA_VERSION and database.read_only:
        raise StoreError(
            f"The store {database.place} has version {found}, this program needs version {SCHEMA_VERSION}, and it can "
            "only be read. Copy it to a place where you may write, or have its owner run depthgauge store upgrade."
        )
    copies: list[Path] = []
    try:
        return database.write(lambda connection: _upgrade(connection, database, copies))
    except BaseException:  # nothing was changed, so that each further try would leave one copy more
        for copy in copies:
            with contextlib.suppress(OSError):
                copy.unlink()
        raise


def _found(connection: sa.Connection, place: str) -> int | None:
    """The version of the schema, None in an empty database. Raises :class:`StoreError` for what is no store."""
    tables = set(sa.inspect(connection).get_table_names())
    if not tables:
        return None
    if version_table.name in tables:
        version = connection.scalar(sa.select(version_table.c.version_num))
    elif MADE_BY_HAND in tables:
        version = connection.scalar(sa.select(sa.column("version")).select_from(sa.table(MADE_BY_HAND)))
    else:
        raise StoreError(
            f"{place} is a database, but not a store of depthgauge: it holds {', '.join(sorted(tables)[:3])}. Name "
            f"another with {option('store')}."
        )
    if connection.dialect.name == "sqlite":  # in a file from elsewhere they could run any query
        kinds = connection.execute(sa.select(sa.column("type", sa.String)).select_from(sa.table("sqlite_master")))
        if strange := {str(kind) for (kind,) in kinds} - {"table", "index"}:
            raise StoreError(
                f"{place} is no store of depthgauge: it holds a {min(strange)}. Name another with {option('store')}."
            )
    if version is None or not re.fullmatch("0*[1-9][0-9]{0,8}", str(version)):
        raise StoreError(f"The store {place} does not say which version it has. Restore it from a backup.")
    if int(version) > SCHEMA_VERSION:
        raise StoreError(
            f"The store {place} has version {int(version)}, this program knows versions up to {SCHEMA_VERSION}. "
            f"Install the newer depthgauge that wrote it, or name another store with {option('store')}."
        )
    return int(version)


def _revision(version: int) -> str:
    """What Alembic calls a version."""
    return f"{version:04}"


def _make(database: Database) -> None:
    """Make the tables in an empty database, unless another process has just done so."""
    if database.file is not None:
        # Kept in the file: readers and the writer do not wait for each other. It cannot be set in a transaction.
        with database.errors(), database.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            with contextlib.suppress(sqlite3.OperationalError):  # another process is doing the same
                driver.execute("PRAGMA journal_mode=WAL")

    def make(connection: sa.Connection) -> None:
        _alone(connection)
        if _found(connection, database.place) is None:
            metadata.create_all(connection)
            version_table.create(connection)
            connection.execute(version_table.insert().values(version_num=_revision(SCHEMA_VERSION)))

    database.write(make)
    if database.file is not None:
        database.fold()


def _upgrade(connection: sa.Connection, database: Database, copies: list[Path]) -> str:
    _alone(connection)
    found = _found(connection, database.place)  # again: another process may have upgraded it while this one waited
    if found is None or found == SCHEMA_VERSION:
        return f"The store {database.place} has version {SCHEMA_VERSION} already."
    said = f"The store {database.place} was upgraded from version {found} to {SCHEMA_VERSION}"
    if database.file is not None:
        copies.append(_backup(database.file, found))
        said += f"; as it was, it is kept in {copies[-1]}"
    _migrate(connection, found)
    return f"{said}."


def _alone(connection: sa.Connection) -> None:
    """Wait for other processes that make or upgrade the same store; in SQLite the transaction itself does."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))


def _backup(file: Path, version: int) -> Path:
    """Copy a store that nobody can write to now; returns the copy. One that is there already is never touched."""
    numbers = ("" if number == 1 else f"-{number}" for number in count(1))
    names = (file.with_name(f"{file.name}.v{version}{number}.bak") for number in numbers)
    backup = next(name for name in names if not name.exists())
    part = backup.with_name(f"{backup.name}.part")  # whole or not there: a copy that was cut off must not look like one
    try:
        part.unlink(missing_ok=True)
        with contextlib.closing(sqlite3.connect(file)) as source, contextlib.closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
        part.rename(backup)
    except (OSError, sqlite3.Error) as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise StoreError(
            f"The store {file} has version {version} and was not upgraded, because no copy of it could be made beside "
            f"it: {error}. Make room there, or copy it elsewhere and name that with {option('store')}."
        ) from None
    return backup


def _migrate(connection: sa.Connection, found: int) -> None:
    """Run the revisions after ``found``, 0 for all, in the transaction of ``connection``."""
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    if found and not sa.inspect(connection).has_table(version_table.name):
        command.stamp(config, _revision(found))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        command.upgrade(config, "head")
