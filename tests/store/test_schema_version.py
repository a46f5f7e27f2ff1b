"""Old, new, foreign, empty and read-only stores: opened, upgraded or refused in one line, and nothing is lost."""

from __future__ import annotations

import copy
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

import cli
from study.design.plan import make_plan
from study.design.source import build_spec
from study.errors import StoreError
from study.records.metrics import ACCURACY
from study.records.reference_runs import LOGISTIC, TREES, ReferenceRun, ReferenceTask
from study.records.trials import EMPTY, ItemValues, Proposal, Result
from study.store import Store, open_store, upgrade_store
from study.store.address import parse_address
from study.store.database import Database
from study.store.schema import SCHEMA_VERSION, metadata
from study.store.schema_version import _migrate
from study.store.trial_rows import result_row
from tests.conftest import FACTS, scripted_result, trials_of
from tests.postgres import Server

ROOT = Path(cli.__file__).parent
HERE = Path(__file__).parent
SMALL = build_spec(  # Keras trained what is in stores of before there were engines
    {"name": "small", "dataset": "digits", "engine": "keras", "replicates": 2, "space": {"depth": {"values": [1, 2]}}},
    "test",
)


def old_store(path: Path, version: int) -> Path:
    """A store as the program of that version wrote it: the dump of a file that it made."""
    with sqlite3.connect(path) as connection:
        connection.executescript((HERE / f"version_{version}.sql").read_text("utf-8"))
        connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    return path


def content(path: Path, *tables: str) -> dict[str, list[dict[str, object]]]:
    """The rows of each table, a value for each column."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        connection.row_factory = sqlite3.Row
        rows = {table: connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall() for table in tables}
    return {table: [dict(row) for row in rows[table]] for table in tables}


def assert_kept(now: dict[str, list[dict[str, object]]], before: dict[str, list[dict[str, object]]]) -> None:
    """Everything of ``before`` is there, bit for bit; which test items were right has another place since version 5."""
    assert now.keys() == before.keys()
    for table, rows in before.items():
        for row, old in zip(now[table], rows, strict=True):
            right = [old.pop("correct_last"), old.pop("correct_best")] if "correct_last" in old else []
            assert old.items() <= row.items()
            if right:
                index = [["accuracy", one, True, len(bits)] for one, bits in zip(("last", "best"), right, strict=True)]
                assert row["items"] == b"".join(right) and json.loads(str(row["item_index"])) == (
                    index if row["items"] else []
                )
                assert (row["metrics"], row["engine"], row["cpu"]) == ("accuracy cross_entropy", "keras", "")


def schema_of(path: Path) -> set[str]:
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {" ".join(sql.replace('"', "").split()) for (sql,) in rows}


def assert_whole(store: Store) -> None:
    """The store holds what the old one did, and takes more."""
    results = store.load_own("small").results
    assert [same(results[trial.key], scripted_result(trial)) for trial in trials_of(SMALL)[:3]] == [True] * 3
    assert [result.predicted for result in results.values()] == [()] * len(results)
    store.begin(make_plan(SMALL), "hash", FACTS)
    store.record("small", scripted_result(trials_of(SMALL)[3]))
    assert len(store.load("small").results) == 4


def same(a: Result, b: Result) -> bool:
    one, other = a.trajectory, b.trajectory
    return a.trial == b.trial and all(one[m].tobytes() == other[m].tobytes() for m in other.values)


@pytest.mark.parametrize("version", [1, 2, 3, 4, 5, 6, 9])
def test_an_older_file_is_upgraded_when_it_is_opened_and_kept_as_it_was(
    tmp_path: Path, version: int, caplog: pytest.LogCaptureFixture
) -> None:
    path = old_store(tmp_path / "studies.db", version)
    before = content(path, "studies", "trials")
    store = open_store(str(path))
    (said,) = [record.message for record in caplog.records if record.name == "depthgauge"]
    assert f"from version {version} to {SCHEMA_VERSION}" in said and f"studies.db.v{version}.bak" in said
    assert_kept(content(path, "studies", "trials"), copy.deepcopy(before))
    assert_whole(store)
    if version > 1:
        assert store.load("searched").proposals == (Proposal("depth 1", 0, {"width": 8}, asked=0),)
    backup = tmp_path / f"studies.db.v{version}.bak"
    assert content(backup, "studies", "trials") == before
    with sqlite3.connect(backup) as connection:
        kept = (
            "version FROM depthgauge_schema" if version < 3 else "CAST(version_num AS INTEGER) FROM depthgauge_version"
        )
        assert connection.execute(f"SELECT {kept}").fetchall() == [(version,)]
    store.close()
    caplog.clear()
    open_store(str(path)).close()
    assert not caplog.records
    assert [p.name for p in tmp_path.glob("*.bak")] == [backup.name]


def test_the_answers_to_test_items_are_the_same_bits_after_an_upgrade(tmp_path: Path) -> None:
    """Of a trial that finished with 20 items, and of one that failed and kept none."""
    path = old_store(tmp_path / "studies.db", 4)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE trials SET correct_last = x'00ff00', correct_best = x'80000f' WHERE id = 1")
        rows = connection.execute("SELECT key, replicate, state, correct_last, correct_best FROM trials").fetchall()
    connection.close()
    results = open_store(str(path)).load_own("small").results
    assert {state for _, _, state, *_ in rows} == {"finished", "failed"}
    for key, replicate, state, last, best in rows:
        kept = results[key, replicate]
        if state == "failed":
            assert kept.items == () and not last and not best
            continue
        assert kept.items == (ItemValues("accuracy", "last", last), ItemValues("accuracy", "best", best))
        for one, bits in zip(kept.items, (last, best), strict=True):
            assert one.values(20).tolist() == np.unpackbits(np.frombuffer(bits, np.uint8), count=20).tolist()


def test_reference_models_of_before_learned_without_class_weights(tmp_path: Path) -> None:
    references = open_store(str(old_store(tmp_path / "studies.db", 9))).load_own("small").references
    right = ItemValues.of(ACCURACY, "last", np.arange(20) % 3 == 0)
    assert references == (
        ReferenceRun(ReferenceTask(LOGISTIC, None, 0.0, 0), {"accuracy": (1.0, 0.75, 0.35)}, right),
        ReferenceRun(ReferenceTask(TREES, 40, 0.2, 1), reason="no memory"),
    )


def test_reference_models_of_before_are_forgotten_beside_networks_with_class_weights(tmp_path: Path) -> None:
    """Else the commonest class alone would be left to hold a network against."""
    path = old_store(tmp_path / "studies.db", 9)
    with sqlite3.connect(path) as connection:
        (spec,) = connection.execute("SELECT spec FROM studies WHERE name = 'small'").fetchone()
        values = json.loads(spec)
        values["network"]["class_weights"] = "balanced"
        connection.execute("UPDATE studies SET spec = ? WHERE name = 'small'", (json.dumps(values),))
    connection.close()
    store = open_store(str(path))
    study = store.load_own("small")
    assert study.references == ()
    (said,) = study.facts.references_left_out
    assert "Run the study again" in said
    assert store.load_own("searched").facts.references_left_out == ()  # it had none


def test_a_damaged_reference_model_does_not_keep_a_store_from_being_upgraded(tmp_path: Path) -> None:
    path = old_store(tmp_path / "studies.db", 9)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE reference_runs SET items = '', label_noise = 'much'")
    connection.close()
    store = open_store(str(path))
    assert {row.name for row in store.list()} == {"small", "searched"}
    with pytest.raises(StoreError, match="small"):
        store.load_own("small")


def test_a_backup_that_is_there_is_never_touched(tmp_path: Path) -> None:
    path = old_store(tmp_path / "studies.db", 2)
    (tmp_path / "studies.db.v2.bak").write_text("precious")
    assert "studies.db.v2-2.bak" in upgrade_store(str(path)) or (tmp_path / "studies.db.v2-2.bak").exists()
    assert (tmp_path / "studies.db.v2.bak").read_text() == "precious"
    assert_kept(content(path, "trials"), content(tmp_path / "studies.db.v2-2.bak", "trials"))


def test_a_store_that_cannot_be_copied_is_not_upgraded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = old_store(tmp_path / "studies.db", 2)
    before = content(path, "studies", "trials", "proposals")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", full)
        with pytest.raises(StoreError, match=r"was not upgraded.*No space left"):
            open_store(str(path))
    assert content(path, "studies", "trials", "proposals") == before
    assert not list(tmp_path.glob("*.bak*"))
    assert_whole(open_store(str(path)))


UPGRADE = "import sys; from study.store import open_store; s = open_store(sys.argv[1]); print(len(s.list())); s.close()"


def test_an_upgrade_that_fails_leaves_no_copy_more_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = old_store(tmp_path / "studies.db", 2)
    before = path.read_bytes()

    def fails(*_: object) -> None:
        raise StoreError("no")

    monkeypatch.setattr("study.store.schema_version._migrate", fails)
    for _ in range(2):
        with pytest.raises(StoreError, match="no"):
            open_store(str(path))
    assert not list(tmp_path.glob("*.bak*")) and path.read_bytes() == before


def test_processes_that_upgrade_at_once_do_it_once(tmp_path: Path) -> None:
    path = old_store(tmp_path / "studies.db", 2)
    command = [sys.executable, "-c", UPGRADE, str(path)]
    started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)]
    ended = [process.communicate(timeout=120) for process in started]
    assert [out.strip() for out, _ in ended] == [b"2"] * 4, ended
    assert sum(b"was upgraded from version 2" in err for _, err in ended) == 1
    assert [p.name for p in tmp_path.glob("*.bak")] == ["studies.db.v2.bak"]
    assert_whole(open_store(str(path)))


def test_processes_that_make_a_store_at_once_share_it(tmp_path: Path) -> None:
    code = UPGRADE.replace("sys.argv[1]", "sys.argv[1], create=True")
    command = [sys.executable, "-c", code, str(tmp_path / "studies.db")]
    started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)]
    ended = [process.communicate(timeout=120) for process in started]
    assert [out.strip() for out, _ in ended] == [b"0"] * 4, ended
    with sqlite3.connect(tmp_path / "studies.db") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize("version", [0, 1, 2, 3, 4, 5, 6])
def test_new_and_upgraded_stores_have_the_same_tables(tmp_path: Path, version: int) -> None:
    open_store(str(tmp_path / "new.db"), create=True).close()
    path = tmp_path / "upgraded.db"
    if version:
        open_store(str(old_store(path, version))).close()
    else:
        database = Database(parse_address(str(path)))
        database.write(lambda connection: _migrate(connection, 0))
        database.close()
    assert schema_of(path) == schema_of(tmp_path / "new.db")
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "depthgauge_version"})
        assert compare_metadata(context, metadata) == []


def test_a_newer_store_is_refused_with_both_versions(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    open_store(str(path), create=True).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE depthgauge_version SET version_num = '0099'")
    for act in (open_store, upgrade_store):
        with pytest.raises(StoreError, match=rf"version 99.*up to {SCHEMA_VERSION}.*Install the newer"):
            act(str(path))


@pytest.mark.parametrize("content", [b"", b"These are my notes. " * 100])
def test_a_file_that_is_no_store_is_one_line_and_stays_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"notes\.txt.*--store") as error:
        open_store(str(path))
    assert "\n" not in str(error.value)
    assert path.read_bytes() == content and os.listdir(tmp_path) == ["notes.txt"]


def test_an_empty_file_may_become_a_store_where_one_is_to_be_made(tmp_path: Path) -> None:
    (tmp_path / "a.db").touch()
    open_store(str(tmp_path / "a.db"), create=True).begin(make_plan(SMALL), "hash", FACTS)
    assert open_store(str(tmp_path / "a.db")).list()[0].name == "small"


def test_reading_makes_no_empty_stores(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no store at"):
        open_store(str(tmp_path / "none.db"))
    assert not list(tmp_path.iterdir())


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE customers (name TEXT)")
    connection.close()
    before = path.read_bytes()
    for create in (False, True):
        with pytest.raises(StoreError, match=r"not a store of depthgauge.*customers"):
            open_store(str(path), create=create).close()
    assert path.read_bytes() == before


NOT_MINE = "import os, sys; os.setgid(65534); os.setuid(65534)\n"
READ = "from study.store import open_store; from study.errors import DepthgaugeError\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user, who may not write")
class TestReadOnly:
    """What somebody sees who may read the folder but not write to it."""

    def read(self, folder: Path, code: str) -> str:
        """What ``code`` prints for another user; the file is in the variable ``path``."""
        public = Path(tempfile.mkdtemp(prefix="depthgauge-"))  # pytest's own folders are for one user only
        shutil.copytree(folder, public, dirs_exist_ok=True)
        try:
            for file in (public, *public.iterdir()):
                file.chmod(0o755)
            text = f"{READ}{NOT_MINE}path = {str(public / 'studies.db')!r}\ntry:\n {code}\n"
            text += "except DepthgaugeError as error: print(error)"
            done = subprocess.run([sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            assert {p.name for p in public.iterdir()} == {p.name for p in folder.iterdir()}
            return done.stdout
        finally:
            shutil.rmtree(public)

    def test_a_store_can_be_read(self, tmp_path: Path) -> None:
        open_store(str(old_store(tmp_path / "studies.db", 2))).close()
        assert self.read(tmp_path, "print(len(open_store(path).load('small').results))").strip() == "3"

    def test_a_store_in_use_is_read_with_its_newest_trials(self, tmp_path: Path) -> None:
        store = open_store(str(tmp_path / "studies.db"), create=True)
        store.begin(make_plan(SMALL), "hash", FACTS)
        store.record("small", scripted_result(trials_of(SMALL)[0]))
        assert (tmp_path / "studies.db-wal").stat().st_size
        assert self.read(tmp_path, "print(len(open_store(path).load('small').results))").strip() == "1"
        store.close()

    def test_writing_is_one_line(self, tmp_path: Path) -> None:
        open_store(str(old_store(tmp_path / "studies.db", 2))).close()
        assert "can only be read" in self.read(tmp_path, "open_store(path, create=True).delete('small')")

    def test_an_older_one_says_that_it_has_to_be_upgraded_first(self, tmp_path: Path) -> None:
        old_store(tmp_path / "studies.db", 2)
        said = self.read(tmp_path, "open_store(path)")
        assert "version 2" in said and "can only be read" in said and "depthgauge store upgrade" in said


def test_a_current_store_is_read_without_alembic(tmp_path: Path) -> None:
    """It takes longer to load than a list takes to print."""
    code = "import sys; from study.store import open_store; open_store(sys.argv[1], create=True).list(); "
    code += "print([m for m in ('alembic', 'mako', 'optuna') if m in sys.modules])"
    for _ in range(2):  # made, then read
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "a.db")], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "[]"


def test_an_older_server_is_upgraded_on_request_only(postgres_server: Server) -> None:
    url = postgres_server.url()
    database = Database(parse_address(url))

    def as_version_2(connection: sa.Connection) -> None:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(ROOT / "study" / "store" / "migrations"))
        command.upgrade(config, "0002")
        connection.exec_driver_sql("DROP TABLE depthgauge_version")
        connection.exec_driver_sql("CREATE TABLE depthgauge_schema (version INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("INSERT INTO depthgauge_schema VALUES (2)")

    database.write(as_version_2)
    with pytest.raises(StoreError, match=rf"version 2.*needs version {SCHEMA_VERSION}.*depthgauge store upgrade"):
        open_store(url)
    assert f"from version 2 to {SCHEMA_VERSION}" in upgrade_store(url)
    assert f"has version {SCHEMA_VERSION} already" in upgrade_store(url)
    store = open_store(url)
    store.begin(make_plan(SMALL), "hash", FACTS)
    assert store.load("small").spec == SMALL
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "depthgauge_version"})
        assert compare_metadata(context, metadata) == []
    store.close()
    database.close()


def test_answers_on_an_older_server_are_the_same_bits_after_an_upgrade(postgres_server: Server) -> None:
    url = postgres_server.url()
    database = Database(parse_address(url))
    last, best = b"\x00\xff\x00", b"\x80\x00\x0f"

    def as_version_4(connection: sa.Connection) -> None:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(ROOT / "study" / "store" / "migrations"))
        command.upgrade(config, "0004")
        old = sa.MetaData()
        old.reflect(connection)
        study = {"id": 1, "name": "small", "spec": SMALL.model_dump_json(), "facts": FACTS.to_json()}
        connection.execute(old.tables["studies"].insert().values(**study, dataset_sha256="hash", created=""))
        for number, (trial, bits) in enumerate(zip(trials_of(SMALL), [(last, best), (b"", b"")], strict=False)):
            row = result_row(scripted_result(trial) if bits[0] else Result(trial, "failed", EMPTY, reason="died"))
            kept = {name: value for name, value in row.items() if name in old.tables["trials"].c}
            values = {"id": number + 1, "study_id": 1, "correct_last": bits[0], "correct_best": bits[1], "finished": ""}
            connection.execute(old.tables["trials"].insert().values({**kept, **values}))

    database.write(as_version_4)
    database.close()
    assert f"from version 4 to {SCHEMA_VERSION}" in upgrade_store(url)
    first, second = (open_store(url).load_own("small").results[trial.key] for trial in trials_of(SMALL)[:2])
    assert first.items == (ItemValues("accuracy", "last", last), ItemValues("accuracy", "best", best))
    assert second.items == ()


def test_an_empty_server_becomes_a_store_only_where_one_is_to_be_made(postgres_server: Server) -> None:
    url = postgres_server.url()
    for act in (open_store, upgrade_store):
        with pytest.raises(StoreError, match="is empty"):
            act(url)
    open_store(url, create=True).close()
    assert open_store(url).list() == []
