"""Where a store is: a file's path or a database URL. How it is named to people, never with its password."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from study.errors import StoreError

DEFAULT_STORE = "depthgauge/studies.db"
EXPECTED = "Expected a file's path or a URL such as sqlite:///studies.db or postgresql://user@host/database"
MORE_THAN_ONE_AT = "The database URL holds more than one @. Write those of the password as %40."
POSTGRES = ("postgresql", "postgres", "postgresql+psycopg")


def parse_address(address: str | None) -> URL:
    """The database URL that an address means, :data:`DEFAULT_STORE` for none.

    Raises :class:`StoreError` for what is no address.
    """
    address = address or DEFAULT_STORE
    if "://" not in address:
        if looks_like_url(address):
            raise StoreError(f"The address of the store looks like a database URL without its ://. {EXPECTED}.")
        return URL.create("sqlite", database=address)
    try:
        url = make_url(address)
        url.get_backend_name()
    except (ArgumentError, ValueError):
        raise StoreError(f"The address of the store is no database URL. {EXPECTED}.") from None
    if "@" in (url.host or ""):  # part of a password: the driver would look it up, and name it in its error
        raise StoreError(MORE_THAN_ONE_AT)
    if url.drivername in POSTGRES:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite" and url.query:
        raise StoreError(
            f"A store in a file takes no options, and {', '.join(sorted(url.query))} was given. {EXPECTED}."
        )
    if url.drivername != "sqlite":
        raise StoreError(f"There is no driver for a store at {shown(url)}. {EXPECTED}.")
    return url


def looks_like_url(path: str) -> bool:
    """Whether what was given as a path is a URL gone wrong: a file of that name would have a password in it."""
    return re.search(r":.*@|password\s*=", path) is not None


def sqlite_file(url: URL) -> Path | None:
    """The file of a SQLite store; None for another database, and for one in memory."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def shown(url: URL) -> str:
    """An address for people: a path as it is, a URL without password and options, which may hold one, too."""
    if url.get_backend_name() == "sqlite":
        return str(url.database or ":memory:")
    return url.set(drivername=url.get_backend_name(), query={}).render_as_string(hide_password=True)


def without_secrets(text: str, url: URL) -> str:
    """What a database said, without anything that only its owner knows."""
    options = [value for values in url.query.values() for value in ([values] if isinstance(values, str) else values)]
    for secret in (str(url.password or ""), *options, *url.query):
        if secret:
            text = text.replace(secret, "***")
    return text
