"""Compiled programs and critical values are kept where the user says, and nothing depends on their being kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from study.analysis.onset.critical_values import critical_values
from study.machine.places import cache_root
from study.run.executors import starting, worker
from study.run.executors.program_cache import cache_flags, cache_folder


def test_both_caches_have_one_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPTHGAUGE_CACHE", str(tmp_path / "kept"))
    assert cache_root() == tmp_path / "kept" and cache_folder().parent == tmp_path / "kept"
    critical_values(np.ones((2, 3), bool), 0.0421)
    assert len(list((tmp_path / "kept" / "critical-values").iterdir())) == 1  # and nothing half-written beside it


def test_a_cache_with_a_space_in_its_path_is_named_without_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPTHGAUGE_CACHE", str(tmp_path / "my own cache"))
    folder = cache_folder()
    assert folder.resolve().parent == (tmp_path / "my own cache").resolve()
    flags = worker.environment(folder)["TF_XLA_FLAGS"]
    assert flags == f"--tf_xla_persistent_cache_directory={folder}" and " " not in flags
    assert cache_flags(tmp_path / "a b") == {}  # rather none than one in another place


@pytest.mark.parametrize("place", ["file/below", "/proc/no/where"])
def test_a_cache_that_cannot_be_written_is_slower_and_not_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("DEPTHGAUGE_CACHE", str(tmp_path / place))
    assert cache_folder().is_dir() and starting.last_words().parent.is_dir()
    values = critical_values(np.ones((2, 3), bool), 0.0422)
    assert len(values.best) == 3


def test_workers_get_the_backend_whatever_the_user_has_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    with starting.variables(worker.environment(tmp_path)):
        import os

        assert os.environ["KERAS_BACKEND"] == "tensorflow" and os.environ["OMP_NUM_THREADS"] == "1"
    assert os.environ["KERAS_BACKEND"] == "jax"
