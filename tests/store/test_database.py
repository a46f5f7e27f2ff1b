"""Addresses of stores, and what is said when a database cannot do its work."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from study.design.plan import make_plan
from study.design.source import build_spec
from study.errors import StoreError
from study.store import Store, copy_store, database, open_store
from study.store.address import parse_address, shown, without_secrets
from tests.conftest import FACTS, scripted_result, trials_of

SPEC = build_spec(
    {"name": "small", "dataset": "digits", "replicates": 4, "space": {"depth": {"values": [1, 2, 3]}}}, "test"
)
TRIALS = trials_of(SPEC)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (None, "depthgauge/studies.db"),
        ("a folder/me@home.db", "a folder/me@home.db"),
        ("sqlite:////var/studies.db", "/var/studies.db"),
        ("sqlite://", ":memory:"),
        ("postgresql://me:secret@node7:5433/studies", "postgresql://me:***@node7:5433/studies"),
        ("postgres://me@node7/studies", "postgresql://me@node7/studies"),
        ("postgresql+psycopg://node7/studies?password=secret", "postgresql://node7/studies"),
        ("postgresql://me:sec%40ret@node7/studies", "postgresql://me:***@node7/studies"),
    ],
)
def test_an_address_is_shown_without_its_password(address: str | None, expected: str) -> None:
    assert shown(parse_address(address)) == expected


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://me:sec@ret@node7/studies",
        "postgresql:me:secret@node7/studies",
        "postgresql//me:secret@node7/studies",
        "postgresql://me:secret@node7:port/studies",
        "postgresql+asyncpg://me:secret@node7/studies",
        "mysql://me:secret@node7/studies",
        "://",
    ],
)
def test_what_is_no_address_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(StoreError) as error:
        parse_address(address)
    assert "sec" not in str(error.value) and "ret" not in str(error.value)


def test_what_a_driver_says_is_shown_without_secrets() -> None:
    url = parse_address("postgresql://me:secret@node7/studies?sslpassword=hidden")
    assert without_secrets("no pg_hba.conf entry for me:secret, hidden", url) == "no pg_hba.conf entry for me:***, ***"


def test_a_full_disk_and_a_locked_file_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    store = open_store(str(tmp_path / "a.db"), create=True)
    store.begin(make_plan(SPEC), "hash", FACTS)
    write = store.database.write
    monkeypatch.setattr(store.database, "write", lambda work: write(work, patience=0.5))
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="is locked"):
        store.record("small", scripted_result(TRIALS[0]))
    other.execute("ROLLBACK")
    with store.database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")  # what a full disk answers
    with pytest.raises(StoreError, match=r"disk of the store .* is full"):
        for trial in TRIALS:
            store.record("small", scripted_result(trial, epochs=2000))


@pytest.mark.parametrize("replaced", [False, True])
def test_a_file_that_is_deleted_or_replaced_in_use_is_noticed(tmp_path: Path, replaced: bool) -> None:
    store = open_store(str(tmp_path / "a.db"), create=True)
    store.begin(make_plan(SPEC), "hash", FACTS)
    (tmp_path / "a.db").rename(tmp_path / "moved.db")
    if replaced:
        open_store(str(tmp_path / "a.db"), create=True).close()
    with pytest.raises(StoreError, match="was replaced" if replaced else "is gone"):
        store.record("small", scripted_result(TRIALS[0]))


def filled(place: Path, name: str = "deep") -> Store:
    spec = build_spec(
        {"name": name, "dataset": "digits", "replicates": 2, "space": {"depth": {"values": [1, 2, 3]}}}, ""
    )
    store = open_store(str(place), create=True)
    store.begin(make_plan(spec), "hash", FACTS)
    for trial in trials_of(spec):
        store.record(name, scripted_result(trial))
    return store


def test_a_link_to_a_store_that_may_only_be_read_shows_its_newest_trials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = filled(tmp_path / "there" / "studies.db")
    (tmp_path / "link.db").symlink_to(tmp_path / "there" / "studies.db")
    monkeypatch.setattr(database, "_can_write", lambda _: False)
    behind = open_store(str(tmp_path / "link.db"))
    assert behind.database.read_only and behind.list()[0].finished == 6
    store.close()


def test_the_file_alone_of_a_young_store_is_a_store(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "studies.db"), create=True)
    shutil.copy(tmp_path / "studies.db", tmp_path / "copy.db")
    assert open_store(str(tmp_path / "copy.db")).list() == []
    store.close()


def test_what_was_written_is_brought_into_the_file_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "FOLD_SECONDS", 0.0)
    store = filled(tmp_path / "studies.db")
    shutil.copy(tmp_path / "studies.db", tmp_path / "copy.db")
    assert open_store(str(tmp_path / "copy.db")).list()[0].finished == 6
    store.close()


def test_a_copy_is_one_file_with_everything_in_it_and_replaces_none(tmp_path: Path) -> None:
    store = filled(tmp_path / "studies.db")
    copied = tmp_path / "far" / "copy.db"
    assert str(copied) in copy_store(str(tmp_path / "studies.db"), copied)
    assert [file.name for file in copied.parent.iterdir()] == ["copy.db"]
    assert open_store(str(copied)).list()[0].finished == 6
    with pytest.raises(StoreError, match="not overwritten"):
        copy_store(str(tmp_path / "studies.db"), copied)
    store.close()


def test_a_log_that_is_removed_in_use_is_noticed(tmp_path: Path) -> None:
    store = filled(tmp_path / "studies.db")
    (tmp_path / "studies.db-wal").unlink()
    with pytest.raises(StoreError, match=r"studies\.db-wal.*was removed while it was in use"):
        store.list()
    store.close()


def test_options_of_a_file_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="takes no options, and timeout was given"):
        open_store(f"sqlite:///{tmp_path}/studies.db?timeout=abc", create=True)
