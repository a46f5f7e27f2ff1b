"""Exports: every number comes back from every format, and what cannot be written is one line."""

from __future__ import annotations

import builtins
import csv
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from study.design.plan import make_plan
from study.design.source import build_spec
from study.documents.trials_table import COLUMNS, WHOLE, WORDS, export, frame, table
from study.errors import InputError
from study.records.trials import EMPTY, SEARCH_REPLICATE, Configuration, Result, Trajectory, Trial
from study.store import StoredStudy, open_store
from tests.conftest import FACTS, scripted_result

TEXTS = [name for name in WORDS if name in COLUMNS]  # the loss is a column of studies that predict numbers
NUMBERS = [name for name in COLUMNS if name not in (*WORDS, "batch_norm")]


@pytest.fixture(scope="module")
def study() -> StoredStudy:
    """Finished, diverged and failed trials; one dropout rate and a list; label noise; a search trial; numbers that
    only an exact format keeps."""
    store = open_store("sqlite://", create=True)
    store.begin(make_plan(build_spec({"name": "s", "dataset": "digits"}, "test")), "hash", FACTS)
    listed = Configuration.stack(hidden=(8, 4), epochs=3, dropout=(0.1, 0.5), label_noise=0.1 + 0.2, samples=100)
    plain = Configuration.stack(hidden=(8,), epochs=3, dropout=0.3, learning_rate=1 / 3, halt=2, batch_norm=True)
    for configuration in (listed, plain):
        result = scripted_result(Trial(configuration, 0))
        table = np.random.default_rng(7).random((3, 3)) / 3
        store.record("s", replace(result, trajectory=with_metric(result.trajectory, "accuracy", table)))
    losses = np.array([[0.1, 0.2, 0.3], [np.nan, np.inf, 1.0], [np.nan, np.nan, np.nan]])
    diverged = scripted_result(Trial(plain, 1))
    diverged = replace(diverged, trajectory=with_metric(diverged.trajectory, "cross_entropy", losses))
    store.record("s", replace(diverged, state="failed", reason='diverged,\n"at" epoch 2', diverged_epoch=2))
    store.record("s", Result(Trial(plain, 2), "failed", EMPTY, reason="worker process died"))
    store.record("s", scripted_result(Trial(plain, SEARCH_REPLICATE)))
    return store.load("s")


def with_metric(trajectory: Trajectory, metric: str, rows: np.ndarray) -> Trajectory:
    """The trajectory with other numbers (E, 3) of one metric."""
    return replace(trajectory, values={**trajectory.values, metric: rows})


def same(value: Any, other: Any) -> bool:
    """Equal, bit for bit; NaN is NaN, and what is absent is absent."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return other is None or (isinstance(other, float) and math.isnan(other))
    return float(value) == float(other)


def test_the_table_has_a_row_an_epoch_and_one_for_a_trial_without_any(study: StoredStudy) -> None:
    rows = list(table(study))
    assert len(rows) == 4 * 3 + 1 and all(tuple(row) == COLUMNS for row in rows)
    assert [row["purpose"] for row in rows].count("search") == 3
    assert [(row["dropout"], row["dropout_rates"]) for row in rows[::3]][:2] == [(None, "0.1-0.5"), (0.3, None)]
    dead = rows[9]
    assert dead["reason"] == "worker process died" and dead["epoch"] is None and dead["test_accuracy"] is None


def test_csv_keeps_every_number(study: StoredStudy, tmp_path: Path) -> None:
    rows = list(table(study))
    assert export(study, tmp_path / "s.CSV") == len(rows)
    with (tmp_path / "s.CSV").open(newline="", encoding="utf-8") as file:
        read = list(csv.DictReader(file))
    for row, other in zip(rows, read, strict=True):
        assert all(same(row[name], float(other[name]) if other[name] else None) for name in NUMBERS)
        assert all((row[name] or "") == other[name] for name in TEXTS)


def test_json_keeps_every_finite_number(study: StoredStudy, tmp_path: Path) -> None:
    export(study, tmp_path / "s.json")
    read = json.loads((tmp_path / "s.json").read_text("utf-8"))
    for row, other in zip(table(study), read, strict=True):
        finite = {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in row.items()}
        assert finite == other


def test_parquet_keeps_every_number_and_its_type(study: StoredStudy, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    export(study, tmp_path / "s.parquet")
    read = pandas.read_parquet(tmp_path / "s.parquet")
    assert list(read.columns) == list(COLUMNS)
    assert all(str(read.dtypes[name]) == "Int64" for name in WHOLE if name in read)
    for i, row in enumerate(table(study)):
        for name in NUMBERS:
            value = read[name][i]
            assert same(row[name], None if pandas.isna(value) else value.item()), name
        for name in (*TEXTS, "batch_norm"):
            value = read[name][i]
            assert row[name] == (None if pandas.isna(value) else value), name


def test_columns_have_the_same_types_in_every_study(study: StoredStudy, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    empty = frame(iter(()))
    assert dict(empty.dtypes) == dict(frame(table(study)).dtypes)
    export(replace(study, results={}), tmp_path / "empty.parquet")
    assert len(pandas.read_parquet(tmp_path / "empty.parquet")) == 0


@pytest.mark.parametrize("missing", ["pandas", "pyarrow"])
def test_a_missing_package_is_one_line(
    study: StoredStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    real = builtins.__import__

    def blocked(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.split(".")[0] == missing:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", blocked)
    with pytest.raises(InputError, match=rf"{missing}: pip install 'depthgauge\[frames\]'"):
        export(study, tmp_path / "s.parquet")
    assert not (tmp_path / "s.parquet").exists()
    assert export(study, tmp_path / "s.csv") and export(study, tmp_path / "s.json")


@pytest.mark.parametrize("ending", [".csv", ".json", ".parquet"])
def test_a_target_that_cannot_be_written_is_one_line(study: StoredStudy, tmp_path: Path, ending: str) -> None:
    (tmp_path / f"folder{ending}").mkdir()
    for target in (tmp_path / "nowhere" / f"s{ending}", tmp_path / f"folder{ending}"):
        with pytest.raises(InputError) as error:
            export(study, target)
        assert "cannot be written" in str(error.value) and "None" not in str(error.value)
        assert "Name another file" in str(error.value) and "\n" not in str(error.value)


def test_another_ending_names_the_formats(study: StoredStudy, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\.csv, \.json, \.parquet, found 'none'"):
        export(study, tmp_path / "s")
