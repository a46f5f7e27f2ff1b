"""A disk that is really full: a small file system in memory, which only root can mount."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from study.design.plan import make_plan
from study.design.source import build_spec
from study.errors import StoreError
from study.store import open_store
from tests.conftest import FACTS, scripted_result, trials_of

SPEC = build_spec(
    {"name": "small", "dataset": "digits", "replicates": 20, "space": {"depth": {"values": [1, 2, 3]}}}, "test"
)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_is_one_line_and_once_there_is_room_the_study_goes_on(small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(bytes(200_000))
    store = open_store(str(small_disk / "studies.db"), create=True)
    store.begin(make_plan(SPEC), "hash", FACTS)
    kept = []
    with pytest.raises(StoreError, match=r"disk of the store .* is full"):
        for trial in trials_of(SPEC):
            store.record("small", scripted_result(trial, epochs=200))
            kept.append(trial.key)
    assert kept and set(open_store(str(small_disk / "studies.db")).load("small").results) == set(kept)
    (small_disk / "ballast").unlink()
    for trial in trials_of(SPEC)[: len(kept) + 2]:
        store.record("small", scripted_result(trial, epochs=200))
    assert len(store.load("small").results) == len(kept) + 2
    store.close()
