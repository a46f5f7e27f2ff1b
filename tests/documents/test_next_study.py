"""The study that should come next has a name that the program takes, however long the first one was."""

from __future__ import annotations

import tomllib

import pytest

from study.analysis.conclude import conclude
from study.design.source import build_spec
from study.documents.next_study import next_name, suggestion
from tests.search.test_search import isolation, new_store, run


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mine", "mine-2"),
        ("mine-2", "mine-3"),
        ("mine-9", "mine-10"),
        ("a" * 78, "a" * 78 + "-2"),
        ("a" * 79, "a" * 78 + "-2"),
        ("a" * 80, "a" * 78 + "-2"),
        ("a" * 78 + "-9", "a" * 77 + "-10"),
        ("a-" * 40, "a-" * 39 + "-2"),
        ("2024-", "2024--2"),
    ],
)
def test_the_next_name_is_never_too_long(name: str, expected: str) -> None:
    assert next_name(name) == expected and len(expected) <= 80
    assert build_spec({"name": expected, "dataset": "digits"}, "test").name == expected


@pytest.mark.parametrize("length", [1, 78, 79, 80])
def test_a_study_of_any_name_has_a_next_one(length: int) -> None:
    spec = isolation(name="a" * length, search={"proposer": "optuna:random", "trials": 2})
    text = suggestion(conclude(run(spec, new_store(spec))))
    following = build_spec(tomllib.loads(text), "the suggestion")
    assert following.name != spec.name and len(following.name) <= 80
