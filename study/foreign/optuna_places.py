"""Where Optuna's studies are: databases by URL, SQLite files and journal files. Passwords are never shown."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from study.errors import InputError
from study.store.address import MORE_THAN_ONE_AT, looks_like_url, without_secrets
from study.words import clean, option

if TYPE_CHECKING:
    from optuna.storages import BaseStorage

SQLITE_MAGIC = b"SQLite format 3\0"
LARGEST_JOURNAL = 32 * 2**20  # bytes, of which Optuna makes twenty times as many
TABLES = frozenset({"alembic_version", "studies", "study_directions", "trial_params", "trials", "version_info"})
EXPECTED = "Expected a database URL that Optuna reads, such as sqlite:///study.db, or a journal file"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a storage is: a database at ``url``, or a journal at ``path``; ``shown`` is how it is named to people."""

    shown: str
    url: URL | None = None
    path: Path | None = None


def find_place(address: str) -> Place:
    """The place that an address means. Raises :class:`InputError` for one that is no address."""
    if "://" not in address:
        if looks_like_url(address):
            raise InputError(f"This looks like a database URL without its ://. {EXPECTED}.")
        path = Path(address)
        with _lines(clean(address)):
            if path.is_file() and not _is_sqlite(path) and path.stat().st_size:
                return Place(clean(address), path=path)
        return Place(clean(address), url=URL.create("sqlite", database=address))
    try:
        url = make_url(address)
        shown = clean(url.set(query={}).render_as_string(hide_password=True))  # a query may hold the password, too
        backend = url.get_backend_name()
    except (ArgumentError, ValueError):
        raise InputError(f"This is no database URL. {EXPECTED}.") from None
    if "@" in (url.host or ""):
        raise InputError(MORE_THAN_ONE_AT)
    if backend == "redis":
        raise InputError(f"{shown}: Optuna has left Redis. {EXPECTED}.")
    if backend == "sqlite" and (url.database or ":memory:").startswith((":", "file:")):
        raise InputError(f"{shown}: expected the path of a file after sqlite:///. {EXPECTED}.")
    return Place(shown, url=url)


@contextlib.contextmanager
def reading(place: Place) -> Iterator[tuple[BaseStorage, sa.Engine | None, str]]:
    """Optuna's storage at a place that is not changed: with its engine, None for a journal, and Optuna's version.

    Raises :class:`InputError` where there is none, or one that this Optuna cannot read.
    """
    if place.url is None:
        with optuna_lines(place):
            yield _journal(place), None, ""
        return
    url = _read_only(place)
    with optuna_lines(place):
        engine = sa.create_engine(url)
        try:
            version = _check_tables(engine, place)
            with _storage(url, make_tables=False) as storage:
                yield storage, engine, version
        finally:
            engine.dispose()


@contextlib.contextmanager
def writing(place: Place) -> Iterator[BaseStorage]:
    """Optuna's storage at a place, made where there is none.

    Raises :class:`InputError` for a database that belongs to another program: Optuna would add its tables to it.
    """
    if place.url is None:
        raise InputError(
            f"{place.shown} is a file, but no SQLite database. Name another with {option('optuna')} sqlite:///FILE."
        )
    with optuna_lines(place):
        if place.url.get_backend_name() == "sqlite":
            Path(str(place.url.database)).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(place.url)
        try:
            tables = set(sa.inspect(engine).get_table_names())
        finally:
            engine.dispose()
        if tables and not tables >= TABLES:
            raise InputError(
                f"{place.shown} is a database of another program: it holds {clean(', '.join(sorted(tables)[:3]))}. "
                f"Name another with {option('optuna')}."
            )
        with _storage(place.url, make_tables=True) as storage:
            yield storage


@contextlib.contextmanager
def optuna_lines(place: Place) -> Iterator[None]:
    """Optuna silent, and whatever it or the database says about a foreign place as one line without a password."""
    import optuna

    verbosity, alembic = optuna.logging.get_verbosity(), logging.getLogger("alembic").level
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (InputError, KeyboardInterrupt):
        raise
    except Exception as error:  # what a stranger's file makes Optuna raise is not listed anywhere
        if isinstance(error, ModuleNotFoundError | ImportError):
            raise InputError(f"{place.shown}: its database driver is missing. Install it first.") from None
        said = str(getattr(error, "orig", None) or error) if isinstance(error, SQLAlchemyError) else str(error)
        said = f"it has no {said}" if isinstance(error, LookupError) else said
        said = said if place.url is None else without_secrets(said, place.url)
        raise InputError(f"{place.shown} cannot be used: {clean(said) or type(error).__name__}. {EXPECTED}.") from None
    finally:
        optuna.logging.set_verbosity(verbosity)
        logging.getLogger("alembic").setLevel(alembic)


def _journal(place: Place) -> BaseStorage:
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    assert place.path is not None
    if place.path.stat().st_size > LARGEST_JOURNAL:
        raise InputError(
            f"{place.shown}: expected a journal of at most {LARGEST_JOURNAL // 2**20} MiB, found more. Copy the study "
            "into a database with optuna.copy_study(to_storage='sqlite:///copy.db', ...), and import that."
        )
    return JournalStorage(JournalFileBackend(str(place.path)))


def _read_only(place: Place) -> URL:
    """The URL under which nothing can be written, where the database has such a thing."""
    assert place.url is not None
    if place.url.get_backend_name() != "sqlite":
        return place.url
    path = Path(str(place.url.database))
    with _lines(place.shown):
        if not path.is_file():
            raise InputError(f"There is no file {clean(path)}. {EXPECTED}.")
        if not _is_sqlite(path):
            raise InputError(f"{clean(path)} is no SQLite database. {EXPECTED}.")
    return URL.create("sqlite", database=f"file:{quote(str(path.resolve()))}", query={"mode": "ro", "uri": "true"})


def _check_tables(engine: sa.Engine, place: Place) -> str:
    """Raise :class:`InputError` for a database without studies of Optuna; returns the version that made it."""
    tables = set(sa.inspect(engine).get_table_names())  # of tables, not of views, behind which any query may stand
    if not tables >= TABLES:
        holds = clean(", ".join(sorted(tables)[:3])) or "nothing"
        raise InputError(f"{place.shown} is no database of Optuna: it holds {holds}. {EXPECTED}.")
    with engine.connect() as connection:
        version = connection.scalar(sa.text("SELECT library_version FROM version_info"))
        schema = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    if version is None or schema is None:
        raise InputError(f"{place.shown} does not say which Optuna wrote it. {EXPECTED}.")
    return clean(version)


@contextlib.contextmanager
def _storage(url: URL, *, make_tables: bool) -> Iterator[BaseStorage]:
    from optuna.storages import RDBStorage

    address = url.render_as_string(hide_password=False).replace("{", "{{").replace("}", "}}")  # Optuna formats it
    storage = RDBStorage(address, skip_table_creation=not make_tables)
    try:
        yield storage
    finally:
        storage.remove_session()
        storage.engine.dispose()


@contextlib.contextmanager
def _lines(shown: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        reason: Any = getattr(error, "strerror", None) or error
        raise InputError(f"{shown} cannot be read: {clean(reason)}. {EXPECTED}.") from None


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC
