"""What a command was asked for, its exit code and its files, does not depend on who reads what it prints."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
import tomli_w

from study.design.plan import make_plan
from study.design.source import build_spec
from study.machine.outlet import Fate
from study.store import open_store
from study.words import escaped
from tests.conftest import ENGINE, FACTS, scripted_result, trials_of
from tests.test_cli import ROOT, depthgauge, with_study  # noqa: F401  a fixture

GATE = "verdict deep --json --fail-on overfitting"
HERE = Path(sys.executable), ROOT / "cli.py"


def shell(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    """A line of bash in which ``depthgauge`` is the command, and its umask 027."""
    started = f'umask 027; depthgauge() {{ "{HERE[0]}" "{HERE[1]}" "$@"; }}; {line}'
    return subprocess.run(["bash", "-c", started], cwd=folder, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"depthgauge {GATE} | true; exit ${{PIPESTATUS[0]}}", 3),
        (f"depthgauge {GATE} > /dev/full", 3),
        (f"depthgauge {GATE} >&-", 3),
        (f"depthgauge {GATE} > /dev/null 2>&- <&-", 3),
        ("depthgauge verdict deep --json --fail-on 'training fails' | true; exit ${PIPESTATUS[0]}", 0),
        ("depthgauge presets >&-", 0),
    ],
)
def test_a_gate_ends_with_its_own_code_whatever_becomes_of_its_output(with_study: Path, line: str, code: int) -> None:  # noqa: F811
    done = shell(with_study, line)
    said = "depthgauge: 1,293 samples: the verdict is overfitting.\n" if code and "2>&-" not in line else ""
    assert (done.returncode, done.stderr) == (code, said)


def test_a_full_disk_under_standard_output_is_one_line(with_study: Path) -> None:  # noqa: F811
    done = shell(with_study, "depthgauge presets > /dev/full")
    assert done.returncode == 1
    assert done.stderr.startswith("depthgauge: What was printed is lost: No space left on device.")
    assert done.stderr.count("\n") == 1


def test_a_store_is_not_opened_in_the_place_of_a_closed_stream(with_study: Path) -> None:  # noqa: F811
    before = (with_study / "depthgauge" / "studies.db").read_bytes()
    done = shell(with_study, "depthgauge trials deep >&- 2>&-")
    assert done.returncode == 0 and (with_study / "depthgauge" / "studies.db").read_bytes() == before


def test_a_reader_who_goes_at_once_finds_the_report_nevertheless(with_study: Path) -> None:  # noqa: F811
    done = shell(with_study, "depthgauge report deep --output there.html | true; exit ${PIPESTATUS[0]}")
    assert done.returncode == 0 and (with_study / "there.html").stat().st_size > 100_000
    assert stat.S_IMODE((with_study / "there.html").stat().st_mode) == 0o640  # the umask is heeded
    assert [file.name for file in with_study.iterdir() if file.name.startswith(".")] == []


def test_a_study_without_a_finished_trial_passes_no_gate(tmp_path: Path) -> None:
    spec = build_spec({"name": "none", "dataset": "digits", "space": {"depth": {"values": [1, 2, 3]}}}, "test")
    store = open_store(str(tmp_path / "depthgauge" / "studies.db"), create=True)
    store.begin(make_plan(spec), "hash", FACTS)
    done = depthgauge("verdict", "none", "--fail-on", "overfitting", cwd=tmp_path)
    assert done.returncode == 1 and "No trial of 'none' has finished" in done.stderr


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="there is no SIGHUP here")
def test_a_terminal_that_is_closed_interrupts_a_run(tmp_path: Path) -> None:
    line = (
        "import os, signal, sys, threading; sys.argv = ['depthgauge', 'plan', 'depth', '--set', 'dataset=digits']\n"
        "sys.path.insert(0, os.environ['ROOT'])\n"
        "signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"  # under nohup it is ignored, and the program leaves it so
        "import cli\n"
        "import study.run.estimate as estimate\n"
        "def hang_up(*_, **__): os.kill(os.getpid(), signal.SIGHUP); threading.Event().wait()\n"
        "estimate.estimate_minutes = hang_up\n"
        "cli.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", line],
        cwd=tmp_path,
        env=os.environ | {"ROOT": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 130 and done.stderr.splitlines()[-1] == "depthgauge: Interrupted.", done.stderr


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="there is no SIGHUP here")
def test_a_terminal_that_is_closed_hangs_up_on_all_its_processes_and_one_line_is_said(tmp_path: Path) -> None:
    space = {"epochs": {"values": [1, 100_000]}}
    spec = {"name": "s", "dataset": "digits", "engine": ENGINE, "network": {"width": 4}, "space": space}
    (tmp_path / "s.toml").write_text(tomli_w.dumps(spec | {"replicates": 1}))
    ordinary = "signal.signal(signal.SIGHUP, signal.SIG_DFL)"  # under nohup it is ignored, and the program leaves it so
    line = f"import signal, runpy; {ordinary}; runpy.run_path({str(HERE[1])!r}, None, '__main__')"
    started = subprocess.Popen(
        [sys.executable, "-c", line, "run", "s.toml", "--workers", "1"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert started.stderr is not None
    assert any(one.startswith("1 of 2 trials") for one in started.stderr)  # the other one will not end
    os.killpg(started.pid, signal.SIGHUP)
    rest = started.communicate(timeout=120)[1].splitlines()
    assert started.returncode == 130 and rest[-1].startswith("depthgauge: Interrupted."), rest
    assert not [one for one in rest[:-1] if "trials" not in one], rest


def test_who_reads_no_more_has_lost_nothing_and_a_full_disk_has() -> None:
    assert Fate().reason is None and Fate(BrokenPipeError(32, "Broken pipe")).reason is None
    assert Fate(OSError(28, "No space left on device")).reason == "No space left on device"


@pytest.mark.parametrize(
    "command",
    [
        "list",
        "show bad",
        "verdict bad",
        "verdict bad --json",
        "trials bad",
        "suggest bad",
        "report bad --format markdown",
    ],
)
def test_what_a_terminal_obeys_is_never_printed_from_a_store(tmp_path: Path, command: str) -> None:
    evil = "\x1b]0;owned\x07 \x00 \x9b2J \u202e"
    values = {"name": "bad", "description": evil, "dataset": f"{evil}.csv", "data": {"target": evil}}
    spec = build_spec({**values, "replicates": 2, "space": {"depth": {"values": [1, 2]}}}, "test")
    store = open_store(str(tmp_path / "depthgauge" / "studies.db"), create=True)
    labels = tuple(f"{evil}{i}" for i in range(10))
    facts = replace(FACTS, command=f"depthgauge run {evil}", data_notes=(evil,), labels=labels)
    store.begin(make_plan(spec), "hash", facts)
    for trial in trials_of(spec):
        store.record("bad", scripted_result(trial, test_items=360))
    store.close()
    done = depthgauge(*command.split(), cwd=tmp_path)
    obeyed = {c for c in done.stdout + done.stderr if not c.isprintable() and c not in "\n\u00a0"}
    assert not obeyed


def test_a_file_that_is_shown_says_the_same_when_it_is_read_again() -> None:
    text = tomli_w.dumps({"description": "caf\u00e9 \u200d\x1b \u9999"})
    assert escaped(text).isprintable() or "\n" in escaped(text)
    assert tomllib.loads(escaped(text)) == tomllib.loads(text)


def test_the_version_and_the_short_form_of_help(tmp_path: Path) -> None:
    assert depthgauge("--version", cwd=tmp_path).stdout.startswith("depthgauge ")
    assert depthgauge("-h", cwd=tmp_path).stdout == depthgauge("--help", cwd=tmp_path).stdout
    assert depthgauge("run", "-h", cwd=tmp_path).returncode == 0


def test_a_study_is_not_deleted_where_nobody_can_be_asked(with_study: Path) -> None:  # noqa: F811
    done = depthgauge("delete", "deep", cwd=with_study, answer="")
    assert done.returncode == 2 and "--yes" in done.stderr.splitlines()[-1]
    assert depthgauge("delete", "deep", cwd=with_study, answer="y\n").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("run depth --set seed={nines}", "--set: 999"),
        ("run depth --set network.hidden=[{nines}]", "--set: [999"),
        ("run {nines}", "there is no file"),
        ("run depth --set seed=0x{nines}", "too many digits"),
        ("run depth --name caf\udce9", "expected arguments in UTF-8"),
        ("run depth --name {nines}{nines}", "at most 10,000 characters"),
    ],
)
def test_arguments_that_nobody_means_are_one_short_line(tmp_path: Path, arguments: str, said: str) -> None:
    words = [os.fsencode(word) for word in arguments.format(nines="9" * 9_000).split()]
    done = subprocess.run([*map(str, HERE), *words], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2 and said in done.stderr and len(done.stderr) < 500 and done.stderr.count("\n") == 1
