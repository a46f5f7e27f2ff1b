"""The page on the final network is done as it stands, in a folder of its own."""

from __future__ import annotations

import contextlib
import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from tests.final.picked import digits_test, plain_python
from tests.final.test_predict import drawing
from tests.test_cli import depthgauge

PAGE = Path(__file__).resolve().parents[2] / "docs" / "final-network.md"
BLOCK = re.compile(
    r"```(?P<language>\w+)\n(?P<code>.*?)```|^    (?P<command>(?:depthgauge|python) [^\n]*)$", re.DOTALL | re.M
)


@pytest.mark.long
def test_every_command_and_block_of_the_page_runs_in_its_order(tmp_path: Path) -> None:
    x, y = digits_test()
    drawing(x[0], tmp_path / "digit.png")
    np.savez(tmp_path / "mine.npz", x=x, y=y)
    done = 0
    for block in BLOCK.finditer(PAGE.read_text("utf-8")):
        if block["language"] == "toml":
            (tmp_path / "digits.toml").write_text(block["code"])
        elif block["language"] == "python":
            with contextlib.chdir(tmp_path):
                exec(block["code"], {})
        else:
            program, *words = shlex.split(block["command"])
            if program == "depthgauge":
                ended = depthgauge(*words, cwd=tmp_path)
                assert ended.returncode == 0, (words, ended.stderr)
            else:
                plain_python("", *words, cwd=tmp_path)
        done += 1
    assert done >= 10
    assert (tmp_path / "mine.keras").is_file()
