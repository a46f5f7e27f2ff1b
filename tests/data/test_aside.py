"""A test part that is left for a later study: no replicate of this one sees a row of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from study.data.loading import load_dataset
from study.data.splits import parts
from study.design.source import build_spec
from study.design.spec import StudySpec
from study.errors import SpecError


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    lines = [f"{i},{rng.normal():.6f},{'ab'[i % 2]}" for i in range(200)]
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(["number,value,label", *lines]) + "\n", "utf-8")
    return path


def spec_of(table: Path, **data: object) -> StudySpec:
    return build_spec({"dataset": str(table), "data": {"target": "label", **data}}, "test")


def test_no_replicate_sees_a_row_of_the_test_part(table: Path) -> None:
    whole = load_dataset(spec_of(table, scheme="fixed", test_share=0.25).source)
    rest = load_dataset(spec_of(table, aside=True, test_share=0.25).source)
    sealed = set(whole.x[whole.training :, 0].tolist())
    assert len(sealed) == 50 and rest.training == 150 == len(rest.y)
    assert sealed.isdisjoint(rest.x[:, 0].tolist())
    tested: list[int] = []
    for replicate in range(5):
        train, held_out, test = parts(rest, seed=0, replicate=replicate, validation=0.1)
        assert len({*train, *held_out, *test}) == 150
        tested += test.tolist()
    assert sorted(tested) == list(range(150))


def test_the_later_study_tests_exactly_that_part(table: Path) -> None:
    first, second = (load_dataset(spec_of(table, scheme="fixed", test_share=0.25).source) for _ in range(2))
    assert first.drawn is not None and np.array_equal(first.drawn, second.drawn)  # by the seed, so it can be read later


def test_a_test_set_of_its_own_can_be_left_for_later(table: Path) -> None:
    spec = spec_of(table, aside=True, test=str(table))
    assert spec.scheme == "folds"
    assert load_dataset(spec.source).training == 200


def test_the_test_set_of_a_data_set_of_the_program_can_be_left_for_later() -> None:
    spec = build_spec({"dataset": "digits", "data": {"aside": True}}, "test")
    assert len(load_dataset(spec.source).y) == 1437


def test_other_schemes_cannot_leave_a_part_for_later(table: Path) -> None:
    with pytest.raises(SpecError, match="aside leaves the test part"):
        spec_of(table, aside=True, scheme="holdout")
