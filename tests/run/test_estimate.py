"""What a study comes to before it runs."""

from __future__ import annotations

from typing import Any

import pytest

from study.design.plan import make_plan
from study.design.source import build_spec
from study.run.estimate import work_of

SIZES = (1000, 100, 300)


@pytest.mark.parametrize(
    ("space", "programs"),
    [
        ({"learning_rate": {"role": "nuisance", "low": 1e-4, "high": 1e-2, "log": True}}, 1),
        ({"width": {"role": "nuisance", "low": 8, "high": 64}}, 20),
        ({"samples": {"role": "nuisance", "values": [100, 200]}}, 20),
    ],
)
def test_a_search_compiles_each_trial_where_its_trials_may_differ_in_shape(
    space: dict[str, Any], programs: int
) -> None:
    plan = make_plan(build_spec({"dataset": "digits", "space": space, "search": {"trials": 20}}, "test"))
    without = make_plan(build_spec({"dataset": "digits"}, "test"))
    reported = work_of(without, 64, 10, SIZES).programs
    assert work_of(plan, 64, 10, SIZES).programs in (programs, programs + reported)
