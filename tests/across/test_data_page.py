"""The page on own data is run: its Python makes the data, its commands run in the same folder.

They run as they stand, but for the engine, which is the one that starts at once.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

from study.design.source import build_spec
from tests.conftest import ENGINE
from tests.final.picked import plain_python
from tests.test_cli import depthgauge

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "data.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_every_command_of_the_page_on_own_data_runs(tmp_path: Path) -> None:
    shown = ""
    commands = [shlex.split(line)[1:] for block in blocks("sh") for line in block.splitlines()]
    for words in commands:
        if words[0] in ("run", "plan"):
            words += ["--set", f"engine={ENGINE}"]
    plain_python(blocks("python")[0], cwd=tmp_path)
    for words in commands:
        done = depthgauge(*words, cwd=tmp_path)
        assert done.returncode == 0, (words, done.stderr[-2000:])
        shown += done.stdout
    assert len(commands) == 9
    for words in re.findall(r"^    - (.*?)(?: \.\.\.)?$", PAGE, re.MULTILINE):
        assert words in shown
    assert (tmp_path / "depthgauge" / "baseline-cells" / "report.html").exists()


def test_the_study_file_of_the_page_is_valid() -> None:
    spec = build_spec(tomllib.loads(blocks("toml")[0]), "the page")
    assert spec.source.target == "target" and spec.source.drop == ("id",)
