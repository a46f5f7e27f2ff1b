"""What keeps two processes apart in PostgreSQL between two statements of one transaction; SQLite has one writer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from study.design.plan import make_plan
from study.design.source import build_spec
from study.store import Store, open_store
from study.store.address import parse_address
from study.store.database import Database
from study.store.lease import check_owner, read_holder
from study.store.schema import leases
from study.store.schema_version import _alone, prepare
from tests.conftest import FACTS
from tests.postgres import Server

SPEC = build_spec({"name": "small", "dataset": "digits", "space": {"depth": {"values": [1]}}}, "test")
TAKEN = leases.update().where(leases.c.study == "small").values(owner="another")


@pytest.fixture
def store(postgres_server: Server) -> Iterator[Store]:
    store = open_store(postgres_server.url(), create=True)
    with store.lease("small", "pytest"):
        store.begin(make_plan(SPEC), "hash", FACTS)
        yield store
    store.close()


def take_over(store: Store) -> None:
    """What another process writes when it takes the lease; it waits half a second for a lock."""
    with store.database.engine.begin() as other:
        other.execute(sa.text("SET LOCAL lock_timeout = '500ms'"))
        other.execute(TAKEN)


def test_nobody_takes_over_between_the_look_at_the_lease_and_the_end_of_what_is_written(store: Store) -> None:
    holder = store.holder("small")
    assert holder is not None
    with store.database.engine.begin() as writer:
        check_owner(writer, "small", holder.owner)
        with pytest.raises(OperationalError, match="lock timeout"):
            take_over(store)
    take_over(store)


def test_two_that_find_a_lease_expired_look_at_it_one_after_the_other(store: Store) -> None:
    with store.database.engine.begin() as first:
        assert read_holder(first, "small", lock=True) is not None
        with pytest.raises(OperationalError, match="lock timeout"):
            take_over(store)
    with store.database.engine.begin() as reader:  # who only looks keeps nobody waiting
        assert read_holder(reader, "small") is not None
        take_over(store)


def test_a_store_is_made_and_upgraded_by_one_process_at_a_time(postgres_server: Server) -> None:
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    empty = Database(parse_address(postgres_server.url()))
    empty.connect()
    with empty.engine.begin() as first:
        _alone(first)
        second = threading.Thread(target=prepare, args=[empty], kwargs={"create": True})
        second.start()
        deadline = time.monotonic() + 60
        while second.is_alive() and not first.scalar(waiting):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert second.is_alive(), "it did not wait"
    second.join(60)
    assert Store(empty).list() == []
    empty.close()
