"""The wheel holds every file of the program, the native engine compiled, and nothing of tests, benchmarks and guide."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("study", "reports")
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
REST = shutil.ignore_patterns("__pycache__", "*.pyc", "*.so")
COMPILED = ".so", ".c", ".h"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """A wheel built from a copy, so that nothing is left in the working tree."""
    copy = tmp_path_factory.mktemp("source")
    for package in (*PACKAGES, "tests", "benchmarks"):
        shutil.copytree(ROOT / package, copy / package, ignore=REST)
    for file in ("cli.py", "setup.py", "pyproject.toml", "README.md", "LICENSE", "NOTICE", "MANIFEST.in"):
        shutil.copy(ROOT / file, copy)
    made = tmp_path_factory.mktemp("wheel")
    compiler = tmp_path_factory.mktemp("bin") / "cc"  # whatever is asked for, compiled in a fifth of the time
    compiler.write_text('#!/bin/sh\nexec cc "$@" -O0\n')
    compiler.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", BUILD, str(made)],
        cwd=copy,
        capture_output=True,
        text=True,
        env={**os.environ, "CC": str(compiler)},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    (file,) = made.glob("depthgauge-*.whl")
    return zipfile.ZipFile(file)


def test_every_file_of_the_packages_is_in_the_wheel_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    expected = {"cli.py"} | {
        str(file.relative_to(ROOT))
        for package in PACKAGES
        for file in (ROOT / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and file.suffix not in COMPILED
    }
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert {name for name in held if not name.endswith(COMPILED)} == expected


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler on this machine")
def test_the_native_engine_is_compiled_once_for_all_versions_of_python(wheel: zipfile.ZipFile) -> None:
    assert [name for name in wheel.namelist() if name.endswith(".so")] == ["study/train/native/_native.abi3.so"]
    assert wheel.filename is not None and "-cp311-abi3-" in wheel.filename


def test_without_a_compiler_the_wheel_is_built_all_the_same(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "study" / "train" / "native", tmp_path / "study" / "train" / "native", ignore=REST)
    for file in ("setup.py", "README.md"):
        shutil.copy(ROOT / file, tmp_path)
    command = [sys.executable, "setup.py", "--quiet", "build_ext", "--inplace"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "CC": str(tmp_path / "no-compiler")}
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "study.train.native._native" in done.stderr + done.stdout  # it says what is missing
    assert not list(tmp_path.rglob("*.so"))


def test_the_wheel_carries_its_licences_and_its_command(wheel: zipfile.ZipFile) -> None:
    about = {name.split(".dist-info/")[1]: name for name in wheel.namelist() if ".dist-info/" in name}
    assert {"licenses/LICENSE", "licenses/study/data/NOTICE"} <= about.keys()
    assert "depthgauge = cli:main" in wheel.read(about["entry_points.txt"]).decode()
