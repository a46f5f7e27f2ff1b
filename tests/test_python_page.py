"""The Python page of the guide is run as it stands, as a script in a folder of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def test_every_block_of_the_python_page_runs(tmp_path: Path) -> None:
    pytest.importorskip("pandas", reason="the last block needs the extra frames")
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "python.md").read_text("utf-8"), re.DOTALL)
    code = "if __name__ == '__main__':\n" + "".join(
        f"    {line}" for block in blocks for line in block.splitlines(True)
    )
    code += "    assert len(figure.data) > 3 and len(frame) == 9 * 4\n"
    (tmp_path / "page.py").write_text(code)
    done = subprocess.run(
        [sys.executable, "page.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "hidden layers" in done.stdout
