"""Where MLflow keeps runs: a folder ``mlruns``, a SQLite file, a server; the client asks there, and nowhere else."""

from __future__ import annotations

import logging
import os
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from study.errors import DataError, InputError
from study.machine.places import scratch_folder
from study.words import clean

EXPECTED = "Expected a folder of MLflow, a SQLite file, or the address of a server, such as http://127.0.0.1:5000"
SQLITE_MAGIC = b"SQLite format 3\0"
LARGEST_DATABASE = 2**30  # bytes
MOST_FILES, LARGEST_FOLDER = 500_000, 256 * 2**20  # of a folder, artifacts aside
# The client reports its use to its makers unless it is told not to, follows a server to other addresses, repeats a
# question seven times, and refuses folders, which it no longer develops.
SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_ALLOW_HTTP_REDIRECTS": "false",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
    "MLFLOW_ALLOW_FILE_STORE": "true",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where runs are: the ``path`` of a folder or file, else the ``address`` of a server; ``shown`` has no secrets."""

    shown: str
    path: Path | None = None
    address: str = ""


def find_place(address: str) -> Place:
    """The place that an address means. Raises :class:`InputError` for one that is none."""
    if address.startswith(("http://", "https://")):
        try:
            parts = urlsplit(address)
            host = f"{parts.hostname}{'' if parts.port is None else f':{parts.port}'}"
        except ValueError:
            raise InputError(f"This is no address. {EXPECTED}.") from None
        if not parts.hostname:
            raise InputError(f"This is no address. {EXPECTED}.")
        return Place(clean(f"{parts.scheme}://{host}"), address=address)
    for scheme in ("sqlite:///", "file://"):
        address = address.removeprefix(scheme)
    if "://" in address:
        raise InputError(f"{clean(address.partition('://')[0])}: {EXPECTED}.")
    return Place(clean(address), path=Path(address))


@contextmanager
def reading(place: Place) -> Iterator[Any]:
    """A client that reads at a place, which is not changed. Raises :class:`InputError` where there is nothing to read.

    Of a SQLite file it reads a copy, because it would bring the file itself to its own version.
    """
    if place.path is None:
        with _client(place, place.address) as client:
            yield client
    elif place.path.is_dir():
        _check_folder(place.path, place)
        with _client(place, place.path.resolve().as_uri()) as client:
            yield client
    else:
        with scratch_folder() as folder:
            copy = Path(folder) / "mlflow.db"
            _copy(place, copy)
            with _client(place, f"sqlite:///{copy}") as client:
                yield client


@contextmanager
def writing(place: Place) -> Iterator[Any]:
    """A client that writes at a place; a file or folder that is not there yet is made. Raises :class:`InputError`."""
    if place.path is None:
        uri = place.address
    elif place.path.is_dir():
        uri = place.path.resolve().as_uri()
    else:
        if place.path.exists() and place.path.stat().st_size and not _is_sqlite(place.path):
            raise InputError(f"{place.shown} is not written to: it is no SQLite file. {EXPECTED}.")
        uri = f"sqlite:///{place.path.resolve()}"
    with _client(place, uri) as client:
        yield client


@contextmanager
def _client(place: Place, uri: str) -> Iterator[Any]:
    """A client of MLflow, told to be silent and to ask nobody else; what goes wrong is one line."""
    before = {name: os.environ.get(name) for name in SETTINGS}
    os.environ.update(SETTINGS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                from mlflow.exceptions import MlflowException
                from mlflow.tracking import MlflowClient
            except ImportError as error:
                missing = error.name or "mlflow"
                raise InputError(f"This needs the package {missing}: pip install 'depthgauge[mlflow]'.") from None
            for name in ("mlflow", "alembic"):
                logging.getLogger(name).setLevel(logging.ERROR)
            try:
                yield MlflowClient(tracking_uri=uri, registry_uri=uri)
            except MlflowException as error:
                raise InputError(f"{place.shown}: MLflow says: {_without(str(error), uri)}.") from None
            except (OSError, sqlite3.Error) as error:
                raise InputError(f"{place.shown} cannot be used: {_without(str(error), uri)}.") from None
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _without(said: str, uri: str) -> str:
    """What a client said, without the address, which may hold a password."""
    return clean(said.replace(uri, "there")).rstrip(".")


def _is_sqlite(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC
    except OSError:
        return False


def _copy(place: Place, copy: Path) -> None:
    path = place.path
    assert path is not None
    if not path.is_file() or not _is_sqlite(path):
        raise InputError(f"{place.shown}: {EXPECTED}; there is none.")
    if path.stat().st_size > LARGEST_DATABASE:
        raise DataError(f"{place.shown}: expected a database of at most 1 GiB, found a larger one.")
    try:
        with (
            closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
    except sqlite3.Error as error:
        raise DataError(f"{place.shown} cannot be read: {clean(error)}.") from None


def _check_folder(path: Path, place: Place) -> None:
    """Refuse a folder that is none of MLflow's, one that is larger than is read, and links in it."""
    if not any(path.glob("*/meta.yaml")):
        raise InputError(f"{place.shown}: {EXPECTED}; there is none.")
    files = size = 0
    for folder, folders, names in os.walk(path, followlinks=False):
        folders[:] = [name for name in folders if name != "artifacts"]
        for name in (*folders, *names):
            file = Path(folder) / name
            if file.is_symlink():
                raise DataError(f"{clean(file)}: a symbolic link; links are not followed. Copy what it points to.")
        files += len(names)
        size += sum((Path(folder) / name).stat().st_size for name in names)
        if files > MOST_FILES or size > LARGEST_FOLDER:
            raise DataError(
                f"{place.shown}: expected at most {MOST_FILES:,} files and {LARGEST_FOLDER // 2**20} MiB, found more. "
                "Copy the experiment that is meant."
            )
