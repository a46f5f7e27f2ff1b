"""README and guide as a person follows them: every command and every block is run, only smaller.

Commands are run as they stand, with the values of SMALL after them. They run in one folder, in the order of the pages,
so that a study that one line has run is there for the next; ``STUDIES`` is there from the beginning.
"""

from __future__ import annotations

import contextlib
import os
import re
import runpy
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

import cli
from study.plan import plan_trials
from study.spec_source import build_spec, load_spec, preset_text, presets
from study.store import open_store
from tests.conftest import FACTS, scripted_result

ROOT = Path(cli.__file__).parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]

# Pages with a test of their own, which runs all that is on them.
ELSEWHERE = {
    "docs/data.md": "tests/test_data_page.py",
    "docs/final-network.md": "tests/test_final_network_page.py",
}

# What is not run here, with the reason. A line is named by its beginning.
NOT_RUN = {
    "make study": "sets up an environment; tests/test_end_to_end.py runs real studies",
    "make test": "this is it",
    "make check": "CI runs it beside the tests",
    "make bench": "takes a quarter of an hour",
    "make calibration": "takes a quarter of an hour",
    "DEPTHGAUGE_GOLD=write": "writes the gold files anew",
    "depthgauge dashboard": "a server; tests/test_foreign.py asks it for a page",
    "depthgauge import": "needs a study of another program; tests/test_foreign.py makes them",
    "depthgauge run --executor ray": "needs a cluster; tests/test_ray.py has one",
    "depthgauge store upgrade": "needs a server; tests/store/ has one where there is one",
    "depthgauge watch": "follows a study that runs; tests/test_cli.py",
}

# What makes a study small: after every run and plan, and where a preset varies what these fix, in place of that.
SMALL = {
    "dataset": "digits",
    "replicates": "1",
    "network.samples": "60",
    "network.epochs": "2",
    "network.evaluate_every": "1",
    "network.width": "4",
}
SMALL_SPACE = {"depth": "[1, 2]", "width": "[4, 8]", "samples": "[60, 80]", "label_noise": "[0.0, 0.2]"}
SMALL_SEARCH = {"search.trials": "2", "confirm.replicates": "1"}

# Studies that are in the store from the beginning, beside those that the guide runs itself.
STUDIES = ("my-study",)

BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<fenced>.*?)^```|(?:(?<=\n\n)|^)(?P<indented>(?: {4}.*\n|\n)+)", re.M | re.S)


@dataclass(frozen=True)
class Block:
    """A piece of code on a page; ``language`` is empty where it is only indented."""

    page: str
    language: str
    text: str


def blocks(page: Path) -> Iterator[Block]:
    """All blocks of a page, in order."""
    for found in BLOCK.finditer(page.read_text("utf-8")):
        text = found["fenced"] or found["indented"] or ""
        if text.strip():
            yield Block(str(page.relative_to(ROOT)), found["language"] or "", text)


GUIDE = [block for page in PAGES if str(page.relative_to(ROOT)) not in ELSEWHERE for block in blocks(page)]


def command_lines() -> list[str]:
    """Every line of a shell that the guide shows, once each, without its comment."""
    lines = []
    for block in GUIDE:
        if block.language in ("", "sh", "bash"):
            for line in block.text.splitlines():
                line = line.strip()
                if re.match(r"depthgauge( |$)|make |python |pip |[A-Z_]+=", line):
                    lines.append(re.sub(r"\s+#.*", "", line))
    return list(dict.fromkeys(lines))
