"""An address -> a store that can be used: made, recognised, upgraded, or refused in one line."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from study.errors import StoreError
from study.machine.places import written_whole
from study.store.address import parse_address
from study.store.database import Database
from study.store.schema_version import prepare, upgrade
from study.store.store import Store
from study.words import option


def open_store(address: str | None = None, *, create: bool = False) -> Store:
    """The store at ``address`` (a file's path or a database URL), by default ``depthgauge/studies.db``.

    Without ``create`` a missing or empty one is an error, because reading should not leave empty stores behind. A
    SQLite store of an older version is upgraded, after a copy beside it. Raises :class:`StoreError`.
    """
    database = _database(address, create=create)
    prepare(database, create=create)
    return Store(database)


def upgrade_store(address: str | None = None) -> str:
    """Bring the store at ``address`` to the version of this program; returns what was done. Raises StoreError."""
    database = _database(address, create=False)
    try:
        return upgrade(database)
    finally:
        database.close()


def copy_store(address: str | None, destination: Path) -> str:
    """Copy the store at ``address``, which must be a file, to ``destination``; returns what was done.

    What others have written is in the copy up to one moment, what SQLite keeps beside the file too. Raises
    :class:`StoreError` where something is at ``destination`` already, and where it cannot be written.
    """
    store = open_store(address)
    try:
        if store.database.file is None:
            raise StoreError(f"The store {store.place} is no file. Its server has a way to copy it (pg_dump).")
        if destination.exists() or destination.is_symlink():
            raise StoreError(f"{destination} is not overwritten: expected a name that is free. Name another file.")
        try:
            with written_whole(destination) as scratch:
                store.database.copy(scratch)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"{destination} cannot be written: {error}. Name another file.") from None
        return f"The store {store.place} was copied to {destination}."
    finally:
        store.close()


def _database(address: str | None, *, create: bool) -> Database:
    """The database at ``address``, connected; a missing file is an error unless ``create`` says otherwise."""
    database = Database(parse_address(address))
    if (file := database.file) is not None:
        try:
            if not file.exists() and not create:
                raise StoreError(
                    f"There is no store at {database.place}. depthgauge run makes one, {option('store')} names another."
                )
            if create:
                file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"A store cannot be at {database.place}: {error.strerror}. Name another place with {option('store')}."
            ) from error
    database.connect()
    return database
