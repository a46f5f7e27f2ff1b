"""The command line as a person meets it: help, one-line errors, exit codes, JSON that is only JSON."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import sqlite3
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
import typer.main
from typer.testing import CliRunner

import cli
from depthgauge import Study
from reports.write.markdown import MARK
from study.analysis.gates import OUTCOMES
from study.analysis.onset import verdict as onset_verdict
from study.design.plan import make_plan
from study.design.source import build_spec
from study.store import open_store
from tests.conftest import FACTS, scripted_result, trials_of

ROOT = Path(cli.__file__).parent
COMMANDS = sorted(typer.main.get_command(cli.app).commands)  # type: ignore[attr-defined]


@dataclass
class Done:
    """How a command ended and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


def depthgauge(*arguments: str, cwd: Path, answer: str | None = None) -> Done:
    """Run a command in this process, in folder ``cwd``."""
    with contextlib.chdir(cwd):
        result = CliRunner().invoke(cli.app, arguments, input=answer)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(result.exit_code, result.stdout, result.stderr)


@pytest.fixture
def with_study(tmp_path: Path) -> Path:
    """A folder whose default store holds a scripted study, whole, named ``deep``."""
    values = {"name": "deep", "dataset": "digits", "replicates": 4, "space": {"depth": {"values": [1, 2, 3, 4]}}}
    spec = build_spec(values, "test")
    store = open_store(str(tmp_path / "depthgauge" / "studies.db"), create=True)
    store.begin(make_plan(spec), "hash", FACTS)
    for trial in trials_of(spec):
        store.record("deep", scripted_result(trial, test_items=360))
    store.close()
    return tmp_path


def test_the_program_says_what_it_is_and_how_it_ends(tmp_path: Path) -> None:
    done = depthgauge("--help", cwd=tmp_path)
    assert done.returncode == 0
    for words in ("starts to overfit", *COMMANDS, "Exit codes", "130"):
        assert words in done.stdout


GROUPS = {"data": ("check",), "import": ("keras-tuner", "mlflow", "optuna", "runs"), "store": ("copy", "upgrade")}


@pytest.mark.parametrize(
    "command",
    [*(c for c in COMMANDS if c not in GROUPS), *(f"{group} {c}" for group, names in GROUPS.items() for c in names)],
)
def test_every_command_has_help_and_an_example_and_a_place_in_the_guide(command: str) -> None:
    found: Any = typer.main.get_command(cli.app)
    for word in command.split():
        found = found.commands[word]
    help_text = found.help
    assert help_text and f"depthgauge {command}" in help_text
    assert f"depthgauge {command}" in (ROOT / "docs" / "commands.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["run", "basline"], ["basline", "'baseline'"]),
        (["run", "depth", "--set", "network.widht=3"], ["network.widht", "'width'"]),
        (["run", "depth", "--set", "network.width=-1"], ["network.width", "-1"]),
        (["run", "depth", "--set", "network.dropout=1.5"], ["network.dropout", "1.5"]),
        (["run", "depth", "--set", "space.depth=[]"], ["space.depth"]),
        (["run", "depth", "--name", "../../etc/x"], ["study name", "../../etc/x"]),
        (["run", "depth", "--name", "<script>alert(1)</script>"], ["study name"]),
        (["run", "baseline", "--set", "dataset=mnits"], ["'mnits'", "'mnist'"]),
        (["run", "baseline", "--set", "network.samples=60000"], ["60000", "53,990"]),
        (["plan", "baseline", "--set", "network.samples=60000"], ["60000", "53,990"]),
        (["plan", "baseline", "--set", "validation=0.99999"], ["validation", "at least 10"]),
        (["run", "depth", "--store", "{here}/notes.txt"], ["notes.txt", "--store"]),
        (["run", "depth", "--store", "/proc/no/where.db"], ["/proc/no", "--store"]),
        (["run", "depth", "--store", "mysql://nowhere/x"], ["driver"]),
        (["verdict", "deep"], ["no store", "depthgauge run"]),
        (["report", "deep", "--store", "{here}/notes.txt"], ["notes.txt"]),
    ],
)
def test_a_users_mistake_is_a_line_and_exit_code_2(tmp_path: Path, arguments: list[str], expected: list[str]) -> None:
    (tmp_path / "notes.txt").write_text("no database " * 50)
    done = depthgauge(*(a.format(here=tmp_path) for a in arguments), cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    for words in expected:
        assert words in done.stderr
    assert "Traceback" not in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_an_unknown_study_names_the_known_ones(with_study: Path) -> None:
    for command in ("verdict", "show", "trials", "delete", "report"):
        done = depthgauge(command, "dep", cwd=with_study)
        assert done.returncode == 2 and "It holds: deep" in done.stderr, command


def test_json_is_one_document_and_nothing_else(with_study: Path) -> None:
    document = json.loads(depthgauge("verdict", "deep", "--json", cwd=with_study).stdout)
    assert document["schema"] == "depthgauge-verdict-2" and document["study"] == "deep"
    assert document["trials"] == {"planned": 16, "finished": 16, "failed": 0}
    (panel,) = document["panels"]
    assert panel["points"][0]["test"]["n"] == 4
    assert panel["verdict"]["kind"] == "overfitting"
    assert json.loads(depthgauge("list", "--json", cwd=with_study).stdout)[0]["name"] == "deep"


def test_the_verdict_document_keeps_to_its_schema(with_study: Path) -> None:
    schema = json.loads((ROOT / "docs" / "verdict.schema.json").read_text("utf-8"))
    document = json.loads(depthgauge("verdict", "deep", "--json", cwd=with_study).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "panels": [{**document["panels"][0], "verdict": {"kind": "guess"}}]}, schema)


def test_a_gate_can_fail_on_a_verdict(with_study: Path) -> None:
    assert depthgauge("verdict", "deep", "--fail-on", "overfitting", cwd=with_study).returncode == 3
    assert depthgauge("verdict", "deep", "--fail-on", "degradation", cwd=with_study).returncode == 0
    assert depthgauge("verdict", "deep", "--fail-on", "gap:above:0.9", cwd=with_study).returncode == 0
    crossed = depthgauge("verdict", "deep", "--fail-on", "train:above:0.1", "--json", cwd=with_study)
    assert crossed.returncode == 3 and "train accuracy of the pick is" in crossed.stderr
    wrong = depthgauge("verdict", "deep", "--fail-on", "gap:over:1", cwd=with_study)
    assert wrong.returncode == 2 and wrong.stderr.count("\n") == 1
    assert set(OUTCOMES) == {*get_args(onset_verdict.Kind), "small fall"}


def test_a_gate_does_not_pass_a_study_without_a_verdict(with_study: Path) -> None:
    spec = build_spec({"name": "one", "dataset": "digits", "replicates": 3}, "test")
    store = open_store(str(with_study / "depthgauge" / "studies.db"))
    store.begin(make_plan(spec), "hash", FACTS)
    store.record("one", *(scripted_result(trial, test_items=360) for trial in trials_of(spec)))
    for kind in ("overfitting", "inconclusive"):
        done = depthgauge("verdict", "one", "--fail-on", kind, cwd=with_study)
        assert done.returncode == 1 and "has no verdict" in done.stderr


def test_a_damaged_study_is_named_and_takes_no_other_with_it(with_study: Path) -> None:
    place = with_study / "depthgauge" / "studies.db"
    store = open_store(str(place))
    store.begin(make_plan(build_spec({"name": "broken", "dataset": "digits"}, "test")), "hash", FACTS)
    store.close()
    with sqlite3.connect(place) as connection:
        connection.execute("UPDATE studies SET spec = '{}x' WHERE name = 'broken'")
    for command in (["list"], ["show", "broken"]):
        done = depthgauge(*command, cwd=with_study)
        assert done.returncode == 2 and "'broken'" in done.stderr and "is damaged" in done.stderr
    assert depthgauge("show", "deep", cwd=with_study).returncode == 0


def test_how_many_trials_an_interruption_kept_is_said_even_without_the_store(with_study: Path) -> None:
    study = Study.define({"name": "deep", "dataset": "digits"}, store=str(with_study / "depthgauge" / "studies.db"))
    assert cli._kept(study) == "16 trials"
    study.store.delete("deep")
    assert cli._kept(study) == "0 trials"
    (with_study / "depthgauge" / "studies.db").unlink()
    assert cli._kept(study) == "All finished trials"


def test_the_verdict_in_words_carries_n_and_interval(with_study: Path) -> None:
    shown = depthgauge("verdict", "deep", cwd=with_study).stdout
    assert "With 4 replicates, overfitting starts at" in shown and "95 % interval" in shown
    assert "±" in shown and " n" in shown


def test_show_prints_a_study_file_that_runs_again(with_study: Path) -> None:
    shown = depthgauge("show", "deep", cwd=with_study).stdout
    toml = shown.split("16 of 16 trials")[0]
    assert build_spec(tomllib.loads(toml), "shown").name == "deep"


def test_show_tells_the_stored_verdict_and_whether_it_is_still_true(with_study: Path) -> None:
    assert "No verdict is stored yet; depthgauge verdict" in depthgauge("show", "deep", cwd=with_study).stdout
    document = json.loads(depthgauge("verdict", "deep", "--json", cwd=with_study).stdout)
    store = open_store(str(with_study / "depthgauge" / "studies.db"))
    store.write_verdict("deep", document)
    assert depthgauge("show", "deep", cwd=with_study).stdout.rstrip().endswith(document["panels"][0]["sentence"])
    document["trials"]["finished"] -= 1
    store.write_verdict("deep", document)
    assert "trials have come or gone since this verdict" in depthgauge("show", "deep", cwd=with_study).stdout.lower()


def test_trials_are_listed_and_exported(with_study: Path) -> None:
    assert depthgauge("trials", "deep", cwd=with_study).stdout.count("finished") == 16
    done = depthgauge("export", "deep", "out.csv", cwd=with_study)
    rows = list(csv.DictReader((with_study / "out.csv").read_text("utf-8").splitlines()))
    assert done.stdout.strip() == "48 rows in out.csv" and len(rows) == 48
    assert float(rows[0]["test_accuracy"]) == pytest.approx(0.88, abs=0.01)
    assert {row["hidden"] for row in rows} == {"128", "128-128", "128-128-128", "128-128-128-128"}
    assert depthgauge("export", "deep", "out.json", cwd=with_study).returncode == 0
    assert [float(row["seconds"]) for row in rows] == [
        r["seconds"] for r in json.loads((with_study / "out.json").read_text())
    ]


def test_an_export_says_which_formats_there_are(with_study: Path) -> None:
    done = depthgauge("export", "deep", "out.xlsx", cwd=with_study)
    assert done.returncode == 2 and ".parquet" in done.stderr and ".xlsx" in done.stderr


def test_a_report_and_its_verdict_stand_beside_each_other(with_study: Path) -> None:
    done = depthgauge("report", "deep", cwd=with_study)
    report = with_study / done.stdout.strip()
    assert "overfitting starts at" in report.read_text("utf-8")
    assert json.loads((report.parent / "verdict.json").read_text("utf-8"))["study"] == "deep"


def test_a_report_as_markdown_goes_to_standard_output_or_to_a_file(with_study: Path) -> None:
    printed = depthgauge("report", "deep", "--format", "markdown", cwd=with_study)
    assert printed.returncode == 0 and printed.stdout.startswith("## deep\n\n") and not printed.stderr
    assert not (with_study / "depthgauge" / "deep").exists()
    written = depthgauge("report", "deep", "--output", "here/deep.md", cwd=with_study)  # the ending says it
    assert written.stdout == "here/deep.md\n"
    assert (with_study / "here" / "deep.md").read_text("utf-8") == f"{printed.stdout}\n{MARK}\n"


def test_several_studies_are_compared_in_the_order_given_and_each_once(with_study: Path) -> None:
    store = open_store(str(with_study / "depthgauge" / "studies.db"))
    spec = build_spec(
        {"name": "short", "dataset": "digits", "replicates": 4, "space": {"depth": {"values": [2, 3]}}}, "x"
    )
    store.begin(make_plan(spec), "hash", FACTS)
    for trial in trials_of(spec):
        store.record("short", scripted_result(trial, test_items=360))
    store.close()
    markdown = depthgauge("report", "short", "deep", "short", "--format", "markdown", cwd=with_study).stdout
    assert markdown.startswith("## Comparison\n\nshort, deep\n\n")
    assert "Test accuracy and gap are the same in every replicate." in markdown
    assert "| space.depth.values | 2, 3 | 1, 2, 3, 4 |" in markdown
    page = depthgauge("report", "deep", "short", cwd=with_study).stdout.strip()
    assert "deep, short" in (with_study / page).read_text("utf-8")


def test_open_shows_the_written_report_in_the_browser(with_study: Path) -> None:
    browser = with_study / "browser"
    browser.write_text('#!/bin/sh\necho "$1" > shown\n')
    browser.chmod(0o755)
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import cli; cli.main()"
    arguments = [sys.executable, "-c", code, "report", "deep", "--open"]
    environment = {**os.environ, "BROWSER": f"{browser} %s"}
    done = subprocess.run(arguments, cwd=with_study, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    report = with_study / done.stdout.strip()
    assert (with_study / "shown").read_text().strip() == report.as_uri()


def test_without_a_browser_open_says_where_the_report_is(with_study: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import cli; cli.main()"
    bare = {key: value for key, value in os.environ.items() if key not in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")}
    done = subprocess.run(
        [sys.executable, "-c", code, "report", "deep", "--open"],
        cwd=with_study,
        env={**bare, "PATH": str(with_study)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and (with_study / done.stdout.strip()).is_file()
    assert "No browser was found" in done.stderr


def test_markdown_is_nothing_that_a_browser_opens(with_study: Path) -> None:
    done = depthgauge("report", "deep", "--format", "markdown", "--open", cwd=with_study)
    assert done.returncode == 2 and "--open shows the HTML report" in done.stderr


def test_delete_asks_first(with_study: Path) -> None:
    kept = depthgauge("delete", "deep", cwd=with_study, answer="n\n")
    assert kept.returncode == 0 and "all its trials?" in kept.stdout
    assert depthgauge("delete", "deep", "--yes", cwd=with_study).stdout.strip() == "Deleted 'deep' and its 16 trials."
    assert "No studies yet" in depthgauge("list", cwd=with_study).stdout


HEAVY = ("tensorflow", "keras", "keras_tuner", "optuna", "ray", "sklearn", "plotly", "scipy", "sqlalchemy")


@pytest.mark.parametrize(
    ("code", "forbidden"),
    [
        ("import cli", HEAVY),
        (
            "import study.design.source, study.design.plan",
            ("tensorflow", "keras", "optuna", "sklearn", "plotly", "sqlalchemy"),
        ),
        ("import study.analysis.conclude, study.store", ("tensorflow", "keras", "optuna", "sklearn", "plotly")),
        (
            "import reports.write.html, reports.write.report_files, reports.terminal.verdict_text",
            ("tensorflow", "keras", "optuna"),
        ),
        (
            "import study.run.start, study.run.executors.local, study.data.loading",
            ("tensorflow", "keras", "optuna", "plotly", "ray"),
        ),
    ],
)
def test_heavy_packages_stay_where_they_are_needed(code: str, forbidden: tuple[str, ...]) -> None:
    probe = f"{code}; import sys; print([m for m in {forbidden!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_and_reports_load_no_tensorflow(with_study: Path) -> None:
    for arguments in (["--help"], ["verdict", "deep"], ["report", "deep"]):
        probe = (
            "import runpy, sys; sys.argv = ['depthgauge', *sys.argv[1:]]\n"
            f"try: runpy.run_path({str(ROOT / 'cli.py')!r}, run_name='__main__')\n"
            "except SystemExit: pass\n"
            "sys.exit('tensorflow' in sys.modules or 'optuna' in sys.modules)"
        )
        code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); {probe}"
        done = subprocess.run([sys.executable, "-c", code, *arguments], cwd=with_study, capture_output=True)
        assert done.returncode == 0, arguments


def test_nothing_in_study_imports_reports_and_nothing_imports_cli() -> None:
    for file in (ROOT / "study").rglob("*.py"):
        assert "reports" not in {line.split()[1].split(".")[0] for line in _imports(file)}, file
    for folder in ("study", "reports"):
        for file in (ROOT / folder).rglob("*.py"):
            assert "cli" not in {line.split()[1] for line in _imports(file)}, file


def _imports(file: Path) -> list[str]:
    lines = (line.strip() for line in file.read_text("utf-8").splitlines())
    return [line for line in lines if line.startswith(("import ", "from "))]


def test_a_gate_does_not_pass_a_half_run_study(with_study: Path) -> None:
    store = open_store(str(with_study / "depthgauge" / "studies.db"))
    values = {"name": "half", "dataset": "digits", "replicates": 4, "space": {"depth": {"values": [1, 2, 3, 4]}}}
    spec = build_spec(values, "test")
    store.begin(make_plan(spec), "hash", FACTS)
    for trial in trials_of(spec)[:8]:
        store.record("half", scripted_result(trial, test_items=360))
    store.close()
    done = depthgauge("verdict", "half", "--fail-on", "degradation", cwd=with_study)
    assert done.returncode == 1 and "8 trials" in done.stderr
