"""The composite action: every ``run:`` of it, taken out of the file, with its environment and an empty home."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.foreign.logged import csv_logger, flat, overfitting

ROOT = Path(__file__).parents[2]
ACTION: Any = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
INPUT = re.compile(r"\$\{\{ inputs\.([a-z-]+) \}\}")


def run_steps(folder: Path, **given: str) -> tuple[int, str, str]:
    """Run the steps as GitHub does, in ``folder``; returns the exit code, the summary and what went to the terminal."""
    inputs = {name: str(one.get("default", "")) for name, one in ACTION["inputs"].items()}
    inputs |= {name.replace("_", "-"): value for name, value in given.items()}
    home = folder / "home"
    home.mkdir()
    output, summary = folder / "output.txt", folder / "summary.md"
    output.touch(), summary.touch()
    said = ""
    for step in ACTION["runs"]["steps"]:
        if step.get("if") == "inputs.package != ''" and not inputs["package"]:
            continue
        environment = {name: INPUT.sub(lambda found: inputs[found[1]], value) for name, value in step["env"].items()}
        script = folder / "step.sh"
        script.write_text(step["run"], "utf-8")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=folder,
            env={
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "HOME": str(home),
                "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(summary),
                "RUNNER_TEMP": str(folder),
                **environment,
            },
            capture_output=True,
            text=True,
        )
        said += done.stdout + done.stderr
        if done.returncode:
            return done.returncode, summary.read_text("utf-8"), said
    return 0, summary.read_text("utf-8"), said


def test_a_run_that_overfits_fails_the_job_and_its_comment_fits(tmp_path: Path) -> None:
    csv_logger(tmp_path / "log.csv", overfitting())
    code, summary, said = run_steps(tmp_path, files="*.csv")
    assert code == 3, said
    assert "It overfits from epoch" in summary and len(summary) < 65_536
    assert (tmp_path / "depthgauge-diagnosis.html").exists()
    comment = (tmp_path / "output.txt").read_text("utf-8").partition("=")[2].strip()
    assert Path(comment).read_text("utf-8") == summary


def test_a_run_that_does_not_passes_with_the_options_that_are_given(tmp_path: Path) -> None:
    for seed in range(3):
        csv_logger(tmp_path / f"seed {seed}.csv", flat(seed))
    code, summary, said = run_steps(tmp_path, files="seed *.csv", options="--replicates\n--patience=3", report="")
    assert code == 0, said
    assert "0 of 3 runs overfit" in summary and not (tmp_path / "depthgauge-diagnosis.html").exists()


@pytest.mark.parametrize("name", ["files", "fail_on", "options", "report"])
def test_no_input_is_ever_a_command(name: str, tmp_path: Path) -> None:
    csv_logger(tmp_path / "log.csv", flat())
    evil = f"$(touch {tmp_path}/ran); `touch {tmp_path}/ran`"
    run_steps(tmp_path, **({"files": "log.csv"} | {name: evil}))
    assert not (tmp_path / "ran").exists()


def test_inputs_reach_a_script_by_its_environment_alone_and_every_one_is_used() -> None:
    steps = ACTION["runs"]["steps"]
    assert all("${{" not in step["run"] for step in steps)
    used = {name for step in steps for value in step["env"].values() for name in INPUT.findall(value)}
    assert used == set(ACTION["inputs"])


def test_a_file_that_is_not_there_is_a_mistake_and_no_pass(tmp_path: Path) -> None:
    code, _, said = run_steps(tmp_path, files="none.csv")
    assert code == 2 and "cannot be read" in said
