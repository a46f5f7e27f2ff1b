"""Stores, studies and files that somebody else made execute nothing and write nowhere but where they may."""

from __future__ import annotations

import ast
import builtins
import contextlib
import io
import json
import pickle
import sqlite3
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

import cli
from reports.terminal.final_text import prediction_lines
from reports.terminal.plan_text import print_plan
from reports.write.report_files import check_place
from study.design.plan import make_plan
from study.design.source import build_spec
from study.errors import DepthgaugeError, SpecError, StoreError
from study.final import build_script
from study.final.model_input import ModelInput
from study.final.predict import Predictions
from study.machine.places import FOLDER, slug
from study.records.trials import Configuration
from study.store import open_store
from study.store.schema import metadata
from tests.conftest import FACTS, scripted_result, trials_of
from tests.test_cli import depthgauge

ROOT = Path(cli.__file__).parent
PROGRAM = sorted([*(ROOT / "study").rglob("*.py"), *(ROOT / "reports").rglob("*.py"), ROOT / "cli.py"])
# What turns bytes into running code. Workers are sent trials by pebble and Ray, which pickle between our own processes.
MODULES = {"pickle", "_pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "jsonpickle", "yaml"}
CALLS = {"eval", "exec", "compile", "__import__"}
METHODS = {"read_pickle", "to_pickle", "system", "popen", "enable_unsafe_deserialization"}
RUNS_WHAT_IT_WROTE = {"study/final/training.py": {"runpy"}}  # the script of the pick, made of checked values alone


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@pytest.mark.parametrize("path", PROGRAM, ids=_name)
def test_nothing_in_the_program_executes_what_it_reads(path: Path) -> None:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            first = {alias.name.split(".")[0] for alias in node.names} if isinstance(node, ast.Import) else set()
            found = first or {(getattr(node, "module", "") or "").split(".")[0]}
            assert not found & (MODULES | {"runpy"} - RUNS_WHAT_IT_WROTE.get(_name(path), set())), ast.unparse(node)
        if isinstance(node, ast.Call):
            called = node.func
            assert not (isinstance(called, ast.Name) and called.id in CALLS), ast.unparse(node)
            assert not (isinstance(called, ast.Attribute) and called.attr in METHODS), ast.unparse(node)
            assert "shell" not in {keyword.arg for keyword in node.keywords}, ast.unparse(node)


@pytest.mark.parametrize("path", PROGRAM, ids=_name)
def test_arrays_and_models_are_read_without_code(path: Path) -> None:
    allowed = {"np.load": ("allow_pickle", False), "npy.read_array": ("allow_pickle", False)}
    allowed["keras.models.load_model"] = ("safe_mode", True)
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Call) and (wanted := allowed.get(ast.unparse(node.func))):
            constants = {one.arg: one.value for one in node.keywords if isinstance(one.value, ast.Constant)}
            given = {name: constant.value for name, constant in constants.items()}
            assert wanted in given.items(), ast.unparse(node)


SQL = ("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "CREATE ", "DROP ", "ALTER ", "PRAGMA ", "ATTACH ")
JOINS = ("format", "format_map", "join", "replace")
TAKES_TEXT = ("text", "exec_driver_sql", "literal_column", "executescript")


def _sql_from_strings(tree: ast.AST) -> list[str]:
    """Where SQL is put together from strings, or executed as text that does not stand in the program as it is."""
    found = []
    for node in ast.walk(tree):
        parts: list[ast.expr] = []
        if isinstance(node, ast.JoinedStr):
            parts = node.values
        elif isinstance(node, ast.BinOp):
            parts = [node.left, node.right]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in JOINS:
                parts = [node.func.value, *node.args]
            elif node.func.attr in TAKES_TEXT and not isinstance(node.args[0], ast.Constant | ast.IfExp | ast.Name):
                found.append(ast.unparse(node))
        texts = [part.value for outer in parts for part in ast.walk(outer) if isinstance(part, ast.Constant)]
        if any(isinstance(text, str) and text.lstrip().startswith(SQL) for text in texts):
            found.append(ast.unparse(node))
    return found


@pytest.mark.parametrize("path", PROGRAM, ids=_name)
def test_sql_is_never_put_together_from_strings(path: Path) -> None:
    """Values go into statements as parameters: what is executed as text stands in the program as it is."""
    assert _sql_from_strings(_tree(path)) == []


@pytest.mark.parametrize(
    "line",
    [
        """run(f"SELECT * FROM {table}")""",
        """run("SELECT * FROM t WHERE name = '" + name + "'")""",
        """run("DELETE FROM t WHERE id = %s" % key)""",
        """run("DROP TABLE {}".format(table))""",
        """run(" ".join(["SELECT * FROM", table]))""",
        """connection.execute(sa.text(words()))""",
        """connection.exec_driver_sql(statement.lower())""",
    ],
)
def test_sql_from_strings_would_be_found(line: str) -> None:
    assert _sql_from_strings(ast.parse(line))


class Boom:
    """Makes a file where it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, str]]:
        return builtins.open, (str(self.file), "w")


SPEC = build_spec(
    {"name": "small", "dataset": "digits", "replicates": 3, "space": {"depth": {"values": [1, 2]}}}, "test"
)
COMMANDS = ("list", "show small", "trials small", "report small", "export small small.csv")


@pytest.fixture
def store_file(tmp_path: Path) -> Path:
    """A whole study in the default place."""
    path = tmp_path / "home" / "work" / "depthgauge" / "studies.db"
    store = open_store(str(path), create=True)
    store.begin(make_plan(SPEC), "hash", FACTS)
    for trial in trials_of(SPEC):
        store.record("small", scripted_result(trial, test_items=360))
    store.close()
    return path


def _columns() -> list[tuple[str, str]]:
    tables = [metadata.tables[name] for name in ("studies", "trials")]
    return [(table.name, column.name) for table in tables for column in table.columns if column.name[-2:] != "id"]


def _pickled(file: Path) -> bytes:
    """Of a length that no series of numbers has, whatever the path: else a column of numbers takes it for some."""
    value = pickle.dumps(Boom(file))
    return value if len(value) % 2 else value + b"."


HOSTILE: dict[str, Callable[[Path], object]] = {
    "pickle": _pickled,
    "path": lambda file: f"../../{file.name}",
    "html": lambda file: "<script>alert(1)</script>",
    "nesting": lambda file: "[" * 100_000 + "]" * 100_000,
    "huge number": lambda file: '{"sizes": 1' + "0" * 5000 + "}",
    "not a number": lambda file: float("inf"),
    "terminal": lambda file: "\x1b]0;taken over\x07\x1b[2J",
}


class Foreign:
    """A store that somebody else made, and the commands that read it."""

    def __init__(self, store_file: Path) -> None:
        self.file, self.work, self._original = store_file, store_file.parents[1], store_file.read_bytes()

    def holds(self, *values: tuple[str, str, int, object]) -> bool:
        """Put a value into each (table, column, row) of the store as it was; False where SQLite itself refuses one."""
        for end in ("", "-wal", "-shm"):
            Path(f"{self.file}{end}").unlink(missing_ok=True)
        self.file.write_bytes(self._original)
        with contextlib.closing(sqlite3.connect(self.file)) as connection, connection:
            for table, column, row, value in values:
                # Names stand in the program's own schema; the values are parameters.
                try:
                    connection.execute(f"UPDATE {table} SET {column} = ? WHERE id = ?", [value, row])
                except sqlite3.IntegrityError:
                    return False
        return True

    def reads(self) -> bool:
        """Whether the program takes what the store holds."""
        store = open_store(str(self.file))
        try:
            store.list(), store.overview("small"), store.load("small")
        except DepthgaugeError:
            return False
        finally:
            store.close()
        return True

    def look(self, what: object, commands: Sequence[str] = COMMANDS) -> None:
        """Run commands that read."""
        for command in commands:
            done = depthgauge(*command.split(), cwd=self.work)
            assert done.returncode in (0, 1, 2), (what, command)
            assert "Traceback" not in done.stderr and "\x1b" not in done.stdout + done.stderr, (what, command)
            if done.returncode:
                assert len(done.stderr.strip().splitlines()) == 1 and len(done.stderr) < 2000, (what, command)
        page = self.work / "depthgauge" / "small" / "report.html"
        assert not page.exists() or "<script>alert(1)" not in page.read_text("utf-8"), what


# The others are of the same kinds: bytes, text, numbers.
EACH_TIME = ("pickle", "html", "nesting", "terminal")


@pytest.mark.parametrize(
    "kind", [kind if kind in EACH_TIME else pytest.param(kind, marks=pytest.mark.long) for kind in HOSTILE]
)
def test_a_hostile_value_in_any_column_is_text_or_one_line_and_never_executed(
    tmp_path: Path, store_file: Path, kind: str
) -> None:
    """What is refused is tried column by column; what is taken, all at once, each column in a trial of its own."""
    foreign, value = Foreign(store_file), HOSTILE[kind](tmp_path / "home" / "canary")
    taken: list[tuple[str, str, int, object]] = []
    for table, column in _columns():
        row = 1 + len(taken) % 6 if table == "trials" else 1
        if not foreign.holds((table, column, row, value)):
            continue
        if foreign.reads():
            taken.append((table, column, row, value))
        else:
            foreign.look((table, column), ["list", "report small"])
    assert bool(taken) is (kind != "pickle") and foreign.holds(*taken)
    foreign.look(taken)
    assert _outside(tmp_path, foreign.work) == []


def test_hostile_data_cannot_speak_to_the_terminal(tmp_path: Path) -> None:
    escape = "\x1b]0;taken over\x07"
    rows = "".join(f"{i},{escape}{'yes' if i % 2 else 'no'}\n" for i in range(40))
    (tmp_path / "people.csv").write_text(f"age{escape},income\n{rows}")
    done = depthgauge("data", "check", "people.csv", "--target", "income", cwd=tmp_path)
    assert done.returncode == 0 and "taken over" in done.stdout and "\x1b" not in done.stdout + done.stderr
    shares = np.full((1, 2), 0.5, np.float32)
    lines = prediction_lines(Predictions((f"{escape}.png",), (f"a{escape}", "b"), shares, ()), all_labels=True)
    assert "\x1b" not in "".join(lines)
    within = Predictions(("a\nb.png",), ("one\ntwo", "b\u2028"), np.eye(2, dtype=np.float32)[:1], ())
    assert [len(one.splitlines()) for one in prediction_lines(within, all_labels=True)] == [1]
    arms = [{"name": "drop [high]"}, {"name": "on [/off]"}]
    said = io.StringIO()
    print_plan(
        make_plan(build_spec({"name": "x", "dataset": "digits", "arms": arms}, "test")), Console(width=100, file=said)
    )
    assert "drop [high]" in said.getvalue() and "on [/off]" in said.getvalue()


@pytest.mark.parametrize("items", [10**12, 10**400])
def test_a_study_that_names_more_test_items_than_its_runs_kept_fills_no_memory(store_file: Path, items: int) -> None:
    with sqlite3.connect(store_file) as connection:
        facts = json.loads(connection.execute("SELECT facts FROM studies").fetchone()[0])
        facts["sizes"][2] = items
        connection.execute("UPDATE studies SET facts = ?", [json.dumps(facts)])
    done = depthgauge("verdict", "small", "--store", str(store_file), cwd=store_file.parent)
    assert done.returncode == 2 and "damaged" in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("value", ["²", "9" * 5000, "0", "-1", None, b"\x03"])
def test_a_version_that_is_none_is_one_line(store_file: Path, value: object) -> None:
    with sqlite3.connect(store_file) as connection:
        connection.execute("DROP TABLE depthgauge_version")
        connection.execute("CREATE TABLE depthgauge_version (version_num)")
        connection.execute("INSERT INTO depthgauge_version VALUES (?)", [value])
    connection.close()
    with pytest.raises(StoreError, match="does not say which version"):
        open_store(str(store_file))


@pytest.mark.parametrize("column", ["acquired", "heartbeat", "expires", "pid", "host"])
@pytest.mark.parametrize("value", ["text", 1e30, -1e30, b"\x00"])
def test_a_hostile_lease_is_one_line(store_file: Path, column: str, value: object) -> None:
    lease = {"study": "small", "owner": "x", "host": "h", "pid": 1, "machine": "", "command": "c"}
    lease |= {"acquired": 1.0, "heartbeat": 1.0, "expires": 2.0, "beats": 0, column: value}
    with sqlite3.connect(store_file) as connection:
        marks = ", ".join(f":{name}" for name in lease)
        connection.execute(f"INSERT INTO leases ({', '.join(lease)}) VALUES ({marks})", lease)
    connection.close()
    for command in (["show", "small"], ["delete", "small", "--yes"]):
        done = depthgauge(*command, cwd=store_file.parents[1])
        assert done.returncode in (0, 1, 2) and len(done.stderr.strip().splitlines()) <= 1


@pytest.mark.parametrize(
    "what",
    [
        "CREATE VIEW studies AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT id FROM n",
        "CREATE TRIGGER t AFTER INSERT ON trials BEGIN DELETE FROM trials; END",
    ],
)
def test_a_store_with_queries_of_its_own_is_refused(store_file: Path, what: str) -> None:
    with sqlite3.connect(store_file) as connection:
        if "VIEW" in what:
            connection.execute("ALTER TABLE studies RENAME TO kept")
        connection.execute(what)
    connection.close()
    with pytest.raises(StoreError, match=r"is no store of depthgauge: it holds a (view|trigger)"):
        open_store(str(store_file))


@pytest.mark.parametrize(
    "address",
    [
        "host=h user=me password=SECRET",
        "postgresql//me:a/SECRET@h/db",
        "postgresql://me:b@SECRET@host/db",
        "postgresql://me@127.0.0.1:9/db?SECRET=1",
        "postgresql://me@127.0.0.1:9/db?port=SECRET",
    ],
)
def test_a_password_in_a_wrong_place_is_not_shown(tmp_path: Path, address: str) -> None:
    (tmp_path / "study.db").touch()
    for command in (["list", "--store", address], ["import", "optuna", address]):
        done = depthgauge(*command, cwd=tmp_path)
        assert done.returncode == 2 and "SECRET" not in done.stdout + done.stderr, done.stderr


def _outside(folder: Path, work: Path) -> list[Path]:
    """Files in ``folder`` where no command may write."""
    allowed = work / "depthgauge", work / "small.csv"
    return [p for p in folder.rglob("*") if p.is_file() and not any(p.is_relative_to(one) for one in allowed)]


def test_a_study_of_another_name_than_its_spec_cannot_reach_a_path(tmp_path: Path, store_file: Path) -> None:
    hostile = "../../../outside"
    with sqlite3.connect(store_file) as connection:
        connection.execute("UPDATE studies SET name = ?", [hostile])
    connection.close()
    done = depthgauge("report", hostile, cwd=store_file.parents[1])
    assert done.returncode == 2
    with pytest.raises(DepthgaugeError, match="is damaged: its spec has another name"):
        open_store(str(store_file)).load(hostile)
    assert all(path.name.startswith("studies.db") for path in tmp_path.rglob("*") if path.is_file())


NAMES = ("../../x", "..", ".", "a/b", "/etc/passwd", "CON", "nul.txt", "a\\b", "x" * 5000, "ä", "a\0b", "-", " ", "~")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_never_becomes_a_path_outside_the_folder_of_reports(name: str) -> None:
    folder = FOLDER / slug(name)
    assert folder.parent == FOLDER and folder.name.strip(".") and len(folder.name) < 5100
    assert all(c.isascii() and (c.isalnum() or c == "-") for c in folder.name)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("CON", "nul.txt")])
def test_names_that_look_like_paths_are_refused_before_anything_runs(name: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError):
        build_spec({"name": name, "dataset": "digits"}, "test")
    (tmp_path / "study.toml").write_text(f"name = {json.dumps(name)}\n")
    done = depthgauge("run", "study.toml", cwd=tmp_path)
    assert done.returncode == 2 and len(done.stderr.strip().splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["study.toml"]


def test_the_longest_name_has_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    name = build_spec({"name": "N" * 80, "dataset": "digits"}, "test").name
    check_place(name, None)
    assert [path.parent for path in (tmp_path / "depthgauge").iterdir()] == [tmp_path / "depthgauge"]


@pytest.mark.parametrize("title", ['"""\nimport os\n"""', "\\", 'x"', "a\u2028b", "{json}", '\\"""', "x" * 10_000])
def test_no_name_gets_out_of_the_docstring_of_the_script_that_pick_runs(title: str) -> None:
    takes = ModelInput("digits", (64,), ("0", "1"), 16.0, (), (), None, None, None)
    plain, hostile = (
        ast.parse(build_script.source(Configuration.stack(hidden=(8,), epochs=1), takes, text)).body
        for text in ("a title", title)
    )
    assert [ast.dump(node) for node in hostile[1:]] == [ast.dump(node) for node in plain[1:]]
    assert isinstance(hostile[0], ast.Expr) and isinstance(hostile[0].value, ast.Constant)


def test_an_error_of_a_hostile_store_is_one_of_ours(store_file: Path) -> None:
    """What a Python program that reads a foreign store has to expect."""
    with sqlite3.connect(store_file) as connection:
        connection.execute("UPDATE studies SET facts = ?", ["[" * 200_000])
    connection.close()
    with pytest.raises(DepthgaugeError):
        open_store(str(store_file)).load("small")
